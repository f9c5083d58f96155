//! DescribeLogDirs: where the partitions lie and how large they are.

use std::collections::BTreeMap;

use kop_codec::messages::describe_log_dirs_response::{
    DescribeLogDirsPartition, DescribeLogDirsResult, DescribeLogDirsTopic,
};
use kop_codec::messages::{DescribeLogDirsRequest, DescribeLogDirsResponse};
use kop_codec::{ByteString, ErrorCode};
use kop_log::LogDir;

use crate::{Broker, Context, ErrorTally, Handler};

/// Answers DescribeLogDirs.
#[derive(Debug, Default)]
pub struct DescribeLogDirs;

impl Handler for DescribeLogDirs {
    type Request = DescribeLogDirsRequest;

    async fn handle(
        &self,
        cx: Context,
        request: DescribeLogDirsRequest,
    ) -> DescribeLogDirsResponse {
        let wanted = match &request.topics {
            None => all(&cx.broker),
            Some(topics) => topics
                .iter()
                .map(|topic| (topic.topic.clone(), topic.partitions.to_vec()))
                .collect(),
        };
        let results = cx
            .broker
            .catalog()
            .log_dirs()
            .into_iter()
            .map(|dir| describe(&cx.broker, &dir, &wanted));
        DescribeLogDirsResponse {
            results: results.collect(),
            ..DescribeLogDirsResponse::default()
        }
    }

    fn errors(response: &DescribeLogDirsResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
        response
            .results
            .iter()
            .for_each(|dir| tally.add(dir.error_code));
    }
}

type Wanted = BTreeMap<ByteString, Vec<i32>>;

fn all(broker: &Broker) -> Wanted {
    let topics = broker.catalog().topics();
    topics
        .iter()
        .map(|topic| (topic.name.clone(), (0..topic.partitions).collect()))
        .collect()
}

/// Topics and partitions that do not exist are left out, as Kafka does.
fn describe(broker: &Broker, dir: &LogDir, wanted: &Wanted) -> DescribeLogDirsResult {
    let topics = wanted.iter().map(|(name, partitions)| {
        let known = partitions.iter().filter_map(|&partition| {
            let log = broker.catalog().partition(name, partition).ok()?;
            Some(DescribeLogDirsPartition {
                partition_index: partition,
                partition_size: i64::try_from(log.size_bytes()).unwrap_or(i64::MAX),
                ..DescribeLogDirsPartition::default()
            })
        });
        DescribeLogDirsTopic {
            name: name.clone(),
            partitions: known.collect(),
            ..DescribeLogDirsTopic::default()
        }
    });
    DescribeLogDirsResult {
        error_code: if dir.failed {
            ErrorCode::KAFKA_STORAGE_ERROR
        } else {
            ErrorCode::NONE
        },
        log_dir: dir.path.to_string_lossy().into_owned().into(),
        topics: topics
            .filter(|topic| !topic.partitions.is_empty())
            .collect(),
        total_bytes: dir.total_bytes,
        usable_bytes: dir.usable_bytes,
        ..DescribeLogDirsResult::default()
    }
}
