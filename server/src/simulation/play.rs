//! One seed from the first lead to the last rule: lives of the server, each on a runtime of its own whose time stands still
//! while anything works.

use super::{
    buyers::Buyers,
    dice::Dice,
    ground::{Ground, Shared},
    journal::Faulty,
    market::{self, BEGIN, Template},
    rules,
};
use crate::{
    clock::{Clock, seeded},
    jobs,
    pipeline::{Caller, Options, Pipeline, Refusal, Verdict},
};
use model::{
    TenantId, Timestamp,
    contract::OnUnknown,
    lead::LeadState,
    returns::{Return, ReturnReason, ReturnState},
};
use serde_json::{Value, json};
use std::{
    cell::Cell,
    io,
    path::Path,
    sync::{
        Arc, Mutex, Once, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use store::Store;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::fmt::MakeWriter;

/// After so many lives nothing fails any more.
const LIVES: u32 = 4;
/// A source asks so often before it gives up on a life.
const ASKS: u32 = 8;

/// How a seed went.
pub(super) struct Played {
    /// Rules that did not hold.
    pub(super) broken: Vec<String>,
    /// How often the server was killed.
    pub(super) kills: u32,
    /// How many leads were sold.
    pub(super) sold: u32,
    /// How many auctions were run again and came out the same.
    pub(super) replayed: u32,
    /// How many copies silent contracts took.
    pub(super) copied: u32,
    /// How many leads were auctioned again.
    pub(super) again: u32,
    /// What the server logged.
    pub(super) log: String,
    /// Everything that happened, to be compared.
    pub(super) story: String,
}

/// A lead as its source sends it.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) number: usize,
    pub(super) key: String,
    pub(super) body: Value,
    /// Personal values that may stand nowhere in the clear.
    pub(super) secrets: Vec<String>,
    at: Duration,
    early: bool,
}

thread_local! {
    static PANICS: Cell<u32> = const { Cell::new(0) };
}

/// Tokio keeps the panic of a task to itself; here it is a rule that did not hold.
fn count_panics() {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            PANICS.set(PANICS.get() + 1);
            before(info);
        }));
    });
    PANICS.set(0);
}

/// Plays one seed.
pub(super) fn play(template: &Template, seed: u64) -> Played {
    seeded::plant(seed);
    count_panics();
    let (folder, log) = (template.copy(), Log::default());
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(writer).with_ansi(false).without_time().finish();
    let _logged = tracing::subscriber::set_default(subscriber);
    let mut dice = Dice::of(seed);
    let leads = leads(&mut dice, seed);
    let ground = Shared::new(Ground {
        dice,
        faults: true,
        terms: Default::default(),
        max_buyers: 1,
        posts: Vec::new(),
        reserved: Default::default(),
        limits: Default::default(),
        outcomes: Default::default(),
        answers: Default::default(),
        broken: Vec::new(),
        kills: 0,
        writing: false,
        dying: false,
    });
    let mut now = BEGIN;
    for number in 0.. {
        let life = Life { folder: folder.path(), ground: &ground, leads: &leads, key: &template.key, number };
        let (at, done) = life.live(now);
        if done {
            break;
        }
        // Short enough for leads to be fresh, or not.
        let down = ground.lock().dice.millis(100, 80_000);
        now = Timestamp(at.0 + i64::try_from(down.as_micros()).expect("short"));
    }
    let found = rules::look(folder.path(), &ground, &leads, &log.text());
    let mut ground = ground.lock();
    let mut broken = std::mem::take(&mut ground.broken);
    broken.extend(found.broken);
    if PANICS.get() > 0 {
        broken.push(format!("{} tasks panicked", PANICS.get()));
    }
    Played {
        broken,
        kills: ground.kills,
        sold: found.sold,
        replayed: found.replayed,
        copied: found.copied,
        again: found.again,
        log: log.text(),
        story: found.story,
    }
}

fn leads(dice: &mut Dice, seed: u64) -> Vec<Sent> {
    let count = 6 + dice.below(8);
    (0..count)
        .map(|number| {
            // Some are the same person.
            let person = if dice.percent(75) { number } else { dice.below(number + 1) };
            let digits = format!("{:05}", (seed * 31 + person * 7_919) % 100_000);
            let (phone, email) = (format!("31355{digits}"), format!("person{person}.{digits}@example.com"));
            let last = format!("Reyes{digits}x{person}");
            let state = ["MI", "OH", "TX"][usize::try_from(dice.below(3)).expect("small")];
            let body = json!({
                "campaign": "auto-insurance", "external_id": format!("lead-{number}"),
                "fields": {
                    "zip": "48226", "state": state, "age": 20 + dice.below(60), "currently_insured": true,
                    "vehicle_count": 1, "first_name": "Dana", "last_name": last, "email": email, "phone": phone,
                },
            });
            Sent {
                number: usize::try_from(number).expect("small"),
                key: format!("lead-{number}"),
                body,
                secrets: vec![phone, email, last],
                at: dice.millis(0, 6_000),
                early: dice.percent(20),
            }
        })
        .collect()
}

