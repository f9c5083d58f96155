//! What settings belong to, and changing them.

use std::collections::BTreeMap;
use std::sync::Arc;

use kop_codec::ErrorCode;
use kop_log::topic_config::{self, ConfigType};
use kop_log::{TopicChange, TopicConfig, TopicInfo};

use crate::Broker;
use crate::refusal::Refusal;
use crate::settings::{GroupSettings, OwnSettings, Scope, SettingError};

/// A topic, a group or a broker, found by a resource of the requests about settings.
#[derive(Debug)]
pub(crate) enum Resource {
    /// A topic.
    Topic(Arc<TopicInfo>),
    /// This broker, or all brokers of the cluster.
    Broker(Scope),
    /// A group, whether it exists or not.
    Group(String),
}

/// What to do with one setting.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Operation {
    /// Gives it this value.
    Set(String),
    /// Takes its value back.
    Delete,
    /// Adds to a list what it does not have.
    Append(String),
    /// Removes from a list.
    Subtract(String),
}

impl Resource {
    /// Kafka's number for topics.
    pub(crate) const TOPIC: i8 = 2;
    /// Kafka's number for brokers.
    pub(crate) const BROKER: i8 = 4;
    /// Kafka's number for groups.
    pub(crate) const GROUP: i8 = 32;

    /// Finds it by Kafka's number for its type, and its name.
    pub(crate) async fn find(
        broker: &Broker,
        resource_type: i8,
        name: &str,
    ) -> Result<Self, Refusal> {
        match resource_type {
            Self::TOPIC => match broker.find_topic(name).await {
                Ok(topic) => Ok(Self::Topic(topic)),
                // It may be old and exist under a name that no new topic gets.
                Err(error) => Err(broker
                    .catalog()
                    .check_name(name)
                    .err()
                    .unwrap_or(error)
                    .into()),
            },
            Self::BROKER if name.is_empty() => Ok(Self::Broker(Scope::Cluster)),
            Self::BROKER if name.parse() == Ok(broker.node_id()) => Ok(Self::Broker(Scope::Broker)),
            Self::BROKER => {
                let id = broker.node_id();
                Err(Refusal::invalid_request(format!(
                    "there is no broker {name}: this is {id}; empty is for all"
                )))
            }
            Self::GROUP if name.is_empty() => Err(Refusal::invalid_request(
                "a group has a name: there are no settings of all groups",
            )),
            Self::GROUP => Ok(Self::Group(name.to_owned())),
            other => {
                let message = format!(
                    "resources of type {other} have no settings here: topics (2), brokers (4) and groups (32) have"
                );
                Err(Refusal::invalid_request(message))
            }
        }
    }

    /// The same for one that is to be altered: there are no settings of all topics, as there are of all brokers.
    pub(crate) async fn find_to_alter(
        broker: &Broker,
        resource_type: i8,
        name: &str,
    ) -> Result<Self, Refusal> {
        if resource_type == Self::TOPIC && name.is_empty() {
            return Err(Refusal::invalid_request(
                "all topics have no settings of their own: name one",
            ));
        }
        Self::find(broker, resource_type, name).await
    }

    /// Makes all changes, or none. With `validate_only`, only checks them.
    pub(crate) async fn change(
        &self,
        broker: &Broker,
        changes: Vec<(String, Operation)>,
        validate_only: bool,
    ) -> Result<(), Refusal> {
        match self {
            Self::Topic(topic) => {
                let mut overrides = topic.overrides.clone();
                for (key, operation) in changes {
                    change_topic(broker, &mut overrides, key, operation)?;
                }
                replace(broker, topic, overrides, validate_only).await
            }
            Self::Broker(scope) => {
                let changes = changes.into_iter().map(|(key, operation)| match operation {
                    Operation::Set(value) => Ok((key, Some(value))),
                    Operation::Delete => Ok((key, None)),
                    // The lists of a broker (its listeners) change at a restart only.
                    Operation::Append(_) | Operation::Subtract(_) => Err(Refusal::new(
                        ErrorCode::INVALID_CONFIG,
                        format!("{key} is not a list that can change"),
                    )),
                });
                let changes = changes.collect::<Result<Vec<_>, _>>()?;
                change_broker(broker, *scope, changes, validate_only).await
            }
            Self::Group(group) => {
                let mut own = broker.group_settings().own(group);
                for (key, operation) in changes {
                    let value = match operation {
                        Operation::Set(value) => Some(value),
                        Operation::Delete => None,
                        Operation::Append(_) | Operation::Subtract(_) => {
                            return Err(not_a_list(&key));
                        }
                    };
                    GroupSettings::change(&mut own, &key, value.as_deref())?;
                }
                set_group(broker, group, own, validate_only).await
            }
        }
    }

