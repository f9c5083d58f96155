//! Records that go, by retention and by DeleteRecords, as a real client sees it.

use std::time::{Duration, Instant};

use kop_codec::ErrorCode;
use kop_records::{BatchBuilder, Compression};
use kop_tests::librdkafka::config;
use kop_tests::server::Setup;
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Message as _;
use rdkafka::types::RDKafkaErrorCode;
use rdkafka::{Offset, TopicPartitionList};

use super::offsets::list;
use super::{Case, batch, case, now, own, plain};

const PATIENCE: Duration = Duration::from_secs(30);

/// Consumes from an offset that is not there: the first offset that comes, or the client's error.
fn consume(bootstrap: &str, topic: &str, offset: i64, reset: &str) -> Result<i64, KafkaError> {
    let settings = [("group.id", "unused"), ("auto.offset.reset", reset)];
    let consumer: BaseConsumer = config(bootstrap, &settings).create()?;
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(topic, 0, Offset::Offset(offset))?;
    consumer.assign(&list)?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        assert!(Instant::now() < deadline, "neither a record nor an error");
        if let Some(polled) = consumer.poll(Duration::from_millis(100)) {
            return polled.map(|message| message.offset());
        }
    }
}

/// A client that asks for `gone` is told so, and goes on at `start` if it wants the earliest.
fn assert_gone(case: &Case, topic: &str, gone: i64, start: i64) {
    let bootstrap = case.target.bootstrap();
    let error = consume(&bootstrap, topic, gone, "error").expect_err("out of range");
    let code = error.rdkafka_error_code();
    assert!(
        matches!(
            code,
            Some(RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange)
        ),
        "{error:?}"
    );
    let first = consume(&bootstrap, topic, gone, "earliest").expect("a record");
    assert_eq!(first, start);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn records_are_deleted_by_a_client() {
    let Some(mut case) = case("delete records") else {
        return;
    };
    let topic = case.topic(&[]);
    for _ in 0..10 {
        assert_eq!(case.produce(&topic, plain(1)).error_code, ErrorCode::NONE);
    }
    let bootstrap = case.target.bootstrap();
    let mut before = TopicPartitionList::new();
    before
        .add_partition_offset(&topic, 0, Offset::Offset(6))
        .expect("add");
    let admin: AdminClient<DefaultClientContext> =
        config(&bootstrap, &[]).create().expect("an admin");
    let options = AdminOptions::new();
    let deleted = kop_tests::block_on(admin.delete_records(&before, &options));
    let deleted = deleted.expect("DeleteRecords");
    let deleted = deleted.find_partition(&topic, 0).expect("the partition");
    assert_eq!(deleted.offset(), Offset::Offset(6), "the low watermark");
    assert_gone(&case, &topic, 2, 6);
    case.target.restart().expect("restart");
    case.wire = case.connect();
    assert_eq!(list(&mut case, &topic, -2), (ErrorCode::NONE, 6, -1));
    assert_gone(&case, &topic, 5, 6);
    assert_gone(&case, &topic, 99, 6);
}

/// Produces records of this age until the partition's start moves, then checks what is left.
fn assert_retained(configs: &[(&str, &str)], age_ms: i64) {
    let setup = Setup {
        settings: vec!["log.retention.check.interval.ms=200".to_owned()],
        ..Setup::default()
    };
    let Some(mut case) = own("retention", setup) else {
        return;
    };
    let small = [&[("segment.bytes", "1048576")], configs].concat();
    let (topic, kept) = (case.topic(&small), case.topic(&small[..1]));
    let value = "x".repeat(300_000);
    for _ in 0..10 {
        for topic in [&topic, &kept] {
            let records = batch(
                BatchBuilder::new(Compression::None),
                &[(now() - age_ms, &value)],
            );
            assert_eq!(case.produce(topic, records).error_code, ErrorCode::NONE);
        }
    }
    // What is left by time: only what came afterwards.
    let records = batch(BatchBuilder::new(Compression::None), &[(now(), &value)]);
    assert_eq!(case.produce(&topic, records).error_code, ErrorCode::NONE);
    let moved = kop_tests::wait_until(PATIENCE, || list(&mut case, &topic, -2).1 > 3);
    assert!(
        moved,
        "nothing is deleted: {:?}",
        list(&mut case, &topic, -2)
    );
    kop_tests::pause(Duration::from_secs(1));
    let (_, start, _) = list(&mut case, &topic, -2);
    assert!(start < 11, "the newest record is gone");
    assert_eq!(list(&mut case, &topic, -1).1, 11);
    assert_gone(&case, &topic, 0, start);
    assert_eq!(list(&mut case, &kept, -2).1, 0, "the other topic keeps all");
    case.target.restart().expect("restart");
    case.wire = case.connect();
    assert_eq!(list(&mut case, &topic, -2), (ErrorCode::NONE, start, -1));
    assert_eq!(list(&mut case, &topic, -1).1, 11);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn old_records_go_by_time() {
    assert_retained(&[("retention.ms", "3600000")], 2 * 3_600_000);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn old_records_go_by_size() {
    assert_retained(&[("retention.bytes", "1500000")], 0);
}
