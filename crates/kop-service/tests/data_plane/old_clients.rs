//! Clients whose format has no control batches, on topics that have some.

use std::time::Duration;

use futures_util::FutureExt;
use kop_codec::messages::FetchRequest;
use kop_log::AppendRequest;
use kop_records::control::EndTxnMarker;
use kop_records::{BatchBuilder, Compression, ProduceRules, validate};
use tokio::time::{Instant, sleep};

use crate::kit::{batch, fetch_request, fill, partitions, produce, topic, values};
use crate::support::Client;

async fn append(client: &Client, records: bytes::Bytes) -> i64 {
    let records = validate(records, &ProduceRules::of_coordinator(0)).unwrap();
    let log = client.broker().catalog().partition("a", 0).unwrap();
    let request = AppendRequest { records, now_ms: 0 };
    log.append(request).await.unwrap().base_offset
}

/// Transactions, each of one record and the marker behind it. Returns the last marker's offset.
async fn transactions(client: &Client, count: i32) -> i64 {
    let mut marker = -1;
    for n in 0..count {
        let builder = BatchBuilder::new(Compression::None)
            .producer(5, 0, n)
            .transactional(true);
        append(client, fill(builder, &["x"])).await;
        let end = EndTxnMarker {
            committed: true,
            coordinator_epoch: 0,
        };
        marker = append(client, end.batch(0, 5, 0).unwrap()).await;
    }
    marker
}

fn waiting(offset: i64) -> FetchRequest {
    FetchRequest {
        max_wait_ms: 3_000,
        ..fetch_request("a", &[(0, offset)])
    }
}

#[tokio::test(start_paused = true)]
async fn behind_a_marker_there_is_nothing_yet() {
    for version in 0..=3 {
        let client = Client::new();
        topic(&client, "a", 1, &[]).await;
        let marker = transactions(&client, 1).await;
        let start = Instant::now();
        let response = client.send(version, &waiting(marker)).await;
        assert!(
            partitions(&response)[0]
                .records
                .as_ref()
                .unwrap()
                .is_empty()
        );
        let took = start.elapsed();
        assert!(took >= Duration::from_secs(3), "v{version}: {took:?}");
        // What comes then wakes it.
        let request = waiting(marker);
        let mut fetch = Box::pin(client.send(version, &request));
        assert!((&mut fetch).now_or_never().is_none());
        sleep(Duration::from_millis(100)).await;
        produce(&client, "a", 0, batch(&["y"])).await;
        let response = fetch.await;
        let found = values(partitions(&response)[0]);
        assert_eq!(found, [(marker + 1, "y".to_owned())], "v{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn many_markers_do_not_keep_it_from_what_lies_behind() {
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    let first = transactions(&client, 1).await;
    let end = EndTxnMarker {
        committed: true,
        coordinator_epoch: 0,
    };
    for producer in 0..20 {
        append(&client, end.batch(0, producer, 0).unwrap()).await;
    }
    produce(&client, "a", 0, batch(&["y"])).await;
    let mut request = waiting(first);
    // Room for one marker.
    request.topics[0].partitions[0].partition_max_bytes = 100;
    let start = Instant::now();
    let response = client.send(3, &request).await;
    let found = values(partitions(&response)[0]);
    assert_eq!(found, [(first + 21, "y".to_owned())]);
    assert!(start.elapsed() < Duration::from_millis(10));
}
