//! Clients that write and read without a pause while something is done to Pulsar: what was acknowledged is there, in order
//! and, of idempotent producers, once, and the clients go on by themselves.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use kop_tests::data::Record;
use kop_tests::librdkafka::{Reading, Sending};
use kop_tests::native::{How, Native, Seen};
use kop_tests::pulsar::Cluster;
use kop_tests::server::Server;

use crate::create;

/// Its two partitions are written and read.
pub(crate) const TOPIC: &str = "chaos";
/// Records of a writer that wait for their acknowledgement, at most.
const IN_FLIGHT: usize = 500;
/// How long Kafka's clients may need once Pulsar is back.
const RECOVERY: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(60);
/// The offset of a record that is not acknowledged, or not found yet.
const UNKNOWN: i64 = i64::MIN;
/// A control record's value: version and epoch.
const FENCE: [u8; 6] = [0; 6];
/// A writer of a test has one digit.
const MOST: usize = 10;

/// Who writes.
#[derive(Clone, Debug)]
pub(crate) enum Writer<'a> {
    /// A Kafka producer whose records must be there once.
    Idempotent,
    /// A Kafka producer whose records must be there at least once, in order.
    Plain,
    /// A Pulsar producer, with the same promise; a Pulsar consumer follows partition 0.
    Native(&'a Native, &'a Cluster),
}

impl Writer<'_> {
    fn may_repeat(&self) -> bool {
        !matches!(self, Self::Idempotent)
    }

    fn is_native(&self) -> bool {
        matches!(self, Self::Native(..))
    }
}

/// How far the clients are.
pub(crate) struct Progress<'a> {
    writers: &'a [Writer<'a>],
    stop: AtomicBool,
    /// Records that a writer knows to be written; of a native one those that the Kafka consumer has read.
    acknowledged: [AtomicUsize; MOST],
    read: AtomicUsize,
    /// What the member of the group has committed.
    committed: AtomicUsize,
    /// How many records of each writer there are; all are 0 until that is known.
    totals: [AtomicUsize; MOST],
}

impl Progress<'_> {
    fn acknowledged(&self) -> Vec<usize> {
        let counts = &self.acknowledged[..self.writers.len()];
        let counts = counts.iter().map(|count| count.load(Ordering::Relaxed));
        counts.collect()
    }

    fn total(&self) -> usize {
        let totals = self.totals.iter();
        totals.map(|total| total.load(Ordering::Relaxed)).sum()
    }

    /// Waits until every writer has an answer to a record that it sends after this call, the reader has read what was
    /// acknowledged before it, and the member of a group has committed.
    pub(crate) fn recover(&self, from: &str) {
        let took = self.go_on(from);
        assert!(took <= RECOVERY, "{from}: {took:?}");
    }

    /// The same with more patience; how long it took until Kafka's clients were so far.
    fn go_on(&self, from: &str) -> Duration {
        let (before, began) = (self.acknowledged(), Instant::now());
        let kafkas =
            |(writer, count): (&Writer<'_>, &usize)| (!writer.is_native()).then_some(*count);
        let read: usize = self.writers.iter().zip(&before).filter_map(kafkas).sum();
        let committed = self.committed.load(Ordering::Relaxed);
        let wrote = |native: bool, least: usize| {
            let now = self.acknowledged();
            let mut counts = self.writers.iter().zip(before.iter().zip(now));
            counts
                .all(|(writer, (before, now))| writer.is_native() != native || now > before + least)
        };
        let done = kop_tests::wait_until(PATIENCE, || {
            wrote(false, IN_FLIGHT)
                && self.read.load(Ordering::Relaxed) > read
                && self.committed.load(Ordering::Relaxed) > committed
        });
        let took = began.elapsed();
        eprintln!("{from}: clients go on after {took:?}");
        let say = || {
            format!(
                "{from}: {took:?}; acknowledged {before:?}, then {:?}; {} read, {} committed",
                self.acknowledged(),
                self.read.load(Ordering::Relaxed),
                self.committed.load(Ordering::Relaxed)
            )
        };
        assert!(done, "{}", say());
        // Pulsar's own client pauses as it likes.
        let native = kop_tests::wait_until(PATIENCE, || wrote(true, 0));
        assert!(native, "{}", say());
        took
    }
}

/// Ends the writers, also when the test fails.
struct Stop<'a>(&'a Progress<'a>);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }
}

fn record(writer: usize, number: usize) -> Record {
    let value = format!("{writer}-{number}-{}", "x".repeat(number % 300));
    Record {
        partition: (number % 2) as i32,
        ..Record::of(value)
    }
}

