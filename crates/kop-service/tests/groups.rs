//! The group APIs in frames: a group's life at the oldest and the newest version, and what is derived for answers.

#[path = "support/mod.rs"]
mod support;

use kop_codec::messages::join_group_request::JoinGroupRequestProtocol;
use kop_codec::messages::{
    DescribeGroupsRequest, FindCoordinatorRequest, HeartbeatRequest, JoinGroupRequest,
    LeaveGroupRequest, OffsetFetchRequest, SyncGroupRequest,
};
use kop_codec::{ErrorCode, Message};
use support::Client;

/// Joins alone and assigns, in the highest version up to `version` that each API has.
async fn join(client: &Client, version: i16) -> String {
    let mut request = JoinGroupRequest {
        group_id: "group".into(),
        session_timeout_ms: 10_000,
        protocol_type: "consumer".into(),
        protocols: vec![JoinGroupRequestProtocol {
            name: "range".into(),
            ..Default::default()
        }],
        ..JoinGroupRequest::default()
    };
    let version = version.min(JoinGroupRequest::MAX_VERSION);
    let mut joined = client.send(version, &request).await;
    if joined.error_code == ErrorCode::MEMBER_ID_REQUIRED {
        request.member_id = joined.member_id;
        joined = client.send(version, &request).await;
    }
    assert_eq!(joined.error_code, ErrorCode::NONE);
    assert!(
        joined.member_id.starts_with("test-"),
        "{}",
        joined.member_id
    );
    let named = version.min(SyncGroupRequest::MAX_VERSION) >= 5;
    let sync = SyncGroupRequest {
        group_id: "group".into(),
        generation_id: joined.generation_id,
        member_id: joined.member_id.clone(),
        protocol_type: named.then(|| "consumer".into()),
        protocol_name: named.then(|| "range".into()),
        ..SyncGroupRequest::default()
    };
    let synced = client
        .send(version.min(SyncGroupRequest::MAX_VERSION), &sync)
        .await;
    assert_eq!(synced.error_code, ErrorCode::NONE);
    joined.member_id.to_string()
}

#[tokio::test(start_paused = true)]
async fn a_group_lives_at_the_oldest_and_the_newest_version() {
    for version in [0, i16::MAX] {
        let client = Client::new();
        let member_id = join(&client, version).await;
        let heartbeat = HeartbeatRequest {
            group_id: "group".into(),
            generation_id: 1,
            member_id: member_id.as_str().into(),
            ..HeartbeatRequest::default()
        };
        let alive = client
            .send(version.min(HeartbeatRequest::MAX_VERSION), &heartbeat)
            .await;
        assert_eq!(alive.error_code, ErrorCode::NONE);
        let leave = LeaveGroupRequest {
            group_id: "group".into(),
            member_id: member_id.into(),
            ..LeaveGroupRequest::default()
        };
        assert_eq!(client.send(0, &leave).await.error_code, ErrorCode::NONE);
    }
}

#[tokio::test(start_paused = true)]
async fn this_broker_coordinates_every_group_and_no_transaction() {
    let client = Client::new();
    let request = FindCoordinatorRequest {
        key: "group".into(),
        ..FindCoordinatorRequest::default()
    };
    let found = client.send(0, &request).await;
    assert_eq!(
        (found.error_code, &*found.host, found.port),
        (ErrorCode::NONE, "kop.example", 9092)
    );
    let request = FindCoordinatorRequest {
        coordinator_keys: vec!["a".into(), "b".into()],
        ..FindCoordinatorRequest::default()
    };
    let found = client.send(4, &request).await;
    assert!(
        found
            .coordinators
            .iter()
            .all(|c| c.error_code == ErrorCode::NONE && c.port == 9092)
    );
    assert_eq!(found.coordinators.len(), 2);
    // Share groups, and what does not exist.
    for key_type in [2, 9] {
        let request = FindCoordinatorRequest {
            key_type,
            ..request.clone()
        };
        let found = client.send(4, &request).await.coordinators;
        let refused = (ErrorCode::INVALID_REQUEST, -1);
        assert!(found.iter().all(|c| (c.error_code, c.node_id) == refused));
    }
}

#[tokio::test(start_paused = true)]
async fn a_described_group_has_its_client_and_the_operations_when_asked() {
    let client = Client::new();
    join(&client, 9).await;
    let mut request = DescribeGroupsRequest {
        groups: vec!["group".into()],
        ..DescribeGroupsRequest::default()
    };
    let plain = client.send(6, &request).await;
    assert_eq!(plain.groups[0].authorized_operations, i32::MIN);
    assert_eq!(&*plain.groups[0].members[0].client_host, "/127.0.0.1");
    assert_eq!(&*plain.groups[0].members[0].client_id, "test");
    request.include_authorized_operations = true;
    assert_eq!(
        client.send(6, &request).await.groups[0].authorized_operations,
        3_400
    );
}

#[tokio::test(start_paused = true)]
async fn offsets_of_an_unknown_group_are_none() {
    let client = Client::new();
    let request = OffsetFetchRequest {
        group_id: "nobody".into(),
        topics: None,
        ..OffsetFetchRequest::default()
    };
    let fetched = client.send(2, &request).await;
    assert_eq!(
        (fetched.error_code, fetched.topics.len()),
        (ErrorCode::NONE, 0)
    );
}
