//! What the tests of this crate share. Each uses a part of it.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use kop_log::{
    AppendRequest, Appended, Isolation, LogCatalog, LogError, NewTopic, PartitionLog, ReadRequest,
    ReadResult,
};
use kop_log_local::LocalCatalog;
use kop_records::{BatchBuilder, Compression, ProduceRules, batches, validate};

pub(crate) fn now_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_millis()
        .try_into()
        .unwrap()
}

pub(crate) async fn open(root: &Path) -> LocalCatalog {
    LocalCatalog::open(root, BTreeMap::new()).await.unwrap()
}

pub(crate) fn topic(name: &str, partitions: i32, overrides: &[(&str, &str)]) -> NewTopic {
    let overrides = overrides
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    NewTopic {
        name: name.into(),
        partitions,
        overrides,
    }
}

/// A catalog with topic `t` of one partition, and that partition.
pub(crate) async fn single(
    root: &Path,
    overrides: &[(&str, &str)],
) -> (LocalCatalog, Arc<dyn PartitionLog>) {
    let catalog = open(root).await;
    catalog
        .create_topic(topic("t", 1, overrides))
        .await
        .unwrap();
    let log = catalog.partition("t", 0).unwrap();
    (catalog, log)
}

pub(crate) fn request(batch: BatchBuilder) -> AppendRequest {
    of_bytes(batch.build().unwrap())
}

pub(crate) fn of_bytes(batch: Bytes) -> AppendRequest {
    let now_ms = now_ms();
    let rules = ProduceRules::of_coordinator(now_ms);
    AppendRequest {
        records: validate(batch, &rules).unwrap(),
        now_ms,
    }
}

/// A batch of `count` records with timestamps from `timestamp` on and values of `size` bytes.
pub(crate) fn records(count: usize, timestamp: i64, size: usize) -> AppendRequest {
    request(fill(
        BatchBuilder::new(Compression::None),
        count,
        timestamp,
        size,
    ))
}

pub(crate) fn fill(
    mut batch: BatchBuilder,
    count: usize,
    timestamp: i64,
    size: usize,
) -> BatchBuilder {
    for n in 0..count {
        let value = vec![b'a' + (n % 26) as u8; size];
        batch
            .append(
                timestamp + n as i64,
                Some(format!("k{n}").as_bytes()),
                Some(&value),
                &[],
            )
            .unwrap();
    }
    batch
}

pub(crate) async fn append(log: &Arc<dyn PartitionLog>, request: AppendRequest) -> Appended {
    log.append(request).await.unwrap()
}

pub(crate) async fn read(
    log: &Arc<dyn PartitionLog>,
    offset: i64,
    max_bytes: usize,
) -> Result<ReadResult, LogError> {
    let isolation = Isolation::ReadUncommitted;
    log.read(ReadRequest {
        offset,
        max_bytes,
        at_least_one: true,
        isolation,
    })
    .await
}

/// Offsets of all records from `offset` on, in the order in which they are read.
pub(crate) async fn offsets_from(log: &Arc<dyn PartitionLog>, mut offset: i64) -> Vec<i64> {
    let mut offsets = Vec::new();
    loop {
        let bytes = read(log, offset, 100_000)
            .await
            .unwrap()
            .records
            .to_bytes()
            .unwrap();
        let read = offsets_of(&bytes, offset);
        match read.last() {
            Some(last) => offset = last + 1,
            None => return offsets,
        }
        offsets.extend(read);
    }
}

pub(crate) fn offsets_of(bytes: &Bytes, from: i64) -> Vec<i64> {
    let mut found = Vec::new();
    let mut walk = batches(bytes);
    for batch in walk.by_ref() {
        let batch = batch.unwrap();
        batch.verify_crc().unwrap();
        for record in batch.records(&Default::default()).unwrap() {
            found.push(record.unwrap().offset);
        }
    }
    assert_eq!(walk.valid_bytes(), bytes.len(), "whole batches only");
    found.retain(|offset| *offset >= from);
    found
}
