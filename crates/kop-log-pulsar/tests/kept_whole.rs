//! What Pulsar's own compaction leaves of Kafka's records: why topics of clients are kept whole, and how what the server
//! keeps for itself is read.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use kop_entry::EntryFormat;
use kop_log::PartitionLog;
use kop_log_pulsar::{PulsarLog, SharedTopic};
use kop_pulsar_client::Retention;
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
