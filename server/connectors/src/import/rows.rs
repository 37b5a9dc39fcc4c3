//! What is proposed for each member: where its value comes from, and how it is written.

use super::{
    Making,
    members::Member,
    names::{self, is_agreed, is_lead_id, is_secret, is_test, is_token},
    parts::{Guess, part, whole_name},
    pasted::Pasted,
    told, values,
    words::words,
};
use crate::intake::{bare, meaning};
use model::{
    bench::Phase,
    field::{Field, FieldKind, Visibility},
    import::{Confidence, ProposedRow},
    mapping::{From, Header, Meta, Place, Row, SecretUse, Style},
    secret::Secret,
};

/// What is told of a member.
pub(super) struct Told {
    pub(super) row: Option<usize>,
    pub(super) sample: Option<String>,
    pub(super) required: bool,
    pub(super) confidence: Confidence,
    pub(super) why: String,
}

/// A member's fate.
enum Fate {
    Row(Box<Row>, Confidence, String),
    /// It is a credential that goes where its name says.
    Secret(SecretUse),
    Out(Confidence, String),
}

/// The rows of a call; credentials that are found become headers without a value.
pub(super) fn of(
    making: &Making<'_>,
    pasted: &Pasted,
    headers: &mut Vec<Header>,
    out: &mut Vec<ProposedRow>,
) -> Vec<Row> {
    for (name, used) in &pasted.secrets {
        add(headers, name, *used);
    }
    let mut rows = Vec::new();
    for member in &pasted.members {
        let sample = (!member.sample.is_empty()).then(|| member.sample.clone());
        let mut one = |row, sample, confidence, why: String| {
            out.push(told(making, &member.to, Told { row, sample, required: member.required, confidence, why }));
        };
        match fate(making, member) {
            Fate::Row(row, confidence, why) => {
                // What may be a credential is never shown again.
                let hidden = matches!(row.from, From::Secret(_));
                if let From::Secret(name) = &row.from {
                    add(headers, name, SecretUse::Named);
                }
                one(Some(rows.len()), sample.filter(|_| !hidden), confidence, why);
                rows.push(*row);
            }
            Fate::Secret(used) => {
                add(headers, &member.name, used);
                one(None, None, Confidence::Sure, "a credential by its name: give its value".to_owned());
            }
            Fate::Out(confidence, why) => one(None, sample, confidence, why),
        }
    }
    rows
}

fn add(headers: &mut Vec<Header>, name: &str, used: SecretUse) {
    if !headers.iter().any(|header| header.name.eq_ignore_ascii_case(name)) {
        headers.push(Header { name: name.to_owned(), value: Secret::new(""), used });
    }
}

fn fate(making: &Making<'_>, member: &Member) -> Fate {
    if is_secret(&member.name) {
        return match member.place {
            Place::Query => Fate::Secret(SecretUse::Query),
            Place::Header => Fate::Secret(SecretUse::Header),
            Place::Body => {
                let why = "a credential by its name: give its value".to_owned();
                Fate::Row(Box::new(row(member, From::Secret(member.name.clone()))), Confidence::Sure, why)
            }
        };
    }
    let Some(guess) = guess(making, member) else { return unknown(member) };
    let ping = making.phase == Phase::Ping;
    if ping && let From::Meta(meta) = guess.from {
        if let Some(presence) = names::presence(meta) {
            let mut row = row(member, From::Meta(presence));
            row.style = values::flag_style(&member.sample, member.bare).unwrap_or(Style::YesNo);
            let why = "a ping only says whether the certificate is there".to_owned();
            return Fate::Row(Box::new(row), Confidence::Likely, why);
        }
        if !matches!(
            meta,
            Meta::Test | Meta::LeadId | Meta::ReceivedAt | Meta::HasTrustedForm | Meta::HasJornaya | Meta::Campaign
        ) {
            return Fate::Out(guess.confidence, "personal: it is never in a ping".to_owned());
        }
    }
    if let From::Field(name) = &guess.from
        && let Some(field) = making.fields.iter().find(|field| field.name == *name)
    {
        return of_field(making, member, field, guess);
    }
    if ping && matches!(guess.from, From::Template(_)) {
        return Fate::Out(guess.confidence, "personal: it is never in a ping".to_owned());
    }
    let mut row = row(member, guess.from);
    (row.style, row.then) = (guess.style, guess.then);
    Fate::Row(Box::new(row), guess.confidence, guess.why)
}

fn of_field(making: &Making<'_>, member: &Member, field: &Field, guess: Guess) -> Fate {
    let (ping, part) = (making.phase == Phase::Ping, guess.style != Style::Plain);
    let hashed = guess.then.last().is_some_and(|style| matches!(style, Style::Md5 | Style::Sha1 | Style::Sha256));
    let pingable = field.visibility == Visibility::Pingable || matches!(guess.style, Style::PhoneArea | Style::Age);
    if ping && !pingable && !hashed {
        return Fate::Out(guess.confidence, format!("{}, which is personal: it is never in a ping", guess.why));
    }
    let mut row = row(member, guess.from);
    (row.style, row.then) = (guess.style, guess.then);
    let mut why = guess.why;
    if ping && hashed {
        why.push_str("; hashes are only sent when the call allows contact_hashes");
    } else if !part && let Some(remark) = values::write(&mut row, field, member) {
        why = format!("{why}; {remark}");
    }
    Fate::Row(Box::new(row), guess.confidence, why)
}

