//! Compaction in memory. The last batch stands for the segment that is being written, and is left alone.

use std::collections::{HashMap, VecDeque};

use bytes::{Bytes, BytesMut};
use kop_records::{HEADER_LEN, RecordBatch, RecordsError};

use super::log::{MemoryLog, State, Stored};
use crate::compaction::{Cleaned, CleanedTransactions, LatestOffsets, Round};
use crate::{PartitionLog, TopicConfig};

#[derive(Debug, Default)]
struct Latest(HashMap<Vec<u8>, i64>);

impl LatestOffsets for Latest {
    fn note(&mut self, key: &[u8], offset: i64) -> bool {
        self.0.insert(key.to_owned(), offset);
        true
    }

    fn latest(&self, key: &[u8]) -> Option<i64> {
        self.0.get(key).copied()
    }
}

impl MemoryLog {
    /// Compacts the log if it is dirty enough.
    pub(super) fn compact(&self, now_ms: i64) {
        let config = self.config();
        let mut state = self.state.lock();
        if !config.compacted || state.deleted {
            return;
        }
        let first_dirty = state.cleaned_to.max(state.log_start);
        let end = state.compaction_end(&config, now_ms);
        if !state.is_dirty(&config, (first_dirty, end), now_ms) {
            return;
        }
        // What was validated can be read. Were it not so, the log would stay as it is.
        if let Ok((batches, kept)) = state.compacted(&config, (first_dirty, end), now_ms) {
            state.size = batches.iter().map(|batch| batch.len() as u64).sum();
            state.batches = batches;
            let log_start = state.log_start;
            state.aborted.replace(log_start, end, &kept);
        }
        state.cleaned_to = end;
    }
}

type Compacted = (VecDeque<Stored>, Vec<crate::producer::AbortedEntry>);

impl State {
    fn compaction_end(&self, config: &TopicConfig, now_ms: i64) -> i64 {
        let active = self.batches.back();
        let active = active.map_or(self.log_start, |batch| batch.header.base_offset());
        let lag = config.min_compaction_lag_ms;
        let young = self
            .batches
            .iter()
            .find(|batch| lag > 0 && now_ms.saturating_sub(batch.header.max_timestamp()) < lag);
        let young = young.map_or(i64::MAX, |batch| batch.header.base_offset());
        active.min(self.offsets().last_stable).min(young)
    }

    fn is_dirty(&self, config: &TopicConfig, (start, end): (i64, i64), now_ms: i64) -> bool {
        let bytes = |from: i64, to: i64| -> usize {
            let batches = self.batches.iter();
            batches
                .filter(|batch| (from..to).contains(&batch.header.base_offset()))
                .map(Stored::len)
                .sum()
        };
        let (clean, dirty) = (bytes(0, start), bytes(start, end));
        let oldest = self
            .batches
            .iter()
            .filter(|batch| (start..end).contains(&batch.header.base_offset()))
            .map(|batch| batch.header.max_timestamp())
            .min();
        let late = oldest
            .is_some_and(|oldest| now_ms.saturating_sub(config.max_compaction_lag_ms) > oldest);
        let ratio = dirty as f64 / (clean + dirty).max(1) as f64;
        dirty > 0 && (late || ratio > config.min_cleanable_dirty_ratio)
    }

    fn compacted(
        &self,
        config: &TopicConfig,
        (start, end): (i64, i64),
        now_ms: i64,
    ) -> Result<Compacted, RecordsError> {
        let mut latest = Latest::default();
        let mut transactions = CleanedTransactions::new(self.aborted.entries(), start);
        let below = || {
            let batches = self.batches.iter();
            batches.take_while(|batch| batch.header.base_offset() < end)
        };
        for stored in below().filter(|batch| batch.header.last_offset() >= start) {
            latest.index(&stored.batch()?, start, &mut transactions)?;
        }
        let mut round = Round {
            now_ms,
            delete_retention_ms: config.delete_retention_ms,
            latest_offset: end - 1,
            upper_bound: end,
            keep_legacy_tombstones: true,
            producers: self.producers.last_records(),
            transactions: CleanedTransactions::new(self.aborted.entries(), 0),
        };
        let mut batches = VecDeque::with_capacity(self.batches.len());
        for stored in &self.batches {
            if stored.header.base_offset() >= end {
                batches.push_back(stored.clone());
                continue;
            }
            let mut out = Vec::new();
            match round.clean(&stored.batch()?, &latest, &mut out)? {
                Cleaned::Kept => batches.push_back(stored.clone()),
                Cleaned::Written(_) => batches.push_back(Stored::of(&Bytes::from(out))?),
                Cleaned::Gone => {}
            }
        }
        Ok((batches, round.transactions.take_kept()))
    }
}

impl Stored {
    fn batch(&self) -> Result<RecordBatch, RecordsError> {
        let mut bytes = BytesMut::with_capacity(self.len());
        bytes.extend_from_slice(&self.header_bytes);
        bytes.extend_from_slice(&self.body);
        RecordBatch::parse(bytes.freeze())
    }

    fn of(bytes: &Bytes) -> Result<Self, RecordsError> {
        Ok(Self {
            header: kop_records::BatchHeader::parse(bytes)?,
            header_bytes: bytes.slice(..HEADER_LEN),
            body: bytes.slice(HEADER_LEN..),
        })
    }
}
