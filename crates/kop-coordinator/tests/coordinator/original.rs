//! What the original Kafka on Pulsar wrote into `__consumer_offsets`: a batch in the value of each message.

use std::collections::BTreeMap;
use std::sync::Arc;

use kop_codec::ErrorCode;
use kop_codec::internal::group::OffsetCommitValue;
use kop_codec::messages::OffsetDeleteRequest;
use kop_codec::messages::offset_delete_request::{
    OffsetDeleteRequestPartition, OffsetDeleteRequestTopic,
};
use kop_coordinator::{GroupContext, GroupRecord, OFFSETS_TOPIC};
use kop_log::{AppendRequest, Isolation, LogCatalog, NewTopic, PartitionLog, ReadRequest};
use kop_records::{
    BatchBuilder, Compression, DecompressLimits, Origin, ProduceRules, TargetCompression,
    TimestampType, batches, validate,
};

use crate::driver::{catalog, coordinator, fetch, fetch_partition};

const NOW: i64 = 1_700_000_000_000;

fn batch(records: &[(bytes::Bytes, Option<bytes::Bytes>)]) -> bytes::Bytes {
    let mut builder = BatchBuilder::new(Compression::None);
    for (key, value) in records {
        builder
            .append(NOW, Some(key), value.as_deref(), &[])
            .unwrap();
    }
    builder.build().unwrap()
}

fn offset(topic: &str, partition: i32, offset: i64) -> GroupRecord {
    let value = OffsetCommitValue {
        offset,
        metadata: "m".into(),
        commit_timestamp: NOW,
        expire_timestamp: i64::MAX,
        leader_epoch: -1,
        ..OffsetCommitValue::default()
    };
    GroupRecord::Offset {
        group: "group".into(),
        topic: topic.into(),
        partition,
        value: (partition >= 0).then_some(value),
    }
}

/// The catalog, with messages as the original writes them in the partition of "group".
async fn written_by_the_original() -> Arc<dyn LogCatalog> {
    let catalog = catalog().await;
    let topic = NewTopic {
        name: OFFSETS_TOPIC.into(),
        partitions: 4,
        overrides: Default::default(),
    };
    catalog.create_topic(topic).await.unwrap();
    let log = log(&catalog);
    let inner = [
        offset("topic", 0, 7).encode().unwrap(),
        offset("topic", 1, 8).encode().unwrap(),
    ];
    // One message for the whole commit, under a key without topic and partition.
    let (key, _) = offset("", -1, 0).encode().unwrap();
    // A value that looks like the beginning of a batch is none.
    let (other, _) = offset("topic", 2, 0).encode().unwrap();
    let damaged = batch(&inner).slice(..40);
    append(
        &log,
        batch(&[(key, Some(batch(&inner))), (other, Some(damaged))]),
    )
    .await;
    catalog
}

fn log(catalog: &Arc<dyn LogCatalog>) -> Arc<dyn PartitionLog> {
    let partition = coordinator(catalog).partition_of("group");
    catalog.partition(OFFSETS_TOPIC, partition).unwrap()
}

async fn append(log: &Arc<dyn PartitionLog>, batch: bytes::Bytes) {
    let rules = ProduceRules {
        produce_version: i16::MAX,
        max_message_bytes: usize::MAX,
        timestamp_type: TimestampType::CreateTime,
        before_max_ms: i64::MAX,
        after_max_ms: i64::MAX,
        now_ms: NOW,
        compression: TargetCompression::Producer,
        require_keys: true,
        max_decompressed_bytes: usize::MAX,
        origin: Origin::Coordinator,
    };
    let records = validate(batch, &rules).unwrap();
    let appended = log.append(AppendRequest {
        records,
        now_ms: NOW,
    });
    appended.await.unwrap();
}

/// What is left of the log when compaction keeps the last record of each key, and forgets those that delete.
async fn compacted(catalog: &Arc<dyn LogCatalog>) -> Arc<dyn LogCatalog> {
    let request = ReadRequest {
        offset: 0,
        max_bytes: 1 << 20,
        at_least_one: true,
        isolation: Isolation::ReadUncommitted,
    };
    let read = log(catalog).read(request).await.unwrap().records;
    let mut last = BTreeMap::new();
    for batch in batches(&read.to_bytes().unwrap()) {
        let batch = batch.unwrap();
        for record in batch.records(&DecompressLimits::default()).unwrap() {
            let record = record.unwrap();
            last.insert(record.key.unwrap(), record.value);
        }
    }
    last.retain(|_, value| value.is_some());
    let anew = self::catalog().await;
    let topic = NewTopic {
        name: OFFSETS_TOPIC.into(),
        partitions: 4,
        overrides: Default::default(),
    };
    anew.create_topic(topic).await.unwrap();
    let left: Vec<_> = last.into_iter().collect();
    append(&log(&anew), batch(&left)).await;
    anew
}

#[tokio::test(start_paused = true)]
async fn committed_offsets_are_read() {
    let catalog = written_by_the_original().await;
    let groups = coordinator(&catalog);
    assert_eq!(fetch(&groups, "group").await, 7);
}

#[tokio::test(start_paused = true)]
async fn a_deleted_offset_stays_deleted_and_the_others_stay() {
    let catalog = written_by_the_original().await;
    let groups = coordinator(&catalog);
    let partition = OffsetDeleteRequestPartition {
        partition_index: 0,
        ..Default::default()
    };
    let topic = OffsetDeleteRequestTopic {
        name: "topic".into(),
        partitions: vec![partition],
        ..Default::default()
    };
    let request = OffsetDeleteRequest {
        group_id: "group".into(),
        topics: vec![topic],
        ..Default::default()
    };
    let context = GroupContext::default();
    let response = groups.offset_delete(&context, request).await;
    assert_eq!(response.error_code, ErrorCode::NONE, "{response:?}");
    for catalog in [compacted(&catalog).await, catalog] {
        let groups = coordinator(&catalog);
        assert_eq!(fetch(&groups, "group").await, -1);
        assert_eq!(fetch_partition(&groups, "group", 1).await, 8);
    }
}
