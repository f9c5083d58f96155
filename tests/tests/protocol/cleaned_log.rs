//! A log that a test writes, lets be cleaned, and reads batch by batch: all in lines of text.
//!
//! A record is written as `key=value@time#header:value`: without `=value` it is a tombstone, the key `-` is null, the
//! time counts in milliseconds from the log's hour, and `-` is none. A batch is read as
//!
//! ```text
//! 0..4 gzip create max 40 by p0/0/2 txn control horizon: 3:d=4@40 4:e=5@30
//! ```
//!
//! from its first to its last offset; `by` tells the producer, its epoch and its first sequence number. What the server's
//! clock gives is `now`. Of every batch are looked at besides: magic 2, leader epoch, no other attributes, the checksum,
//! whether the horizon is when the cleaner met the batch first and `delete.retention.ms` later, and whether a time of
//! the server stays what it was. Not looked at is the base timestamp of a batch without a horizon, which no reader sees.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use kop_codec::messages::{FetchRequest, ProduceRequest};
use kop_codec::{Bytes, ErrorCode, Records};
use kop_records::control::EndTxnMarker;
use kop_records::{
    BatchBuilder, Compression, DecompressLimits, HeaderView, RecordBatch, RecordView,
    TimestampType, batches,
};
use kop_tests::pulsar::Cluster;
use kop_tests::requests::produce;
use kop_tests::target::{Target, skip};
use kop_tests::wire::Wire;

use super::offsets::{fetch, fetch_request, list};
use super::settings::{SET, TOPIC};
use super::transactions::Producer;
use super::{Case, now};

const PATIENCE: Duration = Duration::from_secs(20);
/// Some rounds of a cleaner that looks ten times a second.
const ROUNDS: Duration = Duration::from_millis(300);
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A topic whose log is cleaned when the test says so.
pub(super) struct CleanedLog {
    pub(super) case: Case,
    pub(super) topic: String,
    /// Times of records count from here: tomorrow, so that they are told from those of the server.
    start_ms: i64,
    /// The hour of the segment that is written.
    hour: i64,
    delete_retention_ms: i64,
    /// Below this offset are batches that were put into the file, before a restart that has raised the leader epoch.
    planted: Option<i64>,
    producers: BTreeMap<i64, &'static str>,
    /// When cleaning was asked for last.
    asked_ms: i64,
    /// Times of the server and horizons, by base offset, as they were read first.
    times: BTreeMap<i64, i64>,
    horizons: BTreeMap<i64, i64>,
}

impl CleanedLog {
    /// A compacted topic with these settings; `None` says that the test is skipped, and has said why.
    pub(super) fn new(test: &str, delete_retention_ms: i64, more: &[(&str, &str)]) -> Option<Self> {
        if Cluster::from_env().is_some() {
            eprintln!("skipped: {test}: nothing is compacted on Pulsar");
            return None;
        }
        let target = Target::from_env(&["log.cleaner.backoff.ms=100"]).expect("the server starts");
        let Some(target) = target else {
            skip(test, "KOP_SERVER_BIN names no server");
            return None;
        };
        let wire = Wire::connect(&target.bootstrap()).expect("connect");
        let mut case = Case { target, wire };
        let retention = delete_retention_ms.to_string();
        let usual = [
            ("cleanup.policy", "compact"),
            // Not before the test asks for it.
            ("min.cleanable.dirty.ratio", "1.0"),
            ("segment.ms", "60000"),
            ("message.timestamp.after.max.ms", "9223372036854775807"),
            ("delete.retention.ms", &retention),
        ];
        let changed = |name: &str| more.iter().any(|(changed, _)| *changed == name);
        let usual = usual.into_iter().filter(|(name, _)| !changed(name));
        let configs: Vec<_> = usual.chain(more.iter().copied()).collect();
        let topic = case.topic(&configs);
        let asked_ms = now();
        Some(Self {
            case,
            topic,
            start_ms: asked_ms + DAY_MS,
            hour: 0,
            delete_retention_ms,
            planted: None,
            producers: BTreeMap::new(),
            asked_ms,
            times: BTreeMap::new(),
            horizons: BTreeMap::new(),
        })
    }

