//! Pulsar is disturbed while idempotent Kafka producers write and a consumer reads at the tail: what was acknowledged is
//! there, once and in order, and the clients go on by themselves.

use std::env;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use kop_tests::cut::Cutter;
use kop_tests::data::Record;
use kop_tests::librdkafka::{Reading, Sending};
use kop_tests::pulsar::Cluster;
use kop_tests::server::Server;
use kop_tests::target::{run, skip};

use crate::{create, server, server_on};

const TOPIC: &str = "chaos";
const WRITERS: usize = 3;
/// Records of a writer that wait for their acknowledgement, at most.
const IN_FLIGHT: usize = 500;
/// How long clients may need once Pulsar is back.
const RECOVERY: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(60);
/// The offset of a record that is not acknowledged, or not found yet.
const UNKNOWN: i64 = i64::MIN;

/// How often each disturbance comes: `KOP_TEST_CHAOS`, or once.
fn rounds() -> usize {
    env::var("KOP_TEST_CHAOS").map_or(1, |rounds| rounds.parse().expect("a number"))
}

/// How far the clients are.
#[derive(Default)]
struct Progress {
    stop: AtomicBool,
    acknowledged: [AtomicUsize; WRITERS],
    read: AtomicUsize,
    /// How many records the reader waits for; 0 until that is known.
    total: AtomicUsize,
}

impl Progress {
    fn acknowledged(&self) -> [usize; WRITERS] {
        self.acknowledged
            .each_ref()
            .map(|count| count.load(Ordering::Relaxed))
    }

    /// Waits until every writer has an answer to a record that it sends after this call, and the reader has read what was
    /// acknowledged before it.
    fn recover(&self, from: &str) {
        let (before, began) = (self.acknowledged(), Instant::now());
        let read = before.iter().sum();
        let done = kop_tests::wait_until(PATIENCE, || {
            let now = self.acknowledged();
            let wrote = before
                .iter()
                .zip(now)
                .all(|(before, now)| now > before + IN_FLIGHT);
            wrote && self.read.load(Ordering::Relaxed) > read
        });
        let (took, now) = (began.elapsed(), self.acknowledged());
        eprintln!("{from}: clients go on after {took:?}");
        assert!(
            done && took <= RECOVERY,
            "{from}: {took:?}; acknowledged {before:?}, then {now:?}; {} read",
            self.read.load(Ordering::Relaxed)
        );
    }
}

/// Ends the writers, also when the test fails.
struct Stop<'a>(&'a Progress);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }
}

fn record(writer: usize, number: usize) -> Record {
    let value = format!("{writer}-{number}-{}", "x".repeat(number % 300));
    Record {
        partition: (number % 2) as i32,
        value: Some(value.into_bytes()),
        ..Record::default()
    }
}

/// Writes until it shall stop; the acknowledged offsets by number.
fn write(bootstrap: &str, writer: usize, progress: &Progress) -> Vec<i64> {
    let settings = [
        ("enable.idempotence", "true"),
        ("message.timeout.ms", "300000"),
        ("linger.ms", "2"),
        ("retry.backoff.ms", "50"),
        ("retry.backoff.max.ms", "200"),
    ];
    let sending = Sending::new(bootstrap, &settings).expect("a producer");
    let (mut offsets, mut done) = (Vec::new(), 0);
    let acknowledge = |offsets: &mut Vec<i64>| {
        let mut count = 0;
        for (number, result) in sending.reports() {
            let offset = result.unwrap_or_else(|error| panic!("{writer}-{number}: {error}"));
            assert_eq!(offsets[number], UNKNOWN, "{writer}-{number}: told twice");
            offsets[number] = offset;
            count += 1;
        }
        count
    };
    while !progress.stop.load(Ordering::Relaxed) {
        done += acknowledge(&mut offsets);
        progress.acknowledged[writer].store(done, Ordering::Relaxed);
        // Some at a time, so that a run does not get longer the faster the machine is.
        for _ in 0..20.min(done + IN_FLIGHT - offsets.len()) {
            let number = offsets.len();
            offsets.resize(number + 1, UNKNOWN);
            sending
                .send(TOPIC, &record(writer, number), number)
                .expect("send");
        }
        kop_tests::pause(Duration::from_millis(5));
    }
    sending.flush().expect("everything is delivered");
    done += acknowledge(&mut offsets);
    assert_eq!(done, offsets.len(), "acknowledged and sent by {writer}");
    offsets
}

/// Reads all records: each writer's must come in its order, each once. Returns the writers' offsets by number.
fn read(bootstrap: &str, progress: &Progress) -> [Vec<i64>; WRITERS] {
    let reading = Reading::all(bootstrap, TOPIC).expect("a consumer");
    let mut found: [Vec<i64>; WRITERS] = Default::default();
    let mut next = [[0, 1]; WRITERS];
    let mut above = [-1; 2];
    let (mut count, mut last) = (0, Instant::now());
    loop {
        let records = reading.poll(Duration::from_millis(100)).expect("poll");
        let total = progress.total.load(Ordering::Relaxed);
        if records.is_empty() && total > 0 {
            if count >= total && last.elapsed() > Duration::from_secs(1) {
                assert_eq!(count, total, "more records than were sent");
                return found;
            }
            assert!(last.elapsed() < PATIENCE, "{count} of {total} were read");
        }
        for (offset, got) in records {
            let p = got.partition as usize;
            assert!(offset > above[p], "{offset} after {}", above[p]);
            above[p] = offset;
            let value = got.value.as_deref().unwrap_or_default();
            let writer = usize::from(value.first().copied().unwrap_or(b'9') - b'0');
            let number = next[writer][p];
            assert!(
                value == record(writer, number).value.unwrap_or_default(),
                "partition {p}, offset {offset}: {} instead of {writer}-{number}",
                String::from_utf8_lossy(value)
            );
            next[writer][p] += 2;
            let places = &mut found[writer];
            places.resize(places.len().max(number + 1), UNKNOWN);
            places[number] = offset;
            (count, last) = (count + 1, Instant::now());
        }
        progress.read.store(count, Ordering::Relaxed);
    }
}

