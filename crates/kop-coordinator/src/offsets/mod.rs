//! The offsets that one group has committed.

mod commit;
mod delete;
mod expire;
mod fetch;
mod original;
mod pending;

use std::collections::{BTreeMap, HashMap};

use kop_codec::internal::group::OffsetCommitValue;
use kop_codec::{ByteString, Uuid};

pub(crate) use commit::{CommitCall, fail_commit};
pub(crate) use delete::fail_offset_delete;
pub(crate) use pending::Swept;

use original::Original;
use pending::Pending;

use crate::classic::detached;
use crate::record::GroupRecord;

/// A topic's name and a partition of it.
pub(crate) type OffsetKey = (ByteString, i32);

/// An offset as it was committed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct CommittedOffset {
    pub(crate) offset: i64,
    /// The topic's id; zero where the client named the topic by its name.
    pub(crate) topic_id: Uuid,
    /// -1 if the client did not say.
    pub(crate) leader_epoch: i32,
    pub(crate) metadata: ByteString,
    /// Milliseconds since 1970.
    pub(crate) commit_ms: i64,
    /// Milliseconds since 1970; -1 unless the client asked for a retention of its own.
    pub(crate) expire_ms: i64,
    /// Its place among the group's commits in the log.
    pub(crate) order: u64,
}

impl CommittedOffset {
    /// As in Kafka, the offset of a topic that was deleted is none of the topic that has its name now. Who names topics by
    /// their names cannot tell them apart.
    fn is_of(&self, topic_id: Uuid) -> bool {
        self.topic_id.is_zero() || topic_id.is_zero() || self.topic_id == topic_id
    }

    fn from_value(value: &OffsetCommitValue, order: u64) -> Self {
        Self {
            order,
            offset: value.offset,
            topic_id: value.topic_id,
            leader_epoch: value.leader_epoch,
            metadata: detached(&value.metadata),
            commit_ms: value.commit_timestamp,
            expire_ms: value.expire_timestamp,
        }
    }

    fn to_record(&self, group: &ByteString, (topic, partition): &OffsetKey) -> GroupRecord {
        GroupRecord::Offset {
            group: group.clone(),
            topic: topic.clone(),
            partition: *partition,
            value: Some(self.to_value()),
        }
    }

    fn to_pending_record(
        &self,
        group: &ByteString,
        (topic, partition): &OffsetKey,
        producer_id: i64,
    ) -> GroupRecord {
        GroupRecord::PendingOffset {
            group: group.clone(),
            topic: topic.clone(),
            partition: *partition,
            producer_id,
            value: Some(self.to_value()),
        }
    }

    fn to_value(&self) -> OffsetCommitValue {
        OffsetCommitValue {
            offset: self.offset,
            topic_id: self.topic_id,
            leader_epoch: self.leader_epoch,
            metadata: self.metadata.clone(),
            commit_timestamp: self.commit_ms,
            expire_timestamp: self.expire_ms,
            ..OffsetCommitValue::default()
        }
    }
}

/// The writes under way of one offset: how many there are, and how many of them are in no transaction.
#[derive(Clone, Copy, Debug, Default)]
struct Writing {
    all: u32,
    plain: u32,
}

/// A group's offsets. Only durable ones are seen; those being written are counted, so that nothing deletes around them.
/// Those of open transactions are pending.
#[derive(Debug, Default)]
pub(crate) struct Offsets {
    by_topic: HashMap<ByteString, BTreeMap<i32, CommittedOffset>>,
    /// Writes under way, by topic and partition.
    being_written: HashMap<ByteString, BTreeMap<i32, Writing>>,
    pending: Pending,
    original: Original,
    /// How many offsets were committed so far.
    commits: u64,
}

impl Offsets {
    /// Nothing is committed, nothing is being written, and nothing is to be swept.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_topic.is_empty()
            && self.being_written.is_empty()
            && self.pending.is_empty()
            && !self.is_to_sweep()
    }

    /// Whether something lies apart that has no meaning any more.
    pub(crate) fn is_to_sweep(&self) -> bool {
        self.pending.is_to_sweep()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.by_topic.values().map(BTreeMap::len).sum()
    }

    fn get(&self, topic: &str, partition: i32) -> Option<&CommittedOffset> {
        self.by_topic.get(topic)?.get(&partition)
    }

    /// Takes an offset read from the log; `None` deletes it.
    pub(crate) fn load(
        &mut self,
        topic: &ByteString,
        partition: i32,
        value: Option<&OffsetCommitValue>,
    ) {
        match value {
            Some(value) => {
                let order = self.next_order();
                let offset = CommittedOffset::from_value(value, order);
                self.insert(topic, partition, offset);
            }
            None if partition == GroupRecord::ORIGINAL_PARTITION => self.original_removed(),
            None => {
                self.remove(topic, partition);
                self.pending.remove(topic, partition);
            }
        }
    }

    fn insert(&mut self, topic: &ByteString, partition: i32, offset: CommittedOffset) {
        self.original.forget(topic, partition);
        match self.by_topic.get_mut(&**topic) {
            Some(partitions) => {
                partitions.insert(partition, offset);
            }
            None => {
                self.by_topic
                    .insert(detached(topic), BTreeMap::from([(partition, offset)]));
            }
        }
    }

    fn remove(&mut self, topic: &str, partition: i32) {
        self.original.forget(topic, partition);
        let Some(partitions) = self.by_topic.get_mut(topic) else {
            return;
        };
        partitions.remove(&partition);
        if partitions.is_empty() {
            self.by_topic.remove(topic);
        }
    }

    /// A write begins; `plain` if it is in no transaction.
    fn begin_write(&mut self, topic: &ByteString, partition: i32, plain: bool) {
        if !self.being_written.contains_key(&**topic) {
            self.being_written.insert(detached(topic), BTreeMap::new());
        }
        if let Some(partitions) = self.being_written.get_mut(&**topic) {
            let writing = partitions.entry(partition).or_default();
            writing.all += 1;
            writing.plain += u32::from(plain);
        }
    }

    fn end_write(&mut self, topic: &str, partition: i32, plain: bool) {
        let Some(partitions) = self.being_written.get_mut(topic) else {
            return;
        };
        if let Some(writing) = partitions.get_mut(&partition) {
            writing.all = writing.all.saturating_sub(1);
            writing.plain = writing.plain.saturating_sub(plain.into());
            if writing.all == 0 {
                partitions.remove(&partition);
            }
        }
        if partitions.is_empty() {
            self.being_written.remove(topic);
        }
    }

    fn is_being_written(&self, topic: &str, partition: i32) -> bool {
        self.being_written
            .get(topic)
            .is_some_and(|partitions| partitions.contains_key(&partition))
    }

    fn next_order(&mut self) -> u64 {
        self.commits += 1;
        self.commits
    }

    /// A write of offsets has ended: they are seen from now on if it succeeded.
    pub(crate) fn committed(&mut self, offsets: Vec<(OffsetKey, CommittedOffset)>, durable: bool) {
        for ((topic, partition), offset) in offsets {
            self.end_write(&topic, partition, true);
            if durable {
                self.insert(&topic, partition, offset);
            }
        }
    }

    /// A deletion of offsets is durable.
    pub(crate) fn removed(&mut self, keys: &[OffsetKey]) {
        self.original_removed();
        for (topic, partition) in keys {
            self.remove(topic, *partition);
            self.pending.remove(topic, *partition);
        }
    }
}