    /// Gives a producer its name in the lines.
    pub(super) fn name(&mut self, producer: Producer, name: &'static str) -> Producer {
        self.producers.insert(producer.0, name);
        producer
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        let topic = self.topic.clone();
        let error = self.case.alter(TOPIC, &topic, &[(name, SET, Some(value))]);
        assert_eq!(error, ErrorCode::NONE, "{name}={value}");
        // Apache Kafka's broker hears of it some time after the controller has answered.
        let set = kop_tests::wait_until(PATIENCE, || {
            let found = self
                .case
                .settings(TOPIC, &topic, &[name])
                .expect("settings");
            found.configs[0].value.as_deref() == Some(value)
        });
        assert!(set, "{name} does not become {value}");
        kop_tests::pause(Duration::from_millis(50));
    }

    /// A batch of these records.
    pub(super) fn batch(&self, mut builder: BatchBuilder, records: &str) -> Bytes {
        for record in records.split(' ') {
            let mut headers = record.split('#');
            let record = headers.next().expect("a record");
            let headers: Vec<_> = headers
                .map(|header| match header.split_once(':') {
                    Some((key, value)) => header_of(key, Some(value)),
                    None => header_of(header, None),
                })
                .collect();
            let (record, time) = record.split_once('@').expect("a time");
            let timestamp = match time {
                "-" => -1,
                time => self.time(time.parse().expect("milliseconds")),
            };
            let (key, value) = match record.split_once('=') {
                Some((key, value)) => (key, Some(value.as_bytes())),
                None => (record, None),
            };
            let key = Some(key.as_bytes()).filter(|key| *key != b"-");
            let appended = builder.append(timestamp, key, value, &headers);
            appended.expect("the record fits");
        }
        builder.build().expect("the batch is built")
    }

    /// A time of the hour that is written.
    pub(super) fn time(&self, millis: i64) -> i64 {
        self.start_ms + self.hour * HOUR_MS + millis
    }

    /// Writes a batch.
    pub(super) fn put(&mut self, codec: Compression, records: &str) {
        self.put_from((-1, -1), -1, codec, records);
    }

    /// Writes a batch of an idempotent producer, whose first sequence number is `first`.
    pub(super) fn put_from(&mut self, by: Producer, first: i32, codec: Compression, records: &str) {
        let builder = BatchBuilder::new(codec).producer(by.0, by.1, first);
        let (batch, topic) = (self.batch(builder, records), self.topic.clone());
        let error = self.case.produce(&topic, batch).error_code;
        assert_eq!(error, ErrorCode::NONE, "{records}");
    }

    /// Writes a batch in a transaction, which a Produce of this version has to add the partition to.
    pub(super) fn put_in_transaction(
        &mut self,
        version: i16,
        (id, by): (&str, Producer),
        first: i32,
        records: &str,
    ) {
        let builder = BatchBuilder::new(Compression::None)
            .producer(by.0, by.1, first)
            .transactional(true);
        let request = ProduceRequest {
            transactional_id: Some(id.into()),
            ..produce(&self.topic, 0, self.batch(builder, records))
        };
        if version < 12 {
            let topic = self.topic.clone();
            assert_eq!(self.case.add(3, id, by, &[&topic]), [ErrorCode::NONE]);
        }
        let mut error = ErrorCode::NONE;
        let written = kop_tests::wait_until(PATIENCE, || {
            let response = self.case.wire.call(version, &request).expect("Produce");
            error = response.responses[0].partition_responses[0].error_code;
            // The transaction before is still being ended.
            error != ErrorCode::CONCURRENT_TRANSACTIONS && error != ErrorCode::NOT_ENOUGH_REPLICAS
        });
        assert!(written && error == ErrorCode::NONE, "{records}: {error:?}");
    }

