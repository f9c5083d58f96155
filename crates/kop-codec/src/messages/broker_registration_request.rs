//! `BrokerRegistrationRequest`. Generated from `schema/messages/BrokerRegistrationRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Uuid, Writer, size,
    wire::Wire,
};

/// `BrokerRegistrationRequest`: A request of API 62, versions 0 to 4, flexible.
///
/// Kafka takes it on listeners of: controller.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct BrokerRegistrationRequest {
    /// `BrokerId`, a broker's id: all versions.
    pub broker_id: i32,
    /// `ClusterId`: all versions.
    pub cluster_id: ByteString,
    /// `IncarnationId`: all versions.
    pub incarnation_id: Uuid,
    /// `Listeners`: all versions.
    pub listeners: Vec<Listener>,
    /// `Features`: all versions.
    pub features: Vec<Feature>,
    /// `Rack`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub rack: Option<ByteString>,
    /// `IsMigratingZkBroker`: versions 1 and up.
    /// `false` by default.
    /// Other versions refuse anything but the default.
    pub is_migrating_zk_broker: bool,
    /// `LogDirs`: versions 2 and up.
    pub log_dirs: Vec<Uuid>,
    /// `PreviousBrokerEpoch`: versions 3 and up.
    /// `-1` by default.
    pub previous_broker_epoch: i64,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for BrokerRegistrationRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            cluster_id: ByteString::default(),
            incarnation_id: Uuid::ZERO,
            listeners: Vec::new(),
            features: Vec::new(),
            rack: Some(ByteString::default()),
            is_migrating_zk_broker: false,
            log_dirs: Vec::new(),
            previous_broker_epoch: -1,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for BrokerRegistrationRequest {
    const MIN_LEN: usize = 25;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let broker_id = reader.i32()?;
        let cluster_id = reader.string(true)?;
        let incarnation_id = reader.uuid()?;
        let listeners = reader.array::<Listener>(true, version)?;
        let features = reader.array::<Feature>(true, version)?;
        let rack = reader.string_nullable(true)?;
        let is_migrating_zk_broker = if version >= 1 { reader.bool()? } else { false };
        let log_dirs = if version >= 2 {
            reader.values(true, 16, Reader::uuid)?
        } else {
            Vec::new()
        };
        let previous_broker_epoch = if version >= 3 { reader.i64()? } else { -1 };
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            broker_id,
            cluster_id,
            incarnation_id,
            listeners,
            features,
            rack,
            is_migrating_zk_broker,
            log_dirs,
            previous_broker_epoch,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 20;
        size += size::string(&self.cluster_id, true);
        size += size::array(&self.listeners, true, version);
        size += size::array(&self.features, true, version);
        size += size::string_nullable(self.rack.as_ref(), true);
        if version >= 1 {
            size += 1;
        }
        if version >= 2 {
            size += size::fixed(self.log_dirs.len(), 16, true);
        }
        if version >= 3 {
            size += 8;
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i32(self.broker_id);
        writer.string(&self.cluster_id, true);
        writer.uuid(self.incarnation_id);
        writer.array(&self.listeners, true, version);
        writer.array(&self.features, true, version);
        writer.string_nullable(self.rack.as_ref(), true);
        if version >= 1 {
            writer.bool(self.is_migrating_zk_broker);
        } else if self.is_migrating_zk_broker {
            writer.field_not_in_version("BrokerRegistrationRequest.IsMigratingZkBroker", version);
        }
        if version >= 2 {
            writer.values(&self.log_dirs, true, Writer::uuid);
        }
        if version >= 3 {
            writer.i64(self.previous_broker_epoch);
        }
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`BrokerRegistrationRequest::listeners`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct Listener {
    /// `Name`: all versions.
    /// Part of the key: no two elements have the same.
    pub name: ByteString,
    /// `Host`: all versions.
    pub host: ByteString,
    /// `Port`: all versions.
    pub port: u16,
    /// `SecurityProtocol`: all versions.
    pub security_protocol: i16,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for Listener {
    const MIN_LEN: usize = 7;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let name = reader.string(true)?;
        let host = reader.string(true)?;
        let port = reader.u16()?;
        let security_protocol = reader.i16()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            name,
            host,
            port,
            security_protocol,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 4;
        size += size::string(&self.name, true);
        size += size::string(&self.host, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string(&self.name, true);
        writer.string(&self.host, true);
        writer.run::<4>(|run| {
            run.u16(self.port);
            run.i16(self.security_protocol);
        });
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`BrokerRegistrationRequest::features`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct Feature {
    /// `Name`: all versions.
    /// Part of the key: no two elements have the same.
    pub name: ByteString,
    /// `MinSupportedVersion`: all versions.
    pub min_supported_version: i16,
    /// `MaxSupportedVersion`: all versions.
    pub max_supported_version: i16,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for Feature {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let name = reader.string(true)?;
        let min_supported_version = reader.i16()?;
        let max_supported_version = reader.i16()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            name,
            min_supported_version,
            max_supported_version,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 4;
        size += size::string(&self.name, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string(&self.name, true);
        writer.run::<4>(|run| {
            run.i16(self.min_supported_version);
            run.i16(self.max_supported_version);
        });
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for BrokerRegistrationRequest {
    const NAME: &'static str = "BrokerRegistrationRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for BrokerRegistrationRequest {
    const KEY: ApiKey = ApiKey(62);
    type Response = crate::messages::broker_registration_response::BrokerRegistrationResponse;
}
