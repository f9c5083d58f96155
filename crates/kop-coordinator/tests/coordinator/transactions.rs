//! Transactional ids, step by step.

use kop_codec::ErrorCode;
use kop_codec::internal::transaction::TransactionLogValue;
use kop_coordinator::{
    ClientVersion::{V1, V2},
    Producer, TransactionConfig, TransactionFilter, TransactionRecord, TransactionRequest,
    TransactionResponse, TransactionState,
};

use crate::transactions_support::*;

fn epoch(producer: Producer, epoch: i16) -> Producer {
    Producer { epoch, ..producer }
}

/// A transactional id with this epoch in a log.
fn stored(epoch: i16, status: i8) -> TransactionRecord {
    TransactionRecord {
        transactional_id: "id".into(),
        value: Some(TransactionLogValue {
            producer_id: 7,
            producer_epoch: epoch,
            transaction_timeout_ms: TIMEOUT_MS,
            transaction_status: status,
            transaction_partitions: None,
            transaction_start_timestamp_ms: EPOCH_MS - 1_000,
            transaction_last_update_timestamp_ms: EPOCH_MS - 1_000,
            client_transaction_version: 2,
            ..TransactionLogValue::default()
        }),
    }
}

#[test]
fn each_call_of_init_fences_the_one_before() {
    let mut bench = TransactionBench::new();
    let first = bench.init("id", None).unwrap();
    assert_eq!(first.epoch, 0);
    let second = bench.init("id", None).unwrap();
    assert_eq!(second, epoch(first, 1));
    assert_eq!(bench.add("id", first, 0, V1), ErrorCode::PRODUCER_FENCED);
    assert_eq!(
        bench.end("id", first, true, V1),
        Err(ErrorCode::PRODUCER_FENCED)
    );
    assert_eq!(bench.add("id", second, 0, V1), ErrorCode::NONE);
    assert_ne!(bench.init("other", None).unwrap().id, first.id);
    assert_eq!(bench.init("", None), Err(ErrorCode::INVALID_REQUEST));
    assert_eq!(
        bench.add("nobody", second, 0, V1),
        ErrorCode::INVALID_PRODUCER_ID_MAPPING
    );
    let stranger = Producer { id: 1, epoch: 1 };
    assert_eq!(
        bench.add("id", stranger, 0, V2),
        ErrorCode::INVALID_PRODUCER_ID_MAPPING
    );
}

#[test]
fn a_producer_that_goes_on_keeps_its_place() {
    let mut bench = TransactionBench::new();
    let first = bench.init("id", None).unwrap();
    let second = bench.init("id", Some(first)).unwrap();
    assert_eq!(second, epoch(first, 1));
    // The answer was lost: the same call has the same answer.
    assert_eq!(bench.init("id", Some(first)), Ok(second));
    let other = bench.init("id", None).unwrap();
    assert_eq!(other, epoch(first, 2));
    for old in [first, second, Producer { id: 99, epoch: 2 }] {
        assert_eq!(bench.init("id", Some(old)), Err(ErrorCode::PRODUCER_FENCED));
    }
    // A zombie does not stop a transaction of the one that follows it.
    assert_eq!(bench.add("id", other, 0, V2), ErrorCode::NONE);
    assert_eq!(
        bench.init("id", Some(second)),
        Err(ErrorCode::PRODUCER_FENCED)
    );
    assert_eq!(bench.state("id").unwrap(), "Ongoing");
}

#[test]
fn time_outs_have_bounds() {
    let mut bench = TransactionBench::new();
    for timeout_ms in [0, -1, 900_001, i32::MAX] {
        let ticket = bench.send(TransactionRequest::Init {
            transactional_id: "id".into(),
            timeout_ms,
            expected: None,
            spare: Some(1),
        });
        let answer = bench.answer(ticket).unwrap();
        assert_eq!(answer, Err(ErrorCode::INVALID_TRANSACTION_TIMEOUT));
    }
    assert!(bench.shard.is_empty() && bench.log.is_empty());
}

