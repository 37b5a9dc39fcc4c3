//! What can be written on the command line.

use super::template::Template;
use crate::config::KNOBS;
use clap::{Arg, ArgMatches, Args, CommandFactory, Parser, Subcommand};
use exchange::audit::PublicKey;
use model::{EndpointId, LeadId, endpoint::Event, user::Role};
use std::{net::SocketAddr, path::PathBuf};

/// Gavel, a lead exchange: leads come in, buyers bid, the best one buys.
#[derive(Debug, Parser)]
#[command(name = "gavel", version, arg_required_else_help = true)]
pub struct Cli {
    /// The configuration file [gavel.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server: UI, API, pipeline
    Serve,
    /// Run the server with a demo tenant, simulated buyers and a trickle of leads
    Demo,
    /// Make the demo tenant, once, and print how to use it as one JSON object
    Seed(Seed),
    /// Run the simulated buyers alone, with their control API
    Sandbox(Sandbox),
    /// Verify the store, a line for each invariant; exit 1 when one is broken
    Check,
    /// Run a campaign's auctions again, a line for each decision that differs; exit 1 when one does
    Replay(Replay),
    /// Write a file that proves how a lead came out, for anybody to verify
    Proof(Proof),
    /// Verify a proof without a store, step by step; exit 1 when anything in it is wrong
    Verify(Verify),
    /// Bring the tables up to date
    Migrate,
    /// Companies running their exchange here
    Tenant {
        /// What to do.
        #[command(subcommand)]
        command: Tenant,
    },
    /// People who sign in
    User {
        /// What to do.
        #[command(subcommand)]
        command: User,
    },
    /// API keys of sources, and tokens of programs that configure
    Key {
        /// What to do.
        #[command(subcommand)]
        command: Key,
    },
    /// Who is told when a lead's state changes
    Endpoint {
        /// What to do.
        #[command(subcommand)]
        command: Endpoint,
    },
    /// Platforms whose buyers are connected by filling in a few values
    Preset {
        /// What to do.
        #[command(subcommand)]
        command: Preset,
    },
    /// What campaigns of an industry begin from
    Template {
        /// What to do.
        #[command(subcommand)]
        command: Template,
    },
    /// A tenant's whole configuration as one document
    Config {
        /// What to do.
        #[command(subcommand)]
        command: Configuration,
    },
}

/// `gavel seed`
#[derive(Debug, Args)]
pub struct Seed {
    /// Also send so many leads through the pipeline
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub leads: u32,
}

/// `gavel sandbox`
#[derive(Debug, Args)]
pub struct Sandbox {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Take mail here as well
    #[arg(long, value_name = "ADDRESS")]
    pub mail: Option<SocketAddr>,
    /// Keep the buyers' own ledger in this file as well, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub ledger: Option<PathBuf>,
    /// What all of the buyers' decisions follow from, together with the lead
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
}

/// `gavel replay`
#[derive(Debug, Args)]
pub struct Replay {
    /// Short name of the campaign
    #[arg(long, value_name = "SLUG")]
    pub campaign: String,
    /// The first day (2026-05-07, of the tenant's zone) or the first instant (2026-05-07T16:00:00Z)
    #[arg(long, value_name = "T")]
    pub from: String,
    /// The last day, as a whole, or the instant at which it ends
    #[arg(long, value_name = "T")]
    pub to: String,
    /// Short name of the tenant, where several have such a campaign
    #[arg(long, value_name = "SLUG")]
    pub tenant: Option<String>,
}

