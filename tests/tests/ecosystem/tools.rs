//! Kafka's own command-line tools, which administrators and their scripts use: topics, settings, groups, offsets, records
//! and transactions.

use std::fs;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, ensure};
use kop_codec::ErrorCode;
use kop_codec::messages::ProduceRequest;
use kop_records::{BatchBuilder, Compression};
use kop_tests::librdkafka::{Reading, config};
use kop_tests::requests::{init_producer_id, produce};
use kop_tests::wire::Wire;
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};

use super::{PATIENCE, judge, record, sending, target};

const TIMEOUT: Duration = Duration::from_secs(60);

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn kafkas_tools() {
    let Ok(command) = std::env::var("KOP_KAFKA_TOOL") else {
        return kop_tests::target::skip("tools", "KOP_KAFKA_TOOL names no command");
    };
    let Some((target, name)) = target("tools") else {
        return;
    };
    let tools = Tools {
        command: command.split(' ').map(str::to_owned).collect(),
        bootstrap: target.bootstrap(),
        topic: format!("{name}-topic"),
        group: format!("{name}-group"),
        id: format!("{name}-id"),
    };
    let result = tools.run().map(|()| "all as with Kafka".to_owned());
    judge("tools", &target, result);
}

struct Tools {
    /// Runs the tool that the next word names.
    command: Vec<String>,
    bootstrap: String,
    topic: String,
    group: String,
    /// A transactional id.
    id: String,
}

impl Tools {
    fn run(&self) -> anyhow::Result<()> {
        self.topics()?;
        self.groups()?;
        self.records()?;
        self.transactions()?;
        self.tool("topics", &["--delete", "--topic", &self.topic])?;
        let topics = self.tool("topics", &["--list"])?;
        ensure!(!topics.contains(&self.topic), "{topics}");
        Ok(())
    }

    /// What a tool prints; it has to end well.
    fn tool(&self, name: &str, args: &[&str]) -> anyhow::Result<String> {
        let (program, first) = self.command.split_first().context("no command")?;
        let output = Command::new(program)
            .args(first)
            .arg(name)
            .args(["--bootstrap-server", &self.bootstrap])
            .args(args)
            .output()?;
        let said = |bytes| String::from_utf8_lossy(bytes).into_owned();
        let (out, err) = (said(&output.stdout), said(&output.stderr));
        ensure!(output.status.success(), "{name} {args:?}:\n{out}\n{err}");
        Ok(out)
    }

    /// Runs a tool whose output has to have a line with these words in a row.
    fn says(&self, name: &str, args: &[&str], words: &[&str]) -> anyhow::Result<String> {
        let out = self.tool(name, args)?;
        let has = |line: &str| {
            let found: Vec<&str> = line.split_whitespace().collect();
            found.windows(words.len()).any(|found| found == words)
        };
        ensure!(
            out.lines().any(has),
            "{name} {args:?} does not say {words:?}:\n{out}"
        );
        Ok(out)
    }

    fn topics(&self) -> anyhow::Result<()> {
        let topic = ["--topic", &self.topic];
        let create = ["--create", "--partitions", "2", "--config"];
        self.tool(
            "topics",
            &[&create[..], &["retention.ms=3600000"], &topic].concat(),
        )?;
        let described = ["Topic:", &self.topic, "TopicId:"];
        let out = self.says(
            "topics",
            &[&["--describe"][..], &topic].concat(),
            &described,
        )?;
        ensure!(out.contains("retention.ms=3600000"), "{out}");
        let of_topic = ["--entity-type", "topics", "--entity-name", &self.topic];
        let alter = ["--alter", "--add-config", "max.message.bytes=100000"];
        self.tool(
            "configs",
            &[&alter[..], &["--delete-config", "retention.ms"], &of_topic].concat(),
        )?;
        let out = self.tool("configs", &[&["--describe"][..], &of_topic].concat())?;
        ensure!(
            out.contains("max.message.bytes=100000") && !out.contains("retention.ms=3600000"),
            "{out}"
        );
        let alter = ["--alter", "--partitions", "3"];
        self.tool("topics", &[&alter[..], &topic].concat())?;
        let third = ["Topic:", &self.topic, "Partition:", "2", "Leader:"];
        self.says("topics", &[&["--describe"][..], &topic].concat(), &third)?;
        Ok(())
    }

