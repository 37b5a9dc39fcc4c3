//! Names in words: `Currently_Insured`, `currentlyInsured` and `currently-insured` are the same two.

/// The words of a name, in lower case: parts between signs, and where a capital follows a small letter or begins a word
/// after capitals.
pub(super) fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let (mut all, mut word) = (Vec::new(), String::new());
    let end = |word: &mut String, all: &mut Vec<String>| {
        if !word.is_empty() {
            all.push(std::mem::take(word));
        }
    };
    for (at, letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            end(&mut word, &mut all);
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let starts = letter.is_uppercase()
            && (before.is_some_and(|before| before.is_lowercase() || before.is_ascii_digit())
                || (before.is_some_and(|before| before.is_uppercase())
                    && after.is_some_and(|after| after.is_lowercase())));
        if starts {
            end(&mut word, &mut all);
        }
        word.extend(letter.to_lowercase());
    }
    end(&mut word, &mut all);
    all
}

/// Whether one of these words is in a name.
pub(super) fn has(words: &[String], any: &[&str]) -> bool {
    words.iter().any(|word| any.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        for (name, expected) in [
            ("Currently_Insured", "currently insured"),
            ("currentlyInsured", "currently insured"),
            ("lp_campaign_key", "lp campaign key"),
            ("DOBYear", "dob year"),
            ("apiId", "api id"),
            ("Zip-Code 5", "zip code 5"),
            ("IPAddress", "ip address"),
            ("", ""),
        ] {
            assert_eq!(words(name).join(" "), expected, "{name}");
        }
    }
}
