//! What is behind the gateway: reaching a service, and what is known of its tools.

mod catalog;
mod exchange;

pub use catalog::{Catalog, list_headers};
pub use exchange::{Outgoing, collect, failure, forward, rubbish, standard_headers};
