//! Kafka's settings of a topic as Pulsar's policies and properties, and back.
//!
//! `retention.ms` and `retention.bytes` are the topic's retention, `max.message.bytes` its largest message. All settings
//! are kept as properties too, exactly as they were given; where a policy says something else, somebody has changed it
//! since, and the policy counts.

use std::collections::BTreeMap;

use kop_codec::Uuid;
use kop_entry::EntryFormat;
use kop_log::TopicConfig;
use kop_pulsar_client::Retention;

/// Properties of a topic in Pulsar.
pub(crate) type Properties = BTreeMap<String, String>;

/// The property that holds a topic's id, as the original writes it.
pub(crate) const ID: &str = "kafkaTopicUUID";
/// The property that holds a topic's own entry format, as the original reads it.
pub(crate) const ENTRY_FORMAT: &str = "kafkaEntryFormat";
/// In front of the name of a setting of Kafka's.
const SETTING: &str = "kafka.config.";

const MINUTE_MS: i64 = 60_000;
const MEBIBYTE: i64 = 1 << 20;

/// Policies of a topic as far as Kafka has settings for them. `None`: the topic has none of its own.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Policies {
    pub(crate) retention: Option<Retention>,
    pub(crate) max_message_size: Option<u64>,
}

/// The policies that a topic with these settings has to have. The size of messages is left to the broker's limit unless
/// the topic has one of its own.
pub(crate) fn policies(config: &TopicConfig, overrides: &BTreeMap<String, String>) -> Policies {
    let own_size = overrides.contains_key("max.message.bytes");
    Policies {
        retention: Some(retention(config)),
        max_message_size: own_size.then(|| message_size(config)),
    }
}

/// What a topic whose settings name a largest message has as its policy, in bytes.
pub(super) fn own_message_size(
    config: &TopicConfig,
    overrides: &BTreeMap<String, String>,
) -> Option<usize> {
    let own = policies(config, overrides).max_message_size?;
    usize::try_from(own).ok()
}

/// What a topic with these settings has as its retention. Pulsar counts in minutes and mebibytes, and knows no 0 beside a
/// limit: what Kafka deletes at once stays a minute. Where both are 0 it has none.
pub(super) fn retention(config: &TopicConfig) -> Retention {
    if has_none(config) {
        return Retention::NONE;
    }
    let up = |value: i64, unit: i64| value / unit + i64::from(value % unit > 0);
    let bytes = config
        .retention_bytes
        .map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
    // Pulsar keeps both numbers as 32 bits.
    let number = |value: i64| value.clamp(1, i64::from(i32::MAX));
    Retention {
        minutes: config
            .retention_ms
            .map_or(-1, |millis| number(up(millis, MINUTE_MS))),
        mebibytes: bytes.map_or(-1, |bytes| number(up(bytes, MEBIBYTE))),
    }
}

fn has_none(config: &TopicConfig) -> bool {
    (config.retention_ms, config.retention_bytes) == (Some(0), Some(0))
}

/// The settings of a topic as its logs apply them. Without retention Pulsar keeps what a subscription has not acknowledged,
/// and deletes the rest by itself: there is no age or size by which a log could tell them apart.
pub(super) fn of_logs(config: TopicConfig) -> TopicConfig {
    if !has_none(&config) {
        return config;
    }
    TopicConfig {
        retention_ms: None,
        retention_bytes: None,
        ..config
    }
}

/// Whether all that has to be kept is kept. Below 0 is for ever.
pub(super) fn covers(kept: Retention, wanted: Retention) -> bool {
    let enough = |kept: i64, wanted: i64| kept < 0 || (wanted >= 0 && kept >= wanted);
    enough(kept.minutes, wanted.minutes) && enough(kept.mebibytes, wanted.mebibytes)
}

fn message_size(config: &TopicConfig) -> u64 {
    let most = i32::MAX.unsigned_abs().into();
    u64::try_from(config.max_message_bytes).map_or(most, |size| size.min(most))
}

