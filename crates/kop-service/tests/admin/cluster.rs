//! Records, leaders, moves and directories of one broker.

use super::*;

#[tokio::test]
async fn records_of_unknown_places_are_not_deleted() {
    let client = Client::new();
    created(&client, "t", 1).await;
    let delete = async |name: &str, partition_index, offset| {
        let partitions = vec![DeleteRecordsPartition {
            partition_index,
            offset,
            ..Default::default()
        }];
        let topics = vec![DeleteRecordsTopic {
            name: name.to_owned().into(),
            partitions,
            ..Default::default()
        }];
        let response = client
            .send(
                2,
                &DeleteRecordsRequest {
                    topics,
                    ..Default::default()
                },
            )
            .await;
        let partition = &response.topics[0].partitions[0];
        (partition.error_code, partition.low_watermark)
    };
    assert_eq!(delete("t", 0, -1).await, (ErrorCode::NONE, 0));
    assert_eq!(
        delete("t", 0, 1).await,
        (ErrorCode::OFFSET_OUT_OF_RANGE, -1)
    );
    assert_eq!(
        delete("t", 0, -2).await,
        (ErrorCode::OFFSET_OUT_OF_RANGE, -1)
    );
    assert_eq!(
        delete("t", 1, 0).await,
        (ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, -1)
    );
    assert_eq!(
        delete("u", 0, 0).await,
        (ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, -1)
    );
}

#[tokio::test]
async fn one_broker_needs_no_elections_and_no_moves() {
    let client = Client::new();
    created(&client, "t", 1).await;
    let topics = vec![TopicPartitions {
        topic: "t".into(),
        partitions: Int32s::from_slice(&[0, 1]),
        ..Default::default()
    }];
    let request = ElectLeadersRequest {
        topic_partitions: Some(topics),
        ..Default::default()
    };
    let response = client.send(2, &request).await;
    let partitions = &response.replica_election_results[0].partition_result;
    let codes: Vec<_> = partitions
        .iter()
        .map(|partition| partition.error_code)
        .collect();
    assert_eq!(
        codes,
        [
            ErrorCode::ELECTION_NOT_NEEDED,
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
        ]
    );

    let cases = [
        (Some(&[1][..]), ErrorCode::NONE),
        (Some(&[1, 2]), ErrorCode::INVALID_REPLICA_ASSIGNMENT),
        (Some(&[1, 1]), ErrorCode::INVALID_REPLICA_ASSIGNMENT),
        (Some(&[]), ErrorCode::INVALID_REPLICA_ASSIGNMENT),
        (None, ErrorCode::NO_REASSIGNMENT_IN_PROGRESS),
    ];
    for (replicas, code) in cases {
        let replicas = replicas.map(Int32s::from_slice);
        let partitions = vec![ReassignablePartition {
            partition_index: 0,
            replicas,
            ..Default::default()
        }];
        let topics = vec![ReassignableTopic {
            name: "t".into(),
            partitions,
            ..Default::default()
        }];
        let request = AlterPartitionReassignmentsRequest {
            topics,
            ..Default::default()
        };
        assert_eq!(
            client.send(0, &request).await.responses[0].partitions[0].error_code,
            code
        );
    }
    let listed = client
        .send(
            0,
            &ListPartitionReassignmentsRequest {
                topics: None,
                ..Default::default()
            },
        )
        .await;
    assert!(listed.topics.is_empty());
}

#[tokio::test]
async fn the_cluster_is_one_broker() {
    let client = Client::new();
    let request = DescribeClusterRequest {
        include_cluster_authorized_operations: true,
        ..Default::default()
    };
    let response = client.send(2, &request).await;
    assert_eq!(response.cluster_id, *client.broker().cluster_id());
    assert_eq!(
        (&*response.brokers[0].host, response.brokers[0].port),
        ("kop.example", 9092)
    );
    assert_eq!(response.cluster_authorized_operations, 8096);
    let controllers = DescribeClusterRequest {
        endpoint_type: 2,
        ..Default::default()
    };
    assert_eq!(
        client.send(2, &controllers).await.error_code,
        ErrorCode::MISMATCHED_ENDPOINT_TYPE
    );
}

#[tokio::test]
async fn log_dirs_hold_the_topics() {
    let client = Client::new();
    created(&client, "t", 2).await;
    for version in 0..=5 {
        let response = client
            .send(
                version,
                &DescribeLogDirsRequest {
                    topics: None,
                    ..Default::default()
                },
            )
            .await;
        let topics: usize = response.results.iter().map(|dir| dir.topics.len()).sum();
        assert_eq!(topics, 1);
        assert_eq!(response.results[0].topics[0].partitions.len(), 2);
    }
}
