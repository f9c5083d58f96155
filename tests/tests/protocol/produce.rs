//! Produce: acknowledgements, faulty batches, limits, idempotence.

use std::time::Duration;

use kop_codec::messages::{ApiVersionsRequest, InitProducerIdRequest, ProduceRequest};
use kop_codec::{Bytes, ErrorCode};
use kop_records::{BatchBuilder, Compression};
use kop_tests::requests::produce;

use super::{Case, batch, case, now, plain, unique};

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn offsets_count_up_and_faults_have_their_errors() {
    let Some(mut case) = case("produce") else {
        return;
    };
    let topic = case.topic(&[("max.message.bytes", "2000")]);
    for (count, offset) in [(3, 0), (1, 3), (2, 4)] {
        let answer = case.produce(&topic, plain(count));
        assert_eq!(
            (answer.error_code, answer.base_offset),
            (ErrorCode::NONE, offset)
        );
    }
    assert_eq!(
        case.produce(&unique("missing"), plain(1)).error_code,
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
    );
    let mut damaged = plain(1).to_vec();
    *damaged.last_mut().expect("bytes") ^= 1;
    assert_eq!(
        case.produce(&topic, damaged.into()).error_code,
        ErrorCode::CORRUPT_MESSAGE
    );
    let large = batch(
        BatchBuilder::new(Compression::None),
        &[(now(), &"x".repeat(3000))],
    );
    assert_eq!(
        case.produce(&topic, large).error_code,
        ErrorCode::MESSAGE_TOO_LARGE
    );
    let answer = case.produce(&topic, plain(1));
    assert_eq!(
        (answer.error_code, answer.base_offset),
        (ErrorCode::NONE, 6),
        "nothing of the faulty ones is left"
    );
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn acks_are_none_one_or_all() {
    let Some(mut case) = case("acks") else { return };
    let topic = case.topic(&[]);
    case.wire.send(9, &with_acks(0, &topic)).expect("send");
    case.wire
        .expect_silence(Duration::from_millis(300))
        .expect("acks=0 has no answer");
    // The next answer belongs to the next request.
    let response = case
        .wire
        .call(0, &ApiVersionsRequest::default())
        .expect("ApiVersions");
    assert_eq!(response.error_code, ErrorCode::NONE);
    let mut answer = case.wire.call(9, &with_acks(1, &topic)).expect("Produce");
    let answer = answer.responses.remove(0).partition_responses.remove(0);
    assert_eq!(
        (answer.error_code, answer.base_offset),
        (ErrorCode::NONE, 1),
        "acks=1 follows acks=0"
    );
    let mut answer = case.wire.call(9, &with_acks(2, &topic)).expect("Produce");
    let answer = answer.responses.remove(0).partition_responses.remove(0);
    assert_eq!(answer.error_code, ErrorCode::INVALID_REQUIRED_ACKS);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn acks_0_with_an_error_closes_the_connection() {
    let Some(case) = case("acks=0") else { return };
    let mut wire = case.connect();
    wire.send(9, &with_acks(0, &unique("missing")))
        .expect("send");
    wire.expect_close()
        .expect("the only way to tell the client");
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn timestamps_far_in_the_future_are_refused_record_by_record() {
    let Some(mut case) = case("timestamps") else {
        return;
    };
    let topic = case.topic(&[]);
    let tomorrow = now() + 2 * 24 * 3_600_000;
    let mixed = batch(
        BatchBuilder::new(Compression::None),
        &[(now(), "now"), (tomorrow, "later")],
    );
    let answer = case.produce(&topic, mixed);
    assert_eq!(answer.error_code, ErrorCode::INVALID_TIMESTAMP);
    assert_eq!(answer.record_errors.len(), 1, "{answer:?}");
    assert_eq!(answer.record_errors[0].batch_index, 1);
    let topic = case.topic(&[("message.timestamp.type", "LogAppendTime")]);
    let before = now();
    let answer = case.produce(
        &topic,
        batch(BatchBuilder::new(Compression::Lz4), &[(tomorrow, "later")]),
    );
    assert_eq!(
        answer.error_code,
        ErrorCode::NONE,
        "the server's own time is what counts"
    );
    assert!(
        (before..=now() + 1).contains(&answer.log_append_time_ms),
        "{answer:?}"
    );
}

fn with_acks(acks: i16, topic: &str) -> ProduceRequest {
    ProduceRequest {
        acks,
        ..produce(topic, 0, plain(1))
    }
}

pub(crate) fn producer_id(case: &mut Case) -> (i64, i16) {
    let request = InitProducerIdRequest {
        transactional_id: None,
        ..Default::default()
    };
    let mut response = case.wire.call(4, &request).expect("InitProducerId");
    // Apache Kafka has none to give for a moment after its start.
    kop_tests::wait_until(Duration::from_secs(10), || {
        let loading = response.error_code == ErrorCode::COORDINATOR_LOAD_IN_PROGRESS;
        if loading {
            response = case.wire.call(4, &request).expect("InitProducerId");
        }
        !loading
    });
    assert_eq!(response.error_code, ErrorCode::NONE);
    (response.producer_id, response.producer_epoch)
}

pub(crate) fn idempotent((id, epoch): (i64, i16), sequence: i32, count: usize) -> Bytes {
    let builder = BatchBuilder::new(Compression::None).producer(id, epoch, sequence);
    batch(builder, &vec![(now(), "once"); count])
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_repeated_batch_is_stored_once_also_after_a_restart() {
    let Some(mut case) = case("idempotence") else {
        return;
    };
    let topic = case.topic(&[]);
    let producer = producer_id(&mut case);
    let mut offsets = Vec::new();
    for turn in 0..4 {
        offsets.push(
            case.produce(&topic, idempotent(producer, turn * 2, 2))
                .base_offset,
        );
    }
    assert_eq!(offsets, [0, 2, 4, 6]);
    let again = case.produce(&topic, idempotent(producer, 2, 2));
    assert_eq!(
        (again.error_code, again.base_offset),
        (ErrorCode::NONE, 2),
        "a duplicate gets its first offset"
    );
    let gap = case.produce(&topic, idempotent(producer, 100, 2));
    assert_eq!(gap.error_code, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    case.target.restart().expect("restart");
    case.wire = case.connect();
    let again = case.produce(&topic, idempotent(producer, 6, 2));
    assert_eq!(
        (again.error_code, again.base_offset),
        (ErrorCode::NONE, 6),
        "the server remembers"
    );
    let next = case.produce(&topic, idempotent(producer, 8, 1));
    assert_eq!((next.error_code, next.base_offset), (ErrorCode::NONE, 8));
    assert_ne!(
        producer_id(&mut case).0,
        producer.0,
        "producer ids are never given twice"
    );
    let newer = (producer.0, producer.1 + 1);
    assert_eq!(
        case.produce(&topic, idempotent(newer, 0, 1)).error_code,
        ErrorCode::NONE
    );
    let fenced = case.produce(&topic, idempotent(producer, 9, 1));
    assert_eq!(fenced.error_code, ErrorCode::INVALID_PRODUCER_EPOCH);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn sequence_numbers_wrap_around_after_two_to_the_31() {
    let Some(mut case) = case("sequence_numbers_wrap_around_after_two_to_the_31") else {
        return;
    };
    let topic = case.topic(&[]);
    let producer = producer_id(&mut case);
    // A producer that the partition does not know may begin anywhere.
    let last = case.produce(&topic, idempotent(producer, i32::MAX - 1, 1));
    assert_eq!((last.error_code, last.base_offset), (ErrorCode::NONE, 0));
    let over = case.produce(&topic, idempotent(producer, i32::MAX, 3));
    assert_eq!((over.error_code, over.base_offset), (ErrorCode::NONE, 1));
    let again = case.produce(&topic, idempotent(producer, i32::MAX, 3));
    assert_eq!((again.error_code, again.base_offset), (ErrorCode::NONE, 1));
    for wrong in [3, 1, i32::MAX] {
        let gap = case.produce(&topic, idempotent(producer, wrong, 1));
        assert_eq!(
            gap.error_code,
            ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER,
            "{wrong}"
        );
    }
    let next = case.produce(&topic, idempotent(producer, 2, 1));
    assert_eq!((next.error_code, next.base_offset), (ErrorCode::NONE, 4));
}
