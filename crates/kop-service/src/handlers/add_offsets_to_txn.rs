//! AddOffsetsToTxn: offsets of a group become part of a transaction.

use kop_codec::messages::{AddOffsetsToTxnRequest, AddOffsetsToTxnResponse};

use crate::{Context, ErrorTally, Handler};

/// Answers AddOffsetsToTxn.
#[derive(Debug, Default)]
pub struct AddOffsetsToTxn;

impl Handler for AddOffsetsToTxn {
    type Request = AddOffsetsToTxnRequest;

    async fn handle(
        &self,
        cx: Context,
        request: AddOffsetsToTxnRequest,
    ) -> AddOffsetsToTxnResponse {
        cx.broker
            .transactions()
            .add_offsets(request, cx.version)
            .await
    }

    fn errors(response: &AddOffsetsToTxnResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
    }
}
