//! Many auctions at once over several servers on one PostgreSQL, with contracts capped at 1, 7 and 100, buyers of which some
//! refuse and some leave their answer in the dark, and one server killed in the middle. No counter may ever be above its
//! cap. A place that a refusal gives back when the last lead has been decided stays free; a few leads more, one after the
//! other, have to find every such place: at rest each cap is exactly full.

use crate::{
    Program,
    buyers::{Buyers, Terms},
    client::Source,
    market,
    server::Place,
};
use exchange::caps::{Counter, Scope};
use futures::future::join_all;
use model::{ContractId, Timestamp};
use std::{collections::HashSet, time::Duration};
use store::Store;
use tokio::sync::watch;

/// What is wanted of it.
#[derive(Debug, clap::Args)]
pub struct Wanted {
    #[command(flatten)]
    program: Program,
    /// Server processes
    #[arg(long, default_value_t = 3, value_name = "N")]
    servers: usize,
    /// An empty PostgreSQL database
    #[arg(long, value_name = "URL")]
    database: String,
    /// Leads at once
    #[arg(long, default_value_t = 1000, value_name = "N")]
    leads: u32,
}

/// The caps, by contract; the last has none and takes what is left.
const CAPS: [Option<u32>; 4] = [Some(1), Some(7), Some(100), None];
/// In a hundred posts, so many are refused and so many have no answer that can be read.
const REFUSED: u64 = 30;
const DARK: u64 = 10;
/// When the first server is killed: while posts are under way.
const KILLED_AFTER: Duration = Duration::from_millis(700);
/// Leads after the storm, one after the other.
const AFTERWARDS: u32 = 40;
/// Between two looks at the counters.
const LOOK_EVERY: Duration = Duration::from_millis(20);

fn terms() -> Vec<Terms> {
    let terms = |(n, cap): (usize, &Option<u32>)| Terms {
        name: cap.map_or_else(|| "open".to_owned(), |cap| format!("capped-{cap}")),
        ping: Duration::from_millis(20),
        post: Duration::from_millis(30),
        cents: 3000 - i64::try_from(n).unwrap_or(0) * 500,
        daily_cap: *cap,
        refuses: REFUSED,
        dark: DARK,
    };
    CAPS.iter().enumerate().map(terms).collect()
}

