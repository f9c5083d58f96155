//! The values that are encoded, and the bytes that are decoded: always the same.

use bytes::Bytes;
use kop_codec::Uuid;
use kop_codec::messages::{
    ApiVersionsRequest, ApiVersionsResponse, FetchResponse, JoinGroupRequest, JoinGroupResponse,
    MetadataResponse, ProduceRequest,
};
use kop_codec::messages::{
    api_versions_response::ApiVersion, fetch_response,
    join_group_request::JoinGroupRequestProtocol, join_group_response::JoinGroupResponseMember,
    metadata_response as metadata, produce_request,
};
use kop_records::{BatchBuilder, Compression};

/// When the first record was made.
pub(crate) const FIRST_TIMESTAMP: i64 = 1_700_000_000_000;

pub(crate) fn api_versions_request() -> ApiVersionsRequest {
    ApiVersionsRequest {
        client_software_name: "librdkafka".into(),
        client_software_version: "2.12.1".into(),
        ..Default::default()
    }
}

pub(crate) fn api_versions_response() -> ApiVersionsResponse {
    let key = |api_key| ApiVersion {
        api_key,
        max_version: 9,
        ..Default::default()
    };
    ApiVersionsResponse {
        api_keys: (0..60).map(key).collect(),
        ..Default::default()
    }
}

pub(crate) fn join_group_request() -> JoinGroupRequest {
    let protocol = |name: &'static str| JoinGroupRequestProtocol {
        name: name.into(),
        metadata: metadata_of_a_member(),
        ..Default::default()
    };
    JoinGroupRequest {
        group_id: "orders-of-the-web-shop".into(),
        session_timeout_ms: 45_000,
        rebalance_timeout_ms: 300_000,
        member_id: member_id(0),
        protocol_type: "consumer".into(),
        protocols: ["range", "cooperative-sticky"].map(protocol).into(),
        ..Default::default()
    }
}

pub(crate) fn join_group_response() -> JoinGroupResponse {
    let member = |number| JoinGroupResponseMember {
        member_id: member_id(number),
        metadata: metadata_of_a_member(),
        ..Default::default()
    };
    JoinGroupResponse {
        generation_id: 7,
        protocol_type: Some("consumer".into()),
        protocol_name: Some("range".into()),
        leader: member_id(0),
        member_id: member_id(0),
        members: (0..100).map(member).collect(),
        ..Default::default()
    }
}

fn member_id(number: u32) -> kop_codec::ByteString {
    format!("consumer-orders-{number}-8ae5cbd6-0f0c-4e1b-9f57-3c1b2b3f{number:04}").into()
}

/// A subscription to ten topics is about as long.
fn metadata_of_a_member() -> Bytes {
    Bytes::from(vec![b'm'; 180])
}

pub(crate) fn metadata_response() -> MetadataResponse {
    let broker = |node_id| metadata::MetadataResponseBroker {
        node_id,
        host: format!("broker-{node_id}.example.com").into(),
        port: 9092,
        ..Default::default()
    };
    let partition = |partition_index| metadata::MetadataResponsePartition {
        partition_index,
        leader_id: partition_index % 3,
        leader_epoch: 5,
        replica_nodes: [0, 1, 2].into_iter().collect(),
        isr_nodes: [0, 1, 2].into_iter().collect(),
        ..Default::default()
    };
    let topic = |number: u16| metadata::MetadataResponseTopic {
        name: Some(format!("topic-{number:05}").into()),
        topic_id: topic_id(number),
        partitions: (0..10).map(partition).collect(),
        ..Default::default()
    };
    MetadataResponse {
        brokers: (0..3).map(broker).collect(),
        cluster_id: Some("a29wLXBlZXItY2x1c3Rlcg".into()),
        controller_id: 1,
        topics: (0..1000).map(topic).collect(),
        ..Default::default()
    }
}

fn topic_id(number: u16) -> Uuid {
    let [high, low] = number.to_be_bytes();
    Uuid::from_bytes([
        7, 1, 9, high, low, 4, 0x45, 0x21, 0x8a, 1, 5, 2, 4, 3, high, low,
    ])
}

pub(crate) fn produce_request() -> ProduceRequest {
    let records = batch(146, Compression::None);
    let partition = |index| produce_request::PartitionProduceData {
        index,
        records: Some(records.clone().into()),
        ..Default::default()
    };
    ProduceRequest {
        acks: -1,
        timeout_ms: 30_000,
        topic_data: vec![produce_request::TopicProduceData {
            name: "orders".into(),
            partition_data: (0..10).map(partition).collect(),
            ..Default::default()
        }],
        ..Default::default()
    }
}

pub(crate) fn fetch_response() -> FetchResponse {
    let records = batch(590, Compression::None);
    let partition = |partition_index| fetch_response::PartitionData {
        partition_index,
        high_watermark: 590,
        last_stable_offset: 590,
        log_start_offset: 0,
        records: Some(records.clone().into()),
        ..Default::default()
    };
    FetchResponse {
        session_id: 1_234_567,
        responses: vec![fetch_response::FetchableTopicResponse {
            topic_id: topic_id(1),
            partitions: (0..10).map(partition).collect(),
            ..Default::default()
        }],
        ..Default::default()
    }
}

/// So many records of 100 bytes without keys in one batch of magic 2, a millisecond after each other.
pub(crate) fn batch(records: usize, compression: Compression) -> Bytes {
    build(&values(records), compression).expect("the inputs fit in a batch")
}

/// [`batch`], from values.
pub(crate) fn build(values: &[Bytes], compression: Compression) -> Result<Bytes, String> {
    let mut builder = BatchBuilder::new(compression);
    for (timestamp, value) in (FIRST_TIMESTAMP..).zip(values) {
        builder
            .append(timestamp, None, Some(value), &[])
            .map_err(|error| error.to_string())?;
    }
    builder.build().map_err(|error| error.to_string())
}

/// Values of 100 bytes each: words and numbers, which compress as logs and JSON do.
pub(crate) fn values(count: usize) -> Vec<Bytes> {
    const WORDS: [&str; 8] = [
        "order", "user", "payload", "event", "stream", "amount", "created", "status",
    ];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    // xorshift64: the same numbers in every run.
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut value = || {
        let mut text = String::with_capacity(128);
        while text.len() < 100 {
            text.push_str(WORDS[(random() % 8) as usize]);
            text.push_str(&format!("={:x},", random() % 65_536));
        }
        text.truncate(100);
        Bytes::from(text)
    };
    (0..count).map(|_| value()).collect()
}
