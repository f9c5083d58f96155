//! Kafka record batches become an entry.

use bytes::Bytes;
use kop_records::{DecompressLimits, ValidatedRecords};
use smallvec::SmallVec;

use crate::format::{FORMAT_PROPERTY, KAFKA_FORMAT};
use crate::proto::{MetadataFields, write_metadata};
use crate::view::CHECKSUM_MAGIC;
use crate::{EntryError, EntryFormat};

mod combine;
pub(crate) mod kafka;
mod pulsar;
mod validate;

pub use self::validate::validate_batches;

/// What an entry needs to know beside the records.
#[derive(Debug, Clone, Copy)]
pub struct EncodeContext<'a> {
    /// Now, in milliseconds since the epoch. The publish time of the Kafka formats; the `pulsar` format takes the first
    /// record's timestamp and this where that has none, or one that is too far away.
    pub publish_time_ms: i64,
    /// By how many milliseconds the first record's timestamp may lie before `publish_time_ms` for the `pulsar` format to take
    /// it. The original takes any: `None`. But where brokers do not note their own time, they look for a time among the
    /// publish times, which must not go back then.
    pub publish_time_lag_ms: Option<i64>,
    /// Offset of the first record, as far as it is known. `mixed_kafka` stores it; readers compute it anew.
    pub base_offset: i64,
    /// Name of the producer; the original writes an empty one.
    pub producer_name: &'a str,
    /// Sequence id. `None` is what the original writes: the first record's sequence number in `pulsar`, else 0.
    pub sequence_id: Option<u64>,
    /// Whether entries of the Kafka formats get a checksum, as those of `pulsar` always do. The original writes none. The
    /// crate `pulsar` cannot read entries without one, and takes its connection for broken.
    pub checksum: bool,
    /// Further properties, after those of the format. Consumers of batches never see them.
    pub properties: &'a [(&'a str, &'a str)],
    /// How transactions look in the `pulsar` format.
    pub transactions: TransactionForm,
    /// How far compressed batches may expand. The Kafka formats do not look inside.
    pub limits: DecompressLimits,
}

impl EncodeContext<'_> {
    /// As the original writes, at this time.
    pub fn at(publish_time_ms: i64) -> Self {
        Self {
            publish_time_ms,
            publish_time_lag_ms: None,
            base_offset: 0,
            producer_name: "",
            sequence_id: None,
            checksum: false,
            properties: &[],
            transactions: TransactionForm::Native,
            limits: DecompressLimits::default(),
        }
    }
}

/// How Kafka's transactions look in the `pulsar` format. In the Kafka formats they are in the batches alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TransactionForm {
    /// As the original: producer id and epoch are the transaction's id, and a control batch is a Pulsar marker. Brokers
    /// do not know the id and give the messages to every consumer, aborted ones too. They give markers to no client:
    /// one that reads through the protocol sees a hole in the offsets.
    #[default]
    Native,
    /// Noted in a property alone; a control batch is a message that is marked as compacted away. Whoever reads entries
    /// through the protocol gets it. Of Pulsar's clients those in Java pass it by and do not acknowledge it, those in Go
    /// and on top of the C++ client give it out as a message of the marker's six bytes.
    Readable,
}

/// An entry as it goes into a send command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedEntry {
    /// `[0x0e01 crc] metaLen metadata payload`, cut anywhere: to be written one after the other. Large values are slices
    /// of the batch.
    pub parts: SmallVec<[Bytes; 3]>,
    /// How many offsets the entry takes; the command must say the same as the metadata does.
    pub num_messages: u32,
    /// The sequence id that the metadata has; the command must say the same.
    pub sequence_id: u64,
    /// Whether the command has to say that this is a marker.
    pub marker: bool,
}

impl EncodedEntry {
    /// Bytes of all parts.
    pub fn size_in_bytes(&self) -> usize {
        self.parts.iter().map(Bytes::len).sum()
    }

    /// The parts as one; copies where there are several.
    pub fn to_bytes(&self) -> Bytes {
        crate::joined(&self.parts)
    }
}

