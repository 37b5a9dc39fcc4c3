//! Countries by their two letters, their three letters and their English names (`countries.txt`: ISO 3166-1, and names in
//! everyday use).

use super::{Fault, fault};
use crate::lead::value::Value;
use std::{collections::HashMap, sync::LazyLock};

/// Two letters, by every name in lower case and without points.
static COUNTRIES: LazyLock<HashMap<String, [u8; 2]>> = LazyLock::new(|| {
    let mut all = HashMap::new();
    for line in include_str!("countries.txt").lines() {
        let mut words = line.splitn(3, ' ');
        let (Some(two), Some(three), Some(names)) = (words.next(), words.next(), words.next()) else { continue };
        let Ok(code) = <[u8; 2]>::try_from(two.as_bytes()) else { continue };
        for name in [two, three].into_iter().chain(names.split('|')) {
            all.insert(plain(name), code);
        }
    }
    all
});

fn plain(name: &str) -> String {
    name.to_lowercase().replace('.', "").split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn country(text: &str) -> Result<Value, Fault> {
    match COUNTRIES.get(&plain(text)) {
        Some(code) => Ok(Value::Country(*code)),
        None => fault("not_a_country", "Enter a country by its two letters or its English name, such as CA or Canada."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_has_three_names_of_its_own() {
        let lines: Vec<_> = include_str!("countries.txt").lines().collect();
        assert_eq!(lines.len(), 249, "ISO 3166-1 has 249 entries");
        let names: usize = lines.iter().map(|line| 3 + line.matches('|').count()).sum();
        assert_eq!(COUNTRIES.len(), names, "a name stands for two countries");
    }
}
