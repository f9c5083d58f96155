//! Which offsets an entry has: known from the broker for what the tail reader delivers, inferred for what was just
//! written. No I/O.
//!
//! ```text
//! send ──▶ in flight ──receipt──▶ directly behind the known end? ──yes──▶ settled: the offsets follow
//!              │                        │ no
//!              │                        ▼
//!              └────────tail────▶ settled: the broker's index says its offsets
//! ```
//!
//! The broker gives indexes under one lock in the order of the ledger. So an entry that directly follows one whose index
//! is known begins with the next offset, and nothing can lie between them. Everything else waits for the tail, which
//! delivers all entries in order with their index, and which also proves every inferred offset: the last of them proves
//! all, since each builds on those before.

use std::collections::VecDeque;

use kop_pulsar_client::MessageId;

/// Inferred entries that the tail has not delivered yet, at most. Beyond it the oldest are no longer proved.
const MAX_UNPROVED: usize = 1 << 16;

/// An entry as the tail delivers it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TailEntry {
    pub(crate) at: MessageId,
    /// Offset of its last message.
    pub(crate) last_offset: i64,
    /// Messages in it.
    pub(crate) count: u32,
    /// The sequence id, where it is an entry that we wrote.
    pub(crate) ours: Option<u64>,
}

/// What the tail's entry is.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Seen<T> {
    /// It was known before, and its offsets are as they were inferred.
    Known,
    /// Another's, behind the known end.
    Foreign,
    /// Ours, before its receipt.
    Ours(T),
    /// Not taken: an entry of ours lies before it that the tail does not deliver (a marker). Its index must be asked
    /// for, given to [`Sequencer::index_known`], and then the tail's entry again.
    Behind(MessageId),
    /// Not taken: it may lie behind a write of ours that the tail does not deliver, and whose receipt is not here yet.
    /// To be given again after the next receipt.
    Hold,
}

/// A write of ours whose offsets are known now.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Settled<T> {
    pub(crate) op: T,
    pub(crate) base_offset: i64,
    pub(crate) at: MessageId,
}

/// The broker and we do not agree on where an entry lies.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum Desync {
    #[error("entry {at} ends with offset {actual}, but {inferred} was inferred")]
    Offset {
        at: MessageId,
        inferred: i64,
        actual: i64,
    },
    #[error("entry {at} begins with offset {base}, but the log before it ends with {end}")]
    Overlap { at: MessageId, base: i64, end: i64 },
    #[error("the receipt of {sequence} names {at}, behind {known}")]
    Receipt {
        sequence: u64,
        at: MessageId,
        known: MessageId,
    },
}

/// The known end of a log, and the writes that are on their way. `T` is what the caller keeps with a write.
#[derive(Debug)]
pub(crate) struct Sequencer<T> {
    /// The last entry whose offsets are known; `None` in a log without entries.
    last: Option<MessageId>,
    next_offset: i64,
    in_flight: VecDeque<InFlight<T>>,
    /// Inferred, and not delivered by the tail yet.
    unproved: VecDeque<(MessageId, i64)>,
}

#[derive(Debug)]
struct InFlight<T> {
    sequence: u64,
    count: u32,
    delivered: bool,
    receipt: Option<MessageId>,
    op: T,
}

impl<T> Sequencer<T> {
    /// A log that ends at `next_offset`, with its last entry.
    pub(crate) fn new(last: Option<MessageId>, next_offset: i64) -> Self {
        Self {
            last,
            next_offset,
            in_flight: VecDeque::new(),
            unproved: VecDeque::new(),
        }
    }

    /// The offset behind the known end.
    pub(crate) fn next_offset(&self) -> i64 {
        self.next_offset
    }

    /// The last entry of the known end.
    pub(crate) fn last(&self) -> Option<MessageId> {
        self.last
    }

    /// An entry was sent. Sequence ids rise. Markers are not `delivered` to readers.
    pub(crate) fn sent(&mut self, sequence: u64, count: u32, delivered: bool, op: T) {
        self.in_flight.push_back(InFlight {
            sequence,
            count,
            delivered,
            receipt: None,
            op,
        });
    }

    /// The writes that are on their way, in their order.
    pub(crate) fn in_flight(&self) -> impl Iterator<Item = &T> {
        self.in_flight.iter().map(|write| &write.op)
    }

