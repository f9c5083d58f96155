//! Payloads of Pulsar's own: batches of messages, single messages and markers.

use std::borrow::Cow;

use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, Engine, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use kop_records::control::EndTxnMarker;
use kop_records::{BatchBuilder, Compression, HEADER_LEN, HeaderView, NO_TIMESTAMP, TimestampType};
use smallvec::{SmallVec, smallvec};

use super::{DecodeContext, Decoded, DecodedBatch, DecodedBatches, offset_at};
use crate::batch_info::{BatchInfo, BatchInfos, batch_infos};
use crate::headers::{OwnedHeader, header};
use crate::proto::SingleMessage;
use crate::{EntryError, EntryView, MarkerKind, MessageMetadata, Properties};

/// Java's decoder, which Pulsar's consumers use, does not ask for padding, nor that the bits that are left over are 0.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What a record may take in its batch beyond what its message takes.
const RECORD_ROOM: usize = 16;
/// The smallest message of a batch: a length and the size of its value.
const MIN_MESSAGE: usize = 6;

/// Decodes a payload that is no chunk and no marker.
pub(super) fn decode(
    entry: &EntryView<'_>,
    payload: &Bytes,
    base_offset: i64,
    context: &DecodeContext<'_>,
) -> Result<DecodedBatches, EntryError> {
    let metadata = entry.metadata();
    if metadata.num_messages_in_batch.is_none() {
        return decode_single(metadata, payload, base_offset, context);
    }
    let count = entry.num_messages();
    let described = batch_infos(metadata.properties(), count);
    let exact = described.is_some();
    let infos = described.unwrap_or_else(|| smallvec![guess(metadata, count)]);
    decode_batches(metadata, payload, &infos, exact, base_offset, context)
}

/// What is known of a batch without a property that describes it.
fn guess(metadata: &MessageMetadata<'_>, count: u32) -> BatchInfo {
    match kafka_transaction(metadata) {
        Some((id, epoch)) => {
            let sequence = i32::try_from(metadata.sequence_id).unwrap_or(0);
            BatchInfo::transactional(count, id, epoch, sequence)
        }
        None => BatchInfo::plain(count),
    }
}

/// Producer id and epoch of a transaction of Kafka's, as the original wrote it: without a name of the producer, which
/// Pulsar's own producers always have.
fn kafka_transaction(metadata: &MessageMetadata<'_>) -> Option<(i64, i16)> {
    let (most, least) = metadata.txn_most_bits.zip(metadata.txn_least_bits)?;
    if !metadata.producer_name.is_empty() {
        return None;
    }
    Some((i64::try_from(most).ok()?, i16::try_from(least).ok()?))
}

/// A builder for a batch whose messages have this many bytes.
fn builder(
    info: &BatchInfo,
    message_bytes: usize,
    base_offset: i64,
    context: &DecodeContext<'_>,
) -> BatchBuilder {
    // A count that the bytes do not bear out must not decide how much memory is taken.
    let most = message_bytes / MIN_MESSAGE;
    let records = usize::try_from(info.count).map_or(most, |count| count.min(most));
    let records_len = message_bytes.saturating_add(records.saturating_mul(RECORD_ROOM));
    BatchBuilder::new(Compression::None)
        .capacity(HEADER_LEN.saturating_add(records_len))
        .base_offset(base_offset)
        .partition_leader_epoch(context.leader_epoch)
        .producer(info.producer_id, info.producer_epoch, info.base_sequence)
        .transactional(info.is_transactional())
        .control(info.is_control())
}

