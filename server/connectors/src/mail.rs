//! Leads by e-mail: the address of a call is `mailto:leads@buyer.example,second@buyer.example?subject=New lead {zip}`
//! (RFC 6068), its body a table for people. Who gets it stands in the configuration alone, never in a lead.

use crate::{Request, preset::calls};
use model::{
    FieldError,
    mapping::{Call, Delivery},
};
use percent_encoding::percent_decode_str;
use url::Url;

/// What the address of an e-mail begins with.
pub(crate) const SCHEME: &str = "mailto:";

/// What stands behind the scheme of an address of people, whatever its case (RFC 3986 section 3.1); none for any other.
pub(crate) fn behind(url: &str) -> Option<&str> {
    let (scheme, rest) = url.trim_start().split_at_checked(SCHEME.len())?;
    scheme.eq_ignore_ascii_case(SCHEME).then_some(rest)
}
/// The header that mailboxes know a letter by (RFC 5322, section 3.6.4).
const MESSAGE_ID: &str = "Message-ID";
/// Most people one lead goes to.
const MOST: usize = 10;
/// Longest address (RFC 5321, section 4.5.3.1.3), and longest subject that a line may hold, in bytes.
const LONGEST: (usize, usize) = (254, 900);
/// Names are written below each other in a column that is at most so wide, in characters.
const WIDEST: usize = 32;

/// A file that goes with an e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// Its name.
    pub name: &'static str,
    /// Its media type.
    pub content_type: &'static str,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Whom an e-mail goes to, and under which subject.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Everybody who gets it.
    pub to: Vec<String>,
    /// One line.
    pub subject: String,
}

impl Request {
    /// The head of the e-mail that this request is; none when it is none.
    #[must_use]
    pub fn mail(&self) -> Option<Mail> {
        is(&self.url).then(|| Mail { to: people(&self.url), subject: subject(&self.url).unwrap_or_default() })
    }

    /// The same, under the id of its attempt: an e-mail that is sent twice is known as one.
    #[must_use]
    pub fn known_as(mut self, attempt: &str) -> Self {
        if is(&self.url) {
            self.headers.push((MESSAGE_ID.to_owned(), attempt.to_owned()));
        }
        self
    }

    /// That id.
    #[must_use]
    pub fn attempt(&self) -> Option<&str> {
        self.headers.iter().find(|(name, _)| name == MESSAGE_ID).map(|(_, id)| id.as_str())
    }
}

/// Whether an address is one of e-mail.
pub(crate) fn is(url: &Url) -> bool {
    url.scheme() == "mailto"
}

fn people(url: &Url) -> Vec<String> {
    let each = url.path().split(',').map(|one| percent_decode_str(one).decode_utf8_lossy().trim().to_owned());
    each.collect()
}

/// The subject in one line, whatever a value brings along.
fn subject(url: &Url) -> Option<String> {
    let query = url.query()?.split('&').find_map(|part| part.strip_prefix("subject="))?;
    let text = percent_decode_str(query).decode_utf8_lossy();
    let mut line: String = text.split(char::is_control).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    while line.len() > LONGEST.1 {
        line.pop();
    }
    Some(line.trim().to_owned()).filter(|line| !line.is_empty())
}

/// Everything by which nothing could be sent to an address.
pub(crate) fn faults(url: &Url) -> Vec<String> {
    let mut faults = Vec::new();
    let people = people(url);
    if people.len() > MOST {
        faults.push(format!("a lead goes to at most {MOST} mail addresses"));
    }
    for (at, one) in people.iter().enumerate().filter(|(_, one)| !is_address(one)) {
        let shown = if one.is_empty() { "nothing".to_owned() } else { format!("{one:?}") };
        faults.push(format!("mail address {}: {shown} is none", at + 1));
    }
    let other = url.query().unwrap_or_default().split('&').filter(|part| !part.is_empty());
    if other.into_iter().any(|part| !part.starts_with("subject=")) {
        faults.push("behind a mail address stands its subject and nothing else".to_owned());
    }
    if subject(url).is_none() {
        faults.push("an e-mail needs a subject: mailto:leads@buyer.example?subject=New%20lead".to_owned());
    }
    faults
}

/// One mailbox without a name, as servers on the Internet take it: no quotes, no address in brackets.
fn is_address(text: &str) -> bool {
    let Some((mailbox, domain)) = text.rsplit_once('@') else { return false };
    let local = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte);
    let label = |part: &str| {
        let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !part.is_empty()
            && part.len() <= 63
            && part.bytes().all(inner)
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    text.len() <= LONGEST.0
        && !mailbox.is_empty()
        && mailbox.len() <= 64
        && mailbox.bytes().all(local)
        && !mailbox.split('.').any(str::is_empty)
        && domain.contains('.')
        && domain.split('.').all(label)
}

