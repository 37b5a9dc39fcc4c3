//! Letters through an SMTP server, in two parts with a limit each: what leads up to the letter, where nothing is lost when it
//! goes wrong, and the letter itself, after which only the server knows.

use super::Unsent;
use lettre::{
    Message,
    address::Envelope,
    transport::smtp::{
        Error, SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Tls, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
        response::Severity,
    },
};
use std::time::Duration;
use tokio::time::timeout;
use url::Url;

/// How long everything may take before the letter itself: connection, greeting, TLS, signing in, sender, recipients.
const BEFORE: Duration = Duration::from_secs(8);
/// How long the letter and the server's word on it may take.
const AFTER: Duration = Duration::from_secs(20);
/// Neither can be set to more: a letter has to end long before the lease of its job does.
const LONGEST_MS: u64 = 60_000;
/// How long a goodbye is waited for, beside everything else.
const GOODBYE: Duration = Duration::from_secs(1);
/// What is said to somebody who has not signed in, whatever it is said to: it is about us, not about a recipient.
const ABOUT_US: [u16; 3] = [530, 535, 538];

/// A way to an SMTP server. Connections are made for one letter each: few are sent.
pub(super) struct Sender {
    host: String,
    port: u16,
    tls: Tls,
    hello: ClientId,
    credentials: Option<Credentials>,
    before: Duration,
    after: Duration,
}

impl Sender {
    /// `smtps://user:password@host` (TLS from the beginning), `smtp://host?tls=required` (STARTTLS), `smtp://host` (neither,
    /// for a server on the same machine). A path is the name we say hello with; `before_ms` and `after_ms` in the query are
    /// other limits than [`BEFORE`] and [`AFTER`], for a server that is slow.
    pub(super) fn new(url: &Url) -> Result<Self, String> {
        // The address has a password in it.
        read(url).ok_or_else(|| "mail_url cannot be read as the address of an SMTP server".to_owned())
    }

    pub(super) async fn send(&self, message: Message) -> Result<(), Unsent> {
        let letter = message.formatted();
        let silent = || Unsent::NotTaken("the server takes too long".to_owned());
        let begun = timeout(self.before, self.up_to_data(message.envelope(), &letter)).await;
        let mut line = begun.map_err(|_| silent())??;
        let said = timeout(self.after, line.message(&letter)).await;
        let said = said.map_err(|_| Unsent::Unknown("the server says nothing to the letter".to_owned()))?;
        let said = said.map_err(|error| of_the_letter(&error))?;
        if said.code().severity != Severity::PositiveCompletion {
            return Err(Unsent::Unknown("no answer that can be read".to_owned()));
        }
        // It has the letter, whatever becomes of the goodbye.
        tokio::spawn(async move { timeout(GOODBYE, line.quit()).await });
        Ok(())
    }

