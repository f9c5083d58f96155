//! One group of consume-transform-produce loops with franz-go, librdkafka and Java, and a Flink job that does the same
//! from checkpoint to checkpoint, while they and the server are killed at random: every record comes out once and in
//! order, and no reader stands still for good.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use kop_tests::librdkafka::{Reading, Sending};
use kop_tests::program::{Background, Program};
use kop_tests::target::Target;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::{
    PATIENCE, check_delivered, create, installed, judge, read_until, record, sending, target, text,
};

/// Twice as many as members, so that each rebalance moves some.
const PARTITIONS: usize = 6;
/// Records that each round adds.
const PER_ROUND: usize = 600;
/// Between two looks whether everything so far has come out.
const ROUNDS_BETWEEN_CHECKS: usize = 5;

/// A number such as `KOP_TEST_LOOP_ROUNDS`.
pub(super) fn from_env(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// `KOP_TEST_LOOP_SEED`, or another one each time; says which.
pub(super) fn seed() -> u64 {
    let seed = from_env("KOP_TEST_LOOP_SEED").unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.map_or(0, |now| u64::from(now.subsec_nanos()))
    });
    eprintln!("KOP_TEST_LOOP_SEED={seed}");
    seed
}

/// How long a transaction is left open by a member that was killed, at most, and how often the server looks for those.
const TIME_OUT: Duration = Duration::from_secs(20 + 10);

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn every_record_once_while_clients_and_server_are_killed() {
    let (Some(go), Some(java)) = (
        installed("loop", "franz-go"),
        installed("loop", "streams-4.4.0"),
    ) else {
        return;
    };
    let c = Program::at("librdkafka", Path::new(env!("CARGO_BIN_EXE_librdkafka")));
    let members = [go, c, java].map(|program| (program, None));
    run("loop", members.into(), 10, ROUNDS_BETWEEN_CHECKS);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn flink_exactly_once() {
    let Some(flink) = installed("flink", "flink") else {
        return;
    };
    let dir = tempfile::Builder::new().prefix("kop-flink-").tempdir();
    let dir = dir.expect("a directory for checkpoints");
    // It takes some seconds to start, and should have done something before it is killed again.
    run("flink", vec![(flink, Some(dir.path().into()))], 4, 1);
}

/// Programs, and the directory in which one of them keeps what it has to know after it was killed.
type Members = Vec<(Program, Option<PathBuf>)>;

fn run(test: &str, members: Members, rounds: usize, between: usize) {
    let Some((mut target, name)) = target(test) else {
        return;
    };
    let rounds = from_env("KOP_TEST_LOOP_ROUNDS").map_or(rounds, |rounds| rounds as usize);
    let now = Instant::now();
    let seed = seed();
    eprintln!("{rounds} rounds");
    let result = Run::start(&target, name, members)
        .and_then(|mut run| {
            let mut random = StdRng::seed_from_u64(seed);
            for round in 1..=rounds {
                run.round(&mut target, &mut random)
                    .and_then(|()| match round.is_multiple_of(between) {
                        true => run.all_is_out(),
                        false => Ok(()),
                    })
                    .with_context(|| format!("round {round}, seed {seed}"))?;
            }
            run.finish()
        })
        .map(|said| format!("{said}, {rounds} rounds in {:.0?}", now.elapsed()));
    judge(test, &target, result);
}

struct Run {
    bootstrap: String,
    name: String,
    sending: Sending,
    sent: usize,
    members: Vec<Member>,
    reading: Reading,
    read: Progress,
    server_kills: usize,
    unloads: usize,
    broker_kills: usize,
    compactions: usize,
}

/// One of those that consume, transform and produce.
struct Member {
    program: Program,
    arguments: Vec<String>,
    running: Background,
    kills: usize,
    /// How often it ended by itself.
    ended: usize,
}

impl Member {
    fn start(
        (program, dir): (Program, Option<PathBuf>),
        bootstrap: &str,
        name: &str,
    ) -> anyhow::Result<Self> {
        let mut arguments = ["loop", bootstrap, name, &program.name]
            .map(str::to_owned)
            .to_vec();
        arguments.extend(dir.map(|dir| dir.display().to_string()));
        Ok(Self {
            running: spawn(&program, &arguments)?,
            program,
            arguments,
            kills: 0,
            ended: 0,
        })
    }

    fn kill(&mut self) -> anyhow::Result<()> {
        self.kills += 1;
        self.running.kill()?;
        self.running = spawn(&self.program, &self.arguments)?;
        Ok(())
    }

    /// Starts it again when it has given up, as it has to after a fatal error.
    fn supervise(&mut self) -> anyhow::Result<()> {
        if self.running.ended()?.is_some() {
            self.ended += 1;
            self.running = spawn(&self.program, &self.arguments)?;
        }
        Ok(())
    }
}

fn spawn(program: &Program, arguments: &[String]) -> anyhow::Result<Background> {
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    program.spawn(&arguments, &format!("loop-{}", program.name))
}

impl Run {
    fn start(target: &Target, name: String, members: Members) -> anyhow::Result<Self> {
        let bootstrap = target.bootstrap();
        let topics = ["in", "out"].map(|topic| format!("{name}-{topic}"));
        create(&bootstrap, &topics, PARTITIONS as i32)?;
        let start = |member| Member::start(member, &bootstrap, &name);
        Ok(Self {
            members: members.into_iter().map(start).collect::<Result<_, _>>()?,
            sending: sending(&bootstrap)?,
            reading: Reading::partitions(&bootstrap, &topics[1], PARTITIONS as i32)?,
            bootstrap,
            name,
            sent: 0,
            read: Progress::default(),
            server_kills: 0,
            unloads: 0,
            broker_kills: 0,
            compactions: 0,
        })
    }

    /// Sends records and kills somebody somewhere in between.
    fn round(&mut self, target: &mut Target, random: &mut StdRng) -> anyhow::Result<()> {
        let pause = Duration::from_millis(random.random_range(100..2_000) / 10);
        let when = random.random_range(0..10);
        for tenth in 0..10 {
            self.send(PER_ROUND / 10)?;
            kop_tests::pause(pause);
            self.supervise()?;
            self.read.take(&self.reading, Duration::ZERO)?;
            if tenth == when {
                self.kill(target, random)?;
            }
        }
        Ok(())
    }

    fn send(&mut self, count: usize) -> anyhow::Result<()> {
        let topic = format!("{}-in", self.name);
        for number in self.sent..self.sent + count {
            let record = record((number % PARTITIONS) as i32, 0, "key", number.to_string());
            self.sending.send(&topic, &record, number)?;
        }
        self.sent += count;
        check_delivered(&self.sending)
    }

    /// A member, the server, or both of them; or the broker of its Pulsar, which may only have to give up its topics.
    fn kill(&mut self, target: &mut Target, random: &mut StdRng) -> anyhow::Result<()> {
        let members = self.members.len();
        let broker = std::env::var("KOP_TEST_PULSAR_RESTART").ok();
        let pulsar = match (target.cluster(), &broker) {
            (None, _) => 0,
            (Some(_), None) => 1,
            (Some(_), Some(_)) => 2,
        };
        let who = random.random_range(0..members + 2 + pulsar);
        let Some(other) = who.checked_sub(members) else {
            return self.members[who].kill();
        };
        match (other, target.cluster(), broker) {
            (2, Some(cluster), _) => {
                self.unloads += 1;
                return cluster.unload();
            }
            (3, Some(_), Some(broker)) => {
                self.broker_kills += 1;
                return kop_tests::target::run(&broker);
            }
            _ => {}
        }
        self.server_kills += 1;
        // It has to find out from what compaction leaves of its own topics where everybody is.
        if let Some(cluster) = target.cluster() {
            let topics = ["__consumer_offsets", "__transaction_state"];
            let compacted = topics
                .into_iter()
                .try_for_each(|topic| cluster.compact(topic));
            self.compactions += usize::from(compacted.is_ok());
        }
        target.crash()?;
        if other == 1 {
            self.members[random.random_range(0..members)].kill()?;
        }
        Ok(())
    }

    fn supervise(&mut self) -> anyhow::Result<()> {
        self.members.iter_mut().try_for_each(Member::supervise)
    }

    /// Every record that was sent so far comes out.
    fn all_is_out(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while self.read.count() < self.sent {
            ensure!(
                Instant::now() < deadline,
                "{} of {} records came out: {:?}",
                self.read.count(),
                self.sent,
                self.read
            );
            self.read.take(&self.reading, Duration::from_millis(100))?;
            self.supervise()?;
        }
        eprintln!("{} records are out", self.sent);
        Ok(())
    }

    /// All is out, nothing is repeated, and a new reader sees the same.
    fn finish(mut self) -> anyhow::Result<String> {
        self.sending.flush()?;
        self.all_is_out()?;
        let said: Vec<_> = self.members.iter().map(ToString::to_string).collect();
        self.members.clear();
        let topic = format!("{}-out", self.name);
        let freed = nothing_stays_open(&self.bootstrap, &topic)?;
        let again = Reading::partitions(&self.bootstrap, &topic, PARTITIONS as i32)?;
        let (mut read, sent) = (Progress::default(), self.sent);
        let count = std::cell::Cell::new(0);
        let take = |_, record: kop_tests::data::Record| {
            read.add(record.partition, &text(record.value.as_ref()))?;
            count.set(read.count());
            Ok(())
        };
        let all = read_until(&again, take, || count.get() == sent)?;
        ensure!(all, "a new reader sees {} of {sent} records", count.get());
        self.read.take(&self.reading, Duration::from_millis(500))?;
        ensure!(self.read.count() == sent, "more records than were sent");
        Ok(format!(
            "{sent} records, killed: server {}, {}; Pulsar unloaded {}, its broker killed {}, compacted {}; written by \
             {:?}; nothing was open {freed:.0?} after the last kill",
            self.server_kills,
            said.join(", "),
            self.unloads,
            self.broker_kills,
            self.compactions,
            self.read.writers
        ))
    }
}

impl std::fmt::Display for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            program,
            kills,
            ended,
            ..
        } = self;
        write!(f, "{} {kills} (ended by itself {ended})", program.name)
    }
}

