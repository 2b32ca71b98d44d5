//! The attacker wants a signature of zeros to fit anything, as it did in a well-known library (CVE-2022-21449).
//! FIPS 186-5 §6.4.2: r and s are at least 1 and below the order.

use super::worthless;
use crate::attacks::jwt::{joined, part};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_signs_with_zeros(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let (header, claims) = (part(&agent.token, 0), part(&agent.token, 1).to_string());
    let order = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
        0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    for signature in [
        vec![0; 64],
        vec![0; 63],
        vec![0; 1],
        [order, order].concat(),
        [[0; 32], order].concat(),
        vec![0xff; 64],
    ] {
        worthless(world, &agent, &joined(&header, &claims, &signature));
    }
}
