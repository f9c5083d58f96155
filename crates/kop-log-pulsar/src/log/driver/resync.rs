//! Finding out which writes were made when their receipts were lost.
//!
//! A new producer under the old name is accepted only after the broker has forgotten the old one, so nothing of the old
//! one can follow. An entry of no meaning is sent through it, the fence. The broker writes in order: once that entry is
//! written, everything before it is, or never will be. So when the tail has come as far, the writes that it has not shown
//! were not made, and they are sent again, in their order and before all others.
//!
//! Consumers need not see the fence. In the format `pulsar` it is a marker, which brokers give to no reader, the tail
//! neither: it has come as far when it has shown all offsets before the fence's. Where it does not, since others' markers
//! lie there too, another fence is sent that readers get. While a transaction of Pulsar's own is open the tail shows nothing that
//! was written since: whatever became of it, it has to be waited for.

use std::time::Duration;

use kop_entry::TransactionForm;
use kop_log::LogError;
use kop_pulsar_client::{Error, MessageId};
use kop_records::control::EndTxnMarker;
use kop_records::{ProduceRules, ValidatedRecords, validate};
use tokio::time::Instant;

use super::{Driver, Write};
use crate::log::context::count;
use crate::now_ms;

/// How long the tail may take to deliver a fence.
const FENCE_PATIENCE: Duration = Duration::from_secs(1);

/// How far it has come.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Resync {
    /// All outcomes are known, or will be.
    #[default]
    None,
    /// A fence has to be sent.
    Needed(Fence),
    /// It was sent under this sequence id.
    Sent(u64, Fence),
    /// It is written; the tail has to come as far.
    Written(WrittenFence),
}

/// How a fence looks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fence {
    /// Readers do not get it, if the format has such entries.
    Hidden,
    /// Every reader gets it, and Kafka's clients pass it.
    Readable,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct WrittenFence {
    sequence: u64,
    at: MessageId,
    /// Its offset, if it was asked for.
    offset: Option<i64>,
    since: Instant,
    form: Fence,
}

impl Resync {
    pub(super) fn is_none(self) -> bool {
        self == Self::None
    }
}

impl Driver {
    /// The producer is gone, and with it the receipts of what is on its way.
    pub(super) fn producer_lost(&mut self, error: &Error) {
        self.inform("the producer is opened again", error);
        if self.producer.take().is_some() && !self.producer_writes {
            // A broker whose bookies are away takes every producer, and closes it upon its first entry.
            self.attempts.failed();
        }
        self.receipts.clear();
        if let Some(sequencer) = &mut self.sequencer {
            // Whether a fence was written matters to nobody.
            sequencer.forget(|write| matches!(write, Write::Fence));
        }
        if self.in_flight() == 0 {
            self.resync = Resync::None;
            return;
        }
        let unwritten = matches!(error, Error::Disconnected { written: false, .. });
        if unwritten && self.resync.is_none() {
            // Receipts come in order: neither this write nor any after it has left the process.
            self.send_again(None);
            return;
        }
        count(&self.shared.context.counters.resynchronised);
        self.resync = Resync::Needed(Fence::Hidden);
    }

    pub(super) fn send_fence(&mut self) {
        let Resync::Needed(form) = self.resync else {
            return;
        };
        let Some(records) = fence_records() else {
            return;
        };
        // Nobody has tried whether every broker ends a compaction where the last entry is one that readers do not get.
        let compacted = self.shared.partition.topic.read_compacted;
        let transactions = match form {
            Fence::Hidden if !compacted => TransactionForm::Native,
            _ => TransactionForm::Readable,
        };
        if let Ok(entry) = self.encode(&records, now_ms(), transactions) {
            let form = if entry.marker {
                Fence::Hidden
            } else {
                Fence::Readable
            };
            self.resync = Resync::Sent(self.next_sequence, form);
            self.send_entry(entry, Write::Fence);
        }
    }

    pub(super) fn fence_written(&mut self, sequence: u64, at: MessageId) -> Result<(), LogError> {
        let form = match self.resync {
            Resync::Sent(sent, form) if sent == sequence => form,
            _ => return Ok(()),
        };
        self.resync = Resync::Written(WrittenFence {
            sequence,
            at,
            offset: None,
            since: Instant::now(),
            form,
        });
        self.caught_up()?;
        self.ask_for_fence();
        Ok(())
    }

    /// Asks what became of a fence that the tail does not deliver.
    fn ask_for_fence(&mut self) {
        if let Resync::Written(WrittenFence {
            at,
            offset: None,
            form,
            since,
            ..
        }) = self.resync
            && (form == Fence::Hidden || since.elapsed() > FENCE_PATIENCE / 2)
        {
            self.ask(at);
        }
    }

    /// The offset of an entry, which may be the fence. Where it is hidden, so may be those writes of which nothing is known:
    /// another fence would be hidden too.
    pub(super) fn fence_found(&mut self, asked: MessageId, offset: i64, is_hidden: bool) {
        match &mut self.resync {
            Resync::Written(fence) if fence.at == asked && is_hidden => {
                fence.since = Instant::now();
            }
            Resync::Written(fence) if fence.at == asked => fence.offset = Some(offset),
            _ => {}
        }
    }

    /// Sends another fence where the tail does not come as far as the last one: a broker that has loaded a topic a moment
    /// ago may hide its last entries from readers until the next write. Not before the answer to what became of this one:
    /// a broker that is slow would be given fence after fence.
    pub(super) fn fence_again(&mut self) {
        if let Resync::Written(fence) = self.resync {
            if self.asking.is_some() {
                return;
            }
            if fence.since.elapsed() > FENCE_PATIENCE {
                self.resync = Resync::Needed(Fence::Readable);
            } else {
                self.ask_for_fence();
            }
        }
    }

    /// If the tail has come as far as the fence: what is still on its way before it was not written.
    pub(super) fn caught_up(&mut self) -> Result<(), LogError> {
        let (Some(sequencer), Resync::Written(fence)) = (&self.sequencer, self.resync) else {
            return Ok(());
        };
        if !sequencer.reaches(fence.at, fence.offset) {
            return Ok(());
        }
        self.resync = Resync::None;
        self.send_again(Some(fence.sequence));
        match fence.offset {
            Some(offset) => self.index_known(fence.at, offset, false),
            None => {
                self.settle();
                Ok(())
            }
        }
    }

    /// What was sent before the fence, and is not known to be written, was not.
    fn send_again(&mut self, fence: Option<u64>) {
        let Some(sequencer) = &mut self.sequencer else {
            return;
        };
        let lost = sequencer.take_lost(fence);
        let shared = &self.shared;
        let what = "sent again, as they were not written";
        if let Some(not_logged_before) = shared.context.told.tell(what) {
            let topic = &shared.partition.pulsar_topic;
            tracing::info!(topic, writes = lost.len(), not_logged_before, "{what}");
        }
        self.recount();
        let now = Instant::now();
        for write in lost.into_iter().rev() {
            if let Write::Records(write) = write
                && write.append.deadline > now
            {
                self.backlog.push_front(write.append);
            } else {
                // Whoever waited for it was told that it is late.
                self.note_refusal();
            }
        }
    }
}

/// A control batch without a producer, which Kafka's consumers pass.
fn fence_records() -> Option<ValidatedRecords> {
    let marker = EndTxnMarker {
        committed: true,
        coordinator_epoch: 0,
    };
    let bytes = marker.batch(now_ms(), -1, -1).ok()?;
    validate(bytes, &ProduceRules::of_coordinator(now_ms())).ok()
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
