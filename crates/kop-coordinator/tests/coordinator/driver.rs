//! The driver over a log in memory, with tokio's clock standing still until nothing else is left to do.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::join_all;
use kop_codec::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use kop_codec::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopic, OffsetFetchRequestTopics,
};
use kop_codec::messages::{
    DeleteGroupsRequest, DescribeGroupsRequest, HeartbeatRequest, JoinGroupResponse,
    LeaveGroupRequest, ListGroupsRequest, OffsetCommitRequest, OffsetDeleteRequest,
    OffsetFetchRequest, SyncGroupRequest,
};
use kop_codec::{ByteString, ErrorCode, Uuid};
use kop_coordinator::{
    GroupConfig, GroupContext, GroupCoordinator, GroupRecord, GroupState, OFFSETS_TOPIC,
};
use kop_log::{
    AppendRequest, Appended, Isolation, LogCatalog, LogError, MemoryCatalog, NewTopic,
    PartitionLog, ReadRequest,
};
use kop_log_conformance::trouble::troubled;
use kop_records::{DecompressLimits, ProduceRules, batches, validate};
use tokio::time::{Instant, sleep};

use crate::slow::Slow;
use crate::support::*;

pub(crate) fn context(api_version: i16) -> GroupContext {
    GroupContext {
        client_id: "client".into(),
        client_host: "/127.0.0.1".into(),
        api_version,
    }
}

pub(crate) async fn catalog() -> Arc<dyn LogCatalog> {
    let catalog = MemoryCatalog::new();
    let topic = NewTopic {
        name: "topic".into(),
        partitions: 4,
        overrides: Default::default(),
    };
    catalog.create_topic(topic).await.unwrap();
    Arc::new(catalog)
}

pub(crate) fn coordinator(catalog: &Arc<dyn LogCatalog>) -> GroupCoordinator {
    GroupCoordinator::new(
        Arc::clone(catalog),
        GroupConfig {
            offsets_topic_partitions: 4,
            ..GroupConfig::default()
        },
    )
}

/// Appends a batch as a coordinator or an earlier server would have.
pub(crate) async fn append(log: &dyn PartitionLog, batch: Bytes) -> Result<Appended, LogError> {
    let now_ms = EPOCH_MS;
    let records = validate(batch, &ProduceRules::of_coordinator(now_ms)).unwrap();
    log.append(AppendRequest { records, now_ms }).await
}

pub(crate) async fn commit(groups: &GroupCoordinator, group: &str, offset: i64) -> ErrorCode {
    let mut request = commit_request("", -1, &[("topic", 0, offset)]);
    request.group_id = group.into();
    groups.offset_commit(&context(8), request).await.topics[0].partitions[0].error_code
}

pub(crate) async fn fetch(groups: &GroupCoordinator, group: &str) -> i64 {
    fetch_partition(groups, group, 0).await
}

pub(crate) async fn fetch_partition(groups: &GroupCoordinator, group: &str, partition: i32) -> i64 {
    let request = OffsetFetchRequest {
        group_id: group.into(),
        topics: Some(vec![OffsetFetchRequestTopic {
            name: "topic".into(),
            partition_indexes: [partition].into_iter().collect(),
            ..Default::default()
        }]),
        ..OffsetFetchRequest::default()
    };
    let response = groups.offset_fetch(&context(5), request).await;
    assert_eq!(response.error_code, ErrorCode::NONE);
    response.topics[0].partitions[0].committed_offset
}

/// Joins alone, and assigns.
async fn member_of(groups: &GroupCoordinator, group: &str) -> JoinGroupResponse {
    let mut request = join_request("");
    request.group_id = group.into();
    let response = groups.join_group(&context(3), request).await;
    assert_eq!(response.error_code, ErrorCode::NONE);
    let sync = SyncGroupRequest {
        group_id: group.into(),
        ..sync_request(&response.member_id, 1, &[])
    };
    assert_eq!(
        groups.sync_group(&context(3), sync).await.error_code,
        ErrorCode::NONE
    );
    response
}

