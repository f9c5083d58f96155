//! The one table of the APIs that are served.
//!
//! ApiVersions, dispatch, metric labels and the README's table are derived from it. To add an API, write its handler
//! and add its line.

use std::sync::Arc;

use crate::handlers::*;
use crate::layers;
use crate::{Api, ApiInfo, Broker, Order};

macro_rules! apis {
    ($($handler:ty: $min:literal..=$max:literal, $order:ident $(, $property:ident)*;)*) => {
        static TABLE: &[ApiInfo] = &[
            $(ApiInfo::of::<$handler>($min, $max, Order::$order)$(.$property())*),*
        ];

        /// The APIs of the table with the standard layers around their handlers.
        pub fn standard_apis(broker: &Broker) -> Vec<Arc<dyn Api>> {
            let mut table = TABLE.iter();
            let mut next = || *table.next().expect("invariant: the table has a line for each handler");
            vec![$(layers::standard::<$handler>(next(), broker)),*]
        }
    };
}

apis! {
    // handler: versions, order, properties
    Produce: 0..=13, Staged, long_poll;
    Fetch: 0..=18, Concurrent, long_poll;
    ListOffsets: 0..=11, Concurrent;
    Metadata: 0..=13, Serial;
    OffsetCommit: 0..=10, Serial;
    OffsetFetch: 0..=10, Concurrent;
    FindCoordinator: 0..=6, Serial;
    JoinGroup: 0..=9, Serial, long_poll;
    Heartbeat: 0..=4, Serial;
    LeaveGroup: 0..=5, Serial;
    SyncGroup: 0..=5, Serial, long_poll;
    DescribeGroups: 0..=6, Concurrent;
    ListGroups: 0..=5, Concurrent;
    ApiVersions: 0..=5, Concurrent, before_authentication;
    CreateTopics: 0..=7, Serial;
    DeleteTopics: 0..=6, Serial;
    DeleteRecords: 0..=2, Serial;
    InitProducerId: 0..=6, Concurrent;
    OffsetForLeaderEpoch: 0..=4, Concurrent;
    AddPartitionsToTxn: 0..=5, Serial;
    AddOffsetsToTxn: 0..=4, Serial;
    EndTxn: 0..=5, Serial;
    WriteTxnMarkers: 0..=2, Serial;
    TxnOffsetCommit: 0..=6, Serial;
    DescribeConfigs: 0..=4, Serial;
    AlterConfigs: 0..=2, Serial;
    DescribeLogDirs: 0..=5, Concurrent;
    CreatePartitions: 0..=3, Serial;
    DeleteGroups: 0..=3, Serial;
    ElectLeaders: 0..=2, Serial;
    IncrementalAlterConfigs: 0..=1, Serial;
    AlterPartitionReassignments: 0..=1, Serial;
    ListPartitionReassignments: 0..=0, Concurrent;
    OffsetDelete: 0..=0, Serial;
    DescribeCluster: 0..=2, Concurrent;
    DescribeProducers: 0..=0, Concurrent;
    DescribeTransactions: 0..=0, Concurrent;
    ListTransactions: 0..=2, Concurrent;
    ConsumerGroupHeartbeat: 0..=1, Serial;
    ConsumerGroupDescribe: 0..=1, Concurrent;
    ListConfigResources: 0..=1, Concurrent;
    DescribeTopicPartitions: 0..=0, Concurrent;
}

/// Every API that is served, in the order of the keys.
pub fn api_table() -> &'static [ApiInfo] {
    TABLE
}

/// The table in Markdown, for documentation.
pub fn api_table_markdown() -> String {
    let mut text = String::from("| key | API | versions |\n|---:|---|---|\n");
    for api in TABLE {
        text += &format!(
            "| {} | {} | {}–{} |\n",
            api.key.0,
            api.name(),
            api.min_version,
            api.max_version
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_ascend() {
        assert!(TABLE.is_sorted_by_key(|api| api.key));
        assert!(TABLE.windows(2).all(|pair| pair[0].key != pair[1].key));
    }

    #[test]
    fn the_readme_has_the_table() {
        let table = api_table_markdown();
        assert!(
            include_str!("../README.md").contains(&table),
            "crates/kop-service/README.md should have:\n{table}"
        );
    }
}
