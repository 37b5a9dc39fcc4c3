//! A table of a posting document: copied as text (tabs, bars, wide gaps, commas) or as HTML.

use super::{members::Member, words::words};
use crate::xml_in;
use model::bench::Phase;

/// What a column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Name,
    Required,
    Optional,
    Allowed,
    Example,
    About,
    Ping,
    Post,
    Other,
}

/// Whether a text is a table of HTML.
pub(super) fn is_html(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.contains("<tr") && (lower.contains("<td") || lower.contains("<th"))
}

/// The members a table names, as far as they belong to this call.
///
/// # Errors
/// Why it is no table.
pub(super) fn read(text: &str, phase: Phase) -> Result<Vec<Member>, String> {
    let rows = if is_html(text) { html(text) } else { plain(text) };
    let rows: Vec<_> = rows.into_iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).collect();
    if rows.iter().all(|row| row.len() < 2) {
        return Err("This is no sample body, no command and no table that is understood.".to_owned());
    }
    let head = rows.iter().position(|row| columns(row).contains(&Column::Name));
    let columns = match head {
        Some(at) => columns(&rows[at]),
        None => guessed(&rows),
    };
    let body = rows.iter().skip(head.map_or(0, |at| at + 1));
    let found: Vec<_> = body.filter_map(|row| member(row, &columns, phase)).collect();
    if found.is_empty() { Err("This table names no members.".to_owned()) } else { Ok(found) }
}

fn columns(row: &[String]) -> Vec<Column> {
    let column = |cell: &String| {
        let words = words(cell);
        let is = |any: &[&str]| words.iter().any(|word| any.contains(&word.as_str()));
        if words.is_empty() || words.len() > 5 {
            Column::Other
        } else if is(&["required", "req", "mandatory"]) {
            Column::Required
        } else if is(&["optional"]) {
            Column::Optional
        } else if is(&[
            "allowed",
            "accepted",
            "acceptable",
            "valid",
            "values",
            "options",
            "enum",
            "choices",
            "possible",
        ]) {
            Column::Allowed
        } else if is(&["example", "sample", "examples"]) {
            Column::Example
        } else if is(&[
            "description",
            "notes",
            "note",
            "comments",
            "comment",
            "definition",
            "details",
            "type",
            "format",
            "meaning",
        ]) {
            Column::About
        } else if is(&["ping"]) {
            Column::Ping
        } else if is(&["post"]) && words.len() == 1 {
            Column::Post
        } else if is(&[
            "field",
            "fields",
            "parameter",
            "param",
            "name",
            "member",
            "element",
            "key",
            "attribute",
            "variable",
            "property",
        ]) {
            Column::Name
        } else {
            Column::Other
        }
    };
    let mut columns: Vec<_> = row.iter().map(column).collect();
    // The first of several names is the one that is sent; the others are for people.
    let mut named = false;
    for column in &mut columns {
        if *column == Column::Name && std::mem::replace(&mut named, true) {
            *column = Column::About;
        }
    }
    columns
}

/// Without a heading: the name first, a column of yes and no is what is required, the rest is description.
fn guessed(rows: &[Vec<String>]) -> Vec<Column> {
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    let yes_no = |at: usize| {
        let cells: Vec<_> = rows.iter().filter_map(|row| row.get(at)).collect();
        !cells.is_empty() && cells.iter().all(|cell| needed(cell).is_some())
    };
    (0..width)
        .map(|at| match at {
            0 => Column::Name,
            at if yes_no(at) => Column::Required,
            _ => Column::About,
        })
        .collect()
}

/// Whether a cell says yes, or no.
fn needed(cell: &str) -> Option<bool> {
    match words(cell).first().map(String::as_str) {
        Some("yes" | "y" | "required" | "req" | "true" | "mandatory" | "x" | "✓" | "✔" | "always") => Some(true),
        Some("no" | "n" | "optional" | "false" | "opt") => Some(false),
        None if cell.contains(['✓', '✔']) => Some(true),
        None if matches!(cell.trim(), "-" | "–" | "—" | "") => Some(false),
        _ => None,
    }
}

