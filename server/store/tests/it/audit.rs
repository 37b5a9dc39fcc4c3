//! The audit: what is sealed, what a proof is good for, and that every kind of damage is told to the batch and the lead.

use crate::{
    harness::{Db, notary, on_both},
    world::{NOW, World, api_key, finish, hash_of, line, next, reserve, settle, source},
};
use exchange::audit::{Digest, Proof, Record as Sealed, Signer, Thing};
use model::{KeyId, LeadId, Micros, lead::LeadState};
use store::{AttemptState, Notary, OutcomeReceipt, Receipt, Record, Store, StoreError, Traced};

const PRICE: Micros = Micros::units(10);

/// A lead that came out with a trace.
async fn traced(db: &Db, world: &World) -> LeadId {
    let lead = world.lead(&db.store).await;
    let mut outcome = world.unsold(lead, Vec::new());
    outcome.trace = Some(Traced { doc: format!("{{\"of\":\"{lead}\"}}"), tape: Vec::new() });
    assert_eq!(finish(&db.store, outcome).await, OutcomeReceipt::Done);
    lead
}

async fn proof(db: &Db, world: &World, lead: LeadId) -> Proof {
    let proof = world.tables(&db.store).proof(lead).await.unwrap();
    let file = proof.file().unwrap();
    assert_eq!(Proof::verify(&file, Some(&notary().public())).map(|steps| steps.len()), Ok(5));
    proof
}

fn record(proof: &Proof) -> exchange::audit::LeadRecord {
    match Sealed::read(&proof.record).unwrap() {
        Sealed::Lead(lead) => lead,
        other => panic!("{other:?}"),
    }
}

/// What the invariant with these words says is broken.
async fn broken(store: &Store, words: &str) -> String {
    let found = store.check().await.unwrap();
    let found = found.into_iter().find(|found| found.name.contains(words)).expect(words);
    assert!(!found.ok, "{words} holds: {}", found.detail);
    found.detail
}

/// The tables that are damaged here; none of them is referred to.
const TABLES: [&str; 6] = ["leads", "traces", "ledger_entries", "audit_records", "audit_batches", "audit_chain"];

