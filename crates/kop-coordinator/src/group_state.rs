//! The states of groups of all types.

/// A state of a group, as DescribeGroups, ConsumerGroupDescribe and ListGroups name it. The modules `classic` and
/// `consumer` have the diagrams.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum GroupState {
    /// Nobody is in the group. It may hold offsets, and member ids may have been handed out.
    #[default]
    Empty,
    /// Classic: waiting for the members to join.
    PreparingRebalance,
    /// Classic: the generation is made; waiting for the leader's assignment.
    CompletingRebalance,
    /// Of the consumer protocol: members or topics have changed, and no heartbeat has worked out who gets what yet.
    Assigning,
    /// Of the consumer protocol: members are on their way to what they should have.
    Reconciling,
    /// Every member has, or can have, its assignment.
    Stable,
    /// The group is being removed.
    Dead,
}

impl GroupState {
    /// All of them, in the order of their use as an index.
    pub const ALL: [Self; 7] = [
        Self::Empty,
        Self::PreparingRebalance,
        Self::CompletingRebalance,
        Self::Assigning,
        Self::Reconciling,
        Self::Stable,
        Self::Dead,
    ];

    /// Kafka's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "Empty",
            Self::PreparingRebalance => "PreparingRebalance",
            Self::CompletingRebalance => "CompletingRebalance",
            Self::Assigning => "Assigning",
            Self::Reconciling => "Reconciling",
            Self::Stable => "Stable",
            Self::Dead => "Dead",
        }
    }
}
