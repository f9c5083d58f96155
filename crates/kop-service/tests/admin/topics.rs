//! Creating, deleting and extending topics.

use super::*;

#[tokio::test]
async fn topics_are_created_at_every_version() {
    let client = Client::new();
    for version in CreateTopicsRequest::MIN_VERSION..=CreateTopicsRequest::MAX_VERSION {
        let name = format!("topic-{version}");
        let topics = vec![CreatableTopic {
            replication_factor: 1,
            ..topic(&name, 3)
        }];
        let response = client
            .send(
                version,
                &CreateTopicsRequest {
                    topics,
                    ..Default::default()
                },
            )
            .await;
        assert_eq!(response.topics[0].error_code, ErrorCode::NONE);
        let info = client
            .broker()
            .catalog()
            .topic(&name)
            .expect("it was created");
        assert_eq!(info.partitions, 3);
        if version >= 5 {
            assert_eq!(response.topics[0].num_partitions, 3);
            assert!(
                response.topics[0]
                    .configs
                    .as_ref()
                    .expect("they are listed")
                    .len()
                    > 10
            );
        }
        if version >= 7 {
            assert_eq!(response.topics[0].topic_id, info.id);
        }
    }
}

#[tokio::test]
async fn too_many_partitions_in_one_request_are_refused_together() {
    let client = Client::with(&[("num.partitions", "7")]);
    let unset = |name| CreatableTopic {
        assignments: vec![],
        ..topic(name, -1)
    };
    let topics = vec![topic("a", 5_000), topic("b", 4_994), unset("c")];
    let answer = create(&client, topics.clone()).await;
    assert_eq!(answer, [ErrorCode::POLICY_VIOLATION; 3]);
    assert!(client.broker().catalog().topics().is_empty());
    let mut topics = topics;
    topics[1].num_partitions -= 1;
    assert_eq!(create(&client, topics).await, [ErrorCode::NONE; 3]);
}

#[tokio::test]
async fn topics_that_cannot_be_are_refused() {
    let client = Client::new();
    created(&client, "there", 1).await;
    let with = |replication_factor, num_partitions, assignments| CreatableTopic {
        replication_factor,
        num_partitions,
        assignments,
        ..topic("new", 1)
    };
    let configured = |key, value| CreatableTopic {
        configs: vec![config(key, value)],
        ..topic("new", 1)
    };
    let cases = [
        (topic("there", 1), ErrorCode::TOPIC_ALREADY_EXISTS),
        (topic("a b", 1), ErrorCode::INVALID_TOPIC_EXCEPTION),
        (topic("", 1), ErrorCode::INVALID_TOPIC_EXCEPTION),
        (topic("new", 0), ErrorCode::INVALID_PARTITIONS),
        (topic("new", -2), ErrorCode::INVALID_PARTITIONS),
        (topic("new", i32::MAX), ErrorCode::POLICY_VIOLATION),
        (with(2, 1, vec![]), ErrorCode::INVALID_REPLICATION_FACTOR),
        (with(0, 1, vec![]), ErrorCode::INVALID_REPLICATION_FACTOR),
        (
            with(-1, 1, vec![assigned(0, &[1])]),
            ErrorCode::INVALID_REQUEST,
        ),
        (
            with(1, -1, vec![assigned(0, &[1])]),
            ErrorCode::INVALID_REQUEST,
        ),
        (
            with(-1, -1, vec![assigned(1, &[1])]),
            ErrorCode::INVALID_REPLICA_ASSIGNMENT,
        ),
        (
            with(-1, -1, vec![assigned(0, &[1]), assigned(0, &[1])]),
            ErrorCode::INVALID_REPLICA_ASSIGNMENT,
        ),
        (
            with(-1, -1, vec![assigned(0, &[2])]),
            ErrorCode::INVALID_REPLICA_ASSIGNMENT,
        ),
        (
            with(-1, -1, vec![assigned(0, &[])]),
            ErrorCode::INVALID_REPLICA_ASSIGNMENT,
        ),
        (
            configured("retention.ms", Some("soon")),
            ErrorCode::INVALID_CONFIG,
        ),
        (configured("retention.ms", None), ErrorCode::INVALID_CONFIG),
        (
            configured("retention.mss", Some("1")),
            ErrorCode::INVALID_CONFIG,
        ),
        (
            configured("cleanup.policy", Some("compress")),
            ErrorCode::INVALID_CONFIG,
        ),
    ];
    for (topic, code) in cases {
        assert_eq!(
            create(&client, vec![topic.clone()]).await,
            [code],
            "{topic:?}"
        );
    }
    assert!(client.broker().catalog().topic("new").is_none());
    assert_eq!(
        create(&client, vec![topic("twice", 1), topic("twice", 1)]).await,
        [ErrorCode::INVALID_REQUEST]
    );
    let assignments = vec![assigned(1, &[1]), assigned(0, &[1])];
    assert_eq!(
        create(&client, vec![with(-1, -1, assignments)]).await,
        [ErrorCode::NONE]
    );
    assert_eq!(
        client
            .broker()
            .catalog()
            .topic("new")
            .expect("it was created")
            .partitions,
        2
    );
}

