//! One partition in memory.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use futures_util::future::ready;
use kop_codec::{Records, RecordsPart, Uuid};
use kop_records::{Assigned, BatchHeader, DecompressLimits, RecordBatch, TimestampType};
use parking_lot::{Mutex, RwLock};

use crate::producer::{
    AbortedTransactions, ActiveProducer, Duplicate, ProducerBatch, ProducerChanges, ProducerState,
};
use crate::{
    AppendRequest, Appended, BoxFuture, EpochEnd, Isolation, LeaderEpochs, LogError, LogOffsets,
    OffsetSpec, PartitionLog, ReadRequest, ReadResult, TimestampedOffset, TopicConfig, Waiter,
    WaiterList,
};

/// What the partitions of a topic share.
#[derive(Debug)]
pub(super) struct SharedTopic {
    pub(super) name: String,
    pub(super) id: Uuid,
    pub(super) config: RwLock<Arc<TopicConfig>>,
}

#[derive(Debug)]
pub(super) struct MemoryLog {
    topic: Arc<SharedTopic>,
    partition: i32,
    pub(super) state: Mutex<State>,
    waiters: WaiterList,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) batches: VecDeque<Stored>,
    pub(super) log_start: i64,
    log_end: i64,
    pub(super) size: u64,
    /// What lies below was compacted.
    pub(super) cleaned_to: i64,
    epochs: LeaderEpochs,
    pub(super) producers: ProducerState,
    pub(super) aborted: AbortedTransactions,
    pub(super) deleted: bool,
}

/// A batch in two parts, so that the records are not copied.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) header: BatchHeader,
    pub(super) header_bytes: Bytes,
    pub(super) body: Bytes,
}

impl MemoryLog {
    pub(super) fn new(topic: Arc<SharedTopic>, partition: i32) -> Arc<Self> {
        let mut state = State::default();
        state.epochs.assign(0, 0);
        Arc::new(Self {
            topic,
            partition,
            state: Mutex::new(state),
            waiters: WaiterList::default(),
        })
    }

    pub(super) fn delete(&self) {
        let mut state = self.state.lock();
        *state = State {
            deleted: true,
            log_start: state.log_start,
            log_end: state.log_end,
            ..State::default()
        };
        self.waiters.wake_all();
    }

    pub(super) fn maintain(&self, now_ms: i64) {
        let config = self.config();
        let mut state = self.state.lock();
        state
            .producers
            .expire(now_ms, config.producer_id_expiration_ms);
        let oldest = config
            .retention_ms
            .map_or(i64::MIN, |age| now_ms.saturating_sub(age));
        let mut size = state.size;
        let gone = state.batches.iter().take_while(|batch| {
            let rest = size.saturating_sub(batch.len() as u64);
            let old = (0..oldest).contains(&batch.header.max_timestamp());
            let over = config.retention_bytes.is_some_and(|limit| rest >= limit);
            size = rest;
            old || over
        });
        if let Some(log_start) = gone.last().map(|batch| batch.header.next_offset()) {
            self.start_at(&mut state, log_start);
        }
    }

    fn append_now(&self, request: &AppendRequest) -> Result<Appended, LogError> {
        let config = self.config();
        if request.records.bytes > config.segment_bytes {
            return Err(LogError::TooLarge {
                size: request.records.bytes,
                limit: config.segment_bytes,
            });
        }
        let append_time =
            (config.timestamp_type == TimestampType::LogAppendTime).then_some(request.now_ms);
        let mut state = self.state.lock();
        state.check_deleted()?;
        let (changes, duplicate) = state.check_producers(request)?;
        if let Some(duplicate) = duplicate {
            return Ok(Appended {
                base_offset: duplicate.base_offset,
                last_offset: duplicate.last_offset,
                log_append_time_ms: append_time.map_or(-1, |_| duplicate.timestamp),
                log_start_offset: state.log_start,
                duplicate: true,
            });
        }
        let base_offset = state.log_end;
        let epoch = state.epochs.latest().unwrap_or(0);
        for batch in &request.records.batches {
            state.push(batch.assign(base_offset, epoch, append_time))?;
        }
        for aborted in changes.aborted() {
            state.aborted.add(*aborted);
        }
        state.producers.apply(changes);
        if state.log_end > base_offset {
            self.waiters.wake_all();
        }
        Ok(Appended {
            base_offset,
            last_offset: state.log_end - 1,
            log_append_time_ms: append_time.unwrap_or(-1),
            log_start_offset: state.log_start,
            duplicate: false,
        })
    }