#[test]
fn a_commit_of_version_1_ends_with_its_last_marker() {
    let mut bench = TransactionBench::new();
    let producer = bench.init("id", None).unwrap();
    assert_eq!(
        bench.end("id", producer, true, V1),
        Err(ErrorCode::INVALID_TXN_STATE)
    );
    assert_eq!(bench.add("id", producer, 0, V1), ErrorCode::NONE);
    let records = bench.log.len();
    assert_eq!(bench.add("id", producer, 0, V1), ErrorCode::NONE);
    assert_eq!(bench.log.len(), records, "it is there already");
    assert_eq!(bench.add("id", producer, 1, V1), ErrorCode::NONE);
    assert_eq!(bench.verify("id", producer, 1), ErrorCode::NONE);
    assert_eq!(
        bench.verify("id", producer, 2),
        ErrorCode::TRANSACTION_ABORTABLE
    );
    assert_eq!(bench.end("id", producer, true, V1), Ok(producer));
    assert_eq!(bench.state("id").unwrap(), "PrepareCommit");
    for (request, error) in [
        (
            bench.end("id", producer, true, V1),
            ErrorCode::CONCURRENT_TRANSACTIONS,
        ),
        (
            bench.end("id", producer, false, V1),
            ErrorCode::INVALID_TXN_STATE,
        ),
        (bench.init("id", None), ErrorCode::CONCURRENT_TRANSACTIONS),
    ] {
        assert_eq!(request, Err(error));
    }
    assert_eq!(
        bench.add("id", producer, 0, V1),
        ErrorCode::CONCURRENT_TRANSACTIONS
    );
    assert_eq!(
        bench.verify("id", producer, 0),
        ErrorCode::CONCURRENT_TRANSACTIONS
    );
    let job = bench.markers.pop().unwrap();
    assert!(job.committed && job.producer == producer && job.partitions.len() == 2);
    bench.marked(&job, "topic", 0);
    bench.marked(&job, "topic", 0);
    assert_eq!(bench.state("id").unwrap(), "PrepareCommit");
    bench.marked(&job, "topic", 1);
    assert_eq!(bench.state("id").unwrap(), "CompleteCommit");
    assert_eq!(
        bench.end("id", producer, true, V1),
        Ok(producer),
        "asked again"
    );
    assert_eq!(
        bench.end("id", producer, false, V1),
        Err(ErrorCode::INVALID_TXN_STATE)
    );
    assert_eq!(
        bench.verify("id", producer, 0),
        ErrorCode::TRANSACTION_ABORTABLE
    );
    assert_eq!(
        bench.add("id", producer, 0, V1),
        ErrorCode::NONE,
        "the next one begins"
    );
}

#[test]
fn in_version_1_what_was_verified_is_written_before_the_end() {
    let mut bench = TransactionBench::new();
    let producer = bench.init("id", None).unwrap();
    assert_eq!(bench.add("id", producer, 0, V1), ErrorCode::NONE);
    let ticket = bench.send(TransactionRequest::Verify {
        transactional_id: "id".into(),
        producer,
        partitions: vec![("topic".into(), 0)],
    });
    let verified = bench.replies.remove(&ticket);
    let concurrent = Err(ErrorCode::CONCURRENT_TRANSACTIONS);
    assert_eq!(bench.end("id", producer, true, V1), concurrent);
    drop(verified);
    assert_eq!(bench.end("id", producer, true, V1), Ok(producer));
}

