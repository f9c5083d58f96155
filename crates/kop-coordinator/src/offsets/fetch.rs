//! OffsetFetch.

use kop_codec::messages::offset_fetch_request::OffsetFetchRequestGroup;
use kop_codec::messages::offset_fetch_response::{
    OffsetFetchResponseGroup, OffsetFetchResponsePartitions, OffsetFetchResponseTopics,
};
use kop_codec::{ByteString, ErrorCode};

use super::{CommittedOffset, Offsets};
use crate::request::TopicErrors;

impl Offsets {
    /// The offsets asked for, or all of them. Partitions without one get offset -1.
    pub(crate) fn fetch(
        &self,
        request: &OffsetFetchRequestGroup,
        topic_errors: &TopicErrors,
    ) -> OffsetFetchResponseGroup {
        let topics = match &request.topics {
            None => self.fetch_all(),
            Some(topics) => {
                let results = topics.iter().enumerate().map(|(index, topic)| {
                    let error = topic_errors.at(index);
                    let partitions = topic.partition_indexes.iter().map(|&partition| {
                        let offset = self
                            .get(&topic.name, partition)
                            .filter(|_| !error.is_error());
                        partition_result(partition, offset, error)
                    });
                    OffsetFetchResponseTopics {
                        name: topic.name.clone(),
                        topic_id: topic.topic_id,
                        partitions: partitions.collect(),
                        ..OffsetFetchResponseTopics::default()
                    }
                });
                results.collect()
            }
        };
        OffsetFetchResponseGroup {
            group_id: request.group_id.clone(),
            topics,
            ..OffsetFetchResponseGroup::default()
        }
    }

    fn fetch_all(&self) -> Vec<OffsetFetchResponseTopics> {
        let topics = self
            .by_topic
            .iter()
            .map(|(name, partitions)| OffsetFetchResponseTopics {
                name: name.clone(),
                partitions: partitions
                    .iter()
                    .map(|(&p, offset)| partition_result(p, Some(offset), ErrorCode::NONE))
                    .collect(),
                ..OffsetFetchResponseTopics::default()
            });
        topics.collect()
    }
}

fn partition_result(
    partition_index: i32,
    offset: Option<&CommittedOffset>,
    error_code: ErrorCode,
) -> OffsetFetchResponsePartitions {
    OffsetFetchResponsePartitions {
        partition_index,
        committed_offset: offset.map_or(-1, |offset| offset.offset),
        committed_leader_epoch: offset.map_or(-1, |offset| offset.leader_epoch),
        metadata: Some(offset.map_or_else(ByteString::new, |offset| offset.metadata.clone())),
        error_code,
        ..OffsetFetchResponsePartitions::default()
    }
}
