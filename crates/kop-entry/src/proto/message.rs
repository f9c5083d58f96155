//! `MessageMetadata`: what an entry says of itself.

use super::wire::{Fields, bytes_field_len, put_bytes_field, put_bytes_head, put_number};

const PROPERTIES: u32 = 4;

/// The metadata of an entry, borrowed. Where Pulsar tells "not set" from a default, this does too.
#[derive(Debug, Clone, Copy, Default)]
pub struct MessageMetadata<'a> {
    /// Name of the producer; UTF-8 by the protocol, but nothing checks it. Empty in what the original KoP wrote.
    pub producer_name: &'a [u8],
    /// Sequence id of the (first) message.
    pub sequence_id: u64,
    /// Sequence id of a batch's last message.
    pub highest_sequence_id: Option<u64>,
    /// Milliseconds since the epoch.
    pub publish_time_ms: u64,
    /// Set for batches, even for those of one message.
    pub num_messages_in_batch: Option<i32>,
    /// Compression type, as a number: see [`Codec`](crate::Codec).
    pub compression: u64,
    /// Size of the payload before compression; the whole message's for a chunk.
    pub uncompressed_size: u64,
    /// Event time in milliseconds since the epoch; clients in Go write 0 for none.
    pub event_time_ms: Option<u64>,
    /// Key of a message that is not in a batch; base64 where [`key_is_base64`](Self::key_is_base64).
    pub partition_key: Option<&'a [u8]>,
    /// Whether the key is base64 of bytes instead of text.
    pub key_is_base64: bool,
    /// Key that overrides the partition key for ordering.
    pub ordering_key: Option<&'a [u8]>,
    /// The message's value is null.
    pub null_value: bool,
    /// The message's key is null.
    pub null_key: bool,
    /// Version of the schema that the value has.
    pub schema_version: Option<&'a [u8]>,
    /// Name of the first encryption key, of an encrypted payload.
    pub encryption_key: Option<&'a [u8]>,
    /// What makes the entry a marker, as a number: see [`MarkerKind`](crate::MarkerKind).
    pub marker_type: Option<i32>,
    /// Upper half of the transaction's id; the producer id in what Kafka's producers wrote.
    pub txn_most_bits: Option<u64>,
    /// Lower half of the transaction's id; the producer epoch in what Kafka's producers wrote.
    pub txn_least_bits: Option<u64>,
    /// Which part of which message the entry is.
    pub chunk: Option<ChunkInfo<'a>>,
    raw: &'a [u8],
}

/// Says which part of a message a chunk is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChunkInfo<'a> {
    /// The same for all chunks of a message: producer name and sequence id.
    pub uuid: &'a [u8],
    /// Counted from 0.
    pub id: i32,
    /// Chunks that the message has.
    pub count: i32,
    /// Bytes of all chunks together.
    pub total_bytes: i32,
}

/// A property: UTF-8 by the protocol, but nothing checks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Property<'a> {
    /// The key.
    pub key: &'a [u8],
    /// The value.
    pub value: &'a [u8],
}

/// Iterator over the properties of a message in their order; keys may repeat.
#[derive(Debug, Clone)]
pub struct Properties<'a> {
    fields: Fields<'a>,
    number: u32,
}

