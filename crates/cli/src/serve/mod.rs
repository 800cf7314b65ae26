//! `exemplar serve`: a web server for development, which keeps the API's key away from the browser.

mod files;
mod forward;

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::routing::post;
use tokio::net::TcpListener;

use crate::api::{ApiArgs, Upstream};
use crate::output::print;

/// How long requests under way may take once the server is asked to end.
const GRACE: Duration = Duration::from_secs(1);

/// Serve a folder, and forward /v1/embeddings to an embedding API with its key
#[derive(clap::Args)]
pub struct Args {
    /// Folder to serve
    dir: PathBuf,
    #[command(flatten)]
    api: ApiArgs,
    /// Port to listen on; 0 takes any that is free
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Address to listen on; the default is reachable from this machine alone
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    host: IpAddr,
}

pub fn run(args: Args) -> Result<()> {
    if !args.dir.is_dir() {
        bail!("{}: there is no such folder; name the folder to serve", args.dir.display());
    }
    let upstream = args.api.upstream()?.map(Arc::new);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(serve(&args, upstream));
    // Forwarded requests still under way would hold up the end for as long as the API takes.
    runtime.shutdown_background();
    outcome
}

async fn serve(args: &Args, upstream: Option<Arc<Upstream>>) -> Result<()> {
    let address = SocketAddr::new(args.host, args.port);
    let listener = TcpListener::bind(address).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => anyhow::anyhow!(
            "port {} on {} is taken: choose another with --port, or any free one with --port 0",
            args.port,
            args.host
        ),
        _ => anyhow::Error::new(error).context(format!("cannot listen on {address} (--host, --port)")),
    })?;
    let address = listener.local_addr().context("cannot tell the address")?;
    print(&format!("serving {} at http://{address}/", args.dir.display()))?;
    if let Some(upstream) = &upstream {
        let key = if upstream.key.is_some() { "with its key" } else { "without a key" };
        print(&format!("forwarding /v1/embeddings to {}, {key}", upstream.endpoint))?;
        if upstream.key.is_some() && !args.host.is_loopback() {
            eprintln!("warning: whoever can reach {address} can use the API with this key");
        }
    }

    let app = Router::new()
        .route("/v1/embeddings", post(forward::forward))
        .with_state(upstream)
        .fallback_service(files::service(&args.dir));
    let server = axum::serve(listener, app).with_graceful_shutdown(asked_to_end());
    let deadline = async {
        asked_to_end().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        outcome = server => outcome.context("the server failed"),
        () = deadline => Ok(()),
    }
}

/// Ctrl-C, or SIGTERM where there is one.
async fn asked_to_end() {
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
