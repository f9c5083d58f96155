//! What a Pulsar batch has no place for: which Kafka batches it was, and who produced them.

use std::fmt::Write;

use kop_records::{BatchHeader, NO_PRODUCER_ID, NO_SEQUENCE, TimestampType};
use smallvec::SmallVec;

use crate::Property;

/// Key of the property of an entry's metadata that describes one Kafka batch of a Pulsar batch; repeated for each in
/// order. The value is `records,producer id,producer epoch,base sequence,attributes`, attributes as in Kafka's batch
/// header without the codec. It is only there where something would be lost without it.
pub const BATCH_PROPERTY: &str = "kafka.batch";

const LOG_APPEND_TIME: u16 = 0x08;
const TRANSACTIONAL: u16 = 0x10;
const CONTROL: u16 = 0x20;
/// The attributes that are kept.
const KEPT: u16 = LOG_APPEND_TIME | TRANSACTIONAL | CONTROL;

/// One Kafka batch of a Pulsar batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BatchInfo {
    pub(crate) count: u32,
    pub(crate) producer_id: i64,
    pub(crate) producer_epoch: i16,
    pub(crate) base_sequence: i32,
    attributes: u16,
}

/// The batches of an entry.
pub(crate) type BatchInfos = SmallVec<[BatchInfo; 1]>;

impl BatchInfo {
    /// A batch that is described by nothing.
    pub(crate) fn plain(count: u32) -> Self {
        Self {
            count,
            producer_id: NO_PRODUCER_ID,
            producer_epoch: -1,
            base_sequence: NO_SEQUENCE,
            attributes: 0,
        }
    }

    /// A batch of a transaction of the original's, which noted no more than the producer.
    pub(crate) fn transactional(count: u32, producer_id: i64, epoch: i16, sequence: i32) -> Self {
        Self {
            count,
            producer_id,
            producer_epoch: epoch,
            base_sequence: sequence,
            attributes: TRANSACTIONAL,
        }
    }

    pub(crate) fn of(header: &BatchHeader, count: u32) -> Self {
        Self {
            count,
            producer_id: header.producer_id(),
            producer_epoch: header.producer_epoch(),
            base_sequence: header.base_sequence(),
            attributes: header.attributes() & KEPT,
        }
    }

    /// Whether a reader could guess all of it.
    pub(crate) fn is_plain(&self) -> bool {
        *self == Self::plain(self.count)
    }

    pub(crate) fn timestamp_type(&self) -> TimestampType {
        if self.attributes & LOG_APPEND_TIME == 0 {
            TimestampType::CreateTime
        } else {
            TimestampType::LogAppendTime
        }
    }

    pub(crate) fn is_transactional(&self) -> bool {
        self.attributes & TRANSACTIONAL != 0
    }

    pub(crate) fn is_control(&self) -> bool {
        self.attributes & CONTROL != 0
    }

    /// The property's value.
    pub(crate) fn to_value(self) -> String {
        let Self {
            count,
            producer_id,
            producer_epoch,
            base_sequence,
            attributes,
        } = self;
        let mut value = String::with_capacity(32);
        // Writing to a string cannot fail.
        let _ = write!(
            value,
            "{count},{producer_id},{producer_epoch},{base_sequence},{attributes}"
        );
        value
    }

    fn from_value(value: &[u8]) -> Option<Self> {
        let mut numbers = std::str::from_utf8(value).ok()?.split(',');
        let info = Self {
            count: numbers.next()?.parse().ok().filter(|count| *count > 0)?,
            producer_id: numbers.next()?.parse().ok()?,
            producer_epoch: numbers.next()?.parse().ok()?,
            base_sequence: numbers.next()?.parse().ok()?,
            attributes: numbers.next()?.parse::<u16>().ok()? & KEPT,
        };
        numbers.next().is_none().then_some(info)
    }
}

/// The batches that these properties describe, where they are sound and add up to `count` records.
pub(crate) fn batch_infos<'a>(
    properties: impl Iterator<Item = Property<'a>>,
    count: u32,
) -> Option<BatchInfos> {
    let mut infos = BatchInfos::new();
    let mut described = 0_u32;
    for property in properties.filter(|property| property.key == BATCH_PROPERTY.as_bytes()) {
        let info = BatchInfo::from_value(property.value)?;
        described = described.checked_add(info.count)?;
        infos.push(info);
    }
    (!infos.is_empty() && described == count).then_some(infos)
}
