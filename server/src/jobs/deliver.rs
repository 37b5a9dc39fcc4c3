//! Delivers the messages that outcomes left in the store. Each endpoint is a queue of its own: a postback's messages go
//! one at a time, a webhook's a few at once, and a receiver that hangs holds up nobody else's.

use crate::{
    clock::{Clock, new_id},
    pipeline::{
        Pipeline,
        courier::{FAILING_LIMIT_MS, Tried, Verdict, WebhookSecret, judge, next_at, parcel},
    },
};
use futures::{StreamExt, stream};
use model::{
    DeliveryId, EndpointId, TenantId, Timestamp,
    endpoint::{Delivery, DeliveryState, Message, Method, Target},
};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use store::{EndpointRow, Job, Settlement, Store, Taken};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

/// How often due messages are looked for when nothing rings.
const POLL: Duration = Duration::from_secs(1);
/// Outcomes that come within this time are looked after together: each look costs a turn of the writer.
const GATHER: Duration = Duration::from_millis(20);
/// At most so many endpoints are told at once.
const ENDPOINTS: usize = 256;
/// Messages of one endpoint taken at once: each time costs a turn of the writer.
const BURST: u32 = 128;
/// Messages under way to one webhook.
const WEBHOOK_AT_ONCE: usize = 4;
/// How long messages are ours, in milliseconds.
const LEASE_MS: i64 = 90_000;
/// A message that was not begun by then is given back, so that its try ends inside the lease.
const BEGIN_WITHIN: Duration = Duration::from_secs(60);
/// A receiver that does not answer, or has too much to do, is left alone for so long when it does not say how long, in
/// milliseconds: what waits for it is not used up meanwhile. Shorter than the first wait of the schedule.
const PAUSE_MS: i64 = 4_000;
/// And at most for so long; what is put off further waits by its own schedule.
const LONGEST_PAUSE_MS: i64 = 300_000;
/// How many tries are written down in one transaction.
const BATCH: usize = 128;

type Settle = (Job, Option<Delivery>, oneshot::Sender<Settlement>);

/// A message that was taken, and how it went; nothing when it was not tried, and is given back.
struct Ended {
    job: Job,
    /// The receiver was not asked when the endpoint is switched off.
    tried: Option<(Delivery, Option<Verdict>)>,
}

impl Ended {
    /// Whether the receiver should be left alone for now.
    fn enough(&self) -> bool {
        let verdict = self.tried.as_ref().and_then(|(_, verdict)| *verdict);
        verdict
            .is_some_and(|verdict| !matches!(verdict, Verdict::Delivered | Verdict::Failed { overloaded: false, .. }))
    }
}

/// What is remembered of an endpoint between two looks.
#[derive(Debug, Clone, Copy)]
struct Lane {
    busy: bool,
    /// Messages that may be under way at once.
    allowed: usize,
    /// Left alone until then.
    until: Timestamp,
}

struct Desk {
    store: Store,
    pipeline: Pipeline,
    clock: Arc<dyn Clock>,
    lanes: Mutex<HashMap<EndpointId, Lane>>,
    settle: mpsc::Sender<Settle>,
}

/// Runs until it is stopped, and ends when what was under way has been written down.
pub async fn run(store: Store, pipeline: Pipeline, clock: Arc<dyn Clock>, stop: CancellationToken) {
    let (settle, waiting) = mpsc::channel(BATCH);
    let settler = tokio::spawn(write_down(store.clone(), waiting));
    let bell = pipeline.outbox();
    let desk = Arc::new(Desk { store, pipeline, clock, lanes: Mutex::default(), settle });
    let mut under_way = JoinSet::new();
    loop {
        while under_way.try_join_next().is_some() {}
        if let Err(error) = desk.look(&mut under_way, &stop).await {
            tracing::warn!(%error, "messages could not be taken; they are looked for again");
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = bell.notified() => sleep(GATHER).await,
            Some(_) = under_way.join_next(), if !under_way.is_empty() => {}
            () = sleep(POLL) => {}
        }
    }
    while under_way.join_next().await.is_some() {}
    drop(desk);
    if let Err(error) = settler.await {
        tracing::error!(%error, "the log of deliveries broke");
    }
}

