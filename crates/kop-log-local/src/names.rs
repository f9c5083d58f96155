//! The names of Kafka's files and directories.

use std::path::{Path, PathBuf};

use kop_codec::Uuid;

pub(crate) const LOG: &str = "log";
pub(crate) const OFFSET_INDEX: &str = "index";
pub(crate) const TIME_INDEX: &str = "timeindex";
pub(crate) const TXN_INDEX: &str = "txnindex";
pub(crate) const SNAPSHOT: &str = "snapshot";
pub(crate) const LEADER_EPOCHS: &str = "leader-epoch-checkpoint";
pub(crate) const PARTITION_METADATA: &str = "partition.metadata";
pub(crate) const META_PROPERTIES: &str = "meta.properties";
pub(crate) const CLEAN_SHUTDOWN: &str = ".kafka_cleanshutdown";
pub(crate) const RECOVERY_POINTS: &str = "recovery-point-offset-checkpoint";
pub(crate) const LOG_STARTS: &str = "log-start-offset-checkpoint";
/// The first offsets that were not compacted yet.
pub(crate) const CLEANED: &str = "cleaner-offset-checkpoint";
/// Goes with the mark of a clean stop.
pub(crate) const CLEAN_STATE: &str = "clean-partitions";
pub(crate) const LOCK: &str = ".lock";
/// Where the catalog keeps topics and settings.
pub(crate) const METADATA_TOPIC: &str = "__kop_metadata";
/// Kafka's own metadata log, which is a Raft log and no topic.
pub(crate) const KRAFT_TOPIC: &str = "__cluster_metadata";

/// Logs in the data directory that are no topics: their names are taken.
pub(crate) fn is_reserved(topic: &str) -> bool {
    [METADATA_TOPIC, KRAFT_TOPIC].contains(&topic)
}

/// `00000000000000000042.log`
pub(crate) fn segment_file(dir: &Path, base_offset: i64, extension: &str) -> PathBuf {
    dir.join(format!("{base_offset:020}.{extension}"))
}

/// Base offset and extension of a file of a segment.
pub(crate) fn parse_segment_file(name: &str) -> Option<(i64, &str)> {
    let (digits, extension) = name.split_once('.')?;
    let plain = digits.len() == 20 && digits.bytes().all(|b| b.is_ascii_digit());
    plain
        .then(|| digits.parse().ok())
        .flatten()
        .map(|offset| (offset, extension))
}

/// Base offset and extension of a file of a segment whose name goes on with `suffix`.
pub(crate) fn parse_suffixed<'a>(name: &'a str, suffix: &str) -> Option<(i64, &'a str)> {
    parse_segment_file(name.strip_suffix(suffix)?)
}

/// `topic-0`
pub(crate) fn partition_dir(root: &Path, topic: &str, partition: i32) -> PathBuf {
    root.join(format!("{topic}-{partition}"))
}

/// Topic and partition of a directory's name.
pub(crate) fn parse_partition_dir(name: &str) -> Option<(&str, i32)> {
    let (topic, partition) = name.rsplit_once('-')?;
    let plain = !topic.is_empty() && partition.bytes().all(|b| b.is_ascii_digit());
    plain
        .then(|| partition.parse().ok())
        .flatten()
        .map(|partition| (topic, partition))
}

/// `topic-0.<id>-delete`: renamed first, so that the name is free at once, then removed.
pub(crate) fn deleted_dir(root: &Path, topic: &str, partition: i32, id: Uuid) -> PathBuf {
    aside(root, topic, partition, id, "delete")
}

/// `topic-0.<id>-stray`: kept for whoever misses it.
pub(crate) fn stray_dir(root: &Path, topic: &str, partition: i32, id: Uuid) -> PathBuf {
    aside(root, topic, partition, id, "stray")
}

fn aside(root: &Path, topic: &str, partition: i32, id: Uuid, why: &str) -> PathBuf {
    // Kafka cuts the topic's name where the result would exceed the 255 bytes of a file name.
    let suffix = format!("-{partition}.{id}-{why}");
    let topic = &topic[..topic.len().min(255 - suffix.len())];
    root.join(format!("{topic}{suffix}"))
}

/// Is about to be removed, or was never finished.
pub(crate) fn is_leftover(name: &str) -> bool {
    ["-delete", ".deleted", ".cleaned", ".swap", ".tmp"]
        .iter()
        .any(|suffix| name.ends_with(suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_back() {
        let path = segment_file(Path::new("/x"), 42, LOG);
        assert_eq!(path, Path::new("/x/00000000000000000042.log"));
        assert_eq!(
            parse_segment_file("00000000000000000042.log"),
            Some((42, "log"))
        );
        assert_eq!(parse_segment_file("99999999999999999999.log"), None);
        assert_eq!(parse_segment_file("+0000000000000000042.log"), None);
        assert_eq!(parse_segment_file("42.log"), None);
        assert_eq!(parse_partition_dir("a-b-7"), Some(("a-b", 7)));
        assert_eq!(parse_partition_dir("a-b"), None);
        assert_eq!(parse_partition_dir("-1"), None);
        assert_eq!(parse_partition_dir("a-99999999999"), None);
    }

    #[test]
    fn a_deleted_directory_fits_a_file_name() {
        let long = "t".repeat(249);
        let dir = deleted_dir(Path::new("/"), &long, 123, Uuid::default());
        assert!(dir.file_name().unwrap().len() <= 255);
        assert!(is_leftover(dir.file_name().unwrap().to_str().unwrap()));
    }
}
