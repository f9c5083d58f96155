//! The response of a fetch.

use kop_codec::messages::FetchResponse;
use kop_codec::messages::fetch_response::{
    AbortedTransaction, EpochEndOffset, FetchableTopicResponse, LeaderIdAndEpoch, NodeEndpoint,
    PartitionData,
};
use kop_codec::{ErrorCode, Records};

use super::Session;
use super::partition::{Partition, Read};
use crate::Context;
use crate::fetch_session::{Told, TopicKey};
use crate::metrics::TopicLabel;

pub(super) fn response(
    cx: &Context,
    session: Session,
    mut partitions: Vec<Partition>,
) -> FetchResponse {
    let told = || {
        partitions
            .iter()
            .map(Partition::told)
            .collect::<Vec<Told>>()
    };
    let session_id = match session {
        Session::None => 0,
        Session::New => {
            let wanted = partitions
                .iter()
                .map(|partition| partition.wanted.clone())
                .collect();
            cx.broker
                .fetch_sessions()
                .create(wanted, &told(), cx.version >= 13)
        }
        Session::Incremental { id, epoch } => {
            match cx.broker.fetch_sessions().tell(id, epoch, &told()) {
                Ok(news) => {
                    let mut news = news.into_iter();
                    partitions.retain(|_| news.next().unwrap_or(true));
                    id
                }
                Err(error_code) => {
                    return FetchResponse {
                        error_code,
                        ..FetchResponse::default()
                    };
                }
            }
        }
    };
    let fenced = partitions
        .iter()
        .any(|partition| partition.read.error_code == ErrorCode::FENCED_LEADER_EPOCH);
    FetchResponse {
        session_id,
        responses: topics(cx, partitions),
        node_endpoints: if fenced && cx.version >= 16 {
            vec![this_node(cx)]
        } else {
            Vec::new()
        },
        ..FetchResponse::default()
    }
}

/// Partitions of one topic that follow one another become one entry.
fn topics(cx: &Context, partitions: Vec<Partition>) -> Vec<FetchableTopicResponse> {
    let mut topics: Vec<FetchableTopicResponse> = Vec::new();
    let mut last: Option<(TopicKey, Option<TopicLabel>)> = None;
    for Partition {
        wanted, name, read, ..
    } in partitions
    {
        if last.as_ref().is_none_or(|(key, _)| *key != wanted.topic) {
            let mut topic = FetchableTopicResponse::default();
            match &wanted.topic {
                TopicKey::Name(name) => topic.topic = name.clone(),
                TopicKey::Id(id) => topic.topic_id = *id,
            }
            topics.push(topic);
            last = Some((wanted.topic, name.map(TopicLabel::new)));
        }
        let label = last.as_ref().and_then(|(_, label)| label.as_ref());
        if let Some(label) = label.filter(|_| !read.records.is_empty()) {
            cx.broker
                .metrics()
                .topics
                .fetched(label, read.records.len() as u64);
        }
        if let Some(topic) = topics.last_mut() {
            topic.partitions.push(partition(cx, wanted.partition, read));
        }
    }
    topics
}

fn partition(cx: &Context, partition_index: i32, read: Read) -> PartitionData {
    if read.error_code.is_error() {
        return failed(cx, partition_index, &read);
    }
    let aborted = read.aborted.map(|aborted| {
        let aborted = aborted.iter().map(|aborted| AbortedTransaction {
            producer_id: aborted.producer_id,
            first_offset: aborted.first_offset,
            ..AbortedTransaction::default()
        });
        aborted.collect()
    });
    let mut data = PartitionData {
        partition_index,
        high_watermark: read.offsets.high_watermark,
        last_stable_offset: read.offsets.last_stable,
        log_start_offset: read.offsets.log_start,
        aborted_transactions: aborted,
        records: Some(read.records),
        ..PartitionData::default()
    };
    if let Some(end) = read.diverging {
        data.diverging_epoch = EpochEndOffset {
            epoch: end.epoch,
            end_offset: end.end_offset,
            ..EpochEndOffset::default()
        };
    }
    data
}

fn failed(cx: &Context, partition_index: i32, read: &Read) -> PartitionData {
    let mut data = PartitionData {
        partition_index,
        error_code: read.error_code,
        high_watermark: -1,
        records: Some(Records::default()),
        aborted_transactions: None,
        ..PartitionData::default()
    };
    // Clients older than this code take it for a reason to give up (KIP-112).
    if cx.version < 6 && read.error_code == ErrorCode::KAFKA_STORAGE_ERROR {
        data.error_code = ErrorCode::NOT_LEADER_OR_FOLLOWER;
    }
    // Says where to go on, so that the client need not ask for metadata first (KIP-951).
    if cx.version >= 16 && read.error_code == ErrorCode::FENCED_LEADER_EPOCH {
        let (leader_id, leader_epoch) = (cx.broker.node_id(), read.offsets.leader_epoch);
        data.current_leader = LeaderIdAndEpoch {
            leader_id,
            leader_epoch,
            ..LeaderIdAndEpoch::default()
        };
    }
    data
}

fn this_node(cx: &Context) -> NodeEndpoint {
    let listener = &cx.connection.listener;
    let (host, port) = (listener.host.clone(), i32::from(listener.port));
    NodeEndpoint {
        node_id: cx.broker.node_id(),
        host,
        port,
        ..NodeEndpoint::default()
    }
}
