//! One log on a real Pulsar.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use anyhow::Context;
use kop_entry::{
    DecodeContext, Decoded, EncodeContext, EntryFormat, decode, encode, validate_batches,
};
use kop_log::{AppendRequest, Isolation, LogError, OffsetSpec, PartitionLog, ReadRequest, Waiter};
use kop_log_pulsar::PulsarLog;
use kop_pulsar_client::{OutgoingEntry, ProducerOptions, ReaderOptions, Start};
use kop_records::{BatchBuilder, Compression, DecompressLimits, TargetCompression};

mod fixture;

use fixture::{Fixture, NOW, append, batch, read_all, request, value};

fn values(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| format!("value {number}")).collect()
}

/// Waits until the log has this end.
async fn reaches(log: &PulsarLog, end: i64, time: Duration) -> anyhow::Result<()> {
    let limit = tokio::time::Instant::now() + time;
    while log.offsets().log_end < end {
        let waiter = Waiter::new();
        log.wake_on_change(log.offsets(), &waiter);
        let woken = tokio::time::timeout_at(limit, waiter.woken()).await;
        woken.with_context(|| format!("{:?}, not at {end}", log.offsets()))?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_is_read_in_every_format() -> anyhow::Result<()> {
    for format in EntryFormat::ALL {
        let Some(fixture) = Fixture::new("formats", format).await? else {
            return Ok(());
        };
        let log = fixture.open().await?;
        assert_eq!(log.offsets().log_end, 0);
        let appends: Vec<_> = (0..100)
            .map(|n| append(&log, &values(n * 3..n * 3 + 3), None))
            .collect();
        for (number, appended) in appends.into_iter().enumerate() {
            assert_eq!(appended.await?.base_offset, 3 * i64::try_from(number)?);
        }
        for log in [log, fixture.open().await?] {
            let offsets = log.offsets();
            assert_eq!((offsets.log_start, offsets.log_end), (0, 300), "{format}");
            for max_bytes in [1, 500, 1 << 20] {
                let records = read_all(&log, 0, max_bytes).await?;
                let found: Vec<_> = records.iter().map(value).collect();
                assert_eq!(found, values(0..300), "{format}");
            }
            let records = read_all(&log, 200, 1 << 20).await?;
            assert_eq!(records[0].offset, 200);
            assert_eq!(records[0].timestamp, NOW + 2);
            log.close().await?;
        }
    }
    Ok(())
}

/// A fetch of many partitions asks the later ones for what the earlier ones have left of its bytes.
#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_no_fault() -> anyhow::Result<()> {
    let Some(fixture) = Fixture::new("does-not-fit", EntryFormat::Kafka).await? else {
        return Ok(());
    };
    let log = fixture.open().await?;
    for number in 0..3 {
        append(&log, &values(number..number + 1), None).await?;
    }
    log.close().await?;
    // What a server that has just started has to read.
    let log = fixture.open().await?;
    let read = |max_bytes, at_least_one| {
        log.read(ReadRequest {
            offset: 0,
            max_bytes,
            at_least_one,
            isolation: Isolation::ReadUncommitted,
        })
    };
    for _ in 0..2 {
        let nothing = read(10, false).await?;
        assert!(nothing.records.is_empty());
        assert_eq!((nothing.next_offset, nothing.offsets.log_end), (0, 3));
    }
    assert_eq!(read(10, true).await?.next_offset, 1);
    assert_eq!(read(1 << 20, false).await?.next_offset, 3);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn native_writers_fit_in() -> anyhow::Result<()> {
    let Some(fixture) = Fixture::new("native", EntryFormat::Kafka).await? else {
        return Ok(());
    };
    let log = fixture.open().await?;
    let native = fixture.producer().await?;
    let writer = async {
        for number in 0..300_u64 {
            let bytes = batch(&[format!("native {number}")], None);
            let records = request(bytes, &log.config()).records;
            let context = EncodeContext::at(NOW);
            let entry = encode(EntryFormat::Pulsar, &records, &context)?;
            let receipt = native.send(OutgoingEntry {
                parts: entry.parts,
                num_messages: entry.num_messages,
                sequence_id: number,
                ..OutgoingEntry::default()
            });
            if number % 7 == 0 {
                receipt.await?;
            }
        }
        anyhow::Ok(())
    };
    let ours = async {
        let mut appended = Vec::new();
        for number in 0..300 {
            let answer = append(&log, &[format!("ours {number}")], None).await?;
            appended.push((answer.base_offset, format!("ours {number}")));
        }
        anyhow::Ok(appended)
    };
    let (native, appended) = tokio::join!(writer, ours);
    native?;
    let appended = appended?;
    reaches(&log, 600, Duration::from_secs(10)).await?;
    let records = read_all(&log, 0, 1 << 20).await?;
    assert_eq!(records.len(), 600);
    for (offset, record) in records.iter().enumerate() {
        assert_eq!(
            record.offset,
            i64::try_from(offset)?,
            "offsets have no gaps"
        );
    }
    for (offset, text) in appended {
        assert_eq!(value(&records[usize::try_from(offset)?]), text);
    }
    Ok(())
}

/// A log that begins anew has given up what is on its way, which comes all the same.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_up_and_written_is_there() -> anyhow::Result<()> {
    let Some(mut fixture) = Fixture::new("given-up", EntryFormat::Kafka).await? else {
        return Ok(());
    };
    fixture.settings.producer_name = format!("kop-{}", kop_log::random_id());
    let (log, again) = (fixture.open().await?, fixture.open().await?);
    for number in 0..20 {
        let producer = Some((7, 0, i32::try_from(number)?));
        append(&log, &values(number..number + 1), producer).await?;
    }
    reaches(&again, 20, Duration::from_secs(10)).await?;
    let found = read_all(&again, 0, 1 << 20).await?;
    let found: Vec<_> = found.iter().map(value).collect();
    assert_eq!(found, values(0..20));
    log.close().await?;
    let duplicate = append(&again, &values(19..20), Some((7, 0, 19))).await?;
    assert!(duplicate.duplicate && duplicate.base_offset == 19);
    Ok(())
}

/// Readers that wait for the next fetch end when the topic moves.
#[tokio::test(flavor = "multi_thread")]
async fn a_fetch_goes_on_where_the_topic_has_moved() -> anyhow::Result<()> {
    let Some(mut fixture) = Fixture::new("moved", EntryFormat::Kafka).await? else {
        return Ok(());
    };
    fixture.settings.cache_bytes = 0;
    let log = fixture.open().await?;
    for number in 0..30 {
        append(&log, &values(number..number + 1), None).await?;
    }
    let mut offset = 0;
    for _ in 0..3 {
        let request = ReadRequest {
            offset,
            max_bytes: 500,
            at_least_one: true,
            isolation: Isolation::ReadUncommitted,
        };
        let read = log.read(request).await?;
        assert!(read.next_offset > offset && read.next_offset < 30);
        offset = read.next_offset;
        fixture.client.admin().unload(&fixture.topic).await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok(())
}

/// A broker may take a producer that was cut off for alive for a while.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_cannot_write_is_read() -> anyhow::Result<()> {
    let Some(mut fixture) = Fixture::new("busy-name", EntryFormat::Kafka).await? else {
        return Ok(());
    };
    let before = fixture.open().await?;
    append(&before, &values(0..1), None).await?;
    let name = format!("kop-{}", kop_log::random_id());
    fixture.settings.producer_name = name.clone();
    let log = fixture.open().await?;
    let options = ProducerOptions {
        name: Some(name),
        ..ProducerOptions::default()
    };
    let other = fixture.client.producer(&fixture.topic, options).await?;
    let appending = tokio::spawn(append(&log, &values(1..2), None));
    tokio::time::sleep(Duration::from_secs(2)).await;
    let reading = tokio::time::timeout(Duration::from_secs(2), read_all(&log, 0, 1 << 20));
    assert_eq!(reading.await??.len(), 1);
    other.close().await?;
    assert_eq!(appending.await??.base_offset, 1);
    let reading = tokio::time::timeout(Duration::from_secs(2), read_all(&log, 0, 1 << 20));
    assert_eq!(reading.await??.len(), 2);
    Ok(())
}

/// A log that writes much does not read the tail meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_busy_log_sees_what_others_write() -> anyhow::Result<()> {
    let Some(fixture) = Fixture::new("busy", EntryFormat::Kafka).await? else {
        return Ok(());
    };
    let log = fixture.open().await?;
    let native = fixture.producer().await?;
    let mut expected = Vec::new();
    for round in 0..5_u64 {
        let text = format!("ours {round} {}", "x".repeat(8000));
        let burst: Vec<_> = (0..100)
            .map(|_| append(&log, std::slice::from_ref(&text), None))
            .collect();
        for append in burst {
            append.await?;
            expected.push(text.clone());
        }
        let text = format!("native {round}");
        let records = request(batch(std::slice::from_ref(&text), None), &log.config()).records;
        let entry = encode(EntryFormat::Pulsar, &records, &EncodeContext::at(NOW))?;
        let receipt = native.send(OutgoingEntry {
            parts: entry.parts,
            num_messages: entry.num_messages,
            sequence_id: round,
            ..OutgoingEntry::default()
        });
        receipt.await?;
        expected.push(text);
        if round % 2 == 0 {
            // Else the next burst begins before anybody has seen it.
            let end = i64::try_from(expected.len())?;
            reaches(&log, end, Duration::from_secs(2)).await?;
        }
    }
    let found = read_all(&log, 0, 1 << 20).await?;
    let found: Vec<_> = found.iter().map(value).collect();
    assert!(found == expected, "{} of {}", found.len(), expected.len());
    Ok(())
}

