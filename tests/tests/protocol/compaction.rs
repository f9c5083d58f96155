//! Compacted topics as a real client sees them, and the topic of the committed offsets.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use kop_codec::ErrorCode;
use kop_records::{BatchBuilder, Compression};
use kop_tests::librdkafka::read_to_end;
use kop_tests::requests::offset_commit;
use kop_tests::server::Setup;

use super::offsets::list;
use super::{Case, now, own_files, plain};

const PATIENCE: Duration = Duration::from_secs(60);
const ROUNDS: usize = 30;
const KEYS: usize = 4;
/// Names of topics that a group commits for; so many commits fill several segments.
const TOPICS: usize = 200;
const COMMITS: i64 = 400;

fn cleaning(more: &[&str]) -> Setup {
    let settings = ["log.cleaner.backoff.ms=100"];
    Setup {
        settings: settings
            .iter()
            .chain(more)
            .map(ToString::to_string)
            .collect(),
        ..Setup::default()
    }
}

/// All records from the earliest on: offset, key, and the number that the value begins with, none for a tombstone.
fn consume(bootstrap: &str, topic: &str) -> Vec<(i64, String, Option<usize>)> {
    let records = read_to_end(bootstrap, topic, "read_committed").expect("all is read");
    let records = records.into_iter().map(|(offset, record)| {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        let number = record.value.map(|value| {
            let value = text(value);
            let number = value.split(' ').next().unwrap_or_default();
            number.parse().expect("a number")
        });
        (offset, text(record.key.unwrap_or_default()), number)
    });
    records.collect()
}

fn put(case: &mut Case, topic: &str, key: &str, value: Option<&str>) {
    let mut builder = BatchBuilder::new(Compression::None);
    let appended = builder.append(now(), Some(key.as_bytes()), value.map(str::as_bytes), &[]);
    appended.expect("append");
    let batch = builder.build().expect("build");
    assert_eq!(case.produce(topic, batch).error_code, ErrorCode::NONE);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn the_last_value_of_each_key_is_consumed() {
    let Some(mut case) = own_files("compaction", cleaning(&[])) else {
        return;
    };
    let topic = case.topic(&[
        ("cleanup.policy", "compact"),
        ("segment.bytes", "1048576"),
        ("min.cleanable.dirty.ratio", "0.01"),
    ]);
    let refused = case.produce(&topic, plain(1));
    assert_eq!(refused.error_code, ErrorCode::INVALID_RECORD);
    let filler = "x".repeat(100_000);
    let mut latest = BTreeMap::new();
    put(&mut case, &topic, "gone", Some("0 x"));
    put(&mut case, &topic, "gone", None);
    for n in 0..ROUNDS {
        let key = format!("k{}", n % KEYS);
        put(&mut case, &topic, &key, Some(&format!("{n} {filler}")));
        latest.insert(key, n);
    }
    let end = list(&mut case, &topic, -1).1;
    let bootstrap = case.target.bootstrap();
    let mut found = Vec::new();
    // The last segment, of ten records at most, is left alone.
    let compacted = kop_tests::wait_until(PATIENCE, || {
        found = consume(&bootstrap, &topic);
        found.len() <= KEYS + 11
    });
    assert!(compacted, "nothing is compacted: {} are left", found.len());
    assert!(found.is_sorted_by(|a, b| a.0 < b.0));
    let values = found
        .iter()
        .filter_map(|(_, key, value)| Some((key.clone(), (*value)?)));
    assert_eq!(values.collect::<BTreeMap<_, _>>(), latest);
    assert!(
        found
            .iter()
            .any(|(_, key, value)| key == "gone" && value.is_none())
    );
    assert_eq!(list(&mut case, &topic, -2).1, 0, "the start stays");
    case.target.restart().expect("restart");
    case.wire = case.connect();
    assert_eq!(list(&mut case, &topic, -1).1, end);
    assert_eq!(list(&mut case, &topic, -2).1, 0);
    assert_eq!(consume(&case.target.bootstrap(), &topic), found);
}

/// Commits an offset for every second topic, as one of two members would.
fn commit(case: &mut Case, offset: i64, first: usize) {
    let topics = (first..TOPICS).step_by(2).map(|n| format!("topic-{n}"));
    let topics: Vec<_> = topics.collect();
    let partitions = topics.iter().map(|topic| (topic.as_str(), 0, ""));
    let request = offset_commit("busy", (-1, ""), offset, partitions);
    let response = case.wire.call(8, &request).expect("OffsetCommit");
    for topic in response.topics {
        assert_eq!(topic.partitions[0].error_code, ErrorCode::NONE);
    }
}

/// Bytes of the log files of the committed offsets.
fn offsets_bytes(data: &Path) -> u64 {
    let partitions = fs::read_dir(data).expect("the data directory");
    let partitions = partitions.filter_map(Result::ok).filter(|entry| {
        entry
            .file_name()
            .to_string_lossy()
            .starts_with("__consumer_offsets-")
    });
    let files = partitions.flat_map(|dir| fs::read_dir(dir.path()).into_iter().flatten());
    files
        .filter_map(Result::ok)
        .filter(|file| {
            file.path()
                .extension()
                .is_some_and(|extension| extension == "log")
        })
        .filter_map(|file| Some(file.metadata().ok()?.len()))
        .sum()
}

/// What a start reads of them is bounded by what counts still, not by all that was ever committed.
#[test]
#[ignore = "needs a server: cargo xtask test"]
fn committed_offsets_are_compacted() {
    let small = [
        "offsets.topic.segment.bytes=1048576",
        "log.segment.delete.delay.ms=0",
    ];
    let Some(mut case) = own_files("compaction of offsets", cleaning(&small)) else {
        return;
    };
    // A topic of its own, so that the group's commits are taken for topics that are there.
    for n in 0..TOPICS {
        let name = format!("topic-{n}");
        let mut new = kop_codec::messages::CreateTopicsRequest {
            timeout_ms: 10_000,
            ..Default::default()
        };
        new.topics.push(super::CreatableTopic {
            name: name.into(),
            num_partitions: 1,
            replication_factor: 1,
            ..Default::default()
        });
        case.wire.call(7, &new).expect("CreateTopics");
    }
    for offset in 1..=COMMITS {
        // What the last commit does not name has to stay all the same.
        commit(&mut case, offset, 0);
        commit(&mut case, offset, 1);
    }
    let data = case.server().data();
    let mut left = 0;
    let compacted = kop_tests::wait_until(PATIENCE, || {
        left = offsets_bytes(&data);
        left < 1_200_000
    });
    assert!(
        compacted,
        "{left} bytes are left of {} commits",
        COMMITS * TOPICS as i64
    );
    case.target.restart().expect("restart");
    case.wire = case.connect();
    let found = super::groups::committed(&mut case.wire, "busy");
    assert_eq!(found.len(), TOPICS);
    assert!(found.iter().all(|(offset, _)| *offset == COMMITS));
}
