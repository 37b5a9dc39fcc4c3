//! `gavel key …`

use super::{args::Key, user::tenant_id};
use crate::{
    boot::Opened,
    service::keys::{self, KeyWanted},
};
use model::{CampaignId, SourceId, TenantId, tenant::Mode};
use store::StoreError;

/// Makes, lists or revokes keys.
pub async fn run(opened: &Opened, command: Key) -> Result<(), String> {
    match command {
        Key::Create { tenant, source, name, test, campaign } => {
            let tenant = tenant_id(opened, &tenant).await?;
            let wanted = KeyWanted {
                source_id: source_id(opened, tenant, &source).await?,
                name,
                mode: if test { Mode::Test } else { Mode::Live },
                campaigns: campaign_ids(opened, tenant, &campaign).await?,
            };
            let made = keys::create(&opened.store, opened.clock.now(), tenant, wanted).await;
            let (key, shown) = made.map_err(|error| error.to_string())?;
            eprintln!("Made {}. This is the only time the key is shown:", key.id);
            println!("{shown}");
        }
        Key::List { tenant } => {
            let keys = opened.store.tenant(tenant_id(opened, &tenant).await?).keys().await;
            for key in keys.map_err(|error| error.to_string())? {
                let state = key.revoked_at.map_or_else(|| "valid".to_owned(), |at| format!("revoked {at}"));
                println!("{}  {}  {}  {}  {state}", key.id, key.hint, key.source_id, key.name);
            }
        }
        Key::Revoke { tenant, key } => {
            let tenant = opened.store.tenant(tenant_id(opened, &tenant).await?);
            tenant.revoke_key(key, opened.clock.now()).await.map_err(|error| format!("key {key}: {error}"))?;
            println!("{key} is revoked.");
        }
    }
    Ok(())
}

pub(super) async fn source_id(opened: &Opened, tenant: TenantId, text: &str) -> Result<SourceId, String> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let found = opened.store.tenant(tenant).source_by_slug(text).await;
    found.map(|source| source.id).map_err(|error| missing("source", text, &error))
}

pub(super) async fn campaign_ids(
    opened: &Opened,
    tenant: TenantId,
    slugs: &[String],
) -> Result<Vec<CampaignId>, String> {
    let mut ids = Vec::new();
    for slug in slugs {
        let found = opened.store.tenant(tenant).campaign_by_slug(slug).await;
        ids.push(found.map_err(|error| missing("campaign", slug, &error))?.id);
    }
    Ok(ids)
}

fn missing(what: &str, name: &str, error: &StoreError) -> String {
    match error {
        StoreError::NotFound => format!("there is no {what} {name}"),
        error => error.to_string(),
    }
}
