//! The transaction APIs, one method each.

use futures_util::future::join_all;
use kop_codec::messages::add_partitions_to_txn_request::{
    AddPartitionsToTxnTopic, AddPartitionsToTxnTransaction,
};
use kop_codec::messages::add_partitions_to_txn_response::{
    AddPartitionsToTxnPartitionResult, AddPartitionsToTxnResult, AddPartitionsToTxnTopicResult,
};
use kop_codec::messages::describe_transactions_response::TransactionState as Described;
use kop_codec::messages::{
    AddPartitionsToTxnRequest, AddPartitionsToTxnResponse, DescribeTransactionsRequest,
    DescribeTransactionsResponse, EndTxnRequest, EndTxnResponse, InitProducerIdRequest,
    InitProducerIdResponse, ListTransactionsRequest, ListTransactionsResponse,
};
use kop_codec::{ByteString, ErrorCode};
use kop_log::LogError;
use regex::RegexBuilder;

use super::TransactionCoordinator;
use crate::transaction::{
    ClientVersion, Producer, TopicPartition, TransactionFilter, TransactionRequest,
    TransactionResponse, TransactionState,
};

/// From this version on AddPartitionsToTxn is for several transactions at once.
const ADD_BATCH_SINCE: i16 = 4;
/// From this version on AddPartitionsToTxn and EndTxn come from clients of version 2.
const V2_SINCE: i16 = 5;
/// Bytes that a pattern of ListTransactions may be compiled to.
const PATTERN_BYTES: usize = 1024 * 1024;

impl TransactionCoordinator {
    /// InitProducerId, with a transactional id or without.
    pub async fn init_producer_id(
        &self,
        request: InitProducerIdRequest,
        api_version: i16,
    ) -> InitProducerIdResponse {
        match self.init(&request).await {
            Ok(producer) => InitProducerIdResponse {
                producer_id: producer.id,
                producer_epoch: producer.epoch,
                ..InitProducerIdResponse::default()
            },
            Err(error_code) => InitProducerIdResponse {
                error_code: fenced_before(4, api_version, error_code),
                producer_epoch: -1,
                ..InitProducerIdResponse::default()
            },
        }
    }

