//! The proof of what was recorded of a lead.

use super::{COLUMNS, batch};
use crate::{StoreError, TenantStore, read::Read, sql::sql};
use exchange::audit::{Proof, tree};
use model::LeadId;

impl TenantStore {
    /// What proves the latest record of a lead. It was verified before it is given.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when nothing was recorded of such a lead; [`StoreError::Broken`] when what is stored is
    /// not what was sealed.
    pub async fn proof(&self, lead: LeadId) -> Result<Proof, StoreError> {
        let row = sql(COLUMNS)
            .text(
                ", r.record, r.position, c.public_key FROM audit_records r \
                 JOIN audit_batches b ON b.number = r.batch JOIN audit_chain c ON c.id = 1 \
                 WHERE r.tenant_id = $1 AND r.subject = $2 AND r.kind = 'lead' ORDER BY r.batch DESC, r.position DESC LIMIT 1",
            )
            .bind(self.tenant)
            .bind(lead)
            .one(self.store.reader())
            .await?;
        let batch = batch(&row)?;
        let position: u32 = row.small("position")?;
        let key = row.parsed("public_key")?;
        let damaged = |why: &dyn std::fmt::Display| StoreError::broken(format!("{lead} cannot be proved: {why}"));
        let record = row.text("record")?;
        let leaf = usize::try_from(position).ok().and_then(|at| batch.leaves.get(at));
        if leaf.is_some_and(|leaf| *leaf != tree::leaf(record.as_bytes())) {
            return Err(damaged(&"its record is not what was sealed"));
        }
        let proof = Proof::new(record, position, &batch.leaves, batch.header, batch.signature, key)
            .ok_or_else(|| damaged(&"its record has no place in its batch"))?;
        let file = proof.file().map_err(StoreError::broken)?;
        Proof::verify(&file, None).map_err(|fault| damaged(&fault))?;
        Ok(proof)
    }
}
