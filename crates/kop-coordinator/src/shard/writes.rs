//! What follows from the end of a write.

use std::collections::BTreeSet;

use kop_codec::messages::{OffsetCommitResponse, OffsetDeleteResponse};
use kop_codec::{ByteString, ErrorCode};

use super::GroupShard;
use crate::classic::ClassicGroup;
use crate::consumer::{Key, Refused, fail_heartbeat, fail_join, fail_leave};
use crate::offsets::{CommittedOffset, OffsetKey, fail_offset_delete};
use crate::outbox::{AfterWrite, Cx, Outbox, Then};
use crate::request::{GroupResponse, Ticket};
use crate::time::Now;

/// An answer and whose it is.
type Reply = Box<(Ticket, GroupResponse)>;

impl GroupShard {
    /// A write has ended. To be called once for each, in the order in which they were given out.
    pub fn written(
        &mut self,
        now: Now,
        write: AfterWrite,
        result: Result<(), ErrorCode>,
        out: &mut Outbox,
    ) {
        match write.0 {
            Then::Nothing => {}
            Then::Assigned {
                group,
                generation,
                assignments,
            } => {
                self.with_classic(now, out, &group, |group, cx| {
                    group.assigned(cx, generation, assignments, result.map_err(for_members));
                });
            }
            Then::Replaced(done) => {
                self.with_classic(now, out, &done.group.clone(), |group, cx| {
                    group.replaced(cx, *done, result.map_err(for_members));
                });
            }
            Then::Committed {
                group,
                ticket,
                in_transaction,
                offsets,
                response,
            } => {
                self.committed(now, &group, in_transaction, offsets, result, out);
                out.reply(ticket, with_error(response, result));
            }
            Then::TransactionEnded {
                producer_id,
                committed,
                ticket,
            } => self.transaction_ended(now, producer_id, committed, (ticket, result), out),
            Then::Swept { swept, ticket } => self.swept(now, swept, ticket, result, out),
            Then::OffsetsRemoved {
                group,
                keys,
                reply,
                expired,
            } => {
                self.offsets_removed(now, &group, &keys, expired, result, out);
                if let Some((ticket, response)) = reply {
                    out.reply(ticket, deletion_with_error(response, result));
                }
            }
            Then::Consumer { group, keys, reply } => {
                self.consumer_written(now, &group, keys, (reply, result), out);
            }
            Then::GroupRemoved {
                group,
                ticket,
                since_ms,
            } => self.group_removed(&group, ticket, since_ms, result, out),
        }
    }

    /// A write takes too long: whoever waits for it is answered with `error`, and a rebalance does not wait for it.
    ///
    /// [`written`](Self::written) still has to be called, since the write may succeed later. Its answers repeat
    /// tickets that were answered here: they are void.
    pub fn timed_out(&mut self, now: Now, write: &AfterWrite, error: ErrorCode, out: &mut Outbox) {
        match &write.0 {
            Then::Nothing
            | Then::GroupRemoved { ticket: None, .. }
            | Then::Consumer { reply: None, .. } => {}
            Then::OffsetsRemoved { reply: None, .. } => {}
            Then::Assigned {
                group, generation, ..
            } => {
                self.with_classic(now, out, group, |group, cx| {
                    group.assigned(cx, *generation, Vec::new(), Err(error));
                });
            }
            Then::Replaced(done) => {
                let done = done.as_ref().clone();
                let id = done.group.clone();
                self.with_classic(now, out, &id, |group, cx| {
                    group.replaced(cx, done, Err(error));
                });
            }
            Then::Committed {
                ticket, response, ..
            } => {
                out.reply(*ticket, with_error(response.clone(), Err(error)));
            }
            Then::Consumer {
                reply: Some(reply), ..
            } => {
                let (ticket, response) = reply.as_ref().clone();
                out.reply(ticket, consumer_with_error(response, Err(error)));
            }
            // Whoever writes a marker has to know its end before it tries again.
            Then::TransactionEnded { .. } | Then::Swept { .. } => {}
            Then::OffsetsRemoved {
                reply: Some((ticket, response)),
                ..
            } => {
                out.reply(*ticket, deletion_with_error(response.clone(), Err(error)));
            }
            Then::GroupRemoved {
                ticket: Some(ticket),
                ..
            } => out.reply(*ticket, error),
        }
    }

