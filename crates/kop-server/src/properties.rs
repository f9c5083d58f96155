//! Files of `key=value` lines, as Java's `Properties` reads them: Kafka's own files can be used.

use std::iter::Peekable;
use std::str::Chars;

/// A line that cannot be read.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub(crate) struct PropertiesError {
    line: usize,
    reason: &'static str,
}

/// Keys and values in the order of the lines.
///
/// Comments begin with `#` or `!`; a backslash at the end of a line continues it; `\t`, `\n`, `\r`, `\f`, `\uXXXX` are
/// escapes, and any other character after a backslash stands for itself.
pub(crate) fn parse(text: &str) -> Result<Vec<(String, String)>, PropertiesError> {
    let mut properties = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let mut logical = line.trim_start().to_owned();
        if logical.is_empty() || logical.starts_with(['#', '!']) {
            continue;
        }
        while ends_in_continuation(&logical) {
            logical.pop();
            logical.push_str(lines.next().map_or("", |(_, line)| line.trim_start()));
        }
        let pair = parse_pair(&logical).map_err(|reason| PropertiesError {
            line: index + 1,
            reason,
        })?;
        properties.push(pair);
    }
    Ok(properties)
}

fn ends_in_continuation(line: &str) -> bool {
    line.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

fn parse_pair(line: &str) -> Result<(String, String), &'static str> {
    let mut chars = line.chars().peekable();
    let mut key = String::new();
    loop {
        match chars.next() {
            Some('=' | ':') => break,
            Some(blank) if blank.is_whitespace() => {
                while chars.next_if(|next| next.is_whitespace()).is_some() {}
                chars
                    .next_if(|next| matches!(next, '=' | ':'))
                    .ok_or("there is no '=' after the key")?;
                break;
            }
            Some('\\') => key.push(escaped(&mut chars)?),
            Some(char) => key.push(char),
            None => return Err("there is no '=' after the key"),
        }
    }
    if key.is_empty() {
        return Err("there is no key before the '='");
    }
    let mut value = String::new();
    while chars.next_if(|next| next.is_whitespace()).is_some() {}
    while let Some(char) = chars.next() {
        value.push(if char == '\\' {
            escaped(&mut chars)?
        } else {
            char
        });
    }
    value.truncate(value.trim_end().len());
    Ok((key, value))
}

fn escaped(chars: &mut Peekable<Chars<'_>>) -> Result<char, &'static str> {
    match chars.next() {
        Some('t') => Ok('\t'),
        Some('n') => Ok('\n'),
        Some('r') => Ok('\r'),
        Some('f') => Ok('\u{c}'),
        Some('u') => {
            let digits: String = chars.take(4).collect();
            let code = u32::from_str_radix(&digits, 16)
                .ok()
                .filter(|_| digits.len() == 4);
            code.and_then(char::from_u32)
                .ok_or("\\u is not followed by four hexadecimal digits of a character")
        }
        Some(other) => Ok(other),
        None => Err("it ends within an escape"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        parse(text).unwrap()
    }

    #[test]
    fn reads_what_kafka_writes() {
        let text = "# comment\n! another\n\n  a=1\nb = two words \nc: 3\nd.e=x=y\nempty=\nf=1,\\\n   2,\\\n   3\nu=\\u00e9\\tz\n";
        let expected = [
            ("a", "1"),
            ("b", "two words"),
            ("c", "3"),
            ("d.e", "x=y"),
            ("empty", ""),
            ("f", "1,2,3"),
            ("u", "é\tz"),
        ];
        assert_eq!(
            pairs(text),
            expected.map(|(key, value)| (key.to_owned(), value.to_owned()))
        );
        assert_eq!(
            pairs(r"path=C\:\\data"),
            [("path".to_owned(), r"C:\data".to_owned())]
        );
    }

    #[test]
    fn names_the_line() {
        assert_eq!(
            parse("a=1\n\nnonsense\n").unwrap_err().to_string(),
            "line 3: there is no '=' after the key"
        );
        assert_eq!(parse("=1").unwrap_err().line, 1);
        assert!(parse(r"a=\u12").is_err());
        assert!(parse(r"a=\ud800").is_err());
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>()) {
            let _ = parse(&text);
        }

        #[test]
        fn plain_pairs_come_back(pairs in prop::collection::vec(("[a-zA-Z.]{1,20}", "[a-z0-9/=:.,]{0,20}"), 0..9)) {
            let text: String = pairs.iter().map(|(key, value)| format!("{key}={value}\n")).collect();
            prop_assert_eq!(parse(&text).unwrap(), pairs);
        }
    }
}
