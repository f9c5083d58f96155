//! How much a broker may send before it is told to go on.
//!
//! A broker counts messages, memory is bytes, and a batch is sent whole even if it has more messages than there are
//! permits left. So as many permits are given as entries of the mean size fit into what is left of the budget: each
//! entry takes at least one, which bounds the entries, and takes back as many as it has messages, so that the next ones
//! are asked for when it has come.

/// Entries that may be under way at most, whatever they were like until now: the next one may be larger.
const MOST: usize = 128;

/// Before anything is known of a topic's entries, this many are asked for.
const FIRST: usize = 8;

/// Permits of one reader.
#[derive(Debug)]
pub(super) struct Permits {
    budget: usize,
    /// Bytes that came and were not taken.
    buffered: usize,
    /// Messages that the broker may still send; negative after large batches.
    granted: i64,
    /// Bytes of an entry, as it was lately; never 0.
    mean: usize,
}

impl Permits {
    /// None are given yet.
    pub(super) fn new(budget: usize) -> Self {
        Self {
            budget,
            buffered: 0,
            granted: 0,
            mean: (budget / FIRST).max(1),
        }
    }

    /// An entry came.
    pub(super) fn arrived(&mut self, messages: u32, bytes: usize) {
        self.granted -= i64::from(messages);
        self.buffered = self.buffered.saturating_add(bytes);
        // Larger entries are believed sooner than smaller ones.
        let share = if bytes > self.mean { 2 } else { 8 };
        self.mean = (self.mean - self.mean / share + bytes / share).max(1);
    }

    /// An entry was taken.
    pub(super) fn taken(&mut self, bytes: usize) {
        self.buffered = self.buffered.saturating_sub(bytes);
    }

    /// Permits to give now. They are given in lots, not one by one, and at least one when nothing waits to be taken.
    pub(super) fn refill(&mut self) -> u32 {
        let room = self.budget.saturating_sub(self.buffered) / self.mean;
        let least = usize::from(self.buffered == 0);
        let wanted = room.clamp(least, MOST) as i64;
        if wanted == 0 || self.granted > wanted / 2 {
            return 0;
        }
        // A hostile count of messages must not be paid back in full: the broker's own counter is 32 bits.
        let missing = (wanted - self.granted).min(i64::from(i32::MAX));
        self.granted += missing;
        missing as u32
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn permits_are_given_in_lots() {
        let mut permits = Permits::new(1 << 20);
        assert_eq!(permits.refill(), FIRST as u32);
        let mut given = 0;
        for _ in 0..1000 {
            permits.arrived(1, 1000);
            permits.taken(1000);
            given += u32::from(permits.refill() > 0);
        }
        assert!(given < 60, "{given} lots for 1000 small entries");
    }

    #[test]
    fn a_batch_gives_back_all_its_messages() {
        let mut permits = Permits::new(1 << 20);
        permits.refill();
        permits.arrived(1000, 64 << 10);
        permits.taken(64 << 10);
        assert!(permits.refill() >= 1000);
    }

    #[test]
    fn nothing_is_asked_for_beyond_the_budget() {
        let mut permits = Permits::new(100);
        permits.refill();
        permits.arrived(50, 200);
        assert_eq!(permits.refill(), 0);
        permits.taken(200);
        assert!(
            permits.refill() > 0,
            "an entry larger than the budget does not stop the reader"
        );
    }

    proptest! {
        /// A broker that sends whole batches while it has permits, and a reader that takes at random: what is buffered
        /// stays within the budget and what the largest entries can add.
        #[test]
        fn the_reader_never_stops_and_never_floods(
            entries in prop::collection::vec((1u32..2000, 1usize..5000, any::<bool>()), 1..400),
        ) {
            let mut permits = Permits::new(50_000);
            let mut broker = i64::from(permits.refill());
            let mut waiting: Vec<usize> = Vec::new();
            for (messages, bytes, take) in entries {
                while broker <= 0 {
                    prop_assert!(!waiting.is_empty(), "the broker has no permits and the reader nothing to take");
                    permits.taken(waiting.remove(0));
                    broker += i64::from(permits.refill());
                }
                broker -= i64::from(messages);
                permits.arrived(messages, bytes);
                waiting.push(bytes);
                broker += i64::from(permits.refill());
                prop_assert_eq!(broker, permits.granted);
                prop_assert!(waiting.iter().sum::<usize>() <= 50_000 + MOST * 5000);
                if take {
                    permits.taken(waiting.remove(0));
                    broker += i64::from(permits.refill());
                }
            }
        }
    }
}
