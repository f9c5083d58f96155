//! Hostile bytes: an error where Kafka gives one, else a closed connection, and never a harmed neighbour.
#![allow(clippy::unwrap_used)]

mod common;

use std::time::Duration;

use common::{Client, address, server};
use kop_codec::messages::{
    ApiVersionsRequest, ApiVersionsResponse, MetadataRequest, metadata_request,
};
use kop_codec::{ApiKey, ErrorCode, Message};
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

/// A request header of version 1: key, version, correlation id, no client id.
fn header(key: i16, version: i16) -> Vec<u8> {
    [
        &key.to_be_bytes()[..],
        &version.to_be_bytes(),
        &7_i32.to_be_bytes(),
        &(-1_i16).to_be_bytes(),
    ]
    .concat()
}

#[tokio::test]
async fn api_versions_of_an_unknown_version_is_answered_in_version_0() {
    let server = server(&[]).await;
    let mut client = Client::connect(address(&server)).await;
    // Of version 2, with no tagged fields.
    let unknown = [&header(ApiKey::API_VERSIONS.0, 99)[..], &[0]].concat();
    client.send_frame(&unknown).await;
    let frame = client.frame().await.unwrap();
    assert_eq!(frame[..4], 7_i32.to_be_bytes());
    let answer = ApiVersionsResponse::from_bytes(&frame.slice(4..), 0).unwrap();
    assert_eq!(answer.error_code, ErrorCode::UNSUPPORTED_VERSION);
    let own = answer
        .api_keys
        .iter()
        .find(|api| api.api_key == ApiKey::API_VERSIONS.0)
        .unwrap();
    assert!(own.max_version >= 3);
    // The connection goes on with a version that is served.
    let answer = client.ask(0, &ApiVersionsRequest::default()).await;
    assert_eq!(answer.error_code, ErrorCode::NONE);
}

#[tokio::test]
async fn what_cannot_be_understood_closes_the_connection_and_no_other() {
    let server = server(&[]).await;
    let mut neighbour = Client::connect(address(&server)).await;
    let metadata = header(ApiKey::METADATA.0, 1);
    let with = |tail: &[u8]| [&metadata[..], tail].concat();
    let cases: &[(&str, Vec<u8>)] = &[
        ("an empty frame", vec![]),
        ("half of a header", vec![0, 3, 0]),
        ("an unknown API", header(9999, 0)),
        ("a negative API", header(-1, 0)),
        ("an API that is not served", header(ApiKey::VOTE.0, 0)),
        ("a version above ours", header(ApiKey::METADATA.0, 99)),
        ("a negative version", header(ApiKey::METADATA.0, -1)),
        ("a missing body", metadata.clone()),
        ("an array of 2^31-1 topics", with(&i32::MAX.to_be_bytes())),
        (
            "an array of -2 topics",
            [&header(ApiKey::METADATA.0, 0)[..], &(-2_i32).to_be_bytes()].concat(),
        ),
        (
            "a string beyond the frame",
            with(&[0, 0, 0, 1, 0x7f, 0xff, b'a']),
        ),
        (
            "a string that is not UTF-8",
            with(&[0, 0, 0, 1, 0, 1, 0xff]),
        ),
        ("a null topic name", with(&[0, 0, 0, 1, 0xff, 0xff])),
    ];
    for (what, frame) in cases {
        let mut client = Client::connect(address(&server)).await;
        client.send_frame(frame).await;
        assert!(
            client.is_closed().await,
            "{what} does not close the connection"
        );
        let answer = neighbour.ask(3, &ApiVersionsRequest { ..software() }).await;
        assert_eq!(answer.error_code, ErrorCode::NONE, "after {what}");
    }
    server.shutdown().await.unwrap();
}

fn software() -> ApiVersionsRequest {
    ApiVersionsRequest {
        client_software_name: "raw".into(),
        client_software_version: "1".into(),
        ..ApiVersionsRequest::default()
    }
}

#[tokio::test]
async fn lengths_that_make_no_sense_close_the_connection() {
    let server = server(&[("socket.request.max.bytes", "2000")]).await;
    for length in [-1_i32, i32::MIN, 2001, i32::MAX] {
        let mut client = Client::connect(address(&server)).await;
        client
            .socket
            .write_all(&length.to_be_bytes())
            .await
            .unwrap();
        assert!(client.is_closed().await, "{length}");
    }
    let mut client = Client::connect(address(&server)).await;
    client
        .socket
        .write_all(&2000_i32.to_be_bytes())
        .await
        .unwrap();
    assert!(
        timeout(Duration::from_millis(100), client.frame())
            .await
            .is_err(),
        "within the limit, it is waited for"
    );
}

#[tokio::test]
async fn garbage_never_harms_the_server() {
    let server = server(&[]).await;
    let mut state = 0x9e37_79b9_u32;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state
    };
    for round in 0..300 {
        let mut client = Client::connect(address(&server)).await;
        let length = (random() % 200) as usize;
        let mut frame: Vec<u8> = (0..length).map(|_| random() as u8).collect();
        if round % 2 == 0 {
            // A header that is right, so that the garbage reaches a body.
            let key = (random() % 95) as i16;
            frame.splice(..0, header(key, (random() % 4) as i16));
        }
        client.send_frame(&frame).await;
    }
    let answer = Client::connect(address(&server))
        .await
        .ask(0, &ApiVersionsRequest::default())
        .await;
    assert_eq!(answer.error_code, ErrorCode::NONE);
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn invalid_topic_names_get_their_error() {
    let server = server(&[]).await;
    let mut client = Client::connect(address(&server)).await;
    for name in ["", ".", "..", "a b", "ä", &"x".repeat(250)] {
        let topic = metadata_request::MetadataRequestTopic {
            name: Some(name.into()),
            ..Default::default()
        };
        let request = MetadataRequest {
            topics: Some(vec![topic]),
            allow_auto_topic_creation: true,
            ..Default::default()
        };
        let answer = client.ask(8, &request).await;
        assert_eq!(
            answer.topics[0].error_code,
            ErrorCode::INVALID_TOPIC_EXCEPTION,
            "{name:?}"
        );
    }
}

#[tokio::test]
async fn connections_beyond_a_limit_are_closed() {
    let server = server(&[("max.connections.per.ip", "2")]).await;
    let mut first = Client::connect(address(&server)).await;
    let second = Client::connect(address(&server)).await;
    first.ask(0, &ApiVersionsRequest::default()).await;
    assert!(Client::connect(address(&server)).await.is_closed().await);
    drop(second);
    let mut third = loop {
        let mut client = Client::connect(address(&server)).await;
        client.send(0, 1, &ApiVersionsRequest::default()).await;
        if client.frame().await.is_ok() {
            break client;
        }
    };
    third.ask(0, &ApiVersionsRequest::default()).await;
}
