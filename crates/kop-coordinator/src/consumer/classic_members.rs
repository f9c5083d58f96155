//! Members of the classic protocol in a consumer group (KIP-848, online migration): JoinGroup, SyncGroup, Heartbeat and
//! LeaveGroup, where the server assigns and the member epoch is the generation.

use std::collections::BTreeMap;

use bytes::Bytes;
use kop_codec::messages::consumer_group_heartbeat_request::TopicPartitions as Owned;
use kop_codec::messages::consumer_protocol_assignment::TopicPartition as AssignedTopic;
use kop_codec::messages::join_group_request::JoinGroupRequestProtocol;
use kop_codec::messages::leave_group_request::MemberIdentity;
use kop_codec::messages::{
    ConsumerProtocolAssignment, ConsumerProtocolSubscription, HeartbeatRequest, JoinGroupRequest,
    JoinGroupResponse, LeaveGroupRequest, LeaveGroupResponse, SyncGroupRequest, SyncGroupResponse,
};
use kop_codec::{ByteString, EncodeError, ErrorCode, Message, Writer};

use super::member::{ClassicTerms, ConsumerMember, MemberState, Terms};
use super::partitions::Current;
use super::{ConsumerGroup, Refused};
use crate::classic::{
    CONSUMER, JoinCall, MEMBER_ID_REQUIRED_SINCE, Terms as Joined, detached, join_error,
    leave_result, read_subscription, subscription_version, sync_error,
};
use crate::outbox::Cx;
use crate::request::Ticket;

impl ConsumerGroup {
    /// A classic member joins, or joins anew to go on with the reconciliation.
    pub(crate) fn join_classic(&mut self, cx: &mut Cx<'_>, call: &JoinCall<'_>) {
        match self.join_one(cx, call) {
            Ok(response) => self.flush(cx, Some((call.ticket, response.into()))),
            Err((member_id, error)) => cx.out.reply(call.ticket, join_error(member_id, error)),
        }
    }

