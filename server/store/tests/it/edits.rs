//! Changes of documents: versions, history, drafts, and all of them or nothing.

use crate::{
    harness::on_both,
    world::{NOW, World, buyer, contract, line, next, source, tenant},
};
use model::{
    BuyerId, ContractId, KeyId, SourceId, VerticalId,
    document::{Document, DocumentId, Kind},
    tenant::OperatorToken,
    user::Role,
    vertical::Vertical,
};
use store::{Change, Draft, Edit, HistoryPlace, StoreError, TenantStore, Versioned};

fn change(author: &str, after_ms: i64) -> Change {
    Change { author: author.to_owned(), at: NOW.plus_millis(after_ms), note: format!("by {author}") }
}

fn renamed(have: &Versioned, name: &str) -> Edit {
    let mut document = have.document.clone();
    match &mut document {
        Document::Buyer(buyer) => buyer.name = name.to_owned(),
        Document::Source(source) => source.name = name.to_owned(),
        other => panic!("{other:?}"),
    }
    Edit::Update { document, previous: have.document.clone(), expected: have.version, draft: None }
}

async fn names(tables: &TenantStore, kind: Kind) -> Vec<String> {
    let found = tables.documents(kind, None, 100).await.unwrap();
    found.iter().map(|have| have.document.name().to_owned()).collect()
}

