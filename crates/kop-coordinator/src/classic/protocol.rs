//! Which protocol a generation uses, and what its members subscribe to.

use std::collections::BTreeSet;

use bytes::{Buf, Bytes};
use kop_codec::messages::ConsumerProtocolSubscription;
use kop_codec::messages::join_group_request::JoinGroupRequestProtocol;
use kop_codec::messages::join_group_response::JoinGroupResponseMember;
use kop_codec::{ByteString, Message};

use super::member::{Terms, detached};
use super::{ClassicGroup, ClassicState};

/// The protocol type of consumers; its metadata is a subscription.
pub(crate) const CONSUMER: &str = "consumer";

impl ClassicGroup {
    /// Whether a member with this type and these protocols fits in. An empty group takes any, but not none.
    pub(super) fn supports(
        &self,
        protocol_type: &str,
        protocols: &[JoinGroupRequestProtocol],
    ) -> bool {
        if self.state == ClassicState::Empty {
            return !protocol_type.is_empty() && !protocols.is_empty();
        }
        self.protocol_type.as_deref() == Some(protocol_type)
            && protocols
                .iter()
                .any(|protocol| self.is_common(&protocol.name))
    }

    /// Whether every member supports the protocol.
    fn is_common(&self, protocol: &str) -> bool {
        self.supported.get(protocol).copied().unwrap_or(0) == self.members.len()
    }

    /// Counts a member's protocols in or out.
    pub(super) fn count_protocols(&mut self, terms: &Terms, add: bool) {
        for (name, _) in &terms.protocols {
            if add {
                *self.supported.entry(name.clone()).or_insert(0) += 1;
            } else if let Some(count) = self.supported.get_mut(name) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    self.supported.remove(name);
                }
            }
        }
    }

    /// The protocol with the most votes among those that all support. With equal votes, the one voted for first.
    pub(super) fn elect_protocol(&self) -> Option<ByteString> {
        let mut votes: Vec<(&ByteString, usize)> = Vec::new();
        for member in self.members.values() {
            let Some(choice) = member.vote(|name| self.is_common(name)) else {
                continue;
            };
            match votes.iter_mut().find(|(name, _)| *name == choice) {
                Some((_, count)) => *count += 1,
                None => votes.push((choice, 1)),
            }
        }
        let most = votes.iter().map(|(_, count)| *count).max()?;
        votes
            .into_iter()
            .find(|(_, count)| *count == most)
            .map(|(name, _)| name.clone())
    }

    /// The topics that the members subscribe to: known for consumers whose metadata can be read.
    pub(super) fn subscriptions(&self) -> Option<BTreeSet<ByteString>> {
        if !self.is_of_consumers() {
            return None;
        }
        if self.members.is_empty() {
            return Some(BTreeSet::new());
        }
        let protocol = self.protocol.as_deref()?;
        let mut topics = BTreeSet::new();
        for member in self.members.values() {
            let subscription = read_subscription(&member.metadata(protocol))?;
            topics.extend(subscription.topics.iter().map(detached));
        }
        Some(topics)
    }

    /// Whether the group is one of consumers, or at least says so.
    pub(crate) fn is_of_consumers(&self) -> bool {
        self.protocol_type.as_deref() == Some(CONSUMER)
    }

    /// Whether a member reads this topic. Not known means no.
    pub(crate) fn is_subscribed(&self, topic: &str) -> bool {
        self.subscribed
            .as_ref()
            .is_some_and(|topics| topics.contains(topic))
    }

    /// All members with their metadata, for the leader.
    pub(super) fn join_members(&self) -> Vec<JoinGroupResponseMember> {
        let protocol = self.protocol.as_deref().unwrap_or_default();
        let members = self.members.values().map(|member| JoinGroupResponseMember {
            member_id: member.id.clone(),
            group_instance_id: member.instance_id.clone(),
            metadata: member.metadata(protocol),
            ..JoinGroupResponseMember::default()
        });
        members.collect()
    }
}

/// A subscription with its version in front. A later version than ours begins like ours.
pub(crate) fn read_subscription(metadata: &Bytes) -> Option<ConsumerProtocolSubscription> {
    let version = subscription_version(metadata)?.min(ConsumerProtocolSubscription::MAX_VERSION);
    let body = metadata.slice(size_of::<i16>()..);
    ConsumerProtocolSubscription::decode(&mut kop_codec::Reader::new(&body), version).ok()
}

/// The version that a subscription says it has.
pub(crate) fn subscription_version(metadata: &Bytes) -> Option<i16> {
    let version = metadata.clone().try_get_i16().ok();
    version.filter(|version| *version >= 0)
}
