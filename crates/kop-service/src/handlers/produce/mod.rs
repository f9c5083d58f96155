//! Produce: appends records to partitions.

mod transaction;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use kop_codec::messages::produce_request::{PartitionProduceData, TopicProduceData};
use kop_codec::messages::produce_response::{
    BatchIndexAndErrorMessage, PartitionProduceResponse, TopicProduceResponse,
};
use kop_codec::messages::{ProduceRequest, ProduceResponse};
use kop_codec::{ByteString, ErrorCode, Records, Uuid};
use kop_log::{AppendRequest, Appended, BoxFuture, LogError, PartitionLog, TopicInfo};
use kop_records::{BatchHeader, Compression, ProduceError, ProduceRules, ValidatedRecords};
use tokio::time::{Instant, timeout_at};

use crate::metrics::TopicCounters;
use crate::settings::keys;
use crate::{Broker, Context, ErrorTally, Handler, blocking, errors};
use transaction::Enlisted;

/// From this version on topics are named by their ids.
const TOPIC_IDS_SINCE: i16 = 13;
/// Most bytes that a compressed batch may expand to: far above what `max.message.bytes` lets in, far below a bomb.
const MAX_DECOMPRESSED: usize = 128 * 1024 * 1024;
/// Requests with so many bytes of records are checked on the spot; larger ones would hold up a thread of the runtime for
/// too long.
const QUICK: usize = 1024 * 1024;

/// Answers Produce. The order of the appends is that of the requests: the next request of the connection starts once
/// all appends of this one have their places.
#[derive(Debug, Default)]
pub struct Produce;

impl Handler for Produce {
    type Request = ProduceRequest;

    async fn handle(&self, mut cx: Context, request: ProduceRequest) -> ProduceResponse {
        if let Some(code) = refusal(&request) {
            return all_failed(request, code);
        }
        let deadline = deadline(&cx.broker, &request);
        let enlisted = match transaction::enlist(&cx, &request).await {
            Ok(enlisted) => enlisted,
            Err(code) => return all_failed(request, code),
        };
        let stage = Stage {
            version: cx.version,
            enlisted,
            cx: &cx,
        };
        let mut topics = Vec::with_capacity(request.topic_data.len());
        let mut partitions = Vec::new();
        for topic in request.topic_data {
            topics.push((
                topic.name.clone(),
                topic.topic_id,
                topic.partition_data.len(),
            ));
            stage.topic(topic, &mut partitions).await;
        }
        // Nothing is appended before all is checked, so that the appends are there for the log at once.
        let appends: Vec<Append> = check_all(partitions)
            .await
            .into_iter()
            .map(Checked::append)
            .collect();
        // Whoever ends the transaction now comes behind the appends.
        drop(stage);
        cx.release_start();
        let mut answers = Vec::with_capacity(appends.len());
        // They proceed without being polled. Most end in their order, so that waiting for the last one first wakes this task
        // once for all of them.
        for append in appends.into_iter().rev() {
            answers.push(append.finish(&cx.broker, deadline).await);
        }
        let mut answers = answers.into_iter().rev();
        let responses =
            topics
                .into_iter()
                .map(|(name, topic_id, partitions)| TopicProduceResponse {
                    name,
                    topic_id,
                    partition_responses: answers.by_ref().take(partitions).collect(),
                    ..TopicProduceResponse::default()
                });
        ProduceResponse {
            responses: responses.collect(),
            ..ProduceResponse::default()
        }
    }

    fn errors(response: &ProduceResponse, tally: &mut ErrorTally) {
        let partitions = response
            .responses
            .iter()
            .flat_map(|topic| &topic.partition_responses);
        partitions.for_each(|partition| tally.add(partition.error_code));
    }

    fn wants_reply(request: &ProduceRequest) -> bool {
        request.acks != 0
    }
}

