//! `gavel tenant …`

use super::args::Tenant;
use crate::{boot::Opened, service::people};

/// Makes or lists tenants.
pub async fn run(opened: &Opened, command: Tenant) -> Result<(), String> {
    match command {
        Tenant::Create { slug, name, zone } => {
            let now = opened.clock.now();
            let made = people::create_tenant(&opened.store, &opened.vault, now, &slug, &name, &zone).await;
            println!("{}", made.map_err(|error| format!("tenant {slug}: {error}"))?.id);
        }
        Tenant::List => {
            for row in opened.store.tenants().await.map_err(|error| error.to_string())? {
                let tenant = row.tenant;
                let state = if tenant.active { "active" } else { "inactive" };
                println!("{}  {}  {}  {}  {state}", tenant.id, tenant.slug, tenant.zone, tenant.name);
            }
        }
    }
    Ok(())
}
