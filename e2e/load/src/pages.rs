//! How long the pages take with a million leads in the store: every page of the operator's as a browser asks for it, whole,
//! signed in, one after the other.

use crate::{
    Program,
    buyers::{self, Buyers},
    client::Source,
    figures::{Figures, millis},
    market, million,
    rate::fire,
    server::{Place, Server},
};
use std::time::{Duration, Instant};

/// What is wanted of it.
#[derive(Debug, clap::Args)]
pub struct Wanted {
    #[command(flatten)]
    program: Program,
    /// Leads in the store
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    leads: u32,
    /// Each page so often
    #[arg(long, default_value_t = 20, value_name = "N")]
    times: u32,
}

/// Leads that are really sold or refused; the others are their copies.
const REAL: u32 = 500;
/// Of these so many a second.
const RATE: u32 = 100;
/// What a page may take, and what a report.
const PAGE: Duration = Duration::from_millis(50);
const REPORT: Duration = Duration::from_millis(100);
/// Asked before it counts: what is read for the first time comes from the disk.
const WARM_UP: u32 = 2;
/// Longest wait until the counters of the real leads are folded.
const FOLD: Duration = Duration::from_secs(3);

const EMAIL: &str = "load@example.com";
const PASSWORD: &str = "a long password of the load";

/// The pages; `:id` is the first thing of this kind on the page before the bar.
const PAGES: &[&str] = &[
    "/",
    "/leads",
    "/leads?rows=200",
    "/leads?state=unsold",
    "/leads?reason=buyer_rejected",
    "/leads?buyer=:/buyers|buy_",
    "/leads?sub1=nobody",
    "/leads?lost=any",
    "/leads?lost=cap",
    "/leads?from=:day30&to=:day20",
    "/leads/:/leads|led_",
    "/leads/:/leads?state=unsold|led_",
    "/buyers",
    "/buyers/:/buyers|buy_",
    "/campaigns",
    "/campaigns/:/campaigns|cmp_",
    "/sources",
    "/sources/:/sources|src_",
    "/endpoints",
    "/endpoints/:/endpoints|end_",
    "/doubt",
    "/returns",
    "/history",
    "/people",
    "/reports",
    "/reports?from=:day90&to=:day0",
    "/reports?by=buyer&from=:day90&to=:day0",
    "/reports?by=source&from=:day90&to=:day0",
    "/reports?by=sub&from=:day90&to=:day0",
    "/reports?by=price&from=:day90&to=:day0",
    "/reports?by=day&from=:day90&to=:day0",
    "/reports?by=hour&from=:day90&to=:day0",
    "/reports/reasons",
    "/reports/reasons?from=:day90&to=:day0",
    "/reports/lost",
    "/reports/lost?from=:day90&to=:day0",
    "/reports/scorecards",
    "/reports/scorecards?from=:day90&to=:day0",
    "/reports/scorecards?from=:day90&to=:day0&buyer=:/buyers|buy_",
];

/// Runs it, and prints what it saw.
pub async fn run(wanted: Wanted) -> Result<(), String> {
    let (folder, begun) = (tempfile::tempdir().map_err(|error| error.to_string())?, Instant::now());
    let place = Place::new(&wanted.program.gavel, folder.path(), None)?;
    some_leads(&place).await?;
    let leads = million::fill(place.database(), wanted.leads.div_ceil(REAL).saturating_sub(1)).await?;
    println!("{leads} leads in the store after {} s", begun.elapsed().as_secs());
    let server = place.start().await?;
    let browser = Browser::sign_in(&server).await?;
    let mut slow = 0;
    println!("{:>9} {:>9} {:>9}", "p50", "max", "kB");
    for page in PAGES {
        let path = browser.place(page).await?;
        let (took, bytes) = browser.time(&path, wanted.times).await?;
        let allowed = if page.starts_with("/reports") { REPORT } else { PAGE };
        let late = took.p50 > allowed;
        slow += usize::from(late);
        let word = if late { "  TOO SLOW" } else { "" };
        println!("{:>9} {:>9} {:>9}  {page}{word}", millis(took.p50), millis(took.max), bytes.div_ceil(1000));
    }
    server.stop().await?;
    if slow == 0 { Ok(()) } else { Err(format!("{slow} of {} pages take longer than they may", PAGES.len())) }
}

