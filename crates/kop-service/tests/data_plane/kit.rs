//! Short ways to make topics, records and requests.

use bytes::Bytes;
use kop_codec::messages::fetch_request::{FetchPartition, FetchTopic};
use kop_codec::messages::fetch_response::PartitionData;
use kop_codec::messages::produce_request::{PartitionProduceData, TopicProduceData};
use kop_codec::messages::produce_response::PartitionProduceResponse;
use kop_codec::messages::{FetchRequest, FetchResponse, ProduceRequest};
use kop_codec::{Records, Uuid};
use kop_log::NewTopic;
use kop_records::{BatchBuilder, Compression, DecompressLimits, batches};

use crate::support::Client;

/// Creates a topic and returns its id.
pub(crate) async fn topic(
    client: &Client,
    name: &str,
    partitions: i32,
    overrides: &[(&str, &str)],
) -> Uuid {
    let overrides = overrides
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    let topic = NewTopic {
        name: name.into(),
        partitions,
        overrides,
    };
    client
        .broker()
        .catalog()
        .create_topic(topic)
        .await
        .unwrap()
        .id
}

/// A batch with these values, created at 1,000 ms and then each a millisecond later.
pub(crate) fn batch(values: &[&str]) -> Bytes {
    fill(BatchBuilder::new(Compression::None), values)
}

pub(crate) fn fill(mut builder: BatchBuilder, values: &[&str]) -> Bytes {
    for (i, value) in values.iter().enumerate() {
        builder
            .append(1_000 + i as i64, None, Some(value.as_bytes()), &[])
            .unwrap();
    }
    builder.build().unwrap()
}

/// A Produce request for one partition, acks=all.
pub(crate) fn produce_request(topic: &str, partition: i32, records: Bytes) -> ProduceRequest {
    let partition = PartitionProduceData {
        index: partition,
        records: Some(Records::from(records)),
        ..Default::default()
    };
    let topic = TopicProduceData {
        name: topic.into(),
        partition_data: vec![partition],
        ..Default::default()
    };
    ProduceRequest {
        acks: -1,
        timeout_ms: 1_000,
        topic_data: vec![topic],
        ..Default::default()
    }
}

/// Produces to one partition and returns its answer.
pub(crate) async fn produce(
    client: &Client,
    topic: &str,
    partition: i32,
    records: Bytes,
) -> PartitionProduceResponse {
    let mut response = client
        .send(12, &produce_request(topic, partition, records))
        .await;
    response.responses.remove(0).partition_responses.remove(0)
}

/// A Fetch request for these partitions of one topic, from offsets, that does not wait.
pub(crate) fn fetch_request(topic: &str, partitions: &[(i32, i64)]) -> FetchRequest {
    let partitions = partitions
        .iter()
        .map(|&(partition, fetch_offset)| FetchPartition {
            partition,
            fetch_offset,
            partition_max_bytes: 1_000_000,
            ..Default::default()
        });
    let topic = FetchTopic {
        topic: topic.into(),
        partitions: partitions.collect(),
        ..Default::default()
    };
    FetchRequest {
        max_wait_ms: 0,
        min_bytes: 1,
        topics: vec![topic],
        ..Default::default()
    }
}

/// The partitions of an answer, whatever their topic.
pub(crate) fn partitions(response: &FetchResponse) -> Vec<&PartitionData> {
    response
        .responses
        .iter()
        .flat_map(|topic| &topic.partitions)
        .collect()
}

/// Offsets and values of the records of a partition.
pub(crate) fn values(partition: &PartitionData) -> Vec<(i64, String)> {
    let records = partition
        .records
        .clone()
        .unwrap_or_default()
        .to_bytes()
        .unwrap();
    let mut values = Vec::new();
    for batch in batches(&records) {
        for record in batch
            .unwrap()
            .records(&DecompressLimits::default())
            .unwrap()
        {
            let record = record.unwrap();
            values.push((
                record.offset,
                String::from_utf8(record.value.unwrap().to_vec()).unwrap(),
            ));
        }
    }
    values
}
