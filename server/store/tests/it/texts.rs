//! Consent texts: versions that never change, drafts that name what they were made from, and which version leads came with.

use crate::{
    harness::on_both,
    world::{NOW, World, next},
};
use model::{
    ConsentTextId,
    consent::{ConsentSeen, ConsentText, ConsentVersion, Standing, Wording},
    tenant::Mode,
};
use store::{Change, Edit, Record, StoreError, TextDraft, TextRow};

fn text(slug: &str, name: &str) -> ConsentText {
    let id = ConsentTextId::from_bits(next());
    ConsentText { id, slug: slug.to_owned(), name: name.to_owned(), locale: "en-US".to_owned() }
}

fn wording(body: &str) -> Wording {
    Wording { body: body.to_owned(), ..Wording::default() }
}

fn draft(body: &str) -> TextDraft {
    TextDraft { wording: wording(body), author: "usr_a".to_owned(), at: NOW }
}

fn version(n: u32, body: &str) -> ConsentVersion {
    let (author, note) = ("usr_a".to_owned(), "why".to_owned());
    ConsentVersion { n, wording: wording(body), code: format!("ctv_{n}"), author, at: NOW, note }
}

on_both! {
    async fn a_draft_becomes_a_version_and_versions_stay(db: &Db) {
        let (world, other) = (World::new(&db.store).await, World::new(&db.store).await);
        let (tables, auto) = (world.tables(&db.store), text("auto", "Beta"));
        tables.add_text(&auto, Some(&draft("one"))).await.unwrap();
        let twin = ConsentText { id: ConsentTextId::from_bits(next()), ..auto.clone() };
        assert_eq!(tables.add_text(&twin, None).await, Err(StoreError::Conflict));
        other.tables(&db.store).add_text(&twin, None).await.unwrap();
        let begun = TextRow { text: auto.clone(), draft: Some(draft("one")), revision: 1, versions: Vec::new() };
        assert_eq!(tables.text(auto.id).await, Ok(begun.clone()));

        // Whoever did not see the newest revision does not overwrite it.
        assert_eq!(tables.draft_text(auto.id, &draft("two"), 1).await, Ok(2));
        assert_eq!(tables.draft_text(auto.id, &draft("three"), 1).await, Err(StoreError::Stale));
        assert_eq!(tables.publish_text(auto.id, &version(1, "two"), 1).await, Err(StoreError::Stale));
        assert_eq!(tables.draft_text(twin.id, &draft("two"), 1).await, Err(StoreError::NotFound));
        assert_eq!(tables.text(twin.id).await, Err(StoreError::NotFound));
        assert_eq!(tables.publish_text(auto.id, &version(1, "two"), 2).await, Ok(3));
        assert_eq!(tables.publish_text(auto.id, &version(1, "again"), 3).await, Err(StoreError::Conflict));
        let renamed = ConsentText { name: "Alpha".to_owned(), ..auto.clone() };
        assert_eq!(tables.rename_text(&renamed, 2).await, Err(StoreError::Stale));
        assert_eq!(tables.rename_text(&renamed, 3).await, Ok(4));
        let wanted = TextRow { text: renamed.clone(), draft: None, revision: 4, versions: vec![version(1, "two")] };
        assert_eq!(tables.texts().await, Ok(vec![wanted.clone()]));
        assert_eq!(tables.whole().await.unwrap().texts, [wanted]);
        let config = db.store.load_config().await.unwrap();
        let known: Vec<_> = config.texts.iter().map(|(tenant, text, versions)| (*tenant, text.id, versions.len())).collect();
        assert!(known.contains(&(world.tenant, auto.id, 1)) && known.contains(&(other.tenant, twin.id, 0)), "{known:?}");

        // As a whole configuration brings them: after those that are there, and a new text with all of its own.
        let solar = text("solar", "Solar");
        let change = Change { author: "usr_a".to_owned(), at: NOW, note: String::new() };
        let edits = [
            Edit::Text { text: renamed.clone(), versions: vec![version(2, "more")] },
            Edit::Text { text: solar.clone(), versions: vec![version(1, "sun"), version(2, "sun and wind")] },
        ];
        tables.apply(&edits, &change).await.unwrap();
        let counts: Vec<_> = tables.texts().await.unwrap().iter().map(|row| (row.text.slug.clone(), row.versions.len())).collect();
        assert_eq!(counts, [("auto".to_owned(), 2), ("solar".to_owned(), 2)]);

        // What was published cannot be changed unseen.
        db.holds().await;
        db.tamper("UPDATE consent_versions SET doc = REPLACE(doc, 'sun and', 'sun or')").await;
        let broken = db.store.check().await.unwrap().into_iter().filter(|invariant| !invariant.ok);
        let told: String = broken.map(|invariant| invariant.detail).collect();
        assert!(told.contains(&format!("text {}/2", solar.id)), "{told}");
        db.tamper("UPDATE consent_versions SET doc = REPLACE(doc, 'sun or', 'sun and')").await;
    }

    async fn leads_say_which_version_they_came_with(db: &Db) {
        let (world, other) = (World::new(&db.store).await, World::new(&db.store).await);
        let (tables, auto) = (world.tables(&db.store), text("auto", "Auto"));
        tables.add_text(&auto, None).await.unwrap();
        let seen = |version, standing| Some(ConsentSeen { text_id: auto.id, version, standing });
        let mut ids = Vec::new();
        for (mode, consent) in [
            (Mode::Live, seen(Some(1), Standing::Published)),
            (Mode::Live, seen(Some(2), Standing::Published)),
            (Mode::Live, seen(Some(2), Standing::Published)),
            (Mode::Live, seen(None, Standing::Unknown)),
            (Mode::Test, seen(Some(2), Standing::Published)),
            (Mode::Live, None),
        ] {
            let lead = store::Received { mode, consent, ..world.received() };
            ids.push(lead.lead_id);
            db.store.commit(&[Record::Received(Box::new(lead))]).await.unwrap();
        }
        let told = tables.lead_consent(ids[0]).await.unwrap().unwrap();
        assert_eq!((Some(told.seen), told.text.as_str()), (seen(Some(1), Standing::Published), "Auto"));
        assert_eq!(tables.lead_consent(ids[5]).await, Ok(None));
        assert_eq!(tables.lead_detail(ids[3]).await.unwrap().consent.map(|told| told.seen), seen(None, Standing::Unknown));
        assert_eq!(other.tables(&db.store).lead_consent(ids[0]).await, Ok(None));
        let uses = tables.text_uses(NOW).await.unwrap();
        let mut counted: Vec<_> = uses.iter().map(|used| (used.version, used.standing, used.leads, used.last)).collect();
        counted.sort_by_key(|used| used.0);
        assert_eq!(counted, [
            (None, Standing::Unknown, 1, NOW),
            (Some(1), Standing::Published, 1, NOW),
            (Some(2), Standing::Published, 2, NOW),
        ]);
        assert!(uses.iter().all(|used| (used.text_id, used.campaign_id, used.source_id) == (auto.id, world.campaign, world.source)));
        assert_eq!(tables.text_uses(NOW.plus_millis(1)).await, Ok(Vec::new()));
        assert_eq!(other.tables(&db.store).text_uses(NOW).await, Ok(Vec::new()));
    }
}
