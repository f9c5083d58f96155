//! DescribeConfigs of topics, of groups and of the broker.

use kop_codec::ByteString;
use kop_codec::messages::describe_configs_request::DescribeConfigsResource;
use kop_codec::messages::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResult, DescribeConfigsSynonym,
};
use kop_codec::messages::{DescribeConfigsRequest, DescribeConfigsResponse};

use crate::config_entries::{self, Entry};
use crate::config_resource::Resource;
use crate::refusal::Refusal;
use crate::settings::Scope;
use crate::{Broker, Context, ErrorTally, Handler};

/// Answers DescribeConfigs.
#[derive(Debug, Default)]
pub struct DescribeConfigs;

impl Handler for DescribeConfigs {
    type Request = DescribeConfigsRequest;

    async fn handle(
        &self,
        cx: Context,
        request: DescribeConfigsRequest,
    ) -> DescribeConfigsResponse {
        let mut results = Vec::with_capacity(request.resources.len());
        for resource in &request.resources {
            let entries = entries(&cx.broker, resource).await;
            let configs = entries.as_ref().map(|entries| {
                let entries = entries.iter().filter(|entry| is_wanted(resource, entry));
                entries
                    .map(|entry| result(entry, &request, cx.version))
                    .collect()
            });
            let configs = configs.unwrap_or_default();
            let (error_code, error_message) = Refusal::answer(entries.map(drop));
            // Kafka has a message here also where there is nothing to say.
            let error_message = error_message.or(Some(ByteString::default()));
            let DescribeConfigsResource {
                resource_type,
                ref resource_name,
                ..
            } = *resource;
            let resource_name = resource_name.clone();
            results.push(DescribeConfigsResult {
                error_code,
                error_message,
                resource_type,
                resource_name,
                configs,
                ..Default::default()
            });
        }
        DescribeConfigsResponse {
            results,
            ..DescribeConfigsResponse::default()
        }
    }

    fn errors(response: &DescribeConfigsResponse, tally: &mut ErrorTally) {
        response
            .results
            .iter()
            .for_each(|resource| tally.add(resource.error_code));
    }
}

async fn entries(
    broker: &Broker,
    resource: &DescribeConfigsResource,
) -> Result<Vec<Entry>, Refusal> {
    match Resource::find(broker, resource.resource_type, &resource.resource_name).await? {
        Resource::Topic(topic) => Ok(config_entries::of_topic(broker, &topic.overrides)),
        Resource::Broker(Scope::Broker) => Ok(config_entries::of_broker(broker)),
        Resource::Broker(Scope::Cluster) => Ok(config_entries::of_cluster(broker)),
        Resource::Group(group) => Ok(config_entries::of_group(broker, &group)),
    }
}

/// No list of keys asks for all; librdkafka sends an empty one for that.
fn is_wanted(resource: &DescribeConfigsResource, entry: &Entry) -> bool {
    let keys = resource.configuration_keys.as_deref().unwrap_or_default();
    keys.is_empty() || keys.iter().any(|key| *key == *entry.name)
}

fn result(
    entry: &Entry,
    request: &DescribeConfigsRequest,
    version: i16,
) -> DescribeConfigsResourceResult {
    let synonyms = entry
        .synonyms
        .iter()
        .filter(|_| request.include_synonyms)
        .map(|synonym| DescribeConfigsSynonym {
            name: ByteString::from_static(synonym.name),
            value: synonym.value.clone(),
            source: synonym.source,
            ..DescribeConfigsSynonym::default()
        });
    DescribeConfigsResourceResult {
        name: ByteString::from_static(entry.name),
        value: entry.value.clone(),
        read_only: entry.read_only,
        // Version 1 says where a value comes from instead.
        is_default: version == 0 && entry.is_default(),
        config_source: entry.source,
        synonyms: synonyms.collect(),
        config_type: entry.config_type,
        documentation: request
            .include_documentation
            .then(|| ByteString::from_static(entry.documentation)),
        ..DescribeConfigsResourceResult::default()
    }
}
