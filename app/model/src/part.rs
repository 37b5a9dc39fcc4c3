//! Parts of values (the area code of a phone number), and paths to a value: `zip`, `phone.area`, `drivers[0].birth_date.age`.
//!
//! Names of fields have no dot and no bracket, so a path is never the name of another field.

use crate::field::{Field, FieldKind, Visibility};
use serde::{Deserialize, Serialize};

/// What can be taken out of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The area code of a North American phone number.
    Area,
    /// The three digits after the area code.
    Exchange,
    /// The last four digits of a North American phone number.
    Line,
    /// The country's calling code of a phone number, without `+`.
    Calling,
    /// The domain of an e-mail address. Of a personal address it is one of the big free mailers, or `other`.
    Domain,
    /// What stands before the `@`.
    Mailbox,
    /// The first three digits of a ZIP code.
    Zip3,
    /// The first three signs of a Canadian postal code (forward sortation area).
    Fsa,
    /// Full years from a date to the day the lead came (UTC).
    Age,
    /// The year of a date.
    Year,
    /// The month of a date, 1 to 12.
    Month,
    /// The day of a date, 1 to 31.
    Day,
    /// The lower end of a range; an open one has none.
    Low,
    /// The upper end of a range; an open one has none.
    High,
    /// Half way between the ends, rounded down; a range with an open end has none.
    Mid,
    /// The host of a web address.
    Host,
    /// 4 or 6.
    Version,
    /// `desktop`, `mobile`, `tablet`, `bot` or `other`.
    Device,
    /// `windows`, `macos`, `ios`, `android`, `linux`, `chromeos` or `other`.
    Os,
    /// `chrome`, `safari`, `firefox`, `edge`, `opera`, `samsung` or `other`.
    Browser,
    /// `trustedform` or `jornaya`.
    Vendor,
    /// The house number of an address.
    Number,
    /// The flat or suite of an address.
    Unit,
    /// How many records a list has.
    Count,
}

/// Every part with its name in paths and its words.
const PARTS: [(Part, &str, &str); 24] = [
    (Part::Area, "area", "area code"),
    (Part::Exchange, "exchange", "exchange"),
    (Part::Line, "line", "last four digits"),
    (Part::Calling, "calling", "country code"),
    (Part::Domain, "domain", "domain"),
    (Part::Mailbox, "mailbox", "mailbox"),
    (Part::Zip3, "zip3", "first three digits"),
    (Part::Fsa, "fsa", "first three signs"),
    (Part::Age, "age", "age in years"),
    (Part::Year, "year", "year"),
    (Part::Month, "month", "month"),
    (Part::Day, "day", "day"),
    (Part::Low, "low", "lower end"),
    (Part::High, "high", "upper end"),
    (Part::Mid, "mid", "middle"),
    (Part::Host, "host", "host"),
    (Part::Version, "version", "version"),
    (Part::Device, "device", "device"),
    (Part::Os, "os", "system"),
    (Part::Browser, "browser", "browser"),
    (Part::Vendor, "vendor", "vendor"),
    (Part::Number, "number", "house number"),
    (Part::Unit, "unit", "unit"),
    (Part::Count, "count", "how many"),
];

impl Part {
    /// The name in paths.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// What people call it.
    #[must_use]
    pub fn words(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> &'static (Self, &'static str, &'static str) {
        PARTS.iter().find(|(part, ..)| *part == self).unwrap_or(&PARTS[0])
    }

    /// The part of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        PARTS.iter().find(|(_, own, _)| *own == name).map(|(part, ..)| *part)
    }

    /// Whether many people share it, so that it may be in a ping and in a filter though its field is personal.
    #[must_use]
    pub const fn shared(self) -> bool {
        matches!(
            self,
            Self::Area | Self::Calling | Self::Domain | Self::Zip3 | Self::Fsa | Self::Age | Self::Year | Self::Version
        ) || matches!(self, Self::Device | Self::Os | Self::Browser | Self::Vendor)
    }

    /// Whether it is a whole number.
    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Age | Self::Year | Self::Month | Self::Day | Self::Low | Self::High)
            || matches!(self, Self::Mid | Self::Version | Self::Count | Self::Calling)
    }
}