/// From a start of the server to its end.
struct Life<'a> {
    folder: &'a Path,
    ground: &'a Shared,
    leads: &'a [Sent],
    key: &'a str,
    number: u32,
}

impl Life<'_> {
    /// Lives from `now` on; when it ended, and whether everything is done.
    fn live(&self, now: Timestamp) -> (Timestamp, bool) {
        let work = Arc::new(Work::default());
        let watched = Arc::clone(&work);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            // Stopped time jumps to the next timer as soon as nothing is left to do. The database works on threads that
            // the runtime does not know: while they do, there is something to do.
            .on_thread_park(move || {
                if watched.goes_on() {
                    std::thread::sleep(Duration::from_micros(5));
                    tokio::spawn(async {});
                }
            })
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let clock = Arc::new(Running { from: now, began: Instant::now() });
            work.opening.store(true, Ordering::Release);
            let (store, vault) = market::open(self.folder, Arc::clone(&clock) as Arc<dyn Clock>).await;
            *work.store.lock().unwrap_or_else(PoisonError::into_inner) = Some(store.clone());
            work.opening.store(false, Ordering::Release);
            if self.number == 0 {
                let mut ground = self.ground.lock().clone();
                market::arrange(&store, &mut ground).await;
                *self.ground.lock() = ground;
            }
            let last = self.number >= LIVES;
            self.ground.lock().begin(!last);
            let lived = async {
                let journal = Faulty { ground: self.ground.clone(), store: store.clone() };
                let seams = (Arc::new(Buyers(self.ground.clone())) as _, Arc::new(journal) as _);
                let options = Options { max_in_flight: 64, egress_allow: Vec::new(), letters: None };
                let started = Pipeline::start_over(store.clone(), vault, Arc::clone(&clock) as _, options, seams).await;
                // A store that fails at the start ends the process; somebody starts it again.
                let Ok(pipeline) = started else { return false };
                let stop = CancellationToken::new();
                let after = tokio::spawn(jobs::after::run(pipeline.clone(), stop.clone()));
                self.send_all(&pipeline).await;
                if last {
                    self.finish(&pipeline, &store).await;
                }
                stop.cancel();
                pipeline.drain(Duration::from_secs(35)).await;
                let _ = after.await;
                // What is being written when the process ends is durable or not; here it has to be known which.
                sleep(Duration::from_secs(5)).await;
                while self.ground.lock().writing {
                    sleep(Duration::from_millis(1)).await;
                }
                last
            };
            let done = tokio::select! {
                done = lived => done,
                () = self.ground.killed() => false,
            };
            (clock.now(), done)
        })
    }

    /// Sends whatever has no answer yet, until it has one or the source gives up for now.
    async fn send_all(&self, pipeline: &Pipeline) {
        let Some(caller) = pipeline.snapshot().authenticate(self.key) else {
            return self.ground.broke("the key is not known".to_owned());
        };
        let mut sources = JoinSet::new();
        for lead in self.leads {
            if !self.ground.lock().answers.contains_key(&lead.number) {
                let wait = if self.number == 0 { lead.at } else { self.ground.lock().dice.millis(0, 2_000) };
                sources.spawn(source(pipeline.clone(), caller.clone(), self.ground.clone(), lead.clone(), wait));
            }
        }
        while sources.join_next().await.is_some() {}
    }

    /// Buyers give some of what they took back.
    async fn give_back(&self, pipeline: &Pipeline, store: &Store, tenant: TenantId) {
        let leads: Vec<_> = self.ground.lock().outcomes.keys().copied().collect();
        for lead in leads {
            let stands = store.tenant(tenant).lead_stands(lead).await.expect("a lead");
            for post in stands.attempts.iter().filter(|post| post.stands() && stands.state == LeadState::Sold) {
                let (gives, frees) = {
                    let mut ground = self.ground.lock();
                    (ground.dice.percent(25), ground.dice.percent(50))
                };
                let asked = Return {
                    lead_id: lead,
                    attempt_id: post.id,
                    buyer_id: post.buyer_id,
                    contract_id: post.contract_id,
                    state: ReturnState::Requested,
                    reason: ReturnReason::BadPhone,
                    note: String::new(),
                    asked_at: post.at,
                    asked_by: "buyer".to_owned(),
                    decided_at: None,
                    decided_by: String::new(),
                    answer: String::new(),
                };
                if gives && let Err(error) = pipeline.give_back(tenant, asked, frees).await {
                    self.ground.broke(format!("{lead} could not be given back: {error}"));
                }
            }
        }
    }

    /// Buyers say what became of some of their copies in doubt.
    async fn say_of_copies(&self, pipeline: &Pipeline, store: &Store, tenant: TenantId) {
        for copy in store.tenant(tenant).unknown_copies().await.expect("the copies in doubt") {
            let (says, took) = {
                let mut ground = self.ground.lock();
                let seen = |seen: &&super::ground::Seen| {
                    seen.lead == copy.lead_id && seen.contract == copy.contract_id && seen.took.is_some()
                };
                let took = ground.posts.iter().find(seen).and_then(|seen| seen.took);
                (ground.dice.percent(70), took)
            };
            let verdict = took.map_or(Verdict::Rejected, |paid| Verdict::Accepted { paid: Some(paid) });
            if says && let Err(error) = pipeline.resolve(tenant, copy.lead_id, copy.id, verdict).await {
                self.ground.broke(format!("a copy in doubt could not be resolved: {error}"));
            }
        }
    }

    /// Waits until nothing moves any more, asks buyers about some of the posts in doubt, and folds the figures.
    async fn finish(&self, pipeline: &Pipeline, store: &Store) {
        // Long enough for every lease, and for every further round.
        sleep(Duration::from_secs(250)).await;
        let tenant = store.tenant_by_slug("demo").await.expect("the tenant").tenant.id;
        let mut doubts = store.tenant(tenant).unknown_attempts().await.expect("the posts in doubt");
        doubts.sort_by_key(|doubt| doubt.id);
        for doubt in doubts {
            let took = {
                let mut ground = self.ground.lock();
                // Of a contract that goes on past its doubts, the double sale may have come true: `gavel check` says so then,
                // for good. It stays in doubt here.
                let twice = ground.terms[&doubt.contract_id].on_unknown == OnUnknown::Continue
                    && ground.shared_out(doubt.lead_id, doubt.contract_id);
                if twice || ground.dice.percent(30) {
                    continue;
                }
                let seen = |seen: &&super::ground::Seen| {
                    seen.lead == doubt.lead_id && seen.contract == doubt.contract_id && seen.took.is_some()
                };
                ground.posts.iter().find(seen).and_then(|seen| seen.took)
            };
            let verdict = took.map_or(Verdict::Rejected, |paid| Verdict::Accepted { paid: Some(paid) });
            if let Err(error) = pipeline.resolve(tenant, doubt.lead_id, doubt.id, verdict).await {
                self.ground.broke(format!("a post in doubt could not be resolved: {error}"));
            }
        }
        self.say_of_copies(pipeline, store, tenant).await;
        self.give_back(pipeline, store, tenant).await;
        // What followed all that is worked off too.
        sleep(Duration::from_secs(70)).await;
        jobs::fold_all(store).await.expect("figures are folded");
    }
}

