//! Every key is declared soundly, and what is wrong is said clearly.

use kop_log::{LogCatalog, MemoryCatalog};

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
    let mut seen = BTreeMap::new();
    for name in names() {
        // As environment variables, names differ by letters and digits only.
        let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let key = find(name).unwrap().name();
        let earlier = seen.insert(letters.to_ascii_lowercase(), key);
        assert!(
            earlier.is_none_or(|earlier| earlier == key),
            "{name} is declared for {earlier:?} too"
        );
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
    assert_eq!(
        fault("NUM.PARTITOINS", "3"),
        "there is no key NUM.PARTITOINS; did you mean num.partitions?"
    );
    for far in ["nosuch.key", "xyzzy", "x", ""] {
        assert_eq!(
            fault(far, "1"),
            format!("there is no key {far}; kop-server config prints all there are")
        );
    }
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
    for several in ["/a,/b", ""] {
        assert!(fault("log.dirs", several).ends_with("it must be the path of one directory"));
    }
    assert!(fault("num.partitions", "many").contains("it must be a whole number"));
    assert!(fault("log.retention.ms", "soon").starts_with("log.retention.ms=soon: "));
    assert!(fault("log.cleanup.policy", "compress").contains("neither 'delete' nor 'compact'"));
    assert!(fault("log.cleaner.io.buffer.load.factor", "1.5").contains("at most 1"));
    assert!(fault("log.cleaner.io.max.bytes.per.second", "0").contains("above 0"));
    assert!(fault("log.cleaner.io.max.bytes.per.second", "inf").contains("a number"));
    assert!(fault("log.cleaner.thread", "1").contains("log.cleaner.threads"));
}

/// A file of the original's has many keys that are of no use here.
#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let given = [
        (Source::File, "messagingProtocols", "kafka"),
        (Source::File, "num.partitions", "3"),
        (Source::File, "no.such.key", "1"),
        (Source::Flag, "entryFormat", "other"),
    ];
    let said = parse(&given).unwrap_err().to_string();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 4, "{said}");
    assert_eq!(lines[0], "3 settings are wrong:");
    let named = ["messagingProtocols", "no.such.key", "entryFormat"];
    for (line, key) in lines[1..].iter().zip(named) {
        assert!(line.contains(key), "{line}");
    }
}

#[test]
fn keys_of_later_work_are_refused_by_name() {
    for (key, word) in [
        ("kafkaTransactionCoordinatorEnabled", "remove the key"),
        ("transaction.two.phase.commit.enable", "not yet"),
        ("saslAllowedMechanisms", "not yet"),
        ("kopSchemaRegistryEnable", "not yet"),
        ("kafkaMetaMaxPendingMessages", "not yet"),
        ("brokerClientTlsEnabled", "pulsar+ssl"),
        ("zookeeper.connect", "remove the key"),
        ("num.io.threads", "worker.threads"),
        ("maxReadEntriesNum", "fetch.max.bytes"),
        ("allowAutoTopicCreationType", "remove the key"),
        ("preciseTopicPublishRateLimiterEnable", "Pulsar brokers"),
        ("proxyRoles", "not yet"),
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

#[tokio::test]
async fn what_is_changed_is_in_effect_and_found_again() {
    let catalog = MemoryCatalog::new();
    let settings = Settings::default();
    let change = settings
        .plan(
            Scope::Broker,
            [
                ("max.connections", Some("9")),
                ("maxMessageSize", Some("5000")),
            ],
        )
        .unwrap();
    assert_eq!(
        settings.get(keys::MAX_CONNECTIONS),
        i32::MAX as u32,
        "a plan changes nothing"
    );
    settings.apply(&change, &catalog).await.unwrap();
    let for_all = settings
        .plan(Scope::Cluster, [("max.connections", Some("7"))])
        .unwrap();
    settings.apply(&for_all, &catalog).await.unwrap();
    assert_eq!(
        settings.get(keys::MAX_CONNECTIONS),
        9,
        "a broker's own value goes first"
    );
    assert_eq!(settings.topic_defaults()["message.max.bytes"], "5000");

    let restarted = parse(&[(Source::Flag, "max.connections", "3")]).unwrap();
    assert_eq!(restarted.load(&catalog).unwrap().len(), 0);
    assert_eq!(restarted.get(keys::MAX_CONNECTIONS), 9);
    assert_eq!(
        restarted
            .dynamic(Scope::Cluster)
            .into_iter()
            .collect::<Vec<_>>(),
        [("max.connections".to_owned(), "7".to_owned())]
    );

    for (scope, expected) in [(Scope::Broker, 7), (Scope::Cluster, 3)] {
        let back = restarted.plan(scope, [("max.connections", None)]).unwrap();
        restarted.apply(&back, &catalog).await.unwrap();
        assert_eq!(restarted.get(keys::MAX_CONNECTIONS), expected);
    }
}

#[test]
fn only_what_can_change_is_changed() {
    let settings = Settings::default();
    let fault = |name, value| {
        settings
            .plan(Scope::Broker, [(name, Some(value))])
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        fault("listeners", "a:1"),
        "listeners cannot be changed while the server runs"
    );
    assert!(fault("max.connections", "-1").contains("at least 0"));
    assert!(fault("log.retention.ms", "x").contains("log.retention.ms"));
    assert!(fault("max.connection", "1").contains("did you mean max.connections?"));
}

#[tokio::test]
async fn a_stored_value_that_is_not_valid_any_more_is_left_out_alone() {
    let catalog = MemoryCatalog::new();
    let store = catalog.metadata();
    for (key, value) in [
        ("max.connections", "5"),
        ("gone.key", "1"),
        ("max.connections.per.ip", "many"),
    ] {
        store
            .put(&format!("settings/broker/{key}"), Some(value.into()))
            .await
            .unwrap();
    }
    let settings = Settings::default();
    let faults = settings.load(&catalog).unwrap();
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert_eq!(settings.get(keys::MAX_CONNECTIONS), 5);
}