    /// Ends a transaction, and returns with whom the next one begins, once the marker is there.
    pub(super) fn end(
        &mut self,
        version: i16,
        (id, by): (&str, Producer),
        commit: bool,
    ) -> Producer {
        let topic = self.topic.clone();
        let (_, end, _) = list(&mut self.case, &topic, -1);
        let next = self.case.end(version, id, by, commit).expect("ended");
        self.case.stable_end_becomes(&topic, end + 1);
        next
    }

    /// Puts batches, which end before an offset, into the file of the log, which must be empty, and has the server find
    /// them there after a crash.
    /// `false` says that nobody told where the files of a running server are.
    pub(super) fn plant(&mut self, batches: &[u8], end: i64) -> bool {
        let data = match &self.case.target {
            Target::Own(server) => Some(server.data()),
            Target::Running(..) => std::env::var_os("KOP_TEST_DATA").map(PathBuf::from),
        };
        let Some(data) = data else {
            eprintln!("skipped: KOP_TEST_DATA does not say where the files are");
            return false;
        };
        let dir = data.join(format!("{}-0", self.topic));
        fs::write(dir.join("planted"), batches).expect("the batches are written");
        let log = dir.join("00000000000000000000.log");
        fs::rename(dir.join("planted"), log).expect("they take the log's place");
        self.planted = Some(end);
        self.case.target.crash().expect("crash");
        self.case.wire = self.case.connect();
        let topic = self.topic.clone();
        let there = kop_tests::wait_until(PATIENCE, || self.case.has_leader(&topic));
        assert!(there, "{topic} gets no leader");
        true
    }

    /// Begins a segment: whatever is written from now on is an hour younger.
    pub(super) fn next_hour(&mut self) {
        self.hour += 1;
        let record = format!("hour{}=@0", self.hour);
        self.put(Compression::None, &record);
    }

    /// Has all cleaned that was written up to now.
    pub(super) fn clean(&mut self) {
        self.asked_ms = now();
        self.next_hour();
        self.set("min.cleanable.dirty.ratio", "0.0");
    }

    /// Succeeds when the log has these batches, and keeps them.
    ///
    /// Of those after the last [`clean`](Self::clean) only what the test has written is named.
    pub(super) fn expect(&mut self, expected: &[&str]) {
        let mut lines = Vec::new();
        kop_tests::wait_until(PATIENCE, || {
            lines = self.lines();
            lines == expected
        });
        kop_tests::pause(ROUNDS);
        assert_eq!(lines, expected);
        assert_eq!(self.lines(), expected, "a round too many");
    }

    /// How many batches there are.
    pub(super) fn batches(&mut self) -> usize {
        self.read(0).0.len()
    }

    /// All batches, and what the readers of committed records are told of aborted transactions.
    fn lines(&mut self) -> Vec<String> {
        let (found, _) = self.read(0);
        let (_, aborted) = self.read(1);
        let mut lines: Vec<_> = found.iter().map(|batch| self.line(batch)).collect();
        let aborted = aborted
            .iter()
            .map(|(producer, first)| format!("aborted {} from {first}", self.producers[producer]));
        lines.extend(aborted);
        lines
    }

    fn read(&mut self, isolation_level: i8) -> (Vec<RecordBatch>, BTreeSet<(i64, i64)>) {
        let (mut found, mut aborted) = (Vec::new(), BTreeSet::new());
        let mut offset = 0;
        loop {
            let request = FetchRequest {
                isolation_level,
                ..fetch_request(&self.topic, offset)
            };
            let data = fetch(&mut self.case, &request);
            assert_eq!(data.error_code, ErrorCode::NONE);
            for entry in data.aborted_transactions.unwrap_or_default() {
                aborted.insert((entry.producer_id, entry.first_offset));
            }
            let records = data.records.as_ref().map(Records::to_bytes);
            let bytes = records.transpose().expect("bytes").unwrap_or_default();
            let before = offset;
            for batch in batches(&bytes) {
                let batch = batch.expect("a whole batch");
                batch.verify_crc().expect("the checksum is right");
                offset = batch.next_offset();
                found.push(batch);
            }
            if offset == before {
                return (found, aborted);
            }
        }
    }

