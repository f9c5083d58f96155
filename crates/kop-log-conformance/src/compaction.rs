//! Compaction: the last record of each key stays, and all offsets.

use std::collections::BTreeMap;
use std::sync::Arc;

use kop_log::{Isolation, LogCatalog, LogError, PartitionLog, ReadRequest};
use kop_records::{BatchBuilder, Compression, DecompressLimits, Origin, RecordBatch, batches};

use crate::Backend;
use crate::fixture::{NOW, end_transaction, from, partition, settings, validated};

/// A record: its offset, key and value.
type Found = (i64, String, Option<String>);

const DAY: i64 = 86_400_000;

/// Settings of a topic that is compacted whenever something is dirty, with a batch per segment.
const COMPACTED: [(&str, &str); 3] = [
    ("cleanup.policy", "compact"),
    ("min.cleanable.dirty.ratio", "0"),
    ("internal.segment.bytes", "100"),
];

/// A partition that is compacted; `None` where the backend says that it does not, and keeps all of it.
async fn compacted(
    backend: &dyn Backend,
    more: &[(&str, &str)],
) -> Option<(Arc<dyn LogCatalog>, Arc<dyn PartitionLog>)> {
    let catalog = backend.open().await;
    let overrides: Vec<_> = COMPACTED.iter().chain(more).copied().collect();
    let log = partition(&*catalog, &overrides).await;
    if !backend.compacts() {
        kept_whole(&*catalog, &log).await;
        return None;
    }
    Some((catalog, log))
}

/// Superseded records, tombstones and what they delete stay, however old they are.
async fn kept_whole(catalog: &dyn LogCatalog, log: &Arc<dyn PartitionLog>) {
    for value in [Some("1"), Some("2"), None] {
        put(log, &[("a", value)]).await;
    }
    let later = NOW + 100 * 365 * DAY;
    catalog.maintain(later).await;
    catalog.compact(later).await;
    let all = [(0, "a", Some("1")), (1, "a", Some("2")), (2, "a", None)];
    assert_eq!(found(log).await, expected(&all));
    assert_eq!(log.offsets().log_start, 0);
}

/// Appends a batch of keys and values; a tombstone without a value.
async fn put(log: &Arc<dyn PartitionLog>, records: &[(&str, Option<&str>)]) -> i64 {
    put_from(log, (-1, -1, -1), false, records).await
}

async fn put_from(
    log: &Arc<dyn PartitionLog>,
    (id, epoch, sequence): (i64, i16, i32),
    transactional: bool,
    records: &[(&str, Option<&str>)],
) -> i64 {
    let mut builder = BatchBuilder::new(Compression::None)
        .producer(id, epoch, sequence)
        .transactional(transactional);
    for (key, value) in records {
        let value = value.map(str::as_bytes);
        builder
            .append(NOW, Some(key.as_bytes()), value, &[])
            .expect("the record fits");
    }
    let bytes = builder.build().expect("the batch is built");
    let request = validated(bytes, &log.config(), Origin::Client);
    let appended = log.append(request).await.expect("the batch is appended");
    appended.base_offset
}

async fn all_batches(log: &Arc<dyn PartitionLog>, isolation: Isolation) -> Vec<RecordBatch> {
    let mut offset = log.offsets().log_start;
    let mut found = Vec::new();
    loop {
        let request = ReadRequest {
            isolation,
            ..from(offset)
        };
        let result = log.read(request).await.expect("the read succeeds");
        let bytes = result.records.to_bytes().expect("the records can be read");
        if bytes.is_empty() {
            return found;
        }
        for batch in batches(&bytes) {
            let batch = batch.expect("a whole batch");
            batch.verify_crc().expect("the checksum is right");
            assert!(batch.next_offset() <= result.next_offset);
            found.push(batch);
        }
        offset = result.next_offset;
    }
}

/// All records that are no markers.
async fn found(log: &Arc<dyn PartitionLog>) -> Vec<Found> {
    let mut found = Vec::new();
    for batch in all_batches(log, Isolation::ReadUncommitted).await {
        if batch.is_control() {
            continue;
        }
        let records = batch
            .records(&DecompressLimits::default())
            .expect("records");
        for record in records {
            let record = record.expect("a record");
            let text = |bytes: bytes::Bytes| String::from_utf8_lossy(&bytes).into_owned();
            let key = text(record.key.expect("a key"));
            found.push((record.offset, key, record.value.map(text)));
        }
    }
    found
}

fn expected(records: &[(i64, &str, Option<&str>)]) -> Vec<Found> {
    let records = records.iter();
    records
        .map(|(offset, key, value)| (*offset, (*key).to_owned(), value.map(str::to_owned)))
        .collect()
}

