//! The leader epochs of a log: which epoch began at which offset (KIP-101).

use std::fmt::Write as _;

use crate::{EpochEnd, LogError};

/// The leader epochs of a log with their start offsets. Both rise from entry to entry.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct LeaderEpochs {
    entries: Vec<EpochStart>,
}

/// Where a leader epoch began.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EpochStart {
    /// The epoch.
    pub epoch: i32,
    /// Its first offset.
    pub start_offset: i64,
}

impl LeaderEpochs {
    /// The entries in order.
    pub fn entries(&self) -> &[EpochStart] {
        &self.entries
    }

    /// The last epoch.
    pub fn latest(&self) -> Option<i32> {
        self.entries.last().map(|entry| entry.epoch)
    }

    /// Folds in a batch, or an election: from `start_offset` on the log has `epoch`. What contradicts it is dropped, as
    /// Kafka does: the newer knowledge wins. Returns whether anything changed, so that a file must be written.
    pub fn assign(&mut self, epoch: i32, start_offset: i64) -> bool {
        if epoch < 0 || start_offset < 0 {
            return false;
        }
        let known = self
            .entries
            .last()
            .is_some_and(|last| last.epoch == epoch && last.start_offset <= start_offset);
        if known {
            return false;
        }
        while self
            .entries
            .last()
            .is_some_and(|last| last.epoch >= epoch || last.start_offset >= start_offset)
        {
            self.entries.pop();
        }
        self.entries.push(EpochStart {
            epoch,
            start_offset,
        });
        true
    }

    /// Where the largest epoch that is not above `epoch` ends, in a log that ends at `log_end`.
    pub fn end_of(&self, epoch: i32, log_end: i64) -> EpochEnd {
        let above = self.entries.partition_point(|entry| entry.epoch <= epoch);
        let at_or_below = above
            .checked_sub(1)
            .and_then(|index| self.entries.get(index));
        match (at_or_below, self.entries.get(above)) {
            _ if epoch < 0 => EpochEnd::UNKNOWN,
            (Some(entry), None) if entry.epoch == epoch => EpochEnd {
                epoch,
                end_offset: log_end,
            },
            (_, None) => EpochEnd::UNKNOWN,
            (Some(entry), Some(next)) => EpochEnd {
                epoch: entry.epoch,
                end_offset: next.start_offset,
            },
            (None, Some(next)) => EpochEnd {
                epoch,
                end_offset: next.start_offset,
            },
        }
    }

    /// The epoch that holds at `offset`, -1 where none is known.
    pub fn epoch_at(&self, offset: i64) -> i32 {
        let above = self
            .entries
            .partition_point(|entry| entry.start_offset <= offset);
        above
            .checked_sub(1)
            .and_then(|index| self.entries.get(index))
            .map_or(-1, |entry| entry.epoch)
    }

    /// The log now ends at `log_end`: forgets epochs that begin there or later. Returns whether anything changed.
    pub fn truncate_to(&mut self, log_end: i64) -> bool {
        let keep = self
            .entries
            .partition_point(|entry| entry.start_offset < log_end);
        let changed = keep < self.entries.len();
        self.entries.truncate(keep);
        changed
    }

    /// The log now starts at `log_start`: forgets epochs that end there or before, and moves the start of the one that
    /// holds there. Returns whether anything changed.
    pub fn truncate_before(&mut self, log_start: i64) -> bool {
        let above = self
            .entries
            .partition_point(|entry| entry.start_offset <= log_start);
        let Some(first) = above.checked_sub(1) else {
            return false;
        };
        self.entries.drain(..first);
        let moved = self.entries[0].start_offset != log_start;
        self.entries[0].start_offset = log_start;
        first > 0 || moved
    }

    /// The contents of Kafka's `leader-epoch-checkpoint`: version, number of entries, one `epoch offset` a line.
    pub fn to_checkpoint(&self) -> String {
        let mut text = format!("0\n{}\n", self.entries.len());
        for entry in &self.entries {
            writeln!(text, "{} {}", entry.epoch, entry.start_offset)
                .expect("invariant: a String takes all text");
        }
        text
    }

