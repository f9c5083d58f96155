//! The configuration: every key declared once, its value from flags, environment, file, AlterConfigs or its default.
//!
//! [`Settings::parse`] checks what was given and names what is wrong; [`Settings::get`] reads a value as its Rust type,
//! without a lock; [`Settings::plan`] and [`Settings::apply`] change those that can change while the server runs;
//! [`Settings::describe`] lists everything for DescribeConfigs and for `kop-server config`.

mod describe;
mod dynamic;
mod error;
mod groups;
mod key;
pub mod keys;
mod refused;
mod topics;
mod value;

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use parking_lot::Mutex;

pub use describe::{Described, Synonym};
pub use dynamic::{Change, Scope};
pub use error::SettingError;
pub use groups::{GROUP_KEYS, GroupKey, GroupSettings, OwnSettings};
pub use key::{Definition, Key, Update};
pub use value::{Allowed, ConfigType, List, SettingType, Value};

/// Where a value came from. A later one goes before an earlier one.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Source {
    /// The built-in default.
    Default,
    /// The configuration file.
    File,
    /// An environment variable.
    Environment,
    /// A command line flag, or the program that embeds the server.
    Flag,
    /// AlterConfigs for all brokers of the cluster.
    DynamicDefault,
    /// AlterConfigs for this broker.
    DynamicBroker,
}

/// The configuration of a server. Shared by all its parts; reading is cheap and never waits.
#[derive(Debug)]
pub struct Settings {
    current: ArcSwap<Snapshot>,
    /// Held while a change is checked and handed to the storage, so that changes are stored in the order of their effect.
    changing: Mutex<()>,
}

impl Settings {
    /// Checks keys and values and resolves them, the later [`Source`] first.
    /// Within one source the last value of a key counts, as in a Java properties file.
    ///
    /// # Errors
    /// What is wrong; [`SettingError::Several`] where that is more than one key or value.
    pub fn parse<I, K, V>(given: I) -> Result<Self, SettingError>
    where
        I: IntoIterator<Item = (Source, K, V)>,
        K: AsRef<str>,
        V: AsRef<str>,
    {
        let mut layers = Layers::new();
        let mut faults = Vec::new();
        for (source, name, value) in given {
            if let Err(fault) = add(&mut layers, source, name.as_ref(), value.as_ref()) {
                faults.push(fault);
            }
        }
        match faults.len() {
            0 => {}
            1 => return Err(faults.remove(0)),
            _ => return Err(SettingError::Several(faults)),
        }
        let snapshot = Snapshot::resolve(layers)?;
        Ok(Self {
            current: ArcSwap::from_pointee(snapshot),
            changing: Mutex::new(()),
        })
    }

    /// The value of a key now.
    pub fn get<T: SettingType>(&self, key: Key<T>) -> T {
        self.current.load().get(key)
    }

    /// The defaults of topics that were given, by Kafka's broker names, for
    /// [`LogCatalog::set_topic_defaults`](kop_log::LogCatalog::set_topic_defaults).
    pub fn topic_defaults(&self) -> BTreeMap<String, String> {
        self.current.load().topic_defaults()
    }
}

impl Default for Settings {
    /// Every key at its default.
    fn default() -> Self {
        Self::parse::<_, &str, &str>([]).expect("invariant: the defaults are valid, and tested")
    }
}

/// A value as it was given.
#[derive(Clone, Debug)]
struct Given {
    written_as: Arc<str>,
    text: Arc<str>,
}

/// What was given for each key, by the key's first name.
type Layers = BTreeMap<&'static str, BTreeMap<Source, Given>>;

/// All values at one moment.
#[derive(Debug)]
struct Snapshot {
    layers: Layers,
    /// The effective values, in the order of [`keys::KEYS`].
    values: Vec<Value>,
}

impl Snapshot {
    fn resolve(layers: Layers) -> Result<Self, SettingError> {
        let values = keys::KEYS.iter().map(|key| {
            let given = layers
                .get(key.name)
                .and_then(|values| values.last_key_value());
            let text = given.map_or(key.default, |(_, given)| &given.text);
            value::parse(key.config_type, key.allowed, text)
                .map_err(|reason| SettingError::invalid(key.name, text, reason))
        });
        let snapshot = Self {
            values: values.collect::<Result<_, _>>()?,
            layers,
        };
        topics::check(&snapshot.topic_defaults())?;
        groups::check(&snapshot)?;
        Ok(snapshot)
    }

