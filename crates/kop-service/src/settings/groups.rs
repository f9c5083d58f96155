//! The settings that a consumer group can have of its own, by Kafka's names (KIP-848, KIP-1263).

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use bytes::Bytes;
use kop_coordinator::{ConsumerTimes, GroupTimes};
use kop_log::{LogError, MetadataStore};

use super::{Definition, Key, SettingError, Settings, Snapshot, keys, value};

const STORED: &str = "settings/group/";
/// Where Kafka has settings of groups of kinds that are not here.
const OTHER_KINDS: [&str; 2] = ["share.", "streams."];

/// A setting of a group: milliseconds.
#[derive(Debug)]
pub struct GroupKey {
    /// Its name.
    pub name: &'static str,
    /// The server's setting, which counts for groups that do not set it.
    pub server: Key<i32>,
    min: Key<i32>,
    max: Key<i32>,
}

/// All that a group can set.
pub static GROUP_KEYS: [GroupKey; 3] = [
    GroupKey {
        name: "consumer.session.timeout.ms",
        server: keys::GROUP_CONSUMER_SESSION_TIMEOUT_MS,
        min: keys::GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS,
        max: keys::GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS,
    },
    GroupKey {
        name: "consumer.heartbeat.interval.ms",
        server: keys::GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS,
        min: keys::GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS,
        max: keys::GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS,
    },
    GroupKey {
        name: "consumer.assignment.interval.ms",
        server: keys::GROUP_CONSUMER_ASSIGNMENT_INTERVAL_MS,
        min: keys::GROUP_CONSUMER_MIN_ASSIGNMENT_INTERVAL_MS,
        max: keys::GROUP_CONSUMER_MAX_ASSIGNMENT_INTERVAL_MS,
    },
];

/// What a group has set, in the order of [`GROUP_KEYS`].
pub type OwnSettings = [Option<i32>; GROUP_KEYS.len()];

/// The settings of all groups that have some. Reading never waits.
#[derive(Debug)]
pub struct GroupSettings {
    settings: Arc<Settings>,
    own: ArcSwap<BTreeMap<String, OwnSettings>>,
}

impl GroupSettings {
    /// What was stored before a restart. Names and values that cannot be read are left out, with a line in the log.
    pub fn load(settings: Arc<Settings>, store: &dyn MetadataStore) -> Self {
        let stored = store.scan(STORED).into_iter().map(|(key, text)| {
            let group = key.strip_prefix(STORED).unwrap_or_default();
            (group.to_owned(), read(group, &text))
        });
        Self {
            settings,
            own: ArcSwap::from_pointee(stored.collect()),
        }
    }

    /// The groups that have settings of their own, by name.
    pub fn groups(&self) -> Vec<String> {
        self.own.load().keys().cloned().collect()
    }

    /// What a group has set.
    pub fn own(&self, group: &str) -> OwnSettings {
        self.own.load().get(group).copied().unwrap_or_default()
    }

    /// The value that holds for a group: its own within the bounds of the server, which may have been narrowed since, or
    /// the server's.
    pub fn effective(&self, own: &OwnSettings, at: usize) -> i32 {
        let key = &GROUP_KEYS[at];
        match own[at] {
            Some(own) => own
                .min(self.settings.get(key.max))
                .max(self.settings.get(key.min)),
            None => self.settings.get(key.server),
        }
    }

    /// Puts a value in, or takes it back (`None`), without any effect yet. Names that do not exist can be taken back.
    ///
    /// # Errors
    /// [`SettingError::Unknown`], [`SettingError::NotServed`], [`SettingError::Invalid`] where it is no number.
    pub fn change(
        own: &mut OwnSettings,
        name: &str,
        text: Option<&str>,
    ) -> Result<(), SettingError> {
        let found = GROUP_KEYS.iter().position(|key| key.name == name);
        match (found, text) {
            (Some(at), Some(text)) => {
                let Definition {
                    config_type,
                    allowed,
                    ..
                } = GROUP_KEYS[at].server.definition();
                let value = value::parse(*config_type, *allowed, text)
                    .map_err(|reason| SettingError::invalid(name, text, reason))?;
                own[at] = super::SettingType::from_value(&value);
            }
            (Some(at), None) => own[at] = None,
            (None, None) => {}
            (None, Some(_)) if OTHER_KINDS.iter().any(|kind| name.starts_with(kind)) => {
                return Err(SettingError::NotServed {
                    key: name.to_owned(),
                    reason: "there are no share groups and no streams groups here, so it would do nothing",
                });
            }
            (None, Some(_)) => {
                return Err(SettingError::Unknown {
                    key: name.to_owned(),
                    nearest: GROUP_KEYS
                        .iter()
                        .map(|key| key.name)
                        .min_by_key(|known| strsim::damerau_levenshtein(known, name)),
                });
            }
        }
        Ok(())
    }

