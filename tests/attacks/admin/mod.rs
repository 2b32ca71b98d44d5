//! Administration by whoever is no administrator, or was one, or may less: by tokens, forms, paths and methods.

mod administering_by_an_auditor;
mod after_being_removed;
mod by_a_clients_token;
mod by_a_lookalike_address;
mod by_another_path;
mod ended_token;
mod forms_of_others;
mod json_with_cookies;
mod method_override;
mod name_as_a_case;
mod old_proof_as_new;
mod removing_by_another_spelling;
mod resolving_by_an_administrator;
mod resolving_by_another_page;
mod stale_sign_in;
mod token_at_a_service;
mod token_of_another_scope;
mod token_that_makes_more;
mod without_the_role;

use crate::Scenario;
use crate::attacks::attacks;
use crate::client::Agent;
use crate::world::World;

pub(crate) const ALL: &[Scenario] = attacks! {
    Usual:
        by_a_clients_token::a_client_of_an_administrator_wants_to_administer,
        token_at_a_service::an_admin_token_is_tried_at_a_service,
        without_the_role::somebody_without_the_role_wants_to_administer,
        by_a_lookalike_address::somebody_with_an_address_like_the_administrators_wants_to_administer,
        stale_sign_in::a_thief_of_an_administrators_session_wants_to_administer,
        old_proof_as_new::an_old_proof_is_passed_off_as_a_new_one,
        forms_of_others::forms_of_others_want_to_administer,
        json_with_cookies::a_web_page_sends_what_programs_send,
        token_of_another_scope::an_admin_token_is_used_for_something_else,
        token_that_makes_more::an_admin_token_wants_to_make_a_better_one,
        ended_token::an_admin_token_that_is_over_is_used,
        by_another_path::somebody_looks_for_another_way_to_the_admin_pages,
        method_override::somebody_says_that_another_method_is_meant,
        resolving_by_an_administrator::an_administrator_wants_to_know_who_somebody_on_record_is,
        resolving_by_another_page::another_page_wants_to_know_who_somebody_on_record_is,
        name_as_a_case::a_name_is_passed_off_as_a_case,
        administering_by_an_auditor::an_auditor_wants_to_administer,
        removing_by_another_spelling::somebody_wants_to_remove_everybody_at_once;
    Fresh:
        after_being_removed::a_former_administrator_goes_on_with_their_tokens;
};

pub(super) use crate::story::admin::{ANEW, administrator, ask, call, csrf, page, remove, token};

/// What can be done under `/admin`.
pub(super) const DOORS: [(&str, &str); 13] = [
    ("GET", "/admin"),
    ("GET", "/admin/tokens"),
    ("GET", "/admin/audit/checkpoints"),
    ("POST", "/admin/tokens"),
    ("DELETE", "/admin/tokens/AAAAAAAAAAAAAAAAAAAAAA"),
    ("POST", "/admin/tokens/AAAAAAAAAAAAAAAAAAAAAA"),
    ("POST", "/admin/people/remove"),
    ("POST", "/admin/audit/resolve"),
    ("GET", "/admin/throughput"),
    ("POST", "/admin/holds/AAAAAAAAAAAAAAAAAAAAAA/release"),
    ("GET", "/admin/audit/export"),
    ("GET", "/admin/audit/deliveries"),
    ("POST", "/admin/audit/deliveries/splunk/replay"),
];

/// Nothing was done, and the honest client goes on.
#[track_caller]
pub(super) fn nothing_done(world: &mut World, honest: &Agent) {
    for action in [
        "admin_viewed",
        "admin_tokens_viewed",
        "checkpoints_viewed",
        "pins_viewed",
        "throughput_viewed",
        "admin_token_made",
        "admin_token_ended",
        "person_removed",
        "hold_released",
        "audit_exported",
        "deliveries_viewed",
        "delivery_replayed",
    ] {
        assert_eq!(world.recorded(action, "ok", None), 0, "{action}");
    }
    assert_eq!(call(world, honest).status(), 200);
    honest.renewed(world);
}
