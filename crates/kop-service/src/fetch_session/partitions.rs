//! The partitions of an incremental fetch session.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use kop_codec::messages::fetch_request::FetchPartition;
use kop_codec::{ByteString, Uuid};

/// Which topic a fetch means: by name up to version 12, by id from version 13 on.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum TopicKey {
    Name(ByteString),
    Id(Uuid),
}

impl TopicKey {
    /// What a request of this version means.
    pub(crate) fn new(version: i16, name: ByteString, id: Uuid) -> Self {
        if version >= 13 {
            Self::Id(id)
        } else {
            Self::Name(name)
        }
    }
}

/// What a client wants of one partition.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) topic: TopicKey,
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) max_bytes: i32,
    pub(crate) leader_epoch: i32,
    pub(crate) last_fetched_epoch: i32,
}

impl Wanted {
    pub(crate) fn new(topic: TopicKey, request: &FetchPartition) -> Self {
        Self {
            topic,
            partition: request.partition,
            offset: request.fetch_offset,
            max_bytes: request.partition_max_bytes,
            leader_epoch: request.current_leader_epoch,
            last_fetched_epoch: request.last_fetched_epoch,
        }
    }
}

/// What the client was told of a partition last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Told {
    pub(crate) high_watermark: i64,
    pub(crate) log_start: i64,
    /// The answer was an error, or that its epoch diverges: to be told every time.
    pub(crate) failed: bool,
    /// There were records.
    pub(crate) records: bool,
}

impl Told {
    const NOTHING: Self = Self {
        high_watermark: -1,
        log_start: -1,
        failed: true,
        records: false,
    };

    fn differs(&self, other: &Self) -> bool {
        self.high_watermark != other.high_watermark
            || self.log_start != other.log_start
            || self.failed != other.failed
    }
}

/// The partitions of a session, in the order in which the next fetch looks at them.
#[derive(Debug, Default)]
pub(crate) struct Partitions {
    cached: Vec<(Wanted, Told)>,
    /// Where in `cached` each partition is.
    index: HashMap<(TopicKey, i32), usize>,
    /// Indexes into `cached`.
    order: Vec<usize>,
}

impl Partitions {
    pub(crate) fn len(&self) -> usize {
        self.cached.len()
    }

    /// Adds a partition, or replaces what was wanted of it.
    pub(crate) fn set(&mut self, wanted: Wanted) {
        match self.index.entry((wanted.topic.clone(), wanted.partition)) {
            Entry::Occupied(known) => self.cached[*known.get()].0 = wanted,
            Entry::Vacant(new) => {
                let at = *new.insert(self.cached.len());
                self.order.push(at);
                self.cached.push((wanted, Told::NOTHING));
            }
        }
    }

    /// Removes partitions, whichever of these there are. Returns whether the client was given records of one of them last.
    pub(crate) fn remove(&mut self, keys: impl IntoIterator<Item = (TopicKey, i32)>) -> bool {
        let mut stays = vec![true; self.cached.len()];
        let gone: Vec<usize> = keys
            .into_iter()
            .filter_map(|key| self.index.remove(&key))
            .collect();
        if gone.is_empty() {
            return false;
        }
        gone.iter().for_each(|&at| stays[at] = false);
        let had_records = gone.iter().any(|&at| self.cached[at].1.records);
        let mut flags = stays.iter();
        self.cached
            .retain(|_| flags.next().copied().unwrap_or_default());
        self.cached.shrink_to_fit();
        let moved: Vec<usize> = stays
            .iter()
            .scan(0, |next, &stay| {
                let at = *next;
                *next += usize::from(stay);
                Some(at)
            })
            .collect();
        self.index.values_mut().for_each(|at| *at = moved[*at]);
        self.index.shrink_to_fit();
        self.order.retain(|&at| stays[at]);
        self.order.iter_mut().for_each(|at| *at = moved[*at]);
        had_records
    }

    /// All of them, in order.
    pub(crate) fn wanted(&self) -> Vec<Wanted> {
        self.order
            .iter()
            .map(|&at| self.cached[at].0.clone())
            .collect()
    }