/// Makes one entry of validated records, which may be several batches: those of [`kop_records::validate`], or of
/// [`validate_batches`].
///
/// Errors: [`Encode`](EntryError::Encode) without records or with more than 2³¹-1; for the `pulsar` format, which reads
/// the records, [`Records`](EntryError::Records).
pub fn encode(
    format: EntryFormat,
    records: &ValidatedRecords,
    context: &EncodeContext<'_>,
) -> Result<EncodedEntry, EntryError> {
    match format {
        EntryFormat::Pulsar => pulsar::encode(&records.batches, context),
        EntryFormat::Kafka => kafka::encode(&records.batches, 0, context),
        EntryFormat::MixedKafka => kafka::encode(&records.batches, context.base_offset, context),
    }
}

/// Makes one entry of the `kafka` format of batches as they came from a client: one or several, of any magic.
///
/// Errors: [`Records`](EntryError::Records) for what is not a batch, [`Encode`](EntryError::Encode) as [`encode`] and
/// for a last batch that is not whole.
pub fn encode_as_they_came(
    batches: &Bytes,
    context: &EncodeContext<'_>,
) -> Result<EncodedEntry, EntryError> {
    kafka::encode_as_they_came(batches, context)
}

/// Room for what comes in front of the payload.
const PREFIX_ROOM: usize = 128;

/// What comes in front of a Kafka payload, by which `append` goes on with a checksum.
fn kafka_prefix(
    num_messages: u32,
    context: &EncodeContext<'_>,
    append: impl FnOnce(u32) -> u32,
) -> Bytes {
    let fields = MetadataFields {
        producer_name: context.producer_name,
        sequence_id: context.sequence_id.unwrap_or(0),
        publish_time_ms: u64::try_from(context.publish_time_ms).unwrap_or(0),
        num_messages,
        marker_type: None,
        txn: None,
    };
    let format = std::iter::once((FORMAT_PROPERTY, KAFKA_FORMAT));
    let properties = format.chain(context.properties.iter().copied());
    if context.checksum {
        return checksum_prefix(&fields, properties, append);
    }
    let mut out = Vec::with_capacity(PREFIX_ROOM);
    out.extend_from_slice(&[0; 4]);
    write_metadata(&fields, properties, &mut out);
    set_length(&mut out, 0);
    Bytes::from(out)
}

/// Checksum, length and metadata in front of a payload, by which `append` goes on with the checksum.
fn checksum_prefix<'p>(
    fields: &MetadataFields<'_>,
    properties: impl Iterator<Item = (&'p str, &'p str)>,
    append: impl FnOnce(u32) -> u32,
) -> Bytes {
    const LENGTH_AT: usize = 6;
    let mut out = Vec::with_capacity(PREFIX_ROOM);
    out.extend_from_slice(&CHECKSUM_MAGIC);
    out.extend_from_slice(&[0; 8]);
    write_metadata(fields, properties, &mut out);
    set_length(&mut out, LENGTH_AT);
    let metadata = crc32c::crc32c(out.get(LENGTH_AT..).unwrap_or_default());
    let crc = append(metadata);
    if let Some(stored) = out.get_mut(2..LENGTH_AT) {
        stored.copy_from_slice(&crc.to_be_bytes());
    }
    Bytes::from(out)
}

/// A checksum over these parts too.
fn append(parts: &[Bytes], crc: u32) -> u32 {
    let parts = parts.iter();
    parts.fold(crc, |crc, part| crc32c::crc32c_append(crc, part))
}

/// Writes the number of bytes that follow the four at `at`.
fn set_length(out: &mut [u8], at: usize) {
    let len = out.len().saturating_sub(at + 4) as u32;
    if let Some(stored) = out.get_mut(at..at + 4) {
        stored.copy_from_slice(&len.to_be_bytes());
    }
}

/// The number as the metadata can hold it.
fn message_count(count: u64) -> Result<u32, EntryError> {
    match u32::try_from(count) {
        Ok(0) => Err(EntryError::Encode("no records")),
        Ok(count) if count <= i32::MAX as u32 => Ok(count),
        _ => Err(EntryError::Encode("more than 2147483647 records")),
    }
}