fn member(row: &[String], columns: &[Column], phase: Phase) -> Option<Member> {
    let all = |wanted: Column| {
        row.iter().zip(columns).filter(move |(_, column)| **column == wanted).map(|(cell, _)| cell.trim())
    };
    let one = |wanted: Column| all(wanted).find(|cell| !cell.is_empty());
    let name = one(Column::Name)?.trim_matches(['`', '"', '*']).trim_end_matches('*');
    let starred = one(Column::Name)?.trim_matches(['`', '"']).ends_with('*');
    if name.contains(char::is_whitespace) || name.is_empty() || name.len() > 100 {
        return None;
    }
    // A column for each call says whether it is in it at all.
    let own = all(if phase == Phase::Ping { Column::Ping } else { Column::Post }).next();
    let absent = |cell: &str| {
        matches!(cell, "" | "-" | "–" | "—")
            || matches!(words(cell).first().map(String::as_str), Some("no" | "n" | "never" | "not"))
    };
    if own.is_some_and(absent) {
        return None;
    }
    let optional = one(Column::Optional).and_then(needed) == Some(true);
    let required = starred
        || one(Column::Required).and_then(needed) == Some(true)
        || own.is_some_and(|cell| needed(cell) == Some(true) && !cell.to_ascii_lowercase().starts_with("opt"));
    let about =
        all(Column::About).chain(all(Column::Other)).filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join("; ");
    let allowed = one(Column::Allowed).map(listed).filter(|list| !list.is_empty());
    let allowed = allowed.unwrap_or_else(|| said(&about));
    let sample = one(Column::Example).unwrap_or_default().trim_matches(['`', '"']);
    Some(Member { required: required && !optional, allowed, about, ..Member::flat(name, sample) })
}

/// The values of a cell that lists them.
fn listed(cell: &str) -> Vec<String> {
    let between: &[char] = match cell {
        cell if cell.contains('\n') => &['\n'],
        cell if cell.contains('|') => &['|'],
        cell if cell.contains(';') => &[';'],
        cell if cell.contains(',') => &[','],
        cell if cell.contains(" / ") || cell.matches('/').count() > 0 && !cell.contains(' ') => &['/'],
        cell if cell.contains(" or ") => return listed(&cell.replace(" or ", ",")),
        _ => return Vec::new(),
    };
    let clean = |part: &str| {
        let part = part.trim().trim_matches(['"', '\'', '`', '.', '•', '*']).trim();
        let part = part.strip_prefix("or ").or_else(|| part.strip_prefix("and ")).unwrap_or(part);
        // `1 = Yes`: the value is what stands first.
        let part = part.split_once(" = ").map_or(part, |(value, _)| value);
        part.trim().trim_matches(['"', '\'']).to_owned()
    };
    let parts: Vec<String> = cell.split(between).map(clean).filter(|part| !part.is_empty()).collect();
    let sentence = parts.iter().any(|part| part.split_whitespace().count() > 6);
    if parts.len() < 2 || sentence { Vec::new() } else { parts }
}

/// The values that a description lists: `Possible values: a, b`, `One of: a, b`, `(Yes/No)`.
fn said(about: &str) -> Vec<String> {
    const BEFORE: [&str; 8] = [
        "possible values:",
        "valid values:",
        "accepted values:",
        "allowed values:",
        "values:",
        "one of:",
        "options:",
        "must be one of",
    ];
    let lower = about.to_ascii_lowercase();
    if lower.len() == about.len() {
        for before in BEFORE {
            if let Some(at) = lower.find(before) {
                let rest = &about[at + before.len()..];
                let end = rest.find(". ").unwrap_or(rest.len());
                return listed(rest[..end].split("; ").next().unwrap_or_default().trim_end_matches('.'));
            }
        }
    }
    let inner = about.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inner, _)| inner);
    inner.filter(|inner| inner.contains(['/', '|'])).map(listed).unwrap_or_default()
}

/// Lines of a text that was copied.
fn plain(text: &str) -> Vec<Vec<String>> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let most = |with: &dyn Fn(&str) -> bool| lines.iter().filter(|line| with(line)).count() * 2 > lines.len();
    let split: fn(&str) -> Vec<String> = if most(&|line| line.contains('\t')) {
        |line| line.split('\t').map(|cell| cell.trim().to_owned()).collect()
    } else if most(&|line| line.trim().trim_matches('|').contains('|')) {
        |line| bars(line.trim())
    } else if most(&|line| line.trim().contains("  ")) {
        |line| line.trim().split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect()
    } else {
        quoted
    };
    let rule = |line: &str| line.chars().all(|letter| "|-:+= ".contains(letter));
    lines.iter().filter(|line| !rule(line)).map(|line| split(line)).collect()
}

/// Cells between bars; `\|` is a bar.
fn bars(line: &str) -> Vec<String> {
    let line = line.replace("\\|", "\u{1}");
    let line = line.strip_prefix('|').unwrap_or(&line);
    let line = line.strip_suffix('|').unwrap_or(line);
    line.split('|').map(|cell| cell.trim().replace('\u{1}', "|")).collect()
}

