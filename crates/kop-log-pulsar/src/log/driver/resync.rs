//! Finding out which writes were made when their receipts were lost.
//!
//! A new producer under the old name is accepted only after the broker has forgotten the old one, so nothing of the old
//! one can follow. An entry of no meaning is sent through it. The broker writes in order: once that entry is written,
//! everything before it is, or never will be. So when the tail has come as far, the writes that it has not shown were
//! not made, and they are sent again, in their order and before all others.

use std::sync::atomic::Ordering;
use std::time::Duration;

use kop_pulsar_client::{Error, MessageId};
use kop_records::control::EndTxnMarker;
use kop_records::{
    Origin, ProduceRules, TargetCompression, TimestampType, ValidatedRecords, validate,
};

use tokio::time::Instant;

use super::send::now_ms;
use super::{Driver, Write};
use crate::log::sequence::Position;

/// How long the tail may take to deliver a fence.
const FENCE_PATIENCE: Duration = Duration::from_secs(1);

/// How far it has come.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Resync {
    /// All outcomes are known, or will be.
    #[default]
    None,
    /// A fence has to be sent.
    Needed,
    /// It was sent under this sequence id.
    Sent(u64),
    /// It is written here since then; the tail has to come as far.
    Written(u64, Position, Instant),
}

impl Resync {
    pub(super) fn is_none(self) -> bool {
        self == Self::None
    }
}

impl Driver {
    /// The producer is gone, and with it the receipts of what is on its way.
    pub(super) fn producer_lost(&mut self, error: &Error) {
        let topic = &self.shared.partition.pulsar_topic;
        tracing::info!(topic, %error, "the producer is opened again");
        self.producer = None;
        self.receipts.clear();
        let unknown = self
            .sequencer
            .as_ref()
            .is_some_and(|sequencer| sequencer.in_flight_len() > 0);
        if !unknown {
            self.resync = Resync::None;
            return;
        }
        let unwritten = matches!(error, Error::Disconnected { written: false, .. });
        if unwritten && self.resync.is_none() {
            // Receipts come in order: neither this write nor any after it has left the process.
            self.send_again(None);
            return;
        }
        self.shared
            .context
            .counters
            .resynchronised
            .fetch_add(1, Ordering::Relaxed);
        self.resync = Resync::Needed;
    }

    pub(super) fn send_fence(&mut self) {
        if self.resync != Resync::Needed {
            return;
        }
        let Some(records) = fence_records() else {
            return;
        };
        if let Ok(entry) = self.encode(&records, now_ms()) {
            self.resync = Resync::Sent(self.next_sequence);
            self.send_entry(entry, Write::Fence);
        }
    }

    pub(super) fn fence_written(&mut self, sequence: u64, id: MessageId) {
        if self.resync == Resync::Sent(sequence) {
            let at = Position {
                ledger: id.ledger,
                entry: id.entry,
            };
            self.resync = Resync::Written(sequence, at, Instant::now());
            self.caught_up();
        }
    }

    /// Sends another fence where the tail does not come as far as the last one: a broker that has loaded a topic a moment
    /// ago may hide its last entries from readers until the next write.
    pub(super) fn fence_again(&mut self) {
        if matches!(self.resync, Resync::Written(_, _, since) if since.elapsed() > FENCE_PATIENCE) {
            self.resync = Resync::Needed;
        }
    }

    /// The tail has come as far as the fence: what is still on its way before it was not written.
    pub(super) fn caught_up(&mut self) {
        let Some(sequencer) = &self.sequencer else {
            return;
        };
        let fence = match self.resync {
            Resync::Written(fence, at, _) if sequencer.last().is_some_and(|last| last >= at) => {
                fence
            }
            _ => return,
        };
        self.resync = Resync::None;
        self.send_again(Some(fence));
    }

    /// What was sent before the fence, and is not known to be written, was not.
    fn send_again(&mut self, fence: Option<u64>) {
        let Some(sequencer) = &mut self.sequencer else {
            return;
        };
        let lost = sequencer.take_lost(fence);
        let topic = &self.shared.partition.pulsar_topic;
        tracing::info!(
            topic,
            writes = lost.len(),
            "sent again, as they were not written"
        );
        {
            let mut state = self.shared.state.lock();
            state.producers.give_up();
            // What is written but waits for its offsets still counts for the writes that follow it.
            for write in sequencer.in_flight() {
                if let Write::Records(write) = write {
                    // It was found right before.
                    let _ = state.producers.check(&write.batches);
                }
            }
        }
        let now = Instant::now();
        for write in lost.into_iter().rev() {
            if let Write::Records(write) = write
                && write.append.deadline > now
            {
                self.backlog.push_front(write.append);
            }
        }
    }
}

/// A control batch without a producer: Kafka's and Pulsar's consumers both pass it.
fn fence_records() -> Option<ValidatedRecords> {
    let marker = EndTxnMarker {
        committed: true,
        coordinator_epoch: 0,
    };
    let bytes = marker.batch(now_ms(), -1, -1).ok()?;
    let rules = ProduceRules {
        produce_version: i16::MAX,
        max_message_bytes: usize::MAX,
        timestamp_type: TimestampType::CreateTime,
        before_max_ms: i64::MAX,
        after_max_ms: i64::MAX,
        now_ms: now_ms(),
        compression: TargetCompression::Producer,
        require_keys: false,
        max_decompressed_bytes: 4096,
        origin: Origin::Coordinator,
    };
    validate(bytes, &rules).ok()
}

#[cfg(test)]
mod tests {
    use kop_log::AppendRequest;
    use kop_log::producer::ProducerBatch;

    use super::*;

    #[test]
    fn a_fence_is_nobodys_control_batch() {
        let records = fence_records().unwrap();
        let batch = &records.batches[0];
        assert!(batch.header.is_control());
        assert_eq!(ProducerBatch::of_append(batch, 0).unwrap(), None);
        let request = AppendRequest { records, now_ms: 0 };
        assert_eq!(request.records.record_count, 1);
    }
}
