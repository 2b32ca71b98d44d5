//! What attackers want of a gateway: one file for each way, which plays it and holds that it does not work.

mod access;
mod admin;
mod approval;
pub(crate) mod client;
mod code;
mod consent;
mod header;
pub(crate) mod id_jag;
mod id_token;
mod idor;
mod jwt;
mod malicious;
pub(crate) use jwt::part;
mod person;
mod pin;
mod redirect;
mod refresh;
mod session;
mod ssrf;
mod throughput;
mod token;
mod vault;

use crate::Scenario;

/// Attacks by setting, each as `file::name`; the function's name is the scenario's.
macro_rules! attacks {
    ($($setting:ident: $($file:ident::$play:ident),+;)+) => {
        &[$($(crate::Scenario {
            name: stringify!($play),
            setting: crate::setting::Setting::$setting,
            play: $file::$play,
        },)+)+]
    };
}
use attacks;

pub(crate) const ALL: &[&[Scenario]] = &[
    access::ALL,
    admin::ALL,
    approval::ALL,
    client::ALL,
    code::ALL,
    consent::ALL,
    header::ALL,
    id_jag::ALL,
    id_token::ALL,
    idor::ALL,
    malicious::ALL,
    person::ALL,
    pin::ALL,
    redirect::ALL,
    refresh::ALL,
    session::ALL,
    ssrf::ALL,
    throughput::ALL,
    token::ALL,
    vault::ALL,
];
