//! Offsets in transactions where what compacts the log goes by keys alone, as Pulsar does: it keeps the last record of
//! each key unless that deletes, whatever becomes of its transaction, and drops markers.

use std::collections::HashMap;
use std::sync::Arc;

use kop_codec::ErrorCode;
use kop_codec::messages::OffsetDeleteRequest;
use kop_codec::messages::offset_delete_request::{
    OffsetDeleteRequestPartition, OffsetDeleteRequestTopic,
};
use kop_codec::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopics,
};
use kop_codec::messages::offset_fetch_response::OffsetFetchResponseGroup;
use kop_coordinator::{
    GroupConfig, GroupRecord, GroupRequest, Producer, Ticket, TopicErrors, WriteAs,
};
use kop_records::control::EndTxnMarker;
use proptest::prelude::*;

use crate::support::{Batch, Bench, GROUP, commit_request};

const PARTITIONS: i32 = 3;
const PRODUCERS: i64 = 2;

#[derive(Clone, Copy, Debug)]
enum Step {
    Commit(i32),
    CommitIn(i64, i32),
    End(i64, bool),
    Delete(i32),
    /// Until the next end of writes, they are under way.
    Hold,
    EndWrites,
    FailWrites,
    /// Pulsar compacts this share of the log, in quarters.
    Compact(usize),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let (partition, producer) = (0..PARTITIONS, 0..PRODUCERS);
    prop_oneof![
        3 => partition.clone().prop_map(Step::Commit),
        6 => (producer.clone(), partition.clone()).prop_map(|(id, partition)| Step::CommitIn(id, partition)),
        4 => (producer, any::<bool>()).prop_map(|(id, committed)| Step::End(id, committed)),
        1 => partition.prop_map(Step::Delete),
        1 => Just(Step::Hold),
        1 => Just(Step::EndWrites),
        1 => Just(Step::FailWrites),
        2 => (1..=4_usize).prop_map(Step::Compact),
        1 => Just(Step::Restart),
    ]
}

fn bench() -> Bench {
    Bench::with(GroupConfig {
        compacted_by_keys_alone: true,
        ..GroupConfig::default()
    })
}

/// What Pulsar leaves of these batches.
fn compacted(batches: &[Batch]) -> Vec<Batch> {
    let mut last = HashMap::new();
    for (n, (_, records)) in batches.iter().enumerate() {
        for (m, record) in records.iter().enumerate() {
            let (key, value) = record.encode().unwrap();
            last.insert(key, (n, m, value.is_some()));
        }
    }
    let is_left = |n, m, record: &GroupRecord| {
        let (key, _) = record.encode().unwrap();
        last[&key] == (n, m, true)
    };
    let left = batches.iter().enumerate().map(|(n, (write_as, records))| {
        let records = records.iter().enumerate();
        let left = records.filter(|(m, record)| is_left(n, *m, record));
        (*write_as, left.map(|(_, record)| record.clone()).collect())
    });
    left.filter(|(_, records): &Batch| !records.is_empty())
        .collect()
}

/// A server that has read these batches.
fn loaded(batches: Vec<Batch>) -> Bench {
    let mut bench = bench();
    bench.batches = batches;
    bench.restart_from_batches();
    bench
}

/// Each partition's offset, and whether it is stable.
fn offsets(bench: &mut Bench) -> Vec<(i64, ErrorCode)> {
    let mut fetch = |require_stable| {
        let group = OffsetFetchRequestGroup {
            group_id: GROUP.into(),
            topics: Some(vec![OffsetFetchRequestTopics {
                name: "topic".into(),
                partition_indexes: (0..PARTITIONS).collect(),
                ..Default::default()
            }]),
            ..Default::default()
        };
        let ticket = bench.send(
            9,
            GroupRequest::Fetch {
                group,
                topic_errors: TopicErrors::default(),
                require_stable,
            },
        );
        let response: OffsetFetchResponseGroup = bench.take(ticket);
        response.topics[0].partitions.clone()
    };
    let (any, stable) = (fetch(false), fetch(true));
    let both = any.iter().zip(&stable);
    both.map(|(any, stable)| (any.committed_offset, stable.error_code))
        .collect()
}

fn commit_in(bench: &mut Bench, id: i64, partition: i32, offset: i64) -> Ticket {
    let request = commit_request("", -1, &[("topic", partition, offset)]);
    let producer = Producer { id, epoch: 0 };
    bench.send(
        3,
        GroupRequest::CommitInTransaction(producer, Arc::new(request), TopicErrors::default()),
    )
}

fn end(bench: &mut Bench, id: i64, committed: bool) -> Ticket {
    let marker = EndTxnMarker {
        committed,
        coordinator_epoch: 0,
    };
    let producer = Producer { id, epoch: 0 };
    bench.send(1, GroupRequest::EndTransaction(producer, marker))
}

fn delete(bench: &mut Bench, partition: i32) -> Ticket {
    let request = OffsetDeleteRequest {
        group_id: GROUP.into(),
        topics: vec![OffsetDeleteRequestTopic {
            name: "topic".into(),
            partitions: vec![OffsetDeleteRequestPartition {
                partition_index: partition,
                ..Default::default()
            }],
            ..Default::default()
        }],
        ..Default::default()
    };
    let request = GroupRequest::DeleteOffsets(request, TopicErrors::default());
    bench.send(0, request)
}

