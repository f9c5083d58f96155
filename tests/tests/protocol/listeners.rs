//! Several listeners, of both address families: a client is told the advertised address of the one it came by.

use std::net::TcpListener;

use kop_codec::messages::metadata_response::MetadataResponse;
use kop_codec::messages::{DescribeClusterRequest, FindCoordinatorRequest, MetadataRequest};
use kop_tests::data::Record;
use kop_tests::librdkafka::{Reading, Sending};
use kop_tests::server::Setup;
use kop_tests::wire::Wire;

use super::{own, unique};

fn free_port(host: &str) -> u16 {
    let listener = TcpListener::bind((host, 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// The address of the only broker, from each API that tells one.
fn told(bootstrap: &str) -> Vec<(String, i32)> {
    let mut wire = Wire::connect(bootstrap).expect("connect");
    let metadata: MetadataResponse = wire
        .call(12, &MetadataRequest::default())
        .expect("Metadata");
    let cluster = wire
        .call(0, &DescribeClusterRequest::default())
        .expect("DescribeCluster");
    let find = FindCoordinatorRequest {
        key: "group".into(),
        ..Default::default()
    };
    let coordinator = wire.call(3, &find).expect("FindCoordinator");
    assert_eq!((metadata.brokers.len(), cluster.brokers.len()), (1, 1));
    vec![
        (
            metadata.brokers[0].host.to_string(),
            metadata.brokers[0].port,
        ),
        (cluster.brokers[0].host.to_string(), cluster.brokers[0].port),
        (coordinator.host.to_string(), coordinator.port),
    ]
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn each_client_is_told_the_address_of_its_listener() {
    if TcpListener::bind(("::1", 0)).is_err() {
        return kop_tests::target::skip("listeners", "this machine has no IPv6");
    }
    let (six, public) = (free_port("::1"), free_port("127.0.0.1"));
    let names = ["PLAINTEXT", "SIX", "PUBLIC"].map(|name| format!("{name}:PLAINTEXT"));
    let setup = Setup {
        listeners: vec![
            format!("SIX://[::1]:{six}"),
            format!("PUBLIC://127.0.0.1:{public}"),
        ],
        settings: vec![
            format!("listener.security.protocol.map={}", names.join(",")),
            "advertised.listeners=PUBLIC://kafka.example.org:19092".to_owned(),
        ],
        ..Setup::default()
    };
    let Some(case) = own("listeners", setup) else {
        return;
    };
    let bootstrap = case.target.bootstrap();
    let port = bootstrap.rsplit(':').next().expect("a port");
    let expected = [
        (
            bootstrap.clone(),
            "127.0.0.1",
            port.parse().expect("a port"),
        ),
        (format!("[::1]:{six}"), "::1", i32::from(six)),
        (format!("127.0.0.1:{public}"), "kafka.example.org", 19092),
    ];
    for (address, host, port) in expected {
        for told in told(&address) {
            assert_eq!(told, (host.to_owned(), port), "by {address}");
        }
    }
    // A client that only ever hears of the IPv6 address writes; one by IPv4 reads.
    let (topic, record) = (unique("six"), Record::of("by IPv6"));
    let sending = Sending::new(&format!("[::1]:{six}"), &[]).expect("a producer");
    sending.send(&topic, &record, 0).expect("send");
    sending.flush().expect("delivered");
    let reading = Reading::all(&bootstrap, &topic).expect("a consumer");
    let mut read = Vec::new();
    kop_tests::wait_until(std::time::Duration::from_secs(20), || {
        read.extend(
            reading
                .poll(std::time::Duration::from_millis(100))
                .expect("poll"),
        );
        !read.is_empty()
    });
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].1.value, record.value);
}
