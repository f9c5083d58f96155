//! The states of a classic group.

use crate::group_state::GroupState;

/// A state of a classic group; the file of that machine begins with the diagram.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) enum ClassicState {
    /// Nobody is in the group. It may hold offsets, and member ids may have been handed out.
    #[default]
    Empty,
    /// Waiting for the members to join.
    PreparingRebalance,
    /// The generation is made; waiting for the leader's assignment.
    CompletingRebalance,
    /// Every member has, or can have, its assignment.
    Stable,
    /// The group is being removed.
    Dead,
}

impl ClassicState {
    /// The same among the states of all types.
    pub(crate) fn of_all(self) -> GroupState {
        match self {
            Self::Empty => GroupState::Empty,
            Self::PreparingRebalance => GroupState::PreparingRebalance,
            Self::CompletingRebalance => GroupState::CompletingRebalance,
            Self::Stable => GroupState::Stable,
            Self::Dead => GroupState::Dead,
        }
    }

    /// Whether a group may go from here to `next`.
    pub(crate) fn may_become(self, next: Self) -> bool {
        match next {
            Self::Empty => matches!(self, Self::PreparingRebalance | Self::Dead),
            Self::PreparingRebalance => {
                matches!(self, Self::Empty | Self::CompletingRebalance | Self::Stable)
            }
            Self::CompletingRebalance => self == Self::PreparingRebalance,
            Self::Stable => self == Self::CompletingRebalance,
            Self::Dead => self == Self::Empty,
        }
    }
}
