//! What a catalog is made with.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use kop_entry::EntryFormat;
use kop_pulsar_client::ClientConfig;

use crate::catalog::Naming;
use crate::log::LogSettings;

/// The server's default of the same setting of topics.
const COMPRESSION: &str = "compression.type";

/// A Pulsar cluster as the storage of a server.
#[derive(Clone, Debug)]
pub struct PulsarConfig {
    /// How the cluster is reached. The admin URLs must not be empty.
    pub client: ClientConfig,
    /// Where names without tenant and namespace belong.
    pub naming: Naming,
    /// Namespaces whose topics are listed, as `tenant/namespace`, or `tenant/*` for all of a tenant. Topics of others can
    /// be used by their full names.
    pub allowed_namespaces: Vec<String>,
    /// How entries are written, where a topic has no format of its own.
    pub entry_format: EntryFormat,
    /// Create tenants and namespaces that are missing, with retention.
    pub manage_namespaces: bool,
    /// Wait while another server works on the metadata namespace, in place of failing.
    pub wait_for_lock: bool,
    /// Who this server is, for the operator of another one. What makes it unique is added.
    pub owner: String,
    /// Pause between two complete listings of the topics. In between changes are told by the brokers.
    pub refresh: Duration,
    /// Bytes of backlog after which Pulsar compacts the topics that the server keeps for itself.
    pub compaction_threshold: u64,
    /// Retention of the topics that the server keeps for itself, in minutes: how long they have to be compacted.
    pub metadata_retention_minutes: i64,
    /// The same in MiB; -1 for any amount.
    pub metadata_retention_mebibytes: i64,
    /// Server-wide defaults of topic settings, by Kafka's broker names.
    pub topic_defaults: BTreeMap<String, String>,
    /// The codec of topics in the `mixed_kafka` format, by Kafka's name, where `compression.type` says nothing; `None` leaves
    /// it to the producers.
    pub mixed_compression: Option<String>,
    /// How logs behave.
    pub log: LogSettings,
}

impl PulsarConfig {
    /// The defaults of a topic's settings, out of those of the server.
    pub(crate) fn defaults_of<'a>(
        &self,
        format: Option<EntryFormat>,
        defaults: &'a BTreeMap<String, String>,
    ) -> Cow<'a, BTreeMap<String, String>> {
        let format = format.unwrap_or(self.entry_format);
        match &self.mixed_compression {
            Some(codec)
                if format == EntryFormat::MixedKafka && !defaults.contains_key(COMPRESSION) =>
            {
                let mut defaults = defaults.clone();
                defaults.insert(COMPRESSION.to_owned(), codec.clone());
                Cow::Owned(defaults)
            }
            _ => Cow::Borrowed(defaults),
        }
    }

    /// Namespaces that are listed and named in full.
    pub(crate) fn plain_namespaces(&self) -> impl Iterator<Item = &str> {
        let allowed = self.allowed_namespaces.iter().map(String::as_str);
        allowed.filter(|namespace| !namespace.ends_with("/*"))
    }
}
