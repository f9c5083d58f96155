//! Where offsets lie, as far as it was seen: sparse, in memory, and of bounded size.

use kop_pulsar_client::MessageId;

/// Points per partition, at most.
const MAX_POINTS: usize = 512;
/// Offsets between two points at first. It doubles whenever there are too many.
const FIRST_STEP: i64 = 64;

/// An entry that was seen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Point {
    /// Its first offset.
    pub(crate) offset: i64,
    /// Where it is.
    pub(crate) at: MessageId,
}

/// Points by their offsets.
#[derive(Debug)]
pub(crate) struct PositionIndex {
    points: Vec<Point>,
    step: i64,
}

impl Default for PositionIndex {
    fn default() -> Self {
        Self {
            points: Vec::new(),
            step: FIRST_STEP,
        }
    }
}

impl PositionIndex {
    /// Notes an entry that was seen, unless there is a point near it.
    pub(crate) fn note(&mut self, offset: i64, at: MessageId) {
        let index = self.points.partition_point(|point| point.offset <= offset);
        let near = |point: &Point| point.offset.abs_diff(offset) < self.step.unsigned_abs();
        let before = index
            .checked_sub(1)
            .and_then(|index| self.points.get(index));
        if before.is_some_and(near) || self.points.get(index).is_some_and(near) {
            return;
        }
        self.points.insert(index, Point { offset, at });
        if self.points.len() > MAX_POINTS {
            let mut number = 0_usize;
            self.points.retain(|_| {
                number += 1;
                number % 2 == 1
            });
            self.step = self.step.saturating_mul(2);
        }
    }

    /// The last point at or below `offset`.
    pub(crate) fn floor(&self, offset: i64) -> Option<Point> {
        let above = self.points.partition_point(|point| point.offset <= offset);
        above
            .checked_sub(1)
            .and_then(|index| self.points.get(index))
            .copied()
    }

    /// The log now starts at `offset`: what lies before it is gone, perhaps with its ledger.
    pub(crate) fn truncate_before(&mut self, offset: i64) {
        let gone = self.points.partition_point(|point| point.offset < offset);
        self.points.drain(..gone);
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_floor_is_never_behind(
            offsets in prop::collection::vec(0..1_000_000_i64, 0..3000),
            start in 0..500_000_i64,
            asked in prop::collection::vec(0..1_000_000_i64, 0..50),
        ) {
            let mut index = PositionIndex::default();
            for &offset in &offsets {
                index.note(offset, MessageId { ledger: 1, entry: offset.unsigned_abs() });
            }
            index.truncate_before(start);
            prop_assert!(index.points.len() <= MAX_POINTS);
            prop_assert!(index.points.is_sorted_by_key(|point| point.offset));
            for asked in asked {
                if let Some(point) = index.floor(asked) {
                    prop_assert!(point.offset <= asked && point.offset >= start);
                    prop_assert_eq!(point.at.entry, point.offset.unsigned_abs());
                }
            }
        }
    }

    #[test]
    fn what_is_near_is_found_near() {
        let mut index = PositionIndex::default();
        for offset in 0..100_000 {
            index.note(
                offset,
                MessageId {
                    ledger: 1,
                    entry: offset.unsigned_abs(),
                },
            );
        }
        let found = index.floor(77_777).unwrap();
        assert!(77_777 - found.offset < 1024, "{found:?}");
    }
}