    fn line(&mut self, batch: &RecordBatch) -> String {
        let (base, max) = (batch.base_offset(), batch.max_timestamp());
        if batch.magic() < 2 {
            return format!("{base} has the format {} yet", batch.magic());
        }
        match self.planted {
            // Nobody knows with which epoch they were written.
            Some(end) if base < end => assert_eq!(batch.partition_leader_epoch(), -1),
            Some(_) => assert!(batch.partition_leader_epoch() > 0, "offset {base}"),
            None => assert_eq!(batch.partition_leader_epoch(), 0, "offset {base}"),
        }
        let attributes = u16::from_be_bytes([batch.bytes()[21], batch.bytes()[22]]);
        assert_eq!(attributes & !0x7f, 0, "attributes of offset {base}");
        let by_server =
            batch.timestamp_type() == TimestampType::LogAppendTime || batch.is_control();
        if by_server {
            let first = *self.times.entry(base).or_insert(max);
            assert_eq!(max, first, "the time of offset {base}");
        }
        let kind = match batch.timestamp_type() {
            TimestampType::LogAppendTime => "append",
            _ => "create",
        };
        let (last, codec) = (batch.last_offset(), batch.compression());
        let mut line = format!("{base}..{last} {codec} {kind} max {}", self.show(max));
        if batch.producer_id() >= 0 {
            let (name, epoch) = (self.producers[&batch.producer_id()], batch.producer_epoch());
            write!(line, " by {name}/{epoch}/{}", batch.base_sequence()).expect("text");
        }
        for (is, name) in [
            (batch.is_transactional(), " txn"),
            (batch.is_control(), " control"),
            (batch.delete_horizon_ms().is_some(), " horizon"),
        ] {
            line += if is { name } else { "" };
        }
        line.push(':');
        self.check_base(batch);
        let section = batch.section(&DecompressLimits::default());
        for record in &section.expect("records") {
            line.push(' ');
            self.show_record(&record.expect("a record"), batch.is_control(), &mut line);
        }
        line
    }

    /// The base timestamp where it says something.
    fn check_base(&mut self, batch: &RecordBatch) {
        let base = batch.base_offset();
        if batch.record_count() == Some(0) {
            assert_eq!(batch.base_timestamp(), -1, "of the empty one at {base}");
        }
        if let Some(horizon) = batch.delete_horizon_ms() {
            let (earliest, latest) = (self.asked_ms, now());
            let first = *self.horizons.entry(base).or_insert_with(|| {
                let met = horizon - self.delete_retention_ms;
                assert!(
                    (earliest..=latest).contains(&met),
                    "offset {base}: {horizon}"
                );
                horizon
            });
            assert_eq!(horizon, first, "the horizon of offset {base}");
        }
    }

    fn show(&self, timestamp: i64) -> String {
        match timestamp - self.start_ms {
            _ if timestamp == -1 => "-".to_owned(),
            before if before < 0 => "now".to_owned(),
            millis if millis < HOUR_MS => millis.to_string(),
            millis => format!("{}h{}", millis / HOUR_MS, millis % HOUR_MS),
        }
    }

    fn show_record(&self, record: &RecordView<'_>, control: bool, line: &mut String) {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        *line += &format!("{}:", record.offset);
        if control {
            let marker = EndTxnMarker::parse(record).expect("a marker");
            *line += marker.expect("of a transaction").record_type().name();
        } else {
            *line += &record.key.map_or("-".to_owned(), text);
            if let Some(value) = record.value {
                *line += &format!("={}", text(value));
            }
        }
        *line += &format!("@{}", self.show(record.timestamp));
        for header in record.headers.iter() {
            *line += &format!("#{}", header.key_str());
            if let Some(value) = header.value {
                *line += &format!(":{}", text(value));
            }
        }
    }
}

fn header_of<'a>(key: &'a str, value: Option<&'a str>) -> HeaderView<'a> {
    HeaderView {
        key: key.as_bytes(),
        value: value.map(str::as_bytes),
    }
}