/// Runs the clients while `disturb` does its work, and looks at what they have written.
fn under_load(name: &str, server: &Server, disturb: impl FnOnce(&Progress)) {
    create(server, TOPIC, 2);
    let (bootstrap, progress) = (server.bootstrap(), Progress::default());
    let (bootstrap, progress) = (&bootstrap, &progress);
    let (acknowledged, found) = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| scope.spawn(move || write(bootstrap, writer, progress)))
            .collect();
        let reader = scope.spawn(|| read(bootstrap, progress));
        let stop = Stop(progress);
        // A reader that nobody tells how much there is would wait forever.
        let disturbed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            progress.recover("start");
            disturb(progress);
        }));
        drop(stop);
        let acknowledged: Vec<_> = writers
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect();
        let total = acknowledged.iter().flatten().map(Vec::len).sum::<usize>();
        progress.total.store(total.max(1), Ordering::Relaxed);
        let found = reader.join();
        if let Err(why) = disturbed {
            eprintln!("{}", server.log());
            std::panic::resume_unwind(why);
        }
        let acknowledged: Vec<_> = acknowledged
            .into_iter()
            .map(|offsets| offsets.expect("a writer"))
            .collect();
        (acknowledged, found.expect("the reader"))
    });
    for (writer, (told, found)) in acknowledged.iter().zip(&found).enumerate() {
        for (number, (told, found)) in told.iter().zip(found).enumerate() {
            // The answer to a repeated batch need not tell the offset.
            assert!(
                *told < 0 || told == found,
                "{writer}-{number}: acknowledged at {told}, found at {found}"
            );
        }
    }
    assert_eq!(read(bootstrap, progress), found, "the same from the start");
    let total = progress.total.load(Ordering::Relaxed);
    eprintln!("{name}: {total} records, none lost, none twice");
}

/// Splits the first bundle of a namespace.
fn split(cluster: &Cluster) -> anyhow::Result<()> {
    let namespace = cluster.namespace();
    let policies = cluster.admin("GET", &format!("namespaces/{namespace}/bundles"))?;
    let bounds: Vec<&str> = policies
        .split('"')
        .filter(|part| part.starts_with("0x"))
        .collect();
    anyhow::ensure!(bounds.len() >= 2, "no bundles: {policies}");
    let bundle = format!("{}_{}", bounds[0], bounds[1]);
    cluster.admin(
        "PUT",
        &format!("namespaces/{namespace}/{bundle}/split?unload=true"),
    )?;
    Ok(())
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn topics_and_bundles_are_unloaded_and_split() {
    let Some((server, cluster)) = server("unload", &[]) else {
        return;
    };
    under_load("unload", &server, |progress| {
        for _ in 0..rounds() {
            for partition in [0, 1, 0, 1] {
                let topic = cluster.topic(TOPIC, partition).replacen("://", "/", 1);
                cluster
                    .admin("PUT", &format!("{topic}/unload"))
                    .expect("unload");
                progress.recover("topic unloaded");
            }
            let namespace = cluster.namespace();
            cluster
                .admin("PUT", &format!("namespaces/{namespace}/unload"))
                .expect("unload");
            progress.recover("namespace unloaded");
            split(&cluster).expect("split");
            progress.recover("bundle split");
        }
    });
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn connections_are_cut_in_the_middle_of_a_frame() {
    let Some(mut cluster) = Cluster::from_env() else {
        return skip("cut", "KOP_TEST_PULSAR names no Pulsar");
    };
    let broker = cluster.service_url.trim_start_matches("pulsar://");
    let cutter = Cutter::start(broker).expect("a proxy");
    cluster.service_url = format!("pulsar://{}", cutter.address());
    let Some(server) = server_on(&cluster, &[]) else {
        return skip("cut", "KOP_SERVER_BIN names no server");
    };
    under_load("cut", &server, |progress| {
        for _ in 0..rounds() {
            for bytes in [2_000, 20_000, 200_000] {
                cutter.cut_after(bytes);
                kop_tests::pause(Duration::from_secs(5));
                let cuts = cutter.stop_cutting();
                assert!(cuts > 1, "{cuts} cuts of at most {bytes} bytes");
                progress.recover(&format!("{cuts} cuts after at most {bytes} bytes"));
            }
        }
    });
}

/// `KOP_TEST_PULSAR_RESTART` is a command that kills the broker and starts it again.
#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn the_broker_is_killed() {
    let Ok(restart) = env::var("KOP_TEST_PULSAR_RESTART") else {
        return skip("broker killed", "KOP_TEST_PULSAR_RESTART says not how");
    };
    let Some((server, _)) = server("broker killed", &[]) else {
        return;
    };
    under_load("broker killed", &server, |progress| {
        for _ in 0..rounds() {
            run(&restart).expect("the broker is killed");
            progress.recover("broker killed");
        }
    });
}
