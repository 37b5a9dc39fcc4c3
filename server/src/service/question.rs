//! How a field of a lead is asked on a page: which input fits it, and what a browser knows to fill in.

use exchange::lead::states;
use model::field::{Field, FieldKind};

/// More choices than these are a list that opens.
const FEW: usize = 5;

/// A field as a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The words.
    pub label: String,
    /// Whether it may stay open.
    pub optional: bool,
    /// How it is answered.
    pub shape: Shape,
    /// What a browser knows to fill in (HTML, section 4.10.18.7).
    pub autocomplete: &'static str,
}

/// How a question is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// One line: the type of the input, the keyboard, the longest text.
    Line(&'static str, &'static str, u32),
    /// One of a few: value, words, whether it is the answer.
    Few(Vec<(String, String, bool)>),
    /// One of many.
    Many(Vec<(String, String, bool)>),
}

impl Question {
    /// The question for a field, with the answer that was given.
    #[must_use]
    pub fn new(field: &Field, value: &str) -> Self {
        let shape = match &field.kind {
            FieldKind::Text { max } => Shape::Line("text", "text", u32::from(*max)),
            FieldKind::Integer { .. } => Shape::Line("text", "numeric", 20),
            FieldKind::Decimal { .. } | FieldKind::Money { .. } => Shape::Line("text", "decimal", 20),
            FieldKind::Range { .. } => Shape::Line("text", "text", 40),
            FieldKind::Date => Shape::Line("date", "text", 10),
            FieldKind::YearMonth => Shape::Line("month", "text", 7),
            FieldKind::Phone | FieldKind::PhoneInternational => Shape::Line("tel", "tel", 40),
            FieldKind::Email => Shape::Line("email", "email", 320),
            FieldKind::Zip => Shape::Line("text", "numeric", 10),
            FieldKind::PostalCode | FieldKind::PostalCodeCa => Shape::Line("text", "text", 10),
            FieldKind::Province | FieldKind::StateOrProvince | FieldKind::Country => Shape::Line("text", "text", 60),
            FieldKind::Address => Shape::Line("text", "text", 200),
            FieldKind::Url => Shape::Line("url", "url", 2000),
            // Not entered by anybody: `FieldKind::is_entered`.
            FieldKind::Ip | FieldKind::UserAgent | FieldKind::Certificate | FieldKind::List { .. } => {
                Shape::Line("text", "text", 1000)
            }
            FieldKind::Boolean => Shape::Few(options(value, [("yes", "Yes"), ("no", "No")])),
            FieldKind::State => Shape::Many(options(value, states())),
            FieldKind::Choice { values } => one_of(value, values.iter().map(String::as_str)),
            FieldKind::Band { bands } => one_of(value, bands.iter().map(|band| band.name.as_str())),
        };
        Self { label: field.label.clone(), optional: !field.required, shape, autocomplete: autocomplete(field) }
    }
}

fn one_of<'a>(value: &str, all: impl Iterator<Item = &'a str>) -> Shape {
    let all = options(value, all.map(|own| (own, own)));
    if all.len() > FEW { Shape::Many(all) } else { Shape::Few(all) }
}

fn options<'a>(value: &str, all: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<(String, String, bool)> {
    let option = |(own, words): (&str, &str)| (own.to_owned(), readable(words), own.eq_ignore_ascii_case(value));
    all.into_iter().map(option).collect()
}

/// `three_months` as people write it.
fn readable(value: &str) -> String {
    let spaced = value.replace('_', " ");
    let mut letters = spaced.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().to_string() + letters.as_str())
}

fn autocomplete(field: &Field) -> &'static str {
    match (&field.kind, field.name.as_str()) {
        (FieldKind::Phone | FieldKind::PhoneInternational, _) => "tel",
        (FieldKind::Email, _) => "email",
        (FieldKind::Zip | FieldKind::PostalCode | FieldKind::PostalCodeCa, _) => "postal-code",
        (FieldKind::State | FieldKind::Province | FieldKind::StateOrProvince, _) => "address-level1",
        (FieldKind::Country, _) => "country-name",
        (FieldKind::Address, _) => "address-line1",
        (FieldKind::Date, "date_of_birth" | "dob" | "birth_date") => "bday",
        (_, "first_name") => "given-name",
        (_, "last_name") => "family-name",
        (_, "name" | "full_name") => "name",
        (_, "address" | "street" | "address_1") => "address-line1",
        (_, "city") => "address-level2",
        _ => "off",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::field::Visibility;

    fn asked(kind: FieldKind, value: &str) -> Question {
        let field = Field {
            name: "timing".into(),
            label: "When".into(),
            kind,
            required: true,
            visibility: Visibility::Internal,
            example: String::new(),
        };
        Question::new(&field, value)
    }

    #[test]
    fn each_kind_has_the_input_that_fits() {
        let few = asked(FieldKind::Choice { values: vec!["now".into(), "three_months".into()] }, "NOW");
        let wanted = [("now", "Now", true), ("three_months", "Three months", false)];
        let wanted = wanted.map(|(value, words, chosen)| (value.to_owned(), words.to_owned(), chosen));
        assert_eq!(few.shape, Shape::Few(wanted.to_vec()));
        let Shape::Many(states) = asked(FieldKind::State, "MI").shape else { panic!("a list") };
        assert_eq!((states.len(), states.iter().filter(|(.., chosen)| *chosen).count()), (51, 1));
        assert_eq!(asked(FieldKind::Phone, "").shape, Shape::Line("tel", "tel", 40));
        assert_eq!((asked(FieldKind::Phone, "").autocomplete, asked(FieldKind::Date, "").autocomplete), ("tel", "off"));
    }
}
