//! Kept answers in a configuration: a contract that has the member `examples` has these and no others.

use super::{
    super::{Desk, ServiceError, bench::MOST, part::under, wire},
    Target, title_of,
};
use crate::{clock::new_id, service::admin::symbols::Names};
use exchange::difference::Difference;
use model::{
    ContractId, ExampleId, FieldError, Timestamp,
    bench::ExampleWanted,
    document::{Document, DocumentId, Kind},
};
use serde_json::Value;
use std::collections::HashSet;
use store::{Edit, ExampleRow};

/// The member of a contract.
pub(super) const MEMBER: &str = "examples";

/// What a configuration changes in kept answers.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) edits: Vec<Edit>,
    pub(super) differences: Vec<Difference>,
    /// Those that read differently afterwards.
    pub(super) warnings: Vec<String>,
}

impl Desk {
    /// The kept answers of a document as its configuration says them.
    pub(super) fn kept_shown(&self, document: &Document, all: &[ExampleRow]) -> Result<Vec<Value>, ServiceError> {
        let DocumentId::Contract(id) = document.id() else { return Ok(Vec::new()) };
        let own = all.iter().filter(|row| row.contract_id == id);
        own.map(|row| self.example_shown(row).map(|shown| serde_json::to_value(shown).unwrap_or_default())).collect()
    }

    /// What the target changes in the kept answers that are there.
    ///
    /// # Errors
    /// Every fault with its path.
    pub(super) fn kept(
        &self,
        target: &Target,
        have: &[ExampleRow],
        made: (&str, Timestamp),
    ) -> Result<Kept, ServiceError> {
        let (mut kept, mut faults) = (Kept::default(), Vec::new());
        for (path, id, wanted) in &target.examples {
            let old: Vec<_> = have.iter().filter(|row| row.contract_id == *id).collect();
            match self.rows_of(target, *id, wanted, &old, made) {
                Ok(new) => {
                    let told = self.told(target, *id, &old, &new);
                    if !told.is_empty() {
                        kept.differences.extend(told);
                        kept.edits.push(Edit::Examples { contract: *id, examples: new });
                    }
                }
                Err(wrong) => faults.extend(under(&format!("{path}.{MEMBER}"), wrong)),
            }
        }
        if !faults.is_empty() {
            return Err(ServiceError::Invalid(faults));
        }
        for (_, document) in &target.documents {
            kept.warnings.extend(self.misread_after(document, have, &kept.edits)?);
        }
        Ok(kept)
    }

    fn rows_of(
        &self,
        target: &Target,
        id: ContractId,
        wanted: &[ExampleWanted],
        old: &[&ExampleRow],
        (author, at): (&str, Timestamp),
    ) -> Result<Vec<ExampleRow>, Vec<FieldError>> {
        let find = target.documents.iter().find(|(_, document)| document.id() == DocumentId::Contract(id));
        let Some((_, Document::Contract(contract))) = find else { return Ok(Vec::new()) };
        let (mut rows, mut faults, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        if wanted.len() > MOST {
            faults.push(FieldError::new("", "too_long", "A contract keeps at most 100 answers."));
        }
        for (number, wanted) in wanted.iter().enumerate() {
            let place = format!("[{number}]");
            if !seen.insert((wanted.phase.name(), wanted.name.trim().to_owned())) {
                let message = "This contract has a kept answer of this name for this call.";
                faults.push(FieldError::new(format!("{place}.name"), "twice", message));
            }
            let same = old.iter().find(|row| (row.phase, row.name.as_str()) == (wanted.phase, wanted.name.trim()));
            // What did not change stays as it is, its sealed body too.
            if let Some(row) = same.filter(|row| self.example_shown(row).is_ok_and(|shown| shown == *wanted)) {
                rows.push((*row).clone());
                continue;
            }
            let made = self.example(id, ExampleId::from_bits(new_id(at)), wanted.clone(), contract, (author, at));
            match made {
                Ok(row) => rows.push(row),
                Err(wrong) => faults.extend(under(&place, wrong)),
            }
        }
        if faults.is_empty() { Ok(rows) } else { Err(faults) }
    }

    /// What changes, in sentences.
    fn told(&self, target: &Target, id: ContractId, old: &[&ExampleRow], new: &[ExampleRow]) -> Vec<Difference> {
        let find = target.documents.iter().find(|(_, document)| document.id() == DocumentId::Contract(id));
        let Some((_, document)) = find else { return Vec::new() };
        let names = Names::of(
            self.whole.verticals.iter().chain(&target.verticals),
            self.whole.documents.iter().map(|have| &have.document).chain(target.documents.iter().map(|(_, d)| d)),
        );
        let title = title_of(Kind::Contract, &names.symbolic(&wire::shown(document)));
        let shown = |row: Option<&ExampleRow>| {
            let shown = row.and_then(|row| self.example_shown(row).ok());
            shown.map_or(Value::Null, |shown| serde_json::to_value(shown).unwrap_or_default())
        };
        let key = |row: &ExampleRow| (row.phase.name(), row.name.clone());
        let mut keys: Vec<_> = old.iter().map(|row| key(row)).chain(new.iter().map(key)).collect();
        keys.sort();
        keys.dedup();
        let difference = |(phase, name): (&'static str, String)| {
            let same = |row: &&ExampleRow| (row.phase.name(), &row.name) == (phase, &name);
            let (was, is) = (shown(old.iter().copied().find(same)), shown(new.iter().find(same)));
            let what = match (&was, &is) {
                (was, is) if was == is => return None,
                (Value::Null, _) => "added",
                (_, Value::Null) => "removed",
                _ => "changed",
            };
            let sentence = format!("Contract \"{}\": kept answer \"{name}\" to a {phase} {what}", document.name());
            let path = format!("contracts[{title}].{MEMBER}[{phase}/{name}]");
            Some(Difference { path, sentence, before: was, after: is })
        };
        keys.into_iter().filter_map(difference).collect()
    }

    /// Kept answers of a contract that it would read differently with these changes made.
    fn misread_after(
        &self,
        document: &Document,
        have: &[ExampleRow],
        edits: &[Edit],
    ) -> Result<Vec<String>, ServiceError> {
        let DocumentId::Contract(id) = document.id() else { return Ok(Vec::new()) };
        let new = edits.iter().find_map(|edit| match edit {
            Edit::Examples { contract, examples } if *contract == id => Some(examples.as_slice()),
            _ => None,
        });
        let own =
            new.map_or_else(|| have.iter().filter(|row| row.contract_id == id).collect(), |new| new.iter().collect());
        let named = |warning: String| format!("Contract \"{}\": {warning}", document.name());
        Ok(self.misread_of(document, own)?.into_iter().map(named).collect())
    }
}
