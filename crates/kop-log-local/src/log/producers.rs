//! Producer state, aborted transactions and leader epochs on disk.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use kop_log::producer::{
    ABORTED_ENTRY_LEN, AbortedEntry, AbortedTransactions, ActiveProducer, ProducerBatch,
    ProducerState,
};
use kop_log::{LeaderEpochs, LogError, TopicConfig};

use super::recover::{Listing, Recovered};
use super::{Log, View, Writer};
use crate::data_dir::replace_file;
use crate::handles::FileKind;
use crate::names;
use crate::scan::{ScanError, Scanner, read_batch};
use crate::segment::{Place, Segment, remove_if_there};

impl Writer {
    pub(super) fn expire_producers(&mut self, now_ms: i64, config: &TopicConfig) {
        self.producers
            .expire(now_ms, config.producer_id_expiration_ms);
    }
}

impl View {
    /// Where these segments are, if they are still there.
    pub(super) fn position_of(&self, group: &[Arc<Segment>]) -> Option<usize> {
        let first = group.first()?;
        let at = self
            .segments
            .iter()
            .position(|segment| Arc::ptr_eq(segment, first))?;
        let there = self.segments.get(at..at + group.len())?;
        let same = |(a, b): (&Arc<Segment>, &Arc<Segment>)| Arc::ptr_eq(a, b);
        there.iter().zip(group).all(same).then_some(at)
    }

    /// Returns whether the epochs have to be stored.
    pub(super) fn forget_before(&mut self, log_start: i64) -> bool {
        self.aborted.truncate_before(log_start);
        self.epochs.truncate_before(log_start)
    }
}

impl Log {
    /// Waits for the writer.
    pub(super) fn active_producers(&self) -> Result<Vec<ActiveProducer>, LogError> {
        let writer = self.writer.lock();
        if self.view.read().deleted {
            return Err(LogError::Deleted);
        }
        Ok(writer.producers.active())
    }

    /// Writes a snapshot of the producers at the end of the log. Without it the next start folds more of the log, so
    /// that a failure is only logged.
    pub(super) fn save_producers(&self, writer: &mut Writer) {
        let path = names::segment_file(&self.dir, writer.next_offset, names::SNAPSHOT);
        match replace_file(&path, &writer.producers.snapshot(), false) {
            Ok(()) => writer.snapshot_offset = writer.next_offset,
            Err(error) => {
                tracing::warn!(file = %path.display(), %error, "a producer snapshot was not written");
            }
        }
    }

    /// Adds transactions to the index of the active segment. If that fails it is only logged: an index that is not
    /// complete is made good from the log after a crash.
    pub(super) fn note_aborted(&self, writer: &Writer, aborted: &[AbortedEntry]) {
        if aborted.is_empty() {
            return;
        }
        let mut view = self.view.write();
        aborted.iter().for_each(|entry| view.aborted.add(*entry));
        drop(view);
        let path = names::segment_file(&self.dir, writer.active.base_offset, names::TXN_INDEX);
        if let Err(error) = append_aborted(&path, aborted) {
            tracing::warn!(file = %path.display(), %error, "an aborted transaction was not written to its index");
        }
    }

    pub(super) fn save_epochs(&self) {
        let text = self.view.read().epochs.to_checkpoint();
        let path = self.dir.join(names::LEADER_EPOCHS);
        if let Err(error) = replace_file(&path, text.as_bytes(), false) {
            tracing::warn!(file = %path.display(), %error, "the leader epochs were not written");
        }
    }
}

/// Reads the leader epochs, makes them fit a log that ends at `log_end`, and adds what its batches tell.
pub(super) fn load_epochs(dir: &Path, recovered: &Recovered) -> io::Result<LeaderEpochs> {
    let path = dir.join(names::LEADER_EPOCHS);
    let mut epochs = match fs::read_to_string(&path) {
        Ok(text) => LeaderEpochs::from_checkpoint(&text).unwrap_or_else(|error| {
            tracing::error!(file = %path.display(), %error, "the leader epochs are damaged; those of the batches are used");
            LeaderEpochs::default()
        }),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidData) => LeaderEpochs::default(),
        Err(error) => return Err(error),
    };
    for entry in recovered.epochs.entries() {
        if epochs.latest().is_none_or(|latest| latest < entry.epoch) {
            epochs.assign(entry.epoch, entry.start_offset);
        }
    }
    Ok(epochs)
}

