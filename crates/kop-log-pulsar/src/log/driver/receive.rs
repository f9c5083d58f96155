//! Receipts and the tail: what becomes part of the log.

use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use kop_log::{Appended, LogError};
use kop_pulsar_client::{Error, MessageId, RawEntry};
use kop_records::BatchHeader;
use smallvec::smallvec;
use tokio::time::{Instant, timeout};

use super::{Driver, RecordsWrite, Write};
use crate::log::cache::{Batch, Item};
use crate::log::decode::{Items, LEADER_EPOCH, OVERLAPS, damaged, locate, position};
use crate::log::open::replay;
use crate::log::scan::{message_id, no_index};
use crate::log::sequence::{Desync, Position, Seen, Settled, TailEntry};

/// Entries of the tail that are taken at once, before others get their turn.
const AT_ONCE: usize = 64;
/// How long a write waits for the tail before its index is asked for.
const PATIENCE: Duration = Duration::from_millis(300);
/// How long that question may take.
const ASK_LIMIT: Duration = Duration::from_secs(5);

impl Driver {
    /// A receipt, and the entry of the tail that has waited for it.
    pub(super) async fn received(
        &mut self,
        sequence: u64,
        receipt: Result<MessageId, Error>,
    ) -> Result<(), LogError> {
        self.receipt(sequence, receipt)?;
        match self.held.take() {
            Some(raw) => self.entries(raw).await,
            None => Ok(()),
        }
    }

    fn receipt(
        &mut self,
        sequence: u64,
        receipt: Result<MessageId, Error>,
    ) -> Result<(), LogError> {
        match receipt {
            Ok(id) => {
                let at = Position {
                    ledger: id.ledger,
                    entry: id.entry,
                };
                if let Some(sequencer) = &mut self.sequencer {
                    sequencer.receipt(sequence, at).map_err(desync)?;
                }
                self.settle();
                self.fence_written(sequence, id);
                Ok(())
            }
            Err(error) => {
                self.producer_lost(&error);
                Ok(())
            }
        }
    }

    /// Takes an entry of the tail, and those that are here too.
    pub(super) async fn entries(&mut self, raw: RawEntry) -> Result<(), LogError> {
        let before = self.shared.state.lock().log_end;
        self.rest.proved();
        let mut next = Some(raw);
        let mut taken = 0;
        while let Some(raw) = next {
            self.entry(raw).await?;
            taken += 1;
            let more = self.held.is_none() && taken < AT_ONCE;
            next = self
                .tail
                .as_mut()
                .filter(|_| more)
                .and_then(|tail| tail.try_next());
        }
        if self.shared.state.lock().log_end != before {
            self.shared.waiters.wake_all();
        }
        self.caught_up();
        Ok(())
    }

    async fn entry(&mut self, raw: RawEntry) -> Result<(), LogError> {
        let Some((entry, items)) = self.look_at(&raw)? else {
            return Ok(());
        };
        loop {
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
                    self.ask(at).await?;
                    continue;
                }
                Seen::Hold => {
                    self.held = Some(raw);
                    return Ok(());
                }
            }
            self.settle();
            return Ok(());
        }
    }

    /// Where the entry is, and what it holds if that may be needed.
    fn look_at(&mut self, raw: &RawEntry) -> Result<Option<(TailEntry, Items)>, LogError> {
        let at = position(raw);
        let shared = &self.shared;
        let known = self
            .sequencer
            .as_ref()
            .and_then(|sequencer| sequencer.last());
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
                // What we wrote is in memory already.
                let known = ours.is_some() || known.is_some_and(|last| at <= last);
                let items = if known {
                    Items::new()
                } else {
                    let topic = &shared.partition.pulsar_topic;
                    self.decoder.decode(&located, &shared.context, topic)
                };
                Ok(Some((entry, items)))
            }
            Ok(None) => no_index(shared, raw).map(|()| None),
            Err(error) => {
                let last = raw
                    .index
                    .and_then(|index| i64::try_from(index).ok())
                    .unwrap_or(i64::MAX - 1);
                let entry = TailEntry {
                    at,
                    last_offset: last,
                    count: 1,
                    ours: None,
                };
                if known.is_some_and(|known| at <= known) {
                    return Ok(Some((entry, Items::new())));
                }
                let (context, topic) = (&shared.context, &shared.partition.pulsar_topic);
                let item = damaged(context, topic, at, (last, last + 1), &error.to_string());
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

    fn extend_ours(&mut self, write: Write, base_offset: i64, at: Position, inferred: bool) {
        let counters = &self.shared.context.counters;
        let counter = if inferred {
            &counters.inferred
        } else {
            &counters.waited
        };
        counter.fetch_add(1, Ordering::Relaxed);
        match write {
            Write::Fence => {
                let mut state = self.shared.state.lock();
                state.extend(at, base_offset, base_offset.saturating_add(1), []);
            }
            Write::Records(write) => self.extend_records(*write, base_offset, at),
        }
    }

    fn extend_records(&mut self, mut write: RecordsWrite, base_offset: i64, at: Position) {
        let items: Items = write
            .records
            .batches
            .iter()
            .filter_map(|batch| {
                let assigned = batch.assign(base_offset, LEADER_EPOCH, None);
                let header = BatchHeader::parse(&assigned.header).ok()?;
                Some(Item::Batch(Batch {
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
            // Nobody may be waiting for it.
            let _ = reply.send(Ok(Appended {
                duplicate: number > 0,
                ..appended
            }));
        }
    }

    /// A write that the tail does not deliver: its index is asked for after a while.
    pub(super) async fn ask_for_index(&mut self) -> Result<(), LogError> {
        let waiting = self
            .sequencer
            .as_ref()
            .and_then(|sequencer| sequencer.waiting());
        let Some(at) = waiting else {
            self.waiting_since = None;
            return Ok(());
        };
        match self.waiting_since {
            Some((known, since)) if known == at => {
                if since.elapsed() < PATIENCE {
                    return Ok(());
                }
            }
            _ => {
                self.waiting_since = Some((at, Instant::now()));
                return Ok(());
            }
        }
        self.waiting_since = None;
        self.ask(at).await
    }

    /// Asks for the index of a position.
    async fn ask(&mut self, at: Position) -> Result<(), LogError> {
        let topic = &self.shared.partition.pulsar_topic;
        let admin = self.shared.context.client.admin();
        let asking = admin.index_of(topic, message_id(at));
        let index = match timeout(ASK_LIMIT, asking).await {
            Ok(Ok(Some(index))) => i64::try_from(index).unwrap_or(i64::MAX),
            Ok(Ok(None)) => {
                return Err(LogError::Malformed {
                    what: "entry",
                    reason: format!("{at:?} has no index"),
                });
            }
            Ok(Err(error)) => return Err(self.shared.error(error)),
            Err(_) => {
                return Err(LogError::Unavailable {
                    reason: format!("the index of {at:?} was not answered within {ASK_LIMIT:?}"),
                });
            }
        };
        let Some(sequencer) = &mut self.sequencer else {
            return Ok(());
        };
        if let Some(settled) = sequencer.index_known(at, index).map_err(desync)? {
            self.extend_ours(settled.op, settled.base_offset, settled.at, false);
            self.shared.waiters.wake_all();
        }
        self.settle();
        Ok(())
    }
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
