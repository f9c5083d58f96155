//! ConsumerGroupHeartbeat: joining, staying, reconciling.

use std::collections::BTreeSet;

use kop_codec::messages::{ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse};
use kop_codec::{ByteString, ErrorCode};

use super::assignor::Assignor;
use super::member::{ConsumerMember, JOINING, LEAVING, LEAVING_FOR_A_WHILE, MemberState, Terms};
use super::partitions::{Current, OwnedPartitions, is_subset, to_assignment};
use super::reconcile::Step;
use super::{ConsumerGroup, Key, Refused, topic_regex};
use crate::classic::detached;
use crate::config::GroupConfig;
use crate::outbox::Cx;
use crate::request::{GroupContext, Ticket};

/// From this version on a member makes its own id.
const MEMBER_MAKES_ITS_ID_SINCE: i16 = 1;

/// A ConsumerGroupHeartbeat request with what belongs to it.
#[derive(Debug)]
pub(crate) struct HeartbeatCall<'a> {
    pub(crate) context: &'a GroupContext,
    pub(crate) request: &'a ConsumerGroupHeartbeatRequest,
    pub(crate) ticket: Ticket,
    /// The id of the member: that of the request, or one that was made for it.
    pub(crate) member_id: ByteString,
}

impl HeartbeatCall<'_> {
    fn owned(&self) -> OwnedPartitions<'_> {
        self.request.topic_partitions.as_deref()
    }

    /// All that a member says when it joins, which it also does after errors: then it wants to be told everything.
    fn is_full(&self) -> bool {
        let request = self.request;
        request.rebalance_timeout_ms != -1
            && (request.subscribed_topic_names.is_some()
                || request.subscribed_topic_regex.is_some())
            && request.topic_partitions.is_some()
    }
}

/// Checks what can be checked without knowing the group.
pub(crate) fn check_heartbeat(
    config: &GroupConfig,
    version: i16,
    request: &ConsumerGroupHeartbeatRequest,
) -> Result<(), Refused> {
    let invalid = |message: &str| Err(Refused::new(ErrorCode::INVALID_REQUEST, message));
    let is_empty = |text: &Option<ByteString>| {
        let text = text.as_ref();
        text.is_some_and(|text| text.trim().is_empty())
    };
    let epoch = request.member_epoch;
    let must_have_id = version >= MEMBER_MAKES_ITS_ID_SINCE || epoch > JOINING || epoch == LEAVING;
    if must_have_id && request.member_id.trim().is_empty() {
        return invalid("MemberId can't be empty.");
    }
    if request.group_id.trim().is_empty() {
        return invalid("GroupId can't be empty.");
    }
    if is_empty(&request.instance_id) {
        return invalid("InstanceId can't be empty.");
    }
    if is_empty(&request.rack_id) {
        return invalid("RackId can't be empty.");
    }
    match epoch {
        JOINING => check_join(request)?,
        LEAVING_FOR_A_WHILE if request.instance_id.is_none() => {
            return invalid("InstanceId can't be null.");
        }
        epoch if epoch < LEAVING_FOR_A_WHILE => return invalid("MemberEpoch is invalid."),
        _ => {}
    }
    check_assignor(config, request.server_assignor.as_deref())?;
    match request.subscribed_topic_regex.as_deref() {
        None | Some("") => Ok(()),
        Some(regex) => topic_regex::check(regex),
    }
}

fn check_join(request: &ConsumerGroupHeartbeatRequest) -> Result<(), Refused> {
    let invalid = |message: &str| Err(Refused::new(ErrorCode::INVALID_REQUEST, message));
    if request.rebalance_timeout_ms == -1 {
        return invalid("RebalanceTimeoutMs must be provided in first request.");
    }
    if request
        .topic_partitions
        .as_ref()
        .is_none_or(|owned| !owned.is_empty())
    {
        return invalid("TopicPartitions must be empty when (re-)joining.");
    }
    if request.subscribed_topic_names.is_none() && request.subscribed_topic_regex.is_none() {
        return invalid(
            "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.",
        );
    }
    Ok(())
}

fn check_assignor(config: &GroupConfig, wanted: Option<&str>) -> Result<(), Refused> {
    let Some(wanted) = wanted else { return Ok(()) };
    let known = &config.consumer.assignors;
    if known.iter().any(|assignor| assignor.name() == wanted) {
        return Ok(());
    }
    let names: Vec<&str> = known
        .iter()
        .map(|&assignor| Assignor::name(assignor))
        .collect();
    let message = format!(
        "ServerAssignor {wanted} is not supported. Supported assignors: {}.",
        names.join(", ")
    );
    Err(Refused::new(ErrorCode::UNSUPPORTED_ASSIGNOR, message))
}

