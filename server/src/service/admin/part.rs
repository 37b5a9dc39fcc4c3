//! Faults under a path.

use model::FieldError;

/// The same faults, one level up: `url` becomes `delivery.post.url`, `[2]` becomes `fields[2]`.
pub(super) fn under(prefix: &str, faults: Vec<FieldError>) -> Vec<FieldError> {
    let place = |field: String| match (prefix.is_empty(), field.is_empty()) {
        (true, _) => field,
        (_, true) => prefix.to_owned(),
        _ if field.starts_with('[') => format!("{prefix}{field}"),
        _ => format!("{prefix}.{field}"),
    };
    faults.into_iter().map(|fault| FieldError { field: place(fault.field), ..fault }).collect()
}

/// What a compiler of `exchange` or `connectors` says, as faults at one path.
pub(super) fn told(path: &str, said: Vec<String>) -> Vec<FieldError> {
    said.into_iter().map(|fault| FieldError::new(path, "not_allowed", sentence(&fault))).collect()
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}
