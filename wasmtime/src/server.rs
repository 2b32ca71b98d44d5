//! Inbound HTTP: each request goes to an instance that has room, as Spin places them.

use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use http::header::{HOST, HeaderValue};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Sleep, sleep, timeout};
use wasmtime::component::{Component, GuestTaskId, Linker};
use wasmtime::{Config, Engine, Store, StoreContextMut};
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, ProxyHandler, ProxyPre, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus,
};
use wasmtime_wasi_http::p3::bindings::ServicePre;
use wasmtime_wasi_http::{WasiBody, WasiHttpView as _};

use crate::state::{Services, Spin, State, bindings};

/// Spin's defaults: how many requests one instance serves in all, and at once; how long it may idle.
const REUSE: usize = 128;
const CONCURRENCY: usize = 16;
const IDLE: Duration = Duration::from_secs(1);
/// Longest work after the last response of an instance: more than a slow machine needs for any test.
const POST_RETURN: Duration = Duration::from_secs(120);
/// Time for open exchanges to end after SIGTERM.
const GRACE: Duration = Duration::from_secs(3);

/// Serves until SIGTERM or SIGINT.
pub async fn serve(
    component: &Path,
    compiled: Option<&Path>,
    address: SocketAddr,
    services: Arc<Services>,
) -> Result<()> {
    let handler = ProxyHandler::new(instances(component, compiled, services)?);
    let listener = TcpListener::bind(address).await.with_context(|| address.to_string())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    println!("ready http://{}", listener.local_addr()?);

    let open = Arc::new(());
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (socket, _) = accepted?;
                let (handler, open) = (handler.clone(), Arc::clone(&open));
                tokio::spawn(async move {
                    connection(handler, socket).await;
                    drop(open);
                });
            }
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
        }
    }
    drop(listener);
    let alive = &handler.state().alive;
    let ended = async {
        while Arc::strong_count(alive) + Arc::strong_count(&open) > 2 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let _ = timeout(GRACE, ended).await;
    Ok(())
}

fn instances(component: &Path, compiled: Option<&Path>, services: Arc<Services>) -> Result<Instances> {
    let mut config = Config::new();
    config.wasm_component_model_async(true);
    let engine = Engine::new(&config).map_err(into)?;
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker).map_err(into)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker).map_err(into)?;
    wasmtime_wasi_http::p3::add_to_linker(&mut linker).map_err(into)?;
    bindings::Spin::add_to_linker::<_, Spin>(&mut linker, |state| state).map_err(into)?;
    let component = match compiled {
        Some(compiled) => known(&engine, component, compiled)?,
        None => Component::from_file(&engine, component).map_err(into)?,
    };
    let service = ServicePre::new(linker.instantiate_pre(&component).map_err(into)?).map_err(into)?;
    Ok(Instances { engine, service, services, alive: Arc::new(()) })
}

/// Compiles the component unless that was done before.
fn known(engine: &Engine, component: &Path, compiled: &Path) -> Result<Component> {
    if !compiled.exists() {
        let code = engine.precompile_component(&std::fs::read(component)?).map_err(into)?;
        // Others may look at the same time: the file is there whole, or not at all.
        let written = compiled.with_extension(std::process::id().to_string());
        std::fs::write(&written, code)?;
        std::fs::rename(&written, compiled)?;
    }
    // SAFETY: the file is what this program wrote for itself.
    unsafe { Component::deserialize_file(engine, compiled) }.map_err(into)
}

fn into(error: wasmtime::Error) -> anyhow::Error {
    anyhow!("{error:?}")
}

async fn connection(handler: ProxyHandler<Instances>, socket: TcpStream) {
    let _ = socket.set_nodelay(true);
    let service = service_fn(|request| exchange(&handler, request));
    if let Err(error) =
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), service).await
    {
        eprintln!("test host: connection: {error}");
    }
}

async fn exchange(
    handler: &ProxyHandler<Instances>,
    request: http::Request<Incoming>,
) -> Result<http::Response<WasiBody>, http::Error> {
    let response = match absolute(request) {
        Ok(request) => handler.handle((), request.map(|body| body.map_err(Into::into).boxed_unsync())).await,
        Err(error) => Err(wasmtime::format_err!("{error:?}")),
    };
    response.or_else(|error| {
        eprintln!("test host: {error:?}");
        let body = Full::from("the component failed\n").map_err(|never| match never {});
        http::Response::builder().status(500).body(body.boxed_unsync())
    })
}

/// WASI wants the authority apart from the headers.
fn absolute(mut request: http::Request<Incoming>) -> Result<http::Request<Incoming>> {
    let host = request.headers().get(HOST).map(HeaderValue::to_str).transpose()?.unwrap_or("localhost");
    let path = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    *request.uri_mut() = http::Uri::builder().scheme("http").authority(host).path_and_query(path).build()?;
    Ok(request)
}

struct Instances {
    engine: Engine,
    service: ServicePre<State>,
    services: Arc<Services>,
    /// Counts the living instances.
    alive: Arc<()>,
}

impl HandlerState for Instances {
    type StoreData = State;
    type WorkerExpiration = Expiration;
    type WorkerState = Worker;

    async fn instantiate(&self) -> wasmtime::Result<Instance<State, Expiration, Worker>> {
        let mut store = Store::new(&self.engine, State::new(Arc::clone(&self.services)));
        let proxy = ProxyPre::P3(self.service.clone()).instantiate_async(&mut store).await?;
        Ok(Instance {
            store,
            proxy,
            view: State::http,
            expiration: Expiration { timer: Box::pin(sleep(IDLE)) },
            state: Worker { _alive: Arc::clone(&self.alive) },
        })
    }
}

struct Worker {
    _alive: Arc<()>,
}

impl WorkerState for Worker {
    type StoreData = State;
    type RequestData = ();

    fn should_accept_request(&self, concurrent: usize, total: usize) -> ShouldAccept {
        match () {
            () if total >= REUSE => ShouldAccept::Never,
            () if concurrent >= CONCURRENCY => ShouldAccept::No,
            () => ShouldAccept::Yes,
        }
    }

    fn on_request_start(
        &self,
        _store: StoreContextMut<'_, State>,
        (): (),
        _task: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + 'static + Send + Sync>> {
        Box::pin(std::future::pending())
    }

    fn drop(&self, store: Store<State>, result: wasmtime::Result<()>) {
        drop(store);
        if let Err(error) = result {
            eprintln!("test host: instance: {error:?}");
        }
    }
}

struct Expiration {
    timer: Pin<Box<Sleep>>,
}

impl WorkerExpiration for Expiration {
    fn poll(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        status: WorkerStatus,
        start: Instant,
    ) -> Poll<()> {
        let limit = match status {
            WorkerStatus::Idle => IDLE,
            WorkerStatus::PostReturn => POST_RETURN,
            WorkerStatus::Requests => return Poll::Pending,
        };
        let deadline = (start + limit).into();
        if self.timer.deadline() != deadline {
            self.timer.as_mut().reset(deadline);
        }
        ready!(self.timer.as_mut().poll(context));
        Poll::Ready(())
    }
}
