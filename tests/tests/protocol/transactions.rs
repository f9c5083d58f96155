//! Transactions: who may do what in which state, and what the others see of it.

use kop_codec::messages::add_partitions_to_txn_request::AddPartitionsToTxnTopic;
use kop_codec::messages::describe_producers_request::TopicRequest;
use kop_codec::messages::describe_producers_response::ProducerState;
use kop_codec::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopics,
};
use kop_codec::messages::txn_offset_commit_request::{
    TxnOffsetCommitRequestPartition, TxnOffsetCommitRequestTopic,
};
use kop_codec::messages::write_txn_markers_request::{WritableTxnMarker, WritableTxnMarkerTopic};
use kop_codec::messages::{
    AddOffsetsToTxnRequest, AddPartitionsToTxnRequest, DescribeProducersRequest,
    DescribeTransactionsRequest, EndTxnRequest, EndTxnResponse, FindCoordinatorRequest,
    ListOffsetsRequest, ListTransactionsRequest, OffsetFetchRequest, TxnOffsetCommitRequest,
    WriteTxnMarkersRequest,
};
use kop_codec::{ByteString, ErrorCode};
use kop_tests::requests::{init_producer_id, list_offsets};
use kop_tests::{pause, wait_until};
use std::time::Duration;

use super::{Case, case, unique};

/// A producer id and its epoch.
pub(super) type Producer = (i64, i16);

impl Case {
    /// Finds the coordinator of a transactional id (1) or a group (0), which may have to be made first.
    pub(super) fn find(&mut self, key_type: i8, key: &str) {
        let request = FindCoordinatorRequest {
            key_type,
            coordinator_keys: vec![key.into()],
            ..Default::default()
        };
        let found = wait_until(Duration::from_secs(20), || {
            let found = self.wire.call(4, &request).expect("FindCoordinator");
            found.coordinators[0].error_code == ErrorCode::NONE
        });
        assert!(found, "{key} gets no coordinator");
    }

    fn init(&mut self, id: &str, expected: Producer) -> Result<Producer, ErrorCode> {
        self.find(1, id);
        let request = init_producer_id(id, expected);
        loop {
            let response = self.wire.call(4, &request).expect("InitProducerId");
            match response.error_code {
                ErrorCode::NONE => return Ok((response.producer_id, response.producer_epoch)),
                ErrorCode::CONCURRENT_TRANSACTIONS
                | ErrorCode::COORDINATOR_LOAD_IN_PROGRESS
                | ErrorCode::NOT_COORDINATOR => pause(Duration::from_millis(20)),
                error => return Err(error),
            }
        }
    }

    pub(super) fn new_producer(&mut self, id: &str) -> Producer {
        self.init(id, (-1, -1)).expect("a producer id")
    }

    /// Writes one record in a transaction; `first` is its sequence number.
    pub(super) fn write(
        &mut self,
        version: i16,
        id: &str,
        topic: &str,
        by: Producer,
        first: i32,
    ) -> ErrorCode {
        loop {
            let error = self.write_once(version, id, topic, by, first);
            // The transaction before is still being ended.
            if error != ErrorCode::CONCURRENT_TRANSACTIONS
                && error != ErrorCode::NOT_ENOUGH_REPLICAS
            {
                return error;
            }
            pause(Duration::from_millis(20));
        }
    }

    pub(super) fn add(
        &mut self,
        version: i16,
        id: &str,
        by: Producer,
        topics: &[&str],
    ) -> Vec<ErrorCode> {
        let topics = topics.iter().map(|topic| AddPartitionsToTxnTopic {
            name: (*topic).into(),
            partitions: [0].into_iter().collect(),
            ..Default::default()
        });
        let request = AddPartitionsToTxnRequest {
            v3_and_below_transactional_id: id.into(),
            v3_and_below_producer_id: by.0,
            v3_and_below_producer_epoch: by.1,
            v3_and_below_topics: topics.collect(),
            ..Default::default()
        };
        loop {
            let response = self
                .wire
                .call(version, &request)
                .expect("AddPartitionsToTxn");
            let topics = response.results_by_topic_v3_and_below.iter();
            let mut errors: Vec<_> = topics
                .map(|topic| {
                    let code = ErrorCode(topic.results_by_partition[0].partition_error_code);
                    (topic.name.clone(), code)
                })
                .collect();
            errors.sort();
            let errors: Vec<_> = errors.into_iter().map(|(_, code)| code).collect();
            if errors[0] != ErrorCode::CONCURRENT_TRANSACTIONS {
                return errors;
            }
            pause(Duration::from_millis(20));
        }
    }

