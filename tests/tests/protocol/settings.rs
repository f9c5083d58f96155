//! Settings of topics, groups and brokers, as tests ask for them and change them.

use kop_codec::ErrorCode;
use kop_codec::messages::describe_configs_request::DescribeConfigsResource;
use kop_codec::messages::describe_configs_response::DescribeConfigsResult;
use kop_codec::messages::{
    AlterConfigsRequest, DescribeConfigsRequest, IncrementalAlterConfigsRequest,
    alter_configs_request, incremental_alter_configs_request,
};

use super::Case;

/// Kafka's numbers for what has settings.
pub(super) const TOPIC: i8 = 2;
pub(super) const BROKER: i8 = 4;
pub(super) const GROUP: i8 = 32;
/// Kafka's numbers for what is done to a setting.
pub(super) const SET: i8 = 0;
pub(super) const DELETE: i8 = 1;
pub(super) const APPEND: i8 = 2;
pub(super) const SUBTRACT: i8 = 3;

/// A setting, what is done to it, and with which value.
pub(super) type Change<'a> = (&'a str, i8, Option<&'a str>);

impl Case {
    /// Changes single settings.
    pub(super) fn alter(&mut self, kind: i8, name: &str, changes: &[Change<'_>]) -> ErrorCode {
        self.try_alter(kind, name, changes, false)
    }

    /// The same, or only a look at whether it could be done.
    pub(super) fn try_alter(
        &mut self,
        kind: i8,
        name: &str,
        changes: &[Change<'_>],
        validate_only: bool,
    ) -> ErrorCode {
        use incremental_alter_configs_request::{AlterConfigsResource, AlterableConfig};
        let configs = changes
            .iter()
            .map(|&(name, config_operation, value)| AlterableConfig {
                name: name.into(),
                config_operation,
                value: value.map(Into::into),
                ..Default::default()
            });
        let request = IncrementalAlterConfigsRequest {
            resources: vec![AlterConfigsResource {
                resource_type: kind,
                resource_name: name.into(),
                configs: configs.collect(),
                ..Default::default()
            }],
            validate_only,
            ..Default::default()
        };
        let response = self
            .wire
            .call(1, &request)
            .expect("IncrementalAlterConfigs");
        response.responses[0].error_code
    }

    /// Makes these all settings that there are.
    pub(super) fn replace(
        &mut self,
        kind: i8,
        name: &str,
        values: &[(&str, Option<&str>)],
    ) -> ErrorCode {
        use alter_configs_request::{AlterConfigsResource, AlterableConfig};
        let configs = values.iter().map(|&(name, value)| AlterableConfig {
            name: name.into(),
            value: value.map(Into::into),
            ..Default::default()
        });
        let request = AlterConfigsRequest {
            resources: vec![AlterConfigsResource {
                resource_type: kind,
                resource_name: name.into(),
                configs: configs.collect(),
                ..Default::default()
            }],
            ..Default::default()
        };
        let response = self.wire.call(2, &request).expect("AlterConfigs");
        response.responses[0].error_code
    }

    /// The settings of these names, with all values that they could have.
    pub(super) fn settings(
        &mut self,
        kind: i8,
        name: &str,
        keys: &[&str],
    ) -> Result<DescribeConfigsResult, ErrorCode> {
        let keys = keys.iter().map(|&key| key.into());
        let request = DescribeConfigsRequest {
            resources: vec![DescribeConfigsResource {
                resource_type: kind,
                resource_name: name.into(),
                configuration_keys: Some(keys.collect()),
                ..Default::default()
            }],
            include_synonyms: true,
            ..Default::default()
        };
        let mut response = self.wire.call(4, &request).expect("DescribeConfigs");
        let result = response.results.remove(0);
        match result.error_code {
            ErrorCode::NONE => Ok(result),
            error => Err(error),
        }
    }
}