#[tokio::test]
async fn validating_creates_nothing() {
    let client = Client::new();
    let request = |name, validate_only| CreateTopicsRequest {
        topics: vec![topic(name, 1)],
        validate_only,
        ..Default::default()
    };
    assert_eq!(
        client.send(7, &request("a", true)).await.topics[0].error_code,
        ErrorCode::NONE
    );
    assert!(client.broker().catalog().topic("a").is_none());
    client.send(7, &request("a", false)).await;
    assert_eq!(
        client.send(7, &request("a", true)).await.topics[0].error_code,
        ErrorCode::TOPIC_ALREADY_EXISTS
    );
}

#[tokio::test]
async fn topics_are_deleted_by_name_and_by_id() {
    let client = Client::new();
    for version in 0..=5 {
        created(&client, "gone", 1).await;
        let request = DeleteTopicsRequest {
            topic_names: vec!["gone".into(), "never".into()],
            ..Default::default()
        };
        let codes: Vec<_> = client
            .send(version, &request)
            .await
            .responses
            .iter()
            .map(|topic| topic.error_code)
            .collect();
        assert_eq!(
            codes,
            [ErrorCode::NONE, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION]
        );
    }
    created(&client, "gone", 1).await;
    let topic_id = client
        .broker()
        .catalog()
        .topic("gone")
        .expect("it was created")
        .id;
    let by_id = |topic_id| DeleteTopicState {
        name: None,
        topic_id,
        ..Default::default()
    };
    let topics = vec![
        by_id(topic_id),
        by_id(Uuid::from_bytes([9; 16])),
        by_id(Uuid::ZERO),
    ];
    let response = client
        .send(
            6,
            &DeleteTopicsRequest {
                topics,
                ..Default::default()
            },
        )
        .await;
    let codes: Vec<_> = response
        .responses
        .iter()
        .map(|topic| topic.error_code)
        .collect();
    assert_eq!(
        codes,
        [
            ErrorCode::NONE,
            ErrorCode::UNKNOWN_TOPIC_ID,
            ErrorCode::INVALID_REQUEST
        ]
    );
    assert_eq!(response.responses[0].name.as_deref(), Some("gone"));

    created(&client, "gone", 1).await;
    let topic_id = client
        .broker()
        .catalog()
        .topic("gone")
        .expect("it was created")
        .id;
    let by_name = |name: &'static str| DeleteTopicState {
        name: Some(name.into()),
        ..Default::default()
    };
    let topics = vec![by_name("gone"), by_name("never")];
    let request = DeleteTopicsRequest {
        topics,
        ..Default::default()
    };
    let ids: Vec<_> = client
        .send(6, &request)
        .await
        .responses
        .iter()
        .map(|topic| topic.topic_id)
        .collect();
    assert_eq!(
        ids,
        [topic_id, Uuid::ZERO],
        "the id of what is gone is told"
    );
}

#[tokio::test]
async fn deletion_can_be_switched_off() {
    let client = Client::with(&[("delete.topic.enable", "false")]);
    created(&client, "kept", 1).await;
    let request = DeleteTopicsRequest {
        topic_names: vec!["kept".into()],
        ..Default::default()
    };
    assert_eq!(
        client.send(5, &request).await.responses[0].error_code,
        ErrorCode::TOPIC_DELETION_DISABLED
    );
    assert_eq!(
        client.send(2, &request).await.responses[0].error_code,
        ErrorCode::INVALID_REQUEST
    );
    assert!(client.broker().catalog().topic("kept").is_some());
}

#[tokio::test]
async fn partitions_only_grow() {
    let client = Client::new();
    created(&client, "t", 2).await;
    let grow = async |name: &str, count, validate_only| {
        let topics = vec![CreatePartitionsTopic {
            name: name.to_owned().into(),
            count,
            assignments: None,
            ..Default::default()
        }];
        let request = CreatePartitionsRequest {
            topics,
            validate_only,
            ..Default::default()
        };
        client.send(3, &request).await.results[0].error_code
    };
    assert_eq!(
        grow("missing", 2, false).await,
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
    );
    for count in [-1, 0, 1, 2] {
        assert_eq!(grow("t", count, false).await, ErrorCode::INVALID_PARTITIONS);
    }
    assert_eq!(grow("t", 5, true).await, ErrorCode::NONE);
    assert_eq!(
        client
            .broker()
            .catalog()
            .topic("t")
            .expect("it was created")
            .partitions,
        2
    );
    assert_eq!(grow("t", 5, false).await, ErrorCode::NONE);
    assert_eq!(
        client
            .broker()
            .catalog()
            .topic("t")
            .expect("it was created")
            .partitions,
        5
    );
    assert!(client.broker().catalog().partition("t", 4).is_ok());
}
