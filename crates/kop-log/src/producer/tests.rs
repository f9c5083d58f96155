use kop_records::control::EndTxnMarker;
use proptest::prelude::*;

use super::*;
use crate::LogError;

/// Answers of Apache Kafka 4.3.1 to random batches, and the files that it wrote at the end: see `ProducerTrace.java`.
const TRACE: &str = include_str!("../../testdata/producer-trace.tsv");
const SNAPSHOT: &[u8] = include_bytes!("../../testdata/producer.snapshot");
const TXN_INDEX: &[u8] = include_bytes!("../../testdata/producer.txnindex");

fn data(
    producer_id: i64,
    epoch: i16,
    base_sequence: i32,
    base_offset: i64,
    count: i32,
) -> ProducerBatch {
    ProducerBatch {
        producer_id,
        epoch,
        base_sequence,
        last_sequence: if base_sequence < 0 {
            -1
        } else {
            base_sequence.wrapping_add(count - 1) & i32::MAX
        },
        base_offset,
        last_offset: base_offset + i64::from(count) - 1,
        max_timestamp: 0,
        transactional: false,
        marker: None,
    }
}

fn marker(
    producer_id: i64,
    epoch: i16,
    offset: i64,
    committed: bool,
    coordinator_epoch: i32,
) -> ProducerBatch {
    let marker = Some(EndTxnMarker {
        committed,
        coordinator_epoch,
    });
    ProducerBatch {
        marker,
        transactional: true,
        ..data(producer_id, epoch, -1, offset, 1)
    }
}

/// A log of which nothing is stored but the producers.
#[derive(Default)]
struct Log {
    state: ProducerState,
    replayed: ProducerState,
    aborted: AbortedTransactions,
    end: i64,
}

impl Log {
    fn append(&mut self, batch: &ProducerBatch) -> String {
        let mut changes = ProducerChanges::default();
        let outcome = match self.state.check(&mut changes, &[*batch]) {
            Ok(None) => "ok".to_owned(),
            Ok(Some(Duplicate {
                base_offset,
                last_offset,
                timestamp,
            })) => {
                format!("duplicate {base_offset} {last_offset} {timestamp}")
            }
            Err(LogError::FencedProducer { .. }) => "fenced".to_owned(),
            Err(LogError::OutOfOrderSequence { .. }) => "order".to_owned(),
            Err(LogError::TransactionOpen { .. }) => "open".to_owned(),
            Err(LogError::CoordinatorFenced { .. }) => "coordinator".to_owned(),
            Err(other) => panic!("{other}"),
        };
        if outcome != "ok" {
            assert!(
                changes.is_empty() && changes.aborted().is_empty(),
                "a refused batch leaves nothing behind"
            );
            return outcome;
        }
        self.end = batch.last_offset + 1;
        let aborted = changes.aborted().first().copied();
        self.state.apply(changes);
        assert_eq!(
            self.replayed.replay(batch),
            aborted,
            "reading the log again gives the same"
        );
        let Some(entry) = aborted else { return outcome };
        self.aborted.add(entry);
        format!(
            "ok aborted {} {} {}",
            entry.first_offset, entry.last_offset, entry.last_stable_offset
        )
    }

    fn expire(&mut self, now_ms: i64) {
        self.state.expire(now_ms, 86_400_000);
        self.replayed.expire(now_ms, 86_400_000);
    }
}

fn traced(fields: &[&str], end: i64) -> ProducerBatch {
    let (producer_id, epoch) = (fields[1].parse().unwrap(), fields[2].parse().unwrap());
    let batch = match fields[6] {
        "-" => data(
            producer_id,
            epoch,
            fields[3].parse().unwrap(),
            end,
            fields[4].parse().unwrap(),
        ),
        text => marker(
            producer_id,
            epoch,
            end,
            text.starts_with('C'),
            text[1..].parse().unwrap(),
        ),
    };
    ProducerBatch {
        transactional: fields[5] == "true",
        max_timestamp: fields[7].parse().unwrap(),
        ..batch
    }
}

fn play_trace() -> Log {
    let mut log = Log::default();
    for (index, line) in TRACE.lines().enumerate() {
        let fields: Vec<_> = line.split('\t').collect();
        if fields[0] == "expire" {
            log.expire(fields[1].parse().unwrap());
            assert_eq!(
                log.state.len(),
                fields[2].parse().unwrap(),
                "line {}",
                index + 1
            );
            continue;
        }
        let outcome = log.append(&traced(&fields, log.end));
        let stable = log.state.last_stable_offset(log.end);
        assert_eq!(
            (outcome.as_str(), stable.to_string().as_str()),
            (fields[8], fields[9]),
            "line {}",
            index + 1
        );
    }
    log
}

