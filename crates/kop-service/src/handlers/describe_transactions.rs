//! DescribeTransactions: transactional ids and what they are doing (KIP-664).

use kop_codec::messages::{DescribeTransactionsRequest, DescribeTransactionsResponse};

use crate::{Context, ErrorTally, Handler};

/// Answers DescribeTransactions.
#[derive(Debug, Default)]
pub struct DescribeTransactions;

impl Handler for DescribeTransactions {
    type Request = DescribeTransactionsRequest;

    async fn handle(
        &self,
        cx: Context,
        request: DescribeTransactionsRequest,
    ) -> DescribeTransactionsResponse {
        cx.broker
            .transactions()
            .describe_transactions(request)
            .await
    }

    fn errors(response: &DescribeTransactionsResponse, tally: &mut ErrorTally) {
        let transactions = response.transaction_states.iter();
        transactions.for_each(|transaction| tally.add(transaction.error_code));
    }
}
