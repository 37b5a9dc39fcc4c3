//! Which columns of the leads list are shown.

use std::fmt;

/// A column beside the lead's own, which is always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// When it came.
    Came,
    /// Where it stands.
    State,
    /// The campaign.
    Campaign,
    /// The source, with its first label.
    Source,
    /// The buyer, or why it has none.
    Outcome,
    /// What buyers pay.
    Revenue,
    /// What its source earns.
    Payout,
    /// What stays.
    Margin,
    /// How long its source waited.
    Took,
}

impl Column {
    /// Every column, in the order of the table.
    pub const ALL: [Self; 9] = [
        Self::Came,
        Self::State,
        Self::Campaign,
        Self::Source,
        Self::Outcome,
        Self::Revenue,
        Self::Payout,
        Self::Margin,
        Self::Took,
    ];

    /// The word in URLs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Came => "came",
            Self::State => "state",
            Self::Campaign => "campaign",
            Self::Source => "source",
            Self::Outcome => "outcome",
            Self::Revenue => "revenue",
            Self::Payout => "payout",
            Self::Margin => "margin",
            Self::Took => "took",
        }
    }
}

/// Some of them, in the order of the table; one at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns(Vec<Column>);

impl Columns {
    /// Reads words between dots; unknown ones are left out. None when no column is named.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        Self::of(text.split('.'))
    }

    /// The columns of these words; none when no column is named.
    pub fn of<'a>(words: impl Iterator<Item = &'a str>) -> Option<Self> {
        let words: Vec<_> = words.collect();
        let chosen: Vec<_> = Column::ALL.into_iter().filter(|column| words.contains(&column.name())).collect();
        (!chosen.is_empty()).then_some(Self(chosen))
    }

    /// Whether a column is one of them.
    #[must_use]
    pub fn has(&self, column: Column) -> bool {
        self.0.contains(&column)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Column> + '_ {
        self.0.iter().copied()
    }
}

impl Default for Columns {
    /// Those of somebody who has chosen none: all but the margin, which revenue and payout say.
    fn default() -> Self {
        Self(Column::ALL.into_iter().filter(|column| *column != Column::Margin).collect())
    }
}

impl fmt::Display for Columns {
    /// As [`Columns::read`] takes them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().map(|column| column.name()).collect::<Vec<_>>().join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_in_the_order_of_the_table() {
        let read = Columns::read("took.nothing.came").expect("two columns");
        assert_eq!(read.iter().collect::<Vec<_>>(), [Column::Came, Column::Took]);
        assert_eq!((read.to_string(), Columns::read(&read.to_string())), ("came.took".to_owned(), Some(read)));
        assert_eq!((Columns::read(""), Columns::read("nothing")), (None, None));
        assert!(!Columns::default().has(Column::Margin));
    }
}
