//! Configurations of topics: a change counts at once, and after a restart.

use kop_codec::ErrorCode;
use kop_records::{BatchBuilder, Compression};

use super::settings::{DELETE, SET, TOPIC};
use super::{Case, batch, case, now};

/// Where a value comes from: DYNAMIC_TOPIC_CONFIG and DEFAULT_CONFIG.
const OF_TOPIC: i8 = 1;
const OF_DEFAULT: i8 = 5;

/// The value of a configuration, and where it comes from.
fn described(case: &mut Case, topic: &str, name: &str) -> (Option<String>, i8) {
    let mut result = case.settings(TOPIC, topic, &[name]).expect("described");
    assert_eq!(result.configs.len(), 1);
    let config = result.configs.remove(0);
    (
        config.value.map(|value| value.to_string()),
        config.config_source,
    )
}

/// The errors of a small and of a large batch, and the time that the server gave the small one (-1 for none).
fn produced(case: &mut Case, topic: &str) -> (ErrorCode, ErrorCode, bool) {
    let plain = || BatchBuilder::new(Compression::None);
    let small = case.produce(topic, batch(plain(), &[(now() - 5_000, "small")]));
    let large = case.produce(topic, batch(plain(), &[(now(), &"x".repeat(3_000))]));
    (
        small.error_code,
        large.error_code,
        small.log_append_time_ms >= 0,
    )
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_change_counts_at_once_and_after_a_restart() {
    let Some(mut case) = case("topic configurations") else {
        return;
    };
    let topic = case.topic(&[]);
    let (fine, too_large) = (ErrorCode::NONE, ErrorCode::MESSAGE_TOO_LARGE);
    assert_eq!(produced(&mut case, &topic), (fine, fine, false));
    let changes = [
        ("max.message.bytes", SET, Some("2000")),
        ("message.timestamp.type", SET, Some("LogAppendTime")),
    ];
    assert_eq!(case.alter(TOPIC, &topic, &changes), ErrorCode::NONE);
    let value = (Some("2000".to_owned()), OF_TOPIC);
    // Apache Kafka's brokers hear of it some time after the controller has answered.
    kop_tests::wait_until(std::time::Duration::from_secs(10), || {
        described(&mut case, &topic, "max.message.bytes") == value
    });
    for turn in ["at once", "after a restart"] {
        assert_eq!(
            described(&mut case, &topic, "max.message.bytes"),
            value,
            "{turn}"
        );
        assert_eq!(
            produced(&mut case, &topic),
            (fine, too_large, true),
            "{turn}"
        );
        case.target.restart().expect("restart");
        case.wire = case.connect();
    }
    // One bad change among good ones changes nothing.
    let changes = [
        ("max.message.bytes", DELETE, None),
        ("retention.ms", SET, Some("soon")),
    ];
    assert_eq!(
        case.alter(TOPIC, &topic, &changes),
        ErrorCode::INVALID_CONFIG
    );
    assert_eq!(produced(&mut case, &topic), (fine, too_large, true));
    let changes = [
        ("max.message.bytes", DELETE, None),
        ("message.timestamp.type", DELETE, None),
    ];
    assert_eq!(case.alter(TOPIC, &topic, &changes), ErrorCode::NONE);
    let value = (Some("1048588".to_owned()), OF_DEFAULT);
    kop_tests::wait_until(std::time::Duration::from_secs(10), || {
        described(&mut case, &topic, "max.message.bytes") == value
    });
    assert_eq!(described(&mut case, &topic, "max.message.bytes"), value);
    assert_eq!(produced(&mut case, &topic), (fine, fine, false));
}
