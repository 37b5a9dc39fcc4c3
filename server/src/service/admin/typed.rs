//! Secrets that somebody typed into a form which is drawn again before it is saved: the page carries them sealed, for
//! whoever typed them and nobody else.

use super::{Admin, ServiceError};
use crate::{context::Actor, security::TenantKeys};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use model::secret::MASK;
use serde_json::Value;

/// What a sealed one begins with.
const TYPED: &str = "typed:";

impl Admin {
    /// Seals every secret of a contract as it stands in a form.
    ///
    /// # Errors
    /// When the tenant's key does not open.
    pub async fn conceal(&self, actor: &Actor, mut contract: Value) -> Result<Value, ServiceError> {
        let (keys, name) = (self.keys(actor).await?, name(actor));
        each(&mut contract, &mut |text| {
            let typed = !(text.is_empty() || text == MASK || text.starts_with(TYPED));
            typed.then(|| format!("{TYPED}{}", STANDARD_NO_PAD.encode(keys.seal_secret(&name, text.as_bytes()))))
        });
        Ok(contract)
    }

    /// The reverse. What does not open is nothing: it has to be typed again.
    ///
    /// # Errors
    /// When the tenant's key does not open.
    pub async fn unconceal(&self, actor: &Actor, mut contract: Value) -> Result<Value, ServiceError> {
        let (keys, name) = (self.keys(actor).await?, name(actor));
        each(&mut contract, &mut |text| {
            text.strip_prefix(TYPED).map(|sealed| open(&keys, &name, sealed).unwrap_or_default())
        });
        Ok(contract)
    }
}

fn name(actor: &Actor) -> String {
    format!("typed by {}", actor.by())
}

fn open(keys: &TenantKeys, name: &str, sealed: &str) -> Option<String> {
    let sealed = STANDARD_NO_PAD.decode(sealed).ok()?;
    String::from_utf8(keys.open_secret(name, &sealed).ok()?).ok()
}

/// Every secret of a contract: of both calls, and of a preset's values. What is returned takes its place.
fn each(contract: &mut Value, change: &mut impl FnMut(&str) -> Option<String>) {
    let mut one = |value: &mut Value| {
        if let Some(new) = value.as_str().and_then(&mut *change) {
            *value = new.into();
        }
    };
    for part in ["ping", "post"] {
        let Some(call) = contract.pointer_mut(&format!("/delivery/{part}")) else { continue };
        if let Value::String(text) = call {
            // JSON that cannot be read: nobody can say which of it is secret but for its values.
            *text = masked(text);
            continue;
        }
        let headers = call.get_mut("headers").and_then(Value::as_array_mut);
        for header in headers.into_iter().flatten() {
            if let Some(value) = header.get_mut("value") {
                one(value);
            }
        }
    }
    let preset = contract.pointer("/preset/id").and_then(Value::as_str).and_then(connectors::preset);
    for place in preset.into_iter().flat_map(|preset| &preset.placeholders).filter(|place| place.secret) {
        if let Some(value) = contract.pointer_mut(&format!("/preset/values/{}", place.name)) {
            one(value);
        }
    }
}

/// A text with the mask for every text that follows `"value":`.
fn masked(text: &str) -> String {
    let mut parts = text.split("\"value\"");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("\"value\"");
        let after = part.trim_start().strip_prefix(':').map(str::trim_start).and_then(|rest| rest.strip_prefix('"'));
        match after {
            Some(rest) => {
                out.push_str(&format!(": \"{MASK}\""));
                out.push_str(rest.split_once('"').map_or("", |(_, rest)| rest));
            }
            None => out.push_str(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_secret_of_a_form_is_found() {
        let mut contract = json!({
            "delivery": {
                "ping": { "headers": [{ "name": "K", "value": "s1" }, { "name": "L", "value": MASK }] },
                "post": "{\"headers\": [{\"name\": \"K\", \"value\" : \"s2\"}], \"rows\": [",
            },
            "preset": { "id": "jangl", "values": { "KEY": "s3", "SOURCE": "open" } },
        });
        let mut seen = Vec::new();
        each(&mut contract, &mut |text| {
            seen.push(text.to_owned());
            None
        });
        assert_eq!(seen, ["s1", MASK, "s3"]);
        assert_eq!(
            contract["delivery"]["post"],
            json!("{\"headers\": [{\"name\": \"K\", \"value\": \"•••\"}], \"rows\": [")
        );
    }
}
