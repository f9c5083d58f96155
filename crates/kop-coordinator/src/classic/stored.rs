//! The group as a record of `__consumer_offsets`, and back.

use bytes::Bytes;
use kop_codec::ByteString;
use kop_codec::internal::group::GroupMetadataValue;
use kop_codec::internal::group::group_metadata_value::MemberMetadata;

use super::member::{Member, Terms, detached};
use super::{ClassicGroup, ClassicState};
use crate::outbox::Cx;

impl ClassicGroup {
    /// The value to store; with other assignments than the members have, where those are about to change.
    pub(super) fn to_value(
        &self,
        assignments: Option<&[(ByteString, Bytes)]>,
    ) -> GroupMetadataValue {
        let protocol = self.protocol.as_deref().unwrap_or_default();
        // Assignments come in the order of the members.
        let members = self
            .members
            .values()
            .enumerate()
            .map(|(index, member)| MemberMetadata {
                member_id: member.id.clone(),
                group_instance_id: member.instance_id.clone(),
                client_id: member.client_id.clone(),
                client_host: member.client_host.clone(),
                rebalance_timeout: member.terms.rebalance_timeout_ms,
                session_timeout: member.terms.session_timeout_ms,
                subscription: member.metadata(protocol),
                assignment: assignments.and_then(|all| all.get(index)).map_or_else(
                    || member.assignment.clone(),
                    |(_, assignment)| assignment.clone(),
                ),
                ..MemberMetadata::default()
            });
        GroupMetadataValue {
            protocol_type: self.protocol_type.clone().unwrap_or_default(),
            generation: self.generation,
            protocol: self.protocol.clone(),
            leader: self.leader.clone(),
            current_state_timestamp: self.state_since_ms.unwrap_or(-1),
            members: members.collect(),
            ..GroupMetadataValue::default()
        }
    }

    /// The group as it was stored: stable if it has members, else empty. Its sessions do not run yet.
    pub(crate) fn from_value(id: ByteString, value: &GroupMetadataValue) -> Self {
        let mut group = Self::new(id, 0);
        group.state_since_ms = Some(value.current_state_timestamp).filter(|since| *since >= 0);
        group.generation = value.generation;
        group.protocol_type = Some(detached(&value.protocol_type)).filter(|name| !name.is_empty());
        group.protocol = value.protocol.as_ref().map(detached);
        group.leader = value.leader.as_ref().map(detached);
        for stored in &value.members {
            let member = stored_member(stored, group.protocol.as_ref());
            group.count_protocols(&member.terms, true);
            if let Some(instance_id) = &member.instance_id {
                group
                    .static_members
                    .insert(instance_id.clone(), member.id.clone());
            }
            group.members.insert(member.id.clone(), member);
        }
        if !group.members.is_empty() {
            group.state = ClassicState::Stable;
            group.previous = ClassicState::CompletingRebalance;
        }
        group.subscribed = group.subscriptions();
        group
    }

    /// After loading: a group that has become too large, since the limit was lowered, has to join anew.
    pub(crate) fn shrink_to_limit(&mut self, cx: &mut Cx<'_>) {
        if self.members.len() > cx.config.max_size && self.can_rebalance() {
            self.begin_rebalance(cx, "the loaded group is over its size limit");
        }
    }
}

fn stored_member(stored: &MemberMetadata, protocol: Option<&ByteString>) -> Member {
    let session_timeout_ms = stored.session_timeout;
    let rebalance = stored.rebalance_timeout;
    Member {
        id: detached(&stored.member_id),
        instance_id: stored.group_instance_id.as_ref().map(detached),
        client_id: detached(&stored.client_id),
        client_host: detached(&stored.client_host),
        terms: Terms {
            rebalance_timeout_ms: if rebalance < 0 {
                session_timeout_ms.max(1)
            } else {
                rebalance.max(1)
            },
            session_timeout_ms,
            protocols: vec![(
                protocol.cloned().unwrap_or_default(),
                Bytes::copy_from_slice(&stored.subscription),
            )],
        },
        assignment: Bytes::copy_from_slice(&stored.assignment),
        is_new: false,
        awaiting_join: None,
        awaiting_sync: None,
        session_deadline: None,
    }
}
