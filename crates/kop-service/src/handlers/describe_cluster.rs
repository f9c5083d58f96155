//! DescribeCluster: the cluster's id and its brokers (KIP-700).

use kop_codec::ErrorCode;
use kop_codec::messages::describe_cluster_response::DescribeClusterBroker;
use kop_codec::messages::{DescribeClusterRequest, DescribeClusterResponse};

use crate::refusal::Refusal;
use crate::{AuthorizedOperations, Context, ErrorTally, Handler};

/// Answers DescribeCluster.
#[derive(Debug, Default)]
pub struct DescribeCluster;

impl Handler for DescribeCluster {
    type Request = DescribeClusterRequest;

    async fn handle(
        &self,
        cx: Context,
        request: DescribeClusterRequest,
    ) -> DescribeClusterResponse {
        let (error_code, error_message) = Refusal::answer(check_endpoint(request.endpoint_type));
        if error_code.is_error() {
            return DescribeClusterResponse {
                error_code,
                error_message,
                ..DescribeClusterResponse::default()
            };
        }
        let listener = &cx.connection.listener;
        let this = DescribeClusterBroker {
            broker_id: cx.broker.node_id(),
            host: listener.host.clone(),
            port: i32::from(listener.port),
            ..DescribeClusterBroker::default()
        };
        let operations = match request.include_cluster_authorized_operations {
            true => AuthorizedOperations::CLUSTER,
            false => AuthorizedOperations::OMITTED,
        };
        DescribeClusterResponse {
            cluster_id: cx.broker.cluster_id().clone(),
            controller_id: cx.broker.node_id(),
            brokers: vec![this],
            cluster_authorized_operations: operations.0,
            ..DescribeClusterResponse::default()
        }
    }

    fn errors(response: &DescribeClusterResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
    }
}

/// Endpoints of type 1 are brokers, of type 2 controllers (KIP-919).
fn check_endpoint(endpoint_type: i8) -> Result<(), Refusal> {
    match endpoint_type {
        1 => Ok(()),
        2 => {
            let message = "this endpoint belongs to a broker, not to a controller";
            Err(Refusal::new(ErrorCode::MISMATCHED_ENDPOINT_TYPE, message))
        }
        other => {
            let message = format!("there are no endpoints of type {other}");
            Err(Refusal::new(ErrorCode::UNSUPPORTED_ENDPOINT_TYPE, message))
        }
    }
}
