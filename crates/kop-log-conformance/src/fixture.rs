//! What the properties have in common: topics, batches, and reading everything.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use kop_log::{
    AbortedTransaction, AppendRequest, Appended, Isolation, LogCatalog, LogError, NewTopic,
    PartitionLog, ReadRequest, TopicConfig, TopicInfo,
};
use kop_records::control::EndTxnMarker;
use kop_records::{
    BatchBuilder, Compression, DecompressLimits, Origin, ProduceRules, Record, RecordBatch,
    batches, validate,
};

/// The wall clock of the tests.
pub(crate) const NOW: i64 = 1_700_000_000_000;

/// A map of settings.
pub(crate) fn settings(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// A topic to be created.
pub(crate) fn new_topic(name: &str, partitions: i32, overrides: &[(&str, &str)]) -> NewTopic {
    NewTopic {
        name: name.to_owned().into(),
        partitions,
        overrides: settings(overrides),
    }
}

/// Creates a topic.
pub(crate) async fn create(catalog: &dyn LogCatalog, topic: NewTopic) -> Arc<TopicInfo> {
    catalog
        .create_topic(topic)
        .await
        .expect("the topic is created")
}

/// Creates the topic `t` with one partition, and opens it.
pub(crate) async fn partition(
    catalog: &dyn LogCatalog,
    overrides: &[(&str, &str)],
) -> Arc<dyn PartitionLog> {
    create(catalog, new_topic("t", 1, overrides)).await;
    catalog
        .open_partition("t", 0)
        .await
        .expect("the partition is opened")
}

/// A batch to be appended.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    records: Vec<(i64, Vec<u8>)>,
    producer: (i64, i16, i32),
    transactional: bool,
}

impl Batch {
    /// Records with these values.
    pub(crate) fn of(values: &[&str]) -> Self {
        let records = values
            .iter()
            .map(|value| (NOW, value.as_bytes().to_vec()))
            .collect();
        Self {
            records,
            producer: (-1, -1, -1),
            transactional: false,
        }
    }

    /// Records with these timestamps, and values that say them.
    pub(crate) fn at(timestamps: &[i64]) -> Self {
        let records = timestamps
            .iter()
            .map(|&timestamp| (timestamp, timestamp.to_string().into_bytes()))
            .collect();
        Self {
            records,
            ..Self::of(&[])
        }
    }

    /// One record of `len` bytes.
    pub(crate) fn sized(len: usize) -> Self {
        Self {
            records: vec![(NOW, vec![b'x'; len])],
            ..Self::of(&[])
        }
    }

    /// From an idempotent producer.
    pub(crate) fn producer(self, id: i64, epoch: i16, sequence: i32) -> Self {
        Self {
            producer: (id, epoch, sequence),
            ..self
        }
    }

    /// In a transaction.
    pub(crate) fn transactional(self) -> Self {
        Self {
            transactional: true,
            ..self
        }
    }

    fn bytes(&self) -> Bytes {
        let (id, epoch, sequence) = self.producer;
        let mut builder = BatchBuilder::new(Compression::None).transactional(self.transactional);
        if id >= 0 {
            builder = builder.producer(id, epoch, sequence);
        }
        for (timestamp, value) in &self.records {
            builder
                .append(*timestamp, Some(b"key"), Some(value), &[])
                .expect("the record fits");
        }
        builder.build().expect("the batch is built")
    }

    /// Validated for a topic with these settings.
    pub(crate) fn request(&self, config: &TopicConfig) -> AppendRequest {
        validated(self.bytes(), config, Origin::Client)
    }

    /// Appends it.
    pub(crate) async fn append(&self, log: &Arc<dyn PartitionLog>) -> Result<Appended, LogError> {
        log.append(self.request(&log.config())).await
    }

    /// Appends it, which must succeed, and returns its base offset.
    pub(crate) async fn append_ok(&self, log: &Arc<dyn PartitionLog>) -> i64 {
        self.append(log)
            .await
            .expect("the batch is appended")
            .base_offset
    }
}