    fn join_one(
        &mut self,
        cx: &mut Cx<'_>,
        call: &JoinCall<'_>,
    ) -> Result<JoinGroupResponse, (ByteString, ErrorCode)> {
        let request = call.request;
        let is_new = request.member_id.is_empty();
        let member_id = match is_new {
            true => call.new_member_id(),
            false => detached(&request.member_id),
        };
        let echoed = || request.member_id.clone();
        let refuse = |refused: Refused| (echoed(), refused.error);
        self.check_room(cx, &member_id).map_err(refuse)?;
        let inconsistent = || (echoed(), ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
        let first = self
            .first_protocol(request, &member_id)
            .ok_or_else(inconsistent)?;
        let is_static = request.group_instance_id.is_some();
        if is_new && !is_static && call.context.api_version >= MEMBER_ID_REQUIRED_SINCE {
            return Err((member_id, ErrorCode::MEMBER_ID_REQUIRED));
        }
        let subscription = read_subscription(&first.metadata).ok_or_else(inconsistent)?;
        let mut member = match &request.group_instance_id {
            Some(instance_id) if is_new => self
                .join_static(&member_id, instance_id, true)
                .map_err(refuse)?,
            Some(_) => self
                .check_member(&member_id, request.group_instance_id.as_ref())
                .map_err(refuse)?
                .clone(),
            None => match self.members.get(&member_id) {
                Some(member) => member.clone(),
                None if owns_any(&subscription) => {
                    return Err((echoed(), ErrorCode::UNKNOWN_MEMBER_ID));
                }
                None => ConsumerMember::new(member_id.clone()),
            },
        };
        let terms = classic_terms(&member, call, &subscription);
        let timeout_ms = terms.rebalance_timeout_ms;
        let changed = self.set_terms(&mut member, terms);
        self.start_session(cx, &mut member);
        member.deadlines.join = None;
        member.deadlines.rebalance = None;
        member.deadlines.sync = Some(cx.now.after(timeout_ms));
        self.put_member(member);
        let owned = owned_partitions(cx, &subscription);
        let member = self.advance(cx, &member_id, changed, Some(&owned));
        Ok(JoinGroupResponse {
            member_id: member.id.clone(),
            generation_id: member.epoch,
            protocol_type: Some(ByteString::from_static(CONSUMER)),
            protocol_name: request.protocols.first().map(|first| first.name.clone()),
            ..JoinGroupResponse::default()
        })
    }

    /// The protocol that a member likes best. `None` where its protocols do not fit in with those of the other classic
    /// members.
    fn first_protocol<'a>(
        &self,
        request: &'a JoinGroupRequest,
        member_id: &str,
    ) -> Option<&'a JoinGroupRequestProtocol> {
        let others: Vec<&ClassicTerms> = self
            .members
            .values()
            .filter(|member| member.id != member_id)
            .filter_map(|member| member.terms.classic.as_ref())
            .collect();
        let is_common = |name: &ByteString| {
            let has = |terms: &&ClassicTerms| terms.protocols.iter().any(|(of, _)| of == name);
            others.iter().all(has)
        };
        let fits = request.protocol_type == CONSUMER
            && request
                .protocols
                .iter()
                .any(|protocol| is_common(&protocol.name));
        request.protocols.first().filter(|_| fits)
    }

    /// A classic member asks for its assignment.
    pub(crate) fn sync_classic(
        &mut self,
        cx: &mut Cx<'_>,
        request: &SyncGroupRequest,
        ticket: Ticket,
    ) {
        let response = match self.check_sync(cx, request) {
            Ok(mut member) => {
                member.deadlines.sync = None;
                self.start_session(cx, &mut member);
                let assignment = encode_assignment(cx, &member);
                self.put_member(member);
                SyncGroupResponse {
                    protocol_type: request.protocol_type.clone(),
                    protocol_name: request.protocol_name.clone(),
                    assignment,
                    ..SyncGroupResponse::default()
                }
            }
            Err(error) => sync_error(error),
        };
        cx.out.reply(ticket, response);
    }

    fn check_sync(
        &mut self,
        cx: &Cx<'_>,
        request: &SyncGroupRequest,
    ) -> Result<ConsumerMember, ErrorCode> {
        let instance_id = request.group_instance_id.as_ref();
        let member = self.check_classic(&request.member_id, instance_id, request.generation_id)?;
        let named = request
            .protocol_type
            .as_deref()
            .is_none_or(|name| name == CONSUMER);
        let first = member
            .terms
            .classic
            .as_ref()
            .and_then(|terms| terms.protocols.first());
        let same = match (&request.protocol_name, first) {
            (Some(name), Some((first, _))) => name == first,
            _ => true,
        };
        if !named || !same {
            return Err(ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
        }
        if self.has_later_target(cx, member.epoch) && member.state != MemberState::Unrevoked {
            self.wait_for_join(cx, member);
            return Err(ErrorCode::REBALANCE_IN_PROGRESS);
        }
        Ok(member)
    }

    /// A classic member is alive, and learns whether it has to join anew.
    pub(crate) fn heartbeat_classic(
        &mut self,
        cx: &Cx<'_>,
        request: &HeartbeatRequest,
    ) -> Result<(), ErrorCode> {
        let instance_id = request.group_instance_id.as_ref();
        let mut member =
            self.check_classic(&request.member_id, instance_id, request.generation_id)?;
        self.start_session(cx, &mut member);
        let has_news = match member.state {
            _ if self.has_later_target(cx, member.epoch) => true,
            MemberState::Stable => false,
            MemberState::Unrevoked => true,
            MemberState::Unreleased => !self.waits_for_others(&member),
        };
        if has_news {
            self.wait_for_join(cx, member);
            return Err(ErrorCode::REBALANCE_IN_PROGRESS);
        }
        self.put_member(member);
        Ok(())
    }

    /// Others still have what the member should get.
    fn waits_for_others(&self, member: &ConsumerMember) -> bool {
        let target = self.targets.get(&member.id).into_iter().flatten();
        target
            .flat_map(|(&topic, partitions)| partitions.iter().map(move |&p| (topic, p)))
            .any(|(topic, partition)| self.is_taken(topic, partition, &member.id))
    }

    /// The member was told to join anew, and has its rebalance time-out to do so.
    fn wait_for_join(&mut self, cx: &Cx<'_>, mut member: ConsumerMember) {
        let deadline = cx.now.after(member.terms.rebalance_timeout_ms);
        member.deadlines.join.get_or_insert(deadline);
        self.put_member(member);
    }

    /// A member that speaks the classic protocol and knows its generation.
    fn check_classic(
        &self,
        member_id: &str,
        instance_id: Option<&ByteString>,
        generation: i32,
    ) -> Result<ConsumerMember, ErrorCode> {
        let member = self
            .check_member(member_id, instance_id)
            .map_err(|refused| refused.error)?;
        if !member.is_classic() {
            return Err(ErrorCode::UNKNOWN_MEMBER_ID);
        }
        if member.epoch != generation {
            return Err(ErrorCode::ILLEGAL_GENERATION);
        }
        Ok(member.clone())
    }

    /// Members leave by the classic protocol, each with its own result, and all of them at once: one that is named twice
    /// is still there the second time. An administrator removes those of the new protocol so too.
    pub(crate) fn leave_classic(
        &mut self,
        cx: &mut Cx<'_>,
        request: &LeaveGroupRequest,
        ticket: Ticket,
    ) {
        let mut leaving = Vec::with_capacity(request.members.len());
        let members = request.members.iter().map(|identity| {
            let left = self.leaving_id(identity).map(|id| leaving.push(id));
            leave_result(identity, left.err().unwrap_or_default())
        });
        let members = members.collect();
        self.remove(cx, leaving.iter().map(|id| (&**id, "a member left")));
        let response = LeaveGroupResponse {
            members,
            ..LeaveGroupResponse::default()
        };
        self.flush(cx, Some((ticket, response.into())));
    }

    fn leaving_id(&self, identity: &MemberIdentity) -> Result<ByteString, ErrorCode> {
        let instance_id = identity.group_instance_id.as_ref();
        // An administrator removes a static member, of whose member id nobody but the member knows.
        let known = instance_id.and_then(|instance_id| self.static_members.get(instance_id));
        let member_id = match known {
            Some(known) if identity.member_id.is_empty() => known,
            _ => &identity.member_id,
        };
        let member = self.check_member(member_id, instance_id);
        member
            .map(|member| member.id.clone())
            .map_err(|refused| refused.error)
    }
}

