//! `gavel user …`

use super::args::User;
use crate::{boot::Opened, service::people};
use model::{TenantId, user::Role};
use std::io::{self, BufRead};
use store::StoreError;

/// Makes, lists or changes people.
pub async fn run(opened: &Opened, command: User) -> Result<(), String> {
    let store = &opened.store;
    match command {
        User::Create { tenant, email, name, role, buyer, source } => {
            let tenant = tenant_id(opened, &tenant).await?;
            let (password, now, person) = (read_password()?, opened.clock.now(), (email.as_str(), name.as_str()));
            let rows = store.tenant(tenant);
            let made = match (role, &buyer, &source) {
                (Role::Buyer, Some(slug), None) => {
                    let buyer = rows.buyer_by_slug(slug).await.map_err(|_| format!("there is no buyer {slug}"))?;
                    people::create_portal_user(store, now, tenant, person, buyer.id, password).await
                }
                (Role::Affiliate, None, Some(slug)) => {
                    let source = rows.source_by_slug(slug).await.map_err(|_| format!("there is no source {slug}"))?;
                    people::create_affiliate(store, now, tenant, person, source.id, password).await
                }
                (_, Some(_), _) => return Err("--buyer goes with --role buyer".to_owned()),
                (_, _, Some(_)) => return Err("--source goes with --role affiliate".to_owned()),
                _ => people::create_user(store, now, tenant, (&email, &name, role), password).await,
            };
            println!("{}", made.map_err(|error| format!("user {email}: {error}"))?.id);
        }
        User::List { tenant } => {
            let users = store.tenant(tenant_id(opened, &tenant).await?).users().await;
            for user in users.map_err(|error| error.to_string())? {
                let state = if user.active { "active" } else { "disabled" };
                println!("{}  {}  {}  {}  {state}", user.id, user.email, user.role.name(), user.name);
            }
        }
        User::SetPassword { email } => {
            let password = read_password()?;
            people::set_password(store, opened.clock.now(), &email, password)
                .await
                .map_err(|error| format!("user {email}: {error}"))?;
            println!("The password is changed and the sessions are ended.");
        }
        User::Superadmin { email, off } => {
            let set = people::set_superadmin(store, opened.clock.now(), &email, !off).await;
            set.map_err(|error| format!("user {email}: {error}"))?;
            println!(
                "{email} {} all tenants of this server.",
                if off { "no longer looks after" } else { "looks after" }
            );
        }
        User::Disable { email } => {
            people::set_active(store, opened.clock.now(), &email, false)
                .await
                .map_err(|error| format!("user {email}: {error}"))?;
            println!("{email} cannot sign in any more.");
        }
    }
    Ok(())
}

/// The tenant of a short name.
pub async fn tenant_id(opened: &Opened, slug: &str) -> Result<TenantId, String> {
    match opened.store.tenant_by_slug(slug).await {
        Ok(row) => Ok(row.tenant.id),
        Err(StoreError::NotFound) => Err(format!("there is no tenant {slug}; `gavel tenant list` shows them")),
        Err(error) => Err(error.to_string()),
    }
}

/// A password does not belong on a command line, where other users of the machine can read it.
fn read_password() -> Result<String, String> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).map_err(|error| format!("standard input: {error}"))?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    if password.is_empty() { Err("give the password on standard input, as one line".to_owned()) } else { Ok(password) }
}
