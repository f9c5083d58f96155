//! Groups of the consumer protocol (KIP-848), heartbeat by heartbeat.

use std::collections::BTreeSet;
use std::time::Duration;

use kop_codec::messages::consumer_group_describe_response::DescribedGroup;
use kop_codec::messages::consumer_group_heartbeat_request::TopicPartitions;
use kop_codec::messages::create_topics_request::CreatableTopic;
use kop_codec::messages::leave_group_request::MemberIdentity;
use kop_codec::messages::{
    ConsumerGroupDescribeRequest, ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse,
    CreateTopicsRequest, FindCoordinatorRequest, LeaveGroupRequest,
};
use kop_codec::{ErrorCode, Uuid};
use kop_tests::requests::join;
use kop_tests::wire::Wire;

use super::groups;
use super::{Case, case, unique};

const PATIENCE: Duration = Duration::from_secs(20);

type Owned = BTreeSet<(Uuid, i32)>;

/// A member and what it has been given.
pub(super) struct Member {
    wire: Wire,
    group: String,
    id: String,
    pub(super) epoch: i32,
    /// How often it is told to send heartbeats.
    pub(super) heartbeat_interval_ms: i32,
    topic: String,
    owned: Owned,
}

impl Member {
    pub(super) fn new(case: &Case, group: &str, id: &str, topic: &str) -> Self {
        Self {
            wire: case.connect(),
            group: group.to_owned(),
            id: id.to_owned(),
            epoch: 0,
            heartbeat_interval_ms: 0,
            topic: topic.to_owned(),
            owned: Owned::new(),
        }
    }

    fn request(&self) -> ConsumerGroupHeartbeatRequest {
        let topics: BTreeSet<Uuid> = self.owned.iter().map(|(topic, _)| *topic).collect();
        let owned = topics.into_iter().map(|topic_id| TopicPartitions {
            topic_id,
            partitions: self.owned.iter().map(|(_, partition)| *partition).collect(),
            ..Default::default()
        });
        ConsumerGroupHeartbeatRequest {
            group_id: self.group.as_str().into(),
            member_id: self.id.as_str().into(),
            member_epoch: self.epoch,
            rebalance_timeout_ms: 60_000,
            subscribed_topic_names: Some(vec![self.topic.as_str().into()]),
            topic_partitions: Some(owned.collect()),
            ..Default::default()
        }
    }

    /// Sends a heartbeat, again for as long as the coordinator is on its way.
    fn send(&mut self, request: &ConsumerGroupHeartbeatRequest) -> ConsumerGroupHeartbeatResponse {
        let mut response = ConsumerGroupHeartbeatResponse::default();
        kop_tests::wait_until(PATIENCE, || {
            response = self.wire.call(1, request).expect("ConsumerGroupHeartbeat");
            !matches!(
                response.error_code,
                ErrorCode::NOT_COORDINATOR
                    | ErrorCode::COORDINATOR_NOT_AVAILABLE
                    | ErrorCode::COORDINATOR_LOAD_IN_PROGRESS
            )
        });
        response
    }

    /// Says all that it has to say, and does what it is told.
    pub(super) fn beat(&mut self) -> ErrorCode {
        let response = self.send(&self.request());
        if !response.error_code.is_error() {
            self.epoch = response.member_epoch;
            self.heartbeat_interval_ms = response.heartbeat_interval_ms;
        }
        if let Some(assignment) = response.assignment {
            let topics = assignment.topic_partitions.iter();
            self.owned = topics
                .flat_map(|topic| topic.partitions.iter().map(|&p| (topic.topic_id, p)))
                .collect();
        }
        response.error_code
    }

    pub(super) fn error(
        &mut self,
        change: impl Fn(&mut ConsumerGroupHeartbeatRequest),
    ) -> ErrorCode {
        let mut request = self.request();
        change(&mut request);
        self.send(&request).error_code
    }
}

pub(super) fn create(case: &mut Case, topic: &str, num_partitions: i32) {
    let topic = CreatableTopic {
        name: topic.into(),
        num_partitions,
        replication_factor: 1,
        ..Default::default()
    };
    let request = CreateTopicsRequest {
        topics: vec![topic],
        timeout_ms: 20_000,
        ..Default::default()
    };
    let response = case.wire.call(7, &request).expect("CreateTopics");
    assert_eq!(response.topics[0].error_code, ErrorCode::NONE);
    // The first one to ask for a coordinator makes the topic of the groups.
    let request = FindCoordinatorRequest {
        coordinator_keys: vec!["any".into()],
        ..Default::default()
    };
    case.wire.call(4, &request).expect("FindCoordinator");
}

