//! Topics that Pulsar's operators have terminated: they take no more records, which producers are told at once, and are read
//! to their end.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use kop_codec::ErrorCode;
use kop_records::{BatchBuilder, Compression};
use kop_tests::data::Record;
use kop_tests::librdkafka::{Reading, Sending, config, read_to_end};
use kop_tests::pulsar::Cluster;
use kop_tests::requests::list_offsets;
use kop_tests::server::Server;
use kop_tests::wire::Wire;
use kop_tests::{pause, steps, wait_until};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use crate::{create, refusals, server};

const PATIENCE: Duration = Duration::from_secs(20);
/// Within this time a producer knows.
const SOON: Duration = Duration::from_secs(5);
const TOPIC: &str = "ended";
const OTHER: &str = "goes-on";

fn terminate(cluster: &Cluster, topic: &str) {
    let path = format!("{}/terminate", cluster.path(topic, 0));
    cluster.admin("POST", &path).expect("it is terminated");
}

/// A Produce by hand, and how long its answer took.
fn produce(server: &Server, topic: &str) -> (ErrorCode, Duration) {
    let batch = BatchBuilder::new(Compression::None);
    crate::produce(server, topic, batch, "v")
}

/// Where the topic begins and ends.
fn bounds(server: &Server, topic: &str) -> [i64; 2] {
    let mut wire = Wire::connect(&server.bootstrap()).expect("connect");
    [-2, -1].map(|time| {
        let answer = wire.call(5, &list_offsets(topic, time));
        answer.expect("ListOffsets").topics[0].partitions[0].offset
    })
}