/// What is wrong with a delivery as a whole: a bid is not asked for by e-mail, and who is asked for one is not sent one.
#[must_use]
pub fn faults_of(delivery: &Delivery) -> Vec<FieldError> {
    let mail = |call: &Call| {
        let test = call.test.as_ref().and_then(|test| test.url.as_deref());
        behind(&call.url).is_some() || test.is_some_and(|url| behind(url).is_some())
    };
    let asked = calls(delivery).filter(|(_, call)| mail(call)).map(|(phase, _)| phase);
    let told = |phase: &str| {
        let message = match phase {
            "ping" => "Nobody bids by e-mail: a ping goes to an http or https address.",
            _ => "A contract that is pinged is not posted to by e-mail: make it direct or silent.",
        };
        FieldError::new(format!("{phase}.url"), "not_allowed", message)
    };
    if delivery.ping.is_none() { Vec::new() } else { asked.map(told).collect() }
}

/// A line for each member, their values below each other; a value of several lines goes on below itself.
pub(crate) fn table(lines: &[(&str, String)]) -> String {
    let width = |name: &str| name.chars().count();
    let widest = lines.iter().map(|(name, _)| width(name)).filter(|width| *width <= WIDEST).max().unwrap_or_default();
    let mut out = String::new();
    for (name, value) in lines {
        let name: String = name.chars().filter(|letter| !letter.is_control()).collect();
        let gap = " ".repeat(widest.saturating_sub(width(&name)) + 2);
        for (at, line) in value.lines().enumerate() {
            let line: String = line.chars().filter(|letter| !letter.is_control()).collect();
            if at == 0 {
                out.push_str(&format!("{name}:{gap}{line}\n"));
            } else {
                out.push_str(&format!("{}{line}\n", " ".repeat(widest + 3)));
            }
        }
    }
    out
}

/// A line of names and one of values (RFC 4180).
pub(crate) fn csv(lines: &[(&str, String)]) -> String {
    let line = |cells: &mut dyn Iterator<Item = String>| cells.collect::<Vec<_>>().join(",") + "\r\n";
    let names = line(&mut lines.iter().map(|(name, _)| cell(name)));
    names + &line(&mut lines.iter().map(|(_, value)| cell(value)))
}

/// A value that a spreadsheet would take for a formula is shown as what it is; a number with a sign is a number.
fn cell(text: &str) -> String {
    let number = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let signed = text.strip_prefix(['+', '-']).is_some_and(number);
    let formula = text.starts_with(['=', '@', '+', '-', '\t', '\r']) && !signed;
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(url: &str) -> Vec<String> {
        faults(&Url::parse(url).unwrap())
    }

    #[test]
    fn whom_it_goes_to_is_checked() {
        assert_eq!(wrong("mailto:leads@buyer.example?subject=New%20lead"), [""; 0]);
        assert_eq!(wrong("mailto:a@b.example,c.d+leads@e-f.example?subject=x"), [""; 0]);
        for (url, says) in [
            ("mailto:?subject=x", "nothing is none"),
            ("mailto:leads?subject=x", "\"leads\" is none"),
            ("mailto:leads@localhost?subject=x", "is none"),
            ("mailto:a@b.example,?subject=x", "mail address 2: nothing"),
            ("mailto:a%0d%0aBcc:x@b.example?subject=x", "is none"),
            ("mailto:%22a%22@b.example?subject=x", "is none"),
            ("mailto:a..b@b.example?subject=x", "is none"),
            ("mailto:a@[10.0.0.1]?subject=x", "is none"),
            ("mailto:a@b.example", "needs a subject"),
            ("mailto:a@b.example?subject=", "needs a subject"),
            ("mailto:a@b.example?subject=x&bcc=c@d.example", "nothing else"),
        ] {
            let told = wrong(url).join("; ");
            assert!(told.contains(says), "{url}: {told}");
        }
        let many = ["a@b.example"; 11].join(",");
        assert!(wrong(&format!("mailto:{many}?subject=x"))[0].contains("at most 10"));
    }

    #[test]
    fn a_subject_is_one_line() {
        let of = |url: &str| subject(&Url::parse(url).unwrap());
        assert_eq!(of("mailto:a@b.example?subject=New%0D%0ABcc:%20all"), Some("New Bcc: all".to_owned()));
        assert_eq!(of("mailto:a@b.example?subject=%0A"), None);
        let long = of(&format!("mailto:a@b.example?subject={}", "%C3%BC".repeat(2000))).unwrap();
        assert_eq!(long.len(), LONGEST.1);
    }

    #[test]
    fn people_can_read_it_and_a_spreadsheet_runs_nothing() {
        let lines =
            [("Name", "Dana".to_owned()), ("Notes", "one\r\ntwo".to_owned()), ("E-mail", "d@x.example".to_owned())];
        assert_eq!(table(&lines), "Name:    Dana\nNotes:   one\n         two\nE-mail:  d@x.example\n");
        let cells = [
            ("a", "=1+1".to_owned()),
            ("b", "+13135550142".to_owned()),
            ("c", "x,\"y\"".to_owned()),
            ("d", "-cmd|' /C calc'!A0".to_owned()),
        ];
        assert_eq!(csv(&cells), "a,b,c,d\r\n'=1+1,+13135550142,\"x,\"\"y\"\"\",'-cmd|' /C calc'!A0\r\n");
    }
}
