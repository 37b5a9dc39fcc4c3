//! Bounded load over loopback, with buyers of our own whose word is the truth: how much time we add (`bench`), whether
//! a rate is held (`sustain`), what pages cost with a million leads (`pages`), what becomes of twice as much as the server can do (`overload`), whether anything is lost
//! or sold twice when the server is killed (`fault`), whether a cap ever overshoots (`cap`, `storm`).
//!
//! It starts its own servers, ends only those, and speaks to nothing but 127.0.0.1.

mod bench;
mod buyers;
mod cap;
mod client;
mod fanout;
mod fault;
mod figures;
mod leads;
mod market;
mod million;
mod overload;
mod pages;
mod process;
mod rate;
mod scene;
mod server;
mod storm;
mod sustain;
mod told;

use clap::{Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode};

/// Load for a Gavel server on this machine.
#[derive(Debug, Parser)]
#[command(name = "load", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure the time the server adds to an auction, and its CPU beside a bare fan-out program
    Bench(bench::Wanted),
    /// The bare fan-out program: the same calls to the same buyers, and nothing else
    Fanout(fanout::Wanted),
    /// Hold a rate for a while with everything on
    Sustain(sustain::Wanted),
    /// Offer twice as much as the server can do
    Overload(overload::Wanted),
    /// Time every page with a million leads in the store
    Pages(pages::Wanted),
    /// Kill the server in the middle of the traffic, again and again
    Fault(fault::Wanted),
    /// Send more leads at once than a capped contract may buy
    Cap(cap::Wanted),
    /// A thousand leads at once over three servers, one of them killed
    Storm(storm::Wanted),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    // The one cryptography of reqwest; every address here is plain http, but the client wants one to be there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.to_string()),
    };
    let done = runtime.block_on(async {
        match cli.command {
            Command::Bench(wanted) => bench::run(wanted).await,
            Command::Fanout(wanted) => fanout::run(wanted).await,
            Command::Sustain(wanted) => sustain::run(wanted).await,
            Command::Overload(wanted) => overload::run(wanted).await,
            Command::Pages(wanted) => pages::run(wanted).await,
            Command::Fault(wanted) => fault::run(wanted).await,
            Command::Cap(wanted) => cap::run(wanted).await,
            Command::Storm(wanted) => storm::run(wanted).await,
        }
    });
    done.map_or_else(|why| failed(&why), |()| ExitCode::SUCCESS)
}

fn failed(why: &str) -> ExitCode {
    eprintln!("load: {why}");
    ExitCode::FAILURE
}

/// Where the servers of a run come from.
#[derive(Debug, Clone, clap::Args)]
struct Program {
    /// The gavel binary
    #[arg(long, value_name = "PATH")]
    gavel: PathBuf,
}
