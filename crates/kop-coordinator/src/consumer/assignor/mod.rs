//! Who gets which partitions: the assignors that the server has.

mod range;
#[cfg(test)]
mod tests;
mod uniform;

use std::fmt;
use std::str::FromStr;

use kop_codec::{ByteString, Uuid};

use super::partitions::Target;

/// A server-side assignor, by the name that members ask for and `group.consumer.assignors` lists.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Assignor {
    /// Spreads all partitions evenly, and moves as few as possible.
    Uniform,
    /// Gives each member one range of every topic, so that topics with as many partitions are split alike.
    Range,
}

impl Assignor {
    /// All of them; the first is the default.
    pub const ALL: [Self; 2] = [Self::Uniform, Self::Range];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::Range => "range",
        }
    }

    /// The target of each member, in the order of `members`. Every partition of a topic that somebody subscribes to
    /// goes to exactly one of those who do.
    pub(super) fn assign(self, topics: &[Topic], members: &[Candidate<'_>]) -> Vec<Target> {
        match self {
            Self::Uniform => uniform::assign(topics, members),
            Self::Range => range::assign(topics, members),
        }
    }
}

impl fmt::Display for Assignor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Assignor {
    type Err = UnknownAssignor;

    fn from_str(name: &str) -> Result<Self, UnknownAssignor> {
        Self::ALL
            .into_iter()
            .find(|assignor| assignor.name() == name)
            .ok_or(UnknownAssignor)
    }
}

/// The text is not the name of an assignor.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not an assignor: uniform and range are")]
pub struct UnknownAssignor;

/// A topic that somebody subscribes to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Topic {
    pub(super) id: Uuid,
    pub(super) partitions: i32,
}

/// A member as an assignor sees it.
#[derive(Clone, Debug)]
pub(super) struct Candidate<'a> {
    pub(super) id: &'a ByteString,
    pub(super) instance_id: Option<&'a ByteString>,
    /// The topics it subscribes to, as places in the list of topics, in ascending order.
    pub(super) topics: Vec<usize>,
    /// Its target so far.
    pub(super) current: Option<&'a Target>,
}
