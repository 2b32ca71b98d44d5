//! Every host keeps the contract of its ports.

use mcpgate::crypto::HashKey;
use mcpgate::host::contract;

use crate::world::{World, hash_key};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Contract: the_host_keeps_the_contract_of_its_ports;
};

fn the_host_keeps_the_contract_of_its_ports(world: &mut World) {
    for again in [false, true] {
        let lines = world.contract(again);
        let failed: Vec<&str> = lines.lines().filter(|line| !line.starts_with("ok ")).collect();
        assert!(failed.is_empty() && lines.lines().count() > 20, "{failed:#?}\n{lines}");
        world.settle();
    }
    // What was put on the queue arrived, whole: it was no event, so its hash and its length were noted.
    let key: HashKey = hash_key(&world.secrets);
    let mut expected: Vec<Vec<String>> = contract::messages()
        .iter()
        .map(|message| vec![key.id("audit-rejected", &[message]), message.len().to_string()])
        .collect();
    let mut noted = world.rows("SELECT hash, bytes FROM audit_rejected");
    expected.sort();
    noted.sort();
    assert_eq!(noted, expected);
}
