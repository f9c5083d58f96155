//! What a data directory holds beside the partitions: lock, identity, checkpoints, the mark of a clean shutdown.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use kop_codec::{ByteString, Uuid};
use kop_log::random_id;
use rustix::fs::{FlockOperation, fcntl_lock, flock};

use crate::OpenError;
use crate::names;
use crate::segment::remove_if_there;

/// Offsets by partition, as Kafka's checkpoint files hold them.
pub(crate) type Checkpoint = HashMap<(ByteString, i32), i64>;

/// Holds the lock of a directory as long as it lives.
#[derive(Debug)]
pub(crate) struct DirLock {
    _file: File,
}

impl DirLock {
    pub(crate) fn take(root: &Path) -> Result<Self, OpenError> {
        let path = root.join(names::LOCK);
        let failed = |source| OpenError::Io {
            path: path.clone(),
            source,
        };
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        // Two locks: this one also holds against ourselves, the other is the one that a Kafka broker takes.
        let ours = flock(&file, FlockOperation::NonBlockingLockExclusive);
        let kafkas =
            ours.and_then(|()| fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive));
        match kafkas {
            Ok(()) => Ok(Self { _file: file }),
            Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::ACCESS) => {
                Err(OpenError::InUse {
                    path: root.to_owned(),
                })
            }
            Err(error) => Err(failed(error.into())),
        }
    }
}

/// Was the directory closed in order? The mark is removed, so that it speaks for one shutdown only.
pub(crate) fn take_clean_mark(root: &Path) -> io::Result<bool> {
    match fs::remove_file(root.join(names::CLEAN_SHUTDOWN)) {
        Ok(()) => sync_dir(root).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

pub(crate) fn leave_clean_mark(root: &Path) -> io::Result<()> {
    replace_file(
        &root.join(names::CLEAN_SHUTDOWN),
        br#"{"version":0,"brokerEpoch":-1}"#,
        true,
    )
}

/// The cluster's id from `meta.properties`, which is made when it is missing.
pub(crate) fn cluster_id(root: &Path) -> io::Result<String> {
    let path = root.join(names::META_PROPERTIES);
    match fs::read_to_string(&path) {
        Ok(text) => {
            property(&text, "cluster.id").ok_or_else(|| invalid(&path, "it has no cluster.id"))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let (cluster, directory) = (random_id(), random_id());
            let text = format!(
                "#\ncluster.id={cluster}\ndirectory.id={directory}\nnode.id=0\nversion=1\n"
            );
            replace_file(&path, text.as_bytes(), true)?;
            Ok(cluster.to_string())
        }
        Err(error) => Err(error),
    }
}

/// The topic id from `partition.metadata`; `None` where the file is missing, as before Kafka 2.8.
pub(crate) fn read_partition_metadata(dir: &Path) -> io::Result<Option<Uuid>> {
    let path = dir.join(names::PARTITION_METADATA);
    match fs::read_to_string(&path) {
        Ok(text) => {
            let id = text.lines().find_map(|line| line.strip_prefix("topic_id:"));
            let id = id
                .and_then(|id| id.trim().parse().ok())
                .filter(|id| *id != Uuid::default());
            id.map(Some)
                .ok_or_else(|| invalid(&path, "it has no topic_id"))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

pub(crate) fn write_partition_metadata(dir: &Path, id: Uuid) -> io::Result<()> {
    replace_file(
        &dir.join(names::PARTITION_METADATA),
        format!("version: 0\ntopic_id: {id}").as_bytes(),
        false,
    )
}

/// Reads a checkpoint; a missing one is empty.
pub(crate) fn read_checkpoint(path: &Path) -> io::Result<Checkpoint> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Checkpoint::new()),
        text => text?,
    };
    let mut lines = text.lines();
    if lines.next() != Some("0") {
        return Err(invalid(path, "its version is not 0"));
    }
    let count: usize = lines
        .next()
        .and_then(|line| line.parse().ok())
        .ok_or_else(|| invalid(path, "it has no count"))?;
    let entries: Option<Checkpoint> = lines.map(parse_entry).collect();
    entries
        .filter(|entries| entries.len() == count)
        .ok_or_else(|| invalid(path, "its entries are damaged"))
}

pub(crate) fn write_checkpoint(path: &Path, entries: &[(ByteString, i32, i64)]) -> io::Result<()> {
    let mut text = format!("0\n{}\n", entries.len()).into_bytes();
    for (topic, partition, offset) in entries {
        writeln!(text, "{topic} {partition} {offset}")?;
    }
    replace_file(path, &text, true)
}

fn parse_entry(line: &str) -> Option<((ByteString, i32), i64)> {
    let mut words = line.split_ascii_whitespace();
    let topic = ByteString::from(words.next()?);
    let partition = words.next()?.parse().ok()?;
    let offset = words.next()?.parse().ok()?;
    words
        .next()
        .is_none()
        .then_some(((topic, partition), offset))
}

/// Replaces a file as a whole: a reader, or a start after a crash, finds the old content or the new one. With `sync`
/// that holds for a crash of the machine too, and the new content is durable afterwards.
pub(crate) fn replace_file(path: &Path, content: &[u8], sync: bool) -> io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".tmp");
    let temporary = PathBuf::from(temporary);
    let written = File::create(&temporary).and_then(|mut file| {
        file.write_all(content)?;
        if sync { file.sync_all() } else { Ok(()) }
    });
    if let Err(error) = written.and_then(|()| fs::rename(&temporary, path)) {
        // The first fault is the one to tell.
        remove_if_there(&temporary).ok();
        return Err(error);
    }
    match path.parent() {
        Some(parent) if sync => sync_dir(parent),
        _ => Ok(()),
    }
}

pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Makes everything on the file system durable that `dir` is on.
#[cfg(target_os = "linux")]
pub(crate) fn sync_file_system(dir: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(dir)?)?)
}

/// Makes everything durable that is in `dir`; other systems have no call for a file system as a whole.
#[cfg(not(target_os = "linux"))]
pub(crate) fn sync_file_system(dir: &Path) -> io::Result<()> {
    sync_tree(dir)
}

#[cfg(any(test, not(target_os = "linux")))]
fn sync_tree(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_tree(&entry.path())?;
        } else {
            File::open(entry.path())?.sync_all()?;
        }
    }
    sync_dir(dir)
}

fn property(text: &str, key: &str) -> Option<String> {
    let values = text.lines().filter_map(|line| line.split_once('='));
    values
        .filter(|(k, _)| k.trim() == key)
        .map(|(_, v)| v.trim().to_owned())
        .find(|v| !v.is_empty())
}

fn invalid(path: &Path, what: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("{}: {what}", path.display()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_lock_is_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let lock = DirLock::take(dir.path()).unwrap();
        let error = DirLock::take(dir.path()).unwrap_err();
        assert!(
            error.to_string().contains(dir.path().to_str().unwrap()),
            "{error}"
        );
        drop(lock);
        DirLock::take(dir.path()).unwrap();
    }

    #[test]
    fn file_by_file_is_durable_too() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("t-0")).unwrap();
        fs::write(dir.path().join("t-0/log"), "x").unwrap();
        sync_tree(dir.path()).unwrap();
        sync_file_system(dir.path()).unwrap();
        assert!(sync_tree(&dir.path().join("t-1")).is_err());
    }

    #[test]
    fn checkpoints_are_kafkas_text() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c");
        assert!(read_checkpoint(&path).unwrap().is_empty());
        write_checkpoint(&path, &[("a".into(), 0, 7), ("b.c".into(), 12, 8)]).unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "0\n2\na 0 7\nb.c 12 8\n"
        );
        assert_eq!(read_checkpoint(&path).unwrap()[&("b.c".into(), 12)], 8);
        for bad in [
            "",
            "1\n0\n",
            "0\n2\na 0 7\n",
            "0\n1\na 0\n",
            "0\n1\na 0 7 9\n",
        ] {
            fs::write(&path, bad).unwrap();
            assert!(read_checkpoint(&path).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn identity_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let id = cluster_id(dir.path()).unwrap();
        assert_eq!(id.len(), 22);
        assert_eq!(cluster_id(dir.path()).unwrap(), id);
        fs::write(
            dir.path().join(names::META_PROPERTIES),
            "# Kafka's\ncluster.id = MkU3OEVBNTcwNTJENDM2Qk\nnode.id=1\n",
        )
        .unwrap();
        assert_eq!(cluster_id(dir.path()).unwrap(), "MkU3OEVBNTcwNTJENDM2Qk");
        let topic = random_id();
        write_partition_metadata(dir.path(), topic).unwrap();
        assert_eq!(read_partition_metadata(dir.path()).unwrap(), Some(topic));
        assert!(!take_clean_mark(dir.path()).unwrap());
        leave_clean_mark(dir.path()).unwrap();
        assert!(take_clean_mark(dir.path()).unwrap());
        assert!(!take_clean_mark(dir.path()).unwrap());
    }
}
