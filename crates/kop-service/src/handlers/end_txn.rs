//! EndTxn: commit or abort a transaction.

use kop_codec::messages::{EndTxnRequest, EndTxnResponse};

use crate::{Context, ErrorTally, Handler};

/// Answers EndTxn.
#[derive(Debug, Default)]
pub struct EndTxn;

impl Handler for EndTxn {
    type Request = EndTxnRequest;

    async fn handle(&self, cx: Context, request: EndTxnRequest) -> EndTxnResponse {
        cx.broker.transactions().end_txn(request, cx.version).await
    }

    fn errors(response: &EndTxnResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
    }
}
