//! The attacker says by `X-Forwarded-Host` and the like that the gateway has another name, and wants it to be written into
//! links, redirects and metadata (cache poisoning, links that lead to the attacker). Only the configured name counts.

use bytes::Bytes;
use http::Request;

use super::call;
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_says_that_the_gateway_has_another_name(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for path in [
        "/.well-known/oauth-authorization-server",
        "/.well-known/oauth-protected-resource/mcp/desk",
        "/oauth/client/books.json",
        "/login",
        "/mcp/desk",
    ] {
        let mut request =
            Request::builder().method(if path == "/mcp/desk" { "POST" } else { "GET" }).uri(world.url(path));
        for name in
            ["x-forwarded-host", "x-host", "x-forwarded-server", "x-original-host", "x-http-host-override"]
        {
            request = request.header(name, "evil.example.org");
        }
        request = request
            .header("forwarded", "host=evil.example.org;proto=https")
            .header("x-original-url", "/admin");
        request =
            request.header("x-rewrite-url", "/admin").header("x-forwarded-prefix", "//evil.example.org");
        let answer = world.send(request.body(Bytes::new()).unwrap());
        let said = format!("{} {:?}", answer.text(), answer.headers());
        assert!(!said.contains("evil.example.org"), "{path}: {said}");
    }
    let request = call(world, &agent);
    assert_eq!(world.send(request).status(), 200);
}
