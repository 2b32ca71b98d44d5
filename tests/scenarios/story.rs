//! What happens, by subject.

mod access;
pub(crate) mod actor;
pub(crate) mod admin;
pub(crate) mod all;
mod aside;
mod browser;
pub(crate) mod confirm;
pub(crate) mod eras;
mod exempt;
mod export;
mod extensions;
mod front;
pub(crate) mod guard;
mod hostile;
mod key_service;
mod leftovers;
mod matrix;
mod meanwhile;
mod mirrored;
mod oauth;
mod oauth_clients;
mod oauth_consent;
mod oauth_enterprise;
mod oauth_keys;
mod oauth_revoke;
pub(crate) mod oauth_scope;
mod odd_services;
mod path;
pub(crate) mod pins;
mod ports;
mod privacy;
mod proof;
mod protocol;
mod questions;
mod quota;
mod record;
pub(crate) mod sealing_keys;
mod service_faults;
mod sessions;
mod sign_in;
mod sinks;
pub(crate) mod tasks;
pub(crate) mod throughput;
mod throughput_streams;
pub(crate) mod tokens;
mod turns;
mod untidy;
pub(crate) mod vault;

use crate::Scenario;

/// All scenarios but the attacks and the last.
pub(crate) const ALL: &[&[Scenario]] = &[
    path::ALL,
    aside::ALL,
    privacy::ALL,
    exempt::ALL,
    protocol::ALL,
    extensions::ALL,
    tasks::ALL,
    eras::ALL,
    matrix::ALL,
    turns::ALL,
    questions::ALL,
    meanwhile::ALL,
    mirrored::ALL,
    browser::ALL,
    hostile::ALL,
    access::ALL,
    admin::ALL,
    actor::ALL,
    all::ALL,
    all::news::ALL,
    all::kinds::ALL,
    all::attacks::ALL,
    guard::ALL,
    confirm::ALL,
    pins::ALL,
    quota::ALL,
    throughput::ALL,
    throughput_streams::ALL,
    service_faults::ALL,
    sessions::ALL,
    odd_services::ALL,
    untidy::ALL,
    sign_in::ALL,
    vault::ALL,
    tokens::ALL,
    oauth::ALL,
    oauth_clients::ALL,
    oauth_consent::ALL,
    oauth_enterprise::ALL,
    oauth_keys::ALL,
    oauth_revoke::ALL,
    oauth_scope::ALL,
    record::ALL,
    proof::ALL,
    export::ALL,
    sinks::ALL,
    sealing_keys::ALL,
    key_service::ALL,
    front::ALL,
    ports::ALL,
];

/// What reads what all the others must not have left.
pub(crate) const LAST: &[Scenario] = leftovers::ALL;
