//! Finds functions and how long they are, by counting braces outside of text and comments.

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) name: String,
    /// Where it begins, from 1.
    pub(super) line: usize,
    /// From its first line to the closing brace.
    pub(super) lines: usize,
}

/// The functions of a file in front of its tests.
pub(super) fn of(text: &str) -> Vec<Function> {
    let bare = without_text(text);
    let bare = bare.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines: Vec<&str> = bare.lines().collect();
    (0..lines.len())
        .filter_map(|at| {
            let name = name(lines[at])?;
            let length = length(&lines[at..])?;
            Some(Function {
                name,
                line: at + 1,
                lines: length,
            })
        })
        .collect()
}

fn name(line: &str) -> Option<String> {
    let (before, after) = line.split_once("fn ")?;
    let modifiers = ["pub", "const", "async", "unsafe", "extern"];
    let is_item = before
        .split_whitespace()
        .all(|word| modifiers.iter().any(|known| word.starts_with(known)));
    let name: String = after
        .chars()
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect();
    (is_item && !name.is_empty()).then_some(name)
}

/// Lines up to the brace that closes the first one; None if a semicolon comes before any brace.
fn length(lines: &[&str]) -> Option<usize> {
    let (mut braces, mut brackets) = (0usize, 0usize);
    for (at, line) in lines.iter().enumerate() {
        for character in line.chars() {
            match character {
                '{' => braces += 1,
                '}' if braces == 1 => return Some(at + 1),
                '}' => braces = braces.saturating_sub(1),
                '[' | '(' => brackets += 1,
                ']' | ')' => brackets = brackets.saturating_sub(1),
                ';' if braces == 0 && brackets == 0 => return None,
                _ => {}
            }
        }
    }
    None
}

/// The same lines with comments, strings and characters blanked.
fn without_text(source: &str) -> String {
    let characters: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    while at < characters.len() {
        let end = text_end(&characters, at);
        match end {
            Some(end) => {
                out.extend(
                    characters[at..end]
                        .iter()
                        .filter(|character| **character == '\n'),
                );
                at = end;
            }
            None => {
                out.push(characters[at]);
                at += 1;
            }
        }
    }
    out
}

/// Where the comment, string or character that begins here ends; None if none begins here.
fn text_end(characters: &[char], at: usize) -> Option<usize> {
    let next = |offset: usize| characters.get(at + offset).copied();
    let find = |from: usize, wanted: &dyn Fn(usize) -> bool| {
        (from..characters.len()).find(|at| wanted(*at))
    };
    match (characters[at], next(1)) {
        ('/', Some('/')) => {
            Some(find(at, &|at| characters[at] == '\n').unwrap_or(characters.len()))
        }
        ('"', _) => Some(quoted_end(characters, at, '"')),
        ('\'', Some('\\')) => Some(quoted_end(characters, at, '\'')),
        ('\'', Some(_)) if next(2) == Some('\'') => Some(at + 3),
        ('r', Some('#' | '"'))
            if at == 0 || !characters[at - 1].is_alphanumeric() && characters[at - 1] != '_' =>
        {
            let hashes = characters[at + 1..]
                .iter()
                .take_while(|character| **character == '#')
                .count();
            if next(1 + hashes) != Some('"') {
                return None;
            }
            let closes = |at: usize| {
                characters[at] == '"'
                    && characters[at + 1..]
                        .iter()
                        .take(hashes)
                        .filter(|c| **c == '#')
                        .count()
                        == hashes
            };
            Some(find(at + hashes + 2, &closes).map_or(characters.len(), |end| end + 1 + hashes))
        }
        _ => None,
    }
}

fn quoted_end(characters: &[char], at: usize, quote: char) -> usize {
    let mut at = at + 1;
    while at < characters.len() && characters[at] != quote {
        at += if characters[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(characters.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_measured() {
        let text = "trait A {\n    fn none(&self, x: [u8; 4]);\n}\n// fn comment() {\npub(crate) async fn two() {\n    \
                    let _ = (\"}\", '}', r#\"}\"#);\n}\n";
        assert_eq!(
            of(text),
            [Function {
                name: "two".into(),
                line: 5,
                lines: 3
            }]
        );
    }
}
