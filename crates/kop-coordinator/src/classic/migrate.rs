//! What a consumer group takes over from a classic one (KIP-848, online migration).

use bytes::Bytes;
use kop_codec::{ByteString, ErrorCode};

use super::member::Terms;
use super::{ClassicGroup, ClassicState, join_error};
use crate::outbox::Cx;

/// A member on its way to a consumer group.
#[derive(Debug)]
pub(crate) struct ClassicMember<'a> {
    pub(crate) id: &'a ByteString,
    pub(crate) instance_id: Option<&'a ByteString>,
    pub(crate) client_id: &'a ByteString,
    pub(crate) client_host: &'a ByteString,
    pub(crate) terms: &'a Terms,
    /// Its subscription, in the consumers' own protocol.
    pub(crate) metadata: Bytes,
    /// Its assignment, in the consumers' own protocol. Empty where it has none.
    pub(crate) assignment: Bytes,
}

impl ClassicGroup {
    /// The generation that the group is at.
    pub(crate) fn generation(&self) -> i32 {
        self.generation
    }

    /// Whether it may become a consumer group, in which there is room for one more member.
    pub(crate) fn can_upgrade(&self, max_size: usize) -> bool {
        self.state != ClassicState::Dead && self.is_of_consumers() && self.members.len() < max_size
    }

    /// Its members, for the group that takes them over.
    pub(crate) fn members_to_upgrade(&self) -> impl Iterator<Item = ClassicMember<'_>> {
        // Before the first generation there is no protocol yet: then it is what the member likes best.
        let metadata = |member: &super::Member| match &self.protocol {
            Some(protocol) => member.metadata(protocol),
            None => {
                let first = member.terms.protocols.first();
                first.map_or_else(Bytes::new, |(_, metadata)| metadata.clone())
            }
        };
        self.members.values().map(move |member| ClassicMember {
            id: &member.id,
            instance_id: member.instance_id.as_ref(),
            client_id: &member.client_id,
            client_host: &member.client_host,
            terms: &member.terms,
            metadata: metadata(member),
            assignment: member.assignment.clone(),
        })
    }

    /// The group is no more: whoever waits has to join again, and finds what has taken its place.
    pub(crate) fn abandon(&mut self, cx: &mut Cx<'_>) {
        let ids: Vec<ByteString> = self.members.keys().cloned().collect();
        for id in ids {
            let response = join_error(id.clone(), ErrorCode::REBALANCE_IN_PROGRESS);
            self.complete_join(cx, &id, response);
        }
        self.complete_syncs(cx, ErrorCode::REBALANCE_IN_PROGRESS);
    }

    /// The group was made of a consumer group: it is stored, and its members join anew.
    pub(crate) fn begin_after_downgrade(&mut self, cx: &mut Cx<'_>) {
        cx.out
            .write(vec![self.to_record(None)], crate::outbox::Then::Nothing);
        self.start_sessions(cx.now);
        self.begin_rebalance(cx, "the group went back to the classic protocol");
    }
}
