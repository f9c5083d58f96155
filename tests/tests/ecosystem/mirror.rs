//! MirrorMaker 2 from a real Kafka (`KOP_TEST_KAFKA`) into the server, exactly once, while it and the server are killed:
//! the records, and the offsets that a group has committed, translated to those of the same records.

use std::fs;
use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use kop_tests::block_on;
use kop_tests::data::Record;
use kop_tests::librdkafka::{Reading, delete_records};
use kop_tests::program::{Background, Program};
use kop_tests::server::free_ports;
use kop_tests::target::Target;
use tempfile::TempDir;

use super::{PATIENCE, check_delivered, create, installed, judge, record, sending, target, text};

/// Records of each of two partitions that are there before the mirror starts.
const COUNT: usize = 1_000;
/// Of these, so many are deleted before it starts, so that the offsets differ.
const DELETED: usize = 300;
/// Records of each partition that come while the mirror and the server are killed, and again after that.
const MORE: usize = 300;

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn mirror() {
    let Some(program) = installed("mirror", "connect-4.3.1") else {
        return;
    };
    let Ok(source) = std::env::var("KOP_TEST_KAFKA") else {
        return kop_tests::target::skip("mirror", "KOP_TEST_KAFKA names no Kafka");
    };
    let Some((mut target, name)) = target("mirror") else {
        return;
    };
    let result = Mirror::new(&source, &target, name)
        .and_then(|mut mirror| mirror.run(&program, &mut target));
    judge("mirror", &target, result);
}

struct Mirror {
    source: String,
    target: String,
    name: String,
    topic: String,
    /// The topic's name at the server.
    mirrored: String,
    group: String,
    /// Where MirrorMaker 2 is told what to do.
    dir: TempDir,
}

impl Mirror {
    fn new(source: &str, target: &Target, name: String) -> anyhow::Result<Self> {
        Ok(Self {
            source: source.to_owned(),
            target: target.bootstrap(),
            topic: format!("{name}-topic"),
            mirrored: format!("source.{name}-topic"),
            group: format!("{name}-group"),
            name,
            dir: tempfile::Builder::new().prefix("kop-mirror-").tempdir()?,
        })
    }

    fn run(&mut self, program: &Program, target: &mut Target) -> anyhow::Result<String> {
        create(&self.source, std::slice::from_ref(&self.topic), 2)?;
        self.send(0..COUNT)?;
        delete(&self.source, &self.topic)?;
        self.commit([COUNT, COUNT])?;

        let mut running = self.start(program)?;
        let first = self.translated([0, 0], &mut running)?;
        // It goes on where it was after the server, and after both of them were killed.
        for part in 0..2 {
            let from = COUNT + part * MORE / 2;
            self.send(from..from + MORE / 2)?;
            target.crash()?;
            if part == 1 {
                running.kill()?;
                running = self.start(program)?;
            }
        }
        let sent = COUNT + MORE;
        self.read_all(sent, &mut running)?;
        self.commit([sent, sent])?;
        let second = self.translated(first, &mut running)?;
        // Where a record is not known exactly, the mirror takes one before it, but none before the last known.
        self.send(sent..sent + MORE)?;
        self.read_all(sent + MORE, &mut running)?;
        let committed = [sent + MORE / 3, sent + MORE / 2];
        self.commit(committed)?;
        let third = self.translated(second, &mut running)?;
        running.stop()?;
        let resumed = self.resume(sent + MORE)?;
        for (first, committed) in resumed.iter().zip(committed) {
            ensure!(
                (sent + 1..=committed).contains(first),
                "the group goes on at record {first}, it had committed {committed}"
            );
        }
        Ok(format!(
            "{} records once each; offsets {first:?}, {second:?}, {third:?}; {committed:?} became {resumed:?}",
            2 * (sent + MORE - DELETED)
        ))
    }

    fn start(&self, program: &Program) -> anyhow::Result<Background> {
        let Self {
            source,
            target,
            name,
            ..
        } = self;
        let text = format!(
            "clusters=source,target\nsource.bootstrap.servers={source}\ntarget.bootstrap.servers={target}\n\
             source->target.enabled=true\ntarget->source.enabled=false\n\
             target->source.emit.heartbeats.enabled=false\ntopics={name}-.*\ngroups={name}-.*\n\
             replication.factor=1\ncheckpoints.topic.replication.factor=1\nheartbeats.topic.replication.factor=1\n\
             offset-syncs.topic.replication.factor=1\nconfig.storage.replication.factor=1\n\
             offset.storage.replication.factor=1\nstatus.storage.replication.factor=1\n\
             sync.group.offsets.enabled=true\nsync.group.offsets.interval.seconds=1\n\
             emit.checkpoints.interval.seconds=1\nrefresh.groups.interval.seconds=2\noffset.lag.max=0\n\
             offset.flush.interval.ms=1000\nscheduled.rebalance.max.delay.ms=0\nsession.timeout.ms=6000\n\
             heartbeat.interval.ms=1000\nplugin.discovery=service_load\n\
             target.exactly.once.source.support=enabled\ndedicated.mode.enable.internal.rest=true\n\
             listeners=http://127.0.0.1:{}\n",
            free_ports()?.0
        );
        let file = self.dir.path().join("mirror.properties");
        fs::write(&file, text)?;
        let class = "org.apache.kafka.connect.mirror.MirrorMaker";
        program.spawn(&[class, &file.display().to_string()], name)
    }

