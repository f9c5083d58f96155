//! The records of `__consumer_offsets`, in Kafka's layout.

use bytes::{BufMut, Bytes, BytesMut};
use kop_codec::internal::group::{
    GroupMetadataKey, GroupMetadataValue, LegacyOffsetCommitKey, OffsetCommitKey, OffsetCommitValue,
};
use kop_codec::internal::{
    InternalRecord, decode_key, decode_value, encode_key, encode_value, record_type,
};
use kop_codec::{ByteString, DecodeError, EncodeError, Reader};

use crate::consumer::ConsumerRecord;

/// The type of a pending offset: none that Kafka has. The producer's id follows, and the key of the offset.
const PENDING_TYPE: i16 = 0x4b50;
const PENDING_PREFIX: usize = 2 + 8;
/// The version of group metadata that we write: the last one that all tools read.
const GROUP_VERSION: i16 = 3;
/// The version of an offset that has no expiry of its own: the last one that all tools read.
const OFFSET_VERSION: i16 = 3;
/// The first version of an offset that has a topic id.
const TOPIC_ID_OFFSET_VERSION: i16 = 4;
/// The one version of an offset that has an expiry of its own.
const EXPIRING_OFFSET_VERSION: i16 = 1;

/// A record of `__consumer_offsets`. A value of `None` deletes what the key names.
#[derive(Clone, Debug, PartialEq)]
pub enum GroupRecord {
    /// An offset that a group committed.
    Offset {
        /// The group.
        group: ByteString,
        /// The topic's name.
        topic: ByteString,
        /// The partition.
        partition: i32,
        /// The offset.
        value: Option<OffsetCommitValue>,
    },
    /// An offset in an open transaction, where what compacts the log goes by keys alone: under a key of its own, so that it
    /// does not supersede what is committed. Deleted when the transaction ends. Kafka has no such record.
    PendingOffset {
        /// The group.
        group: ByteString,
        /// The topic's name.
        topic: ByteString,
        /// The partition.
        partition: i32,
        /// Whose transaction it is.
        producer_id: i64,
        /// The offset.
        value: Option<OffsetCommitValue>,
    },
    /// An offset in a message of the original Kafka on Pulsar, which has all of one commit. Never written.
    OriginalOffset {
        /// The group.
        group: ByteString,
        /// The topic's name.
        topic: ByteString,
        /// The partition.
        partition: i32,
        /// The offset.
        value: OffsetCommitValue,
    },
    /// A classic group.
    Group {
        /// The group.
        group: ByteString,
        /// Its generation and its members.
        value: Option<GroupMetadataValue>,
    },
    /// Something of a group of the consumer protocol.
    Consumer {
        /// The group.
        group: ByteString,
        /// What of it.
        record: ConsumerRecord,
    },
}

impl GroupRecord {
    /// The partition in the key of a message of the original, beside an empty topic.
    pub const ORIGINAL_PARTITION: i32 = -1;

    /// The same, read from a message of the original.
    pub(crate) fn of_original(self) -> Self {
        match self {
            Self::Offset {
                group,
                topic,
                partition,
                value: Some(value),
            } => Self::OriginalOffset {
                group,
                topic,
                partition,
                value,
            },
            other => other,
        }
    }

    /// Key and value as they are stored.
    ///
    /// # Errors
    /// Where a string is longer than the layout allows.
    pub fn encode(&self) -> Result<(Bytes, Option<Bytes>), EncodeError> {
        match self {
            Self::Offset {
                group,
                topic,
                partition,
                value,
            } => encode_offset(group, topic, *partition, value.as_ref()),
            Self::PendingOffset {
                group,
                topic,
                partition,
                producer_id,
                value,
            } => {
                let (key, value) = encode_offset(group, topic, *partition, value.as_ref())?;
                let mut pending = BytesMut::with_capacity(PENDING_PREFIX + key.len());
                pending.put_i16(PENDING_TYPE);
                pending.put_i64(*producer_id);
                pending.put(key);
                Ok((pending.freeze(), value))
            }
            Self::OriginalOffset {
                group,
                topic,
                partition,
                value,
            } => encode_offset(group, topic, *partition, Some(value)),
            Self::Group { group, value } => {
                let key = GroupMetadataKey {
                    group: group.clone(),
                    ..GroupMetadataKey::default()
                };
                let value = value
                    .as_ref()
                    .map(|value| encode_value(value, GROUP_VERSION));
                Ok((encode_key(&key)?, value.transpose()?))
            }
            Self::Consumer { group, record } => record.encode(group),
        }
    }

    /// Reads a record. `None` for those of other kinds of groups, which we leave alone.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    pub fn decode(key: &Bytes, value: Option<&Bytes>) -> Result<Option<Self>, DecodeError> {
        match record_type(key)? {
            LegacyOffsetCommitKey::RECORD_TYPE => {
                let key: LegacyOffsetCommitKey = decode_key(key)?;
                offset(key.group, key.topic, key.partition, value).map(Some)
            }
            OffsetCommitKey::RECORD_TYPE => {
                let key: OffsetCommitKey = decode_key(key)?;
                offset(key.group, key.topic, key.partition, value).map(Some)
            }
            PENDING_TYPE => {
                let after_type = key.slice(2..);
                let mut reader = Reader::new(&after_type);
                let producer_id = reader.i64()?;
                let key: OffsetCommitKey = decode_key(&reader.rest())?;
                Ok(Some(Self::PendingOffset {
                    group: key.group,
                    topic: key.topic,
                    partition: key.partition,
                    producer_id,
                    value: value.map(decode_value).transpose()?,
                }))
            }
            GroupMetadataKey::RECORD_TYPE => {
                let key: GroupMetadataKey = decode_key(key)?;
                let value = value.map(decode_value).transpose()?;
                Ok(Some(Self::Group {
                    group: key.group,
                    value,
                }))
            }
            other => {
                let read = ConsumerRecord::decode(other, key, value)?;
                Ok(read.map(|(group, record)| Self::Consumer { group, record }))
            }
        }
    }
}

fn encode_offset(
    group: &ByteString,
    topic: &ByteString,
    partition: i32,
    value: Option<&OffsetCommitValue>,
) -> Result<(Bytes, Option<Bytes>), EncodeError> {
    let key = OffsetCommitKey {
        group: group.clone(),
        topic: topic.clone(),
        partition,
        ..OffsetCommitKey::default()
    };
    let value = value.map(|value| {
        let expires = value.expire_timestamp >= 0;
        let version = match expires {
            true => EXPIRING_OFFSET_VERSION,
            false if value.topic_id.is_zero() => OFFSET_VERSION,
            false => TOPIC_ID_OFFSET_VERSION,
        };
        encode_value(value, version)
    });
    Ok((encode_key(&key)?, value.transpose()?))
}

fn offset(
    group: ByteString,
    topic: ByteString,
    partition: i32,
    value: Option<&Bytes>,
) -> Result<GroupRecord, DecodeError> {
    let value = value.map(decode_value).transpose()?;
    Ok(GroupRecord::Offset {
        group,
        topic,
        partition,
        value,
    })
}
