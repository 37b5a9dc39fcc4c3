//! Who may know whom inside the server (architecture). A rule that is not held by a test is a wish.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Every part of the server and the parts it may use. `boot` puts everything together and `cli` sees all.
const RULES: &[(&str, &[&str])] = &[
    ("api", &["clock", "context", "files", "problem", "security", "service", "state"]),
    ("boot", &["clock", "config", "context", "jobs", "mail", "pipeline", "security", "service", "state", "web"]),
    ("clock", &[]),
    ("config", &[]),
    ("context", &["clock"]),
    // Lists as files, for both doors.
    ("files", &["context", "service"]),
    ("jobs", &["clock", "mail", "pipeline", "security"]),
    // It carries what the pipeline hands to people; the pipeline knows only that somebody does.
    ("mail", &["config", "pipeline"]),
    ("pipeline", &["clock", "security", "telemetry"]),
    ("problem", &["context"]),
    ("sandbox", &["clock"]),
    ("security", &["clock"]),
    ("service", &["clock", "context", "pipeline", "security"]),
    // Tests only: it stands in for everything around the pipeline.
    ("simulation", &["boot", "cli", "clock", "config", "jobs", "pipeline", "security"]),
    ("state", &["clock", "config", "security", "service", "web"]),
    ("telemetry", &["config"]),
    ("ui", &["clock", "context", "files", "problem", "service", "state"]),
    // The router mounts both doors.
    (
        "web",
        &["api", "clock", "config", "context", "files", "problem", "security", "service", "state", "telemetry", "ui"],
    ),
];

#[test]
fn every_part_uses_only_what_it_may() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut parts = BTreeSet::new();
    for file in sources(&root) {
        let place = file.strip_prefix(&root).expect("a file under src");
        let part = place.iter().next().and_then(|part| part.to_str()).unwrap_or_default().trim_end_matches(".rs");
        if matches!(part, "lib" | "main" | "cli") {
            continue;
        }
        parts.insert(part.to_owned());
        let Some((_, allowed)) = RULES.iter().find(|(name, _)| *name == part) else {
            wrong.push(format!("{part} has no rule"));
            continue;
        };
        for used in uses(&fs::read_to_string(&file).expect("a source file")) {
            if used != part && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{} uses {used}", place.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let ruled: BTreeSet<_> = RULES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(parts, ruled, "rules of parts that are gone");
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                sources(&path)
            } else {
                vec![path].into_iter().filter(|path| path.extension().is_some_and(|e| e == "rs")).collect()
            }
        })
        .collect()
}

/// The first name after every `crate::`, also of those in braces.
fn uses(text: &str) -> BTreeSet<String> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).fold(String::new(), join);
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(heads(group)),
            None => found.extend(head(rest)),
        }
    }
    found
}

fn join(all: String, line: &str) -> String {
    all + line + "\n"
}

fn head(text: &str) -> Option<String> {
    let name: String = text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty() && name.starts_with(char::is_lowercase)).then_some(name)
}

fn heads(group: &str) -> Vec<String> {
    let (mut depth, mut start, mut found) = (0_i32, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                found.extend(head(&group[start..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.extend(head(&group[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    found
}

#[test]
fn names_are_found_however_they_are_written() {
    let text =
        "use crate::{a::{b, c}, d};\nlet x = crate::e::f();\n// use crate::g;\nuse crate::{\n    h,\n    i::J,\n};";
    assert_eq!(uses(text).into_iter().collect::<Vec<_>>(), ["a", "d", "e", "h", "i"]);
}