    fn get<T: SettingType>(&self, key: Key<T>) -> T {
        T::from_value(&self.values[key.index])
            .expect("invariant: a key's range lies within its Rust type")
    }

    fn topic_defaults(&self) -> BTreeMap<String, String> {
        let of_topics = self
            .layers
            .iter()
            .filter(|(name, _)| topics::find(name).is_some());
        let effective =
            of_topics.filter_map(|(name, values)| Some((name, values.last_key_value()?.1)));
        effective
            .map(|(name, given)| ((*name).to_owned(), given.text.to_string()))
            .collect()
    }
}

/// A key of the server, or a default of topics.
#[derive(Clone, Copy, Debug)]
enum AnyKey {
    Server(&'static Definition),
    Topic(topics::TopicKey),
}

impl AnyKey {
    fn name(&self) -> &'static str {
        match self {
            Self::Server(key) => key.name,
            Self::Topic(key) => key.name,
        }
    }

    fn is_dynamic(&self) -> bool {
        match self {
            Self::Server(key) => key.update == Update::Dynamic,
            Self::Topic(_) => true,
        }
    }

    /// Checks a value by itself. How the defaults of topics go together is checked in [`Snapshot::resolve`].
    fn check(&self, written_as: &str, text: &str) -> Result<(), SettingError> {
        let checked = match self {
            Self::Server(key) => value::parse(key.config_type, key.allowed, text).map(|_| ()),
            Self::Topic(key) => key.check(text),
        };
        checked.map_err(|reason| SettingError::invalid(written_as, text, reason))
    }
}

/// Checks a key and its value, and adds them to those of their source.
fn add(layers: &mut Layers, source: Source, name: &str, value: &str) -> Result<(), SettingError> {
    let key = find(name)?;
    let values = layers.entry(key.name()).or_default();
    if let Some(earlier) = values
        .get(&source)
        .filter(|earlier| *earlier.written_as != *name)
    {
        let (first, second) = (earlier.written_as.to_string(), name.to_owned());
        return Err(SettingError::SameKey { first, second });
    }
    key.check(name, value)?;
    values.insert(
        source,
        Given {
            written_as: name.into(),
            text: value.trim().into(),
        },
    );
    Ok(())
}

/// The key of this name or alias.
fn find(name: &str) -> Result<AnyKey, SettingError> {
    let server = keys::KEYS
        .iter()
        .find(|key| key.name == name || key.aliases.contains(&name));
    if let Some(key) = server {
        return Ok(AnyKey::Server(key));
    }
    if let Some(key) = topics::find(name) {
        return Ok(AnyKey::Topic(key));
    }
    match refused::reason(name) {
        Some(reason) => Err(SettingError::NotServed {
            key: name.to_owned(),
            reason,
        }),
        None => Err(SettingError::Unknown {
            key: name.to_owned(),
            nearest: nearest(name),
        }),
    }
}

/// The first name of the key that has this name or alias.
///
/// # Errors
/// [`SettingError::Unknown`], [`SettingError::NotServed`].
pub fn check_name(name: &str) -> Result<&'static str, SettingError> {
    find(name).map(|key| key.name())
}

/// Every name that a key can be given by: first names and aliases.
pub fn names() -> impl Iterator<Item = &'static str> {
    let server = keys::KEYS
        .iter()
        .flat_map(|key| std::iter::once(key.name).chain(key.aliases.iter().copied()));
    server.chain(topics::names())
}

/// The name that `name` was probably meant to be: at most a third of its letters are wrong, missing or in excess.
fn nearest(name: &str) -> Option<&'static str> {
    let written = name.to_ascii_lowercase();
    let distance = |known: &str| strsim::damerau_levenshtein(&written, &known.to_ascii_lowercase());
    names()
        .map(|known| (distance(known), known))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= name.chars().count() / 3)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests;
