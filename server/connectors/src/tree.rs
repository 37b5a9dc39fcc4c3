//! The nesting of a body's members, worked out once from their names.

use model::mapping::BodyFormat;

/// Longest list a body may hold.
const LONGEST_LIST: usize = 200;
/// Deepest nesting.
const DEEPEST: usize = 32;

/// A member's value.
#[derive(Debug)]
pub(crate) enum Node {
    /// Indices of rows: the first one that has a value.
    Leaf(Vec<usize>),
    /// Members in order.
    Object(Vec<(String, Node)>),
    /// Items in order; the number is the one they were named by.
    List(Vec<(usize, Node)>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Name(String),
    Item(usize),
}

/// The steps of a name: `drivers[0].name`. None for a name that is none.
pub(crate) fn steps(name: &str, format: BodyFormat) -> Option<Vec<Step>> {
    if matches!(format, BodyFormat::Form | BodyFormat::Query | BodyFormat::Table) {
        return (!name.is_empty()).then(|| vec![Step::Name(name.to_owned())]);
    }
    let (mut steps, mut text, mut letters) = (Vec::new(), String::new(), name.chars());
    let mut after_item = false;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => text.push(letters.next()?),
            '.' | '[' => {
                if text.is_empty() {
                    if !after_item {
                        return None;
                    }
                } else {
                    steps.push(Step::Name(std::mem::take(&mut text)));
                }
                after_item = false;
                if letter == '[' {
                    let number: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                    steps.push(Step::Item(number.parse().ok().filter(|number| *number < LONGEST_LIST)?));
                    after_item = true;
                }
            }
            _ if after_item => return None,
            letter => text.push(letter),
        }
    }
    if !text.is_empty() {
        steps.push(Step::Name(text));
    } else if !after_item {
        return None;
    }
    (steps.len() <= DEEPEST && matches!(steps.first(), Some(Step::Name(_)))).then_some(steps)
}

impl Node {
    /// Puts a row in its place. False when something else is there.
    pub(crate) fn insert(&mut self, way: &[Step], row: usize) -> bool {
        match (self, way) {
            (Self::Leaf(rows), []) => {
                rows.push(row);
                true
            }
            (Self::Object(members), [Step::Name(name), rest @ ..]) => {
                let at = members.iter().position(|(member, _)| member == name).unwrap_or_else(|| {
                    members.push((name.clone(), Self::fresh(rest)));
                    members.len() - 1
                });
                members[at].1.insert(rest, row)
            }
            (Self::List(items), [Step::Item(number), rest @ ..]) => {
                let at = items.iter().position(|(item, _)| item == number).unwrap_or_else(|| {
                    let at = items.iter().take_while(|(item, _)| item < number).count();
                    items.insert(at, (*number, Self::fresh(rest)));
                    at
                });
                items[at].1.insert(rest, row)
            }
            _ => false,
        }
    }

    const fn fresh(rest: &[Step]) -> Self {
        match rest.first() {
            None => Self::Leaf(Vec::new()),
            Some(Step::Name(_)) => Self::Object(Vec::new()),
            Some(Step::Item(_)) => Self::List(Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_written() {
        let name = |text: &str| Step::Name(text.to_owned());
        let json = |text: &str| steps(text, BodyFormat::Json);
        assert_eq!(json("a.b"), Some(vec![name("a"), name("b")]));
        assert_eq!(json("a.0"), Some(vec![name("a"), name("0")]));
        assert_eq!(json("a[1].b"), Some(vec![name("a"), Step::Item(1), name("b")]));
        assert_eq!(json("a[0][2]"), Some(vec![name("a"), Step::Item(0), Step::Item(2)]));
        assert_eq!(json(r"a\.b"), Some(vec![name("a.b")]));
        assert_eq!(steps("a.b[c]", BodyFormat::Form), Some(vec![name("a.b[c]")]));
        for bad in ["", ".", "a.", ".a", "a..b", "[0]", "a[", "a[x]", "a[0]b", "a[200]", "a\\"] {
            assert_eq!(json(bad), None, "{bad}");
        }
    }
}
