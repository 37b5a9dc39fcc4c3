//! Addresses of the web, and what browsers and certificates say.

use super::{Fault, fault};
use crate::lead::value::Value;
use std::net::IpAddr;

/// Longest user agent, in characters.
pub(super) const AGENT_MAX: usize = 1000;
/// Longest address, in bytes.
const URL_MAX: usize = 2000;

pub(super) fn url(text: &str) -> Result<Value, Fault> {
    let scheme = |name: &str| text.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name));
    let scheme = ["https://", "http://"].into_iter().find(|name| scheme(name));
    let rest = scheme.map(|scheme| &text[scheme.len()..]);
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let clean = text.len() <= URL_MAX && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    match (scheme, rest) {
        (Some(scheme), Some(rest)) if clean && !host.is_empty() && !host.contains('@') => {
            let (host, path) = rest.split_at(host.len());
            Ok(Value::Url(format!("{scheme}{}{path}", host.to_ascii_lowercase())))
        }
        _ => fault("not_a_url", "Enter an address that begins with https://."),
    }
}

/// An IPv4 address that is written as an IPv6 one is an IPv4 address.
pub(super) fn ip(text: &str) -> Result<Value, Fault> {
    let bare = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(text);
    match bare.parse::<IpAddr>() {
        Ok(ip) => Ok(Value::Ip(ip.to_canonical().to_string())),
        Err(_) => fault("not_an_ip", "Enter one IPv4 or IPv6 address."),
    }
}

/// What stands in the place of a certificate that is still to come.
fn promised(text: &str) -> bool {
    let last = text.rsplit('/').next().unwrap_or_default();
    let bare: String = last.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
    bare.contains("willprovide") || bare.contains("provideonpost")
}

pub(super) fn certificate(text: &str) -> Result<Value, Fault> {
    let hex = |text: &str, or: &[u8]| text.bytes().all(|byte| byte.is_ascii_hexdigit() || or.contains(&byte));
    if text.len() == 36 && hex(text, b"-") {
        return Ok(Value::Certificate(text.to_owned()));
    }
    // Of its id alone the address is known.
    if text.len() == 40 && hex(text, b"") {
        return Ok(Value::Certificate(format!("https://cert.trustedform.com/{}", text.to_ascii_lowercase())));
    }
    if promised(text) {
        return fault("not_a_certificate", "This only says that a certificate will come; leave it out until then.");
    }
    let rest = text.strip_prefix("https://").unwrap_or_default();
    let host = rest.split('/').next().unwrap_or_default();
    let ours = host.strip_suffix("trustedform.com").is_some_and(|before| before.is_empty() || before.ends_with('.'));
    if ours && rest.len() > host.len() + 1 && text.len() <= 400 && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(Value::Certificate(text.to_owned()));
    }
    fault("not_a_certificate", "Enter a TrustedForm certificate's https address or a Jornaya LeadiD of 36 characters.")
}
