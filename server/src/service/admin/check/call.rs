//! Whether a call of a delivery can be used.

use super::{fault, sample, take};
use crate::service::admin::part::told;
use connectors::Prepared;
use model::{
    FieldError,
    contract::Contract,
    document::Kind,
    mapping::{BodyFormat, Call, Header, SecretUse},
};
use std::collections::HashSet;

/// Each part of a call alone in a call that is right. No fault repeats a header's value or the address.
pub(super) fn call(call: &Call) -> Vec<FieldError> {
    let Some(plain) = sample::<Contract>(Kind::Contract).map(|contract| contract.delivery.post) else {
        return Vec::new();
    };
    // Parts of an e-mail are right in an e-mail.
    let plain = match call.format {
        BodyFormat::Table if call.url.starts_with("mailto:") => {
            let url = "mailto:leads@buyer.example?subject=New lead".to_owned();
            Call { url, format: BodyFormat::Table, ..plain }
        }
        _ => plain,
    };
    let prepare = |call: &Call| Prepared::new(call).err().unwrap_or_default();
    let mut all = prepare(call);
    let mut faults = Vec::new();
    let mut part = |path: &str, alone: &Call| {
        let own = prepare(alone);
        take(&mut all, &own);
        faults.extend(told(path, own));
    };
    let token = |header: &Header| header.used == SecretUse::Oauth;
    for (at, header) in call.headers.iter().enumerate().filter(|(_, header)| !token(header)) {
        part(&format!("headers[{at}]"), &Call { headers: vec![header.clone()], ..plain.clone() });
    }
    // A token and its client are one thing.
    let clients = call.headers.iter().filter(|header| token(header)).cloned().collect();
    let fetched = Call { headers: clients, oauth: call.oauth.clone(), ..plain.clone() };
    part("oauth", &fetched);
    // What can be named by the others; what is wrong with a secret itself was told above.
    let others = call.headers.iter().filter(|header| !token(header) && sound(header)).cloned();
    let plain = Call { headers: others.collect(), ..plain.clone() };
    part("url", &Call { url: call.url.clone(), ..plain.clone() });
    part("timeout_ms", &Call { timeout_ms: call.timeout_ms, ..plain.clone() });
    part("response", &Call { response: call.response.clone(), ..plain.clone() });
    let (format, envelope, method) = (call.format, call.envelope.clone(), call.method);
    let body = Call { format, envelope, method, rows: call.rows.clone(), ..plain.clone() };
    part("rows", &body);
    part("test", &Call { test: call.test.clone(), ..body });
    faults.extend(told("", all));
    faults.extend(twice(&call.headers));
    faults.extend(empty(&call.headers));
    faults
}

/// A secret without a value opens nothing: somebody forgot to enter it.
fn empty(headers: &[Header]) -> Vec<FieldError> {
    let empty = headers.iter().enumerate().filter(|(_, header)| header.value.expose().is_empty());
    let fault =
        |at: usize| FieldError::new(format!("headers[{at}].value"), "missing", "Enter the value of this secret.");
    empty.map(|(at, _)| fault(at)).collect()
}

/// Whether a secret can be used: one by one, so that each fault is told once.
fn sound(header: &Header) -> bool {
    let plain = sample::<Contract>(Kind::Contract).map(|contract| contract.delivery.post);
    plain.is_some_and(|plain| Prepared::new(&Call { headers: vec![header.clone()], ..plain }).is_ok())
}

/// A header that is there twice is sent once: the last one wins, and nobody meant that.
fn twice(headers: &[Header]) -> Vec<FieldError> {
    let mut seen = HashSet::new();
    let again = headers.iter().enumerate().filter(|(_, header)| !seen.insert(header.name.to_ascii_lowercase()));
    again.map(|(at, _)| fault(&format!("headers[{at}].name"), "This header is there twice.")).collect()
}
