//! Settings that change while the server runs (KIP-226): checked, stored, then in effect.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures_util::future::try_join_all;
use kop_log::{LogCatalog, MetadataStore};
use parking_lot::MutexGuard;

use super::{Given, Layers, SettingError, Settings, Snapshot, Source, find};

/// Whom a dynamic setting is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scope {
    /// This broker alone: the resource is named by its number.
    Broker,
    /// All brokers of the cluster: the resource has an empty name.
    Cluster,
}

impl Scope {
    const ALL: [Self; 2] = [Self::Broker, Self::Cluster];

    /// The source of values of this scope.
    pub fn source(self) -> Source {
        match self {
            Self::Broker => Source::DynamicBroker,
            Self::Cluster => Source::DynamicDefault,
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Broker => "settings/broker/",
            Self::Cluster => "settings/cluster/",
        }
    }
}

/// A change that has been checked. See [`Settings::plan`].
#[derive(Clone, Debug)]
pub struct Change {
    scope: Scope,
    values: BTreeMap<&'static str, Option<String>>,
}

impl Settings {
    /// Checks a change without making it; `None` takes a value back. A key may be given by any of its names.
    ///
    /// # Errors
    /// The first fault found, [`SettingError::ReadOnly`] for a key that changes at a restart only.
    pub fn plan<'a, I>(&self, scope: Scope, changes: I) -> Result<Change, SettingError>
    where
        I: IntoIterator<Item = (&'a str, Option<&'a str>)>,
    {
        let mut values = BTreeMap::new();
        for (name, value) in changes {
            let key = match find(name) {
                Ok(key) => key,
                // Kafka's tools take back throttles that nobody set, and that this server does not have.
                Err(_) if value.is_none() => continue,
                Err(error) => return Err(error),
            };
            if !key.is_dynamic() {
                return Err(SettingError::ReadOnly {
                    key: name.to_owned(),
                });
            }
            if let Some(value) = value {
                key.check(name, value)?;
            }
            values.insert(key.name(), value.map(|value| value.trim().to_owned()));
        }
        let change = Change { scope, values };
        self.changed(&change)?;
        Ok(change)
    }

    /// Makes a planned change: it is in effect at once, and durable when the future resolves.
    /// Dropping the future does not take the change back. A change that cannot be stored is taken back.
    ///
    /// # Errors
    /// Those of [`plan`](Self::plan), where other changes came in between; [`SettingError::Storage`].
    pub async fn apply(
        &self,
        change: &Change,
        catalog: &dyn LogCatalog,
    ) -> Result<(), SettingError> {
        let store = catalog.metadata();
        let stored = {
            let changing = self.changing.lock();
            let snapshot = self.changed(change)?;
            let put = |(name, value): (&&str, &Option<String>)| {
                let value = value
                    .as_ref()
                    .map(|value| Bytes::copy_from_slice(value.as_bytes()));
                store.put(&format!("{}{name}", change.scope.prefix()), value)
            };
            self.put_in_effect(snapshot, catalog, &changing)?;
            change.values.iter().map(put).collect::<Vec<_>>()
        };
        if let Err(error) = try_join_all(stored).await {
            let changing = self.changing.lock();
            let (layers, _) = self.with_stored(&*store);
            self.put_in_effect(Snapshot::resolve(layers)?, catalog, &changing)?;
            return Err(error.into());
        }
        Ok(())
    }

    /// Takes over what was stored before a restart, and gives the defaults of topics to the catalog.
    /// Values that this version does not take are left out and returned.
    ///
    /// # Errors
    /// [`SettingError::Storage`] where the catalog refuses the defaults of topics.
    pub fn load(&self, catalog: &dyn LogCatalog) -> Result<Vec<SettingError>, SettingError> {
        let changing = self.changing.lock();
        let (layers, faults) = self.with_stored(&*catalog.metadata());
        self.put_in_effect(Snapshot::resolve(layers)?, catalog, &changing)?;
        Ok(faults)
    }

    /// The values that were set dynamically for this scope, by key.
    pub fn dynamic(&self, scope: Scope) -> BTreeMap<String, String> {
        let current = self.current.load();
        let given = current
            .layers
            .iter()
            .filter_map(|(name, values)| Some((*name, values.get(&scope.source())?)));
        given
            .map(|(name, given)| (name.to_owned(), given.text.to_string()))
            .collect()
    }

    fn changed(&self, change: &Change) -> Result<Snapshot, SettingError> {
        let mut layers = self.current.load().layers.clone();
        for (name, value) in &change.values {
            let values = layers.entry(name).or_default();
            match value {
                Some(value) => values.insert(change.scope.source(), given(name, value)),
                None => values.remove(&change.scope.source()),
            };
        }
        Snapshot::resolve(layers)
    }

    fn put_in_effect(
        &self,
        snapshot: Snapshot,
        catalog: &dyn LogCatalog,
        _changing: &MutexGuard<'_, ()>,
    ) -> Result<(), SettingError> {
        catalog.set_topic_defaults(snapshot.topic_defaults())?;
        self.current.store(snapshot.into());
        Ok(())
    }

    /// The static values with the stored ones on top, one by one, so that a bad one is left out by itself.
    fn with_stored(&self, store: &dyn MetadataStore) -> (Layers, Vec<SettingError>) {
        let mut layers = self.current.load().layers.clone();
        for values in layers.values_mut() {
            values.retain(|source, _| !Scope::ALL.iter().any(|scope| scope.source() == *source));
        }
        let mut faults = Vec::new();
        for scope in Scope::ALL {
            for (key, value) in store.scan(scope.prefix()) {
                let name = key.strip_prefix(scope.prefix()).unwrap_or_default();
                match with_value(&layers, scope, name, &value) {
                    Ok(with_value) => layers = with_value,
                    Err(fault) => faults.push(fault),
                }
            }
        }
        (layers, faults)
    }
}

fn with_value(
    layers: &Layers,
    scope: Scope,
    name: &str,
    value: &Bytes,
) -> Result<Layers, SettingError> {
    let value = String::from_utf8_lossy(value);
    let key = find(name)?;
    key.check(name, &value)?;
    let mut layers = layers.clone();
    layers
        .entry(key.name())
        .or_default()
        .insert(scope.source(), given(key.name(), &value));
    Ok(Snapshot::resolve(layers)?.layers)
}

fn given(name: &str, text: &str) -> Given {
    Given {
        written_as: name.into(),
        text: text.into(),
    }
}
