//! What every request carries with it.

use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;

use http::HeaderMap;

use crate::host::Host;
use crate::isolate::Setup;
use crate::line::Line;

/// The host and the running setup; cheap to clone, so that streams can own it.
#[derive(Clone, Debug)]
pub struct Context<H: Host> {
    /// The machine.
    pub host: H,
    /// Configuration and keys.
    pub setup: Rc<Setup>,
    /// Where the client can be told something before its answer.
    pub line: Line,
    /// From where the request comes, if the host says so.
    pub peer: Option<IpAddr>,
}

impl<H: Host> Context<H> {
    /// With nobody on the line, and from nowhere.
    pub fn new(host: H, setup: Rc<Setup>) -> Self {
        Self { host, setup, line: Line::default(), peer: None }
    }

    /// For a request with these headers.
    #[must_use]
    pub fn of(self, headers: &HeaderMap) -> Self {
        let said = headers.get(H::PEER).and_then(|said| said.to_str().ok()).unwrap_or_default().trim();
        let peer = said.parse().or_else(|_| said.parse().map(|address: SocketAddr| address.ip())).ok();
        Self { peer: peer.map(|peer: IpAddr| peer.to_canonical()), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::crypto::Keys;
    use crate::host::memory::Memory;

    #[test]
    fn from_where_a_request_comes_is_what_the_host_says() {
        use futures_util::FutureExt as _;
        let host = Memory::new();
        let config = "[gateway]\npublic_url = \"https://gate.example.com\"\n[identity]\n\
                      issuer = \"https://idp.example.com\"\nclient_id = \"mcpgate\"\n";
        let keys = Keys::read(&host).now_or_never().unwrap().unwrap();
        let setup = Rc::new(Setup { config: Config::parse(config).unwrap(), version: 1, keys });
        let peer = |said: &str| {
            let headers =
                HeaderMap::from_iter([(http::HeaderName::from_static(Memory::PEER), said.parse().unwrap())]);
            Context::new(host.clone(), Rc::clone(&setup)).of(&headers).peer.map(|peer| peer.to_string())
        };
        for (said, seen) in [
            ("192.0.2.7", "192.0.2.7"),
            ("192.0.2.7:4711", "192.0.2.7"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
        ] {
            assert_eq!(peer(said).as_deref(), Some(seen));
        }
        assert_eq!(peer("jane.example.com"), None);
        assert_eq!(peer("192.0.2.7, 192.0.2.8"), None);
    }
}