#[test]
fn an_end_of_version_2_raises_the_epoch() {
    let mut bench = TransactionBench::new();
    let first = bench.init("id", None).unwrap();
    assert_eq!(bench.add("id", first, 0, V2), ErrorCode::NONE);
    let second = bench.end("id", first, false, V2).unwrap();
    assert_eq!(second, epoch(first, 1));
    assert_eq!(
        bench.markers[0].producer, second,
        "so that nothing late gets in behind it"
    );
    let concurrent = ErrorCode::CONCURRENT_TRANSACTIONS;
    assert_eq!(
        bench.end("id", first, false, V2),
        Err(concurrent),
        "asked again"
    );
    assert_eq!(
        bench.end("id", first, true, V2),
        Err(ErrorCode::INVALID_TXN_STATE)
    );
    assert_eq!(
        bench.end("id", second, true, V2),
        Err(ErrorCode::PRODUCER_FENCED)
    );
    assert_eq!(bench.add("id", second, 0, V2), concurrent);
    bench.mark_all();
    assert_eq!(bench.state("id").unwrap(), "CompleteAbort");
    assert_eq!(bench.end("id", first, false, V2), Ok(second), "asked again");
    assert_eq!(
        bench.end("id", first, true, V2),
        Err(ErrorCode::INVALID_TXN_STATE)
    );
    assert_eq!(bench.add("id", first, 0, V2), ErrorCode::PRODUCER_FENCED);
    // Nothing was begun: a commit is wrong, an abort is not.
    assert_eq!(
        bench.end("id", second, true, V2),
        Err(ErrorCode::INVALID_TXN_STATE)
    );
    assert_eq!(bench.end("id", second, false, V2), Ok(epoch(first, 2)));
    assert_eq!(bench.state("id").unwrap(), "CompleteAbort");
    assert!(bench.markers.is_empty());
}

#[test]
fn the_last_epoch_leads_to_another_producer_id() {
    let last = Producer {
        id: 7,
        epoch: i16::MAX - 1,
    };
    let mut bench =
        TransactionBench::with(TransactionConfig::default(), vec![stored(last.epoch, 0)]);
    assert_eq!(bench.add("id", last, 0, V2), ErrorCode::NONE);
    let next = bench.end("id", last, true, V2).unwrap();
    assert!(next.epoch == 0 && next.id != 7);
    assert_eq!(bench.markers[0].producer, epoch(last, i16::MAX));
    bench.restart();
    bench.mark_all();
    assert_eq!(bench.state("id").unwrap(), "CompleteCommit");
    assert_eq!(bench.end("id", last, true, V2), Ok(next), "asked again");
    assert_eq!(bench.add("id", next, 0, V2), ErrorCode::NONE);

    let mut bench =
        TransactionBench::with(TransactionConfig::default(), vec![stored(last.epoch, 0)]);
    let next = bench.init("id", Some(last)).unwrap();
    assert!(next.epoch == 0 && next.id != 7);
    assert_eq!(bench.init("id", Some(last)), Ok(next), "asked again");
}

#[test]
fn nobody_is_given_the_largest_epoch() {
    let last = Producer {
        id: 7,
        epoch: i16::MAX - 1,
    };
    let log = vec![stored(last.epoch, 0)];
    let mut bench = TransactionBench::with(TransactionConfig::default(), log);
    assert_eq!(bench.add("id", last, 0, V2), ErrorCode::NONE);
    // Fenced, which takes the largest epoch. An abort looks as if it were asked for again.
    let concurrent = Err(ErrorCode::CONCURRENT_TRANSACTIONS);
    assert_eq!(bench.init("id", None), concurrent);
    bench.mark_all();
    let fenced = Err(ErrorCode::PRODUCER_FENCED);
    assert_eq!(bench.end("id", last, false, V2), fenced);
    let next = bench.init("id", None).unwrap();
    assert!(next.epoch == 0 && next.id != 7);
}

#[test]
fn whoever_wants_the_id_aborts_the_transaction_first() {
    for client in [V1, V2] {
        let mut bench = TransactionBench::new();
        let old = bench.init("id", None).unwrap();
        assert_eq!(bench.add("id", old, 0, client), ErrorCode::NONE);
        assert_eq!(
            bench.init("id", None),
            Err(ErrorCode::CONCURRENT_TRANSACTIONS)
        );
        // In version 2 the epoch looks like that of an end that is asked for again, but with another outcome.
        let error = match client {
            V1 => ErrorCode::PRODUCER_FENCED,
            V2 => ErrorCode::INVALID_TXN_STATE,
        };
        assert_eq!(bench.end("id", old, true, client), Err(error));
        assert!(!bench.markers[0].committed);
        assert_eq!(bench.markers[0].producer, epoch(old, 1));
        bench.mark_all();
        assert_eq!(bench.init("id", None), Ok(epoch(old, 2)));
    }
}

