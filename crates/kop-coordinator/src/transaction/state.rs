//! The states of a transactional id.

/// A state of a transactional id; [`TransactionShard`](crate::TransactionShard) has the diagram.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum TransactionState {
    /// The producer has an id and an epoch, and no transaction yet.
    #[default]
    Empty,
    /// A transaction has begun: partitions are in it.
    Ongoing,
    /// The transaction will be committed; its markers are being written.
    PrepareCommit,
    /// The transaction will be aborted; its markers are being written.
    PrepareAbort,
    /// All markers of a commit are written.
    CompleteCommit,
    /// All markers of an abort are written.
    CompleteAbort,
    /// The id has expired and is being removed.
    Dead,
}

impl TransactionState {
    /// All of them, in the order of their ids.
    pub const ALL: [Self; 7] = [
        Self::Empty,
        Self::Ongoing,
        Self::PrepareCommit,
        Self::PrepareAbort,
        Self::CompleteCommit,
        Self::CompleteAbort,
        Self::Dead,
    ];

    /// Kafka's name for it, as DescribeTransactions and ListTransactions give it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "Empty",
            Self::Ongoing => "Ongoing",
            Self::PrepareCommit => "PrepareCommit",
            Self::PrepareAbort => "PrepareAbort",
            Self::CompleteCommit => "CompleteCommit",
            Self::CompleteAbort => "CompleteAbort",
            Self::Dead => "Dead",
        }
    }

    /// The state of this name. `PrepareEpochFence` is a name of Kafka's, but here as there nobody ever sees that state.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// The number in a stored record.
    pub fn id(self) -> i8 {
        match self {
            Self::Empty => 0,
            Self::Ongoing => 1,
            Self::PrepareCommit => 2,
            Self::PrepareAbort => 3,
            Self::CompleteCommit => 4,
            Self::CompleteAbort => 5,
            Self::Dead => 6,
        }
    }

    /// The state with this number.
    pub fn from_id(id: i8) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.id() == id)
    }

    /// No transaction is open and none is being ended.
    pub fn is_at_rest(self) -> bool {
        matches!(
            self,
            Self::Empty | Self::CompleteCommit | Self::CompleteAbort
        )
    }

    /// The end is decided, and its markers are being written.
    pub fn is_ending(self) -> bool {
        matches!(self, Self::PrepareCommit | Self::PrepareAbort)
    }

    /// Whether a transactional id may go from here to `next`.
    pub fn may_become(self, next: Self) -> bool {
        match next {
            Self::Empty | Self::Dead => self.is_at_rest(),
            Self::Ongoing => self.is_at_rest() || self == Self::Ongoing,
            Self::PrepareCommit => self == Self::Ongoing,
            // A client may abort what it has not begun (KIP-890).
            Self::PrepareAbort => self.is_at_rest() || self == Self::Ongoing,
            Self::CompleteCommit => self == Self::PrepareCommit,
            Self::CompleteAbort => self == Self::PrepareAbort,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::TransactionState::{self, *};

    #[test]
    fn ids_and_names_lead_back() {
        for state in TransactionState::ALL {
            assert_eq!(TransactionState::from_id(state.id()), Some(state));
            assert_eq!(TransactionState::from_name(state.name()), Some(state));
        }
        assert_eq!(TransactionState::from_id(8), None);
        assert_eq!(TransactionState::from_name("ongoing"), None);
    }

    #[test]
    fn an_outcome_is_never_revised() {
        for (decided, other) in [
            (PrepareCommit, [PrepareAbort, CompleteAbort]),
            (PrepareAbort, [PrepareCommit, CompleteCommit]),
        ] {
            assert!(other.into_iter().all(|next| !decided.may_become(next)));
            let allowed: Vec<_> = TransactionState::ALL
                .into_iter()
                .filter(|next| decided.may_become(*next))
                .collect();
            assert_eq!(allowed.len(), 1, "{decided:?} leads to its own end only");
        }
    }
}
