//! The settings of groups and of their offsets.

use std::fmt::Debug;
use std::sync::Arc;

use crate::consumer::Assignor;

/// Which partition of `__consumer_offsets` keeps a group whose id has a negative hash code.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum GroupPartitioner {
    /// Apache Kafka's: that of the absolute value.
    #[default]
    Absolute,
    /// That of the original Kafka on Pulsar: the remainder that is not negative.
    FloorMod,
}

/// Whether groups may change between the classic and the consumer protocol while they have members
/// (`group.consumer.migration.policy`).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum MigrationPolicy {
    /// In both directions.
    #[default]
    Bidirectional,
    /// From classic to consumer only.
    Upgrade,
    /// From consumer to classic only.
    Downgrade,
    /// Not at all.
    Disabled,
}

impl MigrationPolicy {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Bidirectional,
        Self::Upgrade,
        Self::Downgrade,
        Self::Disabled,
    ];

    /// Its name in the settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bidirectional => "bidirectional",
            Self::Upgrade => "upgrade",
            Self::Downgrade => "downgrade",
            Self::Disabled => "disabled",
        }
    }

    /// Whether a classic group with members may become a consumer group.
    pub fn allows_upgrade(self) -> bool {
        matches!(self, Self::Bidirectional | Self::Upgrade)
    }

    /// Whether a consumer group with members may become a classic group.
    pub fn allows_downgrade(self) -> bool {
        matches!(self, Self::Bidirectional | Self::Downgrade)
    }
}

/// What a group of the consumer protocol is timed by, with the defaults of Apache Kafka.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ConsumerTimes {
    /// `consumer.session.timeout.ms`: how long a member may be silent.
    pub session_timeout_ms: i32,
    /// `consumer.heartbeat.interval.ms`: how often members are told to send heartbeats.
    pub heartbeat_interval_ms: i32,
    /// `consumer.assignment.interval.ms`: how long an assignment stands before the next one is worked out (KIP-1263).
    pub assignment_interval_ms: i32,
}

impl Default for ConsumerTimes {
    fn default() -> Self {
        Self {
            session_timeout_ms: 45_000,
            heartbeat_interval_ms: 5_000,
            assignment_interval_ms: 1_000,
        }
    }
}

/// What each group is timed by: groups can have settings of their own, which change while the server runs.
pub trait GroupTimes: Debug + Send + Sync {
    /// The times of a group at present. Asked with every heartbeat, so it must not wait.
    fn of(&self, group_id: &str) -> ConsumerTimes;
}

/// The same for all groups.
impl GroupTimes for ConsumerTimes {
    fn of(&self, _: &str) -> ConsumerTimes {
        *self
    }
}

/// Settings of groups of the consumer protocol (KIP-848), with the defaults of Apache Kafka.
#[derive(Clone, Debug)]
pub struct ConsumerConfig {
    /// `group.coordinator.rebalance.protocols` has `consumer`.
    pub enabled: bool,
    /// What each group is timed by: [`ConsumerTimes`] where all have the same.
    pub times: Arc<dyn GroupTimes>,
    /// `group.consumer.max.size`: members that a group takes at most.
    pub max_size: usize,
    /// `group.consumer.assignors`: those that members may ask for. The first one is for those who do not ask.
    pub assignors: Vec<Assignor>,
    /// `group.consumer.migration.policy`.
    pub migration: MigrationPolicy,
}

impl ConsumerConfig {
    /// The assignor of groups whose members do not ask for one.
    pub(crate) fn default_assignor(&self) -> Assignor {
        self.assignors.first().copied().unwrap_or(Assignor::Uniform)
    }
}

impl Default for ConsumerConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            times: Arc::new(ConsumerTimes::default()),
            max_size: i32::MAX as usize,
            assignors: Assignor::ALL.to_vec(),
            migration: MigrationPolicy::default(),
        }
    }
}

/// Settings of the group coordinator, with the defaults of Apache Kafka.
#[derive(Clone, Debug)]
pub struct GroupConfig {
    /// `group.min.session.timeout.ms`: shorter session time-outs are refused.
    pub min_session_timeout_ms: i32,
    /// `group.max.session.timeout.ms`: longer session time-outs are refused.
    pub max_session_timeout_ms: i32,
    /// `group.initial.rebalance.delay.ms`: how long an empty group waits for more members before its first generation.
    pub initial_rebalance_delay_ms: i32,
    /// `group.max.size`: members that a group takes at most.
    pub max_size: usize,
    /// How long a new member may wait in JoinGroup before it is taken for gone. Kafka has no setting for it: 5 minutes.
    pub new_member_join_timeout_ms: i32,
    /// Settings of groups of the consumer protocol.
    pub consumer: ConsumerConfig,
    /// `offset.metadata.max.bytes`: length of a committed offset's metadata at most.
    pub offset_metadata_max_bytes: usize,
    /// `offsets.retention.minutes`: how long offsets of an empty group, or of a topic it no longer reads, are kept.
    pub offsets_retention_minutes: i32,
    /// `offsets.retention.check.interval.ms`: how often expired offsets and groups are looked for.
    pub offsets_retention_check_interval_ms: i64,
    /// `offsets.topic.num.partitions`: partitions of `__consumer_offsets` when it is created.
    pub offsets_topic_partitions: i32,
    /// `offsets.topic.segment.bytes`: segment size of `__consumer_offsets` when it is created.
    pub offsets_topic_segment_bytes: i32,
    /// Where groups are kept.
    pub partitioner: GroupPartitioner,
    /// `offsets.commit.timeout.ms`: a write that takes longer is answered with a retriable error.
    pub offsets_commit_timeout_ms: i32,
    /// What compacts `__consumer_offsets` goes by keys alone: it loses markers, and takes the last record of a key for the
    /// one that counts, whatever becomes of its transaction. Offsets in transactions are written under keys of their own
    /// then. The driver asks the catalog: [`LogCatalog::compacts_by_keys_alone`](kop_log::LogCatalog::compacts_by_keys_alone).
    pub compacted_by_keys_alone: bool,
}

impl GroupConfig {
    /// How long offsets are kept, in milliseconds.
    pub fn offsets_retention_ms(&self) -> i64 {
        i64::from(self.offsets_retention_minutes) * 60_000
    }
}

impl Default for GroupConfig {
    fn default() -> Self {
        Self {
            min_session_timeout_ms: 6_000,
            max_session_timeout_ms: 1_800_000,
            initial_rebalance_delay_ms: 3_000,
            max_size: i32::MAX as usize,
            new_member_join_timeout_ms: 300_000,
            consumer: ConsumerConfig::default(),
            offset_metadata_max_bytes: 4_096,
            offsets_retention_minutes: 7 * 24 * 60,
            offsets_retention_check_interval_ms: 600_000,
            offsets_topic_partitions: 50,
            offsets_topic_segment_bytes: 100 * 1024 * 1024,
            partitioner: GroupPartitioner::Absolute,
            offsets_commit_timeout_ms: 5_000,
            compacted_by_keys_alone: false,
        }
    }
}
