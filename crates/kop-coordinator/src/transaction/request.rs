//! The inputs of the state machine and its answers.

use std::sync::Arc;

use kop_codec::messages::describe_transactions_response::TransactionState as Described;
use kop_codec::messages::list_transactions_response::TransactionState as Listed;
use kop_codec::{ByteString, ErrorCode};
use regex::Regex;

use super::TransactionState;

/// A producer id and its epoch.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Producer {
    /// The id.
    pub id: i64,
    /// The epoch: whoever has an older one is fenced.
    pub epoch: i16,
}

/// How the client goes about transactions.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum ClientVersion {
    /// Partitions are added by requests of their own, and the epoch stays.
    #[default]
    V1,
    /// Partitions are added by what is written to them, and each end raises the epoch (KIP-890).
    V2,
}

impl ClientVersion {
    /// The level of the feature `transaction.version`, as it is stored.
    pub(crate) fn level(self) -> i16 {
        match self {
            Self::V1 => 0,
            Self::V2 => 2,
        }
    }

    pub(crate) fn from_level(level: i16) -> Self {
        if level >= 2 { Self::V2 } else { Self::V1 }
    }
}

/// A partition of a topic.
pub type TopicPartition = (ByteString, i32);

/// A request to the transactional ids of one partition of `__transaction_state`.
#[derive(Clone, Debug)]
pub enum TransactionRequest {
    /// InitProducerId.
    Init {
        /// The transactional id.
        transactional_id: ByteString,
        /// How long a transaction may take.
        timeout_ms: i32,
        /// The producer that the client was so far, if it goes on after an error (KIP-360).
        expected: Option<Producer>,
        /// A producer id that nobody has, should one be needed.
        spare: Option<i64>,
    },
    /// AddPartitionsToTxn, AddOffsetsToTxn, and what version 2 adds by writing.
    Add {
        /// The transactional id.
        transactional_id: ByteString,
        /// Who it thinks it is.
        producer: Producer,
        /// What to add.
        partitions: Vec<TopicPartition>,
        /// How the client goes about it.
        client: ClientVersion,
    },
    /// Are these partitions in the transaction?
    Verify {
        /// The transactional id.
        transactional_id: ByteString,
        /// Who it thinks it is.
        producer: Producer,
        /// The partitions.
        partitions: Vec<TopicPartition>,
    },
    /// EndTxn.
    End {
        /// The transactional id.
        transactional_id: ByteString,
        /// Who it thinks it is.
        producer: Producer,
        /// Commit, else abort.
        commit: bool,
        /// How the client goes about it.
        client: ClientVersion,
        /// A producer id that nobody has, should one be needed.
        spare: Option<i64>,
    },
    /// DescribeTransactions for one transactional id.
    Describe(ByteString),
    /// ListTransactions.
    List(TransactionFilter),
}

/// Which transactions to list. What is empty or `None` lets all pass.
#[derive(Clone, Debug, Default)]
pub struct TransactionFilter {
    /// Their states; `Some` of nothing lets none pass.
    pub states: Option<Vec<TransactionState>>,
    /// Their producer ids.
    pub producer_ids: Vec<i64>,
    /// Milliseconds that they are older than.
    pub longer_than_ms: Option<i64>,
    /// What fits the transactional id.
    pub pattern: Option<Regex>,
}

/// Held while something is on its way into the log that was verified to be in a transaction. Without it a client of
/// version 1, whose epoch stays, could end the transaction in between, and the marker would be overtaken.
#[derive(Clone, Debug, Default)]
pub struct Lease(Arc<()>);

impl Lease {
    /// Whether somebody else holds it too.
    pub(crate) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }
}

impl PartialEq for Lease {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// The answer to a [`TransactionRequest`].
#[derive(Clone, Debug, PartialEq)]
pub enum TransactionResponse {
    /// To Init and End: who the producer is from now on.
    Producer(Producer),
    /// To Init and End: the request is to be repeated with a spare producer id.
    NeedsProducerId,
    /// To Add, and to every request that is refused as a whole.
    Error(ErrorCode),
    /// To Verify: an error code for each partition. The transaction is not ended by its client before the lease is
    /// dropped.
    Verified(Vec<ErrorCode>, Lease),
    /// To Describe.
    Described(Described),
    /// To List.
    Listed(Vec<Listed>),
}

impl From<Result<Producer, ErrorCode>> for TransactionResponse {
    fn from(result: Result<Producer, ErrorCode>) -> Self {
        match result {
            Ok(producer) => Self::Producer(producer),
            Err(error) => Self::Error(error),
        }
    }
}
