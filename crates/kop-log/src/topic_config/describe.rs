//! Where the value of a setting comes from, for DescribeConfigs.

use std::collections::BTreeMap;

use super::value::items;
use super::{BrokerKey, ConfigKey, ConfigType, Effect, KEYS, Kind};

/// Who set a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Source {
    /// The topic itself.
    Topic,
    /// The server's settings, from its configuration file or changed while it runs.
    Server,
    /// Nobody.
    Default,
}

/// A setting with the value that holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Effective {
    /// Its value as text; empty where nobody set one and there is no default.
    pub value: String,
    /// Who set it.
    pub source: Source,
    /// All that was set and the default, the one that holds first.
    pub synonyms: Vec<Synonym>,
}

/// One of the values that a setting could have.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Synonym {
    /// Name of the setting that it was set by.
    pub name: &'static str,
    /// As it was set: in the unit of that name.
    pub value: String,
    /// Who set it.
    pub source: Source,
}

/// All settings that are listed, with their values for a topic. The maps have been accepted by
/// [`TopicConfig::resolve`](super::TopicConfig::resolve).
pub fn describe<'a>(
    defaults: &'a BTreeMap<String, String>,
    overrides: &'a BTreeMap<String, String>,
) -> impl Iterator<Item = (&'static ConfigKey, Effective)> + 'a {
    KEYS.iter()
        .filter(|key| key.effect != Effect::Hidden)
        .map(|key| (key, key.effective(defaults, overrides)))
}

impl ConfigKey {
    /// The value that holds, and where it comes from.
    pub fn effective(
        &self,
        defaults: &BTreeMap<String, String>,
        overrides: &BTreeMap<String, String>,
    ) -> Effective {
        let own = overrides
            .get(self.name)
            .map(|value| (self.name, value.trim(), Source::Topic, 1));
        let server = self.broker.iter().filter_map(|broker| {
            defaults
                .get(broker.name)
                .map(|value| (broker.name, value.trim(), Source::Server, broker.unit))
        });
        let mut set = own.into_iter().chain(server).peekable();
        let (value, source) = match set.peek() {
            Some(&(_, value, source, _)) if self.kind.config_type() == ConfigType::List => {
                (self.list(value), source)
            }
            Some(&(_, value, source, unit)) => (in_unit(value, unit), source),
            None => (self.default.to_owned(), Source::Default),
        };
        let mut synonyms: Vec<_> = set
            .map(|(name, value, source, _)| Synonym {
                name,
                value: value.to_owned(),
                source,
            })
            .collect();
        synonyms.extend(self.default_synonym());
        Effective {
            value,
            source,
            synonyms,
        }
    }

    /// A list as Kafka shows it: a policy that is named twice once.
    fn list(&self, value: &str) -> String {
        let mut shown: Vec<&str> = Vec::new();
        items(value).for_each(|item| {
            if !matches!(self.kind, Kind::CleanupPolicy) || !shown.contains(&item) {
                shown.push(item);
            }
        });
        shown.join(",")
    }

    /// Kafka declares the default with the last of the server's names, in its unit: `log.retention.hours=168`. What the
    /// server has no name for has no such synonym.
    fn default_synonym(&self) -> Option<Synonym> {
        let BrokerKey { name, unit } = *self.broker.last()?;
        let value = match self.default.parse::<i64>() {
            Ok(number) if unit > 1 => (number / unit).to_string(),
            _ => self.default.to_owned(),
        };
        Some(Synonym {
            name,
            value,
            source: Source::Default,
        })
    }
}

fn in_unit(value: &str, unit: i64) -> String {
    match value.parse::<i64>() {
        Ok(number) if unit > 1 && number > 0 => number.saturating_mul(unit).to_string(),
        _ => value.to_owned(),
    }
}