/// Superseded records go; the others keep their offsets, and the log its ends. A read in a hole goes on behind it.
pub async fn the_last_of_each_key_stays(backend: &dyn Backend) {
    let Some((catalog, log)) = compacted(backend, &[]).await else {
        return;
    };
    put(&log, &[("a", Some("1")), ("b", Some("1"))]).await;
    put(&log, &[("a", Some("2"))]).await;
    put(&log, &[("c", Some("1")), ("a", Some("3"))]).await;
    put(&log, &[("b", Some("2"))]).await;
    let before = log.offsets();
    catalog.compact(NOW).await;
    // The last batch is in the segment that is being written, so that its key is not looked at.
    let left = [
        (1, "b", Some("1")),
        (3, "c", Some("1")),
        (4, "a", Some("3")),
        (5, "b", Some("2")),
    ];
    assert_eq!(found(&log).await, expected(&left));
    assert_eq!(log.offsets(), before);
    put(&log, &[("z", Some("1"))]).await;
    catalog.compact(NOW).await;
    let left = [
        (3, "c", Some("1")),
        (4, "a", Some("3")),
        (5, "b", Some("2")),
        (6, "z", Some("1")),
    ];
    assert_eq!(found(&log).await, expected(&left));
    assert_eq!((log.offsets().log_start, log.offsets().log_end), (0, 7));
    for offset in 0..7 {
        let result = log.read(from(offset)).await.expect("the read succeeds");
        let bytes = result.records.to_bytes().expect("the records can be read");
        let first = batches(&bytes).next().expect("a batch").expect("whole");
        assert!(first.last_offset() >= offset, "{offset}");
    }
    let old = log.read(from(8)).await;
    assert!(matches!(old, Err(LogError::OffsetOutOfRange { .. })));
}

/// Without `compact` nothing is compacted, and with it nothing before the share is dirty that is wanted.
pub async fn only_what_is_dirty_enough_is_compacted(backend: &dyn Backend) {
    let Some((catalog, log)) = compacted(backend, &[("min.cleanable.dirty.ratio", "0.7")]).await
    else {
        return;
    };
    let values = |found: Vec<Found>| {
        found
            .into_iter()
            .map(|(offset, ..)| offset)
            .collect::<Vec<_>>()
    };
    put(&log, &[("a", Some("1"))]).await;
    put(&log, &[("a", Some("2"))]).await;
    put(&log, &[("z", Some("1"))]).await;
    let policy = |policy: &str| {
        let mut overrides = settings(&COMPACTED);
        overrides.extend(settings(&[
            ("cleanup.policy", policy),
            ("min.cleanable.dirty.ratio", "0.7"),
        ]));
        overrides
    };
    let set = catalog.set_topic_config("t", policy("delete")).await;
    set.expect("set");
    catalog.compact(NOW).await;
    assert_eq!(values(found(&log).await), [0, 1, 2]);
    let set = catalog
        .set_topic_config("t", policy("compact,delete"))
        .await;
    set.expect("set");
    catalog.compact(NOW).await;
    assert_eq!(values(found(&log).await), [1, 2]);
    // One of two segments is clean: that is not enough.
    put(&log, &[("a", Some("3"))]).await;
    catalog.compact(NOW).await;
    assert_eq!(values(found(&log).await), [1, 2, 3]);
    // Unless it is late.
    let mut late = policy("compact");
    late.extend(settings(&[
        ("max.compaction.lag.ms", "1000"),
        ("min.cleanable.dirty.ratio", "1"),
    ]));
    catalog.set_topic_config("t", late).await.expect("set");
    put(&log, &[("a", Some("4"))]).await;
    put(&log, &[("a", Some("5"))]).await;
    catalog.compact(NOW + 999).await;
    assert_eq!(values(found(&log).await), [1, 2, 3, 4, 5]);
    catalog.compact(NOW + 1001).await;
    assert_eq!(values(found(&log).await), [2, 4, 5]);
}

/// `retention.ms` counts in a compacted topic where its policy says `delete` too.
pub async fn old_records_go_where_the_policy_says_so(backend: &dyn Backend) {
    let retention = ("retention.ms", "1000");
    let Some((catalog, log)) = compacted(backend, &[retention]).await else {
        return;
    };
    put(&log, &[("a", Some("1"))]).await;
    put(&log, &[("a", Some("2"))]).await;
    put(&log, &[("z", Some("1"))]).await;
    catalog.compact(NOW).await;
    catalog.maintain(NOW + 2000).await;
    let kept = [(1, "a", Some("2")), (2, "z", Some("1"))];
    assert_eq!(found(&log).await, expected(&kept));
    let mut both = settings(&COMPACTED);
    both.extend(settings(&[("cleanup.policy", "compact,delete"), retention]));
    catalog.set_topic_config("t", both).await.expect("set");
    catalog.maintain(NOW + 999).await;
    assert_eq!(found(&log).await, expected(&kept));
    catalog.maintain(NOW + 2000).await;
    assert_eq!((log.offsets().log_start, log.offsets().log_end), (3, 3));
}

/// What is younger than `min.compaction.lag.ms` stays.
pub async fn young_records_stay(backend: &dyn Backend) {
    let lag = [("min.compaction.lag.ms", "5000")];
    let Some((catalog, log)) = compacted(backend, &lag).await else {
        return;
    };
    put(&log, &[("a", Some("1"))]).await;
    put(&log, &[("a", Some("2"))]).await;
    put(&log, &[("z", Some("1"))]).await;
    catalog.compact(NOW + 4999).await;
    assert_eq!(found(&log).await.len(), 3);
    catalog.compact(NOW + 5001).await;
    let left = [(1, "a", Some("2")), (2, "z", Some("1"))];
    assert_eq!(found(&log).await, expected(&left));
}

