//! A server with everything on: full durability, the audit, ten buyers, and a system of the tenant that is told of every
//! sale. What it costs is read from the kernel, what it counts from its own figures.

use crate::{
    Program,
    buyers::{self, Buyers},
    client::Source,
    figures::millis,
    market, process,
    rate::Volley,
    server::{Place, Server},
    told::Receiver,
};
use std::time::Duration;
use tempfile::TempDir;

/// Longest wait for the last message of a run.
const TOLD: Duration = Duration::from_secs(30);
const ASK_EVERY: Duration = Duration::from_millis(100);

/// Everything a run needs.
#[derive(Debug)]
pub struct Scene {
    pub server: Server,
    pub source: Source,
    pub buyers: Buyers,
    pub receiver: Receiver,
    place: Place,
    // Removed when the run is over.
    _folder: TempDir,
}

impl Scene {
    /// Sets it up, on a SQLite file of its own.
    ///
    /// # Errors
    /// With what went wrong.
    pub async fn open(program: &Program, run: &str) -> Result<Self, String> {
        let buyers = Buyers::new(buyers::ten());
        let url = buyers.serve().await?;
        let receiver = Receiver::default();
        let told = receiver.serve().await?;
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let place = Place::new(&program.gavel, folder.path(), None)?;
        let key = market::make(&place, run, buyers.terms(), &url).await?;
        place.gavel(&["endpoint", "add", run, "--name", "own system", "--webhook", &told, "--on", "sold"]).await?;
        let server = place.start().await?;
        Ok(Self { server, source: Source::new(&key, run)?, buyers, receiver, place, _folder: folder })
    }

    /// The CPU time that the server's process has used so far.
    ///
    /// # Errors
    /// When it has ended.
    pub fn cpu(&self) -> Result<Duration, String> {
        process::cpu(self.server.pid()?)
    }

    /// Waits until the tenant's system was told of so many leads; of how many it was.
    pub async fn told(&self, leads: usize) -> usize {
        let begun = std::time::Instant::now();
        while self.receiver.leads() < leads && begun.elapsed() < TOLD {
            tokio::time::sleep(ASK_EVERY).await;
        }
        self.receiver.leads()
    }

    /// Ends the server and says what is wrong, by the buyers' own books, the tenant's system and `gavel check`.
    ///
    /// # Errors
    /// When it does not stop.
    pub async fn close(self, fired: &Volley, told: bool) -> Result<Vec<String>, String> {
        let mut faults = fired.differences(&self.buyers.sales());
        if told {
            let sold = fired.count(|end| *end == crate::rate::End::Sold);
            let heard = self.told(sold).await;
            if heard != sold || self.receiver.twice() > 0 {
                let twice = self.receiver.twice();
                faults.push(format!("the tenant's system heard of {heard} of {sold} sales, of {twice} twice"));
            }
        }
        self.server.stop().await?;
        faults.extend(self.place.gavel(&["check"]).await.err());
        Ok(faults)
    }
}

/// CPU per lead, for people.
pub fn per_lead(cpu: Duration, leads: usize) -> String {
    millis(cpu / u32::try_from(leads.max(1)).unwrap_or(u32::MAX))
}

/// Bytes, for people.
pub fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(1 << 20))
}
