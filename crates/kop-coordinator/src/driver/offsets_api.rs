//! The offset APIs, one method each: topics by name and by id, one group and several.

use std::sync::Arc;

use futures_util::future::join_all;
use kop_codec::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopics,
};
use kop_codec::messages::offset_fetch_response::{
    OffsetFetchResponseGroup, OffsetFetchResponsePartition, OffsetFetchResponseTopic,
    OffsetFetchResponseTopics,
};
use kop_codec::messages::{
    OffsetCommitRequest, OffsetCommitResponse, OffsetDeleteRequest, OffsetDeleteResponse,
    OffsetFetchRequest, OffsetFetchResponse,
};
use kop_codec::{ByteString, ErrorCode, Uuid};

use super::GroupCoordinator;
use super::spelling::Spelling;
use crate::offsets::{CommitCall, fail_commit};
use crate::request::{GroupContext, GroupRequest, Ticket, TopicErrors};
use crate::transaction::Producer;

/// From this version on OffsetCommit and OffsetFetch name topics by their ids (KIP-848).
const TOPIC_IDS_SINCE: i16 = 10;
/// From this version on OffsetFetch asks for several groups.
const FETCH_GROUPS_SINCE: i16 = 8;
/// From this version on OffsetFetch has an error for the whole group.
const FETCH_GROUP_ERROR_SINCE: i16 = 2;

impl GroupCoordinator {
    /// OffsetCommit, of all versions.
    pub async fn offset_commit(
        &self,
        context: &GroupContext,
        request: OffsetCommitRequest,
    ) -> OffsetCommitResponse {
        let by_id = context.api_version >= TOPIC_IDS_SINCE;
        self.commit(context, by_id, request, None).await
    }

    /// Commits offsets, perhaps in a producer's transaction. Topics are named by their ids or by any of their names.
    pub(super) async fn commit(
        &self,
        context: &GroupContext,
        by_id: bool,
        mut request: OffsetCommitRequest,
        producer: Option<Producer>,
    ) -> OffsetCommitResponse {
        let catalog = &*self.inner.catalog;
        let mut spelling = Spelling::default();
        let mut topic_errors = TopicErrors::default();
        for (index, topic) in request.topics.iter_mut().enumerate() {
            let found = if by_id {
                self.resolve(topic.topic_id, &mut topic.name)
            } else {
                spelling.canonical(catalog, &mut topic.name);
                self.partitions(&topic.name)
            };
            let partitions = topic.partitions.iter();
            topic_errors.add(
                index,
                found,
                partitions.map(|partition| partition.partition_index),
            );
        }
        let request = Arc::new(request);
        let (sent, errors) = (Arc::clone(&request), topic_errors.clone());
        let commit = match producer {
            None => GroupRequest::Commit(sent, errors),
            Some(producer) => GroupRequest::CommitInTransaction(producer, sent, errors),
        };
        let response = self.call(&request.group_id, context, commit).await;
        let mut response: OffsetCommitResponse = response.unwrap_or_else(|error| {
            let call = CommitCall {
                request: &request,
                topic_errors: &topic_errors,
                ticket: Ticket(0),
                producer,
            };
            fail_commit(&call, error)
        });
        for topic in &mut response.topics {
            spelling.restore(&mut topic.name);
        }
        response
    }

    /// OffsetDelete.
    pub async fn offset_delete(
        &self,
        context: &GroupContext,
        mut request: OffsetDeleteRequest,
    ) -> OffsetDeleteResponse {
        let fail = |error_code| OffsetDeleteResponse {
            error_code,
            ..OffsetDeleteResponse::default()
        };
        if request.group_id.is_empty() {
            return fail(ErrorCode::INVALID_GROUP_ID);
        }
        let mut spelling = Spelling::default();
        let mut topic_errors = TopicErrors::default();
        for (index, topic) in request.topics.iter_mut().enumerate() {
            spelling.canonical(&*self.inner.catalog, &mut topic.name);
            let (found, partitions) = (self.partitions(&topic.name), topic.partitions.iter());
            topic_errors.add(
                index,
                found,
                partitions.map(|partition| partition.partition_index),
            );
        }
        let group = request.group_id.clone();
        let delete = GroupRequest::DeleteOffsets(request, topic_errors);
        let response = self.call(&group, context, delete).await;
        let mut response: OffsetDeleteResponse = response.unwrap_or_else(fail);
        for topic in &mut response.topics {
            spelling.restore(&mut topic.name);
        }
        response
    }

