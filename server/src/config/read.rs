//! Finds each setting's text where it was given and turns it into its type, collecting every fault.

use super::{KNOBS, LogFormat, Settings};
use ipnet::IpNet;
use std::{fmt, net::SocketAddr, ops::RangeInclusive, path::PathBuf};
use url::Url;

/// Where settings come from, strongest first.
pub struct Sources<'a> {
    /// The command line, by setting name.
    pub flag: &'a dyn Fn(&str) -> Option<String>,
    /// The environment, by variable name.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The text of the configuration file, if there is one.
    pub file: Option<&'a str>,
}

/// Every wrong setting, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError(pub Vec<String>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "wrong settings: {}", self.0.join("; "))
    }
}

impl std::error::Error for ConfigError {}

struct Reader<'a> {
    sources: &'a Sources<'a>,
    file: toml::Table,
    faults: Vec<String>,
}

pub(super) fn settings(sources: &Sources<'_>) -> Result<Settings, ConfigError> {
    let mut faults = Vec::new();
    let file = file_table(sources.file, &mut faults);
    let mut read = Reader { sources, file, faults };
    let data_dir = PathBuf::from(read.text("data_dir"));
    let listen = read.address("listen").unwrap_or(SocketAddr::from(([127, 0, 0, 1], 3000)));
    let settings = Settings {
        database_url: read.database_url(&data_dir),
        database_connections: read.number("database_connections", 2..=200),
        public_url: read.public_url(listen),
        metrics_listen: read.address("metrics_listen"),
        sandbox_listen: read.sandbox_listen(),
        master_key_file: read.optional("master_key_file").map_or_else(|| data_dir.join("master.key"), PathBuf::from),
        site_dir: Some(read.text("site_dir")).filter(|folder| folder != "none").map(PathBuf::from),
        egress_allow: read.networks("egress_allow"),
        trusted_proxies: read.networks("trusted_proxies"),
        max_in_flight: usize::try_from(read.number("max_in_flight", 1..=100_000)).unwrap_or(512),
        key_rate: read.number("key_rate", 1..=1_000_000),
        key_burst: read.number("key_burst", 1..=1_000_000),
        mail_from: read.mail_from(),
        mail_url: read.mail_url(),
        log: read.filter(),
        log_format: read.log_format(),
        listen,
        data_dir,
    };
    if read.faults.is_empty() { Ok(settings) } else { Err(ConfigError(read.faults)) }
}

fn file_table(text: Option<&str>, faults: &mut Vec<String>) -> toml::Table {
    let table = match text.unwrap_or_default().parse::<toml::Table>() {
        Ok(table) => table,
        Err(error) => {
            faults.push(format!("the configuration file is not TOML: {}", error.message()));
            return toml::Table::new();
        }
    };
    let unknown = table.keys().filter(|name| !KNOBS.iter().any(|knob| knob.name == *name));
    faults.extend(unknown.map(|name| format!("{name} in the configuration file is not a setting")));
    table
}

