//! Words that causes are made of.

/// `1 lead`, `3 leads`.
pub fn counted(count: i64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
