//! Regular expressions that topics are subscribed to with. Their syntax is that of RE2, as in Apache Kafka.

use std::borrow::Cow;

use kop_codec::ErrorCode;
use regex::{Regex, RegexBuilder};

use super::Refused;

/// Bytes that a compiled expression may take.
const MAX_REGEX_BYTES: usize = 1 << 20;

/// Checks a regular expression.
pub(super) fn check(regex: &str) -> Result<(), Refused> {
    compile(regex).map(|_| ()).map_err(|error| {
        let message =
            format!("SubscribedTopicRegex `{regex}` is not a valid regular expression: {error}");
        Refused::new(ErrorCode::INVALID_REGULAR_EXPRESSION, message)
    })
}

/// Makes a regular expression that a topic matches as a whole.
pub(super) fn compile(regex: &str) -> Result<Regex, regex::Error> {
    let regex = with_literal_braces(regex);
    // Checked by itself first, so that a parenthesis too many does not close ours.
    RegexBuilder::new(&regex)
        .size_limit(MAX_REGEX_BYTES)
        .build()?;
    RegexBuilder::new(&format!("^(?:{regex})$"))
        .size_limit(MAX_REGEX_BYTES)
        .build()
}

/// RE2 takes a brace that begins no repetition for itself, where the crate `regex` finds a fault.
fn with_literal_braces(regex: &str) -> Cow<'_, str> {
    if !regex.contains('{') {
        return Cow::Borrowed(regex);
    }
    let mut literal = String::with_capacity(regex.len() + 1);
    let mut rest = regex;
    while let Some(at) = rest.find(['\\', '{']) {
        let (before, special) = rest.split_at(at);
        literal.push_str(before);
        let len = if special.starts_with('\\') {
            escape_len(special)
        } else {
            repetition_len(special).unwrap_or_else(|| {
                literal.push('\\');
                1
            })
        };
        let (taken, left) = special.split_at(len);
        literal.push_str(taken);
        rest = left;
    }
    literal.push_str(rest);
    Cow::Owned(literal)
}

/// The bytes of an escape, with the braces that belong to it: `\.`, `\p{Greek}`, `\x{10FFFF}`.
fn escape_len(regex: &str) -> usize {
    let mut chars = regex.chars();
    chars.next();
    let Some(escaped) = chars.next() else {
        return regex.len();
    };
    let in_braces = chars.as_str().strip_prefix('{');
    let len = 1 + escaped.len_utf8();
    match in_braces.filter(|_| matches!(escaped, 'p' | 'P' | 'x')) {
        // Up to the next brace or escape only: what follows is looked at once, however many escapes there are.
        Some(inner) => match inner.split_once(['{', '}', '\\']) {
            Some((name, after)) if inner[name.len()..].starts_with('}') => {
                regex.len() - after.len()
            }
            _ => len,
        },
        None => len,
    }
}

/// The bytes of `{2}`, `{2,}` or `{2,3}` at the beginning.
fn repetition_len(regex: &str) -> Option<usize> {
    let end = 1 + regex[1..].find(|c: char| !c.is_ascii_digit() && c != ',')?;
    let (least, most) = match regex[1..end].split_once(',') {
        Some((least, most)) => (least, most),
        None => (&regex[1..end], ""),
    };
    let is_repetition = !least.is_empty() && !most.contains(',') && regex[end..].starts_with('}');
    is_repetition.then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(regex: &str, topic: &str) -> bool {
        compile(regex).unwrap().is_match(topic)
    }

    #[test]
    fn a_brace_that_begins_no_repetition_stands_for_itself() {
        for (regex, topic) in [
            ("a{", "a{"),
            ("a{,2}", "a{,2}"),
            ("{a}", "{a}"),
            ("a{1,2,3}", "a{1,2,3}"),
            (r"\{a{2}", "{aa"),
            ("[{]{2}", "{{"),
            (r"\x{61}{2,}", "aaa"),
            (r"\p{Greek}é{1,2}", "λéé"),
        ] {
            assert!(matches(regex, topic), "{regex} {topic}");
        }
        assert!(!matches("a{2}", "a{2}"));
    }

    #[test]
    fn faults_are_found() {
        for regex in ["(", "a)", "[a", "*", "a{99999999}", "\\", r"\x{", r"\p{"] {
            assert!(compile(regex).is_err(), "{regex}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_expression_breaks_it(regex: String) {
            let _ = compile(&regex);
        }

        #[test]
        fn what_has_no_brace_stays(regex in "[^{]*") {
            proptest::prop_assert!(matches!(with_literal_braces(&regex), Cow::Borrowed(_)));
        }
    }
}
