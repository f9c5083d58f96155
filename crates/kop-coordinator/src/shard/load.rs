//! Finding the groups again: the records of the log, in order, then one call at the end.

use kop_codec::ByteString;
use kop_codec::internal::group::GroupMetadataValue;

use super::{GroupShard, Kind};
use crate::classic::{ClassicGroup, detached};
use crate::consumer::{ConsumerGroup, ConsumerRecord};
use crate::group_state::GroupState;
use crate::outbox::Outbox;
use crate::record::GroupRecord;
use crate::time::Now;

impl GroupShard {
    /// Takes a record that was read from the log. To be called before any request, in the order of the log.
    pub fn load(&mut self, record: GroupRecord) {
        match record {
            GroupRecord::Offset {
                group,
                topic,
                partition,
                value,
            } => {
                self.ensure(Now::default(), &group);
                if let Some(group) = self.groups.get_mut(&*group) {
                    group.offsets.load(&topic, partition, value.as_ref());
                }
            }
            GroupRecord::PendingOffset {
                group,
                topic,
                partition,
                producer_id,
                value,
            } => {
                self.ensure(Now::default(), &group);
                if let Some(found) = self.groups.get_mut(&*group) {
                    let offsets = &mut found.offsets;
                    offsets.load_apart(producer_id, &topic, partition, value.as_ref());
                    if value.is_some() {
                        self.note_transaction(producer_id, &group);
                    }
                }
            }
            GroupRecord::OriginalOffset {
                group,
                topic,
                partition,
                value,
            } => {
                self.ensure(Now::default(), &group);
                if let Some(group) = self.groups.get_mut(&*group) {
                    group.offsets.load_original(&topic, partition, &value);
                }
            }
            GroupRecord::Group { group, value } => self.load_classic(&group, value.as_ref()),
            GroupRecord::Consumer { group, record } => self.load_consumer(&group, record),
        }
    }

    fn load_classic(&mut self, id: &ByteString, value: Option<&GroupMetadataValue>) {
        self.ensure(Now::default(), id);
        let Some(known) = self.groups.get_mut(&**id) else {
            return;
        };
        let id = detached(id);
        match value {
            Some(value) => known.kind = Kind::classic(ClassicGroup::from_value(id, value)),
            // The deletion of a classic group does not touch the consumer group that has replaced it.
            None if known.classic().is_none() => {}
            None => known.kind = Kind::classic(ClassicGroup::new(id, 0)),
        }
    }

    fn load_consumer(&mut self, id: &ByteString, record: ConsumerRecord) {
        self.ensure(Now::default(), id);
        let Some(known) = self.groups.get_mut(&**id) else {
            return;
        };
        let is_consumer = known.classic().is_none();
        match &record {
            ConsumerRecord::Epoch(None) if is_consumer => {
                known.kind = Kind::classic(ClassicGroup::new(detached(id), 0));
                return;
            }
            // What is deleted of a group that was replaced.
            ConsumerRecord::Epoch(None)
            | ConsumerRecord::TargetEpoch(None)
            | ConsumerRecord::Member(_, None)
            | ConsumerRecord::Target(_, None)
            | ConsumerRecord::Current(_, None)
            | ConsumerRecord::Regex(_, None)
                if !is_consumer =>
            {
                return;
            }
            _ if !is_consumer => {
                known.kind = Kind::Consumer(Box::new(ConsumerGroup::new(detached(id))));
            }
            _ => {}
        }
        if let Some(group) = known.consumer_mut() {
            group.load(record);
        }
    }

    /// Takes a record that was read from the log and belongs to the transaction of a producer.
    pub fn load_in_transaction(&mut self, producer_id: i64, record: GroupRecord) {
        let GroupRecord::Offset {
            group,
            topic,
            partition,
            value,
        } = record
        else {
            // Groups themselves are never written in transactions, and an offset apart says itself whose it is.
            return self.load(record);
        };
        self.ensure(Now::default(), &group);
        if let Some(found) = self.groups.get_mut(&*group) {
            found
                .offsets
                .load_in_transaction(producer_id, &topic, partition, value.as_ref());
            self.note_transaction(producer_id, &group);
        }
    }

    /// Takes the end of a transaction that was read from the log.
    pub fn load_end_of_transaction(&mut self, producer_id: i64, committed: bool) {
        for group in self
            .in_transactions
            .remove(&producer_id)
            .into_iter()
            .flatten()
        {
            if let Some(group) = self.groups.get_mut(&group) {
                group.offsets.end_transaction(producer_id, committed);
            }
        }
    }

    /// Everything has been read: sessions begin, and groups without any trace are forgotten.
    pub fn loaded(&mut self, now: Now, out: &mut Outbox) {
        self.groups
            .retain(|_, group| !(group.kind.is_untouched() && group.offsets.is_empty()));
        self.by_state = [0; GroupState::ALL.len()];
        let ids: Vec<_> = self.groups.keys().cloned().collect();
        for id in ids {
            if let Some(group) = self.groups.get(&id) {
                self.count(group.kind.state(), 1);
            }
            self.with(now, out, &id, |group, cx| group.kind.start_sessions(cx));
        }
        let to_sweep = self
            .groups
            .iter()
            .filter(|(_, it)| it.offsets.is_to_sweep());
        let ids: Vec<_> = to_sweep.map(|(id, _)| id.clone()).collect();
        self.sweep(now, ids, None, out);
        self.next_cleanup = now
            .timer_ms
            .saturating_add(self.config.offsets_retention_check_interval_ms.max(1));
    }
}
