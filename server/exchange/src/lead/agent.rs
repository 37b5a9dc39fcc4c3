//! What a browser's own words say about the device, as far as lead buyers ask: a handful of closed words.

use model::part::Part;

/// Signs and what they stand for; the first sign that occurs counts, so what others also claim comes last.
type Signs = &'static [(&'static str, &'static str)];

const DEVICES: Signs = &[
    ("bot", "bot"),
    ("crawl", "bot"),
    ("spider", "bot"),
    ("curl/", "bot"),
    ("python-", "bot"),
    ("ipad", "tablet"),
    ("tablet", "tablet"),
    ("kindle", "tablet"),
    ("iphone", "mobile"),
    ("mobile", "mobile"),
    // Android without "mobile" is a tablet, as Google asks vendors to write it.
    ("android", "tablet"),
    ("windows nt", "desktop"),
    ("macintosh", "desktop"),
    ("x11", "desktop"),
    ("cros", "desktop"),
];
const SYSTEMS: Signs = &[
    ("windows", "windows"),
    ("iphone", "ios"),
    ("ipad", "ios"),
    ("android", "android"),
    ("macintosh", "macos"),
    ("cros", "chromeos"),
    ("linux", "linux"),
];
const BROWSERS: Signs = &[
    ("edg", "edge"),
    ("opr/", "opera"),
    ("opera", "opera"),
    ("samsungbrowser", "samsung"),
    ("firefox", "firefox"),
    ("fxios", "firefox"),
    ("crios", "chrome"),
    ("chrome", "chrome"),
    ("safari", "safari"),
];
const OTHER: &str = "other";

const fn signs(part: Part) -> Option<Signs> {
    match part {
        Part::Device => Some(DEVICES),
        Part::Os => Some(SYSTEMS),
        Part::Browser => Some(BROWSERS),
        _ => None,
    }
}

/// The word for a part of a user agent.
pub(super) fn part(agent: &str, part: Part) -> Option<&'static str> {
    let lower = agent.to_ascii_lowercase();
    let found = signs(part)?.iter().find(|(sign, _)| lower.contains(sign));
    Some(found.map_or(OTHER, |(_, word)| word))
}

/// One of the words of a part.
pub(super) fn known(part: Part, text: &str) -> Option<&'static str> {
    let found = signs(part)?.iter().map(|(_, word)| *word).find(|word| *word == text);
    found.or_else(|| (text == OTHER).then_some(OTHER))
}
