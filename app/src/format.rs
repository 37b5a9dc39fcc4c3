//! How values are written for people. Times are formatted here, on the server, in the tenant's zone.

use crate::backend::Ui;
use model::{Currency, Micros, Money, Timestamp};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// An amount with its currency, rounded to hundredths for reading: `$18.40`.
pub fn money(amount: Micros, currency: Currency) -> String {
    let cents = (amount.0.saturating_abs() + 5_000) / 10_000;
    let sign = if amount < Micros::ZERO && cents > 0 { "-" } else { "" };
    let digits = format!("{}.{:02}", thousands(cents / 100), cents % 100);
    if currency == Currency::USD { format!("{sign}${digits}") } else { format!("{sign}{digits} {currency}") }
}

/// The same for an amount that brings its currency.
pub fn of(money_value: Money) -> String {
    money(money_value.amount, money_value.currency)
}

/// A count with separators: `18,400`.
pub fn thousands(count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if count < 0 {
        out.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A share in whole percent; a dash when there is nothing to share.
pub fn percent(part: i64, whole: i64) -> String {
    if whole == 0 { "–".to_owned() } else { format!("{} %", (part * 100 + whole / 2) / whole) }
}

/// Microseconds of an auction, in milliseconds.
pub fn ms(us: u32) -> String {
    if us < 10_000 {
        format!("{}.{} ms", us / 1000, us % 1000 / 100)
    } else {
        format!("{} ms", thousands(i64::from(us / 1000)))
    }
}

/// How times read in one tenant.
#[derive(Clone)]
pub struct Clock {
    ui: Ui,
    zone: String,
}

impl Clock {
    /// The clock of a tenant.
    pub fn new(ui: &Ui, zone: &str) -> Self {
        Self { ui: ui.clone(), zone: zone.to_owned() }
    }

    /// The zone's name, shown once per page.
    pub fn zone(&self) -> &str {
        &self.zone
    }

    fn local(&self, at: Timestamp) -> Timestamp {
        at.plus_millis(i64::from(self.ui.utc_offset(&self.zone, at)) * 1000)
    }

    /// `Nov 23, 14:03:22`.
    pub fn long(&self, at: Timestamp) -> String {
        let (_, month, day, hour, minute, second) = self.local(at).civil();
        let month = MONTHS.get(usize::from(month).wrapping_sub(1)).copied().unwrap_or_default();
        format!("{month} {day}, {hour:02}:{minute:02}:{second:02}")
    }

    /// `2 min ago`.
    pub fn ago(&self, at: Timestamp) -> String {
        match self.ui.now().millis_since(at).max(0) / 1000 {
            seconds @ 0..=59 => format!("{seconds} s ago"),
            seconds @ 60..=3599 => format!("{} min ago", seconds / 60),
            seconds @ 3600..=86_399 => format!("{} h ago", seconds / 3600),
            _ => self.long(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_and_counts_read_as_people_write_them() {
        assert_eq!(money(Micros::cents(1_234_567), Currency::USD), "$12,345.67");
        assert_eq!(money(Micros(-5_000), Currency::USD), "-$0.01");
        assert_eq!(money(Micros(-4_999), Currency::USD), "$0.00");
        assert_eq!(money(Micros::units(3), "EUR".parse().unwrap()), "3.00 EUR");
        assert_eq!(thousands(-1_204), "-1,204");
        assert_eq!(percent(1, 3), "33 %");
        assert_eq!(percent(0, 0), "–");
        assert_eq!(ms(1_234), "1.2 ms");
        assert_eq!(ms(1_234_567), "1,234 ms");
    }
}
