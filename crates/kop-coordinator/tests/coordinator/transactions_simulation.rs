//! Random lives of transactions, repeatable by their seed. Producers of both versions share transactional ids; answers
//! are lost, writes fail or are slow, the coordinator crashes, markers come late, the clock jumps.
//!
//! The properties:
//!
//! - **One outcome.** All that one transaction wrote, in whatever partitions, is committed, or all of it is aborted.
//! - **Its own outcome.** What was committed, its producer asked to commit; what a producer was told is committed, is.
//! - **One owner.** No two calls of InitProducerId are given the same producer id and epoch.
//! - **It ends.** Once the trouble is over no transaction stays open, and no partition holds its readers up.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};

use kop_codec::ErrorCode;
use kop_codec::internal::transaction::TransactionLogValue;
use kop_coordinator::{
    ClientVersion, MarkerJob, Producer, Ticket, TransactionConfig, TransactionRecord,
};
use kop_log::producer::{ProducerBatch, ProducerChanges, ProducerState};
use kop_records::control::EndTxnMarker;

use crate::random::Random;
use crate::transactions_support::*;

const PARTITIONS: usize = 3;
const IDS: [&str; 3] = ["a", "b", "worn-out"];
/// Lives in a run of the tests, and steps of each. `KOP_SEEDS` makes them more; `KOP_SEED` is for one of them alone.
const SEEDS: u64 = 200;
const STEPS: usize = 600;

/// A partition: what the log knows of producers, and the transactions with data that is open.
#[derive(Default)]
struct Partition {
    producers: ProducerState,
    open: Vec<(i64, usize)>,
    end: i64,
}

impl Partition {
    /// Appends data of a transaction, or a marker. `false` if the log refuses it.
    fn append(&mut self, producer: Producer, marker: Option<EndTxnMarker>) -> bool {
        let batch = ProducerBatch {
            producer_id: producer.id,
            epoch: producer.epoch,
            base_sequence: -1,
            last_sequence: -1,
            base_offset: self.end,
            last_offset: self.end,
            max_timestamp: 0,
            transactional: true,
            marker,
        };
        let mut changes = ProducerChanges::default();
        if !matches!(self.producers.check(&mut changes, &[batch]), Ok(None)) {
            return false;
        }
        self.producers.apply(changes);
        self.end += 1;
        true
    }

    fn last_stable_offset(&self) -> i64 {
        self.producers.last_stable_offset(self.end)
    }
}

/// What a producer is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Phase {
    #[default]
    Out,
    /// Going on as the producer that it was, or not.
    Initializing(Ticket, bool),
    Ready,
    Adding(Ticket, usize),
    Ending(Ticket),
    /// It does not know whether its last EndTxn was done.
    InDoubt,
}

#[derive(Clone, Debug)]
struct Client {
    id: &'static str,
    version: ClientVersion,
    producer: Option<Producer>,
    phase: Phase,
    /// The transaction that it is in.
    tag: Option<usize>,
    added: BTreeSet<usize>,
    commits: bool,
}

struct Life {
    bench: TransactionBench,
    random: Random,
    partitions: Vec<Partition>,
    clients: Vec<Client>,
    markers: Vec<(MarkerJob, usize)>,
    tags: usize,
    asked_to_commit: HashSet<usize>,
    told_committed: HashSet<usize>,
    told_aborted: HashSet<usize>,
    outcomes: BTreeMap<usize, bool>,
    given: HashSet<(i64, i16)>,
    crashes: usize,
    /// What happened, to be read after a failure.
    trace: Vec<String>,
}

impl Life {
    fn note(&mut self, what: impl FnOnce() -> String) {
        self.trace.push(what());
    }