    /// OffsetFetch, of all versions.
    pub async fn offset_fetch(
        &self,
        context: &GroupContext,
        request: OffsetFetchRequest,
    ) -> OffsetFetchResponse {
        if context.api_version >= FETCH_GROUPS_SINCE {
            let groups = request
                .groups
                .into_iter()
                .map(|group| self.fetch_group(context, group, request.require_stable));
            return OffsetFetchResponse {
                groups: join_all(groups).await,
                ..OffsetFetchResponse::default()
            };
        }
        // Versions 0 and 1 cannot ask for all topics.
        let topics = request.topics.map(|topics| {
            let topics = topics.into_iter().map(|topic| OffsetFetchRequestTopics {
                name: topic.name,
                partition_indexes: topic.partition_indexes,
                ..OffsetFetchRequestTopics::default()
            });
            topics.collect::<Vec<_>>()
        });
        let asked = topics.clone().unwrap_or_default();
        let group = OffsetFetchRequestGroup {
            group_id: request.group_id,
            topics,
            ..OffsetFetchRequestGroup::default()
        };
        let mut fetched = self
            .fetch_group(context, group, request.require_stable)
            .await;
        let error_code = fetched.error_code;
        if error_code.is_error() && context.api_version < FETCH_GROUP_ERROR_SINCE {
            fetched.topics = asked
                .into_iter()
                .map(|topic| failed_topic(topic, error_code))
                .collect();
        }
        let topics = fetched.topics.into_iter().map(of_one_group).collect();
        OffsetFetchResponse {
            topics,
            error_code,
            ..OffsetFetchResponse::default()
        }
    }

    async fn fetch_group(
        &self,
        context: &GroupContext,
        mut group: OffsetFetchRequestGroup,
        require_stable: bool,
    ) -> OffsetFetchResponseGroup {
        let by_id = context.api_version >= TOPIC_IDS_SINCE;
        let mut topic_errors = TopicErrors::default();
        let mut spelling = Spelling::default();
        for topic in group.topics.iter_mut().flatten().filter(|_| !by_id) {
            spelling.canonical(&*self.inner.catalog, &mut topic.name);
        }
        for (index, topic) in group
            .topics
            .iter_mut()
            .flatten()
            .enumerate()
            .filter(|_| by_id)
        {
            topic_errors.add(index, self.resolve(topic.topic_id, &mut topic.name), []);
        }
        let wants_all = group.topics.is_none();
        let group_id = group.group_id.clone();
        let fetch = GroupRequest::Fetch {
            group,
            topic_errors,
            require_stable,
        };
        let response = self.call(&group_id, context, fetch).await;
        let mut response: OffsetFetchResponseGroup =
            response.unwrap_or_else(|error_code| OffsetFetchResponseGroup {
                group_id,
                error_code,
                ..OffsetFetchResponseGroup::default()
            });
        for topic in &mut response.topics {
            spelling.restore(&mut topic.name);
        }
        if by_id && wants_all {
            // What has no id any more cannot be named.
            response
                .topics
                .retain_mut(|topic| match self.inner.catalog.topic(&topic.name) {
                    Some(known) => {
                        topic.topic_id = known.id;
                        true
                    }
                    None => false,
                });
        }
        response
    }

    /// Fills in the name of a topic, and says how many partitions it has.
    fn resolve(&self, id: Uuid, name: &mut ByteString) -> Result<i32, ErrorCode> {
        let found = self.inner.catalog.topic_by_id(id);
        let topic = found.ok_or(ErrorCode::UNKNOWN_TOPIC_ID)?;
        *name = topic.name.clone();
        Ok(topic.partitions)
    }

    /// How many partitions a topic has.
    fn partitions(&self, name: &str) -> Result<i32, ErrorCode> {
        let found = self.inner.catalog.topic(name);
        let topic = found.ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
        Ok(topic.partitions)
    }
}

fn failed_topic(
    topic: OffsetFetchRequestTopics,
    error_code: ErrorCode,
) -> OffsetFetchResponseTopics {
    use kop_codec::messages::offset_fetch_response::OffsetFetchResponsePartitions as Partition;
    let partitions = topic
        .partition_indexes
        .iter()
        .map(|&partition_index| Partition {
            partition_index,
            committed_offset: -1,
            committed_leader_epoch: -1,
            metadata: Some(ByteString::new()),
            error_code,
            ..Partition::default()
        });
    OffsetFetchResponseTopics {
        name: topic.name,
        partitions: partitions.collect(),
        ..OffsetFetchResponseTopics::default()
    }
}

/// The topic as versions before several groups have it.
fn of_one_group(topic: OffsetFetchResponseTopics) -> OffsetFetchResponseTopic {
    let partitions = topic
        .partitions
        .into_iter()
        .map(|partition| OffsetFetchResponsePartition {
            partition_index: partition.partition_index,
            committed_offset: partition.committed_offset,
            committed_leader_epoch: partition.committed_leader_epoch,
            metadata: partition.metadata,
            error_code: partition.error_code,
            ..OffsetFetchResponsePartition::default()
        });
    OffsetFetchResponseTopic {
        name: topic.name,
        partitions: partitions.collect(),
        ..OffsetFetchResponseTopic::default()
    }
}
