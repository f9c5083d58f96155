use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use kop_codec::header::request_header;
use kop_codec::messages::{ApiVersionsRequest, MetadataRequest};
use kop_codec::{Request, encode_request};
use kop_service::{RawRequest, StartGate};
use tower::ServiceExt;

use crate::kit::{batch, fetch_request, produce_request, topic};
use crate::support::Client;

pub(crate) fn raw<R: Request>(
    client: &Client,
    gate: &StartGate,
    version: i16,
    request: &R,
) -> RawRequest {
    let frame: Bytes = encode_request(&request_header(1, None), version, request)
        .unwrap()
        .to_bytes()
        .unwrap();
    RawRequest {
        frame: frame.slice(4..),
        connection: Arc::clone(client.connection()),
        number: 0,
        start: gate.close(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_poll_lets_the_next_request_start_at_once() {
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    let gate = StartGate::new();
    let mut waiting = fetch_request("a", &[(0, 0)]);
    waiting.max_wait_ms = 60_000;
    let mut fetch = client
        .service()
        .clone()
        .oneshot(raw(&client, &gate, 12, &waiting));
    assert!(
        (&mut fetch).now_or_never().is_none(),
        "there is nothing to fetch"
    );
    assert!(gate.is_open());
    client
        .service()
        .clone()
        .oneshot(raw(
            &client,
            &gate,
            9,
            &produce_request("a", 0, batch(&["x"])),
        ))
        .await
        .unwrap();
    assert!(fetch.now_or_never().is_some(), "the produce woke it");
}

#[tokio::test(start_paused = true)]
async fn the_gate_opens_again_after_every_request_whatever_becomes_of_it() {
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    let gate = StartGate::new();
    let service = client.service();
    service
        .clone()
        .oneshot(raw(
            &client,
            &gate,
            9,
            &produce_request("a", 0, batch(&["x"])),
        ))
        .await
        .unwrap();
    assert!(gate.is_open());
    service
        .clone()
        .oneshot(raw(&client, &gate, 9, &MetadataRequest::default()))
        .await
        .unwrap();
    assert!(gate.is_open());
    service
        .clone()
        .oneshot(raw(&client, &gate, 0, &ApiVersionsRequest::default()))
        .await
        .unwrap();
    assert!(gate.is_open());
    let request = RawRequest {
        frame: Bytes::from_static(b"bad"),
        ..raw(&client, &gate, 9, &MetadataRequest::default())
    };
    service.clone().oneshot(request).await.unwrap_err();
    assert!(gate.is_open());
    drop(
        service
            .clone()
            .oneshot(raw(&client, &gate, 9, &MetadataRequest::default())),
    );
    assert!(gate.is_open(), "a request that is dropped before it ran");
}
