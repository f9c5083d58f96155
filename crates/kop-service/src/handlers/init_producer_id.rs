//! InitProducerId: an identity for an idempotent producer (KIP-98, KIP-360).

use kop_codec::ErrorCode;
use kop_codec::messages::{InitProducerIdRequest, InitProducerIdResponse};

use crate::{Context, ErrorTally, Handler, errors};

/// Answers InitProducerId.
///
/// A producer without a transactional id gets a new id with epoch 0, also where it names one that it had, as in Kafka.
/// A transactional id is answered with UNSUPPORTED_VERSION: there is no transaction coordinator yet, and any retriable
/// error would make the client try until its time is up instead of saying so.
#[derive(Debug, Default)]
pub struct InitProducerId;

impl Handler for InitProducerId {
    type Request = InitProducerIdRequest;

    async fn handle(&self, cx: Context, request: InitProducerIdRequest) -> InitProducerIdResponse {
        match init(&cx, &request).await {
            Ok(producer_id) => InitProducerIdResponse {
                producer_id,
                producer_epoch: 0,
                ..InitProducerIdResponse::default()
            },
            Err(error_code) => InitProducerIdResponse {
                error_code,
                producer_epoch: -1,
                ..InitProducerIdResponse::default()
            },
        }
    }

    fn errors(response: &InitProducerIdResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
    }
}

async fn init(cx: &Context, request: &InitProducerIdRequest) -> Result<i64, ErrorCode> {
    // One without the other is neither a new producer nor one that goes on.
    if (request.producer_id == -1) != (request.producer_epoch == -1) {
        return Err(ErrorCode::INVALID_REQUEST);
    }
    match request.transactional_id.as_deref() {
        None => cx
            .broker
            .producer_ids()
            .next()
            .await
            .map_err(|error| errors::log_error(&error)),
        Some("") => Err(ErrorCode::INVALID_REQUEST),
        Some(_) => Err(ErrorCode::UNSUPPORTED_VERSION),
    }
}
