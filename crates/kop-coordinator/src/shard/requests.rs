//! One function per request: what holds for all groups, then the group itself.

use kop_codec::messages::describe_groups_response::DescribedGroup;
use kop_codec::messages::list_groups_response::ListedGroup;
use kop_codec::messages::offset_fetch_request::OffsetFetchRequestGroup;
use kop_codec::messages::offset_fetch_response::OffsetFetchResponseGroup;
use kop_codec::messages::{
    HeartbeatRequest, HeartbeatResponse, JoinGroupRequest, LeaveGroupRequest, LeaveGroupResponse,
    OffsetCommitRequest, OffsetDeleteRequest, OffsetDeleteResponse, SyncGroupRequest,
};
use kop_codec::{ByteString, ErrorCode};

use super::{Group, GroupShard, Kind};
use crate::classic::{ClassicGroup, JoinCall, join_error, leave_result, sync_error};
use crate::offsets::{CommitCall, Offsets, fail_commit};
use crate::outbox::Outbox;
use crate::request::{GroupContext, Ticket, TopicErrors};
use crate::time::Now;

/// From this version on a commit to a group that does not exist is told so.
const COMMIT_GROUP_NOT_FOUND_SINCE: i16 = 9;
/// From this version on DescribeGroups tells of a group that does not exist; before it was called dead (KIP-1043).
const DESCRIBE_GROUP_NOT_FOUND_SINCE: i16 = 6;

impl GroupShard {
    pub(super) fn join(
        &mut self,
        now: Now,
        ticket: Ticket,
        context: &GroupContext,
        request: &JoinGroupRequest,
        random: [u8; 16],
        out: &mut Outbox,
    ) {
        let id = &request.group_id;
        if let Err(error) = self.check_join(request) {
            return out.reply(ticket, join_error(request.member_id.clone(), error));
        }
        if request.member_id.is_empty() {
            self.ensure(now, id);
        }
        let call = JoinCall {
            context,
            request,
            ticket,
            random,
        };
        let joined = self.with(now, out, id, |group, cx| {
            group.prepare_classic_join(cx, id, request, now);
            match &mut group.kind {
                Kind::Classic(group) => group.join(cx, &call),
                Kind::Consumer(group) => group.join_classic(cx, &call),
            }
        });
        if joined.is_none() {
            out.reply(
                ticket,
                join_error(request.member_id.clone(), ErrorCode::UNKNOWN_MEMBER_ID),
            );
        }
    }

    fn check_join(&self, request: &JoinGroupRequest) -> Result<(), ErrorCode> {
        if request.group_id.is_empty() {
            return Err(ErrorCode::INVALID_GROUP_ID);
        }
        let allowed = self.config.min_session_timeout_ms..=self.config.max_session_timeout_ms;
        if !allowed.contains(&request.session_timeout_ms) {
            return Err(ErrorCode::INVALID_SESSION_TIMEOUT);
        }
        Ok(())
    }

    pub(super) fn sync(
        &mut self,
        now: Now,
        ticket: Ticket,
        request: &SyncGroupRequest,
        out: &mut Outbox,
    ) {
        if request.group_id.is_empty() {
            return out.reply(ticket, sync_error(ErrorCode::INVALID_GROUP_ID));
        }
        if self
            .with(now, out, &request.group_id, |group, cx| {
                match &mut group.kind {
                    Kind::Classic(group) => group.sync(cx, request, ticket),
                    Kind::Consumer(group) => group.sync_classic(cx, request, ticket),
                }
            })
            .is_none()
        {
            out.reply(ticket, sync_error(ErrorCode::UNKNOWN_MEMBER_ID));
        }
    }

    pub(super) fn heartbeat(
        &mut self,
        now: Now,
        ticket: Ticket,
        request: &HeartbeatRequest,
        out: &mut Outbox,
    ) {
        let error_code = if request.group_id.is_empty() {
            ErrorCode::INVALID_GROUP_ID
        } else {
            let error = self.with(now, out, &request.group_id, |group, cx| {
                match &mut group.kind {
                    Kind::Classic(group) => group.heartbeat(cx, request),
                    Kind::Consumer(group) => group
                        .heartbeat_classic(cx, request)
                        .err()
                        .unwrap_or_default(),
                }
            });
            error.unwrap_or(ErrorCode::UNKNOWN_MEMBER_ID)
        };
        out.reply(
            ticket,
            HeartbeatResponse {
                error_code,
                ..HeartbeatResponse::default()
            },
        );
    }

    pub(super) fn leave(
        &mut self,
        now: Now,
        ticket: Ticket,
        request: &LeaveGroupRequest,
        out: &mut Outbox,
    ) {
        if request.group_id.is_empty() {
            let error_code = ErrorCode::INVALID_GROUP_ID;
            return out.reply(
                ticket,
                LeaveGroupResponse {
                    error_code,
                    ..LeaveGroupResponse::default()
                },
            );
        }
        let id = &request.group_id;
        let left = self.with(now, out, id, |group, cx| {
            match &mut group.kind {
                Kind::Classic(group) => {
                    let response = group.leave(cx, &request.members);
                    cx.out.reply(ticket, response);
                }
                Kind::Consumer(group) => group.leave_classic(cx, request, ticket),
            }
            group.downgrade_if_wanted(cx, id);
        });
        if left.is_none() {
            let unknown = request
                .members
                .iter()
                .map(|member| leave_result(member, ErrorCode::UNKNOWN_MEMBER_ID));
            let response = LeaveGroupResponse {
                members: unknown.collect(),
                ..LeaveGroupResponse::default()
            };
            out.reply(ticket, response);
        }
    }

