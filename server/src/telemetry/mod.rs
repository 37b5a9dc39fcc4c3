//! The log and the figures of this process. Nothing personal and nothing secret is ever given to it: handlers log ids, codes and durations.

pub mod metrics;

use crate::config::LogFormat;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts logging to standard error, so that standard output stays free for answers. A second call changes nothing.
pub fn start(format: LogFormat, filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // An error means that a log is already there, as in tests.
    let _ = match format {
        LogFormat::Text => log.with_ansi(std::io::stderr().is_terminal()).compact().try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
}
