//! Sending what is asked for.

use kop_entry::{EncodeContext, EncodedEntry, EntryError, EntryFormat, TransactionForm, encode};
use kop_log::producer::{Duplicate, ProducerBatch};
use kop_log::{AppendRequest, Appended, LogError};
use kop_pulsar_client::{OutgoingEntry, Producer};
use kop_records::{
    BatchHeader, Compression, DecompressLimits, RecordsError, TimestampType, ValidBatch,
    ValidatedRecords,
};
use tokio::time::Instant;

use super::{Append, Driver, RecordsWrite, Write, answer};
use crate::fault::too_large;
use crate::log::decode::LEADER_EPOCH;
use crate::log::heavy;
use crate::log::producers::{Verdict, WriteBatches};
use crate::log::sequence::Sequencer;

/// By so many milliseconds a publish time may lie before the write: less than offsets for a time are searched for before it.
const PUBLISH_TIME_LAG: i64 = 500;

impl Driver {
    /// Sends what waits, as far as that is possible now.
    pub(super) fn send_backlog(&mut self) {
        if self.outdated || (self.backlog.is_empty() && self.resync.is_none()) {
            return;
        }
        if self.producer.is_none() {
            if self.opening_producer.is_none() && self.attempts.is_over() {
                self.open_producer();
            } else if self.opening_producer.is_none()
                && let Some(refusal) = self.refusal.clone()
            {
                self.refuse_backlog(&refusal);
            }
            return;
        }
        if !self.resync.is_none() {
            self.send_fence();
            return;
        }
        // A broker that does not keep up would get more with every attempt of those who have been told that it is late.
        let now = Instant::now();
        let first = self.sequencer.as_ref().and_then(Sequencer::first_in_flight);
        if first.is_some_and(|write| write.is_late(now)) {
            return;
        }
        while self.producer.is_some()
            && let Some(append) = self.backlog.pop_front()
        {
            match self.prepare(&append.request) {
                // A gap in its sequence, or a repetition, could not be told from what is right.
                Ok((_, batches)) if !batches.is_empty() && self.unseen.is_some() => {
                    self.note_refusal();
                    answer(append.reply, Err(self.producers_unseen()));
                }
                // Its producer's state must be stored before its first write.
                Ok((_, batches)) if !batches.is_empty() && !self.has_snapshot => {
                    self.backlog.push_front(append);
                    if self.saving.is_none() && self.attempts.is_over() {
                        self.save();
                    }
                    return;
                }
                Ok((records, batches)) => self.send_checked(append, records, batches),
                Err(error) => {
                    if matches!(error, LogError::Unavailable { .. }) {
                        self.note_refusal();
                    }
                    answer(append.reply, Err(error));
                }
            }
        }
    }

    /// Refuses all that waits, except for what the log has already.
    pub(super) fn refuse_backlog(&mut self, refusal: &LogError) {
        for append in std::mem::take(&mut self.backlog) {
            if let Ok((records, batches)) = self.prepare(&append.request) {
                let verdict = self.shared.state.lock().producers.check(&batches);
                if let Ok(Verdict::Written(duplicate)) = verdict {
                    self.tell_duplicate(append, &records, duplicate);
                    continue;
                }
            }
            answer(append.reply, Err(refusal.clone()));
        }
        self.recount();
    }

    fn producers_unseen(&self) -> LogError {
        LogError::Unavailable {
            reason: format!(
                "a transaction of Pulsar's own is open in {}, and hides what producers wrote last before this server came",
                self.shared.partition.pulsar_topic
            ),
        }
    }

    fn prepare(
        &self,
        request: &AppendRequest,
    ) -> Result<(ValidatedRecords, WriteBatches), LogError> {
        self.shared.context.lease.check()?;
        let mut records = request.records.clone();
        let config = self.shared.partition.topic.config();
        if config.timestamp_type == TimestampType::LogAppendTime {
            for batch in &mut records.batches {
                *batch = at_time(batch, request.now_ms)?;
            }
        }
        let mut batches = WriteBatches::new();
        for batch in &records.batches {
            batches.extend(ProducerBatch::of_append(batch, 0)?);
        }
        Ok((records, batches))
    }

