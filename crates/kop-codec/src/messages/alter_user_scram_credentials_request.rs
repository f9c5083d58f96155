//! `AlterUserScramCredentialsRequest`. Generated from `schema/messages/AlterUserScramCredentialsRequest.json` by `cargo xtask codegen`; do not edit.

use bytes::Bytes;

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `AlterUserScramCredentialsRequest`: A request of API 51, version 0, flexible.
///
/// Kafka takes it on listeners of: broker, controller.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AlterUserScramCredentialsRequest {
    /// `Deletions`: all versions.
    pub deletions: Vec<ScramCredentialDeletion>,
    /// `Upsertions`: all versions.
    pub upsertions: Vec<ScramCredentialUpsertion>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for AlterUserScramCredentialsRequest {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let deletions = reader.array::<ScramCredentialDeletion>(true, version)?;
        let upsertions = reader.array::<ScramCredentialUpsertion>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            deletions,
            upsertions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += size::array(&self.deletions, true, version);
        size += size::array(&self.upsertions, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.array(&self.deletions, true, version);
        writer.array(&self.upsertions, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`AlterUserScramCredentialsRequest::deletions`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ScramCredentialDeletion {
    /// `Name`: all versions.
    pub name: ByteString,
    /// `Mechanism`: all versions.
    pub mechanism: i8,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ScramCredentialDeletion {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let name = reader.string(true)?;
        let mechanism = reader.i8()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            name,
            mechanism,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 1;
        size += size::string(&self.name, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string(&self.name, true);
        writer.i8(self.mechanism);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`AlterUserScramCredentialsRequest::upsertions`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ScramCredentialUpsertion {
    /// `Name`: all versions.
    pub name: ByteString,
    /// `Mechanism`: all versions.
    pub mechanism: i8,
    /// `Iterations`: all versions.
    pub iterations: i32,
    /// `Salt`: all versions.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::json::bytes"))]
    pub salt: Bytes,
    /// `SaltedPassword`: all versions.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::json::bytes"))]
    pub salted_password: Bytes,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ScramCredentialUpsertion {
    const MIN_LEN: usize = 9;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let name = reader.string(true)?;
        let mechanism = reader.i8()?;
        let iterations = reader.i32()?;
        let salt = reader.bytes(true)?;
        let salted_password = reader.bytes(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            name,
            mechanism,
            iterations,
            salt,
            salted_password,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 5;
        size += size::string(&self.name, true);
        size += size::bytes(&self.salt, true);
        size += size::bytes(&self.salted_password, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string(&self.name, true);
        writer.run::<5>(|run| {
            run.i8(self.mechanism);
            run.i32(self.iterations);
        });
        writer.bytes(&self.salt, true);
        writer.bytes(&self.salted_password, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for AlterUserScramCredentialsRequest {
    const NAME: &'static str = "AlterUserScramCredentialsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for AlterUserScramCredentialsRequest {
    const KEY: ApiKey = ApiKey(51);
    type Response =
        crate::messages::alter_user_scram_credentials_response::AlterUserScramCredentialsResponse;
}
