//! Postal addresses of the United States: whether every part is there and can be one, and whether they agree.

use super::{Advice, Doubt, Wrong, places};
use crate::lead::{normalise, state_name, value::Value};
use model::field::FieldKind;
use serde::{Deserialize, Serialize};

const CHECKED: &[&str] = &["syntax", "zip_in_state"];
const NOT_CHECKED: &[&str] = &["exists", "deliverable", "apartment"];
/// Longest line, in characters.
const LONGEST: usize = 200;

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Address {
    /// House number and street.
    pub address: String,
    /// Town.
    pub city: String,
    /// State, by its two letters or its name.
    pub state: String,
    /// ZIP code.
    pub zip: String,
}

/// What can be said of a postal address.
#[must_use]
pub fn address(given: &Address) -> Advice<Address> {
    let mut wrong = Vec::new();
    let mut keep = |read: Result<String, Wrong>| read.map_err(|fault| wrong.push(fault)).unwrap_or_default();
    let read = Address {
        address: keep(street(&given.address)),
        city: keep(line("city", &given.city, "Enter a town.")),
        state: keep(part("state", &given.state, &FieldKind::State)),
        zip: keep(part("zip", &given.zip, &FieldKind::Zip)),
    };
    let doubts = if wrong.is_empty() { doubts(&read) } else { Vec::new() };
    let value = wrong.is_empty().then_some(read);
    Advice { value, wrong, suggestion: None, doubts, checked: CHECKED, not_checked: NOT_CHECKED }
}

fn part(field: &'static str, text: &str, kind: &FieldKind) -> Result<String, Wrong> {
    if text.trim().is_empty() {
        let message = if field == "zip" { "Enter a ZIP code." } else { "Enter a state." };
        return Err(Wrong { field, code: "missing", message: message.to_owned() });
    }
    match normalise::read(kind, &[], text) {
        Ok(value @ (Value::Zip(_) | Value::State(_))) => Ok(value.text()),
        Ok(_) => Ok(text.trim().to_owned()),
        Err(fault) => Err(Wrong { field, code: fault.code, message: fault.message }),
    }
}

/// One line with something in it.
fn line(field: &'static str, text: &str, missing: &str) -> Result<String, Wrong> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fault = |code, message: &str| Err(Wrong { field, code, message: message.to_owned() });
    if text.is_empty() {
        return fault("missing", missing);
    }
    if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
        return fault("too_long", "Enter one line of at most 200 characters.");
    }
    if !text.chars().any(char::is_alphabetic) {
        return fault("no_letters", missing);
    }
    Ok(text)
}

fn street(text: &str) -> Result<String, Wrong> {
    let read = line("address", text, "Enter a house number and a street.")?;
    if read.split(' ').count() < 2 {
        let message = "Enter a house number and a street, such as 1 Main St.".to_owned();
        return Err(Wrong { field: "address", code: "not_a_street", message });
    }
    Ok(read)
}

fn doubts(read: &Address) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let lower = read.address.to_lowercase().replace(['.', ' '], "");
    if lower.starts_with("pobox") || lower.starts_with("postofficebox") {
        doubts.push(Doubt::new("po_box", "This is a post office box: nobody lives there."));
    } else if !read.address.chars().any(|letter| letter.is_ascii_digit()) {
        doubts.push(Doubt::new("no_house_number", "There is no house number in it."));
    }
    if let Some(state) = places::state_of(&read.zip).filter(|state| *state != read.state) {
        let name = state_name(state).unwrap_or(state);
        doubts.push(Doubt::new("zip_in_another_state", format!("ZIP codes like {} are in {name}.", read.zip)));
    }
    doubts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(parts: [&str; 4]) -> Advice<Address> {
        let [address, city, state, zip] = parts.map(ToOwned::to_owned);
        super::address(&Address { address, city, state, zip })
    }

    #[test]
    fn every_part_has_to_be_one() {
        let good = ask([" 1  Main St ", "Detroit", "michigan", "48226-1234"]);
        let read = good.value.unwrap();
        assert_eq!([&*read.address, &*read.city, &*read.state, &*read.zip], ["1 Main St", "Detroit", "MI", "48226"]);
        assert_eq!((good.doubts, good.wrong), (vec![], vec![]));
        let bad = ask(["Main", "", "Calif", "1"]);
        let told: Vec<_> = bad.wrong.iter().map(|wrong| (wrong.field, wrong.code)).collect();
        let wanted = [("address", "not_a_street"), ("city", "missing"), ("state", "not_a_state"), ("zip", "not_a_zip")];
        assert_eq!((bad.value, told), (None, wanted.to_vec()));
        assert_eq!(ask(["", "12", "", ""]).wrong.len(), 4);
    }

    #[test]
    fn parts_that_do_not_agree_are_doubted() {
        let doubts = |parts| ask(parts).doubts.into_iter().map(|doubt| doubt.code).collect::<Vec<_>>();
        assert_eq!(doubts(["1 Main St", "Detroit", "OH", "48226"]), ["zip_in_another_state"]);
        assert_eq!(doubts(["P.O. Box 12", "Detroit", "MI", "48226"]), ["po_box"]);
        assert_eq!(doubts(["Main Street", "Detroit", "MI", "48226"]), ["no_house_number"]);
        assert_eq!(doubts(["1 Calle Sol", "San Juan", "DC", "00901"]), [] as [&str; 0], "no state is known for it");
    }
}
