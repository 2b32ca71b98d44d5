//! The peers of a gateway, and what they do: well, or as a scenario says.
//!
//! On the memory host they are called; elsewhere they stand behind real sockets.

mod bank;
mod books;
mod contract;
mod elsewhere;
mod era;
mod idp;
mod kms;
mod service;
pub(crate) mod siem;

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use mcpgate::host::memory::{Chunk, Peer, Reply};

pub(crate) use bank::{
    Bank, KEYED as BANK_KEYED, LIFE as BANK_LIFE, SECRET as BANK_SECRET, SERVICES as BANK_SERVICES,
};
pub(crate) use books::{Books, SECRET as BOOKS_SECRET};
pub(crate) use era::{Era, MAIL as ERA_MAIL, Speech};
pub(crate) use idp::{Identity, Person, client_assertion};
pub(crate) use kms::{FORMER_KMS_KEY, KMS_KEY, Kms};
pub(crate) use service::{Seen, Service};

use crate::world::{Clock, Secrets};

/// The identity provider, two services that speak all revisions, and five that speak one revision only.
pub(crate) struct Stage {
    pub(crate) idp: Arc<Identity>,
    pub(crate) desk: Arc<Service>,
    pub(crate) mail: Arc<Service>,
    /// Where people connect accounts of their own.
    pub(crate) books: Arc<Books>,
    /// Where nobody connects anything.
    pub(crate) bank: Arc<Bank>,
    /// What wraps people's keys where a scenario wants it.
    pub(crate) kms: Arc<Kms>,
    /// The newest first, as [`ERAS`] names them.
    pub(crate) eras: [Arc<Era>; 5],
    /// What audit records are sent to where a scenario wants it.
    pub(crate) siem: Arc<siem::Siem>,
    pub(crate) contract: contract::Scripted,
    /// A place on the internet.
    pub(crate) elsewhere: Arc<elsewhere::Elsewhere>,
}

/// The services that speak one revision only.
pub(crate) const ERAS: [(&str, Speech); 5] = [
    ("new", Speech::Modern),
    ("old", Speech::Streamable("2025-11-25")),
    ("older", Speech::Streamable("2025-06-18")),
    ("elder", Speech::Streamable("2025-03-26")),
    ("oldest", Speech::Sse),
];

/// An origin where nobody listens: port 1 is nobody's.
pub(crate) const NOBODY: &str = "http://127.0.0.1:1";

/// The gateway's secret at the identity provider. The colon and the plus are there to be encoded.
pub(crate) const OIDC_SECRET: &str = "planted-oidc:secret+1f9c";
/// The secret of the AI client `secretive`.
pub(crate) const CLIENT_SECRET: &str = "planted-client:secret+55d0";
/// The gateway's token at the desk.
pub(crate) const DESK_TOKEN: &str = "planted-desk-token-77aa";

impl Stage {
    pub(crate) fn new(clock: Arc<Clock>) -> Self {
        Self {
            kms: Arc::new(Kms::new("http://127.0.0.1:8790", Arc::clone(&clock))),
            siem: Arc::new(siem::Siem::new("https://siem.example.com")),
            bank: Arc::new(Bank::new("https://bank.example.com", Arc::clone(&clock))),
            idp: Arc::new(Identity::new("https://idp.example.com", clock)),
            desk: Arc::new(Service::new("https://desk.example.com")),
            mail: Arc::new(Service::new("https://mail.example.com")),
            books: Arc::new(Books::new("https://books.example.com")),
            eras: ERAS.map(|(id, speech)| Arc::new(Era::new(speech, &format!("https://{id}.example.com")))),
            contract: contract::Scripted::new("https://contract.example.com"),
            elsewhere: Arc::default(),
        }
    }

