//! The transaction coordinator and the groups over a log in memory, with tokio's clock standing still until nothing else
//! is left to do.

use std::sync::Arc;
use std::time::Duration;

use kop_codec::internal::transaction::TransactionLogValue;
use kop_codec::internal::transaction::transaction_log_value::PartitionsSchema;
use kop_codec::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopics,
};
use kop_codec::messages::txn_offset_commit_request::{
    TxnOffsetCommitRequestPartition, TxnOffsetCommitRequestTopic,
};
use kop_codec::messages::{
    EndTxnRequest, InitProducerIdRequest, OffsetFetchRequest, TxnOffsetCommitRequest,
};
use kop_codec::{ByteString, ErrorCode};
use kop_coordinator::{
    Enlist, GroupConfig, GroupContext, GroupCoordinator, Marker, Producer, ProducerIds,
    TRANSACTIONS_TOPIC, TransactionConfig, TransactionCoordinator, TransactionParts,
    TransactionRecord, TransactionState,
};
use kop_log::{
    Isolation, LogCatalog, LogError, LogOffsets, MemoryCatalog, NewTopic, PartitionLog, ReadRequest,
};
use kop_log_conformance::trouble::troubled;
use kop_records::{BatchBuilder, Compression};
use tokio::time::{sleep, timeout};

use crate::driver::append;
use crate::slow::Slow;
use crate::support::commit_request;

pub(crate) struct Server {
    catalog: Arc<dyn LogCatalog>,
    groups: GroupCoordinator,
    pub(crate) transactions: TransactionCoordinator,
}

impl Server {
    pub(crate) async fn start(catalog: &Arc<dyn LogCatalog>) -> Self {
        let config = GroupConfig {
            offsets_topic_partitions: 2,
            ..GroupConfig::default()
        };
        let groups = GroupCoordinator::new(Arc::clone(catalog), config);
        let transactions = TransactionCoordinator::new(TransactionParts {
            catalog: Arc::clone(catalog),
            groups: groups.clone(),
            producer_ids: Arc::new(ProducerIds::load(catalog.metadata()).unwrap()),
            config: TransactionConfig {
                topic_partitions: 2,
                ..TransactionConfig::default()
            },
        });
        groups.start();
        transactions.start();
        groups.loaded().await;
        transactions.loaded().await;
        Self {
            catalog: Arc::clone(catalog),
            groups,
            transactions,
        }
    }

    async fn restart(self) -> Self {
        self.transactions.close().await;
        self.groups.close().await;
        Self::start(&self.catalog).await
    }

    async fn init(&self, id: &str) -> Producer {
        self.try_init(id).await.unwrap()
    }

    pub(crate) async fn try_init(&self, id: &str) -> Result<Producer, ErrorCode> {
        let request = InitProducerIdRequest {
            transactional_id: Some(id.into()),
            transaction_timeout_ms: 60_000,
            producer_id: -1,
            producer_epoch: -1,
            ..InitProducerIdRequest::default()
        };
        let response = self.transactions.init_producer_id(request, 5).await;
        match response.error_code {
            ErrorCode::NONE => Ok(Producer {
                id: response.producer_id,
                epoch: response.producer_epoch,
            }),
            error => Err(error),
        }
    }

    pub(crate) async fn add(&self, id: &str, producer: Producer, partition: i32) -> ErrorCode {
        let partitions = vec![("topic".into(), partition)];
        let added = self
            .transactions
            .enlist(&id.into(), producer, partitions, Enlist::Add)
            .await;
        added.0[0]
    }

    pub(crate) async fn end(
        &self,
        id: &str,
        producer: Producer,
        commit: bool,
    ) -> Result<Producer, ErrorCode> {
        let request = EndTxnRequest {
            transactional_id: id.into(),
            producer_id: producer.id,
            producer_epoch: producer.epoch,
            committed: commit,
            ..EndTxnRequest::default()
        };
        let response = self.transactions.end_txn(request, 5).await;
        match response.error_code {
            ErrorCode::NONE => Ok(Producer {
                id: response.producer_id,
                epoch: response.producer_epoch,
            }),
            error => Err(error),
        }
    }

