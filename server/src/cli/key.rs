//! `gavel key …`

use super::{args::Key, configuration, user::tenant_id};
use crate::{
    boot::Opened,
    service::{
        ServiceError,
        keys::{self, KeyWanted, Use},
    },
};
use model::{CampaignId, SourceId, TenantId, intake::KeyUse, tenant::Mode, user::Role};
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
        Key::Create {
            tenant: slug,
            source,
            name,
            test,
            campaign,
            hook,
            secret_file,
            platform,
            credential_file,
            origin,
            ..
        } => {
            let tenant = tenant_id(opened, &slug).await?;
            let source = source.unwrap_or_default();
            let used_as = match (hook, platform) {
                (Some(format), _) => Use::Hook(format, secret_file.as_deref().map(line_of).transpose()?),
                (None, Some(platform)) => {
                    Use::Adopted(platform, credential_file.as_deref().map(line_of).transpose()?.unwrap_or_default())
                }
                (None, None) if !origin.is_empty() => Use::Publishable(origin),
                (None, None) => Use::Api,
            };
            let wanted = KeyWanted {
                source_id: source_id(opened, tenant, &source).await?,
                name,
                mode: if test { Mode::Test } else { Mode::Live },
                campaigns: campaign_ids(opened, tenant, &campaign).await?,
                used_as,
            };
            let made = if wanted.used_as == Use::Api {
                keys::create(&opened.store, opened.clock.now(), tenant, wanted).await
            } else {
                let (admin, actor) = configuration::admin(opened, &slug).await?;
                admin.create_api_key(&actor, wanted).await
            };
            let (key, shown) = made.map_err(told)?;
            match key.used_as {
                KeyUse::Api | KeyUse::Publishable => {
                    eprintln!("Made {}. This is the only time the key is shown:", key.id);
                    println!("{shown}");
                }
                KeyUse::Hook(format) => {
                    eprintln!("Made {}. This is the only time the address is shown:", key.id);
                    let path = format!("/api/hooks/{}/{shown}", format.name());
                    println!("{}", opened.settings.public_url.join(&path).map(String::from).unwrap_or(path));
                }
                KeyUse::Platform(platform) => {
                    println!("Made {}: what the seller sends to {} is taken.", key.id, platform.label());
                }
            }
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

/// The first line of a file. A secret on the command line would be in the shell's history.
fn line_of(path: &std::path::Path) -> Result<String, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(text.lines().next().unwrap_or_default().trim().to_owned())
}

fn told(error: ServiceError) -> String {
    match error {
        ServiceError::Invalid(faults) => {
            faults.iter().map(|fault| format!("{}: {}", fault.field, fault.message)).collect::<Vec<_>>().join("\n")
        }
        other => other.to_string(),
    }
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
