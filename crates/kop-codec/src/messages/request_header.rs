//! `RequestHeader`. Generated from `schema/messages/RequestHeader.json` by `cargo xtask codegen`; do not edit.

use crate::{ByteString, DecodeError, Message, Reader, UnknownTags, Writer, size, wire::Wire};

/// `RequestHeader`: A header, versions 0 to 2, flexible from 2.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct RequestHeader {
    /// `RequestApiKey`: all versions.
    pub request_api_key: i16,
    /// `RequestApiVersion`: all versions.
    pub request_api_version: i16,
    /// `CorrelationId`: all versions.
    pub correlation_id: i32,
    /// `ClientId`: versions 1 and up.
    /// None is null.
    /// Empty, not null, by default.
    pub client_id: Option<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for RequestHeader {
    fn default() -> Self {
        Self {
            request_api_key: 0,
            request_api_version: 0,
            correlation_id: 0,
            client_id: Some(ByteString::default()),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for RequestHeader {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let request_api_key = reader.i16()?;
        let request_api_version = reader.i16()?;
        let correlation_id = reader.i32()?;
        let client_id = if version >= 1 {
            reader.string_nullable(false)?
        } else {
            Some(ByteString::default())
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            request_api_key,
            request_api_version,
            correlation_id,
            client_id,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 8;
        if version >= 1 {
            size += size::string_nullable(self.client_id.as_ref(), false);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.run::<8>(|run| {
            run.i16(self.request_api_key);
            run.i16(self.request_api_version);
            run.i32(self.correlation_id);
        });
        if version >= 1 {
            writer.string_nullable(self.client_id.as_ref(), false);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("RequestHeader.unknown_tags", version);
        }
    }
}

impl Message for RequestHeader {
    const NAME: &'static str = "RequestHeader";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_FROM: i16 = 2;
}