    async fn init(&self, request: &InitProducerIdRequest) -> Result<Producer, ErrorCode> {
        let given = Producer {
            id: request.producer_id,
            epoch: request.producer_epoch,
        };
        // One without the other is neither a new producer nor one that goes on.
        if (given.id == -1) != (given.epoch == -1) {
            return Err(ErrorCode::INVALID_REQUEST);
        }
        let Some(transactional_id) = &request.transactional_id else {
            return Ok(Producer {
                id: self.new_producer_id().await?,
                epoch: 0,
            });
        };
        if transactional_id.is_empty() {
            return Err(ErrorCode::INVALID_REQUEST);
        }
        // Two-phase commit (KIP-939) is off, which is Kafka's default too.
        if request.enable2_pc {
            return Err(ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
        }
        if request.keep_prepared_txn {
            return Err(ErrorCode::UNSUPPORTED_VERSION);
        }
        self.ensure_topic().await?;
        let init = |spare| TransactionRequest::Init {
            transactional_id: transactional_id.clone(),
            timeout_ms: request.transaction_timeout_ms,
            expected: (given.id != -1).then_some(given),
            spare,
        };
        self.with_spare(transactional_id, init).await
    }

    /// Asks again with a new producer id, if one is needed.
    async fn with_spare(
        &self,
        transactional_id: &ByteString,
        request: impl Fn(Option<i64>) -> TransactionRequest,
    ) -> Result<Producer, ErrorCode> {
        let mut response = self.call(transactional_id, request(None)).await?;
        if response == TransactionResponse::NeedsProducerId {
            let spare = self.new_producer_id().await?;
            response = self.call(transactional_id, request(Some(spare))).await?;
        }
        match response {
            TransactionResponse::Producer(producer) => Ok(producer),
            TransactionResponse::Error(error) => Err(error),
            // Cannot be: these requests have no other answers.
            _ => Err(ErrorCode::UNKNOWN_SERVER_ERROR),
        }
    }

    async fn new_producer_id(&self) -> Result<i64, ErrorCode> {
        self.inner.producer_ids.next().await.map_err(|error| {
            tracing::error!(%error, "no producer id can be given out");
            match error {
                LogError::NotLeader => ErrorCode::NOT_COORDINATOR,
                LogError::Unavailable { .. } => ErrorCode::COORDINATOR_NOT_AVAILABLE,
                _ => ErrorCode::KAFKA_STORAGE_ERROR,
            }
        })
    }

    /// EndTxn. Answered once the outcome is durable; the markers follow.
    pub async fn end_txn(&self, request: EndTxnRequest, api_version: i16) -> EndTxnResponse {
        let end = |spare| TransactionRequest::End {
            transactional_id: request.transactional_id.clone(),
            producer: Producer {
                id: request.producer_id,
                epoch: request.producer_epoch,
            },
            commit: request.committed,
            client: client_version(api_version),
            spare,
        };
        match self.with_spare(&request.transactional_id, end).await {
            Ok(producer) => EndTxnResponse {
                producer_id: producer.id,
                producer_epoch: producer.epoch,
                ..EndTxnResponse::default()
            },
            Err(error_code) => EndTxnResponse {
                error_code: fenced_before(2, api_version, error_code),
                ..EndTxnResponse::default()
            },
        }
    }

    /// AddPartitionsToTxn, of all versions.
    pub async fn add_partitions(
        &self,
        request: AddPartitionsToTxnRequest,
        api_version: i16,
    ) -> AddPartitionsToTxnResponse {
        if api_version >= ADD_BATCH_SINCE {
            let results =
                request
                    .transactions
                    .iter()
                    .map(async |transaction| AddPartitionsToTxnResult {
                        transactional_id: transaction.transactional_id.clone(),
                        topic_results: self.add_one(transaction, api_version).await,
                        ..AddPartitionsToTxnResult::default()
                    });
            return AddPartitionsToTxnResponse {
                results_by_transaction: join_all(results).await,
                ..AddPartitionsToTxnResponse::default()
            };
        }
        let transaction = AddPartitionsToTxnTransaction {
            transactional_id: request.v3_and_below_transactional_id,
            producer_id: request.v3_and_below_producer_id,
            producer_epoch: request.v3_and_below_producer_epoch,
            topics: request.v3_and_below_topics,
            ..AddPartitionsToTxnTransaction::default()
        };
        AddPartitionsToTxnResponse {
            results_by_topic_v3_and_below: self.add_one(&transaction, api_version).await,
            ..AddPartitionsToTxnResponse::default()
        }
    }

    async fn add_one(
        &self,
        transaction: &AddPartitionsToTxnTransaction,
        api_version: i16,
    ) -> Vec<AddPartitionsToTxnTopicResult> {
        let by_client = api_version < ADD_BATCH_SINCE;
        let (partitions, mut errors) = self.look_up(&transaction.topics, by_client).await;
        if errors.iter().any(|error| error.is_error()) {
            // One partition that is not there stops the others.
            for error in errors.iter_mut().filter(|error| !error.is_error()) {
                *error = ErrorCode::OPERATION_NOT_ATTEMPTED;
            }
            return topic_results(&transaction.topics, &errors);
        }
        let transactional_id = transaction.transactional_id.clone();
        let producer = Producer {
            id: transaction.producer_id,
            epoch: transaction.producer_epoch,
        };
        let request = if transaction.verify_only {
            TransactionRequest::Verify {
                transactional_id,
                producer,
                partitions,
            }
        } else {
            TransactionRequest::Add {
                transactional_id,
                producer,
                partitions,
                client: client_version(api_version),
            }
        };
        let errors = match self.call(&transaction.transactional_id, request).await {
            Ok(TransactionResponse::Verified(verified, _)) => verified,
            Ok(TransactionResponse::Error(error)) | Err(error) => {
                vec![fenced_before(2, api_version, error); errors.len()]
            }
            // Cannot be: these requests have no other answers.
            Ok(_) => vec![ErrorCode::UNKNOWN_SERVER_ERROR; errors.len()],
        };
        topic_results(&transaction.topics, &errors)
    }

    /// The partitions by the names of the catalog, and an error code for each. Clients do not write to internal topics.
    async fn look_up(
        &self,
        topics: &[AddPartitionsToTxnTopic],
        by_client: bool,
    ) -> (Vec<TopicPartition>, Vec<ErrorCode>) {
        let (mut partitions, mut errors) = (Vec::new(), Vec::new());
        for topic in topics {
            let known = match self.inner.catalog.topic(&topic.name) {
                Some(known) => Some(known),
                None => self
                    .inner
                    .catalog
                    .find_topic(&topic.name)
                    .await
                    .ok()
                    .flatten(),
            };
            for partition in topic.partitions.iter().copied() {
                let there = known
                    .as_ref()
                    .filter(|known| (0..known.partitions).contains(&partition));
                errors.push(match there {
                    Some(known) if by_client && known.internal => {
                        ErrorCode::TOPIC_AUTHORIZATION_FAILED
                    }
                    Some(_) => ErrorCode::NONE,
                    None => ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
                });
                partitions.extend(there.map(|known| (known.name.clone(), partition)));
            }
        }
        (partitions, errors)
    }

    /// Hands over a request whose answer is an error code or none.
    pub(super) async fn outcome(
        &self,
        transactional_id: &ByteString,
        request: TransactionRequest,
    ) -> ErrorCode {
        match self.call(transactional_id, request).await {
            Ok(TransactionResponse::Error(error)) | Err(error) => error,
            // Cannot be: such a request has no other answer.
            Ok(_) => ErrorCode::UNKNOWN_SERVER_ERROR,
        }
    }

    /// DescribeTransactions.
    pub async fn describe_transactions(
        &self,
        request: DescribeTransactionsRequest,
    ) -> DescribeTransactionsResponse {
        let described = request.transactional_ids.into_iter().map(async |id| {
            let error_code = match self
                .call(&id, TransactionRequest::Describe(id.clone()))
                .await
            {
                Ok(TransactionResponse::Described(described)) => return described,
                Ok(_) => ErrorCode::UNKNOWN_SERVER_ERROR,
                Err(error) => error,
            };
            Described {
                error_code,
                transactional_id: id,
                ..Described::default()
            }
        });
        DescribeTransactionsResponse {
            transaction_states: join_all(described).await,
            ..DescribeTransactionsResponse::default()
        }
    }

    /// ListTransactions. While some are not known yet, the answer is an error.
    pub async fn list_transactions(
        &self,
        request: ListTransactionsRequest,
    ) -> ListTransactionsResponse {
        let mut response = ListTransactionsResponse::default();
        let filter = match filter(request, &mut response.unknown_state_filters) {
            Ok(filter) => filter,
            Err(error_code) => {
                response.error_code = error_code;
                return response;
            }
        };
        let shards = match self.inner.shards.all() {
            Ok(shards) => shards,
            Err(error_code) => {
                response.error_code = error_code;
                return response;
            }
        };
        let list = || TransactionRequest::List(filter.clone());
        for answer in join_all(shards.iter().map(|shard| shard.call(list()))).await {
            match answer {
                Ok(TransactionResponse::Listed(listed)) => {
                    response.transaction_states.extend(listed);
                }
                Ok(_) => response.error_code = ErrorCode::UNKNOWN_SERVER_ERROR,
                Err(error) => response.error_code = error,
            }
        }
        if response.error_code.is_error() {
            response.transaction_states.clear();
        }
        response
    }
}

fn filter(
    request: ListTransactionsRequest,
    unknown: &mut Vec<ByteString>,
) -> Result<TransactionFilter, ErrorCode> {
    let mut states = Vec::new();
    let filtered = !request.state_filters.is_empty();
    for name in request.state_filters {
        match TransactionState::from_name(&name) {
            Some(state) => states.push(state),
            None => unknown.push(name),
        }
    }
    let pattern = request
        .transactional_id_pattern
        .filter(|pattern| !pattern.is_empty());
    let pattern = pattern.map(|pattern| {
        // All of the id has to fit, as in Kafka.
        let mut builder = RegexBuilder::new(&format!(r"\A(?:{pattern})\z"));
        builder.size_limit(PATTERN_BYTES).build()
    });
    Ok(TransactionFilter {
        states: filtered.then_some(states),
        producer_ids: request.producer_id_filters.to_vec(),
        longer_than_ms: (request.duration_filter >= 0).then_some(request.duration_filter),
        pattern: pattern
            .transpose()
            .map_err(|_| ErrorCode::INVALID_REGULAR_EXPRESSION)?,
    })
}

fn client_version(api_version: i16) -> ClientVersion {
    if api_version >= V2_SINCE {
        ClientVersion::V2
    } else {
        ClientVersion::V1
    }
}

/// Before `since`, clients do not know PRODUCER_FENCED.
pub(super) fn fenced_before(since: i16, api_version: i16, error: ErrorCode) -> ErrorCode {
    if error == ErrorCode::PRODUCER_FENCED && api_version < since {
        ErrorCode::INVALID_PRODUCER_EPOCH
    } else {
        error
    }
}

fn topic_results(
    topics: &[AddPartitionsToTxnTopic],
    errors: &[ErrorCode],
) -> Vec<AddPartitionsToTxnTopicResult> {
    let mut errors = errors.iter().copied();
    let results = topics.iter().map(|topic| {
        let partitions =
            topic
                .partitions
                .iter()
                .map(|&partition_index| AddPartitionsToTxnPartitionResult {
                    partition_index,
                    partition_error_code: errors
                        .next()
                        .unwrap_or(ErrorCode::UNKNOWN_SERVER_ERROR)
                        .0,
                    ..AddPartitionsToTxnPartitionResult::default()
                });
        AddPartitionsToTxnTopicResult {
            name: topic.name.clone(),
            results_by_partition: partitions.collect(),
            ..AddPartitionsToTxnTopicResult::default()
        }
    });
    results.collect()
}
