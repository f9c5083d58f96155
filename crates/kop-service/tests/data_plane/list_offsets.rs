use kop_codec::ErrorCode;
use kop_codec::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use kop_codec::messages::list_offsets_response::ListOffsetsPartitionResponse;
use kop_codec::messages::offset_for_leader_epoch_request::{
    OffsetForLeaderPartition, OffsetForLeaderTopic,
};
use kop_codec::messages::{ListOffsetsRequest, OffsetForLeaderEpochRequest};

use crate::kit::{batch, produce, topic};
use crate::support::Client;

fn request(partitions: Vec<ListOffsetsPartition>) -> ListOffsetsRequest {
    let topic = ListOffsetsTopic {
        name: "a".into(),
        partitions,
        ..Default::default()
    };
    ListOffsetsRequest {
        replica_id: -1,
        topics: vec![topic],
        ..Default::default()
    }
}

fn at(timestamp: i64) -> ListOffsetsPartition {
    ListOffsetsPartition {
        timestamp,
        ..Default::default()
    }
}

async fn ask(
    client: &Client,
    version: i16,
    request: &ListOffsetsRequest,
) -> Vec<ListOffsetsPartitionResponse> {
    client
        .send(version, request)
        .await
        .topics
        .remove(0)
        .partitions
}

/// Five records at 1000..1003 and 1000..1002 ms; the first was deleted.
async fn client() -> Client {
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    produce(&client, "a", 0, batch(&["a", "b", "c"])).await;
    produce(&client, "a", 0, batch(&["d", "e"])).await;
    client
        .broker()
        .catalog()
        .partition("a", 0)
        .unwrap()
        .delete_records(1)
        .await
        .unwrap();
    client
}

#[tokio::test]
async fn offsets_by_time_and_by_name() {
    let client = client().await;
    for (version, timestamp, offset, time) in [
        (1, -1, 5, -1),
        (1, -2, 1, -1),
        (1, 1_002, 2, 1_002),
        (1, 1_003, -1, -1),
        (7, -3, 2, 1_002),
        (8, -4, 1, -1),
        (9, -5, -1, -1),
        (11, -6, -1, -1),
    ] {
        for version in version..=11 {
            let answer = ask(&client, version, &request(vec![at(timestamp)]))
                .await
                .remove(0);
            assert_eq!(answer.error_code, ErrorCode::NONE, "v{version} {timestamp}");
            assert_eq!(
                (answer.offset, answer.timestamp),
                (offset, time),
                "v{version} {timestamp}"
            );
        }
    }
    for (version, timestamp) in [(6, -3), (7, -4), (8, -5), (10, -6), (11, -7), (1, i64::MIN)] {
        let answer = ask(&client, version, &request(vec![at(timestamp)]))
            .await
            .remove(0);
        assert_eq!(
            (answer.error_code, answer.offset),
            (ErrorCode::UNSUPPORTED_VERSION, -1)
        );
    }
}

#[tokio::test]
async fn version_0_gives_lists() {
    let client = client().await;
    let offsets = async |timestamp, max_num_offsets| {
        let partition = ListOffsetsPartition {
            max_num_offsets,
            ..at(timestamp)
        };
        ask(&client, 0, &request(vec![partition]))
            .await
            .remove(0)
            .old_style_offsets
            .to_vec()
    };
    assert_eq!(offsets(-1, 10).await, [5, 1]);
    assert_eq!(offsets(-1, 1).await, [5]);
    assert_eq!(offsets(-2, 10).await, [1]);
    assert_eq!(offsets(1_002, 10).await, [2, 1]);
    assert_eq!(offsets(9_999, 1).await, [5]);
    assert!(offsets(-1, 0).await.is_empty());
    assert!(offsets(-1, i32::MIN).await.is_empty());
}

#[tokio::test]
async fn faults() {
    let client = client().await;
    let missing = ListOffsetsPartition {
        partition_index: 3,
        ..at(-1)
    };
    let ahead = ListOffsetsPartition {
        current_leader_epoch: 1_000,
        ..at(-1)
    };
    for (partition, code) in [
        (missing, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
        (ahead, ErrorCode::UNKNOWN_LEADER_EPOCH),
    ] {
        assert_eq!(
            ask(&client, 5, &request(vec![partition])).await[0].error_code,
            code
        );
    }
    let twice = ask(&client, 5, &request(vec![at(-1), at(-2)])).await;
    assert!(
        twice
            .iter()
            .all(|answer| answer.error_code == ErrorCode::INVALID_REQUEST)
    );
    let isolation = ListOffsetsRequest {
        isolation_level: 7,
        ..request(vec![at(-1)])
    };
    assert_eq!(
        ask(&client, 5, &isolation).await[0].error_code,
        ErrorCode::INVALID_REQUEST
    );
    let committed = ListOffsetsRequest {
        isolation_level: 1,
        ..request(vec![at(-1)])
    };
    assert_eq!(ask(&client, 5, &committed).await[0].offset, 5);
}

#[tokio::test]
async fn ends_of_leader_epochs() {
    let client = client().await;
    let current = client
        .broker()
        .catalog()
        .partition("a", 0)
        .unwrap()
        .offsets()
        .leader_epoch;
    let ask = async |version, topic: &str, current_leader_epoch, leader_epoch| {
        let partition = OffsetForLeaderPartition {
            current_leader_epoch,
            leader_epoch,
            ..Default::default()
        };
        let topic = OffsetForLeaderTopic {
            topic: topic.into(),
            partitions: vec![partition],
            ..Default::default()
        };
        let request = OffsetForLeaderEpochRequest {
            topics: vec![topic],
            ..Default::default()
        };
        let answer = client
            .send(version, &request)
            .await
            .topics
            .remove(0)
            .partitions
            .remove(0);
        (answer.error_code, answer.leader_epoch, answer.end_offset)
    };
    for version in 0..=4 {
        let epoch = if version == 0 { -1 } else { current };
        assert_eq!(
            ask(version, "a", -1, current).await,
            (ErrorCode::NONE, epoch, 5)
        );
    }
    assert_eq!(
        ask(3, "a", current, current + 1).await,
        (ErrorCode::NONE, -1, -1)
    );
    assert_eq!(
        ask(3, "a", current + 1, current).await,
        (ErrorCode::UNKNOWN_LEADER_EPOCH, -1, -1)
    );
    assert_eq!(
        ask(3, "nope", -1, 0).await,
        (ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, -1, -1)
    );
}
