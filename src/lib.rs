//! mcpgate: the gateway between AI clients and the services a company already uses.
//!
//! A tool call passes nine phases, always in this order and under these names, in code, audit records and documents:
//!
//! | phase | what happens | where |
//! |---|---|---|
//! | authenticate | bearer token -> [`oauth::Principal`], without I/O | [`oauth`] |
//! | admit | role -> service | [`access`], [`config`] |
//! | resolve | the body names what is wanted, the headers agree; role, scope -> tool; its pin; person -> task | [`mcp::revision`], [`service::Catalog`], [`guard::pin`] |
//! | confirm | a destructive call needs the person's own yes | [`guard::confirm`] |
//! | rehydrate | pseudonyms in the arguments -> real values | [`pii`], [`store::mapping`] |
//! | forward | the person's or our own credentials, fresh headers, a time limit | [`service`] |
//! | cap | whole items dropped, the fact and the count said | [`guard::cap`] |
//! | pseudonymize | personal data -> pseudonyms, the mapping sealed | [`pii`], [`store::mapping`] |
//! | record | one audit event; a write is announced before it is forwarded | [`audit`] |
//!
//! [`gateway`] reads like this table. The [`host`] is asked for everything else: the target picks which one.
//!
//! docs/threats.md and docs/privacy.md list what is not promised.

pub mod access;
pub mod audit;
pub mod body;
#[cfg(not(target_family = "wasm"))]
pub mod cli;
pub mod config;
pub mod context;
pub mod crypto;
pub mod error;
pub mod gateway;
pub mod guard;
pub mod host;
pub mod isolate;
pub mod json;
pub mod line;
pub mod mcp;
pub mod oauth;
pub mod oidc;
pub mod outbound;
pub mod page;
pub mod pii;
pub mod service;
pub mod store;
mod vocabulary;
