//! Twice as much as the server can do: what it can it must do in time, and the rest must be told at once to come back,
//! with nothing half done.
//!
//! What it can do is found first, unless it is given: rates that grow until one of them is not reached.

use crate::{
    Program,
    client::Reply,
    process,
    rate::{End, Volley, fire},
    scene::{Scene, megabytes, per_lead},
    server::Server,
};
use std::time::Duration;
use tokio::sync::watch;

/// What is wanted of it.
#[derive(Debug, clap::Args)]
pub struct Wanted {
    #[command(flatten)]
    program: Program,
    /// What the server can do, in leads a second; found by trying unless given
    #[arg(long, value_name = "N")]
    rate: Option<u32>,
    /// The first rate that is tried
    #[arg(long, default_value_t = 100, value_name = "N")]
    from: u32,
    /// For so many seconds twice as much is sent
    #[arg(long, default_value_t = 20, value_name = "N")]
    seconds: u32,
    /// Of what it can do, so much has to be done, in per cent
    #[arg(long, default_value_t = 90, value_name = "N")]
    goodput: u32,
}

/// Each rate is tried for so many seconds.
const TRY_S: u32 = 5;
/// A rate is reached when so many of its leads are sold, in per cent.
const REACHED: usize = 98;
/// Of the refusals, so many have to be quick by the server's own figure, in per cent.
const QUICK: u64 = 99;
/// What quick means, as the figure's bucket says it.
const QUICK_BUCKET: &str = "0.005";
/// So many refused leads are asked for: the server may not know them.
const ASKED: usize = 200;
/// More memory than that, and something is not bounded.
const MEMORY: u64 = 512 << 20;
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What was seen while it was too much.
#[derive(Debug, Clone, Copy, Default)]
struct Most {
    resident: u64,
    in_flight: u64,
    least_room: u64,
}

