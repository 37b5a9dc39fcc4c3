//! Prices as buyers write them, read exactly: no floating point touches money.

use model::Micros;
use serde_json::Value;

/// More than this, in whole units, is no price of a lead.
const MOST: i64 = 1_000_000_000;

/// Reads `12.5`, `"12.50"`, `"$1,250.50"`, `"12.50 USD"`. None for anything negative, absurd, or not a plain decimal:
/// exponents, a comma for a point, `NaN`.
#[must_use]
pub fn read_price(value: &Value) -> Option<Micros> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let text = text.trim();
    let text = text.strip_prefix("USD").unwrap_or(text).trim();
    let text = text.strip_suffix("USD").unwrap_or(text).trim();
    let text = text.strip_prefix('$').unwrap_or(text).trim();
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let whole = without_separators(whole)?;
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(&whole) || !all_digits(decimals) || whole.len() > 12 {
        return None;
    }
    // Six decimals are kept; the seventh rounds.
    let six: i64 = format!("{:0<6}", &decimals[..decimals.len().min(6)]).parse().ok()?;
    let round = i64::from(decimals.as_bytes().get(6).is_some_and(|digit| *digit >= b'5'));
    let whole: i64 = whole.parse().ok()?;
    let micros = whole * 1_000_000 + six + round;
    (micros <= MOST * 1_000_000).then_some(Micros(micros))
}

/// `1,250` is 1250; `12,50` is nothing we understand.
fn without_separators(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let mut out = first.to_owned();
    for group in groups {
        if group.len() != 3 || first.is_empty() || first.len() > 3 {
            return None;
        }
        out.push_str(group);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn prices_are_read_exactly_or_not_at_all() {
        for (written, micros) in [
            (json!(12), 12_000_000),
            (json!(12.5), 12_500_000),
            (json!("12.50"), 12_500_000),
            (json!("$12.50"), 12_500_000),
            (json!(" $ 1,250.50 "), 1_250_500_000),
            (json!("12.5 USD"), 12_500_000),
            (json!("USD 7"), 7_000_000),
            (json!(0), 0),
            (json!("0.123456"), 123_456),
            (json!(0.1), 100_000),
            (json!("1.0000005"), 1_000_001),
            (json!("1,234,567.00"), 1_234_567_000_000),
            (json!(12.299_999_999), 12_300_000),
            (json!(1_000_000_000), 1_000_000_000_000_000),
        ] {
            assert_eq!(read_price(&written), Some(Micros(micros)), "{written}");
        }
        for nonsense in [
            json!(-1),
            json!("-1"),
            json!("12,50"),
            json!("1e3"),
            json!(1e22),
            json!("NaN"),
            json!("inf"),
            json!(""),
            json!("."),
            json!("1."),
            json!(".5"),
            json!("1.2.3"),
            json!(null),
            json!(true),
            json!([1]),
            json!({"price": 1}),
            json!("12 dollars"),
            json!("1000000000.01"),
            json!("99999999999999999999"),
            json!(10_000_000_000_i64),
            json!("1,2345"),
            json!("٣"),
        ] {
            assert_eq!(read_price(&nonsense), None, "{nonsense}");
        }
    }
}
