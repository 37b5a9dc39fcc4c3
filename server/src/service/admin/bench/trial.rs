//! Tests that are really sent: to the buyer's address for tests, with what marks a lead as a test, and with nobody's values.
//! Each is written down before it leaves. No cap, no ledger and no figure hears of it.

use super::{Admin, BID, Desk, ServiceError, Stage, hidden, outgoing};
use crate::{
    clock::new_id,
    context::Actor,
    pipeline::{Pipeline, Trial, TrialFault, TrialReply},
    security::secrets,
};
use connectors::{Prepared, Request, Unsendable};
use model::{
    ContractId, FieldError, Micros, Reason, TestId,
    bench::{AnswerRead, Outcome, Outgoing, Phase, PreviewAsked, TestAnswer, TestAsked, TestCall, TestLine, TestSent},
    contract::Contract,
    mapping::{Call, Carried, From, Meta},
    secret::MASK,
    user::Right,
};
use store::TestRow;

/// So much of an answer's body is shown, in bytes.
const SHOWN: usize = 16 * 1024;
/// Most tests of one contract within [`SPAN_MS`]: a buyer is not to be flooded from here.
const AT_ONCE: u16 = 30;
const SPAN_MS: i64 = 60_000;
/// How many of the newest tests are listed.
const LISTED: u16 = 20;
/// Shorter secrets would be found in everything.
const SHORTEST: usize = 4;
/// Headers that say something about an answer and nothing about anybody.
const TELLING: [&str; 12] = [
    "content-type",
    "content-length",
    "content-encoding",
    "date",
    "location",
    "retry-after",
    "server",
    "allow",
    "www-authenticate",
    "x-request-id",
    "x-ratelimit-remaining",
    "x-original-status-code",
];

/// One test on its way.
struct Sending<'a> {
    admin: &'a Admin,
    pipeline: &'a Pipeline,
    actor: &'a Actor,
    desk: &'a Desk,
    contract: &'a Contract,
    secrets: Vec<String>,
}

impl Admin {
    /// Sends a test with the saved delivery of a contract: a ping, or a post after the ping whose token it needs.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found; refused where no server runs, when a secret does not open, and when too many
    /// tests went out just now; a call that nothing marks as a test, a ping of a direct contract, a lead for a post.
    pub async fn send_test(&self, actor: &Actor, id: ContractId, asked: TestAsked) -> Result<TestSent, ServiceError> {
        let desk = self.desk(actor, Right::Configure).await?;
        let Some(pipeline) = &self.pipeline else {
            return Err(ServiceError::Refused("A test is sent by a running server.".to_owned()));
        };
        let mut contract = desk.contract(id, None)?;
        contract.delivery = secrets::open(&desk.keys, id, &contract.delivery)
            .map_err(|_| ServiceError::Refused("A secret of the delivery does not open: enter it again.".to_owned()))?;
        refuse(&contract, &asked)?;
        self.not_flooded(&desk, id).await?;
        let staged = PreviewAsked { lead: asked.lead.clone(), personal: false, test: true };
        let stage = self.stage(actor, &desk, &contract, &staged).await?;
        let secrets = secrets_of(&contract);
        let sending = Sending { admin: self, pipeline, actor, desk: &desk, contract: &contract, secrets };
        sending.run(&stage, asked.phase).await
    }

    /// The newest tests of a contract.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; not found.
    pub async fn tests(&self, actor: &Actor, id: ContractId) -> Result<Vec<TestLine>, ServiceError> {
        let desk = self.desk(actor, Right::SeeExchange).await?;
        desk.contract(id, None)?;
        let names = self.authors(actor).await?;
        let line = |row: TestRow| TestLine {
            at: row.at,
            author_name: names.get(&row.author).cloned().unwrap_or_default(),
            author: row.author,
            phase: row.phase,
            host: row.host,
            status: row.status,
            outcome: row.outcome,
            took_us: row.took_us,
        };
        Ok(desk.rows.tests(id, LISTED).await?.into_iter().map(line).collect())
    }

    async fn not_flooded(&self, desk: &Desk, id: ContractId) -> Result<(), ServiceError> {
        let since = self.clock.now().plus_millis(-SPAN_MS);
        let recent = desk.rows.tests(id, AT_ONCE).await?;
        let full = recent.len() == usize::from(AT_ONCE) && recent.iter().all(|test| test.at > since);
        let why = "Thirty tests went to this buyer within the last minute: wait a little.";
        if full { Err(ServiceError::Refused(why.to_owned())) } else { Ok(()) }
    }
}