/// A tenant with somebody who signs in, ten buyers that refuse every second lead, a system of its own, and leads.
async fn some_leads(place: &Place) -> Result<(), String> {
    let mut terms = buyers::ten();
    for terms in &mut terms {
        terms.refuses = 50;
    }
    let buyers = Buyers::new(terms);
    let url = buyers.serve().await?;
    let told = crate::told::Receiver::default().serve().await?;
    let key = market::make(place, "pages", buyers.terms(), &url).await?;
    place.gavel(&["endpoint", "add", "pages", "--name", "own system", "--webhook", &told, "--on", "sold"]).await?;
    let person = ["user", "create", "pages", EMAIL, "--name", "Load", "--role", "admin"];
    place.gavel_told(&person, &format!("{PASSWORD}\n")).await?;
    let server = place.start().await?;
    let source = Source::new(&key, "pages")?;
    fire(&source, &server.url, 0..REAL, RATE).await;
    // The roll-ups are folded by a job; only what is folded can be copied.
    tokio::time::sleep(FOLD).await;
    server.stop().await
}

struct Browser {
    client: reqwest::Client,
    base: String,
    cookie: String,
}

impl Browser {
    async fn sign_in(server: &Server) -> Result<Self, String> {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        let client = client.map_err(|error| error.to_string())?;
        let form = format!("email={}&password={}", EMAIL.replace('@', "%40"), PASSWORD.replace(' ', "+"));
        let sent = client.post(format!("{}/ui/sign-in", server.url)).body(form);
        let sent =
            sent.header("content-type", "application/x-www-form-urlencoded").header("sec-fetch-site", "same-origin");
        let answer = sent.send().await.map_err(|error| error.to_string())?;
        let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        let pairs: Vec<_> = cookies.filter_map(|cookie| cookie.split(';').next()).map(str::to_owned).collect();
        if pairs.is_empty() {
            return Err(format!("nobody is signed in: {}", answer.status()));
        }
        Ok(Self { client, base: server.url.clone(), cookie: pairs.join("; ") })
    }

    async fn get(&self, path: &str) -> Result<String, String> {
        let asked = self.client.get(format!("{}{path}", self.base)).header("cookie", &self.cookie);
        let answer = asked.send().await.map_err(|error| error.to_string())?;
        if !answer.status().is_success() {
            return Err(format!("{path}: {}", answer.status()));
        }
        answer.text().await.map_err(|error| error.to_string())
    }

    /// The path with its places filled in: `:dayN` is a day so long ago, `:PAGE|PREFIX` the first id of this kind there.
    async fn place(&self, page: &str) -> Result<String, String> {
        let Some((before, rest)) = page.split_once(':') else { return Ok(page.to_owned()) };
        if rest.starts_with("day") {
            return Ok(page.split('&').map(days_ago).collect::<Vec<_>>().join("&"));
        }
        let (list, prefix) = rest.split_once('|').ok_or_else(|| format!("{page} names no kind of id"))?;
        let text = self.get(list).await?;
        let at = text.find(&format!("/{prefix}")).or_else(|| text.find(&format!("={prefix}")));
        let id = at.and_then(|at| text.get(at + 1..at + 1 + prefix.len() + 26));
        id.map(|id| format!("{before}{id}")).ok_or_else(|| format!("{list} shows no {prefix}"))
    }

    async fn time(&self, path: &str, times: u32) -> Result<(Figures, usize), String> {
        let (mut took, mut bytes) = (Vec::new(), 0);
        for turn in 0..WARM_UP + times.max(1) {
            let begun = Instant::now();
            bytes = self.get(path).await?.len();
            took.extend((turn >= WARM_UP).then(|| begun.elapsed()));
        }
        let figures = Figures::of(took).ok_or("nothing was asked")?;
        Ok((figures, bytes))
    }
}

fn days_ago(pair: &str) -> String {
    let Some((name, days)) = pair.split_once(":day") else { return pair.to_owned() };
    let ago = days.parse::<i64>().unwrap_or_default() * 86_400_000_000;
    let (year, month, day, ..) = model::Timestamp(market::now().0 - ago).civil();
    format!("{name}{year:04}-{month:02}-{day:02}")
}
