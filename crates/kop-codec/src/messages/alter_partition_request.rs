//! `AlterPartitionRequest`. Generated from `schema/messages/AlterPartitionRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Int32s, Message, Reader, Request, UnknownTags, Uuid, Writer,
    size, wire::Wire,
};

/// `AlterPartitionRequest`: A request of API 56, versions 0 to 3, flexible.
///
/// Kafka takes it on listeners of: controller.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AlterPartitionRequest {
    /// `BrokerId`, a broker's id: all versions.
    pub broker_id: i32,
    /// `BrokerEpoch`: all versions.
    /// `-1` by default.
    pub broker_epoch: i64,
    /// `Topics`: all versions.
    pub topics: Vec<TopicData>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for AlterPartitionRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            broker_epoch: -1,
            topics: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for AlterPartitionRequest {
    const MIN_LEN: usize = 14;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let broker_id = reader.i32()?;
        let broker_epoch = reader.i64()?;
        let topics = reader.array::<TopicData>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            broker_id,
            broker_epoch,
            topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 12;
        size += size::array(&self.topics, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<12>(|run| {
            run.i32(self.broker_id);
            run.i64(self.broker_epoch);
        });
        writer.array(&self.topics, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`AlterPartitionRequest::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopicData {
    /// `TopicName`, a topic's name: versions 0 to 1.
    pub topic_name: ByteString,
    /// `TopicId`: versions 2 and up.
    pub topic_id: Uuid,
    /// `Partitions`: all versions.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopicData {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let topic_name = if version <= 1 {
            reader.string(true)?
        } else {
            ByteString::default()
        };
        let topic_id = if version >= 2 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let partitions = reader.array::<PartitionData>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            topic_name,
            topic_id,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        if version <= 1 {
            size += size::string(&self.topic_name, true);
        }
        if version >= 2 {
            size += 16;
        }
        size += size::array(&self.partitions, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        if version <= 1 {
            writer.string(&self.topic_name, true);
        }
        if version >= 2 {
            writer.uuid(self.topic_id);
        }
        writer.array(&self.partitions, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`TopicData::partitions`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct PartitionData {
    /// `PartitionIndex`: all versions.
    pub partition_index: i32,
    /// `LeaderEpoch`: all versions.
    pub leader_epoch: i32,
    /// `NewIsr`, a broker's id: versions 0 to 2.
    /// Other versions refuse anything but the default.
    pub new_isr: Int32s,
    /// `NewIsrWithEpochs`: version 3.
    /// Other versions refuse anything but the default.
    pub new_isr_with_epochs: Vec<BrokerState>,
    /// `LeaderRecoveryState`: versions 1 and up.
    /// `0` by default.
    /// Other versions refuse anything but the default.
    pub leader_recovery_state: i8,
    /// `PartitionEpoch`: all versions.
    pub partition_epoch: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for PartitionData {
    const MIN_LEN: usize = 14;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let leader_epoch = reader.i32()?;
        let new_isr = if version <= 2 {
            reader.int32s(true)?
        } else {
            Int32s::default()
        };
        let new_isr_with_epochs = if version >= 3 {
            reader.array::<BrokerState>(true, version)?
        } else {
            Vec::new()
        };
        let leader_recovery_state = if version >= 1 { reader.i8()? } else { 0 };
        let partition_epoch = reader.i32()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            partition_index,
            leader_epoch,
            new_isr,
            new_isr_with_epochs,
            leader_recovery_state,
            partition_epoch,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 12;
        if version <= 2 {
            size += size::int32s(&self.new_isr, true);
        }
        if version >= 3 {
            size += size::array(&self.new_isr_with_epochs, true, version);
        }
        if version >= 1 {
            size += 1;
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<8>(|run| {
            run.i32(self.partition_index);
            run.i32(self.leader_epoch);
        });
        if version <= 2 {
            writer.int32s(&self.new_isr, true);
        } else if !self.new_isr.is_empty() {
            writer.field_not_in_version("PartitionData.NewIsr", version);
        }
        if version >= 3 {
            writer.array(&self.new_isr_with_epochs, true, version);
        } else if !self.new_isr_with_epochs.is_empty() {
            writer.field_not_in_version("PartitionData.NewIsrWithEpochs", version);
        }
        if version >= 1 {
            writer.i8(self.leader_recovery_state);
        } else if self.leader_recovery_state != 0 {
            writer.field_not_in_version("PartitionData.LeaderRecoveryState", version);
        }
        writer.i32(self.partition_epoch);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`PartitionData::new_isr_with_epochs`]; version 3.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct BrokerState {
    /// `BrokerId`, a broker's id: version 3.
    /// Other versions refuse anything but the default.
    pub broker_id: i32,
    /// `BrokerEpoch`: version 3.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub broker_epoch: i64,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for BrokerState {
    fn default() -> Self {
        Self {
            broker_id: 0,
            broker_epoch: -1,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for BrokerState {
    const MIN_LEN: usize = 13;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let broker_id = if version >= 3 { reader.i32()? } else { 0 };
        let broker_epoch = if version >= 3 { reader.i64()? } else { -1 };
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            broker_id,
            broker_epoch,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        if version >= 3 {
            size += 4;
        }
        if version >= 3 {
            size += 8;
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        if version >= 3 {
            writer.i32(self.broker_id);
        } else if self.broker_id != 0 {
            writer.field_not_in_version("BrokerState.BrokerId", version);
        }
        if version >= 3 {
            writer.i64(self.broker_epoch);
        } else if self.broker_epoch != -1 {
            writer.field_not_in_version("BrokerState.BrokerEpoch", version);
        }
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for AlterPartitionRequest {
    const NAME: &'static str = "AlterPartitionRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for AlterPartitionRequest {
    const KEY: ApiKey = ApiKey(56);
    type Response = crate::messages::alter_partition_response::AlterPartitionResponse;
}
