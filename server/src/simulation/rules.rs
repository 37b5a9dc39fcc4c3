//! The rules I1 to I12, looked up at rest. I3, I5, I6 and the half of I2 that can be seen while it happens are looked up
//! where it happens.

use super::{
    ground::{Ground, Shared},
    market,
    play::Sent,
};
use exchange::replay::{Replayed, replay};
use model::{ContractId, LeadId, Micros, Timestamp, contract::OnUnknown};
use sqlx::{AnyPool, Row};
use std::{collections::BTreeMap, fmt::Write, path::Path};
use store::Store;

/// What was found.
pub(super) struct Found {
    pub(super) broken: Vec<String>,
    pub(super) sold: u32,
    /// How many auctions were run again and came out the same.
    pub(super) replayed: u32,
    /// How many copies silent contracts took.
    pub(super) copied: u32,
    /// How many leads were auctioned again.
    pub(super) again: u32,
    pub(super) story: String,
}

/// A post as it is stored.
struct Post {
    lead: LeadId,
    contract: ContractId,
    state: String,
    paid: Option<Micros>,
    came_back: bool,
}

/// A lead as it is stored.
struct Row_ {
    id: LeadId,
    round: i64,
    external: String,
    state: String,
    revenue: Option<Micros>,
}

/// Everything at rest.
struct Stored {
    leads: Vec<Row_>,
    posts: Vec<Post>,
    /// Copies for silent contracts.
    copies: Vec<Post>,
    /// Messages to the tenant's own system, by lead.
    messages: BTreeMap<LeadId, usize>,
}

/// Looks every rule up.
pub(super) fn look(folder: &Path, ground: &Shared, sent: &[Sent], log: &str) -> Found {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut broken = Vec::new();
    let (stored, replayed) = runtime.block_on(async {
        let stored = read(folder).await;
        let clock = crate::clock::ManualClock::at(market::BEGIN);
        let (store, _) = market::open(folder, clock).await;
        broken.extend(checked(&store).await);
        let (same, otherwise) = replayed(&store).await;
        broken.extend(otherwise);
        store.close().await;
        (stored, same)
    });
    let ground = ground.lock();
    one_state_each(&stored, &ground, sent, &mut broken);
    sold_once(&ground, &mut broken);
    as_the_buyers_say(&stored, &ground, &mut broken);
    told_once(&stored, &ground, &mut broken);
    nothing_in_the_clear(folder, sent, log, &mut broken);
    let sold = stored.leads.iter().filter(|lead| lead.state == "sold").count();
    let copied = stored.copies.iter().filter(|copy| copy.state == "accepted").count();
    let again = stored.leads.iter().filter(|lead| lead.round > 0).count();
    let few = |count| u32::try_from(count).expect("few");
    let story = story(&stored, &ground);
    Found { broken, sold: few(sold), replayed, copied: few(copied), again: few(again), story }
}

/// I4, I8, I9 and the store's own half of I1 and I3: `gavel check`.
async fn checked(store: &Store) -> Vec<String> {
    let found = store.check().await.expect("the store can be checked");
    found.into_iter().filter(|rule| !rule.ok).map(|rule| format!("check: {}: {}", rule.name, rule.detail)).collect()
}

/// I12: every auction is decided again as it was decided. How many were.
async fn replayed(store: &Store) -> (u32, Vec<String>) {
    let tenant = store.tenant_by_slug(crate::cli::market::TENANT).await.expect("the tenant").tenant.id;
    let rows = store.tenant(tenant);
    let campaign = rows.campaign_by_slug(crate::cli::market::CAMPAIGN).await.expect("the campaign").id;
    let always = (campaign, Timestamp(0), Timestamp(market::BEGIN.0 * 2));
    let recorded = rows.recorded_leads(always, None, u16::MAX).await.expect("what was recorded");
    let (mut same, mut broken) = (0, Vec::new());
    for recorded in &recorded {
        let lead = recorded.lead;
        match replay(recorded) {
            Replayed::Same { .. } => same += 1,
            // A server died, and another closed the lead.
            Replayed::NoAuction => {}
            Replayed::Different(found) => broken.extend(found.iter().map(|found| format!("I12: {lead}: {found}"))),
            other @ (Replayed::Cannot(_) | Replayed::UnderWay) => broken.push(format!("I12: {lead}: {other:?}")),
        }
    }
    (same, broken)
}