    fn end_once(&mut self, version: i16, id: &str, by: Producer, commit: bool) -> EndTxnResponse {
        let request = EndTxnRequest {
            transactional_id: id.into(),
            producer_id: by.0,
            producer_epoch: by.1,
            committed: commit,
            ..Default::default()
        };
        self.wire.call(version, &request).expect("EndTxn")
    }

    /// Ends a transaction; while the one before is still being ended it asks again.
    pub(super) fn end(
        &mut self,
        version: i16,
        id: &str,
        by: Producer,
        commit: bool,
    ) -> Result<Producer, ErrorCode> {
        loop {
            let response = self.end_once(version, id, by, commit);
            match response.error_code {
                ErrorCode::NONE => return Ok((response.producer_id, response.producer_epoch)),
                ErrorCode::CONCURRENT_TRANSACTIONS => pause(Duration::from_millis(20)),
                error => return Err(error),
            }
        }
    }

    /// The end of a topic for those who read committed records.
    pub(super) fn stable_end(&mut self, topic: &str) -> i64 {
        let request = ListOffsetsRequest {
            isolation_level: 1,
            ..list_offsets(topic, -1)
        };
        let response = self.wire.call(7, &request).expect("ListOffsets");
        response.topics[0].partitions[0].offset
    }

    pub(super) fn stable_end_becomes(&mut self, topic: &str, end: i64) {
        let reached = wait_until(Duration::from_secs(10), || self.stable_end(topic) == end);
        assert!(reached, "{} instead of {end}", self.stable_end(topic));
    }

    pub(super) fn producers(&mut self, topic: &str) -> Vec<ProducerState> {
        let request = DescribeProducersRequest {
            topics: vec![TopicRequest {
                name: topic.into(),
                partition_indexes: [0].into_iter().collect(),
                ..Default::default()
            }],
            ..Default::default()
        };
        let mut response = self.wire.call(0, &request).expect("DescribeProducers");
        let partition = response.topics.remove(0).partitions.remove(0);
        assert_eq!(partition.error_code, ErrorCode::NONE);
        partition.active_producers
    }

    /// Commits an offset of partition 0 with a transaction.
    pub(super) fn commit_offset(
        &mut self,
        version: i16,
        id: &str,
        by: Producer,
        who: (&str, i32, &str),
        offset: (&str, i64),
    ) -> ErrorCode {
        let request = txn_offset_commit(id, by, who, offset);
        self.txn_offset_commit(version, &request)
    }

    /// Sends it, again for as long as a coordinator is on its way.
    pub(super) fn txn_offset_commit(
        &mut self,
        version: i16,
        request: &TxnOffsetCommitRequest,
    ) -> ErrorCode {
        loop {
            let response = self.wire.call(version, request).expect("TxnOffsetCommit");
            let error = response.topics[0].partitions[0].error_code;
            let again = [
                ErrorCode::CONCURRENT_TRANSACTIONS,
                ErrorCode::COORDINATOR_NOT_AVAILABLE,
                ErrorCode::COORDINATOR_LOAD_IN_PROGRESS,
                ErrorCode::NOT_COORDINATOR,
            ];
            if !again.contains(&error) {
                return error;
            }
            pause(Duration::from_millis(20));
        }
    }

    /// The committed offset of partition 0 and its error.
    pub(super) fn offset(
        &mut self,
        group: &str,
        topic: &str,
        require_stable: bool,
    ) -> (i64, ErrorCode) {
        let asked = OffsetFetchRequestTopics {
            name: topic.into(),
            partition_indexes: [0].into_iter().collect(),
            ..Default::default()
        };
        let request = OffsetFetchRequest {
            groups: vec![OffsetFetchRequestGroup {
                group_id: group.into(),
                topics: Some(vec![asked]),
                ..Default::default()
            }],
            require_stable,
            ..Default::default()
        };
        let response = self.wire.call(8, &request).expect("OffsetFetch");
        let partition = &response.groups[0].topics[0].partitions[0];
        (partition.committed_offset, partition.error_code)
    }
}

