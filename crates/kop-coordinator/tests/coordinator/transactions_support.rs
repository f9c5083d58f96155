//! A shard of transactional ids on a bench: its time is turned by hand, writes and markers end when the test says so.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use kop_codec::ErrorCode;
use kop_coordinator::{
    ClientVersion, MarkerJob, Now, Producer, Ticket, TransactionConfig, TransactionOutbox,
    TransactionRecord, TransactionRequest, TransactionResponse, TransactionShard, TransactionWrite,
};

/// Where the wall clock begins.
pub(crate) const EPOCH_MS: i64 = 1_700_000_000_000;
pub(crate) const TIMEOUT_MS: i32 = 60_000;

pub(crate) struct TransactionBench {
    pub(crate) shard: TransactionShard,
    pub(crate) config: Arc<TransactionConfig>,
    pub(crate) now: Now,
    pub(crate) replies: HashMap<Ticket, TransactionResponse>,
    /// Writes that have not ended.
    pub(crate) writes: VecDeque<TransactionWrite>,
    /// Whether writes end at once.
    pub(crate) auto: bool,
    /// The records that are durable, in order.
    pub(crate) log: Vec<TransactionRecord>,
    /// Markers that were asked for.
    pub(crate) markers: Vec<MarkerJob>,
    next_ticket: u64,
    next_producer_id: i64,
}

impl TransactionBench {
    pub(crate) fn new() -> Self {
        Self::with(TransactionConfig::default(), Vec::new())
    }

    /// A bench whose log holds these records already.
    pub(crate) fn with(config: TransactionConfig, log: Vec<TransactionRecord>) -> Self {
        let config = Arc::new(config);
        let now = Now {
            timer_ms: 0,
            wall_ms: EPOCH_MS,
        };
        let mut bench = Self {
            shard: TransactionShard::new(Arc::clone(&config)),
            config,
            now,
            replies: HashMap::new(),
            writes: VecDeque::new(),
            auto: true,
            log,
            markers: Vec::new(),
            next_ticket: 0,
            next_producer_id: 1_000,
        };
        bench.restart();
        bench
    }

    /// The owner of the partition is lost, and another one reads what is durable.
    pub(crate) fn restart(&mut self) {
        self.writes.clear();
        self.markers.clear();
        self.replies.clear();
        self.shard = TransactionShard::new(Arc::clone(&self.config));
        for record in &self.log {
            self.shard.load(record);
        }
        self.step(|shard, now, out| shard.loaded(now, out));
    }

    fn step(&mut self, act: impl FnOnce(&mut TransactionShard, Now, &mut TransactionOutbox)) {
        let mut out = TransactionOutbox::default();
        act(&mut self.shard, self.now, &mut out);
        self.replies.extend(out.replies);
        self.writes.extend(out.writes);
        self.markers.extend(out.markers);
        if self.auto {
            self.end_writes(Ok(()));
        }
    }

    /// The first write that is under way ends.
    pub(crate) fn end_write(&mut self, result: Result<(), ErrorCode>) {
        if let Some(write) = self.writes.pop_front() {
            if result.is_ok() {
                self.log.push(write.record);
            }
            self.step(|shard, now, out| shard.written(now, write.then, result, out));
        }
    }

    pub(crate) fn end_writes(&mut self, result: Result<(), ErrorCode>) {
        while !self.writes.is_empty() {
            self.end_write(result);
        }
    }

    /// A partition of a job has its marker.
    pub(crate) fn marked(&mut self, job: &MarkerJob, topic: &str, partition: i32) {
        self.step(|shard, now, out| {
            let id = &job.transactional_id;
            shard.marker_written(now, id, job.producer, (topic, partition), out);
        });
    }

    /// All markers that were asked for are written.
    pub(crate) fn mark_all(&mut self) {
        for job in std::mem::take(&mut self.markers) {
            for (topic, partition) in &job.partitions {
                self.marked(&job, topic, *partition);
            }
        }
    }

