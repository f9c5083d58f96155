//! One member of a classic group.

use bytes::Bytes;
use kop_codec::ByteString;
use kop_codec::messages::describe_groups_response::DescribedGroupMember;
use kop_codec::messages::join_group_request::{JoinGroupRequest, JoinGroupRequestProtocol};

use crate::request::{GroupContext, Ticket};

/// What the group knows of a member. Strings and bytes are its own: nothing here keeps a request alive.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) id: ByteString,
    pub(crate) instance_id: Option<ByteString>,
    pub(crate) client_id: ByteString,
    pub(crate) client_host: ByteString,
    pub(crate) terms: Terms,
    /// Empty until the leader has assigned something.
    pub(crate) assignment: Bytes,
    /// It waits for its first generation, so it cannot send heartbeats yet.
    pub(crate) is_new: bool,
    pub(crate) awaiting_join: Option<Ticket>,
    pub(crate) awaiting_sync: Option<Ticket>,
    /// When it counts as gone, on the timer clock. `None` while a rebalance holds its request.
    pub(crate) session_deadline: Option<i64>,
}

/// What a member says of itself with each JoinGroup.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Terms {
    pub(crate) rebalance_timeout_ms: i32,
    pub(crate) session_timeout_ms: i32,
    /// Names in order of preference, each once, with the member's metadata for it.
    pub(crate) protocols: Vec<(ByteString, Bytes)>,
}

impl Terms {
    pub(crate) fn of(request: &JoinGroupRequest) -> Self {
        let mut protocols: Vec<(ByteString, Bytes)> = Vec::with_capacity(request.protocols.len());
        for protocol in &request.protocols {
            if !protocols.iter().any(|(name, _)| *name == protocol.name) {
                protocols.push((
                    detached(&protocol.name),
                    Bytes::copy_from_slice(&protocol.metadata),
                ));
            }
        }
        // Version 0 has no rebalance time-out: the session's counts. A millisecond is the least, so that timers advance.
        let rebalance = request.rebalance_timeout_ms;
        let rebalance_timeout_ms = if rebalance < 0 {
            request.session_timeout_ms
        } else {
            rebalance.max(1)
        };
        Self {
            rebalance_timeout_ms,
            session_timeout_ms: request.session_timeout_ms,
            protocols,
        }
    }

    fn matches(&self, protocols: &[JoinGroupRequestProtocol]) -> bool {
        self.protocols.len() == protocols.len()
            && self
                .protocols
                .iter()
                .zip(protocols)
                .all(|((name, data), p)| *name == p.name && *data == p.metadata)
    }
}

impl Member {
    pub(crate) fn new(id: ByteString, context: &GroupContext, request: &JoinGroupRequest) -> Self {
        Self {
            id,
            instance_id: request.group_instance_id.as_ref().map(detached),
            client_id: detached(&context.client_id),
            client_host: detached(&context.client_host),
            terms: Terms::of(request),
            assignment: Bytes::new(),
            is_new: true,
            awaiting_join: None,
            awaiting_sync: None,
            session_deadline: None,
        }
    }

    /// Whether a join with these protocols would change nothing.
    pub(crate) fn matches(&self, protocols: &[JoinGroupRequestProtocol]) -> bool {
        self.terms.matches(protocols)
    }

    /// The member's metadata for a protocol; empty where it does not support it.
    pub(crate) fn metadata(&self, protocol: &str) -> Bytes {
        let found = self
            .terms
            .protocols
            .iter()
            .find(|(name, _)| *name == protocol);
        found.map_or_else(Bytes::new, |(_, metadata)| metadata.clone())
    }

    /// The member's choice among `candidates`: the first of its own list.
    pub(crate) fn vote(&self, is_candidate: impl Fn(&str) -> bool) -> Option<&ByteString> {
        self.terms
            .protocols
            .iter()
            .map(|(name, _)| name)
            .find(|name| is_candidate(name))
    }

    /// The group owes it an answer, so silence is no sign of its death. New members are the exception: their
    /// connection may be long gone, and only the join time-out finds out.
    pub(crate) fn is_held_by_group(&self) -> bool {
        !self.is_new && (self.awaiting_join.is_some() || self.awaiting_sync.is_some())
    }

    /// The member for DescribeGroups; metadata only where the group has a protocol.
    pub(crate) fn describe(&self, protocol: Option<&str>) -> DescribedGroupMember {
        DescribedGroupMember {
            member_id: self.id.clone(),
            group_instance_id: self.instance_id.clone(),
            client_id: self.client_id.clone(),
            client_host: self.client_host.clone(),
            member_metadata: protocol.map_or_else(Bytes::new, |name| self.metadata(name)),
            member_assignment: self.assignment.clone(),
            ..DescribedGroupMember::default()
        }
    }
}

/// A copy that does not keep the request's buffer alive.
pub(crate) fn detached(text: &ByteString) -> ByteString {
    if text.is_empty() {
        ByteString::new()
    } else {
        ByteString::from(&**text)
    }
}
