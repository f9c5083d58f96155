//! Settings of consumer groups: what can be set, who hears of it, and what is refused.

use std::time::Duration;

use kop_codec::ErrorCode;
use kop_codec::messages::ListConfigResourcesRequest;

use super::consumer_groups::Member;
use super::settings::{APPEND, DELETE, GROUP, SET, SUBTRACT};
use super::{Case, case, unique};

const SESSION: &str = "consumer.session.timeout.ms";
const HEARTBEAT: &str = "consumer.heartbeat.interval.ms";
const ASSIGNMENT: &str = "consumer.assignment.interval.ms";

/// A value and all it could be, with where each comes from.
type Described = (String, i8, Vec<(String, String, i8)>);

impl Case {
    fn describe_group(&mut self, group: &str, key: &str) -> Result<Described, ErrorCode> {
        let result = self.settings(GROUP, group, &[key, "nonsense"])?;
        let [config] = &result.configs[..] else {
            panic!("{result:?}");
        };
        assert!(!config.read_only && config.config_type == 3, "{config:?}");
        let synonyms = config.synonyms.iter().map(|synonym| {
            let value = synonym.value.as_deref().unwrap_or("null");
            (synonym.name.to_string(), value.to_owned(), synonym.source)
        });
        let value = config.value.as_deref().unwrap_or("null").to_owned();
        Ok((value, config.config_source, synonyms.collect()))
    }

    /// Waits until the group has this value: Apache Kafka's brokers hear of it some time after the controller has answered.
    fn becomes(&mut self, group: &str, key: &str, value: &str) {
        let there = kop_tests::wait_until(Duration::from_secs(10), || {
            self.describe_group(group, key)
                .is_ok_and(|(found, ..)| found == value)
        });
        assert!(there, "{key} is {:?}", self.describe_group(group, key));
    }

