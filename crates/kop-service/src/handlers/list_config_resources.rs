//! ListConfigResources: what has settings, by type (KIP-1142). Version 0 lists subscriptions to client metrics, which
//! nobody can make here.

use kop_codec::messages::list_config_resources_response::ConfigResource;
use kop_codec::messages::{ListConfigResourcesRequest, ListConfigResourcesResponse};
use kop_codec::{ByteString, ErrorCode};

use crate::config_resource::Resource;
use crate::{Broker, Context, ErrorTally, Handler};

/// From this version on the request says which types it wants.
const TYPES_SINCE: i16 = 1;
/// Kafka's numbers for levels of a broker's logs, and for subscriptions to client metrics: there are none of them.
const BROKER_LOGGER: i8 = 8;
const CLIENT_METRICS: i8 = 16;
/// The types that are listed, in the order of the answer.
const TYPES: [i8; 5] = [
    Resource::GROUP,
    CLIENT_METRICS,
    BROKER_LOGGER,
    Resource::BROKER,
    Resource::TOPIC,
];

/// Answers ListConfigResources.
#[derive(Debug, Default)]
pub struct ListConfigResources;

impl Handler for ListConfigResources {
    type Request = ListConfigResourcesRequest;

    async fn handle(
        &self,
        cx: Context,
        request: ListConfigResourcesRequest,
    ) -> ListConfigResourcesResponse {
        let wanted = &request.resource_types;
        if wanted.iter().any(|wanted| !TYPES.contains(wanted)) {
            return ListConfigResourcesResponse {
                error_code: ErrorCode::UNSUPPORTED_VERSION,
                ..ListConfigResourcesResponse::default()
            };
        }
        let types = TYPES.into_iter().filter(|resource_type| match cx.version {
            ..TYPES_SINCE => *resource_type == CLIENT_METRICS,
            _ => wanted.is_empty() || wanted.contains(resource_type),
        });
        let resources = types.flat_map(|resource_type| {
            let names = names(&cx.broker, resource_type).into_iter();
            names.map(move |resource_name| ConfigResource {
                resource_name,
                resource_type,
                ..ConfigResource::default()
            })
        });
        ListConfigResourcesResponse {
            config_resources: resources.collect(),
            ..ListConfigResourcesResponse::default()
        }
    }

    fn errors(response: &ListConfigResourcesResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
    }
}

fn names(broker: &Broker, resource_type: i8) -> Vec<ByteString> {
    match resource_type {
        Resource::GROUP => {
            let groups = broker.group_settings().groups();
            groups.into_iter().map(ByteString::from).collect()
        }
        Resource::BROKER => vec![broker.node_id().to_string().into()],
        Resource::TOPIC => {
            let topics = broker.catalog().topics();
            topics.iter().map(|topic| topic.name.clone()).collect()
        }
        _ => Vec::new(),
    }
}