#[test]
fn decisions_are_kafkas() {
    let log = play_trace();
    assert_eq!(log.state, log.replayed);
    let index: Vec<u8> = log
        .aborted
        .entries()
        .iter()
        .flat_map(AbortedEntry::to_bytes)
        .collect();
    assert_eq!(index, TXN_INDEX);
    let read = TXN_INDEX
        .chunks_exact(ABORTED_ENTRY_LEN)
        .map(|bytes| AbortedEntry::from_bytes(bytes.try_into().unwrap()));
    assert_eq!(
        read.collect::<Result<Vec<_>, _>>().unwrap(),
        log.aborted.entries()
    );
}

#[test]
fn snapshots_are_kafkas() {
    fn entries(snapshot: &[u8]) -> Vec<&[u8]> {
        let mut entries: Vec<_> = snapshot[10..].chunks(46).collect();
        entries.sort_unstable();
        entries
    }
    let ours = play_trace().state.snapshot();
    assert_eq!(entries(&ours), entries(SNAPSHOT));
    let theirs = ProducerState::load(SNAPSHOT).unwrap();
    assert_eq!(theirs, ProducerState::load(&ours).unwrap());
    assert_eq!(
        theirs.snapshot(),
        ours,
        "ours has the order of the producer ids"
    );
}

#[test]
fn damaged_snapshots_are_refused() {
    for len in 0..SNAPSHOT.len() {
        assert!(
            matches!(
                ProducerState::load(&SNAPSHOT[..len]),
                Err(LogError::Malformed { .. })
            ),
            "{len} bytes"
        );
        let mut flipped = SNAPSHOT.to_vec();
        flipped[len] ^= 1;
        assert!(
            matches!(
                ProducerState::load(&flipped),
                Err(LogError::Malformed { .. })
            ),
            "byte {len} flipped"
        );
    }
    assert!(
        ProducerState::load(&ProducerState::default().snapshot())
            .unwrap()
            .is_empty()
    );
}

#[test]
fn one_bad_batch_refuses_the_request() {
    let state = ProducerState::default();
    let mut changes = ProducerChanges::default();
    state.check(&mut changes, &[data(1, 0, 0, 0, 2)]).unwrap();
    let refused = state.check(&mut changes, &[data(1, 0, 2, 2, 2), data(1, 0, 5, 4, 1)]);
    assert!(
        matches!(
            refused,
            Err(LogError::OutOfOrderSequence { expected: 4, .. })
        ),
        "{refused:?}"
    );
    assert_eq!(
        state.check(&mut changes, &[data(1, 0, 2, 2, 2)]).unwrap(),
        None,
        "nothing of it was kept"
    );
}

#[test]
fn broken_transaction_index_entries_are_refused() {
    let entry = AbortedEntry {
        producer_id: 1,
        first_offset: 5,
        last_offset: 9,
        last_stable_offset: 10,
    };
    for (index, byte) in [(1, 1), (10, 0x80), (25, 4)] {
        let mut bytes = entry.to_bytes();
        bytes[index] = byte;
        assert!(
            matches!(
                AbortedEntry::from_bytes(&bytes),
                Err(LogError::Malformed { .. })
            ),
            "byte {index}"
        );
    }
}

/// Decides by looking through all that was ever appended.
#[derive(Default)]
struct Model {
    log: Vec<ProducerBatch>,
}

impl Model {
    fn of(&self, producer_id: i64) -> impl DoubleEndedIterator<Item = &ProducerBatch> {
        self.log
            .iter()
            .filter(move |batch| batch.producer_id == producer_id)
    }

    fn open_since(&self, producer_id: i64) -> Option<i64> {
        self.of(producer_id)
            .fold(None, |open, batch| match batch.marker {
                Some(_) => None,
                None if batch.transactional => open.or(Some(batch.base_offset)),
                None => open,
            })
    }

