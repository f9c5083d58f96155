//! `ApiVersionsRequest`. Generated from `schema/messages/ApiVersionsRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `ApiVersionsRequest`: A request of API 18, versions 0 to 5, flexible from 3.
///
/// Kafka takes it on listeners of: broker, controller.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ApiVersionsRequest {
    /// `ClientSoftwareName`: versions 3 and up.
    pub client_software_name: ByteString,
    /// `ClientSoftwareVersion`: versions 3 and up.
    pub client_software_version: ByteString,
    /// `ClusterId`: version 5.
    /// None is null.
    pub cluster_id: Option<ByteString>,
    /// `NodeId`: version 5.
    /// `-1` by default.
    pub node_id: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for ApiVersionsRequest {
    fn default() -> Self {
        Self {
            client_software_name: ByteString::default(),
            client_software_version: ByteString::default(),
            cluster_id: None,
            node_id: -1,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for ApiVersionsRequest {
    const MIN_LEN: usize = 0;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let client_software_name = if version >= 3 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let client_software_version = if version >= 3 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let cluster_id = if version >= 5 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let node_id = if version >= 5 { reader.i32()? } else { -1 };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            client_software_name,
            client_software_version,
            cluster_id,
            node_id,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 0;
        if version >= 3 {
            size += size::string(&self.client_software_name, flexible);
        }
        if version >= 3 {
            size += size::string(&self.client_software_version, flexible);
        }
        if version >= 5 {
            size += size::string_nullable(self.cluster_id.as_ref(), flexible);
        }
        if version >= 5 {
            size += 4;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        if version >= 3 {
            writer.string(&self.client_software_name, flexible);
        }
        if version >= 3 {
            writer.string(&self.client_software_version, flexible);
        }
        if version >= 5 {
            writer.string_nullable(self.cluster_id.as_ref(), flexible);
        }
        if version >= 5 {
            writer.i32(self.node_id);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ApiVersionsRequest.unknown_tags", version);
        }
    }
}

impl Message for ApiVersionsRequest {
    const NAME: &'static str = "ApiVersionsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Request for ApiVersionsRequest {
    const KEY: ApiKey = ApiKey(18);
    type Response = crate::messages::api_versions_response::ApiVersionsResponse;
}
