//! Which partition of `__consumer_offsets` keeps a group.

use crate::config::GroupPartitioner;

/// The partition of a group: Kafka's `abs(hashCode) % partitions`, where the hash runs over UTF-16 units and the
/// smallest integer counts as 0; or that of the original Kafka on Pulsar.
///
/// # Panics
/// Never for `partitions` ≥ 1, which [`kop_log::NewTopic::validate`] guarantees; 0 and less give partition 0.
pub fn partition_for(group_id: &str, partitions: i32, partitioner: GroupPartitioner) -> i32 {
    let hash = group_id.encode_utf16().fold(0_i32, |hash, unit| {
        hash.wrapping_mul(31).wrapping_add(i32::from(unit))
    });
    let partitions = partitions.max(1);
    match partitioner {
        GroupPartitioner::Absolute => hash.checked_abs().unwrap_or(0) % partitions,
        GroupPartitioner::FloorMod => hash.rem_euclid(partitions),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(group_id: &str, partitions: i32) -> i32 {
        partition_for(group_id, partitions, GroupPartitioner::Absolute)
    }

    #[test]
    fn agrees_with_java() {
        // From `Utils.abs(s.hashCode()) % n` of Java.
        assert_eq!(of("", 50), 0);
        assert_eq!(of("a", 50), 97 % 50);
        assert_eq!(of("test", 50), 3_556_498 % 50);
        assert_eq!(of("hello", 50), 99_162_322 % 50);
        // "polygenelubricants" hashes to the smallest integer, whose absolute value Kafka takes as 0.
        assert_eq!(of("polygenelubricants", 50), 0);
        // Outside of the basic plane: two UTF-16 units.
        assert_eq!(of("😀", 50), 1_772_899 % 50);
    }

    #[test]
    fn negative_hashes_are_taken_as_the_original_does() {
        // "polygenelubricants" hashes to -2147483648.
        let of = |id| partition_for(id, 50, GroupPartitioner::FloorMod);
        assert_eq!(of("hello"), 99_162_322 % 50);
        assert_eq!(
            of("polygenelubricants"),
            50 - (2_147_483_648_i64 % 50) as i32
        );
    }

    #[test]
    fn stays_in_range() {
        for id in ["x", "group-1", "ünïcode", "console-consumer-12345"] {
            for n in [1, 2, 3, 50, i32::MAX] {
                assert!((0..n).contains(&of(id, n)));
            }
        }
    }
}
