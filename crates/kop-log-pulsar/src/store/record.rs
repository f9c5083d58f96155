//! The messages of the metadata topic: a key and a value, or none where the key is removed.

use bytes::Bytes;
use kop_entry::{DecodeContext, Decoded, EncodeContext, EncodedEntry, EntryFormat, decode, encode};
use kop_records::{
    BatchBuilder, Compression, DecompressLimits, ProduceRules, RecordBatch, validate,
};

/// In front of the keys of values.
const VALUE: &str = "value/";
/// The key of the message that says who took the lock.
const OWNER: &str = "owner";

/// A message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Record {
    /// A value was set, or removed.
    Value { key: String, value: Option<Bytes> },
    /// Somebody took the lock.
    Owner(String),
}

impl Record {
    pub(super) fn encode(&self, now_ms: i64, sequence_id: u64) -> Result<EncodedEntry, String> {
        let (key, value) = match self {
            Self::Value { key, value } => (format!("{VALUE}{key}"), value.as_deref()),
            Self::Owner(owner) => (OWNER.to_owned(), Some(owner.as_bytes())),
        };
        let mut batch = BatchBuilder::new(Compression::None);
        batch
            .append(now_ms, Some(key.as_bytes()), value, &[])
            .map_err(|error| error.to_string())?;
        let batch = batch.build().map_err(|error| error.to_string())?;
        let rules = ProduceRules {
            require_keys: true,
            ..ProduceRules::of_coordinator(now_ms)
        };
        let records = validate(batch, &rules).map_err(|error| error.to_string())?;
        let context = EncodeContext {
            sequence_id: Some(sequence_id),
            ..EncodeContext::at(now_ms)
        };
        encode(EntryFormat::Pulsar, &records, &context).map_err(|error| error.to_string())
    }

    /// The messages of an entry. Those with other keys are not ours, and left out.
    pub(super) fn decode_all(entry: &Bytes) -> Result<Vec<Self>, String> {
        let decoded =
            decode(entry, 0, &DecodeContext::default()).map_err(|error| error.to_string())?;
        let Decoded::Batches(batches) = decoded else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for batch in &batches {
            let batch = RecordBatch::parse(batch.to_bytes()).map_err(|error| error.to_string())?;
            let records = batch
                .records(&DecompressLimits::default())
                .map_err(|error| error.to_string())?;
            for record in records {
                let record = record.map_err(|error| error.to_string())?;
                found.extend(Self::of(record.key.as_deref(), record.value));
            }
        }
        Ok(found)
    }

    fn of(key: Option<&[u8]>, value: Option<Bytes>) -> Option<Self> {
        let key = std::str::from_utf8(key?).ok()?;
        if key == OWNER {
            let owner = String::from_utf8_lossy(&value.unwrap_or_default()).into_owned();
            return Some(Self::Owner(owner));
        }
        let key = key.strip_prefix(VALUE)?.to_owned();
        Some(Self::Value { key, value })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record() -> impl Strategy<Value = Record> {
        let value = proptest::option::of(proptest::collection::vec(any::<u8>(), 0..300));
        prop_oneof![
            ("\\PC{0,40}", value).prop_map(|(key, value)| Record::Value {
                key,
                value: value.map(Bytes::from)
            }),
            "\\PC{0,40}".prop_map(Record::Owner),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(record in record(), sequence in any::<u64>()) {
            let entry = record.encode(1_700_000_000_000, sequence).unwrap();
            prop_assert_eq!(entry.num_messages, 1);
            prop_assert_eq!(Record::decode_all(&entry.to_bytes()).unwrap(), vec![record]);
        }

        #[test]
        fn any_bytes_are_an_entry_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Record::decode_all(&Bytes::from(bytes));
        }
    }
}
