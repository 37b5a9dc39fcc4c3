//! What a member is taken for; parts of fields under names of their own.

use super::words::{has, words};
use crate::intake::bare;
use model::{
    field::{Field, FieldKind},
    import::Confidence,
    mapping::{From, Style},
};

/// What a member is taken for.
pub(super) struct Guess {
    pub(super) from: From,
    pub(super) style: Style,
    pub(super) then: Vec<Style>,
    pub(super) confidence: Confidence,
    pub(super) why: String,
}

impl Guess {
    pub(super) fn new(from: From, confidence: Confidence, why: impl Into<String>) -> Self {
        Self { from, style: Style::Plain, then: Vec::new(), confidence, why: why.into() }
    }

    pub(super) fn styled(self, style: Style) -> Self {
        Self { style, ..self }
    }
}

/// Parts of a field under names of their own.
pub(super) fn part(fields: &[Field], name: &str) -> Option<Guess> {
    use Confidence::Likely;
    let own = words(name);
    let kind = |wanted: fn(&FieldKind) -> bool| fields.iter().find(|field| wanted(&field.kind));
    let phone = || kind(|kind| matches!(kind, FieldKind::Phone));
    let email = || kind(|kind| matches!(kind, FieldKind::Email));
    let born = || {
        let birth = |field: &&Field| {
            matches!(field.kind, FieldKind::Date) && has(&words(&field.name), &["birth", "dob", "birthday", "born"])
        };
        fields.iter().find(birth)
    };
    let made = |field: &Field, style: Style, why: &str| {
        Some(Guess::new(From::Field(field.name.clone()), Likely, why.to_owned()).styled(style))
    };
    let hash = [("md5", Style::Md5), ("sha1", Style::Sha1), ("sha256", Style::Sha256), ("hash", Style::Md5)];
    let hash = hash.into_iter().find(|(word, _)| own.iter().any(|have| have.contains(word)));
    if let Some((_, style)) = hash {
        let field = if has(&own, &["email", "mail"]) {
            email()?
        } else {
            phone().filter(|_| has(&own, &["phone", "mobile", "cell"]))?
        };
        let guess = Guess::new(From::Field(field.name.clone()), Likely, "a hash of it by its name");
        return Some(Guess { then: vec![style], ..guess });
    }
    match bare(name).as_str() {
        "areacode" | "phonearea" | "npa" | "phoneareacode" => {
            made(phone()?, Style::PhoneArea, "the area code of the phone")
        }
        "phoneprefix" | "phoneexchange" | "nxx" => made(phone()?, Style::PhoneExchange, "a part of the phone"),
        "phonesuffix" | "phoneline" | "phonelast4" => made(phone()?, Style::PhoneLine, "a part of the phone"),
        "zip3" => made(kind(|kind| matches!(kind, FieldKind::Zip))?, Style::Zip3, "the beginning of the ZIP code"),
        "emaildomain" => made(email()?, Style::Domain, "the domain of the e-mail address"),
        "dobyear" | "birthyear" | "yearofbirth" | "dateofbirthyear" => {
            made(born()?, Style::DateYear, "a part of the birth date")
        }
        "dobmonth" | "birthmonth" | "dateofbirthmonth" => made(born()?, Style::DateMonth, "a part of the birth date"),
        "dobday" | "birthday" | "dateofbirthday"
            if born().is_some_and(|field| bare(&field.name) != "birthday") && bare(name) != "birthday" =>
        {
            made(born()?, Style::DateDay, "a part of the birth date")
        }
        "age" => made(born()?, Style::Age, "years since the birth date"),
        "firstname" | "fname" | "givenname" => made(full(fields)?, Style::FirstWord, "the first word of the name"),
        "lastname" | "lname" | "surname" => made(full(fields)?, Style::OtherWords, "the other words of the name"),
        _ => None,
    }
}

/// A field that holds the whole name, where none holds a part of it.
fn full(fields: &[Field]) -> Option<&Field> {
    let named = |any: &[&str]| fields.iter().find(|field| any.contains(&bare(&field.name).as_str()));
    if named(&["firstname", "fname", "lastname", "lname", "surname", "givenname"]).is_some() {
        return None;
    }
    named(&["fullname", "name", "contactname"])
}

pub(super) fn whole_name(fields: &[Field]) -> Option<Guess> {
    let named = |any: &[&str]| fields.iter().find(|field| any.contains(&bare(&field.name).as_str()));
    let (first, last) = (named(&["firstname", "fname", "givenname"])?, named(&["lastname", "lname", "surname"])?);
    let text = format!("{{{}}} {{{}}}", first.name, last.name);
    Some(Guess::new(From::Template(text), Confidence::Sure, "both parts of the name"))
}
