//! A rate held for a while with everything on: every lead answered and sold, the tenant's system told of each sale, and
//! nothing that piles up meanwhile.

use crate::{
    Program, process,
    rate::{End, Volley, fire},
    scene::{Scene, megabytes, per_lead},
};
use std::time::Duration;
use tokio::sync::watch;

/// What is wanted of it.
#[derive(Debug, clap::Args)]
pub struct Wanted {
    #[command(flatten)]
    program: Program,
    /// Leads a second
    #[arg(long, default_value_t = 500, value_name = "N")]
    rate: u32,
    /// For so many seconds, after a warm-up
    #[arg(long, default_value_t = 60, value_name = "N")]
    seconds: u32,
}

/// Seconds of traffic before it counts.
const WARM_UP: u32 = 3;
/// Of the rate asked for, so much has to be reached, in per cent.
const REACHED: f64 = 98.0;
/// At the end no more sales may wait to be told of than come in so many seconds.
const BACKLOG_S: usize = 2;
/// Between two looks at what waits.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Runs it, and prints what it saw.
pub async fn run(wanted: Wanted) -> Result<(), String> {
    let scene = Scene::open(&wanted.program, "sustain").await?;
    let (rate, warm) = (wanted.rate, wanted.rate * WARM_UP);
    let mut all = fire(&scene.source, &scene.server.url, 0..warm, rate).await;
    let (before, own) = (scene.cpu()?, process::cpu(std::process::id())?);
    let (stop, stopped) = watch::channel(false);
    let looking = tokio::spawn(look(scene.server.pid()?, stopped));
    let measured = fire(&scene.source, &scene.server.url, warm..warm + rate * wanted.seconds, rate).await;
    let (after, own) = (scene.cpu()?, process::cpu(std::process::id())?.saturating_sub(own));
    let sold = measured.count(|end| *end == End::Sold);
    let waiting = (sold + all.count(|end| *end == End::Sold)).saturating_sub(scene.receiver.leads());
    let _ = stop.send(true);
    let most = looking.await.map_err(|error| error.to_string())?;
    print(&wanted, &measured, waiting);
    let cpu = after.saturating_sub(before);
    println!("CPU a lead     server {}   generator and buyers {}", per_lead(cpu, sold), per_lead(own, sold));
    println!("memory         {} at most", megabytes(most));
    let mut faults = faults(&wanted, &measured, waiting);
    all.leads.extend(measured.leads);
    faults.extend(scene.close(&all, true).await?);
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// The most memory the server had.
async fn look(pid: u32, mut stopped: watch::Receiver<bool>) -> u64 {
    let mut most = 0;
    while !*stopped.borrow() {
        most = process::resident(pid).unwrap_or_default().max(most);
        let _ = tokio::time::timeout(LOOK_EVERY, stopped.changed()).await;
    }
    most
}

fn print(wanted: &Wanted, measured: &Volley, waiting: usize) {
    let (sold, refused) = (measured.count(|end| *end == End::Sold), measured.count(|end| *end == End::ToldToComeBack));
    let answered = sold + measured.count(|end| matches!(end, End::Told(_)));
    println!("{} leads/s for {} s, 10 buyers, everything on", wanted.rate, wanted.seconds);
    println!("leads          {} sent, {answered} answered, {sold} sold, {refused} refused", measured.leads.len());
    println!("rate           {:.1} sold a second, {:.1} sent", measured.sold_per_second(), measured.sent_per_second());
    if let Some(took) = measured.took(|end| *end == End::Sold) {
        println!("answers        {took}");
    }
    println!("waiting        {waiting} sales to be told of at the end");
}

fn faults(wanted: &Wanted, measured: &Volley, waiting: usize) -> Vec<String> {
    let mut faults = measured.others();
    let refused = measured.count(|end| *end == End::ToldToComeBack);
    if refused > 0 {
        faults.push(format!("{refused} leads were refused"));
    }
    let reached = measured.sold_per_second() * 100.0 / f64::from(wanted.rate.max(1));
    if reached < REACHED {
        faults.push(format!("{reached:.1} % of the rate was reached, not {REACHED} %"));
    }
    if waiting > BACKLOG_S * wanted.rate as usize {
        faults.push(format!("{waiting} sales wait to be told of: more with every second"));
    }
    faults
}
