//! The sequencer against a model of a broker: native writers in between, receipts late or lost, new ledgers, markers
//! that no reader gets, and a tail that lags.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Step {
    Ours(u32),
    OurMarker,
    Native(u32),
    NativeMarker,
    NewLedger,
    /// The receipt of the oldest write that has none yet.
    Receipt,
    /// The broker takes the oldest write that is on the wire.
    Arrive,
    /// The connection is lost: what is on the wire, and all receipts. What tells what became of the rest is a marker, or
    /// not.
    Disconnect(bool),
    Tail,
    /// The reader is opened again some entries before where it was.
    ReopenTail(usize),
    /// The index of what waits for the tail is asked for.
    Ask,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (1..20_u32).prop_map(Step::Ours),
        1 => Just(Step::OurMarker),
        3 => (1..20_u32).prop_map(Step::Native),
        1 => Just(Step::NativeMarker),
        1 => Just(Step::NewLedger),
        8 => Just(Step::Receipt),
        6 => Just(Step::Arrive),
        1 => any::<bool>().prop_map(Step::Disconnect),
        8 => Just(Step::Tail),
        1 => (1..4_usize).prop_map(Step::ReopenTail),
        1 => Just(Step::Ask),
    ]
}

#[derive(Clone, Copy, Debug)]
struct Written {
    at: MessageId,
    base: i64,
    count: u32,
    sequence: Option<u64>,
    marker: bool,
}

/// The broker, and what we were told by the sequencer.
struct World {
    log: Vec<Written>,
    ledger: u64,
    entry: u64,
    next_offset: i64,
    next_sequence: u64,
    wire: VecDeque<(u64, u32)>,
    receipts: VecDeque<(u64, MessageId)>,
    /// The entry that tells what became of those before it.
    fence: Option<Written>,
    /// All that were markers.
    hidden_fences: Vec<u64>,
    lost: Vec<u64>,
    found_lost: Vec<u64>,
    tail: usize,
    sequencer: Sequencer<u64>,
    told: Vec<(u64, i64)>,
    /// Where others' entries began that the tail has shown.
    foreign: Vec<i64>,
    covered: i64,
}

impl World {
    fn new(start: i64) -> Self {
        Self {
            log: Vec::new(),
            ledger: 7,
            entry: 0,
            next_offset: start,
            next_sequence: 0,
            wire: VecDeque::new(),
            receipts: VecDeque::new(),
            fence: None,
            hidden_fences: Vec::new(),
            lost: Vec::new(),
            found_lost: Vec::new(),
            tail: 0,
            sequencer: Sequencer::new(None, start),
            told: Vec::new(),
            foreign: Vec::new(),
            covered: start,
        }
    }

    fn write(&mut self, count: u32, sequence: Option<u64>, marker: bool) {
        let at = MessageId {
            ledger: self.ledger,
            entry: self.entry,
        };
        self.log.push(Written {
            at,
            base: self.next_offset,
            count,
            sequence,
            marker,
        });
        self.entry += 1;
        self.next_offset += i64::from(count);
        if let Some(sequence) = sequence {
            self.receipts.push_back((sequence, at));
        }
    }

    fn send(&mut self, count: u32, marker: bool) -> u64 {
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        self.sequencer.sent(sequence, count, !marker, sequence);
        self.wire.push_back((sequence, count));
        sequence
    }

    fn arrive(&mut self, marker: bool) {
        if let Some((sequence, count)) = self.wire.pop_front() {
            self.write(count, Some(sequence), marker);
        }
    }

    /// A marker that is lost cannot be found by reading, and there are none after a fence is needed: it arrives at once.
    fn send_marker(&mut self) {
        while !self.wire.is_empty() {
            self.arrive(false);
        }
        self.send(1, true);
        self.arrive(true);
    }

    fn disconnect(&mut self, hidden: bool) {
        self.lost
            .extend(self.wire.drain(..).map(|(sequence, _)| sequence));
        let log = &self.log;
        let marker = |sequence| log.iter().any(|w| w.sequence == Some(sequence) && w.marker);
        let fences = &self.hidden_fences;
        self.receipts
            .retain(|(sequence, _)| marker(*sequence) && !fences.contains(sequence));
        self.sequencer.forget(|sequence| fences.contains(sequence));
        self.send_fence(hidden);
    }

    fn send_fence(&mut self, hidden: bool) {
        let fence = self.send(1, hidden);
        if hidden {
            self.hidden_fences.push(fence);
        }
        self.arrive(hidden);
        self.fence = self.log.last().copied();
    }

    fn check_fence(&mut self) {
        let Some(fence) = self.fence else { return };
        if self.sequencer.reaches(fence.at, Some(fence.base)) {
            self.fence = None;
            self.found_lost
                .extend(self.sequencer.take_lost(fence.sequence));
            let known = self.sequencer.index_known(fence.at, fence.base, false);
            if let Some(settled) = known.unwrap() {
                self.settled(&settled);
            }
        }
    }

    fn settled(&mut self, settled: &Settled<u64>) {
        if !self.hidden_fences.contains(&settled.op) {
            self.told.push((settled.op, settled.base_offset));
        }
    }

    fn settle(&mut self) {
        while let Some(settled) = self.sequencer.settle() {
            self.settled(&settled);
        }
        self.check_fence();
        while let Some(settled) = self.sequencer.settle() {
            self.settled(&settled);
        }
        self.covered = self.sequencer.next_offset();
    }

