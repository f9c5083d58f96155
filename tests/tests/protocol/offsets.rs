//! Fetch and ListOffsets: limits, waiting, offsets outside of the log, offsets by time.

use std::time::{Duration, Instant};

use kop_codec::messages::FetchRequest;
use kop_codec::messages::fetch_response::PartitionData;
use kop_codec::{ErrorCode, Records};
use kop_records::{BatchBuilder, Compression};
pub(crate) use kop_tests::requests::fetch as fetch_request;
use kop_tests::requests::{delete_records, list_offsets, produce};

use super::{Case, batch, case, now, plain, unique};

pub(crate) fn fetch(case: &mut Case, request: &FetchRequest) -> PartitionData {
    let mut response = case.wire.call(12, request).expect("Fetch");
    assert_eq!(response.error_code, ErrorCode::NONE);
    response.responses.remove(0).partitions.remove(0)
}

fn size(data: &PartitionData) -> usize {
    data.records.as_ref().map_or(0, Records::len)
}

pub(crate) fn list(case: &mut Case, topic: &str, timestamp: i64) -> (ErrorCode, i64, i64) {
    let request = list_offsets(topic, timestamp);
    let found = case
        .wire
        .call(7, &request)
        .expect("ListOffsets")
        .topics
        .remove(0)
        .partitions
        .remove(0);
    (found.error_code, found.offset, found.timestamp)
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn offsets_by_time() {
    let Some(mut case) = case("ListOffsets") else {
        return;
    };
    let topic = case.topic(&[]);
    assert_eq!(
        list(&mut case, &unique("missing"), -1).0,
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
    );
    assert_eq!(
        list(&mut case, &topic, -2),
        (ErrorCode::NONE, 0, -1),
        "earliest of an empty log"
    );
    assert_eq!(
        list(&mut case, &topic, -1),
        (ErrorCode::NONE, 0, -1),
        "latest of an empty log"
    );
    assert_eq!(
        list(&mut case, &topic, -3),
        (ErrorCode::NONE, -1, -1),
        "no record, no maximum"
    );
    let t = now() - 10_000;
    // The second record of the first batch has the largest timestamp of all.
    for codec in [Compression::None, Compression::Zstd] {
        case.produce(
            &topic,
            batch(
                BatchBuilder::new(codec),
                &[(t, "a"), (t + 900, "b"), (t + 200, "c")],
            ),
        );
    }
    case.produce(
        &topic,
        batch(BatchBuilder::new(Compression::None), &[(t + 500, "d")]),
    );
    assert_eq!(list(&mut case, &topic, -1), (ErrorCode::NONE, 7, -1));
    assert_eq!(list(&mut case, &topic, t), (ErrorCode::NONE, 0, t));
    assert_eq!(
        list(&mut case, &topic, t + 1),
        (ErrorCode::NONE, 1, t + 900),
        "the first at or after"
    );
    assert_eq!(
        list(&mut case, &topic, t + 901),
        (ErrorCode::NONE, -1, -1),
        "past every record"
    );
    assert_eq!(
        list(&mut case, &topic, -3),
        (ErrorCode::NONE, 1, t + 900),
        "the first with the largest timestamp"
    );
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn fetch_keeps_its_limits() {
    let Some(mut case) = case("fetch limits") else {
        return;
    };
    let topic = case.topic(&[]);
    for _ in 0..10 {
        let answer = case.produce(
            &topic,
            batch(
                BatchBuilder::new(Compression::None),
                &[(now(), &"x".repeat(1000))],
            ),
        );
        assert_eq!(answer.error_code, ErrorCode::NONE);
    }
    let all = fetch(&mut case, &fetch_request(&topic, 0));
    assert_eq!(
        (
            all.high_watermark,
            all.last_stable_offset,
            all.log_start_offset
        ),
        (10, 10, 0)
    );
    let one = size(&all) / 10;
    let mut request = fetch_request(&topic, 4);
    assert_eq!(size(&fetch(&mut case, &request)), 6 * one, "from offset 4");
    request.topics[0].partitions[0].partition_max_bytes = (3 * one) as i32;
    assert_eq!(
        size(&fetch(&mut case, &request)),
        3 * one,
        "partition_max_bytes"
    );
    request.topics[0].partitions[0].partition_max_bytes = 1;
    assert_eq!(
        size(&fetch(&mut case, &request)),
        one,
        "at least one batch, so that a consumer gets on"
    );
    request.max_bytes = 1;
    assert_eq!(
        size(&fetch(&mut case, &request)),
        one,
        "whatever the limits say"
    );
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn fetch_outside_of_the_log() {
    let Some(mut case) = case("fetch out of range") else {
        return;
    };
    let topic = case.topic(&[]);
    case.produce(&topic, plain(10));
    assert_eq!(
        fetch(&mut case, &fetch_request(&topic, 11)).error_code,
        ErrorCode::OFFSET_OUT_OF_RANGE
    );
    assert_eq!(
        fetch(&mut case, &fetch_request(&topic, 10)).error_code,
        ErrorCode::NONE,
        "the end itself"
    );
    let missing = fetch(&mut case, &fetch_request(&unique("missing"), 0));
    assert_eq!(missing.error_code, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    let mut delete = |offset| {
        let request = delete_records(&topic, offset);
        let answer = case
            .wire
            .call(2, &request)
            .expect("DeleteRecords")
            .topics
            .remove(0)
            .partitions
            .remove(0);
        (answer.error_code, answer.low_watermark)
    };
    assert_eq!(delete(4), (ErrorCode::NONE, 4));
    assert_eq!(delete(99).0, ErrorCode::OFFSET_OUT_OF_RANGE);
    let below = fetch(&mut case, &fetch_request(&topic, 3));
    assert_eq!(
        (below.error_code, below.log_start_offset),
        (ErrorCode::OFFSET_OUT_OF_RANGE, -1)
    );
    let at = fetch(&mut case, &fetch_request(&topic, 4));
    assert_eq!((at.error_code, at.log_start_offset), (ErrorCode::NONE, 4));
    assert_eq!(list(&mut case, &topic, -2), (ErrorCode::NONE, 4, -1));
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn fetch_waits_for_data() {
    let Some(mut case) = case("long poll") else {
        return;
    };
    let topic = case.topic(&[]);
    let request = FetchRequest {
        max_wait_ms: 300,
        ..fetch_request(&topic, 0)
    };
    let began = Instant::now();
    assert_eq!(size(&fetch(&mut case, &request)), 0);
    assert!(
        began.elapsed() >= Duration::from_millis(290),
        "answered after {:?}",
        began.elapsed()
    );
    let mut waiting = case.connect();
    waiting
        .send(
            12,
            &FetchRequest {
                max_wait_ms: 15_000,
                ..request
            },
        )
        .expect("send");
    waiting
        .expect_silence(Duration::from_millis(100))
        .expect("nothing to read yet");
    let began = Instant::now();
    case.wire
        .call(9, &produce(&topic, 0, plain(1)))
        .expect("Produce");
    let mut response = waiting.receive::<FetchRequest>(12).expect("Fetch");
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "woken after {:?}",
        began.elapsed()
    );
    assert!(size(&response.responses.remove(0).partitions.remove(0)) > 0);
}