    fn groups(&self) -> anyhow::Result<()> {
        let sending = sending(&self.bootstrap)?;
        for number in 0..10 {
            let value = format!("value {number}");
            sending.send(&self.topic, &record(0, 0, "key", value), number)?;
        }
        sending.flush()?;
        let group = ["--group", self.group.as_str()];
        let describe = [&["--describe"][..], &group].concat();
        let reading = Reading::member(&self.bootstrap, &self.group, &self.topic)?;
        let mut read = 0;
        let all = kop_tests::wait_until(PATIENCE, || {
            let records = reading.poll(Duration::from_millis(100));
            read += records.map_or(0, |records| records.len());
            read == 10
        });
        ensure!(all, "{read} records of 10");
        reading.commit(&[(7, String::new())])?;
        let at = |offset, lag| [self.group.as_str(), &self.topic, "0", offset, "10", lag];
        self.says("consumer-groups", &describe, &at("7", "3"))?;
        let members = [&["--members", "--verbose"][..], &describe].concat();
        let out = self.tool("consumer-groups", &members)?;
        let assigned = format!("{}:0,1,2", self.topic);
        ensure!(out.contains(&assigned), "not {assigned}: {out}");
        let state = [&["--state"][..], &describe].concat();
        let out = self.tool("consumer-groups", &state)?;
        ensure!(out.contains("Stable"), "{out}");
        drop(reading);

        let of_topic = ["--topic", &self.topic];
        let reset = ["--reset-offsets", "--to-earliest", "--execute"];
        self.tool("consumer-groups", &[&reset[..], &group, &of_topic].concat())?;
        self.says("consumer-groups", &describe, &at("0", "10"))?;
        let of_group = ["--entity-type", "groups", "--entity-name", &self.group];
        let alter = [
            "--alter",
            "--add-config",
            "consumer.session.timeout.ms=50000",
        ];
        self.tool("configs", &[&alter[..], &of_group].concat())?;
        let out = self.tool("configs", &[&["--describe"][..], &of_group].concat())?;
        ensure!(out.contains("consumer.session.timeout.ms=50000"), "{out}");
        self.tool(
            "consumer-groups",
            &[&["--delete-offsets"][..], &group, &of_topic].concat(),
        )?;
        self.tool("consumer-groups", &[&["--delete"][..], &group].concat())?;
        let groups = self.tool("groups", &["--list"])?;
        ensure!(!groups.contains(&self.group), "{groups}");
        Ok(())
    }