    /// Notes what the client is told now, `told` being in the order of [`wanted`](Self::wanted), and returns which of it
    /// is news. Partitions with records go to the end, so that each gets its turn (as in Kafka).
    pub(crate) fn tell(&mut self, told: &[Told]) -> Vec<bool> {
        let mut news = Vec::with_capacity(self.order.len());
        for (&at, told) in self.order.iter().zip(told) {
            let before = std::mem::replace(&mut self.cached[at].1, *told);
            news.push(told.records || told.failed || before.differs(told));
        }
        let cached = &self.cached;
        // Stable, so that those without records keep their order, and those with records theirs.
        self.order.sort_by_key(|&at| cached[at].1.records);
        news
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wanted(partition: i32) -> Wanted {
        let topic = TopicKey::Id(Uuid::default());
        Wanted {
            topic,
            partition,
            offset: 0,
            max_bytes: 1,
            leader_epoch: -1,
            last_fetched_epoch: -1,
        }
    }

    fn order(partitions: &Partitions) -> Vec<i32> {
        partitions
            .wanted()
            .iter()
            .map(|wanted| wanted.partition)
            .collect()
    }

    fn told(high_watermark: i64, records: bool) -> Told {
        Told {
            high_watermark,
            log_start: 0,
            failed: false,
            records,
        }
    }

    #[test]
    fn removing_keeps_order_and_index() {
        let mut partitions = Partitions::default();
        (0..6).for_each(|partition| partitions.set(wanted(partition)));
        partitions.remove([1, 4, 9].map(|partition| (TopicKey::Id(Uuid::default()), partition)));
        assert_eq!(order(&partitions), [0, 2, 3, 5]);
        partitions.set(Wanted {
            offset: 7,
            ..wanted(3)
        });
        assert_eq!(
            partitions
                .wanted()
                .iter()
                .map(|wanted| wanted.offset)
                .collect::<Vec<_>>(),
            [0, 0, 7, 0]
        );
        partitions.set(wanted(1));
        assert_eq!(order(&partitions), [0, 2, 3, 5, 1]);
    }

    #[test]
    fn removing_says_whether_there_were_records() {
        let mut partitions = Partitions::default();
        (0..3).for_each(|partition| partitions.set(wanted(partition)));
        partitions.tell(&[told(5, true), told(5, false), told(5, true)]);
        let mut remove =
            |partition| partitions.remove([(TopicKey::Id(Uuid::default()), partition)]);
        assert_eq!([0, 1, 7].map(&mut remove), [true, false, false]);
    }

    #[test]
    fn only_news_are_told_and_those_with_records_go_last() {
        let mut partitions = Partitions::default();
        (0..3).for_each(|partition| partitions.set(wanted(partition)));
        let first = [told(5, true), told(0, false), told(3, true)];
        assert_eq!(partitions.tell(&first), [true, true, true]);
        assert_eq!(order(&partitions), [1, 0, 2]);
        assert_eq!(
            partitions.tell(&[told(0, false), told(5, false), told(4, false)]),
            [false, false, true]
        );
        let failed = Told {
            failed: true,
            ..told(-1, false)
        };
        assert_eq!(
            partitions.tell(&[failed, told(5, false), told(4, false)]),
            [true, false, false]
        );
        assert_eq!(
            partitions.tell(&[failed, told(5, false), told(4, false)]),
            [true, false, false]
        );
    }

    #[derive(Clone, Debug)]
    enum Step {
        Set(i32, i64),
        Remove(Vec<i32>),
        Tell(Vec<bool>),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0..12, 0..100_i64).prop_map(|(partition, offset)| Step::Set(partition, offset)),
            prop::collection::vec(0..12, 0..6).prop_map(Step::Remove),
            prop::collection::vec(any::<bool>(), 12).prop_map(Step::Tell),
        ]
    }

    proptest! {
        #[test]
        fn behaves_like_a_plain_list(steps in prop::collection::vec(step(), 0..60)) {
            let mut partitions = Partitions::default();
            let mut model: Vec<(i32, i64)> = Vec::new();
            for step in steps {
                match step {
                    Step::Set(partition, offset) => {
                        partitions.set(Wanted { offset, ..wanted(partition) });
                        match model.iter_mut().find(|(known, _)| *known == partition) {
                            Some(known) => known.1 = offset,
                            None => model.push((partition, offset)),
                        }
                    }
                    Step::Remove(gone) => {
                        model.retain(|(partition, _)| !gone.contains(partition));
                        partitions.remove(gone.iter().map(|&gone| (TopicKey::Id(Uuid::default()), gone)));
                    }
                    Step::Tell(records) => {
                        let all: Vec<_> = records.iter().take(model.len()).map(|&r| told(1, r)).collect();
                        partitions.tell(&all);
                        let mut served = records.iter();
                        let (rest, last): (Vec<_>, Vec<_>) =
                            model.iter().partition(|_| !served.next().copied().unwrap_or_default());
                        model = [rest, last].concat();
                    }
                }
                let now: Vec<_> = partitions.wanted().iter().map(|w| (w.partition, w.offset)).collect();
                prop_assert_eq!(&now, &model);
                prop_assert_eq!(partitions.len(), model.len());
            }
        }
    }
}
