//! The attacker rebinds a name of theirs to the gateway's address, or writes another host into the request.
//! They want the gateway to take it for its own. RFC 9110 §7.4: another host is another gateway.

use bytes::Bytes;
use http::Request;

use crate::world::World;

pub(super) fn somebody_asks_for_another_host(world: &mut World) {
    for uri in [
        "https://evil.example.org/",
        "https://gate.example.com:8443/authorize",
        "https://127.0.0.1/mcp/desk",
        "https://gate.example.com.evil.example.org/login",
        "https://gate.example.com./login",
        "https://localhost/admin",
    ] {
        let answer = world.send(Request::get(uri).body(Bytes::new()).unwrap());
        assert_eq!(answer.status(), 421, "{uri}");
        assert!(answer.text().contains("https://gate.example.com"), "{}", answer.text());
        assert_eq!(answer.header("location"), "");
    }
    let recorded = world.recorded("request_refused", "refused", Some("host_unknown"));
    assert_eq!(recorded, 1, "the call is on record");
}
