//! The attacker lets the person say yes to a number, and wants another that a reader of floating point takes for the same.
//! A yes is for every digit.

use super::{at_browser, decide};
use crate::world::World;

pub(super) fn a_yes_to_one_number_is_used_for_its_neighbour(world: &mut World) {
    let (mut browser, agent) = at_browser(world);
    let agent = agent.speaking("2025-06-18");
    // As text: a JSON value would lose the last digit, which is what this is about.
    let call = |world: &mut World, id: &str| {
        let params = format!(r#"{{"name":"delete_issue","arguments":{{"id":{id}}}}}"#);
        let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}"#);
        let request = agent.posting(world, body);
        world.send(request).text().to_owned()
    };
    let (one, nine) = ("100000000000000000000001", "100000000000000000000009");
    let told = call(world, one);
    let at = told.find("/approve/").unwrap_or_else(|| panic!("{told}"));
    let path = told[at..].split_whitespace().next().unwrap().to_owned();
    assert!(browser.get(world, &path).text().contains(one), "the person sees every digit");
    decide(world, &mut browser, &path, "approve");
    assert!(call(world, nine).contains("own yes"));
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
    call(world, one);
    assert_eq!(world.stage.desk.calls().len(), 1);
}
