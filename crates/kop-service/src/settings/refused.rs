//! Keys of Kafka and of the original Kafka on Pulsar that do nothing here: refused with the reason, never ignored.

const SECURITY: &str =
    "not yet: TLS, authentication and authorization do not work yet, listeners are PLAINTEXT";
const TRANSACTIONS: &str =
    "transactions always work, and their state is kept with the records: remove the key";
const PULSAR: &str = "not yet: it does nothing with a Pulsar cluster so far";
const BROKERS: &str =
    "it is a key of the Pulsar brokers: write it there; kop-server doctor says what they need";
const REGISTRY: &str = "not yet: the schema registry does not work yet";
const GROUPS: &str = "not yet: share groups and streams groups do not work yet";
const QUOTAS: &str = "not yet: quotas do not work yet";
const METRICS: &str = "metrics are Prometheus histograms at http.listener: remove the key";
const JAVA: &str = "it belongs to a Java server: remove the key";
const CLUSTER: &str =
    "this server is a cluster of one without replication, KRaft or ZooKeeper: remove the key";
const PLUGIN: &str = "this server is no plugin of a Pulsar broker: remove the key";
const TIERED: &str = "there is no tiered storage: remove the key";
const THREADS: &str = "requests share the threads of one runtime: see worker.threads";

/// Prefixes of key names with the reason; the longest prefix that fits counts.
const REFUSED: &[(&str, &str)] = &[
    (
        "advertisedAddress",
        "write the address into advertised.listeners",
    ),
    (
        "allowAutoTopicCreationType",
        "topics are always created with partitions: remove the key",
    ),
    ("alter.config.policy.class.name", JAVA),
    ("authenti", SECURITY),
    ("authoriz", SECURITY),
    ("auto.include.jmx.reporter", JAVA),
    ("auto.leader.rebalance.enable", CLUSTER),
    ("background.threads", THREADS),
    ("broker.heartbeat", CLUSTER),
    ("broker.rack", CLUSTER),
    ("broker.session", CLUSTER),
    (
        "brokerClient",
        "keystores are Java's: use brokerClientTrustCertsFilePath and the other PEM files",
    ),
    (
        "brokerClientTlsEnabled",
        "write pulsar+ssl:// into pulsarServiceUrl and https:// into pulsarAdminUrl",
    ),
    (
        "brokerDeduplicationEnabled",
        "producers are made idempotent by their sequence numbers: remove the key",
    ),
    ("brokerDeleteInactive", BROKERS),
    ("brokerEntryMetadataInterceptors", BROKERS),
    ("client.quota", QUOTAS),
    ("connection.failed.authentication.delay.ms", SECURITY),
    ("connections.max.reauth.ms", SECURITY),
    ("control", CLUSTER),
    ("create.topic.policy.class.name", JAVA),
    ("default.replication.factor", CLUSTER),
    ("delegation.token", SECURITY),
    ("exposingBrokerEntryMetadata", BROKERS),
    ("failedAuthenticationDelayMs", SECURITY),
    (
        "group.consumer",
        "regular expressions are looked at every ten seconds, and assignments worked out where the group is kept",
    ),
    ("group.coordinator", GROUPS),
    ("group.share", GROUPS),
    ("group.streams", GROUPS),
    ("groupIdZooKeeperPath", PLUGIN),
    ("initial.broker", CLUSTER),
    ("inter.broker", CLUSTER),
    ("kafka.metrics", JAVA),
    ("kafkaApplyAvroSchemaOnDecode", REGISTRY),
    ("kafkaEnableAuthorizationForceGroupIdCheck", SECURITY),
    ("kafkaMeta", PULSAR),
    ("kafkaProxy", PLUGIN),
    ("kafkaTransaction", TRANSACTIONS),
    ("kafkaTxn", TRANSACTIONS),
    ("kopAuthorization", SECURITY),
    (
        "kopEnableGroupLevelConsumerMetrics",
        "not yet: reads are not counted by group; lag by group is in /metrics always",
    ),
    (
        "kopMigration",
        "there is no migration service: remove the key",
    ),
    ("kopOauth2", SECURITY),
    ("kopPrometheusStatsLatencyRolloverSeconds", METRICS),
    ("kopSchemaRegistry", REGISTRY),
    ("kopSsl", SECURITY),
    ("kopTls", SECURITY),
    ("leader.imbalance", CLUSTER),
    ("log.dir.failure.timeout.ms", CLUSTER),
    ("max.connection.creation.rate", QUOTAS),
    (
        "maxMessagePublishBufferSizeInMB",
        "use queued.max.request.bytes, in bytes",
    ),
    (
        "maxReadEntriesNum",
        "fetches are limited by bytes: use fetch.max.bytes",
    ),
    ("messagingProtocols", PLUGIN),
    ("metadata.log", CLUSTER),
    ("metadata.max", CLUSTER),
    ("metric", METRICS),
    ("narExtractionDirectory", PLUGIN),
    ("num.io.threads", THREADS),
    ("num.network.threads", THREADS),
    ("num.recovery.threads.per.data.dir", THREADS),
    ("num.replica", CLUSTER),
    ("numSendKafkaResponseThreads", THREADS),
    (
        "offsets.load.buffer.size",
        "groups are loaded batch by batch: remove the key",
    ),
    (
        "offsets.topic.compression.codec",
        "not yet: batches of committed offsets are not compressed yet",
    ),
    ("offsets.topic.replication.factor", CLUSTER),
    (
        "offsetsMessageTTL",
        "offsets are kept by offsets.retention.minutes: remove the key",
    ),
    (
        "offsetsTopicCompressionCodec",
        "not yet: batches of committed offsets are not compressed yet",
    ),
    ("password.encoder", SECURITY),
    ("precise", BROKERS),
    ("principal.builder.class", SECURITY),
    ("process.roles", CLUSTER),
    ("protocolHandlerDirectory", PLUGIN),
    ("proxyRoles", SECURITY),
    (
        "queued.max.requests",
        "use connection.queued.max.requests, which counts the requests of one connection",
    ),
    ("quota", QUOTAS),
    ("remote.", TIERED),
    ("replica", CLUSTER),
    ("request.partition", QUOTAS),
    ("sasl", SECURITY),
    ("security", SECURITY),
    ("server.max.startup.time.ms", CLUSTER),
    ("share.coordinator", GROUPS),
    ("ssl.", SECURITY),
    ("super", SECURITY),
    ("telemetry", "not yet: client telemetry does not work yet"),
    ("tls", SECURITY),
    ("token", SECURITY),
    (
        "transaction.state.log.load.buffer.size",
        "transactions are loaded batch by batch: remove the key",
    ),
    ("transaction.state.log.min.isr", CLUSTER),
    ("transaction.state.log.replication.factor", CLUSTER),
    (
        "transaction.two.phase.commit.enable",
        "not yet: two-phase commit of transactions does not work yet",
    ),
    ("zookeeper", CLUSTER),
];

/// Why the key does nothing here, where it is a key of Kafka or of the original.
pub(super) fn reason(key: &str) -> Option<&'static str> {
    let fits = REFUSED.iter().filter(|(prefix, _)| key.starts_with(prefix));
    fits.max_by_key(|(prefix, _)| prefix.len())
        .map(|(_, reason)| *reason)
}
