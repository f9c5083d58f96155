//! What a cluster must have, what it should have, and who may create what is missing.

use std::time::Duration;

use kop_pulsar_client::{Admin, Client, Error, Retention, TenantInfo};
use tokio::time::sleep;

use super::config::PulsarConfig;
use super::open::OpenError;

/// Said where entries come without an index.
pub(super) const NO_INDEX: &str = "entries have no index. In broker.conf of all brokers, \
    brokerEntryMetadataInterceptors must list \
    org.apache.pulsar.common.intercept.AppendIndexMetadataInterceptor, and \
    exposingBrokerEntryMetadataToClientEnabled must be true; then restart the brokers";

const INDEX: &str = "AppendIndexMetadataInterceptor";
const BROKER_TIME: &str = "AppendBrokerTimestampMetadataInterceptor";

/// How long another that creates the same may need to be done.
const RACE_PAUSE: Duration = Duration::from_millis(500);

/// What a check found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// It is as it should be: how.
    Good(String),
    /// It works, but not as well as it could: what to change.
    Warning(String),
    /// It does not work: what to change.
    Bad(String),
    /// It could not be looked at: why.
    Unknown(String),
}

/// One thing that was looked at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Check {
    /// What was looked at.
    pub subject: String,
    /// What was found.
    pub outcome: Outcome,
}

impl Check {
    fn new(subject: impl Into<String>, outcome: Outcome) -> Self {
        Self {
            subject: subject.into(),
            outcome,
        }
    }
}

/// Looks at everything that a server needs of a cluster, and changes nothing. Stops early where the cluster cannot be
/// reached.
pub async fn check_cluster(config: &PulsarConfig) -> Vec<Check> {
    let client = match Client::new(config.client.clone()) {
        Ok(client) => client,
        Err(error) => return vec![Check::new("configuration", Outcome::Bad(error.to_string()))],
    };
    let admin = client.admin();
    let mut checks = vec![brokers(admin).await, protocol(&client, config).await];
    if checks
        .iter()
        .any(|check| matches!(check.outcome, Outcome::Bad(_)))
    {
        return checks;
    }
    checks.extend(broker_settings(admin).await);
    let naming = &config.naming;
    for namespace in [&naming.namespace, &naming.metadata_namespace] {
        checks.push(namespace_check(admin, config, namespace).await);
    }
    checks
}

async fn brokers(admin: &Admin) -> Check {
    let subject = "admin interface (pulsarAdminUrl)";
    let outcome = match admin.brokers().await {
        Ok(brokers) => {
            let version = admin.version().await.unwrap_or_default();
            Outcome::Good(format!("Pulsar {version}, brokers {}", brokers.join(", ")))
        }
        Err(error @ Error::Authentication(_)) => Outcome::Bad(error.to_string()),
        Err(error) if error.is_denied() => {
            Outcome::Unknown(format!("this role may not list brokers: {error}"))
        }
        Err(error @ Error::Disconnected { .. }) => Outcome::Bad(format!(
            "{error}: this may be a port of something else, or want https://"
        )),
        Err(error) => Outcome::Bad(error.to_string()),
    };
    Check::new(subject, outcome)
}

async fn protocol(client: &Client, config: &PulsarConfig) -> Check {
    let probe = format!("persistent://{}/kop-doctor", config.naming.namespace);
    let outcome = match client.lookup(&probe).await {
        Ok(found) => Outcome::Good(format!("a lookup leads to {}", found.broker())),
        // It has answered.
        Err(Error::TopicNotFound(_) | Error::Broker { .. }) => {
            Outcome::Good("it answers".to_owned())
        }
        Err(error) => Outcome::Bad(error.to_string()),
    };
    Check::new("binary protocol (pulsarServiceUrl)", outcome)
}

