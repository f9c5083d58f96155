//! The inputs of the state machine and its answers.

use std::collections::BTreeSet;
use std::sync::Arc;

use kop_codec::messages::consumer_group_describe_response::DescribedGroup as ConsumerDescribedGroup;
use kop_codec::messages::describe_groups_response::DescribedGroup;
use kop_codec::messages::list_groups_response::ListedGroup;
use kop_codec::messages::offset_fetch_request::OffsetFetchRequestGroup;
use kop_codec::messages::offset_fetch_response::OffsetFetchResponseGroup;
use kop_codec::messages::{
    ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse, HeartbeatRequest,
    HeartbeatResponse, JoinGroupRequest, JoinGroupResponse, LeaveGroupRequest, LeaveGroupResponse,
    OffsetCommitRequest, OffsetCommitResponse, OffsetDeleteRequest, OffsetDeleteResponse,
    SyncGroupRequest, SyncGroupResponse,
};
use kop_codec::{ByteString, ErrorCode};
use kop_records::control::EndTxnMarker;

use crate::transaction::Producer;

/// Names a request until it is answered. Chosen by the caller, unique among those that are open.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Ticket(pub u64);

/// Who sent a request.
#[derive(Clone, Debug, Default)]
pub struct GroupContext {
    /// The client id of the request header, empty if it had none.
    pub client_id: ByteString,
    /// The client's address as Kafka writes it: `/127.0.0.1`.
    pub client_host: ByteString,
    /// The version of the request.
    pub api_version: i16,
}

/// What is wrong with the topics of a request, found before it came here. Costs nothing where all is right.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TopicErrors {
    /// In the order of the topics, up to the last one that has an error.
    topics: Vec<ErrorCode>,
    /// By the place of their topic: partitions that it does not have.
    unknown: BTreeSet<(usize, i32)>,
}

impl TopicErrors {
    /// Notes what is wrong with the next topic, which is at this place: its own error or, if it is known, those of the
    /// given partitions that are not among the so many that it has.
    pub fn add(
        &mut self,
        index: usize,
        found: Result<i32, ErrorCode>,
        partitions: impl IntoIterator<Item = i32>,
    ) {
        match found {
            Ok(count) => {
                let all = partitions.into_iter();
                let unknown = all.filter(|partition| !(0..count).contains(partition));
                self.unknown
                    .extend(unknown.map(|partition| (index, partition)));
            }
            Err(error) => {
                self.topics.resize(index, ErrorCode::NONE);
                self.topics.push(error);
            }
        }
    }

    /// The error of the topic at this place, or `NONE`.
    pub fn at(&self, index: usize) -> ErrorCode {
        self.topics.get(index).copied().unwrap_or_default()
    }

    /// The error of a partition of the topic at this place, or `NONE`.
    pub fn of_partition(&self, index: usize, partition: i32) -> ErrorCode {
        match self.at(index) {
            ErrorCode::NONE if self.unknown.contains(&(index, partition)) => {
                ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
            }
            error => error,
        }
    }
}

/// A request to the groups of one partition of `__consumer_offsets`.
#[derive(Clone, Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "moved twice, never stored in numbers"
)]
pub enum GroupRequest {
    /// JoinGroup, with the random bytes of a member id, should one be needed.
    Join(JoinGroupRequest, [u8; 16]),
    /// SyncGroup.
    Sync(SyncGroupRequest),
    /// Heartbeat.
    Heartbeat(HeartbeatRequest),
    /// LeaveGroup; versions 0 to 2 with their one member in `members`.
    Leave(LeaveGroupRequest),
    /// OffsetCommit, with an error for each topic that must not be committed. Topics have their names.
    Commit(Arc<OffsetCommitRequest>, TopicErrors),
    /// TxnOffsetCommit by this producer, whose transaction has been verified; else as Commit. Answered as Commit.
    CommitInTransaction(Producer, Arc<OffsetCommitRequest>, TopicErrors),
    /// The end of a producer's transaction: its offsets take effect, or are dropped.
    EndTransaction(Producer, EndTxnMarker),
    /// OffsetFetch for one group, with an error for each topic that cannot be looked up.
    Fetch {
        /// The group and its topics.
        group: OffsetFetchRequestGroup,
        /// Errors of the topics.
        topic_errors: TopicErrors,
        /// Offsets that an open transaction may replace are errors.
        require_stable: bool,
    },
    /// OffsetDelete, with an error for each topic that is unknown.
    DeleteOffsets(OffsetDeleteRequest, TopicErrors),
    /// DeleteGroups for one group.
    Delete(ByteString),
    /// DescribeGroups for one group.
    Describe(ByteString),
    /// ConsumerGroupHeartbeat, with the random bytes of a member id, should one be needed.
    ConsumerHeartbeat(Box<ConsumerGroupHeartbeatRequest>, [u8; 16]),
    /// ConsumerGroupDescribe for one group.
    ConsumerDescribe(ByteString),
    /// ListGroups: filters by state and type in any case, empty for all.
    List {
        /// Names of states.
        states: Vec<ByteString>,
        /// Names of types.
        types: Vec<ByteString>,
    },
}

/// The answer to a [`GroupRequest`], by the same name.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "each is the answer to the request of its name")]
pub enum GroupResponse {
    Join(JoinGroupResponse),
    Sync(SyncGroupResponse),
    Heartbeat(HeartbeatResponse),
    Leave(LeaveGroupResponse),
    Commit(OffsetCommitResponse),
    Fetch(OffsetFetchResponseGroup),
    DeleteOffsets(OffsetDeleteResponse),
    /// To Delete and EndTransaction.
    Outcome(ErrorCode),
    Describe(DescribedGroup),
    ConsumerHeartbeat(ConsumerGroupHeartbeatResponse),
    ConsumerDescribe(ConsumerDescribedGroup),
    List(Vec<ListedGroup>),
}

macro_rules! answers {
    ($($variant:ident($type:ty)),* $(,)?) => {$(
        impl From<$type> for GroupResponse {
            fn from(response: $type) -> Self {
                Self::$variant(response)
            }
        }

        impl TryFrom<GroupResponse> for $type {
            type Error = GroupResponse;

            fn try_from(response: GroupResponse) -> Result<Self, GroupResponse> {
                match response {
                    GroupResponse::$variant(response) => Ok(response),
                    other => Err(other),
                }
            }
        }
    )*};
}

answers! {
    Join(JoinGroupResponse),
    Sync(SyncGroupResponse),
    Heartbeat(HeartbeatResponse),
    Leave(LeaveGroupResponse),
    Commit(OffsetCommitResponse),
    Fetch(OffsetFetchResponseGroup),
    DeleteOffsets(OffsetDeleteResponse),
    Outcome(ErrorCode),
    Describe(DescribedGroup),
    ConsumerHeartbeat(ConsumerGroupHeartbeatResponse),
    ConsumerDescribe(ConsumerDescribedGroup),
    List(Vec<ListedGroup>),
}
