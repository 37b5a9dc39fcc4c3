//! Letters through an SMTP server.

use super::Unsent;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor, transport::smtp::Error};
use std::time::Duration;
use url::Url;

/// How long one step of the conversation may take.
const STEP: Duration = Duration::from_secs(20);

/// A way to an SMTP server. Connections are made for one letter each: few are sent.
pub(super) struct Sender(AsyncSmtpTransport<Tokio1Executor>);

impl Sender {
    /// `smtps://user:password@host` (TLS from the beginning), `smtp://host?tls=required` (STARTTLS), `smtp://host` (neither,
    /// for a server on the same machine).
    pub(super) fn new(url: &Url) -> Result<Self, String> {
        let way = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str());
        // The error may quote the address with its password.
        let way = way.map_err(|_| "mail_url cannot be read as the address of an SMTP server".to_owned())?;
        Ok(Self(way.timeout(Some(STEP)).build()))
    }

    pub(super) async fn send(&self, message: Message) -> Result<(), Unsent> {
        self.0.send(message).await.map(drop).map_err(|error| unsent(&error))
    }
}

/// What the server said stays out of the text: it may repeat the address.
fn unsent(error: &Error) -> Unsent {
    let code = error.status().map_or_else(String::new, |code| format!("SMTP {code}"));
    if error.is_permanent() {
        Unsent::Refused(code)
    } else if error.is_transient() {
        Unsent::NotTaken(code)
    } else if error.is_client() || error.is_tls() {
        Unsent::NotTaken("no conversation with the server".to_owned())
    } else if error.is_timeout() || error.is_response() {
        Unsent::Unknown("no answer that can be read".to_owned())
    } else if error.to_string().starts_with("Connection error") {
        Unsent::NotTaken("the server cannot be reached".to_owned())
    } else {
        Unsent::Unknown("the connection broke".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Letter;
    use model::{JobId, Timestamp};
    use tokio::{
        io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
        net::{TcpListener, TcpStream},
    };

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

    /// A server for one letter. `at` is the command it answers with `say`; an empty answer closes the connection.
    async fn server(listener: TcpListener, at: &'static str, say: &'static str) -> String {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        let (mut all, mut line) = (String::new(), String::new());
        answer(&mut stream, "220 test\r\n").await;
        while stream.read_line(&mut line).await.unwrap_or(0) > 0 {
            let word = line.split_whitespace().next().unwrap_or_default().to_owned();
            all.push_str(&line);
            line.clear();
            if word == at && say.is_empty() {
                return all;
            }
            let reply = match word.as_str() {
                word if word == at => say,
                "EHLO" => "250 test\r\n",
                "DATA" => {
                    answer(&mut stream, "354 go on\r\n").await;
                    while !all.ends_with("\r\n.\r\n") {
                        if stream.read_line(&mut all).await.unwrap() == 0 {
                            return all;
                        }
                    }
                    if at == "end" {
                        return all;
                    }
                    "250 taken\r\n"
                }
                "QUIT" => "221 bye\r\n",
                _ => "250 ok\r\n",
            };
            answer(&mut stream, reply).await;
        }
        all
    }

    async fn answer(stream: &mut BufReader<TcpStream>, text: &str) {
        stream.get_mut().write_all(text.as_bytes()).await.unwrap();
    }

    async fn sent(at: &'static str, say: &'static str) -> (Result<(), Unsent>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let heard = tokio::spawn(server(listener, at, say));
        let sent = Sender::new(&url.parse().unwrap()).unwrap().send(message()).await;
        (sent, heard.await.unwrap())
    }

    #[tokio::test]
    async fn a_letter_arrives_whole() {
        let (sent, heard) = sent("nothing", "").await;
        assert_eq!(sent, Ok(()));
        assert!(heard.contains("RCPT TO:<ada@acme.example>") && heard.contains("\r\n..\r\nAnother."), "{heard}");
    }

    #[tokio::test]
    async fn what_a_server_says_decides_whether_to_try_again() {
        assert!(matches!(sent("RCPT", "550 no such person\r\n").await.0, Err(Unsent::Refused(_))));
        assert!(matches!(sent("MAIL", "451 later\r\n").await.0, Err(Unsent::NotTaken(_))));
        assert!(matches!(sent("end", "").await.0, Err(Unsent::Unknown(_))), "it may have been taken");
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let sender = Sender::new(&format!("smtp://{closed}").parse().unwrap()).unwrap();
        assert!(matches!(sender.send(message()).await, Err(Unsent::NotTaken(_))));
    }

    #[test]
    fn an_address_that_is_none_does_not_show_its_password() {
        let Err(said) = Sender::new(&"http://user:hunter2@host".parse().unwrap()) else { panic!("taken") };
        assert!(!said.contains("hunter2"), "{said}");
    }
}
