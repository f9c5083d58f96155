//! An entry becomes Kafka record batches of magic 2 at their offsets.

use bytes::Bytes;
use kop_records::{BatchHeader, DecompressLimits, HEADER_LEN};
use smallvec::{SmallVec, smallvec};

use crate::{EntryError, EntryFormat, EntryView, MarkerKind};

mod chunks;
mod kafka;
mod pulsar;

pub use self::chunks::{Assembled, ChunkAssembler};

/// How entries are read.
#[derive(Debug, Clone, Copy)]
pub struct DecodeContext<'a> {
    /// Most bytes of a payload after decompression, and of a chunked message.
    pub limits: DecompressLimits,
    /// Whether the entry's checksum is compared. Not needed where the bytes came over a connection that did.
    pub verify_checksum: bool,
    /// What the batches say of their leader; -1 for unknown.
    pub leader_epoch: i32,
    /// Key of a header that each record gets with the version of its schema, where the entry has one; the value is the
    /// version's bytes as Pulsar has them (eight, big-endian).
    pub schema_version_header: Option<&'a str>,
}

impl Default for DecodeContext<'_> {
    /// Kafka's limit, checksums compared, no leader epoch, no header for the schema.
    fn default() -> Self {
        Self {
            limits: DecompressLimits::default(),
            verify_checksum: true,
            leader_epoch: -1,
            schema_version_header: None,
        }
    }
}

/// Record batches of one entry.
pub type DecodedBatches = SmallVec<[DecodedBatch; 1]>;

/// What an entry is to a Kafka consumer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    /// Its batches in the order of their offsets. There may be none, where compaction took all messages.
    Batches(DecodedBatches),
    /// A marker that is none of Kafka's: its offset is a hole.
    Marker(MarkerKind),
    /// Part of a message: to be given to a [`ChunkAssembler`]. Its offset is a hole unless it is the last part.
    Chunk {
        /// Counted from 0.
        id: u32,
        /// Parts of the message.
        count: u32,
    },
}

/// One batch of magic 2 with its offsets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodedBatch {
    /// The header as it is in the first part.
    pub header: BatchHeader,
    /// The batch, cut anywhere behind its header: to be sent one after the other. From an entry of the Kafka formats the
    /// second part is a slice of the entry.
    pub parts: SmallVec<[Bytes; 2]>,
}

impl DecodedBatch {
    /// Takes a whole batch.
    fn new(batch: Bytes) -> Result<Self, EntryError> {
        Ok(Self {
            header: BatchHeader::parse(&batch)?,
            parts: smallvec![batch],
        })
    }

    /// A batch under another base offset and leader epoch, which its checksum does not cover.
    fn at(batch: &Bytes, base_offset: i64, leader_epoch: i32) -> Result<Self, EntryError> {
        let mut head = batch.get(..HEADER_LEN).unwrap_or_default().to_vec();
        if let Some(offset) = head.get_mut(..8) {
            offset.copy_from_slice(&base_offset.to_be_bytes());
        }
        if let Some(epoch) = head.get_mut(12..16) {
            epoch.copy_from_slice(&leader_epoch.to_be_bytes());
        }
        Ok(Self {
            header: BatchHeader::parse(&head)?,
            parts: smallvec![Bytes::from(head), batch.slice(HEADER_LEN..)],
        })
    }

    /// Bytes of the batch.
    pub fn size_in_bytes(&self) -> usize {
        self.header.size_in_bytes()
    }

    /// The parts as one; copies where there are several.
    pub fn to_bytes(&self) -> Bytes {
        crate::joined(&self.parts)
    }
}

/// The offset of the message with this number in an entry.
fn offset_at(base: i64, number: u64) -> Result<i64, EntryError> {
    base.checked_add_unsigned(number)
        .ok_or(EntryError::Malformed {
            part: "payload",
            fault: "its offsets exceed 63 bits",
        })
}

/// Decodes an entry whose first message has the offset `base_offset`; see [`EntryView::base_offset`].
///
/// Errors: those of [`EntryView::parse`] and [`EntryView::decode`].
pub fn decode(
    entry: &Bytes,
    base_offset: i64,
    context: &DecodeContext<'_>,
) -> Result<Decoded, EntryError> {
    EntryView::parse(entry)?.decode(base_offset, context)
}

impl EntryView<'_> {
    /// Decodes the entry; see [`decode`].
    ///
    /// Errors: [`ChecksumMismatch`](EntryError::ChecksumMismatch) if asked to compare, those of
    /// [`payload`](Self::payload), [`Records`](EntryError::Records) for Kafka payloads, otherwise
    /// [`Malformed`](EntryError::Malformed), [`InvalidMessage`](EntryError::InvalidMessage) and
    /// [`MoreRecordsThanMessages`](EntryError::MoreRecordsThanMessages).
    pub fn decode(
        &self,
        base_offset: i64,
        context: &DecodeContext<'_>,
    ) -> Result<Decoded, EntryError> {
        if context.verify_checksum {
            self.verify_checksum()?;
        }
        if let Some(kind) = self.marker() {
            return pulsar::decode_marker(self, kind, base_offset, context);
        }
        self.check_not_encrypted()?;
        if let Some(chunk) = self.metadata().chunk {
            let number = |number| u32::try_from(number).ok();
            return match (number(chunk.id), number(chunk.count)) {
                (Some(id), Some(count)) if id < count => Ok(Decoded::Chunk { id, count }),
                _ => Err(EntryError::Malformed {
                    part: "metadata",
                    fault: "a chunk that is not among its message's",
                }),
            };
        }
        let payload = self.payload(&context.limits)?;
        let batches = match self.format() {
            EntryFormat::Pulsar => pulsar::decode(self, &payload, base_offset, context)?,
            EntryFormat::Kafka | EntryFormat::MixedKafka => {
                kafka::decode(&payload, self.num_messages(), base_offset, context)?
            }
        };
        Ok(Decoded::Batches(batches))
    }
}
