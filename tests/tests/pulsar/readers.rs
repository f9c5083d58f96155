//! Consumers that read what is not in memory: several at once, of a topic that moves, and of those that have lost a ledger.

use std::env;
use std::ops::Range;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use kop_codec::messages::FetchRequest;
use kop_codec::{ErrorCode, Records};
use kop_tests::data::Record;
use kop_tests::librdkafka::Reading;
use kop_tests::pulsar::Cluster;
use kop_tests::requests::{self, list_offsets};
use kop_tests::server::Server;
use kop_tests::steps;
use kop_tests::target::{run, skip};
use kop_tests::wire::Wire;

use crate::{create, server, server_on};

const PATIENCE: Duration = Duration::from_secs(60);
const GROUPS: usize = 5;
const COUNT: usize = 2_000;
/// Records of a topic that loses a ledger.
const WRITTEN: usize = 170;

/// Writes numbers, each as an entry of its own.
fn send(server: &Server, topic: &str, count: usize) {
    let records = (0..count).map(|number| Record::of(number.to_string()));
    let records: Vec<Record> = records.collect();
    let settings = [("batch.num.messages", "1"), ("linger.ms", "0")];
    let sent = steps::send(&server.bootstrap(), topic, &settings, &records);
    sent.unwrap_or_else(|error| panic!("a write: {error:?}\n{}", server.log()));
}

fn unload(cluster: &Cluster, topic: &str) {
    let path = format!("{}/unload", cluster.path(topic, 0));
    cluster.admin("PUT", &path).expect("unload");
}

/// Whoever reads has a reader that goes on where it was. The topic is unloaded under them.
#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn several_groups_have_each_its_own_place() {
    let Some((first, cluster)) = server("several groups", &[]) else {
        return;
    };
    create(&first, "places", 1);
    send(&first, "places", COUNT);
    // The next one has nothing in memory.
    drop(first);
    let server = server_on(&cluster, &["pulsar.cache.bytes=1048576"]).expect("a binary");
    let read = |group: usize| {
        let group = format!("group-{group}");
        let member = Reading::member(&server.bootstrap(), &group, "places").expect("a member");
        let found = member.take(COUNT, PATIENCE);
        assert!(
            found.len() >= COUNT,
            "{group}: {} records\n{}",
            found.len(),
            server.log()
        );
        let found = found
            .into_iter()
            .map(|(offset, record)| (offset, record.text()));
        let wanted = (0..COUNT).map(|number| (number as i64, number.to_string()));
        assert!(found.eq(wanted), "{group} reads something else");
    };
    thread::scope(|scope| {
        let groups: Vec<_> = (0..GROUPS)
            .map(|group| scope.spawn(move || read(group)))
            .collect();
        for _ in 0..3 {
            kop_tests::pause(Duration::from_millis(300));
            unload(&cluster, "places");
        }
        for group in groups {
            group.join().expect("it reads all");
        }
    });
}

/// What a fetch from this offset is answered with: the code, and how many bytes.
fn fetch(server: &Server, offset: i64) -> (ErrorCode, usize) {
    let request = FetchRequest {
        max_wait_ms: 500,
        ..requests::fetch("lost", offset)
    };
    let mut wire = Wire::connect(&server.bootstrap()).expect("connect");
    let response = wire.call(4, &request).expect("an answer");
    let answer = &response.responses[0].partitions[0];
    let bytes = answer.records.as_ref().map_or(0, Records::len);
    (answer.error_code, bytes)
}

/// A topic of which one ledger is gone behind Pulsar's back.
struct Lost {
    cluster: Cluster,
    id: i64,
    /// The offsets that were in it.
    range: Range<i64>,
}

/// Writes records, and loses a ledger of theirs. `None` says that the test is skipped, and has said why.
fn lose(test: &str, which: impl Fn(usize) -> usize) -> Option<Lost> {
    let Ok(command) = env::var("KOP_TEST_PULSAR_COMMAND") else {
        skip(test, "KOP_TEST_PULSAR_COMMAND tells no Pulsar what to do");
        return None;
    };
    let (mut server, cluster) = server(test, &[])?;
    create(&server, "lost", 1);
    send(&server, "lost", WRITTEN);
    server.stop().expect("it stops");
    // The last ledger is closed too, and the broker forgets what it has in memory.
    unload(&cluster, "lost");
    let path = format!("{}/internalStats", cluster.path("lost", 0));
    let stats = cluster.admin("GET", &path).expect("statistics");
    let stats: serde_json::Value = serde_json::from_str(&stats).expect("JSON");
    let ledgers = stats["ledgers"].as_array().expect("ledgers");
    let number = |ledger: &serde_json::Value, what: &str| ledger[what].as_i64().expect("a number");
    let ledgers: Vec<(i64, i64)> = ledgers
        .iter()
        .map(|ledger| (number(ledger, "ledgerId"), number(ledger, "entries")))
        .filter(|(_, entries)| *entries > 0)
        .collect();
    assert!(ledgers.len() > 2, "{stats}");
    let which = which(ledgers.len());
    let before = ledgers[..which].iter().map(|(_, entries)| entries).sum();
    let (id, entries) = ledgers[which];
    run(&format!("{command} delete-ledger {id}")).expect("it is deleted");
    Some(Lost {
        cluster,
        id,
        range: before..before + entries,
    })
}

