//! What the partitions of a server share, and what each of them is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use kop_entry::EntryFormat;
use kop_log::{LogError, MetadataStore, Told};
use kop_pulsar_client::{Client, ClientNumbers};

use super::cache::Budget;
use super::readers::Readers;
use crate::{Lease, SharedTopic, partition_key};

/// How logs behave.
#[derive(Clone, Debug)]
pub struct LogSettings {
    /// A name that no other process has, now or later. Entries carry it, so that a write whose receipt was lost is found.
    pub producer_name: String,
    /// Bytes of the newest batches that are kept in memory, of all partitions together.
    pub cache_bytes: usize,
    /// Readers of older data that are kept open for the next fetch, of all partitions together.
    pub max_readers: usize,
    /// Bytes that a reader may have waiting. The more readers there are, the less a further one gets: all together have about
    /// two times `cache_bytes` at most.
    pub reader_bytes: usize,
    /// How long an operation may take. Then it fails with [`LogError::Unavailable`](kop_log::LogError::Unavailable).
    pub operation_timeout: Duration,
    /// A partition that was not asked for anything for so long lets go of its producer and its reader.
    pub idle_after: Duration,
    /// Pass entries that have no index (`skipMessagesWithoutIndex`); otherwise reading stops there.
    pub skip_messages_without_index: bool,
    /// What a read does at an entry that cannot be decoded.
    pub undecodable: Undecodable,
    /// Name of the header that carries the schema version of Pulsar's messages to Kafka's consumers; without it none does.
    pub schema_version_header: Option<String>,
}

/// What a read does at an entry that cannot be decoded. Either way it is counted and named in the log.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Undecodable {
    /// It stops there with an error that says why.
    #[default]
    Stop,
    /// It goes on behind it.
    Pass,
}

/// What all partitions of a server share.
#[derive(Debug)]
pub struct LogContext {
    pub(super) client: Client,
    pub(super) store: Arc<dyn MetadataStore>,
    pub(super) lease: Arc<Lease>,
    pub(super) settings: LogSettings,
    pub(super) cache: Arc<Budget>,
    pub(super) readers: Readers,
    pub(super) counters: Counters,
    pub(super) told: Told,
}

/// What happened, in numbers since the start.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) undecodable: AtomicU64,
    pub(super) resynchronised: AtomicU64,
    pub(super) inferred: AtomicU64,
    pub(super) waited: AtomicU64,
    pub(super) cache_hits: AtomicU64,
    pub(super) cache_misses: AtomicU64,
    pub(super) now: Gauges,
}

/// Counts one more.
pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// What all logs together have at this moment.
#[derive(Debug, Default)]
pub(super) struct Gauges {
    pub(super) open: AtomicU64,
    pub(super) tails: AtomicU64,
    pub(super) in_flight: AtomicU64,
    pub(super) unproved: AtomicU64,
}

/// A reading of the counters, for metrics.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct LogNumbers {
    /// Entries that could not be decoded.
    pub undecodable_entries: u64,
    /// Times that a partition had to find out anew which of its writes were made.
    pub resynchronisations: u64,
    /// Writes whose offset followed from the receipt.
    pub offsets_inferred: u64,
    /// Writes whose offset had to be read.
    pub offsets_read: u64,
    /// Bytes of batches that are kept in memory.
    pub cache_bytes: u64,
    /// Reads that were answered from there.
    pub cache_hits: u64,
    /// Reads for which Pulsar was asked.
    pub cache_misses: u64,
    /// Readers of older data that are kept for the next read.
    pub open_readers: u64,
    /// Partitions that are open.
    pub open_partitions: u64,
    /// Readers of their tails. Fewer than partitions where a broker cannot be reached.
    pub open_tails: u64,
    /// Writes that are on their way to Pulsar, or wait for their offsets.
    pub writes_in_flight: u64,
    /// Entries that were written and that the tail has not delivered yet: how far it lags behind.
    pub tail_lag_entries: u64,
    /// Connections to brokers.
    pub connections: ClientNumbers,
}

impl LogContext {
    /// For a cluster. `store` keeps the little that Pulsar has no place for, log starts and producer states; `lease`
    /// says whether this server may write.
    pub fn new(
        client: Client,
        store: Arc<dyn MetadataStore>,
        lease: Arc<Lease>,
        settings: LogSettings,
    ) -> Arc<Self> {
        Arc::new(Self {
            client,
            store,
            lease,
            cache: Budget::new(settings.cache_bytes),
            readers: Readers::new(settings.max_readers),
            settings,
            counters: Counters::default(),
            told: Told::default(),
        })
    }

    /// Whether this server may write, and leads.
    pub(crate) fn lease(&self) -> Arc<Lease> {
        Arc::clone(&self.lease)
    }

    /// Tells the operator why a topic could not be made or changed, where the client is told no more than to ask there.
    pub(crate) fn tell_of_change(&self, error: &LogError) {
        let what = "a topic could not be made or changed";
        let is_of_storage = matches!(
            error,
            LogError::Limited { .. }
                | LogError::Storage { .. }
                | LogError::Unauthorized { .. }
                | LogError::Unavailable { .. }
        );
        if is_of_storage && let Some(not_logged_before) = self.told.tell(what) {
            tracing::warn!(%error, not_logged_before, "{what}");
        }
    }

    /// What happened so far.
    pub fn numbers(&self) -> LogNumbers {
        let Counters {
            undecodable,
            resynchronised,
            inferred,
            waited,
            cache_hits,
            cache_misses,
            now,
        } = &self.counters;
        LogNumbers {
            undecodable_entries: undecodable.load(Ordering::Relaxed),
            resynchronisations: resynchronised.load(Ordering::Relaxed),
            offsets_inferred: inferred.load(Ordering::Relaxed),
            offsets_read: waited.load(Ordering::Relaxed),
            cache_bytes: self.cache.used() as u64,
            cache_hits: cache_hits.load(Ordering::Relaxed),
            cache_misses: cache_misses.load(Ordering::Relaxed),
            open_readers: self.readers.len() as u64,
            open_partitions: now.open.load(Ordering::Relaxed),
            open_tails: now.tails.load(Ordering::Relaxed),
            writes_in_flight: now.in_flight.load(Ordering::Relaxed),
            tail_lag_entries: now.unproved.load(Ordering::Relaxed),
            connections: self.client.numbers(),
        }
    }
}

/// A partition.
#[derive(Clone, Debug)]
pub struct LogPartition {
    /// Its topic.
    pub topic: Arc<SharedTopic>,
    /// Its number.
    pub partition: i32,
    /// Pulsar's full name of it.
    pub pulsar_topic: String,
    /// How its entries are written, where the topic has no format of its own.
    pub format: EntryFormat,
}

impl LogPartition {
    /// Where its log start is stored, if that is not Pulsar's.
    pub(super) fn start_key(&self) -> String {
        partition_key(self.topic.id, self.partition, "start")
    }

    /// Where the state of its producers is stored.
    pub(super) fn producers_key(&self) -> String {
        partition_key(self.topic.id, self.partition, "producers")
    }
}