    /// Everything before the letter, until the server has said that it may come.
    async fn up_to_data(&self, envelope: &Envelope, letter: &[u8]) -> Result<AsyncSmtpConnection, Unsent> {
        let mut line = self.connect().await?;
        let parameters = parameters(&line, envelope, letter)?;
        let sender = Mail::new(envelope.from().cloned(), parameters);
        line.command(sender).await.map_err(|error| not_taken("sender", &error))?;
        for to in envelope.to() {
            let recipient = line.command(Rcpt::new(to.clone(), Vec::new())).await;
            recipient.map_err(|error| refused("recipient", &error))?;
        }
        let go_on = line.command(Data).await.map_err(|error| refused("letter", &error))?;
        if go_on.has_code(354) { Ok(line) } else { Err(Unsent::NotTaken("the letter was not asked for".to_owned())) }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Unsent> {
        let wrapped = if let Tls::Wrapper(tls) = &self.tls { Some(tls.clone()) } else { None };
        let server = (self.host.as_str(), self.port);
        // A name may have several addresses, of which one is silent.
        let each = Some(self.before / 3);
        let line = AsyncSmtpConnection::connect_tokio1(server, each, &self.hello, wrapped, None).await;
        let mut line = line.map_err(|error| not_taken("connection", &error))?;
        let upgrade = match &self.tls {
            Tls::Required(tls) => Some(tls),
            Tls::Opportunistic(tls) if line.can_starttls() => Some(tls),
            Tls::Opportunistic(_) | Tls::Wrapper(_) | Tls::None => None,
        };
        if let Some(tls) = upgrade {
            line.starttls(tls.clone(), &self.hello).await.map_err(|error| not_taken("TLS", &error))?;
        }
        if let Some(credentials) = &self.credentials {
            let signed_in = line.auth(DEFAULT_MECHANISMS, credentials).await;
            signed_in.map_err(|error| not_taken("signing in", &error))?;
        }
        Ok(line)
    }
}

fn read(url: &Url) -> Option<Sender> {
    let query = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let limit = |name: &str, otherwise: Duration| match query(name) {
        None => Some(otherwise),
        Some(text) => text.parse().ok().filter(|ms| (1..=LONGEST_MS).contains(ms)).map(Duration::from_millis),
    };
    let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']').to_owned();
    let parameters = || TlsParameters::new(host.clone()).ok();
    let (port, tls) = match (url.scheme(), query("tls").as_deref()) {
        ("smtp", None) => (SMTP_PORT, Tls::None),
        ("smtp", Some("required")) => (SUBMISSION_PORT, Tls::Required(parameters()?)),
        ("smtp", Some("opportunistic")) => (SUBMISSION_PORT, Tls::Opportunistic(parameters()?)),
        ("smtps", _) => (SUBMISSIONS_PORT, Tls::Wrapper(parameters()?)),
        _ => return None,
    };
    let credentials = match url.password() {
        Some(password) => Some(Credentials::new(decoded(url.username())?, decoded(password)?)),
        None => None,
    };
    let name = url.path().trim_matches('/');
    Some(Sender {
        port: url.port().unwrap_or(port),
        tls,
        hello: if name.is_empty() { ClientId::default() } else { ClientId::Domain(name.to_owned()) },
        credentials,
        before: limit("before_ms", BEFORE)?,
        after: limit("after_ms", AFTER)?,
        host,
    })
}

/// Without the `%40` that an address writes for a character.
fn decoded(text: &str) -> Option<String> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&first, after)) = rest.split_first() {
        let pair = after.get(..2).filter(|_| first == b'%').and_then(|pair| hex::decode(pair).ok());
        rest = if pair.is_some() { &after[2..] } else { after };
        bytes.extend(pair.unwrap_or_else(|| vec![first]));
    }
    String::from_utf8(bytes).ok()
}