/// Sends them, kills a server, and looks at the counters all the while.
pub async fn run(wanted: Wanted) -> Result<(), String> {
    let buyers = Buyers::new(terms());
    let url = buyers.serve().await?;
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let place = Place::new(&wanted.program.gavel, folder.path(), Some(&wanted.database))?;
    let key = market::make(&place, "storm", buyers.terms(), &url).await?;
    let mut servers = Vec::new();
    for _ in 0..wanted.servers.max(2) {
        servers.push(place.start().await?);
    }
    let urls: Vec<String> = servers.iter().map(|server| server.url.clone()).collect();
    let (stop, stopped) = watch::channel(false);
    let looking = tokio::spawn(look(wanted.database.clone(), stopped));
    let source = Source::new(&key, "storm")?;
    let sending = {
        let (urls, leads) = (urls.clone(), wanted.leads);
        tokio::spawn(async move { join_all((0..leads).map(|number| source.until_answered(&urls, number))).await })
    };
    tokio::time::sleep(KILLED_AFTER).await;
    let first = servers.remove(0);
    first.kill().await?;
    let mut sent = sending.await.map_err(|error| error.to_string())?;
    let source = Source::new(&key, "storm")?;
    for number in wanted.leads..wanted.leads + AFTERWARDS {
        sent.push(source.until_answered(&urls[1..], number).await);
    }
    let _ = stop.send(true);
    let (looks, mut faults) = looking.await.map_err(|error| error.to_string())??;
    for server in servers {
        server.stop().await?;
    }
    let at_rest = counters(&wanted.database).await?;
    faults.extend(full(&at_rest));
    faults.extend(place.gavel(&["check"]).await.err());
    let unanswered = sent.iter().filter(|sent| sent.reply.status().is_none()).count();
    if unanswered > 0 {
        faults.push(format!("{unanswered} leads were never answered"));
    }
    faults.extend(bought(&buyers));
    println!(
        "{} leads at once on {} servers, one killed: places taken {}, at {looks} looks never above",
        wanted.leads,
        wanted.servers,
        at_rest.iter().map(|(_, counter)| (counter.used + counter.held).to_string()).collect::<Vec<_>>().join(", ")
    );
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// What is used and held of each contract's cap, by contract.
async fn counters(database: &str) -> Result<Vec<(ContractId, Counter)>, String> {
    let store = Store::connect(database, 2).await.map_err(|error| error.to_string())?;
    let found = read(&store).await;
    store.close().await;
    found
}

async fn read(store: &Store) -> Result<Vec<(ContractId, Counter)>, String> {
    let all = store.all_live_counters(Timestamp(market::now().0)).await.map_err(|error| error.to_string())?;
    let mut found: Vec<_> = all
        .into_iter()
        .filter_map(|((_, key), counter)| match key.scope {
            Scope::Contract(contract) => Some((contract, counter)),
            _ => None,
        })
        .collect();
    found.sort_by_key(|(contract, _)| *contract);
    Ok(found)
}

fn cap_of(contract: ContractId) -> Option<u32> {
    let nth = usize::try_from(contract.bits()).ok()?.checked_sub(1)?;
    CAPS.get(nth).copied().flatten()
}

/// Looks until it is told to stop; how often it looked, and what was above its cap.
async fn look(database: String, mut stopped: watch::Receiver<bool>) -> Result<(u32, Vec<String>), String> {
    let store = Store::connect(&database, 2).await.map_err(|error| error.to_string())?;
    let (mut looks, mut above) = (0, Vec::new());
    while !*stopped.borrow() {
        for (contract, counter) in read(&store).await? {
            let taken = counter.used + counter.held;
            if cap_of(contract).is_some_and(|cap| taken > i64::from(cap)) {
                above.push(format!("{contract} had {taken} of {:?}", cap_of(contract)));
            }
        }
        looks += 1;
        let _ = tokio::time::timeout(LOOK_EVERY, stopped.changed()).await;
    }
    store.close().await;
    Ok((looks, above))
}

/// At rest every cap is exactly full: what is in doubt holds its place.
fn full(at_rest: &[(ContractId, Counter)]) -> Vec<String> {
    let capped: Vec<_> = at_rest.iter().filter_map(|(id, counter)| cap_of(*id).map(|cap| (cap, counter))).collect();
    let mut faults: Vec<String> = capped
        .iter()
        .filter(|(cap, counter)| counter.used + counter.held != i64::from(*cap))
        .map(|(cap, counter)| format!("the cap of {cap} stands at {} used and {} held", counter.used, counter.held))
        .collect();
    if capped.len() != CAPS.iter().flatten().count() {
        faults.push(format!("{} of {} caps were ever counted", capped.len(), CAPS.iter().flatten().count()));
    }
    faults
}

/// What the buyers say: no cap overshot, no lead bought twice.
fn bought(buyers: &Buyers) -> Vec<String> {
    let sales = buyers.sales();
    let mut faults = Vec::new();
    for (nth, cap) in CAPS.iter().enumerate() {
        let count = sales.iter().filter(|sale| sale.buyer == nth).count();
        if cap.is_some_and(|cap| count > usize::try_from(cap).unwrap_or(usize::MAX)) {
            faults.push(format!("the contract capped at {cap:?} bought {count} leads"));
        }
    }
    let leads: HashSet<_> = sales.iter().map(|sale| &sale.lead).collect();
    if leads.len() != sales.len() {
        faults.push(format!("{} purchases of only {} leads", sales.len(), leads.len()));
    }
    faults
}
