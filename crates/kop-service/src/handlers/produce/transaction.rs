//! What is written in a transaction: its partitions are in it, or are added to it, before anything is appended (KIP-890).

use std::collections::HashMap;

use kop_codec::messages::ProduceRequest;
use kop_codec::messages::produce_request::TopicProduceData;
use kop_codec::{ByteString, ErrorCode};
use kop_coordinator::{Enlist, Lease, Producer, TopicPartition};
use kop_records::BatchHeader;

use super::{Failure, records};
use crate::Context;
use crate::settings::keys;

/// From this version on Produce adds its partitions to the transaction.
const ADDS_SINCE: i16 = 12;
/// From this version on Produce knows TRANSACTION_ABORTABLE.
const ABORTABLE_SINCE: i16 = 11;

/// What the transaction coordinator says to the partitions of a request. Those that it was not asked about may be
/// written. To be dropped once everything has its place in the logs.
#[derive(Debug, Default)]
pub(super) struct Enlisted {
    errors: HashMap<TopicPartition, ErrorCode>,
    _lease: Lease,
}

impl Enlisted {
    pub(super) fn check(&self, topic: &ByteString, partition: i32) -> Result<(), Failure> {
        if self.errors.is_empty() {
            return Ok(());
        }
        let key = (topic.clone(), partition);
        match self.errors.get(&key) {
            None | Some(&ErrorCode::NONE) => Ok(()),
            Some(&code) => Err(Failure {
                message: Some(ByteString::from_static(message(code))),
                ..Failure::code(code)
            }),
        }
    }
}

fn message(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::NOT_ENOUGH_REPLICAS => {
            "Unable to verify the partition has been added to the transaction: its coordinator is busy or away"
        }
        ErrorCode::CONCURRENT_TRANSACTIONS => {
            "The transaction before this one is still being ended"
        }
        ErrorCode::INVALID_PRODUCER_EPOCH => "Another producer has taken over the transactional id",
        ErrorCode::INVALID_PRODUCER_ID_MAPPING => {
            "The producer id does not belong to the transactional id"
        }
        _ => "Partition was not added to the transaction",
    }
}

/// Asks the transaction coordinator about all partitions with transactional batches.
///
/// # Errors
/// What is wrong with the request as a whole.
pub(super) async fn enlist(cx: &Context, request: &ProduceRequest) -> Result<Enlisted, ErrorCode> {
    let Some(transactional_id) = &request.transactional_id else {
        return Ok(Enlisted::default());
    };
    let adds = cx.version >= ADDS_SINCE;
    let settings = cx.broker.settings();
    if !adds && !settings.get(keys::TRANSACTION_PARTITION_VERIFICATION_ENABLE) {
        return Ok(Enlisted::default());
    }
    // In a box: every other Produce would carry the room for it.
    Box::pin(ask(cx, request, transactional_id, adds)).await
}

async fn ask(
    cx: &Context,
    request: &ProduceRequest,
    transactional_id: &ByteString,
    adds: bool,
) -> Result<Enlisted, ErrorCode> {
    let Written {
        producer,
        partitions,
    } = written(cx, request).await?;
    let Some(producer) = producer else {
        return Ok(Enlisted::default());
    };
    let enlist = if adds {
        Enlist::Add
    } else {
        let abortable = cx.version >= ABORTABLE_SINCE;
        Enlist::Verify { abortable }
    };
    let transactions = cx.broker.transactions();
    let (errors, lease) = transactions
        .enlist(transactional_id, producer, partitions.clone(), enlist)
        .await;
    Ok(Enlisted {
        errors: partitions.into_iter().zip(errors).collect(),
        _lease: lease,
    })
}

/// What a request writes in a transaction.
#[derive(Default)]
struct Written {
    producer: Option<Producer>,
    partitions: Vec<TopicPartition>,
}

async fn written(cx: &Context, request: &ProduceRequest) -> Result<Written, ErrorCode> {
    let mut written = Written::default();
    for topic in &request.topic_data {
        let mut known = None;
        for partition in &topic.partition_data {
            let header = BatchHeader::parse(&records(partition));
            let Some(header) = header.ok().filter(BatchHeader::is_transactional) else {
                continue;
            };
            let producer = Producer {
                id: header.producer_id(),
                epoch: header.producer_epoch(),
            };
            if written.producer.is_some_and(|first| first != producer) {
                return Err(ErrorCode::INVALID_PRODUCER_ID_MAPPING);
            }
            written.producer = Some(producer);
            if known.is_none() {
                known = Some(find(cx, topic).await);
            }
            // What does not exist is refused when it is to be written.
            if let Some(Some((name, count))) = &known
                && (0..*count).contains(&partition.index)
            {
                written.partitions.push((name.clone(), partition.index));
            }
        }
    }
    Ok(written)
}

async fn find(cx: &Context, topic: &TopicProduceData) -> Option<(ByteString, i32)> {
    let catalog = cx.broker.catalog();
    let found = if cx.version >= super::TOPIC_IDS_SINCE {
        catalog.topic_by_id(topic.topic_id)
    } else {
        cx.broker.find_topic(&topic.name).await.ok()
    };
    found.map(|topic| (topic.name.clone(), topic.partitions))
}
