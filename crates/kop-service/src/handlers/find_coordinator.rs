//! FindCoordinator: who keeps a group or a transactional id. This broker, unless another one has taken its place.

use kop_codec::messages::find_coordinator_response::Coordinator;
use kop_codec::messages::{FindCoordinatorRequest, FindCoordinatorResponse};
use kop_codec::{ByteString, ErrorCode};

use crate::{Context, ErrorTally, Handler};

/// The key type of groups.
const GROUP: i8 = 0;
/// The key type of transactional ids.
const TRANSACTION: i8 = 1;
/// From this version on several keys are asked for (KIP-699).
const BATCH_SINCE: i16 = 4;

/// Answers FindCoordinator.
///
/// The key type of share groups, whose coordinator does not exist here, is answered as one that nobody knows: a retriable
/// error would have clients wait for it.
#[derive(Debug, Default)]
pub struct FindCoordinator;

impl Handler for FindCoordinator {
    type Request = FindCoordinatorRequest;

    async fn handle(
        &self,
        cx: Context,
        request: FindCoordinatorRequest,
    ) -> FindCoordinatorResponse {
        let result = check(&cx, request.key_type).await;
        if cx.version >= BATCH_SINCE {
            let keys = request.coordinator_keys.into_iter();
            let found = keys.map(|key| coordinator(&cx, request.key_type, key, result));
            let coordinators = found.collect();
            return FindCoordinatorResponse {
                coordinators,
                ..FindCoordinatorResponse::default()
            };
        }
        let found = coordinator(&cx, request.key_type, request.key, result);
        FindCoordinatorResponse {
            error_code: found.error_code,
            error_message: found.error_message,
            node_id: found.node_id,
            host: found.host,
            port: found.port,
            ..FindCoordinatorResponse::default()
        }
    }

    fn errors(response: &FindCoordinatorResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
        response
            .coordinators
            .iter()
            .for_each(|found| tally.add(found.error_code));
    }
}

/// Whether there is a coordinator of this type. Gets it the topic that keeps what it has, if it is not there.
async fn check(cx: &Context, key_type: i8) -> Result<(), ErrorCode> {
    match key_type {
        GROUP => cx.broker.groups().ensure_offsets_topic().await,
        TRANSACTION => cx.broker.transactions().ensure_topic().await,
        _ => Err(ErrorCode::INVALID_REQUEST),
    }
}

/// Whether this server is the coordinator. If not, clients are to ask again: it cannot tell who is.
fn check_coordinates(cx: &Context, key_type: i8, key: &str) -> Result<(), ErrorCode> {
    let led = match key_type {
        GROUP => cx.broker.groups().check_coordinates(key),
        _ => cx.broker.transactions().check_coordinates(key),
    };
    led.map_err(|_| ErrorCode::COORDINATOR_NOT_AVAILABLE)
}

fn coordinator(
    cx: &Context,
    key_type: i8,
    key: ByteString,
    result: Result<(), ErrorCode>,
) -> Coordinator {
    let Err(error_code) = result.and_then(|()| check_coordinates(cx, key_type, &key)) else {
        let listener = &cx.connection.listener;
        return Coordinator {
            key,
            node_id: cx.broker.node_id(),
            host: listener.host.clone(),
            port: i32::from(listener.port),
            ..Coordinator::default()
        };
    };
    let message = match error_code {
        ErrorCode::INVALID_REQUEST => "there is no coordinator of this key type",
        _ => "the coordinator has no topic to keep its state in, or is another server",
    };
    Coordinator {
        key,
        node_id: -1,
        port: -1,
        error_code,
        error_message: Some(ByteString::from_static(message)),
        ..Coordinator::default()
    }
}
