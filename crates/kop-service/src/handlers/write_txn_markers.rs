//! WriteTxnMarkers: ends transactions in partitions, also those that nobody coordinates any more (KIP-664).

use futures_util::future::join_all;
use kop_codec::ErrorCode;
use kop_codec::messages::write_txn_markers_request::{WritableTxnMarker, WritableTxnMarkerTopic};
use kop_codec::messages::write_txn_markers_response::{
    WritableTxnMarkerPartitionResult, WritableTxnMarkerResult, WritableTxnMarkerTopicResult,
};
use kop_codec::messages::{WriteTxnMarkersRequest, WriteTxnMarkersResponse};
use kop_coordinator::{Marker, Producer};

use crate::{Broker, Context, ErrorTally, Handler, errors};

/// Answers WriteTxnMarkers. Markers of one partition are written in the order of the request.
#[derive(Debug, Default)]
pub struct WriteTxnMarkers;

impl Handler for WriteTxnMarkers {
    type Request = WriteTxnMarkersRequest;

    async fn handle(
        &self,
        cx: Context,
        request: WriteTxnMarkersRequest,
    ) -> WriteTxnMarkersResponse {
        let mut markers = Vec::with_capacity(request.markers.len());
        for marker in &request.markers {
            markers.push(write(&cx.broker, marker).await);
        }
        WriteTxnMarkersResponse {
            markers,
            ..WriteTxnMarkersResponse::default()
        }
    }

    fn errors(response: &WriteTxnMarkersResponse, tally: &mut ErrorTally) {
        let topics = response.markers.iter().flat_map(|marker| &marker.topics);
        topics
            .flat_map(|topic| &topic.partitions)
            .for_each(|partition| tally.add(partition.error_code));
    }
}

async fn write(broker: &Broker, requested: &WritableTxnMarker) -> WritableTxnMarkerResult {
    let marker = Marker {
        producer: Producer {
            id: requested.producer_id,
            epoch: requested.producer_epoch,
        },
        committed: requested.transaction_result,
        coordinator_epoch: requested.coordinator_epoch,
    };
    let topics = requested
        .topics
        .iter()
        .map(|topic| write_to(broker, topic, marker));
    WritableTxnMarkerResult {
        producer_id: requested.producer_id,
        topics: join_all(topics).await,
        ..WritableTxnMarkerResult::default()
    }
}

async fn write_to(
    broker: &Broker,
    topic: &WritableTxnMarkerTopic,
    marker: Marker,
) -> WritableTxnMarkerTopicResult {
    let found = match broker.find_topic(&topic.name).await {
        Ok(found) if found.is_of_another_server() => Err(ErrorCode::INVALID_TOPIC_EXCEPTION),
        Ok(found) => Ok(found),
        Err(error) => Err(errors::log_error(&error)),
    };
    let found = &found;
    let partitions = topic
        .partition_indexes
        .iter()
        .map(async |&partition_index| {
            let written = match found {
                Ok(found) => {
                    let coordinator = broker.transactions();
                    coordinator
                        .write_marker(&found.name, partition_index, marker)
                        .await
                }
                Err(code) => Err(*code),
            };
            WritableTxnMarkerPartitionResult {
                partition_index,
                error_code: written.err().unwrap_or_default(),
                ..WritableTxnMarkerPartitionResult::default()
            }
        });
    WritableTxnMarkerTopicResult {
        name: topic.name.clone(),
        partitions: join_all(partitions).await,
        ..WritableTxnMarkerTopicResult::default()
    }
}
