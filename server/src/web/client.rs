//! Whose address a request came from. A header is believed only when a trusted proxy sent it.

use crate::context::ClientIp;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use ipnet::IpNet;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

/// Puts [`ClientIp`] into the request.
pub async fn layer(State(trusted): State<Arc<[IpNet]>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    // Only in-process tests have no peer.
    let ip = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| client(peer, request.headers(), &trusted));
    request.extensions_mut().insert(ClientIp(ip));
    next.run(request).await
}

/// Walks back along `X-Forwarded-For` as long as the hop that named the next one is trusted.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|network| network.contains(ip));
    let mut client = peer.to_canonical();
    let values: Vec<_> = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    for hop in values.join(",").rsplit(',') {
        if !is_trusted(&client) {
            break;
        }
        let Ok(named) = hop.trim().parse::<IpAddr>() else { break };
        client = named.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(peer: &str, forwarded: &[&'static str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted: Vec<_> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_header_from_a_stranger_is_not_believed() {
        assert_eq!(ask("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9");
        assert_eq!(ask("203.0.113.9", &["198.51.100.1"], &["10.0.0.0/8"]), "203.0.113.9");
    }

    #[test]
    fn trusted_proxies_name_the_client() {
        let proxies = &["10.0.0.0/8"];
        assert_eq!(ask("10.0.0.1", &["198.51.100.1"], proxies), "198.51.100.1");
        // The first entry is the client's own invention; the last untrusted one is who really connected.
        assert_eq!(ask("10.0.0.1", &["1.2.3.4, 198.51.100.1", "10.0.0.2"], proxies), "198.51.100.1");
        assert_eq!(ask("::ffff:10.0.0.1", &["198.51.100.1"], proxies), "198.51.100.1");
        assert_eq!(ask("10.0.0.1", &["nonsense"], proxies), "10.0.0.1");
        assert_eq!(ask("10.0.0.1", &[], proxies), "10.0.0.1");
    }
}
