//! Adding a batch to the end of the chain.

use super::{Entry, Notary, change};
use crate::{
    Engine, StoreError, Tx,
    read::Read,
    sql::{Script, parts, sql},
};
use exchange::audit::{Digest, Header, Signature, genesis, tree};
use sqlx::any::AnyRow;

/// Seals records as one batch. The script is what the transaction has still to write; what comes back is the rest of it,
/// with the batch at its end.
///
/// The end of the chain is the last lock of every transaction, and the one that all servers want: where there are several,
/// everything else is written before it is taken, and the records are hashed before that.
pub(crate) async fn seal(
    tx: &mut Tx,
    engine: Engine,
    notary: &Notary,
    mut script: Script,
    mut entries: Vec<Entry>,
) -> Result<Script, StoreError> {
    let (at, key) = (notary.now(), notary.public());
    let mut leaves = leaves(&entries);
    if engine == Engine::Postgres {
        std::mem::take(&mut script).run(tx, engine).await?;
    }
    let end = sql("SELECT public_key, after_lead, number, head FROM audit_chain WHERE id = 1")
        .text(engine.for_update())
        .one(&mut **tx)
        .await?;
    let number: u64 = end.small("number")?;
    let previous = if number == 0 {
        // The first batch begins with the configuration as it stands, so that all of it has been sealed once.
        let mut first = change::beginning(tx, at).await?;
        first.append(&mut entries);
        entries = first;
        leaves = self::leaves(&entries);
        genesis(&key, &end.text("after_lead")?)
    } else if end.text("public_key")? != key.to_string() {
        return Err(StoreError::broken(format!("the audit is signed with another key than {}", key.short())));
    } else {
        end.parsed("head")?
    };
    let count = u32::try_from(leaves.len()).map_err(StoreError::broken)?;
    let header = Header { previous, number: number + 1, at, count, root: tree::root(&leaves) };
    let head = header.head();
    let signature = notary.0.signer.sign(&head);

    let number = i64::try_from(header.number).map_err(StoreError::broken)?;
    let leaves: Vec<u8> = leaves.iter().flat_map(|leaf| *leaf.bytes()).collect();
    script.add(
        sql("INSERT INTO audit_batches (number, at, previous, root, leaves, head, signature) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(number)
        .bind(at)
        .bind(&previous.bytes()[..])
        .bind(&header.root.bytes()[..])
        .bind(&leaves[..])
        .bind(&head.bytes()[..])
        .bind(&signature.bytes()[..]),
    );
    let rows: Vec<(i64, Entry)> = (0..).zip(entries).collect();
    for part in parts(&rows, 6) {
        script.add(sql("INSERT INTO audit_records (tenant_id, subject, batch, position, kind, record) VALUES ").rows(
            part,
            |row, (position, entry)| {
                row.cell(entry.tenant).cell(&entry.subject).cell(number).cell(*position);
                row.cell(entry.kind).cell(&entry.text);
            },
        ));
    }
    script.add(
        sql("UPDATE audit_chain SET public_key = $1, number = $2, head = $3 WHERE id = 1")
            .bind(key.to_string())
            .bind(number)
            .bind(head.to_string()),
    );
    Ok(script)
}

fn leaves(entries: &[Entry]) -> Vec<Digest> {
    entries.iter().map(|entry| tree::leaf(entry.text.as_bytes())).collect()
}

/// The columns of a batch.
pub(crate) const COLUMNS: &str =
    "SELECT b.number, b.at AS sealed_at, b.previous, b.root, b.leaves, b.head, b.signature";

/// A batch as it is stored.
pub(crate) struct Row {
    pub header: Header,
    pub leaves: Vec<Digest>,
    pub head: Digest,
    pub signature: Signature,
}

/// Reads a batch. Damage that leaves no batch is the error.
pub(crate) fn batch(row: &AnyRow) -> Result<Row, StoreError> {
    let wrong = |column: &str| StoreError::broken(format!("column {column} has another length"));
    let hash = |column: &str| Digest::try_from(row.bytes(column)?.as_slice()).map_err(|_| wrong(column));
    let bytes = row.bytes("leaves")?;
    let (leaves, rest) = bytes.as_chunks::<32>();
    if !rest.is_empty() {
        return Err(wrong("leaves"));
    }
    Ok(Row {
        header: Header {
            previous: hash("previous")?,
            number: row.small("number")?,
            at: row.at("sealed_at")?,
            count: u32::try_from(leaves.len()).map_err(|_| wrong("leaves"))?,
            root: hash("root")?,
        },
        leaves: leaves.iter().copied().map(Digest::new).collect(),
        head: hash("head")?,
        signature: Signature::try_from(row.bytes("signature")?.as_slice()).map_err(|_| wrong("signature"))?,
    })
}
