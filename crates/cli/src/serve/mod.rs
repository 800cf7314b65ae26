//! `exemplar serve`: a web server for development, which keeps the API's key away from the browser.

mod candidates;
mod embeddings;
mod files;
mod forward;
mod guard;
mod reload;
mod reply;

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use axum::routing::{MethodRouter, post};
use axum::{Router, middleware};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::watch::Receiver;
use tokio::time::{sleep, timeout};

use self::candidates::{Candidates, EngineArgs};
use self::embeddings::ServedModel;
use self::guard::Guard;
pub use self::reload::BuildNumber;
use crate::api::{ApiArgs, Upstream};
use crate::model::ModelArgs;
use crate::output::{note, print};

/// How long requests under way may take once the server is asked to end.
const GRACE: Duration = Duration::from_secs(1);

/// Before the next connection is taken where none could be.
const BREATH: Duration = Duration::from_millis(100);

/// Serve a folder, and /v1/embeddings: forwarded to an embedding API with its key, or by a model on this machine
#[derive(clap::Args)]
pub struct Args {
    /// Folder to serve
    dir: PathBuf,
    #[command(flatten)]
    api: ApiArgs,
    #[command(flatten)]
    local: ModelArgs,
    /// The model on this machine [default: multilingual-e5-small]
    #[arg(long, value_name = "NAME", conflicts_with = "endpoint")]
    model: Option<String>,
    #[command(flatten)]
    engine: EngineArgs,
    /// Port to listen on; 0 takes any that is free
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Address to listen on; the default is reachable from this machine alone
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    host: IpAddr,
    /// A further name of this server, such as that of a proxy in front; may be given again. Requests to other names are refused
    #[arg(long, value_name = "NAME", value_parser = guard::host_name)]
    allow_host: Vec<String>,
}

/// What answers `/v1/embeddings`.
enum Embeddings {
    Api(Arc<Upstream>),
    Model(Arc<ServedModel>),
    None,
}

pub fn run(args: Args) -> Result<()> {
    if !args.dir.is_dir() {
        bail!("{}: there is no such folder; name the folder to serve", args.dir.display());
    }
    let embeddings = match args.api.upstream()? {
        Some(upstream) => Embeddings::Api(Arc::new(upstream)),
        None => match args.local.place(args.model.as_deref()) {
            Some(place) => Embeddings::Model(Arc::new(ServedModel::new(place))),
            None => Embeddings::None,
        },
    };
    let candidates = args.engine.candidates()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(serve(&args, embeddings, candidates));
    // Forwarded requests still under way would hold up the end for as long as the API takes.
    runtime.shutdown_background();
    outcome
}

async fn serve(args: &Args, embeddings: Embeddings, candidates: Option<Candidates>) -> Result<()> {
    let listener = TcpListener::from_std(listen(args.host, args.port)?)?;
    let address = listener.local_addr().context("cannot tell the address")?;
    print(&format!("serving {} at http://{address}/", args.dir.display()))?;
    embeddings.announce(args, address)?;

    let own = Guard { listens_on: args.host, names: args.allow_host.clone() };
    let mut routes = Router::new().route("/v1/embeddings", embeddings.route());
    if let Some(candidates) = candidates {
        candidates.announce()?;
        let route = post(candidates::candidates).with_state(Arc::new(candidates));
        routes = routes.route("/v1/candidates", route);
    }
    answer(&listener, guarded(routes.fallback_service(files::service(&args.dir)), own)).await;
    Ok(())
}

/// Serves the site `folder` until it is asked to end; its pages load themselves anew after each of the `builds`.
pub async fn preview(
    folder: &Path,
    listener: std::net::TcpListener,
    builds: Receiver<BuildNumber>,
) -> Result<()> {
    let listener = TcpListener::from_std(listener)?;
    let own = Guard { listens_on: listener.local_addr()?.ip(), names: Vec::new() };
    let with_script = middleware::from_fn_with_state(builds.clone(), reload::with_script);
    let routes = reload::routes(builds).fallback_service(files::service(folder).layer(with_script));
    answer(&listener, guarded(routes, own)).await;
    Ok(())
}

/// Listens at a port, or at any free one for 0.
pub fn listen(host: IpAddr, port: u16) -> Result<std::net::TcpListener> {
    let address = SocketAddr::new(host, port);
    let listener = std::net::TcpListener::bind(address).map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => anyhow::anyhow!(
            "port {port} on {host} is taken: choose another with --port, or any free one with --port 0"
        ),
        _ => anyhow::Error::new(error).context(format!("cannot listen on {address} (--host, --port)")),
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// The routes, for pages of this server alone.
fn guarded(routes: Router, own: Guard) -> Router {
    routes
        .layer(middleware::from_fn_with_state(Arc::new(own), guard::guard))
        .layer(middleware::map_response(restrict))
}

/// Answers until it is asked to end. Requests that have not arrived in time are dropped, so that nobody holds up the end, or
/// the connections, by saying nothing.
async fn answer(listener: &TcpListener, app: Router) {
    let service = TowerToHyperService::new(app);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(forward::IDLE);
    let connections = GracefulShutdown::new();
    let mut ended = pin!(asked_to_end());
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let connection = http.serve_connection(TokioIo::new(stream), service.clone());
                    tokio::spawn(connections.watch(connection));
                }
                Err(_) => sleep(BREATH).await,
            },
            () = &mut ended => break,
        }
    }
    let _ = timeout(GRACE, connections.shutdown()).await;
}

/// Answers are taken for what they say they are, and are of use to pages of this server alone.
async fn restrict(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    response
}

impl Embeddings {
    fn announce(&self, args: &Args, address: SocketAddr) -> Result<()> {
        match self {
            Self::Api(upstream) => {
                let key = if upstream.key.is_some() { "with its key" } else { "without a key" };
                print(&format!("forwarding /v1/embeddings to {}, {key}", upstream.endpoint))?;
                if upstream.key.is_some() && !args.host.is_loopback() {
                    note(&format!("warning: whoever can reach {address} can use the API with this key"));
                }
                Ok(())
            }
            Self::Model(served) => {
                print(&format!("answering /v1/embeddings with {} on this machine", served.name()))
            }
            Self::None => Ok(()),
        }
    }

    fn route(self) -> MethodRouter {
        match self {
            Self::Api(upstream) => post(forward::forward).with_state(upstream),
            Self::Model(served) => post(embeddings::embeddings).with_state(served),
            Self::None => post(forward::nothing_to_ask),
        }
    }
}

/// Ctrl-C, or SIGTERM where there is one.
pub async fn asked_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
