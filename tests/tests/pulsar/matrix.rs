//! Every client writes, every client reads: librdkafka and Pulsar's clients in Java, Python and Go, with every codec, in
//! every entry format. The table of what they can do is in `clients/README.md`.
//!
//! All producers write to the same topic, one after the other, and all consumers read the whole of it. So each of them
//! meets entries of all the others.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use kop_tests::data::{self, CODECS, Record};
use kop_tests::librdkafka::Reading;
use kop_tests::native::{How, Native, Seen};
use kop_tests::steps;
use kop_tests::target::skip;

use crate::{create, server};

/// Records of each producer and codec.
const COUNT: usize = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Client {
    Kafka,
    Java,
    Python,
    Go,
}

use Client::{Go, Java, Kafka, Python};

const PRODUCERS: [Client; 4] = [Kafka, Java, Python, Go];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Pulsar,
    Kafka,
    MixedKafka,
}

impl Format {
    fn setting(self) -> &'static str {
        match self {
            Self::Pulsar => "entryFormat=pulsar",
            Self::Kafka => "entryFormat=kafka",
            Self::MixedKafka => "entryFormat=mixed_kafka",
        }
    }
}

/// What Pulsar calls Kafka's codecs.
fn native_codec(codec: &str) -> String {
    match codec {
        "gzip" => "ZLIB".to_owned(),
        codec => codec.to_uppercase(),
    }
}

/// Whether a Pulsar producer may put several messages into an entry: each does so with every other codec.
fn batched(producer: Client, codec: &str) -> bool {
    let at = CODECS.iter().position(|other| *other == codec);
    (at.unwrap_or_default() + usize::from(producer == Python)).is_multiple_of(2)
}

/// What a producer is asked to write.
fn sent(producer: Client, format: Format, codec: &str, i: usize, start: i64) -> Record {
    let mut record = data::record(codec, i, start);
    record.partition = 0;
    // A header without a value breaks Java's KafkaPayloadProcessor, and no Pulsar client can write one.
    if format != Format::Pulsar || producer != Kafka {
        record.headers.retain(|(_, value)| value.is_some());
    }
    if producer != Kafka {
        // Properties are a map.
        let map: BTreeMap<_, _> = record.headers.drain(..).collect();
        record.headers = map.into_iter().collect();
    }
    if producer != Kafka && !batched(producer, codec) {
        // Of messages that are not batched, those without bytes are lost in the client in Go, and in the one in Python
        // when they are compressed, whichever Pulsar client wrote them.
        record.value.get_or_insert(b"not null".to_vec());
    }
    // The clients in Python and Go write no null values.
    if matches!(producer, Python | Go) {
        record.value.get_or_insert_default();
    }
    record
}

/// What a Pulsar consumer has to make of it.
fn seen(record: &Record, producer: Client, consumer: Client, format: Format) -> Seen {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let property = |(key, value): &(String, Option<Vec<u8>>)| match value {
        Some(value) => (key.clone(), text(value)),
        None => (format!("kafka.null.{key}"), String::new()),
    };
    let no_null = consumer == Go;
    let mut properties: Vec<(String, String)> = record.headers.iter().map(property).collect();
    // Of a name that is there twice, all but the client in Python take the last one.
    if consumer == Python {
        properties.reverse();
    }
    // KafkaPayloadProcessor passes no timestamp on.
    let no_time = producer == Kafka && format != Format::Pulsar;
    Seen {
        key: record.key.as_deref().map(text),
        value: record.value.clone().or(no_null.then(Vec::new)),
        time: if no_time { 0 } else { record.timestamp },
        properties: properties.into_iter().collect(),
    }
}

fn check_all<T: std::fmt::Debug + PartialEq>(what: &str, wanted: &[T], got: &[T]) {
    for (i, (got, want)) in got.iter().zip(wanted).enumerate() {
        let producer = PRODUCERS[i / COUNT];
        assert_eq!(
            got,
            want,
            "{what}: message {} of producer {producer:?}",
            i % COUNT
        );
    }
    assert_eq!(got.len(), wanted.len(), "{what}: messages");
}

/// Reads so many records of partition 0; offsets must count up from 0.
fn read_kafka(bootstrap: &str, topic: &str, count: usize) -> Vec<Record> {
    let reading = Reading::all(bootstrap, topic).expect("a consumer");
    let end = Instant::now() + Duration::from_secs(60);
    let mut records = Vec::new();
    while records.len() < count {
        assert!(
            Instant::now() < end,
            "{topic}: {} of {count} records",
            records.len()
        );
        for (offset, record) in reading.poll(Duration::from_millis(100)).expect("poll") {
            assert_eq!(offset, records.len() as i64, "{topic}");
            records.push(record);
        }
    }
    records
}

