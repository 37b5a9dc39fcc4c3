//! `gavel config …`

use super::args::Configuration;
use crate::{
    boot::Opened,
    context::Actor,
    service::{ServiceError, admin::Admin},
};
use serde_json::Value;
use std::{
    fs,
    io::{self, Read},
    path::Path,
    sync::Arc,
};
use store::StoreError;

/// Exports, compares or applies a configuration.
pub async fn run(opened: &Opened, command: Configuration) -> Result<(), String> {
    match command {
        Configuration::Export { tenant } => {
            let (admin, actor) = admin(opened, &tenant).await?;
            let exported = admin.export(&actor).await.map_err(told)?;
            println!("{}", serde_json::to_string_pretty(&exported).map_err(|error| error.to_string())?);
        }
        Configuration::Diff { tenant, file } => apply(opened, &tenant, &file, true, "").await?,
        Configuration::Apply { tenant, file, note } => apply(opened, &tenant, &file, false, &note).await?,
    }
    Ok(())
}

async fn apply(opened: &Opened, tenant: &str, file: &Path, dry: bool, note: &str) -> Result<(), String> {
    let wanted = read(file)?;
    let (admin, actor) = admin(opened, tenant).await?;
    let done = admin.apply(&actor, wanted, dry, None, note).await.map_err(told)?;
    for difference in &done.differences {
        println!("{}", difference.sentence);
    }
    if done.differences.is_empty() {
        println!("No differences.");
    }
    for warning in &done.warnings {
        eprintln!("Warning: {warning}");
    }
    Ok(())
}

/// The use cases of configuring, and the command line as who uses them.
pub async fn admin(opened: &Opened, slug: &str) -> Result<(Admin, Actor), String> {
    let tenant = match opened.store.tenant_by_slug(slug).await {
        Ok(row) => row.tenant,
        Err(StoreError::NotFound) => return Err(format!("there is no tenant {slug}; `gavel tenant list` shows them")),
        Err(error) => return Err(error.to_string()),
    };
    let admin = Admin::new(opened.store.clone(), opened.vault.clone(), Arc::clone(&opened.clock), None);
    Ok((admin, Actor::command_line(tenant)))
}

fn read(file: &Path) -> Result<Value, String> {
    let failed = |error: io::Error| format!("{}: {error}", file.display());
    let mut text = String::new();
    if file == Path::new("-") {
        io::stdin().lock().read_to_string(&mut text).map_err(failed)?;
    } else {
        text = fs::read_to_string(file).map_err(failed)?;
    }
    serde_json::from_str(&text)
        .map_err(|error| format!("{} is not JSON: line {}, column {}", file.display(), error.line(), error.column()))
}

/// Every fault on a line of its own.
fn told(error: ServiceError) -> String {
    match error {
        ServiceError::Invalid(faults) | ServiceError::Taken(faults) => {
            let lines: Vec<_> = faults.iter().map(|fault| format!("\n  {}: {}", fault.field, fault.message)).collect();
            format!("nothing was changed:{}", lines.concat())
        }
        error => error.to_string(),
    }
}
