//! IncrementalAlterConfigs: changes single settings of a topic, of a group or of the broker (KIP-339).

use std::collections::HashSet;

use kop_codec::messages::incremental_alter_configs_request::AlterableConfig;
use kop_codec::messages::incremental_alter_configs_response::AlterConfigsResourceResponse;
use kop_codec::messages::{IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse};

use crate::alterations::{Alteration, Change, alter};
use crate::config_resource::Operation;
use crate::refusal::Refusal;
use crate::{Context, ErrorTally, Handler};

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
        let alterations = request.resources.into_iter().map(|resource| Alteration {
            resource_type: resource.resource_type,
            resource_name: resource.resource_name,
            change: operations(resource.configs).map(Change::Each),
        });
        let altered = alter(&cx.broker, alterations.collect(), request.validate_only).await;
        let responses = altered
            .into_iter()
            .map(|altered| AlterConfigsResourceResponse {
                error_code: altered.error_code,
                error_message: altered.error_message,
                resource_type: altered.resource_type,
                resource_name: altered.resource_name,
                ..AlterConfigsResourceResponse::default()
            });
        IncrementalAlterConfigsResponse {
            responses: responses.collect(),
            ..IncrementalAlterConfigsResponse::default()
        }
    }

    fn errors(response: &IncrementalAlterConfigsResponse, tally: &mut ErrorTally) {
        let responses = response.responses.iter();
        responses.for_each(|resource| tally.add(resource.error_code));
    }
}

fn operations(configs: Vec<AlterableConfig>) -> Result<Vec<(String, Operation)>, Refusal> {
    let mut names = HashSet::new();
    if let Some(twice) = configs.iter().find(|config| !names.insert(&config.name)) {
        return Err(Refusal::given_twice(&twice.name));
    }
    configs.into_iter().map(operation).collect()
}

fn operation(config: AlterableConfig) -> Result<(String, Operation), Refusal> {
    let (name, operation) = (config.name.to_string(), config.config_operation);
    let value = config.value.map(|value| value.to_string());
    let missing = || Refusal::null_value(&name);
    let operation = match operation {
        0 => Operation::Set(value.ok_or_else(missing)?),
        1 => Operation::Delete,
        2 => Operation::Append(value.ok_or_else(missing)?),
        3 => Operation::Subtract(value.ok_or_else(missing)?),
        other => {
            let message = format!("{other} is no operation on the value of {name}");
            return Err(Refusal::invalid_request(message));
        }
    };
    Ok((name, operation))
}
