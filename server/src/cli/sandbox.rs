//! `gavel sandbox`: the simulated buyers alone.

use super::{args, serve};
use crate::sandbox::Sandbox;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Serves until SIGTERM or SIGINT.
pub async fn run(wanted: args::Sandbox) -> Result<(), String> {
    let listener = TcpListener::bind(wanted.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", wanted.listen))?;
    let sandbox = match &wanted.ledger {
        Some(path) => Sandbox::with_ledger(wanted.seed, path).map_err(|error| format!("ledger: {error}"))?,
        None => Sandbox::new(wanted.seed),
    };
    let stop = CancellationToken::new();
    serve::stop_on_signal(stop.clone());
    if let Some(address) = wanted.mail {
        let listener =
            TcpListener::bind(address).await.map_err(|error| format!("cannot take mail on {address}: {error}"))?;
        tracing::info!(%address, "a simulated mail server");
        tokio::spawn(sandbox.clone().serve_mail(listener, stop.clone().cancelled_owned()));
    }
    tracing::info!(address = %wanted.listen, "simulated buyers");
    sandbox.serve(listener, stop.cancelled_owned()).await.map_err(|error| error.to_string())
}
