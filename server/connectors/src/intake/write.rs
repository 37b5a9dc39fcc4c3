//! Writes answers: one ordered tree as JSON or as XML.

use model::Micros;

/// A value of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Val {
    /// A text.
    Text(String),
    /// Digits as they are to stand there.
    Number(String),
    /// Yes or no.
    Flag(bool),
    /// Nothing.
    Null,
    /// A list.
    List(Vec<Val>),
    /// Members in their order. In XML a name may be there twice.
    Object(Vec<(String, Val)>),
}

/// A text.
pub(super) fn text(value: impl Into<String>) -> Val {
    Val::Text(value.into())
}

/// A whole number.
pub(super) fn whole(value: impl std::fmt::Display) -> Val {
    Val::Number(value.to_string())
}

/// An amount as the shortest number: `14`, `12.5`.
pub(super) fn amount(value: Micros) -> Val {
    Val::Number(shortest(value))
}

/// The shortest decimal: `14`, `12.5`.
pub(super) fn shortest(value: Micros) -> String {
    value.to_decimal().trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Members in their order.
pub(super) fn object<const N: usize>(members: [(&str, Val); N]) -> Val {
    Val::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

impl Val {
    /// The same with one more member.
    pub(super) fn and(mut self, name: &str, value: Option<Val>) -> Self {
        if let (Self::Object(members), Some(value)) = (&mut self, value) {
            members.push((name.to_owned(), value));
        }
        self
    }

    /// As JSON.
    pub(super) fn json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out);
        out
    }

    fn write_json(&self, out: &mut String) {
        match self {
            Self::Text(value) => quoted(value, out),
            Self::Number(digits) => out.push_str(digits),
            Self::Flag(flag) => out.push_str(if *flag { "true" } else { "false" }),
            Self::Null => out.push_str("null"),
            Self::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    item.write_json(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    quoted(name, out);
                    out.push(':');
                    value.write_json(out);
                }
                out.push('}');
            }
        }
    }

    /// As an XML element of this name; the items of a list are written into it one after the other.
    pub(super) fn xml(&self, name: &str) -> String {
        let mut out = String::new();
        self.write_xml(name, &mut out);
        out
    }

    fn write_xml(&self, name: &str, out: &mut String) {
        let mut inside = String::new();
        match self {
            Self::Text(value) | Self::Number(value) => escaped(value, &mut inside),
            Self::Flag(flag) => inside.push_str(if *flag { "true" } else { "false" }),
            Self::Null => {
                out.push_str(&format!("<{name}/>"));
                return;
            }
            Self::List(items) => items.iter().for_each(|item| item.write_members(&mut inside)),
            Self::Object(_) => self.write_members(&mut inside),
        }
        out.push_str(&format!("<{name}>{inside}</{name}>"));
    }

    fn write_members(&self, out: &mut String) {
        match self {
            Self::Object(members) => members.iter().for_each(|(name, value)| value.write_xml(name, out)),
            single => single.write_xml("item", out),
        }
    }
}

fn quoted(value: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(value).to_string());
}

fn escaped(value: &str, out: &mut String) {
    for letter in value.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            letter if letter.is_control() && !matches!(letter, '\t' | '\n' | '\r') => {}
            letter => out.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_tree_is_written_both_ways() {
        let tree = object([
            ("result", text("a<b&\"c")),
            ("price", amount(Micros::cents(1250))),
            ("nothing", Val::Null),
            ("errors", Val::List(vec![object([("error", text("x"))]), object([("error", text("y"))])])),
        ])
        .and("more", Some(Val::Flag(true)))
        .and("none", None);
        assert_eq!(
            tree.json(),
            r#"{"result":"a<b&\"c","price":12.5,"nothing":null,"errors":[{"error":"x"},{"error":"y"}],"more":true}"#
        );
        assert_eq!(
            tree.xml("r"),
            "<r><result>a&lt;b&amp;&quot;c</result><price>12.5</price><nothing/><errors><error>x</error>\
             <error>y</error></errors><more>true</more></r>"
        );
        assert_eq!(shortest(Micros::units(1_200)), "1200");
        assert_eq!(shortest(Micros::ZERO), "0");
    }
}