    pub(crate) async fn commit_offset(
        &self,
        id: &str,
        producer: Producer,
        offset: i64,
    ) -> ErrorCode {
        let partition = TxnOffsetCommitRequestPartition {
            committed_offset: offset,
            ..TxnOffsetCommitRequestPartition::default()
        };
        let request = TxnOffsetCommitRequest {
            transactional_id: id.into(),
            group_id: "group".into(),
            producer_id: producer.id,
            producer_epoch: producer.epoch,
            topics: vec![TxnOffsetCommitRequestTopic {
                name: "topic".into(),
                partitions: vec![partition],
                ..TxnOffsetCommitRequestTopic::default()
            }],
            ..TxnOffsetCommitRequest::default()
        };
        let response = self
            .transactions
            .txn_offset_commit(&context(5), request)
            .await;
        response.topics[0].partitions[0].error_code
    }

    /// The group's offset, if it is stable.
    pub(crate) async fn offset(&self) -> Result<i64, ErrorCode> {
        let request = OffsetFetchRequest {
            groups: vec![OffsetFetchRequestGroup {
                group_id: "group".into(),
                topics: Some(vec![OffsetFetchRequestTopics {
                    name: "topic".into(),
                    partition_indexes: [0].into_iter().collect(),
                    ..OffsetFetchRequestTopics::default()
                }]),
                ..OffsetFetchRequestGroup::default()
            }],
            require_stable: true,
            ..OffsetFetchRequest::default()
        };
        let response = self.groups.offset_fetch(&context(8), request).await;
        let partition = &response.groups[0].topics[0].partitions[0];
        match partition.error_code {
            ErrorCode::NONE => Ok(partition.committed_offset),
            error => Err(error),
        }
    }

