//! What a broker accepts from producers, and what it makes of it.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use bytes::Bytes;
use kop_codec::ErrorCode;
use kop_records::control::EndTxnMarker;
use kop_records::{
    BatchBuilder, Compression, DecompressLimits, HEADER_LEN, HeaderView, Origin, ProduceError,
    ProduceRules, Record, RecordBatch, TargetCompression, TimestampType, ValidatedRecords,
    validate,
};

const NOW: i64 = 1_700_000_000_000;
const LIMITS: DecompressLimits = DecompressLimits { max_bytes: 1 << 24 };

fn rules() -> ProduceRules {
    ProduceRules {
        produce_version: 9,
        max_message_bytes: 1 << 20,
        timestamp_type: TimestampType::CreateTime,
        before_max_ms: 60_000,
        after_max_ms: 1_000,
        now_ms: NOW,
        compression: TargetCompression::Producer,
        require_keys: false,
        max_decompressed_bytes: 1 << 24,
        origin: Origin::Client,
    }
}

fn builder(codec: Compression, count: i64) -> BatchBuilder {
    filled(BatchBuilder::new(codec), count)
}

fn filled(mut builder: BatchBuilder, count: i64) -> BatchBuilder {
    for i in 0..count {
        let value = format!("value {i} ").repeat(30);
        builder
            .append(NOW - i, Some(b"key"), Some(value.as_bytes()), &[])
            .unwrap();
    }
    builder
}

fn batch(codec: Compression, count: i64) -> Bytes {
    builder(codec, count).build().unwrap()
}

/// Changes bytes and sets the checksum right.
fn patched(batch: &Bytes, at: usize, bytes: &[u8]) -> Bytes {
    let mut patched = batch.to_vec();
    patched[at..at + bytes.len()].copy_from_slice(bytes);
    let crc = crc32c::crc32c(&patched[21..]);
    patched[17..21].copy_from_slice(&crc.to_be_bytes());
    Bytes::from(patched)
}

/// The single batch as it is stored at offset 100.
fn stored(valid: &ValidatedRecords) -> (RecordBatch, Vec<Record>) {
    assert_eq!(valid.batches.len(), 1);
    let assigned = valid.batches[0].assign(100, 5, None);
    let batch = RecordBatch::parse(Bytes::from(
        [&assigned.header[..], &assigned.body[..]].concat(),
    ))
    .unwrap();
    batch.verify_crc().unwrap();
    assert_eq!(
        (batch.base_offset(), batch.partition_leader_epoch()),
        (100, 5)
    );
    assert_eq!(batch.size_in_bytes(), valid.bytes);
    let records = batch
        .records(&LIMITS)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    (batch, records)
}

fn refused(records: Bytes, rules: &ProduceRules, code: ErrorCode) -> ProduceError {
    let error = validate(records, rules).unwrap_err();
    assert_eq!(error.error_code(), code, "{error}");
    error
}

#[test]
fn a_sound_batch_stays_as_it_is() {
    for codec in Compression::ALL {
        let bytes = batch(codec, 500);
        let valid = validate(bytes.clone(), &rules()).unwrap();
        assert_eq!((valid.record_count, valid.converted), (500, 0));
        assert_eq!(
            (valid.max_timestamp, valid.offset_of_max_timestamp),
            (NOW, 0)
        );
        assert_eq!(
            valid.batches[0].bytes.as_ptr(),
            bytes.as_ptr(),
            "nothing is copied"
        );
        let (stored, records) = stored(&valid);
        assert_eq!(stored.bytes()[16..], bytes[16..], "{codec}");
        assert_eq!((records[0].offset, records[499].offset), (100, 599));
    }
}

