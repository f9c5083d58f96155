//! Requests that several tests send.

use kop_codec::messages::create_topics_request::CreatableTopic;
use kop_codec::messages::delete_records_request::{DeleteRecordsPartition, DeleteRecordsTopic};
use kop_codec::messages::fetch_request::{FetchPartition, FetchTopic};
use kop_codec::messages::join_group_request::JoinGroupRequestProtocol;
use kop_codec::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use kop_codec::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use kop_codec::messages::produce_request::{PartitionProduceData, TopicProduceData};
use kop_codec::messages::{
    CreateTopicsRequest, DeleteRecordsRequest, FetchRequest, InitProducerIdRequest,
    JoinGroupRequest, ListOffsetsRequest, OffsetCommitRequest, ProduceRequest,
};
use kop_codec::{Bytes, Records};

/// Creates a topic of one partition.
pub fn create_topic(name: &str) -> CreateTopicsRequest {
    let topic = CreatableTopic {
        name: name.into(),
        num_partitions: 1,
        replication_factor: 1,
        ..Default::default()
    };
    CreateTopicsRequest {
        topics: vec![topic],
        timeout_ms: 10_000,
        ..Default::default()
    }
}

/// Asks for the offset of a time in milliseconds, or for the earliest (-2) or the latest (-1), of partition 0.
pub fn list_offsets(topic: &str, timestamp: i64) -> ListOffsetsRequest {
    let partition = ListOffsetsPartition {
        current_leader_epoch: -1,
        timestamp,
        ..Default::default()
    };
    ListOffsetsRequest {
        replica_id: -1,
        topics: vec![ListOffsetsTopic {
            name: topic.into(),
            partitions: vec![partition],
            ..Default::default()
        }],
        ..Default::default()
    }
}

/// Asks for what partition 0 has from this offset on, up to 1 MiB, without waiting.
pub fn fetch(topic: &str, offset: i64) -> FetchRequest {
    let partition = FetchPartition {
        fetch_offset: offset,
        current_leader_epoch: -1,
        last_fetched_epoch: -1,
        log_start_offset: -1,
        partition_max_bytes: 1 << 20,
        ..Default::default()
    };
    let topic = FetchTopic {
        topic: topic.into(),
        partitions: vec![partition],
        ..Default::default()
    };
    FetchRequest {
        replica_id: -1,
        min_bytes: 1,
        max_bytes: 1 << 20,
        session_epoch: -1,
        topics: vec![topic],
        ..Default::default()
    }
}

/// Deletes what partition 0 has before this offset; -1 is all.
pub fn delete_records(topic: &str, offset: i64) -> DeleteRecordsRequest {
    let partition = DeleteRecordsPartition {
        partition_index: 0,
        offset,
        ..Default::default()
    };
    let topic = DeleteRecordsTopic {
        name: topic.into(),
        partitions: vec![partition],
        ..Default::default()
    };
    DeleteRecordsRequest {
        topics: vec![topic],
        timeout_ms: 60_000,
        ..Default::default()
    }
}

/// Writes a batch to a partition, with acks=all.
pub fn produce(topic: &str, partition: i32, batch: Bytes) -> ProduceRequest {
    let partition = PartitionProduceData {
        index: partition,
        records: Some(Records::from(batch)),
        ..Default::default()
    };
    ProduceRequest {
        acks: -1,
        timeout_ms: 10_000,
        topic_data: vec![TopicProduceData {
            name: topic.into(),
            partition_data: vec![partition],
            ..Default::default()
        }],
        ..Default::default()
    }
}

/// Asks for the producer of a transactional id; `known` is the id and the epoch that it had before, -1 and -1 for none.
pub fn init_producer_id(id: &str, known: (i64, i16)) -> InitProducerIdRequest {
    InitProducerIdRequest {
        transactional_id: Some(id.into()),
        transaction_timeout_ms: 60_000,
        producer_id: known.0,
        producer_epoch: known.1,
        ..Default::default()
    }
}

/// Joins a group of consumers with the protocol `range`.
pub fn join(group: &str, member: &str) -> JoinGroupRequest {
    let protocol = JoinGroupRequestProtocol {
        name: "range".into(),
        metadata: Bytes::from_static(b"m"),
        ..Default::default()
    };
    JoinGroupRequest {
        group_id: group.into(),
        session_timeout_ms: 10_000,
        rebalance_timeout_ms: 10_000,
        member_id: member.into(),
        protocol_type: "consumer".into(),
        protocols: vec![protocol],
        ..Default::default()
    }
}

/// Commits `offset` of partitions, each a topic, a number and the metadata. The member is a generation or an epoch, and an
/// id; -1 and nothing is nobody in particular.
pub fn offset_commit<'a>(
    group: &str,
    member: (i32, &str),
    offset: i64,
    partitions: impl IntoIterator<Item = (&'a str, i32, &'a str)>,
) -> OffsetCommitRequest {
    let mut topics: Vec<OffsetCommitRequestTopic> = Vec::new();
    for (name, partition_index, metadata) in partitions {
        let partition = OffsetCommitRequestPartition {
            partition_index,
            committed_offset: offset,
            committed_leader_epoch: -1,
            committed_metadata: Some(metadata.into()),
            ..Default::default()
        };
        match topics.last_mut() {
            Some(topic) if &*topic.name == name => topic.partitions.push(partition),
            _ => topics.push(OffsetCommitRequestTopic {
                name: name.into(),
                partitions: vec![partition],
                ..Default::default()
            }),
        }
    }
    OffsetCommitRequest {
        group_id: group.into(),
        generation_id_or_member_epoch: member.0,
        member_id: member.1.into(),
        topics,
        ..Default::default()
    }
}
