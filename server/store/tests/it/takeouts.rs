//! Files with personal values: who was allowed what, how many leads that is, and their sealed parts.

use crate::{
    harness::on_both,
    world::{NOW, World, line, next},
};
use model::{EventId, ExportId, LeadId};
use store::{ActivityFilter, LeadFilter, StoreError, Takeout};

on_both! {
    async fn what_was_allowed_is_known_for_a_while_and_written_down_for_good(db: &Db) {
        let (world, other) = (World::new(&db.store).await, World::new(&db.store).await);
        let tables = world.tables(&db.store);
        let allowed = |actor: &str, at| Takeout {
            id: ExportId::from_bits(next()),
            actor: actor.to_owned(),
            at,
            query: "state=sold".to_owned(),
            fields: vec!["email".to_owned(), "drivers".to_owned()],
            format: "csv".to_owned(),
        };
        let (first, second) = (allowed("usr_1", NOW.plus_millis(-2)), allowed("usr_1", NOW));
        tables.add_takeout(&first, &line("exported_personal"), NOW.plus_millis(-10)).await.unwrap();
        assert_eq!(tables.takeout(first.id).await, Ok(first.clone()));
        assert_eq!(other.tables(&db.store).takeout(first.id).await, Err(StoreError::NotFound));
        assert_eq!(tables.add_takeout(&first, &line("again"), NOW.plus_millis(-10)).await, Err(StoreError::Conflict));
        tables.add_takeout(&allowed("usr_2", NOW), &line("exported_personal"), NOW).await.unwrap();
        assert_eq!(tables.takeouts_since("usr_1", NOW.plus_millis(-2)).await, Ok(1));
        assert_eq!(tables.takeouts_since("usr_1", NOW).await, Ok(0));
        tables.add_takeout(&second, &line("exported_personal"), NOW.plus_millis(-1)).await.unwrap();
        assert_eq!(tables.takeout(first.id).await, Err(StoreError::NotFound), "its time is over");
        assert_eq!(tables.takeouts_since("usr_1", NOW.plus_millis(-2)).await, Ok(1));
        let log = tables.activities(&ActivityFilter::default(), None, 10).await.unwrap();
        assert_eq!(log.iter().filter(|one| one.action == "exported_personal").count(), 3);
    }

    async fn leads_are_counted_opened_and_marked_together(db: &Db) {
        let (world, other) = (World::new(&db.store).await, World::new(&db.store).await);
        let tables = world.tables(&db.store);
        let leads = [world.lead(&db.store).await, world.lead(&db.store).await, world.lead(&db.store).await];
        let theirs = other.lead(&db.store).await;
        let all = LeadFilter::default();
        assert_eq!(tables.leads_counted(&all, 10).await, Ok(3));
        assert_eq!(tables.leads_counted(&all, 2).await, Ok(2), "no further than asked");
        let none = LeadFilter { campaign: Some(other.campaign), ..all };
        assert_eq!(tables.leads_counted(&none, 10).await, Ok(0));

        let asked = [leads[0], leads[2], theirs, LeadId::from_bits(next())];
        let mut sealed = tables.sealed_of(&asked).await.unwrap();
        sealed.sort_by_key(|(lead, _)| *lead);
        assert_eq!(sealed.iter().map(|(lead, _)| *lead).collect::<Vec<_>>(), [leads[0], leads[2]]);
        assert_eq!(sealed[0].1, tables.sealed(leads[0]).await.unwrap());
        assert_eq!(tables.sealed_of(&[]).await.unwrap().len(), 0);

        let events = [leads[0], leads[2]].map(|lead| (EventId::from_bits(next()), lead));
        tables.append_histories(&events, "personal_exported", "Taken away.", "usr_1", NOW).await.unwrap();
        tables.append_histories(&[], "personal_exported", "Taken away.", "usr_1", NOW).await.unwrap();
        for (lead, times) in [(leads[0], 1), (leads[1], 0), (leads[2], 1)] {
            let history = tables.lead_detail(lead).await.unwrap().history;
            let found = history.iter().filter(|one| one.kind == "personal_exported" && one.note == "Taken away.");
            assert_eq!(found.count(), times);
        }
    }
}
