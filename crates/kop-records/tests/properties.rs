//! Properties that hold for all records, all codecs and all bytes.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use bytes::Bytes;
use kop_records::{
    BatchBuilder, Compression, DecompressLimits, Filtered, HEADER_LEN, HeaderView, Horizon, Record,
    RecordBatch, RecordView, RecordsError, batches, down_convert, filter, fuzz,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

const LIMITS: DecompressLimits = DecompressLimits { max_bytes: 1 << 22 };

/// A record as drawn.
#[derive(Debug, Clone)]
struct Drawn {
    gap: u8,
    timestamp: i64,
    key: Option<Vec<u8>>,
    value: Option<Vec<u8>>,
    headers: Vec<(String, Option<Vec<u8>>)>,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let bytes = || prop_oneof![vec(any::<u8>(), 0..20), vec(0_u8..4, 0..3_000)];
    let headers = vec((".{0,8}", option::of(vec(any::<u8>(), 0..8))), 0..3);
    let timestamp = prop_oneof![0..2_000_000_000_000_i64, -1..=i64::MAX];
    (
        0..3_u8,
        timestamp,
        option::of(bytes()),
        option::of(bytes()),
        headers,
    )
        .prop_map(|(gap, timestamp, key, value, headers)| Drawn {
            gap,
            timestamp,
            key,
            value,
            headers,
        })
}

fn codec() -> impl Strategy<Value = Compression> {
    proptest::sample::select(&Compression::ALL[..])
}

/// The records' offsets, and the batch.
fn build(
    magic: i8,
    codec: Compression,
    base: i64,
    records: &[Drawn],
) -> Result<(Vec<i64>, Bytes), RecordsError> {
    let builder = BatchBuilder::new(codec).magic(magic).base_offset(base);
    fill(builder, magic, base, records)
}

fn fill(
    mut builder: BatchBuilder,
    magic: i8,
    base: i64,
    records: &[Drawn],
) -> Result<(Vec<i64>, Bytes), RecordsError> {
    let (mut offset, mut offsets) = (base, Vec::new());
    for record in records {
        offset += i64::from(record.gap);
        let headers: Vec<HeaderView<'_>> = record
            .headers
            .iter()
            .filter(|_| magic == 2)
            .map(|(key, value)| HeaderView {
                key: key.as_bytes(),
                value: value.as_deref(),
            })
            .collect();
        builder.append_at(
            offset,
            record.timestamp,
            record.key.as_deref(),
            record.value.as_deref(),
            &headers,
        )?;
        offsets.push(offset);
        offset += 1;
    }
    Ok((offsets, builder.build()?))
}

fn read(bytes: &Bytes) -> Vec<Record> {
    let mut all = Vec::new();
    for batch in batches(bytes) {
        let batch = batch.unwrap();
        batch.verify_crc().unwrap();
        all.extend(batch.records(&LIMITS).unwrap().map(Result::unwrap));
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_capacity_changes_nothing_but_where_memory_comes_from(
        magic in 0_i8..=2, codec in codec(), records in vec(drawn(), 0..40), capacity in 0_usize..10_000
    ) {
        let builder = BatchBuilder::new(codec).capacity(capacity).magic(magic);
        let empty = if magic == 2 { HEADER_LEN } else { 0 };
        prop_assert_eq!(builder.estimated_size(), empty);
        let built = fill(builder, magic, 0, &records);
        prop_assert_eq!(&built, &build(magic, codec, 0, &records));
        if let Some((_, bytes)) = built.ok().filter(|(_, bytes)| !bytes.is_empty()) {
            let taken = bytes.try_into_mut().unwrap();
            prop_assert!(taken.capacity() <= taken.len() + 64, "gives back what is too much");
        }
    }

    #[test]
    fn what_is_built_is_read(
        magic in 0_i8..=2, codec in codec(), base in 0_i64..1 << 40, records in vec(drawn(), 1..40)
    ) {
        let built = build(magic, codec, base, &records);
        if codec == Compression::Zstd && magic < 2 {
            prop_assert_eq!(built, Err(RecordsError::CompressionNotInMagic { codec, magic }));
            return Ok(());
        }
        let (offsets, bytes) = built.unwrap();
        let read = read(&bytes);
        prop_assert_eq!(read.len(), records.len());
        for ((read, drawn), offset) in read.iter().zip(&records).zip(offsets) {
            prop_assert_eq!(read.offset, offset);
            prop_assert_eq!(read.timestamp, if magic == 0 { -1 } else { drawn.timestamp });
            prop_assert_eq!(read.key.as_deref(), drawn.key.as_deref());
            prop_assert_eq!(read.value.as_deref(), drawn.value.as_deref());
            if magic == 2 {
                let headers: Vec<_> = read
                    .headers
                    .iter()
                    .map(|header| (header.view().key_str().into_owned(), header.value.map(|v| v.to_vec())))
                    .collect();
                prop_assert_eq!(&headers, &drawn.headers);
            }
        }
    }

    #[test]
    fn conversion_down_keeps_the_records(
        to_magic in 0_i8..=1, codec in codec(), base in 0_i64..1 << 40, records in vec(drawn(), 1..20)
    ) {
        let (_, bytes) = build(2, codec, base, &records).unwrap();
        let converted = down_convert(&bytes, to_magic, base, &LIMITS);
        if codec == Compression::Zstd {
            prop_assert_eq!(converted, Err(RecordsError::DownConvert { codec, to_magic }));
            return Ok(());
        }
        let converted = converted.unwrap();
        prop_assert_eq!(converted.records_converted, records.len());
        let (before, after) = (read(&bytes), read(&converted.bytes));
        prop_assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            prop_assert_eq!(after.offset, before.offset);
            prop_assert_eq!(after.timestamp, if to_magic == 0 { -1 } else { before.timestamp });
            prop_assert_eq!((&after.key, &after.value), (&before.key, &before.value));
            prop_assert!(after.headers.is_empty());
        }
    }

    #[test]
    fn a_filter_leaves_what_is_wanted_as_it_is(
        magic in 0_i8..=2, codec in codec(), base in 0_i64..1 << 40, records in vec(drawn(), 1..40),
        mask in vec(any::<bool>(), 40), horizon in option::of(any::<bool>())
    ) {
        let built = build(magic, codec, base, &records);
        // Below magic 2 a message that is not compressed is a batch of its own.
        let Some((_, bytes)) = built.ok().filter(|_| magic == 2 || codec != Compression::None) else {
            return Ok(());
        };
        let batch = RecordBatch::parse(bytes.clone()).unwrap();
        let at_ms = 1_700_000_000_000;
        let horizon = horizon.map(|always| Horizon { at_ms, always });
        let (mut asked, mut out) = (0, Vec::new());
        let keep = |_: &RecordView<'_>| {
            asked += 1;
            mask[asked - 1]
        };
        let filtered = filter(&batch, &LIMITS, horizon, keep, &mut out);
        let kept = |(at, record): (usize, _)| mask[at].then_some(record);
        let wanted: Vec<Record> = read(&bytes).into_iter().enumerate().filter_map(kept).collect();
        let tombstone = wanted.iter().any(|record| record.value.is_none());
        let begins = horizon.is_some_and(|it| it.always || tombstone);
        let first = wanted.first().map_or(0, |first| first.timestamp);
        let from = if begins { at_ms } else { first };
        let far = |record: &Record| record.timestamp.checked_sub(from).is_none();
        if (begins || magic < 2) && wanted.iter().any(far) {
            return Ok(());
        }
        match filtered.unwrap() {
            Filtered::Empty => prop_assert!(wanted.is_empty() && out.is_empty()),
            Filtered::Unchanged => {
                prop_assert!(wanted.len() == records.len() && out.is_empty() && !begins && magic == 2);
            }
            Filtered::Rewritten(count) => {
                prop_assert_eq!(usize::try_from(count).unwrap(), wanted.len());
                prop_assert!(wanted.len() < records.len() || begins || magic < 2);
                let out = Bytes::from(out);
                prop_assert_eq!(&read(&out), &wanted);
                let left = RecordBatch::parse(out).unwrap();
                prop_assert_eq!((left.magic(), left.compression()), (2, codec));
                prop_assert_eq!(left.delete_horizon_ms(), begins.then_some(at_ms));
                let range = if magic == 2 {
                    (batch.base_offset(), batch.last_offset())
                } else {
                    (wanted[0].offset, wanted[wanted.len() - 1].offset)
                };
                prop_assert_eq!((left.base_offset(), left.last_offset()), range);
                let latest = wanted.iter().map(|record| record.timestamp).max();
                prop_assert_eq!(Some(left.max_timestamp()), latest);
            }
        }
    }

    #[test]
    fn a_buffer_that_ends_anywhere_gives_its_whole_batches(
        parts in vec((0_i8..=2, vec(drawn(), 1..4)), 1..5), cut in any::<prop::sample::Index>()
    ) {
        let (mut all, mut ends) = (Vec::new(), Vec::new());
        for (magic, records) in &parts {
            // Compressed, so that each part is one batch.
            all.extend_from_slice(&build(*magic, Compression::Lz4, 5, records).unwrap().1);
            ends.push(all.len());
        }
        let cut = cut.index(all.len() + 1);
        let bytes = Bytes::from(all).slice(..cut);
        let mut iter = batches(&bytes);
        let whole = ends.iter().filter(|end| **end <= cut).count();
        prop_assert_eq!(iter.by_ref().filter(Result::is_ok).count(), whole);
        prop_assert_eq!(iter.next(), None);
        prop_assert_eq!(iter.valid_bytes(), if whole == 0 { 0 } else { ends[whole - 1] });
    }

    #[test]
    fn any_flipped_bit_under_the_checksum_is_found(
        magic in 0_i8..=2, records in vec(drawn(), 1..4), at in any::<prop::sample::Index>(), bit in 0_u8..8
    ) {
        let (_, bytes) = build(magic, Compression::Gzip, 0, &records).unwrap();
        let start = if magic == 2 { 17 } else { 12 };
        let mut damaged = bytes.to_vec();
        damaged[start + at.index(bytes.len() - start)] ^= 1_u8 << bit;
        let sound = RecordBatch::parse(Bytes::from(damaged)).and_then(|batch| batch.verify_crc());
        prop_assert!(sound.is_err());
    }

    #[test]
    fn any_bytes_can_be_read(data in vec(any::<u8>(), 0..300), magic in 0_u8..4) {
        let mut data = data;
        let size = i32::try_from(data.len()).unwrap() - 12;
        if data.len() > 16 {
            data[8..12].copy_from_slice(&size.to_be_bytes());
            data[16] = magic;
        }
        fuzz::read(&data);
        fuzz::produce(&data);
        fuzz::convert(&data);
        data.splice(0..0, [0x55, magic]);
        fuzz::filter(&data);
    }

    #[test]
    fn damaged_batches_can_be_read(
        magic in 0_i8..=2, codec in codec(), records in vec(drawn(), 1..6),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), head in any::<[u8; 2]>()
    ) {
        let Ok((_, bytes)) = build(magic, codec, 0, &records) else { return Ok(()) };
        let mut data = bytes.to_vec();
        for (at, byte) in damage {
            // Not the size, so that the batch is not merely cut.
            let at = 17 + at.index(data.len() - 17);
            data[at] = byte;
        }
        fix_crc(&mut data);
        fuzz::read(&data);
        data.splice(0..0, head);
        fuzz::produce(&data);
        fuzz::filter(&data);
        data.remove(0);
        fuzz::convert(&data);
    }
}

/// So that damage is found by what comes after the checksum.
fn fix_crc(data: &mut [u8]) {
    if data[16] == 2 {
        let crc = crc32c::crc32c(&data[21..]);
        data[17..21].copy_from_slice(&crc.to_be_bytes());
    } else {
        let crc = crc32fast::hash(&data[16..]);
        data[12..16].copy_from_slice(&crc.to_be_bytes());
    }
}
