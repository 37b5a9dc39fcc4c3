//! The leads list's filters and place, read from and written to the URL here and nowhere else.

mod columns;
pub mod report;

pub use columns::{Column, Columns};

use model::{
    BuyerId, CampaignId, ContractId, Reason, SourceId, breakdown::Band, lead::LeadState, lost::LostOnly, page::Cursor,
    tenant::Mode, time::Day,
};
use std::{fmt::Display, str::FromStr};

/// Rows on a page when the URL does not say.
pub const DEFAULT_LIMIT: u16 = 50;
/// The page sizes offered.
pub const LIMITS: [u16; 3] = [50, 100, 200];

/// What the leads list shows. Every filter that is none lets everything through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadsQuery {
    /// Only leads in this state.
    pub state: Option<LeadState>,
    /// Only leads of this campaign.
    pub campaign: Option<CampaignId>,
    /// Only leads from this source.
    pub source: Option<SourceId>,
    /// Only leads that their source sent with this first label.
    pub sub1: Option<String>,
    /// Only leads this buyer bought.
    pub buyer: Option<BuyerId>,
    /// Only leads that a buyer took at a price in this band.
    pub price: Option<Band>,
    /// Only leads for which this reason was found, for the lead as a whole or for one of its contracts.
    pub reason: Option<Reason>,
    /// Only leads that something of ours kept from a better sale.
    pub lost: Option<LostOnly>,
    /// And of those only the ones that would have been sold to this contract.
    pub lost_to: Option<ContractId>,
    /// Only live or only test leads.
    pub mode: Option<Mode>,
    /// Only leads that came in from a day to a day of the tenant's zone, both included.
    pub days: Option<(Day, Day)>,
    /// Where the page begins.
    pub cursor: Cursor,
    /// Rows on the page.
    pub limit: u16,
    /// What is shown of each lead; none is what the person chose last.
    pub columns: Option<Columns>,
}

impl Default for LeadsQuery {
    fn default() -> Self {
        Self {
            state: None,
            campaign: None,
            source: None,
            sub1: None,
            buyer: None,
            price: None,
            reason: None,
            lost: None,
            lost_to: None,
            mode: None,
            days: None,
            cursor: Cursor::Newest,
            limit: DEFAULT_LIMIT,
            columns: None,
        }
    }
}

impl LeadsQuery {
    /// Reads the query of a URL. What cannot be read is left out, as if it were not there.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let limit = parsed(&get, "rows").filter(|rows| LIMITS.contains(rows)).unwrap_or(DEFAULT_LIMIT);
        Self {
            state: parsed(&get, "state"),
            campaign: parsed(&get, "campaign"),
            source: parsed(&get, "source"),
            sub1: get("sub1").filter(|label| !label.is_empty()),
            buyer: parsed(&get, "buyer"),
            price: parsed(&get, "price"),
            reason: parsed(&get, "reason"),
            lost: parsed(&get, "lost"),
            lost_to: parsed(&get, "lost_to"),
            mode: get("mode").and_then(|word| mode_of(&word)),
            days: days(&get).filter(|(first, last)| first <= last),
            cursor: cursor(&get),
            limit,
            columns: get("cols").as_deref().and_then(Columns::read),
        }
    }

    /// The path and query that show this list again.
    #[must_use]
    pub fn href(&self) -> String {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        let mut put = |name, value: Option<String>| pairs.extend(value.map(|value| (name, value)));
        put("state", self.state.map(|state| state.name().to_owned()));
        put("campaign", text(self.campaign));
        put("source", text(self.source));
        put("sub1", self.sub1.clone());
        put("buyer", text(self.buyer));
        put("price", text(self.price));
        put("reason", text(self.reason));
        put("lost", text(self.lost));
        put("lost_to", text(self.lost_to));
        put("mode", self.mode.map(|mode| mode_name(mode).to_owned()));
        put("from", self.days.map(|(first, _)| first.to_string()));
        put("to", self.days.map(|(_, last)| last.to_string()));
        put("cols", text(self.columns.as_ref()));
        put("rows", (self.limit != DEFAULT_LIMIT).then(|| self.limit.to_string()));
        match &self.cursor {
            Cursor::Newest => {}
            Cursor::OlderThan(id) => put("older", Some(id.clone())),
            Cursor::NewerThan(id) => put("newer", Some(id.clone())),
        }
        let query: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
        if query.is_empty() { "/leads".to_owned() } else { format!("/leads?{}", query.join("&")) }
    }

    /// What is kept of it under a name: the query that shows its newest page, without the question mark.
    #[must_use]
    pub fn kept(&self) -> String {
        self.at(Cursor::Newest).href().split_once('?').map_or_else(String::new, |(_, query)| query.to_owned())
    }

    /// The same filters from another place.
    #[must_use]
    pub fn at(&self, cursor: Cursor) -> Self {
        Self { cursor, ..self.clone() }
    }

    /// Whether anything is filtered at all.
    #[must_use]
    pub fn filtered(&self) -> bool {
        self.at(Cursor::Newest) != Self { limit: self.limit, columns: self.columns.clone(), ..Self::default() }
    }
}

