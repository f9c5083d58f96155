//! One partition of a fetch.

use std::sync::Arc;

use futures_util::future::join_all;
use kop_codec::{ByteString, ErrorCode, Records};
use kop_log::{
    AbortedTransaction, EpochEnd, Isolation, LogError, LogOffsets, PartitionLog, ReadRequest,
    Waiter,
};
use kop_records::{Compression, TargetCompression};
use tokio::time::Instant;

use super::Limits;
use super::room::Room;
use crate::fetch_session::{Told, TopicKey, Wanted};
use crate::handlers::partition::check_epoch;
use crate::{Broker, errors};

/// A partition that is being fetched, and what has been read of it so far.
pub(super) struct Partition {
    pub(super) wanted: Wanted,
    /// The topic's name; `None` for an id that no topic has.
    pub(super) name: Option<ByteString>,
    log: Result<Arc<dyn PartitionLog>, ErrorCode>,
    /// Where to read: what lies between the offset wanted and this is nothing for this client.
    pub(super) from: i64,
    pub(super) read: Read,
}

/// What came of reading.
#[derive(Default)]
pub(super) struct Read {
    pub(super) error_code: ErrorCode,
    pub(super) offsets: LogOffsets,
    pub(super) records: Records,
    /// The offset behind the records.
    pub(super) next_offset: i64,
    pub(super) aborted: Option<Vec<AbortedTransaction>>,
    pub(super) diverging: Option<EpochEnd>,
}

/// Opens all partitions; those that are not at hand at the same time.
pub(super) async fn open(
    broker: &Broker,
    wanted: Vec<Wanted>,
    refused: Option<ErrorCode>,
) -> Vec<Partition> {
    let mut partitions = Vec::with_capacity(wanted.len());
    let mut waiting = Vec::new();
    for wanted in wanted {
        let (partition, fault) = Partition::at_hand(broker, wanted, refused);
        if matches!(fault, Some(LogError::NotOpen | LogError::UnknownTopic(_))) {
            waiting.push(partitions.len());
        }
        partitions.push(partition);
    }
    let logs = waiting.iter().map(|&at| {
        let partition: &Partition = &partitions[at];
        let name = partition.name.clone().unwrap_or_default();
        let index = partition.wanted.partition;
        async move { broker.open_log(&name, index).await }
    });
    let logs = join_all(logs).await;
    for (at, log) in waiting.into_iter().zip(logs) {
        partitions[at].log = log.map_err(|error| errors::log_error(&error));
    }
    partitions
}

impl Partition {
    /// The partition, and what keeps it from being read.
    fn at_hand(
        broker: &Broker,
        wanted: Wanted,
        refused: Option<ErrorCode>,
    ) -> (Self, Option<LogError>) {
        let mut fault = None;
        let name = match &wanted.topic {
            TopicKey::Name(name) => Some(broker.canonical_name(name)),
            TopicKey::Id(id) => broker
                .catalog()
                .topic_by_id(*id)
                .map(|topic| topic.name.clone()),
        };
        let log = match (&name, refused) {
            (_, Some(code)) => Err(code),
            (None, None) => Err(ErrorCode::UNKNOWN_TOPIC_ID),
            (Some(name), None) => {
                let log = broker.log(name, wanted.partition);
                log.map_err(|error| {
                    let code = errors::log_error(&error);
                    fault = Some(error);
                    code
                })
            }
        };
        let partition = Self {
            from: wanted.offset,
            wanted,
            name,
            log,
            read: Read::default(),
        };
        (partition, fault)
    }

    pub(super) fn records(&self) -> &Records {
        &self.read.records
    }

    /// Nothing that could be waited for changes the answer.
    pub(super) fn is_settled(&self) -> bool {
        self.read.error_code.is_error() || self.read.diverging.is_some()
    }

    /// The log did not give all that is there, which a change of it would not alter.
    pub(super) fn goes_on(&self, isolation: Isolation) -> bool {
        let Read {
            records,
            next_offset,
            offsets,
            ..
        } = &self.read;
        !records.is_empty() && *next_offset < offsets.visible_end(isolation)
    }

    /// Wakes `waiter` when there may be more to read than at the last look.
    pub(super) fn wake(&self, waiter: &Arc<Waiter>) {
        if let Ok(log) = &self.log {
            log.wake_on_change(self.read.offsets, waiter);
        }
    }

    /// What the client learns besides records.
    pub(super) fn told(&self) -> Told {
        let offsets = &self.read.offsets;
        Told {
            high_watermark: offsets.high_watermark,
            log_start: offsets.log_start,
            failed: self.is_settled(),
            records: !self.read.records.is_empty(),
        }
    }

