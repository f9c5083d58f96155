//! What the types of groups have in common, and how a group changes its type.

use kop_codec::messages::list_groups_response::ListedGroup;
use kop_codec::messages::offset_fetch_request::OffsetFetchRequestGroup;
use kop_codec::messages::{JoinGroupRequest, OffsetCommitRequest};
use kop_codec::{ByteString, ErrorCode};

use super::Group;
use crate::classic::{self, ClassicGroup, ClassicState, ExpiryBase};
use crate::consumer::{self, ConsumerGroup, Refused};
use crate::group_state::GroupState;
use crate::outbox::{Cx, Then};
use crate::record::GroupRecord;
use crate::time::Now;

/// A group of one type or another.
#[derive(Debug)]
pub(super) enum Kind {
    Classic(Box<ClassicGroup>),
    Consumer(Box<ConsumerGroup>),
}

impl Kind {
    pub(super) fn classic(group: ClassicGroup) -> Self {
        Self::Classic(Box::new(group))
    }

    pub(super) fn state(&self) -> GroupState {
        match self {
            Self::Classic(group) => group.state().of_all(),
            Self::Consumer(group) => group.state(),
        }
    }

    pub(super) fn wake_at(&self) -> i64 {
        match self {
            Self::Classic(group) => group.wake_at(),
            Self::Consumer(group) => group.wake_at(),
        }
    }

    pub(super) fn is_untouched(&self) -> bool {
        match self {
            Self::Classic(group) => group.is_untouched(),
            Self::Consumer(group) => group.is_untouched(),
        }
    }

    /// Member ids are out that have not been used.
    pub(super) fn has_pending(&self) -> bool {
        match self {
            Self::Classic(group) => group.has_pending(),
            Self::Consumer(_) => false,
        }
    }

    pub(super) fn tick(&mut self, cx: &mut Cx<'_>) {
        match self {
            Self::Classic(group) => group.tick(cx),
            Self::Consumer(group) => group.tick(cx),
        }
    }

    /// The group was loaded: its members' sessions begin.
    pub(super) fn start_sessions(&mut self, cx: &mut Cx<'_>) {
        match self {
            Self::Classic(group) => {
                group.start_sessions(cx.now);
                group.shrink_to_limit(cx);
            }
            Self::Consumer(group) => group.start_sessions(cx),
        }
    }

    pub(super) fn check_commit(
        &self,
        cx: &Cx<'_>,
        api_version: i16,
        request: &OffsetCommitRequest,
    ) -> Result<(), ErrorCode> {
        match self {
            Self::Classic(group) => group.check_commit(request),
            Self::Consumer(group) => group.check_commit(cx, api_version, request),
        }
    }

    pub(super) fn check_commit_in_transaction(
        &self,
        cx: &Cx<'_>,
        request: &OffsetCommitRequest,
    ) -> Result<(), ErrorCode> {
        match self {
            Self::Classic(group) => group.check_commit_in_transaction(request),
            Self::Consumer(group) => group.check_commit_in_transaction(cx, request),
        }
    }

    /// A commit is a sign of life of a classic member; others send heartbeats of their own all the time.
    pub(super) fn commit_seen(&mut self, cx: &Cx<'_>, member_id: &ByteString) {
        if let Self::Classic(group) = self {
            group.commit_seen(cx, member_id);
        }
    }

    pub(super) fn check_fetch(&self, request: &OffsetFetchRequestGroup) -> Result<(), ErrorCode> {
        match self {
            Self::Classic(_) => Ok(()),
            Self::Consumer(group) => group.check_fetch(request),
        }
    }

    pub(super) fn check_offset_delete(&self) -> Result<(), ErrorCode> {
        match self {
            Self::Classic(group) => group.check_offset_delete(),
            Self::Consumer(group) if group.state() == GroupState::Dead => {
                Err(ErrorCode::GROUP_ID_NOT_FOUND)
            }
            Self::Consumer(_) => Ok(()),
        }
    }

    pub(super) fn check_delete(&self) -> Result<(), ErrorCode> {
        match self {
            Self::Classic(group) => group.check_delete(),
            Self::Consumer(group) => group.check_delete(),
        }
    }

    pub(super) fn is_subscribed(&self, topic: &str) -> bool {
        match self {
            Self::Classic(group) => group.is_subscribed(topic),
            Self::Consumer(group) => group.is_subscribed(topic),
        }
    }

    pub(super) fn expiry_base(&self) -> ExpiryBase {
        match self {
            Self::Classic(group) => group.expiry_base(),
            Self::Consumer(group) if group.state() == GroupState::Dead => ExpiryBase::Never,
            Self::Consumer(_) => ExpiryBase::Commit,
        }
    }

    /// Marks the group as being removed. What is returned takes it back.
    pub(super) fn begin_removal(&mut self, cx: &Cx<'_>) -> Option<i64> {
        match self {
            Self::Classic(group) => {
                let since_ms = group.state_since_ms();
                group.begin_removal(cx);
                since_ms
            }
            Self::Consumer(group) => {
                group.set_dead(true);
                None
            }
        }
    }

    pub(super) fn cancel_removal(&mut self, since_ms: Option<i64>) {
        match self {
            Self::Classic(group) => group.cancel_removal(since_ms),
            Self::Consumer(group) => group.set_dead(false),
        }
    }

