//! The proof of one record, in a file that is verified without a database and without us.
//!
//! Everything that is hashed stands in the file twice, as it is and as its hash. That proves nothing more, but when a byte
//! was changed, it tells which.

use super::{
    ChangeRecord, CopyRecord, Digest, Header, LeadRecord, PublicKey, Record, Signature,
    tree::{leaf, path, root_from},
};
use serde::Serialize;
use serde_json::{Map, Value};
use std::str::FromStr;

/// The member `format` of every file there has been.
const FORMAT: &str = "gavel audit proof 1";

/// What proves that a record was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The record as it is stored.
    pub record: String,
    /// Its place in its batch, from 0.
    pub position: u32,
    /// The hashes beside its way to the root, from the bottom.
    pub path: Vec<Digest>,
    /// The header of its batch.
    pub header: Header,
    /// The signature of the batch's head.
    pub signature: Signature,
    /// Whose signature it is.
    pub public_key: PublicKey,
}

/// The first thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{member}: {why}")]
pub struct Fault {
    /// The member that is wrong; empty when the file as a whole is not readable.
    pub member: String,
    /// What is wrong with it.
    pub why: String,
}

/// The file, in the order of its members.
#[derive(Serialize)]
struct File<'a> {
    format: &'a str,
    record: &'a str,
    leaf: Digest,
    position: u32,
    path: &'a [Digest],
    batch: Batch,
    header: String,
    head: Digest,
    signature: Signature,
    public_key: PublicKey,
    key_name: String,
}

/// The header for people to read.
#[derive(Serialize)]
struct Batch {
    number: u64,
    at: i64,
    records: u32,
    root: Digest,
    previous: Digest,
}

const MEMBERS: &[&str] =
    &["format", "record", "leaf", "position", "path", "batch", "header", "head", "signature", "public_key", "key_name"];
const BATCH_MEMBERS: &[&str] = &["number", "at", "records", "root", "previous"];

impl Proof {
    /// The proof of the record at a place of a batch. None when there is no such place.
    #[must_use]
    pub fn new(
        record: String,
        position: u32,
        leaves: &[Digest],
        header: Header,
        signature: Signature,
        public_key: PublicKey,
    ) -> Option<Self> {
        let path = path(leaves, usize::try_from(position).ok()?)?;
        Some(Self { record, position, path, header, signature, public_key })
    }

    /// The file: JSON for people and programs.
    ///
    /// # Errors
    /// Never in practice: nothing in a proof has no JSON.
    pub fn file(&self) -> Result<String, serde_json::Error> {
        let header = &self.header;
        let file = File {
            format: FORMAT,
            record: &self.record,
            leaf: leaf(self.record.as_bytes()),
            position: self.position,
            path: &self.path,
            batch: Batch {
                number: header.number,
                at: header.at.0,
                records: header.count,
                root: header.root,
                previous: header.previous,
            },
            header: hex::encode(header.bytes()),
            head: header.head(),
            signature: self.signature,
            public_key: self.public_key,
            key_name: self.public_key.short(),
        };
        Ok(serde_json::to_string_pretty(&file)? + "\n")
    }

    /// Verifies a file; what was found, one sentence a step. With `expected`, the file has to be signed by that key;
    /// without, by the one it names itself, and then the reader has to know that this is the server's.
    ///
    /// # Errors
    /// The first [`Fault`].
    pub fn verify(file: &str, expected: Option<&PublicKey>) -> Result<Vec<String>, Fault> {
        let file: Value =
            serde_json::from_str(file).map_err(|error| fault("the file", format!("not JSON: {error}")))?;
        let file = object("", &file, MEMBERS)?;
        if text(file, "format")? != FORMAT {
            return Err(fault("format", format!("not \"{FORMAT}\"")));
        }
        let key: PublicKey = parsed(file, "public_key")?;
        let (header, head) = signed(file, &key, expected)?;
        let batch = object("batch", &file["batch"], BATCH_MEMBERS)?;
        same("batch.number", whole(batch, "batch.number")?, header.number)?;
        same("batch.at", signed_whole(batch, "batch.at")?, header.at.0)?;
        same("batch.records", whole(batch, "batch.records")?, header.count.into())?;
        same("batch.root", parsed(batch, "batch.root")?, header.root)?;
        same("batch.previous", parsed(batch, "batch.previous")?, header.previous)?;
        let record = text(file, "record")?;
        let (position, steps) = inside(file, record, &header)?;
        let record = Record::read(record).map_err(|why| fault("record", why))?;
        let whose = match expected {
            Some(_) => "which is the one you named".to_owned(),
            None => format!("named {}; `gavel check` on the server prints the key to compare it with", key.short()),
        };
        Ok(vec![
            in_words(&record),
            format!("Record: its hash is leaf {} of the {} of batch {}.", position + 1, header.count, header.number),
            format!("Path: with {steps} more hashes the leaf gives the root that stands in the batch's header."),
            format!(
                "Batch {}: sealed at {} after the head {}, it has the head {head}.",
                header.number, header.at, header.previous
            ),
            format!("Signature: the head is signed by the key {key}, {whose}."),
        ])
    }
}