/// A tombstone takes the records of its key, and goes itself once `delete.retention.ms` has passed since compaction met
/// it first.
pub async fn tombstones_go_later(backend: &dyn Backend) {
    let Some((catalog, log)) = compacted(backend, &[]).await else {
        return;
    };
    put(&log, &[("a", Some("1")), ("b", Some("1"))]).await;
    put(&log, &[("a", None), ("c", Some("1"))]).await;
    put(&log, &[("z", Some("1"))]).await;
    catalog.compact(NOW).await;
    let with = [
        (1, "b", Some("1")),
        (2, "a", None),
        (3, "c", Some("1")),
        (4, "z", Some("1")),
    ];
    assert_eq!(found(&log).await, expected(&with));
    let marked = all_batches(&log, Isolation::ReadUncommitted).await;
    let horizons: Vec<_> = marked.iter().map(RecordBatch::delete_horizon_ms).collect();
    assert_eq!(horizons, [None, Some(NOW + DAY), None]);
    put(&log, &[("z", Some("2"))]).await;
    catalog.compact(NOW + DAY - 1).await;
    assert_eq!(found(&log).await.len(), 5);
    put(&log, &[("z", Some("3"))]).await;
    catalog.compact(NOW + DAY).await;
    let without = [
        (1, "b", Some("1")),
        (3, "c", Some("1")),
        (5, "z", Some("2")),
        (6, "z", Some("3")),
    ];
    assert_eq!(found(&log).await, expected(&without));
}

/// Records of aborted transactions go and supersede nothing; an open one holds compaction back. Readers of committed
/// records see the same as before.
pub async fn transactions_are_compacted(backend: &dyn Backend) {
    let Some((catalog, log)) = compacted(backend, &[]).await else {
        return;
    };
    put(&log, &[("a", Some("1"))]).await;
    put_from(&log, (1, 0, 0), true, &[("a", Some("aborted"))]).await;
    put_from(&log, (2, 0, 0), true, &[("b", Some("1"))]).await;
    end_transaction(&log, (1, 0), false, 0)
        .await
        .expect("ended");
    end_transaction(&log, (2, 0), true, 0).await.expect("ended");
    put_from(&log, (2, 0, 1), true, &[("b", Some("2"))]).await;
    end_transaction(&log, (2, 0), true, 0).await.expect("ended");
    put_from(&log, (3, 0, 0), true, &[("b", Some("open"))]).await;
    put(&log, &[("a", Some("2"))]).await;
    put(&log, &[("z", Some("1"))]).await;
    catalog.compact(NOW).await;
    let left = [
        (0, "a", Some("1")),
        (5, "b", Some("2")),
        (7, "b", Some("open")),
        (8, "a", Some("2")),
        (9, "z", Some("1")),
    ];
    assert_eq!(found(&log).await, expected(&left));
    end_transaction(&log, (3, 0), false, 0)
        .await
        .expect("ended");
    put(&log, &[("z", Some("2"))]).await;
    let mut rounds = 0;
    // Markers and what is left of producers go when nothing depends on them any more.
    while rounds < 4 {
        rounds += 1;
        put(&log, &[("z", Some("2"))]).await;
        catalog.compact(NOW + i64::from(rounds) * (DAY + 1)).await;
    }
    let records = found(&log).await;
    let keys: BTreeMap<_, _> = records.iter().map(|(_, key, value)| (key, value)).collect();
    assert_eq!(keys.len(), 3);
    assert_eq!(
        records[..2],
        expected(&[(5, "b", Some("2")), (8, "a", Some("2"))])
    );
    let committed = all_batches(&log, Isolation::ReadCommitted).await;
    assert!(!committed.is_empty());
}

/// A producer goes on after its records were compacted, also after a restart.
pub async fn producers_survive_compaction(backend: &dyn Backend) {
    let Some((catalog, log)) = compacted(backend, &[]).await else {
        return;
    };
    put_from(
        &log,
        (7, 3, 0),
        false,
        &[("a", Some("1")), ("b", Some("1"))],
    )
    .await;
    put(&log, &[("a", Some("2")), ("b", Some("2"))]).await;
    put(&log, &[("z", Some("1"))]).await;
    catalog.compact(NOW).await;
    let left = [
        (2, "a", Some("2")),
        (3, "b", Some("2")),
        (4, "z", Some("1")),
    ];
    assert_eq!(found(&log).await, expected(&left));
    catalog.close().await.expect("closed");
    drop((catalog, log));
    let catalog = backend.open().await;
    let log = catalog.open_partition("t", 0).await.expect("opened");
    assert_eq!(found(&log).await, expected(&left));
    assert_eq!((log.offsets().log_start, log.offsets().log_end), (0, 5));
    put_from(&log, (7, 3, 2), false, &[("a", Some("3"))]).await;
    let producers = log.producers().await.expect("listed");
    assert_eq!(producers.len(), 1);
    assert_eq!(producers[0].last_sequence, 2);
}
