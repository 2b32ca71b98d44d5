//! `spin:variables` from the command line.

use wasmtime::component::Accessor;

use crate::state::bindings::spin::variables::variables::{Error, Host, HostWithStore};
use crate::state::{Spin, State};

impl Host for State {}

impl<T: Send> HostWithStore<T> for Spin {
    async fn get(accessor: &Accessor<T, Self>, name: String) -> wasmtime::Result<Result<String, Error>> {
        let legal = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
        if !name.starts_with(|first: char| first.is_ascii_lowercase()) || !name.bytes().all(legal) {
            return Ok(Err(Error::InvalidName(name)));
        }
        Ok(accessor
            .with(|mut access| access.get().services.variables.get(&name).cloned())
            .ok_or_else(|| Error::Undefined(format!("no variable for {name:?}"))))
    }
}
