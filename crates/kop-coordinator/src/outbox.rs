//! What a state machine gives back: answers, and records to write.

use std::collections::BTreeSet;

use bytes::Bytes;
use kop_codec::ByteString;
use kop_codec::messages::{OffsetCommitResponse, OffsetDeleteResponse};
use kop_records::control::EndTxnMarker;

use crate::classic::Replacement;
use crate::config::GroupConfig;
use crate::consumer::{Key, Topics};
use crate::offsets::{CommittedOffset, OffsetKey, Swept};
use crate::record::GroupRecord;
use crate::request::{GroupResponse, Ticket};
use crate::time::Now;
use crate::transaction::Producer;

/// What a machine is given with every input besides the input itself.
pub(crate) struct Cx<'a> {
    pub(crate) now: Now,
    pub(crate) config: &'a GroupConfig,
    pub(crate) topics: &'a dyn Topics,
    pub(crate) out: &'a mut Outbox,
}

/// Answers that are ready, and writes to be made, in order.
#[derive(Debug, Default)]
pub struct Outbox {
    /// Answers to requests, by their tickets.
    pub replies: Vec<(Ticket, GroupResponse)>,
    /// Writes. They must be appended in this order, and their ends told in this order.
    pub writes: Vec<Write>,
    /// What has happened, for metrics.
    pub tally: Tally,
}

/// How often something has happened.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    /// Rebalances completed, also those that left a group empty.
    pub rebalances: u64,
    /// Offsets committed.
    pub commits: u64,
    /// Offsets that expired.
    pub expired_offsets: u64,
    /// Offsets deleted by request or with their topic.
    pub deleted_offsets: u64,
}

/// Records that are appended together, and what their durability means.
#[derive(Debug)]
pub struct Write {
    /// The records; none for a marker, else at least one.
    pub records: Vec<GroupRecord>,
    /// What kind of batch they go into.
    pub write_as: WriteAs,
    /// To be handed to [`GroupShard::written`](crate::GroupShard::written) when they are durable or have failed.
    pub then: AfterWrite,
}

/// What kind of batch records go into.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum WriteAs {
    /// One of the coordinator's own.
    #[default]
    Plain,
    /// One that belongs to the transaction of this producer.
    InTransaction(Producer),
    /// The end of this producer's transaction. There are no records in it but the marker.
    Marker(Producer, EndTxnMarker),
}

impl WriteAs {
    /// Whether what is written in these two ways can be in one batch.
    pub(crate) fn may_share(self, other: Self) -> bool {
        self == other && !matches!(self, Self::Marker(..))
    }
}

/// What happens once a write has ended. Opaque: made and understood by the state machine.
#[derive(Debug)]
pub struct AfterWrite(pub(crate) Then);

#[derive(Debug)]
pub(crate) enum Then {
    /// A group became empty. Nobody waits for it.
    Nothing,
    /// The leader's assignment is stored.
    Assigned {
        group: ByteString,
        generation: i32,
        assignments: Vec<(ByteString, Bytes)>,
    },
    /// A static member came back under a new id.
    Replaced(Box<Replacement>),
    /// Offsets were committed.
    Committed {
        group: ByteString,
        ticket: Ticket,
        /// They wait for the end of this producer's transaction.
        in_transaction: Option<i64>,
        offsets: Vec<(OffsetKey, CommittedOffset)>,
        response: OffsetCommitResponse,
    },
    /// A producer's transaction has ended.
    TransactionEnded {
        producer_id: i64,
        committed: bool,
        ticket: Ticket,
    },
    /// What transactions that have ended left apart was removed, by groups. Who ended one waits for it.
    Swept {
        swept: Vec<(ByteString, Swept)>,
        ticket: Option<Ticket>,
    },
    /// Offsets were removed: by request (with a ticket), by expiry, or because their topic is gone.
    OffsetsRemoved {
        group: ByteString,
        keys: Vec<OffsetKey>,
        reply: Option<(Ticket, OffsetDeleteResponse)>,
        expired: bool,
    },
    /// A consumer group has changed.
    Consumer {
        group: ByteString,
        /// What was written, to be written again should this have failed.
        keys: BTreeSet<Key>,
        reply: Option<Box<(Ticket, GroupResponse)>>,
    },
    /// A group and all its offsets were removed, by request or by expiry.
    GroupRemoved {
        group: ByteString,
        ticket: Option<Ticket>,
        since_ms: Option<i64>,
    },
}

impl Outbox {
    pub(crate) fn reply(&mut self, ticket: Ticket, response: impl Into<GroupResponse>) {
        self.replies.push((ticket, response.into()));
    }

    pub(crate) fn write(&mut self, records: Vec<GroupRecord>, then: Then) {
        self.write_as(WriteAs::Plain, records, then);
    }

    pub(crate) fn write_as(&mut self, write_as: WriteAs, records: Vec<GroupRecord>, then: Then) {
        self.writes.push(Write {
            records,
            write_as,
            then: AfterWrite(then),
        });
    }
}
