//! What the original Kafka on Pulsar wrote into `__consumer_offsets`: a batch in the value of each message.

use kop_codec::internal::group::OffsetCommitValue;
use kop_coordinator::{GroupRecord, OFFSETS_TOPIC};
use kop_log::{AppendRequest, NewTopic};
use kop_records::{
    BatchBuilder, Compression, Origin, ProduceRules, TargetCompression, TimestampType, validate,
};

use crate::driver::{catalog, coordinator, fetch};

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

#[tokio::test(start_paused = true)]
async fn committed_offsets_are_read() {
    let catalog = catalog().await;
    let topic = NewTopic {
        name: OFFSETS_TOPIC.into(),
        partitions: 4,
        overrides: Default::default(),
    };
    catalog.create_topic(topic).await.unwrap();
    let groups = coordinator(&catalog);
    let log = catalog
        .partition(OFFSETS_TOPIC, groups.partition_of("group"))
        .unwrap();
    let inner = [
        offset("topic", 0, 7).encode().unwrap(),
        offset("topic", 1, 8).encode().unwrap(),
    ];
    // One message for the whole commit, under a key without topic and partition.
    let (key, _) = offset("", -1, 0).encode().unwrap();
    // A value that looks like the beginning of a batch is none.
    let (other, _) = offset("topic", 2, 0).encode().unwrap();
    let damaged = batch(&inner).slice(..40);
    let outer = batch(&[(key, Some(batch(&inner))), (other, Some(damaged))]);
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
    let records = validate(outer, &rules).unwrap();
    log.append(AppendRequest {
        records,
        now_ms: NOW,
    })
    .await
    .unwrap();
    assert_eq!(fetch(&groups, "group").await, 7);
}