#[tokio::test(start_paused = true)]
async fn two_members_share_a_group_and_survive_a_restart() {
    let catalog = catalog().await;
    let groups = coordinator(&catalog);
    let started = Instant::now();
    let joins = [(); 2].map(|()| {
        let groups = groups.clone();
        async move { groups.join_group(&context(3), join_request("")).await }
    });
    let joined = join_all(joins).await;
    // A second member came during the first delay, which was extended once.
    assert_eq!(started.elapsed(), Duration::from_secs(6));
    let leader = joined.iter().find(|r| r.leader == r.member_id).unwrap();
    let follower = joined.iter().find(|r| r.leader != r.member_id).unwrap();
    let assignments = [(&*leader.member_id, "one"), (&*follower.member_id, "two")];
    let (context, lead, follow) = (
        context(3),
        sync_request(&leader.member_id, 1, &assignments),
        sync_request(&follower.member_id, 1, &[]),
    );
    let (one, two) = tokio::join!(
        groups.sync_group(&context, lead),
        groups.sync_group(&context, follow)
    );
    assert_eq!(
        (&one.assignment[..], &two.assignment[..]),
        (&b"one"[..], &b"two"[..])
    );
    assert_eq!(groups.metrics().groups(GroupState::Stable), 1);
    let request = commit_request(&leader.member_id, 1, &[("topic", 0, 7)]);
    let committed = groups.offset_commit(&context, request).await;
    assert_eq!(
        committed.topics[0].partitions[0].error_code,
        ErrorCode::NONE
    );
    groups.close().await;
    assert_eq!(groups.metrics().groups(GroupState::Stable), 0);

    let again = coordinator(&catalog);
    again.start();
    again.loaded().await;
    assert_eq!(again.metrics().partitions_loaded(), 4);
    assert_eq!(again.metrics().groups(GroupState::Stable), 1);
    let heartbeat = HeartbeatRequest {
        group_id: GROUP.into(),
        member_id: follower.member_id.clone(),
        generation_id: 1,
        ..HeartbeatRequest::default()
    };
    assert_eq!(
        again.heartbeat(&context, heartbeat).await.error_code,
        ErrorCode::NONE
    );
    assert_eq!(fetch(&again, GROUP).await, 7);
    // Nobody sends heartbeats: the group is empty in the end.
    sleep(Duration::from_millis(SESSION_MS.unsigned_abs().into()) * 8).await;
    assert_eq!(again.metrics().groups(GroupState::Empty), 1);
}

#[tokio::test(start_paused = true)]
async fn groups_lie_where_kafka_looks_for_them() {
    let catalog = catalog().await;
    let groups = coordinator(&catalog);
    for group in ["a", "b", "console-consumer-1"] {
        assert_eq!(commit(&groups, group, 5).await, ErrorCode::NONE);
        let log = catalog
            .partition(OFFSETS_TOPIC, groups.partition_of(group))
            .unwrap();
        let end = log.offsets().log_end;
        let request = ReadRequest {
            offset: end - 1,
            max_bytes: 4096,
            at_least_one: true,
            isolation: Isolation::ReadUncommitted,
        };
        let bytes = log.read(request).await.unwrap().records.to_bytes().unwrap();
        let batch = batches(&bytes).next().unwrap().unwrap();
        batch.verify_crc().unwrap();
        let record = batch
            .records(&DecompressLimits::default())
            .unwrap()
            .next()
            .unwrap()
            .unwrap();
        let decoded = GroupRecord::decode(&record.key.unwrap(), record.value.as_ref()).unwrap();
        assert!(
            matches!(decoded, Some(GroupRecord::Offset { group: found, .. }) if found == *group)
        );
    }
    let topic = catalog.topic(OFFSETS_TOPIC).unwrap();
    assert!(topic.internal);
    assert_eq!(topic.overrides["cleanup.policy"], "compact");
}

