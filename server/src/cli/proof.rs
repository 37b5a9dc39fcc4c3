//! `gavel proof`.

use super::args::Proof;
use crate::boot::Opened;
use std::fs;
use store::StoreError;

/// Writes the proof of a lead's latest record, whichever tenant's it is.
pub async fn run(opened: &Opened, wanted: Proof) -> Result<(), String> {
    let text = find(opened, &wanted).await?.file().map_err(|error| error.to_string())?;
    match wanted.out {
        None => print!("{text}"),
        Some(path) => {
            fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
            println!("Written to {}. `gavel verify` verifies it.", path.display());
        }
    }
    Ok(())
}

async fn find(opened: &Opened, wanted: &Proof) -> Result<exchange::audit::Proof, String> {
    for row in opened.store.tenants().await.map_err(|error| error.to_string())? {
        match opened.store.tenant(row.tenant.id).proof(wanted.lead).await {
            Err(StoreError::NotFound) => {}
            found => return found.map_err(|error| error.to_string()),
        }
    }
    Err(format!("nothing was recorded of a lead {}", wanted.lead))
}
