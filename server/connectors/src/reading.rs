//! A reading in plain data, as the bench shows it and kept answers compare it.

use crate::{PingReading, PostReading, Prepared};
use model::{
    Micros,
    bench::{AnswerRead, Outcome, Phase, SignRead},
};

impl Prepared {
    /// How an answer is read, and which signs it shows.
    #[must_use]
    pub fn answer(&self, phase: Phase, status: u16, content_type: Option<&str>, body: &[u8]) -> AnswerRead {
        let kind = content_type.map(str::trim).filter(|kind| !kind.is_empty());
        let mut read = match phase {
            Phase::Ping => of_ping(self.read_ping(status, kind, body)),
            Phase::Post => of_post(self.read_post(status, kind, body)),
        };
        let signs = self.signs(status, kind, body).into_iter();
        read.signs = signs.map(|(which, sign, shows)| SignRead { which: which.to_owned(), sign, shows }).collect();
        read
    }
}

const fn nothing(outcome: Outcome) -> AnswerRead {
    AnswerRead {
        outcome,
        price: None,
        reference: None,
        carried: Vec::new(),
        good_for_ms: None,
        redirect: None,
        reason: None,
        said: None,
        why: None,
        signs: Vec::new(),
    }
}

fn of_ping(reading: PingReading) -> AnswerRead {
    match reading {
        PingReading::Bid { price, token, carried, good_for_ms } => AnswerRead {
            price: Some(price.to_decimal()),
            reference: token,
            carried,
            good_for_ms,
            ..nothing(Outcome::Bid)
        },
        PingReading::NoBid { reason, said } => AnswerRead { reason, said, ..nothing(Outcome::NoBid) },
        PingReading::Invalid { why } => AnswerRead { why: Some(why), ..nothing(Outcome::Unclear) },
    }
}

fn of_post(reading: PostReading) -> AnswerRead {
    match reading {
        PostReading::Accepted { price, reference, redirect, redirect_refused } => AnswerRead {
            price: price.map(Micros::to_decimal),
            reference,
            redirect,
            why: redirect_refused.map(|why| format!("the address for the consumer is not used: {why}")),
            ..nothing(Outcome::Accepted)
        },
        PostReading::Rejected { reason, said } => {
            AnswerRead { reason: Some(reason), said, ..nothing(Outcome::Rejected) }
        }
        PostReading::Pending { reference } => AnswerRead { reference, ..nothing(Outcome::Pending) },
        PostReading::Unclear { why } => AnswerRead { why: Some(why), ..nothing(Outcome::Unclear) },
    }
}
