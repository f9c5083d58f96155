use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let dir = seed_dir(target);
    let files = fs::read_dir(&dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let mut paths: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{target} has no seeds");
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

fn seed_dir(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/seeds")
        .join(target)
}

/// Runs a target over its seeds, and over what becomes of them by a few changes.
fn smoke(target: &str, run: fn(&[u8])) {
    let seeds = seeds(target);
    seeds.iter().for_each(|seed| run(seed));
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8);
    let input = (
        prop::sample::select(seeds),
        changes,
        any::<Option<prop::sample::Index>>(),
        prop::collection::vec(any::<u8>(), 0..30),
    );
    let config = ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let outcome = runner.run(&input, |(mut data, changes, cut, more)| {
        for (at, byte) in changes {
            let at = at.index(data.len().max(1));
            data.get_mut(at).into_iter().for_each(|old| *old = byte);
        }
        if let Some(cut) = cut {
            data.truncate(cut.index(data.len() + 1));
        }
        data.extend(more);
        run(&data);
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn partitions() {
    smoke("local_segment", segment);
}

#[test]
fn indexes() {
    smoke("local_index", index);
}

#[test]
fn text_files() {
    smoke("local_checkpoints", checkpoints);
}

#[test]
fn metadata_logs() {
    smoke("local_metadata", metadata);
}

#[test]
#[ignore = "writes the seeds anew"]
fn write_seeds() {
    let scratch = Scratch::new();
    let log = open(&scratch.0, true).unwrap();
    for _ in 0..6 {
        append(&log).unwrap();
    }
    log.close().unwrap();
    let dir = scratch.0.join("t-0");
    let write = |target: &str, name: &str, contents: &[u8]| {
        fs::create_dir_all(seed_dir(target)).unwrap();
        fs::write(seed_dir(target).join(name), contents).unwrap();
    };
    let mut all = Vec::new();
    for (kind, name) in FILES.iter().enumerate() {
        if let Ok(contents) = fs::read(dir.join(name)) {
            all.push(kind as u8);
            all.extend((contents.len() as u16).to_be_bytes());
            all.extend(contents);
        }
    }
    write("local_segment", "partition", &all);
    let batches = fs::read(dir.join(FILES[0])).unwrap();
    let mut two = vec![0];
    two.extend((batches.len() as u16 / 2).to_be_bytes());
    two.extend(&batches[..batches.len() / 2]);
    two.push(6);
    two.extend((batches.len() as u16 / 2).to_be_bytes());
    two.extend(&batches[batches.len() / 2..]);
    write("local_segment", "two-segments", &two);
    let mut late = vec![8];
    let mut last = batches[..batches.len() / 6].to_vec();
    last[..8].copy_from_slice(&(i64::MAX - 1).to_be_bytes());
    late.extend((last.len() as u16).to_be_bytes());
    late.extend(last);
    write("local_segment", "last-offset", &late);
    // An entry of the time index that lies behind the end of the log, and is not the latest.
    let mut later = batches.clone();
    later[batches.len() / 6 * 2 + 36] = 1;
    let mut ahead = vec![0];
    ahead.extend((later.len() as u16).to_be_bytes());
    ahead.extend(later);
    ahead.extend([1, 0, 0, 2, 0, 12]);
    ahead.extend(1_700_000_000_000_i64.to_be_bytes());
    ahead.extend((1_i32 << 24).to_be_bytes());
    write("local_segment", "time-index-ahead", &ahead);
    write("local_metadata", "log", &batches);
    let record =
        br#"{"id":"AQEBAQEBAQEBAQEBAQEBAQ","partitions":3,"overrides":{"retention.ms":"5"}}"#;
    write("local_metadata", "topic", record);
    let mut offsets = 10_i64.to_be_bytes().to_vec();
    let mut times = offsets.clone();
    for n in 1..20_u32 {
        offsets.extend((n * 5).to_be_bytes());
        offsets.extend((n * 4096).to_be_bytes());
        times.extend((1_700_000_000_000 + i64::from(n)).to_be_bytes());
        times.extend((n * 5).to_be_bytes());
    }
    write("local_index", "offsets", &offsets);
    write("local_index", "times", &times);
    write("local_checkpoints", "offsets", b"0\n2\na 0 7\nb.c 12 8\n");
    let id = b"version: 0\ntopic_id: AQEBAQEBAQEBAQEBAQEBAQ";
    write("local_checkpoints", "partition", id);
    let meta = b"#\ncluster.id=AQEBAQEBAQEBAQEBAQEBAQ\nnode.id=0\nversion=1\n";
    write("local_checkpoints", "meta", meta);
}