/// An offset of partition 0 for a group, its generation and its member.
pub(super) fn txn_offset_commit(
    id: &str,
    by: Producer,
    (group, generation, member): (&str, i32, &str),
    (topic, offset): (&str, i64),
) -> TxnOffsetCommitRequest {
    let partition = TxnOffsetCommitRequestPartition {
        committed_offset: offset,
        committed_metadata: Some(ByteString::new()),
        ..Default::default()
    };
    TxnOffsetCommitRequest {
        transactional_id: id.into(),
        group_id: group.into(),
        producer_id: by.0,
        producer_epoch: by.1,
        generation_id_or_member_epoch: generation,
        member_id: member.into(),
        topics: vec![TxnOffsetCommitRequestTopic {
            name: topic.into(),
            partitions: vec![partition],
            ..Default::default()
        }],
        ..Default::default()
    }
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_producer_is_fenced_by_the_next_of_its_id() {
    let Some(mut case) = case("a_producer_is_fenced_by_the_next_of_its_id") else {
        return;
    };
    let (topic, id) = (case.topic(&[]), unique("id"));
    let first = case.new_producer(&id);
    let second = case.init(&id, first).expect("it goes on");
    assert_eq!(second, (first.0, first.1 + 1));
    assert_eq!(case.init(&id, first), Ok(second), "the answer was lost");
    let third = case.new_producer(&id);
    assert_eq!(third, (first.0, first.1 + 2));
    assert_eq!(case.init(&id, first), Err(ErrorCode::PRODUCER_FENCED));
    for (version, error) in [
        (1, ErrorCode::INVALID_PRODUCER_EPOCH),
        (3, ErrorCode::PRODUCER_FENCED),
    ] {
        assert_eq!(case.add(version, &id, first, &[&topic]), [error]);
        assert_eq!(case.end(version, &id, first, true), Err(error));
    }
    let stranger = (first.0 + 1_000_000, third.1);
    let unknown = ErrorCode::INVALID_PRODUCER_ID_MAPPING;
    assert_eq!(case.add(3, &id, stranger, &[&topic]), [unknown]);
    assert_eq!(case.end(3, &id, stranger, true), Err(unknown));
    assert_eq!(case.write(11, &id, &topic, stranger, 0), unknown);
    for version in [10, 11, 12] {
        let fenced = case.write(version, &id, &topic, first, 0);
        assert_eq!(
            fenced,
            ErrorCode::INVALID_PRODUCER_EPOCH,
            "Produce v{version}"
        );
    }
    assert!(case.producers(&topic).is_empty());
    let missing = unique("missing");
    let mut wanted = [
        (topic.clone(), ErrorCode::OPERATION_NOT_ATTEMPTED),
        (missing.clone(), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
    ];
    wanted.sort();
    let wanted = wanted.map(|(_, error)| error);
    assert_eq!(case.add(3, &id, third, &[&topic, &missing]), wanted);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn version_1_adds_its_partitions_first() {
    let Some(mut case) = case("version_1_adds_its_partitions_first") else {
        return;
    };
    let (topic, id) = (case.topic(&[]), unique("id"));
    let producer = case.new_producer(&id);
    assert_eq!(
        case.end(4, &id, producer, true),
        Err(ErrorCode::INVALID_TXN_STATE)
    );
    assert_eq!(
        case.end(4, &id, producer, false),
        Err(ErrorCode::INVALID_TXN_STATE)
    );
    assert_eq!(
        case.write(10, &id, &topic, producer, 0),
        ErrorCode::INVALID_TXN_STATE
    );
    assert_eq!(
        case.write(11, &id, &topic, producer, 0),
        ErrorCode::TRANSACTION_ABORTABLE
    );
    assert_eq!(case.add(3, &id, producer, &[&topic]), [ErrorCode::NONE]);
    assert_eq!(case.write(11, &id, &topic, producer, 0), ErrorCode::NONE);
    let open = &case.producers(&topic)[0];
    assert_eq!(
        (open.producer_id, open.current_txn_start_offset),
        (producer.0, 0)
    );
    assert_eq!(case.stable_end(&topic), 0);
    assert!(case.end(4, &id, producer, true).is_ok());
    case.stable_end_becomes(&topic, 2);
    assert_eq!(case.producers(&topic)[0].current_txn_start_offset, -1);
    // Again, as if the answer had been lost.
    assert!(case.end(4, &id, producer, true).is_ok());
    assert_eq!(
        case.end(4, &id, producer, false),
        Err(ErrorCode::INVALID_TXN_STATE)
    );
    assert_eq!(
        case.write(11, &id, &topic, producer, 1),
        ErrorCode::TRANSACTION_ABORTABLE
    );
    assert_eq!(case.stable_end(&topic), 2);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn version_2_raises_the_epoch_at_each_end() {
    let Some(mut case) = case("version_2_raises_the_epoch_at_each_end") else {
        return;
    };
    let (topic, id) = (case.topic(&[]), unique("id"));
    let first = case.new_producer(&id);
    assert_eq!(
        case.end(5, &id, first, true),
        Err(ErrorCode::INVALID_TXN_STATE)
    );
    let second = case.end(5, &id, first, false).expect("nothing to abort");
    assert_eq!(second, (first.0, first.1 + 1));
    assert_eq!(case.write(12, &id, &topic, second, 0), ErrorCode::NONE);
    let third = case.end(5, &id, second, true).expect("committed");
    assert_eq!(third, (first.0, first.1 + 2));
    assert_eq!(
        case.end(5, &id, second, true),
        Ok(third),
        "the answer was lost"
    );
    assert_eq!(
        case.end(5, &id, second, false),
        Err(ErrorCode::INVALID_TXN_STATE)
    );
    case.stable_end_becomes(&topic, 2);
    let late = case.write(12, &id, &topic, second, 1);
    assert_eq!(late, ErrorCode::INVALID_PRODUCER_EPOCH);
    assert_eq!(case.write(12, &id, &topic, third, 0), ErrorCode::NONE);
    assert_eq!(case.stable_end(&topic), 2);
    let other = case.new_producer(&id);
    assert!(other.1 > third.1 + 1, "fenced, then raised");
    case.stable_end_becomes(&topic, 4);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn offsets_take_effect_with_their_transaction() {
    let Some(mut case) = case("offsets_take_effect_with_their_transaction") else {
        return;
    };
    let (topic, id, group) = (case.topic(&[]), unique("id"), unique("group"));
    case.find(0, &group);
    let nobody = (group.as_str(), -1, "");
    let mut producer = case.new_producer(&id);
    for (who, error) in [
        (("", -1, ""), ErrorCode::INVALID_GROUP_ID),
        ((group.as_str(), 5, "member"), ErrorCode::ILLEGAL_GENERATION),
    ] {
        let refused = case.commit_offset(5, &id, producer, who, (&topic, 1));
        assert_eq!(refused, error, "{who:?}");
    }
    let stale = (producer.0, producer.1 - 1);
    let refused = case.commit_offset(5, &id, stale, nobody, (&topic, 1));
    assert_eq!(refused, ErrorCode::INVALID_PRODUCER_EPOCH);
    for (commit, offset, becomes) in [(true, 5, 5), (false, 9, 5), (true, 7, 7)] {
        let before = case.offset(&group, &topic, false);
        let committed = case.commit_offset(5, &id, producer, nobody, (&topic, offset));
        assert_eq!(committed, ErrorCode::NONE);
        assert_eq!(case.offset(&group, &topic, false), before, "not yet");
        let unstable = (-1, ErrorCode::UNSTABLE_OFFSET_COMMIT);
        assert_eq!(case.offset(&group, &topic, true), unstable);
        producer = case.end(5, &id, producer, commit).expect("ended");
        let stable = wait_until(Duration::from_secs(10), || {
            case.offset(&group, &topic, true) == (becomes, ErrorCode::NONE)
        });
        assert!(stable, "{:?}", case.offset(&group, &topic, true));
    }
    // The way of version 1.
    let refused = case.commit_offset(3, &id, producer, nobody, (&topic, 8));
    assert_eq!(refused, ErrorCode::INVALID_TXN_STATE);
    let request = AddOffsetsToTxnRequest {
        transactional_id: id.as_str().into(),
        producer_id: producer.0,
        producer_epoch: producer.1,
        group_id: group.as_str().into(),
        ..Default::default()
    };
    let added = case.wire.call(3, &request).expect("AddOffsetsToTxn");
    assert_eq!(added.error_code, ErrorCode::NONE);
    let committed = case.commit_offset(3, &id, producer, nobody, (&topic, 8));
    assert_eq!(committed, ErrorCode::NONE);
    assert!(case.end(4, &id, producer, true).is_ok());
    let stable = wait_until(Duration::from_secs(10), || {
        case.offset(&group, &topic, true).0 == 8
    });
    assert!(stable);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn transactions_are_listed_and_described() {
    let Some(mut case) = case("transactions_are_listed_and_described") else {
        return;
    };
    let (topic, id) = (case.topic(&[]), unique("id"));
    let producer = case.new_producer(&id);
    assert_eq!(case.write(12, &id, &topic, producer, 0), ErrorCode::NONE);
    let request = DescribeTransactionsRequest {
        transactional_ids: vec![id.as_str().into(), unique("missing").as_str().into()],
        ..Default::default()
    };
    let mut describe = || case.wire.call(0, &request).expect("DescribeTransactions");
    let mut response = describe();
    // The partition of the other id may still be on its way.
    wait_until(Duration::from_secs(20), || {
        let states = &response.transaction_states;
        let load = ErrorCode::COORDINATOR_LOAD_IN_PROGRESS;
        let loading = states.iter().any(|state| state.error_code == load);
        if loading {
            response = describe();
        }
        !loading
    });
    let [found, missing] = &response.transaction_states[..] else {
        panic!("{response:?}");
    };
    assert_eq!(
        (found.error_code, &*found.transaction_state),
        (ErrorCode::NONE, "Ongoing")
    );
    assert_eq!((found.producer_id, found.producer_epoch), producer);
    assert_eq!(found.transaction_timeout_ms, 60_000);
    assert_eq!(
        (&*found.topics[0].topic, &found.topics[0].partitions[..]),
        (&*topic, &[0][..])
    );
    assert_eq!(missing.error_code, ErrorCode::TRANSACTIONAL_ID_NOT_FOUND);

    let mut list = |states: &[&str], duration: i64, pattern: &str| {
        let request = ListTransactionsRequest {
            state_filters: states.iter().map(|state| (*state).into()).collect(),
            producer_id_filters: [producer.0].into_iter().collect(),
            duration_filter: duration,
            transactional_id_pattern: (!pattern.is_empty()).then(|| pattern.into()),
            ..Default::default()
        };
        let mut response = case.wire.call(2, &request).expect("ListTransactions");
        // Other partitions of transactional ids may still be on their way; the answer says so.
        wait_until(Duration::from_secs(20), || {
            let loading = response.error_code == ErrorCode::COORDINATOR_LOAD_IN_PROGRESS;
            if loading {
                response = case.wire.call(2, &request).expect("ListTransactions");
            }
            !loading
        });
        let unknown = response.unknown_state_filters.len();
        (
            response.error_code,
            response.transaction_states.len(),
            unknown,
        )
    };
    let none = ErrorCode::NONE;
    assert_eq!(list(&[], -1, ""), (none, 1, 0));
    assert_eq!(list(&["Ongoing", "Nonsense"], -1, ""), (none, 1, 1));
    assert_eq!(list(&["Nonsense"], -1, ""), (none, 0, 1));
    assert_eq!(list(&["Empty"], -1, ""), (none, 0, 0));
    assert_eq!(list(&[], 3_600_000, ""), (none, 0, 0));
    assert_eq!(list(&[], -1, "id-.*"), (none, 1, 0));
    assert_eq!(list(&[], -1, "d-"), (none, 0, 0), "the whole id has to fit");
    assert_eq!(
        list(&[], -1, "("),
        (ErrorCode::INVALID_REGULAR_EXPRESSION, 0, 0)
    );
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn an_administrator_ends_what_hangs() {
    let Some(mut case) = case("an_administrator_ends_what_hangs") else {
        return;
    };
    let (topic, id) = (case.topic(&[]), unique("id"));
    case.new_producer(&id);
    let producer = case.new_producer(&id);
    assert_eq!(case.write(12, &id, &topic, producer, 0), ErrorCode::NONE);
    let open = case.producers(&topic).remove(0);
    assert_eq!(open.coordinator_epoch, -1, "no marker has come yet");
    let mut abort = |producer_epoch: i16, coordinator_epoch: i32, name: &str| {
        let marker = WritableTxnMarker {
            producer_id: producer.0,
            producer_epoch,
            topics: vec![WritableTxnMarkerTopic {
                name: name.into(),
                partition_indexes: [0].into_iter().collect(),
                ..Default::default()
            }],
            coordinator_epoch,
            ..Default::default()
        };
        let request = WriteTxnMarkersRequest {
            markers: vec![marker],
            ..Default::default()
        };
        let response = case.wire.call(1, &request).expect("WriteTxnMarkers");
        response.markers[0].topics[0].partitions[0].error_code
    };
    assert_eq!(
        abort(producer.1 - 1, 0, &topic),
        ErrorCode::INVALID_PRODUCER_EPOCH
    );
    assert_eq!(
        abort(producer.1, 0, &unique("missing")),
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
    );
    assert_eq!(abort(producer.1, 7, &topic), ErrorCode::NONE);
    assert_eq!(
        abort(producer.1, 6, &topic),
        ErrorCode::TRANSACTION_COORDINATOR_FENCED
    );
    assert_eq!(case.stable_end(&topic), 2);
    let ended = case.producers(&topic).remove(0);
    assert_eq!(
        (ended.current_txn_start_offset, ended.coordinator_epoch),
        (-1, 7)
    );
}
