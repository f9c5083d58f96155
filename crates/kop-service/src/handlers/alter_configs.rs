//! AlterConfigs: replaces all settings of a topic, of a group or of the broker.

use std::collections::BTreeMap;

use kop_codec::messages::alter_configs_request::AlterableConfig;
use kop_codec::messages::alter_configs_response::AlterConfigsResourceResponse;
use kop_codec::messages::{AlterConfigsRequest, AlterConfigsResponse};

use crate::alterations::{Alteration, Change, alter};
use crate::refusal::Refusal;
use crate::{Context, ErrorTally, Handler};

/// Answers AlterConfigs.
#[derive(Debug, Default)]
pub struct AlterConfigs;

impl Handler for AlterConfigs {
    type Request = AlterConfigsRequest;

    async fn handle(&self, cx: Context, request: AlterConfigsRequest) -> AlterConfigsResponse {
        let alterations = request.resources.into_iter().map(|resource| Alteration {
            resource_type: resource.resource_type,
            resource_name: resource.resource_name,
            change: values(resource.configs).map(Change::Replace),
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
        AlterConfigsResponse {
            responses: responses.collect(),
            ..AlterConfigsResponse::default()
        }
    }

    fn errors(response: &AlterConfigsResponse, tally: &mut ErrorTally) {
        let responses = response.responses.iter();
        responses.for_each(|resource| tally.add(resource.error_code));
    }
}

fn values(configs: Vec<AlterableConfig>) -> Result<BTreeMap<String, String>, Refusal> {
    let mut values = BTreeMap::new();
    for AlterableConfig { name, value, .. } in configs {
        let Some(value) = value else {
            return Err(Refusal::null_value(&name));
        };
        if values.insert(name.to_string(), value.to_string()).is_some() {
            return Err(Refusal::given_twice(&name));
        }
    }
    Ok(values)
}
