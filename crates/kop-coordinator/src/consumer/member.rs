//! One member of a consumer group.

use std::collections::BTreeSet;

use bytes::Bytes;
use kop_codec::ByteString;
use kop_codec::internal::group::consumer_group_member_metadata_value::{
    ClassicMemberMetadata, ClassicProtocol, ConsumerGroupMemberMetadataValue,
};

use super::partitions::{Current, load_current};
use crate::classic::detached;

/// The member epoch of a member that joins.
pub(crate) const JOINING: i32 = 0;
/// The member epoch of a member that leaves.
pub(crate) const LEAVING: i32 = -1;
/// The member epoch of a static member that leaves for a while: its partitions stay its own until it is back or its
/// session ends.
pub(crate) const LEAVING_FOR_A_WHILE: i32 = -2;

/// How far a member has got towards its target; the numbers are those of the records.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum MemberState {
    /// It has what it should have at its epoch.
    #[default]
    Stable,
    /// It has been told to give partitions up and has not yet said that it did. Its epoch waits for that.
    Unrevoked,
    /// It lacks partitions that others have not given up yet.
    Unreleased,
}

impl MemberState {
    pub(super) fn number(self) -> i8 {
        match self {
            Self::Stable => 0,
            Self::Unrevoked => 1,
            Self::Unreleased => 2,
        }
    }

    /// A state that a later version may have added is taken as one that has to be worked out anew.
    pub(super) fn from_number(number: i8) -> Self {
        match number {
            0 => Self::Stable,
            1 => Self::Unrevoked,
            _ => Self::Unreleased,
        }
    }
}

/// What the group knows of a member. Strings and bytes are its own: nothing here keeps a request alive.
#[derive(Clone, Debug)]
pub(crate) struct ConsumerMember {
    pub(crate) id: ByteString,
    pub(crate) terms: Terms,
    pub(crate) epoch: i32,
    pub(crate) previous_epoch: i32,
    pub(crate) state: MemberState,
    pub(crate) assigned: Current,
    pub(crate) revoking: Current,
    pub(crate) deadlines: Deadlines,
}

/// What a member says of itself.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Terms {
    pub(crate) instance_id: Option<ByteString>,
    pub(crate) rack_id: Option<ByteString>,
    pub(crate) client_id: ByteString,
    pub(crate) client_host: ByteString,
    pub(crate) rebalance_timeout_ms: i32,
    pub(crate) assignor: Option<ByteString>,
    pub(crate) topics: BTreeSet<ByteString>,
    /// Empty for none.
    pub(crate) regex: ByteString,
    /// Of a member that speaks the classic protocol.
    pub(crate) classic: Option<ClassicTerms>,
}

/// What a member of the classic protocol says with JoinGroup.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct ClassicTerms {
    pub(crate) session_timeout_ms: i32,
    /// Names in order of preference, with the member's subscription for each.
    pub(crate) protocols: Vec<(ByteString, Bytes)>,
}

/// When a member counts as gone, on the timer clock.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Deadlines {
    /// No sign of life until then.
    pub(crate) session: Option<i64>,
    /// It has not given up what it should, and is still at this epoch.
    pub(crate) rebalance: Option<(i64, i32)>,
    /// A classic member has not joined anew since it was told to.
    pub(crate) join: Option<i64>,
    /// A classic member has not asked for its assignment.
    pub(crate) sync: Option<i64>,
}

impl Deadlines {
    pub(super) fn earliest(&self) -> Option<i64> {
        let rebalance = self.rebalance.map(|(at, _)| at);
        [self.session, rebalance, self.join, self.sync]
            .into_iter()
            .flatten()
            .min()
    }
}

impl ConsumerMember {
    /// A member that joins.
    pub(super) fn new(id: ByteString) -> Self {
        Self {
            id,
            terms: Terms {
                rebalance_timeout_ms: -1,
                ..Terms::default()
            },
            epoch: JOINING,
            previous_epoch: -1,
            state: MemberState::Stable,
            assigned: Current::new(),
            revoking: Current::new(),
            deadlines: Deadlines::default(),
        }
    }

    pub(crate) fn is_classic(&self) -> bool {
        self.terms.classic.is_some()
    }

    pub(super) fn is_reconciled_to(&self, target_epoch: i32) -> bool {
        self.state == MemberState::Stable && self.epoch == target_epoch
    }

    /// Moves it to an epoch; the one before it is remembered, should the answer that tells of it get lost.
    pub(super) fn move_to(&mut self, epoch: i32) {
        if epoch != self.epoch {
            self.previous_epoch = self.epoch;
            self.epoch = epoch;
        }
    }

    pub(super) fn to_value(&self) -> ConsumerGroupMemberMetadataValue {
        let terms = &self.terms;
        let classic = terms.classic.as_ref().map(|classic| ClassicMemberMetadata {
            session_timeout_ms: classic.session_timeout_ms,
            supported_protocols: classic
                .protocols
                .iter()
                .map(|(name, metadata)| ClassicProtocol {
                    name: name.clone(),
                    metadata: metadata.clone(),
                    ..ClassicProtocol::default()
                })
                .collect(),
            ..ClassicMemberMetadata::default()
        });
        ConsumerGroupMemberMetadataValue {
            instance_id: terms.instance_id.clone(),
            rack_id: terms.rack_id.clone(),
            client_id: terms.client_id.clone(),
            client_host: terms.client_host.clone(),
            subscribed_topic_names: terms.topics.iter().cloned().collect(),
            subscribed_topic_regex: Some(terms.regex.clone()),
            rebalance_timeout_ms: terms.rebalance_timeout_ms,
            server_assignor: terms.assignor.clone(),
            classic_member_metadata: classic,
            ..ConsumerGroupMemberMetadataValue::default()
        }
    }
}

impl Terms {
    pub(super) fn from_value(value: &ConsumerGroupMemberMetadataValue) -> Self {
        let own = |text: &Option<ByteString>| text.as_ref().map(detached);
        let classic = value
            .classic_member_metadata
            .as_ref()
            .map(|classic| ClassicTerms {
                session_timeout_ms: classic.session_timeout_ms,
                protocols: classic
                    .supported_protocols
                    .iter()
                    .map(|protocol| {
                        let metadata = Bytes::copy_from_slice(&protocol.metadata);
                        (detached(&protocol.name), metadata)
                    })
                    .collect(),
            });
        Self {
            instance_id: own(&value.instance_id),
            rack_id: own(&value.rack_id),
            client_id: detached(&value.client_id),
            client_host: detached(&value.client_host),
            rebalance_timeout_ms: value.rebalance_timeout_ms,
            assignor: own(&value.server_assignor),
            topics: value.subscribed_topic_names.iter().map(detached).collect(),
            regex: own(&value.subscribed_topic_regex).unwrap_or_default(),
            classic,
        }
    }
}

/// Gives a member what was stored of its assignment.
pub(super) fn load_assignment(
    member: &mut ConsumerMember,
    value: &kop_codec::internal::group::ConsumerGroupCurrentMemberAssignmentValue,
) {
    member.epoch = value.member_epoch;
    member.previous_epoch = value.previous_member_epoch;
    member.state = MemberState::from_number(value.state);
    member.assigned = load_current(&value.assigned_partitions, value.member_epoch);
    member.revoking = load_current(&value.partitions_pending_revocation, value.member_epoch);
}
