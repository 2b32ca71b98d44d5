//! The attacker calls by a method for which nobody asks leave, and says that another is meant.
//! RFC 9110 §9. They want GET, PUT or a form to be a call.

use bytes::Bytes;
use http::Request;

use super::{call, turned_away};
use crate::client::{Agent, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_calls_by_another_method(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for method in ["PUT", "PATCH", "GET", "DELETE"] {
        let mut request = call(world, &agent);
        *request.method_mut() = method.parse().unwrap();
        *request.body_mut() = Bytes::new();
        for name in ["x-http-method-override", "x-method-override"] {
            request.headers_mut().insert(name, "POST".parse().unwrap());
        }
        turned_away(world, &agent, request, 405);
    }
    let mut browser = Browser::of(&Person::internal());
    browser.sign_in(world, "/login");
    for path in
        ["/authorize", "/token", "/callback", "/register", "/revoke", "/logout", "/clients/revoke", "/health"]
    {
        let request = Request::put(world.url(path))
            .header("x-http-method-override", "POST")
            .body(Bytes::new())
            .unwrap();
        assert_eq!(world.send(request).status(), 405, "{path}");
    }
    assert!(browser.get(world, "/").text().contains(&browser.person.email));
}
