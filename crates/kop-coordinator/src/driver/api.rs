//! The group APIs, one method each.

use futures_util::future::join_all;
use kop_codec::messages::delete_groups_response::DeletableGroupResult;
use kop_codec::messages::describe_groups_response::DescribedGroup;
use kop_codec::messages::leave_group_request::MemberIdentity;
use kop_codec::messages::list_groups_response::ListedGroup;
use kop_codec::messages::{
    DeleteGroupsRequest, DeleteGroupsResponse, DescribeGroupsRequest, DescribeGroupsResponse,
    HeartbeatRequest, HeartbeatResponse, JoinGroupRequest, JoinGroupResponse, LeaveGroupRequest,
    LeaveGroupResponse, ListGroupsRequest, ListGroupsResponse, SyncGroupRequest, SyncGroupResponse,
};
use kop_codec::{ByteString, ErrorCode};

use super::GroupCoordinator;
use super::groups::GroupCall;
use crate::classic::{join_error, sync_error};
use crate::request::{GroupContext, GroupRequest};

/// From this version on a protocol name may be null.
const JOIN_NULL_PROTOCOL_SINCE: i16 = 7;
/// From this version on SyncGroup must name the protocol.
const SYNC_PROTOCOL_SINCE: i16 = 5;
/// From this version on several members leave at once.
const LEAVE_BATCH_SINCE: i16 = 3;

impl GroupCoordinator {
    /// JoinGroup. Waits until the group's next generation is made.
    pub async fn join_group(
        &self,
        context: &GroupContext,
        request: JoinGroupRequest,
    ) -> JoinGroupResponse {
        let (group, member) = (request.group_id.clone(), request.member_id.clone());
        let call = self.call(&group, context, GroupRequest::Join(request, rand::random()));
        let mut response: JoinGroupResponse =
            call.await.unwrap_or_else(|error| join_error(member, error));
        if context.api_version < JOIN_NULL_PROTOCOL_SINCE {
            response.protocol_name.get_or_insert_default();
        }
        response
    }

    /// SyncGroup. Waits for the leader's assignment, and until it is stored.
    pub async fn sync_group(
        &self,
        context: &GroupContext,
        request: SyncGroupRequest,
    ) -> SyncGroupResponse {
        let named = request.protocol_type.is_some() && request.protocol_name.is_some();
        if context.api_version >= SYNC_PROTOCOL_SINCE && !named {
            return sync_error(ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
        }
        let group = request.group_id.clone();
        self.call(&group, context, GroupRequest::Sync(request))
            .await
            .unwrap_or_else(sync_error)
    }

    /// Heartbeat.
    pub async fn heartbeat(
        &self,
        context: &GroupContext,
        request: HeartbeatRequest,
    ) -> HeartbeatResponse {
        let group = request.group_id.clone();
        let response = self
            .call(&group, context, GroupRequest::Heartbeat(request))
            .await;
        response.unwrap_or_else(|error| {
            // Nothing is known of the member yet, and nothing has expired: let it go on.
            let loading = error == ErrorCode::COORDINATOR_LOAD_IN_PROGRESS;
            let error_code = if loading { ErrorCode::NONE } else { error };
            HeartbeatResponse {
                error_code,
                ..HeartbeatResponse::default()
            }
        })
    }

    /// LeaveGroup, of all versions.
    pub async fn leave_group(
        &self,
        context: &GroupContext,
        mut request: LeaveGroupRequest,
    ) -> LeaveGroupResponse {
        let batch = context.api_version >= LEAVE_BATCH_SINCE;
        if !batch {
            let member_id = std::mem::take(&mut request.member_id);
            request.members = vec![MemberIdentity {
                member_id,
                ..MemberIdentity::default()
            }];
        }
        let group = request.group_id.clone();
        let response = self
            .call(&group, context, GroupRequest::Leave(request))
            .await;
        let mut response: LeaveGroupResponse =
            response.unwrap_or_else(|error_code| LeaveGroupResponse {
                error_code,
                ..LeaveGroupResponse::default()
            });
        if !batch {
            let of_member = std::mem::take(&mut response.members)
                .first()
                .map(|member| member.error_code);
            if !response.error_code.is_error() {
                response.error_code = of_member.unwrap_or_default();
            }
        }
        response
    }

    /// DescribeGroups, without the authorized operations, which are not known here.
    pub async fn describe_groups(
        &self,
        context: &GroupContext,
        request: DescribeGroupsRequest,
    ) -> DescribeGroupsResponse {
        let groups = request
            .groups
            .into_iter()
            .map(|group| self.describe_group(context, group));
        DescribeGroupsResponse {
            groups: join_all(groups).await,
            ..DescribeGroupsResponse::default()
        }
    }

    async fn describe_group(&self, context: &GroupContext, group: ByteString) -> DescribedGroup {
        let response = self
            .call(&group, context, GroupRequest::Describe(group.clone()))
            .await;
        response.unwrap_or_else(|error_code| DescribedGroup {
            error_code,
            group_id: group.clone(),
            ..DescribedGroup::default()
        })
    }

    /// ListGroups. While some groups are not known yet, the answer has the others and says so.
    pub async fn list_groups(
        &self,
        context: &GroupContext,
        request: ListGroupsRequest,
    ) -> ListGroupsResponse {
        let list = GroupCall {
            context: context.clone(),
            request: GroupRequest::List {
                states: request.states_filter,
                types: request.types_filter,
            },
        };
        let mut response = ListGroupsResponse::default();
        let shards = match self.inner.shards.all() {
            Ok(shards) => shards,
            Err(error_code) => {
                return ListGroupsResponse {
                    error_code,
                    ..response
                };
            }
        };
        for answer in join_all(shards.iter().map(|shard| shard.call(list.clone()))).await {
            match answer.map(<Vec<ListedGroup>>::try_from) {
                Ok(Ok(groups)) => response.groups.extend(groups),
                Ok(Err(_)) => response.error_code = ErrorCode::UNKNOWN_SERVER_ERROR,
                Err(error) => response.error_code = error,
            }
        }
        response
    }

    /// DeleteGroups. A group that is named twice is deleted, and answered, once.
    pub async fn delete_groups(
        &self,
        context: &GroupContext,
        request: DeleteGroupsRequest,
    ) -> DeleteGroupsResponse {
        let mut groups = request.groups_names;
        let mut seen = std::collections::HashSet::new();
        groups.retain(|group| seen.insert(group.clone()));
        let results = groups
            .into_iter()
            .map(|group| self.delete_group(context, group));
        DeleteGroupsResponse {
            results: join_all(results).await,
            ..DeleteGroupsResponse::default()
        }
    }

    async fn delete_group(
        &self,
        context: &GroupContext,
        group_id: ByteString,
    ) -> DeletableGroupResult {
        let response = self
            .call(&group_id, context, GroupRequest::Delete(group_id.clone()))
            .await;
        let error_code: ErrorCode = response.unwrap_or_else(|error| error);
        let message = match error_code {
            ErrorCode::GROUP_ID_NOT_FOUND => Some(format!("Group {group_id} not found.")),
            ErrorCode::NON_EMPTY_GROUP => Some(format!("Group {group_id} is not empty.")),
            _ => None,
        };
        let error_message = message.map(ByteString::from);
        DeletableGroupResult {
            group_id,
            error_code,
            error_message,
            ..DeletableGroupResult::default()
        }
    }
}