impl Lost {
    fn server(&self, settings: &[&str]) -> Server {
        let timeout = "pulsar.operation.timeout.ms=5000";
        let settings: Vec<&str> = settings.iter().copied().chain([timeout]).collect();
        server_on(&self.cluster, &settings).expect("a binary")
    }

    /// The log names the ledger, and nothing went wrong.
    fn is_named(&self, server: &Server) {
        let log = server.log();
        assert!(log.contains(&format!("ledgers [{}]", self.id)), "{log}");
        assert!(!log.contains("panicked"), "{log}");
    }

    /// What a consumer reads that begins at the first offset.
    fn read(&self, server: &Server, from: i64) {
        let reading = Reading::all(&server.bootstrap(), "lost").expect("a consumer");
        let wanted: Vec<i64> = (from..WRITTEN as i64)
            .filter(|offset| !self.range.contains(offset))
            .collect();
        let found = reading.take(wanted.len(), PATIENCE).into_iter();
        let found: Vec<_> = found
            .inspect(|(offset, record)| assert_eq!(record.text(), offset.to_string()))
            .map(|(offset, _)| offset)
            .collect();
        assert!(found.len() >= wanted.len(), "{found:?}\n{}", server.log());
        assert_eq!(found, wanted);
    }
}

/// The first offset with this time or a later one.
fn offset_at(server: &Server, time: i64) -> (ErrorCode, i64) {
    let mut wire = Wire::connect(&server.bootstrap()).expect("connect");
    let response = wire.call(1, &list_offsets("lost", time));
    let response = response.expect("an answer");
    let partition = &response.topics[0].partitions[0];
    (partition.error_code, partition.offset)
}

/// What was in the ledger is named to those who ask for it; all else is as ever.
#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn what_a_lost_ledger_had_is_named() {
    let Some(lost) = lose("a lost ledger", |_| 1) else {
        return;
    };
    let server = lost.server(&[]);
    let Range { start, end } = lost.range;
    let began = Instant::now();
    for offset in [start, start + 7, end - 1] {
        let (code, _) = fetch(&server, offset);
        assert_eq!(
            code,
            ErrorCode::CORRUPT_MESSAGE,
            "{offset}: {}",
            server.log()
        );
    }
    eprintln!(
        "a lost ledger: told three times after {:.1?}",
        began.elapsed()
    );
    send(&server, "lost", 1);
    assert_eq!(offset_at(&server, 1), (ErrorCode::NONE, 0));
    let tomorrow = SystemTime::now() + Duration::from_secs(86_400);
    let tomorrow = tomorrow.duration_since(UNIX_EPOCH).expect("a time");
    let tomorrow = i64::try_from(tomorrow.as_millis()).expect("a time");
    assert_eq!(offset_at(&server, tomorrow), (ErrorCode::NONE, -1));
    for offset in [0, start - 1, end, end + 1, WRITTEN as i64] {
        let (code, bytes) = fetch(&server, offset);
        assert_eq!(code, ErrorCode::NONE, "{offset}: {}", server.log());
        assert!(bytes > 0, "{offset}: {}", server.log());
    }
    lost.is_named(&server);
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn consumers_pass_a_lost_ledger_where_they_may() {
    let Some(lost) = lose("a lost ledger that is passed", |_| 1) else {
        return;
    };
    let server = lost.server(&["pulsar.undecodable.entries=pass"]);
    lost.read(&server, 0);
    lost.is_named(&server);
}

/// A log whose first ledger is lost starts behind it.
#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_log_starts_behind_a_lost_first_ledger() {
    let Some(lost) = lose("a lost first ledger", |_| 0) else {
        return;
    };
    let server = lost.server(&[]);
    lost.read(&server, lost.range.end);
    let (code, _) = fetch(&server, 0);
    assert_eq!(code, ErrorCode::OFFSET_OUT_OF_RANGE);
    send(&server, "lost", 1);
    assert_eq!(fetch(&server, WRITTEN as i64).0, ErrorCode::NONE);
    lost.is_named(&server);
}

/// A log whose last ledger is lost goes on behind it: no offset is given twice.
#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_log_goes_on_behind_a_lost_last_ledger() {
    let Some(lost) = lose("a lost last ledger", |count| count - 1) else {
        return;
    };
    let mut server = lost.server(&[]);
    assert_eq!(lost.range.end, WRITTEN as i64);
    send(&server, "lost", 1);
    for _ in 0..2 {
        let (code, bytes) = fetch(&server, WRITTEN as i64);
        assert_eq!(code, ErrorCode::NONE, "{}", server.log());
        assert!(bytes > 0, "{}", server.log());
        assert_eq!(fetch(&server, 0).0, ErrorCode::NONE);
        let (code, _) = fetch(&server, lost.range.start);
        assert_eq!(code, ErrorCode::CORRUPT_MESSAGE, "{}", server.log());
        lost.is_named(&server);
        server.stop().expect("it stops");
        server = lost.server(&[]);
    }
}
