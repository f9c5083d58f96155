//! The authorized operations of KIP-430, as bits by Kafka's operation codes.

/// A set of operations, as the answers of Metadata, DescribeGroups and DescribeCluster carry it.
///
/// Without an authorizer a client may do everything that the kind of resource knows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AuthorizedOperations(pub i32);

impl AuthorizedOperations {
    /// Not asked for.
    pub const OMITTED: Self = Self(i32::MIN);
    /// Everything on a topic: read, write, create, delete, alter, describe, describe and alter configs.
    pub const TOPIC: Self = Self(bits(&[3, 4, 5, 6, 7, 8, 10, 11]));
    /// Everything on a group: read, delete, describe, describe and alter configs.
    pub const GROUP: Self = Self(bits(&[3, 6, 8, 10, 11]));
    /// Everything on the cluster: create, alter, describe, cluster action, configs, idempotent write.
    pub const CLUSTER: Self = Self(bits(&[5, 7, 8, 9, 10, 11, 12]));
}

const fn bits(codes: &[u32]) -> i32 {
    let mut set = 0;
    let mut i = 0;
    while i < codes.len() {
        set |= 1 << codes[i];
        i += 1;
    }
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bits_are_those_that_kafka_answers() {
        assert_eq!(AuthorizedOperations::TOPIC.0, 3576);
        assert_eq!(AuthorizedOperations::GROUP.0, 3400);
        assert_eq!(AuthorizedOperations::CLUSTER.0, 8096);
    }
}