/// `gavel proof`
#[derive(Debug, Args)]
pub struct Proof {
    /// The lead
    pub lead: LeadId,
    /// Write it there instead of to standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// `gavel verify`
#[derive(Debug, Args)]
pub struct Verify {
    /// The proof
    pub file: PathBuf,
    /// The public key it has to be signed with, as `gavel check` prints it
    #[arg(long, value_name = "KEY")]
    pub key: Option<PublicKey>,
}

/// `gavel tenant`
#[derive(Debug, Subcommand)]
pub enum Tenant {
    /// Make a tenant
    Create {
        /// Short name, unique on the server
        slug: String,
        /// What people call it
        #[arg(long)]
        name: String,
        /// IANA time zone in which its day begins
        #[arg(long, default_value = "UTC")]
        zone: String,
    },
    /// List all tenants
    List,
}

/// `gavel user`
#[derive(Debug, Subcommand)]
pub enum User {
    /// Make a person; the password is read from standard input
    Create {
        /// Short name of the tenant
        tenant: String,
        /// Sign-in name
        email: String,
        /// What colleagues see
        #[arg(long)]
        name: String,
        /// admin, operator, viewer, buyer or affiliate
        #[arg(long, default_value = "operator", value_parser = any_role)]
        role: Role,
        /// Short name of the buyer, for the role buyer
        #[arg(long)]
        buyer: Option<String>,
        /// Short name of the source, for the role affiliate
        #[arg(long)]
        source: Option<String>,
    },
    /// List a tenant's people
    List {
        /// Short name of the tenant
        tenant: String,
    },
    /// Set a new password, read from standard input, and end the person's sessions
    SetPassword {
        /// Sign-in name
        email: String,
    },
    /// Let a person look after all tenants of this server: limits, suspending, looking in
    Superadmin {
        /// Sign-in name
        email: String,
        /// Take it away again
        #[arg(long)]
        off: bool,
    },
    /// Keep a person from signing in, and end the person's sessions
    Disable {
        /// Sign-in name
        email: String,
    },
}

/// `gavel key`
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Make an API key and print it; it is never shown again
    Create {
        /// Short name of the tenant
        tenant: String,
        /// Short name or id of the source whose leads it sends
        #[arg(required_unless_present_any = ["operator", "buyer"], conflicts_with = "operator")]
        source: Option<String>,
        /// What people call it
        #[arg(long)]
        name: String,
        /// A test key: its leads reach sandbox buyers only
        #[arg(long)]
        test: bool,
        /// Only into these campaigns (short names)
        #[arg(long, value_name = "SLUG")]
        campaign: Vec<String>,
        /// The hook of a tool: unbounce, gravity, elementor, meta, google or json; prints its address
        #[arg(long, value_name = "TOOL", conflicts_with_all = ["operator", "platform"])]
        hook: Option<model::intake::HookFormat>,
        /// A file with what the tool signs with (Meta: the app secret; Google: the key)
        #[arg(long, value_name = "FILE", requires = "hook")]
        secret_file: Option<PathBuf>,
        /// Take over a credential of this platform, which is in the file of --credential-file
        #[arg(long, value_name = "PLATFORM", requires = "credential_file", conflicts_with = "operator")]
        platform: Option<model::intake::Platform>,
        /// A file with the credential that the seller's program sends to the platform
        #[arg(long, value_name = "FILE", requires = "platform")]
        credential_file: Option<PathBuf>,
        /// A publishable key for pages of this origin (https://quotes.example; may be given several times)
        #[arg(long, value_name = "ORIGIN", conflicts_with_all = ["operator", "buyer", "hook", "platform"])]
        origin: Vec<String>,
        /// A token for a program that configures the tenant, of no source
        #[arg(long, conflicts_with_all = ["test", "campaign"])]
        operator: bool,
        /// A token for the programs of this buyer (short name): its leads, returns and statement
        #[arg(long, value_name = "SLUG", conflicts_with_all = ["source", "test", "campaign", "operator"])]
        buyer: Option<String>,
        /// What the token may do: admin, operator or viewer
        #[arg(long, default_value = "operator", value_parser = role)]
        #[arg(conflicts_with_all = ["source", "test", "campaign"])]
        role: Role,
    },
    /// List a tenant's keys and tokens
    List {
        /// Short name of the tenant
        tenant: String,
    },
    /// Revoke a key or a token at once
    Revoke {
        /// Short name of the tenant
        tenant: String,
        /// The key's id, as `gavel key list` shows it
        key: model::KeyId,
    },
}

/// `gavel endpoint`
#[derive(Debug, Subcommand)]
pub enum Endpoint {
    /// Make a postback or a webhook; a webhook's secret is printed and never shown again
    Add(AddEndpoint),
    /// List a tenant's endpoints
    List {
        /// Short name of the tenant
        tenant: String,
    },
    /// Remove an endpoint with all that waits for it
    Remove {
        /// Short name of the tenant
        tenant: String,
        /// The endpoint's id, as `gavel endpoint list` shows it
        endpoint: EndpointId,
    },
    /// Send an invented message now and show what comes back
    Test {
        /// Short name of the tenant
        tenant: String,
        /// The endpoint's id, as `gavel endpoint list` shows it
        endpoint: EndpointId,
    },
}

