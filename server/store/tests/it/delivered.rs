//! What a buyer took, and what it pays.

use crate::{
    harness::on_both,
    world::{NOW, World, finish, reserve, settle},
};
use model::{Micros, Timestamp, lead::LeadState, page::Cursor, time::HOUR};
use store::{AttemptState, DeliveredFilter, StoreError};

const PRICE: Micros = Micros::units(10);
const LATER: Timestamp = Timestamp(NOW.0 + HOUR);

on_both! {
    async fn a_buyer_finds_what_it_took(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let mut own = Vec::new();
        for nth in [0, 1, 0, 0] {
            let lead = world.sale(&db.store, nth, PRICE).await;
            if nth == 0 {
                own.push(lead);
            }
        }
        // A post in doubt is nobody's yet.
        let doubt = world.lead(&db.store).await;
        let intent = world.intent(doubt, 0, PRICE);
        reserve(&db.store, intent.clone()).await;
        finish(&db.store, world.outcome(doubt, LeadState::Unknown, vec![settle(&intent, AttemptState::Unknown)])).await;

        let all = DeliveredFilter::default();
        let page = tables.delivered(world.buyers[0], all, &Cursor::Newest, 2).await.unwrap();
        assert_eq!(page.rows.iter().map(|row| row.lead_id).collect::<Vec<_>>(), [own[2], own[1]]);
        let row = &page.rows[0];
        assert_eq!((row.contract_id, row.pays.amount), (world.contracts[0], PRICE));
        assert_eq!((page.newer.is_some(), page.older.clone()), (false, Some(own[1].to_string())));
        let older = Cursor::OlderThan(own[1].to_string());
        let rest = tables.delivered(world.buyers[0], all, &older, 2).await.unwrap();
        assert_eq!(rest.rows.iter().map(|row| row.lead_id).collect::<Vec<_>>(), [own[0]]);
        let newer = Cursor::NewerThan(own[0].to_string());
        let back = tables.delivered(world.buyers[0], all, &newer, 2).await.unwrap();
        assert_eq!(back.rows.iter().map(|row| row.lead_id).collect::<Vec<_>>(), [own[2], own[1]]);
        let tomorrow = DeliveredFilter { from: Some(LATER), to: None };
        assert_eq!(tables.delivered(world.buyers[0], tomorrow, &Cursor::Newest, 9).await.unwrap().rows, []);
        let today = DeliveredFilter { from: Some(NOW), to: Some(LATER) };
        assert_eq!(tables.delivered(world.buyers[0], today, &Cursor::Newest, 9).await.unwrap().rows.len(), 3);

        assert_eq!(tables.delivered_lead(world.buyers[0], own[0]).await.unwrap().lead_id, own[0]);
        assert_eq!(tables.delivered_lead(world.buyers[1], own[0]).await, Err(StoreError::NotFound));
        assert_eq!(tables.delivered_lead(world.buyers[0], doubt).await, Err(StoreError::NotFound));
        let other = World::new(&db.store).await;
        assert_eq!(other.tables(&db.store).delivered_lead(world.buyers[0], own[0]).await, Err(StoreError::NotFound));

        let account = tables.account_of(world.buyers[0], NOW, LATER).await.unwrap();
        assert_eq!(account.iter().map(|row| (row.entries, row.pays)).collect::<Vec<_>>(), [(3, Micros::units(30))]);
        assert_eq!(tables.account_of(world.buyers[0], LATER, Timestamp(LATER.0 + HOUR)).await.unwrap(), []);
    }
}
