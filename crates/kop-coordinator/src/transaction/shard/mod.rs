//! All transactional ids of one partition of `__transaction_state`, as one state machine.
//!
//! ```text
//!             InitProducerId                       partitions are added
//!   (nothing) ──────────────▶ Empty ────────────────────────────────────────▶ Ongoing ◀──┐ more are
//!                             │  ▲                                          ▲ │  │   └────┘ added
//!                     expired │  │ InitProducerId                           │ │  │ EndTxn(abort), time is up,
//!                             ▼  │ (the epoch is raised)    partitions are  │ │  │ InitProducerId (fences)
//!                     (gone) Dead│                          added           │ │  ▼
//!                             ▲  ├── CompleteAbort ─────────────────────────┤ │ PrepareAbort ──┐
//!                             │  │        ▲                                 │ │                │ all markers
//!                             └──┤        └─────────────────────────────────┼─┼────────────────┘ are written
//!                                └── CompleteCommit ────────────────────────┘ │ EndTxn(commit)
//!                                         ▲                                   ▼
//!                                         └──────────────────────────────  PrepareCommit
//! ```
//!
//! Every arrow is a record that is durable before it counts; until then other requests to the id are told to come again.
//! Once an end is decided, which is the record with `Prepare…`, nothing changes it: its markers are written until all are
//! there, also by the next owner of the partition.

mod add;
mod end;
mod init;
mod load;
mod maintenance;
mod view;
mod writes;

use std::collections::HashMap;
use std::sync::Arc;

use kop_codec::{ByteString, ErrorCode};

use super::TransactionState;
use super::config::TransactionConfig;
use super::metadata::{Partitions, TransactionMetadata};
use super::outbox::{AfterTransactionWrite, Answer, Then, TransactionOutbox, TransactionWrite};
use super::record::TransactionRecord;
use super::request::{Lease, TransactionRequest};
use crate::classic::detached;
use crate::request::Ticket;
use crate::time::{NEVER, Now};

/// The transactional ids of one partition of `__transaction_state`: a state machine without I/O, clock or randomness.
///
/// **Inputs** are requests, the time, records read from the log, the ends of writes and of markers. **Outputs** go to a
/// [`TransactionOutbox`]: each ticket is answered, at once or by a later input; writes are to be appended in their order;
/// markers are to be written. [`wake_at`](Self::wake_at) says when [`tick`](Self::tick) is due.
#[derive(Debug)]
pub struct TransactionShard {
    config: Arc<TransactionConfig>,
    ids: HashMap<ByteString, Transaction>,
    /// How many of them are in each state.
    by_state: [usize; TransactionState::ALL.len()],
    /// When transactions are looked for whose time is up, or whose last record could not be stored, on the timer clock.
    next_abort_check: i64,
    /// When expired ids are looked for, on the timer clock.
    next_expiry_check: i64,
}

/// A transactional id.
#[derive(Debug)]
struct Transaction {
    /// As it is stored.
    current: TransactionMetadata,
    /// The state that is being stored.
    pending: Option<TransactionState>,
    /// When the time of an ongoing transaction is up, on the timer clock.
    deadline: i64,
    /// Partitions whose markers are not known to be written. Empty but while the transaction is being ended.
    unmarked: Partitions,
    /// Shared with those who write what was verified.
    lease: Lease,
}

impl Transaction {
    fn new(current: TransactionMetadata) -> Self {
        Self {
            current,
            pending: None,
            deadline: NEVER,
            unmarked: Partitions::default(),
            lease: Lease::default(),
        }
    }

    /// All markers are written, but not the record that says so.
    fn awaits_completion(&self) -> bool {
        self.current.state.is_ending() && self.pending.is_none() && self.unmarked.is_empty()
    }
}

impl TransactionShard {
    /// A shard without transactional ids.
    pub fn new(config: Arc<TransactionConfig>) -> Self {
        Self {
            config,
            ids: HashMap::new(),
            by_state: [0; TransactionState::ALL.len()],
            next_abort_check: NEVER,
            next_expiry_check: NEVER,
        }
    }

