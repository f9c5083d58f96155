//! `ListTransactionsRequest`. Generated from `schema/messages/ListTransactionsRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `ListTransactionsRequest`: A request of API 66, versions 0 to 2, flexible.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ListTransactionsRequest {
    /// `StateFilters`: all versions.
    pub state_filters: Vec<ByteString>,
    /// `ProducerIdFilters`, a producer's id: all versions.
    pub producer_id_filters: Vec<i64>,
    /// `DurationFilter`: versions 1 and up.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub duration_filter: i64,
    /// `TransactionalIdPattern`: version 2.
    /// None is null.
    /// Other versions refuse anything but the default.
    pub transactional_id_pattern: Option<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for ListTransactionsRequest {
    fn default() -> Self {
        Self {
            state_filters: Vec::new(),
            producer_id_filters: Vec::new(),
            duration_filter: -1,
            transactional_id_pattern: None,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for ListTransactionsRequest {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let state_filters = reader.values(true, 1, |reader| reader.string(true))?;
        let producer_id_filters = reader.values(true, 8, Reader::i64)?;
        let duration_filter = if version >= 1 { reader.i64()? } else { -1 };
        let transactional_id_pattern = if version >= 2 {
            reader.string_nullable(true)?
        } else {
            None
        };
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            state_filters,
            producer_id_filters,
            duration_filter,
            transactional_id_pattern,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += size::strings(&self.state_filters, true);
        size += size::fixed(self.producer_id_filters.len(), 8, true);
        if version >= 1 {
            size += 8;
        }
        if version >= 2 {
            size += size::string_nullable(self.transactional_id_pattern.as_ref(), true);
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.strings(&self.state_filters, true);
        writer.values(&self.producer_id_filters, true, Writer::i64);
        if version >= 1 {
            writer.i64(self.duration_filter);
        } else if self.duration_filter != -1 {
            writer.field_not_in_version("ListTransactionsRequest.DurationFilter", version);
        }
        if version >= 2 {
            writer.string_nullable(self.transactional_id_pattern.as_ref(), true);
        } else if self.transactional_id_pattern.is_some() {
            writer.field_not_in_version("ListTransactionsRequest.TransactionalIdPattern", version);
        }
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for ListTransactionsRequest {
    const NAME: &'static str = "ListTransactionsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for ListTransactionsRequest {
    const KEY: ApiKey = ApiKey(66);
    type Response = crate::messages::list_transactions_response::ListTransactionsResponse;
}