fn decode_batches(
    metadata: &MessageMetadata<'_>,
    payload: &[u8],
    infos: &BatchInfos,
    exact: bool,
    base_offset: i64,
    context: &DecodeContext<'_>,
) -> Result<DecodedBatches, EntryError> {
    let count = metadata.num_messages();
    let mut messages = Messages {
        rest: payload,
        index: 0,
        count,
    };
    let mut decoded = DecodedBatches::new();
    let mut headers = Headers::new();
    for info in infos {
        let first = offset_at(base_offset, messages.index.into())?;
        let last = offset_at(first, (info.count - 1).into())?;
        let share = share_of(payload.len(), info.count, count);
        let mut builder = builder(info, share, first, context).last_offset(last);
        let mut append_time = NO_TIMESTAMP;
        for _ in 0..info.count {
            let offset = offset_at(base_offset, messages.index.into())?;
            let (message, value) = messages.next_message()?;
            if message.compacted_out && !info.is_control() {
                continue;
            }
            let key = key_of(
                message.partition_key,
                message.key_is_base64,
                message.ordering_key,
            )
            .map_err(|fault| messages.fault(fault))?
            .filter(|_| !message.null_key);
            let time = timestamp(message.event_time_ms, metadata, exact);
            append_time = append_time.max(time);
            headers.set(
                message.has_properties.then(|| message.properties()),
                schema_header(metadata, context),
            );
            let value = Some(value).filter(|_| !message.null_value);
            headers.append_to(&mut builder, offset, time, key.as_deref(), value)?;
        }
        if builder.record_count() == 0 {
            continue;
        }
        if info.timestamp_type() == TimestampType::LogAppendTime {
            builder = builder.log_append_time(append_time);
        }
        decoded.push(DecodedBatch::new(builder.build()?)?);
    }
    Ok(decoded)
}

/// Decodes a message that is not in a batch.
pub(super) fn decode_single(
    metadata: &MessageMetadata<'_>,
    payload: &[u8],
    base_offset: i64,
    context: &DecodeContext<'_>,
) -> Result<DecodedBatches, EntryError> {
    let mut builder = builder(&guess(metadata, 1), payload.len(), base_offset, context);
    let key = key_of(
        metadata.partition_key,
        metadata.key_is_base64,
        metadata.ordering_key,
    )
    .map_err(|fault| EntryError::Malformed {
        part: "metadata",
        fault,
    })?
    .filter(|_| !metadata.null_key);
    let mut headers = Headers::new();
    headers.set(
        Some(metadata.properties()),
        schema_header(metadata, context),
    );
    let value = Some(payload).filter(|_| !metadata.null_value);
    let time = timestamp(metadata.event_time_ms, metadata, false);
    headers.append_to(&mut builder, base_offset, time, key.as_deref(), value)?;
    Ok(smallvec![DecodedBatch::new(builder.build()?)?])
}

/// A marker of Kafka's becomes the control batch that it was; of the others nothing is left but their offset.
pub(super) fn decode_marker(
    entry: &EntryView<'_>,
    kind: MarkerKind,
    base_offset: i64,
    context: &DecodeContext<'_>,
) -> Result<Decoded, EntryError> {
    let metadata = entry.metadata();
    let described = batch_infos(metadata.properties(), entry.num_messages());
    if let Some(infos) = described.filter(|infos| infos.iter().all(BatchInfo::is_control)) {
        let payload = entry.payload(&context.limits)?;
        let batches = decode_batches(metadata, &payload, &infos, true, base_offset, context)?;
        return Ok(Decoded::Batches(batches));
    }
    let committed = match kind {
        MarkerKind::TxnCommit => true,
        MarkerKind::TxnAbort => false,
        MarkerKind::ReplicatedSubscription | MarkerKind::Unknown(_) => {
            return Ok(Decoded::Marker(kind));
        }
    };
    let Some((producer_id, epoch)) = kafka_transaction(metadata) else {
        return Ok(Decoded::Marker(kind));
    };
    // The original does not keep the coordinator's epoch.
    let marker = EndTxnMarker {
        committed,
        coordinator_epoch: 0,
    };
    let batch = marker.batch(time_of(metadata.publish_time_ms), producer_id, epoch)?;
    Ok(Decoded::Batches(smallvec![DecodedBatch::at(
        &batch,
        base_offset,
        context.leader_epoch
    )?]))
}

/// The messages of a batch one after the other.
struct Messages<'a> {
    rest: &'a [u8],
    index: u32,
    count: u32,
}

