//! Entries become items of the log.

use std::sync::Arc;

use kop_entry::{
    Assembled, ChunkAssembler, DecodeContext, Decoded, DecodedBatches, EntryError, EntryView,
};
use kop_log::LogError;
use kop_pulsar_client::{MessageId, RawEntry};
use smallvec::SmallVec;

use super::cache::Item;
use super::context::{LogContext, count};
use super::heavy;

/// Chunked messages that may be open at once, per reader.
const OPEN_CHUNKED_MESSAGES: usize = 4;

/// What an entry holds. Few entries have more than one batch.
pub(super) type Items = SmallVec<[Item; 1]>;

/// An entry with its offsets.
#[derive(Debug)]
pub(super) struct Located<'a> {
    pub(super) view: EntryView<'a>,
    pub(super) at: MessageId,
    pub(super) base_offset: i64,
    pub(super) next_offset: i64,
}

/// Turns the entries of a partition, in their order, into items.
#[derive(Debug)]
pub(super) struct Decoder {
    chunks: ChunkAssembler,
    /// The last part of a message came whose first was not here.
    orphan: bool,
}

impl Default for Decoder {
    fn default() -> Self {
        Self {
            chunks: ChunkAssembler::new(OPEN_CHUNKED_MESSAGES),
            orphan: false,
        }
    }
}

/// Parses an entry; `None` where it has no index.
///
/// # Errors
/// Nothing of it can be read, not even how many offsets it takes.
pub(super) fn locate(raw: &RawEntry) -> Result<Option<Located<'_>>, EntryError> {
    let Some(index) = raw.index.and_then(|index| i64::try_from(index).ok()) else {
        return Ok(None);
    };
    let view = EntryView::parse(&raw.entry)?;
    let count = i64::from(view.num_messages());
    let next_offset = index.saturating_add(1);
    Ok(Some(Located {
        view,
        at: raw.id,
        base_offset: next_offset.saturating_sub(count).max(0),
        next_offset,
    }))
}

impl Located<'_> {
    /// Whether it belongs to a transaction of Pulsar's own.
    pub(super) fn is_of_transaction(&self) -> bool {
        self.view.metadata().txn_most_bits.is_some()
    }
}

/// Whether offsets are left out between the log up to `end` and what comes at `base_offset`. Perhaps nobody gets what is
/// there: it was deleted, or a transaction of Pulsar's own has aborted it. Or it is there, but the broker has moved the reader
/// on: where messages expire, or operators have subscriptions skip them, readers are taken for subscriptions. One offset
/// alone is the marker that ends a transaction, where there are some.
pub(super) fn leaves_out(end: i64, base_offset: i64, transactions: bool) -> bool {
    base_offset > end.saturating_add(i64::from(transactions))
}

/// The offset behind an entry, by its index; 0 where it has none.
pub(super) fn next_offset(raw: &RawEntry) -> i64 {
    let next = raw.index.map_or(0, |index| index.saturating_add(1));
    i64::try_from(next).unwrap_or(i64::MAX)
}

impl Decoder {
    /// The items of an entry, none for a hole. What cannot be decoded is an item too.
    pub(super) fn decode(
        &mut self,
        entry: &Located<'_>,
        context: &LogContext,
        topic: &str,
    ) -> Items {
        let metadata = entry.view.metadata();
        let compressed = if metadata.compression == 0 {
            0
        } else {
            entry.view.raw_payload().len()
        };
        match heavy::expand(compressed, || self.try_decode(entry, context)) {
            Ok(batches) => batches.into_iter().map(Item::Batch).collect(),
            Err(error) => {
                let reason = error.to_string();
                smallvec::smallvec![damaged(
                    context,
                    topic,
                    entry.at,
                    (entry.base_offset, entry.next_offset),
                    &reason
                )]
            }
        }
    }

    /// An entry that nobody asked for. It may be a part of a message that goes on.
    pub(super) fn skip(&mut self, entry: &Located<'_>, context: &LogContext) {
        if entry.view.metadata().chunk.is_some() && self.try_decode(entry, context).is_err() {
            self.chunks.clear();
        }
        self.orphan = false;
    }

    /// Whether a part of a message came whose first was not here. Asking forgets it.
    pub(super) fn take_orphan(&mut self) -> bool {
        std::mem::take(&mut self.orphan)
    }

    fn try_decode(
        &mut self,
        entry: &Located<'_>,
        context: &LogContext,
    ) -> Result<DecodedBatches, EntryError> {
        let context = DecodeContext {
            leader_epoch: LEADER_EPOCH,
            schema_version_header: context.settings.schema_version_header.as_deref(),
            // TCP and the broker have compared checksums before.
            verify_checksum: false,
            ..DecodeContext::default()
        };
        Ok(match entry.view.decode(entry.base_offset, &context)? {
            Decoded::Batches(batches) => batches,
            Decoded::Marker(_) => DecodedBatches::new(),
            Decoded::Chunk { .. } => {
                match self.chunks.add(&entry.view, entry.base_offset, &context)? {
                    Assembled::Complete(batches) => batches,
                    Assembled::Orphan => {
                        self.orphan = true;
                        DecodedBatches::new()
                    }
                    Assembled::Pending | Assembled::Repeated => DecodedBatches::new(),
                }
            }
        })
    }
}

/// What is wrong with an entry that says it has more messages than it has taken offsets.
pub(super) const OVERLAPS: &str = "it says that it has more messages than it has taken offsets";

/// The leader epoch of every batch: who leads is Pulsar's business, and nobody truncates its logs.
pub(super) const LEADER_EPOCH: i32 = 0;

/// An entry that cannot be decoded, counted and named.
pub(super) fn damaged(
    context: &LogContext,
    topic: &str,
    at: MessageId,
    (base_offset, next_offset): (i64, i64),
    reason: &str,
) -> Item {
    count(&context.counters.undecodable);
    tracing::warn!(
        topic,
        ledger = at.ledger,
        entry = at.entry,
        base_offset,
        next_offset,
        reason,
        "an entry cannot be decoded"
    );
    Item::Damaged {
        base_offset,
        next_offset,
        at,
        reason: Arc::from(reason),
    }
}

/// The error of a read that stops at an item.
pub(super) fn damage_error(base_offset: i64, at: MessageId, reason: &str) -> LogError {
    LogError::Malformed {
        what: "entry",
        reason: format!(
            "{}:{} at offset {base_offset}: {reason}",
            at.ledger, at.entry
        ),
    }
}
