//! The requests that belong to one lead, and any request as a command line.

use crate::{
    ContractId, LeadId,
    bench::{Outgoing, Phase},
};
use serde::{Deserialize, Serialize};

/// How a lead came, and every call that was made for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadRequests {
    /// The lead.
    pub lead: LeadId,
    /// Whether the person is the lead's own. Otherwise personal values are the examples of their fields.
    pub personal: bool,
    /// How its source would send it once more as a test; none when the campaign is gone. Its key is [`TEST_KEY`].
    pub intake: Option<Outgoing>,
    /// The calls, contract by contract in the order of the verdicts.
    pub calls: Vec<LeadCall>,
}

/// What stands where a source's test key has to be put in.
pub const TEST_KEY: &str = "YOUR_TEST_KEY";

/// One call that was made for a lead, written again by the contract as it is saved today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadCall {
    /// To which contract.
    pub contract_id: ContractId,
    /// Its name at the time.
    pub contract: String,
    /// The buyer's name at the time.
    pub buyer: String,
    /// Ping or post.
    pub phase: Phase,
    /// The request; none when the contract is gone, or has no such call any more.
    pub request: Option<Outgoing>,
}

impl Outgoing {
    /// The request as a command line for a POSIX shell; none for one that would not be made.
    #[must_use]
    pub fn curl(&self) -> Option<String> {
        if self.unsendable.is_some() {
            return None;
        }
        // `g`: curl would read lists and ranges into `{}` and `[]` of an address.
        let mut lines = vec![format!("curl -gsS {}", quoted(&self.url))];
        // What curl does by itself: GET without a body, POST with one.
        let usual = if self.body.is_empty() { "GET" } else { "POST" };
        if self.method != usual {
            lines.push(format!("-X {}", self.method));
        }
        lines.extend(self.headers.iter().map(|(name, value)| format!("-H {}", quoted(&format!("{name}: {value}")))));
        if !self.body.is_empty() {
            lines.push(format!("--data-raw {}", quoted(&self.body)));
        }
        Some(lines.join(" \\\n  "))
    }
}

/// A text as one word of a POSIX shell, whatever is in it.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, body: &str) -> Outgoing {
        Outgoing {
            method: method.into(),
            url: "https://buyer.example/a?b='c'&d=$(e)".into(),
            headers: vec![("X-Key".into(), "•••".into())],
            body: body.into(),
            ..Outgoing::default()
        }
    }

    #[test]
    fn a_shell_takes_it_word_by_word() {
        let url = "curl -gsS 'https://buyer.example/a?b='\\''c'\\''&d=$(e)'";
        let get = request("GET", "").curl();
        assert_eq!(get, Some(format!("{url} \\\n  -H 'X-Key: •••'")));
        let post = request("POST", "{\"a\":\"O'Neil\"}").curl();
        assert_eq!(post, Some(format!("{url} \\\n  -H 'X-Key: •••' \\\n  --data-raw '{{\"a\":\"O'\\''Neil\"}}'")));
        assert_eq!(request("POST", "").curl(), Some(format!("{url} \\\n  -X POST \\\n  -H 'X-Key: •••'")));
    }

    #[test]
    fn what_would_not_be_made_has_no_command() {
        let none = Outgoing { unsendable: Some("no value".into()), ..request("GET", "") };
        assert_eq!(none.curl(), None);
    }
}
