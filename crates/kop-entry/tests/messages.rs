//! Messages of Pulsar's clients, of any shape, in entries as the protocol defines them: each becomes the record that the
//! README's table names, at its own offset. The entries are written here by nothing of kop-entry.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::io::Write;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use kop_entry::{
    Assembled, ChunkAssembler, DecodeContext, Decoded, DecodedBatch, EntryError, EntryView, decode,
};
use kop_records::{DecompressLimits, RecordBatch};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

const BASE: i64 = 1_000;
const PUBLISHED: u64 = 1_700_000_000_000;

/// Fields of a message of Protocol Buffers.
#[derive(Default)]
struct Fields(Vec<u8>);

impl Fields {
    fn varint(&mut self, mut number: u64) {
        while number > 0x7f {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn number(&mut self, field: u64, number: u64) {
        self.varint(field << 3);
        self.varint(number);
    }

    fn flag(&mut self, field: u64, set: bool) {
        if set {
            self.number(field, 1);
        }
    }

    fn bytes(&mut self, field: u64, bytes: &[u8]) {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend(bytes);
    }

    fn properties(&mut self, field: u64, properties: &[(String, String)]) {
        for (key, value) in properties {
            let mut property = Self::default();
            property.bytes(1, key.as_bytes());
            property.bytes(2, value.as_bytes());
            self.bytes(field, &property.0);
        }
    }

    /// What an entry begins with: without a checksum, which is not what this is about.
    fn entry(&self, payload: &[u8]) -> Bytes {
        let length = u32::try_from(self.0.len()).unwrap().to_be_bytes();
        [&length, &self.0[..], payload].concat().into()
    }
}

#[derive(Debug, Clone)]
enum Key {
    None,
    Text(String),
    Bytes(Vec<u8>),
    /// Of a schema of keys and values.
    Null,
}

#[derive(Debug, Clone)]
struct Message {
    key: Key,
    ordering_key: Option<Vec<u8>>,
    value: Option<Vec<u8>>,
    event_time: Option<u64>,
    properties: Vec<(String, String)>,
    compacted_out: bool,
    /// Clients differ in what they write as the size of a null value.
    negative_size: bool,
}

/// Key, value, timestamp and headers of a record.
type Shown = (
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    i64,
    Vec<(Vec<u8>, Option<Vec<u8>>)>,
);

impl Message {
    fn put_key(&self, fields: &mut Fields, [text, is_base64, ordering, null]: [u64; 4]) {
        match &self.key {
            Key::None => {}
            Key::Text(key) => fields.bytes(text, key.as_bytes()),
            Key::Bytes(key) => {
                fields.bytes(text, BASE64_STANDARD.encode(key).as_bytes());
                fields.flag(is_base64, true);
            }
            Key::Null => fields.flag(null, true),
        }
        if let Some(key) = &self.ordering_key {
            fields.bytes(ordering, key);
        }
    }

    /// As one of a batch.
    fn in_batch(&self, out: &mut Vec<u8>) {
        let value = self.value.as_deref().unwrap_or_default();
        let size = match self.value {
            None if self.negative_size => u64::MAX,
            _ => value.len() as u64,
        };
        let mut fields = Fields::default();
        fields.properties(1, &self.properties);
        self.put_key(&mut fields, [2, 6, 7, 10]);
        fields.number(3, size);
        fields.flag(4, self.compacted_out);
        if let Some(time) = self.event_time {
            fields.number(5, time);
        }
        fields.number(8, 77);
        fields.flag(9, self.value.is_none());
        fields.bytes(99, b"of a later version");
        out.extend(u32::try_from(fields.0.len()).unwrap().to_be_bytes());
        out.extend(fields.0);
        out.extend(value);
    }

    /// As the only one of an entry.
    fn alone(&self, fields: &mut Fields) {
        fields.properties(4, &self.properties);
        self.put_key(fields, [6, 17, 18, 30]);
        if let Some(time) = self.event_time {
            fields.number(12, time);
        }
        fields.flag(25, self.value.is_none());
    }

    fn expected(&self) -> Shown {
        let key = match (&self.key, &self.ordering_key) {
            (Key::Null, _) | (Key::None, None) => None,
            (_, Some(key)) | (Key::Bytes(key), None) => Some(key.clone()),
            (Key::Text(key), None) => Some(key.clone().into_bytes()),
        };
        let time = self.event_time.filter(|time| *time > 0);
        let bytes = |text: &String| text.clone().into_bytes();
        let properties = self.properties.iter();
        let headers = properties.map(|(key, value)| (bytes(key), Some(bytes(value))));
        (
            key,
            self.value.clone(),
            time.unwrap_or(PUBLISHED) as i64,
            headers.collect(),
        )
    }
}

/// A codec, by its number in Pulsar's protocol.
fn compressed(codec: u64, payload: &[u8]) -> Vec<u8> {
    match codec {
        0 => payload.to_vec(),
        1 => lz4_flex::block::compress(payload),
        2 => {
            let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            out.write_all(payload).unwrap();
            out.finish().unwrap()
        }
        3 => zstd::bulk::compress(payload, 1).unwrap(),
        _ => snap::raw::Encoder::new().compress_vec(payload).unwrap(),
    }
}

/// What every entry says: its producer, and how its payload is compressed. With a transaction of Pulsar's own, of which
/// brokers give out what was committed.
fn metadata(codec: u64, size: usize, in_transaction: bool) -> Fields {
    let mut fields = Fields::default();
    fields.bytes(1, b"standalone-1-7");
    fields.number(2, 5);
    fields.number(3, PUBLISHED);
    if codec > 0 {
        fields.number(8, codec);
        fields.number(9, size as u64);
    }
    if in_transaction {
        fields.number(22, 3);
        fields.number(23, 1);
    }
    fields
}

fn batch(codec: u64, in_transaction: bool, messages: &[Message]) -> (Fields, Vec<u8>) {
    let mut payload = Vec::new();
    for message in messages {
        message.in_batch(&mut payload);
    }
    let mut fields = metadata(codec, payload.len(), in_transaction);
    fields.number(11, messages.len() as u64);
    (fields, compressed(codec, &payload))
}

fn shown(batches: &[DecodedBatch]) -> Vec<(i64, Shown)> {
    let mut shown = Vec::new();
    for batch in batches {
        assert_eq!(batch.header.producer_id(), -1);
        assert!(!batch.header.is_transactional() && !batch.header.is_control());
        let batch = RecordBatch::parse(batch.to_bytes()).unwrap();
        batch.verify_crc().unwrap();
        let vec = |bytes: Bytes| bytes.to_vec();
        for record in batch.records(&DecompressLimits::default()).unwrap() {
            let record = record.unwrap();
            let headers = record.headers.iter();
            let headers = headers.map(|header| (vec(header.key), header.value.map(vec)));
            shown.push((
                record.offset,
                (
                    record.key.clone().map(vec),
                    record.value.clone().map(vec),
                    record.timestamp,
                    headers.collect(),
                ),
            ));
        }
    }
    shown
}

fn decoded(entry: &Bytes) -> Result<Vec<DecodedBatch>, EntryError> {
    match decode(entry, BASE, &DecodeContext::default())? {
        Decoded::Batches(batches) => Ok(batches.into_vec()),
        other => panic!("not batches: {other:?}"),
    }
}

fn key() -> impl Strategy<Value = Key> {
    prop_oneof![
        Just(Key::None),
        Just(Key::Null),
        "\\PC{0,12}".prop_map(Key::Text),
        vec(any::<u8>(), 0..20).prop_map(Key::Bytes),
    ]
}

fn message() -> impl Strategy<Value = Message> {
    let time = prop_oneof![Just(0), Just(1), Just(i64::MAX as u64), 1..PUBLISHED];
    let properties = vec(("\\PC{0,8}", "\\PC{0,8}"), 0..4);
    (
        (key(), option::weighted(0.2, vec(any::<u8>(), 0..20))),
        option::weighted(0.8, vec(any::<u8>(), 0..60)),
        option::of(time),
        properties,
        prop::bool::weighted(0.2),
        any::<bool>(),
    )
        .prop_map(
            |((key, ordering_key), value, event_time, properties, compacted_out, negative_size)| {
                Message {
                    key,
                    ordering_key,
                    value,
                    event_time,
                    properties,
                    compacted_out,
                    negative_size,
                }
            },
        )
}

proptest! {
    #[test]
    fn each_message_of_a_batch_is_a_record(
        codec in 0_u64..5,
        in_transaction: bool,
        messages in vec(message(), 1..12),
    ) {
        let (fields, payload) = batch(codec, in_transaction, &messages);
        let batches = decoded(&fields.entry(&payload)).unwrap();
        let expected: Vec<_> = (BASE..)
            .zip(&messages)
            .filter(|(_, message)| !message.compacted_out)
            .map(|(offset, message)| (offset, message.expected()))
            .collect();
        prop_assert_eq!(shown(&batches), expected);
        // What compaction took keeps its offset.
        if let Some(batch) = batches.last() {
            prop_assert_eq!(batch.header.last_offset(), BASE + messages.len() as i64 - 1);
        }
    }

    #[test]
    fn a_message_alone_is_a_record(codec in 0_u64..5, in_transaction: bool, message in message()) {
        let value = message.value.clone().unwrap_or_default();
        let mut fields = metadata(codec, value.len(), in_transaction);
        message.alone(&mut fields);
        let batches = decoded(&fields.entry(&compressed(codec, &value))).unwrap();
        prop_assert_eq!(shown(&batches), [(BASE, message.expected())]);
    }

    #[test]
    fn chunks_are_one_record_at_the_last_offset(
        codec in 0_u64..5,
        message in message(),
        more in 100_usize..2_000,
        size in 10_usize..300,
    ) {
        let mut value = message.value.clone().unwrap_or_default();
        value.extend((0..more).map(|n| n as u8));
        let message = Message { value: Some(value.clone()), ..message };
        let payload = compressed(codec, &value);
        let chunks: Vec<_> = payload.chunks(size.min(payload.len().div_ceil(2))).collect();
        let mut assembler = ChunkAssembler::new(1);
        let mut whole = None;
        for (id, chunk) in (0_u64..).zip(&chunks) {
            prop_assert_eq!(&whole, &None);
            let mut fields = metadata(codec, value.len(), false);
            message.alone(&mut fields);
            fields.bytes(26, b"standalone-1-7-5");
            fields.number(27, chunks.len() as u64);
            fields.number(28, payload.len() as u64);
            fields.number(29, id);
            let entry = fields.entry(chunk);
            let offset = BASE + id as i64;
            let context = DecodeContext::default();
            let (id, count) = (id as u32, chunks.len() as u32);
            prop_assert_eq!(decode(&entry, offset, &context), Ok(Decoded::Chunk { id, count }));
            match assembler.add(&EntryView::parse(&entry).unwrap(), offset, &context).unwrap() {
                Assembled::Complete(batches) => whole = Some(shown(&batches)),
                other => prop_assert_eq!(other, Assembled::Pending),
            }
        }
        let last = BASE + chunks.len() as i64 - 1;
        prop_assert_eq!(whole, Some(vec![(last, message.expected())]));
    }

    /// A batch that ends too early is never taken for a shorter one.
    #[test]
    fn a_batch_that_is_cut_is_told(
        codec in 0_u64..5,
        messages in vec(message(), 1..6),
        cut in 1_usize..200,
    ) {
        let (fields, payload) = batch(codec, false, &messages);
        let whole = decoded(&fields.entry(&payload)).unwrap();
        let short = &payload[..payload.len().saturating_sub(cut)];
        match decoded(&fields.entry(short)) {
            Err(_) => {}
            // The checksum at the end of the stream is all that is missing.
            Ok(batches) => prop_assert!(codec == 2 && batches == whole),
        }
    }

    #[test]
    fn more_messages_than_there_are_is_told(
        codec in select(vec![0_u64, 3]),
        messages in vec(message(), 1..6),
        more in 1_u64..i32::MAX as u64 - 6,
    ) {
        let (mut fields, payload) = batch(codec, false, &messages);
        fields.number(11, messages.len() as u64 + more);
        let error = decoded(&fields.entry(&payload)).unwrap_err();
        let is_named = matches!(error, EntryError::InvalidMessage { index, .. } if index == messages.len() as u32);
        prop_assert!(is_named, "{}", error);
    }
}

/// Of several recipients the first is named.
#[test]
fn the_first_key_of_an_encrypted_entry_is_named() {
    let mut fields = metadata(0, 0, false);
    for name in ["first", "second"] {
        let mut key = Fields::default();
        key.bytes(1, name.as_bytes());
        key.bytes(2, b"encrypted");
        fields.bytes(13, &key.0);
    }
    let error = decoded(&fields.entry(b"secret")).unwrap_err();
    let key = "first".to_owned();
    assert_eq!(error, EntryError::Encrypted { key });
}

/// Java's decoder does not look at the bits that are left over, and takes a text without its padding.
#[test]
fn keys_are_read_as_javas_base64_is() {
    for text in ["YQ==", "YQ", "YR=="] {
        let mut fields = metadata(0, 0, false);
        fields.bytes(6, text.as_bytes());
        fields.flag(17, true);
        let batches = decoded(&fields.entry(b"value")).unwrap();
        let (_, (key, ..)) = &shown(&batches)[0];
        assert_eq!(key.as_deref(), Some(&b"a"[..]), "{text}");
    }
}