#[test]
fn a_transaction_has_its_time_and_no_more() {
    let mut bench = TransactionBench::new();
    let producer = bench.init("id", None).unwrap();
    bench.advance(100_000);
    assert_eq!(bench.add("id", producer, 0, V1), ErrorCode::NONE);
    bench.advance(50_000);
    // More partitions do not make it longer, and the wall clock does not count.
    assert_eq!(bench.add("id", producer, 1, V1), ErrorCode::NONE);
    bench.now.wall_ms += 1_000_000;
    bench.advance(5_000);
    assert_eq!(bench.state("id").unwrap(), "Ongoing");
    bench.advance(10_000);
    assert_eq!(bench.state("id").unwrap(), "PrepareAbort");
    assert_eq!(
        bench.end("id", producer, true, V1),
        Err(ErrorCode::PRODUCER_FENCED)
    );
    bench.mark_all();
    assert_eq!(
        bench.init("id", Some(producer)),
        Err(ErrorCode::PRODUCER_FENCED)
    );
    assert_eq!(bench.init("id", None), Ok(epoch(producer, 2)));
}

#[test]
fn time_goes_on_while_nobody_owns_the_partition() {
    let mut bench = TransactionBench::new();
    let producer = bench.init("id", None).unwrap();
    assert_eq!(bench.add("id", producer, 0, V2), ErrorCode::NONE);
    bench.now.wall_ms += 55_000;
    bench.restart();
    assert_eq!(bench.verify("id", producer, 0), ErrorCode::NONE);
    bench.advance(10_000);
    assert_eq!(bench.state("id").unwrap(), "PrepareAbort");
}

#[test]
fn what_is_decided_goes_on_after_a_crash() {
    for commit in [true, false] {
        let mut bench = TransactionBench::new();
        let producer = bench.init("id", None).unwrap();
        for partition in 0..3 {
            assert_eq!(bench.add("id", producer, partition, V1), ErrorCode::NONE);
        }
        bench.end("id", producer, commit, V1).unwrap();
        let job = bench.markers.pop().unwrap();
        bench.marked(&job, "topic", 1);
        bench.restart();
        assert_eq!(bench.markers, [job], "all of them again");
        bench.mark_all();
        let state = if commit {
            "CompleteCommit"
        } else {
            "CompleteAbort"
        };
        assert_eq!(bench.state("id").unwrap(), state);
        bench.restart();
        assert!(bench.markers.is_empty());
        assert_eq!(bench.end("id", producer, commit, V1), Ok(producer));
    }
}

#[test]
fn a_write_that_fails_changes_nothing() {
    let mut bench = TransactionBench::new();
    let failure = ErrorCode::COORDINATOR_NOT_AVAILABLE;
    bench.auto = false;
    let ticket = bench.send_with_spare(|spare| init_request("id", None, spare));
    assert_eq!(bench.answer(ticket), None, "not before it is durable");
    let meanwhile = bench.send(init_request("id", None, None));
    assert_eq!(
        bench.answer(meanwhile),
        Some(Err(ErrorCode::CONCURRENT_TRANSACTIONS))
    );
    bench.end_write(Err(failure));
    assert_eq!(bench.answer(ticket), Some(Err(failure)));
    assert!(bench.shard.is_empty());
    bench.auto = true;
    let producer = bench.init("id", None).unwrap();
    assert_eq!(bench.add("id", producer, 0, V1), ErrorCode::NONE);
    bench.auto = false;
    let ticket = bench.send(end_request("id", producer, true, V1, None));
    bench.end_write(Err(failure));
    assert_eq!(bench.answer(ticket), Some(Err(failure)));
    assert!(bench.markers.is_empty() && bench.state("id").unwrap() == "Ongoing");
    // The record that all markers are written is tried again until it is stored.
    bench.auto = true;
    bench.end("id", producer, false, V1).unwrap();
    bench.auto = false;
    bench.mark_all();
    bench.end_write(Err(failure));
    assert_eq!(bench.state("id").unwrap(), "PrepareAbort");
    bench.auto = true;
    bench.advance(10_000);
    assert_eq!(bench.state("id").unwrap(), "CompleteAbort");
}

