//! InitProducerId: an identity for an idempotent or transactional producer (KIP-98, KIP-360).

use kop_codec::messages::{InitProducerIdRequest, InitProducerIdResponse};

use crate::{Context, ErrorTally, Handler};

/// Answers InitProducerId.
///
/// A producer without a transactional id gets a new id with epoch 0, also where it names one that it had, as in Kafka.
#[derive(Debug, Default)]
pub struct InitProducerId;

impl Handler for InitProducerId {
    type Request = InitProducerIdRequest;

    async fn handle(&self, cx: Context, request: InitProducerIdRequest) -> InitProducerIdResponse {
        cx.broker
            .transactions()
            .init_producer_id(request, cx.version)
            .await
    }

    fn errors(response: &InitProducerIdResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
    }
}