#[tokio::test(start_paused = true)]
async fn many_commits_at_once_are_all_stored() {
    let catalog = catalog().await;
    let groups = coordinator(&catalog);
    let commits = (0..500).map(|i| {
        let groups = groups.clone();
        async move { commit(&groups, &format!("group-{}", i % 50), i).await }
    });
    assert!(
        join_all(commits)
            .await
            .iter()
            .all(|error| *error == ErrorCode::NONE)
    );
    assert_eq!(groups.metrics().tally().commits, 500);
    let mut before = HashMap::new();
    for group in 0..50 {
        let name = format!("group-{group}");
        let offset = fetch(&groups, &name).await;
        assert_eq!(offset % 50, group, "another group's offset");
        before.insert(name, offset);
    }
    groups.close().await;
    let again = coordinator(&catalog);
    for group in 0..50 {
        let name = format!("group-{group}");
        assert_eq!(fetch(&again, &name).await, before[&name]);
    }
}

#[tokio::test(start_paused = true)]
async fn topics_are_found_by_name_and_id() {
    let catalog = catalog().await;
    let groups = coordinator(&catalog);
    let id = catalog.topic("topic").unwrap().id;
    let unknown = Uuid::from_bytes([9; 16]);
    let topic = |topic_id, offset| OffsetCommitRequestTopic {
        topic_id,
        partitions: vec![OffsetCommitRequestPartition {
            committed_offset: offset,
            ..Default::default()
        }],
        ..Default::default()
    };
    let request = OffsetCommitRequest {
        group_id: GROUP.into(),
        generation_id_or_member_epoch: -1,
        topics: vec![topic(unknown, 1), topic(id, 2)],
        ..OffsetCommitRequest::default()
    };
    let response = groups.offset_commit(&context(10), request).await;
    let answered: Vec<_> = response
        .topics
        .iter()
        .map(|t| (t.topic_id, t.partitions[0].error_code))
        .collect();
    assert_eq!(
        answered,
        [
            (unknown, ErrorCode::UNKNOWN_TOPIC_ID),
            (id, ErrorCode::NONE)
        ]
    );

    let by_name = groups
        .offset_commit(&context(9), commit_request("", -1, &[("gone", 0, 1)]))
        .await;
    assert_eq!(
        by_name.topics[0].partitions[0].error_code,
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
    );

    let asked = |topic_id| OffsetFetchRequestTopics {
        topic_id,
        partition_indexes: [0].into_iter().collect(),
        ..Default::default()
    };
    let group = |topics| OffsetFetchRequestGroup {
        group_id: GROUP.into(),
        topics,
        ..Default::default()
    };
    let nobody = OffsetFetchRequestGroup {
        group_id: "nobody".into(),
        ..Default::default()
    };
    let groups_asked = vec![
        group(Some(vec![asked(id), asked(unknown)])),
        group(None),
        nobody,
    ];
    let request = OffsetFetchRequest {
        groups: groups_asked,
        ..OffsetFetchRequest::default()
    };
    let response = groups.offset_fetch(&context(10), request).await;
    let [some, all, none] = &response.groups[..] else {
        panic!("three groups were asked for")
    };
    assert_eq!(some.topics[0].partitions[0].committed_offset, 2);
    assert_eq!(
        some.topics[1].partitions[0].error_code,
        ErrorCode::UNKNOWN_TOPIC_ID
    );
    assert_eq!((all.topics.len(), all.topics[0].topic_id), (1, id));
    assert_eq!((none.error_code, none.topics.len()), (ErrorCode::NONE, 0));
}

#[tokio::test(start_paused = true)]
async fn offsets_go_with_their_topic() {
    let catalog = catalog().await;
    let groups = coordinator(&catalog);
    commit(&groups, "a", 5).await;
    commit(&groups, "b", 6).await;
    groups.close().await;
    let groups = coordinator(&catalog);
    catalog.delete_topic("topic").await.unwrap();
    groups.on_topic_deleted("topic").await;
    assert_eq!(
        (fetch(&groups, "a").await, fetch(&groups, "b").await),
        (-1, -1)
    );
    assert_eq!(groups.metrics().tally().deleted_offsets, 2);
}

