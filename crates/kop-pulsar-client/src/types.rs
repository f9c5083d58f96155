//! What goes in and comes out: positions, entries, options.

use std::fmt;

use bytes::Bytes;
use smallvec::SmallVec;

/// The position of an entry: the ledger's id and the entry's number in it. The order is the topic's order.
///
/// Messages inside of a batch are not told apart here: an entry is the smallest thing that this crate knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId {
    /// The ledger.
    pub ledger: u64,
    /// The entry's number in its ledger, from 0.
    pub entry: u64,
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.ledger, self.entry)
    }
}

/// An entry to send: one frame on the wire, one entry in the ledger.
#[derive(Clone, Debug, Default)]
pub struct OutgoingEntry {
    /// The bytes `[0x0e01 crc32c] metadata_size metadata payload`, cut in any places. They are written as they are.
    pub parts: SmallVec<[Bytes; 3]>,
    /// By how much the topic's index grows. Must be the metadata's `num_messages_in_batch`, or 1 where that has none.
    pub num_messages: u32,
    /// The sequence id of the first message, as in the metadata.
    pub sequence_id: u64,
    /// The sequence id of the last message of a batch.
    pub highest_sequence_id: Option<u64>,
    /// A transaction of Pulsar's own: most and least significant bits of its id.
    pub txn: Option<(u64, u64)>,
    /// A marker: brokers do not deliver it to consumers.
    pub marker: bool,
}

/// Whether other producers may write to the topic at the same time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AccessMode {
    /// Any number of producers.
    #[default]
    Shared,
    /// Alone, or not at all: [`Error::ProducerBusy`](crate::Error::ProducerBusy) while somebody else is there.
    Exclusive,
    /// Alone, after all others are gone. Making the producer takes as long as that.
    WaitForExclusive,
    /// Alone, now: the others are fenced.
    ExclusiveWithFencing,
}

/// How a producer is made.
#[derive(Clone, Debug, Default)]
pub struct ProducerOptions {
    /// Its name, unique in the topic. None: the broker makes one up.
    pub name: Option<String>,
    /// Whether it shares the topic. Producers that do not share have a connection of their own.
    pub access_mode: AccessMode,
    /// Shown in the topic's statistics.
    pub properties: Vec<(String, String)>,
}

/// Where a reader begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With the oldest entry there is.
    Earliest,
    /// After the last entry there is.
    Latest,
    /// With this entry or, when it is gone or not there yet, the first one after it.
    At(MessageId),
}

/// How a reader is made.
#[derive(Clone, Debug)]
pub struct ReaderOptions {
    /// Where it begins.
    pub start: Start,
    /// Read what compaction left, then what came after it.
    pub read_compacted: bool,
    /// Bytes of entries that may be on their way or waiting to be taken. One entry may be larger, and is read.
    pub budget_bytes: usize,
    /// The name of its subscription, shown in the topic's statistics; a random ending is added.
    pub subscription: String,
}

impl Default for ReaderOptions {
    fn default() -> Self {
        Self {
            start: Start::Latest,
            read_compacted: false,
            budget_bytes: 1 << 20,
            subscription: "reader".to_owned(),
        }
    }
}

/// An entry as it lies in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawEntry {
    /// Its position.
    pub id: MessageId,
    /// The index of its last message. None: the broker has no `AppendIndexMetadataInterceptor`, had none when the entry
    /// was written, or does not expose it (`exposingBrokerEntryMetadataToClientEnabled`).
    pub index: Option<u64>,
    /// When the broker stored it, in milliseconds since the epoch. None: no `AppendBrokerTimestampMetadataInterceptor`.
    pub broker_timestamp_ms: Option<u64>,
    /// The bytes `[0x0e01 crc32c] metadata_size metadata payload`. The checksum has not been looked at.
    pub entry: Bytes,
    /// How often the broker has delivered it before.
    pub redelivery_count: u32,
}

/// Topics that came and went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopicChange {
    /// Full names of new topics; partitions are topics of their own here.
    pub added: Vec<String>,
    /// Full names of deleted topics.
    pub removed: Vec<String>,
}
