//! Brokers and their configuration.

use std::collections::BTreeMap;

use super::{Admin, NOTHING, encode};
use crate::error::Error;

impl Admin {
    /// Asks a broker to write a message and read it back.
    pub async fn health(&self) -> Result<(), Error> {
        self.change("GET", "/admin/v2/brokers/health", NOTHING)
            .await
    }

    /// The broker's version.
    pub async fn version(&self) -> Result<String, Error> {
        let response = self
            .call("GET", "/admin/v2/brokers/version", NOTHING)
            .await?;
        Ok(String::from_utf8_lossy(&response.body)
            .trim_matches('"')
            .to_owned())
    }

    /// The active brokers, as `host:port` of their admin REST.
    pub async fn brokers(&self) -> Result<Vec<String>, Error> {
        self.get("/admin/v2/brokers").await
    }

    /// Every setting of the broker that answers, with its value now. Needs the rights of a superuser.
    pub async fn runtime_configuration(&self) -> Result<BTreeMap<String, String>, Error> {
        self.get("/admin/v2/brokers/configuration/runtime").await
    }

    /// The settings that were changed in the metadata store, for all brokers.
    pub async fn dynamic_configuration(&self) -> Result<BTreeMap<String, String>, Error> {
        self.get("/admin/v2/brokers/configuration/values").await
    }

    /// Changes a setting for all brokers; those that can be changed at run time are Pulsar's choice.
    pub async fn set_dynamic_configuration(&self, name: &str, value: &str) -> Result<(), Error> {
        let path = format!(
            "/admin/v2/brokers/configuration/{}/{}",
            encode(name),
            encode(value)
        );
        self.change("POST", &path, NOTHING).await
    }
}
