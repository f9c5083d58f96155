//! What compacts the logs of a data directory: looks for the dirtiest, and does one after the other.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use kop_log::compaction::CleanerStats;
use parking_lot::{Condvar, Mutex, RwLock};

use crate::log::{LocalLog, Range, RoundError};
use crate::scan::ScanError;

mod chunks;
mod offset_map;
mod throttle;

pub(crate) use chunks::Chunks;
pub(crate) use offset_map::OffsetMap;
use throttle::Throttle;

/// Smallest buffer for reading or writing.
const MIN_BUFFER: usize = 16 * 1024;
/// However few bytes per second there may be: a clock cannot be set for later than its end.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// What compaction may take. The defaults are Kafka's.
#[derive(Clone, Debug, PartialEq)]
pub struct CleanerConfig {
    /// `log.cleaner.threads`: logs that are compacted at the same time.
    pub threads: usize,
    /// `log.cleaner.dedupe.buffer.size`: bytes of all tables of keys together, at most.
    pub dedupe_buffer_bytes: usize,
    /// `log.cleaner.io.buffer.load.factor`: share of a table that may be used, from 0 to 1.
    pub load_factor: f64,
    /// `log.cleaner.io.buffer.size`: bytes of all buffers for reading and writing together. A batch that is larger is read
    /// nevertheless.
    pub io_buffer_bytes: usize,
    /// `log.cleaner.io.max.bytes.per.second`: bytes that are read and written per second, at most.
    pub max_bytes_per_second: f64,
}

impl Default for CleanerConfig {
    fn default() -> Self {
        Self {
            threads: 1,
            dedupe_buffer_bytes: 128 << 20,
            load_factor: 0.9,
            io_buffer_bytes: 512 << 10,
            max_bytes_per_second: f64::MAX,
        }
    }
}

/// The cleaner of a data directory.
#[derive(Debug, Default)]
pub(crate) struct Cleaner {
    config: RwLock<CleanerConfig>,
    /// Logs that a job is at work on, by their addresses.
    busy: Mutex<HashSet<usize>>,
    stats: Mutex<CleanerStats>,
    throttle: Throttle,
    stopped: Mutex<bool>,
    /// Waiting jobs are woken: they have to stop, or the rate was changed.
    woken: Condvar,
    /// Held by jobs for reading.
    running: RwLock<()>,
}

/// What a job works with.
#[derive(Debug)]
pub(crate) struct Tools<'a> {
    cleaner: &'a Cleaner,
    pub(crate) config: CleanerConfig,
    /// Bytes of one buffer.
    pub(crate) buffer_bytes: usize,
    pub(crate) read: BytesMut,
    pub(crate) stats: RoundStats,
}

/// What a round did.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RoundStats {
    pub(crate) read_bytes: u64,
    pub(crate) cleaned_bytes: u64,
    pub(crate) written_bytes: u64,
    pub(crate) read_records: u64,
    pub(crate) written_records: u64,
    pub(crate) buffer_percent: f64,
}

impl Cleaner {
    pub(crate) fn configure(&self, config: CleanerConfig) {
        *self.config.write() = config;
        let _nobody_begins_to_wait = self.stopped.lock();
        self.woken.notify_all();
    }

    /// Jobs that may run at the same time.
    pub(crate) fn jobs(&self) -> usize {
        self.config.read().threads.max(1)
    }

    pub(crate) fn stats(&self) -> CleanerStats {
        *self.stats.lock()
    }

    /// Lets jobs come to their end, and no more begin. May block.
    pub(crate) fn stop(&self) {
        *self.stopped.lock() = true;
        self.woken.notify_all();
        drop(self.running.write());
    }

    /// One job: compacts the dirtiest log as long as there is one that is dirty enough. `done` is called after each.
    /// May block.
    pub(crate) fn run(
        &self,
        logs: impl Fn() -> Vec<Arc<LocalLog>>,
        now_ms: i64,
        done: impl Fn() -> io::Result<()>,
    ) {
        let _running = self.running.read();
        // Others get their turn before one that failed is tried again.
        let mut failed = Vec::new();
        while !*self.stopped.lock()
            && let Some((log, range, busy)) = self.filthiest(logs(), now_ms)
        {
            let mut tools = Tools::new(self);
            let begun = Instant::now();
            let result = log.0.compact(range, now_ms, &mut tools);
            if self.finish(&log, result, &tools.stats, begun.elapsed()) {
                failed.push(busy);
            }
            if let Err(error) = done() {
                tracing::error!(%error, "what was compacted was not noted: it is compacted again after a restart");
            }
        }
    }