    /// Lets `act` change a classic group. One that has become another type meanwhile has nothing to do any more.
    fn with_classic(
        &mut self,
        now: Now,
        out: &mut Outbox,
        id: &str,
        act: impl FnOnce(&mut ClassicGroup, &mut Cx<'_>),
    ) {
        self.with(now, out, id, |group, cx| {
            if let Some(classic) = group.classic_mut() {
                act(classic, cx);
            }
        });
    }

    fn consumer_written(
        &mut self,
        now: Now,
        group: &ByteString,
        keys: BTreeSet<Key>,
        (reply, result): (Option<Reply>, Result<(), ErrorCode>),
        out: &mut Outbox,
    ) {
        if result.is_err() {
            self.with(now, out, group, |group, _| {
                if let Some(consumer) = group.consumer_mut() {
                    consumer.not_written(keys);
                }
            });
        }
        if let Some((ticket, response)) = reply.map(|reply| *reply) {
            out.reply(ticket, consumer_with_error(response, result));
        }
    }

    fn committed(
        &mut self,
        now: Now,
        group: &ByteString,
        in_transaction: Option<i64>,
        offsets: Vec<(OffsetKey, CommittedOffset)>,
        result: Result<(), ErrorCode>,
        out: &mut Outbox,
    ) {
        let durable = result.is_ok();
        match in_transaction {
            None if durable => out.tally.commits += offsets.len() as u64,
            Some(producer_id) if durable => self.note_transaction(producer_id, group),
            _ => {}
        }
        self.with(now, out, group, |group, _| match in_transaction {
            None => group.offsets.committed(offsets, durable),
            Some(producer_id) => {
                group
                    .offsets
                    .committed_in_transaction(producer_id, offsets, durable);
            }
        });
    }

    fn offsets_removed(
        &mut self,
        now: Now,
        group: &ByteString,
        keys: &[OffsetKey],
        expired: bool,
        result: Result<(), ErrorCode>,
        out: &mut Outbox,
    ) {
        if result.is_err() {
            return;
        }
        let count = keys.len() as u64;
        if expired {
            out.tally.expired_offsets += count;
        } else {
            out.tally.deleted_offsets += count;
        }
        self.with(now, out, group, |group, _| group.offsets.removed(keys));
        self.sweep(now, [group.clone()], None, out);
    }

    fn group_removed(
        &mut self,
        id: &ByteString,
        ticket: Option<Ticket>,
        since_ms: Option<i64>,
        result: Result<(), ErrorCode>,
        out: &mut Outbox,
    ) {
        match result {
            Ok(()) => self.drop_group(id),
            Err(_) => self.revive(id, since_ms),
        }
        if let Some(ticket) = ticket {
            out.reply(ticket, result.err().unwrap_or_default());
        }
    }
}

/// A group that is too large to be stored, in terms of those who join: Kafka's.
fn for_members(error: ErrorCode) -> ErrorCode {
    if error == ErrorCode::INVALID_COMMIT_OFFSET_SIZE {
        ErrorCode::UNKNOWN_SERVER_ERROR
    } else {
        error
    }
}

/// The answer to a request that has changed a consumer group, where the change could not be stored: the member asks again.
fn consumer_with_error(response: GroupResponse, result: Result<(), ErrorCode>) -> GroupResponse {
    let Err(error) = result.map_err(for_members) else {
        return response;
    };
    match response {
        GroupResponse::ConsumerHeartbeat(_) => {
            fail_heartbeat(Refused::new(error, "the change could not be stored")).into()
        }
        GroupResponse::Join(response) => fail_join(&response, error).into(),
        GroupResponse::Leave(response) => fail_leave(response, error).into(),
        other => other,
    }
}

/// The response with an error for the partitions that were to be deleted.
fn deletion_with_error(
    mut response: OffsetDeleteResponse,
    result: Result<(), ErrorCode>,
) -> OffsetDeleteResponse {
    if let Err(error) = result {
        fail_offset_delete(&mut response, error);
    }
    response
}

/// The response with an error for the partitions that were to be written.
fn with_error(
    mut response: OffsetCommitResponse,
    result: Result<(), ErrorCode>,
) -> OffsetCommitResponse {
    if let Err(error) = result {
        let partitions = response
            .topics
            .iter_mut()
            .flat_map(|topic| &mut topic.partitions);
        partitions
            .filter(|p| !p.error_code.is_error())
            .for_each(|p| p.error_code = error);
    }
    response
}
