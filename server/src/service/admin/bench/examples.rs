//! Kept answers: what a buyer once said, or its document says it says, with how it has to be read. They are read again by
//! whatever delivery a contract is to have.

use super::{Admin, Desk, ServiceError, asked_call, hidden};
use crate::{clock::new_id, context::Actor, security::TenantKeys};
use model::{
    ContractId, ExampleId, FieldError, Micros, Timestamp,
    bench::{AnswerAsked, ExampleRun, ExampleWanted, Expected, Phase},
    contract::Contract,
    document::{Document, DocumentId},
    mapping::Delivery,
    user::Right,
};
use serde_json::Value;
use store::{ExampleRow, StoreError};

/// Most kept answers of one contract.
pub(in crate::service::admin) const MOST: usize = 100;
/// Longest name, in characters.
const NAME_MAX: usize = 120;

/// What a body is sealed under.
fn sealed_as(id: ExampleId) -> String {
    format!("example {id}")
}

impl Admin {
    /// The kept answers of a contract, read again with its saved delivery or with another one. Nothing is sent.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; not found; every fault of a delivery that is not saved.
    pub async fn examples(
        &self,
        actor: &Actor,
        id: ContractId,
        delivery: Option<Value>,
    ) -> Result<Vec<ExampleRun>, ServiceError> {
        let desk = self.desk(actor, Right::SeeExchange).await?;
        let contract = desk.contract(id, delivery)?;
        let rows = desk.rows.examples(id).await?;
        rows.iter().map(|row| run(&desk.keys, row, &contract.delivery)).collect()
    }

    /// Keeps an answer with how it has to be read; as it is read now unless that is said.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found; every fault; taken when the contract has one of this name for this call.
    pub async fn keep_example(
        &self,
        actor: &Actor,
        id: ContractId,
        wanted: ExampleWanted,
    ) -> Result<ExampleRun, ServiceError> {
        let desk = self.desk(actor, Right::Configure).await?;
        let contract = desk.contract(id, None)?;
        if desk.rows.examples(id).await?.len() >= MOST {
            return Err(ServiceError::Refused("A contract keeps at most 100 answers: drop some first.".to_owned()));
        }
        let now = self.clock.now();
        let row = desk.example(id, ExampleId::from_bits(new_id(now)), wanted, &contract, (&actor.by(), now));
        let row = row.map_err(ServiceError::Invalid)?;
        desk.rows.keep_example(&row).await.map_err(|error| match error {
            StoreError::Conflict => taken("name"),
            other => other.into(),
        })?;
        tracing::info!(contract = %id, by = %actor.by(), "an answer was kept");
        run(&desk.keys, &row, &contract.delivery)
    }

    /// Takes a kept answer away.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found.
    pub async fn drop_example(&self, actor: &Actor, contract: ContractId, id: ExampleId) -> Result<(), ServiceError> {
        Ok(self.rows(actor, Right::Configure)?.drop_example(contract, id).await?)
    }
}

fn taken(field: &str) -> ServiceError {
    let message = "This contract has a kept answer of this name for this call.";
    ServiceError::Taken(vec![FieldError::new(field, "taken", message)])
}

/// A kept answer read with a delivery.
fn run(keys: &TenantKeys, row: &ExampleRow, delivery: &Delivery) -> Result<ExampleRun, ServiceError> {
    let body = body(keys, row)?;
    let call = match row.phase {
        Phase::Ping => delivery.ping.as_ref(),
        Phase::Post => Some(&delivery.post),
    };
    let kind = row.content_type.as_deref();
    let found = match call {
        Some(call) => Some(hidden(call)?.answer(row.phase, row.status, kind, body.as_bytes())),
        None => None,
    };
    let differences = found.as_ref().map_or_else(
        || vec!["the contract sends no ping any more".to_owned()],
        |found| row.expected.differences(found),
    );
    Ok(ExampleRun {
        id: row.id,
        name: row.name.clone(),
        phase: row.phase,
        status: row.status,
        content_type: row.content_type.clone(),
        body,
        expected: row.expected.clone(),
        read: found,
        differences,
    })
}