    fn listed(&mut self, version: i16, types: &[i8]) -> Result<Vec<(String, i8)>, ErrorCode> {
        let request = ListConfigResourcesRequest {
            resource_types: types.to_vec(),
            ..Default::default()
        };
        let response = self
            .wire
            .call(version, &request)
            .expect("ListConfigResources");
        if response.error_code.is_error() {
            return Err(response.error_code);
        }
        let resources = response.config_resources.iter();
        Ok(resources
            .map(|it| (it.resource_name.to_string(), it.resource_type))
            .collect())
    }
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_setting_of_a_group_counts_and_stays() {
    let Some(mut case) = case("a_setting_of_a_group_counts_and_stays") else {
        return;
    };
    let (group, topic) = (unique("group"), case.topic(&[]));
    let default = (
        "group.consumer.session.timeout.ms".to_owned(),
        "45000".to_owned(),
        5,
    );
    assert_eq!(
        case.describe_group(&group, SESSION),
        Ok(("45000".to_owned(), 5, vec![default.clone()]))
    );
    let changes = [
        (SESSION, SET, Some("50000")),
        (HEARTBEAT, SET, Some("6000")),
    ];
    assert_eq!(
        case.try_alter(GROUP, &group, &changes, true),
        ErrorCode::NONE
    );
    assert_eq!(case.alter(GROUP, &group, &changes), ErrorCode::NONE);
    case.becomes(&group, HEARTBEAT, "6000");
    case.target.restart().expect("restart");
    case.wire = case.connect();
    let (value, source, synonyms) = case.describe_group(&group, SESSION).expect("described");
    assert_eq!((&*value, source), ("50000", 8));
    assert_eq!(synonyms[0].1, "50000");
    assert_eq!(
        (&*synonyms[0].0, synonyms[0].2, &synonyms[1]),
        (SESSION, 8, &default)
    );
    case.find(0, &group);
    let mut member = Member::new(&case, &group, "member", &topic);
    // Apache Kafka's coordinator may read the group before it has heard of the settings.
    let told = kop_tests::wait_until(Duration::from_secs(10), || {
        member.beat() == ErrorCode::NONE && member.heartbeat_interval_ms == 6_000
    });
    assert!(told, "{}", member.heartbeat_interval_ms);
    assert_eq!(
        case.replace(GROUP, &group, &[(HEARTBEAT, Some("7000"))]),
        ErrorCode::NONE
    );
    case.becomes(&group, HEARTBEAT, "7000");
    assert_eq!(
        case.describe_group(&group, SESSION).expect("described").1,
        5
    );
    assert_eq!(member.beat(), ErrorCode::NONE);
    assert_eq!(member.heartbeat_interval_ms, 7_000);
    assert_eq!(
        case.alter(GROUP, &group, &[(HEARTBEAT, DELETE, None)]),
        ErrorCode::NONE
    );
    case.becomes(&group, HEARTBEAT, "5000");
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn bad_settings_of_a_group_change_nothing() {
    let Some(mut case) = case("bad_settings_of_a_group_change_nothing") else {
        return;
    };
    let group = unique("group");
    let (invalid, malformed) = (ErrorCode::INVALID_CONFIG, ErrorCode::INVALID_REQUEST);
    assert_eq!(
        case.alter(GROUP, &group, &[(ASSIGNMENT, SET, Some("0"))]),
        ErrorCode::NONE
    );
    case.becomes(&group, ASSIGNMENT, "0");
    for (key, operation, value, error) in [
        (SESSION, SET, Some("44999"), invalid),
        (SESSION, SET, Some("60001"), invalid),
        (SESSION, SET, Some("soon"), invalid),
        (SESSION, SET, Some(""), invalid),
        (SESSION, SET, None, malformed),
        (SESSION, APPEND, Some("50000"), invalid),
        (SESSION, SUBTRACT, Some("50000"), invalid),
        (HEARTBEAT, SET, Some("4999"), invalid),
        (HEARTBEAT, SET, Some("15001"), invalid),
        (ASSIGNMENT, SET, Some("-1"), invalid),
        (ASSIGNMENT, SET, Some("15001"), invalid),
        ("consumer.session", SET, Some("50000"), invalid),
        (
            "group.consumer.session.timeout.ms",
            SET,
            Some("50000"),
            invalid,
        ),
        ("retention.ms", SET, Some("50000"), invalid),
        ("share.session.timeout.ms", SET, Some("1"), invalid),
    ] {
        let good = (ASSIGNMENT, SET, Some("2000"));
        let bad = (key, operation, value);
        let changes = [good, bad];
        let changes = if key == ASSIGNMENT {
            &changes[1..]
        } else {
            &changes[..]
        };
        assert_eq!(case.alter(GROUP, &group, changes), error, "{bad:?}");
    }
    let twice = [(SESSION, SET, Some("50000")), (SESSION, SET, Some("50001"))];
    assert_eq!(case.alter(GROUP, &group, &twice), malformed);
    let nobody = case.alter(GROUP, "", &[(SESSION, SET, Some("50000"))]);
    assert_eq!(nobody, malformed);
    assert_eq!(case.describe_group("", SESSION), Err(malformed));
    assert_eq!(case.replace(GROUP, &group, &[(SESSION, None)]), malformed);
    assert_eq!(case.replace(GROUP, &group, &[("x", Some("1"))]), invalid);
    // What is not there can be taken back.
    assert_eq!(
        case.alter(GROUP, &group, &[("x", DELETE, None)]),
        ErrorCode::NONE
    );
    kop_tests::pause(Duration::from_millis(300));
    assert_eq!(
        case.describe_group(&group, ASSIGNMENT)
            .expect("described")
            .0,
        "0"
    );
    assert_eq!(
        case.describe_group(&group, SESSION).expect("described").1,
        5
    );
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn resources_with_settings_are_listed() {
    let Some(mut case) = case("resources_with_settings_are_listed") else {
        return;
    };
    let (group, topic) = (unique("group"), case.topic(&[]));
    assert_eq!(
        case.alter(GROUP, &group, &[(SESSION, SET, Some("50000"))]),
        ErrorCode::NONE
    );
    case.becomes(&group, SESSION, "50000");
    let has = |listed: &[(String, i8)], name: &str, of: i8| {
        listed
            .iter()
            .any(|(found, of_type)| found == name && *of_type == of)
    };
    // Version 0 lists client metrics, of which there are none.
    assert_eq!(case.listed(0, &[]), Ok(Vec::new()));
    let all = case.listed(1, &[]).expect("listed");
    assert!(has(&all, &group, GROUP) && has(&all, &topic, 2), "{all:?}");
    assert!(all.iter().any(|(_, of_type)| *of_type == 4), "{all:?}");
    let groups = case.listed(1, &[GROUP, GROUP]).expect("listed");
    assert!(has(&groups, &group, GROUP), "{groups:?}");
    assert!(
        groups.iter().all(|(_, of_type)| *of_type == GROUP),
        "{groups:?}"
    );
    assert_eq!(case.listed(1, &[16]), Ok(Vec::new()));
    for unknown in [0, 1, 99, -1] {
        assert_eq!(
            case.listed(1, &[unknown]),
            Err(ErrorCode::UNSUPPORTED_VERSION)
        );
    }
    // A group whose settings are taken back has none.
    assert_eq!(case.replace(GROUP, &group, &[]), ErrorCode::NONE);
    case.becomes(&group, SESSION, "45000");
    let groups = case.listed(1, &[GROUP]).expect("listed");
    assert!(!has(&groups, &group, GROUP), "{groups:?}");
}
