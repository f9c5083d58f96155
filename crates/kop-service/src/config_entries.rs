//! Settings of topics, of groups and of the broker as DescribeConfigs and CreateTopics list them.

use std::collections::BTreeMap;

use kop_codec::ByteString;
use kop_log::topic_config;

use crate::Broker;
use crate::settings::{Described, GROUP_KEYS, Scope, Source};

/// Kafka's numbers for where a value comes from.
mod source {
    pub(super) const TOPIC: i8 = 1;
    pub(super) const DYNAMIC_BROKER: i8 = 2;
    pub(super) const DYNAMIC_DEFAULT_BROKER: i8 = 3;
    pub(super) const STATIC_BROKER: i8 = 4;
    pub(super) const DEFAULT: i8 = 5;
    pub(super) const GROUP: i8 = 8;
}

/// A setting with its value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    /// `None` where nobody set one and there is no default.
    pub(crate) value: Option<ByteString>,
    /// Where it comes from, in Kafka's numbers.
    pub(crate) source: i8,
    pub(crate) read_only: bool,
    /// Its type, in Kafka's numbers.
    pub(crate) config_type: i8,
    pub(crate) documentation: &'static str,
    /// All values that were set and the default, the effective one first.
    pub(crate) synonyms: Vec<Synonym>,
}

/// One of the values that a setting could have.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Synonym {
    pub(crate) name: &'static str,
    pub(crate) value: Option<ByteString>,
    pub(crate) source: i8,
}

impl Entry {
    /// Whether nobody set it: what answers said before they had a source.
    pub(crate) fn is_default(&self) -> bool {
        self.source == source::DEFAULT
    }
}

/// The settings of a topic that has these of its own.
pub(crate) fn of_topic(broker: &Broker, overrides: &BTreeMap<String, String>) -> Vec<Entry> {
    let given = server_values(broker);
    let defaults = broker.settings().topic_defaults();
    let entries = topic_config::describe(&defaults, overrides).map(|(key, effective)| {
        let mut synonyms = Vec::new();
        for synonym in effective.synonyms {
            match synonym.source {
                topic_config::Source::Topic => synonyms.push(Synonym {
                    name: synonym.name,
                    value: Some(synonym.value.into()),
                    source: source::TOPIC,
                }),
                topic_config::Source::Server => {
                    synonyms.extend_from_slice(given.get(synonym.name).map_or(&[], |v| v));
                }
                topic_config::Source::Default => synonyms.push(Synonym {
                    name: synonym.name,
                    value: Some(synonym.value.into()),
                    source: source::DEFAULT,
                }),
            }
        }
        Entry {
            name: key.name,
            value: Some(effective.value.into()),
            source: synonyms
                .first()
                .map_or(source::DEFAULT, |synonym| synonym.source),
            read_only: false,
            config_type: key.kind.config_type() as i8,
            documentation: key.doc,
            synonyms,
        }
    });
    entries.collect()
}

/// The settings of a group.
pub(crate) fn of_group(broker: &Broker, group: &str) -> Vec<Entry> {
    let settings = broker.group_settings();
    let all = settings.own(group);
    let described = broker.settings().describe();
    let of_key = |(at, key): (usize, &crate::settings::GroupKey)| {
        let server = key.server.definition().name;
        let server = described.iter().find(|described| described.name == server);
        let mut entry = entry(server?.clone());
        entry.name = key.name;
        entry.read_only = false;
        if let Some(own) = all[at] {
            let value = Some(own.to_string().into());
            let (name, source) = (key.name, source::GROUP);
            entry.source = source;
            entry.value = Some(settings.effective(&all, at).to_string().into());
            entry.synonyms.insert(
                0,
                Synonym {
                    name,
                    value,
                    source,
                },
            );
        }
        Some(entry)
    };
    GROUP_KEYS.iter().enumerate().filter_map(of_key).collect()
}

/// The settings of this broker.
pub(crate) fn of_broker(broker: &Broker) -> Vec<Entry> {
    broker
        .settings()
        .describe()
        .into_iter()
        .map(entry)
        .collect()
}

/// The settings that were changed for all brokers of the cluster; nothing else is known of "all brokers".
pub(crate) fn of_cluster(broker: &Broker) -> Vec<Entry> {
    let dynamic = broker.settings().dynamic(Scope::Cluster);
    let changed = broker
        .settings()
        .describe()
        .into_iter()
        .filter_map(|described| {
            let value: ByteString = dynamic.get(described.name)?.clone().into();
            let (name, source) = (described.name, source::DYNAMIC_DEFAULT_BROKER);
            let synonyms = vec![Synonym {
                name,
                value: Some(value.clone()),
                source,
            }];
            Some(Entry {
                value: Some(value),
                source,
                synonyms,
                ..entry(described)
            })
        });
    changed.collect()
}

/// What was set for the broker's defaults of topics, without the built-in defaults.
fn server_values(broker: &Broker) -> BTreeMap<&'static str, Vec<Synonym>> {
    let described = broker.settings().describe().into_iter().map(entry);
    let given = described.map(|mut entry| {
        entry
            .synonyms
            .retain(|synonym| synonym.source != source::DEFAULT);
        (entry.name, entry.synonyms)
    });
    given.filter(|(_, synonyms)| !synonyms.is_empty()).collect()
}

fn entry(described: Described) -> Entry {
    let synonyms = described.synonyms.into_iter().map(|synonym| Synonym {
        name: synonym.name,
        value: synonym.value.map(ByteString::from),
        source: number(synonym.source),
    });
    Entry {
        name: described.name,
        value: described.value.map(ByteString::from),
        source: number(described.source),
        read_only: described.read_only,
        config_type: described.config_type as i8,
        documentation: described.doc,
        synonyms: synonyms.collect(),
    }
}

fn number(from: Source) -> i8 {
    match from {
        Source::Default => source::DEFAULT,
        Source::File | Source::Environment | Source::Flag => source::STATIC_BROKER,
        Source::DynamicDefault => source::DYNAMIC_DEFAULT_BROKER,
        Source::DynamicBroker => source::DYNAMIC_BROKER,
    }
}