fn body(keys: &TenantKeys, row: &ExampleRow) -> Result<String, ServiceError> {
    let plain = keys.open_secret(&sealed_as(row.id), &row.body);
    let plain = plain.map_err(|_| ServiceError::Broken(format!("the kept answer {} does not open", row.id)))?;
    String::from_utf8(plain).map_err(|error| ServiceError::Broken(error.to_string()))
}

impl Desk {
    /// A kept answer as it is stored.
    ///
    /// # Errors
    /// Every fault.
    pub(in crate::service::admin) fn example(
        &self,
        contract_id: ContractId,
        id: ExampleId,
        wanted: ExampleWanted,
        contract: &Contract,
        (author, at): (&str, Timestamp),
    ) -> Result<ExampleRow, Vec<FieldError>> {
        let ExampleWanted { name, phase, status, content_type, body, expected } = wanted;
        let (name, mut faults) = (name.trim().to_owned(), Vec::new());
        let asked = AnswerAsked { phase, status, content_type, body };
        let call = asked_call(contract, &asked, &mut faults);
        if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
            faults.push(FieldError::new("name", "not_allowed", "A name has 1 to 120 characters in one line."));
        }
        let expected = expected.and_then(|expected| {
            let price = expected.price.as_deref().map(str::parse::<Micros>).transpose();
            let price = price.map_err(|_| {
                let message = "This has to be an amount, such as \"12.50\".";
                faults.push(FieldError::new("expected.price", "not_an_amount", message));
            });
            Some(Expected { price: price.ok()?.map(Micros::to_decimal), ..expected })
        });
        let (Some(call), true) = (call, faults.is_empty()) else { return Err(faults) };
        let expected = match expected {
            Some(expected) => expected,
            None => {
                let prepared =
                    hidden(call).map_err(|error| vec![FieldError::new("delivery", "broken", error.to_string())])?;
                let kind = asked.content_type.as_deref();
                Expected::of(&prepared.answer(phase, status, kind, asked.body.as_bytes()))
            }
        };
        Ok(ExampleRow {
            id,
            contract_id,
            phase,
            name,
            status,
            content_type: asked.content_type.map(|kind| kind.trim().to_owned()).filter(|kind| !kind.is_empty()),
            body: self.keys.seal_secret(&sealed_as(id), asked.body.as_bytes()),
            expected,
            at,
            author: author.to_owned(),
        })
    }

    /// A kept answer as a configuration says it.
    pub(in crate::service::admin) fn example_shown(&self, row: &ExampleRow) -> Result<ExampleWanted, ServiceError> {
        Ok(ExampleWanted {
            name: row.name.clone(),
            phase: row.phase,
            status: row.status,
            content_type: row.content_type.clone(),
            body: body(&self.keys, row)?,
            expected: Some(row.expected.clone()),
        })
    }

    /// Kept answers that a document, were it in effect, would not read as they have to be read.
    pub(in crate::service::admin) async fn misread(&self, document: &Document) -> Result<Vec<String>, ServiceError> {
        let DocumentId::Contract(id) = document.id() else { return Ok(Vec::new()) };
        let rows = self.rows.examples(id).await?;
        self.misread_of(document, rows.iter().collect())
    }

    /// Those of these kept answers.
    pub(in crate::service::admin) fn misread_of(
        &self,
        document: &Document,
        rows: Vec<&ExampleRow>,
    ) -> Result<Vec<String>, ServiceError> {
        let Document::Contract(contract) = document else { return Ok(Vec::new()) };
        let mut told = Vec::new();
        for row in rows {
            let run = run(&self.keys, row, &contract.delivery)?;
            if !run.differences.is_empty() {
                let (what, phase) = (run.differences.join("; "), run.phase.name());
                told.push(format!("The kept answer \"{}\" to a {phase} reads differently: {what}.", run.name));
            }
        }
        Ok(told)
    }
}