on_both! {
    async fn every_change_is_a_version(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let id = DocumentId::Buyer(world.buyers[0]);
        let before = tables.document(id).await.unwrap();
        let raised = db.store.config_version().await.unwrap();
        assert_eq!(tables.apply(&[renamed(&before, "Second")], &change("ann", 1)).await, Ok(vec![before.version + 1]));
        assert_eq!(db.store.config_version().await.unwrap(), raised + 1);
        let second = tables.document(id).await.unwrap();
        assert_eq!((second.document.name(), second.version), ("Second", before.version + 1));
        // Who still has the first version is refused, and nothing is changed.
        assert_eq!(tables.apply(&[renamed(&before, "Lost")], &change("bob", 2)).await, Err(StoreError::Stale));
        assert_eq!(tables.document(id).await.unwrap(), second);
        tables.apply(&[renamed(&second, "Third")], &change("bob", 3)).await.unwrap();

        let rows = tables.recorded_changes(None, Some(id), None, None, 10).await.unwrap();
        let told: Vec<_> = rows.iter().map(|row| (row.version, row.author.as_str(), row.note.as_str())).collect();
        let first = before.version;
        assert_eq!(told, [(first + 2, "bob", "by bob"), (first + 1, "ann", "by ann"), (first, "", "")]);
        assert_eq!(rows[0].before.as_ref().map(Document::name), Some("Second"));
        assert_eq!(rows[2].document.as_ref(), Some(&before.document), "what was there before is kept");
        assert_eq!(tables.recorded(id, first + 1).await, Ok(rows[1].clone()));
        assert_eq!(tables.recorded(id, 99).await, Err(StoreError::NotFound));
    }

    async fn several_changes_are_made_together_or_not_at_all(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let have = tables.document(DocumentId::Source(world.source)).await.unwrap();
        let new = |slug: &str| Edit::Create(Document::Buyer(buyer(BuyerId::from_bits(next()), slug)));
        let raised = db.store.config_version().await.unwrap();
        let taken = [renamed(&have, "Changed"), new("fresh"), new("buyer-0")];
        assert_eq!(tables.apply(&taken, &change("ann", 1)).await, Err(StoreError::Conflict));
        assert_eq!((names(&tables, Kind::Buyer).await.len(), db.store.config_version().await.unwrap()), (2, raised));
        let vertical = Vertical {
            id: VerticalId::from_bits(next()),
            slug: "home".to_owned(),
            name: "Home".to_owned(),
            active: true,
            fields: Vec::new(),
        };
        let good = [renamed(&have, "Changed"), new("fresh"), Edit::Vertical(vertical.clone())];
        assert_eq!(tables.apply(&good, &change("ann", 1)).await, Ok(vec![have.version + 1, 1, 0]));
        assert_eq!(db.store.config_version().await.unwrap(), raised + 1, "one change of the whole");
        let whole = tables.whole().await.unwrap();
        assert_eq!((whole.verticals, whole.documents.len()), (vec![vertical], 1 + 1 + 3 + 2));
        assert_eq!(names(&tables, Kind::Source).await, ["Changed"]);
    }

    async fn lists_are_paged_by_id(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let first = tables.documents(Kind::Buyer, None, 1).await.unwrap();
        assert_eq!(first[0].document.id(), DocumentId::Buyer(world.buyers[0]));
        let second = tables.documents(Kind::Buyer, Some(first[0].document.id()), 5).await.unwrap();
        assert_eq!(second.len(), 1);
        assert_eq!(second[0].document, Document::Buyer(buyer(world.buyers[1], "buyer-1")));
        assert_eq!(tables.documents(Kind::Buyer, Some(second[0].document.id()), 5).await, Ok(Vec::new()));
        let contract = contract(world.contracts[1], world.campaign, world.buyers[1]);
        let id = DocumentId::Contract(contract.id);
        assert_eq!(tables.document(id).await.unwrap().document, Document::Contract(contract));
    }

    async fn what_is_referred_to_stays(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let delete = async |id: DocumentId| {
            let have = tables.document(id).await.unwrap();
            let edit = Edit::Delete { previous: have.document, expected: have.version };
            tables.apply(&[edit], &change("ann", 1)).await
        };
        let buyer = DocumentId::Buyer(world.buyers[0]);
        assert_eq!(delete(buyer).await, Err(StoreError::Conflict), "it has a contract");
        assert_eq!(delete(DocumentId::Source(world.source)).await, Err(StoreError::Conflict), "it has a key");
        delete(DocumentId::Contract(world.contracts[0])).await.unwrap();
        delete(buyer).await.unwrap();
        assert_eq!(tables.document(buyer).await, Err(StoreError::NotFound));
        let rows = tables.recorded_changes(Some(Kind::Buyer), None, None, None, 10).await.unwrap();
        assert_eq!((rows.len(), &rows[0].document), (2, &None));
        assert!(rows[0].before.is_some());
        let gone = Edit::Delete { previous: rows[0].before.clone().unwrap(), expected: 1 };
        assert_eq!(tables.apply(&[gone], &change("ann", 2)).await, Err(StoreError::NotFound));
        // A revoked key goes with its source.
        tables.revoke_key(world.key, NOW).await.unwrap();
        delete(DocumentId::Source(world.source)).await.unwrap();
        assert_eq!(tables.keys().await, Ok(Vec::new()));
        let never = DocumentId::Source(SourceId::from_bits(next()));
        for id in [never, buyer, DocumentId::Campaign(world.campaign), DocumentId::Contract(world.contracts[1])] {
            assert_eq!(tables.is_used(id).await, Ok(false));
        }
    }

    async fn a_draft_is_published_once_and_as_it_was_seen(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let id = DocumentId::Source(world.source);
        assert_eq!(tables.draft(id).await, Err(StoreError::NotFound));
        let have = tables.document(id).await.unwrap();
        let mut wanted = source(world.source, "web");
        wanted.name = "Drafted".to_owned();
        let draft = Draft {
            document: Document::Source(wanted),
            base: have.version,
            revision: 0,
            author: "ann".to_owned(),
            at: NOW,
        };
        tables.put_draft(&draft).await.unwrap();
        assert_eq!(tables.draft(id).await, Ok(Draft { revision: 1, ..draft.clone() }));
        tables.put_draft(&draft).await.unwrap();
        assert_eq!(tables.document(id).await, Ok(have.clone()), "a draft changes nothing");
        let publish = |revision| Edit::Update {
            document: draft.document.clone(),
            previous: have.document.clone(),
            expected: have.version,
            draft: Some(revision),
        };
        let seen_before = tables.apply(&[publish(1)], &change("bob", 1)).await;
        assert_eq!(seen_before, Err(StoreError::Stale), "it was saved again meanwhile");
        tables.apply(&[publish(2)], &change("bob", 1)).await.unwrap();
        assert_eq!(names(&tables, Kind::Source).await, ["Drafted"]);
        assert_eq!(tables.draft(id).await, Err(StoreError::NotFound));
        tables.put_draft(&draft).await.unwrap();
        tables.delete_draft(id).await.unwrap();
        assert_eq!(tables.delete_draft(id).await, Err(StoreError::NotFound));
        assert_eq!(tables.four_eyes().await, Ok(false));
        tables.set_four_eyes(true).await.unwrap();
        tables.set_four_eyes(true).await.unwrap();
        assert_eq!(tables.four_eyes().await, Ok(true));
    }

    async fn the_history_is_paged_and_nobody_elses(db: &Db) {
        let (world, other) = (World::new(&db.store).await, World::new(&db.store).await);
        let (tables, foreign) = (world.tables(&db.store), other.tables(&db.store));
        for at in 0..3 {
            let fresh = buyer(BuyerId::from_bits(next()), &format!("new-{at}"));
            tables.apply(&[Edit::Create(Document::Buyer(fresh))], &change("ann", at)).await.unwrap();
        }
        let mut seen = Vec::new();
        let mut place = None;
        loop {
            let page = tables.recorded_changes(Some(Kind::Buyer), None, None, place, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            place = Some(HistoryPlace { at: last.at, version: last.version, id: last.id });
            seen.extend(page.iter().map(|row| row.document.as_ref().unwrap().slug().unwrap().to_owned()));
        }
        assert_eq!(seen, ["new-2", "new-1", "new-0"]);
        assert_eq!(foreign.recorded_changes(None, None, None, None, 9).await, Ok(Vec::new()));
        assert_eq!(tables.recorded_changes(Some(Kind::Contract), None, None, None, 9).await, Ok(Vec::new()));
        let mine = tables.document(DocumentId::Buyer(world.buyers[0])).await.unwrap();
        assert_eq!(foreign.document(mine.document.id()).await, Err(StoreError::NotFound));
        assert_eq!(foreign.apply(&[renamed(&mine, "Theirs")], &change("eve", 1)).await, Err(StoreError::NotFound));
        // A contract cannot reach into another tenant.
        let reaching = contract(ContractId::from_bits(next()), other.campaign, world.buyers[0]);
        let reaching = Edit::Create(Document::Contract(reaching));
        assert_eq!(tables.apply(&[reaching], &change("eve", 1)).await, Err(StoreError::Conflict));
    }

    async fn operator_tokens_are_found_by_their_hash(db: &Db) {
        let (world, other) = (World::new(&db.store).await, World::new(&db.store).await);
        let tables = world.tables(&db.store);
        let token = OperatorToken {
            id: KeyId::from_bits(next()),
            name: "Deploy".to_owned(),
            buyer_id: None,
            hint: "gvl_op_ab".to_owned(),
            role: Role::Operator,
            created_at: NOW,
            revoked_at: None,
        };
        tables.create_operator_token(&token, &[5; 32], &line("token")).await.unwrap();
        let twin = OperatorToken { id: KeyId::from_bits(next()), ..token.clone() };
        assert_eq!(tables.create_operator_token(&twin, &[5; 32], &line("token")).await, Err(StoreError::Conflict));
        let row = db.store.find_operator_token(&[5; 32]).await.unwrap();
        assert_eq!((row.tenant_id, &row.token), (world.tenant, &token));
        assert_eq!(db.store.find_operator_token(&[6; 32]).await, Err(StoreError::NotFound));
        let foreign = other.tables(&db.store);
        assert_eq!(foreign.revoke_operator_token(token.id, NOW, &line("revoked")).await, Err(StoreError::NotFound));
        tables.revoke_operator_token(token.id, NOW, &line("revoked")).await.unwrap();
        tables.revoke_operator_token(token.id, NOW.plus_millis(5), &line("revoked")).await.unwrap();
        assert_eq!(tables.operator_tokens().await, Ok(vec![OperatorToken { revoked_at: Some(NOW), ..token }]));
        assert_eq!(foreign.operator_tokens().await, Ok(Vec::new()));
        let unknown = tenant(model::TenantId::from_bits(next()), "nobody");
        assert_eq!(db.store.change_tenant(unknown.id, |_| {}).await, Err(StoreError::NotFound));
    }
}