    pub(super) fn commit(
        &mut self,
        now: Now,
        ticket: Ticket,
        context: &GroupContext,
        request: &OffsetCommitRequest,
        topic_errors: &TopicErrors,
        out: &mut Outbox,
    ) {
        let id = &request.group_id;
        let call = CommitCall {
            request,
            topic_errors,
            ticket,
            producer: None,
        };
        // A consumer that does not use groups commits to one that nobody has joined: it comes into being.
        if request.generation_id_or_member_epoch < 0 {
            self.ensure(now, id);
        }
        let answered = self.with(now, out, id, |group, cx| {
            match group.kind.check_commit(cx, context.api_version, request) {
                Ok(()) => {
                    group.kind.commit_seen(cx, &request.member_id);
                    group.offsets.commit(cx, id, &call);
                }
                Err(error) => cx.out.reply(ticket, fail_commit(&call, error)),
            }
        });
        if answered.is_none() {
            let new = context.api_version >= COMMIT_GROUP_NOT_FOUND_SINCE;
            let error = if new {
                ErrorCode::GROUP_ID_NOT_FOUND
            } else {
                ErrorCode::ILLEGAL_GENERATION
            };
            out.reply(ticket, fail_commit(&call, error));
        }
    }

    pub(super) fn fetch(
        &self,
        ticket: Ticket,
        request: &OffsetFetchRequestGroup,
        topic_errors: &TopicErrors,
        require_stable: bool,
        out: &mut Outbox,
    ) {
        let response = match self.groups.get(&*request.group_id) {
            Some(group) => match group.kind.check_fetch(request) {
                Ok(()) => group.offsets.fetch(request, topic_errors, require_stable),
                Err(error_code) => OffsetFetchResponseGroup {
                    group_id: request.group_id.clone(),
                    error_code,
                    ..OffsetFetchResponseGroup::default()
                },
            },
            None => Offsets::default().fetch(request, topic_errors, require_stable),
        };
        out.reply(ticket, response);
    }

    pub(super) fn delete_offsets(
        &mut self,
        now: Now,
        ticket: Ticket,
        request: &OffsetDeleteRequest,
        topic_errors: &TopicErrors,
        out: &mut Outbox,
    ) {
        let result = self.with(now, out, &request.group_id, |group, cx| {
            let Group { kind, offsets, .. } = group;
            kind.check_offset_delete()?;
            let refused = |index: usize, topic: &ByteString, partition: i32| match topic_errors
                .of_partition(index, partition)
            {
                error if error.is_error() => error,
                _ if kind.is_subscribed(topic) => ErrorCode::GROUP_SUBSCRIBED_TO_TOPIC,
                none => none,
            };
            offsets.delete(cx, request, refused, ticket);
            Ok(())
        });
        if let Err(error_code) = result.unwrap_or(Err(ErrorCode::GROUP_ID_NOT_FOUND)) {
            out.reply(
                ticket,
                OffsetDeleteResponse {
                    error_code,
                    ..OffsetDeleteResponse::default()
                },
            );
        }
    }

    pub(super) fn describe(
        &self,
        ticket: Ticket,
        context: &GroupContext,
        id: &ByteString,
        out: &mut Outbox,
    ) {
        let classic = self.groups.get(&**id).map(Group::classic);
        let exists = classic.is_some();
        let found = classic.flatten().map(ClassicGroup::describe);
        out.reply(
            ticket,
            found.unwrap_or_else(|| not_found(context, id, exists)),
        );
    }

    pub(super) fn list(
        &self,
        ticket: Ticket,
        states: &[ByteString],
        types: &[ByteString],
        out: &mut Outbox,
    ) {
        let wanted = |filter: &[ByteString], name: &str| {
            filter.is_empty()
                || filter
                    .iter()
                    .any(|wanted| wanted.eq_ignore_ascii_case(name))
        };
        let groups = self.groups.values().map(|group| &group.kind);
        let groups: Vec<ListedGroup> = groups
            .filter(|kind| wanted(states, kind.state().name()) && wanted(types, kind.type_name()))
            .map(Kind::list)
            .collect();
        out.reply(ticket, groups);
    }
}

fn not_found(context: &GroupContext, id: &ByteString, exists: bool) -> DescribedGroup {
    let mut group = DescribedGroup {
        group_id: id.clone(),
        group_state: ByteString::from_static("Dead"),
        ..DescribedGroup::default()
    };
    if context.api_version >= DESCRIBE_GROUP_NOT_FOUND_SINCE {
        group.error_code = ErrorCode::GROUP_ID_NOT_FOUND;
        let message = if exists {
            format!("Group {id} is not a classic group.")
        } else {
            format!("Group {id} not found.")
        };
        group.error_message = Some(ByteString::from(message));
    }
    group
}