    fn read_now(&self, request: ReadRequest) -> Result<ReadResult, LogError> {
        let state = self.state.lock();
        state.check_deleted()?;
        let offsets = state.offsets();
        if request.offset < offsets.log_start || request.offset > offsets.log_end {
            return Err(out_of_range(
                request.offset,
                offsets.log_start,
                offsets.log_end,
            ));
        }
        let end = offsets.visible_end(request.isolation);
        let (mut parts, mut len, mut read_to) = (Vec::new(), 0_usize, request.offset);
        for batch in state
            .from(request.offset)
            .take_while(|batch| batch.header.base_offset() < end)
        {
            let must = parts.is_empty() && request.at_least_one;
            if !must && len.saturating_add(batch.len()) > request.max_bytes {
                break;
            }
            len += batch.len();
            read_to = batch.header.next_offset();
            parts.extend([batch.header_bytes.clone(), batch.body.clone()].map(RecordsPart::Bytes));
        }
        let aborted = (request.isolation == Isolation::ReadCommitted)
            .then(|| state.aborted.touching(request.offset, read_to));
        Ok(ReadResult {
            records: Records::from_parts(parts),
            next_offset: read_to,
            offsets,
            aborted,
        })
    }

    fn find_now(&self, spec: OffsetSpec) -> Result<Option<TimestampedOffset>, LogError> {
        let state = self.state.lock();
        state.check_deleted()?;
        let offsets = state.offsets();
        let bound = |offset, leader_epoch| {
            Some(TimestampedOffset {
                offset,
                timestamp_ms: -1,
                leader_epoch,
            })
        };
        match spec {
            OffsetSpec::Earliest => Ok(bound(
                offsets.log_start,
                state.epochs.epoch_at(offsets.log_start),
            )),
            OffsetSpec::Latest(isolation) => {
                Ok(bound(offsets.visible_end(isolation), offsets.leader_epoch))
            }
            OffsetSpec::AtOrAfter(timestamp) => state.first_at_or_after(timestamp),
            OffsetSpec::MaxTimestamp => match state
                .batches
                .iter()
                .map(|batch| batch.header.max_timestamp())
                .max()
            {
                Some(largest) => state.first_at_or_after(largest),
                None => Ok(None),
            },
        }
    }

    fn delete_records_now(&self, offset: i64) -> Result<i64, LogError> {
        let mut state = self.state.lock();
        state.check_deleted()?;
        let LogOffsets {
            log_start,
            high_watermark,
            ..
        } = state.offsets();
        let target = if offset == -1 { high_watermark } else { offset };
        if !(0..=high_watermark).contains(&target) {
            return Err(out_of_range(offset, log_start, high_watermark));
        }
        if target > log_start {
            self.start_at(&mut state, target);
        }
        Ok(state.log_start)
    }

    fn start_at(&self, state: &mut State, log_start: i64) {
        state.log_start = log_start;
        while state
            .batches
            .front()
            .is_some_and(|batch| batch.header.last_offset() < log_start)
        {
            let gone = state.batches.pop_front();
            state.size -= gone.map_or(0, |batch| batch.len() as u64);
        }
        state.epochs.truncate_before(log_start);
        state.aborted.truncate_before(log_start);
        self.waiters.wake_all();
    }
}

impl PartitionLog for MemoryLog {
    fn topic(&self) -> &str {
        &self.topic.name
    }

    fn topic_id(&self) -> Uuid {
        self.topic.id
    }

    fn partition(&self) -> i32 {
        self.partition
    }

    fn config(&self) -> Arc<TopicConfig> {
        self.topic.config.read().clone()
    }

    fn offsets(&self) -> LogOffsets {
        self.state.lock().offsets()
    }