    fn new(seed: u64) -> Self {
        let config = TransactionConfig {
            id_expiration_ms: 3_600_000,
            remove_expired_interval_ms: 600_000,
            ..TransactionConfig::default()
        };
        // One of the ids has hardly any epochs left.
        let worn_out = TransactionRecord {
            transactional_id: "worn-out".into(),
            value: Some(TransactionLogValue {
                producer_id: 7,
                producer_epoch: i16::MAX - 12,
                transaction_timeout_ms: TIMEOUT_MS,
                transaction_partitions: None,
                transaction_last_update_timestamp_ms: EPOCH_MS,
                ..TransactionLogValue::default()
            }),
        };
        let clients = (0..6).map(|i| Client {
            id: IDS[i % IDS.len()],
            version: [ClientVersion::V2, ClientVersion::V1][i % 2],
            producer: None,
            phase: Phase::Out,
            tag: None,
            added: BTreeSet::new(),
            commits: true,
        });
        Self {
            bench: TransactionBench::with(config, vec![worn_out]),
            random: Random::new(seed),
            partitions: (0..PARTITIONS).map(|_| Partition::default()).collect(),
            clients: clients.collect(),
            markers: Vec::new(),
            tags: 0,
            asked_to_commit: HashSet::new(),
            told_committed: HashSet::new(),
            told_aborted: HashSet::new(),
            outcomes: BTreeMap::new(),
            given: HashSet::new(),
            crashes: 0,
            trace: Vec::new(),
        }
    }

    fn step(&mut self) {
        match self.random.below(40) {
            0..=21 => {
                let who = self.random.below(self.clients.len());
                self.act(who);
            }
            22..=32 => self.write_marker(),
            33 | 34 => self.end_writes(),
            35 => self.bench.auto = !self.random.one_in(4),
            36 | 37 => {
                let ms = [5, 50, 500, 5_000, 11_000, 70_000][self.random.below(6)];
                self.bench.advance(ms);
            }
            38 if self.random.one_in(3) => self.crash(),
            // The wall clock is set.
            39 if self.random.one_in(8) => {
                let jumps = [-86_400_000, -1_000, 30_000, 7_200_000];
                self.bench.now.wall_ms += jumps[self.random.below(4)];
            }
            _ => {}
        }
        self.collect();
    }

    fn end_writes(&mut self) {
        let fails = self.random.one_in(2);
        let result = Err(ErrorCode::COORDINATOR_NOT_AVAILABLE);
        self.bench.end_write(if fails { result } else { Ok(()) });
        if self.random.one_in(2) {
            self.bench.end_writes(Ok(()));
        }
    }

    /// The coordinator is lost. Some of what it was writing is in the log all the same, in order.
    fn crash(&mut self) {
        self.note(|| "the coordinator crashes".to_owned());
        self.crashes += 1;
        let durable = self.random.below(self.bench.writes.len() + 1);
        let written: Vec<_> = self.bench.writes.drain(..durable).collect();
        self.bench
            .log
            .extend(written.into_iter().map(|write| write.record));
        self.markers.clear();
        self.bench.restart();
        for who in 0..self.clients.len() {
            self.lose_answer(who);
        }
    }

    /// Whatever the client was waiting for does not come.
    fn lose_answer(&mut self, who: usize) {
        let client = &mut self.clients[who];
        client.phase = match client.phase {
            Phase::Initializing(..) => Phase::Out,
            Phase::Adding(..) => Phase::Ready,
            Phase::Ending(_) => Phase::InDoubt,
            phase => phase,
        };
    }

    fn act(&mut self, who: usize) {
        let client = self.clients[who].clone();
        match (client.phase, client.producer) {
            (Phase::Out, _) => {
                // It goes on where it was, or is a new process.
                let expected = client.producer.filter(|_| self.random.one_in(2));
                self.note(|| format!("{who} of {} inits as {expected:?}", client.id));
                let request = |spare| init_request(client.id, expected, spare);
                let ticket = self.bench.send_with_spare(request);
                self.clients[who].phase = Phase::Initializing(ticket, expected.is_some());
            }
            (Phase::Ready, Some(producer)) => self.go_on(who, producer),
            (Phase::InDoubt, Some(producer)) => self.end(who, producer),
            _ => {}
        }
    }

    fn go_on(&mut self, who: usize, producer: Producer) {
        let partition = self.random.below(PARTITIONS);
        match self.random.below(16) {
            0 => self.forget(who),
            1..=9 => {
                if self.clients[who].tag.is_none() {
                    self.tags += 1;
                    self.clients[who].tag = Some(self.tags);
                }
                let client = &self.clients[who];
                let add = client.version == ClientVersion::V2 || !client.added.contains(&partition);
                if add {
                    let number = i32::try_from(partition).unwrap();
                    let request = add_request(client.id, producer, number, client.version);
                    let ticket = self.bench.send(request);
                    self.clients[who].phase = Phase::Adding(ticket, partition);
                } else {
                    self.write(who, producer, partition);
                }
            }
            n => {
                let client = &mut self.clients[who];
                if client.tag.is_some() {
                    client.commits = n > 11;
                    self.end(who, producer);
                }
            }
        }
    }