    fn records(&self) -> anyhow::Result<()> {
        let dir = tempfile::tempdir()?;
        let file = dir.path().join("delete.json");
        let partition = format!(r#"{{"topic":"{}","partition":0,"offset":4}}"#, self.topic);
        let json = format!(r#"{{"version":1,"partitions":[{partition}]}}"#);
        fs::write(&file, json)?;
        let file = file.display().to_string();
        let deleted = ["low_watermark:", "4"];
        self.says("delete-records", &["--offset-json-file", &file], &deleted)?;
        for (time, offset) in [("-2", 4), ("-1", 10)] {
            let args = ["--topic-partitions", &format!("{}:0", self.topic)];
            let args = [&args[..], &["--time", time]].concat();
            let line = format!("{}:0:{offset}", self.topic);
            self.says("offsets", &args, &[&line])?;
        }
        let out = self.tool("log-dirs", &["--describe", "--topic-list", &self.topic])?;
        let partition = format!(r#""partition":"{}-0""#, self.topic);
        ensure!(out.contains(&partition), "not {partition}: {out}");
        Ok(())
    }

    /// A producer that ends its transaction never, and the administrator who does.
    fn transactions(&self) -> anyhow::Result<()> {
        let settings = [("transactional.id", self.id.as_str())];
        let producer: ThreadedProducer<DefaultProducerContext> =
            config(&self.bootstrap, &settings).create()?;
        producer.init_transactions(TIMEOUT)?;
        producer.begin_transaction()?;
        let record = BaseRecord::<str, str>::to(&self.topic).partition(1);
        let sent = producer.send(record.payload("never committed"));
        sent.map_err(|(error, _)| error)?;
        producer.flush(TIMEOUT)?;

        let out = self.tool("transactions", &["list"])?;
        let listed = out.lines().find(|line| line.contains(&self.id));
        ensure!(listed.is_some_and(|line| line.contains("Ongoing")), "{out}");
        let partition = format!("{}-1", self.topic);
        let describe = ["describe", "--transactional-id", &self.id];
        let out = self.tool("transactions", &describe)?;
        ensure!(out.contains(&partition), "not {partition}: {out}");
        let at = ["--topic", &self.topic, "--partition", "1"];
        let out = self.tool("transactions", &[&["describe-producers"][..], &at].concat())?;
        ensure!(out.lines().count() == 2, "one producer and a title: {out}");
        self.hanging()?;
        let abort = ["abort", "--start-offset", "0"];
        self.tool("transactions", &[&abort[..], &at].concat())?;
        let out = self.tool("transactions", &[&["describe-producers"][..], &at].concat())?;
        let open = out.lines().nth(1).context("no producer")?;
        ensure!(open.trim_end().ends_with("None"), "still open: {out}");
        Ok(())
    }

    /// Records of partition 2 that belong to no transaction which the coordinator knows, as only a server writes them that
    /// does not ask it. The transaction of partition 1 is open as well, but will be ended in time.
    fn hanging(&self) -> anyhow::Result<()> {
        let mut wire = Wire::connect(&self.bootstrap)?;
        let id = format!("{}-hanging", self.id);
        let producer = new_producer(&mut wire, &id)?;
        let refused = write_outside(&mut wire, &id, producer, &self.topic)?;
        ensure!(refused == ErrorCode::INVALID_TXN_STATE, "{refused:?}");
        let verification = "transaction.partition.verification.enable";
        let of_all = ["--entity-type", "brokers", "--entity-default"];
        let without = format!("{verification}=false");
        self.tool(
            "configs",
            &[&["--alter", "--add-config", &without][..], &of_all].concat(),
        )?;
        let written = kop_tests::wait_until(TIMEOUT, || {
            let error = write_outside(&mut wire, &id, producer, &self.topic);
            matches!(error, Ok(ErrorCode::NONE))
        });
        self.tool(
            "configs",
            &[&["--alter", "--delete-config", verification][..], &of_all].concat(),
        )?;
        ensure!(written, "{without} changes nothing");

        let stable = || -> anyhow::Result<i64> {
            let ends = Reading::ends(&self.bootstrap, &self.topic, 3, "read_committed")?;
            Ok(ends[2])
        };
        ensure!(stable()? == 0, "readers wait for its end");
        let find = ["find-hanging", "--max-transaction-timeout", "0"];
        let find = [&find[..], &["--topic", &self.topic]].concat();
        let (number, epoch) = (producer.0.to_string(), producer.1.to_string());
        let found = [self.topic.as_str(), "2", &number, &epoch, "-1", "0"];
        let out = self.says("transactions", &find, &found)?;
        ensure!(out.lines().count() == 2, "nothing else hangs: {out}");
        let at = ["--topic", &self.topic, "--partition", "2"];
        let abort = ["abort", "--start-offset", "0"];
        self.tool("transactions", &[&abort[..], &at].concat())?;
        let out = self.tool("transactions", &find)?;
        ensure!(out.lines().count() == 1, "nothing hangs any more: {out}");
        // The record and the marker.
        ensure!(stable()? == 2, "stable up to {}", stable()?);
        Ok(())
    }
}

/// The id and the epoch of a transactional producer.
fn new_producer(wire: &mut Wire, id: &str) -> anyhow::Result<(i64, i16)> {
    let request = init_producer_id(id, (-1, -1));
    let response = wire.call(4, &request)?;
    let error = response.error_code;
    ensure!(error == ErrorCode::NONE, "InitProducerId: {error:?}");
    Ok((response.producer_id, response.producer_epoch))
}

/// Writes a transactional record to partition 2, in the last version that does not add it to a transaction by itself.
fn write_outside(
    wire: &mut Wire,
    id: &str,
    (producer, epoch): (i64, i16),
    topic: &str,
) -> anyhow::Result<ErrorCode> {
    let mut builder = BatchBuilder::new(Compression::None)
        .producer(producer, epoch, 0)
        .transactional(true);
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    builder.append(i64::try_from(now_ms)?, None, Some(b"nobody's"), &[])?;
    let request = ProduceRequest {
        transactional_id: Some(id.into()),
        ..produce(topic, 2, builder.build()?)
    };
    let response = wire.call(10, &request)?;
    Ok(response.responses[0].partition_responses[0].error_code)
}
