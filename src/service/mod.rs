//! What is behind the gateway: reaching a service in the revision that it speaks, and what is known of its tools.

mod aside;
mod catalog;
mod dialect;
mod ending;
mod exchange;
mod forgotten;
mod hold;
mod mark;
mod modern;
mod news;
mod older;
mod posted;
mod proof;
mod session;
mod talk;
pub mod vault;
mod wire;
mod words;

pub use catalog::Catalog;
pub use dialect::{Dialect, Legacy, end_session, own_facts};
pub use ending::{end_expired, end_kept};
pub use exchange::{Outgoing, PERHAPS_DONE, failure, forward, limits, rubbish, standard_headers};
pub use news::News;
pub use session::{OwnSession, answer, tell};
pub(crate) use talk::random_id;
pub use talk::{Answered, Party, Request, Said, Talk, ask};
pub use wire::{MAX_MESSAGE, Wire};
