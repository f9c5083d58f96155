//! What a topic is.

use std::collections::BTreeMap;

use bytestring::ByteString;
use kop_codec::Uuid;

use crate::LogError;

/// A topic as it is now.
#[derive(Clone, Debug)]
pub struct TopicInfo {
    /// Its name.
    pub name: ByteString,
    /// Its id, never zero.
    pub id: Uuid,
    /// Number of partitions.
    pub partitions: i32,
    /// Kept by the server for itself, like `__consumer_offsets`.
    pub internal: bool,
    /// The settings made for this topic alone, by Kafka's names.
    pub overrides: BTreeMap<String, String>,
}

/// A topic to be created.
#[derive(Clone, Debug)]
pub struct NewTopic {
    /// Its name.
    pub name: ByteString,
    /// Number of partitions, at least 1.
    pub partitions: i32,
    /// Settings for this topic alone, by Kafka's names.
    pub overrides: BTreeMap<String, String>,
}

impl NewTopic {
    /// Checks name and number of partitions as Kafka does.
    ///
    /// # Errors
    /// [`LogError::InvalidTopicName`], [`LogError::InvalidPartitions`].
    pub fn validate(&self) -> Result<(), LogError> {
        validate_name(&self.name)?;
        if self.partitions < 1 {
            let reason = format!("{} partitions: a topic has at least 1", self.partitions);
            return Err(LogError::InvalidPartitions { reason });
        }
        Ok(())
    }
}

fn validate_name(name: &str) -> Result<(), LogError> {
    let reason = match name {
        "" => "it is empty",
        "." | ".." => "it cannot be '.' or '..'",
        _ if name.len() > 249 => "it is longer than 249 characters",
        _ if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b)) => {
            "only ASCII letters, digits, '.', '_' and '-' are allowed"
        }
        _ => return Ok(()),
    };
    Err(LogError::InvalidTopicName { name: name.to_owned(), reason })
}
