//! Any records through every format and back, and any bytes into the readers.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use bytes::Bytes;
use kop_entry::{
    DecodeContext, EncodeContext, EntryError, EntryFormat, EntryView, decode, encode,
    encode_as_they_came, fuzz, validate_batches,
};
use kop_records::control::EndTxnMarker;
use kop_records::{BatchBuilder, Compression, DecompressLimits, HeaderView, TargetCompression};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Bytes that are text, that are not, and keys that look like the marks of kop-entry.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let marks = select(vec![
        &b"kafka.base64.a"[..],
        b"kafka.null.",
        b"kafka.raw.AA==",
        b"kafka.rawnull.*",
        b"kafka.batch",
        b"entry.format",
    ]);
    prop_oneof![
        "\\PC{0,12}".prop_map(String::into_bytes),
        vec(any::<u8>(), 0..40),
        marks.prop_map(<[u8]>::to_vec),
    ]
}

/// The last are values that are large enough not to be copied, and for a batch whose checksum is not computed again.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let large = |len| any::<u8>().prop_map(move |byte| vec![byte; len]);
    prop_oneof![16 => bytes(), 2 => large(20_000), 1 => large(150_000)]
}

#[derive(Debug, Clone)]
struct Written {
    timestamp: i64,
    key: Option<Vec<u8>>,
    value: Option<Vec<u8>>,
    headers: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

fn record() -> impl Strategy<Value = Written> {
    let timestamp = prop_oneof![
        Just(-1),
        Just(0),
        Just(i64::MAX),
        0..2_000_000_000_000_i64,
        1_700_000_000_000..1_700_000_000_100_i64,
    ];
    let headers = vec((bytes(), option::of(bytes())), 0..4);
    (timestamp, option::of(bytes()), option::of(value()), headers).prop_map(
        |(timestamp, key, value, headers)| Written {
            timestamp,
            key,
            value,
            headers,
        },
    )
}

#[derive(Debug, Clone)]
struct Batch {
    codec: Compression,
    producer: Option<(i64, i16, i32)>,
    transactional: bool,
    append_time: Option<i64>,
    records: Vec<Written>,
}

fn batch() -> impl Strategy<Value = Batch> {
    let producer = (0..=i64::MAX, 0..=i16::MAX, 0..=i32::MAX);
    (
        select(Compression::ALL.to_vec()),
        option::of(producer),
        any::<bool>(),
        option::weighted(0.2, 0..2_000_000_000_000_i64),
        vec(record(), 1..12),
    )
        .prop_map(
            |(codec, producer, transactional, append_time, records)| Batch {
                codec,
                producer,
                transactional: transactional && producer.is_some(),
                append_time,
                records,
            },
        )
}

impl Batch {
    fn build(&self) -> Bytes {
        let mut builder = BatchBuilder::new(self.codec).transactional(self.transactional);
        if let Some((id, epoch, sequence)) = self.producer {
            builder = builder.producer(id, epoch, sequence);
        }
        if let Some(time) = self.append_time {
            builder = builder.log_append_time(time);
        }
        for record in &self.records {
            let headers: Vec<_> = record
                .headers
                .iter()
                .map(|(key, value)| HeaderView {
                    key,
                    value: value.as_deref(),
                })
                .collect();
            builder
                .append(
                    record.timestamp,
                    record.key.as_deref(),
                    record.value.as_deref(),
                    &headers,
                )
                .unwrap();
        }
        builder.build().unwrap()
    }
}

proptest! {
    #[test]
    fn what_kafka_wrote_kafka_reads(batches in vec(batch(), 1..4)) {
        fuzz::round_trip(&batches.iter().map(Batch::build).collect::<Vec<_>>().concat());
    }

    #[test]
    fn markers_come_back(committed: bool, coordinator_epoch: i32, id in 0..=i64::MAX, epoch in 0..=i16::MAX, time: i64) {
        let marker = EndTxnMarker { committed, coordinator_epoch };
        fuzz::round_trip(&marker.batch(time, id, epoch).unwrap());
    }

    #[test]
    fn no_bytes_break_the_reader(bytes in vec(any::<u8>(), 0..300)) {
        fuzz::read(&bytes);
        fuzz::round_trip(&bytes);
    }
}

#[test]
fn publish_times_stay_near_the_time_of_the_write() {
    const NOW: i64 = 1_700_000_000_000;
    let published = |first: i64, lag: Option<i64>| {
        let mut builder = BatchBuilder::new(Compression::None);
        builder.append(first, None, Some(b"value"), &[]).unwrap();
        let limits = DecompressLimits::default();
        let producer = TargetCompression::Producer;
        let records = validate_batches(&builder.build().unwrap(), producer, &limits).unwrap();
        let context = EncodeContext {
            publish_time_lag_ms: lag,
            ..EncodeContext::at(NOW)
        };
        let entry = encode(EntryFormat::Pulsar, &records, &context).unwrap();
        let entry = entry.to_bytes();
        let view = EntryView::parse(&entry).unwrap();
        i64::try_from(view.metadata().publish_time_ms).unwrap()
    };
    for first in [1, NOW - 501, NOW + 1] {
        assert_eq!(published(first, None), first, "as the original");
        assert_eq!(published(first, Some(500)), NOW, "{first}");
    }
    for first in [NOW - 500, NOW] {
        assert_eq!(published(first, Some(500)), first);
    }
    assert_eq!(published(-1, None), NOW);
    assert_eq!(published(-1, Some(500)), NOW);
}

#[test]
fn a_kafka_payload_without_a_batch_is_named() {
    let mut builder = BatchBuilder::new(Compression::None);
    builder.append(1, None, Some(b"value"), &[]).unwrap();
    let context = EncodeContext::at(1);
    let entry = encode_as_they_came(&builder.build().unwrap(), &context).unwrap();
    let decoded = decode(&entry.parts[0], 0, &DecodeContext::default());
    let Err(EntryError::Malformed { fault, .. }) = decoded else {
        panic!("{decoded:?}");
    };
    assert_eq!(fault, "no record batch");
}
