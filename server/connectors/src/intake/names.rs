//! From the names a sender uses to ours: first what its source's configuration says, then what its platform means by a name,
//! then fields of the same name however it is spelled, then names that everybody uses.

use super::request::Member;
use model::{
    field::{Field, FieldKind, Visibility},
    intake::{Alias, Intake, Platform},
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Longest value that is kept of a member no field knows, in characters, and most such members.
const LONGEST_UNKNOWN: usize = 1_000;
const MOST_UNKNOWN: usize = 100;

/// Names that mean the same, written without capitals and signs, and where the value goes when the campaign has no such field.
const GROUPS: &[(&[&str], &str)] = &[
    (&["zip", "zipcode", "postalcode", "postcode", "postal"], ""),
    (&["state", "region", "province", "statecode"], ""),
    (&["city", "town"], ""),
    (
        &[
            "phone",
            "primaryphone",
            "phonenumber",
            "phone1",
            "cellphone",
            "phonecell",
            "mobile",
            "mobilephone",
            "mobilenumber",
            "homephone",
            "phonehome",
            "dayphone",
            "telephone",
            "workphone",
            "phonework",
        ],
        "",
    ),
    (&["email", "emailaddress", "workemail"], ""),
    (&["firstname", "fname", "givenname"], ""),
    (&["lastname", "lname", "surname", "familyname"], ""),
    (&["fullname", "name", "yourname"], "name"),
    (&["address", "address1", "streetaddress", "street", "street1", "addressline1"], ""),
    (&["address2", "street2", "addressline2"], ""),
    (&["dob", "dateofbirth", "birthdate", "birthday"], ""),
    (&["ipaddress", "ip", "userip", "clientip", "remoteip", "consumerip"], "consent.ip"),
    (&["useragent", "browser"], "consent.user_agent"),
    (&["landingpage", "landingpageurl", "pageurl", "websiteurl", "sourceurl", "optinurl", "url"], "consent.page_url"),
    (&["tcpalanguage", "tcpatext", "consenttext", "disclaimer", "consentlanguage"], "consent.text"),
    (&["tcpaconsent", "tcpa", "consentgiven", "optin"], "consent.signature"),
    (&["consentdatetime", "consenttimestamp", "consentdate", "tcpatimestamp"], "consent.granted_at"),
    (
        &[
            "xxtrustedformcerturl",
            "trustedformcerturl",
            "trustedformurl",
            "trustedform",
            "trustedformcertid",
            "trustedformtoken",
            "trustedformcert",
        ],
        "certificates.trustedform",
    ),
    (
        &["jornaya", "universalleadid", "leadidtoken", "jornayaleadid", "leadid", "jornayatoken", "leadidcode"],
        "certificates.jornaya",
    ),
    (&["clickid"], "source.click_id"),
    (&["subid", "subid1", "sub1"], "source.sub1"),
    (&["subid2", "sub2"], "source.sub2"),
    (&["subid3", "sub3"], "source.sub3"),
    (&["subid4", "sub4"], "source.sub4"),
    (&["subid5", "sub5"], "source.sub5"),
];

/// Where a value may go that is no field.
const PATHS: &[&str] = &[
    "external_id",
    "name",
    "source.sub1",
    "source.sub2",
    "source.sub3",
    "source.sub4",
    "source.sub5",
    "source.click_id",
    "consent.text_version",
    "consent.text",
    "consent.granted_at",
    "consent.signature",
    "consent.page_url",
    "consent.ip",
    "consent.user_agent",
    "certificates.trustedform",
    "certificates.jornaya",
];

/// Whether a configuration may name this as the place of a value: nothing, one of the known paths, what could be a field, or
/// a member of a record of one (`drivers[0].dob`).
#[must_use]
pub fn usable(target: &str) -> bool {
    let field = |name: &str| {
        name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let member = |(list, index, member): (&str, &str, &str)| {
        !list.is_empty() && !member.is_empty() && field(list) && field(member) && target == path(list, index, member)
    };
    target.is_empty() || PATHS.contains(&target) || field(target) || in_record(target).is_some_and(member)
}

/// The parts of `drivers[0].dob`, which tools also write `drivers.0.dob` and `drivers[0][dob]`.
fn in_record(name: &str) -> Option<(&str, &str, &str)> {
    let at = name.find(['[', '.'])?;
    let (list, rest) = (&name[..at], &name[at + 1..]);
    let (index, member) = match name.as_bytes()[at] {
        b'[' => {
            let (index, rest) = rest.split_once(']')?;
            let bracketed = || rest.strip_prefix('[')?.strip_suffix(']');
            (index, rest.strip_prefix('.').or_else(bracketed)?)
        }
        _ => rest.split_once('.')?,
    };
    // Nobody lists more than two digits of records.
    let number = (1..=2).contains(&index.len()) && index.bytes().all(|byte| byte.is_ascii_digit());
    number.then_some((list, index, member))
}

fn path(list: &str, index: &str, member: &str) -> String {
    format!("{list}[{index}].{member}")
}

/// By what a sender's names are read.
#[derive(Debug, Clone, Copy)]
pub struct Aliases<'a> {
    /// What the source's configuration says.
    pub intake: &'a Intake,
    /// Whose members have a meaning of their own.
    pub platform: Option<Platform>,
    /// The campaign's fields.
    pub fields: &'a [Field],
}

/// A submission made of a sender's members.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Placed {
    /// The body as our own API takes it; the campaign and what refers to a ping are still to be added.
    pub body: Map<String, Value>,
    /// What the sender calls each value, by our name.
    pub theirs: BTreeMap<String, String>,
    /// The sender's own id of the lead.
    pub external_id: Option<String>,
}

