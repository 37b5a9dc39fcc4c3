//! Kept answers and tests that were sent.

use crate::{
    harness::on_both,
    world::{NOW, World, next},
};
use model::{
    ContractId, ExampleId, Reason, TestId,
    bench::{Expected, Outcome, Phase},
    document::DocumentId,
};
use store::{Change, Edit, ExampleRow, StoreError, TestRow};

fn example(contract: ContractId, phase: Phase, name: &str) -> ExampleRow {
    ExampleRow {
        id: ExampleId::from_bits(next()),
        contract_id: contract,
        phase,
        name: name.to_owned(),
        status: 200,
        content_type: Some("application/json".to_owned()),
        body: vec![0, 255, 7],
        expected: Expected {
            outcome: Outcome::NoBid,
            price: None,
            reference: None,
            carried: vec![("ids".to_owned(), vec!["a".to_owned()])],
            good_for_ms: Some(300_000),
            redirect: None,
            reason: Some(Reason::BuyerGeo),
        },
        at: NOW,
        author: "ann".to_owned(),
    }
}

fn change() -> Change {
    Change { author: "ann".to_owned(), at: NOW, note: String::new() }
}

on_both! {
    async fn answers_are_kept_by_contract_call_and_name(db: &Db) {
        let world = World::new(&db.store).await;
        let (tables, [mine, other]) = (world.tables(&db.store), world.contracts);
        let first = example(mine, Phase::Ping, "no coverage");
        let second = ExampleRow { content_type: None, ..example(mine, Phase::Post, "no coverage") };
        let third = example(other, Phase::Ping, "no coverage");
        for kept in [&first, &second, &third] {
            tables.keep_example(kept).await.unwrap();
        }
        let again = example(mine, Phase::Ping, "no coverage");
        assert_eq!(tables.keep_example(&again).await, Err(StoreError::Conflict));
        assert_eq!(tables.examples(mine).await.unwrap(), [first.clone(), second.clone()]);
        assert_eq!(tables.all_examples().await.unwrap(), [first.clone(), second.clone(), third.clone()]);

        // What is another contract's or another tenant's is not there.
        assert_eq!(tables.drop_example(other, first.id).await, Err(StoreError::NotFound));
        let stranger = World::new(&db.store).await.tables(&db.store);
        assert_eq!(stranger.drop_example(mine, first.id).await, Err(StoreError::NotFound));
        assert_eq!(stranger.examples(mine).await.unwrap(), []);
        tables.drop_example(mine, first.id).await.unwrap();
        assert_eq!(tables.examples(mine).await.unwrap(), [second]);
    }

    async fn answers_are_replaced_with_other_changes_and_go_with_their_contract(db: &Db) {
        let world = World::new(&db.store).await;
        let (tables, mine) = (world.tables(&db.store), world.contracts[0]);
        let (old, new) = (example(mine, Phase::Ping, "a bid"), example(mine, Phase::Ping, "a bid"));
        tables.keep_example(&old).await.unwrap();
        let edit = Edit::Examples { contract: mine, examples: vec![new.clone()] };
        assert_eq!(tables.apply(&[edit], &change()).await, Ok(vec![0]));
        assert_eq!(tables.examples(mine).await.unwrap(), [new]);
        tables.begin_test(&test(mine)).await.unwrap();
        let have = tables.document(DocumentId::Contract(mine)).await.unwrap();
        let gone = Edit::Delete { previous: have.document, expected: have.version };
        tables.apply(&[gone], &change()).await.unwrap();
        assert_eq!(tables.examples(mine).await.unwrap(), []);
        assert_eq!(tables.tests(mine, 9).await.unwrap(), []);
    }

    async fn a_test_is_there_before_its_answer(db: &Db) {
        let world = World::new(&db.store).await;
        let (tables, mine) = (world.tables(&db.store), world.contracts[0]);
        let (first, second) = (test(mine), TestRow { phase: Phase::Post, ..test(mine) });
        tables.begin_test(&first).await.unwrap();
        tables.begin_test(&second).await.unwrap();
        assert_eq!(tables.begin_test(&second).await, Err(StoreError::Conflict));
        tables.end_test(first.id, Some(409), 12_345, "rejected").await.unwrap();
        let ended = TestRow { status: Some(409), took_us: Some(12_345), outcome: "rejected".to_owned(), ..first };
        assert_eq!(tables.tests(mine, 9).await.unwrap(), [second.clone(), ended]);
        assert_eq!(tables.tests(mine, 1).await.unwrap(), std::slice::from_ref(&second));
        let stranger = World::new(&db.store).await.tables(&db.store);
        assert_eq!(stranger.end_test(second.id, None, 1, "lost").await, Err(StoreError::NotFound));
        assert_eq!(stranger.tests(mine, 9).await.unwrap(), []);
    }
}

fn test(contract: ContractId) -> TestRow {
    TestRow {
        id: TestId::from_bits(next()),
        contract_id: contract,
        phase: Phase::Ping,
        at: NOW,
        author: "ann".to_owned(),
        host: "test.buyer.example".to_owned(),
        status: None,
        took_us: None,
        outcome: String::new(),
    }
}
