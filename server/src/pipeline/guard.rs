//! Egress guard: which addresses a tenant's configuration may make us connect to. It is asked with the addresses that are
//! really connected to, so a name that resolves to something else the second time (DNS rebinding) does not pass.

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};
use url::{Host, Url};

/// The address is private or otherwise not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address is private or otherwise not allowed")]
pub struct EgressRefused;

/// Refuses everything that is not a public unicast address, but for an allow-list from the server's configuration.
#[derive(Debug, Clone)]
pub struct Guard(Arc<[IpNet]>);

impl Guard {
    /// A guard that also admits these networks.
    #[must_use]
    pub fn new(allow: Vec<IpNet>) -> Self {
        Self(allow.into())
    }

    /// Whether an address may be connected to.
    #[must_use]
    pub fn permits(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.0.iter().any(|net| net.contains(&ip)) || connectors::is_public(ip)
    }

    /// Checks a URL whose host is an address: those never go through the resolver. The URL parser has turned decimal,
    /// octal and hexadecimal spellings into plain ones already (WHATWG URL, section 3.5).
    ///
    /// # Errors
    /// [`EgressRefused`].
    pub fn check(&self, url: &Url) -> Result<(), EgressRefused> {
        match url.host() {
            Some(Host::Ipv4(ip)) if !self.permits(ip.into()) => Err(EgressRefused),
            Some(Host::Ipv6(ip)) if !self.permits(ip.into()) => Err(EgressRefused),
            None => Err(EgressRefused),
            Some(_) => Ok(()),
        }
    }

    /// Of the addresses a name has at this moment, those that may be connected to.
    fn permitted(&self, found: impl Iterator<Item = SocketAddr>) -> Result<Addrs, EgressRefused> {
        let permitted: Vec<SocketAddr> = found.filter(|address| self.permits(address.ip())).collect();
        if permitted.is_empty() { Err(EgressRefused) } else { Ok(Box::new(permitted.into_iter())) }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(guard.permitted(found)?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        collections::VecDeque,
        net::Ipv4Addr,
        sync::{
            Mutex,
            atomic::{AtomicUsize, Ordering},
        },
    };
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    #[test]
    fn only_public_addresses_pass() {
        let guard = Guard::new(Vec::new());
        for ip in [
            "0.0.0.0",
            "10.1.2.3",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "192.0.0.1",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001:0:1::1",
            "2001:db8::1",
            "3fff::1",
        ] {
            assert!(!guard.permits(ip.parse().unwrap()), "{ip}");
        }
        for ip in ["1.1.1.1", "8.8.8.8", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"] {
            assert!(guard.permits(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn spellings_of_loopback_are_seen_through() {
        let guard = Guard::new(Vec::new());
        for url in
            ["http://2130706433/", "http://0177.0.0.1/", "http://0x7f.1/", "http://[::ffff:7f00:1]/", "http://127.1/"]
        {
            assert_eq!(guard.check(&url.parse().unwrap()), Err(EgressRefused), "{url}");
        }
        assert_eq!(guard.check(&"https://buyer.example/ping".parse().unwrap()), Ok(()));
    }

    #[test]
    fn the_allow_list_admits() {
        let guard = Guard::new(vec!["127.0.0.1/32".parse().unwrap()]);
        assert!(guard.permits("127.0.0.1".parse().unwrap()));
        assert!(guard.permits("::ffff:127.0.0.1".parse().unwrap()));
        assert!(!guard.permits("127.0.0.2".parse().unwrap()));
    }

    #[tokio::test]
    async fn names_that_resolve_to_private_addresses_are_refused() {
        let resolve =
            |guard: Guard| async move { guard.resolve("localhost".parse().unwrap()).await.map(Iterator::count) };
        let error = resolve(Guard::new(Vec::new())).await.unwrap_err();
        assert!(error.is::<EgressRefused>());
        let loopback = vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        assert!(resolve(Guard::new(loopback)).await.unwrap() > 0);
    }

    /// A name that is another address each time it is looked up.
    struct Rebound(Guard, Mutex<VecDeque<Vec<Ipv4Addr>>>);

    impl Resolve for Rebound {
        fn resolve(&self, _: Name) -> Resolving {
            let found = self.1.lock().unwrap().pop_front().unwrap_or_default();
            let found = found.into_iter().map(|ip| SocketAddr::from((ip, 0)));
            let permitted = self.0.permitted(found).map_err(Into::into);
            Box::pin(async move { permitted })
        }
    }

    /// Answers every request; how many connections were opened.
    fn listen(listener: TcpListener) -> Arc<AtomicUsize> {
        let opened = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&opened);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let _ = stream.read(&mut [0; 1024]).await;
                let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
            }
        });
        opened
    }

    #[tokio::test]
    async fn a_name_that_becomes_a_private_address_is_not_connected_to() {
        let [fine, private] = [Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::LOCALHOST];
        let guard = Guard::new(vec!["127.0.0.2/32".parse().unwrap()]);
        let public = TcpListener::bind((fine, 0)).await.unwrap();
        let port = public.local_addr().unwrap().port();
        let (public, forbidden) = (listen(public), listen(TcpListener::bind((private, port)).await.unwrap()));
        let answers = [vec![fine], vec![private], vec![private, fine], vec![fine, private], vec![]];
        let _ = rustls::crypto::ring::default_provider().install_default();
        // No connection is kept: each request asks for the address anew.
        let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0);
        let rebound = Arc::new(Rebound(guard, Mutex::new(answers.into())));
        let client = client.dns_resolver(rebound).build().unwrap();
        let url = format!("http://buyer.example:{port}/ping");
        let mut reached = Vec::new();
        for _ in 0..5 {
            reached.push(client.get(&url).send().await.is_ok());
        }
        assert_eq!(reached, [true, false, true, true, false]);
        assert_eq!((public.load(Ordering::SeqCst), forbidden.load(Ordering::SeqCst)), (3, 0));
    }
}