/// What was left open by those that were killed is aborted in time: the last stable offset gets to the end of every
/// partition, so that no reader waits for good.
fn nothing_stays_open(bootstrap: &str, topic: &str) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let ends = |isolation| Reading::ends(bootstrap, topic, PARTITIONS as i32, isolation);
    loop {
        let (stable, end) = (ends("read_committed")?, ends("read_uncommitted")?);
        if stable == end {
            return Ok(began.elapsed());
        }
        let waited = began.elapsed();
        ensure!(
            waited < TIME_OUT,
            "stable up to {stable:?} of {end:?} after {waited:.0?}"
        );
        kop_tests::pause(Duration::from_millis(200));
    }
}

/// The records that have come out: how many of each partition, and of each writer.
#[derive(Debug, Default)]
struct Progress {
    next: [usize; PARTITIONS],
    writers: std::collections::BTreeMap<String, usize>,
}

impl Progress {
    fn count(&self) -> usize {
        self.next.iter().sum()
    }

    fn take(&mut self, reading: &Reading, wait: Duration) -> anyhow::Result<()> {
        for (_, record) in reading.poll(wait)? {
            self.add(record.partition, &text(record.value.as_ref()))?;
        }
        Ok(())
    }

    /// Each partition has its numbers once and in order.
    fn add(&mut self, partition: i32, value: &str) -> anyhow::Result<()> {
        let (number, who) = value.split_once(' ').context("no writer")?;
        let next = &mut self.next[partition as usize];
        let wanted = *next * PARTITIONS + partition as usize;
        ensure!(
            number == wanted.to_string(),
            "partition {partition}: {value} instead of {wanted}"
        );
        *next += 1;
        *self.writers.entry(who.to_owned()).or_default() += 1;
        Ok(())
    }
}
