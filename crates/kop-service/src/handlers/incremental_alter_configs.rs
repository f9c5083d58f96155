//! IncrementalAlterConfigs: changes single settings of a topic or of the broker (KIP-339).

use std::collections::HashSet;

use kop_codec::messages::incremental_alter_configs_request::{
    AlterConfigsResource, AlterableConfig,
};
use kop_codec::messages::incremental_alter_configs_response::AlterConfigsResourceResponse;
use kop_codec::messages::{IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse};

use crate::config_resource::{Operation, Resource};
use crate::occurrences::{Occurrence, Occurrences};
use crate::refusal::Refusal;
use crate::{Broker, Context, ErrorTally, Handler};

/// Answers IncrementalAlterConfigs.
#[derive(Debug, Default)]
pub struct IncrementalAlterConfigs;

impl Handler for IncrementalAlterConfigs {
    type Request = IncrementalAlterConfigsRequest;

    async fn handle(
        &self,
        cx: Context,
        request: IncrementalAlterConfigsRequest,
    ) -> IncrementalAlterConfigsResponse {
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
        IncrementalAlterConfigsResponse {
            responses,
            ..IncrementalAlterConfigsResponse::default()
        }
    }

    fn errors(response: &IncrementalAlterConfigsResponse, tally: &mut ErrorTally) {
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
    let mut keys = HashSet::new();
    if let Some(twice) = resource
        .configs
        .iter()
        .find(|config| !keys.insert(config.name.clone()))
    {
        return Err(Refusal::invalid_request(format!(
            "{} is given twice",
            twice.name
        )));
    }
    let changes = resource
        .configs
        .into_iter()
        .map(operation)
        .collect::<Result<_, _>>()?;
    found.change(broker, changes, validate_only).await
}

fn operation(config: AlterableConfig) -> Result<(String, Operation), Refusal> {
    let (name, operation) = (config.name.to_string(), config.config_operation);
    let value = config.value.map(|value| value.to_string());
    let missing = || Refusal::invalid_request(format!("Null value not supported for : {name}"));
    let operation = match operation {
        0 => Operation::Set(value.ok_or_else(missing)?),
        1 => Operation::Delete,
        2 => Operation::Append(value.ok_or_else(missing)?),
        3 => Operation::Subtract(value.ok_or_else(missing)?),
        other => {
            return Err(Refusal::invalid_request(format!(
                "{other} is no operation on the value of {name}"
            )));
        }
    };
    Ok((name, operation))
}
