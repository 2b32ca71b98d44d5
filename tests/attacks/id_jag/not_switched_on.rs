//! The attacker wants an assertion to count where the operator never allowed that way in.
//! Default deny: `identity.id_jag` is off unless the configuration says otherwise.

use serde_json::json;

use super::{TYPE, asserted, present};
use crate::stage::Person;
use crate::world::World;

pub(super) fn an_assertion_is_presented_where_none_is_taken(world: &mut World) {
    let assertion = asserted(world, TYPE, &Person::internal(), &[]);
    let answer = present(world, &assertion);
    assert_eq!((answer.status(), &answer.json()["error"]), (400, &json!("unsupported_grant_type")));
    assert_eq!(world.recorded("token_issued", "ok", None), 0);
}