    /// What deletes the stored group, but for its offsets.
    pub(super) fn tombstones(&self, id: &ByteString) -> Vec<GroupRecord> {
        match self {
            Self::Classic(_) => vec![GroupRecord::Group {
                group: id.clone(),
                value: None,
            }],
            Self::Consumer(group) => group.tombstones(),
        }
    }

    /// The name of its type in ListGroups.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Classic(_) => classic::TYPE,
            Self::Consumer(_) => consumer::TYPE,
        }
    }

    pub(super) fn list(&self) -> ListedGroup {
        match self {
            Self::Classic(group) => group.list(),
            Self::Consumer(group) => group.list(),
        }
    }
}

impl Group {
    pub(super) fn classic(&self) -> Option<&ClassicGroup> {
        match &self.kind {
            Kind::Classic(group) => Some(group),
            Kind::Consumer(_) => None,
        }
    }

    pub(super) fn classic_mut(&mut self) -> Option<&mut ClassicGroup> {
        match &mut self.kind {
            Kind::Classic(group) => Some(group),
            Kind::Consumer(_) => None,
        }
    }

    pub(super) fn consumer(&self) -> Option<&ConsumerGroup> {
        match &self.kind {
            Kind::Consumer(group) => Some(group),
            Kind::Classic(_) => None,
        }
    }

    pub(super) fn consumer_mut(&mut self) -> Option<&mut ConsumerGroup> {
        match &mut self.kind {
            Kind::Consumer(group) => Some(group),
            Kind::Classic(_) => None,
        }
    }

    /// The group as a consumer group; a classic one becomes one where `joins` and the settings allow it.
    pub(super) fn as_consumer(
        &mut self,
        cx: &mut Cx<'_>,
        id: &ByteString,
        joins: bool,
    ) -> Result<&mut ConsumerGroup, Refused> {
        if let Kind::Classic(classic) = &mut self.kind {
            let upgraded = upgrade(cx, classic, id, joins)?;
            classic.abandon(cx);
            self.kind = Kind::Consumer(Box::new(upgraded));
        }
        let not_one = || Refused::no_group(format!("Group {id} is not a consumer group."));
        self.consumer_mut().ok_or_else(not_one)
    }

    /// A consumer group that nobody is in becomes a classic one for the sake of a member that joins, and one whose last
    /// member of the new protocol is replaced by this one.
    pub(super) fn prepare_classic_join(
        &mut self,
        cx: &mut Cx<'_>,
        id: &ByteString,
        request: &JoinGroupRequest,
        now: Now,
    ) {
        let Kind::Consumer(group) = &self.kind else {
            return;
        };
        let instance_id = request.group_instance_id.as_ref();
        if group.state() == GroupState::Empty {
            cx.out.write(group.tombstones(), Then::Nothing);
            self.kind = Kind::classic(ClassicGroup::new(id.clone(), now.wall_ms));
        } else if request.member_id.is_empty()
            && group.is_last_of_new_protocol(instance_id)
            && cx.config.consumer.migration.allows_downgrade()
        {
            self.downgrade(cx, id);
        }
    }

    /// Makes a classic group of a consumer group that only members of the classic protocol are left in.
    pub(super) fn downgrade_if_wanted(&mut self, cx: &mut Cx<'_>, id: &ByteString) {
        if matches!(&self.kind, Kind::Consumer(group) if group.wants_downgrade(cx)) {
            self.downgrade(cx, id);
        }
    }

    fn downgrade(&mut self, cx: &mut Cx<'_>, id: &ByteString) {
        let Kind::Consumer(group) = &self.kind else {
            return;
        };
        tracing::info!(group = %id, "goes back to the classic protocol");
        cx.out.write(group.tombstones(), Then::Nothing);
        let stored = group.downgraded(cx);
        if stored.members.is_empty() {
            // The member that joins replaces the only one.
            self.kind = Kind::classic(ClassicGroup::new(id.clone(), cx.now.wall_ms));
            return;
        }
        let mut classic = ClassicGroup::from_value(id.clone(), &stored);
        classic.begin_after_downgrade(cx);
        self.kind = Kind::classic(classic);
    }
}

fn upgrade(
    cx: &Cx<'_>,
    classic: &ClassicGroup,
    id: &ByteString,
    joins: bool,
) -> Result<ConsumerGroup, Refused> {
    if !joins {
        let message = format!("Group {id} is not a consumer group.");
        return Err(Refused::no_group(message));
    }
    if classic.state() == ClassicState::Dead {
        let message = "the group is being removed";
        return Err(Refused::new(ErrorCode::COORDINATOR_NOT_AVAILABLE, message));
    }
    if classic.state() == ClassicState::Empty {
        let mut group = ConsumerGroup::new(id.clone());
        if !classic.is_untouched() {
            group.replace_classic();
        }
        return Ok(group);
    }
    let policy = &cx.config.consumer;
    if !policy.migration.allows_upgrade() || !classic.can_upgrade(policy.max_size) {
        let message = format!(
            "Group {id} is a classic group with members, and cannot become a consumer group: its protocol type, its size or group.consumer.migration.policy does not allow it."
        );
        return Err(Refused::no_group(message));
    }
    tracing::info!(group = %id, "goes over to the consumer protocol");
    let members = classic.members_to_upgrade();
    ConsumerGroup::upgraded(cx, id, classic.generation(), members)
}