/// What keeps a test from being sent at all.
fn refuse(contract: &Contract, asked: &TestAsked) -> Result<(), ServiceError> {
    let mut faults = Vec::new();
    let ping = contract.delivery.ping.as_ref();
    match asked.phase {
        Phase::Ping if ping.is_none() => {
            faults.push(FieldError::new("phase", "not_allowed", "This contract is direct: it sends no ping."));
        }
        Phase::Post if asked.lead.as_deref().is_some_and(|lead| !lead.trim().is_empty()) => {
            let message = "A post is tested with the examples of the fields, never with somebody's lead.";
            faults.push(FieldError::new("lead", "not_allowed", message));
        }
        _ => {}
    }
    let post = (asked.phase == Phase::Post).then_some(&contract.delivery.post);
    for (part, call) in [("ping", ping), ("post", post)] {
        if call.is_some_and(|call| !marked(call)) {
            let message = "Nothing in this call marks a test. Say where the buyer takes tests (test.url), what marks one \
                           (test.rows), or send {\"meta\": \"test\"}.";
            faults.push(FieldError::new(format!("delivery.{part}.test"), "missing", message));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(ServiceError::Invalid(faults)) }
}

/// Whether a buyer can tell a test of this call from a lead.
fn marked(call: &Call) -> bool {
    let switch = call.test.as_ref().is_some_and(|test| test.url.is_some() || !test.rows.is_empty());
    switch || call.rows.iter().any(|row| row.from == From::Meta(Meta::Test))
}

/// The secrets of both calls in every form in which a buyer might repeat them.
fn secrets_of(contract: &Contract) -> Vec<String> {
    let calls = contract.delivery.ping.iter().chain([&contract.delivery.post]);
    let mut all: Vec<String> = Vec::new();
    for call in calls {
        for header in &call.headers {
            let value = header.value.expose();
            all.push(value.to_owned());
            all.push(url::form_urlencoded::byte_serialize(value.as_bytes()).collect());
            all.push(value.replace('&', "&amp;").replace('<', "&lt;"));
        }
        // As they are put together: `Basic` and `Bearer` too.
        let prepared = Prepared::new(call).ok();
        let headers = prepared.iter().flat_map(Prepared::headers);
        all.extend(headers.map(|(_, value)| value.rsplit(' ').next().unwrap_or_default().to_owned()));
    }
    all.retain(|secret| secret.len() >= SHORTEST);
    all.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    all.dedup();
    all
}

impl Sending<'_> {
    async fn run(&self, stage: &Stage, until: Phase) -> Result<TestSent, ServiceError> {
        let mut sent = TestSent::default();
        let (mut carried, mut price) = (Carried::default(), self.contract.price.fixed.unwrap_or(BID));
        if let Some(call) = &self.contract.delivery.ping {
            let (view, hashes) = (stage.rehearsal.ping_view(stage.meta.clone()), stage.rehearsal.contact_hashes());
            let write = |call: &Prepared| call.ping(&view, Some(&hashes));
            let left_out = |call: &Prepared| call.ping_left_out(&view, Some(&hashes));
            let ping = self.call(Phase::Ping, call, write, left_out).await?;
            let read = ping.answer.as_ref().map(|answer| answer.read.clone());
            sent.ping = Some(ping);
            let bid = read.filter(|read| read.outcome == Outcome::Bid);
            if until == Phase::Ping {
                return Ok(sent);
            }
            let Some(bid) = bid else {
                sent.stopped = Some("The ping brought no bid, so there is nothing to post for.".to_owned());
                return Ok(sent);
            };
            price = bid.price.as_deref().and_then(|price| price.parse::<Micros>().ok()).unwrap_or(price);
            carried = Carried { token: bid.reference, values: bid.carried, good_until: None };
        }
        let view = stage.rehearsal.post_view(&stage.meta, price);
        let write = |call: &Prepared| call.post(&view, &carried);
        let left_out = |call: &Prepared| call.post_left_out(&view, &carried);
        sent.post = Some(self.call(Phase::Post, &self.contract.delivery.post, write, left_out).await?);
        Ok(sent)
    }

    /// Writes one request twice: as it leaves, and without a secret as it is shown. Then it is sent.
    async fn call(
        &self,
        phase: Phase,
        call: &Call,
        write: impl Fn(&Prepared) -> Result<Request, Unsendable>,
        left_out: impl Fn(&Prepared) -> Vec<String>,
    ) -> Result<TestCall, ServiceError> {
        let bare = hidden(call)?;
        let request = outgoing(&bare, write(&bare).ok(), left_out(&bare));
        let unusable = |faults: Vec<String>| {
            ServiceError::Refused(format!("The {} cannot be used: {}", phase.name(), faults.join("; ")))
        };
        let Ok(real) = write(&Prepared::new(call).map_err(unusable)?) else {
            let failure = request.unsendable.clone();
            return Ok(TestCall { request, took_us: 0, answer: None, reason: Some(Reason::Misconfigured), failure });
        };
        let row = self.begun(phase, &real);
        self.desk.rows.begin_test(&row).await?;
        let trial = self.pipeline.trial(call, real).await.map_err(unusable)?;
        let made = self.made(phase, &bare, request, trial);
        let status = made.answer.as_ref().map(|answer| answer.status);
        let outcome = match (&made.answer, made.reason) {
            (Some(answer), _) => answer.read.outcome.words(),
            (None, Some(reason)) => reason.code(),
            (None, None) => "lost",
        };
        self.desk.rows.end_test(row.id, status, made.took_us, outcome).await?;
        let (contract, by) = (self.contract.id, self.actor.by());
        tracing::info!(%contract, phase = phase.name(), %by, outcome, "a test was sent to a buyer");
        Ok(made)
    }

    fn begun(&self, phase: Phase, request: &Request) -> TestRow {
        let now = self.admin.clock.now();
        TestRow {
            id: TestId::from_bits(new_id(now)),
            contract_id: self.contract.id,
            phase,
            at: now,
            author: self.actor.by(),
            host: host(request),
            status: None,
            took_us: None,
            outcome: String::new(),
        }
    }

    fn made(&self, phase: Phase, bare: &Prepared, request: Outgoing, trial: Trial) -> TestCall {
        let took_us = trial.took_us;
        let token = trial.token.unwrap_or_default();
        match trial.reply {
            Ok(reply) => {
                let read = bare.answer(phase, reply.status, reply.content_type.as_deref(), &reply.body);
                let answer = Some(self.answer(reply, read, &token));
                TestCall { request, took_us, answer, reason: None, failure: None }
            }
            Err(fault) => {
                let (reason, failure) = told(fault, phase);
                TestCall { request, took_us, answer: None, reason: Some(reason), failure: Some(failure) }
            }
        }
    }

    fn answer(&self, reply: TrialReply, read: AnswerRead, token: &str) -> TestAnswer {
        let telling = |(name, _): &(String, String)| TELLING.contains(&name.as_str());
        let headers = reply.headers.into_iter().filter(telling);
        let headers = headers.map(|(name, value)| (name, self.redacted(&value, token))).collect();
        let whole = self.redacted(&String::from_utf8_lossy(&reply.body), token);
        let end = (0..=SHOWN.min(whole.len())).rev().find(|at| whole.is_char_boundary(*at)).unwrap_or_default();
        let cut = end < whole.len();
        let redact = |text: Option<String>| text.map(|text| self.redacted(&text, token));
        let read = AnswerRead {
            reference: redact(read.reference),
            redirect: redact(read.redirect),
            said: redact(read.said),
            why: redact(read.why),
            ..read
        };
        TestAnswer { status: reply.status, headers, body: whole[..end].to_owned(), cut, read }
    }

    fn redacted(&self, text: &str, token: &str) -> String {
        let text = if token.len() < SHORTEST { text.to_owned() } else { text.replace(token, MASK) };
        self.secrets.iter().fold(text, |text, secret| text.replace(secret.as_str(), MASK))
    }
}