#[test]
fn the_request_must_hold_one_sound_batch_of_magic_2() {
    let good = batch(Compression::None, 3);
    let two = Bytes::from([&good[..], &good[..]].concat());
    let old = filled(BatchBuilder::new(Compression::None).magic(1), 1)
        .build()
        .unwrap();
    let based = filled(BatchBuilder::new(Compression::None).base_offset(7), 1)
        .build()
        .unwrap();
    let no_sequence = filled(BatchBuilder::new(Compression::None).producer(5, 0, -1), 1)
        .build()
        .unwrap();
    let marker = EndTxnMarker {
        committed: true,
        coordinator_epoch: 0,
    }
    .batch(NOW, 5, 0)
    .unwrap();
    let cases = [
        ("empty", Bytes::new()),
        ("incomplete", good.slice(..good.len() - 1)),
        ("two", two),
        ("magic 1", old),
        ("base offset", based),
        ("no sequence", no_sequence),
        ("control", marker),
        ("no records", builder(Compression::None, 0).build().unwrap()),
        ("count", patched(&good, 57, &4_i32.to_be_bytes())),
        (
            "negative count",
            patched(&good, 57, &(-1_i32).to_be_bytes()),
        ),
        ("last offset", patched(&good, 23, &9_i32.to_be_bytes())),
        ("a count that the records do not have", {
            let more = patched(&good, 57, &4_i32.to_be_bytes());
            patched(&more, 23, &3_i32.to_be_bytes())
        }),
    ];
    for (name, records) in cases {
        let error = refused(records, &rules(), ErrorCode::INVALID_RECORD);
        assert!(error.record_errors().is_empty(), "{name}: {error}");
    }
    let cut = Bytes::from([&good[..], &good[..good.len() - 1]].concat());
    assert_eq!(
        validate(cut, &rules()).unwrap().record_count,
        3,
        "an incomplete second batch is passed over"
    );
}

#[test]
fn bytes_that_are_no_batch_are_corrupt() {
    let good = batch(Compression::None, 3);
    let mut flipped = good.to_vec();
    flipped[70] ^= 1;
    refused(Bytes::from(flipped), &rules(), ErrorCode::CORRUPT_MESSAGE);
    refused(
        Bytes::from(vec![7; 100]),
        &rules(),
        ErrorCode::CORRUPT_MESSAGE,
    );
    let garbage = patched(&good, 21, &[0, 1]);
    refused(garbage, &rules(), ErrorCode::CORRUPT_MESSAGE);
    refused(
        patched(&good, 21, &[0, 7]),
        &rules(),
        ErrorCode::UNSUPPORTED_COMPRESSION_TYPE,
    );
}

#[test]
fn sizes_are_limited_before_and_after_decompression() {
    let good = batch(Compression::Gzip, 1_000);
    let exact = ProduceRules {
        max_message_bytes: good.len(),
        ..rules()
    };
    assert!(validate(good.clone(), &exact).is_ok());
    let less = ProduceRules {
        max_message_bytes: good.len() - 1,
        ..rules()
    };
    refused(good.clone(), &less, ErrorCode::MESSAGE_TOO_LARGE);
    let plain = ProduceRules {
        compression: TargetCompression::Codec {
            codec: Compression::None,
            level: None,
        },
        ..exact
    };
    refused(good.clone(), &plain, ErrorCode::MESSAGE_TOO_LARGE);
    for compression in [rules().compression, plain.compression] {
        let bomb = ProduceRules {
            max_decompressed_bytes: 10_000,
            compression,
            ..rules()
        };
        let error = refused(good.clone(), &bomb, ErrorCode::MESSAGE_TOO_LARGE);
        assert_eq!(error, ProduceError::DecompressedTooLarge { limit: 10_000 });
    }
}

#[test]
fn zstd_needs_version_7() {
    let records = batch(Compression::Zstd, 3);
    assert!(
        validate(
            records.clone(),
            &ProduceRules {
                produce_version: 7,
                ..rules()
            }
        )
        .is_ok()
    );
    let old = ProduceRules {
        produce_version: 6,
        ..rules()
    };
    refused(records, &old, ErrorCode::UNSUPPORTED_COMPRESSION_TYPE);
}

#[test]
fn timestamps_out_of_range_are_named_one_by_one() {
    for codec in Compression::ALL {
        let mut builder = BatchBuilder::new(codec);
        for timestamp in [
            NOW,
            NOW - 60_001,
            NOW - 60_000,
            NOW + 1_001,
            NOW + 1_000,
            -1,
        ] {
            builder.append(timestamp, None, None, &[]).unwrap();
        }
        let records = builder.build().unwrap();
        let error = refused(records.clone(), &rules(), ErrorCode::INVALID_TIMESTAMP);
        let indexes: Vec<i32> = error
            .record_errors()
            .iter()
            .map(|error| error.index)
            .collect();
        assert_eq!(indexes, [1, 3]);
        let append = ProduceRules {
            timestamp_type: TimestampType::LogAppendTime,
            ..rules()
        };
        assert_eq!(
            validate(records, &append).unwrap().max_timestamp,
            NOW,
            "the broker's time is used"
        );
    }
}

