//! Reads a whole configuration: short names become ids, of what is there and of what is to be made.

use super::{
    super::{Desk, part::under, sealing, symbols::Names, wire},
    FORMAT,
    examples::MEMBER,
    texts::{SECTION, TextWanted},
    title_of,
};
use crate::clock::new_id;
use model::{
    ContractId, FieldError, Timestamp, VerticalId,
    bench::ExampleWanted,
    document::{Document, DocumentId, Kind},
    vertical::Vertical,
};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// What the configuration is to be. Secrets are in clear.
pub(super) struct Target {
    /// Every vertical of the document.
    pub(super) verticals: Vec<Vertical>,
    /// Every document with its path, and without one those that are not mentioned any more and are paused.
    pub(super) documents: Vec<(String, Document)>,
    /// The kept answers of each contract that says which it has, with their path.
    pub(super) examples: Vec<(String, ContractId, Vec<ExampleWanted>)>,
    /// The consent texts of the document.
    pub(super) texts: Vec<TextWanted>,
}

/// What is read, and what is known so far.
struct Reading<'a> {
    desk: &'a Desk,
    wanted: &'a Map<String, Value>,
    now: Timestamp,
    names: Names,
    faults: Vec<FieldError>,
    examples: Vec<(String, ContractId, Vec<ExampleWanted>)>,
}

impl Target {
    /// Reads the document.
    ///
    /// # Errors
    /// Every fault.
    pub(super) fn read(desk: &Desk, wanted: &Value, now: Timestamp) -> Result<Self, Vec<FieldError>> {
        let Some(object) = wanted.as_object().filter(|object| object.get(FORMAT.0) == Some(&FORMAT.1.into())) else {
            let message = "This has to be a configuration: an object with `\"gavel_config\": 1`.";
            return Err(vec![FieldError::new(FORMAT.0, "not_understood", message)]);
        };
        let documents = desk.whole.documents.iter().map(|have| &have.document);
        let names = Names::of(&desk.whole.verticals, documents);
        let mut reading = Reading { desk, wanted: object, now, names, faults: Vec::new(), examples: Vec::new() };
        let known = |name: &String| {
            name == FORMAT.0 || name == "verticals" || name == SECTION || Kind::from_plural(name).is_some()
        };
        for name in object.keys().filter(|name| !known(name)) {
            reading.faults.push(FieldError::new(name, "unknown", "There is no such section."));
        }
        let texts = desk.texts_wanted(reading.section(SECTION), now, &mut reading.faults);
        let verticals = reading.verticals();
        let mut target = Self { verticals, documents: Vec::new(), examples: Vec::new(), texts };
        // Names first: a contract may refer to a buyer that is only being made.
        let ids: Vec<_> = Kind::ALL.map(|kind| (kind, reading.identities(kind))).into_iter().collect();
        for (kind, ids) in ids {
            target.documents.extend(reading.documents(kind, &ids));
        }
        target.examples = reading.examples;
        if reading.faults.is_empty() { Ok(target) } else { Err(reading.faults) }
    }
}