impl Reader<'_> {
    /// The given or default text, and where it was given.
    fn find(&self, name: &str) -> (String, String) {
        let Some(knob) = KNOBS.iter().find(|knob| knob.name == name) else { return Default::default() };
        if let Some(text) = (self.sources.flag)(name) {
            return (text, format!("--{}", knob.flag()));
        }
        if let Some(text) = (self.sources.variable)(&knob.variable()) {
            return (text, knob.variable());
        }
        match self.file.get(name) {
            Some(value) => (plain(value), format!("{name} in the configuration file")),
            None => (knob.default.to_owned(), name.to_owned()),
        }
    }

    fn text(&mut self, name: &str) -> String {
        let (text, place) = self.find(name);
        if text.is_empty() {
            self.faults.push(format!("{place} is empty"));
        }
        text
    }

    fn optional(&self, name: &str) -> Option<String> {
        Some(self.find(name).0).filter(|text| !text.is_empty())
    }

    fn parsed<T>(&mut self, name: &str, want: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let (text, place) = self.find(name);
        if text.is_empty() {
            return None;
        }
        let parsed = parse(&text);
        if parsed.is_none() {
            // Addresses of a database and of a mail server may hold a password.
            let shown =
                if matches!(name, "database_url" | "mail_url") { String::new() } else { format!(" = {text:?}") };
            self.faults.push(format!("{place}{shown} is not {want}"));
        }
        parsed
    }

    fn number(&mut self, name: &str, range: RangeInclusive<u32>) -> u32 {
        let want = format!("a whole number from {} to {}", range.start(), range.end());
        let number = self.parsed(name, &want, |text| text.parse().ok().filter(|number| range.contains(number)));
        number.unwrap_or(*range.start())
    }

    fn address(&mut self, name: &str) -> Option<SocketAddr> {
        self.parsed(name, "an address with a port, such as 127.0.0.1:3000", |text| text.parse().ok())
    }

    fn networks(&mut self, name: &str) -> Vec<IpNet> {
        let list = |text: &str| {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            parts.map(|part| part.parse().ok()).collect()
        };
        self.parsed(name, "a list of networks, such as 10.1.0.0/16,127.0.0.1/32", list).unwrap_or_default()
    }

    fn database_url(&mut self, data_dir: &std::path::Path) -> String {
        let known = |text: &str| {
            let schemes = ["sqlite:", "postgres://", "postgresql://"];
            schemes.iter().any(|scheme| text.starts_with(scheme)).then(|| text.to_owned())
        };
        self.parsed("database_url", "an address beginning with sqlite:// or postgres://", known)
            .unwrap_or_else(|| format!("sqlite://{}", data_dir.join("gavel.db").display()))
    }

    fn public_url(&mut self, listen: SocketAddr) -> Url {
        let origin = |text: &str| {
            let url = Url::parse(text).ok()?;
            let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
            (matches!(url.scheme(), "http" | "https") && url.has_host() && bare).then_some(url)
        };
        self.parsed("public_url", "an http or https address without a path", origin)
            .or_else(|| Url::parse(&format!("http://{listen}")).ok())
            .unwrap_or_else(|| Url::parse("http://localhost").expect("a constant address"))
    }

    fn sandbox_listen(&mut self) -> SocketAddr {
        let loopback = |text: &str| text.parse().ok().filter(|address: &SocketAddr| address.ip().is_loopback());
        self.parsed("sandbox_listen", "a loopback address with a port, such as 127.0.0.1:3801", loopback)
            .unwrap_or(SocketAddr::from(([127, 0, 0, 1], 3801)))
    }

    fn mail_from(&mut self) -> String {
        let address = |text: &str| text.parse::<lettre::message::Mailbox>().ok().map(|_| text.to_owned());
        self.parsed("mail_from", "a mail address, such as Gavel <gavel@acme.example>", address).unwrap_or_default()
    }

    fn mail_url(&mut self) -> Option<Url> {
        let server = |text: &str| {
            let url = Url::parse(text).ok()?;
            (matches!(url.scheme(), "smtp" | "smtps") && url.has_host()).then_some(url)
        };
        self.parsed("mail_url", "the address of an SMTP server, such as smtps://user:password@mail.example", server)
    }

    fn filter(&mut self) -> String {
        let filter = |text: &str| tracing_subscriber::EnvFilter::try_new(text).ok().map(|_| text.to_owned());
        self.parsed("log", "a level or filter, such as info,sqlx=warn", filter).unwrap_or_default()
    }

    fn log_format(&mut self) -> LogFormat {
        let format = |text: &str| match text {
            "text" => Some(LogFormat::Text),
            "json" => Some(LogFormat::Json),
            _ => None,
        };
        self.parsed("log_format", "text or json", format).unwrap_or(LogFormat::Text)
    }
}