async fn broker_settings(admin: &Admin) -> Vec<Check> {
    let settings = match admin.runtime_configuration().await {
        Ok(settings) => settings,
        Err(error) => {
            let reason = format!(
                "this role may not read the settings of brokers ({error}); a server finds out at its start"
            );
            return vec![Check::new("broker settings", Outcome::Unknown(reason))];
        }
    };
    let get = |key: &str| settings.get(key).map_or("", String::as_str);
    let mut checks = Vec::new();
    let mut check = |key: &str, good: bool, otherwise: fn(String) -> Outcome, advice: &str| {
        let found = get(key);
        let outcome = if good {
            Outcome::Good(found.to_owned())
        } else {
            otherwise(format!("it is {found:?}: {advice}"))
        };
        checks.push(Check::new(key, outcome));
    };
    let interceptors = "brokerEntryMetadataInterceptors";
    let full = "org.apache.pulsar.common.intercept";
    check(
        interceptors,
        get(interceptors).contains(INDEX),
        Outcome::Bad,
        &format!("it must list {full}.{INDEX}"),
    );
    let exposing = "exposingBrokerEntryMetadataToClientEnabled";
    let advice = "it must be true, or clients are not told the index of entries";
    check(exposing, get(exposing) == "true", Outcome::Bad, advice);
    if !get(interceptors).contains(BROKER_TIME) {
        let advice = format!("with {full}.{BROKER_TIME} too, offsets are found by broker time");
        check(interceptors, false, Outcome::Warning, &advice);
    }
    let policies = "topicLevelPoliciesEnabled";
    let advice =
        "topics keep what their namespace does, and settings that ask for more are refused";
    check(policies, get(policies) == "true", Outcome::Warning, advice);
    let delay = "managedLedgerNewEntriesCheckDelayInMillis";
    let advice = "with 0, consumers see new records some 5 ms earlier";
    check(delay, get(delay) == "0", Outcome::Warning, advice);
    let inactive = "brokerDeleteInactiveTopicsEnabled";
    let advice = "with false, brokers leave idle topics alone that others have made, too";
    check(inactive, get(inactive) == "false", Outcome::Warning, advice);
    checks
}

async fn namespace_check(admin: &Admin, config: &PulsarConfig, namespace: &str) -> Check {
    let subject = format!("namespace {namespace}");
    if namespace == config.naming.metadata_namespace
        && let Some(advice) = time_to_live(admin, namespace).await
    {
        return Check::new(subject, Outcome::Warning(advice));
    }
    let outcome = match admin.namespace_policies(namespace).await {
        Ok(None) if config.manage_namespaces => {
            Outcome::Good("it does not exist, and is created at the start".to_owned())
        }
        Ok(None) => Outcome::Bad("it does not exist, and kafkaManageSystemNamespaces=false".to_owned()),
        Ok(Some(_)) => match admin.namespace_retention(namespace).await {
            Ok(Some(retention)) if retention.keeps() => Outcome::Good("it has retention".to_owned()),
            Ok(_) => Outcome::Warning(
                "it has no retention: topics that Pulsar clients create in it keep nothing for Kafka consumers. \
                 pulsar-admin namespaces set-retention"
                    .to_owned(),
            ),
            Err(error) => Outcome::Unknown(error.to_string()),
        },
        Err(error @ Error::Config { .. }) => Outcome::Bad(error.to_string()),
        Err(error) => Outcome::Unknown(error.to_string()),
    };
    Check::new(subject, outcome)
}

/// What to change about the namespace of the server's own topics: null where its messages have no time to live. The original
/// gives them one.
async fn time_to_live(admin: &Admin, namespace: &str) -> Option<String> {
    let seconds = admin.namespace_message_ttl(namespace).await.ok()??;
    (seconds > 0).then(|| {
        format!(
            "its messages have a time to live of {seconds} s. A broker that looks for older ones while the server reads what \
             groups have committed has it pass them by. pulsar-admin namespaces remove-message-ttl"
        )
    })
}

/// Creates what is missing, where it may, and fails where the cluster cannot be used.
pub(super) async fn prepare(client: &Client, config: &PulsarConfig) -> Result<(), OpenError> {
    let admin = client.admin();
    let failed = |doing: &str, source: Error| OpenError::Client {
        doing: doing.to_owned(),
        source,
    };
    match admin.runtime_configuration().await {
        Ok(settings) => check_settings(|key| settings.get(key).map_or("", String::as_str))?,
        // The start finds out by its first entry.
        Err(error) if error.is_denied() => {}
        Err(error) => return Err(failed("asking the cluster for its settings", error)),
    }
    let naming = &config.naming;
    let namespace = &naming.metadata_namespace;
    if let Some(advice) = time_to_live(admin, namespace).await {
        tracing::warn!(namespace, "{advice}");
    }
    if !config.manage_namespaces {
        for namespace in [&naming.metadata_namespace, &naming.namespace] {
            check_there(admin, namespace).await?;
        }
        return Ok(());
    }
    let metadata = Retention {
        minutes: config.metadata_retention_minutes,
        mebibytes: config.metadata_retention_mebibytes,
    };
    ensure(admin, &naming.metadata_namespace, metadata).await?;
    let defaults = kop_log::TopicConfig::resolve(&config.topic_defaults, &Default::default());
    let defaults = defaults.map_err(OpenError::Data)?;
    ensure(
        admin,
        &naming.namespace,
        super::policies::retention(&defaults),
    )
    .await
}