/// The producers at the end of the log: the newest snapshot that can be relied on, and what follows it in the log.
pub(super) fn load_producers(
    place: Place<'_>,
    listing: &Listing,
    recovered: &Recovered,
    aborted: &mut AbortedTransactions,
) -> Result<ProducerState, ScanError> {
    // What is suspect is folded anew, so that its aborted transactions are found too.
    let latest = recovered.next_offset.min(recovered.suspect_from);
    let snapshot = newest_snapshot(place.dir, listing, latest)?;
    // The others belong to segments, and go with them, or are of no more use.
    for offset in &listing.snapshots {
        let used = snapshot.as_ref().is_some_and(|(used, _)| used == offset);
        if !used && (!listing.segments.contains(offset) || *offset > recovered.next_offset) {
            remove_if_there(&names::segment_file(place.dir, *offset, names::SNAPSHOT))?;
        }
    }
    let start = recovered
        .segments
        .first()
        .map_or(0, |segment| segment.base_offset);
    let (from, mut state) = snapshot.unwrap_or_default();
    let from = from.max(start);
    let first = recovered
        .segments
        .partition_point(|segment| segment.base_offset <= from)
        .saturating_sub(1);
    if from < recovered.next_offset {
        for segment in &recovered.segments[first..] {
            fold(place, segment, from, &mut state, aborted)?;
        }
    }
    Ok(state)
}

fn newest_snapshot(
    dir: &Path,
    listing: &Listing,
    latest: i64,
) -> io::Result<Option<(i64, ProducerState)>> {
    for offset in listing.snapshots.range(..=latest).rev() {
        let path = names::segment_file(dir, *offset, names::SNAPSHOT);
        let bytes = match fs::read(&path) {
            // It went with a segment of which nothing was left.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            bytes => bytes?,
        };
        match ProducerState::load(&bytes) {
            Ok(state) => return Ok(Some((*offset, state))),
            Err(error) => {
                tracing::warn!(file = %path.display(), %error, "a producer snapshot is damaged, an older one is used");
                remove_if_there(&path)?;
            }
        }
    }
    Ok(None)
}

/// The aborted transactions of the segments that can be relied on.
pub(super) fn load_aborted(
    dir: &Path,
    listing: &Listing,
    recovered: &Recovered,
) -> io::Result<AbortedTransactions> {
    let mut aborted = AbortedTransactions::default();
    for base_offset in &listing.aborted {
        let path = names::segment_file(dir, *base_offset, names::TXN_INDEX);
        if !recovered
            .segments
            .iter()
            .any(|segment| segment.base_offset == *base_offset)
            || *base_offset >= recovered.suspect_from
        {
            // Written anew by the fold.
            remove_if_there(&path)?;
            continue;
        }
        for bytes in fs::read(&path)?.as_chunks::<ABORTED_ENTRY_LEN>().0 {
            match AbortedEntry::from_bytes(bytes) {
                Ok(entry) if entry.last_offset < recovered.next_offset => aborted.add(entry),
                Ok(_) => break,
                Err(error) => {
                    tracing::error!(file = %path.display(), %error, "the index of aborted transactions is damaged");
                    break;
                }
            }
        }
    }
    Ok(aborted)
}

fn fold(
    place: Place<'_>,
    segment: &Arc<Segment>,
    from: i64,
    state: &mut ProducerState,
    aborted: &mut AbortedTransactions,
) -> Result<(), ScanError> {
    let end = u64::from(segment.size());
    let Some(first) = segment.find(place, from, end)? else {
        return Ok(());
    };
    let log = segment.file(place, FileKind::Log)?;
    let mut scanner = Scanner::new(&log, first.position, end);
    let mut found = Vec::new();
    while let Some(batch) = scanner.next()? {
        let Some(header) = batch.header.filter(|header| header.base_offset() >= from) else {
            continue;
        };
        match ProducerBatch::of_log(&header, || read_batch(&log, &batch)) {
            Ok(Some(facts)) => found.extend(state.replay(&facts)),
            Ok(None) => {}
            // Its sum is right or was never checked: a writer of such markers did not mean a transaction.
            Err(error) => {
                tracing::error!(dir = %place.dir.display(), offset = batch.base_offset, %error, "passed over");
            }
        }
    }
    let known = aborted.entries().last().map_or(-1, |last| last.last_offset);
    found.retain(|entry| entry.last_offset > known);
    if !found.is_empty() {
        append_aborted(
            &names::segment_file(place.dir, segment.base_offset, names::TXN_INDEX),
            &found,
        )?;
        found.into_iter().for_each(|entry| aborted.add(entry));
    }
    place.handles.close(&segment.files);
    Ok(())
}

pub(super) fn append_aborted(path: &Path, aborted: &[AbortedEntry]) -> io::Result<()> {
    let bytes: Vec<u8> = aborted.iter().flat_map(AbortedEntry::to_bytes).collect();
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)?
        .write_all(&bytes)
}