/// A value of the file as it would be written in the environment.
fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(parts) => parts.iter().map(plain).collect::<Vec<_>>().join(","),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        toml::Value::Boolean(flag) => flag.to_string(),
        // No setting is one of these; the text is refused as a wrong value.
        toml::Value::Datetime(_) | toml::Value::Table(_) => "a table or date".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(flag: &[(&str, &str)], variable: &[(&str, &str)], file: Option<&str>) -> Result<Settings, ConfigError> {
        let get = |pairs: &[(&str, &str)], name: &str| {
            pairs.iter().find(|(have, _)| *have == name).map(|(_, value)| (*value).to_owned())
        };
        let sources = Sources { flag: &|name| get(flag, name), variable: &|name| get(variable, name), file };
        Settings::read(&sources)
    }

    #[test]
    fn defaults_are_as_documented() {
        let settings = read(&[], &[], None).unwrap();
        assert_eq!(settings.database_url, "sqlite://data/gavel.db");
        assert_eq!(settings.listen.to_string(), "127.0.0.1:3000");
        assert_eq!(settings.public_url.as_str(), "http://127.0.0.1:3000/");
        assert_eq!(settings.master_key_file, PathBuf::from("data/master.key"));
        assert_eq!((settings.max_in_flight, settings.key_rate, settings.key_burst), (512, 200, 400));
        assert!(settings.egress_allow.is_empty() && settings.metrics_listen.is_none() && !settings.secure());
    }

    #[test]
    fn flags_beat_the_environment_which_beats_the_file() {
        let file =
            Some("max_in_flight = 1\nkey_rate = 1\nkey_burst = 1\negress_allow = [\"10.0.0.0/8\", \"fd00::/8\"]");
        let variable = [("GAVEL_MAX_IN_FLIGHT", "2"), ("GAVEL_KEY_RATE", "2")];
        let settings = read(&[("max_in_flight", "3")], &variable, file).unwrap();
        assert_eq!((settings.max_in_flight, settings.key_rate, settings.key_burst), (3, 2, 1));
        assert_eq!(settings.egress_allow.len(), 2);
    }

    #[test]
    fn every_wrong_value_is_named_in_one_line() {
        let variable = [
            ("GAVEL_LISTEN", "3000"),
            ("GAVEL_DATABASE_URL", "mysql://root:secret@db"),
            ("GAVEL_LOG", "=,="),
            ("GAVEL_MAIL_URL", "http://me:secret@mail"),
        ];
        let error = read(&[("sandbox_listen", "0.0.0.0:1")], &variable, Some("lisen = 1\nkey_rate = 0")).unwrap_err();
        let line = error.to_string();
        for part in ["GAVEL_LISTEN = \"3000\"", "GAVEL_DATABASE_URL is not", "--sandbox-listen", "lisen", "key_rate"] {
            assert!(line.contains(part), "{part} is missing in: {line}");
        }
        assert!(!line.contains("secret") && !line.contains('\n'), "{line}");
        let broken = read(&[], &[], Some("listen = ")).unwrap_err().to_string();
        assert!(broken.contains("not TOML"), "{broken}");
    }

    /// The example file documents every setting with its default, and nothing else.
    #[test]
    fn the_example_file_is_complete() {
        let example = include_str!("../../config.example.toml");
        let mut seen = Vec::new();
        for line in example.lines() {
            let Some((name, value)) = line.strip_prefix("#").and_then(|line| line.split_once(" = ")) else { continue };
            if name.starts_with(' ') {
                continue;
            }
            let knob = KNOBS.iter().find(|knob| knob.name == name).unwrap_or_else(|| panic!("{name} is not a setting"));
            let value = plain(&value.parse::<toml::Value>().unwrap());
            assert_eq!(value, knob.default, "default of {name}");
            assert!(example.contains(&format!("# {}", knob.help)), "what {name} does");
            seen.push(name);
        }
        assert_eq!(seen, KNOBS.iter().map(|knob| knob.name).collect::<Vec<_>>());
        let uncommented: String = example
            .lines()
            .filter_map(|line| line.strip_prefix('#').filter(|line| !line.starts_with(' ')))
            .fold(String::new(), |all, line| all + line + "\n");
        read(&[], &[], Some(&uncommented)).unwrap();
        read(&[], &[], Some(example)).unwrap();
    }
}
