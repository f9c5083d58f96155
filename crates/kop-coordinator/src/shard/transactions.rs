//! Offsets in transactions: committed by a producer on behalf of a group, seen once its transaction is committed.

use kop_codec::messages::OffsetCommitRequest;
use kop_codec::{ByteString, ErrorCode};
use kop_records::control::EndTxnMarker;

use super::GroupShard;
use crate::classic::detached;
use crate::offsets::{CommitCall, fail_commit};
use crate::outbox::{Outbox, Then, WriteAs};
use crate::request::{Ticket, TopicErrors};
use crate::time::Now;
use crate::transaction::Producer;

impl GroupShard {
    pub(super) fn commit_in_transaction(
        &mut self,
        now: Now,
        ticket: Ticket,
        producer: Producer,
        request: &OffsetCommitRequest,
        topic_errors: &TopicErrors,
        out: &mut Outbox,
    ) {
        let id = &request.group_id;
        let call = CommitCall {
            request,
            topic_errors,
            ticket,
            producer: Some(producer),
        };
        // A producer that read without a group may store offsets in one that nobody has joined.
        if request.generation_id_or_member_epoch < 0 {
            self.ensure(now, id);
        }
        let answered = self.with(now, out, id, |group, cx| {
            match group.kind.check_commit_in_transaction(cx, request) {
                Ok(()) => group.offsets.commit(cx, id, &call),
                Err(error) => cx.out.reply(ticket, fail_commit(&call, error)),
            }
        });
        if answered.is_none() {
            out.reply(ticket, fail_commit(&call, ErrorCode::ILLEGAL_GENERATION));
        }
    }

    /// Writes the marker. What it means follows when it is durable, after all commits that were written before it.
    pub(super) fn end_transaction(
        ticket: Ticket,
        producer: Producer,
        marker: EndTxnMarker,
        out: &mut Outbox,
    ) {
        let then = Then::TransactionEnded {
            producer_id: producer.id,
            committed: marker.committed,
            ticket,
        };
        out.write_as(WriteAs::Marker(producer, marker), Vec::new(), then);
    }

    /// The write of a marker has ended.
    pub(super) fn transaction_ended(
        &mut self,
        now: Now,
        producer_id: i64,
        committed: bool,
        (ticket, result): (Ticket, Result<(), ErrorCode>),
        out: &mut Outbox,
    ) {
        out.reply(ticket, result.err().unwrap_or_default());
        if result.is_err() {
            return;
        }
        for id in self
            .in_transactions
            .remove(&producer_id)
            .into_iter()
            .flatten()
        {
            let effective = self.with(now, out, &id, |group, _| {
                group.offsets.end_transaction(producer_id, committed)
            });
            out.tally.commits += effective.unwrap_or(0);
        }
    }

    /// The group has offsets in the open transaction of a producer.
    pub(super) fn note_transaction(&mut self, producer_id: i64, group: &ByteString) {
        let groups = self.in_transactions.entry(producer_id).or_default();
        if !groups.contains(group) {
            groups.insert(detached(group));
        }
    }
}
