//! EndTxn: the end of a transaction is decided.

use kop_codec::{ByteString, ErrorCode};

use super::{Transaction, TransactionShard};
use crate::request::Ticket;
use crate::time::Now;
use crate::transaction::TransactionState;
use crate::transaction::metadata::{NO_PRODUCER_ID, TransactionMetadata, is_exhausted};
use crate::transaction::outbox::{Answer, TransactionOutbox};
use crate::transaction::request::{ClientVersion, Producer, TransactionResponse};

/// An EndTxn request.
pub(super) struct EndCall<'a> {
    pub(super) id: &'a ByteString,
    pub(super) producer: Producer,
    pub(super) commit: bool,
    pub(super) client: ClientVersion,
    pub(super) spare: Option<i64>,
    pub(super) ticket: Ticket,
}

/// What the request leads to.
enum Outcome {
    NeedsProducerId,
    /// It has been done before.
    Done(Producer),
    Becomes(TransactionMetadata),
}

impl TransactionShard {
    pub(super) fn end(&mut self, now: Now, call: &EndCall<'_>, out: &mut TransactionOutbox) {
        if call.id.is_empty() {
            return out.refuse(call.ticket, ErrorCode::INVALID_REQUEST);
        }
        let outcome = match self.ids.get(&**call.id) {
            None => Err(ErrorCode::INVALID_PRODUCER_ID_MAPPING),
            Some(transaction) => match call.client {
                ClientVersion::V1 => transaction.end_v1(now, call),
                ClientVersion::V2 => transaction.end_v2(now, call),
            },
        };
        match outcome {
            Ok(Outcome::NeedsProducerId) => {
                out.reply(call.ticket, TransactionResponse::NeedsProducerId);
            }
            Ok(Outcome::Done(producer)) => out.reply(call.ticket, Answer::Producer(producer)),
            Ok(Outcome::Becomes(next)) => {
                let answer = Answer::Producer(next.producer_after());
                self.write(call.id, Some(next), Some((call.ticket, answer)), out);
            }
            Err(error) => out.refuse(call.ticket, error),
        }
    }
}

impl Transaction {
    fn end_v1(&self, now: Now, call: &EndCall<'_>) -> Result<Outcome, ErrorCode> {
        let current = &self.current;
        if call.producer.id != current.producer.id {
            return Err(ErrorCode::INVALID_PRODUCER_ID_MAPPING);
        }
        if call.producer.epoch != current.producer.epoch {
            return Err(ErrorCode::PRODUCER_FENCED);
        }
        if self.pending.is_some() {
            return Err(ErrorCode::CONCURRENT_TRANSACTIONS);
        }
        match current.state {
            // Something of it is on its way into a log.
            TransactionState::Ongoing if self.lease.is_shared() => {
                Err(ErrorCode::CONCURRENT_TRANSACTIONS)
            }
            TransactionState::Ongoing => {
                let next = current.prepare(call.commit, call.client, None, now.wall_ms);
                Ok(Outcome::Becomes(next))
            }
            state => self.repeated(state, call.commit),
        }
    }

    /// In version 2 the epoch tells a repeated request from the end of the next transaction.
    fn end_v2(&self, now: Now, call: &EndCall<'_>) -> Result<Outcome, ErrorCode> {
        // First, so that it can complete: the producer may have its next id before that is durable here.
        if self.pending.is_some() {
            return Err(ErrorCode::CONCURRENT_TRANSACTIONS);
        }
        let current = &self.current;
        let same = call.producer.epoch == current.producer.epoch;
        // The answers to these were missed: the epoch was raised, or another id followed on the last one.
        // Only an end of version 2 raises it: with one of version 1 the next producer may have this epoch. And nobody
        // is given the largest epoch, which is there to fence.
        let usable =
            current.producer.epoch != i16::MAX || current.next_producer_id != NO_PRODUCER_ID;
        let raised = current.client == ClientVersion::V2
            && usable
            && call.producer.epoch.checked_add(1) == Some(current.producer.epoch);
        let rotated = call.producer.id == current.previous_producer_id
            && is_exhausted(call.producer.epoch)
            && current.producer.epoch == 0;
        if call.producer.id != current.producer.id && !rotated {
            return Err(ErrorCode::INVALID_PRODUCER_ID_MAPPING);
        }
        let valid = match current.state {
            TransactionState::PrepareCommit | TransactionState::PrepareAbort => raised,
            state if state.is_at_rest() && state != TransactionState::Empty => {
                raised || rotated || same
            }
            _ => same && call.producer.id == current.producer.id,
        };
        if !valid {
            return Err(ErrorCode::PRODUCER_FENCED);
        }
        match current.state {
            TransactionState::Ongoing => self.decide(now, call),
            // Nothing was begun, and nothing is aborted: it raises the epoch all the same.
            state if state.is_at_rest() && !call.commit && !(raised || rotated) => {
                self.decide(now, call)
            }
            state if state.is_at_rest() && !(raised || rotated) => {
                Err(ErrorCode::INVALID_TXN_STATE)
            }
            state => self.repeated(state, call.commit),
        }
    }

    fn decide(&self, now: Now, call: &EndCall<'_>) -> Result<Outcome, ErrorCode> {
        let exhausted = is_exhausted(self.current.producer.epoch);
        let next_id = call.spare.filter(|_| exhausted);
        if exhausted && next_id.is_none() {
            return Ok(Outcome::NeedsProducerId);
        }
        let next = self
            .current
            .prepare(call.commit, call.client, next_id, now.wall_ms);
        Ok(Outcome::Becomes(next))
    }

    /// The answer to a request for an end that was decided before.
    fn repeated(&self, state: TransactionState, commit: bool) -> Result<Outcome, ErrorCode> {
        match (state, commit) {
            (TransactionState::CompleteCommit, true) | (TransactionState::CompleteAbort, false) => {
                Ok(Outcome::Done(self.current.producer))
            }
            (TransactionState::PrepareCommit, true) | (TransactionState::PrepareAbort, false) => {
                Err(ErrorCode::CONCURRENT_TRANSACTIONS)
            }
            _ => Err(ErrorCode::INVALID_TXN_STATE),
        }
    }
}