    /// Writes to a partition that was added. In version 1 that is verified first.
    fn write(&mut self, who: usize, producer: Producer, partition: usize) {
        let client = &self.clients[who];
        if client.version == ClientVersion::V1 {
            let number = i32::try_from(partition).unwrap();
            match self.bench.verify(client.id, producer, number) {
                ErrorCode::NONE => {}
                ErrorCode::CONCURRENT_TRANSACTIONS => return,
                _ => return self.forget(who),
            }
        }
        let tag = self.clients[who].tag.expect("it writes in a transaction");
        self.note(|| format!("{who} writes {tag} to {partition} as {producer:?}"));
        if self.partitions[partition].append(producer, None) {
            self.partitions[partition].open.push((producer.id, tag));
        } else {
            self.forget(who);
        }
    }

    fn end(&mut self, who: usize, producer: Producer) {
        let client = self.clients[who].clone();
        self.note(|| {
            format!(
                "{who} ends {:?} as {producer:?}: {}",
                client.tag, client.commits
            )
        });
        if client.commits {
            self.asked_to_commit.extend(client.tag);
        }
        let request =
            |spare| end_request(client.id, producer, client.commits, client.version, spare);
        let ticket = self.bench.send_with_spare(request);
        self.clients[who].phase = Phase::Ending(ticket);
    }

    fn forget(&mut self, who: usize) {
        let client = &mut self.clients[who];
        client.phase = Phase::Out;
        client.tag = None;
        client.added.clear();
    }

    fn collect(&mut self) {
        for job in std::mem::take(&mut self.bench.markers) {
            for partition in 0..job.partitions.len() {
                self.markers.push((job.clone(), partition));
            }
        }
        for who in 0..self.clients.len() {
            let (Phase::Initializing(ticket, _) | Phase::Adding(ticket, _) | Phase::Ending(ticket)) =
                self.clients[who].phase
            else {
                continue;
            };
            let Some(answer) = self.bench.answer(ticket) else {
                continue;
            };
            if let (Phase::Initializing(_, goes_on), Ok(producer)) =
                (self.clients[who].phase, &answer)
            {
                let new = self.given.insert((producer.id, producer.epoch));
                // A client that missed the answer to the same call gets it again.
                assert!(new || goes_on, "{producer:?} was given twice");
            }
            self.note(|| format!("{who} is told {answer:?}"));
            if self.random.one_in(8) {
                self.note(|| "but does not hear it".to_owned());
                self.lose_answer(who);
            } else {
                self.answered(who, answer);
            }
        }
    }

    fn answered(&mut self, who: usize, answer: Result<Producer, ErrorCode>) {
        let client = &mut self.clients[who];
        match (client.phase, answer) {
            (Phase::Initializing(..), Ok(producer)) => {
                client.producer = Some(producer);
                client.phase = Phase::Ready;
            }
            (Phase::Adding(_, partition), Err(ErrorCode::NONE)) => {
                client.phase = Phase::Ready;
                client.added.insert(partition);
                let producer = client.producer.expect("it has an id");
                self.write(who, producer, partition);
            }
            (Phase::Ending(_), Ok(producer)) => {
                let told = if client.commits {
                    &mut self.told_committed
                } else {
                    &mut self.told_aborted
                };
                told.extend(client.tag.take());
                client.added.clear();
                client.phase = Phase::Ready;
                if client.version == ClientVersion::V2 {
                    client.producer = Some(producer);
                }
            }
            (_, Err(ErrorCode::CONCURRENT_TRANSACTIONS | ErrorCode::COORDINATOR_NOT_AVAILABLE)) => {
                self.lose_answer(who);
            }
            (_, Err(_)) => self.forget(who),
            (phase, Ok(producer)) => panic!("{producer:?} is no answer to {phase:?}"),
        }
    }

