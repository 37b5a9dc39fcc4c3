//! The audit: one record for every auction and every change of the configuration, sealed in batches that are chained and
//! signed. Nothing here is stored or asked for: bytes come in, hashes and verdicts go out.
//!
//! [`record`] says what a record holds, [`tree`] makes one root of a batch of them, [`chain`] binds the root to the batch
//! before, [`sign`] says who sealed it, and [`proof`] is all of that for one record, in a file that anybody can verify.

pub mod chain;
pub mod digest;
pub mod proof;
pub mod record;
pub mod sign;
pub mod tree;

pub use chain::{Header, genesis};
pub use digest::{Digest, NotHex};
pub use proof::{Fault, Proof};
pub use record::{ChangeRecord, CopyRecord, LeadRecord, Line, Record, Thing};
pub use sign::{PublicKey, Signature, Signer};
