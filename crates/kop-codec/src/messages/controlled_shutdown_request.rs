//! `ControlledShutdownRequest`. Generated from `schema/messages/ControlledShutdownRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{ApiKey, DecodeError, Message, Reader, Request, UnknownTags, Writer, size, wire::Wire};

/// `ControlledShutdownRequest`: A request of API 7, versions 0 to 3, flexible from 3.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ControlledShutdownRequest {
    /// `BrokerId`, a broker's id: all versions.
    pub broker_id: i32,
    /// `BrokerEpoch`: versions 2 and up.
    /// `-1` by default.
    pub broker_epoch: i64,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for ControlledShutdownRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            broker_epoch: -1,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for ControlledShutdownRequest {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let broker_id = reader.i32()?;
        let broker_epoch = if version >= 2 { reader.i64()? } else { -1 };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            broker_id,
            broker_epoch,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 4;
        if version >= 2 {
            size += 8;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.i32(self.broker_id);
        if version >= 2 {
            writer.i64(self.broker_epoch);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ControlledShutdownRequest.unknown_tags", version);
        }
    }
}

impl Message for ControlledShutdownRequest {
    const NAME: &'static str = "ControlledShutdownRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Request for ControlledShutdownRequest {
    const KEY: ApiKey = ApiKey(7);
    type Response = crate::messages::controlled_shutdown_response::ControlledShutdownResponse;
}