pub(super) fn describe(case: &mut Case, group: &str) -> DescribedGroup {
    let request = ConsumerGroupDescribeRequest {
        group_ids: vec![group.into()],
        ..Default::default()
    };
    let mut response = case.wire.call(1, &request).expect("ConsumerGroupDescribe");
    response.groups.remove(0)
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn partitions_change_hands_when_they_were_given_up() {
    let Some(mut case) = case("consumer group") else {
        return;
    };
    let (topic, group) = (unique("topic"), unique("group"));
    create(&mut case, &topic, 4);
    let mut one = Member::new(&case, &group, "one", &topic);
    let all = kop_tests::wait_until(PATIENCE, || {
        assert_eq!(one.beat(), ErrorCode::NONE);
        one.owned.len() == 4
    });
    assert!(all, "the only member has everything");
    let mut two = Member::new(&case, &group, "two", &topic);
    assert_eq!(two.beat(), ErrorCode::NONE);
    assert_eq!(two.owned.len(), 0, "nothing is free yet");
    let halves = kop_tests::wait_until(PATIENCE, || {
        assert_eq!((one.beat(), two.beat()), (ErrorCode::NONE, ErrorCode::NONE));
        assert!(one.owned.is_disjoint(&two.owned));
        (one.owned.len(), two.owned.len()) == (2, 2)
    });
    assert!(halves, "each has a half: {:?} {:?}", one.owned, two.owned);
    let described = describe(&mut case, &group);
    assert_eq!(described.group_state, "Stable");
    assert_eq!(described.group_epoch, described.assignment_epoch);
    assert_eq!(
        (&*described.assignor_name, described.members.len()),
        ("uniform", 2)
    );
    assert_eq!(one.epoch, described.group_epoch);

    let epoch = one.epoch;
    assert_eq!(
        one.error(|r| r.member_epoch = epoch + 1),
        ErrorCode::FENCED_MEMBER_EPOCH
    );
    assert_eq!(
        one.error(|r| r.member_id = "three".into()),
        ErrorCode::UNKNOWN_MEMBER_ID
    );
    assert_eq!(
        one.error(|r| r.member_epoch = -1),
        ErrorCode::NONE,
        "it leaves"
    );
    assert_eq!(one.error(|_| ()), ErrorCode::UNKNOWN_MEMBER_ID);
    let all = kop_tests::wait_until(PATIENCE, || {
        assert_eq!(two.beat(), ErrorCode::NONE);
        two.owned.len() == 4
    });
    assert!(all, "the other one has everything");
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn bad_heartbeats_are_refused() {
    let Some(mut case) = case("bad heartbeats") else {
        return;
    };
    let (topic, group) = (unique("topic"), unique("group"));
    create(&mut case, &topic, 1);
    let mut one = Member::new(&case, &group, "one", &topic);
    let invalid = ErrorCode::INVALID_REQUEST;
    assert_eq!(one.error(|r| r.group_id = "".into()), invalid);
    assert_eq!(one.error(|r| r.member_id = "".into()), invalid);
    assert_eq!(one.error(|r| r.instance_id = Some("".into())), invalid);
    assert_eq!(one.error(|r| r.rack_id = Some("".into())), invalid);
    assert_eq!(one.error(|r| r.rebalance_timeout_ms = -1), invalid);
    assert_eq!(one.error(|r| r.topic_partitions = None), invalid);
    assert_eq!(one.error(|r| r.subscribed_topic_names = None), invalid);
    assert_eq!(one.error(|r| r.member_epoch = -3), invalid);
    assert_eq!(one.error(|r| r.member_epoch = -2), invalid);
    let assignor = |r: &mut ConsumerGroupHeartbeatRequest| r.server_assignor = Some("none".into());
    assert_eq!(one.error(assignor), ErrorCode::UNSUPPORTED_ASSIGNOR);
    let fault = ErrorCode::INVALID_REGULAR_EXPRESSION;
    for (regex, error) in [("(", fault), ("a{", ErrorCode::NONE)] {
        let mut other = Member::new(&case, &unique("group"), "one", &topic);
        let answered = other.error(|r| r.subscribed_topic_regex = Some(regex.into()));
        assert_eq!(answered, error, "{regex}");
    }
    assert_eq!(
        one.error(|r| r.member_epoch = 1),
        ErrorCode::GROUP_ID_NOT_FOUND
    );
    assert_eq!(
        one.error(|r| r.member_epoch = -1),
        ErrorCode::GROUP_ID_NOT_FOUND
    );
    let described = describe(&mut case, &group);
    assert_eq!(described.error_code, ErrorCode::GROUP_ID_NOT_FOUND);
    let described = describe(&mut case, "");
    assert_eq!(described.error_code, ErrorCode::INVALID_GROUP_ID);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn requests_of_the_classic_protocol_to_a_member_of_the_new_one() {
    let Some(mut case) = case("the classic protocol at a consumer group") else {
        return;
    };
    let (topic, group) = (unique("topic"), unique("group"));
    create(&mut case, &topic, 1);
    let mut one = Member::new(&case, &group, "one", &topic);
    assert_eq!(one.beat(), ErrorCode::NONE);

    let unknown = ErrorCode::UNKNOWN_MEMBER_ID;
    for (member, error) in [
        (None, ErrorCode::NONE),
        (Some(""), unknown),
        (Some("one"), ErrorCode::STALE_MEMBER_EPOCH),
    ] {
        let request = groups::fetch_all(&group, member);
        let response = case.wire.call(9, &request).expect("OffsetFetch");
        assert_eq!(response.groups[0].error_code, error, "{member:?}");
    }

    let joined = case.wire.call(9, &join(&group, "")).expect("JoinGroup");
    let before_its_metadata = ErrorCode::MEMBER_ID_REQUIRED;
    assert_eq!(joined.error_code, before_its_metadata);

    let leave = LeaveGroupRequest {
        group_id: group.as_str().into(),
        members: vec![MemberIdentity {
            member_id: "one".into(),
            ..Default::default()
        }],
        ..Default::default()
    };
    let left = case.wire.call(5, &leave).expect("LeaveGroup");
    let errors = (left.error_code, left.members[0].error_code);
    assert_eq!(errors, (ErrorCode::NONE, ErrorCode::NONE));
    assert_eq!(one.beat(), unknown, "it was removed");
}
