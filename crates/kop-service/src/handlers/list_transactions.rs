//! ListTransactions: all transactional ids, by state, producer, age and name (KIP-664, KIP-994, KIP-1152).

use kop_codec::messages::{ListTransactionsRequest, ListTransactionsResponse};

use crate::{Context, ErrorTally, Handler};

/// Answers ListTransactions.
#[derive(Debug, Default)]
pub struct ListTransactions;

impl Handler for ListTransactions {
    type Request = ListTransactionsRequest;

    async fn handle(
        &self,
        cx: Context,
        request: ListTransactionsRequest,
    ) -> ListTransactionsResponse {
        cx.broker.transactions().list_transactions(request).await
    }

    fn errors(response: &ListTransactionsResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
    }
}