impl FieldKind {
    /// The parts that values of this kind have.
    #[must_use]
    pub const fn parts(&self) -> &'static [Part] {
        match self {
            Self::Range { .. } | Self::Band { .. } => &[Part::Low, Part::High, Part::Mid],
            Self::Date => &[Part::Age, Part::Year, Part::Month, Part::Day],
            Self::YearMonth => &[Part::Year, Part::Month],
            Self::Phone => &[Part::Area, Part::Exchange, Part::Line],
            Self::PhoneInternational => &[Part::Calling, Part::Area, Part::Exchange, Part::Line],
            Self::Email => &[Part::Domain, Part::Mailbox],
            Self::Zip => &[Part::Zip3],
            Self::PostalCode => &[Part::Zip3, Part::Fsa],
            Self::PostalCodeCa => &[Part::Fsa],
            Self::Address => &[Part::Number, Part::Unit],
            Self::Url => &[Part::Host],
            Self::Ip => &[Part::Version],
            Self::UserAgent => &[Part::Device, Part::Os, Part::Browser],
            Self::Certificate => &[Part::Vendor],
            Self::List { .. } => &[Part::Count],
            Self::Text { .. } | Self::Integer { .. } | Self::Decimal { .. } | Self::Money { .. } => &[],
            Self::Boolean | Self::Choice { .. } | Self::State | Self::Province => &[],
            Self::StateOrProvince | Self::Country => &[],
        }
    }
}

/// What a path leads to.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The list, when the field is a member of its records.
    pub list: Option<&'a Field>,
    /// Which record, from 0; none is any of them.
    pub index: Option<usize>,
    /// The field.
    pub field: &'a Field,
    /// What of it.
    pub part: Option<Part>,
}

/// Follows a path; none when there is no such field, member or part.
#[must_use]
pub fn place<'a>(fields: &'a [Field], path: &str) -> Option<Place<'a>> {
    let name = path.split(['.', '[']).next()?;
    let field = fields.iter().find(|field| field.name == name)?;
    let rest = &path[name.len()..];
    let FieldKind::List { members, .. } = &field.kind else { return of(None, None, field, rest) };
    if rest.is_empty() || rest == ".count" {
        return of(None, None, field, rest);
    }
    let (index, rest) = match rest.strip_prefix('[') {
        Some(inner) => {
            let (digits, rest) = inner.split_once(']')?;
            (Some(digits.parse::<usize>().ok()?), rest)
        }
        None => (None, rest),
    };
    let inner = rest.strip_prefix('.')?;
    let name = inner.split('.').next()?;
    let member = members.iter().find(|member| member.name == name)?;
    of(Some(field), index, member, &inner[name.len()..])
}

fn of<'a>(list: Option<&'a Field>, index: Option<usize>, field: &'a Field, rest: &str) -> Option<Place<'a>> {
    let part = match rest.strip_prefix('.') {
        Some(name) => Some(Part::named(name).filter(|part| field.kind.parts().contains(part))?),
        None if rest.is_empty() => None,
        None => return None,
    };
    Some(Place { list, index, field, part })
}

/// Every path that a filter can be about, in the order of the fields: each field with the parts of it that may be seen, and of
/// a list how many records it has and the members of any of them.
#[must_use]
pub fn paths(fields: &[Field]) -> Vec<String> {
    let mut all = Vec::new();
    for field in fields {
        if let FieldKind::List { members, .. } = &field.kind {
            all.push(format!("{}.count", field.name));
            for member in members {
                own(member, &format!("{}.{}", field.name, member.name), &mut all);
            }
        } else {
            own(field, &field.name, &mut all);
        }
    }
    all
}

fn own(field: &Field, path: &str, all: &mut Vec<String>) {
    all.push(path.to_owned());
    let personal = field.visibility == Visibility::Personal;
    let seen = field.kind.parts().iter().filter(|part| !personal || part.shared());
    all.extend(seen.map(|part| format!("{path}.{}", part.name())));
}

