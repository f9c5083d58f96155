//! The `pulsar` format: a Pulsar batch of all the records, never compressed.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use kop_records::control::EndTxnMarker;
use kop_records::{Compression, RecordView, ValidBatch};
use smallvec::SmallVec;

use super::{EncodeContext, EncodedEntry, TransactionForm, append, checksum_prefix, message_count};
use crate::batch_info::{BATCH_PROPERTY, BatchInfo, BatchInfos};
use crate::headers::put_header;
use crate::proto::{MetadataFields, put_bytes_field, put_bytes_head, put_number};
use crate::{EntryError, MarkerKind};

/// From this size on a value is not copied but becomes a part of the entry.
const SLICED_VALUE: usize = 16 * 1024;
/// What a record with a key of some 20 bytes takes here beyond what it took in its batch: a guess that should not be too
/// small, as that costs another copy.
const RECORD_ROOM: usize = 64;

pub(super) fn encode(
    batches: &[ValidBatch],
    context: &EncodeContext<'_>,
) -> Result<EncodedEntry, EntryError> {
    let native = context.transactions == TransactionForm::Native;
    // An entry that has data too cannot be a marker.
    let marker = native && batches.iter().all(|batch| batch.header.is_control());
    let mut payload = Payload::new(batches);
    let mut infos = BatchInfos::new();
    let mut exact = batches.len() > 1;
    for batch in batches {
        let before = payload.count;
        payload.put_batch(batch, marker, context)?;
        let count = message_count(payload.count - before)?;
        let info = BatchInfo::of(&batch.header, count);
        exact |= !info.is_plain();
        infos.push(info);
    }
    let num_messages = message_count(payload.count)?;
    // A time that has no place, or that would be read as none.
    exact |= payload.odd_time;
    let values: SmallVec<[String; 1]> = infos
        .iter()
        .filter(|_| exact)
        .map(|info| info.to_value())
        .collect();
    let properties = values.iter().map(|value| (BATCH_PROPERTY, value.as_str()));
    let fields = MetadataFields {
        producer_name: context.producer_name,
        sequence_id: context.sequence_id.unwrap_or(payload.first_sequence),
        publish_time_ms: publish_time(payload.first_timestamp, context),
        num_messages,
        marker_type: payload.marker.filter(|_| marker),
        txn: transaction_id(&infos).filter(|_| native),
    };
    let sequence_id = fields.sequence_id;
    let mut parts = payload.into_parts();
    let prefix = checksum_prefix(
        &fields,
        properties.chain(context.properties.iter().copied()),
        |crc| append(parts.get(1..).unwrap_or_default(), crc),
    );
    if let Some(first) = parts.first_mut() {
        *first = prefix;
    }
    Ok(EncodedEntry {
        parts,
        num_messages,
        sequence_id,
        marker,
    })
}

fn publish_time(first: Option<i64>, context: &EncodeContext<'_>) -> u64 {
    let now = context.publish_time_ms;
    let is_taken = |first: &i64| {
        let lag = now.saturating_sub(*first);
        let most = context.publish_time_lag_ms;
        most.is_none_or(|most| (0..=most).contains(&lag))
    };
    u64::try_from(first.filter(is_taken).unwrap_or(now)).unwrap_or(0)
}

/// The first batch's; batches of one entry come from one producer.
fn transaction_id(infos: &BatchInfos) -> Option<(u64, u64)> {
    let info = infos.first().filter(|info| info.is_transactional())?;
    Some((info.producer_id as u64, info.producer_epoch as u64))
}

/// The messages so far.
#[derive(Debug, Default)]
struct Payload {
    out: Vec<u8>,
    /// Values that become parts of their own, and where in `out` each belongs.
    sliced: SmallVec<[(usize, Bytes); 1]>,
    count: u64,
    /// Of the first record, where it has one.
    first_timestamp: Option<i64>,
    /// Of the first record, 0 for none.
    first_sequence: u64,
    /// Some record has no timestamp, or 0, which readers take for none.
    odd_time: bool,
    /// What a control batch is to Pulsar.
    marker: Option<i32>,
}

