//! What another server keeps for itself, in a metadata namespace of its own: its groups and transactions would break if
//! clients of this one could write there.

use kop_codec::messages::add_partitions_to_txn_request::AddPartitionsToTxnTopic;
use kop_codec::messages::create_partitions_request::CreatePartitionsTopic;
use kop_codec::messages::write_txn_markers_request::{WritableTxnMarker, WritableTxnMarkerTopic};
use kop_codec::messages::{
    AddPartitionsToTxnRequest, CreatePartitionsRequest, DeleteTopicsRequest,
    InitProducerIdResponse, WriteTxnMarkersRequest,
};
use kop_codec::{ErrorCode, Request};
use kop_records::{BatchBuilder, Compression};
use kop_tests::librdkafka::Reading;
use kop_tests::pulsar::Cluster;
use kop_tests::server::Server;
use kop_tests::wire::Wire;
use kop_tests::{requests, wait_until};

use crate::policies::altered;
use crate::topics::{PATIENCE, describe};
use crate::{create, member, produce, server};

const REFUSED: ErrorCode = ErrorCode::INVALID_TOPIC_EXCEPTION;
const GROUP: &str = "group";
const TOPIC: &str = "read-by-the-group";

fn call<R: Request>(server: &Server, version: i16, request: &R) -> R::Response {
    let mut wire = Wire::connect(&server.bootstrap()).expect("connect");
    wire.call(version, request).expect("an answer")
}

fn create_one(server: &Server, topic: &str) -> ErrorCode {
    call(server, 5, &requests::create_topic(topic)).topics[0].error_code
}

fn delete(server: &Server, topic: &str) -> ErrorCode {
    let request = DeleteTopicsRequest {
        topic_names: vec![topic.into()],
        timeout_ms: 10_000,
        ..Default::default()
    };
    call(server, 5, &request).responses[0].error_code
}

fn delete_records(server: &Server, topic: &str) -> ErrorCode {
    let answer = call(server, 1, &requests::delete_records(topic, -1));
    answer.topics[0].partitions[0].error_code
}

pub(crate) fn grow(server: &Server, topic: &str, validate_only: bool) -> ErrorCode {
    let topic = CreatePartitionsTopic {
        name: topic.into(),
        count: 99,
        assignments: None,
        ..Default::default()
    };
    let request = CreatePartitionsRequest {
        topics: vec![topic],
        timeout_ms: 10_000,
        validate_only,
        ..Default::default()
    };
    call(server, 3, &request).results[0].error_code
}

fn write_marker(server: &Server, topic: &str) -> ErrorCode {
    let marker = WritableTxnMarker {
        producer_id: 77,
        topics: vec![WritableTxnMarkerTopic {
            name: topic.into(),
            partition_indexes: [0].into_iter().collect(),
            ..Default::default()
        }],
        ..Default::default()
    };
    let request = WriteTxnMarkersRequest {
        markers: vec![marker],
        ..Default::default()
    };
    let answer = call(server, 1, &request);
    answer.markers[0].topics[0].partitions[0].error_code
}

fn add_to_transaction(server: &Server, topic: &str) -> ErrorCode {
    let mut producer = InitProducerIdResponse::default();
    let ready = wait_until(PATIENCE, || {
        producer = call(server, 2, &requests::init_producer_id("id", (-1, -1)));
        producer.error_code == ErrorCode::NONE
    });
    assert!(ready, "{producer:?}");
    let topic = AddPartitionsToTxnTopic {
        name: topic.into(),
        partitions: [0].into_iter().collect(),
        ..Default::default()
    };
    let request = AddPartitionsToTxnRequest {
        v3_and_below_transactional_id: "id".into(),
        v3_and_below_producer_id: producer.producer_id,
        v3_and_below_producer_epoch: producer.producer_epoch,
        v3_and_below_topics: [topic].into_iter().collect(),
        ..Default::default()
    };
    let answer = call(server, 3, &request);
    let topic = &answer.results_by_topic_v3_and_below[0];
    ErrorCode(topic.results_by_partition[0].partition_error_code)
}

/// Whether a consumer finds something in one of a topic's partitions.
fn is_read(server: &Server, topic: &str, partitions: i32) -> bool {
    let reading = Reading::partitions(&server.bootstrap(), topic, partitions).expect("a consumer");
    !reading.take(1, PATIENCE).is_empty()
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn what_another_server_keeps_for_itself_cannot_be_changed() {
    let what = "what another server keeps for itself";
    let (Some((mut other, others)), Some((server, own))) = (server(what, &[]), server(what, &[]))
    else {
        return;
    };
    create(&other, TOPIC, 2);
    let offsets = [(3, "of".to_owned()), (4, "the group".to_owned())];
    let first = member(&other, GROUP, TOPIC);
    first.commit(&offsets).expect("commit");
    drop(first);

    let full = |cluster: &Cluster, name: &str| {
        let namespace = cluster.metadata_namespace();
        [
            format!("persistent://{namespace}/{name}"),
            format!("{namespace}/{name}"),
        ]
    };
    for topic in full(&others, "__consumer_offsets") {
        let described = describe(&server, &topic);
        assert_eq!(described.error_code, ErrorCode::NONE, "{topic}");
        assert!(described.is_internal, "{topic}");
        let partitions = i32::try_from(described.partitions.len()).expect("few");
        assert!(is_read(&server, &topic, partitions), "{topic}");
        let batch = BatchBuilder::new(Compression::None);
        assert_eq!(produce(&server, &topic, batch, "x").0, REFUSED, "{topic}");
        assert_eq!(delete_records(&server, &topic), REFUSED, "{topic}");
        assert_eq!(write_marker(&server, &topic), REFUSED, "{topic}");
        for only_asks in [true, false] {
            let code = grow(&server, &topic, only_asks);
            assert_eq!(code, REFUSED, "{topic}");
            let code = altered(&server, &topic, ("retention.ms", "1000"), only_asks);
            assert_eq!(code, REFUSED, "{topic}");
        }
        let code = add_to_transaction(&server, &topic);
        assert_eq!(code, ErrorCode::TOPIC_AUTHORIZATION_FAILED, "{topic}");
        let code = delete(&server, &topic);
        assert_eq!(code, ErrorCode::INVALID_REQUEST, "{topic}");
    }
    // Whoever made it would say how many partitions it has.
    for topic in full(&others, "__share_group_state") {
        assert_eq!(create_one(&server, &topic), REFUSED, "{topic}");
        let code = describe(&server, &topic).error_code;
        assert_eq!(code, REFUSED, "{topic}");
    }
    // This server's own by their long names.
    for topic in full(&own, "__transaction_state") {
        assert_eq!(delete_records(&server, &topic), REFUSED, "{topic}");
    }
    other.restart().expect("the other server starts again");
    let found = Reading::committed(&other.bootstrap(), GROUP, TOPIC);
    assert_eq!(found.expect("the commits"), offsets, "{}", other.log());
}
