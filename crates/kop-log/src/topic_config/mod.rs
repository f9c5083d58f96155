//! Settings of topics: the table, the typed result, and where each value comes from.

use std::collections::BTreeMap;

use kop_records::{Compression, TargetCompression, TimestampType};

use crate::{LogError, is_internal_topic};

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
    /// `compression.type` with its level.
    pub compression: TargetCompression,
    /// `file.delete.delay.ms`.
    pub file_delete_delay_ms: i64,
    /// `flush.messages`: records after which the log is flushed.
    pub flush_messages: i64,
    /// `flush.ms`: age of unflushed records at which the log is flushed.
    pub flush_ms: i64,
    /// `index.interval.bytes`.
    pub index_interval_bytes: usize,
    /// `max.message.bytes`.
    pub max_message_bytes: usize,
    /// `message.timestamp.after.max.ms`.
    pub timestamp_after_max_ms: i64,
    /// `message.timestamp.before.max.ms`.
    pub timestamp_before_max_ms: i64,
    /// `message.timestamp.type`.
    pub timestamp_type: TimestampType,
    /// `min.insync.replicas`.
    pub min_insync_replicas: i32,
    /// The server's `producer.id.expiration.ms`.
    pub producer_id_expiration_ms: i64,
    /// `retention.bytes`; `None` for no limit.
    pub retention_bytes: Option<u64>,
    /// `retention.ms`; `None` for no limit.
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
    /// The settings of a client's topic. `defaults` has names of server-wide settings ([`broker_names`]), `overrides`
    /// names of topic settings ([`KEYS`]).
    ///
    /// # Errors
    /// [`LogError::InvalidConfig`] for a name that does not exist or a value that it does not take, on either side.
    pub fn resolve(
        defaults: &BTreeMap<String, String>,
        overrides: &BTreeMap<String, String>,
    ) -> Result<Self, LogError> {
        Self::build(defaults, overrides, false)
    }

    /// As [`resolve`](Self::resolve), but an internal topic may have `cleanup.policy=compact`. Since nothing compacts
    /// yet, it then keeps everything.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve).
    pub fn resolve_for(
        topic: &str,
        defaults: &BTreeMap<String, String>,
        overrides: &BTreeMap<String, String>,
    ) -> Result<Self, LogError> {
        Self::build(defaults, overrides, is_internal_topic(topic))
    }

    /// How old a segment gets before a new one begins: `segment.ms` less a part of `segment.jitter.ms` that depends on
    /// `seed` alone (for instance the segment's base offset and partition), so that it needs not be stored.
    pub fn roll_after_ms(&self, seed: u64) -> i64 {
        let jitter = self.segment_jitter_ms.min(self.segment_ms);
        if jitter <= 0 {
            return self.segment_ms;
        }
        // SplitMix64's finaliser: neighbouring seeds give unrelated results.
        let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        self.segment_ms - ((mixed >> 1) as i64 % jitter)
    }

    fn build(
        defaults: &BTreeMap<String, String>,
        overrides: &BTreeMap<String, String>,
        internal: bool,
    ) -> Result<Self, LogError> {
        let values = Values::read(defaults, overrides, internal)?;
        let compacted = values.text("cleanup.policy").contains("compact");
        let limit = |name: &str| {
            values
                .number(name)
                .filter(|&limit| limit >= 0 && !compacted)
        };
        let size = |name: &str| usize::try_from(values.long(name)).unwrap_or(usize::MAX);
        Ok(Self {
            compression: values.compression(),
            file_delete_delay_ms: values.long("file.delete.delay.ms"),
            flush_messages: values.long("flush.messages"),
            flush_ms: values.long("flush.ms"),
            index_interval_bytes: size("index.interval.bytes"),
            max_message_bytes: size("max.message.bytes"),
            timestamp_after_max_ms: values.long("message.timestamp.after.max.ms"),
            timestamp_before_max_ms: values.long("message.timestamp.before.max.ms"),
            timestamp_type: match values.text("message.timestamp.type") {
                "LogAppendTime" => TimestampType::LogAppendTime,
                _ => TimestampType::CreateTime,
            },
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
        })
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
        internal: bool,
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
                    chosen = Some(parse(key, broker.name, text, broker.unit, internal)?);
                }
            }
            if let Some(text) = overrides.get(key.name) {
                chosen = Some(parse(key, key.name, text, 1, internal)?);
            }
            if chosen.is_none() && !key.default.is_empty() {
                chosen = Some(parse(key, key.name, key.default, 1, internal)?);
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

fn parse(
    key: &ConfigKey,
    name: &str,
    text: &str,
    unit: i64,
    internal: bool,
) -> Result<Value, LogError> {
    key.kind
        .parse(text, unit, internal)
        .map_err(|reason| LogError::InvalidConfig {
            key: name.to_owned(),
            reason,
        })
}

#[cfg(test)]
mod tests;
