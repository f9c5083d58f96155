//! `ConsumerGroupDescribeRequest`. Generated from `schema/messages/ConsumerGroupDescribeRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `ConsumerGroupDescribeRequest`: A request of API 69, versions 0 to 1, flexible.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ConsumerGroupDescribeRequest {
    /// `GroupIds`, a group's id: all versions.
    pub group_ids: Vec<ByteString>,
    /// `IncludeAuthorizedOperations`: all versions.
    pub include_authorized_operations: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ConsumerGroupDescribeRequest {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let group_ids = reader.values(true, 1, |reader| reader.string(true))?;
        let include_authorized_operations = reader.bool()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            group_ids,
            include_authorized_operations,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 1;
        size += size::strings(&self.group_ids, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.strings(&self.group_ids, true);
        writer.bool(self.include_authorized_operations);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for ConsumerGroupDescribeRequest {
    const NAME: &'static str = "ConsumerGroupDescribeRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for ConsumerGroupDescribeRequest {
    const KEY: ApiKey = ApiKey(69);
    type Response =
        crate::messages::consumer_group_describe_response::ConsumerGroupDescribeResponse;
}