/// Writes until it shall stop; the acknowledged offsets by number.
fn write(bootstrap: &str, writer: usize, progress: &Progress<'_>) -> Vec<i64> {
    let idempotent = !progress.writers[writer].may_repeat();
    let settings = [
        (
            "enable.idempotence",
            if idempotent { "true" } else { "false" },
        ),
        // Without idempotence, requests may change places when one is tried again.
        (
            "max.in.flight.requests.per.connection",
            if idempotent { "5" } else { "1" },
        ),
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

/// The same as a Pulsar producer, of which only the number is known.
fn write_native(
    native: &Native,
    cluster: &Cluster,
    writer: usize,
    progress: &Progress<'_>,
) -> Vec<i64> {
    let mut writing = native.writing(&cluster.service_url).expect("a producer");
    let topics = [0, 1].map(|partition| cluster.topic(TOPIC, partition));
    let mut number = 0;
    while !progress.stop.load(Ordering::Relaxed) {
        for _ in 0..4 {
            let how = How {
                topic: &topics[number % 2],
                codec: "NONE",
                batched: true,
            };
            let message = Seen {
                value: record(writer, number).value,
                time: 1,
                ..Seen::default()
            };
            writing.send(&how, &message).expect("it goes on");
            number += 1;
        }
        kop_tests::pause(Duration::from_millis(5));
    }
    writing.finish().expect("everything is written");
    vec![UNKNOWN; number]
}

/// What a reader has found: each writer's records in its order.
struct Found<'a> {
    writers: &'a [Writer<'a>],
    /// Each writer's offsets by number.
    offsets: Vec<Vec<i64>>,
    next: Vec<[usize; 2]>,
    count: usize,
}

impl<'a> Found<'a> {
    fn new(writers: &'a [Writer<'a>]) -> Self {
        Self {
            writers,
            offsets: vec![Vec::new(); writers.len()],
            next: vec![[0, 1]; writers.len()],
            count: 0,
        }
    }

    /// The next record of a partition; `again` where a reader may get records twice. The writer of a record that is new.
    fn take(&mut self, p: usize, offset: i64, value: &[u8], again: bool) -> Option<usize> {
        let text = String::from_utf8_lossy(value);
        let mut parts = text.splitn(3, '-').map(str::parse);
        let (Some(Ok(writer)), Some(Ok(number))) = (parts.next(), parts.next()) else {
            panic!("partition {p}, offset {offset}: {text}");
        };
        let (writer, number): (usize, usize) = (writer, number);
        let expected = self.next[writer][p];
        let may = again || self.writers[writer].may_repeat();
        assert!(
            number == expected || (may && number < expected),
            "partition {p}, offset {offset}: {text} instead of {writer}-{expected}"
        );
        assert!(
            record(writer, number).value.as_deref() == Some(value),
            "partition {p}, offset {offset}: {text}"
        );
        if number < expected {
            return None;
        }
        self.next[writer][p] += 2;
        let places = &mut self.offsets[writer];
        places.resize(places.len().max(number + 1), UNKNOWN);
        places[number] = offset;
        self.count += 1;
        Some(writer)
    }
}

/// Reads all records. Returns the writers' offsets by number.
fn read(bootstrap: &str, progress: &Progress<'_>) -> Vec<Vec<i64>> {
    let reading = Reading::all(bootstrap, TOPIC).expect("a consumer");
    let mut found = Found::new(progress.writers);
    let mut above = [-1; 2];
    let mut last = Instant::now();
    loop {
        let records = reading.poll(Duration::from_millis(100)).expect("poll");
        let total = progress.total();
        if records.is_empty() && total > 0 {
            if found.count >= total && last.elapsed() > Duration::from_secs(1) {
                assert_eq!(found.count, total, "more records than were sent");
                return found.offsets;
            }
            assert!(
                last.elapsed() < PATIENCE,
                "{} of {total} were read",
                found.count
            );
        }
        for (offset, got) in records {
            let p = got.partition as usize;
            assert!(offset > above[p], "{offset} after {}", above[p]);
            above[p] = offset;
            let value = got.value.as_deref().unwrap_or_default();
            let new = found.take(p, offset, value, false);
            if let Some(writer) = new.filter(|writer| progress.writers[*writer].is_native()) {
                progress.acknowledged[writer].fetch_add(1, Ordering::Relaxed);
            }
            last = Instant::now();
        }
        progress.read.store(found.count, Ordering::Relaxed);
    }
}

