//! The response of a fetch.

use std::sync::Arc;

use kop_codec::messages::FetchResponse;
use kop_codec::messages::fetch_response::{
    AbortedTransaction, EpochEndOffset, FetchableTopicResponse, LeaderIdAndEpoch, NodeEndpoint,
    PartitionData,
};
use kop_codec::{ByteString, ErrorCode, Records};

use super::Session;
use super::partition::{Partition, Read};
use crate::Context;
use crate::fetch_session::{Told, TopicKey};
use crate::metrics::TopicCounters;

pub(super) fn response(
    cx: &Context,
    session: Session,
    mut partitions: Vec<Partition>,
) -> FetchResponse {
    let session_id = match in_session(cx, session, &mut partitions) {
        Ok(id) => id,
        Err(error_code) => {
            return FetchResponse {
                error_code,
                ..FetchResponse::default()
            };
        }
    };
    let fenced =
        |partition: &Partition| partition.read.error_code == ErrorCode::FENCED_LEADER_EPOCH;
    let mut response = FetchResponse {
        session_id,
        ..FetchResponse::default()
    };
    if cx.version >= 16 && partitions.iter().any(fenced) {
        response.node_endpoints.push(this_node(cx));
    }
    response.responses = topics(cx, partitions);
    response
}

/// Does what the session wants done with an answer, and returns its id. An incremental answer keeps the news only.
fn in_session(
    cx: &Context,
    session: Session,
    partitions: &mut Vec<Partition>,
) -> Result<i32, ErrorCode> {
    let sessions = cx.broker.fetch_sessions();
    let told = || {
        partitions
            .iter()
            .map(Partition::told)
            .collect::<Vec<Told>>()
    };
    match session {
        Session::None => Ok(0),
        Session::New => {
            let wanted = partitions.iter().map(|partition| partition.wanted.clone());
            Ok(sessions.create(wanted.collect(), &told(), cx.version >= 13))
        }
        Session::Incremental { id, epoch } => {
            let mut news = sessions.tell(id, epoch, &told())?.into_iter();
            partitions.retain(|_| news.next().unwrap_or(true));
            Ok(id)
        }
    }
}

/// Partitions of one topic that follow one another become one entry.
fn topics(cx: &Context, partitions: Vec<Partition>) -> Vec<FetchableTopicResponse> {
    let mut topics: Vec<FetchableTopicResponse> = Vec::new();
    // Counters are made for topics that have records only: what clients ask for need not exist.
    let mut last: Option<(TopicKey, Option<ByteString>, Option<Arc<TopicCounters>>)> = None;
    for Partition {
        wanted, name, read, ..
    } in partitions
    {
        if last.as_ref().is_none_or(|(key, ..)| *key != wanted.topic) {
            let mut topic = FetchableTopicResponse::default();
            match &wanted.topic {
                TopicKey::Name(name) => topic.topic = name.clone(),
                TopicKey::Id(id) => topic.topic_id = *id,
            }
            topics.push(topic);
            last = Some((wanted.topic, name, None));
        }
        if let Some((_, Some(name), counters)) = &mut last
            && !read.records.is_empty()
        {
            let records = read.next_offset.saturating_sub(wanted.offset);
            counters
                .get_or_insert_with(|| cx.broker.metrics().topics.of(name))
                .fetched(records.try_into().unwrap_or(0), read.records.len() as u64);
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
