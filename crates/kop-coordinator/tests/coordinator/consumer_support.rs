//! A member of the consumer protocol, as far as a group sees it.

use std::collections::BTreeSet;

use kop_codec::messages::consumer_group_describe_response::DescribedGroup;
use kop_codec::messages::consumer_group_heartbeat_request::TopicPartitions;
use kop_codec::messages::consumer_group_heartbeat_response::Assignment;
use kop_codec::messages::{ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse};
use kop_codec::{ByteString, ErrorCode, Uuid};
use kop_coordinator::{GroupRequest, Ticket};

use crate::support::{Bench, GROUP, REBALANCE_MS};

pub(crate) type Owned = BTreeSet<(Uuid, i32)>;

/// What a client of the new protocol knows, and what it does with answers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) instance: Option<String>,
    pub(crate) epoch: i32,
    pub(crate) topics: Vec<&'static str>,
    pub(crate) regex: Option<&'static str>,
    pub(crate) assignor: Option<&'static str>,
    pub(crate) owned: Owned,
}

impl Member {
    pub(crate) fn new(id: &str, topics: &[&'static str]) -> Self {
        Self {
            id: id.to_owned(),
            topics: topics.to_vec(),
            ..Self::default()
        }
    }

    /// All that a member says of itself.
    pub(crate) fn full(&self) -> ConsumerGroupHeartbeatRequest {
        ConsumerGroupHeartbeatRequest {
            group_id: GROUP.into(),
            member_id: self.id.as_str().into(),
            member_epoch: self.epoch,
            instance_id: self.instance.as_deref().map(ByteString::from),
            rebalance_timeout_ms: REBALANCE_MS,
            subscribed_topic_names: Some(self.topics.iter().map(|&t| t.into()).collect()),
            subscribed_topic_regex: self.regex.map(ByteString::from),
            server_assignor: self.assignor.map(ByteString::from),
            topic_partitions: Some(self.reported()),
            ..ConsumerGroupHeartbeatRequest::default()
        }
    }

    /// That it is alive, and nothing else.
    pub(crate) fn short(&self) -> ConsumerGroupHeartbeatRequest {
        ConsumerGroupHeartbeatRequest {
            rebalance_timeout_ms: -1,
            subscribed_topic_names: None,
            subscribed_topic_regex: None,
            server_assignor: None,
            topic_partitions: None,
            ..self.full()
        }
    }

    fn reported(&self) -> Vec<TopicPartitions> {
        let topics: BTreeSet<Uuid> = self.owned.iter().map(|(topic, _)| *topic).collect();
        let of = |id| self.owned.iter().filter(move |(topic, _)| *topic == id);
        topics
            .into_iter()
            .map(|topic_id| TopicPartitions {
                topic_id,
                partitions: of(topic_id).map(|(_, partition)| *partition).collect(),
                ..TopicPartitions::default()
            })
            .collect()
    }

    /// Sends all that it has to say, and does what the answer says.
    pub(crate) fn beat(&mut self, bench: &mut Bench) -> ErrorCode {
        let response = bench.consumer_heartbeat(self.full());
        self.take(&response)
    }

    /// Does what an answer says: a member that is fenced gives everything up and begins anew.
    pub(crate) fn take(&mut self, response: &ConsumerGroupHeartbeatResponse) -> ErrorCode {
        match response.error_code {
            ErrorCode::NONE => {
                self.epoch = response.member_epoch;
                if let Some(assignment) = &response.assignment {
                    self.owned = partitions(assignment);
                }
            }
            ErrorCode::FENCED_MEMBER_EPOCH
            | ErrorCode::UNKNOWN_MEMBER_ID
            | ErrorCode::GROUP_ID_NOT_FOUND => {
                self.epoch = 0;
                self.owned.clear();
            }
            _ => {}
        }
        response.error_code
    }

    pub(crate) fn leave(&mut self, bench: &mut Bench, epoch: i32) -> ErrorCode {
        let request = ConsumerGroupHeartbeatRequest {
            member_epoch: epoch,
            ..self.short()
        };
        self.owned.clear();
        self.epoch = 0;
        bench.consumer_heartbeat(request).error_code
    }
}

pub(crate) fn partitions(assignment: &Assignment) -> Owned {
    let topics = assignment.topic_partitions.iter();
    topics
        .flat_map(|topic| topic.partitions.iter().map(|&p| (topic.topic_id, p)))
        .collect()
}

impl Bench {
    pub(crate) fn send_heartbeat(&mut self, request: ConsumerGroupHeartbeatRequest) -> Ticket {
        let random = self.random();
        self.send(
            1,
            GroupRequest::ConsumerHeartbeat(Box::new(request), random),
        )
    }

    pub(crate) fn consumer_heartbeat(
        &mut self,
        request: ConsumerGroupHeartbeatRequest,
    ) -> ConsumerGroupHeartbeatResponse {
        let ticket = self.send_heartbeat(request);
        self.take(ticket)
    }

    pub(crate) fn describe_consumer(&mut self) -> DescribedGroup {
        let ticket = self.send(1, GroupRequest::ConsumerDescribe(GROUP.into()));
        self.take(ticket)
    }

    pub(crate) fn state_name(&mut self) -> String {
        self.describe_consumer().group_state.to_string()
    }
}

/// Lets all members send heartbeats until nothing changes any more.
pub(crate) fn settle(bench: &mut Bench, members: &mut [Member]) {
    for _ in 0..20 {
        for member in members.iter_mut() {
            assert_eq!(member.beat(bench), ErrorCode::NONE, "{member:?}");
        }
        if bench.state_name() == "Stable" {
            return;
        }
    }
    panic!("not stable: {:?}", bench.describe_consumer());
}
