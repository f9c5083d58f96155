//! The Pulsar that servers under test keep their data in: `KOP_TEST_PULSAR` and `KOP_TEST_PULSAR_ADMIN`.

use std::env;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, ensure};

/// A Pulsar that runs already, and two namespaces in it that no other server has.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// `pulsar://host:port`; several hosts are separated by commas.
    pub service_url: String,
    /// `http://host:port`; several hosts are separated by commas.
    pub admin_url: String,
    namespace: String,
    token: Option<String>,
}

impl Cluster {
    /// The cluster that the environment names, with new namespaces; `None` when it names none.
    pub fn from_env() -> Option<Self> {
        let service_url = env::var("KOP_TEST_PULSAR").ok()?;
        Some(Self::new(
            service_url,
            env::var("KOP_TEST_PULSAR_ADMIN").ok()?,
        ))
    }

    /// A cluster with new namespaces.
    pub fn new(service_url: String, admin_url: String) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        // The same cluster may have seen an earlier process with this id.
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self {
            service_url,
            admin_url,
            namespace: format!("kop-{}-{number}", now.as_nanos()),
            token: None,
        }
    }

    /// The same with a token for its admin interface, which servers are not told.
    #[must_use]
    pub fn with_token(self, token: String) -> Self {
        Self {
            token: Some(token),
            ..self
        }
    }

    /// What Pulsar calls partition `partition` of a topic with a short name.
    pub fn topic(&self, topic: &str, partition: i32) -> String {
        format!("{}-partition-{partition}", self.partitioned(topic))
    }

    /// What Pulsar calls a topic with a short name.
    pub fn partitioned(&self, topic: &str) -> String {
        format!("persistent://public/{}/{topic}", self.namespace)
    }

    /// The path of partition `partition` of a topic with a short name in the admin interface.
    pub fn path(&self, topic: &str, partition: i32) -> String {
        path(&self.topic(topic, partition))
    }

    /// The path of a topic with a short name in the admin interface.
    pub fn partitioned_path(&self, topic: &str) -> String {
        path(&self.partitioned(topic))
    }

    /// The namespace of short names.
    pub fn namespace(&self) -> String {
        format!("public/{}", self.namespace)
    }

    /// The namespace of what servers keep for themselves.
    pub fn metadata_namespace(&self) -> String {
        format!("public/{}", self.metadata())
    }

    /// Creates a namespace of which everything is kept.
    pub fn create_namespace(&self, namespace: &str) -> anyhow::Result<()> {
        let path = format!("namespaces/{namespace}");
        self.admin("PUT", &path)?;
        let forever = r#"{"retentionTimeInMinutes":-1,"retentionSizeInMB":-1}"#;
        self.admin_with("POST", &format!("{path}/retention"), forever)?;
        Ok(())
    }

    /// The paths of a namespace's bundles in the admin interface.
    pub fn bundles(&self, namespace: &str) -> anyhow::Result<Vec<String>> {
        let answer = self.admin("GET", &format!("namespaces/{namespace}/bundles"))?;
        let bundles: serde_json::Value = serde_json::from_str(&answer)?;
        let bounds = bundles["boundaries"].as_array().context("no boundaries")?;
        let bounds: Vec<&str> = bounds.iter().filter_map(|bound| bound.as_str()).collect();
        let bundle = |pair: &[&str]| format!("namespaces/{namespace}/{}_{}", pair[0], pair[1]);
        Ok(bounds.windows(2).map(bundle).collect())
    }

    /// Makes the broker give up all topics of both namespaces, as when their bundles move to another broker.
    pub fn unload(&self) -> anyhow::Result<()> {
        for namespace in [self.namespace(), self.metadata_namespace()] {
            self.admin("PUT", &format!("namespaces/{namespace}/unload"))?;
        }
        Ok(())
    }

    /// Has the broker compact a topic of the metadata namespace, all of its partitions, and waits until it has.
    pub fn compact(&self, topic: &str) -> anyhow::Result<()> {
        let topic = format!("persistent/{}/{topic}", self.metadata_namespace());
        let partitions = self.admin("GET", &format!("{topic}/partitions"))?;
        let partitions: serde_json::Value = serde_json::from_str(&partitions)?;
        for partition in 0..partitions["partitions"].as_u64().context("no partitions")? {
            let compaction = format!("{topic}-partition-{partition}/compaction");
            self.admin("PUT", &compaction)?;
            let mut said = String::new();
            let done = crate::wait_until(Duration::from_secs(60), || {
                said = self.admin("GET", &compaction).unwrap_or_default();
                said.contains("SUCCESS")
            });
            ensure!(done, "{compaction}: {said}");
        }
        Ok(())
    }

    /// The arguments of a server that keeps its data here.
    pub fn arguments(&self) -> [String; 8] {
        let set = |key: &str, value: &str| ["--set".to_owned(), format!("{key}={value}")];
        let [set1, admin] = set("pulsarAdminUrl", &self.admin_url);
        let [set2, namespace] = set("kafkaNamespace", &self.namespace);
        let [set3, metadata] = set("kafkaMetadataNamespace", &self.metadata());
        [
            "--pulsar".to_owned(),
            self.service_url.clone(),
            set1,
            admin,
            set2,
            namespace,
            set3,
            metadata,
        ]
    }

    /// Sends a request without a body to the admin interface; an error when the answer is none of success.
    pub fn admin(&self, method: &str, path: &str) -> anyhow::Result<String> {
        self.curl(method, path, &[])
    }

    /// The same with a body of JSON.
    pub fn admin_with(&self, method: &str, path: &str, body: &str) -> anyhow::Result<String> {
        self.curl(method, path, &["--data", body])
    }

    /// The headers of the answer to a GET.
    pub fn admin_head(&self, path: &str) -> anyhow::Result<String> {
        self.curl(
            "GET",
            path,
            &["--dump-header", "-", "--output", "/dev/null"],
        )
    }

    /// The broker that serves a topic, as `host:port`.
    pub fn owner(&self, topic: &str) -> anyhow::Result<String> {
        let answer = self.request("GET", &format!("lookup/v2/topic/{}", path(topic)), &[])?;
        let answer: serde_json::Value = serde_json::from_str(&answer)?;
        let url = answer["brokerUrl"].as_str().context("no brokerUrl")?;
        Ok(url.trim_start_matches("pulsar://").to_owned())
    }

    fn metadata(&self) -> String {
        format!("{}-meta", self.namespace)
    }

    fn curl(&self, method: &str, path: &str, more: &[&str]) -> anyhow::Result<String> {
        self.request(method, &format!("admin/v2/{path}"), more)
    }

    /// Asks one broker after the other until one can be connected to.
    fn request(&self, method: &str, path: &str, more: &[&str]) -> anyhow::Result<String> {
        const NO_CONNECTION: i32 = 7;
        let (scheme, hosts) = self.admin_url.split_once("://").context("no URL")?;
        let mut why = None;
        for host in hosts.split(',') {
            let url = format!("{scheme}://{host}/{path}");
            let output =
                Command::new("curl")
                    // Brokers send on to the one that has the topic.
                    .args(["-sSL", "--fail-with-body", "--max-time", "30", "-X", method])
                    .args(["-H", "Content-Type: application/json"])
                    .args(self.token.iter().flat_map(|token| {
                        ["-H".to_owned(), format!("Authorization: Bearer {token}")]
                    }))
                    .args(more)
                    .arg(&url)
                    .output()
                    .context("curl")?;
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            if output.status.success() {
                return Ok(said);
            }
            why = Some(anyhow::anyhow!(
                "{method} {url}: {} {said} {}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            ));
            if output.status.code() != Some(NO_CONNECTION) {
                break;
            }
        }
        Err(why.context("no admin URL")?)
    }
}

/// The path of a topic in the interfaces of HTTP.
fn path(topic: &str) -> String {
    topic.replacen("://", "/", 1)
}
