//! What a report shows, read from and written to the URL here and nowhere else.

use super::{LeadsQuery, escape, parsed};
use model::{
    breakdown::{By, Compare, Span, SubKey, SubLabel, Wanted, When},
    time::Day,
};

/// The reports there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// Counts and money.
    Figures,
    /// What stood in the way.
    Reasons,
    /// What that probably cost.
    Lost,
    /// What each buyer did, and how quickly.
    Scorecards,
}

impl Report {
    /// Its page.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Figures => "/reports",
            Self::Reasons => "/reports/reasons",
            Self::Lost => "/reports/lost",
            Self::Scorecards => "/reports/scorecards",
        }
    }
}

/// Reads the query of a URL. What cannot be read is left out, as if it were not there.
pub fn read(get: impl Fn(&str) -> Option<String>) -> Wanted {
    let days = parsed::<Day>(&get, "from").zip(parsed::<Day>(&get, "to"));
    let named = get("span").and_then(|word| Span::NAMED.into_iter().find(|span| span.name() == Some(word.as_str())));
    let span = match (named, days) {
        (Some(span), _) => span,
        (None, Some((first, last))) => Span::Days(first, last),
        (None, None) => Span::default(),
    };
    Wanted {
        by: parsed(&get, "by").unwrap_or_default(),
        span,
        when: parsed(&get, "money").unwrap_or_default(),
        compare: parsed(&get, "compare").unwrap_or_default(),
        campaign: parsed(&get, "campaign"),
        source: parsed(&get, "source"),
        buyer: parsed(&get, "buyer"),
    }
}

/// The query that shows it again, without the question mark.
#[must_use]
pub fn query(wanted: &Wanted) -> String {
    let mut pairs: Vec<(&str, String)> = Vec::new();
    if wanted.by != By::default() {
        pairs.push(("by", wanted.by.name().to_owned()));
    }
    match wanted.span {
        Span::Days(first, last) => pairs.extend([("from", first.to_string()), ("to", last.to_string())]),
        span if span == Span::default() => {}
        span => pairs.extend(span.name().map(|name| ("span", name.to_owned()))),
    }
    if wanted.when != When::default() {
        pairs.push(("money", wanted.when.name().to_owned()));
    }
    if wanted.compare != Compare::default() {
        pairs.push(("compare", wanted.compare.name().to_owned()));
    }
    pairs.extend(wanted.campaign.map(|id| ("campaign", id.to_string())));
    pairs.extend(wanted.source.map(|id| ("source", id.to_string())));
    pairs.extend(wanted.buyer.map(|id| ("buyer", id.to_string())));
    pairs.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect::<Vec<_>>().join("&")
}

/// The path and query of a report.
#[must_use]
pub fn href(report: Report, wanted: &Wanted) -> String {
    let query = query(wanted);
    if query.is_empty() { report.path().to_owned() } else { format!("{}?{query}", report.path()) }
}

/// The same up to where other days are put in: `from=2026-05-07&to=2026-05-09`.
#[must_use]
pub fn before_days(report: Report, wanted: &Wanted) -> String {
    let query = query(&Wanted { span: Span::default(), ..*wanted });
    let path = report.path();
    if query.is_empty() { format!("{path}?") } else { format!("{path}?{query}&") }
}

/// The leads that a row of a report is about; none for hours of the day, which are no one span, and for sub-sources that have
/// no one label.
#[must_use]
pub fn leads(wanted: &Wanted, first: Day, last: Day, key: &str) -> Option<LeadsQuery> {
    let all = LeadsQuery {
        campaign: wanted.campaign,
        source: wanted.source,
        buyer: wanted.buyer,
        days: Some((first, last)),
        mode: Some(model::tenant::Mode::Live),
        ..LeadsQuery::default()
    };
    Some(match wanted.by {
        By::Campaign => LeadsQuery { campaign: key.parse().ok(), ..all },
        By::Source => LeadsQuery { source: key.parse().ok(), ..all },
        By::Buyer => LeadsQuery { buyer: key.parse().ok(), ..all },
        By::Day => LeadsQuery { days: key.parse().ok().map(|day| (day, day)), ..all },
        By::Sub => match key.parse::<SubKey>().ok()? {
            SubKey { source, label: SubLabel::Named(label) } => {
                LeadsQuery { source: Some(source), sub1: Some(label), ..all }
            }
            _ => return None,
        },
        By::Price => LeadsQuery { price: key.parse().ok(), ..all },
        By::Hour => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{BuyerId, CampaignId, SourceId};

    #[test]
    fn other_days_are_put_in_at_the_end() {
        let wanted = Wanted { span: Span::Today, ..Wanted::default() };
        assert_eq!(before_days(Report::Figures, &wanted), "/reports?");
        let by_day = Wanted { by: By::Day, ..wanted };
        assert_eq!(before_days(Report::Figures, &by_day), "/reports?by=day&");
    }

    fn again(wanted: &Wanted) -> Wanted {
        let query = query(wanted);
        let pairs: Vec<_> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        read(|name| pairs.iter().find(|(have, _)| *have == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_url_restores_the_report() {
        let day = |text: &str| text.parse::<Day>().expect("a day");
        let mut wanted = Wanted {
            by: By::Buyer,
            span: Span::Days(day("2026-05-01"), day("2026-05-07")),
            when: When::Moved,
            compare: Compare::Year,
            campaign: Some(CampaignId::from_bits(1)),
            source: Some(SourceId::from_bits(2)),
            buyer: Some(BuyerId::from_bits(3)),
        };
        assert_eq!(again(&wanted), wanted);
        for span in Span::NAMED {
            wanted.span = span;
            assert_eq!(again(&wanted), wanted);
        }
        assert_eq!(href(Report::Figures, &Wanted::default()), "/reports");
    }

    #[test]
    fn nonsense_is_left_out() {
        let odd = |name: &str| (name != "to").then(|| "gone".to_owned());
        assert_eq!(read(odd), Wanted::default());
    }

    #[test]
    fn a_row_opens_its_leads() {
        let (wanted, day) = (Wanted { by: By::Day, ..Wanted::default() }, "2026-05-07".parse::<Day>().expect("a day"));
        let found = leads(&wanted, day, day, "2026-05-06").expect("a span");
        assert_eq!(
            found.days.map(|(first, last)| (first.to_string(), last.to_string())),
            Some(("2026-05-06".to_owned(), "2026-05-06".to_owned()))
        );
        assert!(leads(&Wanted { by: By::Hour, ..wanted }, day, day, "07:00").is_none());
        let (sub, source) = (Wanted { by: By::Sub, ..wanted }, SourceId::from_bits(2));
        let found = leads(&sub, day, day, &format!("{source}:fb-1")).expect("a label");
        assert_eq!((found.source, found.sub1.as_deref()), (Some(source), Some("fb-1")));
        assert!(leads(&sub, day, day, &format!("{source}+")).is_none());
        let found = leads(&Wanted { by: By::Price, ..wanted }, day, day, "20").expect("a band");
        assert_eq!(found.price.map(|band| band.to_string()).as_deref(), Some("20"));
    }
}