/// The values of partition 0.
fn values(server: &Server, topic: &str) -> Vec<String> {
    let read = read_to_end(&server.bootstrap(), topic, "read_uncommitted").expect("it is read");
    read.iter().map(|(_, record)| record.text()).collect()
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn writes_are_refused_at_once_and_the_rest_is_read() {
    let Some((mut server, cluster)) = server("a terminated topic", &[]) else {
        return;
    };
    create(&server, TOPIC, 1);
    create(&server, OTHER, 1);
    let bootstrap = server.bootstrap();
    let idempotent = Sending::new(&bootstrap, &[("enable.idempotence", "true")]).expect("one");
    for number in 0..3 {
        let record = Record::of(number.to_string());
        idempotent.send(TOPIC, &record, number).expect("send");
    }
    idempotent.flush().expect("they are written");
    let written = idempotent.reports().filter(|(_, report)| report.is_ok());
    assert_eq!(written.count(), 3);
    terminate(&cluster, TOPIC);

    let refused = (1..4).map(|_| produce(&server, TOPIC));
    for (code, took) in refused {
        assert_eq!(code, ErrorCode::INVALID_TOPIC_EXCEPTION, "{}", server.log());
        assert!(took < SOON, "{took:?}");
    }
    // One producer writes to both: what is refused here is no obstacle there.
    let began = Instant::now();
    idempotent
        .send(TOPIC, &Record::of("late"), 3)
        .expect("send");
    idempotent
        .send(OTHER, &Record::of("on time"), 4)
        .expect("send");
    idempotent.flush().expect("both are told");
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    let reports: BTreeMap<_, _> = idempotent.reports().collect();
    let refused = KafkaError::MessageProduction(RDKafkaErrorCode::InvalidTopic);
    assert_eq!(reports[&3], Err(refused));
    assert_eq!(reports[&4], Ok(0));

    let expected = ["0", "1", "2"];
    assert_eq!(values(&server, TOPIC), expected);
    assert_eq!(bounds(&server, TOPIC), [0, 3]);
    server.restart().expect("it starts again");
    assert_eq!(values(&server, TOPIC), expected);
    assert_eq!(bounds(&server, TOPIC), [0, 3]);
    assert_eq!(
        produce(&server, TOPIC).0,
        ErrorCode::INVALID_TOPIC_EXCEPTION
    );
    let log = server.log();
    let told: Vec<_> = log.lines().filter(|line| line.contains("WARN")).collect();
    let names =
        |line: &&str| line.contains(&cluster.topic(TOPIC, 0)) && line.contains("terminated");
    // Once by each of the two processes.
    assert_eq!(told.iter().copied().filter(names).count(), 2, "{log}");

    // Made anew it takes records as any other.
    let topic = cluster.partitioned_path(TOPIC);
    cluster
        .admin("DELETE", &format!("{topic}/partitions?force=true"))
        .expect("it is deleted");
    let written = wait_until(PATIENCE, || {
        let settings = [("message.timeout.ms", "5000")];
        steps::send(&server.bootstrap(), TOPIC, &settings, &[Record::of("anew")]).is_ok()
    });
    assert!(written, "{}", server.log());
    assert_eq!(
        values(&server, TOPIC).last().map(String::as_str),
        Some("anew")
    );
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn writes_that_are_on_their_way_are_there_once_or_refused() {
    let Some((server, cluster)) = server("terminated under a producer", &[]) else {
        return;
    };
    create(&server, TOPIC, 1);
    let settings = [("enable.idempotence", "true"), ("linger.ms", "0")];
    let sending = Sending::new(&server.bootstrap(), &settings).expect("a producer");
    let mut sent = 0;
    let mut reports = BTreeMap::new();
    // Writes until so many more are acknowledged, or one is refused.
    let mut write = |more: usize| {
        let (until, mut acknowledged, mut refused) = (Instant::now() + PATIENCE, 0, false);
        while acknowledged < more && !refused && Instant::now() < until {
            let record = Record::of(sent.to_string());
            sending.send(TOPIC, &record, sent).expect("send");
            sent += 1;
            pause(Duration::from_millis(1));
            for (number, report) in sending.reports() {
                acknowledged += usize::from(report.is_ok());
                refused |= report.is_err();
                reports.insert(number, report);
            }
        }
    };
    write(100);
    std::thread::scope(|scope| {
        scope.spawn(|| terminate(&cluster, TOPIC));
        write(usize::MAX);
    });
    let began = Instant::now();
    let told = sending.flush();
    assert!(told.is_ok(), "{told:?}\n{}", server.log());
    assert!(
        began.elapsed() < SOON,
        "{:?}\n{}",
        began.elapsed(),
        server.log()
    );
    reports.extend(sending.reports());
    assert_eq!(reports.len(), sent);
    let mut acknowledged = Vec::new();
    for (number, report) in reports {
        match report {
            Ok(_) => acknowledged.push(number.to_string()),
            Err(error) => assert_eq!(
                error,
                KafkaError::MessageProduction(RDKafkaErrorCode::InvalidTopic),
                "{number}: {}",
                server.log()
            ),
        }
    }
    assert!(
        (100..sent).contains(&acknowledged.len()),
        "{sent}: {}",
        server.log()
    );
    assert_eq!(values(&server, TOPIC), acknowledged, "{}", server.log());
}

/// Where writes were on their way a broker can have nobody write to it or read it until it is loaded anew.
#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn one_that_is_never_ready_is_loaded_anew() {
    let Some((proxy, server, cluster)) = refusals::case("never ready") else {
        return;
    };
    let topic = refusals::TOPIC;
    assert_eq!(produce(&server, topic).0, ErrorCode::NONE);
    proxy.is_unready_until_closed();
    terminate(&cluster, topic);
    // Which ends the producer that there is.
    let last = [(); 2].map(|()| produce(&server, topic));
    for (code, took) in last {
        assert_eq!(code, ErrorCode::INVALID_TOPIC_EXCEPTION, "{}", server.log());
        assert!(took < SOON, "{took:?}\n{}", server.log());
    }
    assert!(server.log().contains("is unloaded"), "{}", server.log());
    assert_eq!(values(&server, topic), ["v"]);
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn an_empty_one_is_not_opened_again_and_again() {
    let Some((server, cluster)) = server("a terminated topic without entries", &[]) else {
        return;
    };
    create(&server, TOPIC, 1);
    let reading = Reading::first(&server.bootstrap(), TOPIC).expect("a consumer");
    assert_eq!(reading.poll(Duration::from_secs(2)).expect("poll"), []);
    terminate(&cluster, TOPIC);
    assert_eq!(reading.poll(Duration::from_secs(3)).expect("poll"), []);
    let stats = cluster
        .admin("GET", &format!("{}/stats", cluster.path(TOPIC, 0)))
        .expect("statistics");
    let stats: serde_json::Value = serde_json::from_str(&stats).expect("JSON");
    let readers = stats["subscriptions"].as_object().map(serde_json::Map::len);
    assert_eq!(readers, Some(1), "{}", server.log());
    let again = server.log().matches("the tail is opened again").count();
    assert_eq!(again, 0, "{}", server.log());
    assert_eq!(bounds(&server, TOPIC), [0, 0]);
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_transaction_ends_without_its_marker_there() {
    let Some((server, cluster)) = server("a transaction in a terminated topic", &[]) else {
        return;
    };
    create(&server, TOPIC, 1);
    create(&server, OTHER, 1);
    let bootstrap = server.bootstrap();
    let settings = [("transactional.id", "ends")];
    let producer: BaseProducer = config(&bootstrap, &settings).create().expect("a producer");
    producer.init_transactions(PATIENCE).expect("it is known");
    producer.begin_transaction().expect("it begins");
    let send = |topic: &str, value: &str| {
        let record = BaseRecord::<(), str>::to(topic).payload(value);
        producer.send(record).map_err(|(error, _)| error)
    };
    send(TOPIC, "first").expect("send");
    send(OTHER, "first").expect("send");
    producer.flush(PATIENCE).expect("both are written");
    terminate(&cluster, TOPIC);
    producer
        .commit_transaction(PATIENCE)
        .expect("it is committed");
    // The next one begins once the last one has ended everywhere.
    producer.begin_transaction().expect("it begins");
    send(OTHER, "second").expect("send");
    let committed = producer.commit_transaction(PATIENCE);
    assert!(committed.is_ok(), "{committed:?}\n{}", server.log());
    let read = read_to_end(&bootstrap, OTHER, "read_committed").expect("it is read");
    assert_eq!(read.len(), 2, "{}", server.log());
    // What it has written there is never committed.
    let read = read_to_end(&bootstrap, TOPIC, "read_committed").expect("it is read");
    assert_eq!(read.len(), 0, "{}", server.log());
}
