//! The transactional ids of a partition, as a task keeps them.

use std::sync::Arc;

use bytes::Bytes;
use kop_codec::{ByteString, DecodeError, ErrorCode};
use tokio::sync::mpsc::WeakSender;

use super::markers::{MarkerWriter, run};
use crate::driver::machine::{EncodedWrite, LoadedBatch, Machine, Output};
use crate::driver::task::Command;
use crate::metrics::TransactionMetrics;
use crate::outbox::WriteAs;
use crate::request::Ticket;
use crate::time::Now;
use crate::transaction::{
    AfterTransactionWrite, Producer, TransactionConfig, TransactionOutbox, TransactionRecord,
    TransactionRequest, TransactionResponse, TransactionShard, TransactionState,
};

/// A shard of transactional ids, its outputs, and what writes its markers.
pub(in crate::driver) struct TransactionMachine {
    shard: TransactionShard,
    out: TransactionOutbox,
    markers: MarkerWriter,
    /// Of this owner of the partition, in every marker.
    coordinator_epoch: i32,
    metrics: Arc<TransactionMetrics>,
    /// What the metrics have been told.
    by_state: [usize; TransactionState::ALL.len()],
    itself: WeakSender<Command<Self>>,
}

/// A marker is written, or there is nothing to write it to.
pub(in crate::driver) struct MarkerWritten {
    pub(super) transactional_id: ByteString,
    pub(super) producer: Producer,
    pub(super) topic: ByteString,
    pub(super) partition: i32,
}

impl TransactionMachine {
    pub(super) fn new(
        config: Arc<TransactionConfig>,
        markers: MarkerWriter,
        coordinator_epoch: i32,
        metrics: Arc<TransactionMetrics>,
        itself: WeakSender<Command<Self>>,
    ) -> Self {
        Self {
            shard: TransactionShard::new(config),
            out: TransactionOutbox::default(),
            markers,
            coordinator_epoch,
            metrics,
            by_state: [0; TransactionState::ALL.len()],
            itself,
        }
    }
}

impl Machine for TransactionMachine {
    const WHAT: &'static str = "transactions";
    const TOO_LARGE: ErrorCode = ErrorCode::UNKNOWN_SERVER_ERROR;

    type Request = TransactionRequest;
    type Response = TransactionResponse;
    type Event = MarkerWritten;
    type Record = TransactionRecord;
    type After = AfterTransactionWrite;

    fn decode(
        key: &Bytes,
        value: Option<&Bytes>,
    ) -> Result<Option<TransactionRecord>, DecodeError> {
        TransactionRecord::decode(key, value)
    }

    fn load(&mut self, batch: LoadedBatch<TransactionRecord>) {
        // Nobody writes here in transactions.
        if let LoadedBatch::Records(records) = batch {
            records.iter().for_each(|record| self.shard.load(record));
        }
    }

    fn loaded(&mut self, now: Now, _took_ms: u64) {
        self.shard.loaded(now, &mut self.out);
    }

    fn handle(&mut self, now: Now, ticket: Ticket, request: TransactionRequest) {
        self.shard.handle(now, ticket, request, &mut self.out);
    }

    fn event(&mut self, now: Now, event: MarkerWritten) {
        let MarkerWritten {
            transactional_id,
            producer,
            topic,
            partition,
        } = event;
        let partition = (&*topic, partition);
        self.shard
            .marker_written(now, &transactional_id, producer, partition, &mut self.out);
    }

    fn wake_at(&self) -> i64 {
        self.shard.wake_at()
    }

    fn tick(&mut self, now: Now) {
        self.shard.tick(now, &mut self.out);
    }

    fn written(&mut self, now: Now, after: AfterTransactionWrite, result: Result<(), ErrorCode>) {
        self.shard.written(now, after, result, &mut self.out);
    }

    fn timed_out(&mut self, _now: Now, after: &AfterTransactionWrite, error: ErrorCode) {
        self.shard.timed_out(after, error, &mut self.out);
    }

    fn drain(&mut self) -> Output<Self> {
        self.metrics.add(std::mem::take(&mut self.out.tally));
        let by_state = self.shard.ids_by_state();
        self.metrics.moved(&self.by_state, &by_state);
        self.by_state = by_state;
        for job in self.out.markers.drain(..) {
            let (writer, itself) = (self.markers.clone(), self.itself.clone());
            tokio::spawn(run(job, self.coordinator_epoch, writer, itself));
        }
        let writes = self.out.writes.drain(..).map(|write| EncodedWrite {
            records: write.record.encode().map(|record| vec![record]),
            write_as: WriteAs::Plain,
            then: write.then,
        });
        Output {
            writes: writes.collect(),
            replies: std::mem::take(&mut self.out.replies),
        }
    }

    fn ended(&mut self) {
        let none = [0; TransactionState::ALL.len()];
        self.metrics.moved(&self.by_state, &none);
        self.by_state = none;
    }
}
