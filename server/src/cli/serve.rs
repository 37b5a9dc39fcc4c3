//! `gavel serve`.

use crate::{
    boot::{Opened, Server},
    web::Site,
};
use tokio_util::sync::CancellationToken;

/// Serves until SIGTERM or SIGINT.
pub async fn run(opened: &Opened) -> Result<(), String> {
    let server = start(opened).await?;
    stop_on_signal(server.stop());
    tracing::info!(url = %opened.settings.public_url, "serving");
    server.run().await;
    Ok(())
}

/// Starts the server with the packed site.
pub async fn start(opened: &Opened) -> Result<Server, String> {
    let site = match &opened.settings.site_dir {
        Some(folder) => Site::load(folder).map_err(|error| error.to_string())?,
        None => Site::default(),
    };
    Server::start(opened, site).await
}

/// Cancels on the first SIGTERM or SIGINT.
pub fn stop_on_signal(stop: CancellationToken) {
    tokio::spawn(async move {
        wait_for_signal().await;
        tracing::info!("stopping: no new leads, finishing those in flight");
        stop.cancel();
    });
}

#[cfg(unix)]
async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        },
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be handled");
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(not(unix))]
async fn wait_for_signal() {
    let _ = tokio::signal::ctrl_c().await;
}
