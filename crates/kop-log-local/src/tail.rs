//! Where the last batches of a log lie: a reader at the tail needs no look-up on disk.

use std::collections::VecDeque;

/// Batches remembered at most.
const CAPACITY: usize = 256;

/// Positions of the last batches of the active segment, without a gap up to its end.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    batches: VecDeque<Batch>,
    end: u32,
}

#[derive(Clone, Copy, Debug)]
struct Batch {
    base_offset: i64,
    position: u32,
}

impl Tail {
    /// Adds the batch that was appended last.
    pub(crate) fn push(&mut self, base_offset: i64, position: u32, size: u32) {
        if self.batches.len() == CAPACITY {
            self.batches.pop_front();
        }
        self.batches.push_back(Batch {
            base_offset,
            position,
        });
        self.end = position.saturating_add(size);
    }

    /// Gives the memory back, when the segment is closed.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Keeps the last few batches only, once nobody has written for a while.
    pub(crate) fn shrink(&mut self) {
        self.batches.drain(..self.batches.len().saturating_sub(2));
        self.batches.shrink_to_fit();
    }

    /// Start of the batch that holds `offset`; `None` where it is not remembered.
    pub(crate) fn start(&self, offset: i64) -> Option<u32> {
        self.holding(offset)
            .map(|index| self.batches[index].position)
    }

    /// From a batch that begins at `start`: the end of the last one that ends at or before `limit` bytes, and begins
    /// before `bound`. With `at_least_one` the first counts whatever its size.
    pub(crate) fn end(&self, start: u32, limit: u64, bound: i64, at_least_one: bool) -> u32 {
        let behind = self
            .batches
            .partition_point(|batch| batch.base_offset < bound);
        let bound_end = self.position(behind);
        if u64::from(bound_end) <= limit {
            return bound_end.max(start);
        }
        // The last batch boundary that is not behind the limit.
        let boundary = self.position(
            self.batches
                .partition_point(|batch| u64::from(batch.position) <= limit)
                .saturating_sub(1),
        );
        if boundary > start || !at_least_one {
            return boundary.max(start);
        }
        self.position(
            self.batches
                .partition_point(|batch| batch.position <= start),
        )
    }

    /// First offset of the batch that begins at `position`; `None` at the end.
    pub(crate) fn offset_at(&self, position: u32) -> Option<i64> {
        let index = self
            .batches
            .partition_point(|batch| batch.position < position);
        self.batches.get(index).map(|batch| batch.base_offset)
    }

    fn holding(&self, offset: i64) -> Option<usize> {
        self.batches
            .partition_point(|batch| batch.base_offset <= offset)
            .checked_sub(1)
    }

    fn position(&self, index: usize) -> u32 {
        self.batches
            .get(index)
            .map_or(self.end, |batch| batch.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tail() -> Tail {
        let mut tail = Tail::default();
        for n in 0..300_u32 {
            tail.push(i64::from(n) * 10, n * 100, 100);
        }
        tail
    }

    #[test]
    fn finds_batches_by_offset() {
        let tail = tail();
        assert_eq!(tail.start(439), None);
        assert_eq!(tail.start(440), Some(4_400));
        assert_eq!(tail.start(2_995), Some(29_900));
        assert_eq!(Tail::default().start(0), None);
        assert_eq!(tail.offset_at(4_500), Some(450));
        assert_eq!(tail.offset_at(30_000), None);
    }

    #[test]
    fn ends_on_a_boundary() {
        let tail = tail();
        assert_eq!(tail.end(5_000, 5_350, i64::MAX, false), 5_300);
        assert_eq!(tail.end(5_000, 5_300, i64::MAX, false), 5_300);
        assert_eq!(tail.end(5_000, 5_050, i64::MAX, false), 5_000);
        assert_eq!(tail.end(5_000, 5_050, i64::MAX, true), 5_100);
        assert_eq!(tail.end(29_900, 29_950, i64::MAX, true), 30_000);
        assert_eq!(tail.end(5_000, u64::MAX, i64::MAX, false), 30_000);
        assert_eq!(tail.end(5_000, u64::MAX, 520, false), 5_200);
        assert_eq!(tail.end(5_000, 5_050, 520, true), 5_100);
        assert_eq!(tail.end(5_000, u64::MAX, 500, false), 5_000);
    }
}
