//! `gavel verify`: needs no store, and no trust in whoever made the file.

use super::args::Verify;
use exchange::audit::Proof;
use std::fs;

/// Prints each step; the error names what is wrong.
pub fn run(wanted: &Verify) -> Result<(), String> {
    let name = wanted.file.display();
    let file = fs::read(&wanted.file).map_err(|error| format!("{name}: {error}"))?;
    let file = String::from_utf8(file).map_err(|_| format!("{name}: the file: not UTF-8"))?;
    let steps = Proof::verify(&file, wanted.key.as_ref()).map_err(|fault| format!("{name}: {fault}"))?;
    for step in steps {
        println!("ok     {step}");
    }
    println!("This is what was sealed.");
    Ok(())
}
