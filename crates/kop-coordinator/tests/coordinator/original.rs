//! What the original Kafka on Pulsar wrote into `__consumer_offsets`: a batch in the value of each message.

use std::collections::BTreeMap;
use std::sync::Arc;

use kop_codec::ErrorCode;
use kop_codec::internal::group::OffsetCommitValue;
use kop_codec::messages::offset_delete_request::{
    OffsetDeleteRequestPartition, OffsetDeleteRequestTopic,
};
use kop_codec::messages::{DescribeGroupsRequest, OffsetDeleteRequest, OffsetFetchRequest};
use kop_coordinator::{GroupContext, GroupRecord, OFFSETS_TOPIC};
use kop_log::{Isolation, LogCatalog, NewTopic, PartitionLog, ReadRequest};
use kop_records::{BatchBuilder, Compression, DecompressLimits, batches};

use crate::driver::{append, catalog, coordinator, fetch, fetch_partition};

const NOW: i64 = 1_700_000_000_000;

// A commit of two partitions and a group, put together by a program of a few lines from the layout that the original
// documents in its code: nothing of ours has written them.
const COMMIT_KEY: &str = "0001000567726f75700000ffffffff";
const COMMIT: &str = "0000000000000000000000dcffffffff02dc0e69950000000000010000018bcfe568000000018bcfe56800ffffffffffffff\
    ffffffffffffff00000002a801000000620001000567726f7570002270657273697374656e743a2f2f7075626c69632f6465\
    6661756c742f6f7264657273000000003a0001000000000000000700016d0000018bcfe568000000018bf3f1ec0000a60100\
    0002620001000567726f7570002270657273697374656e743a2f2f7075626c69632f64656661756c742f6f72646572730000\
    0001380001000000000000000800000000018bcfe568000000018bf3f1ec0000";
const GROUP_KEY: &str = "0002000567726f7570";
const GROUP: &str = "0000000000000000000000cfffffffff02dd0c79ac0000000000000000018bcfe568000000018bcfe56800ffffffffffffff\
    ffffffffffffff00000001b802000000120002000567726f7570980200010008636f6e73756d657200000003000572616e67\
    65000c636c69656e742d312d61626300000001000c636c69656e742d312d6162630008636c69656e742d3100092f31302e30\
    2e302e390000ea60000075300000001200000000000100066f7264657273000000000000001e00000000000100066f726465\
    72730000000200000000000000010000000000";

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

async fn with_offsets_topic() -> Arc<dyn LogCatalog> {
    let catalog = catalog().await;
    let topic = NewTopic {
        name: OFFSETS_TOPIC.into(),
        partitions: 4,
        overrides: Default::default(),
    };
    catalog.create_topic(topic).await.unwrap();
    catalog
}

/// The catalog, with messages as the original writes them in the partition of "group".
async fn written_by_the_original() -> Arc<dyn LogCatalog> {
    let catalog = with_offsets_topic().await;
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
    let messages = [(key, Some(batch(&inner))), (other, Some(damaged))];
    append(&*log, batch(&messages)).await.unwrap();
    catalog
}

fn log(catalog: &Arc<dyn LogCatalog>) -> Arc<dyn PartitionLog> {
    let partition = coordinator(catalog).partition_of("group");
    catalog.partition(OFFSETS_TOPIC, partition).unwrap()
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
    let anew = with_offsets_topic().await;
    let left: Vec<_> = last.into_iter().collect();
    append(&*log(&anew), batch(&left)).await.unwrap();
    anew
}

#[tokio::test(start_paused = true)]
async fn committed_offsets_are_read() {
    let catalog = written_by_the_original().await;
    let groups = coordinator(&catalog);
    assert_eq!(fetch(&groups, "group").await, 7);
}

#[tokio::test(start_paused = true)]
async fn bytes_of_another_writer_are_read() {
    let catalog = with_offsets_topic().await;
    let bytes = |text| bytes::Bytes::from(hex::decode(text).unwrap());
    let messages = [(COMMIT_KEY, COMMIT), (GROUP_KEY, GROUP)];
    let messages = messages.map(|(key, value)| (bytes(key), Some(bytes(value))));
    append(&*log(&catalog), batch(&messages)).await.unwrap();
    let groups = coordinator(&catalog);
    let context = GroupContext::default();
    let request = OffsetFetchRequest {
        group_id: "group".into(),
        topics: None,
        ..Default::default()
    };
    let response = groups.offset_fetch(&context, request).await;
    let topic = &response.topics[0];
    assert_eq!(&*topic.name, "persistent://public/default/orders");
    let offsets: Vec<_> = topic
        .partitions
        .iter()
        .map(|p| (p.partition_index, p.committed_offset, p.metadata.as_deref()))
        .collect();
    assert_eq!(offsets, [(0, 7, Some("m")), (1, 8, Some(""))]);
    let request = DescribeGroupsRequest {
        groups: vec!["group".into()],
        ..Default::default()
    };
    let described = groups.describe_groups(&context, request).await;
    let group = &described.groups[0];
    let member = &group.members[0];
    assert_eq!(
        (
            &*group.group_state,
            &*group.protocol_type,
            &*group.protocol_data
        ),
        ("Stable", "consumer", "range")
    );
    assert_eq!(
        (&*member.member_id, &*member.client_id, &*member.client_host),
        ("client-1-abc", "client-1", "/10.0.0.9")
    );
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
