//! SIGKILL in the middle of the traffic, round after round. Afterwards every lead that got an answer must be in the store
//! with that answer, nobody may have been bought twice, what the buyers bought must be known as bought (or as unknown),
//! and the server must take leads again in time.

use crate::{
    Program,
    buyers::{self, Buyers, Sale},
    client::{Reply, Sent, Source},
    figures::millis,
    leads, market,
    server::{Place, Server},
};
use futures::{StreamExt, stream};
use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

/// What is wanted of it.
#[derive(Debug, clap::Args)]
pub struct Wanted {
    #[command(flatten)]
    program: Program,
    /// How often the server is killed
    #[arg(long, default_value_t = 20, value_name = "N")]
    rounds: u32,
    /// Leads a second
    #[arg(long, default_value_t = 50, value_name = "N")]
    rate: u32,
    /// After so many minutes no further round begins, and too few of them count as a failure
    #[arg(long, default_value_t = 45, value_name = "N")]
    minutes: u32,
    /// The database; a SQLite file of its own unless given
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

/// Leads of one round. The server is killed somewhere in the second half of them.
const ROUND: u32 = 100;
/// How soon after its restart the server has to take leads again.
const BACK: Duration = Duration::from_secs(5);
/// Questions to the server at once.
const AT_ONCE: usize = 8;

/// What is known of all the leads that were sent.
#[derive(Debug, Default)]
struct Record {
    answered: BTreeMap<u32, Reply>,
    sent: u32,
    faults: Vec<String>,
}

/// Runs the rounds, then holds the store against the sources' answers and the buyers' purchases.
pub async fn run(wanted: Wanted) -> Result<(), String> {
    if wanted.rounds.saturating_mul(ROUND + 1) > leads::PEOPLE {
        return Err(format!("at most {} rounds: there are no more people", leads::PEOPLE / (ROUND + 1)));
    }
    let buyers = Buyers::new(buyers::ten());
    let url = buyers.serve().await?;
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let place = Place::new(&wanted.program.gavel, folder.path(), wanted.database.as_deref())?;
    let key = market::make(&place, "fault", buyers.terms(), &url).await?;
    let source = Source::new(&key, "fault")?;
    let mut record = Record::default();
    let mut server = place.start().await?;
    let (begun, enough) = (Instant::now(), Duration::from_secs(60) * wanted.minutes);
    for round in 0..wanted.rounds {
        if begun.elapsed() > enough {
            record.faults.push(format!("only {round} of {} rounds in {} minutes", wanted.rounds, wanted.minutes));
            break;
        }
        server = self::round(round, server, &place, &source, &wanted, &mut record).await?;
    }
    let known = known(&source, &server.url, &mut record).await;
    record.faults.extend(differences(&record.answered, &known));
    record.faults.extend(purchases(&buyers.sales(), &known));
    server.stop().await?;
    record.faults.extend(place.gavel(&["check"]).await.err());
    println!("{} leads, {} answered, {} bought", record.sent, record.answered.len(), buyers.sales().len());
    if record.faults.is_empty() { Ok(()) } else { Err(record.faults.join("\n")) }
}

/// Traffic, SIGKILL, restart, and the first lead after it. Sources without an answer ask again, as forms do.
async fn round(
    round: u32,
    server: Server,
    place: &Place,
    source: &Source,
    wanted: &Wanted,
    record: &mut Record,
) -> Result<Server, String> {
    let first = record.sent;
    record.sent += ROUND + 1;
    let traffic = {
        let (source, url, rate) = (source.clone(), server.url.clone(), wanted.rate);
        tokio::spawn(async move { source.at_rate(&url, first..first + ROUND, rate).await })
    };
    tokio::time::sleep(moment(round, wanted.rate)).await;
    server.kill().await?;
    let sent = traffic.await.map_err(|error| error.to_string())?;
    let begun = Instant::now();
    let server = place.start().await?;
    let back = source.send(&server.url, first + ROUND).await;
    let after = begun.elapsed();
    let unanswered: Vec<_> = sent.iter().filter(|sent| !answered(sent)).map(|sent| sent.number).collect();
    println!(
        "round {}: {} of {ROUND} answered before the kill, takes leads again after {}",
        round + 1,
        sent.len() - unanswered.len(),
        millis(after)
    );
    let again = again(source, &server.url, &unanswered).await;
    if !answered(&back) || after > BACK {
        record.faults.push(format!("round {}: no lead taken within {} s: {:?}", round + 1, BACK.as_secs(), back.reply));
    }
    let all = sent.into_iter().chain(again).chain([back]);
    record.answered.extend(all.filter(answered).map(|sent| (sent.number, sent.reply)));
    Ok(server)
}

/// When a round's kill comes: another moment each time, the same in every run.
fn moment(round: u32, rate: u32) -> Duration {
    let half = Duration::from_secs(1) * (ROUND / 2) / rate.max(1);
    half + half * (round * 7 % 20) / 20
}

fn answered(sent: &Sent) -> bool {
    matches!(sent.reply, Reply::Answer(_))
}

async fn again(source: &Source, server: &str, numbers: &[u32]) -> Vec<Sent> {
    stream::iter(numbers).map(|number| source.send(server, *number)).buffer_unordered(AT_ONCE).collect().await
}

/// What the server says of every lead that was sent. One that it does not know has no entry.
async fn known(source: &Source, server: &str, record: &mut Record) -> HashMap<u32, Reply> {
    let asked = stream::iter(0..record.sent).map(async |number| (number, source.ask(server, number).await));
    let mut known = HashMap::new();
    for (number, reply) in asked.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await {
        match reply {
            Reply::Answer(_) => {
                known.insert(number, reply);
            }
            Reply::Refused(404, _) => {}
            other => record.faults.push(format!("lead {number} cannot be asked for: {other:?}")),
        }
    }
    known
}

/// Leads whose answer is not what the store says now. A pending lead may have come to an end since.
fn differences(answered: &BTreeMap<u32, Reply>, known: &HashMap<u32, Reply>) -> Vec<String> {
    let mut faults = Vec::new();
    for (number, told) in answered {
        match known.get(number) {
            None => faults.push(format!("lead {number} got an answer and is not in the store: {told:?}")),
            Some(now) if now == told || told.status() == Some("pending") => {}
            Some(now) => faults.push(format!("lead {number} was told {told:?}, the store says {now:?}")),
        }
    }
    faults
}

/// People bought twice, purchases the store does not know of, and sales no buyer knows of.
fn purchases(sales: &[Sale], known: &HashMap<u32, Reply>) -> Vec<String> {
    let mut bought = HashMap::<&str, u32>::new();
    for sale in sales {
        *bought.entry(&sale.email).or_default() += 1;
    }
    let twice = bought.iter().filter(|(_, times)| **times > 1);
    let mut faults: Vec<_> = twice.map(|(email, times)| format!("{email} was bought {times} times")).collect();
    for (number, now) in known {
        let email = leads::email(*number);
        match (now.status(), bought.remove(email.as_str())) {
            (Some("sold"), None) => faults.push(format!("lead {number} is sold and nobody bought it")),
            (Some("sold" | "pending"), Some(_)) | (_, None) => {}
            (status, Some(_)) => faults.push(format!("lead {number} was bought and the store says {status:?}")),
        }
    }
    faults.extend(bought.keys().map(|email| format!("{email} was bought and the store knows nothing of it")));
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn reply(status: &str) -> Reply {
        Reply::Answer(json!({ "status": status }))
    }

    fn sale(number: u32) -> Sale {
        Sale { lead: format!("led_{number}"), email: leads::email(number), buyer: 0 }
    }

    #[test]
    fn an_answer_that_is_lost_or_changed_is_found() {
        let told =
            BTreeMap::from([(1, reply("sold")), (2, reply("unsold")), (3, reply("pending")), (4, reply("sold"))]);
        let known = HashMap::from([(1, reply("sold")), (2, reply("sold")), (3, reply("sold"))]);
        let faults = differences(&told, &known);
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults[0].starts_with("lead 2 was told") && faults[1].starts_with("lead 4 got an answer"));
    }

    #[test]
    fn every_kind_of_wrong_purchase_is_found() {
        let sound = HashMap::from([(1, reply("sold")), (2, reply("pending")), (3, reply("unsold"))]);
        assert_eq!(purchases(&[sale(1), sale(2)], &sound), Vec::<String>::new());
        for (sales, want) in [
            (vec![sale(1), sale(2), sale(1)], "person.1@example.com was bought 2 times"),
            (vec![sale(2)], "lead 1 is sold and nobody bought it"),
            (vec![sale(1), sale(3)], "lead 3 was bought and the store says"),
            (vec![sale(1), sale(9)], "person.9@example.com was bought and the store knows nothing of it"),
        ] {
            let faults = purchases(&sales, &sound);
            assert!(faults.len() == 1 && faults[0].starts_with(want), "{want}: {faults:?}");
        }
    }

    #[test]
    fn kills_come_at_different_moments_of_the_second_half() {
        let moments: Vec<_> = (0..20).map(|round| moment(round, 50)).collect();
        assert!(moments.iter().all(|at| (Duration::from_secs(1)..Duration::from_secs(2)).contains(at)));
        assert_eq!(moments.iter().collect::<std::collections::HashSet<_>>().len(), 20);
    }
}
