//! What the broker writes in front of an entry.

use super::wire::Fields;

/// `BrokerEntryMetadata`: what the broker's interceptors noted when they stored the entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BrokerEntryMetadata {
    /// When the broker stored it, in milliseconds since the epoch.
    pub broker_timestamp_ms: Option<u64>,
    /// Index of the entry's last message: the Kafka offset of its last record.
    pub index: Option<u64>,
}

impl BrokerEntryMetadata {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, &'static str> {
        let mut parsed = Self::default();
        for field in Fields::new(bytes) {
            match field? {
                (1, value) => parsed.broker_timestamp_ms = Some(value.varint()?),
                (2, value) => parsed.index = Some(value.varint()?),
                _ => {}
            }
        }
        Ok(parsed)
    }
}
