//! May this be written? Partitions of a transaction, seen from those that write to them (KIP-890).

use std::time::Duration;

use kop_codec::{ByteString, ErrorCode};
use tokio::time::{Instant, sleep};

use super::TransactionCoordinator;
use crate::transaction::{
    ClientVersion, Lease, Producer, TopicPartition, TransactionRequest, TransactionResponse,
};

/// A transaction begins with what it writes first, often before the markers of the last one are written. A client that is
/// told so waits for 100 ms, the markers for much less: as Apache Kafka since 4.1, the server asks again in its place.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
/// `add.partitions.to.txn.retry.backoff.max.ms` of Apache Kafka.
const PATIENCE: Duration = Duration::from_millis(100);

/// What is done with partitions that are written to in a transaction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Enlist {
    /// They are added, if they are not there: version 2.
    Add,
    /// They have to be there: the client has added them before.
    Verify {
        /// Whether the client understands TRANSACTION_ABORTABLE.
        abortable: bool,
    },
}

impl TransactionCoordinator {
    /// Adds or verifies partitions that are about to be written to, and gives an error code for each, in terms of those
    /// who write. Topics have the names that the catalog gives them. The lease has to be held until what is written has
    /// its place in the log.
    pub async fn enlist(
        &self,
        transactional_id: &ByteString,
        producer: Producer,
        partitions: Vec<TopicPartition>,
        enlist: Enlist,
    ) -> (Vec<ErrorCode>, Lease) {
        let count = partitions.len();
        let transactional_id = transactional_id.clone();
        let id = transactional_id.clone();
        let request = match enlist {
            Enlist::Add => TransactionRequest::Add {
                transactional_id,
                producer,
                partitions,
                client: ClientVersion::V2,
            },
            Enlist::Verify { .. } => TransactionRequest::Verify {
                transactional_id,
                producer,
                partitions,
            },
        };
        let (errors, lease) = match self.call_patiently(&id, request, enlist).await {
            Ok(TransactionResponse::Verified(errors, lease)) => (errors, lease),
            // In version 2 the epoch does what the lease does.
            Ok(TransactionResponse::Error(error)) | Err(error) => {
                (vec![error; count], Lease::default())
            }
            // Cannot be: these requests have no other answers.
            Ok(_) => (
                vec![ErrorCode::UNKNOWN_SERVER_ERROR; count],
                Lease::default(),
            ),
        };
        let errors = errors.into_iter().map(|error| for_writers(error, enlist));
        (errors.collect(), lease)
    }

    /// Calls; partitions that are to be added are offered again while the transaction before is being ended.
    async fn call_patiently(
        &self,
        id: &ByteString,
        request: TransactionRequest,
        enlist: Enlist,
    ) -> Result<TransactionResponse, ErrorCode> {
        if enlist != Enlist::Add {
            return self.call(id, request).await;
        }
        let limit = Instant::now() + PATIENCE;
        let mut pause = FIRST_PAUSE;
        loop {
            let response = self.call(id, request.clone()).await?;
            if !is_busy(&response) || Instant::now() + pause > limit {
                return Ok(response);
            }
            sleep(pause).await;
            pause *= 2;
        }
    }
}

fn is_busy(response: &TransactionResponse) -> bool {
    const BUSY: ErrorCode = ErrorCode::CONCURRENT_TRANSACTIONS;
    match response {
        TransactionResponse::Verified(errors, _) => errors.contains(&BUSY),
        TransactionResponse::Error(error) => *error == BUSY,
        _ => false,
    }
}

/// The errors of a coordinator in terms of those who write: older clients know what to do with these.
fn for_writers(error: ErrorCode, enlist: Enlist) -> ErrorCode {
    match error {
        ErrorCode::PRODUCER_FENCED => ErrorCode::INVALID_PRODUCER_EPOCH,
        ErrorCode::TRANSACTION_ABORTABLE if enlist == (Enlist::Verify { abortable: false }) => {
            ErrorCode::INVALID_TXN_STATE
        }
        // Retriable, and without a look for another leader.
        ErrorCode::CONCURRENT_TRANSACTIONS if enlist != Enlist::Add => {
            ErrorCode::NOT_ENOUGH_REPLICAS
        }
        ErrorCode::COORDINATOR_LOAD_IN_PROGRESS
        | ErrorCode::COORDINATOR_NOT_AVAILABLE
        | ErrorCode::NOT_COORDINATOR => ErrorCode::NOT_ENOUGH_REPLICAS,
        other => other,
    }
}
