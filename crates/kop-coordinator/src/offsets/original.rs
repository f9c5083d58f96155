//! Offsets that the original Kafka on Pulsar has written: all of one commit in one message, whose key names the group alone.
//!
//! Compaction keeps such a message beside ours, which have other keys. What ours say goes before it while they are there;
//! but those that delete are gone one day, and what they deleted would be back. So with the first deletion in such a group
//! its message is deleted too, after those of its offsets that still count were written as ours are.

use std::collections::BTreeSet;

use kop_codec::ByteString;
use kop_codec::internal::group::OffsetCommitValue;

use super::{CommittedOffset, OffsetKey, Offsets};
use crate::record::GroupRecord;

/// What is known of a group's messages in the original's layout.
#[derive(Debug, Default)]
pub(super) struct Original {
    /// There are some.
    present: bool,
    /// Offsets that no message of ours has.
    only_there: BTreeSet<OffsetKey>,
}

impl Original {
    /// A message of ours has the offset, or it is deleted.
    pub(super) fn forget(&mut self, topic: &str, partition: i32) {
        if !self.only_there.is_empty() {
            self.only_there.remove(&(topic.into(), partition));
        }
    }
}

impl Offsets {
    /// Takes an offset read from a message in the original's layout.
    pub(crate) fn load_original(
        &mut self,
        topic: &ByteString,
        partition: i32,
        value: &OffsetCommitValue,
    ) {
        self.load(topic, partition, Some(value));
        self.original.present = true;
        let key = (crate::classic::detached(topic), partition);
        self.original.only_there.insert(key);
    }

    /// The messages in the original's layout are deleted.
    pub(super) fn original_removed(&mut self) {
        self.original = Original::default();
    }

    /// The records that delete offsets, for good.
    pub(crate) fn tombstones(&self, group: &ByteString, keys: &[OffsetKey]) -> Vec<GroupRecord> {
        let deleted = keys.iter().map(|(topic, partition)| GroupRecord::Offset {
            group: group.clone(),
            topic: topic.clone(),
            partition: *partition,
            value: None,
        });
        let mut records = deleted.collect();
        if self.original.present {
            self.replace_original(group, keys, &mut records);
        }
        records
    }

    fn replace_original(
        &self,
        group: &ByteString,
        deleted: &[OffsetKey],
        records: &mut Vec<GroupRecord>,
    ) {
        for key in &self.original.only_there {
            if !deleted.contains(key) {
                let (topic, partition) = key;
                let value = self.get(topic, *partition).map(CommittedOffset::to_value);
                records.push(GroupRecord::Offset {
                    group: group.clone(),
                    topic: topic.clone(),
                    partition: *partition,
                    value,
                });
            }
        }
        records.push(GroupRecord::Offset {
            group: group.clone(),
            topic: ByteString::default(),
            partition: GroupRecord::ORIGINAL_PARTITION,
            value: None,
        });
    }
}
