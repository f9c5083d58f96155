//! Record batches of magic 2 with 1,000 records of 100 bytes: walking them, and building them.

use std::fmt::Display;

use bytes::{Bytes, BytesMut};
use kafka_protocol::records as kafka;
use kop_records::{Compression, DecompressLimits, RecordBatch, RecordsError};
use krabka_protocol::DecodeBorrow;
use krabka_protocol::records as krabka;

use crate::case::{Case, Contender};
use crate::{decompression, inputs};

const RECORDS: usize = 1000;

pub(crate) fn cases() -> Vec<Case> {
    let codecs = [
        Compression::None,
        Compression::Gzip,
        Compression::Snappy,
        Compression::Lz4,
        Compression::Zstd,
    ];
    codecs.into_iter().flat_map(cases_of).collect()
}

fn cases_of(compression: Compression) -> [Case; 3] {
    let batch = inputs::batch(RECORDS, compression);
    let case = |what: &str, target, contenders, least| Case {
        name: format!("batch 1,000 x 100 B {compression}, {what}"),
        bytes: batch.len(),
        target,
        contenders,
        least,
    };
    let least = || decompression::alone(&batch, compression);
    [
        case("check and iterate", 1.5, walkers(&batch), least()),
        case("check and keep every record", 1.0, keepers(&batch), least()),
        case("build", 1.0, builders(&batch, compression), None),
    ]
}

/// Looks at every record once, its checksum checked; each crate in its cheapest way.
fn walkers(batch: &Bytes) -> Vec<Contender> {
    let [ours, borrowed] = [(); 2].map(|()| batch.clone());
    let mut all = vec![
        Contender::new("kop", move || walk(&ours).map_err(text), all_values),
        Contender::new(
            "krabka borrowed",
            move || walk_krabka(&borrowed),
            all_values,
        ),
    ];
    all.extend(others_decode(batch));
    all
}

/// Makes a list of records that live on their own, its checksum checked.
fn keepers(batch: &Bytes) -> Vec<Contender> {
    let ours = batch.clone();
    let check = |records: Vec<kop_records::Record>| {
        all_values(
            records
                .iter()
                .map(|record| record.value.as_ref().map_or(0, Bytes::len))
                .sum(),
        )
    };
    let mut all = vec![Contender::new(
        "kop",
        move || keep(&ours).map_err(text),
        check,
    )];
    all.extend(others_decode(batch));
    all
}

fn walk(batch: &Bytes) -> Result<usize, RecordsError> {
    let batch = RecordBatch::parse(batch.clone())?;
    batch.verify_crc()?;
    let mut bytes = 0;
    for record in &batch.section(&DecompressLimits::default())? {
        bytes += std::hint::black_box(record?).value.map_or(0, <[u8]>::len);
    }
    Ok(bytes)
}

fn keep(batch: &Bytes) -> Result<Vec<kop_records::Record>, RecordsError> {
    let batch = RecordBatch::parse(batch.clone())?;
    batch.verify_crc()?;
    let count = batch.header().map_or(0, |header| header.record_count());
    let mut records = Vec::with_capacity(
        usize::try_from(count)
            .unwrap_or(0)
            .min(batch.size_in_bytes()),
    );
    for record in batch.records(&DecompressLimits::default())? {
        records.push(record?);
    }
    Ok(records)
}

fn walk_krabka(batch: &Bytes) -> Result<usize, String> {
    let batch = krabka::RecordBatchBorrowed::decode_borrow(&mut &batch[..], 0).map_err(text)?;
    let mut bytes = 0;
    for record in &batch {
        let record = std::hint::black_box(record.map_err(text)?);
        bytes += record.value.map_or(0, <[u8]>::len);
    }
    Ok(bytes)
}

