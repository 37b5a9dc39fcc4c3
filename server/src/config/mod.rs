//! Settings: flags over `GAVEL_…` environment variables over `gavel.toml` over defaults. This is the only place that
//! reads the environment. A wrong value stops the start with one line that names every wrong one.

mod knobs;
mod read;

pub use knobs::{KNOBS, Knob};
pub use read::{ConfigError, Sources};

use ipnet::IpNet;
use std::{net::SocketAddr, path::PathBuf};
use url::Url;

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Everything that can be set from outside. `config.example.toml` documents each.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `sqlite://path` or `postgres://…`.
    pub database_url: String,
    /// Most connections to the store at once.
    pub database_connections: u32,
    /// Where the UI and the API are served.
    pub listen: SocketAddr,
    /// The address people and programs reach the server by. An `https` one makes cookies secure.
    pub public_url: Url,
    /// Where `/metrics` is served, if anywhere.
    pub metrics_listen: Option<SocketAddr>,
    /// Where simulated buyers of the demo are served.
    pub sandbox_listen: SocketAddr,
    /// Where files are kept that are not in the store.
    pub data_dir: PathBuf,
    /// The file with the master key, made on the first start.
    pub master_key_file: PathBuf,
    /// The packed site: scripts, styles, public files. None serves bare pages.
    pub site_dir: Option<PathBuf>,
    /// Private networks that buyers may be reached in.
    pub egress_allow: Vec<IpNet>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Leads that may be in the pipeline at once; more are answered 503.
    pub max_in_flight: usize,
    /// Requests a second that one API key may make for long.
    pub key_rate: u32,
    /// Requests that one API key may make at once after a pause.
    pub key_burst: u32,
    /// Whom mail is from: `Gavel <gavel@acme.example>`.
    pub mail_from: String,
    /// The SMTP server that takes mail, with name and password. None writes it as files.
    pub mail_url: Option<Url>,
    /// What is logged: a level, or a filter such as `info,sqlx=warn`.
    pub log: String,
    /// How the log is written.
    pub log_format: LogFormat,
}

impl Settings {
    /// Reads every setting.
    ///
    /// # Errors
    /// With every wrong value at once.
    pub fn read(sources: &Sources<'_>) -> Result<Self, ConfigError> {
        read::settings(sources)
    }

    /// Whether browsers reach the server over TLS.
    #[must_use]
    pub fn secure(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

/// A variable of the environment; an empty one counts as not set.
#[must_use]
pub fn environment(name: &str) -> Option<String> {
    #[allow(clippy::disallowed_methods)] // the one place
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
