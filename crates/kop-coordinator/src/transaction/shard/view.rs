//! DescribeTransactions and ListTransactions.

use kop_codec::messages::describe_transactions_response::{
    TopicData, TransactionState as Described,
};
use kop_codec::messages::list_transactions_response::TransactionState as Listed;
use kop_codec::{ByteString, ErrorCode};

use super::{Transaction, TransactionShard};
use crate::time::Now;
use crate::transaction::request::{TransactionFilter, TransactionResponse};

impl TransactionShard {
    pub(super) fn describe(&self, id: &ByteString) -> TransactionResponse {
        let failed = |error_code| Described {
            error_code,
            transactional_id: id.clone(),
            ..Described::default()
        };
        TransactionResponse::Described(match self.ids.get(&**id) {
            _ if id.is_empty() => failed(ErrorCode::INVALID_REQUEST),
            None => failed(ErrorCode::TRANSACTIONAL_ID_NOT_FOUND),
            Some(transaction) => transaction.describe(id),
        })
    }

    pub(super) fn list(&self, now: Now, filter: &TransactionFilter) -> TransactionResponse {
        let found = self
            .ids
            .iter()
            .filter(|(id, transaction)| transaction.passes(now, id, filter));
        let listed = found.map(|(id, transaction)| Listed {
            transactional_id: id.clone(),
            producer_id: transaction.current.producer.id,
            transaction_state: ByteString::from_static(transaction.current.state.name()),
            ..Listed::default()
        });
        TransactionResponse::Listed(listed.collect())
    }
}

impl Transaction {
    fn describe(&self, id: &ByteString) -> Described {
        let current = &self.current;
        let topics = current.partitions.topics().map(|(topic, ids)| TopicData {
            topic: topic.clone(),
            partitions: ids.iter().copied().collect(),
            ..TopicData::default()
        });
        Described {
            transactional_id: id.clone(),
            transaction_state: ByteString::from_static(current.state.name()),
            transaction_timeout_ms: current.timeout_ms,
            transaction_start_time_ms: current.start_ms,
            producer_id: current.producer.id,
            producer_epoch: current.producer.epoch,
            topics: topics.collect(),
            ..Described::default()
        }
    }

    fn passes(&self, now: Now, id: &str, filter: &TransactionFilter) -> bool {
        let current = &self.current;
        let states = filter.states.as_ref();
        let ids = &filter.producer_ids;
        let age_ms = now.wall_ms.saturating_sub(current.start_ms);
        let pattern = filter.pattern.as_ref();
        states.is_none_or(|states| states.contains(&current.state))
            && (ids.is_empty() || ids.contains(&current.producer.id))
            && filter.longer_than_ms.is_none_or(|limit| age_ms > limit)
            && pattern.is_none_or(|pattern| pattern.is_match(id))
    }
}