/// The header and the head, when the key has signed them.
fn signed(file: &Map<String, Value>, key: &PublicKey, expected: Option<&PublicKey>) -> Result<(Header, Digest), Fault> {
    let (head, signature): (Digest, Signature) = (parsed(file, "head")?, parsed(file, "signature")?);
    let mut bytes = [0; Header::BYTES];
    let written = text(file, "header")?;
    let decoded = hex::decode_to_slice(written, &mut bytes);
    if decoded.is_err() || written != hex::encode(bytes) {
        return Err(fault("header", format!("not {} lower-case hexadecimal digits", Header::BYTES * 2)));
    }
    let header = Header::read(&bytes);
    let named = text(file, "key_name")? == key.short();
    let (says, is) = (key.signed(&head, &signature), key.signed(&header.head(), &signature));
    match (says, is) {
        (true, false) => Err(fault("header", "not what was signed")),
        (false, true) => Err(fault("head", "not the hash of the header")),
        (false, false) if !named => Err(fault("public_key", "not the key that signed this batch")),
        (false, false) => Err(fault("signature", "not the signature of this head by this key")),
        (true, true) if !named => Err(fault("key_name", "not the name of the public key")),
        (true, true) => match expected {
            Some(expected) if expected != key => Err(fault("public_key", "not the key that was named")),
            _ => Ok((header, head)),
        },
    }
}

/// Whether the record is in the batch; its position and the length of its path.
fn inside(file: &Map<String, Value>, record: &str, header: &Header) -> Result<(u32, usize), Fault> {
    let own: Digest = parsed(file, "leaf")?;
    let position = u32::try_from(whole(file, "position")?).unwrap_or(u32::MAX);
    let list = file["path"].as_array().ok_or_else(|| fault("path", "not a list"))?;
    let mut path = Vec::with_capacity(list.len());
    for (at, hash) in list.iter().enumerate() {
        let member = format!("path[{at}]");
        let hash = hash.as_str().ok_or_else(|| fault(&member, "not a text"))?;
        path.push(hash.parse().map_err(|error| fault(&member, error))?);
    }
    let root = |leaf, position| root_from(leaf, position, header.count, &path);
    let computed = leaf(record.as_bytes());
    if root(computed, position) == Some(header.root) {
        return if own == computed { Ok((position, path.len())) } else { Err(fault("leaf", "not the record's hash")) };
    }
    if own != computed {
        return Err(fault("record", "not what was sealed: its hash is not the leaf"));
    }
    if position >= header.count || (0..header.count).any(|other| root(computed, other) == Some(header.root)) {
        return Err(fault("position", "not the record's place in its batch"));
    }
    Err(fault("path", "does not lead from the leaf to the batch's root"))
}

fn in_words(record: &Record) -> String {
    match record {
        Record::Lead(lead) => lead_in_words(lead),
        Record::Copy(CopyRecord { tenant, lead, buyer, contract, state, at, .. }) => format!(
            "Copy: lead {lead} of tenant {tenant} was sent to buyer {buyer} under the silent contract {contract}; known as \
             {state} at {at}."
        ),
        Record::Change(ChangeRecord { tenant, thing, id, at, configuration, document, .. }) => {
            let done = if document.is_some() { "was set" } else { "was deleted" };
            let thing = thing.name();
            format!("Change: {thing} {id} of tenant {tenant} {done} at {at}, configuration version {configuration}.")
        }
    }
}

fn lead_in_words(lead: &LeadRecord) -> String {
    let amount = |amount: Option<model::Micros>| {
        let currency = lead.currency.map(|currency| currency.to_string()).unwrap_or_default();
        amount.map_or_else(|| "nothing".to_owned(), |amount| format!("{} {currency}", amount.to_decimal()))
    };
    let name = |id: Option<String>| id.unwrap_or_else(|| "nobody".to_owned());
    let why = lead.reason.map_or_else(String::new, |reason| format!(" ({})", reason.code()));
    format!(
        "Lead: {} of tenant {} came out {}{why} at {}, to buyer {} under contract {}, for {}; its source {} is paid {}. \
         Configuration version {}.",
        lead.lead,
        lead.tenant,
        lead.state.name(),
        lead.at,
        name(lead.buyer.map(|id| id.to_string())),
        name(lead.contract.map(|id| id.to_string())),
        amount(lead.revenue),
        lead.source,
        amount(lead.payout),
        lead.configuration,
    )
}

fn fault(member: &str, why: impl std::fmt::Display) -> Fault {
    Fault { member: member.to_owned(), why: why.to_string() }
}

/// An object with these members and no others.
fn object<'a>(name: &str, value: &'a Value, members: &[&str]) -> Result<&'a Map<String, Value>, Fault> {
    let whole = if name.is_empty() { "the file" } else { name };
    let object = value.as_object().ok_or_else(|| fault(whole, "not an object"))?;
    let inner = |member: &str| if name.is_empty() { member.to_owned() } else { format!("{name}.{member}") };
    if let Some(missing) = members.iter().find(|member| !object.contains_key(**member)) {
        return Err(fault(&inner(missing), "missing"));
    }
    if let Some(stranger) = object.keys().find(|key| !members.contains(&key.as_str())) {
        return Err(fault(&inner(stranger), "no member of a proof"));
    }
    Ok(object)
}