    /// Makes these the only settings of the resource.
    pub(crate) async fn replace(
        &self,
        broker: &Broker,
        values: BTreeMap<String, String>,
        validate_only: bool,
    ) -> Result<(), Refusal> {
        match self {
            Self::Topic(topic) => replace(broker, topic, values, validate_only).await,
            Self::Broker(scope) => {
                let gone = broker
                    .settings()
                    .dynamic(*scope)
                    .into_keys()
                    .filter(|key| !values.contains_key(key));
                let gone = gone.map(|key| (key, None)).collect::<Vec<_>>();
                let set = values.into_iter().map(|(key, value)| (key, Some(value)));
                change_broker(
                    broker,
                    *scope,
                    gone.into_iter().chain(set).collect(),
                    validate_only,
                )
                .await
            }
            Self::Group(group) => {
                let mut own = OwnSettings::default();
                for (key, value) in values {
                    GroupSettings::change(&mut own, &key, Some(&value))?;
                }
                set_group(broker, group, own, validate_only).await
            }
        }
    }
}

async fn set_group(
    broker: &Broker,
    group: &str,
    own: OwnSettings,
    validate_only: bool,
) -> Result<(), Refusal> {
    let settings = broker.group_settings();
    settings.check(&own)?;
    if !validate_only && own != settings.own(group) {
        settings
            .set(group, own, &*broker.catalog().metadata())
            .await?;
    }
    Ok(())
}

fn not_a_list(key: &str) -> Refusal {
    Refusal::new(ErrorCode::INVALID_CONFIG, format!("{key} is not a list"))
}

async fn replace(
    broker: &Broker,
    topic: &TopicInfo,
    overrides: BTreeMap<String, String>,
    validate_only: bool,
) -> Result<(), Refusal> {
    TopicConfig::resolve(&broker.settings().topic_defaults(), &overrides)?;
    let change = TopicChange::Config;
    broker.catalog().check_change(&topic.name, change)?;
    if !validate_only {
        broker
            .catalog()
            .set_topic_config(&topic.name, overrides)
            .await?;
    }
    Ok(())
}

async fn change_broker(
    broker: &Broker,
    scope: Scope,
    changes: Vec<(String, Option<String>)>,
    validate_only: bool,
) -> Result<(), Refusal> {
    let settings = broker.settings();
    let changes = changes
        .iter()
        .map(|(key, value)| (&**key, value.as_deref()));
    let change = settings.plan(scope, changes).map_err(of_broker)?;
    if !validate_only {
        settings
            .apply(&change, &**broker.catalog())
            .await
            .map_err(of_broker)?;
    }
    Ok(())
}

/// A value that a key of the broker does not take is INVALID_REQUEST in Kafka, of a topic and of a group it is
/// INVALID_CONFIG.
fn of_broker(error: SettingError) -> Refusal {
    match error {
        SettingError::Invalid { .. } => Refusal::new(ErrorCode::INVALID_REQUEST, error.to_string()),
        _ => error.into(),
    }
}

fn change_topic(
    broker: &Broker,
    overrides: &mut BTreeMap<String, String>,
    key: String,
    operation: Operation,
) -> Result<(), Refusal> {
    let (add, items) = match operation {
        Operation::Set(value) => {
            overrides.insert(key, value);
            return Ok(());
        }
        Operation::Delete => {
            overrides.remove(&key);
            return Ok(());
        }
        Operation::Append(items) => (true, items),
        Operation::Subtract(items) => (false, items),
    };
    let known =
        topic_config::key(&key).filter(|known| known.kind.config_type() == ConfigType::List);
    let Some(known) = known else {
        return Err(not_a_list(&key));
    };
    let effective = known
        .effective(&broker.settings().topic_defaults(), overrides)
        .value;
    let mut list: Vec<_> = split(&effective).collect();
    for item in split(&items) {
        list.retain(|have| *have != item);
        if add {
            list.push(item);
        }
    }
    overrides.insert(key, list.join(","));
    Ok(())
}

fn split(list: &str) -> impl Iterator<Item = &str> {
    list.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
}
