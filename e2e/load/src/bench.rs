//! How much time and CPU the server adds to an auction. Added time is what is left of the whole when the slowest answer
//! it had to wait for and the post are taken away, both as the buyers measured them.

use crate::{
    Program,
    buyers::{self, Buyers},
    client::{Reply, Sent, Source},
    figures::{Figures, millis},
    market, process,
    server::Place,
};
use serde_json::Value;
use std::{process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// What is wanted of it.
#[derive(Debug, clap::Args)]
pub struct Wanted {
    #[command(flatten)]
    program: Program,
    /// Leads a second at which the added time is measured
    #[arg(long, default_value_t = 50, value_name = "N")]
    rate: u32,
    /// Leads a second at which the machine is busy, for the CPU of an auction; 0 leaves it out
    #[arg(long, default_value_t = 450, value_name = "N")]
    busy: u32,
    /// For so many seconds, after a warm-up
    #[arg(long, default_value_t = 20, value_name = "N")]
    seconds: u32,
}

/// Seconds of traffic that is not measured: connections are made, counters read, code paged in.
const WARM_UP: u32 = 3;
/// How long an idle server is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(2);

/// One program under load.
struct Measured {
    added: Figures,
    cpu: Duration,
    resident: u64,
}

/// Measures the server and the bare fan-out, calm and busy, and prints both.
///
/// A calm machine shows the time an auction takes; what it costs shows when there is work enough that nobody wakes up for
/// one thing alone.
pub async fn run(wanted: Wanted) -> Result<(), String> {
    let buyers = Buyers::new(buyers::ten());
    let url = buyers.serve().await?;
    println!("{} buyers, for {} s each", buyers.terms().len(), wanted.seconds);
    let calm = pair(&wanted, wanted.rate, &buyers, &url).await?;
    println!("               promised p50 under 5 ms, p99 under 20 ms");
    println!(
        "memory         gavel    {} idle, {} after the run",
        megabytes(calm.idle),
        megabytes(calm.server.resident)
    );
    println!("               fan-out  {} after the run", megabytes(calm.fanout.resident));
    println!("               promised under 60 MB idle");
    if wanted.busy > 0 {
        pair(&wanted, wanted.busy, &buyers, &url).await?;
        println!("               promised a ratio of at most 2.5 when busy");
    }
    Ok(())
}

/// The server and the fan-out under the same load.
struct Pair {
    idle: u64,
    server: Measured,
    fanout: Measured,
}

async fn pair(wanted: &Wanted, rate: u32, buyers: &Buyers, url: &str) -> Result<Pair, String> {
    let load = Load { rate, seconds: wanted.seconds };
    let (idle, server) = server(&wanted.program, load, buyers, url).await?;
    let fanout = fanout(load, buyers, url).await?;
    println!("\n{rate} leads/s");
    println!("added latency  gavel    {}", server.added);
    println!("               fan-out  {}", fanout.added);
    println!("CPU a lead     gavel    {}", millis(server.cpu));
    println!("               fan-out  {}", millis(fanout.cpu));
    println!("               ratio    {}", ratio(server.cpu, fanout.cpu));
    Ok(Pair { idle, server, fanout })
}

/// How many leads, and for how long.
#[derive(Debug, Clone, Copy)]
struct Load {
    rate: u32,
    seconds: u32,
}

async fn server(program: &Program, load: Load, buyers: &Buyers, url: &str) -> Result<(u64, Measured), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let place = Place::new(&program.gavel, folder.path(), None)?;
    let key = market::make(&place, "bench", buyers.terms(), url).await?;
    let server = place.start().await?;
    tokio::time::sleep(IDLE).await;
    let idle = process::resident(server.pid()?)?;
    let source = Source::new(&key, "gavel")?;
    let measured = measure(load, buyers, &source, &server.url, server.pid()?).await?;
    server.stop().await?;
    Ok((idle, measured))
}

async fn fanout(load: Load, buyers: &Buyers, url: &str) -> Result<Measured, String> {
    let (child, address) = start_fanout(buyers, url).await?;
    let pid = child.id().ok_or("the fan-out program has ended")?;
    measure(load, buyers, &Source::new("none", "fanout")?, &address, pid).await
}