    /// The secrets that the configuration names.
    pub(crate) fn secrets() -> Secrets {
        [
            ("OIDC_CLIENT_SECRET", OIDC_SECRET),
            ("DESK_TOKEN", DESK_TOKEN),
            ("SECRETIVE", CLIENT_SECRET),
            ("BANK_SECRET", BANK_SECRET),
            ("HEC_TOKEN", siem::HEC_TOKEN),
            ("LAKE_KEY", siem::LAKE_KEY),
            ("GOOGLE_ACCOUNT", &kms::service_account()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// Each peer with its origin.
    pub(crate) fn peers(&self) -> Vec<(String, Peer)> {
        let eras = self.eras.iter().map(|service| (service.origin(), era::peer(service)));
        let others = [
            (self.idp.origin(), idp::peer(&self.idp)),
            (self.desk.origin(), service::peer(&self.desk)),
            (self.mail.origin(), service::peer(&self.mail)),
            (self.books.origin(), books::peer(&self.books)),
            (self.bank.origin(), bank::peer(&self.bank)),
            (self.kms.origin(), kms::peer(&self.kms)),
            (self.siem.origin(), siem::peer(&self.siem)),
            (self.contract.origin(), self.contract.peer()),
            (elsewhere::ORIGIN.to_owned(), elsewhere::peer(&self.elsewhere)),
        ];
        others.into_iter().chain(eras).collect()
    }

    /// Gives each peer a socket, and its origin with it.
    pub(crate) fn bring_to_sockets(&mut self, serve: impl Fn(Peer) -> String) {
        self.idp.set_origin(serve(idp::peer(&self.idp)));
        self.desk.set_origin(serve(service::peer(&self.desk)));
        self.mail.set_origin(serve(service::peer(&self.mail)));
        self.books.service.set_origin(serve(books::peer(&self.books)));
        self.bank.service.set_origin(serve(bank::peer(&self.bank)));
        self.kms.set_origin(serve(kms::peer(&self.kms)));
        self.siem.set_origin(serve(siem::peer(&self.siem)));
        for service in &self.eras {
            service.set_origin(serve(era::peer(service)));
        }
        self.contract.set_origin(serve(self.contract.peer()));
    }

    /// All behave well again, and remember nothing.
    pub(crate) fn reset(&self) {
        self.idp.reset();
        self.desk.reset();
        self.mail.reset();
        self.books.reset();
        self.bank.reset();
        self.kms.reset();
        self.siem.reset();
        self.elsewhere.reset();
        self.eras.iter().for_each(|service| service.reset());
    }
}

/// A request that a peer answers in the way that a scenario says.
type Answering = Box<dyn Fn(&Request<Bytes>) -> Option<Reply> + Send>;

/// An answer of these bytes, cut at every byte whose place is a multiple of `size`.
pub(crate) fn cut(status: u16, content_type: &str, body: &str, size: usize) -> Reply {
    let chunks =
        body.as_bytes().chunks(size).map(|chunk| Chunk::Bytes(Bytes::copy_from_slice(chunk))).collect();
    Reply::chunks(status, content_type, chunks)
}

/// An answer that gets on only as the scenario lets it: the chunks come out of a channel.
pub(crate) fn slow(status: u16, content_type: &str) -> (std::sync::mpsc::Sender<Chunk>, impl Fn() -> Reply) {
    let (sender, receiver) = std::sync::mpsc::channel();
    let receiver = Arc::new(std::sync::Mutex::new(receiver));
    let content_type = content_type.to_owned();
    let reply = move || {
        let receiver = Arc::clone(&receiver);
        // A scenario that forgets its part ends with a break, not with a hang.
        let patience = std::time::Duration::from_secs(10);
        let chunks = std::iter::from_fn(move || match receiver.lock().unwrap().recv_timeout(patience) {
            Ok(chunk) => Some(chunk),
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => None,
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => Some(Chunk::Break),
        });
        let mut response = http::Response::new(Box::new(chunks) as Box<dyn Iterator<Item = Chunk> + Send>);
        *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
        response.headers_mut().insert("content-type", content_type.parse().unwrap());
        Reply::Response(response)
    };
    (sender, reply)
}
