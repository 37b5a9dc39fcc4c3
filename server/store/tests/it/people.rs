//! Tenants, people, sessions and tries to sign in.

use crate::{
    harness::on_both,
    jobs::job,
    world::{NOW, World, finish, line, next, tenant},
};
use model::{
    BuyerId, SourceId, TenantId, Timestamp, UserId,
    user::{Right, Role, User},
};
use store::{Activity, ActivityFilter, LinkPurpose, OutcomeReceipt, PersonChange, PersonLink, StoreError};

pub fn user(world: &World, email: &str) -> User {
    User {
        id: UserId::from_bits(next()),
        tenant_id: world.tenant,
        email: email.to_owned(),
        name: "Pat".to_owned(),
        role: Role::Buyer,
        buyer_id: Some(BuyerId::from_bits(next())),
        source_id: None,
        rights: None,
        superadmin: false,
        second_factor: false,
        invited: false,
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
        acme.settings = model::tenant::Settings { second_factor: true, people: Some(3), ..acme.settings };
        db.store.change_tenant(acme.id, |tenant| *tenant = acme.clone()).await.unwrap();
        assert_eq!(db.store.change_tenant(other.id, |_| {}).await, Err(StoreError::NotFound));
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
        tables.create_user(&pat, "hash-1", &line("made")).await.unwrap();
        pat.email = "pat@example.com".to_owned();
        let secret = db.store.user_by_email("PAT@example.com").await.unwrap();
        assert_eq!((&secret.user, secret.password_hash.as_str()), (&pat, "hash-1"));
        assert!(!format!("{secret:?}").contains("hash-1"));

        // One address, one person: on the whole server.
        let twin = user(&other, "pat@example.com");
        let made = other.tables(&db.store).create_user(&twin, "x", &line("made")).await;
        assert_eq!(made, Err(StoreError::Conflict));
        assert!(matches!(tables.create_user(&twin, "x", &line("made")).await, Err(StoreError::Broken(_))));

        // Another tenant's person is not found.
        let foreign = other.tables(&db.store);
        assert_eq!(foreign.user(pat.id).await, Err(StoreError::NotFound));
        let changed = foreign.change_user(pat.id, PersonChange::Password("mine"), &line("no")).await;
        assert_eq!(changed, Err(StoreError::NotFound));
        assert_eq!(foreign.users().await.unwrap(), []);
        let all = ActivityFilter::default();
        assert_eq!(foreign.activities(&all, None, 9).await.unwrap(), [], "what did not happen is not recorded");

        // Every change ends the sessions.
        let rights = [Right::Export, Right::Billing];
        let source = SourceId::from_bits(next());
        let changes = [
            PersonChange::Password("hash-2"),
            PersonChange::Role(Role::Affiliate, None, Some(source)),
            PersonChange::Role(Role::Viewer, None, None),
            PersonChange::Rights(Some(&rights)),
            PersonChange::Superadmin(true),
            PersonChange::Active(false),
        ];
        for change in changes {
            db.store.put_session("s", "{}", Some(pat.id), NOW.plus_millis(1)).await.unwrap();
            tables.change_user(pat.id, change, &line("changed")).await.unwrap();
            assert_eq!(db.store.session("s", NOW).await, Err(StoreError::NotFound), "{change:?}");
        }
        assert_eq!(db.store.user_by_email("pat@example.com").await.unwrap().password_hash, "hash-2");
        (pat.role, pat.buyer_id, pat.rights) = (Role::Viewer, None, Some(rights.to_vec()));
        (pat.superadmin, pat.active) = (true, false);
        assert_eq!(tables.user(pat.id).await.as_ref(), Ok(&pat));
        tables.change_user(pat.id, PersonChange::Rights(Some(&[])), &line("changed")).await.unwrap();
        assert_eq!(tables.user(pat.id).await.unwrap().rights, Some(Vec::new()), "none is not the same as the role's");
        tables.change_user(pat.id, PersonChange::Rights(None), &line("changed")).await.unwrap();
        pat.rights = None;
        assert_eq!(tables.user(pat.id).await.as_ref(), Ok(&pat));
        assert_eq!(db.store.user(pat.id).await.as_ref(), Ok(&pat));
        assert_eq!(db.store.user(twin.id).await, Err(StoreError::NotFound));
        assert_eq!(db.store.user_by_email("nobody@example.com").await, Err(StoreError::NotFound));
        assert_eq!(tables.activities(&all, None, 50).await.unwrap().len(), 9);
        // Another role has the rights of that role, whatever was switched on before.
        tables.change_user(pat.id, PersonChange::Rights(Some(&rights)), &line("changed")).await.unwrap();
        tables.change_user(pat.id, PersonChange::Role(Role::Viewer, None, None), &line("changed")).await.unwrap();
        assert_eq!(tables.user(pat.id).await.unwrap().rights, None);

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
        assert_eq!(tables.users().await.unwrap(), [pat]);
    }

    async fn a_link_works_once_and_the_newest_ends_those_before(db: &Db) {
        let (world, other) = (World::new(&db.store).await, World::new(&db.store).await);
        let tables = world.tables(&db.store);
        let pat = user(&world, "pat@example.com");
        let link = |hash: &str, purpose, ends: i64| PersonLink {
            user_id: pat.id,
            purpose,
            hash: hash.to_owned(),
            expires_at: NOW.plus_millis(ends),
        };
        let mail = || job("mail", NOW);
        tables.invite(&pat, &link("one", LinkPurpose::Invitation, 100), &mail(), &line("invited")).await.unwrap();
        assert!(tables.user(pat.id).await.unwrap().invited);
        let again = tables.invite(&pat, &link("x", LinkPurpose::Invitation, 100), &mail(), &line("invited")).await;
        assert_eq!(again, Err(StoreError::Conflict));
        assert_eq!(db.store.waiting_jobs().await.unwrap(), [("mail".to_owned(), 1)], "all of it or nothing");
        let found = db.store.link("one", NOW).await.unwrap();
        assert_eq!(found, (world.tenant, link("one", LinkPurpose::Invitation, 100)));
        assert_eq!(db.store.link("one", NOW.plus_millis(100)).await, Err(StoreError::NotFound), "it expires");

        let second = link("two", LinkPurpose::Invitation, 100);
        tables.issue_link(&second, &mail(), &line("invited")).await.unwrap();
        assert_eq!(db.store.link("one", NOW).await, Err(StoreError::NotFound), "a newer one was sent");
        let foreign = other.tables(&db.store);
        let strange = link("strange", LinkPurpose::Invitation, 100);
        assert_eq!(foreign.issue_link(&strange, &mail(), &line("no")).await, Err(StoreError::NotFound));
        assert_eq!(foreign.take_link("two", NOW, "mine", &line("no")).await, Err(StoreError::NotFound));
        let late = tables.take_link("two", NOW.plus_millis(100), "late", &line("no")).await;
        assert_eq!(late, Err(StoreError::NotFound));
        tables.take_link("two", NOW, "chosen", &line("joined")).await.unwrap();
        assert_eq!(tables.take_link("two", NOW, "again", &line("no")).await, Err(StoreError::NotFound));
        assert_eq!(db.store.link("two", NOW).await, Err(StoreError::NotFound));
        let secret = db.store.user_by_email("pat@example.com").await.unwrap();
        assert_eq!((secret.password_hash.as_str(), secret.user.invited), ("chosen", false));

        tables.issue_link(&link("three", LinkPurpose::Reset, 50), &mail(), &line("reset")).await.unwrap();
        assert_eq!(db.store.link("three", NOW).await.unwrap().1.purpose, LinkPurpose::Reset);
        assert_eq!(db.store.delete_expired_links(NOW.plus_millis(49)).await, Ok(0));
        assert_eq!(db.store.delete_expired_links(NOW.plus_millis(50)).await, Ok(1));
    }

    async fn second_factors_and_recovery_codes(db: &Db) {
        let (world, other) = (World::new(&db.store).await, World::new(&db.store).await);
        let (tables, foreign) = (world.tables(&db.store), other.tables(&db.store));
        let pat = user(&world, "pat@example.com");
        tables.create_user(&pat, "hash", &line("made")).await.unwrap();
        assert_eq!(tables.second_factor(pat.id).await, Err(StoreError::NotFound));
        tables.begin_second_factor(pat.id, b"first").await.unwrap();
        tables.begin_second_factor(pat.id, b"second").await.unwrap();
        assert!(!tables.user(pat.id).await.unwrap().second_factor, "not before it is confirmed");
        assert_eq!(tables.take_step(pat.id, 5).await, Err(StoreError::NotFound));
        let codes = ["a".to_owned(), "b".to_owned()];
        let confirmed = foreign.confirm_second_factor(pat.id, 7, &codes, &line("no")).await;
        assert_eq!(confirmed, Err(StoreError::NotFound));
        tables.confirm_second_factor(pat.id, 7, &codes, &line("on")).await.unwrap();
        let has = tables.second_factor(pat.id).await.unwrap();
        assert_eq!((&has.secret[..], has.confirmed_at, has.last_step), (&b"second"[..], Some(NOW), 7));
        assert!(tables.user(pat.id).await.unwrap().second_factor);
        assert_eq!(tables.begin_second_factor(pat.id, b"planted").await, Err(StoreError::Conflict));
        let twice = tables.confirm_second_factor(pat.id, 9, &codes, &line("no")).await;
        assert_eq!(twice, Err(StoreError::NotFound));

        assert_eq!(tables.take_step(pat.id, 7).await, Err(StoreError::NotFound), "no code is taken twice");
        tables.take_step(pat.id, 8).await.unwrap();
        assert_eq!(foreign.take_step(pat.id, 9).await, Err(StoreError::NotFound));

        assert_eq!(foreign.take_recovery_code(pat.id, "a", &line("no")).await, Err(StoreError::NotFound));
        tables.take_recovery_code(pat.id, "a", &line("recovered")).await.unwrap();
        assert_eq!(tables.take_recovery_code(pat.id, "a", &line("no")).await, Err(StoreError::NotFound));
        assert_eq!((tables.recovery_codes(pat.id).await, foreign.recovery_codes(pat.id).await), (Ok(1), Ok(0)));
        tables.replace_recovery_codes(pat.id, &["c".to_owned(), "d".to_owned()], &line("codes")).await.unwrap();
        assert_eq!(tables.take_recovery_code(pat.id, "b", &line("no")).await, Err(StoreError::NotFound));
        assert_eq!(tables.recovery_codes(pat.id).await, Ok(2));
        assert_eq!(foreign.remove_second_factor(pat.id, &line("no")).await, Err(StoreError::NotFound));
        tables.remove_second_factor(pat.id, &line("off")).await.unwrap();
        assert!(!tables.user(pat.id).await.unwrap().second_factor);
        assert_eq!(tables.recovery_codes(pat.id).await, Ok(0));
    }

    async fn what_people_did(db: &Db) {
        let (world, other) = (World::new(&db.store).await, World::new(&db.store).await);
        let (tables, foreign) = (world.tables(&db.store), other.tables(&db.store));
        let at = |millis: i64, action: &str| Activity { at: NOW.plus_millis(millis), ..line(action) };
        let (first, mut second, third) = (at(1, "a"), at(2, "b"), at(2, "a"));
        second.actor = "usr_else".to_owned();
        for line in [&first, &second, &third] {
            tables.add_activity(line).await.unwrap();
        }
        foreign.add_activity(&at(5, "theirs")).await.unwrap();
        let all = ActivityFilter::default();
        let found = tables.activities(&all, None, 2).await.unwrap();
        assert_eq!(found, [third.clone(), second.clone()], "newest first");
        let rest = tables.activities(&all, Some((second.at, second.id)), 2).await.unwrap();
        assert_eq!(rest, std::slice::from_ref(&first));
        let only = async |filter: ActivityFilter| tables.activities(&filter, None, 9).await.unwrap();
        let by = ActivityFilter { actor: Some("usr_else".to_owned()), ..ActivityFilter::default() };
        assert_eq!(only(by).await, [second.clone()]);
        let kind = ActivityFilter { action: Some("a".to_owned()), ..ActivityFilter::default() };
        assert_eq!(only(kind).await, [third, first.clone()]);
        let span = ActivityFilter { from: Some(NOW.plus_millis(1)), to: Some(second.at), ..ActivityFilter::default() };
        assert_eq!(only(span).await, [first]);
        assert_eq!(db.store.seal_unrecorded().await, Ok(0), "all of it is sealed already");
    }

    async fn how_much_there_is_of_every_tenant(db: &Db) {
        let (world, other) = (World::new(&db.store).await, World::new(&db.store).await);
        world.tables(&db.store).create_user(&user(&world, "pat@example.com"), "hash", &line("made")).await.unwrap();
        let lead = world.lead(&db.store).await;
        let unsold = world.unsold(lead, Vec::new());
        assert_eq!(finish(&db.store, unsold).await, OutcomeReceipt::Done);
        while db.store.fold_events(100).await.unwrap() > 0 {}
        let figures = db.store.tenant_figures(Timestamp(0)).await.unwrap();
        let of = |tenant| figures.iter().find(|row| row.tenant == tenant).map(|row| (row.people, row.leads, row.sold));
        assert_eq!((of(world.tenant), of(other.tenant)), (Some((1, 1, 0)), Some((0, 0, 0))));
        let later = db.store.tenant_figures(NOW.plus_millis(86_400_000)).await.unwrap();
        assert!(later.iter().all(|row| row.leads == 0));
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
