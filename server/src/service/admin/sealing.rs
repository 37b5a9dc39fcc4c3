//! Secrets of a contract on their way in: kept where the mask was sent, sealed before they are stored.

use super::wire;
use crate::security::{TenantKeys, secrets};
use model::{
    FieldError,
    contract::Contract,
    document::Document,
    mapping::{Delivery, Header},
    secret::Secret,
};
use serde_json::Value;

/// A stored document with its secrets in clear. Secrets that do not open are as if there were none: they have to be
/// given again.
pub(super) fn opened(keys: &TenantKeys, stored: &Document) -> Document {
    let mut document = stored.clone();
    if let Document::Contract(contract) = &mut document {
        contract.delivery = secrets::open(keys, contract.id, &contract.delivery).unwrap_or_else(|_| {
            let mut bare = contract.delivery.clone();
            bare.ping.iter_mut().for_each(|call| call.headers.clear());
            bare.post.headers.clear();
            bare
        });
    }
    document
}

/// Puts the secrets of `old`, in clear, where `new` has the mask.
pub(super) fn keep(new: &mut Document, old: Option<&Document>) -> Vec<FieldError> {
    let Document::Contract(new) = new else { return Vec::new() };
    let old = contract(old).map(|old| old.delivery.clone());
    let mut faults = Vec::new();
    each(&mut new.delivery, |part, at, nth, header| {
        if header.value.is_mask() {
            match old.as_ref().and_then(|old| find(old, part, &header.name, nth)) {
                Some(secret) => header.value = secret.clone(),
                None => {
                    // One fault is enough: the mask itself could not be sent either, and nothing is no secret.
                    header.value = Secret::new("missing");
                    faults.push(FieldError::new(
                        format!("delivery.{part}.headers[{at}].value"),
                        "secret_missing",
                        "There is no stored secret of this header to keep: send its value.",
                    ));
                }
            }
        }
    });
    faults
}

/// Seals the secrets of `new`, which are in clear. Those that did not change keep their sealed form, so that a document
/// that was not changed is the same.
pub(super) fn seal(keys: &TenantKeys, new: &mut Document, stored: Option<&Document>) {
    let Document::Contract(new) = new else { return };
    let clear = stored.map(|stored| opened(keys, stored));
    let (stored, clear) = (contract(stored), contract(clear.as_ref()));
    let id = new.id;
    each(&mut new.delivery, |part, _, nth, header| {
        let same = clear.and_then(|clear| find(&clear.delivery, part, &header.name, nth)) == Some(&header.value);
        let have = stored.filter(|_| same).and_then(|stored| find(&stored.delivery, part, &header.name, nth));
        // A stored value in clear is from before secrets were sealed.
        header.value = match have {
            Some(sealed) if *sealed != header.value => sealed.clone(),
            _ => secrets::seal(keys, id, &header.value),
        };
    });
}

/// A stored document as the history keeps it: nothing in clear, even if it was stored so.
pub(super) fn sealed(keys: &TenantKeys, stored: &Document) -> Document {
    let mut document = stored.clone();
    if let Document::Contract(contract) = &mut document {
        secrets::seal_clear(keys, contract);
    }
    document
}

/// Two versions as they are compared: as they are shown, and a secret that changed has another mask.
pub(super) fn shown_beside(keys: &TenantKeys, before: Option<&Document>, after: Option<&Document>) -> (Value, Value) {
    let show = |document: Option<&Document>| document.map_or(Value::Null, wire::shown);
    let (was, mut is) = (show(before), show(after));
    let (old, new) = (before.map(|old| opened(keys, old)), after.map(|new| opened(keys, new)));
    if let (Some(old), Some(Document::Contract(mut new))) = (contract(old.as_ref()), new) {
        each(&mut new.delivery, |part, at, nth, header| {
            if find(&old.delivery, part, &header.name, nth).is_some_and(|secret| *secret != header.value) {
                is["delivery"][part]["headers"][at]["value"] = "••• (another)".into();
            }
        });
    }
    (was, is)
}

fn contract(document: Option<&Document>) -> Option<&Contract> {
    match document {
        Some(Document::Contract(contract)) => Some(contract),
        _ => None,
    }
}

/// Every header with its call, its place in the list, and the how manieth of its name it is.
fn each(delivery: &mut Delivery, mut visit: impl FnMut(&'static str, usize, usize, &mut Header)) {
    let calls = [("ping", delivery.ping.as_mut()), ("post", Some(&mut delivery.post))];
    for (part, call) in calls {
        let Some(call) = call else { continue };
        let names: Vec<_> = call.headers.iter().map(|header| header.name.clone()).collect();
        for (at, header) in call.headers.iter_mut().enumerate() {
            let nth = names[..at].iter().filter(|name| name.eq_ignore_ascii_case(&header.name)).count();
            visit(part, at, nth, header);
        }
    }
}

fn find<'a>(delivery: &'a Delivery, part: &str, name: &str, nth: usize) -> Option<&'a Secret> {
    let call = if part == "ping" { delivery.ping.as_ref()? } else { &delivery.post };
    let mut same = call.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name));
    same.nth(nth).map(|header| &header.value)
}