    fn append(&self, request: AppendRequest) -> BoxFuture<'static, Result<Appended, LogError>> {
        ready(self.append_now(&request)).boxed()
    }

    fn read(&self, request: ReadRequest) -> BoxFuture<'static, Result<ReadResult, LogError>> {
        ready(self.read_now(request)).boxed()
    }

    fn find(
        &self,
        spec: OffsetSpec,
    ) -> BoxFuture<'static, Result<Option<TimestampedOffset>, LogError>> {
        ready(self.find_now(spec)).boxed()
    }

    fn epoch_end(&self, epoch: i32) -> Result<EpochEnd, LogError> {
        let state = self.state.lock();
        state.check_deleted()?;
        Ok(state.epochs.end_of(epoch, state.log_end))
    }

    fn delete_records(&self, offset: i64) -> BoxFuture<'static, Result<i64, LogError>> {
        ready(self.delete_records_now(offset)).boxed()
    }

    fn wake_on_change(&self, seen: LogOffsets, waiter: &Arc<Waiter>) {
        let state = self.state.lock();
        if state.deleted || state.offsets() != seen {
            waiter.wake();
        } else {
            // Under the lock, so that no change comes between the look and the entry into the list.
            self.waiters.add(waiter);
        }
    }

    fn producers(&self) -> BoxFuture<'static, Result<Vec<ActiveProducer>, LogError>> {
        let state = self.state.lock();
        let active = state.check_deleted().map(|()| state.producers.active());
        ready(active).boxed()
    }

    fn flush(&self) -> BoxFuture<'static, Result<(), LogError>> {
        ready(self.state.lock().check_deleted()).boxed()
    }

    fn size_bytes(&self) -> u64 {
        self.state.lock().size
    }
}

impl State {
    fn check_deleted(&self) -> Result<(), LogError> {
        if self.deleted {
            Err(LogError::Deleted)
        } else {
            Ok(())
        }
    }

    pub(super) fn offsets(&self) -> LogOffsets {
        LogOffsets {
            log_start: self.log_start,
            last_stable: self
                .producers
                .last_stable_offset(self.log_end)
                .max(self.log_start),
            high_watermark: self.log_end,
            log_end: self.log_end,
            leader_epoch: self.epochs.latest().unwrap_or(0),
        }
    }

    fn check_producers(
        &self,
        request: &AppendRequest,
    ) -> Result<(ProducerChanges, Option<Duplicate>), LogError> {
        let mut changes = ProducerChanges::default();
        let mut batches = Vec::new();
        for batch in &request.records.batches {
            batches.extend(ProducerBatch::of_append(batch, self.log_end)?);
        }
        let duplicate = self.producers.check(&mut changes, &batches)?;
        Ok((changes, duplicate))
    }

    fn push(&mut self, batch: Assigned) -> Result<(), LogError> {
        let header = BatchHeader::parse(&batch.header).map_err(|error| LogError::Malformed {
            what: "validated batch",
            reason: error.to_string(),
        })?;
        let stored = Stored {
            header,
            header_bytes: Bytes::copy_from_slice(&batch.header),
            body: batch.body,
        };
        self.log_end = header.next_offset();
        self.size += stored.len() as u64;
        self.batches.push_back(stored);
        Ok(())
    }

    /// The batches from the one that holds `offset`.
    fn from(&self, offset: i64) -> impl Iterator<Item = &Stored> {
        let first = self
            .batches
            .partition_point(|batch| batch.header.last_offset() < offset);
        self.batches.range(first..)
    }

    fn first_at_or_after(&self, timestamp: i64) -> Result<Option<TimestampedOffset>, LogError> {
        for batch in self
            .batches
            .iter()
            .filter(|batch| batch.header.max_timestamp() >= timestamp)
        {
            if let Some(found) = batch.first_at_or_after(timestamp, self.log_start)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

impl Stored {
    pub(super) fn len(&self) -> usize {
        self.header_bytes.len() + self.body.len()
    }

    fn first_at_or_after(
        &self,
        timestamp: i64,
        log_start: i64,
    ) -> Result<Option<TimestampedOffset>, LogError> {
        let malformed = |error: kop_records::RecordsError| LogError::Malformed {
            what: "stored batch",
            reason: error.to_string(),
        };
        let mut bytes = BytesMut::with_capacity(self.len());
        bytes.extend_from_slice(&self.header_bytes);
        bytes.extend_from_slice(&self.body);
        let batch = RecordBatch::parse(bytes.freeze()).map_err(malformed)?;
        for record in &batch
            .section(&DecompressLimits::default())
            .map_err(malformed)?
        {
            let record = record.map_err(malformed)?;
            if record.timestamp >= timestamp && record.offset >= log_start {
                return Ok(Some(TimestampedOffset {
                    offset: record.offset,
                    timestamp_ms: record.timestamp,
                    leader_epoch: batch.partition_leader_epoch(),
                }));
            }
        }
        Ok(None)
    }
}

fn out_of_range(requested: i64, start: i64, end: i64) -> LogError {
    LogError::OffsetOutOfRange {
        requested,
        start,
        end,
    }
}