    fn write_marker(&mut self) {
        if self.markers.is_empty() {
            return;
        }
        let (job, index) = self
            .markers
            .swap_remove(self.random.below(self.markers.len()));
        let (topic, number) = job.partitions[index].clone();
        self.note(|| format!("marker to {number}: {:?} {}", job.producer, job.committed));
        let partition = &mut self.partitions[usize::try_from(number).unwrap()];
        let marker = EndTxnMarker {
            committed: job.committed,
            coordinator_epoch: 0,
        };
        assert!(
            partition.append(job.producer, Some(marker)),
            "{job:?} is fenced"
        );
        let open = std::mem::take(&mut partition.open);
        for (producer_id, tag) in open {
            if producer_id == job.producer.id {
                let outcome = *self.outcomes.entry(tag).or_insert(job.committed);
                assert_eq!(outcome, job.committed, "transaction {tag} has two outcomes");
            } else {
                partition.open.push((producer_id, tag));
            }
        }
        self.bench.marked(&job, &topic, number);
    }

    fn check(&self) {
        for (tag, committed) in &self.outcomes {
            assert!(
                !committed || self.asked_to_commit.contains(tag),
                "nobody wanted to commit {tag}"
            );
            assert!(
                *committed || !self.told_committed.contains(tag),
                "{tag} is aborted, but its producer was told otherwise"
            );
            assert!(
                !*committed || !self.told_aborted.contains(tag),
                "{tag} is committed, but its producer was told otherwise"
            );
        }
    }

    /// Nothing goes wrong any more.
    fn calm_down(&mut self) {
        self.bench.auto = true;
        self.bench.end_writes(Ok(()));
        for _ in 0..40 {
            self.bench.advance(5_000);
            self.collect();
            for _ in 0..20 {
                self.write_marker();
                self.collect();
            }
        }
        for (number, partition) in self.partitions.iter().enumerate() {
            assert_eq!(partition.open, [], "data stays open in partition {number}");
            assert_eq!(partition.last_stable_offset(), partition.end);
        }
        for id in IDS {
            let state = self.bench.state(id);
            let at_rest = ["Empty", "CompleteCommit", "CompleteAbort"];
            let gone = state == Err(ErrorCode::TRANSACTIONAL_ID_NOT_FOUND);
            assert!(
                gone || at_rest.contains(&&**state.as_ref().unwrap()),
                "{id}: {state:?}"
            );
        }
        self.check();
    }
}

fn live(seed: u64) -> Life {
    let mut life = Life::new(seed);
    let mut step = 0;
    let run = catch_unwind(AssertUnwindSafe(|| {
        while step < STEPS {
            life.step();
            life.check();
            step += 1;
        }
        life.calm_down();
    }));
    if run.is_err() {
        let last = life.trace.len().saturating_sub(60);
        life.trace[last..]
            .iter()
            .for_each(|what| eprintln!("  {what}"));
    }
    assert!(
        run.is_ok(),
        "seed {seed}, step {step}; again: KOP_SEED={seed} cargo test -p kop-coordinator --test coordinator random_transactions"
    );
    life
}

#[test]
fn random_transactions_have_one_outcome_each() {
    let number = |name| {
        env::var(name)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
    };
    if let Some(seed) = number("KOP_SEED") {
        live(seed);
        return;
    }
    let (mut committed, mut aborted, mut crashes) = (0, 0, 0);
    let mut rotated = 0;
    let seeds = number("KOP_SEEDS").unwrap_or(SEEDS);
    for seed in 1..=seeds {
        let life = live(seed);
        committed += life
            .outcomes
            .values()
            .filter(|committed| **committed)
            .count();
        aborted += life
            .outcomes
            .values()
            .filter(|committed| !**committed)
            .count();
        crashes += life.crashes;
        let worn_out = life.clients.iter().filter(|client| client.id == "worn-out");
        let ids = worn_out.filter_map(|client| client.producer);
        rotated += ids.filter(|producer| producer.id != 7).count();
    }
    // The lives are worth something.
    let seeds = usize::try_from(seeds).unwrap();
    assert!(committed > 5 * seeds, "{committed} commits");
    assert!(aborted > 5 * seeds, "{aborted} aborts");
    assert!(crashes > seeds, "{crashes} crashes");
    assert!(
        rotated > seeds / 4,
        "{rotated} times an id got another producer id"
    );
}
