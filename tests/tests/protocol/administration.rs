//! Settings, topics and coordinators that are asked for in a way that clients rarely use, and Kafka's answer to each.

use kop_codec::messages::delete_topics_request::DeleteTopicState;
use kop_codec::messages::describe_topic_partitions_request::{Cursor, TopicRequest};
use kop_codec::messages::elect_leaders_request::TopicPartitions;
use kop_codec::messages::{
    DeleteTopicsRequest, DescribeTopicPartitionsRequest, ElectLeadersRequest,
    FindCoordinatorRequest,
};
use kop_codec::{ErrorCode, Uuid};

use super::settings::{APPEND, BROKER, SET, SUBTRACT, TOPIC};
use super::topics::describe;
use super::{Case, case, unique};

const THROTTLED: &str = "leader.replication.throttled.replicas";

impl Case {
    /// The value of a topic's setting, and how many values it could have had.
    fn setting(&mut self, topic: &str, name: &str) -> Result<(Option<String>, usize), ErrorCode> {
        let mut result = self.settings(TOPIC, topic, &[name])?;
        let config = result.configs.remove(0);
        let value = config.value.map(|value| value.to_string());
        Ok((value, config.synonyms.len()))
    }

    /// Apache Kafka's brokers hear of a change some time after the controller has answered.
    fn setting_becomes(&mut self, topic: &str, name: &str, value: &str) {
        let wanted = Some(value.to_owned());
        let became = kop_tests::wait_until(std::time::Duration::from_secs(10), || {
            self.setting(topic, name).map(|(value, _)| value) == Ok(wanted.clone())
        });
        assert!(became, "{name}={value}: {:?}", self.setting(topic, name));
    }
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_topic_can_have_no_cleanup_policy() {
    let Some(mut case) = case("a_topic_can_have_no_cleanup_policy") else {
        return;
    };
    let topic = case.topic(&[("cleanup.policy", "")]);
    case.setting_becomes(&topic, "cleanup.policy", "");
    let policy = |operation, value| ("cleanup.policy", operation, Some(value));
    for (change, error, after) in [
        (policy(SET, "delete,delete"), ErrorCode::NONE, "delete"),
        (policy(SET, ""), ErrorCode::NONE, ""),
        (policy(SET, "delete"), ErrorCode::NONE, "delete"),
        (policy(SUBTRACT, "delete"), ErrorCode::NONE, ""),
        (policy(APPEND, "delete"), ErrorCode::NONE, "delete"),
        (policy(SET, "delete,"), ErrorCode::INVALID_CONFIG, "delete"),
        (policy(SET, ""), ErrorCode::NONE, ""),
    ] {
        assert_eq!(case.alter(TOPIC, &topic, &[change]), error, "{change:?}");
        case.setting_becomes(&topic, "cleanup.policy", after);
    }
    assert_eq!(
        case.replace(TOPIC, &topic, &[("cleanup.policy", Some(""))]),
        ErrorCode::NONE
    );
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_setting_with_an_empty_list_is_not_null() {
    let Some(mut case) = case("a_setting_with_an_empty_list_is_not_null") else {
        return;
    };
    let topic = case.topic(&[]);
    let none = Ok((Some(String::new()), 0));
    assert_eq!(case.setting(&topic, THROTTLED), none);
    let change = (THROTTLED, SET, Some("0:1, 1:1"));
    assert_eq!(case.alter(TOPIC, &topic, &[change]), ErrorCode::NONE);
    case.setting_becomes(&topic, THROTTLED, "0:1,1:1");
    assert_eq!(
        case.setting(&topic, THROTTLED)
            .map(|(_, synonyms)| synonyms),
        Ok(1)
    );
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn settings_of_what_cannot_be() {
    let Some(mut case) = case("settings_of_what_cannot_be") else {
        return;
    };
    let invalid = ErrorCode::INVALID_TOPIC_EXCEPTION;
    let (missing, long) = (unique("missing"), "x".repeat(250));
    for (topic, described, altered) in [
        (
            missing.as_str(),
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
        ),
        ("a b", invalid, invalid),
        (".", invalid, invalid),
        (long.as_str(), invalid, invalid),
        ("", invalid, ErrorCode::INVALID_REQUEST),
    ] {
        assert_eq!(
            case.setting(topic, "retention.ms"),
            Err(described),
            "{topic:?}"
        );
        let change = ("retention.ms", SET, Some("1"));
        assert_eq!(case.alter(TOPIC, topic, &[change]), altered, "{topic:?}");
        let replaced = case.replace(TOPIC, topic, &[("retention.ms", Some("1"))]);
        assert_eq!(replaced, altered, "{topic:?}");
        // A value that is null is found first.
        let replaced = case.replace(TOPIC, topic, &[("retention.ms", None)]);
        assert_eq!(replaced, ErrorCode::INVALID_REQUEST, "{topic:?}");
    }
    // A topic's wrong value is INVALID_CONFIG, a broker's is not.
    let change = ("message.max.bytes", SET, Some("-1"));
    for broker in ["", "1"] {
        assert_eq!(
            case.alter(BROKER, broker, &[change]),
            ErrorCode::INVALID_REQUEST
        );
    }
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_topic_named_by_id_and_by_name_is_not_deleted() {
    let Some(mut case) = case("a_topic_named_by_id_and_by_name_is_not_deleted") else {
        return;
    };
    let topic = case.topic(&[]);
    let id = describe(&mut case, &topic).topic_id;
    let state = |name: Option<&str>, topic_id| DeleteTopicState {
        name: name.map(Into::into),
        topic_id,
        ..Default::default()
    };
    let (by_id, by_name) = (|| state(None, id), || state(Some(&topic), Uuid::ZERO));
    let (both, neither) = (|| state(Some(&topic), id), || state(None, Uuid::ZERO));
    for (topics, answers) in [
        (vec![by_id(), by_name()], 1),
        (vec![by_id(), by_id()], 1),
        (vec![both(), both()], 2),
        (vec![neither(), neither()], 2),
    ] {
        let request = DeleteTopicsRequest {
            topics,
            timeout_ms: 10_000,
            ..Default::default()
        };
        let response = case.wire.call(6, &request).expect("DeleteTopics");
        let errors = response.responses.iter().map(|topic| topic.error_code);
        let errors: Vec<_> = errors.collect();
        assert_eq!(errors, vec![ErrorCode::INVALID_REQUEST; answers]);
    }
    assert_eq!(describe(&mut case, &topic).error_code, ErrorCode::NONE);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_cursor_outside_of_what_is_asked_for() {
    let Some(mut case) = case("a_cursor_outside_of_what_is_asked_for") else {
        return;
    };
    let (one, two) = (case.topic(&[]), case.topic(&[]));
    let named = |name: &String| TopicRequest {
        name: name.as_str().into(),
        ..Default::default()
    };
    let (before, after) = (unique("a"), unique("zz"));
    for (at, partition_index, error) in [
        (&one, 0, ErrorCode::NONE),
        (&one, -1, ErrorCode::INVALID_REQUEST),
        (&before, 0, ErrorCode::INVALID_REQUEST),
        (&after, 0, ErrorCode::INVALID_REQUEST),
    ] {
        let request = DescribeTopicPartitionsRequest {
            topics: vec![named(&one), named(&two)],
            response_partition_limit: 10,
            cursor: Some(Cursor {
                topic_name: at.as_str().into(),
                partition_index,
                ..Default::default()
            }),
            ..Default::default()
        };
        let response = case.wire.call(0, &request).expect("an answer");
        let errors = response.topics.iter().map(|topic| topic.error_code);
        let errors: Vec<_> = errors.collect();
        assert_eq!(errors, [error; 2], "{at} {partition_index}");
    }
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn an_election_for_all_names_every_topic() {
    let Some(mut case) = case("an_election_for_all_names_every_topic") else {
        return;
    };
    let topic = case.topic(&[]);
    let request = |election_type, topic_partitions| ElectLeadersRequest {
        election_type,
        topic_partitions,
        timeout_ms: 10_000,
        ..Default::default()
    };
    let of_one = || {
        Some(vec![TopicPartitions {
            topic: topic.as_str().into(),
            partitions: [0].into_iter().collect(),
            ..Default::default()
        }])
    };
    let all = case.wire.call(2, &request(0, None)).expect("ElectLeaders");
    assert_eq!(all.error_code, ErrorCode::NONE);
    let mut results = all.replica_election_results.iter();
    let found = results.find(|result| *result.topic == *topic);
    assert!(found.is_some_and(|result| result.partition_result.is_empty()));
    let (none, invalid) = (ErrorCode::NONE, ErrorCode::INVALID_REQUEST);
    for (election, all, error) in [
        (1, none, ErrorCode::ELECTION_NOT_NEEDED),
        (2, invalid, invalid),
    ] {
        let response = case.wire.call(2, &request(election, of_one()));
        let response = response.expect("ElectLeaders");
        assert_eq!(response.error_code, all);
        let partition = &response.replica_election_results[0].partition_result[0];
        assert_eq!(partition.error_code, error, "{election}");
    }
    let unknown = case.wire.call(2, &request(2, None)).expect("ElectLeaders");
    assert_eq!(unknown.error_code, invalid);
    let nothing = case.wire.call(2, &request(2, Some(Vec::new())));
    assert_eq!(nothing.expect("ElectLeaders").error_code, none);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn coordinators_of_what_has_none() {
    let Some(mut case) = case("coordinators_of_what_has_none") else {
        return;
    };
    for version in 1..=6 {
        for key_type in [-1, 2, 3] {
            // Since version 4 several are asked for.
            let (one, several) = match version {
                4.. => ("".into(), vec!["key".into()]),
                _ => ("key".into(), Vec::new()),
            };
            let request = FindCoordinatorRequest {
                key: one,
                key_type,
                coordinator_keys: several,
                ..Default::default()
            };
            let found = case.wire.call(version, &request).expect("FindCoordinator");
            let error = match found.coordinators.first() {
                Some(coordinator) => coordinator.error_code,
                None => found.error_code,
            };
            assert_eq!(
                error,
                ErrorCode::INVALID_REQUEST,
                "version {version}, type {key_type}"
            );
        }
    }
}