/// What is wrong with the request as a whole.
fn refusal(request: &ProduceRequest) -> Option<ErrorCode> {
    if !(-1..=1).contains(&request.acks) {
        return Some(ErrorCode::INVALID_REQUIRED_ACKS);
    }
    let mut partitions = request
        .topic_data
        .iter()
        .flat_map(|topic| &topic.partition_data);
    let anonymous = request.transactional_id.is_none();
    if anonymous && partitions.any(|partition| is_transactional(&records(partition))) {
        return Some(ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    }
    None
}

fn all_failed(request: ProduceRequest, code: ErrorCode) -> ProduceResponse {
    let responses = request.topic_data.into_iter().map(|topic| {
        let partitions = topic.partition_data.iter();
        TopicProduceResponse {
            name: topic.name,
            topic_id: topic.topic_id,
            partition_responses: partitions
                .map(|partition| Failure::code(code).answer(partition.index))
                .collect(),
            ..TopicProduceResponse::default()
        }
    });
    ProduceResponse {
        responses: responses.collect(),
        ..ProduceResponse::default()
    }
}

/// With `acks=all` the client says how long it waits; else the server's own limit holds.
fn deadline(broker: &Broker, request: &ProduceRequest) -> Instant {
    let wanted = Duration::from_millis(u64::try_from(request.timeout_ms).unwrap_or_default());
    let limit = broker.settings().get(keys::REQUEST_TIMEOUT_MS);
    Instant::now()
        + if request.acks == -1 {
            wanted
        } else {
            wanted.max(limit)
        }
}

fn records(partition: &PartitionProduceData) -> Bytes {
    partition
        .records
        .as_ref()
        .and_then(Records::as_bytes)
        .cloned()
        .unwrap_or_default()
}

fn is_transactional(records: &Bytes) -> bool {
    BatchHeader::parse(records).is_ok_and(|header| header.is_transactional())
}

/// What is the same for all partitions of a request.
struct Stage<'a> {
    cx: &'a Context,
    version: i16,
    enlisted: Enlisted,
}

impl Stage<'_> {
    async fn topic(&self, topic: TopicProduceData, partitions: &mut Vec<Unchecked>) {
        let found = self.find(&topic.name, topic.topic_id).await;
        let topics = &self.cx.broker.metrics().topics;
        let counters = found.as_ref().ok().map(|topic| topics.of(&topic.name));
        for partition in topic.partition_data {
            let state = match &found {
                Ok(topic) => self.target(topic, &partition).await,
                Err(failure) => Err(failure.clone()),
            };
            partitions.push(Staged {
                index: partition.index,
                counters: counters.clone(),
                state,
            });
        }
    }

    async fn find(&self, name: &ByteString, id: Uuid) -> Result<Arc<TopicInfo>, Failure> {
        let catalog = self.cx.broker.catalog();
        let topic = if self.version >= TOPIC_IDS_SINCE {
            let known = catalog.topic_by_id(id);
            known.ok_or_else(|| Failure::code(ErrorCode::UNKNOWN_TOPIC_ID))?
        } else {
            let found = self.cx.broker.find_topic(name).await;
            found.map_err(|error| Failure::log(&error))?
        };
        if topic.internal {
            let message =
                ByteString::from(format!("Cannot append to internal topic {}", topic.name));
            return Err(Failure {
                message: Some(message),
                ..Failure::code(ErrorCode::INVALID_TOPIC_EXCEPTION)
            });
        }
        Ok(topic)
    }

    async fn target(
        &self,
        topic: &TopicInfo,
        partition: &PartitionProduceData,
    ) -> Result<(Target, Bytes, ProduceRules), Failure> {
        let broker = &self.cx.broker;
        let records = records(partition);
        let log = broker
            .log_to_append(&topic.name, partition.index)
            .await
            .map_err(|error| Failure::log(&error))?;
        self.enlisted.check(&topic.name, partition.index)?;
        let now_ms = broker.now_ms();
        let rules = ProduceRules {
            produce_version: self.version,
            max_decompressed_bytes: MAX_DECOMPRESSED,
            ..log.config().produce_rules(now_ms)
        };
        Ok((Target { log, now_ms }, records, rules))
    }
}

/// A partition of the request on its way: what it is, or why it has failed already.
struct Staged<T> {
    index: i32,
    counters: Option<Arc<TopicCounters>>,
    state: Result<T, Failure>,
}

type Unchecked = Staged<(Target, Bytes, ProduceRules)>;
type Checked = Staged<(Target, ValidatedRecords, Conversion)>;
type Append = Staged<Pending>;

/// Where records go.
struct Target {
    log: Arc<dyn PartitionLog>,
    now_ms: i64,
}

/// How many records had to be converted, if any, and how long that took with their checks.
type Conversion = Option<(u64, Duration)>;

/// An append that has its place.
struct Pending {
    future: BoxFuture<'static, Result<Appended, LogError>>,
    since: Instant,
    count: u64,
    bytes: u64,
    converted: Conversion,
}

impl<T> Staged<T> {
    fn and_then<U>(self, next: impl FnOnce(T) -> Result<U, Failure>) -> Staged<U> {
        Staged {
            index: self.index,
            counters: self.counters,
            state: self.state.and_then(next),
        }
    }
}

