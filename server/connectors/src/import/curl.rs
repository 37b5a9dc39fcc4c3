//! cURL commands, as documents show them and browsers copy them.

use super::pasted::Pasted;
use model::mapping::{Method, SecretUse};

/// What a command says before it is put together.
#[derive(Default)]
struct Command {
    method: Option<String>,
    url: Option<String>,
    kind: Option<String>,
    data: Vec<String>,
    get: bool,
}

/// Reads a command.
///
/// # Errors
/// Why it is not understood.
pub(super) fn read(text: &str) -> Result<Pasted, String> {
    let words = words(text).ok_or("This command ends within quotes: paste it whole.")?;
    let (mut command, mut pasted) = (Command::default(), Pasted::default());
    let mut rest = words.into_iter().skip(1);
    while let Some(word) = rest.next() {
        let (name, glued) = option(&word);
        let Some(name) = name else {
            command.url.get_or_insert(word);
            continue;
        };
        if FLAGS.contains(&name) {
            command.get |= matches!(name, "-G" | "--get");
            continue;
        }
        let Some(value) = glued.map(str::to_owned).or_else(|| rest.next()) else { break };
        take(name, value, &mut command, &mut pasted);
    }
    let url = command.url.ok_or("This command names no address.")?;
    let data = command.data.join("&");
    let asked = command.method.as_deref().map(str::to_ascii_uppercase);
    pasted.method = match asked.as_deref() {
        Some("GET") => Method::Get,
        None if data.is_empty() || command.get => Method::Get,
        _ => Method::Post,
    };
    let url = if url.contains("://") { url } else { format!("https://{url}") };
    if pasted.method == Method::Get && !data.is_empty() {
        let sign = if url.contains('?') { '&' } else { '?' };
        pasted.address(&format!("{url}{sign}{data}"));
        return Ok(pasted);
    }
    pasted.address(&url);
    if !data.is_empty() {
        pasted.body(data.trim(), command.kind.as_deref())?;
    }
    Ok(pasted)
}

/// Options without a value.
const FLAGS: [&str; 16] = [
    "-G",
    "--get",
    "-k",
    "--insecure",
    "-s",
    "--silent",
    "-S",
    "-L",
    "--location",
    "-v",
    "--verbose",
    "-i",
    "--include",
    "--compressed",
    "-f",
    "--fail",
];

fn take(name: &str, value: String, command: &mut Command, pasted: &mut Pasted) {
    match name {
        "-X" | "--request" => command.method = Some(value),
        "--url" => command.url = Some(value),
        "-H" | "--header" => {
            let Some((name, value)) = value.split_once(':') else { return };
            if name.trim().eq_ignore_ascii_case("content-type") {
                command.kind = Some(value.trim().to_owned());
            }
            pasted.header(name.trim(), value.trim());
        }
        "-u" | "--user" => {
            let user = value.split(':').next().unwrap_or_default().to_owned();
            pasted.secrets.push((user, SecretUse::Basic));
        }
        "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-ascii" | "--data-urlencode" | "--json" => {
            if value.starts_with('@') {
                pasted.notes.push("the body is in a file: paste it.".to_owned());
            } else {
                command.data.push(value);
            }
        }
        "-F" | "--form" | "--form-string" => {
            let note = "it is a multipart form: it is proposed as an ordinary one.".to_owned();
            if !pasted.notes.contains(&note) {
                pasted.notes.push(note);
            }
            command.data.push(value);
        }
        _ => {}
    }
}

/// The option a word is, with a value that is glued to it: `-XPOST`, `--header=…`.
fn option(word: &str) -> (Option<&str>, Option<&str>) {
    if word.starts_with("--") {
        return match word.split_once('=') {
            Some((name, value)) => (Some(name), Some(value)),
            None => (Some(word), None),
        };
    }
    if !word.starts_with('-') || word.len() < 2 || !word.is_char_boundary(2) {
        return (None, None);
    }
    let (name, value) = word.split_at(2);
    (Some(name), (!value.is_empty() && !FLAGS.contains(&name)).then_some(value))
}

/// The words of a command as a shell reads them; none when a quote is not closed. Lines go on behind `\` and `^`.
fn words(text: &str) -> Option<Vec<String>> {
    let (mut all, mut word, mut begun) = (Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => {
                begun = true;
                loop {
                    match letters.next()? {
                        '\'' => break,
                        letter => word.push(letter),
                    }
                }
            }
            '"' => {
                begun = true;
                loop {
                    match letters.next()? {
                        '"' => break,
                        '\\' => match letters.next()? {
                            '\n' => {}
                            letter @ ('"' | '\\' | '$' | '`') => word.push(letter),
                            letter => word.extend(['\\', letter]),
                        },
                        letter => word.push(letter),
                    }
                }
            }
            '$' if letters.peek() == Some(&'\'') => {
                letters.next();
                begun = true;
                loop {
                    match letters.next()? {
                        '\'' => break,
                        '\\' => word.push(match letters.next()? {
                            'n' => '\n',
                            't' => '\t',
                            'r' => '\r',
                            letter => letter,
                        }),
                        letter => word.push(letter),
                    }
                }
            }
            '\\' | '^' if matches!(letters.peek(), Some('\n' | '\r')) => {
                while matches!(letters.peek(), Some('\n' | '\r')) {
                    letters.next();
                }
            }
            '\\' => {
                begun = true;
                word.push(letters.next()?);
            }
            letter if letter.is_whitespace() => {
                if begun {
                    all.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            letter => {
                begun = true;
                word.push(letter);
            }
        }
    }
    if begun {
        all.push(word);
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_it_so() {
        let text = "curl -XPOST 'a b' \\\n  -H \"X: \\\"y\\\" $z\" $'l\\'1\\n2' a\\ b ''";
        assert_eq!(words(text).unwrap(), ["curl", "-XPOST", "a b", "-H", "X: \"y\" $z", "l'1\n2", "a b", ""]);
        assert_eq!(words("curl 'open"), None);
        assert_eq!(option("-XPOST"), (Some("-X"), Some("POST")));
        assert_eq!(option("--header=a: b"), (Some("--header"), Some("a: b")));
        assert_eq!(option("https://b.example/"), (None, None));
    }
}
