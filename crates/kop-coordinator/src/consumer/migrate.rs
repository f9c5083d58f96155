//! From a classic group to a consumer group and back, while its members go on (KIP-848, online migration).
//!
//! A classic group becomes a consumer group when the first member of the new protocol joins it; its members stay as they
//! are, at the generation as their epoch. When the last member of the new protocol is gone, it becomes a classic group
//! again and its members join anew.

use std::collections::{BTreeMap, BTreeSet};

use bytes::{Buf, Bytes};
use kop_codec::internal::group::GroupMetadataValue;
use kop_codec::internal::group::group_metadata_value::MemberMetadata;
use kop_codec::messages::consumer_group_heartbeat_request::TopicPartitions as OwnedTopic;
use kop_codec::messages::{ConsumerProtocolAssignment, ConsumerProtocolSubscription};
use kop_codec::{ByteString, Message, Reader};

use super::classic_members::{encode_assignment, owned_partitions};
use super::member::{ClassicTerms, ConsumerMember, MemberState, Terms};
use super::partitions::Current;
use super::record::Key;
use super::{ConsumerGroup, Refused};
use crate::classic::{CONSUMER, ClassicMember, read_subscription};
use crate::outbox::Cx;

impl ConsumerGroup {
    /// The group that a classic one of this generation becomes.
    ///
    /// # Errors
    /// Where a member's subscription or assignment cannot be read, which only the members understand then.
    pub(crate) fn upgraded<'a>(
        cx: &Cx<'_>,
        id: &ByteString,
        generation: i32,
        members: impl Iterator<Item = ClassicMember<'a>>,
    ) -> Result<Self, Refused> {
        let malformed = || {
            Refused::no_group(format!(
                "Cannot upgrade the classic group {id} to consumer group because the embedded consumer protocol is malformed."
            ))
        };
        let mut group = Self::new(id.clone());
        group.epoch = generation;
        group.target_epoch = generation;
        let mut said = Vec::new();
        for classic in members {
            let subscription = read_subscription(&classic.metadata).ok_or_else(malformed)?;
            let mut member =
                upgraded_member(cx, &classic, &subscription, generation).ok_or_else(malformed)?;
            said.push((member.id.clone(), owned_partitions(cx, &subscription)));
            let target = member.assigned.iter().map(|(&topic, partitions)| {
                (topic, partitions.keys().copied().collect::<BTreeSet<i32>>())
            });
            group.targets.insert(member.id.clone(), target.collect());
            group.start_session(cx, &mut member);
            group.put_member(member);
        }
        for (id, owned) in said {
            group.keep_owned(&id, &owned);
        }
        group.collect_subscriptions();
        group.changed = group.all_keys();
        group.changed.insert(Key::Classic);
        Ok(group)
    }

    /// A cooperative member that was told to give something up may not have done so yet: as long as it has not joined anew
    /// and says what it owns, nobody gets what it owned when it joined last.
    fn keep_owned(&mut self, id: &str, owned: &[OwnedTopic]) {
        let Some(mut member) = self.members.get(id).cloned() else {
            return;
        };
        for topic in owned {
            let has = member.assigned.get(&topic.topic_id);
            let free = topic.partitions.iter().filter(|partition| {
                !has.is_some_and(|has| has.contains_key(partition))
                    && !self.is_taken(topic.topic_id, **partition, id)
            });
            let free: BTreeMap<i32, i32> = free.map(|&it| (it, member.epoch)).collect();
            if !free.is_empty() {
                member.revoking.insert(topic.topic_id, free);
            }
        }
        if !member.revoking.is_empty() {
            member.state = MemberState::Unrevoked;
            self.put_member(member);
        }
    }

    /// Notes that there was a classic group of this id, without members: its record has to go.
    pub(crate) fn replace_classic(&mut self) {
        self.changed.insert(Key::Classic);
    }

    /// Whether all members that are left speak the classic protocol, and may go back to a group of theirs.
    pub(crate) fn wants_downgrade(&self, cx: &Cx<'_>) -> bool {
        let all_classic = self.members.values().all(ConsumerMember::is_classic);
        !self.dead
            && !self.members.is_empty()
            && all_classic
            && cx.config.consumer.migration.allows_downgrade()
            && self.members.len() <= cx.config.max_size
    }

    /// Whether a static member that joins with the classic protocol replaces the last one of the new protocol.
    pub(crate) fn is_last_of_new_protocol(&self, instance_id: Option<&ByteString>) -> bool {
        let id = instance_id.and_then(|instance_id| self.static_members.get(instance_id));
        let mut others = self
            .members
            .values()
            .filter(|member| Some(&member.id) != id);
        let is_new = |id: &ByteString| self.members.get(id).is_some_and(|it| !it.is_classic());
        id.is_some_and(is_new) && others.all(ConsumerMember::is_classic)
    }

    /// The group as a classic one, as it would be stored. Members keep what they have until they join anew; one of the new
    /// protocol, which the member that joins replaces, is left out.
    pub(crate) fn downgraded(&self, cx: &Cx<'_>) -> GroupMetadataValue {
        let protocol = self.common_protocol();
        let name = protocol.clone().unwrap_or_default();
        let classic_members = || self.members.values().filter(|member| member.is_classic());
        let members = classic_members().map(|member| {
            let terms = &member.terms;
            let classic = terms.classic.clone().unwrap_or_default();
            let subscription = classic.protocols.iter().find(|(known, _)| *known == name);
            MemberMetadata {
                member_id: member.id.clone(),
                group_instance_id: terms.instance_id.clone(),
                client_id: terms.client_id.clone(),
                client_host: terms.client_host.clone(),
                rebalance_timeout: terms.rebalance_timeout_ms,
                session_timeout: classic.session_timeout_ms,
                subscription: subscription.map_or_else(Bytes::new, |(_, data)| data.clone()),
                assignment: encode_assignment(cx, member),
                ..MemberMetadata::default()
            }
        });
        GroupMetadataValue {
            protocol_type: ByteString::from_static(CONSUMER),
            generation: self.epoch,
            protocol,
            leader: classic_members().next().map(|member| member.id.clone()),
            current_state_timestamp: cx.now.wall_ms,
            members: members.collect(),
            ..GroupMetadataValue::default()
        }
    }

    /// A protocol that all classic members have; those of the first one in its order of preference.
    fn common_protocol(&self) -> Option<ByteString> {
        let mut classic = self
            .members
            .values()
            .filter_map(|member| member.terms.classic.as_ref());
        let first = classic.next()?;
        let others: Vec<&ClassicTerms> = classic.collect();
        let names = first.protocols.iter().map(|(name, _)| name);
        let is_common = |name: &&ByteString| {
            let has = |terms: &&ClassicTerms| terms.protocols.iter().any(|(of, _)| of == *name);
            others.iter().all(has)
        };
        let common = names.clone().find(is_common);
        common
            .or_else(|| first.protocols.first().map(|(name, _)| name))
            .cloned()
    }
}