/// The ways of the others that give owned records.
fn others_decode(batch: &Bytes) -> Vec<Contender> {
    let [kafka_protocol, owned, kacrab] = [(); 3].map(|()| batch.clone());
    vec![
        Contender::new(
            "kafka-protocol",
            move || kafka::RecordBatchDecoder::decode(&mut kafka_protocol.clone()).map_err(text),
            |set: kafka::RecordSet| {
                all_values(
                    set.records
                        .iter()
                        .map(|record| record.value.as_ref().map_or(0, Bytes::len))
                        .sum(),
                )
            },
        ),
        Contender::new(
            "krabka owned",
            move || krabka::RecordBatch::decode_batch(&mut owned.clone()).map_err(text),
            |batch: krabka::RecordBatch| {
                all_values(
                    batch
                        .records
                        .iter()
                        .map(|record| record.value.as_ref().map_or(0, Bytes::len))
                        .sum(),
                )
            },
        ),
        Contender::new(
            "kacrab",
            move || kacrab_protocol::record::RecordBatch::decode(&mut kacrab.clone()).map_err(text),
            |batch: kacrab_protocol::record::RecordBatch| {
                all_values(
                    batch
                        .records
                        .iter()
                        .map(|record| record.value.as_ref().map_or(0, Bytes::len))
                        .sum(),
                )
            },
        ),
    ]
}

/// From records in memory to a batch with its checksum. None is told the size in advance that it cannot find itself,
/// but memory for the whole batch is there for those that write into a buffer.
fn builders(batch: &Bytes, compression: Compression) -> Vec<Contender> {
    let (values, room) = (inputs::values(RECORDS), batch.len() + 4096);
    let kafka_records = kafka_records(batch);
    let krabka_batch = krabka::RecordBatch::decode_batch(&mut batch.clone()).map_err(text);
    let kacrab_batch = kacrab_batch(compression);
    let codec = kafka_codec(compression);
    vec![
        Contender::new("kop", move || inputs::build(&values, compression), readable),
        Contender::new(
            "kafka-protocol",
            move || {
                let options = kafka::RecordEncodeOptions {
                    version: 2,
                    compression: codec,
                };
                let mut out = BytesMut::with_capacity(room);
                kafka::RecordBatchEncoder::encode(
                    &mut out,
                    kafka_records.as_ref().map_err(text)?,
                    &options,
                )
                .map_err(text)?;
                Ok(out.freeze())
            },
            readable,
        ),
        Contender::new(
            "krabka owned",
            move || {
                krabka_batch
                    .as_ref()
                    .map_err(text)?
                    .encode_to_bytes()
                    .map_err(text)
            },
            readable,
        ),
        Contender::new(
            "kacrab",
            move || {
                let mut out = BytesMut::with_capacity(room);
                kacrab_batch
                    .as_ref()
                    .map_err(text)?
                    .encode(&mut out)
                    .map_err(text)?;
                Ok(out.freeze())
            },
            readable,
        ),
    ]
}

fn kafka_records(batch: &Bytes) -> Result<Vec<kafka::Record>, String> {
    Ok(kafka::RecordBatchDecoder::decode(&mut batch.clone())
        .map_err(text)?
        .records)
}

fn kafka_codec(compression: Compression) -> kafka::Compression {
    match compression {
        Compression::None => kafka::Compression::None,
        Compression::Gzip => kafka::Compression::Gzip,
        Compression::Snappy => kafka::Compression::Snappy,
        Compression::Lz4 => kafka::Compression::Lz4,
        Compression::Zstd => kafka::Compression::Zstd,
    }
}

/// kacrab cannot read every codec that it writes: its batch comes from bytes that are not compressed.
fn kacrab_batch(compression: Compression) -> Result<kacrab_protocol::record::RecordBatch, String> {
    let mut plain = inputs::batch(RECORDS, Compression::None);
    let mut batch = kacrab_protocol::record::RecordBatch::decode(&mut plain).map_err(text)?;
    batch.attributes = match compression {
        Compression::None => 0,
        Compression::Gzip => 1,
        Compression::Snappy => 2,
        Compression::Lz4 => 3,
        Compression::Zstd => 4,
    };
    Ok(batch)
}

/// What was built is a batch that we can read, with all of its values.
fn readable(batch: Bytes) -> Result<(), String> {
    walk(&batch).map_err(text).and_then(all_values)
}

fn all_values(bytes: usize) -> Result<(), String> {
    if bytes == RECORDS * 100 {
        return Ok(());
    }
    Err(format!("finds {bytes} bytes of values"))
}

fn text(error: impl Display) -> String {
    error.to_string()
}
