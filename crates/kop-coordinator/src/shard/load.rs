//! Finding the groups again: the records of the log, in order, then one call at the end.

use super::{Group, GroupShard};
use crate::classic::{ClassicGroup, GroupState};
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
            GroupRecord::Group { group, value } => {
                self.ensure(Now::default(), &group);
                let Some(known) = self.groups.get_mut(&*group) else {
                    return;
                };
                let id = crate::classic::detached(&group);
                known.classic = match value {
                    Some(value) => ClassicGroup::from_value(id, &value),
                    None => ClassicGroup::new(id, 0),
                };
            }
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
            // Groups themselves are never written in transactions.
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
            .retain(|_, group| !(group.classic.is_untouched() && group.offsets.is_empty()));
        self.by_state = [0; GroupState::ALL.len()];
        let ids: Vec<_> = self.groups.keys().cloned().collect();
        for id in ids {
            if let Some(Group { classic, .. }) = self.groups.get_mut(&id) {
                let state = classic.state();
                self.count(state, 1);
            }
            self.with(now, out, &id, |group, cx| {
                group.classic.start_sessions(now);
                group.classic.shrink_to_limit(cx);
            });
        }
        self.next_cleanup = now
            .timer_ms
            .saturating_add(self.config.offsets_retention_check_interval_ms.max(1));
    }
}