    /// The log that is the dirtiest of those that are dirty enough, and that nobody else is at work on.
    fn filthiest(
        &self,
        logs: Vec<Arc<LocalLog>>,
        now_ms: i64,
    ) -> Option<(Arc<LocalLog>, Range, Busy<'_>)> {
        let mut busy = self.busy.lock();
        let mut seen = CleanerStats::default();
        let mut best: Option<(Arc<LocalLog>, Range)> = None;
        for log in logs {
            if busy.contains(&address(&log)) {
                continue;
            }
            let Some(range) = log.0.cleanable(now_ms) else {
                if log.0.is_uncleanable() {
                    seen.uncleanable_partitions += 1;
                    seen.uncleanable_bytes += log.0.size_bytes();
                }
                continue;
            };
            seen.max_dirty_percent = seen.max_dirty_percent.max(range.ratio() * 100.0);
            seen.max_compaction_delay_ms = seen.max_compaction_delay_ms.max(range.delay_ms);
            let forced = range.delay_ms > 0 && range.cleanable_bytes > 0;
            let due = forced || range.ratio() > log.0.config().min_cleanable_dirty_ratio;
            if due
                && best
                    .as_ref()
                    .is_none_or(|(_, best)| best.ratio() < range.ratio())
            {
                best = Some((log, range));
            }
        }
        let mut stats = self.stats.lock();
        *stats = CleanerStats {
            max_dirty_percent: seen.max_dirty_percent,
            max_compaction_delay_ms: seen.max_compaction_delay_ms,
            uncleanable_partitions: seen.uncleanable_partitions,
            uncleanable_bytes: seen.uncleanable_bytes,
            last_run_ms: Some(now_ms),
            ..*stats
        };
        drop(stats);
        let (log, range) = best?;
        let key = address(&log);
        busy.insert(key);
        Some((log, range, Busy { cleaner: self, key }))
    }

    /// Takes note of a round. Returns whether the log has to wait for the next job.
    fn finish(
        &self,
        log: &LocalLog,
        result: Result<(), RoundError>,
        round: &RoundStats,
        took: Duration,
    ) -> bool {
        let mut stats = self.stats.lock();
        stats.read_bytes += round.read_bytes;
        stats.written_bytes += round.written_bytes;
        stats.read_records += round.read_records;
        stats.written_records += round.written_records;
        let (topic, partition) = (&log.0.identity.topic, log.0.identity.partition);
        match result {
            Ok(()) => {
                stats.rounds += 1;
                stats.last_round_seconds = took.as_secs_f64();
                stats.buffer_percent = round.buffer_percent;
                if round.cleaned_bytes > 0 {
                    let (written, cleaned) = (round.written_bytes, round.cleaned_bytes);
                    stats.recopy_percent = written as f64 * 100.0 / cleaned as f64;
                }
                let (from, to) = (round.cleaned_bytes, round.written_bytes);
                let (read, kept) = (round.read_records, round.written_records);
                tracing::info!(%topic, partition, from, to, read, kept, ?took, "compacted");
                false
            }
            // It was deleted, or retention was faster.
            Err(RoundError::Stopped) => true,
            Err(RoundError::Scan(ScanError::Io(error))) => {
                stats.failures += 1;
                tracing::error!(%topic, partition, %error, "compaction failed, will be tried again");
                true
            }
            Err(error) => {
                stats.failures += 1;
                log.0.set_uncleanable();
                tracing::error!(%topic, partition, %error, "the partition is not compacted any more until the server is started again");
                false
            }
        }
    }
}

impl<'a> Tools<'a> {
    fn new(cleaner: &'a Cleaner) -> Self {
        let config = cleaner.config.read().clone();
        let buffer_bytes = config.io_buffer_bytes / config.threads.max(1) / 2;
        Self {
            cleaner,
            config,
            buffer_bytes: buffer_bytes.max(MIN_BUFFER),
            read: BytesMut::new(),
            stats: RoundStats::default(),
        }
    }

    /// Takes note of bytes that were read or written, and waits where there were too many.
    ///
    /// # Errors
    /// [`RoundError::Stopped`] where the cleaner has to stop.
    pub(crate) fn pace(&mut self, bytes: usize) -> Result<(), RoundError> {
        let cleaner = self.cleaner;
        let (mut stopped, mut new) = (cleaner.stopped.lock(), bytes);
        while !*stopped {
            let rate = cleaner.config.read().max_bytes_per_second;
            let wait = cleaner.throttle.wait_after(new, rate, Instant::now());
            if wait.is_zero() {
                return Ok(());
            }
            new = 0;
            cleaner.woken.wait_for(&mut stopped, wait.min(LONGEST_WAIT));
        }
        Err(RoundError::Stopped)
    }
}

/// A log that a job is at work on.
struct Busy<'a> {
    cleaner: &'a Cleaner,
    key: usize,
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.cleaner.busy.lock().remove(&self.key);
    }
}

fn address(log: &Arc<LocalLog>) -> usize {
    Arc::as_ptr(&log.0) as usize
}