/// What every producer writes to the topic of a codec, in this order.
fn all(format: Format, codec: &str, start: i64) -> Vec<(Client, Record)> {
    let of =
        |producer| (0..COUNT).map(move |i| (producer, sent(producer, format, codec, i, start)));
    PRODUCERS.into_iter().flat_map(of).collect()
}

/// Properties are a map for some producers, so that their order is not kept.
fn in_order(mut record: Record) -> Record {
    record.headers.sort();
    record
}

struct Run {
    format: Format,
    start: i64,
    bootstrap: String,
    url: String,
    /// Pulsar's name of the topic of each codec.
    topics: Vec<String>,
}

impl Run {
    fn all(&self, codec: &str) -> Vec<(Client, Record)> {
        all(self.format, codec, self.start)
    }

    fn write_kafka(&self, codec: &str) {
        let of_kafka = |(producer, record)| (producer == Kafka).then_some(record);
        let records: Vec<Record> = self.all(codec).into_iter().filter_map(of_kafka).collect();
        let settings = [("compression.type", codec), ("linger.ms", "5")];
        steps::send(&self.bootstrap, codec, &settings, &records).expect("librdkafka writes");
    }

    fn write_native(&self, producer: Client, native: &Native) {
        let native_codecs = CODECS.map(native_codec);
        let mut messages = Vec::new();
        for ((codec, topic), native_codec) in CODECS.iter().zip(&self.topics).zip(&native_codecs) {
            let how = How {
                topic,
                codec: native_codec,
                batched: batched(producer, codec),
            };
            for (_, record) in self
                .all(codec)
                .iter()
                .filter(|(other, _)| *other == producer)
            {
                messages.push((how.clone(), seen(record, producer, Java, self.format)));
            }
        }
        native
            .produce(&self.url, messages)
            .expect("a Pulsar client writes");
    }

    fn read_kafka(&self, codec: &str) {
        let of = |(producer, record)| {
            if producer == Kafka {
                record
            } else {
                in_order(record)
            }
        };
        let wanted: Vec<Record> = self.all(codec).into_iter().map(of).collect();
        let mut got = read_kafka(&self.bootstrap, codec, wanted.len());
        for record in got.iter_mut().skip(COUNT) {
            *record = in_order(std::mem::take(record));
        }
        check_all(&format!("librdkafka reads {codec}"), &wanted, &got);
    }

    fn read_native(&self, consumer: Client, native: &Native) {
        let processor = self.format != Format::Pulsar;
        let mut found = native
            .consume(&self.url, COUNT * PRODUCERS.len(), processor, &self.topics)
            .expect("a Pulsar client reads");
        for (codec, topic) in CODECS.iter().zip(&self.topics) {
            let wanted: Vec<Seen> = self
                .all(codec)
                .iter()
                .map(|(producer, record)| seen(record, *producer, consumer, self.format))
                .collect();
            let got = found.remove(topic).unwrap_or_default();
            check_all(&format!("{} reads {codec}", native.name), &wanted, &got);
        }
    }
}

fn matrix(format: Format) {
    let name = format!("matrix {format:?}");
    let natives = [
        (Java, "pulsar-java"),
        (Python, "pulsar-python"),
        (Go, "pulsar-go"),
    ]
    .map(|(client, name)| Some((client, Native::installed(name)?)));
    let Some(natives) = natives.into_iter().collect::<Option<Vec<_>>>() else {
        return skip(
            &name,
            "Pulsar's clients are not installed; cargo xtask test installs them",
        );
    };
    let Some((server, cluster)) = server(&name, &[format.setting()]) else {
        return;
    };
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a clock");
    let run = Run {
        format,
        start: now.as_millis() as i64,
        bootstrap: server.bootstrap(),
        url: cluster.service_url.clone(),
        topics: CODECS.map(|codec| cluster.topic(codec, 0)).into(),
    };
    for codec in CODECS {
        create(&server, codec, 2);
        run.write_kafka(codec);
    }
    for (producer, native) in &natives {
        run.write_native(*producer, native);
    }
    for codec in CODECS {
        run.read_kafka(codec);
    }
    for (consumer, native) in &natives {
        // Those in Python and Go have no payload processor.
        if format == Format::Pulsar || *consumer == Java {
            run.read_native(*consumer, native);
        }
    }
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn in_pulsar_format() {
    matrix(Format::Pulsar);
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn in_kafka_format() {
    matrix(Format::Kafka);
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn in_mixed_kafka_format() {
    matrix(Format::MixedKafka);
}
