use std::time::Duration;

use futures_util::FutureExt;
use kop_codec::messages::fetch_request::ReplicaState;
use kop_codec::messages::{FetchRequest, FetchResponse};
use kop_codec::{ErrorCode, Uuid};
use kop_log::LogOffsets;
use kop_records::{BatchBuilder, Compression, batches};
use tokio::time::{Instant, sleep};

use crate::kit::{batch, fetch_request, fill, partitions, produce, topic, values};
use crate::support::Client;

async fn fetch(client: &Client, version: i16, request: &FetchRequest) -> FetchResponse {
    client.send(version, request).await
}

/// Each timer may be a millisecond late.
fn took(start: Instant, ms: u64) {
    let took = start.elapsed();
    assert!(
        took >= Duration::from_millis(ms) && took <= Duration::from_millis(ms + 5),
        "{took:?}"
    );
}

fn codes(response: &FetchResponse) -> Vec<ErrorCode> {
    partitions(response)
        .iter()
        .map(|partition| partition.error_code)
        .collect()
}

#[tokio::test]
async fn every_version_reads_what_was_produced() {
    let client = Client::new();
    let id = topic(&client, "a", 1, &[]).await;
    produce(&client, "a", 0, batch(&["x", "y"])).await;
    for version in 0..=18 {
        let mut request = fetch_request("a", &[(0, 1)]);
        if version >= 13 {
            request.topics[0].topic_id = id;
            request.topics[0].topic = Default::default();
        }
        let response = fetch(&client, version, &request).await;
        let partition = partitions(&response)[0];
        assert_eq!(
            (partition.error_code, partition.high_watermark),
            (ErrorCode::NONE, 2),
            "version {version}"
        );
        let records = partition.records.clone().unwrap().to_bytes().unwrap();
        let magic = batches(&records).next().unwrap().unwrap().magic();
        assert_eq!(
            magic,
            if version < 2 {
                0
            } else if version < 4 {
                1
            } else {
                2
            }
        );
        // The whole batch, though it begins before the offset; converted, without what was not asked for.
        assert_eq!(values(partition).last().unwrap(), &(1, "y".to_owned()));
        assert_eq!(
            response.responses[0].topic_id,
            if version >= 13 { id } else { Uuid::ZERO }
        );
    }
}

#[tokio::test]
async fn waits_for_records_until_the_time_is_up() {
    tokio::time::pause();
    let client = Client::new();
    topic(&client, "a", 2, &[]).await;
    let request = FetchRequest {
        max_wait_ms: 500,
        ..fetch_request("a", &[(0, 0), (1, 0)])
    };
    let start = Instant::now();
    let response = fetch(&client, 12, &request).await;
    took(start, 500);
    assert_eq!(codes(&response), [ErrorCode::NONE; 2]);

    let start = Instant::now();
    let (response, _) = tokio::join!(fetch(&client, 12, &request), async {
        sleep(Duration::from_millis(200)).await;
        produce(&client, "a", 1, batch(&["x"])).await
    });
    took(start, 200);
    assert_eq!(values(partitions(&response)[1]), [(0, "x".to_owned())]);
    assert_eq!(client.broker().metrics().fetches_woken.get(), 1);
}

#[tokio::test]
async fn waits_for_min_bytes() {
    tokio::time::pause();
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    let len = batch(&["x"]).len() as i32;
    let request = FetchRequest {
        max_wait_ms: 1_000,
        min_bytes: 3 * len,
        ..fetch_request("a", &[(0, 0)])
    };
    let start = Instant::now();
    let (response, ()) = tokio::join!(fetch(&client, 12, &request), async {
        for _ in 0..3 {
            sleep(Duration::from_millis(100)).await;
            produce(&client, "a", 0, batch(&["x"])).await;
        }
    });
    took(start, 300);
    assert_eq!(values(partitions(&response)[0]).len(), 3);
    // More than there can be: what there is when the time is up.
    let start = Instant::now();
    let greedy = FetchRequest {
        max_wait_ms: 100,
        min_bytes: i32::MAX,
        ..fetch_request("a", &[(0, 0)])
    };
    assert_eq!(
        values(partitions(&fetch(&client, 12, &greedy).await)[0]).len(),
        3
    );
    took(start, 100);
}