fn row(member: &Member, from: From) -> Row {
    Row { to: member.to.clone(), from, place: member.place, ..Row::default() }
}

/// Nobody knows it: what the sample says is sent always, when there is something.
fn unknown(member: &Member) -> Fate {
    if !member.sample.is_empty() {
        let mut row = row(member, From::Constant(member.sample.clone()));
        // A bare number or flag stays one.
        if member.bare && member.sample.parse::<f64>().is_ok() {
            row.style = Style::Number;
        }
        let why = "nothing of ours looks like it: the sample's value is sent always".to_owned();
        return Fate::Row(Box::new(row), Confidence::Unknown, why);
    }
    if let [only] = member.allowed.as_slice() {
        let why = "the only value the buyer takes".to_owned();
        return Fate::Row(Box::new(row(member, From::Constant(only.clone()))), Confidence::Likely, why);
    }
    let why = if member.required {
        "the buyer needs it and nothing of ours looks like it: say what is sent"
    } else {
        "nothing of ours looks like it"
    };
    Fate::Out(Confidence::Unknown, why.to_owned())
}

fn guess(making: &Making<'_>, member: &Member) -> Option<Guess> {
    use Confidence::{Likely, Sure};
    let (name, fields) = (member.name.as_str(), making.fields);
    let post = making.phase == Phase::Post;
    if is_test(name) {
        let style = match values::flag_style(&member.sample, member.bare) {
            Some(style) => style,
            None => Style::OneZero,
        };
        return Some(Guess::new(From::Meta(Meta::Test), Sure, "marks a test").styled(style));
    }
    if post && making.pinged && is_token_here(making, member) {
        return Some(Guess::new(From::PingToken, Sure, "what the ping's answer gave"));
    }
    let plain = bare(name);
    if let Some(field) = fields.iter().find(|field| bare(&field.name) == plain) {
        return Some(Guess::new(From::Field(field.name.clone()), Sure, "the same name"));
    }
    if let Some(guess) = part(fields, name) {
        return Some(guess);
    }
    match meaning(fields, &plain) {
        Some(place) if fields.iter().any(|field| field.name == place) => {
            return Some(Guess::new(From::Field(place), Sure, "a name that means this"));
        }
        Some(place) if place == "name" => return whole_name(fields),
        Some(place) => {
            if let Some(meta) = names::of_place(&place) {
                let style = if meta == Meta::ConsentAt { values::instant(&member.sample) } else { Style::Plain };
                return Some(Guess::new(From::Meta(meta), Sure, "a name that means this").styled(style));
            }
        }
        None => {}
    }
    if is_agreed(name) {
        let sample = if member.sample.is_empty() { member.allowed.first()? } else { &member.sample };
        let constant = From::Constant(sample.clone());
        return Some(Guess::new(constant, Likely, "says that the consumer agreed: every lead with consent did"));
    }
    // What stands around it may say what it is: `tcpa.timestamp`.
    let meta = names::meta(&around(member)).or_else(|| names::meta(name));
    if let Some(meta) = meta.filter(|meta| post || *meta != Meta::Price) {
        let style = match meta {
            Meta::ReceivedAt | Meta::ConsentAt => values::instant(&member.sample),
            Meta::HasTrustedForm | Meta::HasJornaya => {
                values::flag_style(&member.sample, member.bare).unwrap_or(Style::YesNo)
            }
            _ => Style::Plain,
        };
        return Some(Guess::new(From::Meta(meta), Likely, "a name that means this").styled(style));
    }
    if is_lead_id(name) || is_lead_id(&around(member)) {
        return Some(Guess::new(From::Meta(Meta::LeadId), Likely, "an id of ours for the lead"));
    }
    alike(fields, &plain).or_else(|| near(fields, name)).or_else(|| by_value(fields, member))
}

/// Names of one question that have no word in common.
const ASKED: [&[&str]; 9] = [
    &[
        "ownshome",
        "ownhome",
        "homeowner",
        "homeownerstatus",
        "homeownership",
        "ownrent",
        "ownorrent",
        "residencestatus",
        "isownedhome",
    ],
    &["currentlyinsured", "insured", "hasinsurance", "isinsured", "currentinsurance", "haveinsurance"],
    &[
        "currentcarrier",
        "currentinsurer",
        "carrier",
        "insurer",
        "insurancecompany",
        "currentinsurancecompany",
        "insurancecarrier",
    ],
    &["vehiclecount", "numvehicles", "numberofvehicles", "vehicles", "carcount", "numcars"],
    &["creditrating", "creditscore", "credit", "credithistory", "selfcreditrating"],
    &["gender", "sex"],
    &["maritalstatus", "married", "ismarried"],
    &["timeframe", "buytimeframe", "projecttimeframe", "timeline", "whentostart", "starttime", "purchasetimeframe"],
    &["householdincome", "income", "annualincome", "yearlyincome"],
];

