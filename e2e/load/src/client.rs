//! The sources: leads at a fixed rate, whatever becomes of the ones before them.

use crate::leads;
use futures::future::join_all;
use serde_json::Value;
use std::{
    ops::Range,
    time::{Duration, Instant},
};
use tokio::time::MissedTickBehavior;

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A form asks so often, and waits so long after it was told to come back.
const ASKS: usize = 60;
const COME_BACK: Duration = Duration::from_secs(1);

/// What came back for a lead.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// 200 with a business result.
    Answer(Value),
    /// Another status, with its body.
    Refused(u16, String),
    /// Nothing: the connection broke or never was.
    Silence(String),
}

impl Reply {
    /// The answer's `status`, when there is an answer.
    pub fn status(&self) -> Option<&str> {
        match self {
            Self::Answer(answer) => answer.get("status").and_then(Value::as_str),
            _ => None,
        }
    }
}

/// One lead and what became of it.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Which lead.
    pub number: u32,
    /// From the first byte sent to the last one read.
    pub took: Duration,
    /// What came back.
    pub reply: Reply,
    /// Whether it said when to come back.
    pub retry_after: bool,
}

/// A source with its key.
#[derive(Debug, Clone)]
pub struct Source {
    client: reqwest::Client,
    key: String,
    run: String,
}

impl Source {
    /// A source; `run` keeps its external ids apart from those of other runs.
    ///
    /// # Errors
    /// When there can be no HTTP client.
    pub fn new(key: &str, run: &str) -> Result<Self, String> {
        let client = reqwest::Client::builder().timeout(PATIENCE).build().map_err(|error| error.to_string())?;
        Ok(Self { client, key: key.to_owned(), run: run.to_owned() })
    }

    /// Sends one lead.
    pub async fn send(&self, server: &str, number: u32) -> Sent {
        let body = leads::lead(&self.run, number);
        let start = Instant::now();
        let request = self.client.post(format!("{server}/api/v1/leads")).bearer_auth(&self.key).json(&body);
        let (reply, retry_after) = reply(request).await;
        Sent { number, took: start.elapsed(), reply, retry_after }
    }

    /// Sends one lead, and asks the next server again as long as there is no answer: a form does.
    pub async fn until_answered(&self, servers: &[String], number: u32) -> Sent {
        let first = usize::try_from(number).unwrap_or(0);
        let mut ask = 0;
        loop {
            let sent = self.send(&servers[(first + ask) % servers.len()], number).await;
            ask += 1;
            match &sent.reply {
                Reply::Answer(_) => return sent,
                _ if ask == ASKS => return sent,
                Reply::Refused(..) => tokio::time::sleep(COME_BACK).await,
                Reply::Silence(_) => {}
            }
        }
    }

    /// Sends leads at a rate, without waiting for the ones before, and waits for all of them.
    pub async fn at_rate(&self, server: &str, numbers: Range<u32>, per_second: u32) -> Vec<Sent> {
        let mut beat = tokio::time::interval(Duration::from_secs(1) / per_second.max(1));
        // A late beat is made up for: the rate is a promise.
        beat.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut sending = Vec::new();
        for number in numbers {
            beat.tick().await;
            let (source, server) = (self.clone(), server.to_owned());
            sending.push(tokio::spawn(async move { source.send(&server, number).await }));
        }
        join_all(sending).await.into_iter().filter_map(Result::ok).collect()
    }

    /// What the server knows of a lead that was sent.
    pub async fn ask(&self, server: &str, number: u32) -> Reply {
        let id = leads::external_id(&self.run, number);
        reply(self.client.get(format!("{server}/api/v1/leads?external_id={id}")).bearer_auth(&self.key)).await.0
    }
}

/// What came back, and whether it says when to come again.
async fn reply(request: reqwest::RequestBuilder) -> (Reply, bool) {
    let answer = match request.send().await {
        Ok(answer) => answer,
        Err(error) => return (Reply::Silence(error.to_string()), false),
    };
    let (status, retry_after) = (answer.status().as_u16(), answer.headers().contains_key("retry-after"));
    let reply = match answer.text().await {
        Err(error) => Reply::Silence(error.to_string()),
        Ok(text) if status == 200 => serde_json::from_str(&text).map_or(Reply::Refused(status, text), Reply::Answer),
        Ok(text) => Reply::Refused(status, text),
    };
    (reply, retry_after)
}
