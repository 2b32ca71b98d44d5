//! One list of scenarios for three hosts. Each is a test of its own:
//!
//! ```text
//! cargo test --test scenarios                         the memory host, in this process
//! MCPGATE_HOST=workers cargo test --test scenarios    the Worker bundle in build/ under Miniflare
//! MCPGATE_HOST=spin cargo test --test scenarios       the Spin component under wasmtime, with a real Redis
//! ```
//!
//! With `MCPGATE_CONTRACT=1`, builds with the feature `contract` are asked whether they keep the contract of the
//! ports: `scripts/contract.sh`. The memory host is always asked.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a scenario ends where it fails")]

#[path = "../attacks/mod.rs"]
mod attacks;
mod client;
mod setting;
mod stage;
mod story;
mod world;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

use setting::Setting;
use world::{HostName, World, host};

/// Something that happens at a gateway.
pub(crate) struct Scenario {
    name: &'static str,
    setting: Setting,
    play: fn(&mut World),
}

/// Scenarios by setting; the function's name is the scenario's.
macro_rules! scenarios {
    ($($setting:ident: $($play:ident),+;)+) => {
        &[$($($crate::Scenario {
            name: stringify!($play),
            setting: $crate::setting::Setting::$setting,
            play: $play,
        },)+)+]
    };
}
pub(crate) use scenarios;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    if host() != HostName::Memory && arguments.test_threads.is_none() {
        // Each thread has a gateway of its own.
        arguments.test_threads = Some(3);
    }
    let listed = |scenario: &&Scenario| (scenario.setting == Setting::Contract) == contract();
    let all =
        story::ALL.iter().chain(attacks::ALL).chain([&story::LAST]).flat_map(|scenarios| scenarios.iter());
    let trials = match host() {
        HostName::Memory => all.map(trial).collect(),
        _ => all.filter(listed).map(trial).collect(),
    };
    let conclusion = libtest_mimic::run(&arguments, trials);
    World::close();
    conclusion.exit_code()
}

/// Whether this run is about the contract of the ports: that needs another build than the one that is shipped.
fn contract() -> bool {
    #[allow(clippy::disallowed_methods, reason = "what to test is said in the environment")]
    std::env::var_os("MCPGATE_CONTRACT").is_some()
}

fn trial(scenario: &'static Scenario) -> Trial {
    let name = scenario.name.replace('_', " ");
    Trial::test(name, move || {
        let mut world = World::take(scenario.setting);
        let played = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| (scenario.play)(&mut world)));
        match played {
            Ok(()) => {
                world.give_back();
                Ok(())
            }
            Err(panic) => {
                let logs = world.logs();
                let text = panic.downcast_ref::<String>().map(String::as_str);
                let text = text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("panicked");
                Err(Failed::from(format!("{text}\nlog since the scenario began:\n{logs}")))
            }
        }
    })
}