    /// The same, to change them.
    pub(crate) fn in_flight_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.in_flight.iter_mut().map(|write| &mut write.op)
    }

    /// The write with this sequence id, if it is on its way.
    pub(crate) fn get_mut(&mut self, sequence: u64) -> Option<&mut T> {
        let mut in_flight = self.in_flight.iter_mut();
        let found = in_flight.find(|write| write.sequence == sequence)?;
        Some(&mut found.op)
    }

    /// How many writes are on their way.
    pub(crate) fn in_flight_len(&self) -> usize {
        self.in_flight.len()
    }

    /// Whether nobody has said yet what became of some of them.
    pub(crate) fn is_in_doubt(&self) -> bool {
        self.in_flight.iter().any(|write| write.receipt.is_none())
    }

    /// Written entries that the tail has not delivered yet.
    pub(crate) fn unproved_len(&self) -> usize {
        self.unproved.len()
    }

    /// The last entry that was inferred is enough to prove all of them: the tail is to be asked for it alone.
    pub(crate) fn prove_last_only(&mut self) {
        let all_but_one = self.unproved.len().saturating_sub(1);
        self.unproved.drain(..all_but_one);
    }

    /// Takes all that is on its way: the caller gives up on it.
    pub(crate) fn take_in_flight(&mut self) -> Vec<T> {
        self.in_flight.drain(..).map(|write| write.op).collect()
    }

    /// Takes what was sent before `sequence` (`None`: all) and is not known to be written: the caller knows that it was not.
    /// Forgets markers that lie before the known end.
    pub(crate) fn take_lost(&mut self, sequence: Option<u64>) -> Vec<T> {
        let (lost, kept): (VecDeque<_>, _) = self.in_flight.drain(..).partition(|write| {
            sequence.is_none_or(|sequence| write.sequence < sequence) && write.receipt.is_none()
        });
        self.in_flight = kept;
        let last = self.last;
        self.in_flight
            .retain(|write| write.delivered || write.receipt.is_none_or(|at| last < Some(at)));
        lost.into_iter().map(|write| write.op).collect()
    }

    /// The broker has not taken an entry and never will: takes it out.
    pub(crate) fn refused(&mut self, sequence: u64) -> Option<T> {
        let mut in_flight = self.in_flight.iter();
        let number = in_flight.position(|write| write.sequence == sequence)?;
        self.in_flight.remove(number).map(|write| write.op)
    }

    /// Forgets the writes that `gone` names, as far as their receipts have not come.
    pub(crate) fn forget(&mut self, gone: impl Fn(&T) -> bool) {
        self.in_flight
            .retain(|write| write.receipt.is_some() || !gone(&write.op));
    }

    /// Whether all that lies before a write of ours is known. `offset` is its first one, where that is known.
    pub(crate) fn reaches(&self, at: MessageId, offset: Option<i64>) -> bool {
        let passed = self.last.is_some_and(|last| last >= at);
        passed || self.follows(at) || offset == Some(self.next_offset)
    }

    /// Nothing can lie between the known end and `at`.
    fn follows(&self, at: MessageId) -> bool {
        self.last.is_some_and(|last| {
            at.ledger == last.ledger && Some(at.entry) == last.entry.checked_add(1)
        })
    }

    /// The first write that was received but lies behind a gap: the tail, or the index of its position, must tell.
    pub(crate) fn waiting(&self) -> Option<MessageId> {
        self.in_flight.front().and_then(|write| write.receipt)
    }

    /// The broker has written an entry of ours. Receipts come in the order of the sends. [`Self::settle`] afterwards.
    pub(crate) fn receipt(&mut self, sequence: u64, at: MessageId) -> Result<(), Desync> {
        // The tail may have been faster.
        let mut in_flight = self.in_flight.iter_mut().enumerate();
        let ours = in_flight.find(|(_, write)| write.sequence == sequence);
        let Some((number, write)) = ours else {
            return Ok(());
        };
        if let Some(known) = self.last.filter(|last| at <= *last) {
            if !write.delivered {
                // It does not come by the tail, which has passed it.
                self.in_flight.remove(number);
                return Ok(());
            }
            return Err(Desync::Receipt {
                sequence,
                at,
                known,
            });
        }
        write.receipt = Some(at);
        Ok(())
    }

    /// The next write whose offsets follow from what is known. To be called until `None`, before anything else is told.
    pub(crate) fn settle(&mut self) -> Option<Settled<T>> {
        let at = self.waiting().filter(|at| self.follows(*at))?;
        let write = self.in_flight.pop_front()?;
        let base_offset = self.next_offset;
        self.advance(at, base_offset.saturating_add(i64::from(write.count)));
        if write.delivered {
            if self.unproved.len() == MAX_UNPROVED {
                self.unproved.pop_front();
            }
            self.unproved.push_back((at, self.next_offset - 1));
        }
        Some(Settled {
            op: write.op,
            base_offset,
            at,
        })
    }

    /// The first write that is on its way.
    pub(crate) fn first_in_flight(&self) -> Option<&T> {
        self.in_flight.front().map(|write| &write.op)
    }

    /// Whether the write with this sequence id is on its way.
    pub(crate) fn is_in_flight(&self, sequence: u64) -> bool {
        let mut in_flight = self.in_flight.iter();
        in_flight.any(|write| write.sequence == sequence)
    }

    /// The index of the position that [`Self::waiting`] or [`Seen::Behind`] named. Entries that the tail has not delivered
    /// yet may lie between the known end and there: only with `over_gap` is it passed over them, which then come as
    /// [`Seen::Known`].
    pub(crate) fn index_known(
        &mut self,
        at: MessageId,
        last_offset: i64,
        over_gap: bool,
    ) -> Result<Option<Settled<T>>, Desync> {
        if self.waiting() != Some(at) {
            return Ok(None);
        }
        let Some(write) = self.in_flight.front() else {
            return Ok(None);
        };
        let base_offset = self.check_base(at, last_offset, write.count)?;
        if base_offset > self.next_offset && !over_gap {
            return Ok(None);
        }
        self.advance(at, last_offset.saturating_add(1));
        Ok(self.in_flight.pop_front().map(|write| Settled {
            op: write.op,
            base_offset,
            at,
        }))
    }

    /// The tail delivers an entry. [`Self::settle`] afterwards.
    pub(crate) fn tail(&mut self, entry: TailEntry) -> Result<Seen<T>, Desync> {
        if self.last.is_some_and(|last| entry.at <= last) {
            return self.prove(entry).map(|()| Seen::Known);
        }
        if let Some(at) = self.waiting().filter(|at| *at < entry.at) {
            return Ok(Seen::Behind(at));
        }
        if self
            .in_flight
            .front()
            .is_some_and(|write| !write.delivered && write.receipt.is_none())
        {
            return Ok(Seen::Hold);
        }
        // Another's entry may say that it has more messages than it has taken offsets: that is its own damage.
        let count = if entry.ours.is_some() { entry.count } else { 1 };
        self.check_base(entry.at, entry.last_offset, count)?;
        self.advance(entry.at, entry.last_offset.saturating_add(1));
        // What was sent before it and has not been here was lost with its connection: it stays until the caller knows.
        let ours = self.in_flight.iter().position(|write| {
            Some(write.sequence) == entry.ours || write.receipt == Some(entry.at)
        });
        if let Some(write) = ours.and_then(|ours| self.in_flight.remove(ours)) {
            return Ok(Seen::Ours(write.op));
        }
        Ok(Seen::Foreign)
    }

    fn prove(&mut self, entry: TailEntry) -> Result<(), Desync> {
        // What the tail left out are markers: it has nothing to say about them.
        while self.unproved.front().is_some_and(|(at, _)| *at < entry.at) {
            self.unproved.pop_front();
        }
        match self.unproved.front().copied() {
            Some((at, inferred)) if at == entry.at => {
                self.unproved.pop_front();
                if inferred == entry.last_offset {
                    return Ok(());
                }
                Err(Desync::Offset {
                    at,
                    inferred,
                    actual: entry.last_offset,
                })
            }
            _ => Ok(()),
        }
    }

    /// Offsets may leave gaps, but never overlap.
    fn check_base(&self, at: MessageId, last_offset: i64, count: u32) -> Result<i64, Desync> {
        let base = last_offset
            .saturating_add(1)
            .saturating_sub(i64::from(count));
        if count == 0 || base < self.next_offset {
            return Err(Desync::Overlap {
                at,
                base,
                end: self.next_offset,
            });
        }
        Ok(base)
    }

    fn advance(&mut self, at: MessageId, next_offset: i64) {
        self.last = Some(at);
        self.next_offset = next_offset;
    }
}

#[cfg(test)]
mod tests;
