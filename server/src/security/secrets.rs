//! Secrets of the configuration: the values of a contract's headers. In the store they are sealed under the tenant's
//! key and bound to their contract; only the pipeline's endpoints hold them in clear.

use super::{BadSeal, TenantKeys};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use model::{
    ContractId, KeyId,
    contract::Contract,
    mapping::{Delivery, Header},
    secret::Secret,
};

/// What a sealed value begins with. A contract stored before secrets were sealed has values without it.
const SEALED: &str = "sealed:1:";

/// The name under which a hook's secret is sealed.
#[must_use]
pub fn hook(id: KeyId) -> String {
    format!("hook {id}")
}

/// Seals one secret of a contract, whatever it looks like.
#[must_use]
pub fn seal(keys: &TenantKeys, contract: ContractId, secret: &Secret) -> Secret {
    let sealed = keys.seal_secret(&contract.to_string(), secret.expose().as_bytes());
    Secret::new(format!("{SEALED}{}", STANDARD_NO_PAD.encode(sealed)))
}

/// Seals the secrets of a stored contract that are still in clear.
pub fn seal_clear(keys: &TenantKeys, contract: &mut Contract) {
    let id = contract.id;
    for header in headers_mut(&mut contract.delivery) {
        if !header.value.expose().starts_with(SEALED) {
            header.value = seal(keys, id, &header.value);
        }
    }
}

/// A stored contract's delivery with its secrets in clear.
///
/// # Errors
/// [`BadSeal`] when one of them was sealed for another contract or tenant, or under another key.
pub fn open(keys: &TenantKeys, contract: ContractId, delivery: &Delivery) -> Result<Delivery, BadSeal> {
    let mut opened = delivery.clone();
    for header in headers_mut(&mut opened) {
        if let Some(sealed) = header.value.expose().strip_prefix(SEALED) {
            let sealed = STANDARD_NO_PAD.decode(sealed).map_err(|_| BadSeal)?;
            let plain = keys.open_secret(&contract.to_string(), &sealed)?;
            header.value = Secret::new(String::from_utf8(plain).map_err(|_| BadSeal)?);
        }
    }
    Ok(opened)
}

/// Every header of both calls.
pub fn headers_mut(delivery: &mut Delivery) -> impl Iterator<Item = &mut Header> {
    let ping = delivery.ping.iter_mut().flat_map(|call| call.headers.iter_mut());
    ping.chain(delivery.post.headers.iter_mut())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::security::Vault;
    use model::TenantId;
    use serde_json::json;

    #[test]
    fn a_secret_opens_for_its_contract_only() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::from_file(&folder.path().join("master.key")).unwrap();
        let keys = vault.tenant(TenantId::from_bits(1), &vault.new_tenant_key()).unwrap();
        let sign = json!({ "path": "status", "values": ["yes"] });
        let no = json!({ "path": "status", "values": ["no"] });
        let mut contract: Contract = serde_json::from_value(json!({
            "id": ContractId::from_bits(1), "campaign_id": model::CampaignId::from_bits(1),
            "buyer_id": model::BuyerId::from_bits(1), "name": "A", "kind": "direct", "active": true,
            "delivery": { "post": {
                "url": "https://b.example/", "rows": [], "response": { "accept": sign, "reject": no }, "timeout_ms": 9,
                "headers": [{ "name": "X-Key", "value": "old-in-clear" }],
            } },
        }))
        .unwrap();
        let clear = contract.delivery.clone();
        assert_eq!(open(&keys, contract.id, &clear), Ok(clear.clone()), "what was stored before is still read");
        seal_clear(&keys, &mut contract);
        assert!(!serde_json::to_string(&contract).unwrap().contains("old-in-clear"));
        assert_eq!(open(&keys, contract.id, &contract.delivery), Ok(clear));
        assert_eq!(open(&keys, ContractId::from_bits(2), &contract.delivery), Err(BadSeal));
        let once = contract.clone();
        seal_clear(&keys, &mut contract);
        assert_eq!(contract, once, "what is sealed stays as it is");
    }
}
