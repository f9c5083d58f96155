use proptest::prelude::*;

use super::*;

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn with(overrides: &[(&str, &str)]) -> Result<TopicConfig, LogError> {
    TopicConfig::resolve(&BTreeMap::new(), &map(overrides))
}

fn reason(result: Result<TopicConfig, LogError>) -> String {
    result.unwrap_err().to_string()
}

/// Printed by the `LogConfig` of Apache Kafka 4.3.1: name, type, default, names of the broker.
const KAFKA: &str = include_str!("../../testdata/topic-config.tsv");

#[test]
fn table_agrees_with_kafka() {
    let ours: Vec<String> = KEYS
        .iter()
        .map(|key| {
            let broker: Vec<_> = key.broker.iter().map(|broker| broker.name).collect();
            let config_type = format!("{:?}", key.kind.config_type()).to_uppercase();
            format!(
                "{}\t{config_type}\t{}\t{}",
                key.name,
                key.default,
                broker.join(",")
            )
        })
        .collect();
    assert_eq!(ours, KAFKA.lines().collect::<Vec<_>>());
}

#[test]
fn defaults_are_kafkas() {
    let config = TopicConfig::default();
    assert_eq!(config.retention_ms, Some(7 * 24 * 3_600_000));
    assert_eq!(
        (config.retention_bytes, config.segment_bytes),
        (None, 1 << 30)
    );
    assert_eq!(config.max_message_bytes, 1_048_588);
    assert_eq!(config.compression, TargetCompression::Producer);
    assert_eq!(config.timestamp_type, TimestampType::CreateTime);
    assert_eq!(config.flush_messages, i64::MAX);
}

#[test]
fn topic_beats_server_and_milliseconds_beat_hours() {
    let defaults = map(&[
        ("log.retention.hours", "2"),
        ("log.retention.ms", "5"),
        ("message.max.bytes", "99"),
    ]);
    let server = TopicConfig::resolve(&defaults, &BTreeMap::new()).unwrap();
    assert_eq!(
        (server.retention_ms, server.max_message_bytes),
        (Some(5), 99)
    );
    let topic = TopicConfig::resolve(&defaults, &map(&[("retention.ms", "-1")])).unwrap();
    assert_eq!(topic.retention_ms, None);
    let hours =
        TopicConfig::resolve(&map(&[("log.retention.hours", "2")]), &BTreeMap::new()).unwrap();
    assert_eq!(hours.retention_ms, Some(7_200_000));
    let forever =
        TopicConfig::resolve(&map(&[("log.retention.hours", "-1")]), &BTreeMap::new()).unwrap();
    assert_eq!(forever.retention_ms, None);
}

#[test]
fn compression_has_its_level() {
    let codec = |codec, level| TargetCompression::Codec { codec, level };
    let gzip = with(&[("compression.type", "gzip")]).unwrap();
    assert_eq!(gzip.compression, codec(Compression::Gzip, None));
    let zstd = with(&[
        ("compression.type", "zstd"),
        ("compression.zstd.level", "-5"),
    ])
    .unwrap();
    assert_eq!(zstd.compression, codec(Compression::Zstd, Some(-5)));
    let none = with(&[("compression.type", "uncompressed")]).unwrap();
    assert_eq!(none.compression, codec(Compression::None, None));
}

#[test]
fn bad_values_are_refused_with_the_reason() {
    for (name, value, expected) in [
        (
            "retention.ms",
            "-2",
            "-2 is outside of -1 to 9223372036854775807",
        ),
        ("retention.ms", "1d", "\"1d\" is not an integer"),
        (
            "segment.bytes",
            "1024",
            "1024 is outside of 1048576 to 2147483647",
        ),
        (
            "max.message.bytes",
            "2147483648",
            "2147483648 is outside of 0 to 2147483647",
        ),
        (
            "compression.gzip.level",
            "0",
            "0 is outside of 1 to 9 (or -1)",
        ),
        (
            "compression.type",
            "brotli",
            "\"brotli\" is none of uncompressed, zstd, lz4, snappy, gzip, producer",
        ),
        (
            "compression.lz4.level",
            "3",
            "\"3\" is not supported, only \"9\": lz4 has one speed here",
        ),
        (
            "cleanup.policy",
            "keep",
            "\"keep\" is neither 'delete' nor 'compact'",
        ),
        (
            "min.cleanable.dirty.ratio",
            "1.5",
            "\"1.5\" is not a number from 0 to 1",
        ),
        (
            "min.cleanable.dirty.ratio",
            "NaN",
            "\"NaN\" is not a number from 0 to 1",
        ),
        (
            "preallocate",
            "true",
            "\"true\" is not supported, only \"false\": segments are never preallocated",
        ),
        (
            "unclean.leader.election.enable",
            "1",
            "\"1\" is neither 'true' nor 'false'",
        ),
        (
            "leader.replication.throttled.replicas",
            "0",
            "\"0\" is neither '*' nor a list of partition:broker",
        ),
    ] {
        assert_eq!(
            reason(with(&[(name, value)])),
            format!("{name}: {expected}")
        );
    }
    let lag = with(&[
        ("min.compaction.lag.ms", "9"),
        ("max.compaction.lag.ms", "8"),
    ]);
    assert_eq!(
        reason(lag),
        "min.compaction.lag.ms: 9 is more than max.compaction.lag.ms, which is 8"
    );
}