#[test]
fn ids_expire_when_they_rest() {
    let week_ms = TransactionConfig::default().id_expiration_ms;
    let mut bench = TransactionBench::new();
    let idle = bench.init("idle", None).unwrap();
    let busy = bench.init("busy", None).unwrap();
    bench.advance(week_ms - 10_000);
    assert_eq!(bench.add("busy", busy, 0, V1), ErrorCode::NONE);
    bench.advance(3_600_000);
    assert_eq!(
        bench.state("idle"),
        Err(ErrorCode::TRANSACTIONAL_ID_NOT_FOUND)
    );
    assert_eq!(bench.state("busy").unwrap(), "PrepareAbort");
    let last = bench
        .log
        .iter()
        .rev()
        .find(|record| record.transactional_id == "idle");
    assert_eq!(last.unwrap().value, None);
    assert_eq!(
        bench.add("idle", idle, 0, V1),
        ErrorCode::INVALID_PRODUCER_ID_MAPPING
    );
    assert_ne!(bench.init("idle", None).unwrap().id, idle.id);
    bench.restart();
    assert_eq!(bench.shard.len(), 2);
}

#[test]
fn lists_are_filtered() {
    let mut bench = TransactionBench::new();
    let a = bench.init("app-a", None).unwrap();
    let b = bench.init("app-b", None).unwrap();
    assert_eq!(bench.add("app-a", a, 0, V1), ErrorCode::NONE);
    bench.advance(1_000);
    assert_eq!(bench.add("app-b", b, 0, V1), ErrorCode::NONE);
    bench.init("idle", None).unwrap();
    let mut list = |filter: TransactionFilter| {
        let ticket = bench.send(TransactionRequest::List(filter));
        let Some(TransactionResponse::Listed(listed)) = bench.replies.remove(&ticket) else {
            panic!("not listed");
        };
        let mut ids: Vec<_> = listed
            .iter()
            .map(|one| one.transactional_id.to_string())
            .collect();
        ids.sort();
        ids
    };
    let all = TransactionFilter::default;
    assert_eq!(list(all()), ["app-a", "app-b", "idle"]);
    let states = |states: &[TransactionState]| TransactionFilter {
        states: Some(states.to_vec()),
        ..all()
    };
    assert_eq!(
        list(states(&[TransactionState::Ongoing])),
        ["app-a", "app-b"]
    );
    assert!(
        list(states(&[])).is_empty(),
        "only states that do not exist were asked for"
    );
    assert_eq!(
        list(TransactionFilter {
            producer_ids: vec![b.id],
            ..all()
        }),
        ["app-b"]
    );
    let pattern = regex::Regex::new(r"\A(?:app.*)\z").ok();
    assert_eq!(
        list(TransactionFilter { pattern, ..all() }),
        ["app-a", "app-b"]
    );
    let longer_than_ms = Some(500);
    let long = TransactionFilter {
        longer_than_ms,
        states: Some(vec![TransactionState::Ongoing]),
        ..all()
    };
    assert_eq!(list(long), ["app-a"]);
}

#[test]
fn records_are_as_kafka_writes_them() {
    let mut bench = TransactionBench::new();
    let producer = bench.init("id", None).unwrap();
    bench.add("id", producer, 3, V2);
    let (key, value) = bench.log.last().unwrap().encode().unwrap();
    assert_eq!(&key[..], b"\0\0\0\x02id");
    let value = value.unwrap();
    assert_eq!(value[..2], [0, 1], "version 1");
    let decoded = TransactionRecord::decode(&key, Some(&value))
        .unwrap()
        .unwrap();
    let decoded = decoded.value.unwrap();
    assert_eq!(decoded.transaction_status, TransactionState::Ongoing.id());
    assert_eq!(decoded.client_transaction_version, 2);
    assert_eq!(&*decoded.transaction_partitions.unwrap()[0].topic, "topic");
    let empty = bench.log[0].value.as_ref().unwrap();
    assert_eq!(empty.transaction_partitions, None);
    // Damage is an error, other keys are none of ours.
    assert!(TransactionRecord::decode(&key, Some(&value.slice(..5))).is_err());
    assert_eq!(
        TransactionRecord::decode(&bytes::Bytes::from_static(b"\0\x09id"), None).unwrap(),
        None
    );
}