impl<'a> MessageMetadata<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, &'static str> {
        let mut parsed = Self {
            raw: bytes,
            ..Self::default()
        };
        let mut chunk = ChunkInfo::default();
        for field in Fields::new(bytes) {
            let (number, value) = field?;
            match number {
                1 => parsed.producer_name = value.bytes()?,
                2 => parsed.sequence_id = value.varint()?,
                3 => parsed.publish_time_ms = value.varint()?,
                PROPERTIES => {
                    Property::parse(value.bytes()?)?;
                }
                6 => parsed.partition_key = Some(value.bytes()?),
                8 => parsed.compression = value.varint()?,
                9 => parsed.uncompressed_size = u64::from(value.varint()? as u32),
                11 => parsed.num_messages_in_batch = Some(value.int32()?),
                12 => parsed.event_time_ms = Some(value.varint()?),
                13 => {
                    let name = key_name(value.bytes()?)?;
                    parsed.encryption_key.get_or_insert(name);
                }
                16 => parsed.schema_version = Some(value.bytes()?),
                17 => parsed.key_is_base64 = value.flag()?,
                18 => parsed.ordering_key = Some(value.bytes()?),
                20 => parsed.marker_type = Some(value.int32()?),
                22 => parsed.txn_least_bits = Some(value.varint()?),
                23 => parsed.txn_most_bits = Some(value.varint()?),
                24 => parsed.highest_sequence_id = Some(value.varint()?),
                25 => parsed.null_value = value.flag()?,
                26 => chunk.uuid = value.bytes()?,
                27 => chunk.count = value.int32()?,
                28 => chunk.total_bytes = value.int32()?,
                29 => chunk.id = value.int32()?,
                30 => parsed.null_key = value.flag()?,
                _ => {}
            }
        }
        // As Pulsar's clients: a message in one chunk is no chunked message.
        parsed.chunk = (chunk.count > 1).then_some(chunk);
        Ok(parsed)
    }

    /// The properties in their order. A batch's messages have properties of their own; consumers never see these.
    pub fn properties(&self) -> Properties<'a> {
        Properties::new(self.raw, PROPERTIES)
    }

    /// How many offsets the entry takes.
    pub fn num_messages(&self) -> u32 {
        self.num_messages_in_batch
            .and_then(|count| u32::try_from(count).ok())
            .map_or(1, |count| count.max(1))
    }
}

fn key_name(bytes: &[u8]) -> Result<&[u8], &'static str> {
    let mut name = &[][..];
    for field in Fields::new(bytes) {
        if let (1, value) = field? {
            name = value.bytes()?;
        }
    }
    Ok(name)
}

impl<'a> Property<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, &'static str> {
        let mut parsed = Self {
            key: &[],
            value: &[],
        };
        for field in Fields::new(bytes) {
            match field? {
                (1, value) => parsed.key = value.bytes()?,
                (2, value) => parsed.value = value.bytes()?,
                _ => {}
            }
        }
        Ok(parsed)
    }
}

impl<'a> Properties<'a> {
    /// Those of a message whose properties have been looked at once already.
    pub(super) fn new(raw: &'a [u8], number: u32) -> Self {
        Self {
            fields: Fields::new(raw),
            number,
        }
    }
}

impl<'a> Iterator for Properties<'a> {
    type Item = Property<'a>;

    fn next(&mut self) -> Option<Property<'a>> {
        loop {
            let (number, value) = self.fields.next()?.ok()?;
            if number == self.number {
                return Property::parse(value.bytes().ok()?).ok();
            }
        }
    }
}

/// What an entry's metadata is written from.
#[derive(Debug)]
pub(crate) struct MetadataFields<'a> {
    pub(crate) producer_name: &'a str,
    pub(crate) sequence_id: u64,
    pub(crate) publish_time_ms: u64,
    pub(crate) num_messages: u32,
    pub(crate) marker_type: Option<i32>,
    /// Upper and lower half.
    pub(crate) txn: Option<(u64, u64)>,
}

/// Appends the metadata, its fields in the order of their numbers, as Pulsar's own writer has them.
pub(crate) fn write_metadata<'p>(
    fields: &MetadataFields<'_>,
    properties: impl Iterator<Item = (&'p str, &'p str)>,
    out: &mut Vec<u8>,
) {
    put_bytes_field(1, fields.producer_name.as_bytes(), out);
    put_number(2, fields.sequence_id, out);
    put_number(3, fields.publish_time_ms, out);
    for (key, value) in properties {
        put_property(PROPERTIES as u8, key.as_bytes(), value.as_bytes(), out);
    }
    put_number(11, u64::from(fields.num_messages), out);
    if let Some(kind) = fields.marker_type {
        put_number(20, u64::from(kind.unsigned_abs()), out);
    }
    if let Some((most, least)) = fields.txn {
        put_number(22, least, out);
        put_number(23, most, out);
    }
}

/// Appends a property as a field with a tag of one byte.
pub(crate) fn put_property(number: u8, key: &[u8], value: &[u8], out: &mut Vec<u8>) {
    let len = bytes_field_len(key.len()) + bytes_field_len(value.len());
    put_bytes_head(number, len, out);
    put_bytes_field(1, key, out);
    put_bytes_field(2, value, out);
}
