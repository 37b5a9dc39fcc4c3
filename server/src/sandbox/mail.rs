//! A mail server that takes leads: it wants what a real one wants, in the order of RFC 5321, and the mailbox decides what
//! becomes of a letter. `leads@…` takes it; `nobody@…` is not there (550), `full@…` has no room (552), `later@…` wants it later
//! (451), `busy@…` ends the conversation (421), `spam@…` refuses what it has read (554), `drops@…` keeps it and cuts the line,
//! `hangs@…` keeps it and says nothing more, `leaves@…` takes it and does not say goodbye, `silent@…` gets no answer at all.
//!
//! What it took is in memory only: `GET /__control/mail`.

use super::Sandbox;
use axum::{Json, extract::State};
use serde::Serialize;
use serde_json::{Value, json};
use std::{future::Future, io};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// Longest line, with its end (RFC 5321, section 4.5.3.1), and the largest letter.
const LONGEST_LINE: u64 = 1000;
const LARGEST: usize = 512 * 1024;
/// Most people one letter goes to.
const MOST: usize = 20;

/// A letter it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Taken {
    pub(super) from: String,
    pub(super) to: Vec<String>,
    /// As it came, head and body.
    pub(super) text: String,
}

impl Sandbox {
    /// Takes mail until `stopped` comes true.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve_mail(self, listener: TcpListener, stopped: impl Future<Output = ()>) -> io::Result<()> {
        let mut conversations = JoinSet::new();
        tokio::pin!(stopped);
        loop {
            tokio::select! {
                come = listener.accept() => {
                    let (stream, _) = come?;
                    conversations.spawn(converse(self.clone(), stream));
                }
                () = &mut stopped => return Ok(()),
            }
        }
    }
}

/// `GET /__control/mail`: the letters it has, oldest first.
pub(super) async fn taken(State(sandbox): State<Sandbox>) -> Json<Value> {
    Json(json!({ "letters": *sandbox.mail() }))
}

/// How a conversation goes on.
enum Next {
    Say(String),
    /// The letter follows.
    Data,
    /// Nothing, and nothing any more.
    Silence,
    /// The last word.
    Bye(String),
}

/// What was said so far.
#[derive(Default)]
struct Talk {
    greeted: bool,
    from: Option<String>,
    to: Vec<String>,
    /// It says no goodbye.
    leaves: bool,
}

async fn converse(sandbox: Sandbox, stream: TcpStream) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    say(&mut stream, "220 sandbox.example ESMTP").await?;
    let mut talk = Talk::default();
    while let Some(line) = line(&mut stream).await? {
        match talk.heard(&line) {
            Next::Say(words) => say(&mut stream, &words).await?,
            Next::Silence => return std::future::pending().await,
            Next::Bye(words) => return say(&mut stream, &words).await,
            Next::Data => {
                say(&mut stream, "354 End data with <CR><LF>.<CR><LF>").await?;
                let Some(text) = letter(&mut stream).await? else { return Ok(()) };
                let Some(words) = talk.end(&sandbox, text) else { return Ok(()) };
                if words.is_empty() {
                    return std::future::pending().await;
                }
                say(&mut stream, words).await?;
            }
        }
    }
    Ok(())
}

