//! Receipts and the tail: what becomes part of the log.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use kop_entry::DecodedBatch;
use kop_log::{Appended, LogError};
use kop_pulsar_client::{EntryInfo, Error, MessageId, RawEntry};
use kop_records::BatchHeader;
use smallvec::smallvec;
use tokio::time::{Instant, timeout};

use super::{Driver, RecordsWrite, Write, answer};
use crate::log::cache::Item;
use crate::log::context::count;
use crate::log::decode::{Items, LEADER_EPOCH, OVERLAPS, damaged, locate, next_offset};
use crate::log::lost::entry_info;
use crate::log::open::replay;
use crate::log::scan::no_index;
use crate::log::sequence::{Desync, Seen, Sequencer, Settled, TailEntry};

/// Entries of the tail that are taken at once, before others get their turn.
const AT_ONCE: usize = 64;
/// How long a write waits for the tail before its index is asked for.
const PATIENCE: Duration = Duration::from_millis(300);
/// How long it waits for what the tail has not delivered and that lies before it. Entries that are never delivered take
/// offsets too.
const GAP_PATIENCE: Duration = Duration::from_secs(5);
/// How long the question for an index may take.
const ASK_LIMIT: Duration = Duration::from_secs(5);

impl Driver {
    /// A receipt, and the entry of the tail that has waited for it.
    pub(super) fn received(
        &mut self,
        sequence: u64,
        receipt: Result<MessageId, Error>,
    ) -> Result<(), LogError> {
        self.receipt(sequence, receipt)?;
        match self.held.take() {
            Some(raw) => self.entries(raw),
            None => Ok(()),
        }
    }

    fn receipt(
        &mut self,
        sequence: u64,
        receipt: Result<MessageId, Error>,
    ) -> Result<(), LogError> {
        match receipt {
            Ok(at) => {
                if !self.producer_writes {
                    self.producer_writes = true;
                    self.attempts.succeeded();
                }
                if let Some(sequencer) = &mut self.sequencer {
                    sequencer.receipt(sequence, at).map_err(desync)?;
                }
                self.settle();
                self.fence_written(sequence, at)
            }
            Err(error) if error.is_refused_entry() || is_terminated(&error) => {
                self.refused(sequence, &error);
                Ok(())
            }
            Err(error) => {
                if self.is_refused_again(sequence, &error) {
                    self.refused(sequence, &error);
                } else {
                    self.producer_lost(&error);
                }
                Ok(())
            }
        }
    }

    /// Whether the broker refuses an entry for the second time. It is sent again once another entry, a fence, was written: so
    /// it is not the topic that takes nothing.
    fn is_refused_again(&mut self, sequence: u64, error: &Error) -> bool {
        if !error.may_be_of_entry() {
            return false;
        }
        let sequencer = self.sequencer.as_mut();
        match sequencer.and_then(|sequencer| sequencer.get_mut(sequence)) {
            Some(Write::Records(write)) => {
                let refusal = Box::new(batch_refused(error));
                write.append.refusal.replace(refusal).is_some()
            }
            _ => false,
        }
    }

    /// The broker has not taken an entry, and would not take it again.
    fn refused(&mut self, sequence: u64, error: &Error) {
        let refused = self.sequencer.as_mut();
        match refused.and_then(|sequencer| sequencer.refused(sequence)) {
            Some(Write::Fence) => {
                // Nothing can be written to this topic before somebody changes it, whatever this producer has written.
                self.producer_writes = false;
                self.producer_lost(error);
            }
            Some(write) => {
                let topic = &self.shared.partition.pulsar_topic;
                tracing::warn!(topic, %error, "the broker has refused a batch");
                let refused = match error {
                    error if is_terminated(error) => self.shared.error(error.clone()),
                    error if error.is_refused_entry() => LogError::BatchTooLarge {
                        size: write.bytes(),
                        reason: error.to_string(),
                    },
                    error => batch_refused(error),
                };
                write.fail(&refused);
                self.recount();
                self.settle();
            }
            None => {}
        }
    }

    /// Takes an entry of the tail, and those that are here too.
    pub(super) fn entries(&mut self, raw: RawEntry) -> Result<(), LogError> {
        let (before, hides) = {
            let state = self.shared.state.lock();
            (state.log_end, state.hidden.is_some())
        };
        let mut shown = false;
        self.rest.proved();
        self.watch.heard();
        let mut next = Some(raw);
        let mut taken = 0;
        while let Some(raw) = next {
            if hides {
                // Other readers get what the tail gets.
                shown |= self.shared.state.lock().shown_to(next_offset(&raw));
            }
            self.entry(raw)?;
            taken += 1;
            let more = self.held.is_none() && taken < AT_ONCE;
            next = self
                .tail
                .as_mut()
                .filter(|_| more)
                .and_then(|tail| tail.try_next());
        }
        if shown || self.shared.state.lock().log_end != before {
            self.shared.waiters.wake_all();
        }
        self.caught_up()
    }

