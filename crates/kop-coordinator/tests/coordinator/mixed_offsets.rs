//! Offsets of the transactions of several producers, of consumers, and what deletes them, mixed in one partition of
//! `__consumer_offsets`: what is found when it is read, also after it was compacted.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use kop_codec::ErrorCode;
use kop_codec::internal::group::OffsetCommitValue;
use kop_codec::messages::OffsetFetchRequest;
use kop_codec::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopics,
};
use kop_coordinator::{
    GroupCoordinator, GroupPartitioner, GroupRecord, OFFSETS_TOPIC, partition_for,
};
use kop_log::{LogCatalog, NewTopic};
use kop_records::control::EndTxnMarker;
use kop_records::{BatchBuilder, Compression};
use proptest::prelude::*;

use crate::driver::{append, catalog, context, coordinator};
use crate::support::{DAY_MS, EPOCH_MS, GROUP};

const PARTITIONS: usize = 3;

/// A batch of the log.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A consumer commits an offset of a partition.
    Plain(usize, i64),
    /// A producer does, in its transaction.
    Within(i64, usize, i64),
    /// It commits its transaction, or aborts it.
    End(i64, bool),
    /// The offset of a partition is deleted.
    Delete(usize),
    /// The record of the group is deleted, as when its last member has left.
    Empty,
}

use Step::{Delete, Empty, End, Plain, Within};

const COMMIT: bool = true;
const ABORT: bool = false;

/// The offset of each partition, -1 for none, and whether an open transaction may replace it.
type Found = [(i64, bool); PARTITIONS];

impl Step {
    fn batch(self) -> Bytes {
        match self {
            Plain(partition, offset) => records(plain(), &committed(partition, Some(offset))),
            Within(producer, partition, offset) => {
                let builder = plain().producer(producer, 0, -1).transactional(true);
                records(builder, &committed(partition, Some(offset)))
            }
            Delete(partition) => records(plain(), &committed(partition, None)),
            Empty => {
                let group = GroupRecord::Group {
                    group: GROUP.into(),
                    value: None,
                };
                records(plain(), &group)
            }
            End(producer, committed) => {
                let coordinator_epoch = 0;
                let marker = EndTxnMarker {
                    committed,
                    coordinator_epoch,
                };
                marker.batch(EPOCH_MS, producer, 0).unwrap()
            }
        }
    }
}

fn plain() -> BatchBuilder {
    BatchBuilder::new(Compression::None)
}

fn records(mut builder: BatchBuilder, record: &GroupRecord) -> Bytes {
    let (key, value) = record.encode().unwrap();
    builder
        .append(EPOCH_MS, Some(&key), value.as_deref(), &[])
        .unwrap();
    builder.build().unwrap()
}

fn committed(partition: usize, offset: Option<i64>) -> GroupRecord {
    GroupRecord::Offset {
        group: GROUP.into(),
        topic: "topic".into(),
        partition: partition as i32,
        value: offset.map(|offset| OffsetCommitValue {
            offset,
            leader_epoch: -1,
            commit_timestamp: EPOCH_MS,
            expire_timestamp: -1,
            ..OffsetCommitValue::default()
        }),
    }
}

/// A log of these batches; whatever can be compacted, is.
async fn written(steps: &[Step]) -> Arc<dyn LogCatalog> {
    let catalog = catalog().await;
    let settings = [
        ("cleanup.policy", "compact"),
        ("min.cleanable.dirty.ratio", "0"),
        ("delete.retention.ms", "0"),
    ];
    let topic = NewTopic {
        name: OFFSETS_TOPIC.into(),
        partitions: 4,
        overrides: settings
            .map(|(key, value)| (key.into(), value.into()))
            .into(),
    };
    catalog.create_topic(topic).await.unwrap();
    let partition = partition_for(GROUP, 4, GroupPartitioner::Absolute);
    let log = catalog.partition(OFFSETS_TOPIC, partition).unwrap();
    for step in steps {
        append(&*log, step.batch()).await.unwrap();
    }
    // The last batch is never compacted.
    append(&*log, Plain(PARTITIONS, 1).batch()).await.unwrap();
    catalog
}

