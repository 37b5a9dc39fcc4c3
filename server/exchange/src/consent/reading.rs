//! A text as the rules read it: small letters, one word after another, sentence by sentence.

/// Letters that cannot be seen.
pub const INVISIBLE: [char; 7] = ['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{ad}', '\u{180e}'];

/// A sentence's words in small letters, without hyphens inside: "pre-recorded" is "prerecorded".
pub type Sentence = Vec<String>;

/// A text that was read.
pub struct Reading {
    /// Its sentences.
    pub sentences: Vec<Sentence>,
    /// Its words as they are written, without what stands around them.
    pub written: Vec<String>,
}

/// What joins a text: what cannot be seen is left out, and quotes are straight.
fn plain(text: &str) -> String {
    let letter = |letter: char| match letter {
        '“' | '”' | '„' => '"',
        '‘' | '’' => '\'',
        other => other,
    };
    text.chars().filter(|letter| !INVISIBLE.contains(letter)).map(letter).collect()
}

/// A text without what stands in quotes: what a button says is not what the text says.
pub fn unquoted(text: &str) -> String {
    plain(text).split('"').step_by(2).collect::<Vec<_>>().join(" ")
}

/// Reads a text whose placeholders are words already.
pub fn read(text: &str) -> Reading {
    let text = plain(text);
    let mut reading = Reading { sentences: vec![Sentence::new()], written: Vec::new() };
    for piece in text.split_whitespace() {
        let bare = piece.trim_matches(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '{' | '}'));
        if !bare.is_empty() {
            reading.written.push(bare.to_owned());
            let word: String = bare.to_lowercase().chars().filter(|letter| *letter != '-').collect();
            if let Some(sentence) = reading.sentences.last_mut() {
                // "and/or" is two words.
                sentence.extend(word.split('/').filter(|part| !part.is_empty()).map(str::to_owned));
            }
        }
        // "Co." in the middle of a sentence is no end of it, and nor is "Inc.,".
        let ends = piece.trim_end_matches(['"', '\'', ')', '*']).ends_with(['.', ';', '!', '?', ':']);
        if ends && !is_suffix(bare) && reading.sentences.last().is_some_and(|sentence| !sentence.is_empty()) {
            reading.sentences.push(Sentence::new());
        }
    }
    reading.sentences.retain(|sentence| !sentence.is_empty());
    reading
}

/// Whether a word stands at the end of companies' names.
pub fn is_suffix(word: &str) -> bool {
    let suffixes = [
        "inc",
        "llc",
        "corp",
        "co",
        "ltd",
        "lp",
        "llp",
        "plc",
        "pllc",
        "company",
        "corporation",
        "incorporated",
        "gmbh",
    ];
    suffixes.contains(&word.to_lowercase().as_str())
}

impl Reading {
    /// Every word, sentence after sentence.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.sentences.iter().flatten().map(String::as_str)
    }

    /// Whether any word is one of these.
    pub fn any(&self, wanted: &[&str]) -> bool {
        self.words().any(|word| wanted.contains(&word))
    }

    /// Whether any word begins with one of these.
    pub fn begins(&self, wanted: &[&str]) -> bool {
        self.words().any(|word| wanted.iter().any(|begin| word.starts_with(begin)))
    }

    /// Whether these words follow each other in a sentence; a `|` stands between words of which any will do.
    pub fn phrase(&self, wanted: &str) -> bool {
        self.sentences.iter().any(|sentence| phrase(sentence, wanted).is_some())
    }
}

/// Where these words follow each other.
pub fn phrase(sentence: &[String], wanted: &str) -> Option<usize> {
    let wanted: Vec<Vec<&str>> = wanted.split(' ').map(|word| word.split('|').collect()).collect();
    let fits = |window: &[String]| window.iter().zip(&wanted).all(|(word, any)| any.contains(&word.as_str()));
    sentence.windows(wanted.len()).position(fits)
}

/// Whether a word says no.
pub fn is_no(word: &str) -> bool {
    matches!(word, "not" | "never" | "no" | "cannot" | "without" | "don't" | "isn't" | "doesn't" | "won't")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_sentences() {
        let reading =
            read("By “Yes”, I authorize Acme Co. to use a pre\u{200b}-recorded voice and/or text. Not required!");
        let sentences: Vec<_> = reading.sentences.iter().map(|sentence| sentence.join(" ")).collect();
        assert_eq!(sentences, ["by yes i authorize acme co to use a prerecorded voice and or text", "not required"]);
        assert_eq!(reading.written[4], "Acme");
        assert!(reading.phrase("acme co to use|have") && !reading.phrase("co acme"));
        assert!(reading.begins(&["prerec"]) && reading.any(&["voice"]) && !reading.any(&["prerec"]));
    }
}