/// Writes values from 0 on with five batches in flight, each of which must be taken.
async fn produce(log: &PulsarLog, count: i32, pause: Duration) -> anyhow::Result<()> {
    let mut in_flight = VecDeque::new();
    for number in 0..count {
        let text = format!("value {number}");
        in_flight.push_back((number, append(log, &[text], Some((7, 0, number)))));
        if in_flight.len() == 5
            && let Some((number, append)) = in_flight.pop_front()
        {
            let appended = append.await?;
            assert!(appended.base_offset >= i64::from(number));
            tokio::time::sleep(pause).await;
        }
    }
    for (_, append) in in_flight {
        append.await?;
    }
    Ok(())
}

/// How many control batches Pulsar's readers get.
async fn control_batches(fixture: &Fixture) -> anyhow::Result<usize> {
    let options = ReaderOptions {
        start: Start::Earliest,
        ..ReaderOptions::default()
    };
    let mut reader = fixture.client.reader(&fixture.topic, options).await?;
    let last = reader.last_message_id().await?;
    let mut count = 0;
    loop {
        let raw = reader.next().await?;
        let context = DecodeContext::default();
        if let Decoded::Batches(batches) = decode(&raw.entry, 0, &context)? {
            let batches = batches.iter();
            count += batches.filter(|batch| batch.header.is_control()).count();
        }
        if Some(raw.id) == last {
            return Ok(count);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn idempotent_producers_survive_unloads_and_restarts() -> anyhow::Result<()> {
    for format in [EntryFormat::Pulsar, EntryFormat::Kafka] {
        let Some(fixture) = Fixture::new("idempotent", format).await? else {
            return Ok(());
        };
        let (log, context) = fixture.open_with_context().await?;
        let unloading = async {
            for _ in 0..3 {
                tokio::time::sleep(Duration::from_millis(50)).await;
                fixture.client.admin().unload(&fixture.topic).await?;
            }
            anyhow::Ok(())
        };
        // Without a pause, so that receipts are lost: some writes are on their way at any time.
        let producing = produce(&log, 2000, Duration::ZERO);
        let (unloaded, produced) = tokio::join!(unloading, producing);
        unloaded?;
        produced?;
        let records = read_all(&log, 0, 1 << 20).await?;
        let found: Vec<_> = records.iter().map(value).collect();
        assert_eq!(found, values(0..2000), "{format}: all, once, in order");
        let fences = control_batches(&fixture).await?;
        eprintln!("{format}: {fences} of {:?}", context.numbers());
        if format == EntryFormat::Pulsar {
            assert!(context.numbers().resynchronisations > 0);
            assert_eq!(fences, 0, "readers of Pulsar's get none");
        }

        // A server that crashed, and one that came to its end.
        for ends in [false, true] {
            let again = fixture.open().await?;
            let duplicate = append(&again, &values(1999..2000), Some((7, 0, 1999))).await?;
            assert!(duplicate.duplicate, "{format}");
            assert_eq!(duplicate.base_offset, records[1999].offset);
            let gap = append(&again, &values(0..1), Some((7, 0, 2005))).await;
            assert!(
                matches!(
                    gap,
                    Err(LogError::OutOfOrderSequence { expected: 2000, .. })
                ),
                "{gap:?}"
            );
            if ends {
                again.close().await?;
            }
        }
    }
    Ok(())
}

/// `KOP_TEST_PULSAR_RESTART` is a command that kills the broker and starts it again.
#[tokio::test(flavor = "multi_thread")]
async fn broker_crashes_lose_nothing() -> anyhow::Result<()> {
    let Ok(restart) = std::env::var("KOP_TEST_PULSAR_RESTART") else {
        eprintln!("KOP_TEST_PULSAR_RESTART says not how to kill the broker: not tested");
        return Ok(());
    };
    let Some(mut fixture) = Fixture::new("crash", EntryFormat::Kafka).await? else {
        return Ok(());
    };
    fixture.settings.operation_timeout = Duration::from_secs(90);
    let log = fixture.open().await?;
    let killing = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let mut command = std::process::Command::new("sh");
        command.arg("-c").arg(restart);
        tokio::task::spawn_blocking(move || command.status()).await
    });
    produce(&log, 20_000, Duration::from_millis(1)).await?;
    assert!(killing.await???.success());
    let records = read_all(&log, 0, 1 << 20).await?;
    let found: Vec<_> = records.iter().map(value).collect();
    assert!(
        found == values(0..20_000),
        "all, once, in order: {}",
        found.len()
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn both_ends_are_exact() -> anyhow::Result<()> {
    let Some(fixture) = Fixture::new("ends", EntryFormat::Pulsar).await? else {
        return Ok(());
    };
    let admin = fixture.client.admin();
    let log = fixture.open().await?;
    for number in 0..20 {
        append(&log, &values(number * 5..number * 5 + 5), None).await?;
    }
    assert_eq!(log.delete_records(42).await?, 42);
    let below = read_all(&log, 41, 1 << 20).await;
    assert!(matches!(
        below,
        Err(LogError::OffsetOutOfRange { start: 42, .. })
    ));
    let again = fixture.open().await?;
    assert_eq!(again.offsets().log_start, 42);
    assert_eq!(value(&read_all(&again, 42, 1 << 20).await?[0]), "value 42");

    // Pulsar deletes a ledger.
    admin.unload(&fixture.topic).await?;
    append(&log, &values(100..101), None).await?;
    admin.trim(&fixture.topic).await?;
    let limit = tokio::time::Instant::now() + Duration::from_secs(10);
    loop {
        let earliest = log
            .find(OffsetSpec::Earliest)
            .await?
            .map(|found| found.offset);
        if earliest == Some(100) {
            break;
        }
        assert!(
            tokio::time::Instant::now() < limit,
            "the ledger is still there"
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(read_all(&log, 100, 1 << 20).await?.len(), 1);

    // Pulsar deletes all of them.
    admin.unload(&fixture.topic).await?;
    let reopened = fixture.open().await?;
    assert_eq!(reopened.offsets().log_end, 101);
    admin.trim(&fixture.topic).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let empty = fixture.open().await?;
    assert_eq!(
        empty.offsets().log_end,
        101,
        "the end is known without entries"
    );
    assert_eq!(append(&empty, &values(0..1), None).await?.base_offset, 101);
    Ok(())
}

/// A partition that nobody writes any more does not keep the room of one that is written.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_now_is_in_memory() -> anyhow::Result<()> {
    let (Some(silent), Some(written)) = (
        Fixture::new("silent", EntryFormat::Kafka).await?,
        Fixture::new("written", EntryFormat::Kafka).await?,
    ) else {
        return Ok(());
    };
    let (log, context) = silent.open_with_context().await?;
    let values = [String::from_utf8(vec![b'v'; 32 << 10])?];
    for _ in 0..2 * silent.settings.cache_bytes / values[0].len() {
        append(&log, &values, None).await?;
    }
    let log = written.open_in(&context).await?;
    for offset in 0..20 {
        append(&log, &values, None).await?;
        assert_eq!(read_all(&log, offset, 1 << 20).await?.len(), 1);
    }
    assert_eq!(context.numbers().cache_misses, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn times_are_found_in_what_is_not_in_memory() -> anyhow::Result<()> {
    let Some(mut fixture) = Fixture::new("times", EntryFormat::Kafka).await? else {
        return Ok(());
    };
    fixture.settings.cache_bytes = 0;
    let log = fixture.open().await?;
    for number in 0..50 {
        append(&log, &values(number..number + 2), None).await?;
    }
    let found = log.find(OffsetSpec::AtOrAfter(NOW + 1)).await?;
    assert_eq!(
        found.map(|found| (found.offset, found.timestamp_ms)),
        Some((1, NOW + 1))
    );
    assert_eq!(log.find(OffsetSpec::AtOrAfter(NOW + 2)).await?, None);
    let largest = log.find(OffsetSpec::MaxTimestamp).await?;
    assert_eq!(
        largest.map(|found| (found.offset, found.timestamp_ms)),
        Some((1, NOW + 1))
    );
    let again = fixture.open().await?;
    assert_eq!(again.find(OffsetSpec::MaxTimestamp).await?, largest);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_record_of_a_batch_is_found_by_its_time() -> anyhow::Result<()> {
    for format in EntryFormat::ALL {
        let Some(mut fixture) = Fixture::new("times-in-batches", format).await? else {
            return Ok(());
        };
        fixture.settings.cache_bytes = 0;
        let log = fixture.open().await?;
        append(&log, &values(0..5), None).await?;
        tokio::time::sleep(Duration::from_millis(2500)).await;
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
        let now = i64::try_from(since.as_millis())?;
        let mut builder = BatchBuilder::new(Compression::None);
        for number in 0..3 {
            builder.append(now + number, None, Some(b"value"), &[])?;
        }
        let limits = DecompressLimits::default();
        let records = validate_batches(&builder.build()?, TargetCompression::Producer, &limits)?;
        let request = AppendRequest {
            records,
            now_ms: now,
        };
        log.append(request).await?;
        for (time, offset) in [
            (NOW, 0),
            (NOW + 2, 2),
            (NOW + 5, 5),
            (now, 5),
            (now + 1, 6),
            (now + 2, 7),
        ] {
            let found = log.find(OffsetSpec::AtOrAfter(time)).await?;
            assert_eq!(found.map(|found| found.offset), Some(offset), "{format}");
        }
        assert_eq!(log.find(OffsetSpec::AtOrAfter(now + 3)).await?, None);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_is_not_there_is_named() -> anyhow::Result<()> {
    let Some(mut fixture) = Fixture::new("missing", EntryFormat::Kafka).await? else {
        return Ok(());
    };
    fixture
        .client
        .admin()
        .delete_topic(&fixture.topic, true)
        .await?;
    fixture.topic = format!("{}-none-partition-3", fixture.topic);
    let missing = fixture.open().await;
    assert!(
        matches!(missing, Err(LogError::UnknownPartition { .. })),
        "{missing:?}"
    );
    Ok(())
}
