//! What is right of an address that we are asked to tell something to, and of an endpoint as a whole.

use crate::postback::Template;
use model::endpoint::{Endpoint, Target};
use std::net::IpAddr;
use url::{Host, Url};

/// The longest address, in bytes.
const LONGEST_URL: usize = 2000;
/// The longest name, in characters.
const LONGEST_NAME: usize = 100;

/// What is wrong with an address.
pub(crate) fn faults(written: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if written.len() > LONGEST_URL {
        faults.push(format!("the address is longer than {LONGEST_URL} bytes"));
    }
    let Some(url) = Url::parse(written).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
    else {
        faults.push("the address is not an https address".to_owned());
        return faults;
    };
    if url.scheme() == "http" && !own_network(&url) {
        faults.push("the address must begin with https".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        faults.push("the address may not carry a user name or a password".to_owned());
    }
    faults
}

/// Plain HTTP is for private addresses, written as such: the egress guard refuses those unless the server's configuration
/// admits them, as it does for the sandbox.
fn own_network(url: &Url) -> bool {
    let private = |ip: IpAddr| match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    };
    match url.host() {
        Some(Host::Ipv4(ip)) => private(ip.into()),
        Some(Host::Ipv6(ip)) => private(ip.into()),
        _ => false,
    }
}

/// What has to be mended before an endpoint can be saved; nothing when it is right.
#[must_use]
pub fn endpoint_faults(endpoint: &Endpoint) -> Vec<String> {
    let mut faults = Vec::new();
    if endpoint.name.trim().is_empty() || endpoint.name.chars().count() > LONGEST_NAME {
        faults.push(format!("the name must have 1 to {LONGEST_NAME} characters"));
    }
    if endpoint.on.is_empty() {
        faults.push("the endpoint is told of nothing: name at least one event".to_owned());
    }
    // What is wrong with whom is the tenant's own affair.
    let own = matches!(endpoint.target, Target::Webhook { .. }) && endpoint.source_id.is_none();
    if !own && endpoint.on.iter().any(|event| event.of_alerts()) {
        faults.push("alerts are told to the tenant's own webhooks only: not to trackers, not to a source".to_owned());
    }
    match &endpoint.target {
        Target::Webhook { url } => faults.extend(self::faults(url)),
        Target::Postback { url, .. } => {
            faults.extend(Template::new(url).err().into_iter().flatten());
            // Looked for in the text: it is to be named beside whatever else is wrong.
            if endpoint.source_id.is_some() && url.contains("{revenue}") {
                faults.push("a source's own postback may not carry {revenue}: use {payout}".to_owned());
            }
        }
    }
    faults
}