/// An answer with nothing but an error.
pub(crate) fn fail_heartbeat(refused: Refused) -> ConsumerGroupHeartbeatResponse {
    let message = Some(refused.message).filter(|message| !message.is_empty());
    ConsumerGroupHeartbeatResponse {
        error_code: refused.error,
        error_message: message.map(ByteString::from),
        ..ConsumerGroupHeartbeatResponse::default()
    }
}

impl ConsumerGroup {
    /// A member joins, or says that it is alive and what it owns.
    pub(crate) fn heartbeat(&mut self, cx: &mut Cx<'_>, call: &HeartbeatCall<'_>) {
        match self.beat(cx, call) {
            Ok(response) => self.flush(cx, Some((call.ticket, response.into()))),
            Err(refused) => cx.out.reply(call.ticket, fail_heartbeat(refused)),
        }
    }

    fn beat(
        &mut self,
        cx: &mut Cx<'_>,
        call: &HeartbeatCall<'_>,
    ) -> Result<ConsumerGroupHeartbeatResponse, Refused> {
        self.check_room(cx, &call.member_id)?;
        let mut member = self.member_for(call)?;
        let before = member.assigned.clone();
        let terms = new_terms(&member.terms, call);
        let changed = self.set_terms(&mut member, terms);
        self.start_session(cx, &mut member);
        member.deadlines.join = None;
        member.deadlines.sync = None;
        self.put_member(member);
        let heartbeat_interval_ms = cx.config.consumer.times.of(&self.id).heartbeat_interval_ms;
        let member = self.advance(cx, &call.member_id, changed, call.owned());
        let tells_all = call.request.member_epoch == JOINING || call.is_full();
        Ok(ConsumerGroupHeartbeatResponse {
            member_id: Some(member.id.clone()),
            member_epoch: member.epoch,
            heartbeat_interval_ms,
            assignment: (tells_all || !same_partitions(&before, &member.assigned))
                .then(|| to_assignment(&member.assigned)),
            ..ConsumerGroupHeartbeatResponse::default()
        })
    }

    /// The member that sends this, new if it joins. Nothing is changed where it is refused.
    fn member_for(&mut self, call: &HeartbeatCall<'_>) -> Result<ConsumerMember, Refused> {
        let request = call.request;
        let joins = request.member_epoch == JOINING;
        match &request.instance_id {
            Some(instance_id) if joins => self.join_static(&call.member_id, instance_id, false),
            None if joins && !self.members.contains_key(&call.member_id) => {
                Ok(ConsumerMember::new(detached(&call.member_id)))
            }
            instance_id => {
                let member = self.check_member(&call.member_id, instance_id.as_ref())?;
                check_epoch(member, request.member_epoch, call.owned())?;
                Ok(member.clone())
            }
        }
    }

    /// A static member that joins: a new one, or in the place of the one with its instance id (KIP-345). One that joins
    /// again under its own id has not heard that it had joined, or was fenced; Apache Kafka would refuse it for good.
    pub(super) fn join_static(
        &mut self,
        member_id: &ByteString,
        instance_id: &ByteString,
        is_classic: bool,
    ) -> Result<ConsumerMember, Refused> {
        let known = self.static_members.get(instance_id);
        let Some(old) = known.and_then(|id| self.members.get(id)) else {
            return Ok(ConsumerMember::new(detached(member_id)));
        };
        let released = old.epoch == LEAVING_FOR_A_WHILE || old.id == *member_id;
        if !is_classic && !old.is_classic() && !released {
            let message = format!(
                "Static member {member_id} with instance id {instance_id} cannot join the group because the instance id is owned by {} member.",
                old.id
            );
            return Err(Refused::new(ErrorCode::UNRELEASED_INSTANCE_ID, message));
        }
        let old_id = old.id.clone();
        let target = self.targets.get(&old_id).cloned().unwrap_or_default();
        let mut member = self
            .take_member(&old_id)
            .unwrap_or_else(|| ConsumerMember::new(ByteString::new()));
        member.id = detached(member_id);
        member.epoch = JOINING;
        member.previous_epoch = JOINING;
        self.targets.insert(member.id.clone(), target);
        self.changed.extend([
            Key::Member(member.id.clone()),
            Key::Target(member.id.clone()),
            Key::Current(member.id.clone()),
        ]);
        Ok(member)
    }

    /// Gives a member new terms. `true` where it subscribes to something else than before.
    pub(super) fn set_terms(&mut self, member: &mut ConsumerMember, terms: Terms) -> bool {
        let old = std::mem::replace(&mut member.terms, terms);
        let is_new = !self.members.contains_key(&member.id);
        if is_new || old != member.terms {
            self.changed.insert(Key::Member(member.id.clone()));
        }
        old.topics != member.terms.topics || old.regex != member.terms.regex
    }

