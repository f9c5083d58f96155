//! Damaged files at the start: what is damaged is named, what is sound is served.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use kop_codec::{Bytes, ErrorCode};
use kop_records::{BatchBuilder, Compression, batches};
use kop_tests::server::Setup;

use super::offsets::{fetch, fetch_request, list};
use super::{Case, batch, now, own_files, unique};

/// Batches in a topic, one record each. A segment has ten.
const BATCHES: i64 = 25;
const PER_SEGMENT: i64 = 10;
const VALUE: usize = 100_000;

fn fill(case: &mut Case) -> String {
    let topic = case.topic(&[("segment.bytes", "1048576")]);
    let value = "x".repeat(VALUE);
    for offset in 0..BATCHES {
        let records = batch(BatchBuilder::new(Compression::None), &[(now(), &value)]);
        let answer = case.produce(&topic, records);
        assert_eq!(
            (answer.error_code, answer.base_offset),
            (ErrorCode::NONE, offset)
        );
    }
    topic
}

/// The segments of partition 0 in the order of their offsets.
fn segments(data: &Path, topic: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(data.join(format!("{topic}-0"))).expect("the partition");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut segments: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "log"))
        .collect();
    segments.sort();
    segments
}

/// Overwrites some bytes in the middle of a file.
fn damage(file: &Path) {
    let length = fs::metadata(file).expect("metadata").len();
    assert!(
        length > VALUE as u64,
        "{} has {length} bytes",
        file.display()
    );
    let open = OpenOptions::new().write(true).open(file).expect("open");
    open.write_all_at(&[0xa5; 200], length / 2).expect("write");
}

/// The offsets that can be fetched from the start, following the batches as a consumer does; each with a sound CRC.
fn readable(case: &mut Case, topic: &str) -> Vec<i64> {
    let (mut found, end) = (Vec::new(), list(case, topic, -1).1);
    let mut next = 0;
    while next < end {
        let data = fetch(case, &fetch_request(topic, next));
        assert_eq!(data.error_code, ErrorCode::NONE, "{topic} at {next}");
        let bytes: Bytes = data
            .records
            .expect("records")
            .to_bytes()
            .expect("bytes in memory");
        let before = next;
        for batch in batches(&bytes) {
            let batch = batch.expect("a batch");
            batch.verify_crc().expect("a sound batch");
            found.push(batch.base_offset());
            next = batch.next_offset();
        }
        assert!(next > before, "{topic}: nothing at {next} of {end}");
    }
    found
}

