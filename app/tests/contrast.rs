//! The style sheet's colours against WCAG 2.2: 4.5:1 for text, 3:1 for what a control is recognised by, in both themes.

use std::collections::HashMap;

const TOKENS: &str = include_str!("../../style/tokens.css");

/// Text on what it stands on.
const TEXT: [(&str, &str); 26] = [
    ("text", "surface-0"),
    ("text", "surface-1"),
    ("text", "surface-2"),
    ("text", "surface-3"),
    ("text-muted", "surface-0"),
    ("text-muted", "surface-1"),
    ("text-muted", "surface-2"),
    ("accent-text", "surface-0"),
    ("accent-text", "surface-1"),
    ("accent-text", "surface-2"),
    ("accent-text", "accent-bg"),
    ("on-accent", "accent"),
    ("success-text", "success-bg"),
    ("warning-text", "warning-bg"),
    ("danger-text", "danger-bg"),
    ("info-text", "info-bg"),
    ("test-text", "test-bg"),
    ("success-text", "surface-0"),
    ("success-text", "surface-1"),
    ("warning-text", "surface-0"),
    ("danger-text", "surface-0"),
    ("info-text", "surface-0"),
    ("test-text", "surface-0"),
    ("test-text", "surface-1"),
    ("warning-text", "surface-1"),
    ("danger-text", "surface-1"),
];
/// Shapes that carry meaning.
const SHAPES: [(&str, &str); 8] = [
    ("border-control", "surface-0"),
    ("border-control", "surface-1"),
    ("border-control", "surface-2"),
    ("series-1", "surface-0"),
    ("series-2", "surface-0"),
    ("series-3", "surface-0"),
    ("success", "surface-1"),
    ("danger", "surface-0"),
];

/// Light and dark value of every token.
fn tokens() -> HashMap<String, [u32; 2]> {
    let mut found = HashMap::new();
    for line in TOKENS.lines() {
        let Some((name, value)) = line.trim().strip_prefix("--").and_then(|line| line.split_once(": ")) else {
            continue;
        };
        let hex = |text: &str| u32::from_str_radix(text.trim().trim_start_matches('#'), 16).ok();
        let value = value.trim_end_matches(';');
        let pair =
            match value.strip_prefix("light-dark(").and_then(|v| v.strip_suffix(')')).and_then(|v| v.split_once(',')) {
                Some((light, dark)) => hex(light).zip(hex(dark)),
                None => hex(value).map(|one| (one, one)),
            };
        if let Some((light, dark)) = pair {
            found.insert(name.to_owned(), [light, dark]);
        }
    }
    found
}

/// Relative luminance (WCAG 2.2).
fn luminance(colour: u32) -> f64 {
    let channel = |shift: u32| {
        let share = f64::from((colour >> shift) & 0xff) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
}

fn contrast(one: u32, other: u32) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_pair_can_be_read_in_both_themes() {
    let tokens = tokens();
    let get = |name: &str| *tokens.get(name).unwrap_or_else(|| panic!("there is no token --{name}"));
    for (pairs, least) in [(&TEXT[..], 4.5), (&SHAPES[..], 3.0)] {
        for (front, back) in pairs {
            for (theme, side) in [("light", 0), ("dark", 1)] {
                let ratio = contrast(get(front)[side], get(back)[side]);
                assert!(ratio >= least, "{front} on {back} in {theme}: {ratio:.2}, wanted {least}");
            }
        }
    }
    assert!((contrast(0x00_0000, 0xff_ffff) - 21.0).abs() < 0.01, "the measure itself");
}

#[test]
fn colours_stand_in_the_tokens_and_nowhere_else() {
    for part in ["reset", "base", "layout", "components", "forms", "pages"] {
        let path = format!("{}/../style/{part}.css", env!("CARGO_MANIFEST_DIR"));
        let css = std::fs::read_to_string(path).expect("the style sheet");
        for (number, line) in css.lines().enumerate() {
            let printing = line.contains("background: #fff; color: #000");
            let hex = line
                .split('#')
                .skip(1)
                .any(|rest| rest.len() >= 3 && rest.bytes().take(3).all(|b| b.is_ascii_hexdigit()));
            assert!(printing || !hex || line.contains("url(#"), "{part}.css {}: {line}", number + 1);
        }
    }
}
