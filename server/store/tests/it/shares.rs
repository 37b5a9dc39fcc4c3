//! Links to posting instructions.

use crate::{
    harness::on_both,
    world::{NOW, World, next},
};
use model::{EventId, ShareId, SourceId, share::Share};
use store::{Activity, ActivityFilter, StoreError};

fn line(action: &str) -> Activity {
    let (actor, actor_name, object, detail) = ("usr_a".to_owned(), "Ann".to_owned(), String::new(), String::new());
    let (id, action) = (EventId::from_bits(next()), action.to_owned());
    Activity { id, at: NOW, actor, actor_name, action, object, detail }
}

on_both! {
    async fn a_link_opens_until_it_ends_or_is_taken_back(db: &Db) {
        let (world, other) = (World::new(&db.store).await, World::new(&db.store).await);
        let tables = world.tables(&db.store);
        let share = |days: i64| Share {
            id: ShareId::from_bits(next()),
            source_id: world.source,
            campaign_id: world.campaign,
            author: "usr_a".to_owned(),
            created_at: NOW,
            expires_at: NOW.plus_millis(days * 86_400_000),
            revoked_at: None,
            used_at: None,
        };
        let (short, long) = (share(1), share(30));
        tables.add_share(&short, "aa", &line("instructions_shared")).await.unwrap();
        tables.add_share(&long, "bb", &line("instructions_shared")).await.unwrap();
        let nowhere = Share { source_id: SourceId::from_bits(next()), ..share(1) };
        assert_eq!(tables.add_share(&nowhere, "cc", &line("x")).await, Err(StoreError::Conflict));
        assert_eq!(tables.shares(world.source, world.campaign).await, Ok(vec![long.clone(), short.clone()]));
        assert_eq!(other.tables(&db.store).shares(world.source, world.campaign).await, Ok(Vec::new()));

        assert_eq!(db.store.open_share("aa", NOW).await, Ok((world.tenant, short.clone())));
        // To the minute: not every opening is written down.
        db.store.open_share("aa", NOW.plus_millis(59_999)).await.unwrap();
        let used = async || tables.shares(world.source, world.campaign).await.unwrap()[1].used_at;
        assert_eq!(used().await, Some(NOW));
        db.store.open_share("aa", NOW.plus_millis(60_000)).await.unwrap();
        assert_eq!(used().await, Some(NOW.plus_millis(60_000)));
        assert_eq!(db.store.open_share("aa", short.expires_at).await, Err(StoreError::NotFound));
        assert_eq!(db.store.open_share("dd", NOW).await, Err(StoreError::NotFound));

        assert_eq!(other.tables(&db.store).revoke_share(long.id, NOW, &line("x")).await, Err(StoreError::NotFound));
        tables.revoke_share(long.id, NOW, &line("instructions_unshared")).await.unwrap();
        assert_eq!(tables.revoke_share(long.id, NOW, &line("x")).await, Err(StoreError::NotFound), "once");
        assert_eq!(db.store.open_share("bb", NOW).await, Err(StoreError::NotFound));
        let done = tables.activities(&ActivityFilter::default(), None, 9).await.unwrap();
        assert_eq!(done.len(), 3, "what was refused is not written down");
        db.holds().await;
    }
}
