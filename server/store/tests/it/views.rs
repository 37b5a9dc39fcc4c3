//! Views of the leads list, and the columns that people chose.

use crate::{
    harness::on_both,
    world::{NOW, World, next},
};
use model::{UserId, ViewId, view::SavedView};
use store::StoreError;

on_both! {
    async fn people_have_their_own_views_and_those_that_are_shared(db: &Db) {
        let (world, other) = (World::new(&db.store).await, World::new(&db.store).await);
        let (tables, ann, bob) = (world.tables(&db.store), UserId::from_bits(next()), UserId::from_bits(next()));
        let view = |user_id, name: &str, shared| SavedView {
            id: ViewId::from_bits(next()),
            user_id,
            name: name.to_owned(),
            query: "state=sold&cols=came.state".to_owned(),
            shared,
        };
        let (own, shared, bobs) = (view(ann, "Own", false), view(ann, "A shared one", true), view(bob, "Bob's", false));
        for one in [&own, &shared, &bobs] {
            tables.add_view(one).await.unwrap();
        }
        assert_eq!(tables.add_view(&own).await, Err(StoreError::Conflict));
        assert_eq!(tables.views(ann).await.unwrap(), [shared.clone(), own.clone()]);
        assert_eq!(tables.views(bob).await.unwrap(), [shared.clone(), bobs.clone()]);
        assert_eq!(other.tables(&db.store).views(ann).await.unwrap(), []);
        assert_eq!(other.tables(&db.store).view(own.id).await, Err(StoreError::NotFound));

        // Taken away, brought back, and forgotten.
        tables.drop_view(shared.id, Some(NOW)).await.unwrap();
        assert_eq!(tables.views(bob).await.unwrap(), [bobs]);
        assert_eq!(tables.view(shared.id).await.unwrap(), shared);
        tables.drop_view(shared.id, None).await.unwrap();
        assert_eq!(tables.views(ann).await.unwrap(), [shared.clone(), own]);
        assert_eq!(other.tables(&db.store).drop_view(shared.id, Some(NOW)).await, Err(StoreError::NotFound));
        tables.forget_views(ann, NOW.plus_millis(1)).await.unwrap();
        assert_eq!(tables.views(ann).await.unwrap().len(), 2, "what is there is not forgotten");
        tables.drop_view(shared.id, Some(NOW)).await.unwrap();
        tables.forget_views(ann, NOW).await.unwrap();
        assert_eq!(tables.view(shared.id).await.unwrap(), shared, "not yet");
        tables.forget_views(ann, NOW.plus_millis(1)).await.unwrap();
        assert_eq!(tables.view(shared.id).await, Err(StoreError::NotFound));
    }

    async fn columns_are_remembered_for_each_person(db: &Db) {
        let world = World::new(&db.store).await;
        let (tables, ann, bob) = (world.tables(&db.store), UserId::from_bits(next()), UserId::from_bits(next()));
        assert_eq!(tables.list_columns(ann).await, Ok(None));
        for columns in ["came.state", "came"] {
            tables.put_list_columns(ann, columns).await.unwrap();
            assert_eq!(tables.list_columns(ann).await, Ok(Some(columns.to_owned())));
        }
        assert_eq!(tables.list_columns(bob).await, Ok(None));
    }
}
