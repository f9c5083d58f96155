//! Settings of topics: the table, the typed result, and where each value comes from.

use std::collections::BTreeMap;

use kop_records::{Compression, Origin, ProduceRules, TargetCompression, TimestampType};

use crate::LogError;

mod describe;
mod keys;
mod value;

pub use describe::{Effective, Source, Synonym, describe};
pub use keys::{BROKER_KEYS, BrokerKey, ConfigKey, Effect, KEYS, broker_names, key};
pub use value::{ConfigType, Kind};

use value::{Value, unknown};

/// The settings of a topic, typed. Times are in milliseconds, sizes in bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicConfig {
    /// `cleanup.policy` has `compact`: records without a key are refused, and superseded ones go.
    pub compacted: bool,
    /// `compression.type` with its level.
    pub compression: TargetCompression,
    /// `delete.retention.ms`: how long compaction leaves tombstones and markers of transactions.
    pub delete_retention_ms: i64,
    /// `file.delete.delay.ms`.
    pub file_delete_delay_ms: i64,
    /// `flush.messages`: records after which the log is flushed.
    pub flush_messages: i64,
    /// `flush.ms`: age of unflushed records at which the log is flushed.
    pub flush_ms: i64,
    /// `index.interval.bytes`.
    pub index_interval_bytes: usize,
    /// `max.compaction.lag.ms`: age at which a record must be compacted, however little is dirty.
    pub max_compaction_lag_ms: i64,
    /// `max.message.bytes`.
    pub max_message_bytes: usize,
    /// `message.timestamp.after.max.ms`.
    pub timestamp_after_max_ms: i64,
    /// `message.timestamp.before.max.ms`.
    pub timestamp_before_max_ms: i64,
    /// `message.timestamp.type`.
    pub timestamp_type: TimestampType,
    /// `min.cleanable.dirty.ratio`: share of the log, from 0 to 1, that has to be dirty before it is compacted.
    pub min_cleanable_dirty_ratio: f64,
    /// `min.compaction.lag.ms`: age before which a record is not compacted.
    pub min_compaction_lag_ms: i64,
    /// `min.insync.replicas`.
    pub min_insync_replicas: i32,
    /// The server's `producer.id.expiration.ms`.
    pub producer_id_expiration_ms: i64,
    /// `retention.bytes`; `None` for no limit, and where `cleanup.policy` has no `delete`.
    pub retention_bytes: Option<u64>,
    /// `retention.ms`; `None` for no limit, and where `cleanup.policy` has no `delete`.
    pub retention_ms: Option<i64>,
    /// `segment.bytes`.
    pub segment_bytes: usize,
    /// `segment.index.bytes`.
    pub segment_index_bytes: usize,
    /// `segment.jitter.ms`.
    pub segment_jitter_ms: i64,
    /// `segment.ms`.
    pub segment_ms: i64,
}

impl TopicConfig {
    /// The settings of a topic. `defaults` has names of server-wide settings ([`broker_names`]), `overrides`
    /// names of topic settings ([`KEYS`]).
    ///
    /// # Errors
    /// [`LogError::InvalidConfig`] for a name that does not exist or a value that it does not take, on either side.
    pub fn resolve(
        defaults: &BTreeMap<String, String>,
        overrides: &BTreeMap<String, String>,
    ) -> Result<Self, LogError> {
        let values = Values::read(defaults, overrides)?;
        Ok(Self::build(&values))
    }

    /// The rules for what clients write to such a topic at `now_ms`, in milliseconds since 1970: those of the newest version
    /// of Produce, without a limit to what records expand to.
    pub fn produce_rules(&self, now_ms: i64) -> ProduceRules {
        ProduceRules {
            max_message_bytes: self.max_message_bytes,
            timestamp_type: self.timestamp_type,
            before_max_ms: self.timestamp_before_max_ms,
            after_max_ms: self.timestamp_after_max_ms,
            compression: self.compression,
            require_keys: self.compacted,
            origin: Origin::Client,
            ..ProduceRules::of_coordinator(now_ms)
        }
    }

    /// How old a segment gets before a new one begins: `segment.ms`, or `max.compaction.lag.ms` if the topic is compacted
    /// and that is less, since a segment that is being written cannot be compacted; less a part of `segment.jitter.ms` that depends on
    /// `seed` alone (for instance the segment's base offset and partition), so that it needs not be stored.
    pub fn roll_after_ms(&self, seed: u64) -> i64 {
        let age = match self.compacted {
            true => self.segment_ms.min(self.max_compaction_lag_ms),
            false => self.segment_ms,
        };
        let jitter = self.segment_jitter_ms.min(self.segment_ms);
        if jitter <= 0 {
            return age;
        }
        // SplitMix64's finaliser: neighbouring seeds give unrelated results.
        let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        age - ((mixed >> 1) as i64 % jitter)
    }

