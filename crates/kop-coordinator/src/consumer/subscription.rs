//! What the members subscribe to, by name and by regular expression, and what there is of it.

use std::collections::BTreeSet;
use std::fmt::Debug;

use kop_codec::internal::group::ConsumerGroupRegularExpressionValue;
use kop_codec::{ByteString, Uuid};

use super::{ConsumerGroup, Key, topic_regex};
use crate::classic::detached;
use crate::outbox::Cx;

/// How often heartbeats look whether topics have come, gone or got partitions.
const LOOK_AT_TOPICS_MS: i32 = 1_000;
/// How often heartbeats look for topics that match a regular expression: every name has to be looked at.
const LOOK_FOR_MATCHES_MS: i32 = 10_000;

/// The topics that there are, as far as groups need to know.
pub trait Topics: Debug + Send + Sync {
    /// Id and number of partitions of a topic.
    fn find(&self, name: &str) -> Option<(Uuid, i32)>;

    /// The name of a topic.
    fn name(&self, id: Uuid) -> Option<ByteString>;

    /// The names of all topics.
    fn names(&self) -> Vec<ByteString>;
}

/// No topics at all: for classic groups alone, whose members assign among themselves.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTopics;

impl Topics for NoTopics {
    fn find(&self, _: &str) -> Option<(Uuid, i32)> {
        None
    }

    fn name(&self, _: Uuid) -> Option<ByteString> {
        None
    }

    fn names(&self) -> Vec<ByteString> {
        Vec::new()
    }
}

/// The topics that match a regular expression.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Resolved {
    topics: BTreeSet<ByteString>,
    /// How often they have changed.
    version: i64,
    /// When they were looked for, in milliseconds since 1970.
    at_ms: i64,
}

impl Resolved {
    pub(super) fn to_value(&self) -> ConsumerGroupRegularExpressionValue {
        ConsumerGroupRegularExpressionValue {
            topics: self.topics.iter().cloned().collect(),
            version: self.version,
            timestamp: self.at_ms,
            ..ConsumerGroupRegularExpressionValue::default()
        }
    }

    pub(super) fn from_value(value: &ConsumerGroupRegularExpressionValue) -> Self {
        Self {
            topics: value.topics.iter().map(detached).collect(),
            version: value.version,
            at_ms: value.timestamp,
        }
    }
}

impl ConsumerGroup {
    /// Whether a member reads this topic, as far as the group knows.
    pub(crate) fn is_subscribed(&self, topic: &str) -> bool {
        self.subscribed.contains(topic)
    }

    /// The ids of the topics that a member subscribes to and that exist.
    pub(super) fn topic_ids_of(&self, cx: &Cx<'_>, member_id: &str) -> BTreeSet<Uuid> {
        let ids = self
            .topics_of(member_id)
            .filter_map(|topic| cx.topics.find(topic).map(|(id, _)| id));
        ids.collect()
    }

    /// The topics that a member subscribes to, some perhaps twice.
    pub(super) fn topics_of(&self, member_id: &str) -> impl Iterator<Item = &ByteString> {
        let terms = self.members.get(member_id).map(|member| &member.terms);
        let matches = terms
            .and_then(|terms| self.regexes.get(&terms.regex))
            .into_iter()
            .flat_map(|resolved| &resolved.topics);
        terms
            .into_iter()
            .flat_map(|terms| &terms.topics)
            .chain(matches)
    }

    /// Collects what all members subscribe to.
    pub(super) fn collect_subscriptions(&mut self) {
        let all = self.members.keys().flat_map(|id| self.topics_of(id));
        self.subscribed = all.cloned().collect();
    }

    /// Looks at the topics anew where it is time or subscriptions have changed, and raises the epoch if the members have
    /// to be assigned anew.
    pub(super) fn look_at_topics(&mut self, cx: &mut Cx<'_>, subscription_changed: bool) {
        if !subscription_changed && cx.now.timer_ms < self.look_at_topics_at {
            return;
        }
        self.look_at_topics_at = cx.now.after(LOOK_AT_TOPICS_MS);
        let matches_changed = self.resolve_regexes(cx);
        if subscription_changed || matches_changed {
            self.collect_subscriptions();
        }
        let hash = self.hash_of_topics(cx);
        let topics_changed = hash != self.metadata_hash;
        self.metadata_hash = hash;
        if subscription_changed || topics_changed {
            self.raise_epoch(cx, "subscriptions or topics have changed");
        } else if self.target_epoch == 0 {
            // Of members that subscribe to nothing.
            self.changed.insert(Key::Epoch);
        }
    }

    /// Finds the topics of expressions that are new, and of all others where it is time; forgets those of nobody.
    fn resolve_regexes(&mut self, cx: &Cx<'_>) -> bool {
        let wanted: BTreeSet<ByteString> = self
            .members
            .values()
            .filter(|member| !member.terms.regex.is_empty())
            .map(|member| member.terms.regex.clone())
            .collect();
        let unwanted: Vec<ByteString> = self
            .regexes
            .keys()
            .filter(|regex| !wanted.contains(*regex))
            .cloned()
            .collect();
        for regex in unwanted {
            self.regexes.remove(&regex);
            self.changed.insert(Key::Regex(regex));
        }
        let all = cx.now.timer_ms >= self.look_for_matches_at;
        if all {
            self.look_for_matches_at = cx.now.after(LOOK_FOR_MATCHES_MS);
        }
        let due: Vec<ByteString> = wanted
            .into_iter()
            .filter(|regex| all || !self.regexes.contains_key(regex))
            .collect();
        if due.is_empty() {
            return false;
        }
        let names = cx.topics.names();
        let mut changed = false;
        for regex in due {
            changed |= self.resolve(cx, regex, &names);
        }
        changed
    }

    fn resolve(&mut self, cx: &Cx<'_>, regex: ByteString, names: &[ByteString]) -> bool {
        // It was checked when it came. One that was stored by a server with another syntax matches nothing.
        let Ok(compiled) = topic_regex::compile(&regex) else {
            return false;
        };
        let topics: BTreeSet<ByteString> = names
            .iter()
            .filter(|name| compiled.is_match(name))
            .map(detached)
            .collect();
        let known = self.regexes.get(&regex);
        if known.is_some_and(|known| known.topics == topics) {
            return false;
        }
        let version = known.map_or(0, |known| known.version) + 1;
        let resolved = Resolved {
            topics,
            version,
            at_ms: cx.now.wall_ms,
        };
        self.regexes.insert(regex.clone(), resolved);
        self.changed.insert(Key::Regex(regex));
        true
    }

    /// A number that changes with the subscribed topics that exist (FNV-1a over names, ids and partitions).
    fn hash_of_topics(&self, cx: &Cx<'_>) -> i64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut add = |bytes: &[u8]| {
            for byte in bytes {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
        };
        let mut any = false;
        for topic in &self.subscribed {
            if let Some((id, partitions)) = cx.topics.find(topic) {
                any = true;
                add(topic.as_bytes());
                add(&[0]);
                add(id.as_bytes());
                add(&partitions.to_be_bytes());
            }
        }
        if any { hash.cast_signed() } else { 0 }
    }
}
