//! Finding the transactional ids again: the records of the log, in order, then one call at the end.

use super::TransactionShard;
use crate::time::Now;
use crate::transaction::TransactionState;
use crate::transaction::metadata::TransactionMetadata;
use crate::transaction::outbox::TransactionOutbox;
use crate::transaction::record::TransactionRecord;

impl TransactionShard {
    /// Takes a record that was read from the log. To be called before any request, in the order of the log.
    pub fn load(&mut self, record: &TransactionRecord) {
        let id = &record.transactional_id;
        let Some(value) = &record.value else {
            self.remove(id);
            return;
        };
        match TransactionMetadata::from_value(value) {
            Some(current) => self.insert(id, current),
            None => tracing::warn!(
                transactional_id = %id,
                status = value.transaction_status,
                "a transaction has a state that is not known; its record is skipped"
            ),
        }
    }

    /// Everything has been read: transactions whose end is decided go on to it, the time of the others runs.
    pub fn loaded(&mut self, now: Now, out: &mut TransactionOutbox) {
        let mut ending = Vec::new();
        for (id, transaction) in &mut self.ids {
            match transaction.current.state {
                TransactionState::Ongoing => {
                    // However the clock was set in between, it gets no more than its time.
                    let timeout_ms = i64::from(transaction.current.timeout_ms.max(0));
                    let age_ms = now.wall_ms.saturating_sub(transaction.current.start_ms);
                    let left_ms = timeout_ms.saturating_sub(age_ms).clamp(0, timeout_ms);
                    transaction.deadline = now.timer_ms.saturating_add(left_ms);
                }
                state if state.is_ending() => ending.push(id.clone()),
                _ => {}
            }
        }
        for id in ending {
            self.begin_markers(now, &id, out);
        }
        self.schedule_abort_check(now);
        self.schedule_expiry_check(now);
    }
}
