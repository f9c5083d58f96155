//! Entry points for fuzzing: any bytes may come in, and nothing may panic or grow beyond its limit.

use bytes::Bytes;
use kop_records::{
    DecompressLimits, Record, RecordBatch, RecordView, TargetCompression, ValidBatch,
    ValidatedRecords, batches,
};

use crate::{
    ChunkAssembler, DecodeContext, Decoded, DecodedBatch, EncodeContext, EntryFormat, EntryView,
    TransactionForm, encode, encode_as_they_came, validate_batches,
};

/// What fuzzed payloads may expand to.
const LIMITS: DecompressLimits = DecompressLimits { max_bytes: 1 << 20 };
const BASE_OFFSET: i64 = 1_000;

/// Reads the bytes as an entry, decodes it, and reads every record of what it becomes. Chunks go through an assembler.
///
/// # Panics
/// If batches come out that cannot be read or whose offsets are not those of the entry, which is a fault of this code.
pub fn read(data: &[u8]) {
    let entry = Bytes::copy_from_slice(data);
    let context = DecodeContext {
        limits: LIMITS,
        verify_checksum: false,
        leader_epoch: 3,
        schema_version_header: Some("schema"),
    };
    let Ok(view) = EntryView::parse(&entry) else {
        return;
    };
    let _ = view.verify_checksum();
    let _ = view.payload(&LIMITS);
    let mut chunks = ChunkAssembler::new(2);
    let _ = chunks.add(&view, BASE_OFFSET, &context);
    let Ok(Decoded::Batches(batches)) = view.decode(BASE_OFFSET, &context) else {
        return;
    };
    let mut next = BASE_OFFSET;
    for batch in &batches {
        let (first, last) = (batch.header.base_offset(), batch.header.last_offset());
        assert_eq!(batch.header.partition_leader_epoch(), 3);
        assert!(first >= next, "{first} after {next}");
        next = last.max(first) + 1;
        if view.format() == EntryFormat::Pulsar {
            records_of(batch);
        }
    }
    assert!(next <= BASE_OFFSET + i64::from(view.num_messages()));
}

/// Takes the bytes as batches, encodes them in every format, and decodes the entries.
///
/// # Panics
/// If what comes out is not what went in, which is a fault of this code.
pub fn round_trip(data: &[u8]) {
    let bytes = Bytes::copy_from_slice(data);
    let mut context = EncodeContext::at(1_700_000_000_000);
    context.limits = LIMITS;
    if let Ok(entry) = encode_as_they_came(&bytes, &context) {
        // The records may still be broken, which is not looked at.
        let _ = EntryView::parse(&entry.to_bytes()).expect("what is written is read");
    }
    let Ok(records) = validate_batches(&bytes, TargetCompression::Producer, &LIMITS) else {
        return;
    };
    for format in EntryFormat::ALL {
        for transactions in [TransactionForm::Native, TransactionForm::Readable] {
            context.transactions = transactions;
            context.checksum = transactions == TransactionForm::Readable;
            check_round_trip(format, &records, &context);
        }
    }
}

fn check_round_trip(format: EntryFormat, records: &ValidatedRecords, context: &EncodeContext<'_>) {
    let Ok(entry) = encode(format, records, context) else {
        return;
    };
    let bytes = entry.to_bytes();
    assert_eq!(bytes.len(), entry.size_in_bytes());
    let view = EntryView::parse(&bytes).expect("what is written is read");
    assert_eq!(view.num_messages(), entry.num_messages);
    assert_eq!(view.marker().is_some(), entry.marker);
    let read = DecodeContext {
        limits: LIMITS,
        ..DecodeContext::default()
    };
    let decoded = view.decode(BASE_OFFSET, &read).expect("it can be decoded");
    let Decoded::Batches(decoded) = decoded else {
        panic!("not batches: {decoded:?}");
    };
    assert_eq!(decoded.len(), records.batches.len());
    let mut offset = BASE_OFFSET;
    for (after, before) in decoded.iter().zip(&records.batches) {
        check_header(after, before);
        let after = records_of(after);
        let section = before.section(&LIMITS).expect("it was read before");
        let mut count = 0;
        for (after, before) in after.iter().zip(&section) {
            let before = before.expect("it was read before");
            let timestamp = match format {
                EntryFormat::Pulsar => before.timestamp.max(-1),
                EntryFormat::Kafka | EntryFormat::MixedKafka => before.timestamp,
            };
            assert_eq!((after.offset, after.timestamp), (offset, timestamp));
            check_record(&after.view(), &before);
            offset += 1;
            count += 1;
        }
        assert_eq!(count, after.len());
    }
}

fn check_record(after: &RecordView<'_>, before: &RecordView<'_>) {
    assert_eq!(after.key, before.key);
    assert_eq!(after.value, before.value);
    assert_eq!(after.sequence, before.sequence);
    // Not their bytes: null has more than one form there.
    assert!(after.headers.iter().eq(before.headers.iter()));
}

fn check_header(after: &DecodedBatch, before: &ValidBatch) {
    let (after, before) = (&after.header, &before.header);
    assert_eq!(after.producer_id(), before.producer_id());
    assert_eq!(after.producer_epoch(), before.producer_epoch());
    assert_eq!(after.base_sequence(), before.base_sequence());
    assert_eq!(after.last_offset_delta(), before.last_offset_delta());
    assert_eq!(after.is_transactional(), before.is_transactional());
    assert_eq!(after.is_control(), before.is_control());
    assert_eq!(after.timestamp_type(), before.timestamp_type());
}

fn records_of(batch: &DecodedBatch) -> Vec<Record> {
    let bytes = batch.to_bytes();
    let mut all = batches(&bytes);
    let batch: RecordBatch = all.next().expect("a batch").expect("a sound one");
    assert!(all.next().is_none(), "only one");
    batch.verify_crc().expect("its checksum fits");
    let records = batch.records(&LIMITS).expect("its records can be read");
    records.map(|record| record.expect("a record")).collect()
}
