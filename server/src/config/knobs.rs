//! The table of settings: name, default, what it does. Flags, environment, file and example file all come from it.

/// One setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Knob {
    /// The name in the file; `--with-dashes` as a flag and `GAVEL_IN_CAPITALS` in the environment.
    pub name: &'static str,
    /// The value when nobody sets it; empty when it follows from others or is off.
    pub default: &'static str,
    /// What it does, in one line.
    pub help: &'static str,
}

impl Knob {
    /// The flag without its leading dashes.
    #[must_use]
    pub fn flag(&self) -> String {
        self.name.replace('_', "-")
    }

    /// The variable of the environment.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("GAVEL_{}", self.name.to_uppercase())
    }
}

const fn knob(name: &'static str, default: &'static str, help: &'static str) -> Knob {
    Knob { name, default, help }
}

/// Every setting, in the order of the example file.
pub const KNOBS: &[Knob] = &[
    knob("database_url", "", "sqlite://path or postgres://user@host/name; without it sqlite://<data_dir>/gavel.db"),
    knob("database_connections", "16", "Most connections to the store at once, 2 to 200"),
    knob("listen", "127.0.0.1:3000", "Address and port of the UI and the API"),
    knob(
        "public_url",
        "",
        "The address people reach the server by; https makes cookies secure; without it http://<listen>",
    ),
    knob("metrics_listen", "", "Address and port of /metrics (Prometheus); without it there are none"),
    knob(
        "sandbox_listen",
        "127.0.0.1:3801",
        "Address and port of the demo's simulated buyers; must be a loopback address",
    ),
    knob("data_dir", "data", "Folder for files that are not in the store"),
    knob(
        "master_key_file",
        "",
        "File with the key that seals personal values, made on the first start; without it <data_dir>/master.key",
    ),
    knob("site_dir", "target/site", "Folder with the packed site; none serves pages without styles and scripts"),
    knob(
        "egress_allow",
        "",
        "Private networks in which buyers may be reached, as CIDR with commas: 10.1.0.0/16, fd00:1::/64",
    ),
    knob("trusted_proxies", "", "Proxies whose X-Forwarded-For is believed, as CIDR with commas"),
    knob("max_in_flight", "512", "Leads in the pipeline at once, 1 to 100000; more are answered 503"),
    knob("key_rate", "200", "Requests a second that one API key may make for long"),
    knob("key_burst", "400", "Requests that one API key may make at once after a pause"),
    knob("mail_from", "Gavel <gavel@localhost>", "Whom mail to people and buyers is from"),
    knob(
        "mail_url",
        "",
        "The SMTP server that takes mail: smtps://user:password@host, or smtp://host?tls=required for STARTTLS; without it mail is written as files into <data_dir>/mail",
    ),
    knob("log", "info", "What is logged: error, warn, info, debug, or a filter such as info,sqlx=warn"),
    knob("log_format", "text", "How the log is written: text or json"),
];
