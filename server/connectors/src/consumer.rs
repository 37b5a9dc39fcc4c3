//! Where a consumer may be sent: what a buyer names for its browser.
//!
//! Nothing is looked up here: the consumer waits, and what a name means is the business of the consumer's own network. What
//! can only lie inside that network is refused: a buyer must not be able to point a browser at its owner's router.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// Names that are never public (RFC 6761, RFC 6762, RFC 8375, and what home routers call themselves).
const INSIDE: [&str; 7] = ["localhost", "local", "internal", "home.arpa", "lan", "localdomain", "intranet"];

/// Whether a browser may be sent to an address.
///
/// # Errors
/// Why not, without the address.
pub(crate) fn usable(url: &str) -> Result<(), &'static str> {
    let url = Url::parse(url).map_err(|_| "it is not an address")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("it is not http or https");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it holds a password");
    }
    let public = match url.host().ok_or("it is not an address")? {
        Host::Ipv4(ip) => is_public(ip.into()),
        Host::Ipv6(ip) => is_public(ip.into()),
        Host::Domain(name) => public_name(name),
    };
    if public { Ok(()) } else { Err("it lies in a private network") }
}

fn public_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let below = |end: &str| name.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    name.contains('.') && !INSIDE.iter().any(|end| below(end))
}

/// Whether an address is a public unicast one. IPv4 inside IPv6 is seen through.
#[must_use]
pub fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => public_v4(ip),
        IpAddr::V6(ip) => public_v6(ip),
    }
}

/// IANA IPv4 Special-Purpose Address Registry (RFC 6890), and multicast.
fn public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(a == 0
        || ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || (a == 100 && (64..128).contains(&b)) // carrier-grade NAT, RFC 6598
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99) // 6to4 relays, RFC 7526
        || (a == 198 && (b == 18 || b == 19)) // benchmarking, RFC 2544
        || ip.is_documentation()
        || a >= 224) // multicast, reserved, broadcast
}

/// Only global unicast (2000::/3), without what hides an IPv4 address inside or is for documentation.
fn public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    let global = (0x2000..0x4000).contains(&a);
    let six_to_four = a == 0x2002;
    let special = a == 0x2001 && (b < 0x0200 || b == 0x0db8); // Teredo, ORCHID and other IETF assignments; documentation
    let documentation = a == 0x3fff && b < 0x1000; // RFC 9637
    // NAT64 (64:ff9b::/96 and 64:ff9b:1::/48) lies outside 2000::/3 and is refused with it.
    global && !six_to_four && !special && !documentation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_consumer_is_sent_to_public_addresses_only() {
        for (url, why) in [
            ("https://offers.example/t?a=1", None),
            ("http://8.8.8.8/", None),
            ("https://localhost.example/", None),
            ("javascript:alert(1)", Some("it is not http or https")),
            ("data:text/html,x", Some("it is not http or https")),
            ("/relative", Some("it is not an address")),
            ("https://user:pw@offers.example/", Some("it holds a password")),
            ("http://192.168.1.1/admin", Some("it lies in a private network")),
            ("http://2130706433/", Some("it lies in a private network")),
            ("http://0x7f.1/", Some("it lies in a private network")),
            ("http://[::1]/", Some("it lies in a private network")),
            ("http://[::ffff:10.0.0.1]/", Some("it lies in a private network")),
            ("http://169.254.169.254/latest", Some("it lies in a private network")),
            ("http://localhost:8080/", Some("it lies in a private network")),
            ("http://Router.LOCAL./", Some("it lies in a private network")),
            ("http://fritz.home.arpa/", Some("it lies in a private network")),
            ("http://router/", Some("it lies in a private network")),
        ] {
            assert_eq!(usable(url).err(), why, "{url}");
        }
    }
}
