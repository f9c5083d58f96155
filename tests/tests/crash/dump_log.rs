//! Kafka's own `kafka-dump-log` over the files of a partition.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A record as dump-log prints it; neither key nor payload for a marker of a transaction.
#[derive(Debug)]
pub(super) struct Dumped {
    pub(super) offset: i64,
    pub(super) key: Option<String>,
    pub(super) payload: Option<String>,
    pub(super) marker: bool,
}

/// The command that runs dump-log: `KOP_KAFKA_TOOL`, words separated by spaces, and the tool's name.
pub(super) fn command() -> Option<Vec<String>> {
    let command = env::var("KOP_KAFKA_TOOL").ok()?;
    let words = command.split(' ').chain(["dump-log"]);
    Some(words.map(str::to_owned).collect())
}

/// Dumps all segments of a partition with their indexes and snapshots: no complaint. Returns the records in the order
/// of the segments. It is up to the caller whether offsets may be missing: dump-log complains of that at the start of
/// every segment but the first.
pub(super) fn records(command: &[String], dir: &Path) -> Vec<Dumped> {
    let mut files: Vec<String> = fs::read_dir(dir)
        .expect("the partition's directory")
        .map(|entry| entry.expect("an entry").path().display().to_string())
        .filter(|path| {
            [".log", ".index", ".timeindex", ".txnindex", ".snapshot"]
                .iter()
                .any(|end| path.ends_with(end))
        })
        .collect();
    // By base offset, the log before its indexes.
    files.sort_by_key(|path| {
        (
            path.split('.').next().map(str::to_owned),
            !path.ends_with(".log"),
        )
    });
    assert!(
        files.len() >= 6,
        "the load should fill several segments: {files:?}"
    );
    let said = dump(command, &files);
    let complaints = [
        "isvalid: false",
        "mismatch",
        "out of order",
        "not found",
        "could not",
        "exception",
        "trailing bytes",
        "corrupt",
    ];
    let lines = || said.lines();
    for line in lines().filter(|line| !line.starts_with("| offset: ")) {
        let lower = line.to_lowercase();
        let complaint = complaints.iter().find(|what| lower.contains(**what));
        // What it is about comes behind it.
        let all = || lines().skip_while(|other| *other != line).take(20);
        assert!(
            complaint.is_none(),
            "dump-log on {}:\n{}",
            dir.display(),
            all().collect::<Vec<_>>().join("\n")
        );
    }
    let lines = lines().filter(|line| line.starts_with("| offset: "));
    let records: Vec<_> = lines.map(parse).collect();
    assert!(!records.is_empty(), "dump-log found no record:\n{said}");
    eprintln!(
        "dump-log agrees: {} files, {} records in {}",
        files.len(),
        records.len(),
        dir.display()
    );
    records
}

fn parse(line: &str) -> Dumped {
    let (head, payload) = match line.split_once(" payload: ") {
        Some((head, payload)) => (head, Some(payload.to_owned())),
        None => (line, None),
    };
    let key = head.split_once(" key: ").map(|(_, key)| key.to_owned());
    Dumped {
        offset: head
            .split(' ')
            .nth(2)
            .and_then(|offset| offset.parse().ok())
            .expect("an offset"),
        marker: head.contains(" endTxnMarker: "),
        key,
        payload,
    }
}

fn dump(command: &[String], files: &[String]) -> String {
    let output = Command::new(&command[0])
        .args(&command[1..])
        .args([
            "--deep-iteration",
            "--print-data-log",
            "--files",
            &files.join(","),
        ])
        .output()
        .expect("dump-log runs");
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        output.status.success(),
        "dump-log: {}\n{said}",
        output.status
    );
    said
}
