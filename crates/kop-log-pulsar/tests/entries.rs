//! Entries that are not ours and not plain, on a real Pulsar: each keeps its offset, and is read, passed or named.

use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use kop_entry::{EncodeContext, EntryFormat, encode, validate_batches};
use kop_log::{Isolation, LogError, OffsetSpec, PartitionLog, ReadRequest};
use kop_log_pulsar::{PulsarLog, Undecodable};
use kop_pulsar_client::OutgoingEntry;
use kop_records::{BatchBuilder, Compression, DecompressLimits, TargetCompression};

mod fixture;

use fixture::{Fixture, NOW, append, read_all, value};

const PATIENCE: Duration = Duration::from_secs(10);

/// A field of Protocol Buffers.
enum Field<'a> {
    Number(u32, u64),
    Bytes(u32, &'a [u8]),
}

fn varint(mut number: u64, out: &mut BytesMut) {
    while number > 0x7f {
        out.put_u8((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.put_u8(number as u8);
}

fn message(fields: &[Field<'_>]) -> Bytes {
    let mut out = BytesMut::new();
    for field in fields {
        match field {
            Field::Number(field, number) => {
                varint(u64::from(*field) << 3, &mut out);
                varint(*number, &mut out);
            }
            Field::Bytes(field, bytes) => {
                varint(u64::from(*field) << 3 | 2, &mut out);
                varint(bytes.len() as u64, &mut out);
                out.put_slice(bytes);
            }
        }
    }
    out.freeze()
}

/// An entry whose metadata has these fields beside those that must be there.
fn entry(fields: &[Field<'_>], payload: &[u8]) -> Bytes {
    let always = [
        Field::Bytes(1, b"a test"),
        Field::Number(2, 0),
        Field::Number(3, 1_700_000_000_000),
    ];
    let metadata = [message(&always), message(fields)].concat();
    let mut entry = BytesMut::new();
    entry.put_u32(u32::try_from(metadata.len()).unwrap_or(u32::MAX));
    entry.put_slice(&metadata);
    entry.put_slice(payload);
    entry.freeze()
}

/// Writes entries as another client would, and waits until the log has so many offsets.
async fn write(
    fixture: &Fixture,
    log: &PulsarLog,
    entries: &[(Bytes, bool)],
    end: i64,
) -> anyhow::Result<()> {
    let producer = fixture.producer().await?;
    for (number, (entry, marker)) in (0..).zip(entries) {
        let outgoing = OutgoingEntry {
            parts: [entry.clone()].into_iter().collect(),
            num_messages: 1,
            sequence_id: number,
            marker: *marker,
            ..OutgoingEntry::default()
        };
        producer.send(outgoing).await?;
    }
    let reached = async {
        while log.offsets().log_end < end {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, reached).await?;
    Ok(())
}

async fn one(log: &PulsarLog, value: &str) -> Result<i64, LogError> {
    let appended = append(log, &[value.to_owned()], None).await?;
    Ok(appended.base_offset)
}

async fn read_at(log: &PulsarLog, offset: i64) -> Result<(), LogError> {
    let request = ReadRequest {
        offset,
        max_bytes: 1 << 20,
        at_least_one: true,
        isolation: Isolation::ReadCommitted,
    };
    log.read(request).await.map(|_| ())
}

/// What is wrong with the entry at offset 1, and that what lies around it is there: told by a log that has it in memory,
/// and by one that has to read it.
async fn is_named(undecodable: Undecodable, bad: Bytes, named: &str) -> anyhow::Result<()> {
    let Some(mut fixture) = Fixture::new("named", EntryFormat::Kafka).await? else {
        return Ok(());
    };
    fixture.settings.undecodable = undecodable;
    let (log, context) = fixture.open_with_context().await?;
    assert_eq!(one(&log, "before").await?, 0);
    write(&fixture, &log, &[(bad, false)], 2).await?;
    assert_eq!(one(&log, "behind").await?, 2);
    for (log, context) in [(log, context), fixture.open_with_context().await?] {
        if undecodable == Undecodable::Pass {
            let values: Vec<_> = read_all(&log, 0, 1 << 20)
                .await?
                .iter()
                .map(|record| (record.offset, value(record)))
                .collect();
            let expected = [(0, "before".to_owned()), (2, "behind".to_owned())];
            assert_eq!(values, expected);
        } else {
            read_at(&log, 0).await?;
            let error = read_at(&log, 1).await;
            let Err(LogError::Malformed { reason, .. }) = &error else {
                anyhow::bail!("{error:?}");
            };
            assert!(
                reason.contains("offset 1") && reason.contains(named),
                "{reason}"
            );
            read_at(&log, 2).await?;
        }
        assert!(context.numbers().undecodable_entries >= 1);
        log.close().await?;
    }
    Ok(())
}

fn garbage() -> Bytes {
    let format = message(&[Field::Bytes(1, b"entry.format"), Field::Bytes(2, b"kafka")]);
    entry(&[Field::Bytes(4, &format)], b"this is no batch of Kafka's")
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_ends_the_read_or_is_passed() -> anyhow::Result<()> {
    for undecodable in [Undecodable::Stop, Undecodable::Pass] {
        is_named(undecodable, garbage(), "").await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encrypted_message_is_named_with_its_key() -> anyhow::Result<()> {
    let key = message(&[Field::Bytes(1, b"the-key"), Field::Bytes(2, b"secret")]);
    let encrypted = entry(&[Field::Bytes(13, &key)], b"nobody here can read this");
    is_named(Undecodable::Stop, encrypted, "the-key").await
}

#[tokio::test(flavor = "multi_thread")]
async fn chunks_become_one_record_at_the_last_of_their_offsets() -> anyhow::Result<()> {
    let Some(fixture) = Fixture::new("chunks", EntryFormat::Kafka).await? else {
        return Ok(());
    };
    let log = fixture.open().await?;
    assert_eq!(one(&log, "before").await?, 0);
    let chunk = |id: u64, part: &[u8]| {
        let fields = [
            Field::Number(9, 12),
            Field::Bytes(26, b"a-message"),
            Field::Number(27, 2),
            Field::Number(28, 12),
            Field::Number(29, id),
        ];
        (entry(&fields, part), false)
    };
    write(
        &fixture,
        &log,
        &[chunk(0, b"first "), chunk(1, b"second")],
        3,
    )
    .await?;
    assert_eq!(one(&log, "behind").await?, 3);
    // The second time they are read from Pulsar, and once more by a reader that begins within the message.
    for (log, from) in [
        (log, 0),
        (fixture.open().await?, 0),
        (fixture.open().await?, 2),
    ] {
        let records = read_all(&log, from, 1 << 20).await?;
        let found: Vec<_> = records
            .iter()
            .map(|record| (record.offset, value(record)))
            .filter(|(offset, _)| *offset > 0)
            .collect();
        let expected = [(2, "first second".to_owned()), (3, "behind".to_owned())];
        assert_eq!(found, expected);
        log.close().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn markers_of_replicated_subscriptions_are_holes() -> anyhow::Result<()> {
    let Some(fixture) = Fixture::new("markers", EntryFormat::Kafka).await? else {
        return Ok(());
    };
    let log = fixture.open().await?;
    assert_eq!(one(&log, "before").await?, 0);
    let markers: Vec<_> = (10..=13)
        .map(|kind| (entry(&[Field::Number(20, kind)], b""), false))
        .collect();
    // The broker keeps them from readers: what comes behind tells that they were there.
    write(&fixture, &log, &markers, 0).await?;
    let behind = one(&log, "behind").await?;
    for log in [log, fixture.open().await?] {
        let records = read_all(&log, 0, 1 << 20).await?;
        let found: Vec<_> = records.iter().map(value).collect();
        assert_eq!(found, ["before", "behind"]);
        assert_eq!(records[1].offset, behind);
        let request = ReadRequest {
            offset: 0,
            max_bytes: 1 << 20,
            at_least_one: true,
            isolation: Isolation::ReadCommitted,
        };
        // The original took them for aborts of transactions.
        assert_eq!(log.read(request).await?.aborted, Some(Vec::new()));
        log.close().await?;
    }
    Ok(())
}

/// What is written after a lost receipt is one: it has an offset, and nobody gets it.
#[tokio::test(flavor = "multi_thread")]
async fn a_marker_at_the_end_takes_an_offset() -> anyhow::Result<()> {
    let Some(fixture) = Fixture::new("marker-at-the-end", EntryFormat::Pulsar).await? else {
        return Ok(());
    };
    let log = fixture.open().await?;
    assert_eq!(one(&log, "before").await?, 0);
    log.close().await?;
    let marker = entry(&[Field::Number(20, 21)], b"");
    for moved in [false, true] {
        let log = fixture.open().await?;
        let end = log.offsets().log_end;
        write(&fixture, &log, &[(marker.clone(), true)], 0).await?;
        log.close().await?;
        if moved {
            fixture.client.admin().unload(&fixture.topic).await?;
        }
        let log = fixture.open().await?;
        assert_eq!(log.offsets().log_end, end + 1);
        let began = std::time::Instant::now();
        read_at(&log, end).await?;
        assert_eq!(one(&log, "behind").await?, end + 1);
        assert_eq!(read_all(&log, end, 1 << 20).await?.len(), 1);
        let took = began.elapsed();
        assert!(took < Duration::from_secs(2), "{took:?}");
        log.close().await?;
    }
    let log = fixture.open().await?;
    let records = read_all(&log, 0, 1 << 20).await?;
    let offsets: Vec<_> = records.iter().map(|record| record.offset).collect();
    assert_eq!(offsets, [0, 2, 4]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timestamp_of_zero_stays() -> anyhow::Result<()> {
    for format in EntryFormat::ALL {
        let Some(fixture) = Fixture::new("zero", format).await? else {
            return Ok(());
        };
        let log = fixture.open().await?;
        let mut builder = kop_records::BatchBuilder::new(kop_records::Compression::None);
        for time in [0, 1] {
            builder.append(time, None, Some(b"x"), &[])?;
        }
        let request = fixture::request(builder.build()?, &log.config());
        log.append(request).await?;
        for log in [log, fixture.open().await?] {
            let records = read_all(&log, 0, 1 << 20).await?;
            let times: Vec<_> = records.iter().map(|record| record.timestamp).collect();
            assert_eq!(times, [0, 1], "{format}");
            log.close().await?;
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_version_is_a_header_where_one_is_asked_for() -> anyhow::Result<()> {
    let Some(mut fixture) = Fixture::new("schema", EntryFormat::Pulsar).await? else {
        return Ok(());
    };
    for wanted in [None, Some("schema".to_owned())] {
        fixture.settings.schema_version_header = wanted.clone();
        let log = fixture.open().await?;
        let at = log.offsets().log_end;
        let version = 7_u64.to_be_bytes();
        let entry = entry(&[Field::Bytes(16, &version)], b"value");
        write(&fixture, &log, &[(entry, false)], at + 1).await?;
        for log in [log, fixture.open().await?] {
            let record = read_all(&log, at, 1 << 20).await?.remove(0);
            let headers = record.headers.iter();
            let found: Vec<_> = headers.map(|header| (header.key, header.value)).collect();
            let version = || Some(Bytes::copy_from_slice(&version));
            let expected = wanted
                .iter()
                .map(|name| (Bytes::copy_from_slice(name.as_bytes()), version()));
            assert_eq!(found, expected.collect::<Vec<_>>());
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_of_several_batches_is_read_from_each_of_its_offsets() -> anyhow::Result<()> {
    let limits = DecompressLimits::default();
    for format in EntryFormat::ALL {
        let Some(fixture) = Fixture::new("batches", format).await? else {
            return Ok(());
        };
        let log = fixture.open().await?;
        assert_eq!(one(&log, "before").await?, 0);
        let mut bytes = BytesMut::new();
        for first in [1, 3, 5] {
            let mut builder = BatchBuilder::new(Compression::Lz4);
            for number in first..first + 2 {
                let value = format!("value {number}");
                builder.append(NOW + number, None, Some(value.as_bytes()), &[])?;
            }
            bytes.put_slice(&builder.build()?);
        }
        let records = validate_batches(&bytes.freeze(), TargetCompression::Producer, &limits)?;
        let entry = encode(format, &records, &EncodeContext::at(NOW))?;
        let outgoing = OutgoingEntry {
            parts: entry.parts,
            num_messages: entry.num_messages,
            ..OutgoingEntry::default()
        };
        fixture.producer().await?.send(outgoing).await?;
        assert_eq!(one(&log, "behind").await?, 7);
        for log in [log, fixture.open().await?] {
            for offset in 1..7 {
                let records = read_all(&log, offset, 1).await?;
                let found: Vec<_> = records.iter().map(value).collect();
                let mut expected: Vec<_> = (offset..7).map(|n| format!("value {n}")).collect();
                expected.push("behind".to_owned());
                assert_eq!(found, expected, "{format} from {offset}");
                let found = log.find(OffsetSpec::AtOrAfter(NOW + offset)).await?;
                assert_eq!(found.map(|found| found.offset), Some(offset), "{format}");
            }
        }
    }
    Ok(())
}