    /// Takes a request. It is answered through `out` now, or later with the same ticket.
    pub fn handle(
        &mut self,
        now: Now,
        ticket: Ticket,
        request: TransactionRequest,
        out: &mut TransactionOutbox,
    ) {
        match request {
            TransactionRequest::Init {
                transactional_id,
                timeout_ms,
                expected,
                spare,
            } => {
                let call = init::InitCall {
                    id: &transactional_id,
                    timeout_ms,
                    expected,
                    spare,
                    ticket,
                };
                self.init(now, &call, out);
            }
            TransactionRequest::Add {
                transactional_id,
                producer,
                partitions,
                client,
            } => {
                let next = self.add(&transactional_id, producer, &partitions, client, now);
                self.store(&transactional_id, next, ticket, out);
            }
            TransactionRequest::Verify {
                transactional_id,
                producer,
                partitions,
            } => self.verify(&transactional_id, producer, &partitions, ticket, out),
            TransactionRequest::End {
                transactional_id,
                producer,
                commit,
                client,
                spare,
            } => {
                let call = end::EndCall {
                    id: &transactional_id,
                    producer,
                    commit,
                    client,
                    spare,
                    ticket,
                };
                self.end(now, &call, out);
            }
            TransactionRequest::Describe(id) => out.reply(ticket, self.describe(&id)),
            TransactionRequest::List(filter) => out.reply(ticket, self.list(now, &filter)),
        }
    }

    /// When [`tick`](Self::tick) is due at the earliest, on the timer clock. `i64::MAX` for never.
    pub fn wake_at(&self) -> i64 {
        if self.ids.is_empty() {
            return NEVER;
        }
        self.next_abort_check.min(self.next_expiry_check)
    }

    /// Number of transactional ids.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Number of transactional ids in each state, in the order of [`TransactionState::ALL`].
    pub fn ids_by_state(&self) -> [usize; TransactionState::ALL.len()] {
        self.by_state
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    fn insert(&mut self, id: &ByteString, current: TransactionMetadata) {
        self.by_state[current.state as usize] += 1;
        let before = self.ids.insert(detached(id), Transaction::new(current));
        if let Some(before) = before {
            self.by_state[before.current.state as usize] -= 1;
        }
    }

    fn remove(&mut self, id: &str) {
        if let Some(removed) = self.ids.remove(id) {
            self.by_state[removed.current.state as usize] -= 1;
        }
    }

    /// Writes what a transactional id becomes, or answers at once: `Ok(None)` where nothing has to be written.
    fn store(
        &mut self,
        id: &ByteString,
        next: Result<Option<TransactionMetadata>, ErrorCode>,
        ticket: Ticket,
        out: &mut TransactionOutbox,
    ) {
        match next {
            Ok(Some(next)) => self.write(id, Some(next), Some((ticket, Answer::Done)), out),
            Ok(None) => out.reply(ticket, Answer::Done),
            Err(error) => out.refuse(ticket, error),
        }
    }

    /// Writes what a transactional id becomes (`None`: nothing). Until that is durable it is not touched.
    fn write(
        &mut self,
        id: &ByteString,
        next: Option<TransactionMetadata>,
        reply: Option<(Ticket, Answer)>,
        out: &mut TransactionOutbox,
    ) {
        let Some(transaction) = self.ids.get_mut(&**id) else {
            return;
        };
        let state = next
            .as_ref()
            .map_or(TransactionState::Dead, |next| next.state);
        transaction.pending = Some(state);
        out.writes.push(TransactionWrite {
            record: TransactionRecord {
                transactional_id: id.clone(),
                value: next.as_ref().map(TransactionMetadata::to_value),
            },
            then: AfterTransactionWrite(Then {
                transactional_id: id.clone(),
                next: next.map(Box::new),
                reply,
            }),
        });
    }
}
