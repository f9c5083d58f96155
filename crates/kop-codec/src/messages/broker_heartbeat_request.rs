//! `BrokerHeartbeatRequest`. Generated from `schema/messages/BrokerHeartbeatRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, DecodeError, Message, Reader, Request, UnknownTags, Uuid, Writer, size, wire::Wire,
};

/// `BrokerHeartbeatRequest`: A request of API 63, versions 0 to 2, flexible.
///
/// Kafka takes it on listeners of: controller.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct BrokerHeartbeatRequest {
    /// `BrokerId`, a broker's id: all versions.
    pub broker_id: i32,
    /// `BrokerEpoch`: all versions.
    /// `-1` by default.
    pub broker_epoch: i64,
    /// `CurrentMetadataOffset`: all versions.
    pub current_metadata_offset: i64,
    /// `WantFence`: all versions.
    pub want_fence: bool,
    /// `WantShutDown`: all versions.
    pub want_shut_down: bool,
    /// `OfflineLogDirs`: versions 1 and up, tag 0.
    /// Other versions refuse anything but the default.
    pub offline_log_dirs: Vec<Uuid>,
    /// `CordonedLogDirs`: version 2, tag 1.
    /// None is null.
    /// Other versions refuse anything but the default.
    pub cordoned_log_dirs: Option<Vec<Uuid>>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for BrokerHeartbeatRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            broker_epoch: -1,
            current_metadata_offset: 0,
            want_fence: false,
            want_shut_down: false,
            offline_log_dirs: Vec::new(),
            cordoned_log_dirs: None,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for BrokerHeartbeatRequest {
    const MIN_LEN: usize = 23;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let broker_id = reader.i32()?;
        let broker_epoch = reader.i64()?;
        let current_metadata_offset = reader.i64()?;
        let want_fence = reader.bool()?;
        let want_shut_down = reader.bool()?;
        let mut offline_log_dirs = Vec::new();
        let mut cordoned_log_dirs = None;
        let mut unknown_tags = UnknownTags::default();
        for _ in 0..reader.tag_count()? {
            let (tag, mut field) = reader.tagged_field()?;
            match tag {
                0 if version >= 1 => {
                    offline_log_dirs = field.values(true, 16, Reader::uuid)?;
                    field.finish()?;
                }
                0 => return Err(field.tag_not_in_version(tag, version)),
                1 if version >= 2 => {
                    cordoned_log_dirs = field.values_nullable(true, 16, Reader::uuid)?;
                    field.finish()?;
                }
                1 => return Err(field.tag_not_in_version(tag, version)),
                _ => unknown_tags.keep(tag, &field)?,
            }
        }
        Ok(Self {
            broker_id,
            broker_epoch,
            current_metadata_offset,
            want_fence,
            want_shut_down,
            offline_log_dirs,
            cordoned_log_dirs,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 22;
        let mut tags = self.unknown_tags.len();
        if version >= 1 && !self.offline_log_dirs.is_empty() {
            tags += 1;
            size += size::tagged(0, size::fixed(self.offline_log_dirs.len(), 16, true));
        }
        if version >= 2 && self.cordoned_log_dirs.is_some() {
            tags += 1;
            size += size::tagged(
                1,
                size::fixed(
                    self.cordoned_log_dirs.as_ref().map_or(0, Vec::len),
                    16,
                    true,
                ),
            );
        }
        size += size::unsigned_varint(tags) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<22>(|run| {
            run.i32(self.broker_id);
            run.i64(self.broker_epoch);
            run.i64(self.current_metadata_offset);
            run.bool(self.want_fence);
            run.bool(self.want_shut_down);
        });
        if version < 1 && !self.offline_log_dirs.is_empty() {
            writer.field_not_in_version("BrokerHeartbeatRequest.OfflineLogDirs", version);
        }
        if version < 2 && self.cordoned_log_dirs.is_some() {
            writer.field_not_in_version("BrokerHeartbeatRequest.CordonedLogDirs", version);
        }
        let has_offline_log_dirs = version >= 1 && !self.offline_log_dirs.is_empty();
        let has_cordoned_log_dirs = version >= 2 && self.cordoned_log_dirs.is_some();
        writer.tag_count(
            usize::from(has_offline_log_dirs)
                + usize::from(has_cordoned_log_dirs)
                + self.unknown_tags.len(),
        );
        if has_offline_log_dirs {
            writer.tag(0, size::fixed(self.offline_log_dirs.len(), 16, true));
            writer.values(&self.offline_log_dirs, true, Writer::uuid);
        }
        if has_cordoned_log_dirs {
            writer.tag(
                1,
                size::fixed(
                    self.cordoned_log_dirs.as_ref().map_or(0, Vec::len),
                    16,
                    true,
                ),
            );
            writer.values_nullable(self.cordoned_log_dirs.as_deref(), true, Writer::uuid);
        }
        writer.unknown_tags(&self.unknown_tags, 2);
    }
}

impl Message for BrokerHeartbeatRequest {
    const NAME: &'static str = "BrokerHeartbeatRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for BrokerHeartbeatRequest {
    const KEY: ApiKey = ApiKey(63);
    type Response = crate::messages::broker_heartbeat_response::BrokerHeartbeatResponse;
}
