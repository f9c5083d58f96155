//! The last offset of each key, in a table of a bounded size that holds no keys.

use std::hash::{BuildHasher, Hasher, RandomState};

use kop_log::compaction::LatestOffsets;
use siphasher::sip128::SipHasher13;

/// Bytes of a slot.
const SLOT: usize = 16;
/// Slots that even the smallest table has.
const MIN_SLOTS: usize = 16;

/// Offsets by the hashes of keys.
///
/// A key is told from others by 96 bits of a keyed hash (SipHash), of which nobody outside knows the key: that two of a
/// billion keys are taken for one is less likely than 1 : 10¹¹, and nobody can bring it about. Offsets count from
/// the first one of the round, so that a slot takes 16 bytes.
#[derive(Debug)]
pub(crate) struct OffsetMap {
    /// Two words a slot: 64 bits of hash; 32 bits of hash, and 32 bits of the offset plus one. Zero is an empty slot.
    words: Vec<u64>,
    first: i64,
    len: usize,
    most: usize,
    hasher: SipHasher13,
}

impl OffsetMap {
    /// A map that takes at most `bytes`, for offsets from `first` to before `end`. It takes no more than these can need.
    /// `load` is the share of its slots that may be used.
    pub(crate) fn new(bytes: usize, load: f64, first: i64, end: i64) -> Self {
        let needed = usize::try_from(end.saturating_sub(first)).unwrap_or(0);
        let slots = needed.saturating_mul(2).min(bytes / SLOT).max(MIN_SLOTS);
        Self {
            // Zeroed by the system: pages that are not used take no memory.
            words: vec![0; slots * 2],
            first,
            len: 0,
            most: ((slots as f64 * load) as usize).clamp(1, slots - 1),
            hasher: SipHasher13::new_with_keys(random(), random()),
        }
    }

    /// How full it is, of what it may hold, in percent.
    pub(crate) fn used_percent(&self) -> f64 {
        self.len as f64 * 100.0 / (self.words.len() / 2) as f64
    }

    /// Where the slot of this key is, or would be, and what tells the key.
    fn find(&self, key: &[u8]) -> (usize, u64, u64) {
        let (hash, more) = self.hasher.hash(key).as_u64();
        let more = more & !u64::from(u32::MAX);
        let slots = self.words.len() / 2;
        let mut at = ((u128::from(hash) * slots as u128) >> 64) as usize;
        loop {
            let (first, second) = (self.words[2 * at], self.words[2 * at + 1]);
            let same = first == hash && second & !u64::from(u32::MAX) == more;
            if same || second as u32 == 0 {
                return (at, hash, more);
            }
            at = if at + 1 == slots { 0 } else { at + 1 };
        }
    }
}

/// Bits that nobody can foresee: the standard library keys its hash tables with them.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

impl LatestOffsets for OffsetMap {
    fn note(&mut self, key: &[u8], offset: i64) -> bool {
        let relative = offset
            .checked_sub(self.first)
            .and_then(|relative| u32::try_from(relative).ok())
            .and_then(|relative| relative.checked_add(1));
        let Some(relative) = relative else {
            return false;
        };
        let (at, hash, more) = self.find(key);
        if self.words[2 * at + 1] as u32 == 0 {
            if self.len == self.most {
                return false;
            }
            self.len += 1;
            self.words[2 * at] = hash;
        }
        self.words[2 * at + 1] = more | u64::from(relative);
        true
    }

    fn latest(&self, key: &[u8]) -> Option<i64> {
        let (at, ..) = self.find(key);
        match self.words[2 * at + 1] as u32 {
            0 => None,
            relative => Some(self.first + i64::from(relative) - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_full_where_the_load_says_so_and_known_keys_go_on() {
        let mut map = OffsetMap::new(SLOT * 100, 0.9, 1000, i64::MAX);
        let noted = (0..200_i64)
            .filter(|n| map.note(&n.to_be_bytes(), 1000 + n))
            .count();
        assert_eq!(noted, 90);
        assert!(map.note(&5_i64.to_be_bytes(), 2000));
        assert_eq!(map.latest(&5_i64.to_be_bytes()), Some(2000));
        assert_eq!(map.latest(&6_i64.to_be_bytes()), Some(1006));
        assert_eq!(map.latest(&150_i64.to_be_bytes()), None);
        assert!((map.used_percent() - 90.0).abs() < 0.01);
    }

    #[test]
    fn it_takes_what_is_needed_and_no_offsets_out_of_reach() {
        assert_eq!(
            OffsetMap::new(1 << 30, 0.9, 5, 5).words.len(),
            2 * MIN_SLOTS
        );
        assert_eq!(OffsetMap::new(1 << 30, 0.9, 0, 1000).words.len(), 4000);
        let mut map = OffsetMap::new(SLOT * 100, 0.9, 10, i64::MAX);
        assert!(!map.note(b"k", 9));
        assert!(!map.note(b"k", 10 + i64::from(u32::MAX)));
        assert!(map.note(b"k", 9 + i64::from(u32::MAX)));
        assert_eq!(map.latest(b"k"), Some(9 + i64::from(u32::MAX)));
    }

    proptest! {
        #[test]
        fn it_is_a_map(keys in proptest::collection::vec(0_u8..60, 0..300)) {
            let mut map = OffsetMap::new(SLOT * 100, 0.9, 7, i64::MAX);
            let mut model = HashMap::new();
            for (n, key) in keys.iter().enumerate() {
                prop_assert!(map.note(&[*key], 7 + n as i64));
                model.insert(*key, 7 + n as i64);
            }
            for key in 0..=255 {
                prop_assert_eq!(map.latest(&[key]), model.get(&key).copied());
            }
        }
    }
}
