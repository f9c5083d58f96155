//! A cluster that goes away and comes back, answers slowly or not at all: errors that clients try again, and no hang.

use std::thread;
use std::time::{Duration, Instant};

use kop_codec::messages::MetadataRequest;
use kop_codec::{ErrorCode, Records};
use kop_records::{BatchBuilder, Compression};
use kop_tests::data::Record;
use kop_tests::librdkafka::{Reading, Sending};
use kop_tests::proxy::{Proxy, Way};
use kop_tests::pulsar::Cluster;
use kop_tests::requests::{self, list_offsets};
use kop_tests::server::{Server, Setup, free_ports, http_get, metric};
use kop_tests::target::{server_binary, skip};
use kop_tests::wait_until;
use kop_tests::wire::Wire;

use crate::{create, texts};

const PATIENCE: Duration = Duration::from_secs(30);
/// Within it clients must be able to go on once the cluster is back.
const RECOVERY: Duration = Duration::from_secs(10);
const TOPIC: &str = "outage";
const EARLIEST: i64 = -2;

/// A cluster behind proxies, and a server on it.
struct Case {
    broker: Proxy,
    admin: Proxy,
    metrics: u16,
    setup: Setup,
}

impl Case {
    /// `None` says that the test is skipped, and has said why.
    fn new(test: &str, way: Way, settings: &[&str]) -> Option<Self> {
        let Some(mut cluster) = Cluster::from_env().filter(|_| server_binary().is_some()) else {
            skip(
                test,
                "KOP_TEST_PULSAR names no Pulsar, or KOP_SERVER_BIN no server",
            );
            return None;
        };
        let broker = Proxy::to(&cluster.service_url, way).expect("a proxy");
        let admin = Proxy::to(&cluster.admin_url, way).expect("a proxy");
        cluster.service_url = format!("pulsar://{}", broker.address());
        cluster.admin_url = format!("http://{}", admin.address());
        let (metrics, _) = free_ports().expect("a port");
        let http = format!("http.listener=127.0.0.1:{metrics}");
        let settings = settings.iter().map(ToString::to_string);
        let setup = Setup {
            settings: settings.chain([http]).collect(),
            cluster: Some(cluster),
            ..Setup::default()
        };
        Some(Self {
            broker,
            admin,
            metrics,
            setup,
        })
    }

    fn start(&self) -> Server {
        let binary = server_binary().expect("it was there");
        Server::start_with(&binary, self.setup.clone()).expect("the server starts")
    }

    fn set(&self, way: Way) {
        self.broker.set(way);
        self.admin.set(way);
    }

    /// What `/readyz` says.
    fn readiness(&self) -> (u16, String) {
        http_get(self.metrics, "/readyz").unwrap_or((0, String::new()))
    }

    fn becomes(&self, status: u16, patience: Duration) -> String {
        let mut last = (0, String::new());
        let became = wait_until(patience, || {
            last = self.readiness();
            last.0 == status
        });
        assert!(became, "/readyz does not become {status}: {last:?}");
        last.1
    }

    fn metric(&self, name: &str) -> f64 {
        metric(self.metrics, name).expect("metrics")
    }
}

/// Produces one record by hand: the answer's code, and how long it took.
fn produce(server: &Server, value: &str) -> (ErrorCode, Duration) {
    let batch = BatchBuilder::new(Compression::None);
    crate::produce(server, TOPIC, batch, value)
}

/// The code with which a record of an idempotent producer is answered.
fn produce_as(server: &Server, id: i64, sequence: i32) -> ErrorCode {
    let batch = BatchBuilder::new(Compression::None).producer(id, 0, sequence);
    crate::produce(server, TOPIC, batch, &format!("{id}: {sequence}")).0
}

/// How many bytes a fetch of the first records gives.
fn fetched(wire: &mut Wire) -> usize {
    let response = wire.call(4, &requests::fetch(TOPIC, 0)).expect("an answer");
    let records = &response.responses[0].partitions[0].records;
    records.as_ref().map_or(0, Records::len)
}

fn delete_records(wire: &mut Wire, offset: i64) -> ErrorCode {
    let request = requests::delete_records(TOPIC, offset);
    let response = wire.call(2, &request).expect("an answer");
    response.topics[0].partitions[0].error_code
}