    /// Checks values by the bounds of the server, and together.
    ///
    /// # Errors
    /// [`SettingError::Invalid`].
    pub fn check(&self, own: &OwnSettings) -> Result<(), SettingError> {
        for (key, value) in GROUP_KEYS.iter().zip(own) {
            let Some(value) = *value else { continue };
            let get = |bound| self.settings.get(bound);
            check_bounds(key, key.name, value, get(key.min), get(key.max))?;
        }
        let [session, heartbeat, _] = std::array::from_fn(|at| self.effective(own, at));
        check_session(GROUP_KEYS[0].name, session, heartbeat)
    }

    /// Gives a group these settings, all at once: in effect at once, and durable when the future resolves. One call at a
    /// time. Settings that cannot be stored are taken back. Dropping the future does not take them back.
    ///
    /// # Errors
    /// [`SettingError::Storage`].
    pub async fn set(
        &self,
        group: &str,
        own: OwnSettings,
        store: &dyn MetadataStore,
    ) -> Result<(), SettingError> {
        let before = self.own(group);
        self.put(group, own);
        let stored = store.put(&format!("{STORED}{group}"), written(&own));
        stored.await.map_err(|error: LogError| {
            self.put(group, before);
            error.into()
        })
    }

    fn put(&self, group: &str, own: OwnSettings) {
        let mut all = BTreeMap::clone(&self.own.load());
        match own.iter().all(Option::is_none) {
            true => all.remove(group),
            false => all.insert(group.to_owned(), own),
        };
        self.own.store(Arc::new(all));
    }
}

impl GroupTimes for GroupSettings {
    fn of(&self, group: &str) -> ConsumerTimes {
        let own = self.own(group);
        let [
            session_timeout_ms,
            heartbeat_interval_ms,
            assignment_interval_ms,
        ] = std::array::from_fn(|at| self.effective(&own, at));
        ConsumerTimes {
            session_timeout_ms,
            heartbeat_interval_ms,
            assignment_interval_ms,
        }
    }
}

/// Checks the server's own values, as Kafka does at its start.
pub(super) fn check(settings: &Snapshot) -> Result<(), SettingError> {
    for key in &GROUP_KEYS {
        let name = key.server.definition().name;
        let [value, min, max] = [key.server, key.min, key.max].map(|key| settings.get(key));
        check_bounds(key, name, value, min, max)?;
    }
    let [session, heartbeat, _] = GROUP_KEYS.each_ref().map(|key| settings.get(key.server));
    check_session(GROUP_KEYS[0].server.definition().name, session, heartbeat)
}

fn check_bounds(
    key: &GroupKey,
    name: &str,
    value: i32,
    min: i32,
    max: i32,
) -> Result<(), SettingError> {
    let (bound, word) = if value < min {
        (key.min, "greater")
    } else if value > max {
        (key.max, "less")
    } else {
        return Ok(());
    };
    let bound = bound.definition().name;
    let limit = if value < min { min } else { max };
    let reason = format!("it must be {word} than or equal to {bound}, which is {limit}");
    Err(SettingError::invalid(name, &value.to_string(), reason))
}

fn check_session(name: &str, session: i32, heartbeat: i32) -> Result<(), SettingError> {
    if session > heartbeat {
        return Ok(());
    }
    let reason = format!("it must be greater than the heartbeat interval, which is {heartbeat}");
    Err(SettingError::invalid(name, &session.to_string(), reason))
}

/// One `name=value` a line; nothing for no settings.
fn written(own: &OwnSettings) -> Option<Bytes> {
    let lines = GROUP_KEYS.iter().zip(own).filter_map(|(key, value)| {
        let value = (*value)?;
        Some(format!("{}={value}\n", key.name))
    });
    let text: String = lines.collect();
    (!text.is_empty()).then(|| text.into())
}

fn read(group: &str, text: &[u8]) -> OwnSettings {
    let mut own = OwnSettings::default();
    for line in String::from_utf8_lossy(text).lines() {
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        if let Err(fault) = GroupSettings::change(&mut own, name, Some(value)) {
            tracing::warn!(group, %fault, "a stored setting of a group is left out");
        }
    }
    own
}