impl<'a> Messages<'a> {
    fn fault(&self, fault: &'static str) -> EntryError {
        EntryError::InvalidMessage {
            index: self.index,
            count: self.count,
            fault,
        }
    }

    #[inline]
    fn next_message(&mut self) -> Result<(SingleMessage<'a>, &'a [u8]), EntryError> {
        const SHORT: &str = "the batch ends inside it";
        let rest = self.rest;
        let split = rest
            .split_first_chunk::<4>()
            .and_then(|(len, rest)| rest.split_at_checked(u32::from_be_bytes(*len) as usize));
        let (bytes, rest) = split.ok_or_else(|| self.fault(SHORT))?;
        let message = SingleMessage::parse(bytes).map_err(|fault| self.fault(fault))?;
        // Some clients write -1 for a null value.
        let size = match usize::try_from(message.payload_size) {
            Ok(size) => size,
            Err(_) if message.null_value => 0,
            Err(_) => return Err(self.fault("a negative size")),
        };
        let (value, rest) = rest
            .split_at_checked(size)
            .ok_or_else(|| self.fault(SHORT))?;
        self.rest = rest;
        self.index += 1;
        Ok((message, value))
    }
}

/// About how many of the bytes of `all` messages these are. Together, batches take no more than there is.
fn share_of(bytes: usize, messages: u32, all: u32) -> usize {
    let share = bytes as u128 * u128::from(messages) / u128::from(all.max(1));
    usize::try_from(share).map_or(bytes, |share| share.min(bytes))
}

/// The ordering key, else the partition key.
#[inline]
fn key_of<'a>(
    partition: Option<&'a [u8]>,
    is_base64: bool,
    ordering: Option<&'a [u8]>,
) -> Result<Option<Cow<'a, [u8]>>, &'static str> {
    if let Some(key) = ordering {
        return Ok(Some(key.into()));
    }
    match partition {
        Some(key) if is_base64 => BASE64
            .decode(key)
            .map(|key| Some(key.into()))
            .map_err(|_| "a key that is not base64"),
        key => Ok(key.map(Cow::from)),
    }
}

/// In a batch that a property describes, the event time is the timestamp and is missing where there was none. Elsewhere
/// 0 means none, and the publish time stands in.
#[inline]
fn timestamp(event_time: Option<u64>, metadata: &MessageMetadata<'_>, exact: bool) -> i64 {
    match event_time {
        Some(time) if exact || time > 0 => time_of(time),
        None if exact => NO_TIMESTAMP,
        _ => time_of(metadata.publish_time_ms),
    }
}

fn time_of(time: u64) -> i64 {
    i64::try_from(time).unwrap_or(NO_TIMESTAMP)
}

fn schema_header<'a>(
    metadata: &MessageMetadata<'a>,
    context: &DecodeContext<'a>,
) -> Option<OwnedHeader<'a>> {
    let (key, version) = context.schema_version_header.zip(metadata.schema_version)?;
    Some(OwnedHeader {
        key: key.as_bytes().into(),
        value: Some(version.into()),
    })
}

/// The headers of one message.
struct Headers<'a>(SmallVec<[OwnedHeader<'a>; 4]>);

impl<'a> Headers<'a> {
    fn new() -> Self {
        Self(SmallVec::new())
    }

    #[inline]
    fn set(&mut self, properties: Option<Properties<'a>>, schema: Option<OwnedHeader<'a>>) {
        self.0.clear();
        if let Some(properties) = properties {
            self.0.extend(properties.map(|property| header(&property)));
        }
        if let Some(schema) = schema {
            self.0.push(schema);
        }
    }

    #[inline]
    fn append_to(
        &self,
        builder: &mut BatchBuilder,
        offset: i64,
        time: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
    ) -> Result<(), EntryError> {
        if self.0.is_empty() {
            return Ok(builder.append_at(offset, time, key, value, &[])?);
        }
        let views: SmallVec<[HeaderView<'_>; 4]> = self.0.iter().map(OwnedHeader::view).collect();
        Ok(builder.append_at(offset, time, key, value, &views)?)
    }
}