/// I1 and I11: everything that was answered is there once, in one final state, and no post is open.
fn one_state_each(stored: &Stored, ground: &Ground, sent: &[Sent], broken: &mut Vec<String>) {
    for lead in sent {
        let rows: Vec<_> = stored.leads.iter().filter(|row| row.external == lead.key).collect();
        let Some((id, status)) = ground.answers.get(&lead.number) else {
            broken.push(format!("I1: lead {} never got an answer", lead.number));
            continue;
        };
        let [row] = rows.as_slice() else {
            broken.push(format!("I1: lead {} is stored {} times", lead.number, rows.len()));
            continue;
        };
        if row.id != *id || row.state == "processing" {
            broken.push(format!(
                "I1: lead {} was answered as {id} {status} and is {} {}",
                lead.number, row.id, row.state
            ));
        }
        // What was in doubt may be known by now, and what nobody bought may have been offered again; all else stays as it was
        // said.
        let came_back = status == "sold" && row.state == "returned";
        let again = status == "unsold" && row.round > 0;
        if status != "pending" && *status != row.state && !came_back && !again {
            broken.push(format!("I1: lead {} was said to be {status} and is {}", lead.number, row.state));
        }
    }
    for post in stored.posts.iter().chain(&stored.copies).filter(|post| post.state == "open") {
        broken.push(format!("I11: the post of {} to {} is open at rest", post.lead, post.contract));
    }
}

/// I2: one buyer for each lead, or several that share it, unless a contract took the risk of a double sale.
fn sold_once(ground: &Ground, broken: &mut Vec<String>) {
    let mut takers: BTreeMap<LeadId, Vec<ContractId>> = BTreeMap::new();
    for seen in ground.posts.iter().filter(|seen| seen.took.is_some() && !seen.copy) {
        takers.entry(seen.lead).or_default().push(seen.contract);
    }
    for (lead, takers) in takers.iter().filter(|(_, takers)| takers.len() > 1) {
        let terms = takers.iter().map(|contract| ground.terms[contract]);
        let shared = takers.len() <= ground.max_buyers && terms.clone().all(|terms| terms.shared);
        let risked = terms.clone().any(|terms| terms.on_unknown == OnUnknown::Continue);
        if !shared && !risked {
            broken.push(format!("I2: {lead} was taken by {takers:?}"));
        }
    }
}

/// Money and posts agree with what buyers saw.
fn as_the_buyers_say(stored: &Stored, ground: &Ground, broken: &mut Vec<String>) {
    for seen in &ground.posts {
        let rows = if seen.copy { &stored.copies } else { &stored.posts };
        let row = rows.iter().find(|post| post.lead == seen.lead && post.contract == seen.contract);
        let agrees = row.is_some_and(|row| match (row.state.as_str(), seen.took) {
            ("accepted", Some(paid)) => row.paid == Some(paid),
            ("rejected", None) | ("unknown", _) => true,
            _ => false,
        });
        if !agrees {
            let state = row.map(|row| (row.state.as_str(), row.paid));
            broken.push(format!(
                "I4: {} at {} took {:?} and is stored as {state:?}",
                seen.lead, seen.contract, seen.took
            ));
        }
    }
    for post in stored.posts.iter().chain(&stored.copies).filter(|post| post.state == "accepted") {
        let took = |seen: &super::ground::Seen| {
            seen.lead == post.lead && seen.contract == post.contract && seen.took == post.paid
        };
        if !ground.posts.iter().any(took) {
            broken.push(format!("I2: {} is stored as bought by {}, which never took it", post.lead, post.contract));
        }
    }
    for lead in &stored.leads {
        let paid: Micros = stored
            .posts
            .iter()
            .filter(|post| post.lead == lead.id && post.state == "accepted" && !post.came_back)
            .filter_map(|post| post.paid)
            .sum();
        if lead.revenue.unwrap_or_default() != paid {
            broken.push(format!("I4: {} earned {:?}, its buyers pay {paid}", lead.id, lead.revenue));
        }
    }
}