    /// Sends records with these numbers to each partition of the source.
    fn send(&self, numbers: Range<usize>) -> anyhow::Result<()> {
        let sending = sending(&self.source)?;
        for number in numbers {
            for partition in 0..2 {
                let record = record(partition, 0, "key", format!("{partition}/{number}"));
                sending.send(&self.topic, &record, number)?;
            }
        }
        sending.flush()?;
        check_delivered(&sending)
    }

    /// The group commits these offsets at the source, where they are the numbers of the records.
    fn commit(&self, offsets: [usize; 2]) -> anyhow::Result<()> {
        let member = Reading::member(&self.source, &self.group, &self.topic)?;
        let joined = kop_tests::wait_until(PATIENCE, || {
            let polled = member.poll(Duration::from_millis(100));
            polled.is_ok() && member.assigned().is_ok_and(|all| all.len() == 2)
        });
        ensure!(joined, "{} has no partitions at the source", self.group);
        member.commit(&offsets.map(|offset| (offset as i64, "mine".to_owned())))
    }

    /// The group's offsets at the server, once both are beyond these.
    fn translated(&self, beyond: [i64; 2], running: &mut Background) -> anyhow::Result<[i64; 2]> {
        let (mut got, mut ended) = (Vec::new(), None);
        let there = kop_tests::wait_until(PATIENCE, || {
            ended = running.ended().ok().flatten();
            let offsets = Reading::committed(&self.target, &self.group, &self.mirrored);
            got = offsets.unwrap_or_default().iter().map(|at| at.0).collect();
            let further = got
                .iter()
                .zip(beyond)
                .all(|(offset, before)| *offset > before);
            ended.is_some() || (got.len() == 2 && further)
        });
        ensure!(ended.is_none(), "the mirror has ended: {ended:?}");
        ensure!(
            there,
            "offsets of {} stay at {got:?}, see the log {}",
            self.group,
            self.name
        );
        Ok([got[0], got[1]])
    }

    /// Every record up to this number that was not deleted arrives once and in order.
    fn read_all(&self, end: usize, running: &mut Background) -> anyhow::Result<()> {
        let reading = Reading::all(&self.target, &self.mirrored)?;
        let mut next = [DELETED; 2];
        let deadline = Instant::now() + PATIENCE;
        while next != [end; 2] {
            let ended = running.ended()?;
            ensure!(ended.is_none(), "the mirror has ended: {ended:?}");
            ensure!(Instant::now() < deadline, "{next:?} of {end} arrived");
            for (offset, record) in reading.poll(Duration::from_millis(100))? {
                let number = number(&record)?;
                let next = &mut next[record.partition as usize];
                ensure!(
                    number == *next,
                    "{number} instead of {next} at offset {offset}"
                );
                *next += 1;
            }
        }
        Ok(())
    }

    /// The group goes on at the server, to the last record. The result is where.
    fn resume(&self, end: usize) -> anyhow::Result<[usize; 2]> {
        let reading = Reading::member(&self.target, &self.group, &self.mirrored)?;
        let (mut first, mut last) = ([usize::MAX; 2], [0; 2]);
        let deadline = Instant::now() + PATIENCE;
        while last != [end - 1; 2] {
            ensure!(
                Instant::now() < deadline,
                "it gets no further than {last:?} of {end}"
            );
            for (_, record) in reading.poll(Duration::from_millis(100))? {
                let (partition, number) = (record.partition as usize, number(&record)?);
                first[partition] = first[partition].min(number);
                last[partition] = number;
            }
        }
        Ok(first)
    }
}

fn delete(bootstrap: &str, topic: &str) -> anyhow::Result<()> {
    block_on(delete_records(bootstrap, topic, &[DELETED as i64; 2]))
}

/// The number of a record, which is in the partition that it was sent to.
fn number(record: &Record) -> anyhow::Result<usize> {
    let value = text(record.value.as_ref());
    let (partition, number) = value.split_once('/').context("what is this?")?;
    ensure!(
        partition == record.partition.to_string(),
        "{value} in {}",
        record.partition
    );
    Ok(number.parse()?)
}