/// A source with one lead: sends it until it is answered.
async fn source(pipeline: Pipeline, caller: Caller, ground: Shared, lead: Sent, wait: Duration) {
    sleep(wait).await;
    for _ in 0..ASKS {
        let (body, key) = (lead.body.clone(), Some(lead.key.clone()));
        if lead.early {
            // Told that it is taken; asked again, how it went.
            let _ = pipeline.accept(caller.clone(), body.clone(), key.clone()).await;
        }
        match pipeline.submit(caller.clone(), body, key).await {
            Ok(answer) => {
                // What is being committed can be read a moment before it is taken down.
                while ground.is_being_written(answer.lead_id) {
                    tokio::task::yield_now().await;
                }
                let mut ground = ground.lock();
                if ground.outcomes.get(&answer.lead_id).is_none_or(Vec::is_empty) {
                    ground.broken.push(format!("I6: {} was answered before its outcome was durable", answer.lead_id));
                }
                ground.answers.insert(lead.number, (answer.lead_id, answer.status));
                return;
            }
            Err(Refusal::Unavailable | Refusal::Overloaded { .. }) => sleep(Duration::from_secs(1)).await,
            Err(other) => return ground.broke(format!("lead {} was refused: {other:?}", lead.number)),
        }
    }
}

/// What the runtime cannot see going on.
#[derive(Default)]
struct Work {
    opening: AtomicBool,
    store: Mutex<Option<Store>>,
}

impl Work {
    fn goes_on(&self) -> bool {
        let store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        self.opening.load(Ordering::Acquire) || store.as_ref().is_some_and(|store| store.connections_in_use() > 0)
    }
}

/// A clock that goes with the runtime's time.
struct Running {
    from: Timestamp,
    began: Instant,
}

impl Clock for Running {
    fn now(&self) -> Timestamp {
        Timestamp(self.from.0 + i64::try_from(self.began.elapsed().as_micros()).expect("a short life"))
    }
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
