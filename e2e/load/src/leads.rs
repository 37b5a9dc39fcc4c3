//! Leads made from their number: every person is another one, so that no duplicate rule stands between them.

use serde_json::{Value, json};

/// The campaign they go into.
pub const CAMPAIGN: &str = "load";
/// Area codes from 200 to 989 that exist in the plan: the second digit is not 9, the code does not end in 11.
const AREAS: u32 = 712;
/// So many people have a phone number of their own.
pub const PEOPLE: u32 = AREAS * 100;

/// The body of lead `number` for `POST /api/v1/leads`, under the external id `{run}-{number}`.
pub fn lead(run: &str, number: u32) -> Value {
    json!({
        "campaign": CAMPAIGN,
        "external_id": external_id(run, number),
        "source": { "sub1": format!("s{}", number % 7) },
        "fields": {
            "zip": format!("{:05}", 10_000 + number % 80_000), "state": "MI", "age": 18 + number % 60,
            "first_name": "Dana", "email": email(number), "phone": phone(number),
        },
    })
}

/// The source's own id of a lead.
pub fn external_id(run: &str, number: u32) -> String {
    format!("{run}-{number}")
}

/// By this the buyers recognise a person.
pub fn email(number: u32) -> String {
    format!("person.{number}@example.com")
}

/// A number from the block that each area code keeps for fiction.
fn phone(number: u32) -> String {
    let nth = number % AREAS;
    let (hundred, rest) = (2 + nth / 89, nth % 89);
    let rest = if rest >= 11 { rest + 1 } else { rest };
    format!("({hundred}{rest:02}) 555-01{:02}", number / AREAS % 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn everybody_is_somebody_else() {
        let phones: HashSet<_> = (0..PEOPLE).map(phone).collect();
        assert_eq!(phones.len(), PEOPLE as usize);
        assert!(phones.iter().all(|phone| phone.len() == 14 && !phone.contains("11) ")), "a code that does not exist");
        assert_ne!(lead("a", 1), lead("a", 2));
    }
}