    async fn offset_becomes(&self, offset: i64) {
        for _ in 0..100 {
            if self.offset().await == Ok(offset) {
                return;
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("{:?} instead of {offset}", self.offset().await);
    }

    pub(crate) fn log(&self, topic: &str, partition: i32) -> Arc<dyn PartitionLog> {
        self.catalog.partition(topic, partition).unwrap()
    }

    /// Waits until nothing is open in a partition, and returns its offsets.
    async fn stable(&self, partition: i32) -> LogOffsets {
        let log = self.log("topic", partition);
        let waiting = async {
            while log.offsets().last_stable < log.offsets().high_watermark {
                sleep(Duration::from_millis(10)).await;
            }
        };
        let waited = timeout(Duration::from_secs(5), waiting).await;
        assert!(waited.is_ok(), "partition {partition} stays open");
        log.offsets()
    }

    /// How many transactions were aborted in a partition.
    pub(crate) async fn aborted(&self, partition: i32) -> usize {
        let request = ReadRequest {
            offset: 0,
            max_bytes: 1 << 20,
            at_least_one: true,
            isolation: Isolation::ReadCommitted,
        };
        let read = self.log("topic", partition).read(request).await.unwrap();
        read.aborted.unwrap().len()
    }
}

fn context(api_version: i16) -> GroupContext {
    GroupContext {
        api_version,
        ..GroupContext::default()
    }
}

async fn catalog() -> Arc<dyn LogCatalog> {
    let catalog: Arc<dyn LogCatalog> = Arc::new(MemoryCatalog::new());
    create_topics(&*catalog).await;
    catalog
}

/// `topic` of three partitions, and what the coordinator needs.
pub(crate) async fn create_topics(catalog: &dyn LogCatalog) {
    for (name, partitions) in [("topic", 3), (TRANSACTIONS_TOPIC, 2)] {
        let topic = NewTopic {
            name: name.into(),
            partitions,
            overrides: Default::default(),
        };
        catalog.create_topic(topic).await.unwrap();
    }
}

/// A record in a transaction.
async fn write(log: &dyn PartitionLog, producer: Producer) {
    try_write(log, producer).await.unwrap();
}

/// The same where it may fail.
pub(crate) async fn try_write(log: &dyn PartitionLog, producer: Producer) -> Result<(), LogError> {
    let mut builder = BatchBuilder::new(Compression::None)
        .producer(producer.id, producer.epoch, -1)
        .transactional(true);
    builder.append(0, None, Some(b"value"), &[]).unwrap();
    append(log, builder.build().unwrap()).await.map(drop)
}

#[tokio::test(start_paused = true)]
async fn a_transaction_over_partitions_and_offsets_has_one_outcome() {
    let mut server = Server::start(&catalog().await).await;
    let mut producer = server.init("id").await;
    for commit in [true, false] {
        for partition in 0..3 {
            assert_eq!(server.add("id", producer, partition).await, ErrorCode::NONE);
            write(&*server.log("topic", partition), producer).await;
        }
        assert_eq!(
            server.commit_offset("id", producer, 7).await,
            ErrorCode::NONE
        );
        let unstable = Err(ErrorCode::UNSTABLE_OFFSET_COMMIT);
        assert_eq!(server.offset().await, unstable);
        // Whatever was going on goes on.
        server = server.restart().await;
        assert_eq!(server.offset().await, unstable);
        assert_eq!(
            server.log("topic", 0).offsets().last_stable,
            if commit { 0 } else { 2 }
        );
        producer = server.end("id", producer, commit).await.unwrap();
        for partition in 0..3 {
            server.stable(partition).await;
            assert_eq!(server.aborted(partition).await, usize::from(!commit));
        }
        server.offset_becomes(7).await;
    }
    assert_eq!(server.log("topic", 0).offsets().log_end, 4);
}

#[tokio::test(start_paused = true)]
async fn a_later_commit_without_a_transaction_stays() {
    let server = Server::start(&catalog().await).await;
    let producer = server.init("id").await;
    assert_eq!(
        server.commit_offset("id", producer, 7).await,
        ErrorCode::NONE
    );
    let mut plain = commit_request("", -1, &[("topic", 0, 9)]);
    plain.group_id = "group".into();
    let committed = server.groups.offset_commit(&context(8), plain).await;
    assert_eq!(
        committed.topics[0].partitions[0].error_code,
        ErrorCode::NONE
    );
    server.end("id", producer, true).await.unwrap();
    server.offset_becomes(9).await;
    // A reader of the log comes to the same.
    let server = server.restart().await;
    assert_eq!(server.offset().await, Ok(9));
}

#[tokio::test(start_paused = true)]
async fn what_was_decided_before_a_crash_gets_its_markers() {
    for (status, aborted) in [(2, 0), (3, 1)] {
        let catalog = catalog().await;
        let producer = Producer { id: 7, epoch: 3 };
        for partition in 0..3 {
            write(&*catalog.partition("topic", partition).unwrap(), producer).await;
        }
        let value = TransactionLogValue {
            producer_id: producer.id,
            producer_epoch: producer.epoch,
            transaction_timeout_ms: 60_000,
            transaction_status: status,
            transaction_partitions: Some(vec![
                PartitionsSchema {
                    topic: "topic".into(),
                    partition_ids: [0, 1, 2].into_iter().collect(),
                    ..PartitionsSchema::default()
                },
                // It was deleted, and must not hold the others up.
                PartitionsSchema {
                    topic: "gone".into(),
                    partition_ids: [0].into_iter().collect(),
                    ..PartitionsSchema::default()
                },
            ]),
            ..TransactionLogValue::default()
        };
        let record = TransactionRecord {
            transactional_id: "id".into(),
            value: Some(value),
        };
        let (key, value) = record.encode().unwrap();
        let mut builder = BatchBuilder::new(Compression::None);
        builder
            .append(0, Some(&key), value.as_deref(), &[])
            .unwrap();
        let number = kop_coordinator::partition_for("id", 2, Default::default());
        let log = catalog.partition(TRANSACTIONS_TOPIC, number).unwrap();
        append(&*log, builder.build().unwrap()).await.unwrap();

        let server = Server::start(&catalog).await;
        for partition in 0..3 {
            assert_eq!(server.stable(partition).await.log_end, 2);
            assert_eq!(server.aborted(partition).await, aborted);
        }
        sleep(Duration::from_millis(100)).await;
        assert_eq!(server.init("id").await, Producer { id: 7, epoch: 4 });
    }
}

#[tokio::test(start_paused = true)]
async fn a_producer_that_is_gone_does_not_hold_readers_up() {
    let server = Server::start(&catalog().await).await;
    let producer = server.init("id").await;
    assert_eq!(server.add("id", producer, 0).await, ErrorCode::NONE);
    write(&*server.log("topic", 0), producer).await;
    sleep(Duration::from_secs(59)).await;
    assert_eq!(server.log("topic", 0).offsets().last_stable, 0);
    sleep(Duration::from_secs(15)).await;
    server.stable(0).await;
    assert_eq!(server.aborted(0).await, 1);
    sleep(Duration::from_millis(100)).await;
    let tally = server.transactions.metrics().tally();
    assert_eq!((tally.begun, tally.committed), (1, 0));
    assert_eq!((tally.aborted, tally.timed_out), (1, 1));
    let metrics = server.transactions.metrics();
    assert_eq!((metrics.markers(), metrics.marker_failures()), (1, 0));
    let ids = TransactionState::ALL.map(|state| metrics.ids(state));
    assert_eq!(ids, [0, 0, 0, 0, 0, 1, 0], "{ids:?}");
    assert_eq!(
        server.add("id", producer, 0).await,
        ErrorCode::INVALID_PRODUCER_EPOCH
    );
}

#[tokio::test(start_paused = true)]
async fn markers_are_tried_until_they_are_written() {
    let (slow, catalog) = troubled(catalog().await, Slow::default());
    let server = Server::start(&catalog).await;
    let producer = server.init("id").await;
    assert_eq!(server.add("id", producer, 0).await, ErrorCode::NONE);
    write(&*server.log("topic", 0), producer).await;
    // The decision is stored, then the storage fails for a while.
    slow.append_takes(Duration::from_millis(50));
    let ended = server.end("id", producer, true);
    let fails = async {
        sleep(Duration::from_millis(60)).await;
        slow.appends_fail(true);
    };
    let (ended, ()) = tokio::join!(ended, fails);
    let next = ended.unwrap();
    sleep(Duration::from_secs(3)).await;
    let concurrent = ErrorCode::CONCURRENT_TRANSACTIONS;
    assert_eq!(server.end("id", producer, true).await, Err(concurrent));
    slow.appends_fail(false);
    server.stable(0).await;
    sleep(Duration::from_secs(20)).await;
    assert_eq!(server.end("id", producer, true).await, Ok(next));
    assert_eq!(server.add("id", next, 0).await, ErrorCode::NONE);
}

#[tokio::test(start_paused = true)]
async fn a_marker_of_a_stranger_is_told_what_is_wrong() {
    let server = Server::start(&catalog().await).await;
    let producer = Producer { id: 5, epoch: 2 };
    write(&*server.log("topic", 0), producer).await;
    let marker = |epoch, coordinator_epoch| Marker {
        producer: Producer { epoch, ..producer },
        committed: false,
        coordinator_epoch,
    };
    let topic = ByteString::from_static("topic");
    let write = |partition, marker| server.transactions.write_marker(&topic, partition, marker);
    let unknown = Err(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    assert_eq!(write(9, marker(2, -1)).await, unknown);
    assert_eq!(
        write(0, marker(1, -1)).await,
        Err(ErrorCode::INVALID_PRODUCER_EPOCH)
    );
    assert_eq!(write(0, marker(2, -1)).await, Ok(()));
    assert_eq!(server.stable(0).await.log_end, 2);
    let offsets = ByteString::from_static("__consumer_offsets");
    let none_yet = server.transactions.write_marker(&offsets, 0, marker(2, -1));
    assert_eq!(none_yet.await, unknown);
    server.groups.ensure_offsets_topic().await.unwrap();
    let empty = server.transactions.write_marker(&offsets, 0, marker(2, -1));
    assert_eq!(empty.await, Ok(()));
}