    /// Brings the group to where the member's news leave it, and the member one step on. Returns it as it is then.
    pub(super) fn advance(
        &mut self,
        cx: &mut Cx<'_>,
        member_id: &ByteString,
        subscription_changed: bool,
        owned: OwnedPartitions<'_>,
    ) -> &ConsumerMember {
        self.look_at_topics(cx, subscription_changed);
        self.make_target(cx);
        self.reconcile(cx, member_id, subscription_changed, owned);
        &self.members[member_id]
    }

    fn reconcile(
        &mut self,
        cx: &Cx<'_>,
        member_id: &ByteString,
        subscription_changed: bool,
        owned: OwnedPartitions<'_>,
    ) {
        let Some(known) = self.members.get(member_id) else {
            return;
        };
        if known.is_reconciled_to(self.target_epoch) && !subscription_changed {
            return;
        }
        let subscribed: BTreeSet<_> = self.topic_ids_of(cx, member_id);
        let mut member = known.clone();
        let is_taken = |topic, partition| self.is_taken(topic, partition, member_id);
        let nothing = Default::default();
        let step = Step {
            target: self.targets.get(member_id).unwrap_or(&nothing),
            target_epoch: self.target_epoch,
            subscribed: &subscribed,
            check_subscription: subscription_changed,
            owned,
            is_taken: &is_taken,
        };
        step.take(&mut member);
        let moved = member.epoch != known.epoch
            || member.state != known.state
            || member.assigned != known.assigned
            || member.revoking != known.revoking;
        if moved {
            self.changed.insert(Key::Current(member.id.clone()));
            self.start_rebalance_timer(cx, &mut member);
            self.put_member(member);
        }
    }

    /// A member that speaks the new protocol has its rebalance time-out to give partitions up.
    pub(super) fn start_rebalance_timer(&mut self, cx: &Cx<'_>, member: &mut ConsumerMember) {
        let waits = member.state == MemberState::Unrevoked && !member.is_classic();
        member.deadlines.rebalance = waits.then(|| {
            (
                cx.now.after(member.terms.rebalance_timeout_ms),
                member.epoch,
            )
        });
    }

    /// Lets the member's session run anew.
    pub(super) fn start_session(&mut self, cx: &Cx<'_>, member: &mut ConsumerMember) {
        let classic = member.terms.classic.as_ref();
        let timeout_ms = match classic {
            Some(classic) => classic.session_timeout_ms,
            None => cx.config.consumer.times.of(&self.id).session_timeout_ms,
        };
        member.deadlines.session = Some(cx.now.after(timeout_ms));
    }
}

/// The epoch must be the member's; the one before will do where the answer that told of the new one may be lost.
fn check_epoch(
    member: &ConsumerMember,
    received: i32,
    owned: OwnedPartitions<'_>,
) -> Result<(), Refused> {
    let known = member.epoch;
    let lost = received == member.previous_epoch && is_subset(owned, &member.assigned);
    if received == known || received < known && lost {
        return Ok(());
    }
    let which = if received > known {
        "greater"
    } else {
        "smaller"
    };
    let message = format!(
        "The consumer group member has a {which} member epoch ({received}) than the one known by the group coordinator ({known}). The member must abandon all its partitions and rejoin."
    );
    Err(Refused::new(ErrorCode::FENCED_MEMBER_EPOCH, message))
}

/// The member's terms with what the request changes: what it leaves out stays.
fn new_terms(known: &Terms, call: &HeartbeatCall<'_>) -> Terms {
    let request = call.request;
    let or_known = |new: &Option<ByteString>, known: &Option<ByteString>| {
        new.as_ref().map(detached).or_else(|| known.clone())
    };
    Terms {
        instance_id: or_known(&request.instance_id, &known.instance_id),
        rack_id: or_known(&request.rack_id, &known.rack_id),
        client_id: detached(&call.context.client_id),
        client_host: detached(&call.context.client_host),
        rebalance_timeout_ms: match request.rebalance_timeout_ms {
            -1 => known.rebalance_timeout_ms,
            given => given.max(0),
        },
        assignor: or_known(&request.server_assignor, &known.assignor),
        topics: match &request.subscribed_topic_names {
            Some(topics) => topics.iter().map(detached).collect(),
            None => known.topics.clone(),
        },
        regex: match &request.subscribed_topic_regex {
            Some(regex) => detached(regex),
            None => known.regex.clone(),
        },
        classic: None,
    }
}

fn same_partitions(before: &Current, after: &Current) -> bool {
    before.len() == after.len()
        && before
            .iter()
            .zip(after)
            .all(|((topic, had), (now, has))| topic == now && had.keys().eq(has.keys()))
}
