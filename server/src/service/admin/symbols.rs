//! Documents without ids: what refers to something else does so by its short name, so that a configuration can be
//! applied to another tenant, and sentences name what people know.

use model::{
    FieldError,
    document::{Document, Kind},
    vertical::Vertical,
};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Short names and ids of everything that can be referred to.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    slugs: HashMap<String, (&'static str, String)>,
    ids: HashMap<(&'static str, String), String>,
}

const VERTICAL: &str = "vertical";
/// Members that refer to something, and to what.
const MEMBERS: [(&str, &str, &str); 3] =
    [("vertical_id", VERTICAL, VERTICAL), ("campaign_id", "campaign", "campaign"), ("buyer_id", "buyer", "buyer")];

impl Names {
    /// The names of a configuration.
    pub(super) fn of<'a>(
        verticals: impl IntoIterator<Item = &'a Vertical>,
        documents: impl IntoIterator<Item = &'a Document>,
    ) -> Self {
        let mut names = Self::default();
        for vertical in verticals {
            names.add(VERTICAL, &vertical.slug, vertical.id.to_string());
        }
        for document in documents {
            if let Some(slug) = document.slug() {
                names.add(document.kind().name(), slug, document.id().to_string());
            }
        }
        names
    }

    /// Adds a name.
    pub(super) fn add(&mut self, kind: &'static str, slug: &str, id: String) {
        self.slugs.insert(id.clone(), (kind, slug.to_owned()));
        self.ids.insert((kind, slug.to_owned()), id);
    }

    /// The id behind a short name.
    pub(super) fn id(&self, kind: &'static str, slug: &str) -> Option<&str> {
        self.ids.get(&(kind, slug.to_owned())).map(String::as_str)
    }

    /// The short name behind an id; the id itself when there is none any more.
    pub(super) fn slug<'a>(&'a self, id: &'a str) -> &'a str {
        self.slugs.get(id).map_or(id, |(_, slug)| slug)
    }

    /// A document as it is shown, without ids.
    pub(super) fn symbolic(&self, shown: &Value) -> Value {
        let Some(object) = shown.as_object() else { return shown.clone() };
        let mut out = Map::new();
        for (name, value) in object.iter().filter(|(name, _)| *name != "id") {
            match MEMBERS.iter().find(|(member, ..)| member == name) {
                Some((_, short, _)) => {
                    let slug = value.as_str().map(|id| self.slug(id).to_owned());
                    out.insert((*short).to_owned(), slug.map_or(Value::Null, Value::from));
                }
                None if name == "sources" => {
                    out.insert(name.clone(), self.source_rule(value));
                }
                None => {
                    out.insert(name.clone(), self.reference(value));
                }
            }
        }
        Value::Object(out)
    }

    fn source_rule(&self, rule: &Value) -> Value {
        let Some(object) = rule.as_object() else { return rule.clone() };
        let slugs = |list: &Value| -> Value {
            let ids = list.as_array().into_iter().flatten().filter_map(Value::as_str);
            ids.map(|id| self.slug(id).to_owned()).collect::<Vec<_>>().into()
        };
        object.iter().map(|(name, list)| (name.clone(), slugs(list))).collect::<Map<_, _>>().into()
    }

    /// Ids anywhere else become `{"ref":"source/web"}`: a text that merely looks like a name stays a text.
    fn reference(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => match self.slugs.get(text) {
                Some((kind, slug)) => json!({ "ref": format!("{kind}/{slug}") }),
                None => value.clone(),
            },
            Value::Array(list) => list.iter().map(|item| self.reference(item)).collect::<Vec<_>>().into(),
            Value::Object(object) => {
                object.iter().map(|(name, value)| (name.clone(), self.reference(value))).collect::<Map<_, _>>().into()
            }
            other => other.clone(),
        }
    }

    /// The reverse of [`Names::symbolic`], with the document's id.
    ///
    /// # Errors
    /// Every name that nothing has.
    pub(super) fn concrete(&self, kind: Kind, id: &str, symbolic: &Value) -> Result<Value, Vec<FieldError>> {
        let Some(object) = symbolic.as_object() else { return Ok(symbolic.clone()) };
        let (mut out, mut faults) = (Map::new(), Vec::new());
        out.insert("id".to_owned(), id.into());
        for (name, value) in object {
            match MEMBERS.iter().find(|(_, short, _)| short == name) {
                Some((member, short, what)) => {
                    let found = value.as_str().and_then(|slug| self.id(what, slug));
                    out.insert((*member).to_owned(), self.found(short, found, &mut faults));
                }
                None if name == "sources" && kind == Kind::Contract => {
                    out.insert(name.clone(), self.source_ids(value, &mut faults));
                }
                None => {
                    out.insert(name.clone(), self.dereference(name, value, &mut faults));
                }
            }
        }
        if faults.is_empty() { Ok(out.into()) } else { Err(faults) }
    }

    fn found(&self, path: &str, found: Option<&str>, faults: &mut Vec<FieldError>) -> Value {
        found.map_or_else(
            || {
                faults.push(FieldError::new(path, "not_found", "There is nothing of this short name."));
                Value::Null
            },
            Value::from,
        )
    }

    fn source_ids(&self, rule: &Value, faults: &mut Vec<FieldError>) -> Value {
        let Some(object) = rule.as_object() else { return rule.clone() };
        let mut out = Map::new();
        for (name, list) in object {
            let mut ids = Vec::new();
            for (at, slug) in list.as_array().into_iter().flatten().enumerate() {
                let found = slug.as_str().and_then(|slug| self.id(Kind::Source.name(), slug));
                ids.push(self.found(&format!("sources.{name}[{at}]"), found, faults));
            }
            out.insert(name.clone(), ids.into());
        }
        out.into()
    }

    fn dereference(&self, path: &str, value: &Value, faults: &mut Vec<FieldError>) -> Value {
        match value {
            Value::Object(object) if object.len() == 1 && object.get("ref").is_some_and(Value::is_string) => {
                let (kind, slug) = object["ref"].as_str().and_then(|text| text.split_once('/')).unwrap_or_default();
                let kinds = Kind::ALL.into_iter().map(Kind::name).chain([VERTICAL]);
                let found = kinds.into_iter().find(|name| *name == kind).and_then(|kind| self.id(kind, slug));
                self.found(path, found, faults)
            }
            Value::Object(object) => object
                .iter()
                .map(|(name, value)| (name.clone(), self.dereference(&format!("{path}.{name}"), value, faults)))
                .collect::<Map<_, _>>()
                .into(),
            Value::Array(list) => {
                let items = list.iter().enumerate();
                let items = items.map(|(at, item)| self.dereference(&format!("{path}[{at}]"), item, faults));
                items.collect::<Vec<_>>().into()
            }
            other => other.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_back() {
        let mut names = Names::default();
        names.add("campaign", "auto", "cmp_1".into());
        names.add("buyer", "summit", "buy_1".into());
        names.add("source", "web", "src_1".into());
        let shown = json!({
            "id": "con_1", "campaign_id": "cmp_1", "buyer_id": "buy_1", "name": "A",
            "sources": { "only": ["src_1"] }, "routes": [{ "from": "src_1", "text": "source/web" }],
        });
        let symbolic = names.symbolic(&shown);
        assert_eq!(
            symbolic,
            json!({
                "campaign": "auto", "buyer": "summit", "name": "A", "sources": { "only": ["web"] },
                "routes": [{ "from": { "ref": "source/web" }, "text": "source/web" }],
            })
        );
        assert_eq!(names.concrete(Kind::Contract, "con_1", &symbolic), Ok(shown));
        let unknown = json!({ "campaign": "x", "sources": { "except": ["web", "y"] }, "z": { "ref": "buyer/q" } });
        let faults = names.concrete(Kind::Contract, "con_1", &unknown).unwrap_err();
        let paths: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(paths, ["campaign", "sources.except[1]", "z"]);
    }
}
