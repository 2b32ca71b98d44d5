//! What a role, a scope or a service does not have: tools, services and methods by other names, and other people's lists.

mod acting_with_a_reading_scope;
mod in_a_batch;
mod list_of_another_person;
mod lookalike_names;
mod methods_of_no_protocol;
mod name_of_another_service;
mod role_of_the_past;
mod service_of_another_role;
mod telling_services_apart;
mod tool_of_another_role;
mod tool_that_is_gone;

use crate::Scenario;
use crate::attacks::attacks;

pub(crate) const ALL: &[Scenario] = attacks! {
    Usual:
        service_of_another_role::somebody_names_what_belongs_to_a_service_that_is_not_theirs,
        list_of_another_person::somebody_wants_to_know_what_another_person_was_listed,
        name_of_another_service::a_service_wants_its_tools_to_be_taken_for_anothers,
        methods_of_no_protocol::a_client_acts_by_methods_of_no_protocol,
        lookalike_names::somebody_calls_by_names_that_only_look_like_ones,
        tool_that_is_gone::somebody_calls_a_tool_that_is_gone,
        acting_with_a_reading_scope::a_reading_client_wants_to_act_by_other_methods,
        telling_services_apart::somebody_wants_to_learn_which_services_there_are,
        tool_of_another_role::somebody_calls_a_tool_that_their_role_does_not_have,
        in_a_batch::a_call_of_another_role_hides_in_a_batch;
    Fresh:
        role_of_the_past::somebody_goes_on_with_the_role_they_had;
};

pub(super) use crate::story::all::{everything, last, list, results, tool};
pub(super) use crate::story::oauth_scope::{call, reader};
