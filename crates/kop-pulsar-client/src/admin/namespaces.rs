//! Tenants and namespaces.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Admin, Body, NOTHING, Retention, encode, namespace_path};
use crate::error::Error;

/// Who administers a tenant, and where it may live.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TenantInfo {
    /// Roles that may administer it.
    pub admin_roles: Vec<String>,
    /// Clusters that it may use.
    pub allowed_clusters: Vec<String>,
}

/// Whether a namespace's topics are created for those who ask for them.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AutoTopicCreation {
    /// Whether they are.
    #[serde(rename = "allowAutoTopicCreation")]
    pub allowed: bool,
    /// With so many partitions; None: not partitioned, or the broker's number.
    #[serde(rename = "defaultNumPartitions")]
    pub partitions: Option<u32>,
}

impl Admin {
    /// The names of the clusters of this instance.
    pub async fn clusters(&self) -> Result<Vec<String>, Error> {
        self.get("/admin/v2/clusters").await
    }

    /// A tenant; None if there is none of this name.
    pub async fn tenant(&self, tenant: &str) -> Result<Option<TenantInfo>, Error> {
        self.find(&format!("/admin/v2/tenants/{}", encode(tenant)))
            .await
    }

    /// Creates a tenant.
    pub async fn create_tenant(&self, tenant: &str, info: &TenantInfo) -> Result<(), Error> {
        self.change(
            "PUT",
            &format!("/admin/v2/tenants/{}", encode(tenant)),
            Body::Json(info),
        )
        .await
    }

    /// The namespaces of a tenant, as `tenant/namespace`.
    pub async fn namespaces(&self, tenant: &str) -> Result<Vec<String>, Error> {
        self.get(&format!("/admin/v2/namespaces/{}", encode(tenant)))
            .await
    }

    /// Whether a namespace exists.
    pub async fn namespace_exists(&self, namespace: &str) -> Result<bool, Error> {
        Ok(self.namespace_policies(namespace).await?.is_some())
    }

    /// All policies of a namespace, as Pulsar names them; None if there is no such namespace.
    pub async fn namespace_policies(
        &self,
        namespace: &str,
    ) -> Result<Option<Map<String, Value>>, Error> {
        self.find(&namespace_path(namespace)?).await
    }

    /// Creates a namespace with the broker's default policies.
    pub async fn create_namespace(&self, namespace: &str) -> Result<(), Error> {
        self.change("PUT", &namespace_path(namespace)?, NOTHING)
            .await
    }

    /// Deletes a namespace; with `force` its topics too, if the broker has `forceDeleteNamespaceAllowed`.
    pub async fn delete_namespace(&self, namespace: &str, force: bool) -> Result<(), Error> {
        let path = format!("{}?force={force}", namespace_path(namespace)?);
        self.change("DELETE", &path, NOTHING).await
    }

    /// The retention that a namespace's topics have; None: the broker's.
    pub async fn namespace_retention(&self, namespace: &str) -> Result<Option<Retention>, Error> {
        self.find(&format!("{}/retention", namespace_path(namespace)?))
            .await
    }

    /// Sets the retention of a namespace's topics.
    pub async fn set_namespace_retention(
        &self,
        namespace: &str,
        retention: Retention,
    ) -> Result<(), Error> {
        let path = format!("{}/retention", namespace_path(namespace)?);
        self.change("POST", &path, Body::Json(&retention)).await
    }

    /// What a namespace says of topics that are asked for and do not exist; None: the broker's settings count.
    pub async fn namespace_auto_topic_creation(
        &self,
        namespace: &str,
    ) -> Result<Option<AutoTopicCreation>, Error> {
        self.find(&format!("{}/autoTopicCreation", namespace_path(namespace)?))
            .await
    }

    /// Seconds after which messages count as consumed; None: the broker's, 0: never.
    pub async fn namespace_message_ttl(&self, namespace: &str) -> Result<Option<u64>, Error> {
        self.find(&format!("{}/messageTTL", namespace_path(namespace)?))
            .await
    }

    /// Sets the time after which messages count as consumed, in seconds; None: the broker's.
    pub async fn set_namespace_message_ttl(
        &self,
        namespace: &str,
        seconds: Option<u64>,
    ) -> Result<(), Error> {
        let path = format!("{}/messageTTL", namespace_path(namespace)?);
        self.set("POST", &path, seconds).await
    }

    /// Bytes of backlog after which topics are compacted by themselves; None: the broker's, 0: never.
    pub async fn namespace_compaction_threshold(
        &self,
        namespace: &str,
    ) -> Result<Option<u64>, Error> {
        self.find(&format!(
            "{}/compactionThreshold",
            namespace_path(namespace)?
        ))
        .await
    }

    /// Sets the bytes of backlog after which topics are compacted by themselves; None: the broker's.
    pub async fn set_namespace_compaction_threshold(
        &self,
        namespace: &str,
        bytes: Option<u64>,
    ) -> Result<(), Error> {
        let path = format!("{}/compactionThreshold", namespace_path(namespace)?);
        self.set("PUT", &path, bytes).await
    }

    /// Whether the broker drops sends whose sequence id it has seen; None: the broker's setting.
    pub async fn set_namespace_deduplication(
        &self,
        namespace: &str,
        enabled: Option<bool>,
    ) -> Result<(), Error> {
        let path = format!("{}/deduplication", namespace_path(namespace)?);
        self.set("POST", &path, enabled).await
    }

    /// Closes all topics of a namespace, so that brokers load them anew, maybe elsewhere.
    pub async fn unload_namespace(&self, namespace: &str) -> Result<(), Error> {
        self.change(
            "PUT",
            &format!("{}/unload", namespace_path(namespace)?),
            NOTHING,
        )
        .await
    }

    /// Splits a bundle of a namespace (`0x00000000_0x40000000`, or `LARGEST`) in two.
    pub async fn split_bundle(
        &self,
        namespace: &str,
        bundle: &str,
        unload: bool,
    ) -> Result<(), Error> {
        let path = format!(
            "{}/{}/split?unload={unload}",
            namespace_path(namespace)?,
            encode(bundle)
        );
        self.change("PUT", &path, NOTHING).await
    }
}
