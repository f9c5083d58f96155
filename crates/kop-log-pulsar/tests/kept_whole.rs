//! What Pulsar's own compaction leaves of Kafka's records: why topics of clients are kept whole, and how what the server
//! keeps for itself is read.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use kop_entry::EntryFormat;
use kop_log::{Isolation, PartitionLog, ReadRequest};
use kop_log_pulsar::{PulsarLog, SharedTopic};
use kop_pulsar_client::{MessageId, Retention};
use kop_records::control::EndTxnMarker;
use kop_records::{BatchBuilder, Compression, Origin};
use tokio::time::{Instant, sleep};

mod fixture;

use fixture::{Fixture, NOW, read_all, request_of};

/// What is read: offset, key and value.
type Found = (i64, String, Option<String>);

async fn put(
    log: &PulsarLog,
    transaction: bool,
    key: &str,
    value: Option<&str>,
) -> anyhow::Result<()> {
    let mut builder = BatchBuilder::new(Compression::None);
    if transaction {
        builder = builder.producer(1, 0, 0).transactional(true);
    }
    builder.append(NOW, Some(key.as_bytes()), value.map(str::as_bytes), &[])?;
    append(log, builder.build()?, Origin::Client).await
}

async fn append(log: &PulsarLog, batch: Bytes, origin: Origin) -> anyhow::Result<()> {
    log.append(request_of(batch, &log.config(), origin)).await?;
    Ok(())
}

/// All records of the log, as a server that has just started finds them.
async fn read(fixture: &Fixture) -> anyhow::Result<Vec<Found>> {
    let log = fixture.open().await?;
    let records = read_all(&log, log.offsets().log_start, 1 << 20).await?;
    log.close().await?;
    let text = |bytes: Bytes| String::from_utf8_lossy(&bytes).into_owned();
    let found = records.into_iter().map(|record| {
        let key = record.key.map(text).unwrap_or_default();
        (record.offset, key, record.value.map(text))
    });
    Ok(found.collect())
}

/// Where a consumer comes to that begins at the log start.
async fn reads_to(log: &PulsarLog) -> anyhow::Result<i64> {
    let mut offset = log.offsets().log_start;
    loop {
        let request = ReadRequest {
            offset,
            max_bytes: 1 << 20,
            at_least_one: true,
            isolation: Isolation::ReadCommitted,
        };
        let next = log.read(request).await?.next_offset;
        if next == offset {
            return Ok(offset);
        }
        offset = next;
    }
}

/// Has Pulsar compact all of the topic.
async fn compact(fixture: &Fixture, log: &PulsarLog) -> anyhow::Result<()> {
    let admin = fixture.client.admin();
    let deadline = Instant::now() + Duration::from_secs(60);
    // While a broker loads a topic it takes it for empty, until the next write after that, and compacts nothing.
    loop {
        put(log, false, "end", Some("1")).await?;
        put(log, false, "end", None).await?;
        admin.compact(&fixture.topic).await?;
        while admin.compaction_status(&fixture.topic).await? == "RUNNING" {
            sleep(Duration::from_millis(50)).await;
        }
        let stats = admin.internal_stats(&fixture.topic).await?;
        if stats.is_compacted_to_the_end() {
            return Ok(());
        }
        let status = admin.compaction_status(&fixture.topic).await?;
        anyhow::ensure!(Instant::now() < deadline, "not compacted: {status}");
    }
}

/// A topic that is read as compaction leaves it, with one of these formats; and its log.
async fn topic(format: EntryFormat) -> anyhow::Result<Option<(Fixture, Arc<PulsarLog>)>> {
    let Some(mut fixture) = Fixture::new("compaction", format).await? else {
        return Ok(None);
    };
    let config = (*fixture.shared.config()).clone();
    let mut shared = SharedTopic::new("t", fixture.shared.id, config);
    shared.read_compacted = true;
    fixture.shared = Arc::new(shared);
    let log = fixture.open().await?;
    Ok(Some((fixture, log)))
}

fn expected<const N: usize>(records: [(i64, &str, &str); N]) -> Vec<Found> {
    let records = records.map(|(offset, key, value)| (offset, key.into(), Some(value.into())));
    records.into()
}