/// A member by its full name; [`object`] has seen to it that it is there.
fn member<'a>(object: &'a Map<String, Value>, name: &str) -> &'a Value {
    &object[name.rsplit('.').next().unwrap_or(name)]
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Result<&'a str, Fault> {
    member(object, name).as_str().ok_or_else(|| fault(name, "not a text"))
}

fn parsed<T: FromStr<Err: std::fmt::Display>>(object: &Map<String, Value>, name: &str) -> Result<T, Fault> {
    text(object, name)?.parse().map_err(|error| fault(name, error))
}

fn whole(object: &Map<String, Value>, name: &str) -> Result<u64, Fault> {
    member(object, name).as_u64().ok_or_else(|| fault(name, "not a whole number"))
}

fn signed_whole(object: &Map<String, Value>, name: &str) -> Result<i64, Fault> {
    member(object, name).as_i64().ok_or_else(|| fault(name, "not a whole number"))
}

fn same<T: PartialEq + Copy>(name: &str, says: T, is: T) -> Result<(), Fault> {
    if says == is { Ok(()) } else { Err(fault(name, "not what stands in the signed header")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Signer, chain::genesis, record::tests::sold, tree};
    use model::Timestamp;

    fn proof(count: u32, position: u32) -> Proof {
        let signer = Signer::from_seed(&[3; 32]);
        let record = sold().text().unwrap();
        let mut leaves: Vec<Digest> = (0..count).map(|n| leaf(&n.to_be_bytes())).collect();
        leaves[position as usize] = leaf(record.as_bytes());
        let header = Header {
            previous: genesis(&signer.public(), ""),
            number: 1,
            at: Timestamp(1_778_180_651_250_000),
            count,
            root: tree::root(&leaves),
        };
        let signature = signer.sign(&header.head());
        Proof::new(record, position, &leaves, header, signature, signer.public()).unwrap()
    }

    #[test]
    fn every_record_of_every_batch_is_proved() {
        for count in 1..=70 {
            for position in 0..count {
                let proof = proof(count, position);
                let file = proof.file().unwrap();
                let steps = Proof::verify(&file, None).unwrap_or_else(|fault| panic!("{position} of {count}: {fault}"));
                assert_eq!(steps.len(), 5);
                assert!(steps[0].contains("sold") && steps[0].contains("20.00 USD"), "{}", steps[0]);
                assert_eq!(Proof::verify(&file, Some(&proof.public_key)).unwrap().len(), 5);
                let other = Signer::from_seed(&[4; 32]).public();
                assert_eq!(Proof::verify(&file, Some(&other)).unwrap_err().member, "public_key");
            }
        }
    }

    /// Which member the byte at `at` of the file belongs to.
    fn member_at(file: &str, at: usize) -> String {
        let before = &file[..=at];
        let top = before.rmatch_indices("\n  \"").next().map_or(0, |(start, _)| start + 4);
        file[top..].split('"').next().unwrap_or_default().to_owned()
    }

    #[test]
    fn a_changed_byte_is_named() {
        let file = proof(11, 6).file().unwrap();
        let whole: Value = serde_json::from_str(&file).unwrap();
        for at in 0..file.len() {
            for change in [1_u8, 2, 0x20] {
                let mut bytes = file.clone().into_bytes();
                bytes[at] ^= change;
                let Ok(bent) = String::from_utf8(bytes) else { continue };
                // Between the members, one white space is as good as another.
                if serde_json::from_str::<Value>(&bent).is_ok_and(|bent| bent == whole) {
                    continue;
                }
                let fault = Proof::verify(&bent, None).expect_err(&bent);
                let member = member_at(&file, at);
                let structure = fault.member == "the file";
                // A name that was changed is missing under its own.
                let named = fault.member.split(['.', '[']).next() == Some(&member);
                assert!(structure || named, "byte {at} ({member}): {fault}");
            }
        }
    }

    #[test]
    fn what_is_no_proof_says_so() {
        for (file, member) in [("", "the file"), ("[]", "the file"), ("{}", "format"), ("{\"format\": 1}", "record")] {
            assert_eq!(Proof::verify(file, None).unwrap_err().member, member, "{file}");
        }
        let file = proof(3, 0).file().unwrap();
        let with = |from: &str, to: &str| Proof::verify(&file.replacen(from, to, 1), None).unwrap_err().member;
        assert_eq!(with("\"format\"", "\"more\": 1, \"format\""), "more");
        assert_eq!(with("\"number\": 1", "\"number\": 1.5"), "batch.number");
        assert_eq!(with("\"position\": 0", "\"position\": 4294967296"), "position");
        assert_eq!(with("\"path\": [", "\"path\": [7, "), "path[0]");
    }

    #[test]
    fn a_batch_has_no_more_places_than_records() {
        let one = proof(3, 0);
        let leaves = [Digest::of(b"")];
        assert_eq!(Proof::new(one.record, 1, &leaves, one.header, one.signature, one.public_key), None);
    }
}
