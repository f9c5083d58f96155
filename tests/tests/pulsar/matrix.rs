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
    // KafkaPayloadProcessor passes no timestamp on.
    let no_time = producer == Kafka && format != Format::Pulsar;
    Seen {
        key: record.key.as_deref().map(text),
        value: record.value.clone().or(no_null.then(Vec::new)),
        time: if no_time { 0 } else { record.timestamp },
        properties: record.headers.iter().map(property).collect(),
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
        for (offset, mut record) in reading.poll(Duration::from_millis(100)).expect("poll") {
            assert_eq!(offset, records.len() as i64, "{topic}");
            if record.headers.iter().all(|(key, _)| key != "null") {
                // Some producers are handed a map.
                record.headers.sort();
            }
            records.push(record);
        }
    }
    records
}

fn matrix(format: Format) {
    let name = format!("matrix {format:?}");
    let Some(natives) = [
        (Java, "pulsar-java"),
        (Python, "pulsar-python"),
        (Go, "pulsar-go"),
    ]
    .into_iter()
    .map(|(client, name)| Some((client, Native::installed(name)?)))
    .collect::<Option<Vec<_>>>() else {
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
    let start = now.as_millis() as i64;
    let of = |producer, codec| (0..COUNT).map(move |i| sent(producer, format, codec, i, start));
    for codec in CODECS {
        create(&server, codec, 2);
        let records: Vec<Record> = of(Kafka, codec).collect();
        let settings = [("compression.type", codec), ("linger.ms", "5")];
        steps::send(&server.bootstrap(), codec, &settings, &records).expect("librdkafka writes");
    }
    let topics: Vec<String> = CODECS.iter().map(|codec| cluster.topic(codec, 0)).collect();
    for (turn, (producer, native)) in natives.iter().enumerate() {
        let messages = CODECS
            .iter()
            .zip(&topics)
            .enumerate()
            .flat_map(|(at, (codec, topic))| {
                let codec_there = native_codec(codec);
                of(*producer, codec).map(move |record| {
                    let how = How {
                        topic,
                        codec: codec_there.clone().leak(),
                        batched: (turn + at) % 2 == 0,
                    };
                    (how, seen(&record, *producer, Java, format))
                })
            });
        native
            .produce(&cluster.service_url, messages)
            .expect("a Pulsar client writes");
    }
    let wanted = |codec| {
        PRODUCERS
            .iter()
            .flat_map(move |producer| of(*producer, codec).map(|record| (*producer, record)))
    };
    for codec in CODECS {
        let records: Vec<Record> = wanted(codec)
            .map(|(_, mut record)| {
                if record.headers.iter().all(|(key, _)| key != "null") {
                    record.headers.sort();
                }
                record
            })
            .collect();
        let got = read_kafka(&server.bootstrap(), codec, records.len());
        check_all(&format!("librdkafka reads {codec}"), &records, &got);
    }
    for (consumer, native) in &natives {
        if format != Format::Pulsar && *consumer != Java {
            continue; // They have no payload processor.
        }
        let processor = format != Format::Pulsar;
        let mut found = native
            .consume(
                &cluster.service_url,
                COUNT * PRODUCERS.len(),
                processor,
                &topics,
            )
            .expect("a Pulsar client reads");
        for (codec, topic) in CODECS.iter().zip(&topics) {
            let wanted: Vec<Seen> = wanted(codec)
                .map(|(producer, record)| seen(&record, producer, *consumer, format))
                .collect();
            let got = found.remove(topic).unwrap_or_default();
            check_all(&format!("{} reads {codec}", native.name), &wanted, &got);
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