impl Desk {
    async fn look(
        self: &Arc<Self>,
        under_way: &mut JoinSet<()>,
        stop: &CancellationToken,
    ) -> Result<(), store::StoreError> {
        let room = ENDPOINTS.saturating_sub(under_way.len());
        let now = self.clock.now();
        // Endpoints that are busy stand first, they wait longest: so more are asked for than there is room.
        let due = self.store.due_endpoints(now, u32::try_from(2 * ENDPOINTS).unwrap_or(u32::MAX)).await?;
        let free: Vec<_> = due.into_iter().filter(|(_, endpoint)| self.free(*endpoint, now)).take(room).collect();
        if free.is_empty() {
            return Ok(());
        }
        for taken in self.store.take_messages(now, now.plus_millis(LEASE_MS), &free, BURST).await? {
            let (desk, stop) = (Arc::clone(self), stop.clone());
            desk.lane(&taken.endpoint, |lane| lane.busy = true);
            under_way.spawn(async move { desk.tell(taken, stop).await });
        }
        Ok(())
    }

    fn free(&self, endpoint: EndpointId, now: Timestamp) -> bool {
        let lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.get(&endpoint).is_none_or(|lane| !lane.busy && lane.until <= now)
    }

    fn lane<T>(&self, row: &EndpointRow, change: impl FnOnce(&mut Lane) -> T) -> T {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let most = most(&row.endpoint.target);
        let new = Lane { busy: false, allowed: most, until: Timestamp(i64::MIN) };
        change(lanes.entry(row.endpoint.id).or_insert(new))
    }

    /// Tells one endpoint what was taken for it. Its slots are for what is under way: a try that ended makes room for the
    /// next one while it is still being written down.
    async fn tell(&self, taken: Taken, stop: CancellationToken) {
        let row = &taken.endpoint;
        let secrets = self.secrets(taken.tenant_id, row);
        let (began, enough) = (Instant::now(), AtomicBool::new(false));
        let at_once = self.lane(row, |lane| lane.allowed);
        stream::iter(taken.jobs)
            .map(|job| async {
                if began.elapsed() > BEGIN_WITHIN || enough.load(Ordering::Relaxed) || stop.is_cancelled() {
                    return Ended { job, tried: None };
                }
                let ended = self.one(row, job, &secrets).await;
                if ended.enough() {
                    enough.store(true, Ordering::Relaxed);
                }
                ended
            })
            .buffer_unordered(at_once)
            .for_each_concurrent(None, |ended| async {
                if self.conclude(row, ended).await {
                    enough.store(true, Ordering::Relaxed);
                }
            })
            .await;
        self.lane(row, |lane| lane.busy = false);
    }

    /// Tries one message.
    async fn one(&self, row: &EndpointRow, job: Job, secrets: &[WebhookSecret]) -> Ended {
        let at = self.clock.now();
        let Ok(message) = serde_json::from_str::<Message>(&job.payload) else {
            tracing::error!(job = %job.id, "a message cannot be read and is dropped");
            if let Err(error) = self.store.finish_job(&job).await {
                tracing::warn!(%error, job = %job.id, "it will be tried to drop it again");
            }
            return Ended { job, tried: None };
        };
        let endpoint = &row.endpoint;
        let mut delivery = Delivery {
            id: DeliveryId::from_bits(new_id(at)),
            message_id: message.id,
            endpoint_id: endpoint.id,
            lead_id: message.data.lead().map(|facts| facts.lead_id),
            event: message.event,
            attempt: u32::try_from(job.tries).unwrap_or(u32::MAX),
            at,
            method: Method::Post,
            url: endpoint.target.url().to_owned(),
            body: String::new(),
            status: None,
            took_us: 0,
            answer: String::new(),
            error: None,
            state: DeliveryState::Failed,
            next_at: None,
        };
        if !endpoint.active {
            delivery.error = Some("the endpoint is switched off".to_owned());
            return Ended { job, tried: Some((delivery, None)) };
        }
        let verdict = match parcel(endpoint, &message, secrets, at) {
            Ok(parcel) => {
                let tried = self.pipeline.courier().send(&parcel).await;
                let verdict = match tried.status {
                    Some(status) => judge(status, tried.retry_after.as_deref(), self.clock.now()),
                    None => Verdict::Failed { wait_ms: None, overloaded: true },
                };
                delivery = Delivery { method: parcel.method, url: parcel.url, body: parcel.body, ..delivery };
                fill(&mut delivery, tried);
                verdict
            }
            Err(why) => {
                delivery.error = Some(why);
                Verdict::Failed { wait_ms: None, overloaded: false }
            }
        };
        Ended { job, tried: Some((delivery, Some(verdict))) }
    }

