//! `gavel key …`

use super::{args::Key, configuration, user::tenant_id};
use crate::{
    boot::Opened,
    service::{
        ServiceError,
        keys::{self, KeyWanted},
    },
};
use model::{CampaignId, SourceId, TenantId, tenant::Mode, user::Role};
use store::StoreError;

/// Makes, lists or revokes keys.
pub async fn run(opened: &Opened, command: Key) -> Result<(), String> {
    match command {
        Key::Create { tenant, buyer: Some(slug), name, .. } => {
            let (admin, actor) = configuration::admin(opened, &tenant).await?;
            let found = opened.store.tenant(actor.tenant.id).buyer_by_slug(&slug).await;
            let buyer = found.map_err(|error| missing("buyer", &slug, &error))?.id;
            let made = admin.create_token(&actor, &name, Role::Buyer, Some(buyer)).await;
            let (token, shown) = made.map_err(|error| error.to_string())?;
            eprintln!("Made {}. This is the only time the token is shown:", token.id);
            println!("{shown}");
        }
        Key::Create { tenant, operator: true, role, name, .. } => {
            let (admin, actor) = configuration::admin(opened, &tenant).await?;
            let made = admin.create_token(&actor, &name, role, None).await;
            let (token, shown) = made.map_err(|error| error.to_string())?;
            eprintln!("Made {}. This is the only time the token is shown:", token.id);
            println!("{shown}");
        }
        Key::Create { tenant, source, name, test, campaign, .. } => {
            let tenant = tenant_id(opened, &tenant).await?;
            let source = source.unwrap_or_default();
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
            let (admin, actor) = configuration::admin(opened, &tenant).await?;
            for token in admin.tokens(&actor).await.map_err(|error| error.to_string())? {
                let state = token.revoked_at.map_or_else(|| "valid".to_owned(), |at| format!("revoked {at}"));
                println!("{}  {}  {}  {}  {state}", token.id, token.hint, token.role.name(), token.name);
            }
        }
        Key::Revoke { tenant, key } => {
            let (admin, actor) = configuration::admin(opened, &tenant).await?;
            let done = match admin.revoke_token(&actor, key).await {
                Err(ServiceError::NotFound) => admin.revoke_api_key(&actor, key).await.map(|_| ()),
                done => done,
            };
            done.map_err(|error| format!("key {key}: {error}"))?;
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
