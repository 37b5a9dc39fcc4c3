//! How two versions differ, word by word.

use model::consent::Piece;

/// A word with the white space behind it.
fn words(text: &str) -> Vec<&str> {
    let (mut found, mut rest) = (Vec::new(), text.trim_start());
    while !rest.is_empty() {
        let word = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let space = rest[word..].find(|letter: char| !letter.is_whitespace()).unwrap_or(rest.len() - word);
        let (one, after) = rest.split_at(word + space);
        found.push(one);
        rest = after;
    }
    found
}

/// The pieces of both texts in order: what stayed, what was removed, what was added. Words are compared without the white
/// space around them; pieces of one kind never follow each other.
#[must_use]
pub fn difference(older: &str, newer: &str) -> Vec<Piece> {
    let (old, new) = (words(older), words(newer));
    let same = |a: &str, b: &str| a.trim_end() == b.trim_end();
    // How many words the rests have in common, from each pair of places on.
    let mut common = vec![vec![0_u16; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = if same(old[i], new[j]) {
                common[i + 1][j + 1].saturating_add(1)
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut pieces, mut i, mut j) = (Vec::new(), 0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && same(old[i], new[j]) {
            push(&mut pieces, Piece::Same(new[j].to_owned()));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && common[i + 1][j] >= common[i][j + 1]) {
            push(&mut pieces, Piece::Removed(old[i].to_owned()));
            i += 1;
        } else {
            push(&mut pieces, Piece::Added(new[j].to_owned()));
            j += 1;
        }
    }
    pieces
}

fn push(pieces: &mut Vec<Piece>, next: Piece) {
    // The last word of a text has nothing behind it.
    if let Some(Piece::Same(text) | Piece::Removed(text) | Piece::Added(text)) = pieces.last_mut()
        && !text.ends_with(char::is_whitespace)
    {
        text.push(' ');
    }
    match (pieces.last_mut(), &next) {
        (Some(Piece::Same(text)), Piece::Same(more))
        | (Some(Piece::Removed(text)), Piece::Removed(more))
        | (Some(Piece::Added(text)), Piece::Added(more)) => text.push_str(more),
        _ => pieces.push(next),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_was_removed_and_added_stands_in_its_place() {
        let pieces = difference("I agree to calls from Acme.", "I agree to marketing calls\nfrom Beta.");
        let wanted = [
            Piece::Same("I agree to ".to_owned()),
            Piece::Added("marketing ".to_owned()),
            Piece::Same("calls\nfrom ".to_owned()),
            Piece::Removed("Acme. ".to_owned()),
            Piece::Added("Beta.".to_owned()),
        ];
        assert_eq!(pieces, wanted);
        assert_eq!(difference("a  b", "a b"), [Piece::Same("a b".to_owned())]);
        assert_eq!(difference("", ""), []);
        assert_eq!(difference("", "new"), [Piece::Added("new".to_owned())]);
    }

    proptest! {
        #[test]
        fn both_texts_are_in_it(older in "([a-d]{1,2} ){0,12}", newer in "([a-d]{1,2} ){0,12}") {
            let (mut old, mut new) = (String::new(), String::new());
            for piece in difference(&older, &newer) {
                match piece {
                    Piece::Same(text) => { old.push_str(&text); new.push_str(&text); }
                    Piece::Removed(text) => old.push_str(&text),
                    Piece::Added(text) => new.push_str(&text),
                }
            }
            let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(plain(&old), plain(&older));
            prop_assert_eq!(plain(&new), plain(&newer));
        }
    }
}