/// `gavel endpoint add`
#[derive(Debug, Args)]
pub struct AddEndpoint {
    /// Short name of the tenant
    pub tenant: String,
    /// What people call it
    #[arg(long)]
    pub name: String,
    /// A tracker's address with macros: https://tracker.example/?tid={click_id}&amount={payout}
    #[arg(long, value_name = "URL", conflicts_with = "webhook", required_unless_present = "webhook")]
    pub postback: Option<String>,
    /// Request the postback with POST instead of GET
    #[arg(long, requires = "postback")]
    pub post: bool,
    /// The address of a server that understands Standard Webhooks
    #[arg(long, value_name = "URL")]
    pub webhook: Option<String>,
    /// What it is told of, with commas: sold, unsold, rejected, returned, unknown
    #[arg(long, value_name = "EVENTS", value_delimiter = ',', default_value = "sold,returned")]
    pub on: Vec<Event>,
    /// Only of this source's leads (short name or id): it is then the affiliate's own and never told revenue
    #[arg(long)]
    pub source: Option<String>,
    /// Only of this campaign's leads (short name)
    #[arg(long, value_name = "SLUG")]
    pub campaign: Option<String>,
    /// Of test leads as well
    #[arg(long)]
    pub test: bool,
}

/// `gavel preset`
#[derive(Debug, Subcommand)]
pub enum Preset {
    /// List all presets with what has to be filled in
    List,
}

/// `gavel config`
#[derive(Debug, Subcommand)]
pub enum Configuration {
    /// Print the configuration as JSON; secrets by reference
    Export {
        /// Short name of the tenant
        tenant: String,
    },
    /// Tell what applying a document would change, and change nothing
    Diff {
        /// Short name of the tenant
        tenant: String,
        /// The document; - is standard input
        file: PathBuf,
    },
    /// Make the configuration what a document says, all of it or nothing
    Apply {
        /// Short name of the tenant
        tenant: String,
        /// The document; - is standard input
        file: PathBuf,
        /// Why, for the history
        #[arg(long, default_value = "")]
        note: String,
    },
}

fn any_role(text: &str) -> Result<Role, String> {
    text.parse().map_err(str::to_owned)
}

fn role(text: &str) -> Result<Role, String> {
    match text.parse()? {
        Role::Buyer => Err("the token of a buyer's program is made with --buyer".to_owned()),
        Role::Affiliate => Err("programs of a source use its API keys".to_owned()),
        role => Ok(role),
    }
}

/// The command with one flag for every setting.
pub fn command() -> clap::Command {
    KNOBS.iter().fold(Cli::command(), |command, knob| {
        let help =
            if knob.default.is_empty() { knob.help.to_owned() } else { format!("{} [{}]", knob.help, knob.default) };
        // The value stays text: config reads flag, environment and file alike and names every wrong one at once.
        let flag = Arg::new(knob.name).long(knob.flag()).value_name("VALUE").help(help).global(true);
        command.arg(flag.help_heading("Settings"))
    })
}

/// The value given to a setting's flag.
pub fn flag(matches: &ArgMatches, name: &str) -> Option<String> {
    // A global flag may stand before or after the command.
    let mut level = Some(matches);
    let mut found = None;
    while let Some(matches) = level {
        // A command may have an option of the same name that is no setting: `gavel sandbox --listen`.
        found = matches.try_get_one::<String>(name).ok().flatten().cloned().or(found);
        level = matches.subcommand().map(|(_, inner)| inner);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::FromArgMatches;

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn the_sandbox_has_an_address_of_its_own() {
        let matches = command().try_get_matches_from(["gavel", "sandbox", "--listen", "127.0.0.1:9"]).unwrap();
        assert_eq!(flag(&matches, "listen"), None);
        assert!(
            matches!(Cli::from_arg_matches(&matches).unwrap().command, Command::Sandbox(own) if own.listen.port() == 9)
        );
    }

    #[test]
    fn settings_may_stand_anywhere() {
        for line in [
            &["gavel", "--max-in-flight", "7", "key", "list", "acme"][..],
            &["gavel", "key", "list", "acme", "--max-in-flight", "7"],
        ] {
            let matches = command().try_get_matches_from(line).unwrap();
            assert_eq!(flag(&matches, "max_in_flight").as_deref(), Some("7"));
            assert_eq!(flag(&matches, "key_rate"), None);
            assert!(matches!(Cli::from_arg_matches(&matches).unwrap().command, Command::Key { .. }));
        }
    }
}
