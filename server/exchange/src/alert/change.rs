//! From what stood and what is seen now to what has changed.

use model::{
    AlertId, Timestamp,
    alert::{Alert, Sighting},
};

/// What becomes of one alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It is over: people are told.
    Resolved(Alert),
    /// It goes on, or begins again in the same episode: nobody is told again.
    Seen(Alert),
    /// It is new: people are told.
    Opened(Alert),
}

impl Change {
    /// The alert as it is now.
    #[must_use]
    pub const fn alert(&self) -> &Alert {
        match self {
            Self::Opened(alert) | Self::Seen(alert) | Self::Resolved(alert) => alert,
        }
    }
}

/// What has changed at `now`; what is over stands before what begins. `known` are the open alerts, and those resolved lately
/// that had an episode: in the same they are not new. `new_id` makes the ids of new ones. Whoever wanted to hear nothing for
/// some time hears of it again when that is over.
pub fn change(
    mut known: Vec<Alert>,
    seen: Vec<Sighting>,
    now: Timestamp,
    mut new_id: impl FnMut() -> AlertId,
) -> Vec<Change> {
    let (mut going_on, mut new) = (Vec::new(), Vec::new());
    for sighting in seen {
        let place = known.iter().position(|alert| {
            let same = alert.seen.kind == sighting.kind && alert.seen.subject == sighting.subject;
            // Another window, or another limit in it, is another alert: an open one of before is over.
            let episode = alert.seen.episode == sighting.episode;
            same && episode && (alert.resolved_at.is_none() || !sighting.episode.is_empty())
        });
        let Some(place) = place else {
            let (id, count) = (new_id(), 1);
            let (opened_at, seen_at) = (now, now);
            new.push(Alert { id, seen: sighting, opened_at, seen_at, count, resolved_at: None, acknowledged: None });
            continue;
        };
        let alert = known.swap_remove(place);
        let acknowledged = alert.acknowledged.filter(|known| known.until.is_none_or(|until| until > now));
        let (count, seen_at, resolved_at) = (alert.count + 1, now, None);
        going_on.push(Alert { seen: sighting, seen_at, count, resolved_at, acknowledged, ..alert });
    }
    let over = known.into_iter().filter(|alert| alert.resolved_at.is_none());
    let over = over.map(|alert| Change::Resolved(Alert { resolved_at: Some(now), ..alert }));
    over.chain(going_on.into_iter().map(Change::Seen)).chain(new.into_iter().map(Change::Opened)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::alert::{Acknowledged, AlertKind, Quantity};

    const MINUTE: i64 = 60_000;

    fn sighting(subject: &str, episode: &str) -> Sighting {
        Sighting {
            kind: AlertKind::CapReached,
            subject: subject.to_owned(),
            episode: episode.to_owned(),
            about: String::new(),
            value: Quantity::Count(5),
            threshold: Quantity::Count(5),
            cause: String::new(),
            buyer_id: None,
            contract_id: None,
            endpoint_id: None,
        }
    }

    /// Alerts as they are kept from look to look; what was said, in a word each.
    #[derive(Default)]
    struct Kept(Vec<Alert>, u128);

    impl Kept {
        fn look(&mut self, seen: &[Sighting], minute: i64) -> Vec<&'static str> {
            let next = &mut self.1;
            let id = || {
                *next += 1;
                AlertId::from_bits(*next)
            };
            let changes = change(self.0.clone(), seen.to_vec(), Timestamp(0).plus_millis(minute * MINUTE), id);
            for change in &changes {
                self.0.retain(|alert| alert.id != change.alert().id);
                self.0.push(change.alert().clone());
            }
            let word = |change: &Change| match change {
                Change::Opened(_) => "opened",
                Change::Seen(_) => "seen",
                Change::Resolved(_) => "resolved",
            };
            changes.iter().map(word).collect()
        }
    }

    #[test]
    fn an_alert_is_told_once_and_resolves_itself() {
        let mut kept = Kept::default();
        let seen = [sighting("con_1", "")];
        assert_eq!(kept.look(&seen, 0), ["opened"]);
        assert_eq!(kept.look(&seen, 1), ["seen"]);
        assert_eq!((kept.0[0].count, kept.0[0].seen_at), (2, Timestamp(0).plus_millis(MINUTE)));
        assert_eq!(kept.look(&[], 2), ["resolved"]);
        assert!(kept.look(&[], 3).is_empty());
        assert_eq!(kept.look(&seen, 4), ["opened"], "without an episode it is new");
        assert_eq!(kept.0.len(), 2);
    }

    #[test]
    fn in_one_window_it_is_told_once_however_often_it_comes_and_goes() {
        let mut kept = Kept::default();
        let (today, more, tomorrow) = (sighting("c", "0/5"), sighting("c", "0/9"), sighting("c", "1/5"));
        assert_eq!(kept.look(std::slice::from_ref(&today), 0), ["opened"]);
        assert_eq!(kept.look(&[], 1), ["resolved"], "a lead came back");
        assert_eq!(kept.look(std::slice::from_ref(&today), 2), ["seen"]);
        assert_eq!(kept.0.len(), 1);
        assert_eq!(kept.look(&[more], 3), ["resolved", "opened"], "another limit was reached");
        assert_eq!(kept.look(&[tomorrow], 4), ["resolved", "opened"], "and another window");
    }

    #[test]
    fn whoever_snoozed_it_hears_of_it_again() {
        let mut kept = Kept::default();
        let seen = [sighting("con_1", "")];
        kept.look(&seen, 0);
        let until = Some(Timestamp(0).plus_millis(2 * MINUTE));
        kept.0[0].acknowledged = Some(Acknowledged { at: Timestamp(0), by: String::new(), note: String::new(), until });
        kept.look(&seen, 1);
        assert!(!kept.0[0].calls());
        kept.look(&seen, 2);
        assert!(kept.0[0].calls());
    }
}
