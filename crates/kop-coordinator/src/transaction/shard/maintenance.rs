//! What happens by itself: time-outs, expiry, and another attempt at what could not be stored.

use kop_codec::ByteString;

use super::TransactionShard;
use crate::time::Now;
use crate::transaction::TransactionState;
use crate::transaction::outbox::TransactionOutbox;

impl TransactionShard {
    /// Does what is due.
    pub fn tick(&mut self, now: Now, out: &mut TransactionOutbox) {
        if self.next_abort_check <= now.timer_ms {
            self.schedule_abort_check(now);
            self.abort_timed_out(now, out);
            self.complete_again(now, out);
        }
        if self.next_expiry_check <= now.timer_ms {
            self.schedule_expiry_check(now);
            self.remove_expired(now, out);
        }
    }

    pub(super) fn schedule_abort_check(&mut self, now: Now) {
        let interval_ms = self.config.abort_timed_out_interval_ms.max(1);
        self.next_abort_check = now.timer_ms.saturating_add(interval_ms);
    }

    pub(super) fn schedule_expiry_check(&mut self, now: Now) {
        let interval_ms = self.config.remove_expired_interval_ms.max(1);
        self.next_expiry_check = now.timer_ms.saturating_add(interval_ms);
    }

    fn abort_timed_out(&mut self, now: Now, out: &mut TransactionOutbox) {
        let late = self.ids.iter().filter(|(_, transaction)| {
            transaction.current.state == TransactionState::Ongoing
                && transaction.pending.is_none()
                && transaction.deadline <= now.timer_ms
        });
        let late: Vec<_> = late
            .map(|(id, transaction)| (id.clone(), transaction.current.fence(now.wall_ms)))
            .collect();
        for (id, next) in late {
            tracing::info!(
                transactional_id = %id,
                producer_id = next.producer.id,
                timeout_ms = next.timeout_ms,
                "a transaction took longer than its time-out and is aborted; its producer is fenced"
            );
            out.tally.timed_out += 1;
            self.write(&id, Some(next), None, out);
        }
    }

    /// The markers are written, but the record that says so could not be stored.
    fn complete_again(&mut self, now: Now, out: &mut TransactionOutbox) {
        let done = self
            .ids
            .iter()
            .filter(|(_, transaction)| transaction.awaits_completion());
        let done: Vec<ByteString> = done.map(|(id, _)| id.clone()).collect();
        for id in done {
            self.complete(now, &id, out);
        }
    }

    fn remove_expired(&mut self, now: Now, out: &mut TransactionOutbox) {
        let expiration_ms = self.config.id_expiration_ms;
        let expired = self.ids.iter().filter(|(_, transaction)| {
            let idle_ms = now.wall_ms.saturating_sub(transaction.current.update_ms);
            transaction.current.state.is_at_rest()
                && transaction.pending.is_none()
                && idle_ms >= expiration_ms
        });
        let expired: Vec<ByteString> = expired.map(|(id, _)| id.clone()).collect();
        for id in expired {
            self.write(&id, None, None, out);
        }
    }
}