/// Runs the steps. Nobody writes for a producer again before its end is answered, as the transaction coordinator sees to.
fn run(steps: &[Step]) {
    let mut bench = bench();
    // What Pulsar has been told, compacted by nobody.
    let mut all: Vec<Batch> = Vec::new();
    let mut ending: HashMap<i64, Ticket> = HashMap::new();
    for (n, step) in steps.iter().enumerate() {
        let offset = n as i64 + 1;
        ending.retain(|_, ticket| !bench.answered(*ticket));
        match *step {
            Step::CommitIn(id, _) | Step::End(id, _) if ending.contains_key(&id) => {}
            Step::Delete(_) if !bench.auto => {}
            Step::Commit(partition) => {
                let request = commit_request("", -1, &[("topic", partition, offset)]);
                bench.commit_request(8, request);
            }
            Step::CommitIn(id, partition) => {
                commit_in(&mut bench, id, partition, offset);
            }
            Step::End(id, committed) => {
                ending.insert(id, end(&mut bench, id, committed));
            }
            Step::Delete(partition) => {
                delete(&mut bench, partition);
            }
            Step::Hold => bench.auto = false,
            Step::EndWrites => {
                bench.end_writes(Ok(()));
                bench.auto = true;
            }
            Step::FailWrites => {
                bench.end_writes(Err(ErrorCode::COORDINATOR_NOT_AVAILABLE));
                bench.auto = true;
            }
            Step::Compact(quarters) => {
                let rest = bench.batches.split_off(bench.batches.len() * quarters / 4);
                bench.batches = compacted(&bench.batches);
                bench.batches.extend(rest);
            }
            Step::Restart => {
                bench.auto = true;
                ending.clear();
                bench.restart_from_batches();
            }
        }
        all.append(&mut bench.appended);
        if !bench.writes.is_empty() {
            continue;
        }
        let (mut whole, mut left) = (loaded(all.clone()), loaded(bench.batches.clone()));
        let now = offsets(&mut bench);
        assert_eq!(now, offsets(&mut whole), "{steps:?}: after {n}, read whole");
        assert_eq!(now, offsets(&mut left), "{steps:?}: after {n}, compacted");
        // Nor do they differ in what comes to light later.
        for id in 0..PRODUCERS {
            end(&mut whole, id, true);
            end(&mut left, id, true);
            assert_eq!(offsets(&mut whole), offsets(&mut left), "{steps:?}: {n}");
        }
    }
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nothing_comes_back(steps in proptest::collection::vec(step(), 1..40)) {
        run(&steps);
    }
}

#[test]
fn an_aborted_offset_leaves_the_committed_one() {
    let mut bench = bench();
    commit_in(&mut bench, 1, 0, 5);
    end(&mut bench, 1, true);
    commit_in(&mut bench, 1, 0, 7);
    let mut open = loaded(compacted(&bench.batches));
    assert_eq!(
        offsets(&mut open)[0],
        (5, ErrorCode::UNSTABLE_OFFSET_COMMIT)
    );
    end(&mut bench, 1, false);
    let mut left = loaded(compacted(&bench.batches));
    assert_eq!(offsets(&mut left)[0], (5, ErrorCode::NONE));
    let kinds = bench.batches.iter().map(|(write_as, _)| *write_as);
    assert!(
        kinds
            .clone()
            .any(|kind| matches!(kind, WriteAs::Marker(..)))
    );
    assert_eq!(compacted(&bench.batches).len(), 1, "nothing else is kept");
}

/// Whatever becomes of the writes of an end: it is answered as done only when nothing is left apart.
#[test]
fn half_an_end_is_none() {
    use kop_coordinator::GroupResponse::Outcome;
    let mut bench = bench();
    commit_in(&mut bench, 1, 0, 5);
    bench.auto = false;
    let ticket = end(&mut bench, 1, true);
    bench.end_write(Ok(()));
    assert!(!bench.answered(ticket), "the marker alone is not enough");
    // A process that ends here leaves this to the next one.
    let mut next = loaded(bench.batches.clone());
    assert_eq!(offsets(&mut next)[0], (5, ErrorCode::NONE));
    let mut left = loaded(compacted(&next.batches));
    assert_eq!(offsets(&mut left)[0], (5, ErrorCode::NONE));
    // And where compaction is faster, to whoever writes the marker again.
    let mut left = loaded(compacted(&bench.batches));
    assert_eq!(
        offsets(&mut left)[0],
        (-1, ErrorCode::UNSTABLE_OFFSET_COMMIT)
    );
    end(&mut left, 1, true);
    assert_eq!(offsets(&mut left)[0], (5, ErrorCode::NONE));
    // So does this one, when it is told that it has failed.
    bench.end_write(Err(ErrorCode::COORDINATOR_NOT_AVAILABLE));
    let told = bench.replies.remove(&ticket);
    assert_eq!(told, Some(Outcome(ErrorCode::COORDINATOR_NOT_AVAILABLE)));
    bench.auto = true;
    let ticket = end(&mut bench, 1, true);
    assert_eq!(
        bench.replies.remove(&ticket),
        Some(Outcome(ErrorCode::NONE))
    );
    let mut left = loaded(compacted(&bench.batches));
    assert_eq!(offsets(&mut left)[0], (5, ErrorCode::NONE));
}

/// A group that is deleted does not come back with an offset of a transaction that was open.
#[test]
fn a_deleted_group_stays_deleted() {
    let mut bench = bench();
    commit_in(&mut bench, 1, 0, 5);
    bench.send(2, GroupRequest::Delete(GROUP.into()));
    assert!(compacted(&bench.batches).is_empty(), "{:?}", bench.batches);
    let mut left = loaded(compacted(&bench.batches));
    assert_eq!(offsets(&mut left)[0], (-1, ErrorCode::NONE));
}
