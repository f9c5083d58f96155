//! The server is lost at each write of a transaction, one after the other, just before it is done and just after: of the
//! record of the id, of the partitions, of data and offsets, of the decision, of each marker, of the end. The next server
//! brings all of it to one outcome, on every partition and for the offsets.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kop_codec::ErrorCode;
use kop_log::{LogCatalog, MemoryCatalog};
use kop_log_conformance::trouble::troubled;
use kop_log_local::LocalCatalog;
use tokio::time::sleep;

use crate::slow::{Crash, Slow};
use crate::transactions_driver::{Server, create_topics, try_write};

const PARTITIONS: i32 = 3;
const OFFSET: i64 = 7;
/// Longer than a transaction may be open, and what the server needs to see that.
const TIMED_OUT: Duration = Duration::from_secs(75);

/// What a client knows of its transaction.
#[derive(Debug, Default)]
struct Client {
    /// The partitions that it was told to have written to.
    written: Vec<i32>,
    offset_written: bool,
    /// It has asked for the end, and has been told that this is decided.
    asked: bool,
    told: bool,
}

impl Client {
    /// A transaction, up to the first call that fails.
    async fn run(&mut self, server: &Server, commit: bool) -> Result<(), ErrorCode> {
        let producer = server.try_init("id").await?;
        let done = |code| {
            if code == ErrorCode::NONE {
                Ok(())
            } else {
                Err(code)
            }
        };
        for partition in 0..PARTITIONS {
            done(server.add("id", producer, partition).await)?;
            let log = server.log("topic", partition);
            let written = try_write(&*log, producer).await;
            written.map_err(|_| ErrorCode::KAFKA_STORAGE_ERROR)?;
            self.written.push(partition);
        }
        done(server.commit_offset("id", producer, OFFSET).await)?;
        self.offset_written = true;
        self.asked = true;
        server.end("id", producer, commit).await?;
        self.told = true;
        Ok(())
    }
}

/// Waits, a minute at most, until this holds.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..6_000 {
        if holds().await {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
}

/// Whether anything is open in this partition.
fn is_open(server: &Server, partition: i32) -> bool {
    let offsets = server.log("topic", partition).offsets();
    offsets.last_stable < offsets.high_watermark
}

/// A transaction on a server that is lost at this write. Returns what the client knows, and how many writes there were.
async fn life(catalog: Arc<dyn LogCatalog>, commit: bool, crash: Option<Crash>) -> (Client, usize) {
    let (slow, catalog) = troubled(catalog, Slow::default());
    slow.crash(crash);
    let server = Server::start(&catalog).await;
    let mut client = Client::default();
    let result = client.run(&server, commit).await;
    match crash {
        None => {
            assert_eq!(result, Ok(()));
            // The next one begins when all of this one is done.
            until("the end", async || server.try_init("id").await.is_ok()).await;
            (client, slow.appends() - 1)
        }
        Some(_) => {
            until("the crash", async || slow.crashed()).await;
            (client, slow.appends())
        }
    }
}

/// What the next server makes of it.
async fn aftermath(server: &Server, client: &Client, commit: bool, at: &str) -> Option<bool> {
    until(at, async || {
        !(0..PARTITIONS).any(|partition| is_open(server, partition))
    })
    .await;
    until(at, async || server.offset().await.is_ok()).await;
    let mut outcomes = Vec::new();
    for partition in &client.written {
        let aborted = server.aborted(*partition).await;
        assert!(aborted <= 1, "{at}: {aborted} aborts in {partition}");
        outcomes.push(aborted == 0);
    }
    if client.offset_written {
        outcomes.push(server.offset().await == Ok(OFFSET));
    } else {
        assert_eq!(server.offset().await, Ok(-1), "{at}");
    }
    let first = *outcomes.first()?;
    let same = outcomes.iter().all(|outcome| *outcome == first);
    assert!(same, "{at}: {outcomes:?} with {client:?}");
    if client.told {
        assert_eq!(first, commit, "{at}: {client:?}");
    }
    assert!(!first || (client.asked && commit), "{at}: {client:?}");
    Some(first)
}

/// Every write that there is, not done and done but not answered.
fn crashes(writes: usize) -> impl Iterator<Item = Crash> {
    let both = |after| [false, true].map(|written| Crash { after, written });
    (0..writes).flat_map(both)
}

async fn in_memory() -> Arc<dyn LogCatalog> {
    let catalog: Arc<dyn LogCatalog> = Arc::new(MemoryCatalog::new());
    create_topics(&*catalog).await;
    catalog
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_any_write_leaves_one_outcome() {
    for commit in [true, false] {
        let (client, writes) = life(in_memory().await, commit, None).await;
        assert!(client.told);
        // The id; each partition, and its data; the group, and its offset; the decision, four markers, and the end.
        assert!(writes >= 15, "{writes}");
        let (mut committed, mut aborted) = (0, 0);
        for crash in crashes(writes) {
            for comes_back in [true, false] {
                let at = format!("commit {commit}, {crash:?}, the client comes back: {comes_back}");
                let catalog = in_memory().await;
                let (client, _) = life(Arc::clone(&catalog), commit, Some(crash)).await;
                let server = Server::start(&catalog).await;
                if comes_back {
                    until(&at, async || server.try_init("id").await.is_ok()).await;
                } else {
                    sleep(TIMED_OUT).await;
                }
                match aftermath(&server, &client, commit, &at).await {
                    Some(true) => committed += 1,
                    Some(false) => aborted += 1,
                    None => {}
                }
            }
        }
        // Everything from the decision on is committed, everything before it is aborted.
        assert!(aborted > 0);
        assert_eq!(committed > 0, commit);
    }
}

/// A copy of the files, as a process that was killed would leave them: nobody may be writing them. A marker may begin a
/// segment, since it is that much later than the records, which replaces files.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

async fn in_files(root: &Path) -> Arc<dyn LogCatalog> {
    Arc::new(LocalCatalog::open(root, BTreeMap::new()).await.unwrap())
}

#[tokio::test]
async fn a_crash_at_any_write_leaves_one_outcome_in_the_files() {
    let dir = tempfile::tempdir().unwrap();
    let empty = dir.path().join("empty");
    create_topics(&*in_files(&empty).await).await;
    let new = |name: &str| {
        let root = dir.path().join(name);
        copy(&empty, &root);
        root
    };
    let (_, writes) = life(in_files(&new("whole")).await, true, None).await;
    for (number, crash) in crashes(writes).enumerate() {
        let root = new(&format!("{number}"));
        let (client, _) = life(in_files(&root).await, true, Some(crash)).await;
        let left = dir.path().join(format!("{number}-left"));
        copy(&root, &left);
        let catalog = in_files(&left).await;
        let server = Server::start(&catalog).await;
        let at = format!("{crash:?}");
        until(&at, async || server.try_init("id").await.is_ok()).await;
        aftermath(&server, &client, true, &at).await;
    }
}
