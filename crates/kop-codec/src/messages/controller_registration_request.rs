//! `ControllerRegistrationRequest`. Generated from `schema/messages/ControllerRegistrationRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Uuid, Writer, size,
    wire::Wire,
};

/// `ControllerRegistrationRequest`: A request of API 70, version 0, flexible.
///
/// Kafka takes it on listeners of: controller.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ControllerRegistrationRequest {
    /// `ControllerId`: all versions.
    pub controller_id: i32,
    /// `IncarnationId`: all versions.
    pub incarnation_id: Uuid,
    /// `ZkMigrationReady`: all versions.
    pub zk_migration_ready: bool,
    /// `Listeners`: all versions.
    pub listeners: Vec<Listener>,
    /// `Features`: all versions.
    pub features: Vec<Feature>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ControllerRegistrationRequest {
    const MIN_LEN: usize = 24;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let controller_id = reader.i32()?;
        let incarnation_id = reader.uuid()?;
        let zk_migration_ready = reader.bool()?;
        let listeners = reader.array::<Listener>(true, version)?;
        let features = reader.array::<Feature>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            controller_id,
            incarnation_id,
            zk_migration_ready,
            listeners,
            features,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 21;
        size += size::array(&self.listeners, true, version);
        size += size::array(&self.features, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<21>(|run| {
            run.i32(self.controller_id);
            run.uuid(self.incarnation_id);
            run.bool(self.zk_migration_ready);
        });
        writer.array(&self.listeners, true, version);
        writer.array(&self.features, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`ControllerRegistrationRequest::listeners`]; all versions.
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

/// Part of [`ControllerRegistrationRequest::features`]; all versions.
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

impl Message for ControllerRegistrationRequest {
    const NAME: &'static str = "ControllerRegistrationRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for ControllerRegistrationRequest {
    const KEY: ApiKey = ApiKey(70);
    type Response =
        crate::messages::controller_registration_response::ControllerRegistrationResponse;
}
