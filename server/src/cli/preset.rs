//! `gavel preset list`

use connectors::presets;

/// Prints every preset with what has to be filled in. Needs no store.
pub fn list() {
    for preset in presets() {
        println!("{}  {}: {}", preset.id, preset.name, preset.about);
        for placeholder in &preset.placeholders {
            let said = match (&placeholder.default, placeholder.secret) {
                (Some(default), _) => format!("[{default}]"),
                (None, true) => "(secret)".to_owned(),
                (None, false) => format!("such as {}", placeholder.example),
            };
            println!("    {}  {} {said}", placeholder.name, placeholder.label);
        }
    }
}
