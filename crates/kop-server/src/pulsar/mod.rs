//! A Pulsar cluster as the storage, as the settings want it.

mod metrics;

use std::sync::Arc;
use std::time::Duration;

use kop_log::LogCatalog;
use kop_log_pulsar::{
    Check, LogSettings, Naming, OpenError, PulsarCatalog, PulsarConfig, Undecodable, check_cluster,
};
use kop_pulsar_client::{Authentication, ClientConfig, TlsConfig, TlsIdentity};
use kop_service::settings::{Key, List, Settings, keys};
use prometheus_client::registry::Registry;
use tokio::time::sleep;

use crate::StartError;

/// The first pause before a cluster that is not there is tried again, and the longest.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(10)];

/// Whether the settings name a cluster.
pub(crate) fn is_wanted(settings: &Settings) -> bool {
    settings
        .get(keys::PULSAR_SERVICE_URL)
        .iter()
        .next()
        .is_some()
}

/// Opens the catalog, and has `registry` show what it does. Waits for as long as the cluster is away, and says why it does;
/// what only a person can mend is an error.
pub(crate) async fn open(
    settings: &Settings,
    registry: &mut Registry,
    waits: impl Fn(String),
) -> Result<Arc<dyn LogCatalog>, StartError> {
    let config = config(settings)?;
    let [mut pause, longest] = PAUSES;
    loop {
        match PulsarCatalog::open(config.clone()).await {
            Ok(catalog) => {
                metrics::register(registry, catalog.context());
                return Ok(Arc::new(catalog));
            }
            Err(error) if error.is_retriable() => {
                waits(format!("the Pulsar cluster does not answer: {error}"));
                tracing::warn!(%error, again_in = ?pause, "the Pulsar cluster does not answer; clients cannot connect until it does");
                sleep(pause).await;
                pause = (pause * 2).min(longest);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Looks at everything that a server needs of the cluster, and changes nothing.
pub(crate) async fn check(settings: &Settings) -> Result<Vec<Check>, StartError> {
    Ok(check_cluster(&config(settings)?).await)
}

fn config(settings: &Settings) -> Result<PulsarConfig, StartError> {
    let text = |key: Key<Arc<str>>| settings.get(key).to_string();
    let naming = Naming {
        namespace: format!(
            "{}/{}",
            text(keys::KAFKA_TENANT),
            text(keys::KAFKA_NAMESPACE)
        ),
        metadata_namespace: format!(
            "{}/{}",
            text(keys::KAFKA_METADATA_TENANT),
            text(keys::KAFKA_METADATA_NAMESPACE)
        ),
    };
    check_tenants(settings)?;
    let tenant = text(keys::KAFKA_TENANT);
    let mut allowed: Vec<String> = settings
        .get(keys::KOP_ALLOWED_NAMESPACES)
        .iter()
        .map(|entry| entry.replace("${tenant}", &tenant))
        .collect();
    if allowed.is_empty() {
        allowed.push(naming.namespace.clone());
    }
    let listeners: Vec<String> = strings(&settings.get(keys::LISTENERS));
    let format = text(keys::ENTRY_FORMAT);
    let offsets_minutes = i64::from(settings.get(keys::OFFSETS_RETENTION_MINUTES));
    Ok(PulsarConfig {
        client: client(settings)?,
        allowed_namespaces: allowed,
        naming,
        entry_format: format.parse().map_err(|error| {
            StartError::Pulsar(OpenError::Cluster(format!("entryFormat={format}: {error}")))
        })?,
        manage_namespaces: settings.get(keys::KAFKA_MANAGE_SYSTEM_NAMESPACES),
        wait_for_lock: settings.get(keys::PULSAR_LOCK_WAIT),
        owner: format!(
            "node {} at {}, process {}",
            settings.get(keys::NODE_ID),
            listeners.join(","),
            std::process::id()
        ),
        refresh: settings.get(keys::PULSAR_TOPICS_REFRESH_MS),
        compaction_threshold: settings
            .get(keys::OFFSETS_TOPIC_SEGMENT_BYTES)
            .unsigned_abs()
            .into(),
        metadata_retention_minutes: offsets_minutes.max(10_080),
        metadata_retention_mebibytes: settings.get(keys::SYSTEM_TOPIC_RETENTION_SIZE_IN_MB).into(),
        topic_defaults: settings.topic_defaults(),
        mixed_compression: Some(text(keys::KAFKA_COMPRESSION_TYPE)).filter(|codec| codec != "none"),
        log: log_settings(settings),
    })
}

/// A user's tenant would come from who it has authenticated as.
fn check_tenants(settings: &Settings) -> Result<(), StartError> {
    if !settings.get(keys::KAFKA_ENABLE_MULTI_TENANT_METADATA) {
        return Ok(());
    }
    let reason = "kafkaEnableMultiTenantMetadata=true: a user's tenant comes from how it authenticates, and clients cannot \
                  authenticate yet. With false all of them share kafkaTenant and kafkaMetadataTenant";
    Err(OpenError::Cluster(reason.to_owned()).into())
}

fn log_settings(settings: &Settings) -> LogSettings {
    LogSettings {
        producer_name: format!("kop-{}", kop_log::random_id()),
        cache_bytes: usize::try_from(settings.get(keys::PULSAR_CACHE_BYTES)).unwrap_or(usize::MAX),
        max_readers: 256,
        reader_bytes: 1 << 20,
        operation_timeout: settings.get(keys::PULSAR_OPERATION_TIMEOUT_MS),
        idle_after: settings.get(keys::PULSAR_IDLE_MS),
        skip_messages_without_index: settings.get(keys::SKIP_MESSAGES_WITHOUT_INDEX),
        undecodable: match &*settings.get(keys::PULSAR_UNDECODABLE_ENTRIES) {
            "pass" => Undecodable::Pass,
            _ => Undecodable::Stop,
        },
        schema_version_header: Some(settings.get(keys::PULSAR_SCHEMA_VERSION_HEADER))
            .filter(|name| !name.is_empty())
            .map(|name| name.to_string()),
    }
}

fn client(settings: &Settings) -> Result<ClientConfig, StartError> {
    let service_urls = urls(&settings.get(keys::PULSAR_SERVICE_URL));
    let mut admin_urls = urls(&settings.get(keys::PULSAR_ADMIN_URL));
    if admin_urls.is_empty() {
        admin_urls = service_urls.iter().map(|url| admin_url(url)).collect();
    }
    let plugin = settings.get(keys::BROKER_CLIENT_AUTHENTICATION_PLUGIN);
    let parameters = settings.get(keys::BROKER_CLIENT_AUTHENTICATION_PARAMETERS);
    let authentication =
        Authentication::from_plugin(&plugin, &parameters).map_err(|source| OpenError::Client {
            doing: "reading brokerClientAuthenticationParameters".to_owned(),
            source,
        })?;
    let path = |key: Key<Arc<str>>| Some(settings.get(key)).filter(|path| !path.is_empty());
    let certificate = path(keys::BROKER_CLIENT_CERTIFICATE_FILE_PATH);
    let identity = match (certificate, path(keys::BROKER_CLIENT_KEY_FILE_PATH)) {
        (Some(certificates), Some(key)) => Some(TlsIdentity {
            certificates: (&*certificates).into(),
            key: (&*key).into(),
        }),
        (None, None) => None,
        _ => {
            let reason = "brokerClientCertificateFilePath and brokerClientKeyFilePath go together: one is missing";
            return Err(OpenError::Cluster(reason.to_owned()).into());
        }
    };
    Ok(ClientConfig {
        service_urls,
        admin_urls,
        authentication,
        tls: TlsConfig {
            trust_certs: path(keys::BROKER_CLIENT_TRUST_CERTS_FILE_PATH)
                .map(|path| (&*path).into()),
            identity,
            verify_hostname: settings.get(keys::TLS_HOSTNAME_VERIFICATION_ENABLED),
            ..TlsConfig::default()
        },
        operation_timeout: settings.get(keys::PULSAR_OPERATION_TIMEOUT_MS),
        ..ClientConfig::default()
    })
}

/// The admin interface of the same hosts, at its usual port.
fn admin_url(service_url: &str) -> String {
    let (scheme, hosts, port) = match service_url.strip_prefix("pulsar+ssl://") {
        Some(hosts) => ("https", hosts, 8443),
        None => ("http", service_url.trim_start_matches("pulsar://"), 8080),
    };
    let host = |host: &str| {
        let end = host.rfind(':').filter(|at| !host[*at..].contains(']'));
        format!("{}:{port}", &host[..end.unwrap_or(host.len())])
    };
    let hosts: Vec<String> = hosts.trim_end_matches('/').split(',').map(host).collect();
    format!("{scheme}://{}", hosts.join(","))
}

/// One URL may name several hosts, with commas too: `pulsar://a:6650,b:6650`.
fn urls(list: &List) -> Vec<String> {
    let mut urls: Vec<String> = Vec::new();
    for item in list.iter() {
        match urls.last_mut() {
            Some(url) if !item.contains("://") => {
                url.push(',');
                url.push_str(item);
            }
            _ => urls.push(item.to_owned()),
        }
    }
    urls
}

fn strings(list: &List) -> Vec<String> {
    list.iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use kop_service::settings::Source;

    use super::*;

    fn config_of(given: &[(&str, &str)]) -> Result<PulsarConfig, StartError> {
        let given = given
            .iter()
            .map(|(key, value)| (Source::Flag, *key, *value));
        config(&Settings::parse(given).unwrap())
    }

    #[test]
    fn the_admin_interface_is_where_it_usually_is() {
        for (service, admin) in [
            ("pulsar://a:6650", "http://a:8080"),
            ("pulsar+ssl://a:6651", "https://a:8443"),
            ("pulsar://a,b:1/", "http://a:8080,b:8080"),
            ("pulsar://[::1]:6650", "http://[::1]:8080"),
            ("pulsar://[::1]", "http://[::1]:8080"),
        ] {
            assert_eq!(admin_url(service), admin);
        }
    }

    #[test]
    fn urls_have_one_host_or_several() {
        let url = "pulsar://a:1, b:2,pulsar+ssl://c:3,d";
        let config = config_of(&[("pulsarServiceUrl", url)]).unwrap();
        let service = ["pulsar://a:1,b:2", "pulsar+ssl://c:3,d"];
        assert_eq!(config.client.service_urls, service);
        let admin = ["http://a:8080,b:8080", "https://c:8443,d:8443"];
        assert_eq!(config.client.admin_urls, admin);
    }

    #[test]
    fn namespaces_are_those_of_the_original() {
        let config = config_of(&[
            ("pulsarServiceUrl", "pulsar://h:6650"),
            ("kafkaTenant", "acme"),
            ("kopAllowedNamespaces", "${tenant}/a, other/*"),
        ])
        .unwrap();
        assert_eq!(config.naming.namespace, "acme/default");
        assert_eq!(config.naming.metadata_namespace, "public/__kafka");
        assert_eq!(config.allowed_namespaces, ["acme/a", "other/*"]);
        assert_eq!(config.client.admin_urls, ["http://h:8080"]);
    }

    #[test]
    fn tenants_of_users_are_refused_with_the_reason() {
        let url = ("pulsarServiceUrl", "pulsar://h:6650");
        config_of(&[url, ("kafkaEnableMultiTenantMetadata", "false")]).unwrap();
        let refused = config_of(&[url, ("kafkaEnableMultiTenantMetadata", "true")]);
        let reason = refused.unwrap_err().to_string();
        assert!(reason.contains("authenticate"), "{reason}");
    }

    #[test]
    fn the_codec_is_for_mixed_entries_alone() {
        let url = ("pulsarServiceUrl", "pulsar://h:6650");
        let none = config_of(&[url, ("kafkaCompressionType", "none")]).unwrap();
        assert_eq!(none.mixed_compression, None);
        let lz4 = config_of(&[url, ("kafkaCompressionType", "lz4")]).unwrap();
        assert_eq!(lz4.mixed_compression.as_deref(), Some("lz4"));
    }

    #[test]
    fn half_an_identity_is_refused() {
        let half = config_of(&[("brokerClientKeyFilePath", "/k.pem")]);
        assert!(half.unwrap_err().to_string().contains("go together"));
    }
}