/// Whether settings say how long or how much is kept.
pub(crate) fn sets_retention(overrides: &BTreeMap<String, String>) -> bool {
    let mut settings = ["retention.ms", "retention.bytes"].into_iter();
    settings.any(|setting| overrides.contains_key(setting))
}

/// Lets what the policies say count over `overrides`, whose result is `config`.
pub(crate) fn follow(
    policies: Policies,
    config: &TopicConfig,
    overrides: &mut BTreeMap<String, String>,
) {
    // Either is enough for none.
    let found = policies.retention.map(|found| match found.keeps() {
        true => found,
        false => Retention::NONE,
    });
    if let Some(found) = found.filter(|found| *found != retention(config)) {
        let text = |value: i64, unit: i64| match value {
            ..0 => "-1".to_owned(),
            value => value.saturating_mul(unit).to_string(),
        };
        overrides.insert("retention.ms".to_owned(), text(found.minutes, MINUTE_MS));
        overrides.insert(
            "retention.bytes".to_owned(),
            text(found.mebibytes, MEBIBYTE),
        );
    }
    // 0 is Pulsar's word for no limit of the topic's own.
    let size = policies.max_message_size.filter(|size| *size > 0);
    if let Some(size) = size.filter(|size| *size != message_size(config)) {
        let size = size.min(i32::MAX.unsigned_abs().into());
        overrides.insert("max.message.bytes".to_owned(), size.to_string());
    }
}

/// The properties that hold settings.
pub(crate) fn to_properties(overrides: &BTreeMap<String, String>) -> Properties {
    overrides
        .iter()
        .map(|(name, value)| (property(name), value.clone()))
        .collect()
}

/// The property that holds a setting.
pub(crate) fn property(setting: &str) -> String {
    format!("{SETTING}{setting}")
}

/// The settings among properties.
pub(crate) fn settings(properties: &Properties) -> BTreeMap<String, String> {
    let settings = properties
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(SETTING)?.to_owned(), value.clone())));
    settings.collect()
}

/// The id among properties: the original writes it as Java prints one, in hexadecimal with hyphens.
pub(crate) fn topic_id(properties: &Properties) -> Option<Uuid> {
    let hex: String = properties.get(ID)?.split('-').collect();
    if hex.len() != 32 || !hex.is_ascii() {
        return None;
    }
    let number = u128::from_str_radix(&hex, 16).ok()?;
    let id = Uuid::from_bytes(number.to_be_bytes());
    (!id.is_zero()).then_some(id)
}

/// An id as Java prints one.
pub(crate) fn print_id(id: Uuid) -> String {
    let hex = format!("{:032x}", u128::from_be_bytes(*id.as_bytes()));
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    parts.join("-")
}