fn upgraded_member(
    cx: &Cx<'_>,
    classic: &ClassicMember<'_>,
    subscription: &ConsumerProtocolSubscription,
    generation: i32,
) -> Option<ConsumerMember> {
    let assigned = read_assignment(cx, &classic.assignment, generation)?;
    let mut member = ConsumerMember::new(classic.id.clone());
    member.terms = Terms {
        instance_id: classic.instance_id.cloned(),
        rack_id: subscription.rack_id.as_ref().map(crate::classic::detached),
        client_id: classic.client_id.clone(),
        client_host: classic.client_host.clone(),
        rebalance_timeout_ms: classic.terms.rebalance_timeout_ms,
        topics: subscription
            .topics
            .iter()
            .map(crate::classic::detached)
            .collect(),
        classic: Some(ClassicTerms {
            session_timeout_ms: classic.terms.session_timeout_ms,
            protocols: classic.terms.protocols.clone(),
        }),
        ..Terms::default()
    };
    member.epoch = generation;
    member.previous_epoch = generation;
    member.assigned = assigned;
    Some(member)
}

/// An assignment of the consumers' own protocol. None at all is an assignment of nothing.
fn read_assignment(cx: &Cx<'_>, bytes: &Bytes, epoch: i32) -> Option<Current> {
    let mut current = Current::new();
    if bytes.is_empty() {
        return Some(current);
    }
    let mut body = bytes.clone();
    let version = body.try_get_i16().ok().filter(|version| *version >= 0)?;
    let version = version.min(ConsumerProtocolAssignment::MAX_VERSION);
    let read = ConsumerProtocolAssignment::decode(&mut Reader::new(&body), version).ok()?;
    for topic in &read.assigned_partitions {
        if let Some((id, _)) = cx.topics.find(&topic.topic) {
            let partitions = current.entry(id).or_default();
            partitions.extend(topic.partitions.iter().map(|&partition| (partition, epoch)));
        }
    }
    Some(current)
}