/// Ends a producer's transaction.
pub(crate) async fn end_transaction(
    log: &Arc<dyn PartitionLog>,
    producer: (i64, i16),
    committed: bool,
    coordinator_epoch: i32,
) -> Result<Appended, LogError> {
    let marker = EndTxnMarker {
        committed,
        coordinator_epoch,
    };
    let bytes = marker
        .batch(NOW, producer.0, producer.1)
        .expect("the marker is built");
    log.append(validated(bytes, &log.config(), Origin::Coordinator))
        .await
}

/// Validated for a topic with these settings.
pub(crate) fn validated(bytes: Bytes, config: &TopicConfig, origin: Origin) -> AppendRequest {
    let rules = ProduceRules {
        origin,
        ..config.produce_rules(NOW)
    };
    AppendRequest {
        records: validate(bytes, &rules).expect("the batch is valid"),
        now_ms: NOW,
    }
}

/// A read of up to 1 MiB.
pub(crate) fn from(offset: i64) -> ReadRequest {
    ReadRequest {
        offset,
        max_bytes: 1 << 20,
        at_least_one: true,
        isolation: Isolation::ReadUncommitted,
    }
}

/// The batches that one read gives, their checksums checked.
pub(crate) async fn read(
    log: &Arc<dyn PartitionLog>,
    request: ReadRequest,
) -> Result<Vec<RecordBatch>, LogError> {
    let result = log.read(request).await?;
    let bytes = result.records.to_bytes().expect("the records can be read");
    assert_eq!(
        bytes.len(),
        result.records.len(),
        "the length is that of the bytes"
    );
    let mut found = batches(&bytes);
    let list: Vec<_> = found
        .by_ref()
        .map(|batch| batch.expect("a whole batch"))
        .collect();
    assert_eq!(
        found.valid_bytes(),
        bytes.len(),
        "only whole batches are read"
    );
    let behind = list.last().map_or(request.offset, RecordBatch::next_offset);
    assert_eq!(result.next_offset, behind, "it is told where to go on");
    for batch in &list {
        batch.verify_crc().expect("the checksum is right");
    }
    Ok(list)
}

/// All records from `offset` to the end, over as many reads as it takes.
pub(crate) async fn read_all(log: &Arc<dyn PartitionLog>, mut offset: i64) -> Vec<Record> {
    let mut records = Vec::new();
    loop {
        let batches = read(log, from(offset)).await.expect("the read succeeds");
        let Some(last) = batches.last() else {
            return records;
        };
        let limits = DecompressLimits::default();
        for batch in &batches {
            let all = batch
                .records(&limits)
                .expect("the records can be read")
                .map(|record| record.expect("a record"));
            records.extend(all.filter(|record| record.offset >= offset));
        }
        offset = last.next_offset();
    }
}

/// Values of all records from `offset` to the end.
pub(crate) async fn read_values(log: &Arc<dyn PartitionLog>, offset: i64) -> Vec<String> {
    let text =
        |record: Record| String::from_utf8_lossy(&record.value.unwrap_or_default()).into_owned();
    read_all(log, offset).await.into_iter().map(text).collect()
}

/// The first offset that a committed read from `offset` does not give, and the aborted transactions with it.
pub(crate) async fn read_committed(
    log: &Arc<dyn PartitionLog>,
    offset: i64,
) -> (i64, Vec<AbortedTransaction>) {
    let request = ReadRequest {
        isolation: Isolation::ReadCommitted,
        ..from(offset)
    };
    let result = log.read(request).await.expect("the read succeeds");
    let bytes = result.records.to_bytes().expect("the records can be read");
    let end = batches(&bytes)
        .map(|batch| batch.expect("a whole batch").next_offset())
        .last()
        .unwrap_or(offset);
    (
        end,
        result
            .aborted
            .expect("a committed read lists aborted transactions"),
    )
}