impl Payload {
    fn new(batches: &[ValidBatch]) -> Self {
        let room = |batch: &ValidBatch| {
            let records = usize::try_from(batch.header.record_count()).unwrap_or(0);
            // A count that the bytes do not bear out must not decide how much memory is taken.
            batch.bytes.len() + records.min(batch.bytes.len()) * RECORD_ROOM
        };
        Self {
            out: Vec::with_capacity(batches.iter().map(room).sum()),
            ..Self::default()
        }
    }

    fn put_batch(
        &mut self,
        batch: &ValidBatch,
        marker: bool,
        context: &EncodeContext<'_>,
    ) -> Result<(), EntryError> {
        let control = batch.header.is_control();
        let hidden = control && !marker;
        let plain = batch.header.compression() == Compression::None;
        let section = batch.section(&context.limits)?;
        for record in &section {
            let record = record?;
            if control {
                let marker = EndTxnMarker::parse(&record)?;
                self.marker =
                    Some(marker.map_or(0, |marker| MarkerKind::of_outcome(marker.committed)));
            }
            if self.count == 0 {
                self.first_timestamp = Some(record.timestamp).filter(|time| *time >= 0);
                self.first_sequence = u64::try_from(record.sequence).unwrap_or(0);
            }
            self.odd_time |= record.timestamp <= 0;
            self.count += 1;
            self.put_metadata(&record, hidden)?;
            match record.value {
                Some(value) if plain && value.len() >= SLICED_VALUE => {
                    let value = batch.bytes.slice_ref(value);
                    self.sliced.push((self.out.len(), value));
                }
                value => self.out.extend_from_slice(value.unwrap_or_default()),
            }
        }
        Ok(())
    }

    /// Length and metadata of a message, the fields in the order of their numbers as Pulsar's own writer has them.
    #[inline]
    fn put_metadata(&mut self, record: &RecordView<'_>, hidden: bool) -> Result<(), EntryError> {
        let out = &mut self.out;
        let at = out.len();
        out.extend_from_slice(&[0; 4]);
        if !record.headers.is_empty() {
            record
                .headers
                .iter()
                .for_each(|header| put_header(&header, out));
        }
        // A hidden message must have no key by which compaction would take it for the last of its kind.
        let partition_key = record.key.filter(|_| !hidden);
        if let Some(key) = partition_key {
            put_base64_field(2, key, out)?;
        }
        put_number(3, record.value.map_or(0, <[u8]>::len) as u64, out);
        if hidden {
            put_number(4, 1, out);
        }
        if let Ok(time) = u64::try_from(record.timestamp) {
            put_number(5, time, out);
        }
        if partition_key.is_some() {
            put_number(6, 1, out);
        }
        if let Some(key) = record.key {
            put_bytes_field(7, key, out);
        }
        put_number(8, u64::try_from(record.sequence).unwrap_or(0), out);
        if record.value.is_none() {
            put_number(9, 1, out);
        }
        super::set_length(out, at);
        Ok(())
    }

    /// An empty part for what comes first, and the payload.
    fn into_parts(mut self) -> SmallVec<[Bytes; 3]> {
        self.out.shrink_to_fit();
        let mut parts = SmallVec::with_capacity(2 + 2 * self.sliced.len());
        parts.push(Bytes::new());
        let out = Bytes::from(self.out);
        let mut at = 0;
        for (end, value) in self.sliced {
            parts.push(out.slice(at..end));
            parts.push(value);
            at = end;
        }
        if at < out.len() {
            parts.push(out.slice(at..));
        }
        parts
    }
}

fn put_base64_field(number: u8, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), EntryError> {
    const ROOM: [u8; 64] = [0; 64];
    const TOO_LONG: EntryError = EntryError::Encode("a key too long for base64");
    let len = base64::encoded_len(bytes.len(), true).ok_or(TOO_LONG)?;
    put_bytes_head(number, len, out);
    let start = out.len();
    if len <= ROOM.len() {
        // A constant number of bytes needs no call.
        out.extend_from_slice(&ROOM);
    }
    out.resize(start + len, 0);
    let room = out.get_mut(start..).unwrap_or_default();
    BASE64_STANDARD
        .encode_slice(bytes, room)
        .map_err(|_| TOO_LONG)?;
    Ok(())
}
