use std::collections::HashSet;

use bytes::Bytes;
use futures_util::future::join_all;
use kop_codec::ErrorCode;
use kop_codec::messages::InitProducerIdRequest;
use kop_coordinator::ProducerIds;
use kop_log::{LogCatalog, MemoryCatalog};

use crate::support::Client;

fn request() -> InitProducerIdRequest {
    InitProducerIdRequest {
        transactional_id: None,
        ..Default::default()
    }
}

#[tokio::test]
async fn each_producer_gets_an_id_of_its_own() {
    let client = Client::new();
    let mut ids = HashSet::new();
    for version in 0..=6 {
        let response = client.send(version, &request()).await;
        assert_eq!(
            (response.error_code, response.producer_epoch),
            (ErrorCode::NONE, 0)
        );
        assert!(ids.insert(response.producer_id));
    }
    let again = InitProducerIdRequest {
        producer_id: 0,
        producer_epoch: 3,
        ..request()
    };
    let response = client.send(4, &again).await;
    assert!(
        ids.insert(response.producer_id),
        "an idempotent producer starts over with a new id"
    );
    assert_eq!(response.producer_epoch, 0);
}

#[tokio::test]
async fn contradictions_are_refused() {
    let client = Client::new();
    for (request, code) in [
        (
            InitProducerIdRequest {
                producer_id: 5,
                ..request()
            },
            ErrorCode::INVALID_REQUEST,
        ),
        (
            InitProducerIdRequest {
                producer_epoch: 5,
                ..request()
            },
            ErrorCode::INVALID_REQUEST,
        ),
        (
            InitProducerIdRequest {
                transactional_id: Some("".into()),
                ..Default::default()
            },
            ErrorCode::INVALID_REQUEST,
        ),
        (
            InitProducerIdRequest {
                transactional_id: Some("t".into()),
                transaction_timeout_ms: 900_001,
                ..Default::default()
            },
            ErrorCode::INVALID_TRANSACTION_TIMEOUT,
        ),
    ] {
        let response = client.send(4, &request).await;
        assert_eq!(
            (
                response.error_code,
                response.producer_id,
                response.producer_epoch
            ),
            (code, -1, -1)
        );
    }
}

#[tokio::test]
async fn a_restart_repeats_no_id() {
    let catalog = MemoryCatalog::new();
    let mut all = HashSet::new();
    for _ in 0..3 {
        let ids = ProducerIds::load(catalog.metadata()).unwrap();
        for id in join_all((0..1_500).map(|_| ids.next())).await {
            assert!(all.insert(id.unwrap()));
        }
    }
    assert_eq!(all.len(), 4_500);
}

#[tokio::test]
async fn a_damaged_counter_is_not_guessed() {
    for damaged in [&b"seven"[..], &(-1_i64).to_be_bytes()] {
        let catalog = MemoryCatalog::new();
        catalog
            .metadata()
            .put("producer-ids/next", Some(Bytes::copy_from_slice(damaged)))
            .await
            .unwrap();
        ProducerIds::load(catalog.metadata()).unwrap_err();
    }
    let catalog = MemoryCatalog::new();
    let last = Bytes::copy_from_slice(&i64::MAX.to_be_bytes());
    catalog
        .metadata()
        .put("producer-ids/next", Some(last))
        .await
        .unwrap();
    ProducerIds::load(catalog.metadata())
        .unwrap()
        .next()
        .await
        .unwrap_err();
}
