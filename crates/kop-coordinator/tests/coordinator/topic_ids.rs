//! Offsets of topics that are named by their ids.

use kop_codec::ErrorCode;
use kop_codec::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use kop_codec::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopics,
};
use kop_codec::messages::{OffsetCommitRequest, OffsetFetchRequest};

use crate::driver::{catalog, context, coordinator, fetch};
use crate::support::GROUP;

/// As in Kafka: see `OffsetMetadataManager.isMismatchedTopicId`.
#[tokio::test(start_paused = true)]
async fn an_offset_by_topic_id_is_none_of_the_next_topic_of_that_name() {
    let catalog = catalog().await;
    let groups = coordinator(&catalog);
    let id = catalog.topic("topic").unwrap().id;
    let partition = OffsetCommitRequestPartition {
        committed_offset: 7,
        ..Default::default()
    };
    let topic = OffsetCommitRequestTopic {
        topic_id: id,
        partitions: vec![partition],
        ..Default::default()
    };
    let request = OffsetCommitRequest {
        group_id: GROUP.into(),
        generation_id_or_member_epoch: -1,
        topics: vec![topic],
        ..OffsetCommitRequest::default()
    };
    groups.offset_commit(&context(10), request).await;
    groups.close().await;
    // The topic is made again while nobody tells the groups, and the offset is read from the log.
    let new = kop_log::NewTopic {
        name: "topic".into(),
        partitions: 1,
        overrides: Default::default(),
    };
    catalog.delete_topic("topic").await.unwrap();
    let new = catalog.create_topic(new).await.unwrap();
    assert_ne!(new.id, id);
    let groups = coordinator(&catalog);
    assert_eq!(
        fetch(&groups, GROUP).await,
        7,
        "a name is all that is known"
    );
    let topic = OffsetFetchRequestTopics {
        topic_id: new.id,
        partition_indexes: [0].into_iter().collect(),
        ..Default::default()
    };
    let group = OffsetFetchRequestGroup {
        group_id: GROUP.into(),
        topics: Some(vec![topic]),
        ..Default::default()
    };
    let request = OffsetFetchRequest {
        groups: vec![group],
        ..OffsetFetchRequest::default()
    };
    let response = groups.offset_fetch(&context(10), request).await;
    let partition = &response.groups[0].topics[0].partitions[0];
    assert_eq!(
        (partition.error_code, partition.committed_offset),
        (ErrorCode::NONE, -1)
    );
}
