//! Finding a thing by some words of its name.

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A lead, by its id or its source's own.
    Lead,
    /// A campaign.
    Campaign,
    /// A buyer.
    Buyer,
    /// A contract.
    Contract,
    /// A source.
    Source,
    /// An endpoint.
    Endpoint,
}

impl What {
    /// Every kind.
    pub const ALL: [Self; 6] = [Self::Lead, Self::Campaign, Self::Buyer, Self::Contract, Self::Source, Self::Endpoint];

    /// The word, as it also begins the path of its page (`/campaigns/…`).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Campaign => "campaign",
            Self::Buyer => "buyer",
            Self::Contract => "contract",
            Self::Source => "source",
            Self::Endpoint => "endpoint",
        }
    }
}

impl std::str::FromStr for What {
    type Err = String;
    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|what| what.name() == word).ok_or_else(|| format!("{word} is no kind of thing"))
    }
}

/// One thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub what: What,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What tells it from others of its name: its short name, or whose and where it is.
    pub about: String,
}

/// Letters that matter for a search: lower case, one space between words.
#[must_use]
pub fn plain(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How well a name fits what is looked for, lower is better; none when a word is not in it. A name that begins with it
/// comes before one in which a word does, and that before one that has it somewhere; shorter names come first.
#[must_use]
pub fn fit(wanted: &str, name: &str, about: &str) -> Option<u32> {
    let (wanted, name) = (plain(wanted), plain(name));
    let all = format!("{name} {}", plain(about));
    if !wanted.split(' ').all(|word| all.contains(word)) {
        return None;
    }
    let inside = |text: &str| text.split(' ').any(|word| word.starts_with(&wanted));
    let class = match () {
        () if name == wanted => 0,
        () if name.starts_with(&wanted) => 1,
        () if inside(&name) => 2,
        () if name.contains(&wanted) => 3,
        () => 4,
    };
    Some(class * 1000 + u32::try_from(name.chars().count().min(999)).unwrap_or(999))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_better_fit_comes_first() {
        let names = ["Northwind", "Great North", "Thenorth", "North", "Northwind Insurance"];
        let mut found: Vec<_> =
            names.iter().filter_map(|name| fit(" NORTH ", name, "").map(|fit| (fit, *name))).collect();
        found.sort_unstable();
        let order: Vec<_> = found.into_iter().map(|(_, name)| name).collect();
        assert_eq!(order, ["North", "Northwind", "Northwind Insurance", "Great North", "Thenorth"]);
    }

    #[test]
    fn every_word_has_to_be_somewhere() {
        assert!(fit("acme auto", "Standard", "Acme in Auto insurance").is_some());
        assert_eq!(fit("acme solar", "Standard", "Acme in Auto insurance"), None);
        assert!(fit("", "Anything", "").is_some());
    }
}