async fn read(catalog: &Arc<dyn LogCatalog>) -> Found {
    let groups = coordinator(catalog);
    groups.start();
    groups.loaded().await;
    let offsets = fetch(&groups, false).await;
    let stable = fetch(&groups, true).await;
    groups.close().await;
    std::array::from_fn(|p| {
        assert_eq!(offsets[p].1, ErrorCode::NONE);
        let unstable = stable[p] == (-1, ErrorCode::UNSTABLE_OFFSET_COMMIT);
        assert!(
            unstable || stable[p] == offsets[p],
            "{stable:?}, {offsets:?}"
        );
        (offsets[p].0, unstable)
    })
}

async fn fetch(groups: &GroupCoordinator, require_stable: bool) -> Vec<(i64, ErrorCode)> {
    let topic = OffsetFetchRequestTopics {
        name: "topic".into(),
        partition_indexes: (0..PARTITIONS as i32).collect(),
        ..Default::default()
    };
    let request = OffsetFetchRequest {
        groups: vec![OffsetFetchRequestGroup {
            group_id: GROUP.into(),
            topics: Some(vec![topic]),
            ..Default::default()
        }],
        require_stable,
        ..Default::default()
    };
    let response = groups.offset_fetch(&context(8), request).await;
    let partitions = response.groups[0].topics[0].partitions.iter();
    partitions
        .map(|partition| (partition.committed_offset, partition.error_code))
        .collect()
}

/// What the log says before and after two rounds of compaction: the second one finds markers without records.
async fn found(steps: &[Step]) -> Found {
    let catalog = written(steps).await;
    let before = read(&catalog).await;
    for round in 1..=2 {
        catalog.compact(EPOCH_MS + round * DAY_MS).await;
        assert_eq!(read(&catalog).await, before, "{steps:?}, compacted {round}");
    }
    before
}

/// What should be found: an offset counts from the end of its transaction, but its age is that of its record, and the
/// youngest stays.
fn wanted(steps: &[Step]) -> Found {
    let mut stable = BTreeMap::new();
    let mut open: BTreeMap<(i64, usize), (usize, i64)> = BTreeMap::new();
    for (at, step) in steps.iter().enumerate() {
        match *step {
            Plain(partition, offset) => {
                stable.insert(partition, (at, offset));
            }
            Within(producer, partition, offset) => {
                open.insert((producer, partition), (at, offset));
            }
            Delete(partition) => {
                stable.remove(&partition);
                open.retain(|(_, of), _| *of != partition);
            }
            End(producer, committed) => {
                let ended = open.extract_if(.., |(by, _), _| *by == producer);
                for ((_, partition), new) in ended.filter(|_| committed) {
                    let known = stable.entry(partition).or_insert(new);
                    *known = new.max(*known);
                }
            }
            Empty => {}
        }
    }
    std::array::from_fn(|partition| {
        let offset = stable.get(&partition).map_or(-1, |(_, offset)| *offset);
        (offset, open.keys().any(|(_, of)| *of == partition))
    })
}

