//! Letters about alerts, to people of the tenant who want them: one letter tells everything that is new, and at most one goes
//! to a person in a quarter of an hour.

use crate::{
    clock::new_id,
    security::{
        TenantKeys,
        letters::{Words, seal},
    },
};
use model::{
    JobId, Timestamp, UserId,
    alert::Alert,
    user::{Right, User},
};
use store::{MAIL, NewJob};
use url::Url;

/// No second letter goes to a person within this time, in milliseconds: 15 minutes.
const APART_MS: i64 = 15 * 60_000;

/// The letters that are due at `now`, with to whom. `open` are the alerts that call for somebody.
pub(super) fn due(
    readers: &[(UserId, Timestamp)],
    people: &[User],
    open: &[&Alert],
    now: Timestamp,
) -> Vec<(UserId, Words)> {
    let letter = |(id, written_at): &(UserId, Timestamp)| {
        let person = people.iter().find(|person| person.id == *id)?;
        let may = person.active && person.may(Right::SeeExchange);
        let new: Vec<_> = open.iter().filter(|alert| alert.opened_at > *written_at).copied().collect();
        (may && !new.is_empty() && now.millis_since(*written_at) >= APART_MS).then(|| (*id, words(person, &new)))
    };
    readers.iter().filter_map(letter).collect()
}

/// One letter about several alerts, the newest last. Links are put in by [`job`], which knows our address.
fn words(person: &User, new: &[&Alert]) -> Words {
    let first = new.first().map(|alert| format!("{}: {}", alert.seen.kind.title(), alert.seen.about));
    let subject = match new.len() {
        1 => first.unwrap_or_default(),
        count => format!("{count} alerts. {}", first.unwrap_or_default()),
    };
    let lines = new.iter().map(|alert| {
        let (action, path) = alert.seen.action();
        let seen = &alert.seen;
        format!("{}: {}\n{}\n{action}: {{base}}{path}\n", seen.kind.title(), seen.about, seen.cause)
    });
    Words {
        to: person.email.clone(),
        subject: subject.chars().map(|c| if c.is_control() { ' ' } else { c }).collect(),
        text: format!(
            "Hello {},\n\n{}\nAll alerts: {{base}}/alerts\nYou get such letters because you asked for them there.\n",
            person.name,
            lines.collect::<Vec<_>>().join("\n")
        ),
    }
}

/// The job that sends a letter, its words sealed.
pub(super) fn job(keys: &TenantKeys, base: &Url, words: Words, now: Timestamp) -> NewJob {
    let id = JobId::from_bits(new_id(now));
    let text = words.text.replace("{base}", base.as_str().trim_end_matches('/'));
    let payload = seal(keys, id, &Words { text, ..words });
    NewJob { id, kind: MAIL.to_owned(), lane: None, payload, run_at: now }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{
        AlertId, TenantId,
        alert::{AlertKind, Quantity, Sighting},
        user::Role,
    };

    const MINUTE: i64 = 60_000;

    fn person(number: u128, role: Role) -> User {
        User {
            id: UserId::from_bits(number),
            tenant_id: TenantId::from_bits(1),
            email: "ada@acme.example".to_owned(),
            name: "Ada".to_owned(),
            role,
            buyer_id: None,
            source_id: None,
            rights: None,
            superadmin: false,
            second_factor: false,
            invited: false,
            active: true,
        }
    }

    fn alert(about: &str, opened_at: Timestamp) -> Alert {
        let seen = Sighting {
            kind: AlertKind::Doubts,
            subject: about.to_owned(),
            episode: String::new(),
            about: about.to_owned(),
            value: Quantity::Count(12),
            threshold: Quantity::Count(10),
            cause: "12 posts have no known outcome.".to_owned(),
            buyer_id: None,
            contract_id: None,
            endpoint_id: None,
        };
        let id = AlertId::from_bits(1);
        Alert { id, seen, opened_at, seen_at: opened_at, count: 1, resolved_at: None, acknowledged: None }
    }

    #[test]
    fn one_letter_tells_what_is_new_and_none_comes_too_soon() {
        let at = |minutes: i64| Timestamp(0).plus_millis(minutes * MINUTE);
        let people = [person(1, Role::Viewer), person(2, Role::Buyer)];
        let readers = [(people[0].id, at(10)), (people[1].id, at(0))];
        let (old, new, newer) = (alert("old", at(10)), alert("new\r\nBcc: x", at(11)), alert("newer", at(12)));
        let open = [&old, &new, &newer];
        assert!(due(&readers, &people, &open, at(24)).is_empty(), "a quarter of an hour is not over");
        let letters = due(&readers, &people, &open, at(25));
        let [(to, words)] = letters.as_slice() else { panic!("a buyer's person sees no alerts") };
        assert_eq!(*to, people[0].id);
        assert!(words.subject.starts_with("2 alerts. Posts in doubt: new") && !words.subject.contains(['\r', '\n']));
        assert!(words.text.contains("newer") && !words.text.contains("old"), "{}", words.text);
        assert!(words.text.contains("Resolve them: {base}/doubt"), "{}", words.text);
        assert!(due(&readers, &people, &[&old], at(60)).is_empty(), "it was written of");
    }
}
