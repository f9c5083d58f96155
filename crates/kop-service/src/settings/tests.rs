//! Every key is declared soundly, and what is wrong is said clearly.

use std::collections::BTreeSet;

use super::*;

fn parse(given: &[(Source, &str, &str)]) -> Result<Settings, SettingError> {
    Settings::parse(given.iter().copied())
}

fn fault(name: &str, value: &str) -> String {
    parse(&[(Source::File, name, value)])
        .unwrap_err()
        .to_string()
}

#[test]
fn every_default_is_valid_and_every_name_is_used_once() {
    let settings = Settings::default();
    for described in settings.describe() {
        assert_eq!(described.source, Source::Default, "{}", described.name);
        assert!(
            described.doc.ends_with('.'),
            "{} has no sentence",
            described.name
        );
    }
    let mut seen = BTreeSet::new();
    for name in names() {
        // As environment variables, names differ by letters and digits only.
        let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        assert!(
            seen.insert(letters.to_ascii_lowercase()),
            "{name} is declared twice"
        );
        assert!(find(name).is_ok());
    }
}

#[test]
fn numbers_fit_into_their_rust_type_over_their_whole_range() {
    for key in keys::KEYS {
        if let Allowed::Range(min, max) = key.allowed {
            for bound in [min, max] {
                value::parse(key.config_type, key.allowed, &bound.to_string()).unwrap();
            }
        }
    }
    let largest = parse(&[
        (Source::Flag, "socket.request.max.bytes", "2147483647"),
        (
            Source::Flag,
            "connections.max.idle.ms",
            "9223372036854775807",
        ),
        (
            Source::Flag,
            "log.retention.check.interval.ms",
            "9223372036854775807",
        ),
    ]);
    let largest = largest.unwrap();
    assert_eq!(largest.get(keys::SOCKET_REQUEST_MAX_BYTES), 2_147_483_647);
    assert!(largest.get(keys::CONNECTIONS_MAX_IDLE_MS).is_some());
    assert!(largest.get(keys::LOG_RETENTION_CHECK_INTERVAL_MS).as_secs() > 0);
}

#[test]
fn a_later_source_goes_before_an_earlier_one() {
    let settings = parse(&[
        (Source::Flag, "num.partitions", "7"),
        (Source::File, "num.partitions", "3"),
        (Source::Environment, "num.partitions", "5"),
        (Source::File, "connectionMaxIdleMs", "-1"),
    ]);
    let settings = settings.unwrap();
    assert_eq!(settings.get(keys::NUM_PARTITIONS), 7);
    assert_eq!(settings.get(keys::CONNECTIONS_MAX_IDLE_MS), None);
    let described = settings.describe();
    let partitions = described
        .iter()
        .find(|described| described.name == "num.partitions")
        .unwrap();
    let synonyms: Vec<_> = partitions
        .synonyms
        .iter()
        .map(|s| (s.value.as_deref().unwrap(), s.source))
        .collect();
    assert_eq!(
        synonyms,
        [
            ("7", Source::Flag),
            ("5", Source::Environment),
            ("3", Source::File),
            ("1", Source::Default)
        ]
    );
}

#[test]
fn faults_name_the_key_and_what_would_be_right() {
    assert_eq!(
        fault("num.partition", "3"),
        "there is no key num.partition; did you mean num.partitions?"
    );
    assert_eq!(
        fault("kafkaListener", "x"),
        "there is no key kafkaListener; did you mean kafkaListeners?"
    );
    assert_eq!(fault("xyzzy", "1"), "there is no key xyzzy");
    assert_eq!(
        fault("num.partitions", "0"),
        "num.partitions=0: it must be at least 1"
    );
    assert_eq!(
        fault("logging.format", "xml"),
        "logging.format=xml: it must be one of text, json"
    );
    assert_eq!(
        fault("delete.topic.enable", "yes"),
        "delete.topic.enable=yes: it must be true or false"
    );
    assert!(fault("num.partitions", "many").contains("it must be a whole number"));
    assert!(fault("log.retention.ms", "soon").starts_with("log.retention.ms=soon: "));
    assert!(fault("log.cleanup.policy", "compact").contains("not supported yet"));
}

#[test]
fn keys_of_later_work_are_refused_by_name() {
    for (key, word) in [
        ("kafkaTransactionCoordinatorEnabled", "not yet"),
        ("saslAllowedMechanisms", "not yet"),
        ("kopSchemaRegistryEnable", "not yet"),
        ("entryFormat", "not yet"),
        ("log.cleaner.threads", "not yet"),
        ("zookeeper.connect", "remove the key"),
        ("num.io.threads", "worker.threads"),
        ("maxReadEntriesNum", "fetch.max.bytes"),
    ] {
        let fault = fault(key, "1");
        assert!(fault.starts_with(key) && fault.contains(word), "{fault}");
    }
}

#[test]
fn two_names_of_one_key_in_one_place_are_an_error() {
    let both = parse(&[
        (Source::File, "listeners", "a:1"),
        (Source::File, "kafkaListeners", "b:2"),
    ]);
    assert_eq!(
        both.unwrap_err().to_string(),
        "listeners and kafkaListeners are the same key: give one of them"
    );
    let apart = parse(&[
        (Source::File, "listeners", "a:1"),
        (Source::Flag, "kafkaListeners", "b:2"),
    ])
    .unwrap();
    assert_eq!(
        apart.get(keys::LISTENERS).iter().collect::<Vec<_>>(),
        ["b:2"]
    );
}

#[test]
fn defaults_of_topics_are_handed_on_by_their_broker_names() {
    let settings = parse(&[
        (Source::File, "log.retention.hours", "1"),
        (Source::File, "maxMessageSize", "5000"),
    ]);
    let defaults = settings.unwrap().topic_defaults();
    let given: Vec<_> = defaults
        .iter()
        .map(|(key, value)| (&**key, &**value))
        .collect();
    assert_eq!(
        given,
        [("log.retention.hours", "1"), ("message.max.bytes", "5000")]
    );
}