/// The published scenarios, each with what is found.
const SCENARIOS: &[(&str, &[Step], Found)] = &[
    (
        "offsets without a group",
        &[Plain(0, 23), Plain(1, 455), Plain(2, 8992)],
        [(23, false), (455, false), (8992, false)],
    ),
    (
        "offsets of a group that is empty",
        &[Plain(0, 23), Empty, Plain(1, 455)],
        [(23, false), (455, false), (-1, false)],
    ),
    (
        "a transaction without a group",
        &[Within(1, 0, 23), Within(1, 1, 455), End(1, COMMIT)],
        [(23, false), (455, false), (-1, false)],
    ),
    (
        "an aborted one",
        &[Within(1, 0, 23), Within(1, 1, 455), End(1, ABORT)],
        [(-1, false); 3],
    ),
    (
        "one that is open",
        &[Within(1, 0, 23), Plain(1, 7), Within(1, 1, 455)],
        [(-1, true), (7, true), (-1, false)],
    ),
    (
        "a committed one and an aborted one of a producer",
        &[
            Within(1, 0, 23),
            Within(1, 1, 455),
            End(1, COMMIT),
            Within(1, 0, 99),
            Within(1, 2, 100),
            End(1, ABORT),
        ],
        [(23, false), (455, false), (-1, false)],
    ),
    (
        "the same and one that is open",
        &[
            Within(1, 0, 23),
            End(1, COMMIT),
            Within(1, 0, 99),
            Within(1, 1, 100),
            End(1, ABORT),
            Within(1, 0, 24),
            Within(1, 2, 25),
        ],
        [(23, true), (-1, false), (-1, true)],
    ),
    (
        "several producers at a time",
        &[
            Within(1, 0, 23),
            Within(2, 1, 89),
            Within(1, 2, 455),
            End(1, COMMIT),
            Within(2, 2, 456),
            End(2, COMMIT),
        ],
        [(23, false), (89, false), (456, false)],
    ),
    (
        "one of them aborts, one stays",
        &[
            Within(1, 0, 23),
            Within(2, 0, 89),
            Within(3, 1, 5),
            End(2, ABORT),
            End(1, COMMIT),
        ],
        [(23, false), (-1, true), (-1, false)],
    ),
    (
        "the later record counts, not the later end",
        &[
            Within(1, 0, 23),
            Within(2, 0, 89),
            End(2, COMMIT),
            End(1, COMMIT),
        ],
        [(89, false), (-1, false), (-1, false)],
    ),
    (
        "a consumer wins",
        &[Within(1, 0, 23), Plain(0, 24), End(1, COMMIT)],
        [(24, false), (-1, false), (-1, false)],
    ),
    (
        "a transaction wins",
        &[Plain(0, 24), Within(1, 0, 23), End(1, COMMIT)],
        [(23, false), (-1, false), (-1, false)],
    ),
    (
        "deleted offsets",
        &[Plain(0, 23), Plain(1, 455), Plain(2, 8992), Delete(1)],
        [(23, false), (-1, false), (8992, false)],
    ),
    (
        "deleted in a transaction that is committed later",
        &[
            Within(1, 0, 23),
            Within(1, 1, 24),
            Delete(0),
            End(1, COMMIT),
        ],
        [(-1, false), (24, false), (-1, false)],
    ),
    (
        "committed again after it was deleted",
        &[
            Within(1, 0, 23),
            Delete(0),
            Within(1, 0, 24),
            Empty,
            End(1, COMMIT),
        ],
        [(24, false), (-1, false), (-1, false)],
    ),
    (
        "the end of a transaction without offsets",
        &[End(1, COMMIT), Plain(0, 23), End(2, ABORT)],
        [(23, false), (-1, false), (-1, false)],
    ),
];

#[tokio::test(start_paused = true)]
async fn the_published_scenarios() {
    for (what, steps, offsets) in SCENARIOS {
        assert_eq!(found(steps).await, *offsets, "{what}");
        assert_eq!(wanted(steps), *offsets, "{what}, as the test sees it");
    }
}

fn step() -> impl Strategy<Value = Step> {
    let producer = 1..4_i64;
    let partition = 0..PARTITIONS;
    let offset = 0..100_i64;
    prop_oneof![
        2 => (partition.clone(), offset.clone()).prop_map(|(p, offset)| Plain(p, offset)),
        4 => (producer.clone(), partition.clone(), offset)
            .prop_map(|(by, p, offset)| Within(by, p, offset)),
        3 => (producer, any::<bool>()).prop_map(|(by, committed)| End(by, committed)),
        1 => partition.prop_map(Delete),
        1 => Just(Empty),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn any_mixture_is_found_again(steps in proptest::collection::vec(step(), 0..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        prop_assert_eq!(runtime.block_on(found(&steps)), wanted(&steps));
    }
}
