//! What the state machine gives back: answers, records to write, markers to write.

use kop_codec::{ByteString, ErrorCode};

use super::metadata::TransactionMetadata;
use super::record::TransactionRecord;
use super::request::{Producer, TopicPartition, TransactionResponse};
use crate::request::Ticket;

/// Answers that are ready, and writes to be made, in order.
#[derive(Debug, Default)]
pub struct TransactionOutbox {
    /// Answers to requests, by their tickets.
    pub replies: Vec<(Ticket, TransactionResponse)>,
    /// Writes to `__transaction_state`. They must be appended in this order, and their ends told in this order.
    pub writes: Vec<TransactionWrite>,
    /// Transactions whose ends are decided. Each partition needs its marker, whatever it takes.
    pub markers: Vec<MarkerJob>,
    /// What has happened, for metrics.
    pub tally: TransactionTally,
}

/// How often something has happened.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct TransactionTally {
    /// Transactions begun.
    pub begun: u64,
    /// Transactions committed.
    pub committed: u64,
    /// Transactions aborted, for whatever reason.
    pub aborted: u64,
    /// Transactions aborted because their time was up.
    pub timed_out: u64,
    /// Transactional ids that expired.
    pub expired_ids: u64,
}

/// A record to append, and what its durability means.
#[derive(Debug)]
pub struct TransactionWrite {
    /// The record.
    pub record: TransactionRecord,
    /// To be handed to [`TransactionShard::written`](crate::TransactionShard::written) when it is durable or has failed.
    pub then: AfterTransactionWrite,
}

/// What happens once a write has ended. Opaque: made and understood by the state machine.
#[derive(Debug)]
pub struct AfterTransactionWrite(pub(super) Then);

#[derive(Debug)]
pub(super) struct Then {
    pub(super) transactional_id: ByteString,
    /// What the transactional id becomes; `None` if it is removed.
    pub(super) next: Option<Box<TransactionMetadata>>,
    pub(super) reply: Option<(Ticket, Answer)>,
}

/// What is answered once a write is durable.
#[derive(Clone, Copy, Debug)]
pub(super) enum Answer {
    /// No error.
    Done,
    /// Who the producer is now.
    Producer(Producer),
    /// The transaction that was in the way is being aborted: come again.
    ComeAgain,
}

impl From<Answer> for TransactionResponse {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Done => Self::Error(ErrorCode::NONE),
            Answer::Producer(producer) => Self::Producer(producer),
            Answer::ComeAgain => Self::Error(ErrorCode::CONCURRENT_TRANSACTIONS),
        }
    }
}

/// The markers of one transaction that are to be written. Written twice they do no harm, but a marker must not be written
/// again before the end of the attempt before is known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MarkerJob {
    /// The transactional id.
    pub transactional_id: ByteString,
    /// The producer of the markers.
    pub producer: Producer,
    /// Committed, else aborted.
    pub committed: bool,
    /// Where to.
    pub partitions: Vec<TopicPartition>,
}

impl TransactionOutbox {
    pub(super) fn reply(&mut self, ticket: Ticket, response: impl Into<TransactionResponse>) {
        self.replies.push((ticket, response.into()));
    }

    pub(super) fn refuse(&mut self, ticket: Ticket, error: ErrorCode) {
        self.reply(ticket, TransactionResponse::Error(error));
    }
}
