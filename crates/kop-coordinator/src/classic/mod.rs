//! The classic group: members that join, a leader that assigns, generations.
//!
//! ```text
//!                    first member joins
//!        Empty ─────────────────────────────▶ PreparingRebalance ◀───────────────────┐
//!        │  ▲                                    │   │       ▲                       │
//!        │  └────────── nobody is left ──────────┘   │       │ a member leaves, is   │ a member joins anew, leaves,
//!        │ deleted,                       all joined │       │ lost, changes, or     │ is lost or changes, or the
//!        │ expired                      or time is up│       │ does not sync in time │ leader wants a new assignment
//!        ▼                                           ▼       │                       │
//!      Dead                                 CompletingRebalance                      │
//!   (removed when                                    │ the leader's assignment       │
//!    that is durable,                                │ is durable                    │
//!    else Empty again)                               ▼                               │
//!                                                 Stable ────────────────────────────┘
//! ```
//!
//! Each round through `PreparingRebalance` makes one generation with one leader. Answers that have to wait hold a
//! [`Ticket`]; time is an argument; nothing here does I/O.

mod heartbeat;
mod join;
mod leave;
mod member;
mod migrate;
mod offset_rules;
mod protocol;
mod rebalance;
mod roster;
mod state;
mod static_member;
mod stored;
mod sync;
mod timers;
mod view;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kop_codec::{ByteString, ErrorCode};

pub(crate) use join::{JoinCall, MEMBER_ID_REQUIRED_SINCE, uuid_text};
pub(crate) use leave::leave_result;
use member::Member;
pub(crate) use member::{Terms, detached};
pub(crate) use migrate::ClassicMember;
pub(crate) use offset_rules::ExpiryBase;
pub(crate) use protocol::{CONSUMER, read_subscription, subscription_version};
pub(crate) use roster::{join_error, sync_error};
pub(crate) use state::ClassicState;
pub(crate) use static_member::Replacement;
use timers::JoinTimer;
pub(crate) use view::TYPE;

use crate::outbox::Cx;
use crate::time::NEVER;

/// A classic group and its members.
#[derive(Debug)]
pub(crate) struct ClassicGroup {
    id: ByteString,
    state: ClassicState,
    /// The state before this one: the first rebalance of an empty group is delayed.
    previous: ClassicState,
    /// Since when in this state, in milliseconds since 1970. `None` if it was stored before Kafka kept that.
    state_since_ms: Option<i64>,
    generation: i32,
    /// `None` for a group that only ever committed offsets.
    protocol_type: Option<ByteString>,
    protocol: Option<ByteString>,
    leader: Option<ByteString>,
    members: BTreeMap<ByteString, Member>,
    /// Member ids by group instance id.
    static_members: HashMap<ByteString, ByteString>,
    /// Member ids handed out with MEMBER_ID_REQUIRED and not used yet, with their deadlines.
    pending_joins: HashMap<ByteString, i64>,
    /// Members of this generation that have not asked for their assignment.
    pending_syncs: BTreeSet<ByteString>,
    /// By how many members each protocol is supported.
    supported: HashMap<ByteString, usize>,
    /// The topics of all members; `None` where they cannot be known.
    subscribed: Option<BTreeSet<ByteString>>,
    /// Members that wait in JoinGroup.
    waiting_joins: usize,
    /// Somebody joined during the initial delay, which is then extended.
    member_added: bool,
    join_timer: Option<JoinTimer>,
    sync_deadline: Option<i64>,
    /// No timer is due before this. It may be early, never late.
    wake_at: i64,
}

impl ClassicGroup {
    /// A group without members, in generation 0.
    pub(crate) fn new(id: ByteString, now_wall_ms: i64) -> Self {
        Self {
            id,
            state: ClassicState::Empty,
            previous: ClassicState::Empty,
            state_since_ms: Some(now_wall_ms),
            generation: 0,
            protocol_type: None,
            protocol: None,
            leader: None,
            members: BTreeMap::new(),
            static_members: HashMap::new(),
            pending_joins: HashMap::new(),
            pending_syncs: BTreeSet::new(),
            supported: HashMap::new(),
            subscribed: None,
            waiting_joins: 0,
            member_added: false,
            join_timer: None,
            sync_deadline: None,
            wake_at: NEVER,
        }
    }

    pub(crate) fn state(&self) -> ClassicState {
        self.state
    }

    /// Nothing would be lost by forgetting it: never a generation, nobody known.
    pub(crate) fn is_untouched(&self) -> bool {
        self.state == ClassicState::Empty
            && self.generation == 0
            && self.protocol_type.is_none()
            && !self.has_pending()
    }

    /// Member ids are out that have not been used.
    pub(crate) fn has_pending(&self) -> bool {
        !self.pending_joins.is_empty()
    }

    fn is_leader(&self, member_id: &str) -> bool {
        self.leader.as_deref() == Some(member_id)
    }

    fn go_to(&mut self, cx: &Cx<'_>, next: ClassicState) {
        debug_assert!(self.state.may_become(next), "{:?} to {next:?}", self.state);
        self.previous = self.state;
        self.state = next;
        self.state_since_ms = Some(cx.now.wall_ms);
    }

    /// Marks the group as being removed, so that nobody joins or commits meanwhile.
    pub(crate) fn begin_removal(&mut self, cx: &Cx<'_>) {
        self.go_to(cx, ClassicState::Dead);
    }

    /// Takes [`begin_removal`](Self::begin_removal) back, because the removal could not be stored.
    pub(crate) fn cancel_removal(&mut self, since_ms: Option<i64>) {
        self.state = ClassicState::Empty;
        self.previous = ClassicState::Empty;
        self.state_since_ms = since_ms;
    }

    /// Since when in this state, in milliseconds since 1970.
    pub(crate) fn state_since_ms(&self) -> Option<i64> {
        self.state_since_ms
    }

    /// Checks that a request comes from a member, and that its instance id is not fenced (KIP-345).
    fn check_member(
        &self,
        member_id: &str,
        instance_id: Option<&ByteString>,
    ) -> Result<(), ErrorCode> {
        if let Some(instance_id) = instance_id {
            match self.static_members.get(instance_id) {
                None => return Err(ErrorCode::UNKNOWN_MEMBER_ID),
                Some(current) if *current != member_id => {
                    return Err(ErrorCode::FENCED_INSTANCE_ID);
                }
                Some(_) => {}
            }
        }
        if self.members.contains_key(member_id) {
            Ok(())
        } else {
            Err(ErrorCode::UNKNOWN_MEMBER_ID)
        }
    }
}