fn check_settings<'a>(get: impl Fn(&str) -> &'a str) -> Result<(), OpenError> {
    let interceptors = "brokerEntryMetadataInterceptors";
    let mut missing = Vec::new();
    if !get(interceptors).contains(INDEX) {
        missing.push(format!(
            "{interceptors} must list org.apache.pulsar.common.intercept.{INDEX}"
        ));
    }
    let exposing = "exposingBrokerEntryMetadataToClientEnabled";
    if get(exposing) != "true" {
        missing.push(format!("{exposing} must be true"));
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(OpenError::Cluster(format!(
        "in broker.conf of all brokers, {}; then restart the brokers",
        missing.join(", and ")
    )))
}

/// Says which namespace is missing, where the server is not to create it.
async fn check_there(admin: &Admin, namespace: &str) -> Result<(), OpenError> {
    match admin.namespace_exists(namespace).await {
        Ok(false) => Err(OpenError::Cluster(format!(
            "namespace {namespace} does not exist: create it, or let the server do it (kafkaManageSystemNamespaces=true)"
        ))),
        Ok(true) => Ok(()),
        // Whoever may not ask may still use it.
        Err(error) if error.is_denied() => Ok(()),
        Err(source) => Err(OpenError::Client {
            doing: format!("looking for namespace {namespace}"),
            source,
        }),
    }
}

/// Creates a namespace with its tenant, if it is missing. One that is there keeps its policies, but gets retention where
/// it has none at all.
async fn ensure(admin: &Admin, namespace: &str, retention: Retention) -> Result<(), OpenError> {
    let failed = |doing: String| move |source: Error| OpenError::Client { doing, source };
    let exists = match admin.namespace_exists(namespace).await {
        Ok(exists) => exists,
        // Whoever may not ask may still use it.
        Err(error) if error.is_denied() => return Ok(()),
        Err(error) => return Err(failed(format!("looking for namespace {namespace}"))(error)),
    };
    if !exists {
        let tenant = namespace
            .split_once('/')
            .map_or(namespace, |(tenant, _)| tenant);
        let known = admin.tenant(tenant).await.ok().flatten().is_some();
        if !known {
            let clusters = admin
                .clusters()
                .await
                .map_err(failed("listing clusters".to_owned()))?;
            let info = TenantInfo {
                allowed_clusters: clusters,
                ..TenantInfo::default()
            };
            let mut created = admin.create_tenant(tenant, &info).await;
            if is_race(&created) {
                // Where two create it at once, Pulsar answers one of them 500 (BadVersion), not 409. It is there now, or
                // can be created.
                sleep(RACE_PAUSE).await;
                created = admin.create_tenant(tenant, &info).await;
            }
            conflict_is_fine(created).map_err(failed(format!("creating tenant {tenant}")))?;
        }
        let mut created = admin.create_namespace(namespace).await;
        if is_race(&created) {
            sleep(RACE_PAUSE).await;
            created = admin.create_namespace(namespace).await;
        }
        conflict_is_fine(created).map_err(failed(format!("creating namespace {namespace}")))?;
        tracing::info!(namespace, "the namespace is created");
    }
    let found = admin.namespace_retention(namespace).await;
    if found.is_ok_and(|found| found.is_none()) {
        match admin.set_namespace_retention(namespace, retention).await {
            Ok(()) => tracing::info!(
                namespace,
                minutes = retention.minutes,
                mebibytes = retention.mebibytes,
                "the namespace has retention now"
            ),
            Err(error) => {
                tracing::warn!(namespace, %error, "the namespace has no retention, and it cannot be set");
            }
        }
    }
    Ok(())
}

fn conflict_is_fine(result: Result<(), Error>) -> Result<(), Error> {
    match result {
        Err(error) if error.is_conflict() => Ok(()),
        other => other,
    }
}

fn is_race(result: &Result<(), Error>) -> bool {
    matches!(result, Err(Error::Admin { status: 500, .. }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named() {
        let good = |key: &str| match key {
            "brokerEntryMetadataInterceptors" => "a.b.AppendIndexMetadataInterceptor",
            _ => "true",
        };
        check_settings(good).unwrap();
        let bad = check_settings(|_| "").unwrap_err().to_string();
        assert!(
            bad.contains("brokerEntryMetadataInterceptors must list"),
            "{bad}"
        );
        assert!(
            bad.contains("exposingBrokerEntryMetadataToClientEnabled must be true"),
            "{bad}"
        );
    }
}