/// Puts members where they belong. A ping keeps only what buyers may see before the award: personal values, the act of
/// consent and members without a field are left out, so that they are neither stored nor sent.
#[must_use]
pub fn place(members: &[Member], aliases: Aliases<'_>, ping: bool) -> Placed {
    let mut placing = Placing { aliases, ping, fields: Map::new(), other: Map::new(), placed: Placed::default() };
    for member in members.iter().filter(|member| !member.value.trim().is_empty()) {
        placing.put(member);
    }
    placing.finish()
}

struct Placing<'a> {
    aliases: Aliases<'a>,
    ping: bool,
    fields: Map<String, Value>,
    /// Members that no field knows.
    other: Map<String, Value>,
    placed: Placed,
}

impl Placing<'_> {
    fn put(&mut self, member: &Member) {
        let target = self.target(&member.name);
        let value = member.value.trim();
        match target.as_deref() {
            Some("") => {}
            Some("name") => self.whole_name(value),
            Some("external_id") => {
                self.placed.external_id.get_or_insert_with(|| value.to_owned());
            }
            Some(path) if path.contains('[') => self.member(path, member),
            Some(path) if path.contains('.') => self.path(path, member),
            Some(field) => {
                let field = field.to_owned();
                self.field(&field, member);
            }
            None => self.unknown(&member.name, value),
        }
    }

    /// Where a name belongs; none when nobody knows it.
    fn target(&self, name: &str) -> Option<String> {
        let own = |alias: &&Alias| alias.theirs.eq_ignore_ascii_case(name);
        if let Some(alias) = self.aliases.intake.names.iter().find(own) {
            return Some(alias.ours.clone());
        }
        let platform = self.aliases.platform.map(super::own).unwrap_or_default();
        if let Some((_, target)) = platform.iter().find(|(theirs, _)| theirs.eq_ignore_ascii_case(name)) {
            return Some((*target).to_owned());
        }
        let bare = bare(name);
        if let Some(field) = self.aliases.fields.iter().find(|field| self::bare(&field.name) == bare) {
            return Some(field.name.clone());
        }
        if let Some(path) = self.record(name) {
            return Some(path);
        }
        // A tool nests what it likes: `contact.email` is an e-mail address. A platform's dotted names mean what they say.
        if let Some((_, last)) = name.rsplit_once('.').filter(|_| self.aliases.platform.is_none()) {
            return self.target(last);
        }
        meaning(self.aliases.fields, &bare)
    }

    /// The place of a member of a record that the campaign has, however its name is spelled.
    fn record(&self, name: &str) -> Option<String> {
        let (list, index, member) = in_record(name)?;
        let (list, member) = (bare(list), bare(member));
        let (list, members) = self.aliases.fields.iter().find_map(|field| match &field.kind {
            FieldKind::List { members, .. } if bare(&field.name) == list => Some((&field.name, members)),
            _ => None,
        })?;
        let member = members.iter().find(|own| bare(&own.name) == member)?;
        Some(path(list, index, &member.name))
    }

    /// Keeps a member of a record under its path, which the reading of a lead puts into its record.
    fn member(&mut self, path: &str, member: &Member) {
        let Some((list, _, name)) = in_record(path) else { return };
        let own = self.aliases.fields.iter().find(|field| field.name == list).and_then(|field| match &field.kind {
            FieldKind::List { members, .. } => members.iter().find(|own| own.name == name),
            _ => None,
        });
        let Some(own) = own else { return self.unknown(&member.name, member.value.trim()) };
        if self.ping && own.visibility == Visibility::Personal {
            return;
        }
        let value = match own.kind {
            FieldKind::Zip if member.number && member.value.len() < 5 => format!("{:0>5}", member.value),
            _ => member.value.trim().to_owned(),
        };
        if self.fields.contains_key(path) {
            return self.unknown(&member.name, &value);
        }
        self.fields.insert(path.to_owned(), Value::String(value));
        self.placed.theirs.insert(path.to_owned(), member.name.clone());
    }

    fn named(&self, bare: &str) -> Option<String> {
        self.aliases.fields.iter().find(|field| self::bare(&field.name) == bare).map(|field| field.name.clone())
    }

    fn field(&mut self, name: &str, member: &Member) {
        let field = self.aliases.fields.iter().find(|field| field.name == name);
        let personal = field.is_none_or(|field| field.visibility == Visibility::Personal);
        if self.ping && personal {
            return;
        }
        let value = match field.map(|field| &field.kind) {
            // A bare number has lost its zeros.
            Some(FieldKind::Zip) if member.number && member.value.len() < 5 => format!("{:0>5}", member.value),
            _ => member.value.trim().to_owned(),
        };
        if self.fields.contains_key(name) {
            return self.unknown(&member.name, &value);
        }
        self.fields.insert(name.to_owned(), Value::String(value));
        self.placed.theirs.insert(name.to_owned(), member.name.clone());
    }

    fn whole_name(&mut self, value: &str) {
        let (first, last) = value.rsplit_once(' ').unwrap_or((value, ""));
        for (word, part) in [("firstname", first), ("lastname", last)] {
            match self.named(word) {
                Some(field) if !part.is_empty() => self.field(&field, &Member::new("name", part)),
                _ => {}
            }
        }
    }

    fn path(&mut self, path: &str, member: &Member) {
        let value = member.value.trim();
        let Some((part, name)) = path.split_once('.') else { return };
        let value = match path {
            _ if part == "consent" && self.ping => return,
            "certificates.trustedform" => trustedform(value),
            "certificates.jornaya" => jornaya(value),
            "consent.granted_at" => instant(value),
            _ => Some(value.to_owned()),
        };
        let Some(value) = value else { return self.unknown(&member.name, member.value.trim()) };
        let object = self.placed.body.entry(part).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(object) = object {
            object.entry(name).or_insert(Value::String(value));
            self.placed.theirs.entry(path.to_owned()).or_insert_with(|| member.name.clone());
        }
    }

    fn unknown(&mut self, name: &str, value: &str) {
        let fits = value.chars().count() <= LONGEST_UNKNOWN && name.chars().count() <= 200;
        let known = self.aliases.fields.iter().any(|field| field.name == name);
        if !self.ping && fits && !known && self.other.len() < MOST_UNKNOWN {
            self.other.entry(name).or_insert_with(|| Value::String(value.to_owned()));
        }
    }

    fn finish(mut self) -> Placed {
        // Whoever said no has not consented, whatever else came with it.
        let refused = self.placed.body.get("consent").and_then(|consent| consent["signature"].as_str());
        if refused
            .is_some_and(|word| matches!(word.to_ascii_lowercase().as_str(), "no" | "n" | "false" | "0" | "off" | "na"))
        {
            self.placed.body.remove("consent");
        }
        let mut fields = self.other;
        fields.extend(self.fields);
        self.placed.body.insert("fields".to_owned(), Value::Object(fields));
        self.placed
    }
}

