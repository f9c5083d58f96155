//! Entry points for fuzzing: any bytes may come in, and nothing may panic or grow beyond its limit.

use bytes::Bytes;

use crate::control::EndTxnMarker;
use crate::{
    Compression, DecompressLimits, Filtered, Horizon, Origin, ProduceRules, Record, RecordBatch,
    TargetCompression, TimestampType, batches, down_convert, validate,
};

/// What fuzzed batches may expand to.
const LIMITS: DecompressLimits = DecompressLimits { max_bytes: 1 << 20 };

/// Reads the bytes as batches and every record in them, by both iterators.
///
/// # Panics
/// If the two iterators disagree, which is a fault of this code.
pub fn read(data: &[u8]) {
    for batch in batches(&Bytes::copy_from_slice(data)).flatten() {
        let _ = batch.verify_crc();
        let _ = batch.first_offset(&LIMITS);
        let _ = batch.decompressed_body(&LIMITS);
        read_records(&batch);
    }
}

fn read_records(batch: &RecordBatch) {
    let (owned, borrowed) = (batch.records(&LIMITS), batch.section(&LIMITS));
    let (Ok(mut owned), Ok(borrowed)) = (owned, borrowed) else {
        return;
    };
    for theirs in &borrowed {
        let ours = owned.next();
        match (&ours, &theirs) {
            (Some(Ok(ours)), Ok(theirs)) => {
                assert_eq!(ours.view(), *theirs);
                assert_eq!(ours.headers.iter().count(), theirs.headers.len());
                let _ = EndTxnMarker::parse(theirs);
            }
            (Some(Err(ours)), Err(theirs)) => assert_eq!(ours, theirs),
            _ => panic!("the iterators disagree: {ours:?}, {theirs:?}"),
        }
    }
    assert!(owned.next().is_none(), "one iterator has more records");
}

/// Validates the bytes as a producer's records, under rules that the first two bytes pick, and reads what comes of it.
///
/// # Panics
/// If validated records cannot be read, or do not have the offsets and the checksum that they should; these are faults
/// of this code.
pub fn produce(data: &[u8]) {
    let Some((&[rules, codec], records)) = data.split_first_chunk() else {
        return;
    };
    let rules = rules_of(rules, codec);
    let Ok(valid) = validate(Bytes::copy_from_slice(records), &rules) else {
        return;
    };
    for batch in &valid.batches {
        let assigned = batch.assign(1_000, 7, None);
        let stored = Bytes::from([&assigned.header[..], &assigned.body[..]].concat());
        let stored = RecordBatch::parse(stored).expect("a validated batch is whole");
        stored.verify_crc().expect("its checksum fits");
        let section = stored.section(&LIMITS).expect("it can be decompressed");
        let mut offset = 1_000;
        for record in &section {
            assert_eq!(record.expect("its records are sound").offset, offset);
            offset += 1;
        }
        assert_eq!(offset - 1_000, i64::from(valid.record_count));
        assert_eq!(stored.next_offset(), offset);
    }
}

fn rules_of(bits: u8, codec: u8) -> ProduceRules {
    let codec = Compression::ALL[usize::from(codec) % Compression::ALL.len()];
    let append = bits & 1 != 0;
    ProduceRules {
        produce_version: if bits & 2 != 0 { 2 } else { 9 },
        max_message_bytes: 1 << 20,
        timestamp_type: if append {
            TimestampType::LogAppendTime
        } else {
            TimestampType::CreateTime
        },
        before_max_ms: i64::MAX,
        after_max_ms: if bits & 4 != 0 { 3_600_000 } else { i64::MAX },
        now_ms: 1_700_000_000_000,
        compression: if bits & 8 != 0 {
            TargetCompression::Codec { codec, level: None }
        } else {
            TargetCompression::Producer
        },
        require_keys: bits & 16 != 0,
        max_decompressed_bytes: LIMITS.max_bytes,
        origin: Origin::Client,
    }
}

/// Converts the bytes down to the magic that the first byte picks, and reads the result.
///
/// # Panics
/// If the result has a batch above that magic or a broken one, which is a fault of this code.
pub fn convert(data: &[u8]) {
    let Some((&pick, records)) = data.split_first() else {
        return;
    };
    let to_magic = (pick & 1) as i8;
    let records = Bytes::copy_from_slice(records);
    let Ok(converted) = down_convert(&records, to_magic, i64::from(pick >> 1), &LIMITS) else {
        return;
    };
    for batch in batches(&converted.bytes) {
        assert!(batch.expect("the result is sound").magic() <= to_magic);
    }
}

/// Leaves out of each batch the records that the first byte picks, with a delete horizon as the second one says, and
/// compares what is left.
///
/// # Panics
/// If the result is not what was to be kept, which is a fault of this code.
pub fn filter(data: &[u8]) {
    let Some((&[mask, horizon], records)) = data.split_first_chunk() else {
        return;
    };
    let horizon = (horizon & 1 != 0).then_some(Horizon {
        at_ms: 1_700_000_000_000,
        always: horizon & 2 != 0,
    });
    for batch in batches(&Bytes::copy_from_slice(records)).flatten() {
        filter_batch(&batch, mask, horizon);
    }
}

fn filter_batch(batch: &RecordBatch, mask: u8, horizon: Option<Horizon>) {
    let (mut asked, mut wanted) = (0_u32, Vec::new());
    let mut out = b"before".to_vec();
    let keep = |record: &crate::RecordView<'_>| {
        let keeps = mask >> (asked % 8) & 1 != 0;
        asked += 1;
        if keeps {
            wanted.push(record.offset);
        }
        keeps
    };
    let filtered = crate::filter(batch, &LIMITS, horizon, keep, &mut out);
    let written = out.split_off(b"before".len());
    assert_eq!(out, b"before", "what was there stays");
    match filtered {
        Ok(Filtered::Rewritten(count)) => {
            assert_eq!(usize::try_from(count), Ok(wanted.len()));
            let left = RecordBatch::parse(written.into()).expect("what is written is whole");
            left.verify_crc().expect("its checksum fits");
            compare(batch, &left, mask);
        }
        Ok(Filtered::Unchanged) => assert_eq!(usize::try_from(asked), Ok(wanted.len())),
        Ok(Filtered::Empty) => assert_eq!(wanted, [], "nothing was to be kept"),
        Err(_) => {}
    }
}

fn compare(batch: &RecordBatch, left: &RecordBatch, mask: u8) {
    assert_eq!(left.magic(), 2);
    if batch.magic() == 2 {
        assert_eq!(left.base_offset(), batch.base_offset());
        assert_eq!(left.last_offset(), batch.last_offset());
        assert_eq!(left.last_sequence(), batch.last_sequence());
    }
    let kept = |(at, record): (usize, _)| (mask >> (at % 8) & 1 != 0).then_some(record);
    let records = |batch: &RecordBatch| batch.records(&LIMITS).expect("it was read before");
    let before: Vec<Record> = records(batch)
        .map(|record| record.expect("it was read before"))
        .enumerate()
        .filter_map(kept)
        .collect();
    let after: Vec<Record> = records(left)
        .map(|record| record.expect("what is written can be read"))
        .collect();
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before.offset, after.offset);
        assert_eq!(before.timestamp, after.timestamp);
        assert_eq!(before.sequence, after.sequence);
        assert_eq!((&before.key, &before.value), (&after.key, &after.value));
        assert_eq!(before.headers.iter().count(), after.headers.iter().count());
    }
}
