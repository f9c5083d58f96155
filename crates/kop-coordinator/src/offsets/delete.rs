//! OffsetDelete, and the offsets of topics that were deleted.

use std::collections::BTreeSet;

use kop_codec::messages::offset_delete_response::{
    OffsetDeleteResponsePartition, OffsetDeleteResponseTopic,
};
use kop_codec::messages::{OffsetDeleteRequest, OffsetDeleteResponse};
use kop_codec::{ByteString, ErrorCode};

use super::{OffsetKey, Offsets};
use crate::classic::detached;
use crate::outbox::{Cx, Then};
use crate::request::Ticket;

impl Offsets {
    /// Deletes offsets, except of partitions that `refused` has an error for.
    pub(crate) fn delete(
        &self,
        cx: &mut Cx<'_>,
        request: &OffsetDeleteRequest,
        refused: impl Fn(usize, &ByteString, i32) -> ErrorCode,
        ticket: Ticket,
    ) {
        let mut keys = BTreeSet::new();
        let topics = request.topics.iter().enumerate().map(|(index, topic)| {
            let partitions = topic.partitions.iter().map(|partition| {
                let partition_index = partition.partition_index;
                let error_code = refused(index, &topic.name, partition_index);
                if !error_code.is_error() && self.is_known(&topic.name, partition_index) {
                    keys.insert((detached(&topic.name), partition_index));
                }
                OffsetDeleteResponsePartition {
                    partition_index,
                    error_code,
                    ..OffsetDeleteResponsePartition::default()
                }
            });
            OffsetDeleteResponseTopic {
                partitions: partitions.collect(),
                name: topic.name.clone(),
                ..OffsetDeleteResponseTopic::default()
            }
        });
        let response = OffsetDeleteResponse {
            topics: topics.collect(),
            ..OffsetDeleteResponse::default()
        };
        if keys.is_empty() {
            return cx.out.reply(ticket, response);
        }
        let keys: Vec<OffsetKey> = keys.into_iter().collect();
        let records = self.tombstones(&request.group_id, &keys);
        let then = Then::OffsetsRemoved {
            group: request.group_id.clone(),
            keys,
            reply: Some((ticket, response)),
            expired: false,
        };
        cx.out.write(records, then);
    }

    /// Committed, or about to be.
    fn is_known(&self, topic: &str, partition: i32) -> bool {
        self.get(topic, partition).is_some()
            || self.is_being_written(topic, partition)
            || self
                .pending
                .keys()
                .any(|key| key.0 == *topic && key.1 == partition)
    }

    /// All partitions of a topic with an offset, also those that are being written or wait for a transaction.
    pub(crate) fn keys_of_topic(&self, topic: &str) -> Vec<OffsetKey> {
        let mut keys = BTreeSet::new();
        if let Some((name, partitions)) = self.by_topic.get_key_value(topic) {
            keys.extend(
                partitions
                    .keys()
                    .map(|&partition| (name.clone(), partition)),
            );
        }
        if let Some((name, partitions)) = self.being_written.get_key_value(topic) {
            keys.extend(
                partitions
                    .keys()
                    .map(|&partition| (name.clone(), partition)),
            );
        }
        keys.extend(self.pending.keys().filter(|key| key.0 == *topic).cloned());
        keys.into_iter().collect()
    }

    /// All partitions with an offset, also those that are being written or wait for a transaction.
    pub(crate) fn all_keys(&self) -> Vec<OffsetKey> {
        let topics: BTreeSet<&ByteString> = self
            .by_topic
            .keys()
            .chain(self.being_written.keys())
            .chain(self.pending.keys().map(|key| &key.0))
            .collect();
        topics
            .into_iter()
            .flat_map(|topic| self.keys_of_topic(topic))
            .collect()
    }
}

/// The answer where a deletion could not be stored: partitions without an error of their own get this one.
pub(crate) fn fail_offset_delete(response: &mut OffsetDeleteResponse, error: ErrorCode) {
    for partition in response
        .topics
        .iter_mut()
        .flat_map(|topic| &mut topic.partitions)
    {
        if !partition.error_code.is_error() {
            partition.error_code = error;
        }
    }
}
