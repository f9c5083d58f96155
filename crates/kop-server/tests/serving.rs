//! A server in the program of somebody else: listeners, HTTP, order of answers, shutdown.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::Arc;

use common::{Client, address, get, server};
use kop_codec::messages::{ApiVersionsRequest, MetadataRequest};
use kop_log::MemoryCatalog;
use kop_server::Server;
use tokio::net::TcpStream;

#[tokio::test]
async fn answers_come_in_the_order_of_the_requests() {
    let server = server(&[]).await;
    let mut client = Client::connect(address(&server)).await;
    for id in 0..200 {
        if id % 3 == 0 {
            client
                .send(
                    8,
                    id,
                    &MetadataRequest {
                        topics: None,
                        ..Default::default()
                    },
                )
                .await;
        } else {
            client.send(0, id, &ApiVersionsRequest::default()).await;
        }
    }
    for id in 0..200_i32 {
        assert_eq!(client.frame().await.unwrap()[..4], id.to_be_bytes());
    }
}

#[tokio::test]
async fn each_listener_tells_its_own_address() {
    let server = Server::builder()
        .listeners("IN://127.0.0.1:0,OUT://127.0.0.1:0,V6://[::1]:0,ALL://0.0.0.0:0")
        .set(
            "kafkaProtocolMap",
            "IN:PLAINTEXT,OUT:PLAINTEXT,V6:PLAINTEXT,ALL:PLAINTEXT",
        )
        .set("kafkaAdvertisedListeners", "OUT://kafka.example.org:1234")
        .set("http.listener", "")
        .catalog(Arc::new(MemoryCatalog::default()))
        .start()
        .await
        .unwrap();
    let mut told = Vec::new();
    for (name, address) in server.local_addrs() {
        let mut reached = *address;
        if reached.ip().is_unspecified() {
            reached.set_ip([127, 0, 0, 1].into());
        }
        let answer = Client::connect(reached)
            .await
            .ask(8, &MetadataRequest::default())
            .await;
        let broker = &answer.brokers[0];
        told.push((
            name.clone(),
            broker.host.to_string(),
            broker.port == i32::from(address.port()),
        ));
    }
    let expected = [
        ("IN", "127.0.0.1", true),
        ("OUT", "kafka.example.org", false),
        ("V6", "::1", true),
        ("ALL", "127.0.0.1", true),
    ];
    assert_eq!(
        told,
        expected.map(|(name, host, own)| (name.to_owned(), host.to_owned(), own))
    );
    assert!(server.http_addr().is_none());
}

#[tokio::test]
async fn http_tells_health_readiness_and_metrics() {
    let server = server(&[]).await;
    let mut client = Client::connect(address(&server)).await;
    client.ask(0, &ApiVersionsRequest::default()).await;
    assert!(get(&server, "/healthz").await.starts_with("HTTP/1.1 200"));
    assert!(get(&server, "/readyz").await.starts_with("HTTP/1.1 200"));
    assert!(get(&server, "/elsewhere").await.starts_with("HTTP/1.1 404"));
    let metrics = get(&server, "/metrics").await;
    assert!(
        metrics.contains("\nkop_requests_total{api=\"API_VERSIONS\"} 1\n"),
        "{metrics}"
    );
    assert!(
        metrics.contains("\nkop_network_connections 1\n"),
        "{metrics}"
    );
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let first = server(&[]).await;
    let taken = first.local_addrs()[0].1.to_string();
    let start = |key: &str, value: &str| {
        let catalog = Arc::new(MemoryCatalog::default());
        let builder = Server::builder().set("http.listener", "").catalog(catalog);
        let builder = if key == "listeners" {
            builder
        } else {
            builder.listeners("127.0.0.1:0")
        };
        builder.set(key, value).start()
    };
    for (key, value, words) in [
        ("listeners", &*taken, "cannot listen on"),
        ("listeners", "nonsense", "it has no port"),
        ("listeners", "SASL_SSL://127.0.0.1:0", "does not work yet"),
        (
            "advertised.listeners",
            "OTHER://a:1",
            "but listeners has not",
        ),
        ("num.partition", "1", "did you mean num.partitions?"),
        ("num.partitions", "none", "whole number"),
    ] {
        let fault = start(key, value).await.unwrap_err().to_string();
        assert!(fault.contains(words), "{key}={value}: {fault}");
    }
    first.shutdown().await.unwrap();
}

#[tokio::test]
async fn after_a_shutdown_nobody_is_served() {
    let server = server(&[]).await;
    let address = address(&server);
    let mut client = Client::connect(address).await;
    client.ask(0, &ApiVersionsRequest::default()).await;
    server.shutdown().await.unwrap();
    assert!(client.is_closed().await);
    assert!(TcpStream::connect(address).await.is_err());
}
