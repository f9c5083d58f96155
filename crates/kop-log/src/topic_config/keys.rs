//! The one table of topic settings.

use super::value::Kind;

/// A setting that a topic can have.
#[derive(Clone, Copy, Debug)]
pub struct ConfigKey {
    /// Kafka's name for the topic setting.
    pub name: &'static str,
    /// The server-wide settings that give its default, the first that is set wins.
    pub broker: &'static [BrokerKey],
    /// Its type and the values that it takes.
    pub kind: Kind,
    /// Kafka's default.
    pub default: &'static str,
    /// Whether it changes anything here.
    pub effect: Effect,
    /// What it does, in one sentence.
    pub doc: &'static str,
}

/// A server-wide setting that gives the default of a topic setting.
#[derive(Clone, Copy, Debug)]
pub struct BrokerKey {
    /// Kafka's name.
    pub name: &'static str,
    /// What its value is multiplied by: 1, or the milliseconds of a minute or an hour.
    pub unit: i64,
}

/// Whether a setting changes anything here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effect {
    /// It does what Kafka's documentation says.
    Full,
    /// Kept and shown. With one broker it has no effect in Kafka either.
    Stored,
    /// It can be given, but has the one value shown; any other is refused.
    Fixed,
    /// As [`Effect::Full`], but meant for tests: not listed, as in Kafka.
    Hidden,
}

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;
const INT_MAX: i64 = i32::MAX as i64;
const LONG_MAX: &str = "9223372036854775807";

const fn int(min: i64) -> Kind {
    Kind::Int {
        min,
        max: INT_MAX,
        or: None,
    }
}

const fn long(min: i64) -> Kind {
    Kind::Long { min }
}

const fn ms(name: &'static str) -> BrokerKey {
    BrokerKey { name, unit: 1 }
}

const fn hours(name: &'static str) -> BrokerKey {
    BrokerKey {
        name,
        unit: HOUR_MS,
    }
}

macro_rules! keys {
    ($($effect:ident $name:literal [$($broker:expr),*] $kind:expr, $default:expr, $doc:literal;)*) => {
        &[$(ConfigKey {
            name: $name,
            broker: &[$($broker),*],
            kind: $kind,
            default: $default,
            effect: Effect::$effect,
            doc: $doc,
        }),*]
    };
}