    /// Writes down how a try went, and does what follows for the endpoint as a whole; whether it was given up.
    async fn conclude(&self, row: &EndpointRow, ended: Ended) -> bool {
        let Some((mut delivery, verdict)) = ended.tried else {
            self.settle(ended.job, None).await;
            return false;
        };
        let (tenant, endpoint, now) = (ended.job.tenant_id, row.endpoint.id, self.clock.now());
        match verdict {
            Some(Verdict::Delivered) => delivery.state = DeliveryState::Delivered,
            Some(Verdict::Gone) => delivery.error = Some("the receiver wants nothing any more (410)".to_owned()),
            None => {}
            Some(Verdict::Failed { wait_ms, .. }) => {
                delivery.next_at = next_at(delivery.message_id, delivery.attempt, wait_ms, now);
                if delivery.next_at.is_some() {
                    delivery.state = DeliveryState::Pending;
                }
            }
        }
        let (state, attempt) = (delivery.state, delivery.attempt);
        let settlement = self.settle(ended.job, Some(delivery)).await;
        tracing::debug!(%tenant, %endpoint, attempt, state = state.name(), "told");
        let given_up = verdict.is_some()
            && settlement
                .and_then(|settlement| settlement.failing_since)
                .is_some_and(|since| now.millis_since(since) >= FAILING_LIMIT_MS);
        if verdict == Some(Verdict::Gone) {
            self.switch_off(tenant, endpoint, "The receiver answered 410: it wants nothing any more.").await;
        } else if given_up {
            self.switch_off(tenant, endpoint, "Every try has failed for five days.").await;
        }
        match verdict {
            Some(Verdict::Delivered) => {
                let most = most(&row.endpoint.target);
                self.lane(row, |lane| lane.allowed = most.min(lane.allowed + 1));
            }
            Some(Verdict::Failed { wait_ms, overloaded: true }) => self.lane(row, |lane| {
                lane.allowed = (lane.allowed / 2).max(1);
                lane.until = now.plus_millis(wait_ms.unwrap_or(PAUSE_MS).min(LONGEST_PAUSE_MS));
            }),
            _ => {}
        }
        self.pipeline.count_delivery();
        given_up
    }

    async fn settle(&self, job: Job, delivery: Option<Delivery>) -> Option<Settlement> {
        let (reply, settled) = oneshot::channel();
        // When the writer is gone, the lease runs out and the message is told again: twice is better than never.
        self.settle.send((job, delivery, reply)).await.ok()?;
        settled.await.ok()
    }

    async fn switch_off(&self, tenant: TenantId, endpoint: EndpointId, reason: &str) {
        match self.store.tenant(tenant).disable_endpoint(endpoint, reason).await {
            Ok(dropped) => tracing::warn!(%tenant, %endpoint, dropped, reason, "an endpoint was switched off"),
            Err(error) => tracing::error!(%error, %tenant, %endpoint, "an endpoint could not be switched off"),
        }
        if let Err(error) = self.pipeline.refresh().await {
            tracing::warn!(%error, "the configuration will be read again shortly");
        }
    }

    /// The secrets that are valid now, the newest first.
    fn secrets(&self, tenant: TenantId, row: &EndpointRow) -> Vec<WebhookSecret> {
        self.pipeline.endpoint_secrets(tenant, row, self.clock.now())
    }
}

const fn most(target: &Target) -> usize {
    match target {
        // Trackers count what comes last: in order, one at a time.
        Target::Postback { .. } => 1,
        Target::Webhook { .. } => WEBHOOK_AT_ONCE,
    }
}

fn fill(delivery: &mut Delivery, tried: Tried) {
    delivery.took_us = tried.took_us;
    delivery.answer = tried.answer;
    delivery.error = tried.error.or_else(|| hint(tried.status));
    delivery.status = tried.status;
}

/// What is wrong with an answer, in words.
fn hint(status: Option<u16>) -> Option<String> {
    match status? {
        200..=299 => None,
        300..=399 => Some("a redirect is not followed: change the endpoint's address".to_owned()),
        status => Some(format!("the receiver answered {status}")),
    }
}

/// Writes down tries, those that wait together in one transaction.
async fn write_down(store: Store, mut waiting: mpsc::Receiver<Settle>) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let mut replies = Vec::with_capacity(batch.len());
        let tries: Vec<_> = batch
            .drain(..)
            .map(|(job, delivery, reply)| {
                replies.push(reply);
                (job, delivery)
            })
            .collect();
        match store.settle_messages(&tries).await {
            Ok(settlements) => {
                for (reply, settlement) in replies.into_iter().zip(settlements) {
                    // Who asked may be gone.
                    let _ = reply.send(settlement);
                }
            }
            Err(error) => tracing::error!(%error, tries = tries.len(), "tries could not be written down"),
        }
    }
}
