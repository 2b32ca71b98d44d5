//! The attacker writes a user, a fragment or the gateway's peers' host into the address, so that parsers disagree.
//! They want a request elsewhere than was checked. RFC 3986 §7.6: one canonical spelling or none.

use super::not_fetched;
use crate::world::World;

pub(super) fn somebody_writes_an_address_that_parsers_disagree_about(world: &mut World) {
    let host = world.stage.desk.origin().split_once("://").unwrap().1.to_owned();
    not_fetched(
        world,
        &[
            "https://user@app.example.org/client.json",
            "https://user:secret@app.example.org/client.json",
            &format!("https://app.example.org@{host}/client.json"),
            "https://app.example.org\\@127.0.0.1/client.json",
            "https://app.example.org#@127.0.0.1/client.json",
            "https://app.example.org/client.json#x",
            "https://app.example.org/a/../client.json",
            "https://app.example.org/%2e%2e/client.json",
            "https://app.example.org/./client.json",
            "https://APP.example.org/client.json",
            "https://app.example.org./client.json",
            "https://app.example.org/client.json\r\nx: y",
            "https://app.example.org/",
            "https://app.example.org",
        ],
    );
}