    fn build(values: &Values) -> Self {
        let policy = values.text("cleanup.policy");
        let deleted = policy.contains("delete");
        let limit = |name: &str| values.number(name).filter(|&limit| limit >= 0 && deleted);
        let size = |name: &str| usize::try_from(values.long(name)).unwrap_or(usize::MAX);
        Self {
            compacted: policy.contains("compact"),
            compression: values.compression(),
            delete_retention_ms: values.long("delete.retention.ms"),
            file_delete_delay_ms: values.long("file.delete.delay.ms"),
            flush_messages: values.long("flush.messages"),
            flush_ms: values.long("flush.ms"),
            index_interval_bytes: size("index.interval.bytes"),
            max_compaction_lag_ms: values.long("max.compaction.lag.ms"),
            max_message_bytes: size("max.message.bytes"),
            timestamp_after_max_ms: values.long("message.timestamp.after.max.ms"),
            timestamp_before_max_ms: values.long("message.timestamp.before.max.ms"),
            timestamp_type: match values.text("message.timestamp.type") {
                "LogAppendTime" => TimestampType::LogAppendTime,
                _ => TimestampType::CreateTime,
            },
            min_cleanable_dirty_ratio: values.ratio("min.cleanable.dirty.ratio"),
            min_compaction_lag_ms: values.long("min.compaction.lag.ms"),
            min_insync_replicas: i32::try_from(values.long("min.insync.replicas"))
                .unwrap_or(i32::MAX),
            producer_id_expiration_ms: values.long("producer.id.expiration.ms"),
            retention_bytes: limit("retention.bytes").and_then(|limit| u64::try_from(limit).ok()),
            retention_ms: limit("retention.ms"),
            segment_bytes: match values.number("internal.segment.bytes") {
                Some(_) => size("internal.segment.bytes"),
                None => size("segment.bytes"),
            },
            segment_index_bytes: size("segment.index.bytes"),
            segment_jitter_ms: values.long("segment.jitter.ms"),
            segment_ms: values.long("segment.ms"),
        }
    }
}

impl Default for TopicConfig {
    /// Kafka's defaults.
    fn default() -> Self {
        Self::resolve(&BTreeMap::new(), &BTreeMap::new())
            .expect("invariant: Kafka's defaults are valid")
    }
}

/// All values by the names of the topic settings, checked.
struct Values(BTreeMap<&'static str, Value>);

impl Values {
    fn read(
        defaults: &BTreeMap<String, String>,
        overrides: &BTreeMap<String, String>,
    ) -> Result<Self, LogError> {
        if let Some(name) = overrides.keys().find(|name| key(name).is_none()) {
            return Err(unknown(name, KEYS.iter().map(|key| key.name)));
        }
        if let Some(name) = defaults
            .keys()
            .find(|name| !broker_names().any(|known| known == *name))
        {
            return Err(unknown(name, broker_names()));
        }
        let mut values = BTreeMap::new();
        for key in KEYS.iter().chain(BROKER_KEYS) {
            // Every default is checked, also where an override hides it: a bad one must not lie in wait.
            let mut chosen = None;
            for broker in key.broker.iter().rev() {
                if let Some(text) = defaults.get(broker.name) {
                    chosen = Some(parse(key, broker.name, text, broker.unit)?);
                }
            }
            if let Some(text) = overrides.get(key.name) {
                chosen = Some(parse(key, key.name, text, 1)?);
            }
            if chosen.is_none() && !key.default.is_empty() {
                chosen = Some(parse(key, key.name, key.default, 1)?);
            }
            values.extend(chosen.map(|value| (key.name, value)));
        }
        let values = Self(values);
        values.check_compaction_lag()?;
        Ok(values)
    }

    fn number(&self, name: &str) -> Option<i64> {
        match self.0.get(name) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    fn long(&self, name: &str) -> i64 {
        self.number(name)
            .expect("invariant: numbers with a default have a value")
    }

    fn ratio(&self, name: &str) -> f64 {
        match self.0.get(name) {
            Some(Value::Ratio(ratio)) => *ratio,
            _ => 1.0,
        }
    }

    fn text(&self, name: &str) -> &str {
        match self.0.get(name) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    fn compression(&self) -> TargetCompression {
        let (codec, level) = match self.text("compression.type") {
            "uncompressed" => (Compression::None, None),
            "gzip" => (
                Compression::Gzip,
                self.number("compression.gzip.level")
                    .filter(|&level| level != -1),
            ),
            "snappy" => (Compression::Snappy, None),
            "lz4" => (Compression::Lz4, None),
            "zstd" => (Compression::Zstd, self.number("compression.zstd.level")),
            _ => return TargetCompression::Producer,
        };
        TargetCompression::Codec {
            codec,
            level: level.and_then(|level| i32::try_from(level).ok()),
        }
    }

    fn check_compaction_lag(&self) -> Result<(), LogError> {
        let (min, max) = (
            self.long("min.compaction.lag.ms"),
            self.long("max.compaction.lag.ms"),
        );
        if min <= max {
            return Ok(());
        }
        let reason = format!("{min} is more than max.compaction.lag.ms, which is {max}");
        Err(LogError::InvalidConfig {
            key: "min.compaction.lag.ms".to_owned(),
            reason,
        })
    }
}

fn parse(key: &ConfigKey, name: &str, text: &str, unit: i64) -> Result<Value, LogError> {
    key.kind
        .parse(text, unit)
        .map_err(|reason| LogError::InvalidConfig {
            key: name.to_owned(),
            reason,
        })
}

#[cfg(test)]
mod tests;