fn damaged_segment_is_named(clean: bool) {
    let Some(mut case) = own_files("damage", Setup::default()) else {
        return;
    };
    let topics = [fill(&mut case), fill(&mut case), fill(&mut case)];
    if clean {
        assert!(case.server().stop().expect("SIGTERM").success());
    } else {
        case.server().kill().expect("kill");
    }
    let data = case.server().data();
    let segments = segments(&data, &topics[1]);
    assert_eq!(segments.len(), 3, "{segments:?}");
    damage(&segments[1]);
    // Without its indexes nothing but the file itself tells what is in it.
    fs::remove_file(segments[1].with_extension("index")).expect("remove");
    case.server().spawn().expect("it starts");
    case.wire = case.connect();
    let all: Vec<i64> = (0..BATCHES).collect();
    for topic in [&topics[0], &topics[2]] {
        assert_eq!(readable(&mut case, topic), all, "the other topics");
    }
    let left = readable(&mut case, &topics[1]);
    let (start, behind) = (PER_SEGMENT, 2 * PER_SEGMENT);
    for offset in (0..start).chain(behind..BATCHES) {
        assert!(left.contains(&offset), "{offset} is sound: {left:?}");
    }
    assert!(left.len() < all.len(), "it was not damaged: {left:?}");
    assert!(left.contains(&start), "the sound part of the segment");
    let (log, name) = (case.server().log(), segments[1].display().to_string());
    let named = log
        .lines()
        .any(|line| line.contains("damaged") && line.contains(&name));
    assert!(named, "the log does not name {name}:\n{log}");
    let value = "y".repeat(VALUE);
    let records = batch(BatchBuilder::new(Compression::None), &[(now(), &value)]);
    let answer = case.produce(&topics[1], records);
    assert_eq!(
        (answer.error_code, answer.base_offset),
        (ErrorCode::NONE, BATCHES),
        "the log goes on behind it"
    );
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_damaged_segment_is_named_after_a_clean_stop() {
    damaged_segment_is_named(true);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_damaged_segment_is_named_after_a_crash() {
    damaged_segment_is_named(false);
}

/// Sound indexes say where everything is, so that a start after a clean stop need not read the segments.
#[test]
#[ignore = "needs a server: cargo xtask test"]
fn damage_behind_sound_indexes_is_named_when_it_is_read() {
    let Some(mut case) = own_files("damage behind indexes", Setup::default()) else {
        return;
    };
    let topic = fill(&mut case);
    assert!(case.server().stop().expect("SIGTERM").success());
    let data = case.server().data();
    // The middle of ten batches is where the sixth begins.
    damage(&segments(&data, &topic)[1]);
    case.server().spawn().expect("it starts");
    case.wire = case.connect();
    let damaged = PER_SEGMENT + PER_SEGMENT / 2;
    let answer = fetch(&mut case, &fetch_request(&topic, damaged));
    assert_eq!(answer.error_code, ErrorCode::KAFKA_STORAGE_ERROR);
    let log = case.server().log();
    let named = log
        .lines()
        .any(|line| line.contains("damaged") && line.contains(&format!("{topic}-0")));
    assert!(named, "the log does not name the partition:\n{log}");
    let sound = (0..BATCHES).filter(|offset| *offset != damaged);
    // A fetch that ends behind the damage, and one that would end within it.
    for (offset, bytes) in
        sound.flat_map(|offset| [(offset, 1 << 20), (offset, VALUE as i32 * 3 / 2)])
    {
        let mut request = fetch_request(&topic, offset);
        request.topics[0].partitions[0].partition_max_bytes = bytes;
        let answer = fetch(&mut case, &request);
        assert_eq!(
            answer.error_code,
            ErrorCode::NONE,
            "{offset}, {bytes} bytes"
        );
        let bytes = answer.records.expect("records").to_bytes().expect("bytes");
        let first = batches(&bytes)
            .next()
            .expect("a batch")
            .expect("a sound one");
        first.verify_crc().expect("a sound batch");
        assert_eq!(first.base_offset(), offset);
    }
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn files_that_are_nonsense_harm_no_other_partition() {
    let Some(mut case) = own_files("nonsense", Setup::default()) else {
        return;
    };
    let (sound, damaged) = (fill(&mut case), fill(&mut case));
    assert!(case.server().stop().expect("SIGTERM").success());
    let data = case.server().data();
    let dir = data.join(format!("{damaged}-0"));
    for entry in fs::read_dir(&dir).expect("the partition") {
        fs::write(entry.expect("an entry").path(), "nonsense").expect("write");
    }
    for checkpoint in [
        "recovery-point-offset-checkpoint",
        "log-start-offset-checkpoint",
    ] {
        fs::write(data.join(checkpoint), "nonsense").expect("write");
    }
    case.server().spawn().expect("it starts");
    case.wire = case.connect();
    assert_eq!(readable(&mut case, &sound).len() as i64, BATCHES);
    let log = case.server().log();
    assert!(
        log.contains(&format!("{damaged}-0")),
        "the log does not name the partition:\n{log}"
    );
    let name = unique("new");
    assert_eq!(
        list(&mut case, &name, -1).0,
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
    );
    let fresh = case.topic(&[]);
    assert_eq!(readable(&mut case, &fresh), Vec::<i64>::new());
}
