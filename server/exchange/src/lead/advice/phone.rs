//! Phone numbers of the North American Numbering Plan (ATIS-0300051 and the numbering plan's own reservations).

use super::{Advice, Doubt, Wrong};
use crate::lead::{normalise, value::Value};
use model::field::FieldKind;

const CHECKED: &[&str] = &["syntax", "numbering_plan"];
const NOT_CHECKED: &[&str] = &["in_service", "line_type", "carrier", "owner", "do_not_call"];

/// Whose calls are free for the caller: companies, not consumers.
const TOLL_FREE: [&str; 8] = ["800", "833", "844", "855", "866", "877", "888", "822"];
/// Codes that belong to no place and to no consumer: personal numbers, the exchange carriers', the government's, premium.
const NO_PLACE: [&str; 13] =
    ["500", "521", "522", "523", "524", "525", "526", "533", "544", "577", "700", "710", "900"];

/// What can be said of a phone number.
#[must_use]
pub fn phone(text: &str) -> Advice<String> {
    let mut advice = Advice {
        value: None,
        wrong: Vec::new(),
        suggestion: None,
        doubts: Vec::new(),
        checked: CHECKED,
        not_checked: NOT_CHECKED,
    };
    let mut wrong = |code, message: String| advice.wrong.push(Wrong { field: "phone", code, message });
    let number = match normalise::read(&FieldKind::Phone, &[], text) {
        _ if text.trim().is_empty() => return missing(advice),
        Ok(Value::Phone(number)) => number,
        Ok(_) => return advice,
        Err(fault) => {
            wrong(fault.code, fault.message);
            return advice;
        }
    };
    let Some(ten) = number.strip_prefix("+1").filter(|ten| ten.len() == 10) else {
        advice.value = Some(number);
        return advice;
    };
    let (area, local) = (&ten[..3], &ten[3..]);
    // N9X is kept for longer numbers, 37X and 96X for what is not foreseen: none of them is anybody's.
    if area.as_bytes()[1] == b'9' || area.starts_with("37") || area.starts_with("96") {
        wrong("no_such_area_code", format!("There is no area code {area}. Check the first three digits."));
        return advice;
    }
    advice.doubts = doubts(area, local);
    advice.value = Some(number);
    advice
}

fn missing(mut advice: Advice<String>) -> Advice<String> {
    advice.wrong.push(Wrong { field: "phone", code: "missing", message: "Enter a phone number.".to_owned() });
    advice
}

fn doubts(area: &str, local: &str) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    if TOLL_FREE.contains(&area) {
        doubts.push(Doubt::new("toll_free", "This is a toll-free number: people rarely have one."));
    }
    if NO_PLACE.contains(&area) {
        doubts.push(Doubt::new("no_place", format!("The area code {area} belongs to no place.")));
    }
    // 555-0100 to 555-0199 are kept for films and examples.
    if local.starts_with("55501") {
        doubts.push(Doubt::new("fictional", "Numbers like this are kept for films and examples."));
    }
    let digits = local.as_bytes();
    if digits.iter().all(|digit| digit == &digits[0]) {
        doubts.push(Doubt::new("repeated_digits", "Every digit after the area code is the same."));
    }
    doubts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> (Option<String>, Vec<&'static str>, Vec<&'static str>) {
        let advice = phone(text);
        let codes = advice.wrong.iter().map(|wrong| wrong.code).collect();
        (advice.value, codes, advice.doubts.iter().map(|doubt| doubt.code).collect())
    }

    #[test]
    fn numbers_of_the_plan_and_others() {
        type Case = (&'static str, Option<&'static str>, &'static [&'static str], &'static [&'static str]);
        let table: [Case; 14] = [
            ("(313) 234-0142", Some("+13132340142"), &[], &[]),
            ("+1 313.234.0142", Some("+13132340142"), &[], &[]),
            ("313 555 0142", Some("+13135550142"), &[], &["fictional"]),
            ("313 555 0242", Some("+13135550242"), &[], &[]),
            ("(800) 234-0142", Some("+18002340142"), &[], &["toll_free"]),
            ("900-234-0142", Some("+19002340142"), &[], &["no_place"]),
            ("2222222222", Some("+12222222222"), &[], &["repeated_digits"]),
            ("", None, &["missing"], &[]),
            ("  ", None, &["missing"], &[]),
            ("123-456-7890", None, &["not_a_phone"], &[]),
            ("911-234-0142", None, &["not_a_phone"], &[]),
            ("313-911-0142", None, &["not_a_phone"], &[]),
            ("293-234-0142", None, &["no_such_area_code"], &[]),
            ("372-234-0142", None, &["no_such_area_code"], &[]),
        ];
        for (text, value, wrong, doubts) in table {
            assert_eq!(told(text), (value.map(ToOwned::to_owned), wrong.to_vec(), doubts.to_vec()), "{text}");
        }
        assert_eq!(told("969-234-0142").1, ["no_such_area_code"]);
    }

    #[test]
    fn what_was_not_asked_is_said() {
        assert!(phone("3132340142").not_checked.contains(&"in_service"));
        assert!(phone("nonsense").not_checked.contains(&"line_type"));
    }
}