    pub(crate) fn advance(&mut self, ms: i64) {
        self.now.wall_ms += ms;
        self.now.timer_ms += ms;
        if self.shard.wake_at() <= self.now.timer_ms {
            self.step(|shard, now, out| shard.tick(now, out));
        }
    }

    pub(crate) fn send(&mut self, request: TransactionRequest) -> Ticket {
        self.next_ticket += 1;
        let ticket = Ticket(self.next_ticket);
        self.step(|shard, now, out| shard.handle(now, ticket, request, out));
        ticket
    }

    /// Sends a request anew with a producer id if it needs one.
    pub(crate) fn send_with_spare(
        &mut self,
        request: impl Fn(Option<i64>) -> TransactionRequest,
    ) -> Ticket {
        let ticket = self.send(request(None));
        if self.replies.get(&ticket) != Some(&TransactionResponse::NeedsProducerId) {
            return ticket;
        }
        self.next_producer_id += 1;
        self.send(request(Some(self.next_producer_id)))
    }

    pub(crate) fn answer(&mut self, ticket: Ticket) -> Option<Result<Producer, ErrorCode>> {
        Some(match self.replies.remove(&ticket)? {
            TransactionResponse::Producer(producer) => Ok(producer),
            TransactionResponse::Error(error) => Err(error),
            other => panic!("{other:?} is no answer to that"),
        })
    }

    pub(crate) fn init(
        &mut self,
        id: &str,
        expected: Option<Producer>,
    ) -> Result<Producer, ErrorCode> {
        let ticket = self.send_with_spare(|spare| init_request(id, expected, spare));
        self.answer(ticket).expect("not answered")
    }

    pub(crate) fn add(
        &mut self,
        id: &str,
        producer: Producer,
        partition: i32,
        client: ClientVersion,
    ) -> ErrorCode {
        let ticket = self.send(add_request(id, producer, partition, client));
        match self.answer(ticket) {
            Some(Err(error)) => error,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn verify(&mut self, id: &str, producer: Producer, partition: i32) -> ErrorCode {
        let ticket = self.send(TransactionRequest::Verify {
            transactional_id: id.into(),
            producer,
            partitions: vec![("topic".into(), partition)],
        });
        match self.replies.remove(&ticket) {
            Some(TransactionResponse::Verified(errors, _)) => errors[0],
            Some(TransactionResponse::Error(error)) => error,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn end(
        &mut self,
        id: &str,
        producer: Producer,
        commit: bool,
        client: ClientVersion,
    ) -> Result<Producer, ErrorCode> {
        let request = |spare| end_request(id, producer, commit, client, spare);
        let ticket = self.send_with_spare(request);
        self.answer(ticket).expect("not answered")
    }

    /// The state of a transactional id by Kafka's name, or the error.
    pub(crate) fn state(&mut self, id: &str) -> Result<String, ErrorCode> {
        let ticket = self.send(TransactionRequest::Describe(id.into()));
        match self.replies.remove(&ticket) {
            Some(TransactionResponse::Described(described)) if described.error_code.is_error() => {
                Err(described.error_code)
            }
            Some(TransactionResponse::Described(described)) => {
                Ok(described.transaction_state.to_string())
            }
            other => panic!("{other:?}"),
        }
    }
}

pub(crate) fn init_request(
    id: &str,
    expected: Option<Producer>,
    spare: Option<i64>,
) -> TransactionRequest {
    TransactionRequest::Init {
        transactional_id: id.into(),
        timeout_ms: TIMEOUT_MS,
        expected,
        spare,
    }
}

pub(crate) fn add_request(
    id: &str,
    producer: Producer,
    partition: i32,
    client: ClientVersion,
) -> TransactionRequest {
    TransactionRequest::Add {
        transactional_id: id.into(),
        producer,
        partitions: vec![("topic".into(), partition)],
        client,
    }
}

pub(crate) fn end_request(
    id: &str,
    producer: Producer,
    commit: bool,
    client: ClientVersion,
    spare: Option<i64>,
) -> TransactionRequest {
    TransactionRequest::End {
        transactional_id: id.into(),
        producer,
        commit,
        client,
        spare,
    }
}