/// What has to be asked for with the sender: addresses and texts beyond ASCII (RFC 6531 and 6152).
fn parameters(line: &AsyncSmtpConnection, envelope: &Envelope, letter: &[u8]) -> Result<Vec<MailParameter>, Unsent> {
    let knows = |extension| line.server_info().supports_feature(extension);
    let mut parameters = Vec::new();
    let mut everybody = envelope.from().into_iter().chain(envelope.to());
    if everybody.any(|address| !AsRef::<str>::as_ref(address).is_ascii()) {
        if !knows(Extension::SmtpUtfEight) {
            return Err(Unsent::NotTaken("the server takes no addresses beyond ASCII".to_owned()));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !letter.is_ascii() {
        if !knows(Extension::EightBitMime) {
            return Err(Unsent::NotTaken("the server takes no texts beyond ASCII".to_owned()));
        }
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    Ok(parameters)
}

fn code(error: &Error) -> Option<u16> {
    error.status().map(u16::from)
}

/// Before the letter, and nobody said no to who gets it: it is the server or us. What was said stays out of the text: it may
/// repeat an address.
fn not_taken(step: &str, error: &Error) -> Unsent {
    let said = code(error).map_or_else(|| "the conversation ended".to_owned(), |code| format!("SMTP {code}"));
    Unsent::NotTaken(format!("{step}: {said}"))
}

/// Before the letter, where a refusal for good is one of this letter.
fn refused(step: &str, error: &Error) -> Unsent {
    match code(error) {
        Some(code) if error.is_permanent() && !ABOUT_US.contains(&code) => Unsent::Refused(format!("SMTP {code}")),
        _ => not_taken(step, error),
    }
}

/// After the letter began: only what the server says of it counts.
fn of_the_letter(error: &Error) -> Unsent {
    match code(error) {
        Some(code) if error.is_permanent() => Unsent::Refused(format!("SMTP {code}")),
        Some(code) if error.is_transient() => Unsent::NotTaken(format!("letter: SMTP {code}")),
        _ => Unsent::Unknown("the conversation ended after the letter".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Letter;
    use model::{JobId, Timestamp};
    use tokio::{
        io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
        net::{TcpListener, TcpStream},
        task::JoinHandle,
    };

    /// An answer that does not come.
    const SILENCE: &str = "silence";

    fn message() -> Message {
        let letter = Letter {
            id: JobId::from_bits(7),
            at: Timestamp(1_778_169_600_000_000),
            to: "ada@acme.example".to_owned(),
            subject: "Hello".to_owned(),
            text: "A line.\n.\nAnother.\n".to_owned(),
        };
        letter.written(&"gavel@acme.example".parse().unwrap()).unwrap()
    }

    /// A server for one letter. `at` is the command it answers with `say`, or `greeting`, or `end` of the letter; an empty
    /// answer closes the connection.
    async fn server(listener: TcpListener, at: &'static str, say: &'static str) -> String {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        let (mut all, mut line) = (String::new(), String::new());
        if !answer(&mut stream, if at == "greeting" { say } else { "220 test\r\n" }).await {
            return all;
        }
        while stream.read_line(&mut line).await.unwrap_or(0) > 0 {
            let word = line.split_whitespace().next().unwrap_or_default().to_owned();
            all.push_str(&line);
            line.clear();
            let reply = match word.as_str() {
                word if word == at => say,
                "EHLO" => "250-test\r\n250 AUTH PLAIN\r\n",
                "AUTH" => "235 you are\r\n",
                "DATA" => {
                    answer(&mut stream, "354 go on\r\n").await;
                    while !all.ends_with("\r\n.\r\n") {
                        if stream.read_line(&mut all).await.unwrap() == 0 {
                            return all;
                        }
                    }
                    if at == "end" { say } else { "250 taken\r\n" }
                }
                "QUIT" => "221 bye\r\n",
                _ => "250 ok\r\n",
            };
            if !answer(&mut stream, reply).await {
                return all;
            }
        }
        all
    }

    /// Whether the conversation goes on.
    async fn answer(stream: &mut BufReader<TcpStream>, text: &str) -> bool {
        if text == SILENCE {
            let _ = stream.read_to_end(&mut Vec::new()).await;
            return false;
        }
        !text.is_empty() && stream.get_mut().write_all(text.as_bytes()).await.is_ok()
    }

    async fn begun(at: &'static str, say: &'static str, limits: &str) -> (Result<(), Unsent>, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://me:p%40ss@{}{limits}", listener.local_addr().unwrap());
        let heard = tokio::spawn(server(listener, at, say));
        (Sender::new(&url.parse().unwrap()).unwrap().send(message()).await, heard)
    }

    async fn sent(at: &'static str, say: &'static str) -> Result<(), Unsent> {
        begun(at, say, "").await.0
    }

    /// Its server says nothing there, and is not waited for long.
    async fn unheard(at: &'static str) -> Result<(), Unsent> {
        begun(at, SILENCE, if at == "end" { "?after_ms=50" } else { "?before_ms=50" }).await.0
    }

    #[tokio::test]
    async fn a_letter_arrives_whole() {
        let (sent, heard) = begun("nothing", "", "").await;
        assert_eq!(sent, Ok(()));
        let heard = heard.await.unwrap();
        assert!(heard.contains("RCPT TO:<ada@acme.example>") && heard.contains("\r\n..\r\nAnother."), "{heard}");
        // The base64 of "\0me\0p@ss".
        assert!(heard.contains("AUTH PLAIN AG1lAHBAc3M="), "{heard}");
    }

    #[tokio::test]
    async fn a_refusal_for_good_is_one_of_the_letter() {
        for at in ["RCPT", "DATA", "end"] {
            assert_eq!(sent(at, "550 no\r\n").await, Err(Unsent::Refused("SMTP 550".to_owned())), "{at}");
        }
    }

    #[tokio::test]
    async fn before_the_letter_nothing_is_lost() {
        for (at, say) in [
            ("greeting", ""),
            ("greeting", "554 not you\r\n"),
            ("greeting", "hello\r\n"),
            ("EHLO", "500 what\r\n"),
            ("AUTH", "535 wrong password\r\n"),
            ("AUTH", ""),
            ("MAIL", "550 not from there\r\n"),
            ("MAIL", "451 later\r\n"),
            ("RCPT", "450 later\r\n"),
            ("RCPT", "530 sign in first\r\n"),
            ("RCPT", ""),
            ("DATA", "421 closing\r\n"),
            ("DATA", "250 what letter\r\n"),
            ("DATA", ""),
            ("end", "451 later\r\n"),
        ] {
            let sent = sent(at, say).await;
            assert!(matches!(sent, Err(Unsent::NotTaken(_))), "{at} {say}: {sent:?}");
        }
        for at in ["greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA"] {
            let sent = unheard(at).await;
            assert!(matches!(sent, Err(Unsent::NotTaken(_))), "{at}: {sent:?}");
        }
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let sender = Sender::new(&format!("smtp://{closed}").parse().unwrap()).unwrap();
        assert!(matches!(sender.send(message()).await, Err(Unsent::NotTaken(_))));
    }

    #[tokio::test]
    async fn after_the_letter_only_its_server_knows() {
        for say in ["", "hello\r\n", "354 more\r\n"] {
            let sent = sent("end", say).await;
            assert!(matches!(sent, Err(Unsent::Unknown(_))), "{say}: {sent:?}");
        }
        assert!(matches!(unheard("end").await, Err(Unsent::Unknown(_))));
    }

    #[tokio::test]
    async fn a_letter_that_was_taken_is_taken_however_the_goodbye_goes() {
        for say in ["", SILENCE, "500 what\r\n"] {
            assert_eq!(sent("QUIT", say).await, Ok(()), "{say}");
        }
    }

    #[test]
    fn an_address_that_is_none_does_not_show_its_password() {
        for url in [
            "http://user:hunter2@host",
            "smtp://user:hunter2@host?tls=maybe",
            "smtp://user:hunter2@host?before_ms=0",
            "smtp://user:hunter2@host?after_ms=3600000",
            "smtp://user:hunter2%ff@host",
        ] {
            let Err(said) = Sender::new(&url.parse().unwrap()) else { panic!("{url} is taken") };
            assert!(!said.contains("hunter2"), "{said}");
        }
    }

    #[test]
    fn an_address_says_how_its_server_is_reached() {
        for (url, host, port) in [
            ("smtp://localhost", "localhost", 25),
            ("smtp://mail.example?tls=required", "mail.example", 587),
            ("smtps://mail.example/me.example", "mail.example", 465),
            ("smtp://[::1]:2525", "::1", 2525),
        ] {
            let sender = Sender::new(&url.parse().unwrap()).unwrap();
            assert_eq!((sender.host.as_str(), sender.port), (host, port));
            assert_eq!((sender.before, sender.after), (BEFORE, AFTER));
        }
    }
}
