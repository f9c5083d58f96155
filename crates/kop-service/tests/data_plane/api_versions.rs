use bytes::{BufMut, BytesMut};
use kop_codec::messages::ApiVersionsRequest;
use kop_codec::{ApiKey, ErrorCode};
use kop_service::{Fault, api_table};

use crate::support::Client;

fn request() -> ApiVersionsRequest {
    let (name, version) = ("librdkafka".into(), "2.0.2".into());
    ApiVersionsRequest {
        client_software_name: name,
        client_software_version: version,
        ..Default::default()
    }
}

#[tokio::test]
async fn says_what_the_table_says() {
    let client = Client::new();
    for version in 0..=5 {
        let response = client.send(version, &request()).await;
        assert_eq!(response.error_code, ErrorCode::NONE);
        let told: Vec<_> = response
            .api_keys
            .iter()
            .map(|a| (a.api_key, a.min_version, a.max_version))
            .collect();
        let table: Vec<_> = api_table()
            .iter()
            .map(|a| (a.key.0, a.min_version, a.max_version))
            .collect();
        assert_eq!(told, table);
    }
}

#[tokio::test]
async fn an_unknown_version_is_answered_in_version_0() {
    let client = Client::new();
    for version in [6, 999, i16::MAX, -1] {
        let mut frame = BytesMut::new();
        frame.put_i16(ApiKey::API_VERSIONS.0);
        frame.put_i16(version);
        frame.put_i32(42);
        frame.put_i16(-1);
        frame.put_slice(&[0, 1, 2, 3]);
        let answer = client.exchange(frame.freeze()).await.unwrap().unwrap();
        assert_eq!(&answer[..6], [0, 0, 0, 42, 0, 35], "version {version}");
        let count = u32::from_be_bytes(answer[6..10].try_into().unwrap());
        assert_eq!(count as usize, api_table().len());
        assert_eq!(answer.len(), 10 + 6 * api_table().len());
    }
}

#[tokio::test]
async fn checks_what_the_client_calls_itself() {
    let client = Client::new();
    let bad = ApiVersionsRequest {
        client_software_name: "no spaces please".into(),
        ..request()
    };
    assert_eq!(
        client.send(3, &bad).await.error_code,
        ErrorCode::INVALID_REQUEST
    );
    assert_eq!(
        client.send(2, &bad).await.error_code,
        ErrorCode::NONE,
        "version 2 does not carry it"
    );
    assert!(client.connection().software().is_none());
    client.send(3, &request()).await;
    assert_eq!(client.connection().software().unwrap().name, "librdkafka");
}

#[tokio::test]
async fn a_client_of_another_cluster_is_told() {
    let client = Client::new();
    let cluster_id = Some(client.broker().cluster_id().clone());
    let right = ApiVersionsRequest {
        cluster_id,
        node_id: client.broker().node_id(),
        ..request()
    };
    assert_eq!(client.send(5, &right).await.error_code, ErrorCode::NONE);
    let other_cluster = ApiVersionsRequest {
        cluster_id: Some("another".into()),
        ..right.clone()
    };
    assert_eq!(
        client.send(5, &other_cluster).await.error_code,
        ErrorCode::REBOOTSTRAP_REQUIRED
    );
    let other_node = ApiVersionsRequest {
        node_id: 77,
        ..right
    };
    assert_eq!(
        client.send(5, &other_node).await.error_code,
        ErrorCode::REBOOTSTRAP_REQUIRED
    );
}

#[tokio::test]
async fn what_cannot_be_read_closes_the_connection() {
    let client = Client::new();
    let exchange = |bytes: &'static [u8]| {
        let client = client.clone();
        async move {
            client
                .exchange(bytes::Bytes::from_static(bytes))
                .await
                .unwrap_err()
        }
    };
    assert!(matches!(exchange(b"").await, Fault::Header(_)));
    assert!(matches!(exchange(b"\0\x03\0").await, Fault::Header(_)));
    assert!(matches!(
        exchange(b"\0\x03\0\x0d\0\0\0\x01\0\x05ab").await,
        Fault::Header(_)
    ));
    assert!(matches!(
        exchange(b"\x7f\xff\0\0\0\0\0\x01\xff\xff").await,
        Fault::UnsupportedApi { .. }
    ));
    assert!(matches!(
        exchange(b"\xff\xff\0\0\0\0\0\x01\xff\xff").await,
        Fault::UnsupportedApi { .. }
    ));
    let version = exchange(b"\0\x03\0\x63\0\0\0\x01\xff\xff").await;
    assert!(matches!(
        version,
        Fault::UnsupportedVersion { version: 99, .. }
    ));
    // An array of 2^31 - 1 topics.
    assert!(matches!(
        exchange(b"\0\x03\0\0\0\0\0\x01\xff\xff\x7f\xff\xff\xff").await,
        Fault::Malformed { .. }
    ));
}

#[tokio::test]
async fn what_lies_behind_a_request_is_left_alone() {
    let client = Client::new();
    // How librdkafka 2.16 asks for all topics: four bytes for the array, where version 13 has one.
    for frame in [
        &b"\0\x03\0\x0d\0\0\0\x03\0\x07rdkafka\0\0\0\0\0\x01\0\0"[..],
        b"\0\x12\0\0\0\0\0\x01\xff\xff\0",
    ] {
        let reply = client.exchange(bytes::Bytes::from_static(frame)).await;
        assert!(matches!(reply, Ok(Some(_))), "{reply:?}");
    }
}

#[tokio::test]
async fn only_open_apis_are_answered_before_authentication() {
    let client = Client::new().unauthenticated();
    assert_eq!(client.send(0, &request()).await.error_code, ErrorCode::NONE);
    let fault = client
        .try_send(0, &kop_codec::messages::MetadataRequest::default())
        .await
        .unwrap_err();
    assert!(matches!(
        fault,
        Fault::NotAuthenticated {
            api: ApiKey::METADATA
        }
    ));
}