/// Reads as a member of a group, which commits where it is.
fn read_as_member(bootstrap: &str, progress: &Progress<'_>) {
    let reading = Reading::member(bootstrap, "chaos", TOPIC).expect("a consumer");
    let mut found = Found::new(progress.writers);
    let (mut next, mut last) = ([0; 2], Instant::now());
    let mut committed = last;
    while progress.total() == 0 || found.count < progress.total() {
        for (offset, got) in reading.poll(Duration::from_millis(100)).expect("poll") {
            let p = got.partition as usize;
            let value = got.value.as_deref().unwrap_or_default();
            // After it has joined again it goes on where it committed last.
            found.take(p, offset, value, true);
            next[p] = offset + 1;
            last = Instant::now();
        }
        assert!(
            last.elapsed() < PATIENCE,
            "the member has read {} of {}",
            found.count,
            progress.total()
        );
        if committed.elapsed() > Duration::from_millis(200) && next.iter().all(|next| *next > 0) {
            let offsets = next.map(|next| (next, String::new()));
            if reading.commit(&offsets).is_ok() {
                progress.committed.store(found.count, Ordering::Relaxed);
            }
            committed = Instant::now();
        }
    }
    let offsets = next.map(|next| (next, "end".to_owned()));
    let done = kop_tests::wait_until(PATIENCE, || reading.commit(&offsets).is_ok());
    assert!(done, "the end is committed");
    let committed = Reading::committed(bootstrap, "chaos", TOPIC).expect("committed offsets");
    assert_eq!(committed, offsets);
}

/// Reads partition 0 with a Pulsar consumer.
fn read_native(native: &Native, cluster: &Cluster, progress: &Progress<'_>) {
    let open = || native.reading(&cluster.service_url, &cluster.topic(TOPIC, 0));
    let mut reading = open().expect("a consumer");
    let mut found = Found::new(progress.writers);
    let mut last = Instant::now();
    loop {
        // It ends when nothing comes for long, and goes on where it was.
        let seen = reading
            .next(Duration::from_millis(100))
            .unwrap_or_else(|_| {
                reading = open().expect("a consumer");
                None
            });
        if let Some(seen) = seen {
            let value = seen.value.unwrap_or_default();
            // What the server writes to learn what became of lost receipts is hidden from consumers, unless a broker that
            // is going away does not say its offset in time.
            if value != FENCE {
                found.take(0, -1, &value, true);
            }
            last = Instant::now();
        }
        let all = progress.totals.iter().zip(&found.next);
        let complete = all.fold(true, |complete, (total, next)| {
            complete && next[0] >= total.load(Ordering::Relaxed)
        });
        if progress.total() > 0 && complete {
            return;
        }
        assert!(
            last.elapsed() < PATIENCE,
            "Pulsar's consumer has read {}",
            found.count
        );
    }
}

/// Runs the clients while `disturb` does its work, and looks at what they have written.
pub(crate) fn under_load(
    name: &str,
    server: &Server,
    writers: &[Writer<'_>],
    disturb: impl FnOnce(&Progress<'_>),
) {
    create(server, TOPIC, 2);
    let bootstrap = &server.bootstrap();
    let progress = &Progress {
        writers,
        stop: AtomicBool::new(false),
        acknowledged: Default::default(),
        read: AtomicUsize::new(0),
        committed: AtomicUsize::new(0),
        totals: Default::default(),
    };
    let (acknowledged, found) = thread::scope(|scope| {
        let writing: Vec<_> = (0..writers.len())
            .map(|number| {
                scope.spawn(move || match writers[number] {
                    Writer::Native(native, cluster) => {
                        write_native(native, cluster, number, progress)
                    }
                    _ => write(bootstrap, number, progress),
                })
            })
            .collect();
        let reader = scope.spawn(|| read(bootstrap, progress));
        scope.spawn(|| read_as_member(bootstrap, progress));
        for writer in writers {
            if let Writer::Native(native, cluster) = writer {
                scope.spawn(|| read_native(native, cluster, progress));
            }
        }
        let stop = Stop(progress);
        // A reader that nobody tells how much there is would wait forever.
        let disturbed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            progress.go_on("start");
            disturb(progress);
        }));
        drop(stop);
        let acknowledged: Vec<_> = writing
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect();
        for (total, offsets) in progress.totals.iter().zip(&acknowledged) {
            let count = offsets.as_ref().map_or(0, Vec::len);
            total.store(count.max(1), Ordering::Relaxed);
        }
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
    for (number, (told, found)) in acknowledged.iter().zip(&found).enumerate() {
        // Of a record that is there twice, either may have been told.
        let once = !writers[number].may_repeat();
        for (record, (told, found)) in told.iter().zip(found).enumerate() {
            // The answer to a repeated batch need not tell the offset.
            assert!(
                *told < 0 || told == found || (!once && told > found),
                "{number}-{record}: acknowledged at {told}, found at {found}"
            );
        }
    }
    assert_eq!(read(bootstrap, progress), found, "the same from the start");
    let total = progress.total();
    eprintln!("{name}: {total} records, none lost, none of an idempotent producer twice");
}
