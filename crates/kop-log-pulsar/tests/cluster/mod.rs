//! Where the cluster is, and a part of it that no other test has.

use std::time::Duration;

use kop_log_pulsar::{LogSettings, Naming, PulsarConfig, Undecodable};
use kop_pulsar_client::ClientConfig;

/// A configuration with namespaces of its own.
pub(crate) fn config() -> PulsarConfig {
    let variable = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    let unique = kop_log::random_id().to_string().replace('-', ".");
    let naming = Naming {
        namespace: format!("kop-tests/{unique}"),
        metadata_namespace: format!("kop-tests/{unique}.meta"),
    };
    PulsarConfig {
        client: ClientConfig {
            service_urls: vec![variable("KOP_TEST_PULSAR")],
            admin_urls: vec![variable("KOP_TEST_PULSAR_ADMIN")],
            ..ClientConfig::default()
        },
        allowed_namespaces: vec![naming.namespace.clone()],
        naming,
        entry_format: Default::default(),
        manage_namespaces: true,
        wait_for_lock: false,
        owner: "a test".to_owned(),
        refresh: Duration::from_secs(60),
        compaction_threshold: 100 << 20,
        metadata_retention_minutes: 10_080,
        metadata_retention_mebibytes: -1,
        topic_defaults: Default::default(),
        mixed_compression: None,
        log: LogSettings {
            producer_name: format!("kop-{unique}"),
            cache_bytes: 16 << 20,
            max_readers: 64,
            reader_bytes: 1 << 20,
            operation_timeout: Duration::from_secs(30),
            idle_after: Duration::from_secs(60),
            skip_messages_without_index: false,
            undecodable: Undecodable::Stop,
            schema_version_header: None,
        },
    }
}