/// The fan-out program in a process of its own, so that the kernel counts its CPU apart from the buyers'.
async fn start_fanout(buyers: &Buyers, url: &str) -> Result<(Child, String), String> {
    let me = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(me);
    command.args(["fanout", "--buyers", url, "--count", &buyers.terms().len().to_string()]);
    let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().map_err(|error| error.to_string())?;
    let out = child.stdout.take().ok_or("the fan-out program has no output")?;
    let line = BufReader::new(out).lines().next_line().await.map_err(|error| error.to_string())?;
    Ok((child, line.ok_or("the fan-out program ended at its start")?))
}

async fn measure(load: Load, buyers: &Buyers, source: &Source, url: &str, pid: u32) -> Result<Measured, String> {
    let warm = load.rate * WARM_UP;
    let count = load.rate * load.seconds;
    source.at_rate(url, 0..warm, load.rate).await;
    let before = process::cpu(pid)?;
    let sent = source.at_rate(url, warm..warm + count, load.rate).await;
    let cpu = process::cpu(pid)?.saturating_sub(before) / count.max(1);
    let added = sent.iter().map(|sent| added(buyers, sent)).collect::<Result<Vec<_>, _>>()?;
    Ok(Measured { added: Figures::of(added).ok_or("no lead was sent")?, cpu, resident: process::resident(pid)? })
}

/// The whole without the slowest ping and the posts, as the buyers measured them.
fn added(buyers: &Buyers, sent: &Sent) -> Result<Duration, String> {
    let Reply::Answer(answer) = &sent.reply else {
        return Err(format!(
            "lead {} has no answer, the figures would be of something else: {:?}",
            sent.number, sent.reply
        ));
    };
    if sent.reply.status() != Some("sold") {
        return Err(format!("lead {} was not sold: {answer}", sent.number));
    }
    let seen = answer.get("lead_id").and_then(Value::as_str).and_then(|lead| buyers.seen(lead));
    let seen = seen.ok_or_else(|| format!("no buyer saw lead {}", sent.number))?;
    Ok(sent.took.saturating_sub(seen.slowest_ping + seen.post))
}

fn ratio(ours: Duration, bare: Duration) -> String {
    let tenths = (ours.as_micros() * 10).checked_div(bare.as_micros()).unwrap_or_default();
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(1 << 20))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fanout;

    /// The measuring itself, over real sockets, against the fan-out in this process.
    #[tokio::test]
    async fn what_is_added_is_the_whole_without_the_buyers() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let buyers = Buyers::new(buyers::ten());
        let url = buyers.serve().await.unwrap();
        let (address, serving) = fanout::serve(&url, buyers.terms().len()).await.unwrap();
        tokio::spawn(serving);
        let source = Source::new("none", "test").unwrap();
        let sent = source.at_rate(&format!("http://{address}"), 0..10, 100).await;
        assert_eq!(sent.len(), 10);
        for sent in &sent {
            let seen = buyers.seen(&format!("test-{}", sent.number)).unwrap();
            assert_eq!((seen.pings, seen.posts), (10, 1));
            assert!(seen.slowest_ping >= Duration::from_millis(111) && seen.post >= Duration::from_millis(25));
            assert_eq!(added(&buyers, sent).unwrap() + seen.slowest_ping + seen.post, sent.took);
        }
        // The highest of ten bids, 14.00, is that of buyer 7.
        assert!(buyers.sales().iter().all(|sale| sale.buyer == 7) && buyers.sales().len() == 10);
    }

    #[test]
    fn a_lead_without_a_sale_spoils_the_figures() {
        let buyers = Buyers::new(buyers::ten());
        let sent = |reply| Sent { number: 1, took: Duration::from_secs(1), reply, retry_after: false };
        let unsold = Reply::Answer(serde_json::json!({ "lead_id": "a", "status": "unsold" }));
        for reply in [unsold, Reply::Refused(503, String::new()), Reply::Silence(String::new())] {
            assert!(added(&buyers, &sent(reply)).is_err());
        }
    }

    #[test]
    fn written_for_people() {
        assert_eq!(ratio(Duration::from_micros(2550), Duration::from_micros(1000)), "2.5");
        assert_eq!(ratio(Duration::from_micros(1), Duration::ZERO), "0.0");
        assert_eq!(megabytes(59 << 20), "59 MB");
    }
}