/// What everybody means by a bare name: one of these fields, or a known place such as `consent.ip`; none when nobody means
/// anything by it.
pub(crate) fn meaning(fields: &[Field], bare: &str) -> Option<String> {
    let (words, fallback) = GROUPS.iter().find(|(words, _)| words.contains(&bare))?;
    let named = |word: &&str| fields.iter().find(|field| self::bare(&field.name) == **word);
    let field = words.iter().find_map(named).map(|field| field.name.clone());
    field.or_else(|| (!fallback.is_empty()).then(|| (*fallback).to_owned()))
}

/// A name without capitals and signs.
pub(crate) fn bare(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// A certificate's address; of its id alone the address is known.
fn trustedform(value: &str) -> Option<String> {
    let id = value.len() == 40 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    if id {
        return Some(format!("https://cert.trustedform.com/{value}"));
    }
    let value = value.replacen("http://", "https://", 1);
    let host = value.strip_prefix("https://")?.split('/').next()?;
    (host.contains('.') && !host.contains('@') && !value.contains(char::is_whitespace)).then_some(value)
}

fn jornaya(value: &str) -> Option<String> {
    let fits = value.len() == 36 && value.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    fits.then(|| value.to_owned())
}

/// An instant as we read it; one without a zone is UTC, as these platforms write it.
fn instant(value: &str) -> Option<String> {
    let (date, time) = value.split_once(['T', ' '])?;
    let digits = |text: &str, signs: &[u8]| text.bytes().all(|byte| byte.is_ascii_digit() || signs.contains(&byte));
    if date.len() != 10 || !digits(date, b"-") || !digits(time.get(..8)?, b":") {
        return None;
    }
    let zone = if time.len() == 8 { "Z" } else { "" };
    Some(format!("{date}T{time}{zone}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn field(name: &str, kind: FieldKind, visibility: Visibility) -> Field {
        Field { name: name.into(), label: name.into(), kind, required: true, visibility, example: String::new() }
    }

    fn fields() -> Vec<Field> {
        use Visibility::{Personal, Pingable};
        vec![
            field("zip", FieldKind::Zip, Pingable),
            field("home_owner", FieldKind::Boolean, Pingable),
            field("first_name", FieldKind::Text { max: 9 }, Personal),
            field("last_name", FieldKind::Text { max: 9 }, Personal),
            field("phone", FieldKind::Phone, Personal),
        ]
    }

    fn placed(pairs: &[(&str, &str)], ping: bool, intake: &Intake) -> Placed {
        let members: Vec<_> = pairs.iter().map(|(name, value)| Member::new(*name, *value)).collect();
        place(&members, Aliases { intake, platform: Some(Platform::Boberdoo), fields: &fields() }, ping)
    }

    #[test]
    fn names_are_found_however_they_are_spelled() {
        let sent = [
            ("Zip_Code", "48226"),
            ("HomeOwner", "Yes"),
            ("First_Name", "Dana"),
            ("LastName", "Reyes"),
            ("Primary_Phone", "3135550142"),
            ("IP_Address", "203.0.113.9"),
            ("TCPA_Language", "By clicking"),
            ("Sub_ID", "a"),
            ("Key", "k"),
            ("Roof", "flat"),
            ("xxTrustedFormCertUrl", "null"),
            ("LeadiD_Token", "0123ABCD-0123-0123-0123-0123456789AB"),
            ("Unique_Identifier", "u-1"),
            ("Home_Phone", "2"),
        ];
        let all = placed(&sent, false, &Intake::default());
        assert_eq!(
            Value::Object(all.body),
            json!({
                "fields": { "zip": "48226", "home_owner": "Yes", "first_name": "Dana", "last_name": "Reyes",
                    "phone": "3135550142", "Roof": "flat", "xxTrustedFormCertUrl": "null", "Home_Phone": "2" },
                "consent": { "ip": "203.0.113.9", "text": "By clicking" }, "source": { "sub1": "a" },
                "certificates": { "jornaya": "0123ABCD-0123-0123-0123-0123456789AB" },
            })
        );
        assert_eq!(all.external_id.as_deref(), Some("u-1"));
        assert_eq!(all.theirs["phone"], "Primary_Phone");
        let ping = placed(&sent, true, &Intake::default());
        assert_eq!(
            ping.body["fields"],
            json!({ "zip": "48226", "home_owner": "Yes" }),
            "nothing personal, nothing unknown"
        );
        assert!(!ping.body.contains_key("consent"));
    }

    #[test]
    fn what_the_source_says_comes_first() {
        let alias = |theirs: &str, ours: &str| Alias { theirs: theirs.into(), ours: ours.into() };
        let names =
            vec![alias("q1", "home_owner"), alias("Zip", ""), alias("1.3", "zip"), alias("cid", "source.click_id")];
        let intake = Intake { names, campaigns: Vec::new() };
        let all = placed(&[("Q1", "no"), ("Zip", "1"), ("1.3", "48226"), ("cid", "x")], false, &intake);
        assert_eq!(all.body["fields"], json!({ "home_owner": "no", "zip": "48226" }));
        assert_eq!(all.body["source"], json!({ "click_id": "x" }));
    }

    #[test]
    fn whoever_says_no_has_not_consented() {
        let said = |word: &str| {
            placed(&[("TCPA_Consent", word), ("TCPA_Language", "t")], false, &Intake::default())
                .body
                .contains_key("consent")
        };
        assert!(said("Yes") && !said("No") && !said("0"));
    }

    #[test]
    fn values_are_mended_where_only_one_thing_can_be_meant() {
        let zip = Member { name: "zip".into(), value: "2134".into(), number: true };
        let aliases = Aliases { intake: &Intake::default(), platform: None, fields: &fields() };
        assert_eq!(place(&[zip], aliases, false).body["fields"]["zip"], "02134");
        let written = Member::new("zip", "2134");
        assert_eq!(place(&[written], aliases, false).body["fields"]["zip"], "2134");
        let name = place(&[Member::new("full_name", "Dana van Reyes")], aliases, false);
        assert_eq!(name.body["fields"], json!({ "first_name": "Dana van", "last_name": "Reyes" }));
        let id = "a".repeat(40);
        assert_eq!(trustedform(&id).as_deref(), Some(format!("https://cert.trustedform.com/{id}").as_str()));
        assert_eq!(instant("2026-08-21 10:00:00").as_deref(), Some("2026-08-21T10:00:00Z"));
        assert_eq!(instant("2026-08-21T10:00:00-04:00").as_deref(), Some("2026-08-21T10:00:00-04:00"));
        assert_eq!(instant("yesterday at noon, more or less"), None);
        assert!(
            usable("drivers[0].dob") && !usable("drivers[x].dob") && !usable("drivers.0.dob") && !usable("d[0].a.b")
        );
        assert!(usable("zip") && usable("consent.ip") && usable("") && !usable("fields.zip") && !usable("Zip"));
    }

    #[test]
    fn members_of_records_have_a_place_too() {
        let member = |name: &str, visibility| field(name, FieldKind::Text { max: 9 }, visibility);
        let members = vec![member("dob", Visibility::Personal), member("gender", Visibility::Pingable)];
        let drivers = field("drivers", FieldKind::List { max: 4, members }, Visibility::Pingable);
        let fields = [fields(), vec![drivers]].concat();
        let alias = |theirs: &str, ours: &str| Alias { theirs: theirs.into(), ours: ours.into() };
        let names = vec![alias("Driver_1_Born", "drivers[0].dob"), alias("roof", "drivers[0].roof")];
        let intake = Intake { names, campaigns: Vec::new() };
        let placed = |ping| {
            let aliases = Aliases { intake: &intake, platform: None, fields: &fields };
            let sent = [
                ("Driver_1_Born", "1984-05-31"),
                ("Drivers[0].Gender", "F"),
                ("drivers.1.gender", "M"),
                ("drivers[1][dob]", "2001-01-02"),
                ("roof", "flat"),
                ("contact.phone", "3135550142"),
            ];
            let sent: Vec<_> = sent.iter().map(|(name, value)| Member::new(*name, *value)).collect();
            place(&sent, aliases, ping)
        };
        let all = placed(false);
        assert_eq!(
            all.body["fields"],
            json!({ "roof": "flat", "drivers[0].dob": "1984-05-31", "drivers[0].gender": "F", "drivers[1].gender": "M",
                "drivers[1].dob": "2001-01-02", "phone": "3135550142" })
        );
        assert_eq!(all.theirs["drivers[0].dob"], "Driver_1_Born");
        assert_eq!(placed(true).body["fields"], json!({ "drivers[0].gender": "F", "drivers[1].gender": "M" }));
    }
}
