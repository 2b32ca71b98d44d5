//! What one instance of the component holds, and what all instances share.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use wasmtime::component::{HasData, ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::clock::Clock;
use crate::outbound::Egress;

pub mod bindings {
    wasmtime::component::bindgen!({
        path: "wit",
        world: "spin",
        imports: { default: trappable },
        with: {
            "spin:sqlite/sqlite.connection": crate::sqlite::Connection,
            "spin:key-value/key-value.store": crate::key_value::Store,
            "spin:redis/redis.connection": crate::redis::Connection,
        },
    });
}

/// What stands behind Spin's interfaces.
pub struct Services {
    pub database: PathBuf,
    pub key_value: Arc<Mutex<rusqlite::Connection>>,
    pub variables: HashMap<String, String>,
    pub redis: Option<String>,
    /// `host:port` of the peers that may be reached.
    pub allowed: HashSet<String>,
    /// How far the component's clock is ahead.
    pub clock: Option<PathBuf>,
}

/// The store data of one instance.
pub struct State {
    pub table: ResourceTable,
    pub services: Arc<Services>,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    egress: Egress,
}

impl State {
    pub fn new(services: Arc<Services>) -> Self {
        let mut wasi = WasiCtx::builder();
        // Standard output belongs to the `ready` line.
        wasi.stdout(std::io::stderr()).stderr(std::io::stderr());
        wasi.wall_clock(Clock(services.clock.clone()));
        Self {
            table: ResourceTable::new(),
            egress: Egress(Arc::clone(&services)),
            services,
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
        }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.egress }
    }
}

/// Names [`State`] as the data of Spin's interfaces.
pub struct Spin;

impl HasData for Spin {
    type Data<'a> = &'a mut State;
}
