//! Requests that several tests send.

use kop_codec::messages::ListOffsetsRequest;
use kop_codec::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};

/// Asks for the offset of a time in milliseconds, or for the earliest (-2) or the latest (-1), of partition 0.
pub fn list_offsets(topic: &str, timestamp: i64) -> ListOffsetsRequest {
    let partition = ListOffsetsPartition {
        current_leader_epoch: -1,
        timestamp,
        ..Default::default()
    };
    ListOffsetsRequest {
        replica_id: -1,
        topics: vec![ListOffsetsTopic {
            name: topic.into(),
            partitions: vec![partition],
            ..Default::default()
        }],
        ..Default::default()
    }
}
