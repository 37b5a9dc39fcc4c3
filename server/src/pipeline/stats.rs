//! Figures of this process since it started, for Prometheus.

use crate::telemetry::metrics::{Counter, Exposition, Histogram};
use model::lead::LeadState;
use std::time::Duration;

/// How calls to buyers came out.
#[derive(Debug, Default)]
pub(super) struct Calls {
    pub(super) answered: Counter,
    pub(super) late: Counter,
    pub(super) unreachable: Counter,
    pub(super) unreadable: Counter,
    pub(super) took: Histogram,
}

/// Counters and histograms of the pipeline.
#[derive(Debug, Default)]
pub struct Stats {
    states: [Counter; LeadState::ALL.len()],
    pub(super) refused: Counter,
    pub(super) overloaded: Counter,
    pub(super) pings: Calls,
    pub(super) posts: Calls,
    pub(super) took: Histogram,
    refusal: Histogram,
}

impl Stats {
    /// Takes in how long it took to tell somebody to come back, from the end of the request's head.
    pub fn told_to_come_back(&self, took: Duration) {
        self.refusal.record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    pub(super) fn ended(&self, state: LeadState) {
        if let Some(at) = LeadState::ALL.iter().position(|s| *s == state) {
            self.states[at].count();
        }
    }

    /// Writes every figure.
    pub fn expose(&self, text: &mut Exposition) {
        let states = LeadState::ALL.iter().zip(&self.states).map(|(state, counter)| (state.name(), counter.get()));
        text.counters("gavel_leads_total", "Leads by the state they reached.", "state", states);
        let refused = [("invalid", self.refused.get()), ("overloaded", self.overloaded.get())];
        text.counters("gavel_refused_total", "Leads refused at the door.", "why", refused);
        text.histogram("gavel_refusal_seconds", "Until somebody was told to come back.", &self.refusal);
        text.histogram("gavel_auction_seconds", "From intake to the answer.", &self.took);
        let (pings, posts) = (&self.pings, &self.posts);
        for (name, help, calls) in [
            ("gavel_pings_total", "Pings by how they came out.", pings),
            ("gavel_posts_total", "Posts by how they came out.", posts),
        ] {
            let counts = [
                ("answered", calls.answered.get()),
                ("late", calls.late.get()),
                ("unreachable", calls.unreachable.get()),
                ("unreadable", calls.unreadable.get()),
            ];
            text.counters(name, help, "outcome", counts);
        }
        text.histogram("gavel_ping_seconds", "Until a ping was answered.", &pings.took);
        text.histogram("gavel_post_seconds", "Until a post was answered.", &posts.took);
    }
}
