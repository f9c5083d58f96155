//! An entry, looked at without being decoded.

use bytes::Bytes;
use kop_records::DecompressLimits;

use crate::compression::{self, Codec};
use crate::format::is_kafka;
use crate::{BrokerEntryMetadata, EntryError, EntryFormat, MarkerKind, MessageMetadata};

/// What begins the broker's part of an entry.
const BROKER_MAGIC: [u8; 2] = [0x0e, 0x02];
/// What begins an entry with a checksum.
pub(crate) const CHECKSUM_MAGIC: [u8; 2] = [0x0e, 0x01];

/// One entry, its parts found and its metadata read. Nothing is copied.
#[derive(Debug, Clone)]
pub struct EntryView<'a> {
    source: &'a Bytes,
    broker: Option<BrokerEntryMetadata>,
    checksum: Option<u32>,
    /// What the checksum covers: the metadata's length, the metadata, the payload.
    covered: &'a [u8],
    metadata: MessageMetadata<'a>,
    payload: &'a [u8],
    kafka: bool,
}

impl<'a> EntryView<'a> {
    /// Reads `[0x0e02 len BrokerEntryMetadata] [0x0e01 crc32c] len MessageMetadata payload`; the parts in brackets may
    /// be missing. The checksum is not compared: [`verify_checksum`](Self::verify_checksum) does that.
    ///
    /// Errors: [`Truncated`](EntryError::Truncated), [`Malformed`](EntryError::Malformed).
    pub fn parse(entry: &'a Bytes) -> Result<Self, EntryError> {
        let mut rest = &entry[..];
        let mut broker = None;
        if let Some(after) = rest.strip_prefix(&BROKER_MAGIC) {
            let (bytes, after) = split_sized(after, "broker entry metadata")?;
            let parsed = BrokerEntryMetadata::parse(bytes);
            broker = Some(parsed.map_err(malformed("broker entry metadata"))?);
            rest = after;
        }
        let mut checksum = None;
        if let Some(after) = rest.strip_prefix(&CHECKSUM_MAGIC) {
            let (stored, after) = split_u32(after, "checksum")?;
            checksum = Some(stored);
            rest = after;
        }
        let covered = rest;
        let (bytes, payload) = split_sized(rest, "metadata")?;
        let metadata = MessageMetadata::parse(bytes).map_err(malformed("metadata"))?;
        let mut properties = metadata.properties();
        let kafka = properties.any(|property| is_kafka(property.key, property.value));
        Ok(Self {
            source: entry,
            broker,
            checksum,
            covered,
            metadata,
            payload,
            kafka,
        })
    }

    /// What the broker noted, where the entry begins with that.
    pub fn broker_metadata(&self) -> Option<&BrokerEntryMetadata> {
        self.broker.as_ref()
    }

    /// What the entry says of itself.
    pub fn metadata(&self) -> &MessageMetadata<'a> {
        &self.metadata
    }

    /// How many offsets the entry takes, at least 1. The broker counts what the producer's command said, which is the
    /// same for every client.
    pub fn num_messages(&self) -> u32 {
        self.metadata.num_messages()
    }

    /// Offset of the first record, from the broker's index of the last message.
    pub fn base_offset(&self, index: u64) -> i64 {
        i64::try_from(index)
            .unwrap_or(i64::MAX)
            .saturating_sub(i64::from(self.num_messages()) - 1)
    }

    /// [`EntryFormat::Kafka`] for payloads of Kafka record batches, as `mixed_kafka` has them too, else
    /// [`EntryFormat::Pulsar`].
    pub fn format(&self) -> EntryFormat {
        if self.kafka {
            EntryFormat::Kafka
        } else {
            EntryFormat::Pulsar
        }
    }

    /// What kind of marker it is, if it is one.
    pub fn marker(&self) -> Option<MarkerKind> {
        self.metadata.marker_type.map(MarkerKind::from_number)
    }

    /// Whether the payload is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.metadata.encryption_key.is_some()
    }

    /// The payload as it is stored, as a slice of the entry.
    pub fn raw_payload(&self) -> Bytes {
        self.source.slice_ref(self.payload)
    }

    /// The payload decompressed; a slice of the entry where it is not compressed. That of a chunk is part of a payload.
    ///
    /// Errors: [`Encrypted`](EntryError::Encrypted), [`UnknownCodec`](EntryError::UnknownCodec),
    /// [`TooLarge`](EntryError::TooLarge) before memory is taken, [`Decompress`](EntryError::Decompress).
    pub fn payload(&self, limits: &DecompressLimits) -> Result<Bytes, EntryError> {
        self.decompress(&self.raw_payload(), limits)
    }

    /// Decompresses what chunks added up to by this entry's metadata.
    pub(crate) fn decompress(
        &self,
        payload: &Bytes,
        limits: &DecompressLimits,
    ) -> Result<Bytes, EntryError> {
        self.check_not_encrypted()?;
        compression::decompress(
            Codec::from_number(self.metadata.compression)?,
            payload,
            self.metadata.uncompressed_size,
            limits.max_bytes,
        )
    }

    pub(crate) fn check_not_encrypted(&self) -> Result<(), EntryError> {
        let Some(key) = self.metadata.encryption_key else {
            return Ok(());
        };
        Err(EntryError::Encrypted {
            key: String::from_utf8_lossy(key).into_owned(),
        })
    }

    /// Compares the checksum with the bytes; what has none, as the Kafka formats, passes.
    ///
    /// Errors: [`ChecksumMismatch`](EntryError::ChecksumMismatch).
    pub fn verify_checksum(&self) -> Result<(), EntryError> {
        let Some(stored) = self.checksum else {
            return Ok(());
        };
        let computed = crc32c::crc32c(self.covered);
        if stored == computed {
            return Ok(());
        }
        Err(EntryError::ChecksumMismatch { stored, computed })
    }
}

fn malformed(part: &'static str) -> impl Fn(&'static str) -> EntryError {
    move |fault| EntryError::Malformed { part, fault }
}

fn split_u32<'a>(bytes: &'a [u8], part: &'static str) -> Result<(u32, &'a [u8]), EntryError> {
    let (number, rest) = bytes
        .split_first_chunk::<4>()
        .ok_or(EntryError::Truncated {
            part,
            needed: 4,
            available: bytes.len(),
        })?;
    Ok((u32::from_be_bytes(*number), rest))
}

fn split_sized<'a>(
    bytes: &'a [u8],
    part: &'static str,
) -> Result<(&'a [u8], &'a [u8]), EntryError> {
    let (len, rest) = split_u32(bytes, part)?;
    let needed = len as usize;
    rest.split_at_checked(needed).ok_or(EntryError::Truncated {
        part,
        needed,
        available: rest.len(),
    })
}