/// Remembers what is stored, so that damage after damage can be done to it.
async fn keep(db: &Db) {
    for table in TABLES {
        db.tamper(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
    }
}

/// Puts it back as it was.
async fn repair(db: &Db) {
    let put_back = TABLES.map(|table| format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}"));
    db.tamper(&put_back.join("; ")).await;
}

const BATCHES: &str = "every batch is sealed";
const RECORDS: &str = "every record is";
const LEADS: &str = "every finished lead is";
const CONFIGURATION: &str = "the configuration is";

on_both! {
    async fn a_record_says_how_a_lead_came_out(db: &Db) {
        let world = World::new(&db.store).await;
        let lead = world.lead(&db.store).await;
        let intent = world.intent(lead, 0, PRICE);
        reserve(&db.store, intent.clone()).await;
        let mut outcome = world.sold(&intent);
        outcome.trace = Some(Traced { doc: "{}".to_owned(), tape: Vec::new() });
        assert_eq!(finish(&db.store, outcome.clone()).await, OutcomeReceipt::Done);
        let proof = proof(db, &world, lead).await;
        let record = record(&proof);
        assert_eq!((record.tenant, record.lead, record.event), (world.tenant, lead, outcome.event_id));
        assert_eq!((record.state, record.buyer, record.contract), (LeadState::Sold, outcome.buyer_id, outcome.contract_id));
        assert_eq!((record.revenue, record.payout), (Some(PRICE), Some(Micros::units(5))));
        assert_eq!(record.entries.len(), 3);
        assert_eq!((record.configuration, record.trace), (7, Some(Digest::of(b"{}"))));
        assert_eq!(record.sealed, Digest::of(&[255, 0]), "of the ciphertext");
        assert_eq!((proof.header.at, proof.header.count, proof.position), (NOW, 1, 0));
        assert!(proof.record.len() < 1000, "{} bytes", proof.record.len());
        let nobody = world.tables(&db.store).proof(LeadId::from_bits(next())).await;
        assert_eq!(nobody, Err(StoreError::NotFound));
        let foreign = World::new(&db.store).await;
        assert_eq!(foreign.tables(&db.store).proof(lead).await, Err(StoreError::NotFound));
    }

    async fn a_commit_is_one_batch_that_follows_the_one_before(db: &Db) {
        let world = World::new(&db.store).await;
        let mut batch = Vec::new();
        for _ in 0..40 {
            let lead = world.lead(&db.store).await;
            batch.push(Record::Outcome(Box::new(world.unsold(lead, Vec::new()))));
        }
        let fenced = Record::Outcome(Box::new(world.unsold(LeadId::from_bits(next()), Vec::new())));
        batch.push(fenced);
        db.store.commit(&batch).await.unwrap();
        let mut seen = Vec::new();
        for record in &batch[..40] {
            let Record::Outcome(outcome) = record else { panic!("{record:?}") };
            let proof = proof(db, &world, outcome.lead_id).await;
            assert_eq!(proof.header.count, 40, "what was fenced is not sealed");
            seen.push((proof.position, proof.header.head()));
        }
        let head = seen[0].1;
        assert_eq!(seen, (0..40).map(|at| (at, head)).collect::<Vec<_>>());
        // Leads that come in and posts that leave are no auctions yet.
        let lead = world.lead(&db.store).await;
        reserve(&db.store, world.intent(lead, 0, PRICE)).await;
        assert_eq!(world.tables(&db.store).proof(lead).await, Err(StoreError::NotFound));
        let next = traced(db, &world).await;
        let next = proof(db, &world, next).await;
        assert_eq!(next.header.previous, head);
    }

    async fn a_lead_in_doubt_has_a_record_for_each_outcome(db: &Db) {
        let world = World::new(&db.store).await;
        for together in [false, true] {
            let lead = world.lead(&db.store).await;
            let intent = world.intent(lead, 0, PRICE);
            reserve(&db.store, intent.clone()).await;
            let mut unknown = world.outcome(lead, LeadState::Unknown, vec![settle(&intent, AttemptState::Unknown)]);
            unknown.trace = Some(Traced { doc: "{}".to_owned(), tape: Vec::new() });
            let sold = world.sold(&intent);
            let outcomes = [unknown, sold].map(|outcome| Record::Outcome(Box::new(outcome)));
            if together {
                let done = Receipt::Outcome(OutcomeReceipt::Done);
                assert_eq!(db.store.commit(&outcomes).await.unwrap(), [done.clone(), done]);
            } else {
                db.store.commit(&outcomes[..1]).await.unwrap();
                assert_eq!(record(&proof(db, &world, lead).await).state, LeadState::Unknown);
                db.store.commit(&outcomes[1..]).await.unwrap();
            }
            let latest = record(&proof(db, &world, lead).await);
            assert_eq!((latest.state, latest.trace), (LeadState::Sold, None), "the trace is that of the first");
        }
    }

    async fn a_person_who_is_forgotten_leaves_the_audit_whole(db: &Db) {
        let world = World::new(&db.store).await;
        let lead = world.sale(&db.store, 0, PRICE).await;
        let before = proof(db, &world, lead).await;
        db.tamper("UPDATE leads SET sealed_key = SUBSTR(sealed_key, 1, 0)").await;
        db.holds().await;
        assert_eq!(proof(db, &world, lead).await, before);
        // The ciphertext may go as well; nothing else may take its place.
        db.tamper("UPDATE leads SET sealed_body = SUBSTR(sealed_body, 1, 0)").await;
        db.holds().await;
        assert_eq!(proof(db, &world, lead).await, before);
    }

    async fn nothing_is_written_that_nobody_signs(db: &Db) {
        let world = World::new(&db.store).await;
        let lead = world.lead(&db.store).await;
        let unsigned = Store::connect(&db.url, 2).await.unwrap();
        let other = unsigned.clone().with_notary(Notary::new(Signer::from_seed(&[8; 32]), || NOW));
        let version = db.store.config_version().await.unwrap();
        for store in [&unsigned, &other] {
            let outcome = Record::Outcome(Box::new(world.unsold(lead, Vec::new())));
            assert!(matches!(store.commit(&[outcome]).await, Err(StoreError::Broken(_))));
            let changed = world.tables(store).put_source(&source(world.source, "web-2")).await;
            assert!(matches!(changed, Err(StoreError::Broken(_))), "{changed:?}");
        }
        assert_eq!(db.store.config_version().await.unwrap(), version);
        assert_eq!(world.tables(&db.store).lead_answer(lead).await.unwrap().state, LeadState::Processing);
        // Reading needs nobody; a server with another key says that the chain is not its own.
        assert!(unsigned.check().await.unwrap().iter().all(|invariant| invariant.ok));
        assert!(broken(&other, BATCHES).await.contains("another key"));
    }

    async fn servers_that_seal_at_once_make_one_chain(db: &Db) {
        let world = World::new(&db.store).await;
        let (second, mut work) = (db.another().await, tokio::task::JoinSet::new());
        for at in 0..40 {
            let (world, store) = (world.clone(), if at % 2 == 0 { db.store.clone() } else { second.clone() });
            work.spawn(async move {
                if at % 5 == 0 {
                    world.tables(&store).put_source(&source(world.source, "web")).await.unwrap();
                    return;
                }
                let lead = world.lead(&store).await;
                assert_eq!(finish(&store, world.unsold(lead, Vec::new())).await, OutcomeReceipt::Done);
            });
        }
        work.join_all().await;
        db.holds().await;
        let last = traced(db, &world).await;
        // A tenant, a source, a campaign, two buyers, two contracts and a key before; forty here.
        assert_eq!(proof(db, &world, last).await.header.number, 8 + 40 + 1);
    }

    async fn what_was_there_before_the_audit_is_sealed_with_the_first_batch(db: &Db) {
        let world = World::new(&db.store).await;
        let old = world.sale(&db.store, 0, PRICE).await;
        // As a migration finds it: leads and configuration, and no audit.
        db.tamper("DELETE FROM audit_records").await;
        db.tamper("DELETE FROM audit_batches").await;
        db.tamper("UPDATE audit_chain SET public_key = '', number = 0, head = '', after_lead = (SELECT MAX(id) FROM leads)")
            .await;
        db.holds().await;
        let new = traced(db, &world).await;
        db.holds().await;
        let proof = proof(db, &world, new).await;
        assert_eq!((proof.header.number, proof.header.count), (1, 8 + 1));
        assert_eq!(world.tables(&db.store).proof(old).await, Err(StoreError::NotFound));
        // When it began cannot be moved afterwards.
        keep(db).await;
        db.tamper("DELETE FROM leads WHERE id IN (SELECT MAX(id) FROM leads)").await;
        db.tamper("UPDATE audit_chain SET after_lead = 'led_zzz'").await;
        assert!(broken(&db.store, BATCHES).await.contains("batch 1: it does not follow the beginning"));
        db.tamper("UPDATE audit_chain SET after_lead = (SELECT MAX(id) FROM leads)").await;
        assert!(broken(&db.store, LEADS).await.contains(&format!("{new}: gone")));
        repair(db).await;
    }

    async fn changes_of_the_configuration_are_sealed_with_it(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        tables.set_buyer_active(world.buyers[0], false).await.unwrap();
        let second = api_key(KeyId::from_bits(next()), world.source);
        tables.create_key(&second, &hash_of(second.id)).await.unwrap();
        tables.revoke_key(second.id, NOW).await.unwrap();
        let mut hook = api_key(KeyId::from_bits(next()), world.source);
        hook.used_as = model::intake::KeyUse::Hook(model::intake::HookFormat::Meta);
        tables.create_hook(&hook, &hash_of(hook.id), b"sealed").await.unwrap();
        let mut tenant = db.store.tenant_by_id(world.tenant).await.unwrap().tenant;
        tenant.name = "Acme Leads".to_owned();
        db.store.change_tenant(tenant.id, |now| *now = tenant.clone()).await.unwrap();
        let pat = crate::people::user(&world, "pat@example.com");
        tables.create_user(&pat, "argon", &line("made")).await.unwrap();
        tables.begin_second_factor(pat.id, b"sealed").await.unwrap();
        tables.confirm_second_factor(pat.id, 1, &[], &line("factor")).await.unwrap();
        let token = model::tenant::OperatorToken {
            id: KeyId::from_bits(next()),
            name: "robot".to_owned(),
            hint: "gvl_op_1234…".to_owned(),
            role: model::user::Role::Viewer,
            buyer_id: None,
            created_at: NOW,
            revoked_at: None,
        };
        tables.create_operator_token(&token, &[9; 32], &line("token")).await.unwrap();
        db.holds().await;
        // Nobody takes a second factor away unseen.
        db.tamper("UPDATE second_factors SET confirmed_at = NULL").await;
        assert!(broken(&db.store, CONFIGURATION).await.contains(&format!("person {}: not that of", pat.id)));
        db.tamper("UPDATE second_factors SET confirmed_at = 1").await;
        for (thing, table, column, is, becomes) in [
            // Who may what, with which password, and what was done.
            (Thing::Person, "people", "role", "buyer", "admin"),
            (Thing::Person, "people", "password_hash", "argon", "mine"),
            (Thing::Token, "tokens", "role", "viewer", "admin"),
            (Thing::Activity, "activities", "detail", "said so", "said no"),
            (Thing::Contract, "contracts", "doc", "Standard", "Other"),
            (Thing::Campaign, "campaigns", "doc", "thanks", "there"),
            (Thing::Buyer, "buyers", "doc", "Inc.", "Ltd."),
            (Thing::Source, "sources", "doc", "500000", "900000"),
            (Thing::Tenant, "tenants", "zone", "Detroit", "Chicago"),
            (Thing::Key, "api_keys", "name", "Main", "Side"),
            (Thing::Key, "api_keys", "used_as", "meta", "json"),
            // Of "sealed": with another secret somebody else could sign.
            (Thing::Key, "api_keys", "secret", "7365", "7366"),
        ] {
            let change = |is, becomes| format!("UPDATE {table} SET {column} = REPLACE({column}, '{is}', '{becomes}')");
            db.tamper(&change(is, becomes)).await;
            let told = broken(&db.store, CONFIGURATION).await;
            assert!(told.contains(&format!("{} {}", world.tenant, thing.name())), "{table}: {told}");
            db.tamper(&change(becomes, is)).await;
        }
    }

    async fn who_was_there_before_is_sealed_once(db: &Db) {
        let world = World::new(&db.store).await;
        // As a store that was filled before people were sealed has it.
        db.tamper(&format!(
            "INSERT INTO people (tenant_id, id, email, name, role, superadmin, password_hash, active) \
             VALUES ('{}', 'usr_old', 'old@example.com', 'Old', 'admin', 0, 'hash', 1)",
            world.tenant
        ))
        .await;
        let told = broken(&db.store, CONFIGURATION).await;
        assert!(told.contains("person usr_old: no record"), "{told}");
        assert_eq!(db.store.seal_unrecorded().await, Ok(1));
        db.holds().await;
        let smuggled = "INSERT INTO people (tenant_id, id, email, name, role, superadmin, password_hash, active) \
             SELECT tenant_id, 'usr_new', 'new@example.com', name, role, 1, password_hash, 1 FROM people";
        db.tamper(smuggled).await;
        assert_eq!(db.store.seal_unrecorded().await, Ok(0), "only once");
        let told = broken(&db.store, CONFIGURATION).await;
        assert!(told.contains("person usr_new: no record"), "{told}");
        db.tamper("DELETE FROM people WHERE id = 'usr_new'").await;
    }

    async fn damage_is_told_to_the_batch_and_the_lead(db: &Db) {
        let world = World::new(&db.store).await;
        let mut leads = Vec::new();
        for _ in 0..4 {
            leads.push(traced(db, &world).await);
        }
        let sold = world.sale(&db.store, 0, PRICE).await;
        keep(db).await;
        let (first, second) = (leads[0], leads[1]);
        let number = proof(db, &world, first).await.header.number;
        let on = |text: &str, lead: LeadId| format!("{text} AND subject = '{lead}'");
        let of = |text: &str, lead: LeadId| format!("{text} WHERE id = '{lead}'");
        let batch = |text: &str, number: u64| format!("{text} WHERE number = {number}");
        let (place, tenant) = (format!("batch {number} record 0"), world.tenant);
        let other = number + 1;
        for (damage, words, told) in [
            // One record.
            (vec![on("UPDATE audit_records SET record = REPLACE(record, 'unsold', 'sold') WHERE kind = 'lead'", first)],
             RECORDS, format!("{place} ({tenant} {first}): not what was sealed")),
            (vec![on("DELETE FROM audit_records WHERE kind = 'lead'", first)], RECORDS, format!("{place}: gone")),
            (vec![on("DELETE FROM audit_records WHERE kind = 'lead'", first)], LEADS, format!("{tenant} {first}: no record")),
            (vec![on("UPDATE audit_records SET position = 5 WHERE kind = 'lead'", first)],
             RECORDS, format!("batch {number} record 5 ({tenant} {first}): there is no such place; {place}: gone")),
            (vec![on("UPDATE audit_records SET subject = 'led_x' WHERE kind = 'lead'", first)],
             RECORDS, format!("{place} ({tenant} led_x): about something else")),
            (vec![on("UPDATE audit_records SET kind = 'nothing' WHERE kind = 'lead'", first)],
             RECORDS, format!("{place} ({tenant} {first}): about something else")),
            // One batch.
            (vec![batch("DELETE FROM audit_batches", number)], BATCHES, format!("batch {number}: gone")),
            (vec![batch("UPDATE audit_batches SET at = at + 1", number)],
             BATCHES, format!("batch {number}: its head is not that of its header")),
            (vec![batch("UPDATE audit_batches SET root = previous", number)],
             BATCHES, format!("batch {number}: its root is not that of its leaves")),
            (vec![batch("UPDATE audit_batches SET leaves = previous", number)],
             BATCHES, format!("batch {number}: its root is not that of its leaves")),
            (vec![batch("UPDATE audit_batches SET leaves = signature", number)],
             RECORDS, format!("batch {number} record 1: gone")),
            (vec![batch("UPDATE audit_batches SET head = root", number)],
             BATCHES, format!("batch {number}: its head is not that of its header")),
            (vec![batch("UPDATE audit_batches SET signature = (SELECT b.signature FROM audit_batches b WHERE b.number = 1)", number)],
             BATCHES, format!("batch {number}: it is not signed by this server's key")),
            (vec![batch("UPDATE audit_batches SET root = signature", number)], BATCHES, format!("batch {number}: column root")),
            // Two batches in each other's place: their headers name other numbers.
            (vec![
                batch("UPDATE audit_batches SET number = 1000", number),
                batch(&format!("UPDATE audit_batches SET number = {number}"), other),
                batch(&format!("UPDATE audit_batches SET number = {other}"), 1000),
             ],
             BATCHES, format!("batch {number}: its head is not that of its header; batch {other}: its head is not that of its header")),
            // The end of the chain.
            (vec!["DELETE FROM audit_batches WHERE number = (SELECT MAX(b.number) FROM audit_batches b)".to_owned()],
             BATCHES, "the chain ends with batch".to_owned()),
            (vec!["UPDATE audit_chain SET head = public_key".to_owned()], BATCHES, "its head is not the end of the chain".to_owned()),
            (vec!["DELETE FROM audit_chain".to_owned()], BATCHES, "the chain ends with batch".to_owned()),
            (vec!["UPDATE audit_chain SET public_key = head".to_owned()], BATCHES, "another key".to_owned()),
            // What the records are about.
            (vec![format!("UPDATE traces SET doc = '{{}}' WHERE lead_id = '{second}'")],
             LEADS, format!("{tenant} {second}: its trace is not that of batch {other} record 0")),
            (vec![format!("DELETE FROM traces WHERE lead_id = '{second}'")], LEADS, format!("{second}: its trace")),
            (vec![of("UPDATE leads SET state = 'duplicate'", second)], LEADS, format!("{second}: its state")),
            (vec![of("UPDATE leads SET reason = NULL", second)], LEADS, format!("{second}: its reason")),
            (vec![of("UPDATE leads SET sealed_body = sealed_key", second)], LEADS, format!("{second}: its sealed values")),
            (vec![of("DELETE FROM leads", second)], LEADS, format!("{second}: gone")),
            (vec![of("UPDATE leads SET revenue = revenue + 1", sold)], LEADS, format!("{sold}: its revenue")),
            (vec![of("UPDATE leads SET contract_id = NULL", sold)], LEADS, format!("{sold}: its contract_id")),
            (vec!["UPDATE ledger_entries SET amount = amount * 2".to_owned()], LEADS, format!("{sold}: its ledger entries")),
            (vec!["DELETE FROM ledger_entries".to_owned()], LEADS, format!("{sold}: its ledger entries")),
        ] {
            for statement in &damage {
                db.tamper(statement).await;
            }
            let said = broken(&db.store, words).await;
            assert!(said.contains(&told), "{damage:?}: {said}, and not {told}");
            repair(db).await;
        }
        // What is not what was sealed is not proved.
        db.tamper(&on("UPDATE audit_records SET record = REPLACE(record, 'unsold', 'sold') WHERE kind = 'lead'", first)).await;
        let refused = world.tables(&db.store).proof(first).await;
        assert!(matches!(&refused, Err(StoreError::Broken(why)) if why.contains(&first.to_string())), "{refused:?}");
        repair(db).await;
    }
}