impl Place<'_> {
    /// Who may see it. A shared part of a personal field is seen in a ping.
    #[must_use]
    pub fn visibility(&self) -> Visibility {
        match self.field.visibility {
            Visibility::Personal if self.part.is_some_and(Part::shared) => Visibility::Pingable,
            own => own,
        }
    }

    /// What people call it: *Phone, area code*; *Drivers 1: Age*.
    #[must_use]
    pub fn label(&self) -> String {
        let own = match self.part {
            Some(part) => format!("{}, {}", self.field.label, part.words()),
            None => self.field.label.clone(),
        };
        match (self.list, self.index) {
            (Some(list), Some(index)) => format!("{} {}: {own}", list.label, index + 1),
            (Some(list), None) => format!("{}: {own}", list.label),
            (None, _) => own,
        }
    }

    /// Whether it can be between two numbers.
    #[must_use]
    pub const fn compares(&self) -> bool {
        match self.part {
            Some(part) => part.is_number(),
            None => matches!(
                self.field.kind,
                FieldKind::Integer { .. }
                    | FieldKind::Decimal { .. }
                    | FieldKind::Money { .. }
                    | FieldKind::Range { .. }
                    | FieldKind::Band { .. }
            ),
        }
    }

    /// Whether it can be one of several values.
    #[must_use]
    pub const fn lists(&self) -> bool {
        self.part.is_some()
            || !matches!(
                self.field.kind,
                FieldKind::Boolean
                    | FieldKind::Decimal { .. }
                    | FieldKind::Money { .. }
                    | FieldKind::Range { .. }
                    | FieldKind::List { .. }
            )
    }

    /// Whether it can begin with something.
    #[must_use]
    pub const fn begins(&self) -> bool {
        self.lists() && !self.compares()
    }

    /// Whether it is yes or no.
    #[must_use]
    pub const fn is_flag(&self) -> bool {
        self.part.is_none() && matches!(self.field.kind, FieldKind::Boolean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, kind: FieldKind, visibility: Visibility) -> Field {
        let label = name.replace('_', " ");
        Field { name: name.into(), label, kind, required: false, visibility, example: String::new() }
    }

    #[test]
    fn paths_lead_to_fields_members_and_parts() {
        let members = vec![
            field("birth_date", FieldKind::Date, Visibility::Personal),
            field("gender", FieldKind::Choice { values: vec!["male".into()] }, Visibility::Pingable),
        ];
        let fields = [
            field("phone", FieldKind::Phone, Visibility::Personal),
            field("drivers", FieldKind::List { max: 4, members }, Visibility::Internal),
        ];
        let seen = |path: &str| place(&fields, path).map(|place| (place.label(), place.visibility()));
        assert_eq!(seen("phone"), Some(("phone".into(), Visibility::Personal)));
        assert_eq!(seen("phone.area"), Some(("phone, area code".into(), Visibility::Pingable)));
        assert_eq!(seen("phone.line"), Some(("phone, last four digits".into(), Visibility::Personal)));
        assert_eq!(seen("drivers.count"), Some(("drivers, how many".into(), Visibility::Internal)));
        assert_eq!(seen("drivers[1].gender"), Some(("drivers 2: gender".into(), Visibility::Pingable)));
        assert_eq!(
            seen("drivers.birth_date.age"),
            Some(("drivers: birth date, age in years".into(), Visibility::Pingable))
        );
        assert_eq!(seen("drivers[0].birth_date").map(|(_, seen)| seen), Some(Visibility::Personal));
        for wrong in ["", "fax", "phone.", "phone.zip3", "phone[0]", "drivers[0]", "drivers[x].gender", "drivers.age"] {
            assert!(place(&fields, wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn every_path_leads_somewhere() {
        let members = vec![field("birth_date", FieldKind::Date, Visibility::Personal)];
        let fields = [
            field("phone", FieldKind::Phone, Visibility::Personal),
            field("since", FieldKind::YearMonth, Visibility::Internal),
            field("drivers", FieldKind::List { max: 4, members }, Visibility::Internal),
        ];
        let wanted = [
            "phone",
            "phone.area",
            "since",
            "since.year",
            "since.month",
            "drivers.count",
            "drivers.birth_date",
            "drivers.birth_date.age",
            "drivers.birth_date.year",
        ];
        assert_eq!(paths(&fields), wanted);
        assert!(paths(&fields).iter().all(|path| place(&fields, path).is_some()));
    }

    #[test]
    fn every_part_has_its_name() {
        for (part, name, _) in PARTS {
            assert_eq!((part.name(), Part::named(name)), (name, Some(part)));
            assert_eq!(serde_json::to_value(part).unwrap(), name);
        }
    }
}