#[tokio::test(flavor = "multi_thread")]
async fn pulsars_compaction_is_not_kafkas() -> anyhow::Result<()> {
    let Some((fixture, log)) = topic(EntryFormat::Pulsar).await? else {
        return Ok(());
    };
    for (key, value) in [
        ("new", Some("1")),
        ("new", Some("2")),
        ("deleted", Some("1")),
        ("deleted", None),
        ("empty", Some("1")),
        ("empty", Some("")),
        ("aborted", Some("1")),
    ] {
        put(&log, false, key, value).await?;
    }
    put(&log, true, "aborted", Some("2")).await?;
    let marker = EndTxnMarker {
        committed: false,
        coordinator_epoch: 0,
    };
    append(&log, marker.batch(NOW, 1, 0)?, Origin::Coordinator).await?;
    compact(&fixture, &log).await?;
    // Offsets stay. But a tombstone goes at once with what it deletes, so that nobody who is behind learns of it; an
    // empty value is taken for one; and of a transaction that was aborted the record stays, in place of the one before.
    let left = expected([(1, "new", "2"), (7, "aborted", "2")]);
    assert_eq!(read(&fixture).await?, left);
    log.close().await?;
    Ok(())
}

/// What the server keeps for itself is found also when compaction has dropped the last entries of the log, and when
/// retention has deleted all ledgers but the compacted one.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_is_read_to_its_end() -> anyhow::Result<()> {
    let Some((fixture, log)) = topic(EntryFormat::Pulsar).await? else {
        return Ok(());
    };
    for value in ["1", "2"] {
        put(&log, false, "new", Some(value)).await?;
    }
    compact(&fixture, &log).await?;
    let left = expected([(1, "new", "2")]);
    assert_eq!(read(&fixture).await?, left);
    let end = log.offsets().log_end;
    log.close().await?;
    // Consumers, who know nothing of Pulsar, come to the end too.
    let again = fixture.open().await?;
    assert_eq!(
        (again.offsets().log_end, reads_to(&again).await?),
        (end, end)
    );
    again.close().await?;
    let admin = fixture.client.admin();
    let nothing = Retention {
        minutes: 0,
        mebibytes: 0,
    };
    let topic = &fixture.topic;
    admin.set_topic_retention(topic, Some(nothing)).await?;
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        admin.unload(topic).await?;
        admin.trim(topic).await?;
        let stats = admin.internal_stats(topic).await?;
        if stats.number_of_entries == 0 {
            break;
        }
        anyhow::ensure!(Instant::now() < deadline, "not trimmed: {stats:?}");
        sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(read(&fixture).await?, left);
    let log = fixture.open().await?;
    assert_eq!(log.offsets().log_end, end);
    put(&log, false, "more", Some("3")).await?;
    log.close().await?;
    let left = expected([(1, "new", "2"), (end, "more", "3")]);
    assert_eq!(read(&fixture).await?, left);
    Ok(())
}

/// What is written to find out what became of writes whose receipts were lost is given to readers here, unlike in topics of
/// clients: compaction ends where its reader does.
#[tokio::test(flavor = "multi_thread")]
async fn fences_are_readable_where_pulsar_compacts() -> anyhow::Result<()> {
    const LEAST: usize = 300;
    let Some((mut fixture, log)) = topic(EntryFormat::Pulsar).await? else {
        return Ok(());
    };
    log.close().await?;
    fixture.settings.producer_name = format!("kop-{}", kop_log::random_id());
    let (log, context) = fixture.open_with_context().await?;
    let admin = fixture.client.admin();
    // Some unload or other comes while writes are on their way.
    let is_found_out = || context.numbers().resynchronisations > 0;
    let producing = async {
        let mut count = 0;
        while count < LEAST || !is_found_out() {
            let writes = (count..count + 5).map(|number| {
                let (log, value) = (Arc::clone(&log), number.to_string());
                async move { put(&log, false, "key", Some(&value)).await }
            });
            futures_util::future::try_join_all(writes).await?;
            count += 5;
        }
        anyhow::Ok(count)
    };
    let unloading = async {
        while !is_found_out() {
            sleep(Duration::from_millis(100)).await;
            admin.unload(&fixture.topic).await?;
        }
        anyhow::Ok(())
    };
    let done = async { tokio::try_join!(producing, unloading) };
    let (count, ()) = tokio::time::timeout(Duration::from_secs(60), done).await??;
    let mut entries = 0;
    for (ledger, count) in admin
        .internal_stats(&fixture.topic)
        .await?
        .entries_by_ledger()
    {
        for entry in 0..count {
            let id = MessageId { ledger, entry };
            let info = admin.entry(&fixture.topic, id).await?;
            let info = info.ok_or_else(|| anyhow::anyhow!("{id} is gone"))?;
            assert!(!info.is_skipped, "readers do not get {id}");
            entries += 1;
        }
    }
    assert!(entries > count, "{entries} entries, no fence");
    compact(&fixture, &log).await?;
    let last = (count - 1).to_string();
    let found = read(&fixture).await?;
    assert!(
        matches!(&found[..], [(_, key, Some(value))] if *key == "key" && *value == last),
        "{found:?}"
    );
    log.close().await?;
    Ok(())
}