    fn entry(&mut self, raw: RawEntry) -> Result<(), LogError> {
        let Some((entry, items)) = self.look_at(&raw)? else {
            return Ok(());
        };
        let Some(sequencer) = &mut self.sequencer else {
            return Ok(());
        };
        match sequencer.tail(entry).map_err(desync)? {
            Seen::Known => {}
            Seen::Foreign => {
                self.rest.shared(Instant::now());
                self.extend_foreign(&entry, items);
            }
            Seen::Ours(write) => {
                let (base_offset, bytes) = (first_offset(&entry), write.bytes());
                self.extend_ours(write, base_offset, entry.at, false);
                self.rest_after(bytes);
            }
            Seen::Behind(at) => {
                self.ask(at);
                self.held = Some(raw);
                return Ok(());
            }
            Seen::Hold => {
                self.held = Some(raw);
                return Ok(());
            }
        }
        self.settle();
        Ok(())
    }

    /// Where the entry is, and what it holds if that may be needed.
    fn look_at(&mut self, raw: &RawEntry) -> Result<Option<(TailEntry, Items)>, LogError> {
        let at = raw.id;
        let shared = &self.shared;
        let sequencer = self.sequencer.as_ref();
        let known = sequencer.and_then(|sequencer| sequencer.last());
        match locate(raw) {
            Ok(Some(located)) => {
                let metadata = located.view.metadata();
                let name = shared.producer_name();
                let ours =
                    (metadata.producer_name == name.as_bytes()).then_some(metadata.sequence_id);
                let entry = TailEntry {
                    at,
                    last_offset: located.next_offset.saturating_sub(1),
                    count: located.view.num_messages(),
                    ours,
                };
                // What is on its way is in memory already. What was given up may come all the same.
                let on_its_way = |ours| sequencer.is_some_and(|s| s.is_in_flight(ours));
                let known = ours.is_some_and(on_its_way) || known.is_some_and(|last| at <= last);
                let items = if known {
                    Items::new()
                } else {
                    if located.is_of_transaction() {
                        shared.state.lock().transactions = true;
                    }
                    let topic = &shared.partition.pulsar_topic;
                    self.decoder.decode(&located, &shared.context, topic)
                };
                Ok(Some((entry, items)))
            }
            Ok(None) => no_index(shared, raw).map(|()| None),
            Err(error) => {
                let end = next_offset(raw);
                let last_offset = end.saturating_sub(1);
                let entry = TailEntry {
                    at,
                    last_offset,
                    count: 1,
                    ours: None,
                };
                if known.is_some_and(|known| at <= known) {
                    return Ok(Some((entry, Items::new())));
                }
                let (context, topic) = (&shared.context, &shared.partition.pulsar_topic);
                let item = damaged(context, topic, at, (last_offset, end), &error.to_string());
                Ok(Some((entry, smallvec![item])))
            }
        }
    }

    fn extend_foreign(&mut self, entry: &TailEntry, mut items: Items) {
        let shared = &self.shared;
        let mut state = shared.state.lock();
        let (base_offset, next_offset) = (first_offset(entry), entry.last_offset.saturating_add(1));
        let end = state.log_end;
        if base_offset < end {
            let (context, topic) = (&shared.context, &shared.partition.pulsar_topic);
            items = smallvec![damaged(
                context,
                topic,
                entry.at,
                (end, next_offset),
                OVERLAPS
            )];
        }
        for item in &items {
            replay(shared, &mut state.producers, item);
        }
        state.extend(entry.at, base_offset.max(end), next_offset, items);
        if self.decoder.take_orphan() {
            // A reader that begins earlier can put the message together.
            state.cache.restart(next_offset);
        }
    }

    /// Takes over all writes whose offsets follow from what is known.
    pub(super) fn settle(&mut self) {
        let (mut any, mut bytes) = (false, 0_usize);
        while let Some(settled) = self
            .sequencer
            .as_mut()
            .and_then(|sequencer| sequencer.settle())
        {
            let Settled {
                op,
                base_offset,
                at,
            } = settled;
            bytes = bytes.saturating_add(op.bytes());
            self.extend_ours(op, base_offset, at, true);
            any = true;
        }
        if any {
            self.shared.waiters.wake_all();
            self.rest_after(bytes);
        }
    }

    fn extend_ours(&mut self, write: Write, base_offset: i64, at: MessageId, inferred: bool) {
        let counters = &self.shared.context.counters;
        count(match inferred {
            true => &counters.inferred,
            false => &counters.waited,
        });
        match write {
            Write::Fence => {
                let mut state = self.shared.state.lock();
                state.extend(at, base_offset, base_offset.saturating_add(1), []);
            }
            Write::Records(write) => self.extend_records(*write, base_offset, at),
        }
    }