/// I7: each durable outcome has its message.
fn told_once(stored: &Stored, ground: &Ground, broken: &mut Vec<String>) {
    for lead in &stored.leads {
        let outcomes = ground.outcomes.get(&lead.id).map_or(0, Vec::len);
        let messages = stored.messages.get(&lead.id).copied().unwrap_or(0);
        if outcomes != messages {
            broken.push(format!("I7: {} has {outcomes} outcomes and {messages} messages", lead.id));
        }
    }
}

/// I10: no personal value in a file of the store or in a line of the log.
fn nothing_in_the_clear(folder: &Path, sent: &[Sent], log: &str, broken: &mut Vec<String>) {
    let mut places = vec![("the log".to_owned(), log.as_bytes().to_vec())];
    for entry in std::fs::read_dir(folder).expect("the folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        places.push((name, std::fs::read(entry.path()).unwrap_or_default()));
    }
    for secret in sent.iter().flat_map(|lead| &lead.secrets) {
        for (name, bytes) in &places {
            if memchr::memmem::find(bytes, secret.as_bytes()).is_some() {
                broken.push(format!("I10: {secret} stands in {name}"));
            }
        }
    }
}

async fn read(folder: &Path) -> Stored {
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(&market::url(folder)).await.expect("the file opens");
    let rows = async |query: &'static str| sqlx::query(query).fetch_all(&pool).await.expect("rows");
    let text = |row: &sqlx::any::AnyRow, at: usize| row.get::<String, _>(at);
    let money = |row: &sqlx::any::AnyRow, at: usize| row.get::<Option<i64>, _>(at).map(Micros);
    let leads = rows("SELECT id, external_id, state, revenue, round FROM leads ORDER BY external_id").await;
    let copies = rows(
        "SELECT lead_id, contract_id, state, paid, settled_at FROM copies WHERE state <> 'excluded' \
         ORDER BY lead_id, contract_id",
    )
    .await;
    let posts =
        rows("SELECT lead_id, contract_id, state, paid, returned_at FROM attempts ORDER BY lead_id, ordinal, id").await;
    let told =
        rows("SELECT payload FROM jobs JOIN endpoints ON endpoints.id = jobs.lane WHERE endpoints.name = 'Own system'")
            .await;
    pool.close().await;
    let mut messages = BTreeMap::new();
    for row in &told {
        let payload: serde_json::Value = serde_json::from_str(&text(row, 0)).expect("JSON");
        let lead = payload["data"]["lead_id"].as_str().and_then(|id| id.parse().ok()).expect("a message about a lead");
        *messages.entry(lead).or_default() += 1;
    }
    Stored {
        leads: leads
            .iter()
            .map(|row| Row_ {
                id: text(row, 0).parse().expect("an id"),
                external: text(row, 1),
                state: text(row, 2),
                revenue: money(row, 3),
                round: row.get(4),
            })
            .collect(),
        posts: posts
            .iter()
            .map(|row| Post {
                lead: text(row, 0).parse().expect("an id"),
                contract: text(row, 1).parse().expect("an id"),
                state: text(row, 2),
                paid: money(row, 3),
                came_back: money(row, 4).is_some(),
            })
            .collect(),
        copies: copies
            .iter()
            .map(|row| Post {
                lead: text(row, 0).parse().expect("an id"),
                contract: text(row, 1).parse().expect("an id"),
                state: text(row, 2),
                paid: money(row, 3),
                came_back: false,
            })
            .collect(),
        messages,
    }
}

fn story(stored: &Stored, ground: &Ground) -> String {
    let mut story = String::new();
    for lead in &stored.leads {
        let _ = writeln!(story, "{} {} {} {:?}", lead.external, lead.id, lead.state, lead.revenue);
    }
    for seen in &ground.posts {
        let _ = writeln!(story, "{} {} {:?}", seen.lead, seen.contract, seen.took);
    }
    let _ = writeln!(story, "{:?} {} kills", ground.answers, ground.kills);
    story
}
