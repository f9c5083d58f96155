//! AlterConfigs: replaces all settings of a topic or of the broker.

use std::collections::BTreeMap;

use kop_codec::messages::alter_configs_request::AlterConfigsResource;
use kop_codec::messages::alter_configs_response::AlterConfigsResourceResponse;
use kop_codec::messages::{AlterConfigsRequest, AlterConfigsResponse};

use crate::config_resource::Resource;
use crate::occurrences::{Occurrence, Occurrences};
use crate::refusal::Refusal;
use crate::{Broker, Context, ErrorTally, Handler};

/// Answers AlterConfigs.
#[derive(Debug, Default)]
pub struct AlterConfigs;

impl Handler for AlterConfigs {
    type Request = AlterConfigsRequest;

    async fn handle(&self, cx: Context, request: AlterConfigsRequest) -> AlterConfigsResponse {
        let key = |resource: &AlterConfigsResource| {
            (resource.resource_type, resource.resource_name.clone())
        };
        let mut keys = Occurrences::count(request.resources.iter().map(key));
        let mut responses = Vec::with_capacity(request.resources.len());
        for resource in request.resources {
            let (resource_type, resource_name) = key(&resource);
            let outcome = match keys.next(&key(&resource)) {
                Occurrence::Only => alter(&cx.broker, resource, request.validate_only).await,
                Occurrence::FirstOfMany => {
                    Err(Refusal::invalid_request("the resource is named twice"))
                }
                Occurrence::Again => continue,
            };
            let (error_code, error_message) = Refusal::answer(outcome);
            let response = AlterConfigsResourceResponse {
                error_code,
                error_message,
                resource_type,
                resource_name,
                ..AlterConfigsResourceResponse::default()
            };
            responses.push(response);
        }
        AlterConfigsResponse {
            responses,
            ..AlterConfigsResponse::default()
        }
    }

    fn errors(response: &AlterConfigsResponse, tally: &mut ErrorTally) {
        response
            .responses
            .iter()
            .for_each(|resource| tally.add(resource.error_code));
    }
}

async fn alter(
    broker: &Broker,
    resource: AlterConfigsResource,
    validate_only: bool,
) -> Result<(), Refusal> {
    let found = Resource::find(broker, resource.resource_type, &resource.resource_name)?;
    let mut values = BTreeMap::new();
    for config in resource.configs {
        let Some(value) = config.value else {
            return Err(Refusal::invalid_request(format!(
                "Null value not supported for : {}",
                config.name
            )));
        };
        if values
            .insert(config.name.to_string(), value.to_string())
            .is_some()
        {
            return Err(Refusal::invalid_request(format!(
                "{} is given twice",
                config.name
            )));
        }
    }
    found.replace(broker, values, validate_only).await
}