#[tokio::test(start_paused = true)]
async fn old_versions_are_answered_in_their_own_way() {
    let catalog = catalog().await;
    let groups = coordinator(&catalog);
    let member = member_of(&groups, GROUP).await;
    let refused = groups
        .join_group(&context(6), join_request("stranger"))
        .await;
    assert_eq!(
        refused.protocol_name.as_deref(),
        Some(""),
        "null came with version 7"
    );
    let sync = groups
        .sync_group(&context(5), sync_request(&member.member_id, 1, &[]))
        .await;
    assert_eq!(
        sync.error_code,
        ErrorCode::INCONSISTENT_GROUP_PROTOCOL,
        "version 5 must name the protocol"
    );
    let leave = |member_id: &ByteString| LeaveGroupRequest {
        group_id: GROUP.into(),
        member_id: member_id.clone(),
        ..LeaveGroupRequest::default()
    };
    let stranger = groups
        .leave_group(&context(2), leave(&"stranger".into()))
        .await;
    assert_eq!(
        (stranger.error_code, stranger.members.len()),
        (ErrorCode::UNKNOWN_MEMBER_ID, 0)
    );
    let left = groups
        .leave_group(&context(0), leave(&member.member_id))
        .await;
    assert_eq!(left.error_code, ErrorCode::NONE);
}

#[tokio::test(start_paused = true)]
async fn groups_are_described_listed_and_deleted_across_partitions() {
    let catalog = catalog().await;
    let groups = coordinator(&catalog);
    assert_eq!(
        groups
            .list_groups(&context(5), ListGroupsRequest::default())
            .await
            .groups
            .len(),
        0
    );
    assert!(
        catalog.topic(OFFSETS_TOPIC).is_none(),
        "looking creates nothing"
    );
    for group in ["a", "b", "c", "d", "e"] {
        commit(&groups, group, 1).await;
    }
    member_of(&groups, "live").await;
    assert_eq!(
        groups
            .list_groups(&context(5), ListGroupsRequest::default())
            .await
            .groups
            .len(),
        6
    );
    let names = || {
        ["live", "a", "live", "nobody"]
            .map(ByteString::from)
            .to_vec()
    };
    let request = DescribeGroupsRequest {
        groups: names(),
        ..Default::default()
    };
    let described = groups.describe_groups(&context(5), request).await;
    let states: Vec<_> = described
        .groups
        .iter()
        .map(|group| &*group.group_state)
        .collect();
    assert_eq!(states, ["Stable", "Empty", "Stable", "Dead"]);
    let request = DeleteGroupsRequest {
        groups_names: names(),
        ..Default::default()
    };
    let deleted = groups.delete_groups(&context(2), request).await;
    let results: Vec<_> = deleted
        .results
        .iter()
        .map(|result| (&*result.group_id, result.error_code))
        .collect();
    let (none, busy, unknown) = (
        ErrorCode::NONE,
        ErrorCode::NON_EMPTY_GROUP,
        ErrorCode::GROUP_ID_NOT_FOUND,
    );
    assert_eq!(results, [("live", busy), ("a", none), ("nobody", unknown)]);
    let request = OffsetDeleteRequest::default();
    assert_eq!(
        groups.offset_delete(&context(0), request).await.error_code,
        ErrorCode::INVALID_GROUP_ID
    );
}

#[tokio::test(start_paused = true)]
async fn closing_answers_those_who_wait() {
    let catalog = catalog().await;
    let groups = coordinator(&catalog);
    let member = member_of(&groups, GROUP).await;
    let waiting = groups.clone();
    let newcomer =
        tokio::spawn(async move { waiting.join_group(&context(3), join_request("")).await });
    sleep(Duration::from_millis(10)).await;
    groups.close().await;
    assert_eq!(
        newcomer.await.unwrap().error_code,
        ErrorCode::COORDINATOR_NOT_AVAILABLE
    );
    let again = groups
        .join_group(&context(3), join_request(&member.member_id))
        .await;
    assert_eq!(again.error_code, ErrorCode::COORDINATOR_NOT_AVAILABLE);
}

