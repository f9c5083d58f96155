//! InitProducerId with a transactional id: a producer id and an epoch that nobody else has (KIP-98, KIP-360).

use kop_codec::{ByteString, ErrorCode};

use super::{Transaction, TransactionShard};
use crate::request::Ticket;
use crate::time::Now;
use crate::transaction::TransactionState;
use crate::transaction::metadata::{NO_EPOCH, TransactionMetadata, is_exhausted};
use crate::transaction::outbox::{Answer, TransactionOutbox};
use crate::transaction::request::{Producer, TransactionResponse};

/// An InitProducerId request.
pub(super) struct InitCall<'a> {
    pub(super) id: &'a ByteString,
    pub(super) timeout_ms: i32,
    pub(super) expected: Option<Producer>,
    pub(super) spare: Option<i64>,
    pub(super) ticket: Ticket,
}

/// What the request leads to.
enum Outcome {
    NeedsProducerId,
    Becomes(TransactionMetadata),
    /// A transaction is in the way: it is aborted first.
    Fences(TransactionMetadata),
}

impl TransactionShard {
    pub(super) fn init(&mut self, now: Now, call: &InitCall<'_>, out: &mut TransactionOutbox) {
        if call.id.is_empty() {
            return out.refuse(call.ticket, ErrorCode::INVALID_REQUEST);
        }
        if !(1..=self.config.max_timeout_ms).contains(&call.timeout_ms) {
            return out.refuse(call.ticket, ErrorCode::INVALID_TRANSACTION_TIMEOUT);
        }
        if !self.ids.contains_key(&**call.id) {
            let Some(producer_id) = call.spare else {
                return out.reply(call.ticket, TransactionResponse::NeedsProducerId);
            };
            let new = TransactionMetadata::new(producer_id, call.timeout_ms, now.wall_ms);
            self.insert(call.id, new);
        }
        let Some(transaction) = self.ids.get(&**call.id) else {
            return;
        };
        match transaction.init(now, call) {
            Ok(Outcome::NeedsProducerId) => {
                out.reply(call.ticket, TransactionResponse::NeedsProducerId);
            }
            Ok(Outcome::Becomes(next)) => {
                let answer = Answer::Producer(next.producer);
                self.write(call.id, Some(next), Some((call.ticket, answer)), out);
            }
            Ok(Outcome::Fences(next)) => {
                let reply = (call.ticket, Answer::ComeAgain);
                self.write(call.id, Some(next), Some(reply), out);
            }
            Err(error) => out.refuse(call.ticket, error),
        }
    }
}

impl Transaction {
    fn init(&self, now: Now, call: &InitCall<'_>) -> Result<Outcome, ErrorCode> {
        if self.pending.is_some() {
            return Err(ErrorCode::CONCURRENT_TRANSACTIONS);
        }
        let current = &self.current;
        if call
            .expected
            .is_some_and(|expected| !self.may_go_on(expected))
        {
            return Err(ErrorCode::PRODUCER_FENCED);
        }
        match current.state {
            TransactionState::PrepareCommit | TransactionState::PrepareAbort => {
                Err(ErrorCode::CONCURRENT_TRANSACTIONS)
            }
            TransactionState::Ongoing => {
                // Kafka lets any epoch of this producer id abort it; a zombie should not.
                if call
                    .expected
                    .is_some_and(|expected| expected != current.producer)
                {
                    return Err(ErrorCode::PRODUCER_FENCED);
                }
                Ok(Outcome::Fences(current.fence(now.wall_ms)))
            }
            TransactionState::Empty
            | TransactionState::CompleteCommit
            | TransactionState::CompleteAbort => self.next_identity(now, call),
            TransactionState::Dead => Err(ErrorCode::CONCURRENT_TRANSACTIONS),
        }
    }

    /// Whether `expected` can be the same client as the one that the id belongs to.
    fn may_go_on(&self, expected: Producer) -> bool {
        let current = &self.current;
        current.producer.epoch == NO_EPOCH
            || expected.id == current.producer.id
            // It missed the answer that gave it another id.
            || (expected.id == current.previous_producer_id && is_exhausted(expected.epoch))
    }

    fn next_identity(&self, now: Now, call: &InitCall<'_>) -> Result<Outcome, ErrorCode> {
        let current = &self.current;
        let expected = call.expected.map(|expected| expected.epoch);
        let is_current = expected.is_none_or(|epoch| epoch == current.producer.epoch);
        if is_exhausted(current.producer.epoch) && is_current {
            let Some(id) = call.spare else {
                return Ok(Outcome::NeedsProducerId);
            };
            let continues = expected.is_some();
            let next = current.rotate(id, call.timeout_ms, continues, now.wall_ms);
            return Ok(Outcome::Becomes(next));
        }
        let next = current.bump_epoch(call.timeout_ms, expected, now.wall_ms)?;
        Ok(Outcome::Becomes(next))
    }
}
