//! What follows from the end of a write, and from a marker.

use kop_codec::{ByteString, ErrorCode};

use super::TransactionShard;
use crate::time::{NEVER, Now};
use crate::transaction::metadata::NO_EPOCH;
use crate::transaction::outbox::{AfterTransactionWrite, Then, TransactionOutbox};
use crate::transaction::request::Producer;
use crate::transaction::{MarkerJob, TransactionState};

impl TransactionShard {
    /// A write has ended. To be called once for each, in the order in which they were given out.
    pub fn written(
        &mut self,
        now: Now,
        write: AfterTransactionWrite,
        result: Result<(), ErrorCode>,
        out: &mut TransactionOutbox,
    ) {
        let Then {
            transactional_id: id,
            next,
            reply,
        } = write.0;
        if let Some((ticket, answer)) = reply {
            match result {
                Ok(()) => out.reply(ticket, answer),
                Err(error) => out.refuse(ticket, error),
            }
        }
        let Some(transaction) = self.ids.get_mut(&*id) else {
            return;
        };
        transaction.pending = None;
        match (result, next) {
            (Ok(()), Some(next)) => {
                self.by_state[transaction.current.state as usize] -= 1;
                self.by_state[next.state as usize] += 1;
                transaction.current = *next;
                self.entered(now, &id, out);
            }
            (Ok(()), None) => {
                out.tally.expired_ids += 1;
                self.remove(&id);
            }
            // It was new, and nothing of it was stored.
            (Err(_), _) if transaction.current.producer.epoch == NO_EPOCH => {
                self.remove(&id);
            }
            // All is as it was before. What must not fail is tried again at the next look.
            (Err(_), _) => {}
        }
    }

    /// A write takes too long: whoever waits for it is answered with `error`.
    ///
    /// [`written`](Self::written) still has to be called, since the write may succeed later, and until then the
    /// transactional id is not touched. Its answers repeat tickets that were answered here: they are void.
    pub fn timed_out(
        &mut self,
        write: &AfterTransactionWrite,
        error: ErrorCode,
        out: &mut TransactionOutbox,
    ) {
        if let Some((ticket, _)) = write.0.reply {
            out.refuse(ticket, error);
        }
    }

    /// The marker of a partition is written, or there is nothing to write it to any more. `producer` is that of the
    /// [`MarkerJob`].
    pub fn marker_written(
        &mut self,
        now: Now,
        id: &ByteString,
        producer: Producer,
        (topic, partition): (&str, i32),
        out: &mut TransactionOutbox,
    ) {
        let Some(transaction) = self.ids.get_mut(&**id) else {
            return;
        };
        let of_this = transaction.current.producer == producer;
        if of_this
            && transaction.unmarked.remove(topic, partition)
            && transaction.awaits_completion()
        {
            self.complete(now, id, out);
        }
    }

    /// A state has become durable.
    fn entered(&mut self, now: Now, id: &ByteString, out: &mut TransactionOutbox) {
        let Some(transaction) = self.ids.get_mut(&**id) else {
            return;
        };
        match transaction.current.state {
            TransactionState::Ongoing => {
                if transaction.deadline == NEVER {
                    out.tally.begun += 1;
                    transaction.deadline = now.after(transaction.current.timeout_ms);
                }
            }
            TransactionState::PrepareCommit | TransactionState::PrepareAbort => {
                transaction.deadline = NEVER;
                self.begin_markers(now, id, out);
            }
            TransactionState::CompleteCommit => out.tally.committed += 1,
            TransactionState::CompleteAbort => out.tally.aborted += 1,
            TransactionState::Empty | TransactionState::Dead => {}
        }
    }

    /// Has the markers of a transaction written whose end is decided.
    pub(super) fn begin_markers(&mut self, now: Now, id: &ByteString, out: &mut TransactionOutbox) {
        let Some(transaction) = self.ids.get_mut(&**id) else {
            return;
        };
        let current = &transaction.current;
        if current.partitions.is_empty() {
            return self.complete(now, id, out);
        }
        transaction.unmarked = current.partitions.clone();
        let partitions = current.partitions.iter();
        out.markers.push(MarkerJob {
            transactional_id: id.clone(),
            producer: current.producer,
            committed: current.state == TransactionState::PrepareCommit,
            partitions: partitions.map(|(topic, p)| (topic.clone(), p)).collect(),
        });
    }

    pub(super) fn complete(&mut self, now: Now, id: &ByteString, out: &mut TransactionOutbox) {
        if let Some(transaction) = self.ids.get(&**id) {
            let next = transaction.current.complete(now.wall_ms);
            self.write(id, Some(next), None, out);
        }
    }
}