#[tokio::test(start_paused = true)]
async fn a_slow_log_gives_errors_that_clients_try_again() {
    let (slow, catalog) = troubled(catalog().await, Slow::default());
    let groups = coordinator(&catalog);
    let member = groups.join_group(&context(3), join_request("")).await;
    slow.append_takes(Duration::from_secs(7));
    let started = Instant::now();
    let sync = groups
        .sync_group(&context(3), sync_request(&member.member_id, 1, &[]))
        .await;
    assert_eq!(sync.error_code, ErrorCode::COORDINATOR_NOT_AVAILABLE);
    assert_eq!(
        commit(&groups, "simple", 5).await,
        ErrorCode::COORDINATOR_NOT_AVAILABLE
    );
    assert_eq!(
        started.elapsed(),
        Duration::from_secs(10),
        "five seconds each"
    );
    // In the end it was stored, and so it counts.
    sleep(Duration::from_secs(7)).await;
    assert_eq!(fetch(&groups, "simple").await, 5);
    slow.append_takes(Duration::ZERO);
    assert_eq!(commit(&groups, "simple", 6).await, ErrorCode::NONE);
    assert_eq!(fetch(&groups, "simple").await, 6);
}

#[tokio::test(start_paused = true)]
async fn a_log_that_fails_gives_errors_and_nothing_changes() {
    let (slow, catalog) = troubled(catalog().await, Slow::default());
    let groups = coordinator(&catalog);
    assert_eq!(commit(&groups, "simple", 5).await, ErrorCode::NONE);
    slow.appends_fail(true);
    assert_eq!(
        commit(&groups, "simple", 6).await,
        ErrorCode::COORDINATOR_NOT_AVAILABLE
    );
    assert_eq!(fetch(&groups, "simple").await, 5);
    slow.appends_fail(false);
    assert_eq!(commit(&groups, "simple", 7).await, ErrorCode::NONE);
}

#[tokio::test(start_paused = true)]
async fn while_a_partition_is_read_requests_are_told_to_come_again() {
    let (slow, catalog) = troubled(catalog().await, Slow::default());
    let groups = coordinator(&catalog);
    commit(&groups, "simple", 5).await;
    groups.close().await;
    slow.read_takes(Duration::from_secs(3));
    let groups = coordinator(&catalog);
    assert_eq!(
        commit(&groups, "simple", 6).await,
        ErrorCode::COORDINATOR_LOAD_IN_PROGRESS
    );
    let heartbeat = HeartbeatRequest {
        group_id: "simple".into(),
        ..HeartbeatRequest::default()
    };
    assert_eq!(
        groups.heartbeat(&context(3), heartbeat).await.error_code,
        ErrorCode::NONE
    );
    groups.loaded().await;
    assert_eq!(fetch(&groups, "simple").await, 5);
    assert!(groups.metrics().load_max_ms() >= 3_000);
}

#[tokio::test(start_paused = true)]
async fn a_short_read_is_waited_for() {
    let (slow, catalog) = troubled(catalog().await, Slow::default());
    let groups = coordinator(&catalog);
    commit(&groups, "simple", 5).await;
    groups.close().await;
    slow.read_takes(Duration::from_millis(300));
    assert_eq!(
        commit(&coordinator(&catalog), "simple", 6).await,
        ErrorCode::NONE
    );
}

#[tokio::test(start_paused = true)]
async fn the_offsets_topic_may_be_deleted_under_way() {
    let catalog = catalog().await;
    let groups = coordinator(&catalog);
    assert_eq!(commit(&groups, "simple", 5).await, ErrorCode::NONE);
    catalog.delete_topic(OFFSETS_TOPIC).await.unwrap();
    assert_eq!(
        commit(&groups, "simple", 6).await,
        ErrorCode::COORDINATOR_NOT_AVAILABLE
    );
    assert_eq!(
        commit(&groups, "simple", 7).await,
        ErrorCode::NONE,
        "it is made anew"
    );
    assert_eq!(fetch(&groups, "simple").await, 7);
}

#[tokio::test(start_paused = true)]
async fn dropping_a_request_does_not_take_it_back() {
    let catalog = catalog().await;
    let groups = coordinator(&catalog);
    commit(&groups, "simple", 1).await;
    let count = AtomicU64::new(0);
    for offset in 2..50 {
        if commit(&groups, "simple", offset).now_or_never().is_some() {
            count.fetch_add(1, Ordering::Relaxed);
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(count.into_inner(), 0, "no commit is done at once");
    sleep(Duration::from_millis(1)).await;
    assert_eq!(fetch(&groups, "simple").await, 49);
}