impl<'a> Reading<'a> {
    /// The items of a section; none when the document does not have it.
    fn section(&mut self, name: &str) -> Option<&'a Vec<Value>> {
        match self.wanted.get(name)? {
            Value::Array(items) => Some(items),
            _ => {
                self.faults.push(FieldError::new(name, "not_understood", "This has to be a list."));
                None
            }
        }
    }

    fn verticals(&mut self) -> Vec<Vertical> {
        let mut verticals = Vec::new();
        for (at, item) in self.section("verticals").into_iter().flatten().enumerate() {
            let slug = item.get("slug").and_then(Value::as_str).unwrap_or_default();
            let have = self.desk.whole.verticals.iter().find(|have| have.slug == slug);
            let id = have.map_or_else(|| VerticalId::from_bits(new_id(self.now)), |have| have.id);
            let mut item = item.clone();
            if let Some(object) = item.as_object_mut() {
                object.insert("id".to_owned(), id.to_string().into());
            }
            match serde_json::from_value::<Vertical>(item) {
                Ok(vertical) => {
                    self.names.add("vertical", &vertical.slug, id.to_string());
                    verticals.push(vertical);
                }
                Err(_) => {
                    let message = "A vertical has a slug, a name, fields, and whether it is active.";
                    self.faults.push(FieldError::new(format!("verticals[{at}]"), "not_understood", message));
                }
            }
        }
        verticals
    }

    /// The id of each item of a section: of the document that is there, or a new one.
    fn identities(&mut self, kind: Kind) -> Option<Vec<DocumentId>> {
        let items = self.section(kind.plural())?;
        let documents = self.desk.whole.documents.iter().map(|have| &have.document);
        let documents = documents.filter(|document| document.kind() == kind);
        let have: HashMap<_, _> = documents
            .map(|document| (title_of(kind, &self.names.symbolic(&wire::shown(document))), document.id()))
            .collect();
        let mut ids = Vec::new();
        let mut seen = HashMap::new();
        for (at, item) in items.iter().enumerate() {
            let title = title_of(kind, item);
            let id = have.get(&title).copied();
            let id = id.unwrap_or_else(|| DocumentId::from_bits(kind, new_id(self.now)));
            if let Some(before) = seen.insert(title, at) {
                let message = format!("This is {}[{before}] again.", kind.plural());
                self.faults.push(FieldError::new(format!("{}[{at}]", kind.plural()), "twice", message));
            }
            if let Some(slug) = item.get("slug").and_then(Value::as_str).filter(|_| kind != Kind::Contract) {
                self.names.add(kind.name(), slug, id.to_string());
            }
            ids.push(id);
        }
        Some(ids)
    }

    fn documents(&mut self, kind: Kind, ids: &Option<Vec<DocumentId>>) -> Vec<(String, Document)> {
        let (Some(ids), Some(items)) = (ids, self.wanted.get(kind.plural()).and_then(Value::as_array)) else {
            return Vec::new();
        };
        let mut documents = Vec::new();
        for (at, (item, id)) in items.iter().zip(ids).enumerate() {
            let path = format!("{}[{at}]", kind.plural());
            let item = &self.without_examples(&path, *id, item);
            match self.document(kind, *id, item) {
                Ok(document) => documents.push((path, document)),
                Err(faults) => self.faults.extend(under(&path, faults)),
            }
        }
        for have in &self.desk.whole.documents {
            let document = &have.document;
            if document.kind() == kind && document.active() && !ids.contains(&document.id()) {
                let mut paused = sealing::opened(&self.desk.keys, document);
                paused.set_active(false);
                documents.push((String::new(), paused));
            }
        }
        documents
    }

    /// Kept answers stand in a contract and are no part of it.
    fn without_examples(&mut self, path: &str, id: DocumentId, item: &Value) -> Value {
        let mut item = item.clone();
        let taken = item.as_object_mut().and_then(|members| members.remove(MEMBER));
        let (Some(list), DocumentId::Contract(id)) = (taken.as_ref(), id) else { return item };
        let Value::Array(list) = list else {
            let fault = FieldError::new(format!("{path}.{MEMBER}"), "not_understood", "This has to be a list.");
            self.faults.push(fault);
            return item;
        };
        let mut read = Vec::new();
        for (at, one) in list.iter().enumerate() {
            match serde_json::from_value(one.clone()) {
                Ok(one) => read.push(one),
                Err(error) => {
                    let message = format!("A kept answer has name, phase, status, body and expected: {error}.");
                    self.faults.push(FieldError::new(format!("{path}.{MEMBER}[{at}]"), "not_understood", message));
                }
            }
        }
        self.examples.push((path.to_owned(), id, read));
        item
    }

    fn document(&self, kind: Kind, id: DocumentId, item: &Value) -> Result<Document, Vec<FieldError>> {
        let mut faults = Vec::new();
        if item.get("id").is_some() {
            faults.push(FieldError::new("id", "not_allowed", "A configuration names things by their short names."));
        }
        let concrete = self.names.concrete(kind, &id.to_string(), item);
        let have = self.desk.find(id).ok().map(|have| sealing::opened(&self.desk.keys, &have.document));
        match concrete.and_then(|concrete| wire::read(kind, concrete)) {
            Ok(mut document) => {
                faults.extend(sealing::keep(&mut document, have.as_ref()));
                if faults.is_empty() { Ok(document) } else { Err(faults) }
            }
            Err(wrong) => {
                faults.extend(wrong);
                Err(faults)
            }
        }
    }
}