    fn extend_records(&mut self, mut write: RecordsWrite, base_offset: i64, at: MessageId) {
        let items: Items = write
            .records
            .batches
            .iter()
            .filter_map(|batch| {
                let assigned = batch.assign(base_offset, LEADER_EPOCH, None);
                let header = BatchHeader::parse(&assigned.header).ok()?;
                Some(Item::Batch(DecodedBatch {
                    header,
                    parts: smallvec![Bytes::copy_from_slice(&assigned.header), assigned.body],
                }))
            })
            .collect();
        let next_offset = items.last().map_or(base_offset, Item::next_offset);
        let log_start_offset = {
            let mut state = self.shared.state.lock();
            state.producers.settled(&write.batches, base_offset);
            state.extend(at, base_offset, next_offset, items);
            state.log_start
        };
        let appended = Appended {
            base_offset,
            last_offset: next_offset.saturating_sub(1),
            log_append_time_ms: write.log_append_time_ms,
            log_start_offset,
            duplicate: false,
        };
        for (number, reply) in write.take_replies().into_iter().enumerate() {
            let appended = Appended {
                duplicate: number > 0,
                ..appended
            };
            answer(reply, Ok(appended));
        }
    }

    /// The first write that is received, but whose offsets do not follow from what is known.
    pub(super) fn waiting(&self) -> Option<MessageId> {
        self.sequencer.as_ref().and_then(Sequencer::waiting)
    }

    /// A write that the tail does not deliver: its index is asked for after a while.
    pub(super) fn ask_for_index(&mut self) {
        let waiting = self.waiting();
        let now = Instant::now();
        // The tail will not tell.
        let patience = match self.shared.state.lock().hidden {
            Some(_) => Duration::ZERO,
            None => PATIENCE,
        };
        match (waiting, self.waiting_since) {
            (None, _) => self.waiting_since = None,
            (Some(at), Some((known, since))) if known == at => {
                if now.duration_since(since) >= patience {
                    self.ask(at);
                }
            }
            (Some(at), _) => self.waiting_since = Some((at, now)),
        }
    }

    /// Asks what lies at a position, unless that is being asked of one.
    pub(super) fn ask(&mut self, at: MessageId) {
        let too_soon = self.ask_after.is_some_and(|after| after > Instant::now());
        if self.asking.is_some() || too_soon {
            return;
        }
        let shared = Arc::clone(&self.shared);
        self.asking = Some(Box::pin(async move {
            let late = |_| LogError::Unavailable {
                reason: format!("the index of {at} was not answered within {ASK_LIMIT:?}"),
            };
            let asking = timeout(ASK_LIMIT, entry_info(&shared, at)).await;
            (at, asking.map_err(late).flatten())
        }));
    }

    /// What lies at a position, and the entry of the tail that has waited for it.
    pub(super) fn asked(
        &mut self,
        at: MessageId,
        found: Result<Option<EntryInfo>, LogError>,
    ) -> Result<(), LogError> {
        self.ask_after = Some(Instant::now() + PATIENCE);
        match found {
            Ok(Some(EntryInfo {
                index: Some(index),
                is_hidden,
                ..
            })) => {
                let offset = i64::try_from(index).unwrap_or(i64::MAX);
                self.outdated |= self.unseen == Some(at) && !is_hidden;
                self.fence_found(at, offset, is_hidden);
                self.index_known(at, offset, is_hidden)?;
                self.caught_up()?;
            }
            Ok(_) => {
                return Err(LogError::Malformed {
                    what: "entry",
                    reason: format!("{at} has no index"),
                });
            }
            // The write is made: the tail may tell where, and if not it is asked again.
            Err(error @ LogError::Unavailable { .. }) => {
                self.inform("the index of a write is asked for again", &error);
            }
            Err(error) => return Err(error),
        }
        match self.held.take() {
            Some(raw) => self.entries(raw),
            None => Ok(()),
        }
    }

    pub(super) fn index_known(
        &mut self,
        at: MessageId,
        index: i64,
        is_hidden: bool,
    ) -> Result<(), LogError> {
        let Some(sequencer) = &mut self.sequencer else {
            return Ok(());
        };
        let waited = match self.waiting_since {
            Some((known, since)) if known == at => since.elapsed(),
            _ => Duration::ZERO,
        };
        // What lies between and was not delivered will not be, once the tail is further.
        let passed = self.held.as_ref().is_some_and(|raw| raw.id > at);
        let over_gap = passed || is_hidden || waited >= GAP_PATIENCE;
        let end = sequencer.next_offset();
        let settled = sequencer.index_known(at, index, over_gap).map_err(desync)?;
        if let Some(settled) = settled {
            self.ask_after = None;
            if settled.base_offset > end && !passed {
                // Readers that begin before find what is there.
                self.shared.state.lock().skip_to(settled.base_offset);
            }
            self.extend_ours(settled.op, settled.base_offset, settled.at, false);
            self.shared.waiters.wake_all();
        }
        self.settle();
        Ok(())
    }
}

/// For good, and for a reason that is not known.
fn batch_refused(error: &Error) -> LogError {
    LogError::WritesRefused {
        reason: format!("the broker refuses this batch: {error}"),
    }
}

fn is_terminated(error: &Error) -> bool {
    matches!(error, Error::TopicTerminated(_))
}

fn first_offset(entry: &TailEntry) -> i64 {
    entry
        .last_offset
        .saturating_add(1)
        .saturating_sub(i64::from(entry.count))
}

fn desync(error: Desync) -> LogError {
    LogError::Unavailable {
        reason: format!("the partition is looked at anew: {error}"),
    }
}
