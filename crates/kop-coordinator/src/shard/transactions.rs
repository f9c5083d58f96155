//! Offsets in transactions: committed by a producer on behalf of a group, seen once its transaction is committed.

use kop_codec::messages::OffsetCommitRequest;
use kop_codec::{ByteString, ErrorCode};
use kop_records::control::EndTxnMarker;

use super::GroupShard;
use crate::classic::detached;
use crate::offsets::{CommitCall, Swept, fail_commit};
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

    /// Writes the marker. What it means follows when it is durable, after all commits that were written before it, and
    /// what is left apart is swept.
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
        if let Err(error) = result {
            return out.reply(ticket, error);
        }
        // Also groups in which an earlier attempt has left something to sweep.
        let groups = self.in_transactions.remove(&producer_id);
        let groups = groups.unwrap_or_default();
        for id in &groups {
            let effective = self.with(now, out, id, |group, _| {
                group.offsets.end_transaction(producer_id, committed)
            });
            out.tally.commits += effective.unwrap_or(0);
        }
        let swept = self.sweep(now, groups, Some(ticket), out);
        if !swept {
            out.reply(ticket, ErrorCode::NONE);
        }
    }

    /// Removes what transactions that have ended left apart in these groups. `false` where there is nothing.
    pub(super) fn sweep(
        &mut self,
        now: Now,
        ids: impl IntoIterator<Item = ByteString>,
        ticket: Option<Ticket>,
        out: &mut Outbox,
    ) -> bool {
        let (mut records, mut swept) = (Vec::new(), Vec::new());
        for id in ids {
            let of_group = self.with(now, out, &id, |group, _| group.offsets.sweep(&id));
            let (of_group, what) = of_group.unwrap_or_default();
            if !what.is_empty() {
                records.extend(of_group);
                swept.push((id, what));
            }
        }
        let some = !swept.is_empty();
        if some {
            out.write(records, Then::Swept { swept, ticket });
        }
        some
    }

    /// It was removed, or that has failed: whoever ends such a transaction tries again, or the next reader of the log.
    pub(super) fn swept(
        &mut self,
        now: Now,
        swept: Vec<(ByteString, Swept)>,
        ticket: Option<Ticket>,
        result: Result<(), ErrorCode>,
        out: &mut Outbox,
    ) {
        if result.is_err() {
            for (id, what) in swept {
                for (producer_id, _) in what.keys() {
                    self.note_transaction(*producer_id, &id);
                }
                self.ensure(now, &id);
                self.with(now, out, &id, |group, _| group.offsets.not_swept(what));
            }
        }
        if let Some(ticket) = ticket {
            out.reply(ticket, result.err().unwrap_or_default());
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
