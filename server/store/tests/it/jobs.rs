//! Work that must happen later.

use crate::{
    harness::on_both,
    world::{NOW, World, finish, next},
};
use model::{JobId, ProcessId, Timestamp};
use store::{NewJob, OutcomeReceipt, StoreError};

pub fn job(kind: &str, run_at: Timestamp) -> NewJob {
    NewJob { id: JobId::from_bits(next()), kind: kind.to_owned(), lane: None, payload: "{\"n\":1}".to_owned(), run_at }
}

/// What is taken here.
const KINDS: &[&str] = &["postback", "mail"];

on_both! {
    async fn a_job_lives_until_it_is_finished(db: &Db) {
        let world = World::new(&db.store).await;
        let lead = world.lead(&db.store).await;
        let (soon, later) = (job("postback", NOW), job("mail", NOW.plus_millis(100)));
        let mut outcome = world.unsold(lead, Vec::new());
        outcome.jobs = vec![later.clone(), soon.clone()];
        // Work is enqueued with what causes it, or not at all.
        let fenced = store::Outcome { owner: ProcessId::from_bits(next()), ..outcome.clone() };
        assert_eq!(finish(&db.store, fenced).await, OutcomeReceipt::Fenced);
        assert_eq!(db.store.waiting_jobs().await.unwrap(), []);
        assert_eq!(finish(&db.store, outcome).await, OutcomeReceipt::Done);
        assert_eq!(db.store.waiting_jobs().await.unwrap(), [("mail".to_owned(), 1), ("postback".to_owned(), 1)]);

        let lease = NOW.plus_millis(50);
        let first = db.store.take_jobs(KINDS, NOW, lease, 10).await.unwrap();
        assert_eq!(first.len(), 1, "the other is not due");
        assert_eq!((first[0].tenant_id, first[0].id, first[0].tries), (world.tenant, soon.id, 1));
        assert_eq!((first[0].kind.as_str(), &first[0].payload, first[0].run_at), ("postback", &soon.payload, NOW));
        assert_eq!(db.store.take_jobs(KINDS, NOW, lease, 10).await.unwrap(), [], "it is leased");
        assert_eq!(db.store.take_jobs(&["mail"], lease, lease, 10).await.unwrap(), [], "of another kind");

        // Its worker dies: after the lease another takes it, and the first can no longer finish it.
        let second = db.store.take_jobs(KINDS, lease, NOW.plus_millis(90), 10).await.unwrap();
        assert_eq!(second[0].tries, 2);
        assert_eq!(db.store.finish_job(&first[0]).await, Err(StoreError::NotFound));
        assert_eq!(db.store.retry_job(&first[0], NOW, "late").await, Err(StoreError::NotFound));

        // It fails and comes again when it is told to.
        db.store.retry_job(&second[0], NOW.plus_millis(60), "timeout").await.unwrap();
        assert_eq!(db.store.take_jobs(KINDS, NOW.plus_millis(59), lease, 10).await.unwrap(), []);
        let third = db.store.take_jobs(KINDS, NOW.plus_millis(100), NOW.plus_millis(200), 10).await.unwrap();
        assert_eq!(third.iter().map(|job| job.id).collect::<Vec<_>>(), [soon.id, later.id], "oldest first");
        for job in &third {
            db.store.finish_job(job).await.unwrap();
            assert_eq!(db.store.finish_job(job).await, Err(StoreError::NotFound));
        }
        assert_eq!(db.store.waiting_jobs().await.unwrap(), []);
    }

    async fn a_kind_has_a_worker_of_its_own(db: &Db) {
        let world = World::new(&db.store).await;
        let lead = world.lead(&db.store).await;
        let (mail, other) = (job("mail", NOW.plus_millis(10)), job("other", NOW));
        let mut outcome = world.unsold(lead, Vec::new());
        outcome.jobs = vec![mail.clone(), other];
        assert_eq!(finish(&db.store, outcome).await, OutcomeReceipt::Done);
        let (soon, lease) = (NOW.plus_millis(10), NOW.plus_millis(20));
        assert_eq!(db.store.take_jobs(&["mail"], NOW, lease, 9).await.unwrap(), [], "it is not due yet");
        let taken = db.store.take_jobs(&["mail"], soon, lease, 9).await.unwrap();
        assert_eq!(taken.iter().map(|job| job.id).collect::<Vec<_>>(), [mail.id]);
        assert_eq!(db.store.take_jobs(&["mail"], soon, lease, 9).await.unwrap(), [], "it is leased");
    }
}
