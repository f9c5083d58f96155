//! OffsetFetch.

use kop_codec::messages::offset_fetch_request::OffsetFetchRequestGroup;
use kop_codec::messages::offset_fetch_response::{
    OffsetFetchResponseGroup, OffsetFetchResponsePartitions, OffsetFetchResponseTopics,
};
use kop_codec::{ByteString, ErrorCode};

use super::{CommittedOffset, Offsets};
use crate::request::TopicErrors;

impl Offsets {
    /// The offsets asked for, or all of them. Partitions without one get offset -1; those that an open transaction may
    /// replace are errors, if the offsets have to be stable (KIP-447).
    pub(crate) fn fetch(
        &self,
        request: &OffsetFetchRequestGroup,
        topic_errors: &TopicErrors,
        require_stable: bool,
    ) -> OffsetFetchResponseGroup {
        let topics = match &request.topics {
            None => self.fetch_all(require_stable),
            Some(topics) => {
                let results = topics.iter().enumerate().map(|(index, topic)| {
                    let topic_error = topic_errors.at(index);
                    let partitions = topic.partition_indexes.iter().map(|&partition| {
                        let error = if topic_error.is_error() {
                            topic_error
                        } else {
                            self.stability(&topic.name, partition, require_stable)
                        };
                        let offset = self
                            .get(&topic.name, partition)
                            .filter(|offset| !error.is_error() && offset.is_of(topic.topic_id));
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

    fn fetch_all(&self, require_stable: bool) -> Vec<OffsetFetchResponseTopics> {
        let topics = self
            .by_topic
            .iter()
            .map(|(name, partitions)| OffsetFetchResponseTopics {
                name: name.clone(),
                partitions: partitions
                    .iter()
                    .map(|(&p, offset)| {
                        let error = self.stability(name, p, require_stable);
                        partition_result(p, Some(offset).filter(|_| !error.is_error()), error)
                    })
                    .collect(),
                ..OffsetFetchResponseTopics::default()
            });
        topics.collect()
    }

    fn stability(&self, topic: &ByteString, partition: i32, required: bool) -> ErrorCode {
        if required && self.is_unstable(topic, partition) {
            ErrorCode::UNSTABLE_OFFSET_COMMIT
        } else {
            ErrorCode::NONE
        }
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
