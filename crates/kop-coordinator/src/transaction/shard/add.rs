//! Partitions of a transaction: added, and asked for.

use kop_codec::{ByteString, ErrorCode};

use super::{Transaction, TransactionShard};
use crate::request::Ticket;
use crate::time::Now;
use crate::transaction::TransactionState;
use crate::transaction::metadata::TransactionMetadata;
use crate::transaction::outbox::TransactionOutbox;
use crate::transaction::request::{ClientVersion, Producer, TopicPartition, TransactionResponse};

impl TransactionShard {
    /// What adding the partitions leads to; `None` if all of them are there already.
    pub(super) fn add(
        &self,
        id: &ByteString,
        producer: Producer,
        partitions: &[TopicPartition],
        client: ClientVersion,
        now: Now,
    ) -> Result<Option<TransactionMetadata>, ErrorCode> {
        let transaction = self.find(id)?;
        // First, so that it can complete: the producer may have its next id before that is durable here (KIP-890).
        if transaction.pending.is_some() {
            return Err(ErrorCode::CONCURRENT_TRANSACTIONS);
        }
        transaction.check(producer)?;
        let current = &transaction.current;
        let there =
            |(topic, partition): &TopicPartition| current.partitions.contains(topic, *partition);
        if current.state == TransactionState::Ongoing && partitions.iter().all(there) {
            return Ok(None);
        }
        Ok(Some(current.add(partitions, client, now.wall_ms)))
    }

    /// Answers whether each partition is in the transaction.
    pub(super) fn verify(
        &self,
        id: &ByteString,
        producer: Producer,
        partitions: &[TopicPartition],
        ticket: Ticket,
        out: &mut TransactionOutbox,
    ) {
        let found = self
            .find(id)
            .and_then(|transaction| transaction.check(producer).map(|()| transaction));
        let transaction = match found {
            Ok(transaction) => transaction,
            Err(error) => return out.refuse(ticket, error),
        };
        let verified = partitions.iter().map(|(topic, partition)| {
            if transaction.current.partitions.contains(topic, *partition) {
                ErrorCode::NONE
            } else {
                ErrorCode::TRANSACTION_ABORTABLE
            }
        });
        let verified = TransactionResponse::Verified(verified.collect(), transaction.lease.clone());
        out.reply(ticket, verified);
    }

    fn find(&self, id: &ByteString) -> Result<&Transaction, ErrorCode> {
        if id.is_empty() {
            return Err(ErrorCode::INVALID_REQUEST);
        }
        self.ids
            .get(&**id)
            .ok_or(ErrorCode::INVALID_PRODUCER_ID_MAPPING)
    }
}

impl Transaction {
    /// Whether a transaction of this producer can be open.
    fn check(&self, producer: Producer) -> Result<(), ErrorCode> {
        if producer.id != self.current.producer.id {
            return Err(ErrorCode::INVALID_PRODUCER_ID_MAPPING);
        }
        if producer.epoch != self.current.producer.epoch {
            return Err(ErrorCode::PRODUCER_FENCED);
        }
        if self.current.state.is_ending() {
            return Err(ErrorCode::CONCURRENT_TRANSACTIONS);
        }
        Ok(())
    }
}