impl Talk {
    fn heard(&mut self, line: &str) -> Next {
        let said = |words: &str| Next::Say(words.to_owned());
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word.to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" if rest.trim().is_empty() => said("501 Say who you are"),
            "EHLO" => {
                *self = Self { greeted: true, ..Self::default() };
                Next::Say(format!("250-sandbox.example\r\n250-SIZE {LARGEST}\r\n250 8BITMIME"))
            }
            "HELO" => {
                *self = Self { greeted: true, ..Self::default() };
                said("250 sandbox.example")
            }
            "MAIL" if !self.greeted => said("503 Say hello first"),
            "MAIL" if self.from.is_some() => said("503 One sender"),
            "MAIL" => match path(rest, "FROM:") {
                Some(from) => {
                    self.from = Some(from);
                    said("250 OK")
                }
                None => said("501 MAIL FROM:<address>"),
            },
            "RCPT" if self.from.is_none() => said("503 MAIL first"),
            "RCPT" if self.to.len() == MOST => said("452 Too many recipients"),
            "RCPT" => match path(rest, "TO:").filter(|to| to.contains('@')) {
                Some(to) => self.recipient(to),
                None => said("501 RCPT TO:<address>"),
            },
            "DATA" if self.to.is_empty() => said("503 RCPT first"),
            "DATA" => Next::Data,
            "RSET" => {
                *self = Self { greeted: self.greeted, ..Self::default() };
                said("250 OK")
            }
            "NOOP" => said("250 OK"),
            "QUIT" if self.leaves => Next::Silence,
            "QUIT" => Next::Bye("221 Bye".to_owned()),
            _ => said("500 Not understood"),
        }
    }

    fn recipient(&mut self, to: String) -> Next {
        let words = match mailbox(&to) {
            "nobody" => "550 5.1.1 No such mailbox here",
            "full" => "552 5.2.2 Mailbox full",
            "later" => "451 4.7.1 Greylisted, try again later",
            "silent" => return Next::Silence,
            "busy" => return Next::Bye("421 4.3.2 Closing".to_owned()),
            _ => {
                self.to.push(to);
                "250 OK"
            }
        };
        Next::Say(words.to_owned())
    }

    /// What it says to a letter: nothing at all when it cuts the line, nothing more when the words are empty.
    fn end(&mut self, sandbox: &Sandbox, text: String) -> Option<&'static str> {
        let taken = Taken { from: self.from.take().unwrap_or_default(), to: std::mem::take(&mut self.to), text };
        let whole = ["From: ", "Date: ", "Message-ID: "].iter().all(|name| taken.text.contains(name));
        let has = |wanted: &str| taken.to.iter().any(|to| mailbox(to) == wanted);
        match () {
            () if !whole => return Some("550 5.6.0 From, Date and Message-ID are needed"),
            () if taken.text.len() > LARGEST => return Some("552 5.3.4 Too large"),
            () if has("spam") => return Some("554 5.7.1 Refused as spam"),
            () => {}
        }
        let (drops, hangs) = (has("drops"), has("hangs"));
        self.leaves = has("leaves");
        sandbox.mail().push(taken);
        if drops { None } else { Some(if hangs { "" } else { "250 2.0.0 Queued" }) }
    }
}

fn mailbox(address: &str) -> &str {
    address.split_once('@').map_or(address, |(mailbox, _)| mailbox)
}

/// The address in `FROM:<a@b> SIZE=…`.
fn path(rest: &str, before: &str) -> Option<String> {
    let start = rest.get(..before.len()).filter(|start| start.eq_ignore_ascii_case(before))?;
    let (address, _) = rest[start.len()..].trim_start().strip_prefix('<')?.split_once('>')?;
    Some(address.to_owned())
}

async fn say(stream: &mut BufReader<TcpStream>, words: &str) -> io::Result<()> {
    stream.get_mut().write_all(format!("{words}\r\n").as_bytes()).await
}

/// The next line without its end; none when the other side has ended.
async fn line(stream: &mut (impl AsyncRead + AsyncBufReadExt + Unpin)) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    stream.take(LONGEST_LINE).read_until(b'\n', &mut bytes).await?;
    if bytes.is_empty() {
        return Ok(None);
    }
    Ok(Some(String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned()))
}

/// A letter up to the line with nothing but a dot; none when the other side ended before.
async fn letter(stream: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    let mut text = String::new();
    while let Some(line) = line(stream).await? {
        if line == "." {
            return Ok(Some(text));
        }
        // What does not fit is read and not kept.
        if text.len() <= LARGEST {
            text.push_str(line.strip_prefix('.').unwrap_or(&line));
            text.push_str("\r\n");
        }
    }
    Ok(None)
}
