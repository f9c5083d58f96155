//! The group as ConsumerGroupDescribe and ListGroups show it.

use kop_codec::messages::consumer_group_describe_response::{
    Assignment, DescribedGroup, Member, TopicPartitions,
};
use kop_codec::messages::list_groups_response::ListedGroup;
use kop_codec::{ByteString, ErrorCode, Int32s, Uuid};

use super::member::ConsumerMember;
use super::{ConsumerGroup, TYPE};
use crate::outbox::Cx;

/// The protocol type of all consumer groups.
const PROTOCOL_TYPE: &str = "consumer";
/// Member types in answers.
const CLASSIC_MEMBER: i8 = 0;
const CONSUMER_MEMBER: i8 = 1;

impl ConsumerGroup {
    /// For ConsumerGroupDescribe.
    pub(crate) fn describe(&self, cx: &Cx<'_>) -> DescribedGroup {
        DescribedGroup {
            group_id: self.id.clone(),
            group_state: ByteString::from_static(self.state().name()),
            group_epoch: self.epoch,
            assignment_epoch: self.target_epoch,
            assignor_name: ByteString::from_static(self.assignor(cx).name()),
            members: self
                .members
                .values()
                .map(|member| self.describe_member(cx, member))
                .collect(),
            ..DescribedGroup::default()
        }
    }

    fn describe_member(&self, cx: &Cx<'_>, member: &ConsumerMember) -> Member {
        let terms = &member.terms;
        let assigned = member
            .assigned
            .iter()
            .map(|(&id, partitions)| (id, partitions.keys().copied().collect()));
        let target = self.targets.get(&member.id).into_iter().flatten();
        let target = target.map(|(&id, partitions)| (id, partitions.iter().copied().collect()));
        Member {
            member_id: member.id.clone(),
            instance_id: terms.instance_id.clone(),
            rack_id: terms.rack_id.clone(),
            member_epoch: member.epoch,
            client_id: terms.client_id.clone(),
            client_host: terms.client_host.clone(),
            subscribed_topic_names: terms.topics.iter().cloned().collect(),
            subscribed_topic_regex: Some(terms.regex.clone()),
            assignment: named(cx, assigned),
            target_assignment: named(cx, target),
            member_type: if member.is_classic() {
                CLASSIC_MEMBER
            } else {
                CONSUMER_MEMBER
            },
            ..Member::default()
        }
    }

    /// For ListGroups.
    pub(crate) fn list(&self) -> ListedGroup {
        ListedGroup {
            group_id: self.id.clone(),
            protocol_type: ByteString::from_static(PROTOCOL_TYPE),
            group_state: ByteString::from_static(self.state().name()),
            group_type: ByteString::from_static(TYPE),
            ..ListedGroup::default()
        }
    }
}

/// Partitions with the names of their topics; deleted topics have none any more.
fn named(cx: &Cx<'_>, topics: impl Iterator<Item = (Uuid, Int32s)>) -> Assignment {
    let topics = topics.filter_map(|(topic_id, partitions)| {
        Some(TopicPartitions {
            topic_id,
            topic_name: cx.topics.name(topic_id)?,
            partitions,
            ..TopicPartitions::default()
        })
    });
    Assignment {
        topic_partitions: topics.collect(),
        ..Assignment::default()
    }
}

/// The description of a group that is not there, or of another type.
pub(crate) fn not_a_consumer_group(id: &ByteString, exists: bool) -> DescribedGroup {
    let message = if exists {
        format!("Group {id} is not a consumer group.")
    } else {
        format!("Group {id} not found.")
    };
    DescribedGroup {
        error_code: ErrorCode::GROUP_ID_NOT_FOUND,
        error_message: Some(ByteString::from(message)),
        group_id: id.clone(),
        ..DescribedGroup::default()
    }
}