fn values(server: &Server, count: usize) -> Vec<String> {
    let reading = Reading::all(&server.bootstrap(), TOPIC).expect("a consumer");
    let found = texts(server, &reading, count).into_iter();
    let mut found: Vec<_> = found.map(|(_, text)| text).collect();
    found.sort();
    found
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_cluster_that_is_away_at_the_start_and_later() {
    let test = "a cluster that is away";
    let settings = ["pulsar.operation.timeout.ms=3000"];
    let Some(case) = Case::new(test, Way::Cut, &settings) else {
        return;
    };
    let server = thread::scope(|scope| {
        let starting = scope.spawn(|| case.start());
        let reason = case.becomes(503, PATIENCE);
        // It says what it waits for.
        let told = wait_until(PATIENCE, || {
            case.readiness().1.contains("does not answer") || starting.is_finished()
        });
        assert!(told, "{reason}");
        case.set(Way::Open);
        starting.join().expect("no panic")
    });
    case.becomes(200, RECOVERY);
    create(&server, TOPIC, 2);
    assert_eq!(produce(&server, "before").0, ErrorCode::NONE);

    case.set(Way::Cut);
    let reason = case.becomes(503, RECOVERY);
    assert!(reason.contains("lock"), "{reason}");
    // A client that goes on trying, one that is told, and one that only wants to know what there is.
    let settings = [("message.timeout.ms", "60000"), ("linger.ms", "0")];
    let sending = Sending::new(&server.bootstrap(), &settings).expect("a producer");
    sending
        .send(TOPIC, &Record::of("during"), 0)
        .expect("it is queued");
    let (code, took) = produce(&server, "in vain");
    assert_eq!(code, ErrorCode::NOT_LEADER_OR_FOLLOWER);
    assert!(took < Duration::from_secs(10), "{took:?}");
    let mut wire = Wire::connect(&server.bootstrap()).expect("connect");
    let all = MetadataRequest::default();
    wire.call(1, &all).expect("metadata without the cluster");

    let back = Instant::now();
    case.set(Way::Open);
    case.becomes(200, RECOVERY);
    assert!(
        wait_until(RECOVERY, || sending.reports().any(|(_, sent)| sent.is_ok())),
        "{}",
        server.log()
    );
    eprintln!("all goes on after {:?}", back.elapsed());
    assert_eq!(produce(&server, "later").0, ErrorCode::NONE);
    let found = values(&server, 3);
    for value in ["before", "during", "later"] {
        let times = found.iter().filter(|found| *found == value).count();
        assert_eq!(times, 1, "{found:?}");
    }
    assert!(case.metric("kop_pulsar_connections_lost_total") >= 1.0);
    assert!(case.metric("kop_pulsar_connections_failed_total") >= 1.0);
    assert!(case.metric("kop_pulsar_connections") >= 1.0);
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_cluster_that_falls_silent_hangs_nobody() {
    let test = "a silent cluster";
    let settings = ["pulsar.operation.timeout.ms=2000"];
    let Some(case) = Case::new(test, Way::Open, &settings) else {
        return;
    };
    let server = case.start();
    create(&server, TOPIC, 2);
    assert_eq!(produce(&server, "before").0, ErrorCode::NONE);
    case.set(Way::Silent);
    let (code, took) = produce(&server, "doubtful");
    assert_eq!(code, ErrorCode::NOT_LEADER_OR_FOLLOWER);
    assert!(took < Duration::from_secs(8), "{took:?}");
    // What would have to wait behind it is not sent: it would be written after its producer was told that it was not.
    for _ in 0..2 {
        let (code, took) = produce(&server, "not sent");
        assert_eq!(code, ErrorCode::NOT_LEADER_OR_FOLLOWER);
        assert!(took < Duration::from_secs(8), "{took:?}");
    }
    assert_eq!(case.metric("kop_pulsar_writes_in_flight"), 1.0);
    // What is in memory is served; a topic that is not known is asked for, which ends in time.
    let mut wire = Wire::connect(&server.bootstrap()).expect("connect");
    assert!(fetched(&mut wire) > 0);
    let began = Instant::now();
    let asked = kop_codec::messages::metadata_request::MetadataRequestTopic {
        name: Some("never-seen".into()),
        ..Default::default()
    };
    let request = MetadataRequest {
        topics: Some(vec![asked]),
        ..Default::default()
    };
    let response = wire.call(1, &request).expect("an answer");
    let code = response.topics[0].error_code;
    assert!(code.is_error() && code != ErrorCode::UNKNOWN_SERVER_ERROR);
    let took = began.elapsed();
    assert!(took < Duration::from_secs(15), "{took:?}");
    case.set(Way::Open);
    let goes_on = wait_until(RECOVERY, || produce(&server, "after").0 == ErrorCode::NONE);
    assert!(goes_on, "{}", server.log());
    // The write whose receipt came late was told as failed, and may be there: once.
    let found = values(&server, 2);
    let doubtful = found.iter().filter(|value| *value == "doubtful").count();
    assert!(doubtful <= 1, "{found:?}");
    assert!(found.iter().all(|value| value != "not sent"), "{found:?}");

    // A log start that cannot be stored is told as failed in time, and holds when it has been.
    case.set(Way::Silent);
    let began = Instant::now();
    let code = delete_records(&mut wire, 1);
    assert!(code.is_error() && code != ErrorCode::UNKNOWN_SERVER_ERROR);
    let took = began.elapsed();
    assert!(took < Duration::from_secs(15), "{took:?}");
    case.set(Way::Open);
    let holds = wait_until(RECOVERY, || {
        let response = wire.call(1, &list_offsets(TOPIC, EARLIEST));
        response.expect("an answer").topics[0].partitions[0].offset == 1
    });
    assert!(holds, "{}", server.log());
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

/// A producer that was told of a gap would take a new epoch, and send again what may be in the log already.
#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn what_comes_behind_a_refused_write_waits_for_it() {
    /// One that has written before, and one whose first write is refused.
    const PRODUCERS: [(i64, i32); 2] = [(700, 1), (701, 0)];
    let settings = ["pulsar.operation.timeout.ms=2000"];
    let Some(case) = Case::new("behind refused writes", Way::Open, &settings) else {
        return;
    };
    let server = case.start();
    create(&server, TOPIC, 2);
    assert_eq!(produce_as(&server, PRODUCERS[0].0, 0), ErrorCode::NONE);
    case.set(Way::Cut);
    for (id, next) in PRODUCERS {
        let code = produce_as(&server, id, next);
        assert_eq!(code, ErrorCode::NOT_LEADER_OR_FOLLOWER, "{id}");
    }
    case.set(Way::Open);
    let goes_on = wait_until(RECOVERY, || produce(&server, "plain").0 == ErrorCode::NONE);
    assert!(goes_on, "{}", server.log());
    for (id, next) in PRODUCERS {
        // It was on its way behind the other one when that was refused.
        let code = produce_as(&server, id, next + 1);
        assert_eq!(code, ErrorCode::NOT_LEADER_OR_FOLLOWER, "{id}");
        for sequence in [next, next + 1] {
            assert_eq!(produce_as(&server, id, sequence), ErrorCode::NONE, "{id}");
        }
    }
    // A gap that stays is told.
    let mut code = ErrorCode::NONE;
    wait_until(RECOVERY, || {
        code = produce_as(&server, PRODUCERS[0].0, 100);
        code != ErrorCode::NOT_LEADER_OR_FOLLOWER
    });
    assert_eq!(code, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    let mut found = values(&server, 6);
    found.retain(|value| value != "plain");
    assert_eq!(found, ["700: 0", "700: 1", "700: 2", "701: 0", "701: 1"]);
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_server_ends_while_its_cluster_is_away() {
    let test = "ending without a cluster";
    for way in [Way::Cut, Way::Silent] {
        let settings = ["pulsar.operation.timeout.ms=3000"];
        let Some(case) = Case::new(test, Way::Open, &settings) else {
            return;
        };
        let mut server = case.start();
        create(&server, TOPIC, 2);
        assert_eq!(produce(&server, "before").0, ErrorCode::NONE);
        case.set(way);
        assert!(produce(&server, "in vain").0.is_error());
        let began = Instant::now();
        let ended = server.stop();
        eprintln!("{way:?}: ended after {:?} with {ended:?}", began.elapsed());
        assert!(ended.is_ok(), "{way:?}: {ended:?}");
    }
}

/// A client that writes to many partitions would wait for one after the other.
#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn partitions_that_are_written_first_are_opened_at_the_same_time() {
    const PARTITIONS: i32 = 16;
    let test = "many partitions that are slow to open";
    let Some(case) = Case::new(test, Way::Open, &[]) else {
        return;
    };
    let server = case.start();
    create(&server, TOPIC, PARTITIONS);
    let sending = Sending::new(&server.bootstrap(), &[("linger.ms", "0")]).expect("a producer");
    // It is asked of each partition, which takes half a second.
    case.admin.set(Way::Slow);
    let began = Instant::now();
    for partition in 0..PARTITIONS {
        let record = Record {
            partition,
            ..Record::of("first")
        };
        sending.send(TOPIC, &record, 0).expect("send");
    }
    sending.flush().expect("all are delivered");
    let took = began.elapsed();
    eprintln!("{PARTITIONS} partitions after {took:?}");
    assert!(took < Duration::from_secs(4), "{took:?}");
    assert_eq!(
        sending.reports().filter(|(_, sent)| sent.is_ok()).count(),
        16
    );
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_cluster_that_answers_slowly_is_slow_and_nothing_else() {
    let test = "a slow cluster";
    let Some(case) = Case::new(test, Way::Slow, &[]) else {
        return;
    };
    let server = case.start();
    create(&server, TOPIC, 2);
    let sending = Sending::new(&server.bootstrap(), &[("linger.ms", "5")]).expect("a producer");
    let wanted: Vec<String> = (0..100).map(|number| format!("{number:03}")).collect();
    for (number, value) in wanted.iter().enumerate() {
        let record = Record::of(value.as_str());
        sending.send(TOPIC, &record, number).expect("send");
    }
    sending.flush().expect("all are delivered");
    assert_eq!(values(&server, 100), wanted);
    case.becomes(200, PATIENCE);
}
