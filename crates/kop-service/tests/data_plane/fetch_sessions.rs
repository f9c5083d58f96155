use kop_codec::messages::fetch_request::ForgottenTopic;
use kop_codec::messages::{FetchRequest, FetchResponse};
use kop_codec::{ErrorCode, Int32s};

use crate::kit::{batch, fetch_request, partitions, produce, topic, values};
use crate::support::Client;

fn in_session(session_id: i32, session_epoch: i32, wanted: &[(i32, i64)]) -> FetchRequest {
    let mut request = FetchRequest {
        session_id,
        session_epoch,
        ..fetch_request("a", wanted)
    };
    request.topics.retain(|topic| !topic.partitions.is_empty());
    request
}

fn indexes(response: &FetchResponse) -> Vec<i32> {
    partitions(response)
        .iter()
        .map(|partition| partition.partition_index)
        .collect()
}

#[tokio::test]
async fn only_what_changed_is_sent() {
    let client = Client::new();
    topic(&client, "a", 3, &[]).await;
    let first = client
        .send(12, &in_session(0, 0, &[(0, 0), (1, 0), (2, 0)]))
        .await;
    let id = first.session_id;
    assert!(id > 0);
    assert_eq!(
        indexes(&first),
        [0, 1, 2],
        "the first answer has everything"
    );
    let idle = client.send(12, &in_session(id, 1, &[])).await;
    assert_eq!((idle.session_id, idle.error_code), (id, ErrorCode::NONE));
    assert!(idle.responses.is_empty());
    produce(&client, "a", 1, batch(&["x"])).await;
    let news = client.send(12, &in_session(id, 2, &[])).await;
    assert_eq!(indexes(&news), [1]);
    assert_eq!(values(partitions(&news)[0]), [(0, "x".to_owned())]);
    let on = client.send(12, &in_session(id, 3, &[(1, 1)])).await;
    assert!(on.responses.is_empty());
}

#[tokio::test]
async fn partitions_come_and_go() {
    let client = Client::new();
    topic(&client, "a", 3, &[]).await;
    let id = client
        .send(12, &in_session(0, 0, &[(0, 0), (1, 0)]))
        .await
        .session_id;
    for partition in 0..3 {
        produce(&client, "a", partition, batch(&["x"])).await;
    }
    let partitions = Int32s::from_slice(&[0]);
    let forgotten = ForgottenTopic {
        topic: "a".into(),
        partitions,
        ..Default::default()
    };
    let mut request = in_session(id, 1, &[(2, 0)]);
    request.forgotten_topics_data.push(forgotten);
    assert_eq!(indexes(&client.send(12, &request).await), [1, 2]);
}

#[tokio::test]
async fn partitions_take_turns() {
    let client = Client::new();
    topic(&client, "a", 3, &[]).await;
    for partition in 0..3 {
        produce(&client, "a", partition, batch(&["x"])).await;
    }
    let bytes = |request: FetchRequest| FetchRequest {
        max_bytes: 1,
        ..request
    };
    let first = client
        .send(12, &bytes(in_session(0, 0, &[(0, 0), (1, 0), (2, 0)])))
        .await;
    let mut served = vec![
        first.responses[0]
            .partitions
            .iter()
            .find(|p| !values(p).is_empty())
            .unwrap()
            .partition_index,
    ];
    for epoch in 1..6 {
        let response = client
            .send(12, &bytes(in_session(first.session_id, epoch, &[])))
            .await;
        served.extend(indexes(&response));
    }
    assert_eq!(served, [0, 1, 2, 0, 1, 2]);
}

#[tokio::test]
async fn faults_of_sessions() {
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    let id = client
        .send(12, &in_session(0, 0, &[(0, 0)]))
        .await
        .session_id;
    let fault = async |version, request: FetchRequest| {
        let response = client.send(version, &request).await;
        assert!(response.responses.is_empty());
        assert_eq!(response.session_id, 0);
        response.error_code
    };
    assert_eq!(
        fault(12, in_session(id, 2, &[])).await,
        ErrorCode::INVALID_FETCH_SESSION_EPOCH
    );
    assert_eq!(
        fault(12, in_session(id ^ 1, 1, &[])).await,
        ErrorCode::FETCH_SESSION_ID_NOT_FOUND
    );
    assert_eq!(
        fault(12, in_session(0, 1, &[])).await,
        ErrorCode::FETCH_SESSION_ID_NOT_FOUND
    );
    assert_eq!(
        fault(13, in_session(id, 1, &[])).await,
        ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR
    );
}

#[tokio::test]
async fn an_error_is_told_every_time() {
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    let first = client.send(12, &in_session(0, 0, &[(0, 0), (9, 0)])).await;
    for epoch in 1..4 {
        let response = client
            .send(12, &in_session(first.session_id, epoch, &[]))
            .await;
        assert_eq!(indexes(&response), [9]);
        assert_eq!(
            partitions(&response)[0].error_code,
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
        );
    }
}

#[tokio::test]
async fn sessions_end_when_the_client_says_so() {
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    let id = client
        .send(12, &in_session(0, 0, &[(0, 0)]))
        .await
        .session_id;
    let last = client.send(12, &in_session(id, -1, &[(0, 0)])).await;
    assert_eq!((last.session_id, indexes(&last)), (0, vec![0]));
    let gone = client.send(12, &in_session(id, 1, &[])).await;
    assert_eq!(gone.error_code, ErrorCode::FETCH_SESSION_ID_NOT_FOUND);
    // A new one in place of an old one.
    let old = client
        .send(12, &in_session(0, 0, &[(0, 0)]))
        .await
        .session_id;
    let new = client
        .send(12, &in_session(old, 0, &[(0, 0)]))
        .await
        .session_id;
    assert_ne!(old, new);
    assert_eq!(client.broker().metrics().fetch_sessions.get(), 1);
}

#[tokio::test]
async fn without_slots_fetches_work_without_sessions() {
    let client = Client::with(&[("max.incremental.fetch.session.cache.slots", "0")]);
    topic(&client, "a", 1, &[]).await;
    for _ in 0..3 {
        let response = client.send(12, &in_session(0, 0, &[(0, 0)])).await;
        assert_eq!((response.session_id, indexes(&response)), (0, vec![0]));
    }
}
