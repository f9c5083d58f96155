//! Against a real Pulsar, which `KOP_TEST_PULSAR` and `KOP_TEST_PULSAR_ADMIN` name. `cargo xtask test --only pulsar` starts
//! one and sets both.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod admin;
mod entries;
mod exclusive;
mod topics;

use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use kop_pulsar_client::{
    Client, ClientConfig, Error, OutgoingEntry, Producer, ProducerOptions, RawEntry, Reader,
    ReaderOptions, Retention, Start,
};

/// A test run's client, with a namespace of its own that keeps what is written.
struct Pulsar {
    client: Client,
    namespace: String,
}

impl Pulsar {
    async fn new(test: &str) -> Self {
        let config = config();
        let client = Client::new(config).unwrap();
        let namespace = format!("public/client-{test}-{:08x}", rand::random::<u32>());
        let admin = client.admin();
        admin.create_namespace(&namespace).await.unwrap();
        admin
            .set_namespace_retention(&namespace, Retention::FOREVER)
            .await
            .unwrap();
        Self { client, namespace }
    }

    fn topic(&self, name: &str) -> String {
        format!("persistent://{}/{name}", self.namespace)
    }

    async fn producer(&self, topic: &str) -> Result<Producer, Error> {
        let options = ProducerOptions::default();
        self.client.producer(topic, options).await
    }

    async fn reader(&self, topic: &str, start: Start) -> Reader {
        let options = ReaderOptions {
            start,
            ..ReaderOptions::default()
        };
        self.client.reader(topic, options).await.unwrap()
    }

    async fn end(self) {
        // Deleting is slow and may fail while topics close; what is left behind does no harm.
        let _ = self
            .client
            .admin()
            .delete_namespace(&self.namespace, true)
            .await;
    }
}

/// How to reach the Pulsar of this run.
fn config() -> ClientConfig {
    let url =
        |name: &str| vec![std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"))];
    ClientConfig {
        service_urls: url("KOP_TEST_PULSAR"),
        admin_urls: url("KOP_TEST_PULSAR_ADMIN"),
        operation_timeout: Duration::from_secs(20),
        ..ClientConfig::default()
    }
}

/// An entry as a producer of `num_messages` messages would write it, though its payload is no batch.
fn entry(sequence_id: u64, num_messages: u32, payload: &[u8]) -> OutgoingEntry {
    keyed("test", None, sequence_id, num_messages, payload)
}

/// The same with a producer's name and a key.
fn keyed(
    name: &str,
    key: Option<&str>,
    sequence_id: u64,
    num_messages: u32,
    payload: &[u8],
) -> OutgoingEntry {
    let mut metadata = BytesMut::new();
    let mut text = |tag: u8, text: &str| {
        metadata.put_u8(tag << 3 | 2);
        metadata.put_u8(u8::try_from(text.len()).unwrap());
        metadata.put_slice(text.as_bytes());
    };
    text(1, name);
    if let Some(key) = key {
        text(6, key);
    }
    let mut number = |tag: u8, mut value: u64| {
        metadata.put_u8(tag << 3);
        while value > 127 {
            metadata.put_u8(value as u8 | 128);
            value >>= 7;
        }
        metadata.put_u8(value as u8);
    };
    number(2, sequence_id);
    number(3, 1_700_000_000_000 + sequence_id);
    if num_messages > 1 {
        number(11, num_messages.into());
    }
    let mut head = BytesMut::new();
    head.put_u32(u32::try_from(metadata.len()).unwrap());
    head.put_slice(&metadata);
    OutgoingEntry {
        parts: [head.freeze(), Bytes::copy_from_slice(payload)]
            .into_iter()
            .collect(),
        num_messages,
        sequence_id,
        ..OutgoingEntry::default()
    }
}

/// The bytes that an entry is on the wire.
fn bytes_of(entry: &OutgoingEntry) -> Bytes {
    entry.parts.concat().into()
}

/// The next `count` entries; fails if they take long.
async fn take(reader: &mut Reader, count: usize) -> Vec<RawEntry> {
    let mut entries = Vec::new();
    while entries.len() < count {
        let next = tokio::time::timeout(Duration::from_secs(20), reader.next());
        entries.push(
            next.await
                .expect("an entry comes in time")
                .expect("the reader goes on"),
        );
    }
    entries
}
