//! `gavel check`.

use crate::boot::Opened;
use std::process::ExitCode;

/// Prints a line for each invariant and the key that proofs are verified with; 1 when one is broken.
pub async fn run(opened: &Opened) -> Result<ExitCode, String> {
    let invariants = opened.store.check().await.map_err(|error| error.to_string())?;
    for invariant in &invariants {
        let mark = if invariant.ok { "ok    " } else { "BROKEN" };
        println!("{mark} {}: {}", invariant.name, invariant.detail);
    }
    println!("The audit is signed with the key {}.", opened.vault.signer().public());
    let broken = invariants.iter().filter(|invariant| !invariant.ok).count();
    if broken == 0 {
        println!("Every invariant holds.");
        return Ok(ExitCode::SUCCESS);
    }
    println!("{broken} of {} invariants broken.", invariants.len());
    Ok(ExitCode::FAILURE)
}
