//! What the gateway fetches for itself: whom it may ask, and how much of the answer it reads.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, select};
use http_body::Body as _;
use url::{Host as UrlHost, Url};

use crate::host::{FetchError, Host, Limits};

/// Sends a request and reads its whole answer, which has `limits.idle` in all once it has begun: a peer that sends a
/// byte now and then is not waited for.
///
/// # Errors
/// [`FetchError`] also when the answer is longer than `most` bytes: such a peer is not usable either.
pub async fn fetch_all<H: Host>(
    host: &H,
    request: http::Request<Bytes>,
    limits: Limits,
    most: usize,
) -> Result<http::Response<Bytes>, FetchError> {
    let (head, mut body) = host.fetch(request, limits).await?.into_parts();
    let until = host.now().after(limits.idle);
    let mut bytes = Vec::new();
    loop {
        let left = u64::try_from(until.0 - host.now().0).unwrap_or_default();
        let frame = poll_fn(|context| Pin::new(&mut body).poll_frame(context));
        let frame = match select(frame, pin!(host.sleep(Duration::from_millis(left)))).await {
            Either::Left((Some(frame), _)) if left > 0 => frame,
            Either::Left((None, _)) => break,
            _ => return Err(FetchError::TimedOut),
        };
        if let Ok(data) = frame?.into_data() {
            if bytes.len() + data.len() > most {
                return Err(FetchError::Unreachable("the answer is too long".to_owned()));
            }
            bytes.extend_from_slice(&data);
        }
    }
    Ok(http::Response::from_parts(head, bytes.into()))
}

/// Limits for small documents: five seconds to begin, five for the rest.
pub const SMALL: Limits = Limits { head: Duration::from_secs(5), idle: Duration::from_secs(5) };

/// A URL that a stranger named and that the gateway may fetch: `https`, the default port, a public DNS name, and
/// written in the one canonical way, so that no two parsers can disagree about it.
///
/// A name can still resolve to a private address: keeping such connections from being made is the host's part.
pub fn public_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let Some(UrlHost::Domain(name)) = url.host() else { return None };
    let canonical = url.as_str() == text && text.len() <= 512;
    let plain = url.scheme() == "https"
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none();
    (canonical && plain && is_public_name(name)).then_some(url)
}

/// Names that only mean something inside one network or one machine (RFC 6761, RFC 6762, RFC 8375, RFC 9476).
const SPECIAL: [&str; 20] = [
    "localhost",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "arpa",
    "test",
    "invalid",
    "example",
    "onion",
    "alt",
    // Anybody's names for any address, also private ones.
    "nip.io",
    "sslip.io",
    "xip.io",
    "localtest.me",
    "lvh.me",
];

fn is_public_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains('.')
        && !name.ends_with('.')
        && !SPECIAL.iter().any(|special| {
            name == *special || name.strip_suffix(special).is_some_and(|head| head.ends_with('.'))
        })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::task::{Context, Poll, Waker};

    use http::Request;

    use super::*;
    use crate::host::memory::{Chunk, Memory, Reply};

    #[test]
    fn a_peer_that_drips_is_not_waited_for() {
        let host = Memory::new();
        host.set_peer(
            "https://slow.example.com",
            Arc::new(|_| {
                let chunks = [Chunk::Bytes("x".into()), Chunk::Later, Chunk::Bytes("y".into())];
                let drips = chunks.into_iter().chain(std::iter::repeat_with(|| Chunk::Later));
                Reply::Response(http::Response::new(Box::new(drips)))
            }),
        );
        let request = Request::get("https://slow.example.com/").body(Bytes::new()).unwrap();
        let mut work = std::pin::pin!(fetch_all(&host, request, SMALL, 100));
        let mut context = Context::from_waker(Waker::noop());
        let mut turns = (0..1000).map(|_| work.as_mut().poll(&mut context));
        let answer = turns.find_map(|turn| if let Poll::Ready(answer) = turn { Some(answer) } else { None });
        let answer = answer.expect("it ends");
        assert!(matches!(answer, Err(FetchError::TimedOut)));
    }

    #[test]
    fn public_urls_pass() {
        for url in [
            "https://claude.ai/oauth/mcp-oauth-client-metadata",
            "https://app.example.com/oauth/client.json",
            "https://xn--bcher-kva.example.org/c?x=1",
        ] {
            assert!(public_url(url).is_some(), "{url}");
        }
    }

    #[test]
    fn everything_that_could_reach_inside_is_refused() {
        for url in [
            "http://app.example.com/c",
            "https://127.0.0.1/c",
            "https://2130706433/c",
            "https://0x7f.1/c",
            "https://0177.0.0.1/c",
            "https://10.0.0.1/c",
            "https://169.254.169.254/latest/meta-data",
            "https://8.8.8.8/c",
            "https://[::1]/c",
            "https://[::ffff:127.0.0.1]/c",
            "https://[fd00::1]/c",
            "https://[fe80::1]/c",
            "https://[::127.0.0.1]/c",
            "https://[::ffff:7f00:1]/c",
            "https://[64:ff9b::7f00:1]/c",
            "https://[64:ff9b:1::a00:1]/c",
            "https://[2002:7f00:1::]/c",
            "https://[2001:4860:4860::8888]/c",
            "https://[::]/c",
            "https://0/c",
            "https://0.0.0.0/c",
            "https://017700000001/c",
            "https://0x7f000001/c",
            "https://127.1/c",
            "https://127.0.0.1./c",
            "https://100.64.0.1/c",
            "https://192.168.0.1/c",
            "https://①②⑦.0.0.1/c",
            "https://10-0-0-1.sslip.io/c",
            "https://x.localtest.me/c",
            "https://app.example.com:0/c",
            "https://app.example.com:/c",
            "https://@app.example.com/c",
            "https://app.example.com/%2E%2E/c",
            "https://app.example.com/c?#",
            "https://app.example.com/c\r\nx: y",
            "https://xn--/c",
            "//app.example.com/c",
            "https://localhost/c",
            "https://app.localhost/c",
            "https://printer.local/c",
            "https://metadata.google.internal/c",
            "https://intranet/c",
            "https://app.example.com./c",
            "https://127.0.0.1.nip.io/c",
            "https://app.example.com:8443/c",
            "https://app.example.com:443/c",
            "https://user@app.example.com/c",
            "https://user:pass@app.example.com/c",
            "https://app.example.com/c#fragment",
            "https://app.example.com/a/../c",
            "https://app.example.com/a/%2e%2e/c",
            "https://app.example.com/./c",
            "https://APP.example.com/c",
            "https://app.example.com\\@evil.example.org/c",
            "https:/app.example.com/c",
            "https://app.example.com/c d",
            " https://app.example.com/c",
            "https://ａpp.example.com/c",
            "ftp://app.example.com/c",
            "file:///etc/passwd",
            "data:text/plain,x",
            "",
        ] {
            assert!(public_url(url).is_none(), "{url}");
        }
    }
}