    fn send_checked(&mut self, append: Append, records: ValidatedRecords, batches: WriteBatches) {
        if let Some(error) = self.excuse(&batches, None) {
            return answer(append.reply, Err(error));
        }
        let verdict = self.shared.state.lock().producers.check(&batches);
        match verdict {
            Ok(Verdict::New) => self.send_new(append, records, batches),
            Ok(Verdict::Written(duplicate)) => self.tell_duplicate(append, &records, duplicate),
            Ok(Verdict::InFlight) => self.follow(append, &batches),
            Err(error) => {
                // The broker has refused it, and taken those behind it: it would be told that it comes too late.
                let too_late = matches!(error, LogError::OutOfOrderSequence { .. });
                let refusal = append.refusal.as_deref().filter(|_| too_late).cloned();
                let refusal = refusal.or_else(|| self.excuse(&batches, Some(&error)));
                answer(append.reply, Err(refusal.unwrap_or(error)));
            }
        }
    }

    fn tell_duplicate(&self, append: Append, records: &ValidatedRecords, duplicate: Duplicate) {
        let appended = Appended {
            base_offset: duplicate.base_offset,
            last_offset: duplicate.last_offset,
            log_append_time_ms: append_time(records, duplicate.timestamp),
            log_start_offset: self.shared.state.lock().log_start,
            duplicate: true,
        };
        answer(append.reply, Ok(appended));
    }

    /// The same write is on its way: its answer is this one's too.
    fn follow(&mut self, append: Append, batches: &WriteBatches) {
        let same = |write: &ProducerBatch, batch: &ProducerBatch| {
            (write.producer_id, write.epoch, write.base_sequence)
                == (batch.producer_id, batch.epoch, batch.base_sequence)
        };
        let in_flight = self.sequencer.iter_mut().flat_map(Sequencer::in_flight_mut);
        for write in in_flight {
            if let Write::Records(write) = write
                && let (Some(a), Some(b)) = (write.batches.first(), batches.first())
                && same(a, b)
            {
                write.followers.push(append.reply);
                return;
            }
        }
        let error = LogError::Unavailable {
            reason: "the same batch is being written".to_owned(),
        };
        answer(append.reply, Err(error));
    }

    fn send_new(&mut self, append: Append, records: ValidatedRecords, batches: WriteBatches) {
        let now_ms = append.request.now_ms;
        let encoded = self.encode(&records, now_ms, TransactionForm::Readable);
        let checked = encoded.and_then(|entry| self.check_size(&entry).map(|()| entry));
        match checked {
            Ok(entry) => {
                let write = RecordsWrite {
                    log_append_time_ms: append_time(&records, now_ms),
                    append,
                    records,
                    batches,
                    followers: Vec::new(),
                };
                self.send_entry(entry, Write::Records(Box::new(write)));
            }
            Err(error) => {
                self.recount();
                answer(append.reply, Err(error));
            }
        }
    }

    /// What is written but waits for its offsets, or may be written, counts for the writes that follow it; nothing else
    /// that was checked does.
    pub(super) fn recount(&mut self) {
        let in_flight = self.sequencer.iter().flat_map(Sequencer::in_flight);
        let in_flight = in_flight.filter_map(|write| match write {
            Write::Records(write) => Some(&write.batches),
            Write::Fence => None,
        });
        let mut state = self.shared.state.lock();
        state.producers.only_on_their_way(in_flight);
    }

    pub(super) fn encode(
        &self,
        records: &ValidatedRecords,
        now_ms: i64,
        transactions: TransactionForm,
    ) -> Result<EncodedEntry, LogError> {
        let name = self.shared.producer_name();
        let base_offset = self.sequencer.as_ref().map_or(0, |s| s.next_offset());
        let context = EncodeContext {
            publish_time_ms: now_ms,
            publish_time_lag_ms: Some(PUBLISH_TIME_LAG),
            base_offset,
            producer_name: name,
            sequence_id: Some(self.next_sequence),
            // The batches have checksums of their own, and the original writes no other. But some clients, such as the
            // crate `pulsar`, take it for granted, and brokers compare it.
            checksum: true,
            properties: &[],
            transactions,
            // What no entry has room for takes no memory first: a message is larger here than its record was.
            limits: DecompressLimits {
                max_bytes: self.max_entry_bytes(),
            },
        };
        let partition = &self.shared.partition;
        let format = partition.topic.format().unwrap_or(partition.format);
        let compressed = match format {
            EntryFormat::Pulsar => compressed_bytes(records),
            // They do not look inside.
            EntryFormat::Kafka | EntryFormat::MixedKafka => 0,
        };
        heavy::expand(compressed, || encode(format, records, &context)).map_err(encode_error)
    }

