//! What `KafkaPayloadProcessor` is for Pulsar consumers in Java.

use bytes::Bytes;
use kop_records::{Batches, DecompressLimits, Record, RecordIter, batches};

use crate::EntryError;
use crate::encode::kafka::offsets;
use crate::format::is_kafka;

/// Takes payloads of the Kafka formats apart for a Pulsar consumer, whose client would take them for a Pulsar batch.
///
/// A client gives its messages' metadata and payload in types of its own, so this takes their parts:
///
/// ```
/// # use bytes::Bytes;
/// # use kop_entry::{EntryError, PayloadProcessor};
/// # fn on_entry(properties: Vec<(String, String)>, payload: Bytes) -> Result<(), EntryError> {
/// let processor = PayloadProcessor::default();
/// let pairs = properties.iter().map(|(key, value)| (&key[..], &value[..]));
/// if PayloadProcessor::applies(pairs) {
///     for message in processor.process(&payload) {
///         let message = message?;
///         println!("{} {:?} {:?}", message.batch_index, message.record.key, message.record.value);
///     }
/// } else {
///     // The client's own handling.
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct PayloadProcessor {
    /// How far compressed batches may expand.
    pub limits: DecompressLimits,
}

/// One message of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Index in the entry, as in the message ids of a Pulsar batch. Control records have one and are not given out.
    pub batch_index: u32,
    /// Key, value, headers and timestamp; the offset is relative to what the writer knew. Slices of the payload, or of
    /// what a batch of it decompressed to.
    pub record: Record,
}

impl PayloadProcessor {
    /// Whether the properties of an entry's metadata say that its payload has to be processed.
    pub fn applies<'p>(mut properties: impl Iterator<Item = (&'p str, &'p str)>) -> bool {
        properties.any(|(key, value)| is_kafka(key.as_bytes(), value.as_bytes()))
    }

    /// The messages of a payload, decrypted and decompressed as far as Pulsar's own means go.
    pub fn process(&self, payload: &Bytes) -> Messages {
        Messages {
            limits: self.limits,
            batches: batches(payload),
            len: payload.len(),
            current: None,
            index: 0,
            next: 0,
        }
    }
}

/// Iterator over the messages of a payload. An error is the last item.
#[derive(Debug)]
pub struct Messages {
    limits: DecompressLimits,
    batches: Batches,
    len: usize,
    current: Option<RecordIter>,
    /// Of the message that comes next.
    index: u64,
    /// Of the first message after this batch.
    next: u64,
}

impl Messages {
    fn next_message(&mut self) -> Result<Option<Message>, EntryError> {
        loop {
            if let Some(record) = self.current.as_mut().and_then(RecordIter::next) {
                let batch_index = u32::try_from(self.index).map_err(|_| TOO_MANY)?;
                self.index += 1;
                return Ok(Some(Message {
                    batch_index,
                    record: record?,
                }));
            }
            self.index = self.next.max(self.index);
            let Some(batch) = self.batches.next().transpose()? else {
                return self.end();
            };
            batch.verify_crc()?;
            let taken = batch.header().map_or(0, |header| {
                offsets(header.last_offset_delta(), header.record_count())
            });
            self.next = self.index.saturating_add(taken);
            self.current = match batch.is_control() {
                true => None,
                false => Some(batch.records(&self.limits)?),
            };
        }
    }

    fn end(&mut self) -> Result<Option<Message>, EntryError> {
        if self.batches.valid_bytes() == self.len {
            return Ok(None);
        }
        self.len = self.batches.valid_bytes();
        Err(EntryError::Malformed {
            part: "payload",
            fault: "the last record batch is not whole",
        })
    }
}

const TOO_MANY: EntryError = EntryError::Malformed {
    part: "payload",
    fault: "more than 4294967295 records",
};

impl Iterator for Messages {
    type Item = Result<Message, EntryError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.next_message().transpose();
        if let Some(Err(_)) = next {
            // Nothing comes after an error.
            self.current = None;
            self.batches = batches(&Bytes::new());
            self.len = 0;
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use kop_records::control::EndTxnMarker;
    use kop_records::{BatchBuilder, Compression};

    use super::*;

    fn batch(values: &[&str]) -> Bytes {
        let mut builder = BatchBuilder::new(Compression::Zstd);
        for value in values {
            builder
                .append(7, None, Some(value.as_bytes()), &[])
                .unwrap();
        }
        builder.build().unwrap()
    }

    fn read(payload: &[Bytes]) -> Vec<(u32, String)> {
        let payload = Bytes::from(payload.concat());
        PayloadProcessor::default()
            .process(&payload)
            .map(Result::unwrap)
            .map(|message| {
                let value = message.record.value.unwrap();
                (message.batch_index, String::from_utf8_lossy(&value).into())
            })
            .collect()
    }

    #[test]
    fn several_batches_are_counted_through_and_control_records_passed_over() {
        let marker = EndTxnMarker {
            committed: true,
            coordinator_epoch: 1,
        };
        let marker = marker.batch(0, 5, 0).unwrap();
        assert_eq!(
            read(&[batch(&["a", "b"]), marker, batch(&["c"])]),
            [(0, "a".into()), (1, "b".into()), (3, "c".into())]
        );
    }

    #[test]
    fn old_messages_are_counted_too() {
        let mut builder = BatchBuilder::new(Compression::None).magic(1);
        builder.append(7, None, Some(b"x"), &[]).unwrap();
        builder.append(8, None, Some(b"y"), &[]).unwrap();
        assert_eq!(
            read(&[builder.build().unwrap()]),
            [(0, "x".into()), (1, "y".into())]
        );
    }

    #[test]
    fn an_error_is_the_last_item() {
        let whole = batch(&["a"]);
        let cut = whole.slice(..whole.len() - 1);
        let payload = Bytes::from([whole, cut].concat());
        let items: Vec<_> = PayloadProcessor::default().process(&payload).collect();
        assert_eq!(items.len(), 2);
        assert!(items[0].is_ok() && items[1].is_err());
    }

    #[test]
    fn the_property_is_looked_for_among_others() {
        let applies = |pairs: &[(&str, &str)]| PayloadProcessor::applies(pairs.iter().copied());
        assert!(applies(&[("a", "b"), ("entry.format", "KAFKA")]));
        assert!(!applies(&[("entry.format", "pulsar")]));
        assert!(!applies(&[]));
    }
}
