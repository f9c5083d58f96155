//! Entries go in and come out byte for byte, numbered, in order, from wherever a reader begins.

use std::time::Duration;

use kop_pulsar_client::{Error, MessageId, ProducerOptions, ReaderOptions, Start};

use super::{Pulsar, bytes_of, entry, keyed, take};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Pulsar: cargo xtask test --only pulsar"]
async fn entries_come_out_as_they_went_in() {
    let pulsar = Pulsar::new("entries").await;
    let topic = pulsar.topic("plain");
    let producer = pulsar.producer(&topic).await.unwrap();
    let sizes = [
        0, 1, 100, 511, 512, 513, 5_000, 16_384, 40_000, 1_000_000, 4_000_000,
    ];
    let sent: Vec<_> = sizes
        .iter()
        .zip(0..)
        .map(|(size, n)| entry(n, n as u32 % 3 + 1, &vec![n as u8; *size]))
        .collect();
    // All at once: the order of the calls is the order in the topic.
    let receipts: Vec<_> = sent
        .iter()
        .map(|entry| producer.send(entry.clone()))
        .collect();
    let mut ids = Vec::new();
    for receipt in receipts {
        ids.push(receipt.await.unwrap());
    }
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    assert_eq!(producer.in_flight(), 0);

    let mut reader = pulsar.reader(&topic, Start::Earliest).await;
    let read = take(&mut reader, sent.len()).await;
    let mut index = None;
    for ((sent, read), id) in sent.iter().zip(&read).zip(&ids) {
        assert_eq!(read.id, *id);
        assert_eq!(read.entry, bytes_of(sent));
        let expected = index.map_or(0, |last: u64| last + 1) + u64::from(sent.num_messages) - 1;
        assert_eq!(read.index, Some(expected));
        index = read.index;
        assert!(read.broker_timestamp_ms.unwrap() > 1_700_000_000_000);
    }
    assert_eq!(reader.last_message_id().await.unwrap(), ids.last().copied());
    assert!(!reader.has_buffered());
    assert_eq!(reader.try_next(), None);
    pulsar.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Pulsar: cargo xtask test --only pulsar"]
async fn readers_begin_where_they_are_told() {
    let pulsar = Pulsar::new("start").await;
    let topic = pulsar.topic("start");
    let producer = pulsar.producer(&topic).await.unwrap();
    let mut ids = Vec::new();
    for n in 0..20 {
        ids.push(producer.send(entry(n, 1, b"x")).await.unwrap());
    }
    let mut reader = pulsar.reader(&topic, Start::At(ids[7])).await;
    assert_eq!(
        take(&mut reader, 1).await[0].id,
        ids[7],
        "its own entry is the first"
    );
    let before = MessageId {
        ledger: 0,
        entry: 0,
    };
    let mut reader = pulsar.reader(&topic, Start::At(before)).await;
    assert_eq!(
        take(&mut reader, 1).await[0].id,
        ids[0],
        "what is gone is passed over"
    );

    let mut latest = pulsar.reader(&topic, Start::Latest).await;
    let ahead = MessageId {
        entry: ids[19].entry + 2,
        ..ids[19]
    };
    let mut later = pulsar.reader(&topic, Start::At(ahead)).await;
    let waits = tokio::time::timeout(Duration::from_millis(300), latest.next()).await;
    assert!(waits.is_err(), "nothing is there yet");
    for n in 20..23 {
        ids.push(producer.send(entry(n, 1, b"x")).await.unwrap());
    }
    let read: Vec<_> = take(&mut latest, 3)
        .await
        .iter()
        .map(|entry| entry.id)
        .collect();
    assert_eq!(read, ids[20..], "dropping a future of next loses nothing");
    assert_eq!(
        take(&mut later, 1).await[0].id,
        ahead,
        "what is not there yet is waited for"
    );
    pulsar.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Pulsar: cargo xtask test --only pulsar"]
async fn an_empty_topic_has_no_last_entry() {
    let pulsar = Pulsar::new("empty").await;
    let topic = pulsar.topic("empty");
    let missing = pulsar
        .client
        .reader(&topic, ReaderOptions::default())
        .await
        .unwrap_err();
    assert!(missing.is_not_found(), "{missing}");
    pulsar
        .client
        .admin()
        .create_topic(&topic, &Default::default())
        .await
        .unwrap();
    let reader = pulsar.reader(&topic, Start::Earliest).await;
    assert_eq!(reader.last_message_id().await.unwrap(), None);
    pulsar.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Pulsar: cargo xtask test --only pulsar"]
async fn a_small_budget_is_enough_for_all_entries() {
    let pulsar = Pulsar::new("budget").await;
    let topic = pulsar.topic("budget");
    let producer = pulsar.producer(&topic).await.unwrap();
    let count = 300;
    let receipts: Vec<_> = (0..count)
        .map(|n| {
            producer.send(entry(
                n,
                (n as u32 * 7) % 1000 + 1,
                &vec![0; (n as usize * 211) % 30_000],
            ))
        })
        .collect();
    for receipt in receipts {
        receipt.await.unwrap();
    }
    for budget_bytes in [1, 50_000, 1 << 20] {
        let options = ReaderOptions {
            start: Start::Earliest,
            budget_bytes,
            ..ReaderOptions::default()
        };
        let mut reader = pulsar.client.reader(&topic, options).await.unwrap();
        assert_eq!(
            take(&mut reader, count as usize).await.len(),
            count as usize,
            "{budget_bytes}"
        );
    }
    pulsar.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Pulsar: cargo xtask test --only pulsar"]
async fn what_is_too_large_is_not_sent() {
    let pulsar = Pulsar::new("large").await;
    let topic = pulsar.topic("large");
    let producer = pulsar.producer(&topic).await.unwrap();
    let limit = producer.max_message_size();
    assert_eq!(limit, 5 << 20);
    let head = bytes_of(&entry(0, 1, b"")).len();
    let large = producer.send(entry(0, 1, &vec![0; limit - head + 1]));
    assert!(matches!(large.await, Err(Error::TooLarge { size, .. }) if size == limit + 1));
    producer
        .send(entry(1, 1, &vec![0; limit - head]))
        .await
        .expect("the broker takes what is just not too large");
    pulsar.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Pulsar: cargo xtask test --only pulsar"]
async fn duplicates_are_told_apart() {
    let pulsar = Pulsar::new("dedup").await;
    let admin = pulsar.client.admin();
    admin
        .set_namespace_deduplication(&pulsar.namespace, Some(true))
        .await
        .unwrap();
    let topic = pulsar.topic("dedup");
    let options = ProducerOptions {
        name: Some("mine".to_owned()),
        ..ProducerOptions::default()
    };
    let producer = pulsar
        .client
        .producer(&topic, options.clone())
        .await
        .unwrap();
    assert_eq!(producer.name(), "mine");
    assert_eq!(producer.last_sequence_id(), None);
    let write = |n| producer.send(keyed("mine", None, n, 1, b"x"));
    write(5).await.unwrap();
    assert!(matches!(
        write(5).await,
        Err(Error::Duplicate { sequence_id: 5 })
    ));
    write(6).await.unwrap();
    let busy = pulsar
        .client
        .producer(&topic, options.clone())
        .await
        .unwrap_err();
    assert!(matches!(busy, Error::ProducerBusy(_)), "{busy}");
    producer.close().await.unwrap();
    let again = pulsar.client.producer(&topic, options).await.unwrap();
    assert_eq!(again.last_sequence_id(), Some(6));
    pulsar.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Pulsar: cargo xtask test --only pulsar"]
async fn unloading_ends_both_and_both_can_be_made_again() {
    let pulsar = Pulsar::new("unload").await;
    let topic = pulsar.topic("unload");
    let producer = pulsar.producer(&topic).await.unwrap();
    let id = producer.send(entry(0, 1, b"before")).await.unwrap();
    let mut reader = pulsar.reader(&topic, Start::Earliest).await;
    take(&mut reader, 1).await;
    pulsar.client.admin().unload(&topic).await.unwrap();
    let closed = tokio::time::timeout(Duration::from_secs(10), producer.closed())
        .await
        .unwrap();
    assert!(
        matches!(closed, Error::Disconnected { written: false, .. }),
        "{closed}"
    );
    assert!(closed.is_retriable());
    assert!(producer.send(entry(1, 1, b"into the void")).await.is_err());
    let ended = tokio::time::timeout(Duration::from_secs(10), reader.next())
        .await
        .unwrap();
    assert!(ended.unwrap_err().is_retriable());

    let producer = pulsar.producer(&topic).await.unwrap();
    let next = producer.send(entry(1, 1, b"after")).await.unwrap();
    let mut reader = pulsar.reader(&topic, Start::At(id)).await;
    let read: Vec<_> = take(&mut reader, 2)
        .await
        .iter()
        .map(|entry| entry.id)
        .collect();
    assert_eq!(read, [id, next]);
    pulsar.end().await;
}