#[tokio::test]
async fn an_error_does_not_wait() {
    tokio::time::pause();
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    let start = Instant::now();
    let request = FetchRequest {
        max_wait_ms: 500,
        ..fetch_request("a", &[(0, 0), (7, 0)])
    };
    let response = fetch(&client, 12, &request).await;
    assert_eq!(
        codes(&response),
        [ErrorCode::NONE, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION]
    );
    let empty = FetchRequest {
        max_wait_ms: 500,
        ..Default::default()
    };
    assert!(partitions(&fetch(&client, 12, &empty).await).is_empty());
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn a_deleted_topic_ends_the_wait() {
    tokio::time::pause();
    let client = Client::new();
    let id = topic(&client, "a", 1, &[]).await;
    let mut request = FetchRequest {
        max_wait_ms: 60_000,
        ..fetch_request("", &[(0, 0)])
    };
    request.topics[0].topic_id = id;
    let (response, _) = tokio::join!(fetch(&client, 13, &request), async {
        sleep(Duration::from_millis(10)).await;
        client.broker().catalog().delete_topic("a").await.unwrap();
    });
    assert_ne!(codes(&response), [ErrorCode::NONE]);
    assert_eq!(
        codes(&fetch(&client, 13, &request).await),
        [ErrorCode::UNKNOWN_TOPIC_ID]
    );
}

#[tokio::test]
async fn offsets_out_of_range_on_both_sides() {
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    produce(&client, "a", 0, batch(&["x", "y"])).await;
    client
        .broker()
        .catalog()
        .partition("a", 0)
        .unwrap()
        .delete_records(1)
        .await
        .unwrap();
    for (offset, code) in [
        (-1, ErrorCode::OFFSET_OUT_OF_RANGE),
        (0, ErrorCode::OFFSET_OUT_OF_RANGE),
        (1, ErrorCode::NONE),
        (2, ErrorCode::NONE),
        (3, ErrorCode::OFFSET_OUT_OF_RANGE),
        (i64::MAX, ErrorCode::OFFSET_OUT_OF_RANGE),
    ] {
        let response = fetch(&client, 12, &fetch_request("a", &[(0, offset)])).await;
        assert_eq!(codes(&response), [code], "offset {offset}");
        let partition = partitions(&response)[0];
        assert_eq!(
            partition.high_watermark,
            if code.is_error() { -1 } else { 2 }
        );
    }
}

#[tokio::test]
async fn limits_of_size() {
    let client = Client::new();
    topic(&client, "a", 3, &[]).await;
    let one = batch(&[&"x".repeat(1_000)]);
    for partition in 0..3 {
        for _ in 0..4 {
            produce(&client, "a", partition, one.clone()).await;
        }
    }
    let all = [(0, 0), (1, 0), (2, 0)];
    let read = async |max_bytes: usize, partition_max_bytes: usize| {
        let mut request = FetchRequest {
            max_bytes: max_bytes as i32,
            ..fetch_request("a", &all)
        };
        for partition in &mut request.topics[0].partitions {
            partition.partition_max_bytes = partition_max_bytes as i32;
        }
        let response = fetch(&client, 12, &request).await;
        partitions(&response)
            .iter()
            .map(|partition| values(partition).len())
            .collect::<Vec<_>>()
    };
    let len = one.len();
    assert_eq!(read(100 * len, 100 * len).await, [4, 4, 4]);
    assert_eq!(read(100 * len, 2 * len).await, [2, 2, 2]);
    assert_eq!(read(5 * len, 100 * len).await, [4, 1, 0]);
    assert_eq!(
        read(100 * len, 1).await,
        [1, 0, 0],
        "the first batch is given whatever its size, but only the first"
    );
    assert_eq!(read(0, 0).await, [1, 0, 0]);
}

#[tokio::test]
async fn leader_epochs() {
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    produce(&client, "a", 0, batch(&["x"])).await;
    let LogOffsets { leader_epoch, .. } = client
        .broker()
        .catalog()
        .partition("a", 0)
        .unwrap()
        .offsets();
    let with = |current, last| {
        let mut request = fetch_request("a", &[(0, 1)]);
        request.topics[0].partitions[0].current_leader_epoch = current;
        request.topics[0].partitions[0].last_fetched_epoch = last;
        request
    };
    assert_eq!(
        codes(&fetch(&client, 12, &with(leader_epoch, leader_epoch)).await),
        [ErrorCode::NONE]
    );
    assert_eq!(
        codes(&fetch(&client, 12, &with(leader_epoch + 1, -1)).await),
        [ErrorCode::UNKNOWN_LEADER_EPOCH]
    );
    assert_eq!(
        codes(&fetch(&client, 12, &with(-1, leader_epoch + 1)).await),
        [ErrorCode::OFFSET_OUT_OF_RANGE]
    );
    let mut beyond = with(-1, leader_epoch);
    beyond.topics[0].partitions[0].fetch_offset = 9;
    let response = fetch(&client, 12, &beyond).await;
    let diverging = &partitions(&response)[0].diverging_epoch;
    assert_eq!((diverging.epoch, diverging.end_offset), (leader_epoch, 1));
}

#[tokio::test]
async fn every_version_can_say_what_is_wrong() {
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    for version in 0..=12 {
        let response = fetch(&client, version, &fetch_request("a", &[(0, 7), (1, 0)])).await;
        let missing = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
        assert_eq!(
            codes(&response),
            [ErrorCode::OFFSET_OUT_OF_RANGE, missing],
            "version {version}"
        );
    }
}

#[tokio::test]
async fn what_a_single_broker_refuses() {
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    let follower = FetchRequest {
        replica_id: 2,
        ..fetch_request("a", &[(0, 0)])
    };
    assert_eq!(
        codes(&fetch(&client, 12, &follower).await),
        [ErrorCode::NOT_LEADER_OR_FOLLOWER]
    );
    let replica_state = ReplicaState {
        replica_id: 2,
        ..Default::default()
    };
    let follower = FetchRequest {
        replica_state,
        ..fetch_request("a", &[(0, 0)])
    };
    assert_eq!(
        codes(&fetch(&client, 15, &follower).await),
        [ErrorCode::NOT_LEADER_OR_FOLLOWER]
    );
    let isolation = FetchRequest {
        isolation_level: 9,
        ..fetch_request("a", &[(0, 0)])
    };
    assert_eq!(
        codes(&fetch(&client, 12, &isolation).await),
        [ErrorCode::INVALID_REQUEST]
    );
}

#[tokio::test]
async fn zstd_is_not_for_clients_that_do_not_know_it() {
    let client = Client::new();
    topic(&client, "z", 1, &[("compression.type", "zstd")]).await;
    topic(&client, "p", 1, &[]).await;
    let zstd = fill(BatchBuilder::new(Compression::Zstd), &["x"]);
    produce(&client, "z", 0, batch(&["x"])).await;
    produce(&client, "p", 0, zstd).await;
    for (topic, version, code) in [
        ("z", 9, ErrorCode::UNSUPPORTED_COMPRESSION_TYPE),
        ("z", 10, ErrorCode::NONE),
        ("p", 3, ErrorCode::UNSUPPORTED_COMPRESSION_TYPE),
        ("p", 4, ErrorCode::NONE),
    ] {
        assert_eq!(
            codes(&fetch(&client, version, &fetch_request(topic, &[(0, 0)])).await),
            [code],
            "{topic} v{version}"
        );
    }
}

#[tokio::test]
async fn an_old_client_reads_up_to_where_zstd_begins() {
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    for codec in [Compression::Gzip, Compression::Zstd] {
        produce(&client, "a", 0, fill(BatchBuilder::new(codec), &["x"])).await;
    }
    let response = fetch(&client, 3, &fetch_request("a", &[(0, 0)])).await;
    assert_eq!(values(partitions(&response)[0]), [(0, "x".to_owned())]);
    let response = fetch(&client, 3, &fetch_request("a", &[(0, 1)])).await;
    assert_eq!(codes(&response), [ErrorCode::UNSUPPORTED_COMPRESSION_TYPE]);
}

#[tokio::test]
async fn committed_reads_list_aborted_transactions() {
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    produce(&client, "a", 0, batch(&["x"])).await;
    for (isolation_level, aborted) in [(0, None), (1, Some(0))] {
        let request = FetchRequest {
            isolation_level,
            ..fetch_request("a", &[(0, 0)])
        };
        let response = fetch(&client, 12, &request).await;
        let partition = partitions(&response)[0];
        assert_eq!(
            partition.aborted_transactions.as_ref().map(Vec::len),
            aborted
        );
        assert_eq!(
            (partition.last_stable_offset, partition.log_start_offset),
            (1, 0)
        );
    }
}

#[tokio::test]
async fn a_client_that_goes_away_leaves_nothing_behind() {
    tokio::time::pause();
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    let request = FetchRequest {
        max_wait_ms: i32::MAX,
        ..fetch_request("a", &[(0, 0)])
    };
    for _ in 0..100 {
        assert!(fetch(&client, 12, &request).now_or_never().is_none());
    }
    let fetch_info = kop_service::api_table()
        .iter()
        .find(|api| api.name() == "FETCH")
        .unwrap();
    assert_eq!(client.broker().metrics().api(fetch_info).in_flight.get(), 0);
    assert_eq!(
        client.broker().metrics().api(fetch_info).requests.get(),
        100
    );
}