    fn ask(&mut self, at: MessageId, over_gap: bool) {
        let written = self.log.iter().find(|written| written.at == at).unwrap();
        let last_offset = written.base + i64::from(written.count) - 1;
        let known = self.sequencer.index_known(at, last_offset, over_gap);
        if let Some(settled) = known.unwrap() {
            self.settled(&settled);
        }
        self.settle();
    }

    fn deliver(&mut self) -> bool {
        while self
            .log
            .get(self.tail)
            .is_some_and(|written| written.marker)
        {
            self.tail += 1;
        }
        let Some(&written) = self.log.get(self.tail) else {
            return false;
        };
        self.tail += 1;
        let entry = TailEntry {
            at: written.at,
            last_offset: written.base + i64::from(written.count) - 1,
            count: written.count,
            ours: written.sequence,
        };
        loop {
            match self.sequencer.tail(entry).unwrap() {
                Seen::Behind(at) => self.ask(at, true),
                Seen::Hold => self.receive(),
                Seen::Ours(op) => {
                    self.told.push((op, written.base));
                    break;
                }
                Seen::Foreign => {
                    self.foreign.push(written.base);
                    break;
                }
                Seen::Known => break,
            }
        }
        self.settle();
        true
    }

    fn receive(&mut self) {
        if let Some((sequence, at)) = self.receipts.pop_front() {
            self.sequencer.receipt(sequence, at).unwrap();
            self.settle();
        }
    }

    fn run(&mut self, step: &Step) {
        match *step {
            // Nothing else is sent until it is known what was lost.
            Step::Ours(_) | Step::OurMarker | Step::Disconnect(_) if self.fence.is_some() => {}
            Step::Ours(count) => {
                self.send(count, false);
            }
            Step::OurMarker => self.send_marker(),
            Step::Arrive => self.arrive(false),
            Step::Native(count) => self.write(count, None, false),
            Step::NativeMarker => self.write(1, None, true),
            Step::NewLedger => {
                self.ledger += 3;
                self.entry = 0;
            }
            Step::Receipt => self.receive(),
            Step::Disconnect(hidden) => self.disconnect(hidden),
            Step::Tail => {
                self.deliver();
            }
            Step::ReopenTail(back) => self.tail = self.tail.saturating_sub(back),
            Step::Ask => {
                if let Some(at) = self.sequencer.waiting() {
                    self.ask(at, false);
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn every_offset_is_the_brokers(start in 0..100_i64, steps in prop::collection::vec(step(), 0..120)) {
        let mut world = World::new(start);
        for step in &steps {
            world.run(step);
            prop_assert!(world.covered <= world.next_offset);
        }
        while !world.wire.is_empty() {
            world.arrive(false);
        }
        while !world.receipts.is_empty() {
            world.receive();
        }
        while world.deliver() {}
        if world.fence.is_some() {
            // Something lies before it that no reader gets.
            world.send_fence(false);
            world.receive();
            while world.deliver() {}
        }
        while let Some(at) = world.sequencer.waiting() {
            world.ask(at, true);
        }
        world.settle();
        prop_assert_eq!(&world.found_lost, &world.lost, "what was lost is known to be lost");
        prop_assert_eq!(world.sequencer.in_flight_len(), 0, "everything is settled in the end");
        let ours: Vec<_> = world
            .log
            .iter()
            .filter_map(|written| Some((written.sequence?, written.base)))
            .filter(|(sequence, _)| !world.hidden_fences.contains(sequence))
            .collect();
        prop_assert_eq!(&world.told, &ours, "each once, in order, and where the broker put it");
        let foreign: Vec<_> = world
            .log
            .iter()
            .filter(|written| written.sequence.is_none() && !written.marker)
            .map(|written| written.base)
            .collect();
        prop_assert_eq!(&world.foreign, &foreign, "nothing of others is passed over");
    }
}

fn at(ledger: u64, entry: u64) -> MessageId {
    MessageId { ledger, entry }
}

#[test]
fn an_entry_behind_a_known_one_needs_no_tail() {
    let mut sequencer = Sequencer::new(Some(at(1, 4)), 50);
    sequencer.sent(0, 3, true, 'a');
    sequencer.sent(1, 2, true, 'b');
    sequencer.receipt(0, at(1, 5)).unwrap();
    sequencer.receipt(1, at(1, 7)).unwrap();
    assert_eq!(
        sequencer.settle().map(|s| (s.op, s.base_offset)),
        Some(('a', 50))
    );
    assert_eq!(sequencer.settle(), None, "another's entry lies between");
    let foreign = TailEntry {
        at: at(1, 6),
        last_offset: 62,
        count: 10,
        ours: None,
    };
    assert_eq!(sequencer.tail(foreign), Ok(Seen::Foreign));
    assert_eq!(
        sequencer.settle().map(|s| (s.op, s.base_offset)),
        Some(('b', 63))
    );
}

#[test]
fn a_wrong_inference_is_noticed() {
    let mut sequencer = Sequencer::new(Some(at(1, 4)), 50);
    sequencer.sent(0, 3, true, ());
    sequencer.receipt(0, at(1, 5)).unwrap();
    sequencer.settle().unwrap();
    let wrong = TailEntry {
        at: at(1, 5),
        last_offset: 53,
        count: 3,
        ours: Some(0),
    };
    assert_eq!(
        sequencer.tail(wrong),
        Err(Desync::Offset {
            at: at(1, 5),
            inferred: 52,
            actual: 53
        })
    );
    let overlapping = TailEntry {
        at: at(1, 6),
        last_offset: 53,
        count: 3,
        ours: Some(9),
    };
    assert!(matches!(
        sequencer.tail(overlapping),
        Err(Desync::Overlap { .. })
    ));
}