/// Where a test goes: a host, or the domain that gets the mail.
fn host(request: &Request) -> String {
    let mail = request.mail().and_then(|mail| mail.to.into_iter().next());
    let domain = mail.as_deref().and_then(|to| to.rsplit('@').next());
    domain.or(request.url.host_str()).unwrap_or_default().to_owned()
}

/// Why there is no answer, in our words and in a sentence.
fn told(fault: TrialFault, phase: Phase) -> (Reason, String) {
    match (fault, phase) {
        (TrialFault::NotSent(reason), _) => (reason, format!("{} {}", reason.meaning(), reason.advice())),
        (TrialFault::TimedOut, Phase::Ping) => (Reason::Timeout, Reason::Timeout.meaning().to_owned()),
        (TrialFault::TimedOut, Phase::Post) => {
            (Reason::PostUnknown, "The buyer did not answer in its time: of a lead the outcome would be unknown.".to_owned())
        }
        (TrialFault::Lost, Phase::Ping) => {
            (Reason::InvalidResponse, "The connection broke before the answer was whole, or it was too large.".to_owned())
        }
        (TrialFault::Lost, Phase::Post) => (
            Reason::PostUnknown,
            "The connection broke before the answer was whole, or it was too large: of a lead the outcome would be unknown."
                .to_owned(),
        ),
    }
}
