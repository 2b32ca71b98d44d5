//! The attacker's page posts a call as a plain form, with the person's cookies, which needs no leave of the browser.
//! MCP: a token in each request; cookies are worth nothing there. They want the call to be made.

use super::{call, turned_away};
use crate::client::{Agent, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_web_page_calls_with_the_persons_cookies(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let agent = Agent::at(world, &mut browser, "desk");
    let cookies: Vec<String> =
        browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    for content_type in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json"]
    {
        let mut request = call(world, &agent);
        request.headers_mut().remove("authorization");
        request.headers_mut().insert("cookie", cookies.join("; ").parse().unwrap());
        request.headers_mut().insert("content-type", content_type.parse().unwrap());
        turned_away(world, &agent, request, 401);
    }
}