/// Checks the records of all partitions, with one change of threads at most.
async fn check_all(partitions: Vec<Unchecked>) -> Vec<Checked> {
    let weights = partitions.iter().filter_map(Unchecked::weight);
    let total = weights.fold(0, usize::saturating_add);
    let indexes: Vec<i32> = partitions.iter().map(|partition| partition.index).collect();
    let check_all = move || partitions.into_iter().map(Unchecked::check).collect();
    if total <= QUICK {
        return check_all();
    }
    let stopped = |index| Staged {
        index,
        counters: None,
        state: Err(Failure::code(ErrorCode::REQUEST_TIMED_OUT)),
    };
    let checked = blocking::run(check_all).await;
    checked.unwrap_or_else(|_| indexes.into_iter().map(stopped).collect())
}

impl Unchecked {
    /// How long the check takes, in plain bytes.
    fn weight(&self) -> Option<usize> {
        let (_, records, _) = self.state.as_ref().ok()?;
        let codec = BatchHeader::parse(records).map(|header| header.compression());
        let weight = match codec {
            Ok(Compression::None) => 1,
            Ok(Compression::Lz4 | Compression::Snappy) => 8,
            // The old formats are converted.
            _ => 32,
        };
        Some(records.len().saturating_mul(weight))
    }

    fn check(self) -> Checked {
        self.and_then(|(target, records, rules)| {
            let since = Instant::now();
            let checked = kop_records::validate(records, &rules);
            let records = checked.map_err(|error| Failure::produce(&error))?;
            let converted = u64::from(records.converted);
            let converted = (converted > 0).then(|| (converted, since.elapsed()));
            Ok((target, records, converted))
        })
    }
}

impl Checked {
    fn append(self) -> Append {
        self.and_then(|(Target { log, now_ms }, records, converted)| {
            let (count, bytes) = (u64::from(records.record_count), records.bytes as u64);
            let since = Instant::now();
            let future = log.append(AppendRequest { records, now_ms });
            Ok(Pending {
                future,
                since,
                count,
                bytes,
                converted,
            })
        })
    }
}

impl Append {
    async fn finish(self, broker: &Broker, deadline: Instant) -> PartitionProduceResponse {
        let pending = match self.state {
            Ok(pending) => pending,
            Err(failure) => return failure.answer(self.index),
        };
        let appended = match timeout_at(deadline, pending.future).await {
            Err(_) => return Failure::code(ErrorCode::REQUEST_TIMED_OUT).answer(self.index),
            Ok(Err(error)) => return Failure::log(&error).answer(self.index),
            Ok(Ok(appended)) => appended,
        };
        broker
            .metrics()
            .append_duration
            .observe(pending.since.elapsed());
        if let Some(counters) = self.counters.filter(|_| !appended.duplicate) {
            counters.appended(pending.count, pending.bytes);
            if let Some((records, took)) = pending.converted {
                counters.converted_for_produce(records, took);
            }
        }
        PartitionProduceResponse {
            index: self.index,
            base_offset: appended.base_offset,
            log_append_time_ms: appended.log_append_time_ms,
            log_start_offset: appended.log_start_offset,
            ..PartitionProduceResponse::default()
        }
    }
}

/// Why a partition's records were not appended.
#[derive(Clone, Debug)]
struct Failure {
    code: ErrorCode,
    message: Option<ByteString>,
    records: Vec<BatchIndexAndErrorMessage>,
}

impl Failure {
    fn code(code: ErrorCode) -> Self {
        Self {
            code,
            message: None,
            records: Vec::new(),
        }
    }

    fn log(error: &LogError) -> Self {
        Self {
            message: Some(errors::message(error)),
            ..Self::code(errors::log_error(error))
        }
    }

    fn produce(error: &ProduceError) -> Self {
        let records = error
            .record_errors()
            .iter()
            .map(|record| BatchIndexAndErrorMessage {
                batch_index: record.index,
                batch_index_error_message: record.message.as_deref().map(ByteString::from),
                ..BatchIndexAndErrorMessage::default()
            });
        Self {
            code: error.error_code(),
            message: Some(error.to_string().into()),
            records: records.collect(),
        }
    }

    fn answer(self, index: i32) -> PartitionProduceResponse {
        PartitionProduceResponse {
            index,
            error_code: self.code,
            base_offset: -1,
            record_errors: self.records,
            error_message: self.message,
            ..PartitionProduceResponse::default()
        }
    }
}