/// The topic's own entry format among properties. One that cannot be read is told to the operator and passed over.
pub(crate) fn entry_format(topic: &str, properties: &Properties) -> Option<EntryFormat> {
    let written = properties.get(ENTRY_FORMAT)?;
    let format = written.parse().ok();
    if format.is_none() {
        tracing::warn!(topic, %written, "property {ENTRY_FORMAT} is no entry format: the server's is used");
    }
    format
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn resolve(overrides: &BTreeMap<String, String>) -> TopicConfig {
        TopicConfig::resolve(&BTreeMap::new(), overrides).unwrap()
    }

    #[test]
    fn retention_is_rounded_up() {
        for (ms, bytes, minutes, mebibytes) in [
            ("604800000", "-1", 10_080, -1),
            ("-1", "-1", -1, -1),
            ("1", "1", 1, 1),
            ("60001", "1048577", 2, 2),
            ("0", "-1", 1, -1),
            ("-1", "0", -1, 1),
            ("0", "0", 0, 0),
            (
                "9223372036854775807",
                "9223372036854775807",
                i32::MAX.into(),
                i32::MAX.into(),
            ),
        ] {
            let overrides = map(&[("retention.ms", ms), ("retention.bytes", bytes)]);
            let expected = Retention { minutes, mebibytes };
            assert_eq!(retention(&resolve(&overrides)), expected, "{ms} {bytes}");
        }
    }

    #[test]
    fn what_is_kept_for_ever_covers_everything() {
        let retention = |minutes, mebibytes| Retention { minutes, mebibytes };
        for (kept, wanted, enough) in [
            ((-1, -1), (-1, -1), true),
            ((-1, -1), (5, 7), true),
            ((5, -1), (5, -1), true),
            ((5, -1), (6, -1), false),
            ((5, -1), (-1, -1), false),
            ((5, 7), (5, -1), false),
            ((5, 7), (4, 7), true),
        ] {
            let (kept, wanted) = (retention(kept.0, kept.1), retention(wanted.0, wanted.1));
            assert_eq!(covers(kept, wanted), enough, "{kept:?} {wanted:?}");
        }
    }

    #[test]
    fn what_was_changed_in_pulsar_counts() {
        let mut overrides = map(&[("retention.ms", "61000")]);
        let config = resolve(&overrides);
        let same = policies(&config, &overrides);
        follow(same, &config, &mut overrides);
        assert_eq!(
            overrides,
            map(&[("retention.ms", "61000")]),
            "the finer value stays"
        );
        let changed = Policies {
            retention: Some(Retention {
                minutes: 5,
                mebibytes: -1,
            }),
            max_message_size: Some(1000),
        };
        follow(changed, &config, &mut overrides);
        let expected = [
            ("max.message.bytes", "1000"),
            ("retention.bytes", "-1"),
            ("retention.ms", "300000"),
        ];
        assert_eq!(overrides, map(&expected));
    }

    #[test]
    fn without_retention_pulsar_alone_deletes() {
        let mut overrides = BTreeMap::new();
        for minutes in [0, 10] {
            let found = Policies {
                retention: Some(Retention {
                    minutes,
                    mebibytes: 0,
                }),
                max_message_size: None,
            };
            let config = resolve(&overrides);
            follow(found, &config, &mut overrides);
            let expected = map(&[("retention.bytes", "0"), ("retention.ms", "0")]);
            assert_eq!(overrides, expected, "{minutes}");
        }
        let config = resolve(&overrides);
        assert_eq!(retention(&config), Retention::NONE);
        let of_logs = of_logs(config);
        assert_eq!(
            (of_logs.retention_ms, of_logs.retention_bytes),
            (None, None)
        );
    }

    proptest! {
        #[test]
        fn ids_are_printed_as_java_does(bytes in any::<[u8; 16]>()) {
            prop_assume!(bytes != [0; 16]);
            let id = Uuid::from_bytes(bytes);
            prop_assert_eq!(topic_id(&map(&[(ID, &print_id(id))])), Some(id));
        }

        #[test]
        fn any_property_is_an_id_or_none(text in "[0-9a-f+-]{0,40}|\\PC{0,40}") {
            topic_id(&map(&[(ID, &text)]));
        }

        #[test]
        fn settings_come_back(overrides in proptest::collection::btree_map("[a-z.]{1,20}", "[ -~]{0,20}", 0..5)) {
            let mut properties = to_properties(&overrides);
            properties.insert(ID.to_owned(), "x".to_owned());
            prop_assert_eq!(settings(&properties), overrides);
        }
    }

    #[test]
    fn ids_look_like_javas() {
        let id = topic_id(&map(&[(ID, "123e4567-e89b-12d3-a456-426614174000")])).unwrap();
        assert_eq!(print_id(id), "123e4567-e89b-12d3-a456-426614174000");
        assert_eq!(
            topic_id(&map(&[(ID, "00000000-0000-0000-0000-000000000000")])),
            None
        );
    }
}
