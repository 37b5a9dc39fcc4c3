//! Tenants, people, sessions and tries to sign in.

use crate::{
    harness::on_both,
    world::{NOW, World, next, tenant},
};
use model::{
    BuyerId, TenantId, UserId,
    user::{Role, User},
};
use store::StoreError;

fn user(world: &World, email: &str) -> User {
    User {
        id: UserId::from_bits(next()),
        tenant_id: world.tenant,
        email: email.to_owned(),
        name: "Pat".to_owned(),
        role: Role::Buyer,
        buyer_id: Some(BuyerId::from_bits(next())),
        active: true,
    }
}

on_both! {
    async fn tenants(db: &Db) {
        let mut acme = tenant(TenantId::from_bits(next()), "acme");
        db.store.create_tenant(&acme, &[0, 1, 255]).await.unwrap();
        assert_eq!(db.store.create_tenant(&acme, b"x").await, Err(StoreError::Conflict));
        let other = tenant(TenantId::from_bits(next()), "acme");
        assert_eq!(db.store.create_tenant(&other, b"x").await, Err(StoreError::Conflict));
        acme.active = false;
        acme.zone = "UTC".to_owned();
        db.store.update_tenant(&acme).await.unwrap();
        assert_eq!(db.store.update_tenant(&other).await, Err(StoreError::NotFound));
        let row = db.store.tenant_by_slug("acme").await.unwrap();
        assert_eq!((&row.tenant, &row.key_sealed[..]), (&acme, &[0, 1, 255][..]));
        assert_eq!(db.store.tenant_by_id(acme.id).await.as_ref(), Ok(&row));
        assert_eq!(db.store.tenants().await.unwrap(), [row]);
        assert_eq!(db.store.tenant_by_slug("none").await, Err(StoreError::NotFound));
    }

    async fn people_and_their_passwords(db: &Db) {
        let (world, other) = (World::new(&db.store).await, World::new(&db.store).await);
        let tables = world.tables(&db.store);
        let mut pat = user(&world, "Pat@Example.com");
        tables.create_user(&pat, "hash-1").await.unwrap();
        pat.email = "pat@example.com".to_owned();
        let secret = db.store.user_by_email("PAT@example.com").await.unwrap();
        assert_eq!((&secret.user, secret.password_hash.as_str()), (&pat, "hash-1"));
        assert!(!format!("{secret:?}").contains("hash-1"));

        // One address, one person: on the whole server.
        let twin = user(&other, "pat@example.com");
        assert_eq!(other.tables(&db.store).create_user(&twin, "x").await, Err(StoreError::Conflict));
        assert!(matches!(tables.create_user(&twin, "x").await, Err(StoreError::Broken(_))));

        // Another tenant's person is not found.
        let foreign = other.tables(&db.store);
        assert_eq!(foreign.user(pat.id).await, Err(StoreError::NotFound));
        assert_eq!(foreign.set_password(pat.id, "mine").await, Err(StoreError::NotFound));
        assert_eq!(foreign.set_user_active(pat.id, false).await, Err(StoreError::NotFound));
        assert_eq!(foreign.users().await.unwrap(), []);

        db.store.put_session("s", "{}", Some(pat.id), NOW.plus_millis(1)).await.unwrap();
        tables.set_password(pat.id, "hash-2").await.unwrap();
        assert_eq!(db.store.user_by_email("pat@example.com").await.unwrap().password_hash, "hash-2");
        assert_eq!(db.store.session("s", NOW).await, Err(StoreError::NotFound), "a new password ends sessions");

        db.store.put_session("s", "{}", Some(pat.id), NOW.plus_millis(1)).await.unwrap();
        assert_eq!(foreign.set_user_role(pat.id, Role::Admin, None).await, Err(StoreError::NotFound));
        tables.set_user_role(pat.id, Role::Viewer, None).await.unwrap();
        assert_eq!(db.store.session("s", NOW).await, Err(StoreError::NotFound), "another role begins with signing in");
        (pat.role, pat.buyer_id) = (Role::Viewer, None);
        assert_eq!(tables.user(pat.id).await.as_ref(), Ok(&pat));

        for (id, ends) in [("s1", 5), ("s2", 9), ("s3", 0)] {
            db.store.put_session(id, "{}", Some(pat.id), NOW.plus_millis(ends)).await.unwrap();
        }
        let open = tables.open_sessions(NOW).await.unwrap();
        let ids: Vec<_> = open.iter().map(|session| (session.id.as_str(), session.user_id)).collect();
        assert_eq!(ids, [("s2", pat.id), ("s1", pat.id)]);
        assert_eq!(open[0].expires_at, NOW.plus_millis(9));
        assert_eq!(foreign.open_sessions(NOW).await.unwrap(), []);
        assert_eq!(foreign.end_session("s1").await, Err(StoreError::NotFound));
        tables.end_session("s1").await.unwrap();
        assert_eq!(tables.end_session("s1").await, Err(StoreError::NotFound));
        assert_eq!(tables.open_sessions(NOW).await.unwrap().len(), 1);

        db.store.put_session("s", "{}", Some(pat.id), NOW.plus_millis(1)).await.unwrap();
        tables.set_user_active(pat.id, false).await.unwrap();
        assert_eq!(db.store.session("s", NOW).await, Err(StoreError::NotFound), "who may not sign in is out");
        pat.active = false;
        assert_eq!(tables.user(pat.id).await.as_ref(), Ok(&pat));
        assert_eq!(db.store.user(pat.id).await.as_ref(), Ok(&pat));
        assert_eq!(db.store.user(twin.id).await, Err(StoreError::NotFound));
        assert_eq!(tables.users().await.unwrap(), [pat]);
        assert_eq!(db.store.user_by_email("nobody@example.com").await, Err(StoreError::NotFound));
    }

    async fn sessions(db: &Db) {
        let person = UserId::from_bits(next());
        db.store.put_session("a", "one", None, NOW.plus_millis(10)).await.unwrap();
        db.store.put_session("a", "two", Some(person), NOW.plus_millis(20)).await.unwrap();
        let session = db.store.session("a", NOW).await.unwrap();
        assert_eq!((session.data.as_str(), session.user_id), ("two", Some(person)));
        assert_eq!(session.expires_at, NOW.plus_millis(20));
        assert_eq!(db.store.session("a", NOW.plus_millis(20)).await, Err(StoreError::NotFound));

        db.store.put_session("b", "", Some(person), NOW.plus_millis(5)).await.unwrap();
        assert_eq!(db.store.delete_expired_sessions(NOW.plus_millis(5)).await, Ok(1));
        assert_eq!(db.store.delete_user_sessions(person).await, Ok(1));
        db.store.put_session("c", "", None, NOW.plus_millis(5)).await.unwrap();
        db.store.delete_session("c").await.unwrap();
        db.store.delete_session("c").await.unwrap();
        assert_eq!(db.store.session("c", NOW).await, Err(StoreError::NotFound));
    }

    async fn tries_count_inside_their_window(db: &Db) {
        for expected in 1..=3 {
            let attempts = db.store.count_attempt("b", NOW.plus_millis(expected), 1000).await.unwrap();
            assert_eq!((attempts.count, attempts.since), (expected, NOW.plus_millis(1)));
        }
        assert_eq!(db.store.count_attempt("other", NOW, 1000).await.unwrap().count, 1);
        // The window is over: the next begins.
        let later = NOW.plus_millis(1001);
        let attempts = db.store.count_attempt("b", later, 1000).await.unwrap();
        assert_eq!((attempts.count, attempts.since), (1, later));
        db.store.forget_attempts("b").await.unwrap();
        assert_eq!(db.store.count_attempt("b", later, 1000).await.unwrap().count, 1);
        assert_eq!(db.store.delete_attempts_before(later).await, Ok(1));
    }
}