    /// An entry that the broker would close the connection for is not sent.
    fn check_size(&self, entry: &EncodedEntry) -> Result<(), LogError> {
        let size = entry.size_in_bytes();
        match self.max_entry_bytes() {
            limit if size > limit => Err(too_large(size, limit)),
            _ => Ok(()),
        }
    }

    /// The largest entry that the broker takes of this topic; without a producer nothing is sent, and any limit will do.
    fn max_entry_bytes(&self) -> usize {
        let producer = self.producer.as_ref();
        let most = producer.map_or(
            DecompressLimits::default().max_bytes,
            Producer::max_message_size,
        );
        let own = self.shared.partition.topic.max_entry_bytes();
        own.map_or(most, |own| own.min(most))
    }

    /// The call fixes the order on the wire.
    pub(super) fn send_entry(&mut self, entry: EncodedEntry, write: Write) {
        let (Some(producer), Some(sequencer)) = (&self.producer, &mut self.sequencer) else {
            return;
        };
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        sequencer.sent(sequence, entry.num_messages, !entry.marker, write);
        let receipt = producer.send(OutgoingEntry {
            parts: entry.parts,
            num_messages: entry.num_messages,
            sequence_id: sequence,
            highest_sequence_id: None,
            txn: None,
            marker: entry.marker,
        });
        self.receipts.push_back((sequence, receipt));
    }
}

/// Bytes that have to be expanded.
fn compressed_bytes(records: &ValidatedRecords) -> usize {
    let batches = records.batches.iter();
    let compressed = batches.filter(|batch| batch.header.compression() != Compression::None);
    compressed.map(|batch| batch.bytes.len()).sum()
}

fn encode_error(error: EntryError) -> LogError {
    match error {
        EntryError::Records(RecordsError::DecompressedTooLarge { limit }) => {
            too_large(limit.saturating_add(1), limit)
        }
        error => LogError::Malformed {
            what: "batch",
            reason: error.to_string(),
        },
    }
}

/// The batch with this append time in its header.
fn at_time(batch: &ValidBatch, now_ms: i64) -> Result<ValidBatch, LogError> {
    // Its offset stays relative to the first batch.
    let assigned = batch.assign(0, LEADER_EPOCH, Some(now_ms));
    let header = BatchHeader::parse(&assigned.header).map_err(|error| LogError::Malformed {
        what: "validated batch",
        reason: error.to_string(),
    })?;
    Ok(ValidBatch {
        bytes: batch.bytes.clone(),
        header,
    })
}

/// `time` where the log gives records the time at which it takes them, else the -1 of an answer without such a time.
fn append_time(records: &ValidatedRecords, time: i64) -> i64 {
    let first = records.batches.first();
    let of_log = |batch: &ValidBatch| batch.header.timestamp_type() == TimestampType::LogAppendTime;
    if first.is_some_and(of_log) { time } else { -1 }
}

#[cfg(test)]
mod tests {
    use kop_entry::validate_batches;
    use kop_records::{BatchBuilder, TargetCompression};

    use super::*;

    #[test]
    fn what_expands_beyond_an_entry_is_too_large() {
        let mut builder = BatchBuilder::new(Compression::Lz4);
        builder
            .append(1, None, Some(&vec![0; 1 << 20]), &[])
            .unwrap();
        let bytes = builder.build().unwrap();
        assert!(bytes.len() < 1 << 16);
        let all = DecompressLimits::default();
        let records = validate_batches(&bytes, TargetCompression::Producer, &all).unwrap();
        let context = EncodeContext {
            limits: DecompressLimits { max_bytes: 1 << 19 },
            ..EncodeContext::at(1)
        };
        let error = encode(EntryFormat::Pulsar, &records, &context).unwrap_err();
        let error = encode_error(error);
        assert!(
            matches!(error, LogError::BatchTooLarge { size, .. } if size > 1 << 19),
            "{error}"
        );
    }
}