    /// Gives up a log that was deleted: it woke whoever waits, but its offsets stay as they were.
    pub(super) fn notice_deletion(&mut self) {
        let deleted = self
            .log
            .as_ref()
            .ok()
            .and_then(|log| log.epoch_end(log.offsets().leader_epoch).err());
        if let Some(error) = deleted {
            self.log = Err(errors::log_error(&error));
        }
    }

    /// Lets go of the records that were read.
    pub(super) fn forget(&mut self) {
        self.read.records = Records::default();
    }

    /// Tells the log that it is going to be read, unless no bytes are left by then. Gives how many it may take.
    pub(super) fn read_soon(&self, left: usize) -> usize {
        if left > 0
            && let Ok(log) = &self.log
        {
            log.read_soon(self.from);
        }
        usize::try_from(self.wanted.max_bytes).unwrap_or_default()
    }

    /// Reads anew, up to `left` bytes; the first batch whatever its size where nothing was read before it.
    pub(super) async fn read(
        &mut self,
        limits: &Limits,
        room: &mut Room<'_>,
        left: usize,
        first: bool,
    ) {
        self.read = match self.try_read(limits, room, left, first).await {
            Ok(read) => read,
            Err(code) => {
                let offsets = self
                    .log
                    .as_ref()
                    .map(|log| log.offsets())
                    .unwrap_or_default();
                Read {
                    error_code: code,
                    offsets,
                    ..Read::default()
                }
            }
        };
    }

    async fn try_read(
        &self,
        limits: &Limits,
        room: &mut Room<'_>,
        left: usize,
        first: bool,
    ) -> Result<Read, ErrorCode> {
        let log = self.log.as_ref().map_err(|code| *code)?;
        let (wanted, offsets) = (&self.wanted, log.offsets());
        // Of a fetch, and of nothing else, Kafka takes every negative epoch for none.
        check_epoch(wanted.leader_epoch.max(-1), offsets.leader_epoch)?;
        if !limits.zstd && stores_zstd(&**log) {
            return Err(ErrorCode::UNSUPPORTED_COMPRESSION_TYPE);
        }
        let nothing = Read {
            offsets,
            aborted: no_aborted(limits.isolation),
            ..Read::default()
        };
        if let Some(diverging) = self.diverging(&**log)? {
            return Ok(Read {
                diverging: Some(diverging),
                ..nothing
            });
        }
        if !(offsets.log_start..=offsets.log_end).contains(&wanted.offset) {
            return Err(ErrorCode::OFFSET_OUT_OF_RANGE);
        }
        let end = offsets.visible_end(limits.isolation);
        let max_bytes = usize::try_from(wanted.max_bytes)
            .unwrap_or_default()
            .min(left);
        if self.from >= end || (max_bytes == 0 && !first) {
            return Ok(nothing);
        }
        let taken = room.take(max_bytes, first, &**log).await;
        if taken.bytes == 0 && !first {
            return Ok(nothing);
        }
        let since = Instant::now();
        let result = log.read(ReadRequest {
            offset: self.from,
            max_bytes: taken.bytes,
            at_least_one: first,
            isolation: limits.isolation,
        });
        let result = result.await;
        let len = result.as_ref().map_or(0, |read| read.records.len());
        room.settle(taken, len);
        let result = result.map_err(|error| errors::log_error(&error))?;
        limits.reads.observe(since.elapsed());
        Ok(Read {
            offsets: result.offsets,
            records: result.records,
            next_offset: result.next_offset,
            aborted: result.aborted.or(nothing.aborted),
            ..Read::default()
        })
    }

    /// Where the client's log and ours part (KIP-595), for a client that names the epoch of its last record.
    fn diverging(&self, log: &dyn PartitionLog) -> Result<Option<EpochEnd>, ErrorCode> {
        let epoch = self.wanted.last_fetched_epoch;
        if epoch < 0 {
            return Ok(None);
        }
        let end = log
            .epoch_end(epoch)
            .map_err(|error| errors::log_error(&error))?;
        if end.epoch < 0 || end.end_offset < 0 {
            return Err(ErrorCode::OFFSET_OUT_OF_RANGE);
        }
        Ok((end.epoch < epoch || end.end_offset < self.wanted.offset).then_some(end))
    }
}

fn no_aborted(isolation: Isolation) -> Option<Vec<AbortedTransaction>> {
    (isolation == Isolation::ReadCommitted).then(Vec::new)
}

fn stores_zstd(log: &dyn PartitionLog) -> bool {
    matches!(
        log.config().compression,
        TargetCompression::Codec {
            codec: Compression::Zstd,
            ..
        }
    )
}
