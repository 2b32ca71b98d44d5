//! What attackers want of a gateway: one file for each way, which plays it and holds that it does not work.

mod code;
mod consent;
mod id_token;
mod jwt;
mod person;
mod redirect;
mod refresh;
mod session;
mod token;

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
    code::ALL,
    consent::ALL,
    id_token::ALL,
    person::ALL,
    redirect::ALL,
    refresh::ALL,
    session::ALL,
    token::ALL,
];
