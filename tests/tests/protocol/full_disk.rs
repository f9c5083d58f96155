//! No room on the disk: produce fails, reads go on, and produce works again when there is room; all in one process.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use kop_codec::ErrorCode;
use kop_records::{BatchBuilder, Compression};
use kop_tests::server::Setup;

use super::offsets::{fetch, fetch_request, list};
use super::produce::{idempotent, producer_id};
use super::{Case, batch, now, own_files};

fn produce(case: &mut Case, topic: &str) -> (ErrorCode, i64) {
    let value = "x".repeat(500_000);
    let answer = case.produce(
        topic,
        batch(BatchBuilder::new(Compression::None), &[(now(), &value)]),
    );
    (answer.error_code, answer.base_offset)
}

fn assert_readable(case: &mut Case, topic: &str, records: i64) {
    for offset in 0..records {
        let data = fetch(case, &fetch_request(topic, offset));
        assert_eq!(
            (data.error_code, data.high_watermark),
            (ErrorCode::NONE, records)
        );
        assert!(data.records.is_some_and(|records| records.len() > 500_000));
    }
}

/// Produces while `fill` leaves no room, and again after `free`.
fn fail_and_recover(mut case: Case, fill: impl Fn(&mut Case), free: impl Fn(&mut Case)) {
    let case = &mut case;
    let (topic, other) = (case.topic(&[]), case.topic(&[]));
    let producer = producer_id(case);
    assert_eq!(produce(case, &topic), (ErrorCode::NONE, 0));
    assert_eq!(produce(case, &topic), (ErrorCode::NONE, 1));
    assert_eq!(
        case.produce(&other, idempotent(producer, 0, 5)).error_code,
        ErrorCode::NONE
    );
    for round in 0..2 {
        fill(case);
        let stored = 2 + round;
        for _ in 0..3 {
            assert_eq!(
                produce(case, &topic).0,
                ErrorCode::KAFKA_STORAGE_ERROR,
                "round {round}"
            );
            assert_readable(case, &topic, stored);
        }
        assert_eq!(list(case, &topic, -1).1, stored, "what failed is not there");
        free(case);
        assert_eq!(
            produce(case, &topic),
            (ErrorCode::NONE, stored),
            "round {round}"
        );
        assert_readable(case, &topic, stored + 1);
    }
    let next = case.produce(&other, idempotent(producer, 5, 5));
    assert_eq!((next.error_code, next.base_offset), (ErrorCode::NONE, 5));
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_full_file_system() {
    // The file system is there for the server only, and goes with it.
    let unshare = ["unshare", "--map-root-user", "--mount"];
    let possible = Command::new(unshare[0])
        .args(&unshare[1..])
        .args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"])
        .stderr(Stdio::null())
        .status();
    if !possible.is_ok_and(|status| status.success()) {
        // Not a missing tool: some machines do not let a user mount anything. The test below runs everywhere.
        return eprintln!("skipped: full file system: this user cannot mount one");
    }
    let dir = tempfile::tempdir().expect("a directory");
    let mount = "mount -t tmpfs -o size=16m tmpfs \"$0\" && exec \"$@\"";
    let own_dir = dir.path().display().to_string();
    let shell = ["sh", "-c", mount, &own_dir];
    let launcher = unshare.iter().chain(&shell);
    let setup = Setup {
        data: Some(dir.path().join("data")),
        launcher: launcher.map(ToString::to_string).collect(),
        ..Setup::default()
    };
    let Some(case) = own_files("full file system", setup) else {
        return;
    };
    let ballast = |case: &mut Case| {
        let seen = PathBuf::from(format!("/proc/{}/root{own_dir}", case.server().pid()));
        seen.join("ballast")
    };
    let fill = |case: &mut Case| {
        // Until nothing more fits.
        let full = fs::write(ballast(case), vec![1; 32 << 20]).expect_err("16 MiB");
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    };
    let free = |case: &mut Case| fs::remove_file(ballast(case)).expect("remove");
    fail_and_recover(case, fill, free);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_limit_on_the_size_of_files() {
    // Over the limit the kernel sends a signal first; ignored, the write fails.
    let launcher = ["sh", "-c", "trap '' XFSZ && exec \"$@\"", "sh"];
    let setup = Setup {
        launcher: launcher.map(str::to_owned).to_vec(),
        ..Setup::default()
    };
    let Some(case) = own_files("file size limit", setup) else {
        return;
    };
    let limit = |case: &mut Case, limit: &str| {
        let pid = case.server().pid().to_string();
        let fsize = format!("--fsize={limit}:unlimited");
        let status = Command::new("prlimit")
            .args(["--pid", &pid, &fsize])
            .status()
            .expect("prlimit");
        assert!(status.success(), "{status}");
    };
    fail_and_recover(
        case,
        |case| limit(case, "100000"),
        |case| limit(case, "unlimited"),
    );
}
