//! What can be wrong with a configuration.

use kop_log::LogError;

/// A fault of a configuration, in words for whoever wrote it.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingError {
    /// A value that the key does not take.
    #[error("{key}={value}: {reason}")]
    Invalid {
        /// The key as it was written.
        key: String,
        /// Its value.
        value: String,
        /// What would be right.
        reason: String,
    },
    /// A key of Kafka or of the original Kafka on Pulsar that does nothing here.
    #[error("{key}: {reason}")]
    NotServed {
        /// The key as it was written.
        key: String,
        /// Why it does nothing, or what to use.
        reason: &'static str,
    },
    /// A key that changes at a restart only.
    #[error("{key} cannot be changed while the server runs")]
    ReadOnly {
        /// The key.
        key: String,
    },
    /// One key under two of its names in the same place.
    #[error("{first} and {second} are the same key: give one of them")]
    SameKey {
        /// The name that came first.
        first: String,
        /// The other name.
        second: String,
    },
    /// More than one fault, in the order in which they were found.
    #[error("{} settings are wrong:{}", .0.len(), list(.0))]
    Several(Vec<SettingError>),
    /// The change is right, but could not be stored.
    #[error("the setting could not be stored: {0}")]
    Storage(#[from] LogError),
    /// A key that does not exist.
    #[error("there is no key {key}; {}", hint(*nearest))]
    Unknown {
        /// The key as it was written.
        key: String,
        /// The key that it was probably meant to be; `None` where none looks like it.
        nearest: Option<&'static str>,
    },
}

impl SettingError {
    pub(super) fn invalid(key: &str, value: &str, reason: impl Into<String>) -> Self {
        Self::Invalid {
            key: key.to_owned(),
            value: value.to_owned(),
            reason: reason.into(),
        }
    }
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || "kop-server config prints all there are".to_owned(),
        |nearest| format!("did you mean {nearest}?"),
    )
}

/// Each in a line of its own.
fn list(faults: &[SettingError]) -> String {
    faults.iter().map(|fault| format!("\n  {fault}")).collect()
}
