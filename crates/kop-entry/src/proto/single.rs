//! `SingleMessageMetadata`: what stands in front of each message of a batch.

use super::message::{Properties, Property};
use super::wire::Fields;

const PROPERTIES: u32 = 1;

/// The metadata of one message of a batch, borrowed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SingleMessage<'a> {
    pub(crate) partition_key: Option<&'a [u8]>,
    pub(crate) key_is_base64: bool,
    pub(crate) ordering_key: Option<&'a [u8]>,
    pub(crate) payload_size: i32,
    pub(crate) compacted_out: bool,
    pub(crate) event_time_ms: Option<u64>,
    pub(crate) null_value: bool,
    pub(crate) null_key: bool,
    pub(crate) has_properties: bool,
    raw: &'a [u8],
}

impl<'a> SingleMessage<'a> {
    #[inline]
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, &'static str> {
        let mut parsed = Self {
            raw: bytes,
            ..Self::default()
        };
        for field in Fields::new(bytes) {
            let (number, value) = field?;
            match number {
                PROPERTIES => {
                    Property::parse(value.bytes()?)?;
                    parsed.has_properties = true;
                }
                2 => parsed.partition_key = Some(value.bytes()?),
                3 => parsed.payload_size = value.int32()?,
                4 => parsed.compacted_out = value.flag()?,
                5 => parsed.event_time_ms = Some(value.varint()?),
                6 => parsed.key_is_base64 = value.flag()?,
                7 => parsed.ordering_key = Some(value.bytes()?),
                9 => parsed.null_value = value.flag()?,
                10 => parsed.null_key = value.flag()?,
                _ => {}
            }
        }
        Ok(parsed)
    }

    pub(crate) fn properties(&self) -> Properties<'a> {
        Properties::new(self.raw, PROPERTIES)
    }
}
