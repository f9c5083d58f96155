//! The records of consumer groups in `__consumer_offsets`, in Kafka's layout.

use bytes::Bytes;
use kop_codec::internal::group::{
    ConsumerGroupCurrentMemberAssignmentKey, ConsumerGroupCurrentMemberAssignmentValue,
    ConsumerGroupMemberMetadataKey, ConsumerGroupMemberMetadataValue, ConsumerGroupMetadataKey,
    ConsumerGroupMetadataValue, ConsumerGroupRegularExpressionKey,
    ConsumerGroupRegularExpressionValue, ConsumerGroupTargetAssignmentMemberKey,
    ConsumerGroupTargetAssignmentMemberValue, ConsumerGroupTargetAssignmentMetadataKey,
    ConsumerGroupTargetAssignmentMetadataValue,
};
use kop_codec::internal::{InternalRecord, decode_key, decode_value, encode_key, encode_value};
use kop_codec::{ByteString, DecodeError, EncodeError};

/// All values have one version so far.
const VERSION: i16 = 0;

/// A record of a consumer group. A value of `None` deletes what the key names.
#[derive(Clone, Debug, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "made, encoded and dropped, never stored in numbers"
)]
pub enum ConsumerRecord {
    /// The group's epoch; its deletion is that of the group.
    Epoch(Option<ConsumerGroupMetadataValue>),
    /// A member: who it is and what it subscribes to.
    Member(ByteString, Option<ConsumerGroupMemberMetadataValue>),
    /// The target's epoch.
    TargetEpoch(Option<ConsumerGroupTargetAssignmentMetadataValue>),
    /// What a member should have.
    Target(ByteString, Option<ConsumerGroupTargetAssignmentMemberValue>),
    /// What a member has.
    Current(
        ByteString,
        Option<ConsumerGroupCurrentMemberAssignmentValue>,
    ),
    /// The topics that match a regular expression.
    Regex(ByteString, Option<ConsumerGroupRegularExpressionValue>),
}

/// What of a group a record tells of. The order is one in which Kafka can read values.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Key {
    /// The classic group that this one has replaced: nothing is left of it.
    Classic,
    Member(ByteString),
    Regex(ByteString),
    Epoch,
    Target(ByteString),
    TargetEpoch,
    Current(ByteString),
}

type KeyValue = (Bytes, Option<Bytes>);

impl ConsumerRecord {
    pub(crate) fn encode(&self, group: &ByteString) -> Result<KeyValue, EncodeError> {
        let group_id = group.clone();
        match self {
            Self::Epoch(value) => {
                let key = ConsumerGroupMetadataKey {
                    group_id,
                    ..ConsumerGroupMetadataKey::default()
                };
                pair(&key, value.as_ref())
            }
            Self::Member(member, value) => {
                let key = ConsumerGroupMemberMetadataKey {
                    group_id,
                    member_id: member.clone(),
                    ..ConsumerGroupMemberMetadataKey::default()
                };
                pair(&key, value.as_ref())
            }
            Self::TargetEpoch(value) => {
                let key = ConsumerGroupTargetAssignmentMetadataKey {
                    group_id,
                    ..ConsumerGroupTargetAssignmentMetadataKey::default()
                };
                pair(&key, value.as_ref())
            }
            Self::Target(member, value) => {
                let key = ConsumerGroupTargetAssignmentMemberKey {
                    group_id,
                    member_id: member.clone(),
                    ..ConsumerGroupTargetAssignmentMemberKey::default()
                };
                pair(&key, value.as_ref())
            }
            Self::Current(member, value) => {
                let key = ConsumerGroupCurrentMemberAssignmentKey {
                    group_id,
                    member_id: member.clone(),
                    ..ConsumerGroupCurrentMemberAssignmentKey::default()
                };
                pair(&key, value.as_ref())
            }
            Self::Regex(regex, value) => {
                let key = ConsumerGroupRegularExpressionKey {
                    group_id,
                    regular_expression: regex.clone(),
                    ..ConsumerGroupRegularExpressionKey::default()
                };
                pair(&key, value.as_ref())
            }
        }
    }

    /// Reads a record of this kind; `None` for those of other kinds.
    pub(crate) fn decode(
        record_type: i16,
        key: &Bytes,
        value: Option<&Bytes>,
    ) -> Result<Option<(ByteString, Self)>, DecodeError> {
        Ok(Some(match record_type {
            ConsumerGroupMetadataKey::RECORD_TYPE => {
                let key: ConsumerGroupMetadataKey = decode_key(key)?;
                (key.group_id, Self::Epoch(read(value)?))
            }
            ConsumerGroupMemberMetadataKey::RECORD_TYPE => {
                let key: ConsumerGroupMemberMetadataKey = decode_key(key)?;
                (key.group_id, Self::Member(key.member_id, read(value)?))
            }
            ConsumerGroupTargetAssignmentMetadataKey::RECORD_TYPE => {
                let key: ConsumerGroupTargetAssignmentMetadataKey = decode_key(key)?;
                (key.group_id, Self::TargetEpoch(read(value)?))
            }
            ConsumerGroupTargetAssignmentMemberKey::RECORD_TYPE => {
                let key: ConsumerGroupTargetAssignmentMemberKey = decode_key(key)?;
                (key.group_id, Self::Target(key.member_id, read(value)?))
            }
            ConsumerGroupCurrentMemberAssignmentKey::RECORD_TYPE => {
                let key: ConsumerGroupCurrentMemberAssignmentKey = decode_key(key)?;
                (key.group_id, Self::Current(key.member_id, read(value)?))
            }
            ConsumerGroupRegularExpressionKey::RECORD_TYPE => {
                let key: ConsumerGroupRegularExpressionKey = decode_key(key)?;
                let value = read(value)?;
                (key.group_id, Self::Regex(key.regular_expression, value))
            }
            _ => return Ok(None),
        }))
    }
}

fn pair<K: InternalRecord, V: InternalRecord>(
    key: &K,
    value: Option<&V>,
) -> Result<KeyValue, EncodeError> {
    let value = value.map(|value| encode_value(value, VERSION));
    Ok((encode_key(key)?, value.transpose()?))
}

fn read<V: InternalRecord>(value: Option<&Bytes>) -> Result<Option<V>, DecodeError> {
    value.map(decode_value).transpose()
}
