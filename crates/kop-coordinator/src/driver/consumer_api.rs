//! The APIs of groups of the consumer protocol (KIP-848), one method each.

use futures_util::future::join_all;
use kop_codec::ByteString;
use kop_codec::messages::consumer_group_describe_response::DescribedGroup;
use kop_codec::messages::{
    ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse, ConsumerGroupHeartbeatRequest,
    ConsumerGroupHeartbeatResponse,
};

use super::GroupCoordinator;
use crate::consumer::{Refused, fail_heartbeat};
use crate::request::{GroupContext, GroupRequest};

impl GroupCoordinator {
    /// ConsumerGroupHeartbeat: a member joins, stays or leaves. Answered when what it changes is durable.
    pub async fn consumer_group_heartbeat(
        &self,
        context: &GroupContext,
        request: ConsumerGroupHeartbeatRequest,
    ) -> ConsumerGroupHeartbeatResponse {
        let group = request.group_id.clone();
        let heartbeat = GroupRequest::ConsumerHeartbeat(Box::new(request), rand::random());
        let response = self.call(&group, context, heartbeat).await;
        response.unwrap_or_else(|error| fail_heartbeat(Refused::new(error, "")))
    }

    /// ConsumerGroupDescribe, without the authorized operations, which are not known here.
    pub async fn consumer_group_describe(
        &self,
        context: &GroupContext,
        request: ConsumerGroupDescribeRequest,
    ) -> ConsumerGroupDescribeResponse {
        let groups = request
            .group_ids
            .into_iter()
            .map(|group| self.describe_consumer_group(context, group));
        ConsumerGroupDescribeResponse {
            groups: join_all(groups).await,
            ..ConsumerGroupDescribeResponse::default()
        }
    }

    async fn describe_consumer_group(
        &self,
        context: &GroupContext,
        group: ByteString,
    ) -> DescribedGroup {
        let describe = GroupRequest::ConsumerDescribe(group.clone());
        let response = self.call(&group, context, describe).await;
        response.unwrap_or_else(|error_code| DescribedGroup {
            error_code,
            group_id: group.clone(),
            ..DescribedGroup::default()
        })
    }
}