/// Cells between commas, some of them in quotes.
fn quoted(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut inside) = (Vec::new(), String::new(), false);
    for letter in line.chars() {
        match letter {
            '"' => inside = !inside,
            ',' if !inside => cells.push(std::mem::take(&mut cell).trim().to_owned()),
            letter => cell.push(letter),
        }
    }
    cells.push(cell.trim().to_owned());
    cells
}

/// The rows of HTML tables. Only what stands in cells counts; line breaks and list items part values.
fn html(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), None::<String>);
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        if let Some(cell) = &mut cell {
            // A line break in the source is a blank.
            let mut plain = String::new();
            xml_in::unescape(&rest[..at].replace("&nbsp;", " "), &mut plain);
            cell.push_str(&plain.replace(['\n', '\r', '\t', '\u{a0}'], " "));
        }
        let Some(end) = rest[at..].find('>') else { break };
        let tag = rest[at + 1..at + end].trim().to_ascii_lowercase();
        rest = &rest[at + end + 1..];
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let closing = tag.starts_with('/');
        match (name.as_str(), closing) {
            ("td" | "th", _) => {
                row.extend(cell.take().map(|cell| clean(&cell)));
                cell = (!closing).then(String::new);
            }
            ("tr", _) => {
                row.extend(cell.take().map(|cell| clean(&cell)));
                if !row.is_empty() {
                    rows.push(std::mem::take(&mut row));
                }
            }
            ("br" | "li" | "p" | "div", _) => {
                if let Some(cell) = &mut cell {
                    cell.push('\n');
                }
            }
            ("script" | "style", false) => {
                let close = format!("</{name}");
                rest = rest.to_ascii_lowercase().find(&close).map_or("", |at| &rest[at..]);
            }
            _ => {}
        }
    }
    row.extend(cell.take().map(|cell| clean(&cell)));
    if !row.is_empty() {
        rows.push(row);
    }
    rows
}

fn clean(cell: &str) -> String {
    let lines = cell.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, phase: Phase) -> Vec<String> {
        let found = read(text, phase).unwrap();
        let show = |member: Member| {
            let star = if member.required { "*" } else { "" };
            format!("{}{star} [{}] {}", member.to, member.allowed.join(","), member.sample)
        };
        found.into_iter().map(show).collect()
    }

    #[test]
    fn tables_are_read_however_they_were_copied() {
        let tabs = "Field Name\tType\tRequired\tAllowed Values\tExample\nZip\ttext\tYes\t\t48226\nOwn_Home\ttext\tNo\tYes, No\t";
        let expected = ["Zip* [] 48226", "Own_Home [Yes,No] "];
        assert_eq!(shown(tabs, Phase::Post), expected);
        let bars = "| Field | Required? | Values | Sample |\n|---|:-:|---|---|\n| `Zip` | Y | | 48226 |\n| Own_Home | N | Yes\\|No | |";
        assert_eq!(shown(bars, Phase::Post), expected);
        let html = "<table><thead><tr><th>Parameter<th>Required</th><th>Accepted values</th><th>Example</th></tr></thead>\
                    <tr><td><b>Zip</b></td><td>required</td><td>&nbsp;</td><td>48226</td></tr>\
                    <tr><td>Own_Home</td><td>optional</td><td><ul><li>Yes</li>\n<li>No</li></ul></td><td></td></tr></table>";
        assert_eq!(shown(html, Phase::Post), expected);
        let gaps = "Zip        Yes   5 digits\nOwn_Home   No    Possible values: Yes, No.";
        assert_eq!(shown(gaps, Phase::Post), ["Zip* [] ", "Own_Home [Yes,No] "]);
        let csv = "name,required,allowed\nZip,yes,\nOwn_Home,no,\"Yes,No\"";
        assert_eq!(shown(csv, Phase::Post), ["Zip* [] ", "Own_Home [Yes,No] "]);
    }

    #[test]
    fn a_column_for_each_call_says_what_is_in_it() {
        let table = "Field\tPing\tPost\tDescription\nzip\tRequired\tRequired\tZIP\nphone\t-\tRequired\t10 digits\nsub_id\tOptional\tOptional\t";
        assert_eq!(shown(table, Phase::Ping), ["zip* [] ", "sub_id [] "]);
        assert_eq!(shown(table, Phase::Post), ["zip* [] ", "phone* [] ", "sub_id [] "]);
    }

    #[test]
    fn prose_is_no_table() {
        assert!(read("Please send us your leads.\nThank you.", Phase::Post).is_err());
        assert_eq!(listed("ten digits, without the country code of the number, please"), Vec::<String>::new());
        assert_eq!(listed("1 = Yes; 2 = No"), ["1", "2"]);
        assert_eq!(listed("Own or Rent"), ["Own", "Rent"]);
    }
}