#[test]
fn log_append_time_is_set_and_never_taken_from_producers() {
    let append = ProduceRules {
        timestamp_type: TimestampType::LogAppendTime,
        now_ms: NOW + 50,
        ..rules()
    };
    for codec in Compression::ALL {
        let valid = validate(batch(codec, 5), &append).unwrap();
        assert_eq!(
            (valid.max_timestamp, valid.offset_of_max_timestamp),
            (NOW + 50, 0)
        );
        let (batch, records) = stored(&valid);
        assert_eq!(batch.timestamp_type(), TimestampType::LogAppendTime);
        assert!(records.iter().all(|record| record.timestamp == NOW + 50));
    }
    let set = filled(BatchBuilder::new(Compression::None).log_append_time(-1), 2)
        .build()
        .unwrap();
    let error = refused(set, &rules(), ErrorCode::INVALID_TIMESTAMP);
    assert_eq!(error.record_errors().len(), 2);
}

#[test]
fn a_log_may_set_the_append_time_itself() {
    let valid = validate(batch(Compression::Lz4, 5), &rules()).unwrap();
    let assigned = valid.batches[0].assign(9, 1, Some(NOW + 3));
    let batch = RecordBatch::parse(Bytes::from(
        [&assigned.header[..], &assigned.body[..]].concat(),
    ))
    .unwrap();
    batch.verify_crc().unwrap();
    assert_eq!(
        (batch.timestamp_type(), batch.max_timestamp()),
        (TimestampType::LogAppendTime, NOW + 3)
    );
}

#[test]
fn a_wrong_maximum_is_put_right() {
    let lied = filled(BatchBuilder::new(Compression::Snappy).max_timestamp(1), 4)
        .build()
        .unwrap();
    let valid = validate(lied, &rules()).unwrap();
    assert_eq!(valid.converted, 0);
    assert_eq!(stored(&valid).0.max_timestamp(), NOW);
}

#[test]
fn compacted_topics_need_keys() {
    let keys = ProduceRules {
        require_keys: true,
        ..rules()
    };
    for codec in Compression::ALL {
        let mut builder = BatchBuilder::new(codec);
        for key in [Some(&b"k"[..]), None, Some(b"")] {
            builder.append(NOW, key, None, &[]).unwrap();
        }
        let records = builder.build().unwrap();
        let error = refused(records.clone(), &keys, ErrorCode::INVALID_RECORD);
        assert_eq!(error.record_errors().len(), 1);
        assert_eq!(error.record_errors()[0].index, 1);
        assert!(validate(records, &rules()).is_ok());
    }
}

#[test]
fn records_must_have_the_offsets_that_the_batch_says() {
    for codec in Compression::ALL {
        let mut builder = BatchBuilder::new(codec).last_offset(2);
        for offset in [0, 2, 3] {
            builder.append_at(offset, NOW, None, None, &[]).unwrap();
        }
        let error = refused(
            builder.build().unwrap(),
            &rules(),
            ErrorCode::INVALID_RECORD,
        );
        let indexes: Vec<i32> = error
            .record_errors()
            .iter()
            .map(|error| error.index)
            .collect();
        assert_eq!(indexes, [1, 2]);
    }
}

#[test]
fn another_codec_keeps_the_records() {
    let headers = [HeaderView {
        key: b"h",
        value: None,
    }];
    for from in Compression::ALL {
        for codec in Compression::ALL {
            let mut builder = BatchBuilder::new(from)
                .producer(77, 3, 12)
                .transactional(true);
            for i in 0..300 {
                builder
                    .append(NOW + i, Some(b"k"), Some(&[b'v'; 50]), &headers)
                    .unwrap();
            }
            let records = builder.build().unwrap();
            let target = TargetCompression::Codec {
                codec,
                level: Some(2),
            };
            let valid = validate(
                records.clone(),
                &ProduceRules {
                    compression: target,
                    ..rules()
                },
            )
            .unwrap();
            assert_eq!(valid.converted, if from == codec { 0 } else { 300 });
            assert_eq!(
                (valid.max_timestamp, valid.offset_of_max_timestamp),
                (NOW + 299, 299)
            );
            let (batch, after) = stored(&valid);
            assert_eq!(
                (
                    batch.compression(),
                    batch.producer_id(),
                    batch.base_sequence()
                ),
                (codec, 77, 12)
            );
            assert!(batch.is_transactional());
            let before = RecordBatch::parse(records).unwrap();
            for (before, after) in before.records(&LIMITS).unwrap().zip(after) {
                let mut before = before.unwrap();
                before.offset += 100;
                assert_eq!(before, after);
            }
        }
    }
}

