//! Who leads a partition.

use std::fmt::Debug;

use crate::LogError;

/// Knows who leads each partition. It is the one place that is asked: before anything is read from a partition or written
/// to it, and for the partitions of the internal topics before anything is answered of the groups and transactional ids
/// that they keep.
pub trait Leadership: Debug + Send + Sync + 'static {
    /// Who leads a partition now. Never waits.
    fn leader(&self, topic: &str, partition: i32) -> Leader;

    /// # Errors
    /// [`LogError::NotLeader`] unless this server leads the partition.
    fn check(&self, topic: &str, partition: i32) -> Result<(), LogError> {
        match self.leader(topic, partition) {
            Leader::ThisServer => Ok(()),
            Leader::Elsewhere => Err(LogError::NotLeader),
        }
    }
}

/// Who leads a partition.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Leader {
    /// The server that was asked.
    ThisServer,
    /// Not that one, and it cannot tell which.
    Elsewhere,
}

/// Nobody else can lead: the storage has one server.
#[derive(Clone, Copy, Debug, Default)]
pub struct LeadsAll;

impl Leadership for LeadsAll {
    fn leader(&self, _: &str, _: i32) -> Leader {
        Leader::ThisServer
    }
}
