//! From the writes of the state machine to appends.

use std::collections::VecDeque;

use bytes::Bytes;
use futures_util::FutureExt;
use kop_codec::{EncodeError, ErrorCode};
use kop_log::{AppendRequest, BoxFuture, LogError, PartitionLog};
use kop_records::{
    BatchBuilder, Compression, ProduceError, ProduceRules, RecordsError, ValidatedRecords, validate,
};

use super::machine::{EncodedWrite, KeyValue, Machine};
use crate::outbox::WriteAs;

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
    pub(super) fn for_clients<M: Machine>(&self) -> ErrorCode {
        match self {
            Self::Log(LogError::TooLarge { .. } | LogError::BatchTooLarge { .. })
            | Self::Record(_)
            | Self::Batch(_)
            | Self::Refused(_) => M::TOO_LARGE,
            Self::Log(LogError::FencedProducer { .. }) => ErrorCode::INVALID_PRODUCER_EPOCH,
            Self::Log(LogError::CoordinatorFenced { .. }) => {
                ErrorCode::TRANSACTION_COORDINATOR_FENCED
            }
            Self::Log(LogError::NotLeader) => ErrorCode::NOT_COORDINATOR,
            Self::Log(_) => ErrorCode::COORDINATOR_NOT_AVAILABLE,
        }
    }

    /// Nobody knows whether it was written.
    pub(super) fn leaves_doubt(&self) -> bool {
        matches!(self, Self::Log(LogError::Unavailable { .. }))
    }
}

/// An append under way and what it stands for.
pub(super) struct Append<After> {
    done: BoxFuture<'static, Result<(), WriteError>>,
    pub(super) writes: Vec<After>,
    /// When it counts as too slow, on the timer clock.
    pub(super) deadline: i64,
    pub(super) timed_out: bool,
}

impl<After> Append<After> {
    /// The end of the first append of the queue. May be dropped and called again.
    pub(super) async fn front_done(appends: &mut VecDeque<Self>) -> Result<(), WriteError> {
        match appends.front_mut() {
            Some(append) => (&mut append.done).await,
            None => std::future::pending().await,
        }
    }
}

/// Appends the writes in their order.
pub(super) fn append_all<After>(
    log: &dyn PartitionLog,
    now_ms: i64,
    deadline: i64,
    writes: Vec<EncodedWrite<After>>,
) -> Vec<Append<After>> {
    let mut appender = Appender {
        log,
        now_ms,
        deadline,
        appends: Vec::new(),
        batch: Batch::new(WriteAs::Plain),
    };
    for write in writes {
        appender.take(write);
    }
    appender.flush();
    appender.appends
}

struct Appender<'a, After> {
    log: &'a dyn PartitionLog,
    now_ms: i64,
    deadline: i64,
    appends: Vec<Append<After>>,
    batch: Batch<After>,
}

impl<After> Appender<'_, After> {
    fn take(&mut self, write: EncodedWrite<After>) {
        if !self.batch.write_as.may_share(write.write_as) {
            self.flush();
            self.batch.write_as = write.write_as;
        }
        match write.records {
            Ok(records) => {
                self.batch.add(records);
                self.batch.writes.push(write.then);
            }
            Err(error) => {
                // What came before it goes first; of the write itself nothing is kept.
                self.flush();
                let done = futures_util::future::ready(Err(error.into())).boxed();
                self.push(done, vec![write.then]);
            }
        }
        if self.batch.bytes >= BATCH_BYTES {
            self.flush();
        }
    }

    /// Appends the batch if there is something in it, and begins the next.
    fn flush(&mut self) {
        let batch = std::mem::replace(&mut self.batch, Batch::new(WriteAs::Plain));
        if batch.writes.is_empty() {
            return;
        }
        let now_ms = self.now_ms;
        let done = match batch.build(now_ms) {
            Ok(records) => self
                .log
                .append(AppendRequest { records, now_ms })
                .map(|result| Ok(result.map(|_| ())?))
                .boxed(),
            Err(error) => futures_util::future::ready(Err(error)).boxed(),
        };
        self.push(done, batch.writes);
    }

    fn push(&mut self, done: BoxFuture<'static, Result<(), WriteError>>, writes: Vec<After>) {
        self.appends.push(Append {
            done,
            writes,
            deadline: self.deadline,
            timed_out: false,
        });
    }
}

struct Batch<After> {
    write_as: WriteAs,
    records: Vec<KeyValue>,
    bytes: usize,
    writes: Vec<After>,
}

impl<After> Batch<After> {
    fn new(write_as: WriteAs) -> Self {
        Self {
            write_as,
            records: Vec::new(),
            bytes: 0,
            writes: Vec::new(),
        }
    }

    fn add(&mut self, records: Vec<KeyValue>) {
        let sizes = records
            .iter()
            .map(|(key, value)| key.len() + value.as_ref().map_or(0, Bytes::len));
        self.bytes += sizes.sum::<usize>();
        self.records.extend(records);
    }

    fn build(&self, now_ms: i64) -> Result<ValidatedRecords, WriteError> {
        let bytes = match self.write_as {
            WriteAs::Plain => self.fill(BatchBuilder::new(Compression::None), now_ms)?,
            WriteAs::InTransaction(producer) => {
                let builder = BatchBuilder::new(Compression::None)
                    .producer(producer.id, producer.epoch, -1)
                    .transactional(true);
                self.fill(builder, now_ms)?
            }
            WriteAs::Marker(producer, marker) => {
                marker.batch(now_ms, producer.id, producer.epoch)?
            }
        };
        Ok(validated(bytes, now_ms)?)
    }

    fn fill(&self, mut builder: BatchBuilder, now_ms: i64) -> Result<Bytes, WriteError> {
        for (key, value) in &self.records {
            builder.append(now_ms, Some(key), value.as_deref(), &[])?;
        }
        Ok(builder.build()?)
    }
}

/// Records of a coordinator, ready to be appended.
pub(super) fn validated(bytes: Bytes, now_ms: i64) -> Result<ValidatedRecords, ProduceError> {
    let rules = ProduceRules {
        require_keys: true,
        ..ProduceRules::of_coordinator(now_ms)
    };
    validate(bytes, &rules)
}
