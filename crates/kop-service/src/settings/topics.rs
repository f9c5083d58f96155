//! The defaults of topics, by Kafka's broker names, as [`kop_log::topic_config`] declares them.

use std::collections::BTreeMap;

use kop_log::LogError;
use kop_log::topic_config::{BROKER_KEYS, ConfigKey, ConfigType, KEYS, TopicConfig};

use super::SettingError;

/// Names that the original Kafka on Pulsar had for a default of topics.
const ALIASES: &[(&str, &str)] = &[("maxMessageSize", "message.max.bytes")];

/// A broker setting that gives the default of a topic setting.
#[derive(Clone, Copy, Debug)]
pub(super) struct TopicKey {
    pub(super) name: &'static str,
    topic: &'static ConfigKey,
}

/// All of them, in the order of the topic settings.
pub(super) fn all() -> impl Iterator<Item = TopicKey> {
    let of_topic = |topic: &'static ConfigKey| {
        topic.broker.iter().map(move |key| TopicKey {
            name: key.name,
            topic,
        })
    };
    KEYS.iter().chain(BROKER_KEYS).flat_map(of_topic)
}

/// Every name that one can be given by.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    all()
        .map(|key| key.name)
        .chain(ALIASES.iter().map(|(alias, _)| *alias))
}

/// The one of this name or alias.
pub(super) fn find(name: &str) -> Option<TopicKey> {
    let name = ALIASES
        .iter()
        .find(|(alias, _)| *alias == name)
        .map_or(name, |(_, name)| name);
    all().find(|key| key.name == name)
}

/// Checks all values together.
pub(super) fn check(defaults: &BTreeMap<String, String>) -> Result<(), SettingError> {
    match TopicConfig::resolve(defaults, &BTreeMap::new()) {
        Ok(_) => Ok(()),
        Err(LogError::InvalidConfig { key, reason }) => {
            let value = defaults.get(&key).map_or("", String::as_str);
            Err(SettingError::invalid(&key, value, reason))
        }
        Err(error) => Err(error.into()),
    }
}

impl TopicKey {
    /// Checks a value by itself.
    pub(super) fn check(&self, text: &str) -> Result<(), String> {
        match check(&BTreeMap::from([(self.name.to_owned(), text.to_owned())])) {
            Err(SettingError::Invalid { reason, .. }) => Err(reason),
            Err(error) => Err(error.to_string()),
            Ok(()) => Ok(()),
        }
    }

    pub(super) fn config_type(&self) -> ConfigType {
        self.topic.kind.config_type()
    }

    pub(super) fn doc(&self) -> &'static str {
        self.topic.doc
    }

    /// The default, for the name among several by which Kafka declares it.
    pub(super) fn default(&self) -> Option<String> {
        let (last, before) = self.topic.broker.split_last()?;
        if last.name != self.name && before.iter().any(|key| key.name == self.name) {
            return None;
        }
        match self.topic.default.parse::<i64>() {
            Ok(number) if last.unit > 1 => Some((number / last.unit).to_string()),
            _ => Some(self.topic.default.to_owned()),
        }
    }
}
