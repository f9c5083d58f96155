//! AddPartitionsToTxn: partitions become part of a transaction, or are looked for in it (KIP-98, KIP-890).

use kop_codec::ErrorCode;
use kop_codec::messages::{AddPartitionsToTxnRequest, AddPartitionsToTxnResponse};

use crate::{Context, ErrorTally, Handler};

/// Answers AddPartitionsToTxn.
#[derive(Debug, Default)]
pub struct AddPartitionsToTxn;

impl Handler for AddPartitionsToTxn {
    type Request = AddPartitionsToTxnRequest;

    async fn handle(
        &self,
        cx: Context,
        request: AddPartitionsToTxnRequest,
    ) -> AddPartitionsToTxnResponse {
        cx.broker
            .transactions()
            .add_partitions(request, cx.version)
            .await
    }

    fn errors(response: &AddPartitionsToTxnResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
        let of_several = response
            .results_by_transaction
            .iter()
            .flat_map(|transaction| &transaction.topic_results);
        let topics = of_several.chain(&response.results_by_topic_v3_and_below);
        topics
            .flat_map(|topic| &topic.results_by_partition)
            .for_each(|partition| tally.add(ErrorCode(partition.partition_error_code)));
    }
}