fn alike(fields: &[Field], plain: &str) -> Option<Guess> {
    let words = ASKED.iter().find(|words| words.contains(&plain))?;
    let field = fields.iter().find(|field| words.contains(&bare(&field.name).as_str()))?;
    Some(Guess::new(From::Field(field.name.clone()), Confidence::Likely, "asks the same by its name"))
}

/// A member's name with what it stands in.
fn around(member: &Member) -> String {
    let parts: Vec<&str> = member.to.split('.').collect();
    parts[parts.len().saturating_sub(2)..].join("_")
}

/// Whether a member of a post is what the ping's answer gave: by its value in the samples, or by its name.
fn is_token_here(making: &Making<'_>, member: &Member) -> bool {
    let learned = making.token;
    if learned.is_some_and(|learned| !member.sample.is_empty() && learned.value == member.sample) {
        return true;
    }
    let same = learned.is_some_and(|learned| bare(&learned.name) == bare(&member.name));
    same || is_token(&member.name)
}

/// A field whose words are all in the name, or all of whose label's are; the longest one.
fn near(fields: &[Field], name: &str) -> Option<Guess> {
    let own = words(name);
    let inside = |text: &str| {
        let all = words(text);
        let count = all.len();
        (count > 0 && all.iter().all(|word| own.iter().any(|have| stem(have) == stem(word)))).then_some(count)
    };
    let score = |field: &Field| inside(&field.name).max(inside(&field.label));
    let best = fields.iter().filter_map(|field| Some((score(field)?, field)));
    // Of equal ones the first; one word of several is too little.
    let (count, field) = best.fold(None, |best: Option<(usize, &Field)>, next| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    })?;
    let enough = count > 1
        || own.len() <= 2
        || matches!(field.kind, FieldKind::Zip | FieldKind::Phone | FieldKind::Email | FieldKind::State);
    enough.then(|| Guess::new(From::Field(field.name.clone()), Confidence::Likely, "its words are in the name"))
}

/// A word without its ending: `insured` and `insurance`, `vehicles` and `vehicle`.
fn stem(word: &str) -> &str {
    let cut = ["ance", "ation", "ed", "es", "s", "ing", "er"];
    cut.iter().find_map(|end| word.strip_suffix(end).filter(|rest| rest.len() >= 4)).unwrap_or(word)
}

/// By how the sample's value looks, where only one field can be meant.
fn by_value(fields: &[Field], member: &Member) -> Option<Guess> {
    let sample = member.sample.as_str();
    let digits = sample.bytes().filter(u8::is_ascii_digit).count();
    let made = |from: From, why: &str| Some(Guess::new(from, Confidence::Likely, why.to_owned()));
    let only = |wanted: fn(&FieldKind) -> bool, why: &str| {
        let mut found = fields.iter().filter(|field| wanted(&field.kind));
        let first = found.next()?;
        found.next().is_none().then(|| Guess::new(From::Field(first.name.clone()), Confidence::Likely, why))
    };
    if sample.contains("cert.trustedform.com") {
        return made(From::Meta(Meta::TrustedForm), "its value is a TrustedForm certificate");
    }
    if sample.starts_with("Mozilla/") {
        return made(From::Meta(Meta::ConsentUserAgent), "its value is a browser's");
    }
    if sample.parse::<std::net::IpAddr>().is_ok() {
        let field = fields.iter().find(|field| matches!(field.kind, FieldKind::Ip));
        let from = field.map_or(From::Meta(Meta::ConsentIp), |field| From::Field(field.name.clone()));
        return made(from, "its value is an address of the network");
    }
    if sample.contains('@') && sample.contains('.') && !sample.contains(' ') {
        return only(|kind| matches!(kind, FieldKind::Email), "its value is an e-mail address");
    }
    let phone = |text: &str| text.chars().all(|letter| letter.is_ascii_digit() || "()+-. ".contains(letter));
    if (10..=11).contains(&digits) && phone(sample) {
        return only(|kind| matches!(kind, FieldKind::Phone), "its value is a phone number");
    }
    if values::date(sample).is_some() && digits == 8 && sample.len() > 8 {
        return only(|kind| matches!(kind, FieldKind::Date), "its value is a date");
    }
    // The words of one of our choices.
    let known = |field: &&Field| match &field.kind {
        FieldKind::Choice { values } => {
            let any = |text: &String| values.iter().any(|own| bare(own) == bare(text) && bare(text).len() > 3);
            any(&member.sample)
                || (member.allowed.len() > 2
                    && member.allowed.iter().filter(|text| any(text)).count() * 2 > member.allowed.len())
        }
        _ => false,
    };
    let mut found = fields.iter().filter(known);
    let first = found.next()?;
    if found.next().is_some() {
        return None;
    }
    made(From::Field(first.name.clone()), "its values are those of this field")
}
