//! Removing groups and offsets: by request, by age, with their topics.

use kop_codec::{ByteString, ErrorCode};

use super::{Group, GroupShard};
use crate::group_state::GroupState;
use crate::offsets::{OffsetKey, Offsets};
use crate::outbox::{Cx, Outbox, Then};
use crate::request::Ticket;
use crate::time::Now;

/// Offsets removed in one write at most, so that a batch stays small.
const KEYS_PER_WRITE: usize = 1_000;

impl GroupShard {
    pub(super) fn delete(&mut self, now: Now, ticket: Ticket, id: &ByteString, out: &mut Outbox) {
        let result = self.with(now, out, id, |group, cx| {
            group.kind.check_delete()?;
            group.remove(cx, id, Some(ticket));
            Ok(())
        });
        if let Err(error) = result.unwrap_or(Err(ErrorCode::GROUP_ID_NOT_FOUND)) {
            out.reply(ticket, error);
        }
    }

    /// The removal of a group could not be stored: it is back.
    pub(super) fn revive(&mut self, id: &str, since_ms: Option<i64>) {
        if let Some(group) = self.groups.get_mut(id) {
            group.kind.cancel_removal(since_ms);
            self.count(GroupState::Dead, -1);
            self.count(GroupState::Empty, 1);
        }
    }

    /// Removes what has expired: offsets, and groups that are empty and have none left.
    pub(super) fn remove_expired(&mut self, now: Now, out: &mut Outbox) {
        let ids: Vec<ByteString> = self.groups.keys().cloned().collect();
        for id in ids {
            self.with(now, out, &id, |group, cx| {
                let expired = group
                    .offsets
                    .expired(cx, group.kind.expiry_base(), |topic| {
                        group.kind.is_subscribed(topic)
                    });
                if group.may_go(expired.len()) {
                    group.remove(cx, &id, None);
                } else {
                    remove_offsets(cx, &id, &group.offsets, &expired, true);
                }
            });
        }
    }

    /// The topic is gone: so are all offsets in it.
    pub fn topic_deleted(&mut self, now: Now, topic: &str, out: &mut Outbox) {
        for (id, group) in &self.groups {
            let keys = group.offsets.keys_of_topic(topic);
            remove_offsets(
                &mut Cx {
                    now,
                    config: &self.config,
                    topics: &*self.topics,
                    out,
                },
                id,
                &group.offsets,
                &keys,
                false,
            );
        }
    }
}

impl Group {
    /// Nobody is in it, and all of its offsets have expired.
    fn may_go(&self, expired: usize) -> bool {
        self.kind.state() == GroupState::Empty
            && !self.kind.has_pending()
            && !self.offsets.has_pending()
            && self.offsets.all_keys().len() == expired
    }

    /// Removes the group and its offsets, which takes effect when it is durable. Until then the group is dead.
    fn remove(&mut self, cx: &mut Cx<'_>, id: &ByteString, ticket: Option<Ticket>) {
        let group_records = self.kind.tombstones(id);
        let since_ms = self.kind.begin_removal(cx);
        let mut keys = self.offsets.all_keys();
        let last = keys.split_off(keys.len() - keys.len() % KEYS_PER_WRITE);
        remove_offsets(cx, id, &self.offsets, &keys, ticket.is_none());
        let mut records = self.offsets.tombstones(id, &last);
        records.extend(self.offsets.sweep_all(id));
        records.extend(group_records);
        cx.out.write(
            records,
            Then::GroupRemoved {
                group: id.clone(),
                ticket,
                since_ms,
            },
        );
    }
}

fn remove_offsets(
    cx: &mut Cx<'_>,
    id: &ByteString,
    offsets: &Offsets,
    keys: &[OffsetKey],
    expired: bool,
) {
    for keys in keys.chunks(KEYS_PER_WRITE) {
        let then = Then::OffsetsRemoved {
            group: id.clone(),
            keys: keys.to_vec(),
            reply: None,
            expired,
        };
        cx.out.write(offsets.tombstones(id, keys), then);
    }
}
