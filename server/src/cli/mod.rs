//! The command line. It sees everything else; nothing sees it.

mod args;
mod check;
mod configuration;
mod demo;
mod endpoint;
mod generate;
mod key;
pub mod market;
mod preset;
mod proof;
mod replay;
mod sandbox;
mod seed;
mod serve;
pub mod shelf;
mod template;
mod tenant;
mod user;
mod verify;

use crate::{
    boot::Opened,
    clock::SystemClock,
    config::{Settings, Sources, environment},
    telemetry,
};
use args::{Cli, Command};
use clap::{ArgMatches, FromArgMatches};
use std::{fs, path::Path, process::ExitCode, sync::Arc};

/// Where settings are read from when `--config` names no other file.
const FILE: &str = "gavel.toml";

/// Runs the program: 0 when all went well, 1 when something did not, 2 when the command line or a setting is wrong.
#[must_use]
pub fn main() -> ExitCode {
    let matches = args::command().get_matches();
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let settings = match settings(&cli, &matches) {
        Ok(settings) => settings,
        Err(why) => return failed(&why, 2),
    };
    telemetry::start(settings.log_format, &settings.log);
    // The one cryptography of every TLS connection; an error means that it is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.to_string(), 1),
    };
    match runtime.block_on(run(cli.command, settings)) {
        Ok(code) => code,
        Err(why) => failed(&why, 1),
    }
}

async fn run(command: Command, settings: Settings) -> Result<ExitCode, String> {
    // Commands that need no store.
    let command = match command {
        Command::Sandbox(wanted) => return sandbox::run(wanted).await.map(|()| ExitCode::SUCCESS),
        Command::Preset { command: args::Preset::List } => {
            preset::list();
            return Ok(ExitCode::SUCCESS);
        }
        Command::Template { command } => match template::show(&command) {
            Some(shown) => return shown.map(|()| ExitCode::SUCCESS),
            None => Command::Template { command },
        },
        Command::Verify(wanted) => return verify::run(&wanted).map(|()| ExitCode::SUCCESS),
        other => other,
    };
    let settings = match command {
        Command::Demo | Command::Seed(_) => market::with_sandbox_allowed(settings),
        _ => settings,
    };
    let opened = Opened::open(settings, Arc::new(SystemClock)).await?;
    match command {
        Command::Serve => serve::run(&opened).await?,
        Command::Demo => demo::run(&opened).await?,
        Command::Seed(wanted) => seed::run(&opened, wanted).await?,
        Command::Check => return check::run(&opened).await,
        Command::Replay(wanted) => return replay::run(&opened, wanted).await,
        Command::Proof(wanted) => proof::run(&opened, wanted).await?,
        Command::Tenant { command } => tenant::run(&opened, command).await?,
        Command::User { command } => user::run(&opened, command).await?,
        Command::Key { command } => key::run(&opened, command).await?,
        Command::Endpoint { command } => endpoint::run(&opened, command).await?,
        Command::Template { command } => template::run(&opened, command).await?,
        Command::Config { command } => configuration::run(&opened, command).await?,
        Command::Migrate => println!("The tables are up to date."),
        Command::Sandbox(_) | Command::Verify(_) | Command::Preset { .. } => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn settings(cli: &Cli, matches: &ArgMatches) -> Result<Settings, String> {
    let named = cli.config.clone().or_else(|| environment("GAVEL_CONFIG").map(Into::into));
    let path = named.clone().unwrap_or_else(|| Path::new(FILE).to_owned());
    let file = match fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(format!("configuration file {}: {error}", path.display())),
    };
    let flag = |name: &str| args::flag(matches, name);
    let sources = Sources { flag: &flag, variable: &environment, file: file.as_deref() };
    Settings::read(&sources).map_err(|error| error.to_string())
}

fn failed(why: &str, code: u8) -> ExitCode {
    eprintln!("gavel: {why}");
    ExitCode::from(code)
}
