//! What clients are told once another server has taken the place of this one.

use kop_codec::ErrorCode;
use kop_codec::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use kop_codec::messages::metadata_request::MetadataRequestTopic;
use kop_codec::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use kop_codec::messages::{
    EndTxnRequest, FindCoordinatorRequest, HeartbeatRequest, ListOffsetsRequest, MetadataRequest,
    OffsetCommitRequest,
};
use kop_service::metrics::Metrics;

use crate::faulty::faulty;
use crate::kit::{batch, fetch_request, partitions, produce, topic};
use crate::support::Client;

async fn find(client: &Client, key_type: i8) -> (ErrorCode, i32) {
    let request = FindCoordinatorRequest {
        key: "k".into(),
        key_type,
        ..Default::default()
    };
    let found = client.send(3, &request).await;
    (found.error_code, found.node_id)
}

fn commit() -> OffsetCommitRequest {
    let partition = OffsetCommitRequestPartition {
        partition_index: 0,
        committed_offset: 1,
        ..Default::default()
    };
    let topic = OffsetCommitRequestTopic {
        name: "a".into(),
        partitions: vec![partition],
        ..Default::default()
    };
    OffsetCommitRequest {
        group_id: "k".into(),
        generation_id_or_member_epoch: -1,
        topics: vec![topic],
        ..Default::default()
    }
}

async fn committed(client: &Client) -> ErrorCode {
    let response = client.send(7, &commit()).await;
    response.topics[0].partitions[0].error_code
}

#[tokio::test]
async fn who_was_replaced_sends_clients_away() {
    let (storage, catalog) = faulty();
    let client = Client::over(catalog, &[], Metrics::default());
    topic(&client, "a", 1, &[]).await;
    produce(&client, "a", 0, batch(&["x"])).await;
    let node = client.broker().node_id();
    for key_type in [0, 1] {
        assert_eq!(find(&client, key_type).await, (ErrorCode::NONE, node));
    }
    assert_eq!(committed(&client).await, ErrorCode::NONE);
    storage.replace();

    let not_leader = ErrorCode::NOT_LEADER_OR_FOLLOWER;
    let produced = produce(&client, "a", 0, batch(&["x"])).await;
    assert_eq!(produced.error_code, not_leader);
    let fetched = client.send(12, &fetch_request("a", &[(0, 0)])).await;
    assert_eq!(partitions(&fetched)[0].error_code, not_leader);
    let list = ListOffsetsRequest {
        topics: vec![ListOffsetsTopic {
            name: "a".into(),
            partitions: vec![ListOffsetsPartition {
                timestamp: -1,
                current_leader_epoch: -1,
                ..Default::default()
            }],
            ..Default::default()
        }],
        ..Default::default()
    };
    let listed = client.send(5, &list).await;
    assert_eq!(listed.topics[0].partitions[0].error_code, not_leader);

    let asked = MetadataRequestTopic {
        name: Some("a".into()),
        ..Default::default()
    };
    let request = MetadataRequest {
        topics: Some(vec![asked]),
        ..Default::default()
    };
    let metadata = client.send(9, &request).await;
    let partition = &metadata.topics[0].partitions[0];
    let told = (partition.error_code, partition.leader_id);
    assert_eq!(told, (ErrorCode::LEADER_NOT_AVAILABLE, -1));

    for key_type in [0, 1] {
        let nobody = (ErrorCode::COORDINATOR_NOT_AVAILABLE, -1);
        assert_eq!(find(&client, key_type).await, nobody);
    }
    let not_coordinator = ErrorCode::NOT_COORDINATOR;
    assert_eq!(committed(&client).await, not_coordinator);
    let heartbeat = HeartbeatRequest {
        group_id: "k".into(),
        ..Default::default()
    };
    let beaten = client.send(4, &heartbeat).await;
    assert_eq!(beaten.error_code, not_coordinator);
    let end = EndTxnRequest {
        transactional_id: "k".into(),
        ..Default::default()
    };
    assert_eq!(client.send(3, &end).await.error_code, not_coordinator);
}
