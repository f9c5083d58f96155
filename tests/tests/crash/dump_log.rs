//! Kafka's own `kafka-dump-log` over the files of a topic.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::TOPIC;

/// The command that runs dump-log: `KOP_DUMP_LOG`, words separated by spaces.
pub(super) fn command() -> Option<Vec<String>> {
    let words: Vec<String> = env::var("KOP_DUMP_LOG")
        .ok()?
        .split(' ')
        .map(str::to_owned)
        .collect();
    (!words.is_empty()).then_some(words)
}

/// Dumps the segments and indexes of both partitions: no complaint, consecutive offsets, the payloads as expected.
pub(super) fn check(command: &[String], data: &Path, payload: impl Fn(usize, usize) -> String) {
    for partition in 0..2 {
        let dir = data.join(format!("{TOPIC}-{partition}"));
        let mut files: Vec<String> = fs::read_dir(&dir)
            .expect("the partition's directory")
            .map(|entry| entry.expect("an entry").path().display().to_string())
            .filter(|path| {
                [".log", ".index", ".timeindex"]
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
        for complaint in [
            "isvalid: false",
            "Mismatches",
            "non-consecutive",
            "Could not",
            "Exception",
            "trailing bytes",
        ] {
            assert!(
                !said.contains(complaint),
                "dump-log on {}:\n{said}",
                dir.display()
            );
        }
        let mut next = 0;
        for line in said.lines().filter(|line| line.starts_with("| offset: ")) {
            let words: Vec<&str> = line.split(' ').collect();
            assert_eq!(words[2].parse(), Ok(next), "{line}");
            assert_eq!(
                words.last(),
                Some(&payload(partition, next).as_str()),
                "{line}"
            );
            next += 1;
        }
        assert!(next > 0, "dump-log found no record:\n{said}");
        eprintln!(
            "dump-log agrees: {} files, {next} records in {}",
            files.len(),
            dir.display()
        );
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