#[test]
fn unknown_names_get_the_nearest() {
    assert_eq!(
        reason(with(&[("retention.mss", "1")])),
        "retention.mss: there is no such setting; did you mean retention.ms?"
    );
    assert_eq!(reason(with(&[("q", "1")])), "q: there is no such setting");
    let server = TopicConfig::resolve(&map(&[("log.retentoin.ms", "1")]), &BTreeMap::new());
    assert_eq!(
        reason(server),
        "log.retentoin.ms: there is no such setting; did you mean log.retention.ms?"
    );
    let broker_only = with(&[("producer.id.expiration.ms", "1")]);
    assert!(matches!(broker_only, Err(LogError::InvalidConfig { .. })));
}

#[test]
fn a_bad_default_is_found_behind_an_override() {
    let result = TopicConfig::resolve(
        &map(&[("log.retention.ms", "x")]),
        &map(&[("retention.ms", "1")]),
    );
    assert_eq!(reason(result), "log.retention.ms: \"x\" is not an integer");
}

#[test]
fn compacted_topics_keep_everything_unless_they_delete_too() {
    let overrides = map(&[("cleanup.policy", "compact"), ("retention.ms", "5")]);
    let config = TopicConfig::resolve(&BTreeMap::new(), &overrides).unwrap();
    assert!(config.compacted);
    assert_eq!((config.retention_ms, config.retention_bytes), (None, None));
    let both = with(&[("cleanup.policy", "compact, delete"), ("retention.ms", "5")]).unwrap();
    assert!(both.compacted);
    assert_eq!(both.retention_ms, Some(5));
    assert!(!TopicConfig::default().compacted);
}

#[test]
fn tests_may_have_small_segments() {
    assert_eq!(
        with(&[("internal.segment.bytes", "100")])
            .unwrap()
            .segment_bytes,
        100
    );
    let none = BTreeMap::new();
    assert!(describe(&none, &none).all(|(key, _)| key.name != "internal.segment.bytes"));
}

#[test]
fn describe_says_where_values_come_from() {
    let defaults = map(&[("log.retention.hours", "2"), ("log.retention.minutes", "3")]);
    let overrides = map(&[("retention.ms", "7")]);
    let retention = key("retention.ms").unwrap();
    let synonym = |name, value: &str, source| Synonym {
        name,
        value: value.to_owned(),
        source,
    };
    let inherited = [
        synonym("log.retention.minutes", "3", Source::Server),
        synonym("log.retention.hours", "2", Source::Server),
        synonym("log.retention.hours", "168", Source::Default),
    ];

    let own = retention.effective(&defaults, &overrides);
    assert_eq!((own.value.as_str(), own.source), ("7", Source::Topic));
    assert_eq!(own.synonyms[0], synonym("retention.ms", "7", Source::Topic));
    assert_eq!(own.synonyms[1..], inherited);

    let server = retention.effective(&defaults, &BTreeMap::new());
    assert_eq!(
        (server.value.as_str(), server.source),
        ("180000", Source::Server)
    );
    assert_eq!(server.synonyms, inherited);

    let default = retention.effective(&BTreeMap::new(), &BTreeMap::new());
    assert_eq!(
        (default.value.as_str(), default.source),
        ("604800000", Source::Default)
    );
}

#[test]
fn jitter_only_shortens() {
    let config = with(&[("segment.ms", "1000"), ("segment.jitter.ms", "400")]).unwrap();
    let ages: std::collections::BTreeSet<_> =
        (0..100).map(|seed| config.roll_after_ms(seed)).collect();
    assert!(
        ages.len() > 50 && ages.iter().all(|age| (601..=1000).contains(age)),
        "{ages:?}"
    );
    assert_eq!(TopicConfig::default().roll_after_ms(3), 604_800_000);
}

proptest! {
    /// What was accepted is what `describe` shows, and any text is either accepted or refused, never a panic.
    #[test]
    fn any_text_is_accepted_or_refused(index in 0..KEYS.len(), text in "\\PC{0,24}|-?[0-9]{1,25}|true|delete|1:2,3:4") {
        let overrides = map(&[(KEYS[index].name, &text)]);
        if TopicConfig::resolve(&BTreeMap::new(), &overrides).is_ok() {
            prop_assert_eq!(KEYS[index].effective(&BTreeMap::new(), &overrides).value, text.trim());
        }
    }
}