fn classic_terms(
    member: &ConsumerMember,
    call: &JoinCall<'_>,
    subscription: &ConsumerProtocolSubscription,
) -> Terms {
    let request = call.request;
    let joined = Joined::of(request);
    Terms {
        instance_id: request.group_instance_id.as_ref().map(detached),
        rack_id: subscription.rack_id.as_ref().map(detached),
        client_id: detached(&call.context.client_id),
        client_host: detached(&call.context.client_host),
        rebalance_timeout_ms: joined.rebalance_timeout_ms,
        assignor: member.terms.assignor.clone(),
        topics: subscription.topics.iter().map(detached).collect(),
        regex: ByteString::new(),
        classic: Some(ClassicTerms {
            session_timeout_ms: joined.session_timeout_ms,
            protocols: joined.protocols,
        }),
    }
}

/// Whether a classic member says that it owns something. One that the group does not know was removed and has not learned
/// of it: what it owns may be another's by now. It has to be told, so that it gives everything up before it joins; Apache
/// Kafka lets it join, and until it has its assignment a partition has two owners.
fn owns_any(subscription: &ConsumerProtocolSubscription) -> bool {
    let mut topics = subscription.owned_partitions.iter();
    topics.any(|topic| !topic.partitions.is_empty())
}

/// What a classic member says it owns, by topic ids. Topics that are gone are owned by nobody.
pub(super) fn owned_partitions(
    cx: &Cx<'_>,
    subscription: &ConsumerProtocolSubscription,
) -> Vec<Owned> {
    let topics = subscription.owned_partitions.iter().filter_map(|owned| {
        let (topic_id, _) = cx.topics.find(&owned.topic)?;
        Some(Owned {
            topic_id,
            partitions: owned.partitions.clone(),
            ..Owned::default()
        })
    });
    topics.collect()
}

/// The member's assignment in the consumers' own protocol, in the version of its subscription.
pub(super) fn encode_assignment(cx: &Cx<'_>, member: &ConsumerMember) -> Bytes {
    let of_member = member.terms.classic.as_ref();
    let metadata = of_member.and_then(|terms| Some(&terms.protocols.first()?.1));
    let version = metadata.and_then(subscription_version).unwrap_or(0);
    let version = version.min(ConsumerProtocolAssignment::MAX_VERSION);
    let assignment = ConsumerProtocolAssignment {
        assigned_partitions: by_name(cx, &member.assigned),
        ..ConsumerProtocolAssignment::default()
    };
    // It cannot fail: the names of topics fit into every version.
    encode_versioned(&assignment, version).unwrap_or_default()
}

/// A message with its version in front, as consumers have it among themselves.
fn encode_versioned<M: Message>(message: &M, version: i16) -> Result<Bytes, EncodeError> {
    let mut writer = Writer::with_capacity(size_of::<i16>() + message.encoded_len(version)?);
    writer.i16(version);
    message.encode(&mut writer, version)?;
    let encoded = writer.finish()?;
    let bytes = encoded.to_bytes();
    bytes.map_err(|error| EncodeError::ReadRecords(error.kind()))
}

fn by_name(cx: &Cx<'_>, current: &Current) -> Vec<AssignedTopic> {
    let topics: BTreeMap<ByteString, _> = current
        .iter()
        .filter_map(|(&id, partitions)| Some((cx.topics.name(id)?, partitions)))
        .collect();
    let topics = topics.into_iter().map(|(topic, partitions)| AssignedTopic {
        topic,
        partitions: partitions.keys().copied().collect(),
        ..AssignedTopic::default()
    });
    topics.collect()
}

/// The join could not be stored.
pub(crate) fn fail_join(response: &JoinGroupResponse, error: ErrorCode) -> JoinGroupResponse {
    join_error(response.member_id.clone(), error)
}

/// The leaving could not be stored: those that would have left have not, as far as they know.
pub(crate) fn fail_leave(mut response: LeaveGroupResponse, error: ErrorCode) -> LeaveGroupResponse {
    for member in &mut response.members {
        if !member.error_code.is_error() {
            member.error_code = error;
        }
    }
    response
}
