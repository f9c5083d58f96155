//! A command of the bench.

use std::collections::HashMap;
use std::str::FromStr;

use anyhow::Context;

/// `verb key=value ...`.
pub(crate) struct Command<'a> {
    verb: &'a str,
    values: HashMap<&'a str, &'a str>,
}

impl<'a> Command<'a> {
    pub(crate) fn new(line: &'a str) -> Self {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let values = rest.split(' ').filter_map(|word| word.split_once('='));
        Self {
            verb,
            values: values.collect(),
        }
    }

    pub(crate) fn verb(&self) -> &'a str {
        self.verb
    }

    pub(crate) fn get(&self, key: &str) -> anyhow::Result<&'a str> {
        let value = self.values.get(key).copied();
        value.with_context(|| format!("no {key}"))
    }

    pub(crate) fn is(&self, key: &str, value: &str) -> bool {
        self.values.get(key) == Some(&value)
    }

    pub(crate) fn number<T: FromStr>(&self, key: &str) -> anyhow::Result<T> {
        let value = self.get(key)?;
        let number = value.parse().ok();
        number.with_context(|| format!("{key}={value} is no number that fits"))
    }
}