#[test]
fn old_messages_become_one_batch() {
    for magic in [0, 1] {
        for from in &Compression::ALL[..4] {
            for codec in [None, Some(Compression::Zstd), Some(Compression::None)] {
                let target = codec.map_or(TargetCompression::Producer, |codec| {
                    TargetCompression::Codec { codec, level: None }
                });
                // Old clients gave the messages any offsets.
                let old = filled(BatchBuilder::new(*from).magic(magic).base_offset(40), 20)
                    .build()
                    .unwrap();
                let rules = ProduceRules {
                    produce_version: 2,
                    compression: target,
                    ..rules()
                };
                // zstd as a target is the broker's own choice and not bound to the request's version.
                let valid = validate(old, &rules).unwrap();
                assert_eq!((valid.record_count, valid.converted), (20, 20));
                let (batch, records) = stored(&valid);
                assert_eq!(
                    (batch.magic(), batch.compression()),
                    (2, codec.unwrap_or(*from))
                );
                assert_eq!((records.len(), records[19].offset), (20, 119));
                let timestamp = if magic == 0 { -1 } else { NOW - 19 };
                assert_eq!(
                    (records[19].timestamp, valid.max_timestamp),
                    (timestamp, if magic == 0 { -1 } else { NOW })
                );
                assert_eq!(records[19].key.as_deref(), Some(&b"key"[..]));
            }
        }
    }
}

#[test]
fn old_messages_must_fit_together() {
    let old = ProduceRules {
        produce_version: 2,
        ..rules()
    };
    let message = |magic, codec| {
        filled(BatchBuilder::new(codec).magic(magic), 2)
            .build()
            .unwrap()
    };
    let join = |a: Bytes, b: Bytes| Bytes::from([&a[..], &b[..]].concat());
    let (none, gzip) = (Compression::None, Compression::Gzip);
    refused(
        join(message(0, none), message(1, none)),
        &old,
        ErrorCode::INVALID_RECORD,
    );
    refused(
        join(message(1, gzip), message(1, gzip)),
        &old,
        ErrorCode::INVALID_RECORD,
    );
    refused(
        join(message(1, none), message(1, gzip)),
        &old,
        ErrorCode::INVALID_RECORD,
    );
    assert_eq!(
        validate(join(message(1, none), message(1, none)), &old)
            .unwrap()
            .record_count,
        4
    );
    let nothing = validate(Bytes::new(), &old).unwrap();
    assert_eq!(
        (
            nothing.batches.len(),
            nothing.record_count,
            nothing.max_timestamp
        ),
        (0, 0, -1)
    );
    let bomb = ProduceRules {
        max_decompressed_bytes: 100,
        ..old
    };
    refused(message(1, gzip), &bomb, ErrorCode::MESSAGE_TOO_LARGE);
    let keys = ProduceRules {
        before_max_ms: 0,
        ..old
    };
    let error = refused(message(1, gzip), &keys, ErrorCode::INVALID_TIMESTAMP);
    assert_eq!(error.record_errors()[0].index, 1);
}

#[test]
fn coordinators_write_markers_and_their_topic_may_be_compressed() {
    let marker = EndTxnMarker {
        committed: false,
        coordinator_epoch: 3,
    }
    .batch(NOW, 5, 0)
    .unwrap();
    let rules = ProduceRules {
        origin: Origin::Coordinator,
        produce_version: i16::MAX,
        compression: TargetCompression::Codec {
            codec: Compression::Gzip,
            level: None,
        },
        ..rules()
    };
    let (batch, records) = stored(&validate(marker, &rules).unwrap());
    assert_eq!(
        (batch.compression(), batch.is_control()),
        (Compression::None, true)
    );
    let marker = EndTxnMarker::parse(&records[0].view()).unwrap();
    assert_eq!(
        marker,
        Some(EndTxnMarker {
            committed: false,
            coordinator_epoch: 3
        })
    );
}

#[test]
fn records_larger_than_the_window_are_walked() {
    for codec in Compression::ALL {
        let mut builder = BatchBuilder::new(codec);
        for size in [0_usize, 100, 65_500, 70_000, 300_000, 1] {
            let value: Vec<u8> = (0..size).map(|i| (i / 3 % 251) as u8).collect();
            let headers = [HeaderView {
                key: b"header",
                value: Some(&value),
            }];
            builder
                .append(NOW, Some(&value), Some(&value), &headers)
                .unwrap();
        }
        let rules = ProduceRules {
            max_message_bytes: 1 << 23,
            ..rules()
        };
        let valid = validate(builder.build().unwrap(), &rules).unwrap();
        assert_eq!(valid.record_count, 6, "{codec}");
        assert!(valid.batches[0].bytes.len() > HEADER_LEN);
    }
}
