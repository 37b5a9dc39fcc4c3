//! Server processes of a run: started, killed, stopped; never anybody else's.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};
use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
};

/// Longest wait for a server to take leads.
const START: Duration = Duration::from_secs(30);
/// Longest wait for it to stop; it promises 35 seconds.
const STOP: Duration = Duration::from_secs(40);
/// Between two questions whether it is there.
const ASK_EVERY: Duration = Duration::from_millis(10);

/// Where a run's servers keep their things.
#[derive(Debug, Clone)]
pub struct Place {
    gavel: PathBuf,
    folder: PathBuf,
    database: String,
}

impl Place {
    /// A place in `folder`; the database is a SQLite file in it unless another is named.
    ///
    /// # Errors
    /// When the binary is not there.
    pub fn new(gavel: &Path, folder: &Path, database: Option<&str>) -> Result<Self, String> {
        // Commands run inside the folder, where no gavel.toml of somebody else is read.
        let gavel = gavel.canonicalize().map_err(|error| format!("{}: {error}", gavel.display()))?;
        let file = || format!("sqlite://{}", folder.join("gavel.db").display());
        Ok(Self { gavel, folder: folder.to_owned(), database: database.map_or_else(file, str::to_owned) })
    }

    /// The database of its servers.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The master key of its servers, once one of them has made it.
    ///
    /// # Errors
    /// When it is not there.
    pub fn master_key(&self) -> Result<[u8; 32], String> {
        let text = std::fs::read_to_string(self.folder.join("master.key")).map_err(|error| error.to_string())?;
        let mut key = [0; 32];
        hex::decode_to_slice(text.trim(), &mut key).map_err(|error| error.to_string())?;
        Ok(key)
    }

    /// Runs a command to its end; what it printed.
    ///
    /// # Errors
    /// With what it said when it failed.
    pub async fn gavel(&self, arguments: &[&str]) -> Result<String, String> {
        self.gavel_told(arguments, "").await
    }

    /// Runs a command that reads its standard input to its end; what it printed.
    ///
    /// # Errors
    /// With what it said when it failed.
    pub async fn gavel_told(&self, arguments: &[&str], input: &str) -> Result<String, String> {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes()).await.map_err(|error| error.to_string())?;
        }
        let output = child.wait_with_output().await.map_err(|error| error.to_string())?;
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() {
            return Ok(said(&output.stdout));
        }
        Err(format!("gavel {}: {}\n{}", arguments.join(" "), said(&output.stderr), said(&output.stdout)))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.gavel);
        let kept = |name: &str| self.folder.join(name);
        command.args(arguments).current_dir(&self.folder).env_clear().kill_on_drop(true).stdin(Stdio::null());
        command.env("GAVEL_DATABASE_URL", &self.database).env("GAVEL_DATA_DIR", kept("data"));
        command.env("GAVEL_MASTER_KEY_FILE", kept("master.key")).env("GAVEL_SITE_DIR", "none");
        command.env("GAVEL_EGRESS_ALLOW", "127.0.0.1/32").env("GAVEL_LOG", "warn");
        // One key stands for many sources here.
        command.env("GAVEL_KEY_RATE", "100000").env("GAVEL_KEY_BURST", "100000");
        command
    }

    /// Starts a server on a free port and waits until it takes leads.
    ///
    /// # Errors
    /// When it ends, or does not take leads in time.
    pub async fn start(&self) -> Result<Server, String> {
        let address = free_port().map_err(|error| error.to_string())?;
        let mut command = self.command(&["serve"]);
        let begun = Instant::now();
        let figures = free_port().map_err(|error| error.to_string())?;
        command.env("GAVEL_LISTEN", &address).env("GAVEL_METRICS_LISTEN", &figures);
        let child = command.spawn().map_err(|error| error.to_string())?;
        let (url, metrics) = (format!("http://{address}"), format!("http://{figures}/metrics"));
        let mut server = Server { child, url, metrics };
        server.ready(begun).await?;
        Ok(server)
    }
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Its address.
    pub url: String,
    /// Where its figures are.
    pub metrics: String,
}

impl Server {
    async fn ready(&mut self, begun: Instant) -> Result<(), String> {
        let question = format!("{}/readyz", self.url);
        while begun.elapsed() < START {
            if let Some(status) = self.child.try_wait().map_err(|error| error.to_string())? {
                return Err(format!("the server ended at its start: {status}"));
            }
            if reqwest::get(&question).await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            tokio::time::sleep(ASK_EVERY).await;
        }
        Err(format!("the server takes no leads {} s after its start", START.as_secs()))
    }

    /// Its process id.
    ///
    /// # Errors
    /// When it has ended.
    pub fn pid(&self) -> Result<u32, String> {
        self.child.id().ok_or_else(|| "the server has ended".to_owned())
    }

    /// Ends it at once, as a power failure would: SIGKILL.
    ///
    /// # Errors
    /// When it cannot be ended.
    pub async fn kill(mut self) -> Result<(), String> {
        self.child.kill().await.map_err(|error| error.to_string())
    }

    /// Asks it to stop (SIGTERM) and waits until it has.
    ///
    /// # Errors
    /// When it does not stop in time, or not well.
    pub async fn stop(mut self) -> Result<(), String> {
        let pid = self.pid()?.to_string();
        // The shell's own `kill`: signals need no unsafe code that way.
        let asked = Command::new("sh").args(["-c", "kill -TERM \"$0\"", &pid]).status().await;
        asked.map_err(|error| error.to_string())?;
        let ended = tokio::time::timeout(STOP, self.child.wait()).await;
        let status = ended.map_err(|_| "the server does not stop")?.map_err(|error| error.to_string())?;
        if status.success() { Ok(()) } else { Err(format!("the server stopped badly: {status}")) }
    }
}

fn free_port() -> std::io::Result<String> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.to_string())
}
