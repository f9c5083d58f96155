//! The librdkafka client of `cargo xtask bench pulsar`. It takes commands as the Java one does: `verb key=value ...` in a
//! line, for which it answers with a line of JSON.

mod command;
#[path = "../../src/bench/usage/cpu.rs"]
mod cpu;
mod stopwatch;

use std::io::{BufRead, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord, DeliveryResult, Producer, ProducerContext};
use rdkafka::{ClientContext, Offset, TopicPartitionList};
use serde_json::{Value, json};

use command::Command;
use stopwatch::Stopwatch;

/// Longer than any command takes.
const LIMIT: Duration = Duration::from_secs(120);
/// How long a producer with a full queue waits for answers.
const FULL: Duration = Duration::from_millis(10);
/// Records after which it looks for answers anyway.
const LOOK_AFTER: usize = 1000;

fn main() -> anyhow::Result<()> {
    for line in std::io::stdin().lock().lines() {
        let answer = run(&line?).unwrap_or_else(|error| json!({"error": format!("{error:#}")}));
        writeln!(std::io::stdout(), "{answer}")?;
    }
    Ok(())
}

fn run(line: &str) -> anyhow::Result<Value> {
    let command = Command::new(line);
    match command.verb() {
        "produce" => produce(&command),
        "consume" => consume(&command),
        other => bail!("no verb {other}"),
    }
}

fn client(command: &Command<'_>) -> anyhow::Result<ClientConfig> {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", command.get("bootstrap")?);
    Ok(config)
}

/// Counts what was not stored.
struct Failures(AtomicU64);

impl ClientContext for Failures {}

impl ProducerContext for Failures {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        if result.is_err() {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

type Sender = BaseProducer<Failures>;

/// Batches of at most 1 MiB and 64 MiB of memory, as the Java clients have them. They wait for each other as long as
/// librdkafka has them wait, 5 ms: it sends without end what is due, where Java gathers behind five requests.
fn producer(command: &Command<'_>) -> anyhow::Result<Sender> {
    let mut config = client(command)?;
    config
        .set("acks", "all")
        .set("batch.size", (1 << 20).to_string())
        .set("message.max.bytes", (2 << 20).to_string())
        .set("queue.buffering.max.kbytes", (64 << 10).to_string());
    if command.is("tuning", "single") {
        config.set("batch.num.messages", "1");
    }
    Ok(config.create_with_context(Failures(AtomicU64::new(0)))?)
}

fn produce(command: &Command<'_>) -> anyhow::Result<Value> {
    let (topic, partitions): (_, i32) = (command.get("topic")?, command.number("partitions")?);
    let values = values(command.number("bytes")?);
    let producer = producer(command)?;
    // What a producer does before it first writes to a partition is not counted.
    for partition in 0..partitions {
        send(&producer, topic, Some(partition), &values[0])?;
    }
    producer.flush(LIMIT)?;
    let watch = Stopwatch::start(command.get("pids")?)?;
    let spread = command.is("spread", "each");
    let records: usize = command.number("records")?;
    for (number, value) in (0..records).zip(values.iter().cycle()) {
        let partition = spread.then(|| i32::try_from(number).unwrap_or(0) % partitions);
        send(&producer, topic, partition, value)?;
        if number % LOOK_AFTER == 0 {
            producer.poll(Duration::ZERO);
        }
    }
    producer.flush(LIMIT)?;
    let answer = watch.answer()?;
    let failures = producer.context().0.load(Ordering::Relaxed);
    ensure!(failures == 0, "{failures} records were not stored");
    Ok(answer)
}

fn send(
    producer: &Sender,
    topic: &str,
    partition: Option<i32>,
    value: &[u8],
) -> anyhow::Result<()> {
    let mut record: BaseRecord<'_, [u8], [u8]> = BaseRecord::to(topic).payload(value);
    record.partition = partition;
    loop {
        match producer.send(record) {
            Ok(()) => return Ok(()),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                record = back;
                producer.poll(FULL);
            }
            Err((error, _)) => return Err(error.into()),
        }
    }
}

fn consume(command: &Command<'_>) -> anyhow::Result<Value> {
    let (topic, partitions): (_, i32) = (command.get("topic")?, command.number("partitions")?);
    let mut config = client(command)?;
    config
        .set("group.id", "unused")
        .set("enable.auto.commit", "false");
    let consumer: BaseConsumer = config.create()?;
    let mut all = TopicPartitionList::new();
    for partition in 0..partitions {
        all.add_partition_offset(topic, partition, Offset::Beginning)?;
    }
    let watch = Stopwatch::start(command.get("pids")?)?;
    consumer.assign(&all)?;
    let (mut left, began): (u64, _) = (command.number("records")?, Instant::now());
    while left > 0 {
        match consumer.poll(Duration::from_millis(100)) {
            Some(record) => {
                record?;
                left -= 1;
            }
            None => ensure!(began.elapsed() < LIMIT, "{left} records have not come"),
        }
    }
    watch.answer()
}

/// Words and numbers, as of the Java client: they compress as logs and JSON do.
fn values(bytes: usize) -> Vec<Vec<u8>> {
    const WORDS: [&str; 8] = [
        "order", "user", "payload", "event", "stream", "amount", "created", "status",
    ];
    let mut random = 1_u32;
    let mut next = |below: u32| {
        // Numerical Recipes' generator; its high bits are the random ones.
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 16) % below
    };
    let value = |_| {
        let mut text = String::new();
        while text.len() < bytes {
            let word = WORDS[next(8) as usize];
            text.push_str(&format!("{word}={},", next(1 << 16)));
        }
        text.truncate(bytes);
        text.into_bytes()
    };
    (0..1000).map(value).collect()
}
