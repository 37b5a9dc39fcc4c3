//! Buyers and the network to them: every way in which a call goes well or wrong.

use super::ground::{Seen, Shared};
use crate::pipeline::seams::{Endpoint, Failure, Line, Reply};
use async_trait::async_trait;
use connectors::Request;
use model::{ContractId, LeadId, Micros, Reason, contract::OnUnknown};
use serde_json::{Value, json};
use std::time::Duration;

/// Longer than anybody waits.
const NEVER: Duration = Duration::from_secs(120);

/// The line to all buyers. A contract's address carries its id: `https://buyer.example/{contract}/{ping|post}`.
pub(super) struct Buyers(pub(super) Shared);

#[async_trait]
impl Line for Buyers {
    async fn carry(&self, _: &Endpoint, request: Request) -> Result<Reply, Failure> {
        let mut path = request.url.path().trim_matches('/').split('/');
        let contract = path.next().and_then(|id| id.parse().ok()).expect("a contract's address");
        let body: Value = serde_json::from_slice(&request.body).expect("the mapping writes JSON");
        match path.next() {
            Some("ping") => self.ping(&body).await,
            _ => self.post(contract, &body).await,
        }
    }
}

impl Buyers {
    async fn ping(&self, body: &Value) -> Result<Reply, Failure> {
        if body.as_object().is_none_or(|members| members.keys().any(|name| name != "lead" && name != "state")) {
            self.0.broke(format!("I10: a ping carried {body}"));
        }
        let (wait, fate, cents) = {
            let dice = &mut self.0.lock().dice;
            let wait = match dice.below(100) {
                0..85 => dice.millis(5, 120),
                85..97 => dice.millis(120, 1_500),
                _ => NEVER,
            };
            (wait, dice.below(100), 100 + dice.below(1_900))
        };
        tokio::time::sleep(wait).await;
        match fate {
            0..65 => Ok(json(200, &json!({ "status": "bid", "price": decimal(cents), "ref": format!("t{cents}") }))),
            65..80 => Ok(json(200, &json!({ "status": "rejected", "reason": "criteria" }))),
            80..85 => Ok(json(500, &json!({ "error": "down" }))),
            85..90 => Ok(Reply { status: 200, content_type: None, body: b"<html>oops".to_vec() }),
            90..95 => Err(Failure::NotSent(Reason::Unreachable)),
            _ => Err(Failure::Lost),
        }
    }

    async fn post(&self, contract: ContractId, body: &Value) -> Result<Reply, Failure> {
        let lead: LeadId = body["lead"].as_str().and_then(|id| id.parse().ok()).expect("the lead's id");
        let price: Micros = body["price"].to_string().parse().expect("the price, a bare number");
        let (wait, fate) = {
            let dice = &mut self.0.lock().dice;
            (dice.millis(5, 200), dice.below(100))
        };
        if fate < 5 {
            // It never got there.
            tokio::time::sleep(wait).await;
            return Err(Failure::NotSent(Reason::Unreachable));
        }
        let (took, killed) = self.decide(lead, contract, price);
        if killed {
            self.0.kill().await;
        }
        tokio::time::sleep(wait).await;
        let answer = took.map_or_else(
            || json(200, &json!({ "status": "rejected", "reason": "duplicate" })),
            |price| {
                let answer =
                    json!({ "status": "accepted", "price": decimal(price.0.unsigned_abs() / 10_000), "ref": "b1" });
                json(200, &answer)
            },
        );
        match fate {
            5..80 => Ok(answer),
            80..85 => Err(Failure::Lost),
            85..88 => Ok(json(500, &json!({ "error": "down" }))),
            88..91 => Ok(Reply { body: answer.body[..answer.body.len() / 2].to_vec(), ..answer }),
            91..97 => {
                let late = self.0.lock().dice.millis(1_000, 33_000);
                tokio::time::sleep(late).await;
                Ok(answer)
            }
            _ => {
                tokio::time::sleep(NEVER).await;
                Err(Failure::Lost)
            }
        }
    }

    /// What the buyer makes of a post, and whether the server is killed at this moment. A buyer that takes repeats knows
    /// them again.
    fn decide(&self, lead: LeadId, contract: ContractId, price: Micros) -> (Option<Micros>, bool) {
        let mut ground = self.0.lock();
        if !ground.reserved.contains(&(lead, contract)) {
            ground.broken.push(format!("I5: {lead} was posted to {contract} without a durable intent"));
        }
        let earlier = ground.posts.iter().find(|seen| seen.lead == lead && seen.contract == contract).cloned();
        if let Some(earlier) = earlier {
            if ground.terms[&contract].on_unknown != OnUnknown::Retry {
                ground.broken.push(format!("I2: {lead} was posted to {contract} twice"));
            }
            return (earlier.took, false);
        }
        let copy = ground.terms[&contract].silent;
        let took = ground.dice.percent(65).then_some(price);
        ground.posts.push(Seen { lead, contract, took, copy });
        let killed = ground.faults && ground.dice.percent(4);
        (took, killed)
    }
}

fn json(status: u16, body: &Value) -> Reply {
    Reply { status, content_type: Some("application/json".to_owned()), body: body.to_string().into_bytes() }
}

fn decimal(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