    /// Reads the contents of Kafka's `leader-epoch-checkpoint`.
    ///
    /// # Errors
    /// [`LogError::Malformed`].
    pub fn from_checkpoint(text: &str) -> Result<Self, LogError> {
        let malformed = |reason: String| LogError::Malformed {
            what: "leader-epoch-checkpoint",
            reason,
        };
        let mut lines = text.lines();
        let version = lines.next().unwrap_or_default();
        if version != "0" {
            return Err(malformed(format!("version {version:?} is not 0")));
        }
        let count = lines.next().unwrap_or_default();
        let mut entries: Vec<EpochStart> = Vec::new();
        for line in lines {
            let entry = parse_entry(line)
                .ok_or_else(|| malformed(format!("{line:?} is not an epoch and an offset")))?;
            if entries.last().is_some_and(|last| {
                last.epoch >= entry.epoch || last.start_offset >= entry.start_offset
            }) {
                return Err(malformed(format!(
                    "{line:?} does not rise above the line before"
                )));
            }
            entries.push(entry);
        }
        if count.parse() != Ok(entries.len()) {
            return Err(malformed(format!(
                "{} entries, but {count:?} were announced",
                entries.len()
            )));
        }
        Ok(Self { entries })
    }
}

fn parse_entry(line: &str) -> Option<EpochStart> {
    let (epoch, start_offset) = line.split_once(' ')?;
    let entry = EpochStart {
        epoch: epoch.parse().ok()?,
        start_offset: start_offset.parse().ok()?,
    };
    (entry.epoch >= 0 && entry.start_offset >= 0).then_some(entry)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn epochs(entries: &[(i32, i64)]) -> LeaderEpochs {
        let mut epochs = LeaderEpochs::default();
        for &(epoch, start_offset) in entries {
            assert!(epochs.assign(epoch, start_offset));
        }
        epochs
    }

    fn end(epoch: i32, end_offset: i64) -> EpochEnd {
        EpochEnd { epoch, end_offset }
    }

    #[test]
    fn ends_are_kafkas() {
        let epochs = epochs(&[(2, 10), (4, 20), (5, 30)]);
        assert_eq!(epochs.end_of(5, 35), end(5, 35));
        assert_eq!(epochs.end_of(4, 35), end(4, 30));
        assert_eq!(epochs.end_of(3, 35), end(2, 20), "a gap: the epoch below");
        assert_eq!(
            epochs.end_of(1, 35),
            end(1, 10),
            "older than all: the one asked for, up to the first"
        );
        assert_eq!(epochs.end_of(6, 35), EpochEnd::UNKNOWN);
        assert_eq!(epochs.end_of(-1, 35), EpochEnd::UNKNOWN);
        assert_eq!(LeaderEpochs::default().end_of(0, 35), EpochEnd::UNKNOWN);
        assert_eq!(
            (epochs.epoch_at(9), epochs.epoch_at(19), epochs.epoch_at(99)),
            (-1, 2, 5)
        );
    }

    #[test]
    fn newer_knowledge_wins() {
        let mut epochs = epochs(&[(2, 10), (4, 20), (5, 30)]);
        assert!(!epochs.assign(5, 31), "the epoch goes on");
        assert!(epochs.assign(6, 20));
        assert_eq!(epochs.to_checkpoint(), "0\n2\n2 10\n6 20\n");
        assert!(
            epochs.assign(1, 40),
            "an epoch that goes back drops all above it"
        );
        assert_eq!(epochs.to_checkpoint(), "0\n1\n1 40\n");
        assert!(!epochs.assign(-1, 50));
    }

    #[test]
    fn truncation_at_both_ends() {
        let mut epochs = epochs(&[(2, 10), (4, 20), (5, 30)]);
        assert!(
            !epochs.truncate_to(31) && !epochs.truncate_before(10) && !epochs.truncate_before(5)
        );
        assert!(epochs.truncate_to(30));
        assert!(epochs.truncate_before(25));
        assert_eq!(epochs.to_checkpoint(), "0\n1\n4 25\n");
    }

    #[test]
    fn damaged_checkpoints_are_refused() {
        for text in [
            "",
            "1\n0\n",
            "0\n",
            "0\n1\n",
            "0\nx\n",
            "0\n1\n1\n",
            "0\n1\n1 -1\n",
            "0\n2\n1 5\n1 6\n",
        ] {
            assert!(
                matches!(
                    LeaderEpochs::from_checkpoint(text),
                    Err(LogError::Malformed { .. })
                ),
                "{text:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn checkpoints_survive_a_round_trip(assigned in prop::collection::vec((0..50_i32, 0..200_i64), 0..30)) {
            let mut epochs = LeaderEpochs::default();
            for (epoch, offset) in assigned {
                epochs.assign(epoch, offset);
                prop_assert_eq!(epochs.latest(), Some(epoch));
            }
            let rising = |pair: &[EpochStart]| {
                pair[0].epoch < pair[1].epoch && pair[0].start_offset < pair[1].start_offset
            };
            prop_assert!(epochs.entries().windows(2).all(rising));
            prop_assert_eq!(LeaderEpochs::from_checkpoint(&epochs.to_checkpoint()).unwrap(), epochs);
        }
    }
}
