//! More leads at once than a capped contract may buy, over one server or several on one database. It must buy exactly as
//! many as its cap allows: one more would be an overshoot, one less a reservation that leaked.

use crate::{
    Program,
    buyers::{Buyers, Terms},
    client::Source,
    market,
    server::{Place, Server},
};
use futures::future::join_all;
use std::{collections::HashSet, time::Duration};

/// What is wanted of it.
#[derive(Debug, clap::Args)]
pub struct Wanted {
    #[command(flatten)]
    program: Program,
    /// Server processes; more than one needs a PostgreSQL database
    #[arg(long, default_value_t = 1, value_name = "N")]
    servers: usize,
    /// An empty database; a SQLite file of its own unless given
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Leads at once
    #[arg(long, default_value_t = 200, value_name = "N")]
    leads: u32,
    /// The daily cap of the contract that bids most
    #[arg(long, default_value_t = 25, value_name = "N")]
    cap: u32,
}

/// The first bids most and is capped; the second takes whatever is left.
fn two(cap: u32) -> Vec<Terms> {
    let terms = |name: &str, cents, daily_cap| Terms {
        name: name.to_owned(),
        ping: Duration::from_millis(20),
        post: Duration::from_millis(30),
        cents,
        daily_cap,
        refuses: 0,
        dark: 0,
    };
    vec![terms("capped", 2000, Some(cap)), terms("open", 500, None)]
}

/// Sends them and counts what the buyers bought.
pub async fn run(wanted: Wanted) -> Result<(), String> {
    let buyers = Buyers::new(two(wanted.cap));
    let url = buyers.serve().await?;
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let place = Place::new(&wanted.program.gavel, folder.path(), wanted.database.as_deref())?;
    let key = market::make(&place, "cap", buyers.terms(), &url).await?;
    let mut servers = Vec::new();
    for _ in 0..wanted.servers.max(1) {
        servers.push(place.start().await?);
    }
    let statuses = send(&wanted, &Source::new(&key, "cap")?, &servers).await;
    for server in servers {
        server.stop().await?;
    }
    let checked = place.gavel(&["check"]).await;
    let faults = faults(&buyers, &wanted, &statuses, checked.err());
    let bought = bought(&buyers);
    println!(
        "{} leads at once, {} server(s): the contract capped at {} bought {}, the other {}",
        wanted.leads, wanted.servers, wanted.cap, bought[0], bought[1]
    );
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

async fn send(wanted: &Wanted, source: &Source, servers: &[Server]) -> Vec<Option<String>> {
    let urls: Vec<String> = servers.iter().map(|server| server.url.clone()).collect();
    let sent = join_all((0..wanted.leads).map(|number| source.until_answered(&urls, number))).await;
    sent.iter().map(|sent| sent.reply.status().map(str::to_owned)).collect()
}

fn bought(buyers: &Buyers) -> [u32; 2] {
    let sales = buyers.sales();
    let count = |buyer| u32::try_from(sales.iter().filter(|sale| sale.buyer == buyer).count()).unwrap_or(u32::MAX);
    [count(0), count(1)]
}

fn faults(buyers: &Buyers, wanted: &Wanted, statuses: &[Option<String>], check: Option<String>) -> Vec<String> {
    let mut faults = Vec::from_iter(check);
    let [capped, open] = bought(buyers);
    if capped != wanted.cap.min(wanted.leads) {
        faults.push(format!("the capped contract bought {capped} leads, not {}", wanted.cap.min(wanted.leads)));
    }
    let sold = statuses.iter().filter(|status| status.as_deref() == Some("sold")).count();
    if sold != statuses.len() {
        faults.push(format!("{} of {} leads were not sold", statuses.len() - sold, statuses.len()));
    }
    let leads: HashSet<_> = buyers.sales().into_iter().map(|sale| sale.lead).collect();
    if u32::try_from(leads.len()) != Ok(capped + open) {
        faults.push(format!("{} purchases of only {} leads", capped + open, leads.len()));
    }
    faults
}