/// The word for a mode in URLs.
#[must_use]
pub const fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Live => "live",
        Mode::Test => "test",
    }
}

fn mode_of(word: &str) -> Option<Mode> {
    [Mode::Live, Mode::Test].into_iter().find(|mode| mode_name(*mode) == word)
}

/// Where a page of a list begins.
pub(crate) fn cursor(get: &impl Fn(&str) -> Option<String>) -> Cursor {
    match (get("older"), get("newer")) {
        (Some(id), _) if !id.is_empty() => Cursor::OlderThan(id),
        (_, Some(id)) if !id.is_empty() => Cursor::NewerThan(id),
        _ => Cursor::Newest,
    }
}

/// The days of a list, in the order they were entered. One day alone is from it to it.
pub(crate) fn days(get: &impl Fn(&str) -> Option<String>) -> Option<(Day, Day)> {
    let (first, last) = (parsed(get, "from"), parsed(get, "to"));
    first.or(last).zip(last.or(first))
}

fn parsed<T: FromStr>(get: &impl Fn(&str) -> Option<String>, name: &str) -> Option<T> {
    get(name)?.parse().ok()
}

fn text<T: Display>(value: Option<T>) -> Option<String> {
    value.map(|value| value.to_string())
}

/// Percent-encodes what is not unreserved in RFC 3986.
#[must_use]
pub fn escape(value: &str) -> String {
    use std::fmt::Write;
    value.bytes().fold(String::with_capacity(value.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(href: &str) -> LeadsQuery {
        let pairs: Vec<(String, String)> = href
            .split_once('?')
            .map_or("", |(_, query)| query)
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        LeadsQuery::read(|name| pairs.iter().find(|(have, _)| have == name).map(|(_, value)| value.clone()))
    }

    #[test]
    fn the_url_restores_the_list() {
        let query = LeadsQuery {
            state: Some(LeadState::Unsold),
            campaign: Some(CampaignId::from_bits(1)),
            source: Some(SourceId::from_bits(2)),
            sub1: Some("fb-retarget".to_owned()),
            buyer: Some(BuyerId::from_bits(3)),
            price: Some(Band::of(model::Micros::units(20))),
            reason: Some(Reason::NoBid),
            lost: Some(LostOnly::Reason(Reason::Cap)),
            lost_to: Some(ContractId::from_bits(4)),
            mode: Some(Mode::Test),
            days: "2026-05-01".parse().ok().zip("2026-05-07".parse().ok()),
            cursor: Cursor::OlderThan("led_7".to_owned()),
            limit: 100,
            columns: Columns::read("came.margin"),
        };
        assert_eq!(read(&query.href()), query);
        assert_eq!(format!("/leads?{}", query.kept()), query.at(Cursor::Newest).href());
        let newer = query.at(Cursor::NewerThan("led_9".to_owned()));
        assert_eq!(read(&newer.href()), newer);
    }

    #[test]
    fn nothing_is_the_plain_path() {
        assert_eq!(LeadsQuery::default().href(), "/leads");
        assert_eq!(LeadsQuery::default().kept(), "");
        assert!(!LeadsQuery { columns: Columns::read("came"), ..LeadsQuery::default() }.filtered());
        assert!(!LeadsQuery::default().filtered());
        assert!(!LeadsQuery { limit: 200, ..LeadsQuery::default() }.filtered());
        assert!(LeadsQuery { mode: Some(Mode::Live), ..LeadsQuery::default() }.filtered());
    }

    #[test]
    fn nonsense_is_left_out() {
        assert_eq!(read("/leads?state=gone&campaign=buy_1&rows=7&mode=&sub1=&price=7&older="), LeadsQuery::default());
    }
}
