//! Kafka Connect with the file connectors: lines of a file go to a topic and from there to another file.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::ensure;
use kop_tests::librdkafka::Reading;
use kop_tests::program::{Background, Program};
use kop_tests::server::free_ports;
use kop_tests::target::Target;
use tempfile::TempDir;

use super::{PATIENCE, create, installed, judge, read_until, target, text};

const PROGRAM: &str = "connect-4.3.1";
const LINES: usize = 1_000;

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn connect_standalone() {
    run("connect_standalone", Connect::standalone);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn connect_distributed() {
    run("connect_distributed", Connect::distributed);
}

fn run(test: &str, body: fn(&mut Connect, &mut Target) -> anyhow::Result<String>) {
    let Some(program) = installed(test, PROGRAM) else {
        return;
    };
    let Some((mut target, name)) = target(test) else {
        return;
    };
    let result = Connect::new(&target, name, program)
        .and_then(|mut connect| body(&mut connect, &mut target));
    judge(test, &target, result);
}

/// A worker, and the files that its connectors read and write.
struct Connect {
    bootstrap: String,
    name: String,
    program: Program,
    dir: TempDir,
    rest: u16,
    written: usize,
}

impl Connect {
    fn new(target: &Target, name: String, program: Program) -> anyhow::Result<Self> {
        let bootstrap = target.bootstrap();
        create(&bootstrap, &[format!("{name}-lines")], 1)?;
        Ok(Self {
            bootstrap,
            name,
            program,
            dir: tempfile::Builder::new().prefix("kop-connect-").tempdir()?,
            rest: free_ports()?.0,
            written: 0,
        })
    }

    /// Stopped and started again, as is the server: nothing is lost and nothing comes twice.
    fn standalone(&mut self, target: &mut Target) -> anyhow::Result<String> {
        let (source, sink) = (self.source(""), self.sink(""));
        let worker = format!(
            "offset.storage.file.filename={}",
            self.path("offsets").display()
        );
        let files = [
            self.properties("worker", &format!("{}\n{worker}", self.worker()))?,
            self.properties("source", &format!("name=source\n{source}"))?,
            self.properties("sink", &format!("name=sink\n{sink}"))?,
        ];
        let class = "org.apache.kafka.connect.cli.ConnectStandalone";
        let arguments = [class, &files[0], &files[1], &files[2]];
        for round in 1..=2 {
            self.append(LINES)?;
            let mut worker = self.program.spawn(&arguments, &self.name)?;
            self.wait_for_sink(&mut worker)?;
            worker.stop()?;
            if round == 1 {
                target.restart()?;
            }
        }
        ensure!(
            self.sunk()? == self.lines(),
            "the sink has other lines than the source"
        );
        self.check_topic()?;
        Ok(format!("{} lines, once each", self.written))
    }

    /// The worker is killed and so is the server, while lines are added. The source is exactly once, with transactions;
    /// the sink repeats lines, but loses none.
    fn distributed(&mut self, target: &mut Target) -> anyhow::Result<String> {
        let name = &self.name;
        let topics: String = ["offset", "config", "status"]
            .map(|topic| {
                format!(
                    "{topic}.storage.topic={name}-{topic}\n{topic}.storage.replication.factor=1\n"
                )
            })
            .concat();
        let worker = format!(
            "{}\n{topics}group.id={name}-workers\nexactly.once.source.support=enabled\n\
             offset.storage.partitions=5\nstatus.storage.partitions=2\nscheduled.rebalance.max.delay.ms=0\n\
             session.timeout.ms=6000\nheartbeat.interval.ms=1000\n",
            self.worker()
        );
        let file = self.properties("worker", &worker)?;
        let arguments = ["org.apache.kafka.connect.cli.ConnectDistributed", &file];
        let mut worker = self.program.spawn(&arguments, name)?;
        self.append(LINES)?;
        self.put("source", &self.source("exactly.once.support=required"))?;
        self.put(
            "sink",
            &self.sink("consumer.override.session.timeout.ms=6000"),
        )?;
        self.wait_for_sink(&mut worker)?;
        for part in 0..10 {
            self.append(LINES / 10)?;
            kop_tests::pause(Duration::from_millis(200));
            match part {
                3 => {
                    worker.kill()?;
                    worker = self.program.spawn(&arguments, &self.name)?;
                    self.append(LINES / 10)?;
                    self.wait_for_sink(&mut worker)?;
                }
                6 => target.crash()?,
                _ => {}
            }
        }
        self.wait_for_sink(&mut worker)?;
        self.check_topic()?;
        worker.stop()?;
        let sunk = self.sunk()?;
        let mut seen = std::collections::HashSet::new();
        let first: Vec<_> = sunk
            .iter()
            .filter(|line| seen.insert(*line))
            .cloned()
            .collect();
        ensure!(
            first == self.lines(),
            "the sink has other lines than the source"
        );
        Ok(format!(
            "{} lines once each in the topic, {} in the sink",
            self.written,
            sunk.len()
        ))
    }

    fn path(&self, file: &str) -> PathBuf {
        self.dir.path().join(file)
    }

    fn worker(&self) -> String {
        let converter = "org.apache.kafka.connect.storage.StringConverter";
        format!(
            "bootstrap.servers={}\nkey.converter={converter}\nvalue.converter={converter}\n\
             listeners=http://127.0.0.1:{}\noffset.flush.interval.ms=500\nplugin.discovery=service_load\n\
             connector.client.config.override.policy=All\n",
            self.bootstrap, self.rest
        )
    }

    fn source(&self, more: &str) -> String {
        format!(
            "connector.class=org.apache.kafka.connect.file.FileStreamSourceConnector\ntasks.max=1\nfile={}\n\
             topic={}-lines\n{more}\n",
            self.path("in.txt").display(),
            self.name
        )
    }

    fn sink(&self, more: &str) -> String {
        format!(
            "connector.class=org.apache.kafka.connect.file.FileStreamSinkConnector\ntasks.max=1\nfile={}\n\
             topics={}-lines\n{more}\n",
            self.path("out.txt").display(),
            self.name
        )
    }

    fn properties(&self, name: &str, text: &str) -> anyhow::Result<String> {
        let file = self.path(&format!("{name}.properties"));
        fs::write(&file, text)?;
        Ok(file.display().to_string())
    }

    /// Sets a connector up by the REST interface, once the worker can be talked to.
    fn put(&self, connector: &str, config: &str) -> anyhow::Result<()> {
        let pairs = config.lines().filter_map(|line| line.split_once('='));
        let json: serde_json::Map<_, _> = pairs
            .map(|(key, value)| (key.to_owned(), value.into()))
            .collect();
        let url = format!(
            "http://127.0.0.1:{}/connectors/{connector}/config",
            self.rest
        );
        let mut said = String::new();
        let done = kop_tests::wait_until(PATIENCE, || {
            let output = Command::new("curl")
                .args([
                    "-sS",
                    "--fail-with-body",
                    "--max-time",
                    "20",
                    "-X",
                    "PUT",
                    &url,
                ])
                .args(["-H", "Content-Type: application/json", "-d"])
                .arg(serde_json::Value::from(json.clone()).to_string())
                .output();
            output.is_ok_and(|output| {
                said = format!("{output:?}");
                output.status.success()
            })
        });
        ensure!(done, "cannot set up {connector}: {said}");
        Ok(())
    }

    /// Adds lines to the file of the source.
    fn append(&mut self, count: usize) -> anyhow::Result<()> {
        let more: String = (self.written..self.written + count)
            .map(|number| line(number) + "\n")
            .collect();
        let mut file = File::options()
            .create(true)
            .append(true)
            .open(self.path("in.txt"))?;
        file.write_all(more.as_bytes())?;
        self.written += count;
        Ok(())
    }

    fn lines(&self) -> Vec<String> {
        (0..self.written).map(line).collect()
    }

    fn sunk(&self) -> anyhow::Result<Vec<String>> {
        let text = fs::read_to_string(self.path("out.txt"))?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// The last line that was written has come to the file of the sink.
    fn wait_for_sink(&self, worker: &mut Background) -> anyhow::Result<()> {
        let last = line(self.written - 1);
        let mut ended = None;
        let there = kop_tests::wait_until(PATIENCE, || {
            ended = worker.ended().ok().flatten();
            let sunk = self.sunk().unwrap_or_default();
            ended.is_some() || sunk.iter().rev().any(|line| *line == last)
        });
        ensure!(ended.is_none(), "the worker has ended: {ended:?}");
        let sunk = self.sunk().unwrap_or_default();
        ensure!(
            there,
            "{last:?} does not arrive; the last is {:?}",
            sunk.last()
        );
        Ok(())
    }

    /// The topic has each line once and in order.
    fn check_topic(&self) -> anyhow::Result<()> {
        let reading = Reading::partitions(&self.bootstrap, &format!("{}-lines", self.name), 1)?;
        let count = std::cell::Cell::new(0);
        let mut lines = Vec::new();
        let take = |_, record: kop_tests::data::Record| {
            lines.push(text(record.value.as_ref()));
            count.set(lines.len());
            Ok(())
        };
        read_until(&reading, take, || count.get() >= self.written)?;
        let wrong = (0..lines.len().max(self.written)).find(|&n| lines.get(n) != Some(&line(n)));
        ensure!(
            wrong.is_none(),
            "{} records for {} lines; the first that is wrong: {:?}",
            lines.len(),
            self.written,
            wrong.map(|at| (at, lines.get(at)))
        );
        Ok(())
    }
}

fn line(number: usize) -> String {
    format!("line {number}")
}
