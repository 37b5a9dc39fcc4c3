//! Which mail domain was probably meant. Most consumers have their mail with a few large providers, so a domain that is one
//! slip away from one of theirs, and is not itself a provider's, is most likely that slip.

/// The large providers of consumers in North America; the likelier one first.
const LARGE: [&str; 22] = [
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "icloud.com",
    "aol.com",
    "comcast.net",
    "verizon.net",
    "att.net",
    "sbcglobal.net",
    "bellsouth.net",
    "cox.net",
    "charter.net",
    "live.com",
    "msn.com",
    "protonmail.com",
    "rocketmail.com",
    "earthlink.net",
    "optonline.net",
    "frontier.com",
    "windstream.net",
    "yahoo.ca",
];

/// Smaller ones that are one slip away from a large one, or from each other, and real.
const REAL: [&str; 16] = [
    "ymail.com",
    "mail.com",
    "email.com",
    "gmx.com",
    "gmx.net",
    "me.com",
    "mac.com",
    "live.ca",
    "live.co.uk",
    "outlook.ca",
    "hotmail.ca",
    "hotmail.co.uk",
    "yahoo.co.uk",
    "aim.com",
    "att.com",
    "cox.com",
];

/// Ends of names that are no top-level domain, with what was meant.
const ENDS: [(&str, &str); 12] = [
    ("con", "com"),
    ("cpm", "com"),
    ("vom", "com"),
    ("xom", "com"),
    ("cmo", "com"),
    ("ocm", "com"),
    ("comm", "com"),
    ("coom", "com"),
    ("nte", "net"),
    ("ent", "net"),
    ("ner", "net"),
    ("ogr", "org"),
];

/// The domain that was probably meant, when it is another one.
pub(super) fn meant(domain: &str) -> Option<String> {
    if LARGE.contains(&domain) || REAL.contains(&domain) {
        return None;
    }
    let (name, end) = domain.rsplit_once('.')?;
    if let Some((_, right)) = ENDS.iter().find(|(wrong, _)| *wrong == end) {
        let mended = format!("{name}.{right}");
        return Some(meant(&mended).unwrap_or(mended));
    }
    let large = LARGE.iter().find(|large| {
        let (own, own_end) = large.rsplit_once('.').unwrap_or_default();
        // The right name with an end that is one slip away: gmail.co, yahoo.cm. The same name elsewhere (gmail.de) may be real.
        let same_name = name == own && distance(end, own_end) == 1;
        // One slip in a name that is long enough to be known by the rest of it.
        let near = own.len() >= 5 && distance(domain, large) == 1;
        same_name || near
    });
    large.map(|large| (*large).to_owned())
}

/// How many slips lead from one text to another: a letter more, less, or other, or two neighbours in the wrong order
/// (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len().abs_diff(b.len()) > 2 {
        return usize::MAX;
    }
    let mut rows = vec![vec![0_usize; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = match (i, j) {
                (0, n) | (n, 0) => n,
                (i, j) => {
                    let other = usize::from(a[i - 1] != b[j - 1]);
                    let plain = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + other);
                    let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                    if swapped { plain.min(rows[i - 2][j - 2] + 1) } else { plain }
                }
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_lead_to_what_was_meant() {
        for (typed, wanted) in [
            ("gmial.com", "gmail.com"),
            ("gmai.com", "gmail.com"),
            ("gmaill.com", "gmail.com"),
            ("gmail.co", "gmail.com"),
            ("gmail.con", "gmail.com"),
            ("gmial.con", "gmail.com"),
            ("gmail.cm", "gmail.com"),
            ("yaho.com", "yahoo.com"),
            ("yahooo.com", "yahoo.com"),
            ("hotmial.com", "hotmail.com"),
            ("hotmai.com", "hotmail.com"),
            ("outlok.com", "outlook.com"),
            ("icoud.com", "icloud.com"),
            ("aol.con", "aol.com"),
            ("aol.co", "aol.com"),
            ("comcast.ent", "comcast.net"),
            ("sbcgloba.net", "sbcglobal.net"),
            ("mycompany.con", "mycompany.com"),
        ] {
            assert_eq!(meant(typed).as_deref(), Some(wanted), "{typed}");
        }
    }

    #[test]
    fn real_ones_stand() {
        for real in LARGE.iter().chain(&REAL).chain(&[
            "example.com",
            "gavel.example",
            "gmail.de",
            "umich.edu",
            "all.com",
            "app.com",
            "example.co",
            "cax.net",
            "a.b",
        ]) {
            assert_eq!(meant(real), None, "{real}");
        }
    }
}
