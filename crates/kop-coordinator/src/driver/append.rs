//! From the writes of the state machine to appends.

use std::collections::VecDeque;

use bytes::Bytes;
use futures_util::FutureExt;
use kop_codec::{EncodeError, ErrorCode};
use kop_log::{AppendRequest, BoxFuture, LogError, PartitionLog};
use kop_records::{
    BatchBuilder, Compression, Origin, ProduceError, ProduceRules, RecordsError, TargetCompression,
    TimestampType, ValidatedRecords, validate,
};

use crate::outbox::{AfterWrite, Write};

/// Writes that come together share batches of about this size.
const BATCH_BYTES: usize = 256 * 1024;

/// Why a write failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum WriteError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error("the record cannot be expressed: {0}")]
    Record(#[from] EncodeError),
    #[error("the batch cannot be built: {0}")]
    Batch(#[from] RecordsError),
    #[error("the batch is refused: {0}")]
    Refused(#[from] ProduceError),
}

impl WriteError {
    /// What clients are told. Where it is the fault of what they sent, another attempt is not worth it.
    pub(super) fn for_clients(&self) -> ErrorCode {
        match self {
            Self::Log(LogError::TooLarge { .. })
            | Self::Record(_)
            | Self::Batch(_)
            | Self::Refused(_) => ErrorCode::INVALID_COMMIT_OFFSET_SIZE,
            Self::Log(_) => ErrorCode::COORDINATOR_NOT_AVAILABLE,
        }
    }
}

/// An append under way and what it stands for.
pub(super) struct Append {
    done: BoxFuture<'static, Result<(), WriteError>>,
    pub(super) writes: Vec<AfterWrite>,
    /// When it counts as too slow, on the timer clock.
    pub(super) deadline: i64,
    pub(super) timed_out: bool,
}

impl Append {
    /// The end of the first append of the queue. May be dropped and called again.
    pub(super) async fn front_done(appends: &mut VecDeque<Self>) -> Result<(), WriteError> {
        match appends.front_mut() {
            Some(append) => (&mut append.done).await,
            None => std::future::pending().await,
        }
    }
}

/// Appends the writes in their order.
pub(super) fn append_all(
    log: &dyn PartitionLog,
    now_ms: i64,
    deadline: i64,
    writes: Vec<Write>,
) -> Vec<Append> {
    let mut appends = Vec::new();
    let mut batch = Batch::new();
    for write in writes {
        match batch.add(&write) {
            Ok(()) => batch.writes.push(write.then),
            Err(error) => {
                // What came before it goes first; of the write itself nothing is kept.
                batch = batch.append(log, now_ms, deadline, &mut appends);
                appends.push(failed(write.then, deadline, error));
            }
        }
        if batch.bytes >= BATCH_BYTES {
            batch = batch.append(log, now_ms, deadline, &mut appends);
        }
    }
    batch.append(log, now_ms, deadline, &mut appends);
    appends
}

fn failed(write: AfterWrite, deadline: i64, error: WriteError) -> Append {
    let done = futures_util::future::ready(Err(error)).boxed();
    Append {
        done,
        writes: vec![write],
        deadline,
        timed_out: false,
    }
}

struct Batch {
    records: Vec<(Bytes, Option<Bytes>)>,
    bytes: usize,
    writes: Vec<AfterWrite>,
}

impl Batch {
    fn new() -> Self {
        Self {
            records: Vec::new(),
            bytes: 0,
            writes: Vec::new(),
        }
    }

    /// Adds all records of a write, or none.
    fn add(&mut self, write: &Write) -> Result<(), WriteError> {
        let before = self.records.len();
        for record in &write.records {
            match record.encode() {
                Ok(record) => self.records.push(record),
                Err(error) => {
                    self.records.truncate(before);
                    return Err(error.into());
                }
            }
        }
        let added = self.records[before..].iter();
        self.bytes += added
            .map(|(key, value)| key.len() + value.as_ref().map_or(0, Bytes::len))
            .sum::<usize>();
        Ok(())
    }

    /// Appends the batch if there is something in it, and begins the next.
    fn append(
        self,
        log: &dyn PartitionLog,
        now_ms: i64,
        deadline: i64,
        appends: &mut Vec<Append>,
    ) -> Self {
        if self.writes.is_empty() {
            return Self::new();
        }
        let done = match self.build(now_ms) {
            Ok(records) => log
                .append(AppendRequest { records, now_ms })
                .map(|result| Ok(result.map(|_| ())?))
                .boxed(),
            Err(error) => futures_util::future::ready(Err(error)).boxed(),
        };
        appends.push(Append {
            done,
            writes: self.writes,
            deadline,
            timed_out: false,
        });
        Self::new()
    }

    fn build(&self, now_ms: i64) -> Result<ValidatedRecords, WriteError> {
        let mut builder = BatchBuilder::new(Compression::None);
        for (key, value) in &self.records {
            builder.append(now_ms, Some(key), value.as_deref(), &[])?;
        }
        let rules = ProduceRules {
            produce_version: i16::MAX,
            max_message_bytes: usize::MAX,
            timestamp_type: TimestampType::CreateTime,
            before_max_ms: i64::MAX,
            after_max_ms: i64::MAX,
            now_ms,
            compression: TargetCompression::Producer,
            require_keys: true,
            max_decompressed_bytes: usize::MAX,
            origin: Origin::Coordinator,
        };
        Ok(validate(builder.build()?, &rules)?)
    }
}