/// Finds what the server can do, offers twice that, and prints what became of it.
pub async fn run(wanted: Wanted) -> Result<(), String> {
    let scene = Scene::open(&wanted.program, "overload").await?;
    let mut all = fire(&scene.source, &scene.server.url, 0..wanted.from, wanted.from).await;
    let capacity = match wanted.rate {
        Some(rate) => f64::from(rate),
        None => capacity(&scene, wanted.from, &mut all).await,
    };
    let offered = whole(capacity * 2.0).max(1);
    let first = next(&all);
    let before = scene.cpu()?;
    let (stop, stopped) = watch::channel(false);
    let looking = tokio::spawn(look(scene.server.pid()?, scene.server.metrics.clone(), stopped));
    let fired = fire(&scene.source, &scene.server.url, first..first + offered * wanted.seconds, offered).await;
    let cpu = scene.cpu()?.saturating_sub(before);
    let _ = stop.send(true);
    let most = looking.await.map_err(|error| error.to_string())?;
    let quick = quick(&scene.server).await?;
    print(capacity, offered, &fired, most, quick);
    println!("CPU a lead     {}", per_lead(cpu, fired.count(|end| *end == End::Sold)));
    let mut faults = faults(&wanted, capacity, offered, &fired, most, quick);
    faults.extend(unknown(&scene, &fired).await);
    all.leads.extend(fired.leads);
    faults.extend(scene.close(&all, false).await?);
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// Sales a second at the highest rate that pays.
async fn capacity(scene: &Scene, from: u32, all: &mut Volley) -> f64 {
    let (mut best, mut rate) = (0.0_f64, from);
    loop {
        let first = next(all);
        let tried = fire(&scene.source, &scene.server.url, first..first + rate * TRY_S, rate).await;
        let sold = tried.count(|end| *end == End::Sold);
        best = best.max(tried.sold_per_second());
        println!(
            "tried          {rate} leads/s: {:.1} sold a second, {} sent",
            tried.sold_per_second(),
            tried.leads.len()
        );
        let reached = sold * 100 >= tried.leads.len() * REACHED;
        all.leads.extend(tried.leads);
        if !reached {
            return best;
        }
        rate += rate.div_ceil(4);
    }
}

/// The number of the next lead.
fn next(all: &Volley) -> u32 {
    u32::try_from(all.leads.len()).unwrap_or(u32::MAX)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a rate
fn whole(rate: f64) -> u32 {
    rate.round() as u32
}

/// What the server holds at most, by the kernel and by its own figures.
async fn look(pid: u32, metrics: String, mut stopped: watch::Receiver<bool>) -> Most {
    let mut most = Most { least_room: u64::MAX, ..Most::default() };
    while !*stopped.borrow() {
        most.resident = process::resident(pid).unwrap_or_default().max(most.resident);
        if let Ok(text) = figures(&metrics).await {
            most.in_flight = figure(&text, "gavel_in_flight").unwrap_or_default().max(most.in_flight);
            most.least_room = figure(&text, "gavel_in_flight_limit").unwrap_or(u64::MAX).min(most.least_room);
        }
        let _ = tokio::time::timeout(LOOK_EVERY, stopped.changed()).await;
    }
    most
}

async fn figures(metrics: &str) -> Result<String, String> {
    let answer = reqwest::get(metrics).await.map_err(|error| error.to_string())?;
    answer.text().await.map_err(|error| error.to_string())
}

/// A figure by its whole name, labels included.
fn figure(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
}

/// How many refusals the server counted, and how many of them were quick by its own clock.
async fn quick(server: &Server) -> Result<(u64, u64), String> {
    let text = figures(&server.metrics).await?;
    let all = figure(&text, "gavel_refusal_seconds_count").ok_or("the server does not time its refusals")?;
    let bucket = format!("gavel_refusal_seconds_bucket{{le=\"{QUICK_BUCKET}\"}}");
    Ok((all, figure(&text, &bucket).unwrap_or_default()))
}

fn print(capacity: f64, offered: u32, fired: &Volley, most: Most, (refused, quick): (u64, u64)) {
    println!("capacity       {capacity:.1} leads/s; {offered} offered, {:.1} sent", fired.sent_per_second());
    let goodput = fired.sold_per_second();
    println!(
        "goodput        {goodput:.1} sold a second, {:.1} % of it",
        goodput * 100.0 / capacity.max(f64::MIN_POSITIVE)
    );
    if let Some(took) = fired.took(|end| *end == End::Sold) {
        println!("answers        {took}");
    }
    if let Some(took) = fired.took(|end| *end == End::ToldToComeBack) {
        println!("refusals       {took}, as the source sees them");
    }
    println!("               {quick} of {refused} under 5 ms by the server's own clock");
    println!("in flight      {} at most, room for {} at least", most.in_flight, most.least_room);
    println!("memory         {} at most", megabytes(most.resident));
}

fn faults(
    wanted: &Wanted,
    capacity: f64,
    offered: u32,
    fired: &Volley,
    most: Most,
    (refused, quick): (u64, u64),
) -> Vec<String> {
    let mut faults = Vec::new();
    let wrong = fired.others().into_iter().filter(|other| !other.contains("Told("));
    faults.extend(wrong);
    if fired.sent_per_second() < f64::from(offered) * 0.9 {
        faults.push(format!("only {:.1} leads a second could be sent: this is no overload", fired.sent_per_second()));
    }
    let goodput = fired.sold_per_second() * 100.0 / capacity.max(f64::MIN_POSITIVE);
    if goodput < f64::from(wanted.goodput) {
        faults.push(format!("{goodput:.1} % of what it can do was done, not {} %", wanted.goodput));
    }
    if fired.count(|end| *end == End::ToldToComeBack) == 0 {
        faults.push("nobody was told to come back: this is no overload".to_owned());
    }
    if quick * 100 < refused * QUICK {
        faults.push(format!("{quick} of {refused} refusals were quick, not {QUICK} %"));
    }
    if most.resident > MEMORY {
        faults.push(format!("the server took {}", megabytes(most.resident)));
    }
    faults
}

/// Refused leads that the server knows all the same.
async fn unknown(scene: &Scene, fired: &Volley) -> Vec<String> {
    let refused = fired.leads.iter().filter(|lead| lead.end == End::ToldToComeBack);
    let step = fired.count(|end| *end == End::ToldToComeBack).div_ceil(ASKED).max(1);
    let mut faults = Vec::new();
    for lead in refused.step_by(step) {
        match scene.source.ask(&scene.server.url, lead.number).await {
            Reply::Refused(404, _) => {}
            other => faults.push(format!("lead {} was refused, and the server knows it: {other:?}", lead.number)),
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found_by_their_whole_name() {
        let text = "# TYPE gavel_in_flight gauge\ngavel_in_flight 3\ngavel_in_flight_limit 512\n\
                    gavel_refusal_seconds_bucket{le=\"0.005\"} 41\n";
        assert_eq!(figure(text, "gavel_in_flight"), Some(3));
        assert_eq!(figure(text, "gavel_in_flight_limit"), Some(512));
        assert_eq!(figure(text, "gavel_refusal_seconds_bucket{le=\"0.005\"}"), Some(41));
        assert_eq!(figure(text, "gavel_in"), None);
    }
}
