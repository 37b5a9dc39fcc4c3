//! Takes connections: small answers leave at once, a connection that does not finish its headers is closed, and stopping
//! lets requests in flight end.

use axum::{Router, extract::ConnectInfo};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// Connections open at once. More wait in the system's queue.
const CONNECTIONS: usize = 8192;
/// Longest time from the first byte to the end of the headers.
const HEADERS: Duration = Duration::from_secs(10);
/// Pause after the system had no room for a connection, so that it can find some.
const NO_ROOM: Duration = Duration::from_millis(50);

/// Connections that still answer after the listener has closed.
pub struct Open(GracefulShutdown);

impl Open {
    /// Waits until every request in flight is answered, at most so long.
    pub async fn close(self, within: Duration) {
        if timeout(within, self.0.shutdown()).await.is_err() {
            tracing::warn!("connections are cut: their requests took too long");
        }
    }
}

/// Takes connections until it is stopped.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) -> Open {
    let open = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return Open(open),
            accepted = take(&listener, &room) => accepted,
        };
        let Some((stream, peer, permit)) = accepted else { continue };
        let router = router.clone();
        let answer = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS)
            .serve_connection(TokioIo::new(stream), answer);
        let connection = open.watch(connection);
        tokio::spawn(async move {
            let _permit = permit;
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
}

async fn take(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let permit = Arc::clone(room).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Answers are written whole; waiting for more to send would only delay them.
            let _ = stream.set_nodelay(true);
            Some((stream, peer, permit))
        }
        Err(error) => {
            tracing::debug!(%error, "a connection could not be taken");
            sleep(NO_ROOM).await;
            None
        }
    }
}