    fn outcome(&self, batch: &ProducerBatch) -> &'static str {
        let Some(last) = self.of(batch.producer_id).next_back() else {
            return "ok";
        };
        let same_epoch = || {
            self.of(batch.producer_id)
                .rev()
                .take_while(|sent| sent.epoch == batch.epoch)
        };
        let sent: Vec<_> = same_epoch()
            .filter(|sent| sent.marker.is_none())
            .take(5)
            .collect();
        let sequences = |batch: &ProducerBatch| (batch.base_sequence, batch.last_sequence);
        if batch.marker.is_none() && sent.iter().any(|sent| sequences(sent) == sequences(batch)) {
            return "duplicate";
        }
        if batch.epoch < last.epoch {
            return "fenced";
        }
        if let Some(marker) = batch.marker {
            let newest = self
                .of(batch.producer_id)
                .filter_map(|sent| sent.marker)
                .map(|sent| sent.coordinator_epoch);
            return if newest.max() > Some(marker.coordinator_epoch) {
                "coordinator"
            } else {
                "ok"
            };
        }
        let expected = sent
            .first()
            .map_or(0, |sent| (i64::from(sent.last_sequence) + 1) % (1 << 31));
        match self.open_since(batch.producer_id) {
            _ if i64::from(batch.base_sequence) != expected => "order",
            Some(_) if !batch.transactional => "open",
            _ => "ok",
        }
    }
}

fn step() -> impl Strategy<Value = ProducerBatch> {
    let sequence = prop_oneof![0..8_i32, (0..4_i32).prop_map(|back| i32::MAX - back)];
    let batch = (1..4_i64, 0..3_i16, sequence, 1..4_i32, any::<bool>()).prop_map(
        |(id, epoch, sequence, count, open)| ProducerBatch {
            transactional: open,
            ..data(id, epoch, sequence, 0, count)
        },
    );
    let end = (1..4_i64, 0..3_i16, any::<bool>(), 0..3_i32);
    let end = end.prop_map(|(id, epoch, committed, coordinator)| {
        marker(id, epoch, 0, committed, coordinator)
    });
    prop_oneof![4 => batch, 1 => end]
}

/// Half of the batches are what the producer would send next, so that logs become long.
fn steps() -> impl Strategy<Value = Vec<(ProducerBatch, bool)>> {
    prop::collection::vec((step(), any::<bool>()), 0..120)
}

fn continued(model: &Model, mut batch: ProducerBatch) -> ProducerBatch {
    if let Some(last) = model.of(batch.producer_id).next_back() {
        let count = i32::try_from(batch.last_offset - batch.base_offset).unwrap() + 1;
        let sent = model
            .of(batch.producer_id)
            .rev()
            .take_while(|sent| sent.epoch == last.epoch);
        let next = sent
            .filter(|sent| sent.marker.is_none())
            .map(|sent| sent.last_sequence.wrapping_add(1))
            .next();
        let next = next.unwrap_or(0) & i32::MAX;
        let transactional = batch.transactional || model.open_since(batch.producer_id).is_some();
        batch = ProducerBatch {
            transactional,
            ..data(
                batch.producer_id,
                last.epoch,
                next,
                batch.base_offset,
                count,
            )
        };
    }
    batch
}

fn at(batch: ProducerBatch, base_offset: i64) -> ProducerBatch {
    let last_offset = base_offset + batch.last_offset - batch.base_offset;
    ProducerBatch {
        base_offset,
        last_offset,
        ..batch
    }
}

proptest! {
    #[test]
    fn decisions_are_those_of_a_naive_model(steps in steps()) {
        let (mut log, mut model, mut staged) = (Log::default(), Model::default(), ProducerChanges::default());
        let empty = ProducerState::default();
        for (batch, next) in steps {
            let batch = at(batch, log.end);
            let batch = if next && batch.marker.is_none() { continued(&model, batch) } else { batch };
            let expected = model.outcome(&batch);
            let outcome = log.append(&batch);
            prop_assert_eq!(outcome.split(' ').next(), Some(expected), "{:?}", batch);
            // The same, but never applied: changes see the changes before them.
            let in_one = empty.check(&mut staged, &[batch]);
            prop_assert_eq!(matches!(in_one, Ok(None)), expected == "ok");
            if expected == "ok" {
                model.log.push(batch);
            }
            let stable = (1..4).filter_map(|id| model.open_since(id)).min().unwrap_or(log.end);
            prop_assert_eq!(log.state.last_stable_offset(log.end), stable);
        }
        prop_assert_eq!(staged.aborted(), log.aborted.entries());
        let mut applied = ProducerState::default();
        applied.apply(staged);
        prop_assert_eq!(&applied, &log.state);
        prop_assert_eq!(&log.replayed, &log.state);
        let snapshot = log.state.snapshot();
        prop_assert_eq!(ProducerState::load(&snapshot).unwrap().snapshot(), snapshot);
    }

    #[test]
    fn any_bytes_load_or_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(ProducerState::load(&bytes).is_err());
    }
}
