//! A disk without room: appends fail, reads go on, and it recovers by itself.
//!
//! A limit on the size of files stands in for the disk: a write goes as far as there is room, then fails. The limit
//! holds for a whole process, so that the test runs in one of its own.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::process::Command;

use common::*;
use kop_log::{LogCatalog, LogError};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

const CHILD: &str = "KOP_TEST_FULL_DISK";
const ROOM: u64 = 100_000;

#[test]
fn appends_fail_while_there_is_no_room() {
    // The signal that comes with the limit must be ignored, which a child inherits.
    let child = Command::new("sh")
        .args([
            "-c",
            r#"trap "" XFSZ; exec "$0" --exact in_a_process_of_its_own --nocapture"#,
        ])
        .arg(std::env::current_exe().unwrap())
        .env(CHILD, "1")
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&child.stdout);
    assert!(
        child.status.success() && output.contains("recovered"),
        "{output}\n{}",
        String::from_utf8_lossy(&child.stderr)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_process_of_its_own() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (catalog, log) = single(dir.path(), &[("index.interval.bytes", "100")]).await;
    let maximum = getrlimit(Resource::Fsize).maximum;
    setrlimit(
        Resource::Fsize,
        Rlimit {
            current: Some(ROOM),
            maximum,
        },
    )
    .unwrap();
    let mut written = 0;
    let error = loop {
        match log.append(records(3, now_ms(), 900)).await {
            Ok(appended) => written = appended.last_offset + 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, LogError::Storage { .. }), "{error}");
    assert!(catalog.log_dirs()[0].failed);
    assert!(written > 50);
    let file = dir.path().join("t-0/00000000000000000000.log");
    assert_eq!(
        std::fs::metadata(&file).unwrap().len(),
        log.size_bytes(),
        "what was written in part is taken back"
    );
    for _ in 0..3 {
        log.append(records(3, now_ms(), 900)).await.unwrap_err();
        assert_eq!(
            offsets_from(&log, 0).await,
            (0..written).collect::<Vec<_>>()
        );
    }
    catalog
        .metadata()
        .put("small", Some("still fits".into()))
        .await
        .unwrap();
    setrlimit(
        Resource::Fsize,
        Rlimit {
            current: None,
            maximum,
        },
    )
    .unwrap();
    assert_eq!(
        append(&log, records(3, now_ms(), 900)).await.base_offset,
        written
    );
    assert!(!catalog.log_dirs()[0].failed);
    drop((log, catalog));
    let catalog = open(dir.path()).await;
    let log = catalog.partition("t", 0).unwrap();
    assert_eq!(
        offsets_from(&log, 0).await,
        (0..written + 3).collect::<Vec<_>>()
    );
    println!("recovered");
}
