//! Counters and histograms that threads share without locks, and the text Prometheus reads (exposition format 0.0.4).

use std::{
    fmt::{Display, Write},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

/// Something that is only ever counted up.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Counts one.
    pub fn count(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    /// How many there were since the process started.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// Upper bounds of the buckets of a latency histogram, in microseconds.
pub const LATENCY_BOUNDS: [u64; 14] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
    10_000_000,
];

/// How long things took.
#[derive(Debug, Default)]
pub struct Histogram {
    buckets: [AtomicU64; LATENCY_BOUNDS.len() + 1],
    sum_us: AtomicU64,
}

impl Histogram {
    /// Records one duration in microseconds.
    pub fn record(&self, us: u64) {
        let bucket = LATENCY_BOUNDS.partition_point(|bound| *bound < us);
        self.buckets[bucket].fetch_add(1, Relaxed);
        self.sum_us.fetch_add(us, Relaxed);
    }
}

/// The text of one scrape.
#[derive(Debug, Default)]
pub struct Exposition(String);

impl Exposition {
    /// A value that goes up and down.
    pub fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.head(name, help, "gauge");
        self.line(format_args!("{name} {value}"));
    }

    /// Counts by label; every pair is one label's value and its count.
    pub fn counters<'a>(
        &mut self,
        name: &str,
        help: &str,
        label: &str,
        counts: impl IntoIterator<Item = (&'a str, u64)>,
    ) {
        self.head(name, help, "counter");
        for (value, count) in counts {
            self.line(format_args!("{name}{{{label}=\"{value}\"}} {count}"));
        }
    }

    /// Durations, in seconds as Prometheus wants them.
    pub fn histogram(&mut self, name: &str, help: &str, histogram: &Histogram) {
        self.head(name, help, "histogram");
        let mut total = 0;
        for (bound, bucket) in LATENCY_BOUNDS.iter().zip(&histogram.buckets) {
            total += bucket.load(Relaxed);
            self.line(format_args!("{name}_bucket{{le=\"{}\"}} {total}", Seconds(*bound)));
        }
        total += histogram.buckets[LATENCY_BOUNDS.len()].load(Relaxed);
        self.line(format_args!("{name}_bucket{{le=\"+Inf\"}} {total}"));
        self.line(format_args!("{name}_sum {}", Seconds(histogram.sum_us.load(Relaxed))));
        self.line(format_args!("{name}_count {total}"));
    }

    /// The whole text.
    #[must_use]
    pub fn finish(self) -> String {
        self.0
    }

    fn head(&mut self, name: &str, help: &str, kind: &str) {
        self.line(format_args!("# HELP {name} {help}"));
        self.line(format_args!("# TYPE {name} {kind}"));
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a String does not fail.
        let _ = writeln!(self.0, "{line}");
    }
}

/// Microseconds, written as seconds without rounding.
struct Seconds(u64);

impl Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = format!("{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scrape_reads_as_prometheus_wants_it() {
        let (leads, took) = (Counter::default(), Histogram::default());
        leads.count();
        for us in [500, 501, 20_000_000] {
            took.record(us);
        }
        let mut text = Exposition::default();
        text.gauge("gavel_in_flight", "Leads in the pipeline.", 3);
        text.counters("gavel_leads_total", "Leads.", "state", [("sold", leads.get()), ("unsold", 0)]);
        text.histogram("gavel_auction_seconds", "Auctions.", &took);
        let text = text.finish();
        for line in [
            "# TYPE gavel_in_flight gauge\ngavel_in_flight 3\n",
            "gavel_leads_total{state=\"sold\"} 1\ngavel_leads_total{state=\"unsold\"} 0\n",
            "gavel_auction_seconds_bucket{le=\"0.0005\"} 1\ngavel_auction_seconds_bucket{le=\"0.001\"} 2\n",
            "gavel_auction_seconds_bucket{le=\"10\"} 2\ngavel_auction_seconds_bucket{le=\"+Inf\"} 3\n",
            "gavel_auction_seconds_sum 20.001001\ngavel_auction_seconds_count 3\n",
        ] {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
    }
}
