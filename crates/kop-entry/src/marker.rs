//! Entries that the broker keeps from its clients.

/// What kind of marker an entry is: `MarkerType` in Pulsar's protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MarkerKind {
    /// Replicated subscriptions write these between clusters; they mean nothing to Kafka's clients.
    ReplicatedSubscription,
    /// A transaction was committed.
    TxnCommit,
    /// A transaction was aborted.
    TxnAbort,
    /// A number that is not known here.
    Unknown(i32),
}

impl MarkerKind {
    /// The kind with this number.
    pub fn from_number(number: i32) -> Self {
        match number {
            10..=13 => Self::ReplicatedSubscription,
            21 => Self::TxnCommit,
            22 => Self::TxnAbort,
            _ => Self::Unknown(number),
        }
    }

    pub(crate) fn of_outcome(committed: bool) -> i32 {
        if committed { 21 } else { 22 }
    }
}