/// All topic settings, by name.
pub const KEYS: &[ConfigKey] = keys! {
    Full "cleanup.policy" [ms("log.cleanup.policy")] Kind::CleanupPolicy, "delete",
        "What happens to old records: 'delete' drops whole segments by age and size, 'compact' keeps the last one of each key. In a Pulsar cluster 'compact' alone keeps all: nothing is compacted there yet.";
    Full "compression.gzip.level" [ms("compression.gzip.level")]
        Kind::Int { min: 1, max: 9, or: Some(-1) }, "-1",
        "Level for compression.type=gzip, 1 to 9, or -1 for the codec's own.";
    Fixed "compression.lz4.level" [ms("compression.lz4.level")]
        Kind::Only { value: "9", kind: &int(1), reason: "lz4 has one speed here" }, "9",
        "Level for compression.type=lz4. There is one way to compress lz4 here, so that it cannot be changed.";
    Full "compression.type" [ms("compression.type")]
        Kind::OneOf(&["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"]), "producer",
        "Codec in which batches are stored; 'producer' keeps what the producer chose.";
    Full "compression.zstd.level" [ms("compression.zstd.level")]
        Kind::Int { min: -131_072, max: 22, or: None }, "3",
        "Level for compression.type=zstd.";
    Full "delete.retention.ms" [ms("log.cleaner.delete.retention.ms")] long(0), "86400000",
        "How long tombstones and markers of transactions stay in a compacted topic after compaction has met them.";
    Full "file.delete.delay.ms" [ms("log.segment.delete.delay.ms")] long(0), "60000",
        "How long the files of a deleted segment stay on disk.";
    Full "flush.messages" [ms("log.flush.interval.messages")] long(1), LONG_MAX,
        "Records after which the log is forced to disk; with 1, every append waits for the disk.";
    Full "flush.ms" [ms("log.flush.interval.ms"), ms("log.flush.scheduler.interval.ms")] long(0), LONG_MAX,
        "Milliseconds after which appended records are forced to disk.";
    Stored "follower.replication.throttled.replicas" [] Kind::ThrottledReplicas, "",
        "Replicas whose replication is throttled as followers. Without effect with one broker.";
    Full "index.interval.bytes" [ms("log.index.interval.bytes")] int(0), "4096",
        "Bytes of records per entry of the offset index.";
    Hidden "internal.segment.bytes" [] int(1), "",
        "Overrides segment.bytes with a size below its minimum. For tests.";
    Stored "leader.replication.throttled.replicas" [] Kind::ThrottledReplicas, "",
        "Replicas whose replication is throttled as leaders. Without effect with one broker.";
    Stored "local.retention.bytes" [ms("log.local.retention.bytes")] long(-2), "-2",
        "Bytes kept locally by a topic with remote storage. Without effect, since there is no remote storage.";
    Stored "local.retention.ms" [ms("log.local.retention.ms")] long(-2), "-2",
        "Time kept locally by a topic with remote storage. Without effect, since there is no remote storage.";
    Full "max.compaction.lag.ms" [ms("log.cleaner.max.compaction.lag.ms")] long(1), LONG_MAX,
        "Age at which a record must be compacted, in milliseconds, however little of the log is dirty.";
    Full "max.message.bytes" [ms("message.max.bytes")] int(0), "1048588",
        "Largest record batch that is accepted, in bytes, after compression.";
    Full "message.timestamp.after.max.ms" [ms("log.message.timestamp.after.max.ms")] long(0), "3600000",
        "How far a record's timestamp may lie in the future under CreateTime.";
    Full "message.timestamp.before.max.ms" [ms("log.message.timestamp.before.max.ms")] long(0), LONG_MAX,
        "How far a record's timestamp may lie in the past under CreateTime.";
    Full "message.timestamp.type" [ms("log.message.timestamp.type")]
        Kind::OneOf(&["CreateTime", "LogAppendTime"]), "CreateTime",
        "Whether a record's timestamp is the producer's or the time of the append.";
    Full "min.cleanable.dirty.ratio" [ms("log.cleaner.min.cleanable.ratio")]
        Kind::Ratio, "0.5",
        "Share of the log, from 0 to 1, that has to be dirty before it is compacted.";
    Full "min.compaction.lag.ms" [ms("log.cleaner.min.compaction.lag.ms")] long(0), "0",
        "Age before which a record is not compacted, in milliseconds.";
    Stored "min.insync.replicas" [ms("min.insync.replicas")] int(1), "1",
        "Replicas that must have a record under acks=all. Without effect with one broker.";
    Fixed "preallocate" [ms("log.preallocate")]
        Kind::Only { value: "false", kind: &Kind::Boolean, reason: "segments are never preallocated" }, "false",
        "Whether a new segment's file gets its full size at once. It never does here.";
    Fixed "remote.log.copy.disable" []
        Kind::Only { value: "false", kind: &Kind::Boolean, reason: "there is no remote storage" }, "false",
        "Whether a topic with remote storage copies nothing more to it. There is no remote storage.";
    Fixed "remote.log.delete.on.disable" []
        Kind::Only { value: "false", kind: &Kind::Boolean, reason: "there is no remote storage" }, "false",
        "Whether remote data goes when remote storage is disabled. There is no remote storage.";
    Fixed "remote.storage.enable" []
        Kind::Only { value: "false", kind: &Kind::Boolean, reason: "there is no remote storage" }, "false",
        "Whether old segments move to remote storage. There is no remote storage.";
    Full "retention.bytes" [ms("log.retention.bytes")] long(i64::MIN), "-1",
        "Bytes of a partition after which its oldest segments are deleted, -1 for no limit.";
    Full "retention.ms" [
            ms("log.retention.ms"),
            BrokerKey { name: "log.retention.minutes", unit: MINUTE_MS },
            hours("log.retention.hours")
        ] long(-1), "604800000",
        "Age after which segments are deleted, in milliseconds, -1 for no limit.";
    Full "segment.bytes" [ms("log.segment.bytes")] int(1_048_576), "1073741824",
        "Size of a segment's file.";
    Full "segment.index.bytes" [ms("log.index.size.max.bytes")] int(4), "10485760",
        "Size of a segment's index after which a new segment begins.";
    Full "segment.jitter.ms" [ms("log.roll.jitter.ms"), hours("log.roll.jitter.hours")] long(0), "0",
        "Random time by which a segment may be closed before segment.ms, so that not all are at once.";
    Full "segment.ms" [ms("log.roll.ms"), hours("log.roll.hours")] long(1), "604800000",
        "Age after which a new segment begins even if the last is not full.";
    Stored "unclean.leader.election.enable" [ms("unclean.leader.election.enable")] Kind::Boolean, "false",
        "Whether a replica that lags may become leader. Without effect with one broker.";
};

/// Server-wide settings of the log that a topic cannot override.
pub const BROKER_KEYS: &[ConfigKey] = keys! {
    Full "producer.id.expiration.ms" [ms("producer.id.expiration.ms")] int(1), "86400000",
        "How long an idle producer's sequence numbers are remembered.";
};

/// The topic setting of this name.
pub fn key(name: &str) -> Option<&'static ConfigKey> {
    KEYS.iter().find(|key| key.name == name)
}

/// Names of all server-wide settings that [`TopicConfig::resolve`](super::TopicConfig::resolve) takes as defaults.
pub fn broker_names() -> impl Iterator<Item = &'static str> {
    KEYS.iter()
        .chain(BROKER_KEYS)
        .flat_map(|key| key.broker)
        .map(|broker| broker.name)
}
