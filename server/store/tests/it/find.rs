//! Finding what is configured, and leads by what they are called.

use crate::{
    harness::on_both,
    world::{World, buyer, next},
};
use model::{BuyerId, find::What};

on_both! {
    async fn things_are_found_by_words_of_their_names(db: &Db) {
        let (world, other) = (World::new(&db.store).await, World::new(&db.store).await);
        let tables = world.tables(&db.store);
        let named = async |words: &[&str]| {
            let found = tables.find(words, 50).await.unwrap();
            found.into_iter().map(|found| (found.what, found.id)).collect::<Vec<_>>()
        };
        assert_eq!(named(&["buyer-1"]).await, [
            (What::Contract, world.contracts[1].to_string()),
            (What::Buyer, world.buyers[1].to_string()),
        ]);
        assert_eq!(named(&["standard", "buyer-0"]).await, [(What::Contract, world.contracts[0].to_string())]);
        // What is a pattern to the database is a letter here.
        for pattern in ["%", "_", "\\", "'"] {
            assert_eq!(named(&[pattern]).await, [], "{pattern}");
        }
        assert_eq!(tables.find(&["buyer"], 1).await.unwrap().len(), 1, "no more than asked for");
        // Other letters than those of ASCII are found whatever their case; who asks looks exactly.
        let uber = BuyerId::from_bits(next());
        let named_so = model::buyer::Buyer { name: "Über GmbH".to_owned(), ..buyer(uber, "uber") };
        tables.put_buyer(&named_so).await.unwrap();
        assert_eq!(named(&["über"]).await, [(What::Buyer, uber.to_string())]);
        let all = tables.find(&[], 50).await.unwrap();
        assert!(all.iter().any(|found| found.id == world.campaign.to_string()));
        assert!(all.iter().all(|found| found.id != other.campaign.to_string()), "another tenant's is not there");
    }
}

on_both! {
    async fn leads_are_found_by_their_id_and_their_sources_own(db: &Db) {
        let (world, other) = (World::new(&db.store).await, World::new(&db.store).await);
        let mut received = world.received();
        received.external_id = Some("click-77".to_owned());
        let lead = received.lead_id;
        crate::world::receive(&db.store, received).await;
        for called in [lead.to_string(), "click-77".to_owned()] {
            let found = world.tables(&db.store).leads_called(&called).await.unwrap();
            assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), [lead], "{called}");
            assert_eq!(other.tables(&db.store).leads_called(&called).await.unwrap(), [], "{called} of another tenant");
        }
        assert_eq!(world.tables(&db.store).leads_called("click-7").await.unwrap(), []);
    }
}
