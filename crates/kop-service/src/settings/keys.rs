//! Every key of the server, declared once: name and aliases, values, default, dynamic or not, one sentence.
//!
//! The defaults of topics (`log.retention.ms`, …) are declared in [`kop_log::topic_config`].

use std::sync::Arc;
use std::time::Duration;

use super::key::{Definition, Key, Update, keys};
use super::value::Allowed::{Any, OneOf, OnePath, Positive, Range, Share, SomeOf};
use super::value::{List, SettingType};

const INT: i64 = i32::MAX as i64;
const LONG: i64 = i64::MAX;

/// Keys whose values are not shown to anybody.
pub(super) const SECRET: &[&str] = &["brokerClientAuthenticationParameters"];

keys! {
    // Where the server listens.
    /// Addresses that Kafka clients connect to, as `NAME://host:port`; `[::]` is every address, port 0 any free port.
    LISTENERS: List = "listeners" | "kafkaListeners", Any, "PLAINTEXT://127.0.0.1:9092", ReadOnly;
    /// Addresses that clients are told to use, as `NAME://host:port`; a listener that is missing here tells its own.
    ADVERTISED_LISTENERS: List = "advertised.listeners" | "kafkaAdvertisedListeners", Any, "", ReadOnly;
    /// The security protocol of each listener name, as `NAME:PLAINTEXT`; a name that is missing here is itself a protocol.
    LISTENER_SECURITY_PROTOCOL_MAP: List = "listener.security.protocol.map" | "kafkaProtocolMap", Any, "", ReadOnly;
    /// Address of the HTTP server with /metrics, /healthz and /readyz; empty for none.
    HTTP_LISTENER: Arc<str> = "http.listener", Any, "127.0.0.1:9644", ReadOnly;
    /// Connections that the kernel keeps waiting for each listener to accept.
    SOCKET_LISTEN_BACKLOG_SIZE: i32 = "socket.listen.backlog.size", Range(1, INT), "1024", ReadOnly;
    /// Bytes of a socket's send buffer; -1 leaves it to the kernel.
    SOCKET_SEND_BUFFER_BYTES: i32 = "socket.send.buffer.bytes", Range(-1, INT), "-1", ReadOnly;
    /// Bytes of a socket's receive buffer; -1 leaves it to the kernel.
    SOCKET_RECEIVE_BUFFER_BYTES: i32 = "socket.receive.buffer.bytes", Range(-1, INT), "-1", ReadOnly;

    /// Partitions, and offsets that groups have committed, that /metrics shows one by one; 0 for none, more are left out.
    METRICS_MAX_PARTITIONS: u32 = "metrics.max.partitions", Range(0, INT), "10000", Dynamic;

    // What connections may take.
    /// Bytes of the largest request that is read; a connection that announces more is closed.
    SOCKET_REQUEST_MAX_BYTES: u32 = "socket.request.max.bytes", Range(1024, INT), "104857600", ReadOnly;
    /// Bytes of memory for requests in flight and answers not yet sent, of all connections; past it nothing more is read.
    QUEUED_MAX_REQUEST_BYTES: u64 = "queued.max.request.bytes", Range(1_048_576, LONG), "67108864", ReadOnly;
    /// The same for one connection; one request is always read.
    CONNECTION_QUEUED_MAX_BYTES: u64 = "connection.queued.max.bytes", Range(65_536, LONG), "16777216", ReadOnly;
    /// Requests of one connection that may be in flight; past it nothing more is read from it.
    MAX_QUEUED_REQUESTS: u32 = "connection.queued.max.requests" | "maxQueuedRequests", Range(1, 100_000), "500", ReadOnly;
    /// Connections at most; more are closed as soon as they are made.
    MAX_CONNECTIONS: u32 = "max.connections", Range(0, INT), "2147483647", Dynamic;
    /// Connections of one client address at most; more are closed as soon as they are made.
    MAX_CONNECTIONS_PER_IP: u32 = "max.connections.per.ip", Range(0, INT), "2147483647", Dynamic;
    /// Milliseconds after which a connection without requests is closed; -1 for never.
    CONNECTIONS_MAX_IDLE_MS: Option<Duration> = "connections.max.idle.ms" | "connectionMaxIdleMs",
        Range(-1, LONG), "600000", ReadOnly;
    /// Milliseconds that the server works on a request at most, or waits for the rest of one that has begun to arrive.
    REQUEST_TIMEOUT_MS: Duration = "request.timeout.ms" | "requestTimeoutMs", Range(1, INT), "30000", ReadOnly;
    /// Milliseconds after which a client is closed that takes nothing of the answers that the server holds in memory for it.
    SEND_TIMEOUT_MS: Duration = "connection.send.timeout.ms", Range(1, INT), "60000", ReadOnly;

    // The server.
    /// The number of this server among the brokers of its cluster.
    NODE_ID: i32 = "node.id" | "broker.id" | "kafkaBrokerId", Range(0, INT), "1", ReadOnly;
    /// The cluster's id as clients see it; empty for the one that was made with the data directory.
    CLUSTER_ID: Arc<str> = "cluster.id" | "clusterName", Any, "", ReadOnly;
    /// The directory that holds the data, one and no list; without effect where pulsarServiceUrl is given.
    LOG_DIRS: Arc<str> = "log.dirs" | "log.dir" | "dataDir", OnePath, "./kop-data", ReadOnly;
    /// Threads of the runtime; 0 for one per two processors: the others check and write what comes.
    WORKER_THREADS: u32 = "worker.threads", Range(0, 1024), "0", ReadOnly;
    /// How log lines are written: `text` or `json`.
    LOGGING_FORMAT: Arc<str> = "logging.format", OneOf(&["text", "json"]), "text", ReadOnly;
    /// Which log lines are written, as `level` or `module=level` with commas in between; RUST_LOG goes before it.
    LOGGING_LEVEL: Arc<str> = "logging.level", Any, "info", ReadOnly;
    /// Milliseconds that requests in flight may take to finish at a shutdown.
    SHUTDOWN_TIMEOUT_MS: Duration = "shutdown.timeout.ms", Range(0, INT), "5000", ReadOnly;

    // The Pulsar cluster that keeps the data in place of `log.dirs`.
    /// Addresses of the Pulsar cluster that keeps the data (pulsar:// or pulsar+ssl://), tried in turn; empty for log.dirs.
    PULSAR_SERVICE_URL: List = "pulsarServiceUrl", Any, "", ReadOnly;
    /// Pulsar: addresses of the admin interface, tried in turn; empty for the hosts of pulsarServiceUrl at 8080, or 8443 with TLS.
    PULSAR_ADMIN_URL: List = "pulsarAdminUrl" | "webServiceUrl", Any, "", ReadOnly;
    /// Pulsar: how records are written, unless a topic's property kafkaEntryFormat says so; all consumers can read `pulsar`.
    ENTRY_FORMAT: Arc<str> = "entryFormat", OneOf(&["pulsar", "kafka", "mixed_kafka"]), "pulsar", ReadOnly;
    /// Pulsar: codec of records in the format mixed_kafka, where compression.type says nothing; `none` leaves it to producers.
    KAFKA_COMPRESSION_TYPE: Arc<str> = "kafkaCompressionType", OneOf(&["none", "gzip", "snappy", "lz4", "zstd"]), "none", ReadOnly;
    /// Pulsar: tenant of topics whose names are short.
    KAFKA_TENANT: Arc<str> = "kafkaTenant", Any, "public", ReadOnly;
    /// Pulsar: namespace of topics whose names are short.
    KAFKA_NAMESPACE: Arc<str> = "kafkaNamespace", Any, "default", ReadOnly;
    /// Pulsar: tenant of the topics that the server keeps for itself.
    KAFKA_METADATA_TENANT: Arc<str> = "kafkaMetadataTenant", Any, "public", ReadOnly;
    /// Pulsar: namespace of the topics that the server keeps for itself; one server at a time works on it.
    KAFKA_METADATA_NAMESPACE: Arc<str> = "kafkaMetadataNamespace", Any, "__kafka", ReadOnly;
    /// Pulsar: whether each user has topics and groups of its own tenant. It needs authentication, so only `false` works yet.
    KAFKA_ENABLE_MULTI_TENANT_METADATA: bool = "kafkaEnableMultiTenantMetadata", Any, "false", ReadOnly;
    /// Pulsar: MiB that the topics which the server keeps for itself retain; -1 for any amount. Set when their namespace is made.
    SYSTEM_TOPIC_RETENTION_SIZE_IN_MB: i32 = "systemTopicRetentionSizeInMB", Range(-1, INT), "-1", ReadOnly;
    /// Pulsar: whether tenants and namespaces that are missing are created, and get retention where they have none.
    KAFKA_MANAGE_SYSTEM_NAMESPACES: bool = "kafkaManageSystemNamespaces", Any, "true", ReadOnly;
    /// Pulsar: namespaces that are listed (tenant/namespace or tenant/*; ${tenant} is kafkaTenant); empty for that of short names.
    KOP_ALLOWED_NAMESPACES: List = "kopAllowedNamespaces", Any, "", ReadOnly;
    /// Pulsar: whether entries without an index, older than the brokers' broker entry metadata, are passed over.
    SKIP_MESSAGES_WITHOUT_INDEX: bool = "skipMessagesWithoutIndex", Any, "false", ReadOnly;
    /// Pulsar: what a fetch does at an entry that cannot be decoded: `stop` there with an error, or `pass` it by.
    PULSAR_UNDECODABLE_ENTRIES: Arc<str> = "pulsar.undecodable.entries", OneOf(&["stop", "pass"]), "stop", ReadOnly;
    /// Pulsar: name of the header in which Kafka's consumers get the schema version of Pulsar's messages; empty for none.
    PULSAR_SCHEMA_VERSION_HEADER: Arc<str> = "pulsar.schema.version.header", Any, "", ReadOnly;
    /// Pulsar: how the server authenticates: `token`, `basic`, `oauth2`, `tls`, or Java's name of the class; empty for not at all.
    BROKER_CLIENT_AUTHENTICATION_PLUGIN: Arc<str> = "brokerClientAuthenticationPlugin", Any, "", ReadOnly;
    /// Pulsar: what goes with brokerClientAuthenticationPlugin, as for Java clients (file:///path for a token); it is never shown.
    BROKER_CLIENT_AUTHENTICATION_PARAMETERS: Arc<str> = "brokerClientAuthenticationParameters", Any, "", ReadOnly;
    /// Pulsar: PEM file of trusted certificates, of authorities or of brokers themselves; empty for those of the operating system.
    BROKER_CLIENT_TRUST_CERTS_FILE_PATH: Arc<str> = "brokerClientTrustCertsFilePath", Any, "", ReadOnly;
    /// Pulsar: PEM file of the certificate that the server shows brokers; empty for none.
    BROKER_CLIENT_CERTIFICATE_FILE_PATH: Arc<str> = "brokerClientCertificateFilePath", Any, "", ReadOnly;
    /// Pulsar: PEM file of the key of brokerClientCertificateFilePath.
    BROKER_CLIENT_KEY_FILE_PATH: Arc<str> = "brokerClientKeyFilePath", Any, "", ReadOnly;
    /// Pulsar: whether the certificates of brokers must name their hosts.
    TLS_HOSTNAME_VERIFICATION_ENABLED: bool = "tlsHostnameVerificationEnabled", Any, "true", ReadOnly;
    /// Pulsar: milliseconds that a request to the cluster may take.
    PULSAR_OPERATION_TIMEOUT_MS: Duration = "pulsar.operation.timeout.ms" | "brokerLookupTimeoutMs",
        Range(1, INT), "30000", ReadOnly;
    /// Pulsar: whether to wait while another server works on the metadata namespace; otherwise the server does not start.
    PULSAR_LOCK_WAIT: bool = "pulsar.lock.wait", Any, "false", ReadOnly;
    /// Pulsar: milliseconds between two complete listings of the topics; in between brokers tell what changes.
    PULSAR_TOPICS_REFRESH_MS: Duration = "pulsar.topics.refresh.ms", Range(1000, INT), "60000", ReadOnly;
    /// Pulsar: bytes of the newest records that are kept in memory for consumers, of all partitions together.
    PULSAR_CACHE_BYTES: u64 = "pulsar.cache.bytes", Range(1_048_576, LONG), "33554432", ReadOnly;
    /// Pulsar: milliseconds after which a partition that nobody uses lets go of its producer and its reader.
    PULSAR_IDLE_MS: Duration = "pulsar.partition.idle.ms", Range(1000, INT), "300000", ReadOnly;

    // Topics and their data.
    /// Whether a topic that a client asks for is created when it does not exist; a Pulsar namespace may say otherwise.
    AUTO_CREATE_TOPICS_ENABLE: bool = "auto.create.topics.enable" | "allowAutoTopicCreation", Any, "true", ReadOnly;
    /// Whether topics can be deleted.
    DELETE_TOPIC_ENABLE: bool = "delete.topic.enable", Any, "true", ReadOnly;
    /// Partitions of a topic that is created without a number.
    NUM_PARTITIONS: i32 = "num.partitions" | "defaultNumPartitions", Range(1, INT), "1", ReadOnly;
    /// Milliseconds between two looks for data to delete, segments to roll and data to flush because of their age.
    LOG_RETENTION_CHECK_INTERVAL_MS: Duration = "log.retention.check.interval.ms", Range(1, LONG), "300000", ReadOnly;

    // Compaction of topics with cleanup.policy=compact, in the embedded log. In Pulsar they keep everything.
    /// Whether logs are compacted at all; without it topics with cleanup.policy=compact keep everything.
    LOG_CLEANER_ENABLE: bool = "log.cleaner.enable", Any, "true", ReadOnly;
    /// Logs that are compacted at the same time.
    LOG_CLEANER_THREADS: u32 = "log.cleaner.threads", Range(1, 256), "1", ReadOnly;
    /// Bytes of memory for the tables of keys of all threads together.
    LOG_CLEANER_DEDUPE_BUFFER_SIZE: u64 = "log.cleaner.dedupe.buffer.size", Range(1_048_576, LONG), "134217728", Dynamic;
    /// Share of a table of keys that is used, from 0 to 1, before the rest of the log is left for the next round.
    LOG_CLEANER_IO_BUFFER_LOAD_FACTOR: f64 = "log.cleaner.io.buffer.load.factor", Share, "0.9", Dynamic;
    /// Bytes of memory for reading and writing of all threads together.
    LOG_CLEANER_IO_BUFFER_SIZE: u32 = "log.cleaner.io.buffer.size", Range(0, INT), "524288", Dynamic;
    /// Bytes per second that compaction reads and writes at most, all threads together.
    LOG_CLEANER_IO_MAX_BYTES_PER_SECOND: f64 = "log.cleaner.io.max.bytes.per.second", Positive, "1.7976931348623157E308", Dynamic;
    /// Milliseconds between two looks for logs to compact.
    LOG_CLEANER_BACKOFF_MS: Duration = "log.cleaner.backoff.ms", Range(0, LONG), "15000", Dynamic;

    // Fetching.
    /// Bytes of records that one fetch returns at most, whatever the client asks for; one batch is always returned.
    FETCH_MAX_BYTES: u32 = "fetch.max.bytes", Range(1024, INT), "57671680", ReadOnly;
    /// Incremental fetch sessions that are kept; 0 for none (KIP-227).
    MAX_FETCH_SESSIONS: u32 = "max.incremental.fetch.session.cache.slots", Range(0, INT), "1000", ReadOnly;
    /// Partitions that one DescribeTopicPartitions answer holds at most.
    MAX_REQUEST_PARTITION_SIZE_LIMIT: i32 = "max.request.partition.size.limit", Range(1, INT), "2000", ReadOnly;

    // Consumer groups.
    /// Milliseconds of the shortest session time-out that a member may ask for.
    GROUP_MIN_SESSION_TIMEOUT_MS: i32 = "group.min.session.timeout.ms" | "groupMinSessionTimeoutMs",
        Range(1, INT), "6000", ReadOnly;
    /// Milliseconds of the longest session time-out that a member may ask for.
    GROUP_MAX_SESSION_TIMEOUT_MS: i32 = "group.max.session.timeout.ms" | "groupMaxSessionTimeoutMs",
        Range(1, INT), "1800000", ReadOnly;
    /// Milliseconds that the first rebalance of an empty group waits for more members.
    GROUP_INITIAL_REBALANCE_DELAY_MS: i32 = "group.initial.rebalance.delay.ms" | "groupInitialRebalanceDelayMs",
        Range(0, INT), "3000", ReadOnly;
    /// Members of a group at most.
    GROUP_MAX_SIZE: i32 = "group.max.size", Range(1, INT), "2147483647", ReadOnly;
    /// Protocols that members of groups may speak; every client can speak classic.
    GROUP_COORDINATOR_REBALANCE_PROTOCOLS: List = "group.coordinator.rebalance.protocols",
        SomeOf(&["classic", "consumer"]), "classic,consumer", ReadOnly;
    /// Milliseconds that a member of the consumer protocol may be silent.
    GROUP_CONSUMER_SESSION_TIMEOUT_MS: i32 = "group.consumer.session.timeout.ms", Range(1, INT), "45000", ReadOnly;
    /// Milliseconds between the heartbeats of a member of the consumer protocol.
    GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS: i32 = "group.consumer.heartbeat.interval.ms", Range(1, INT), "5000", ReadOnly;
    /// Milliseconds that an assignment of the consumer protocol stands before the next one is worked out; 0 for at once.
    GROUP_CONSUMER_ASSIGNMENT_INTERVAL_MS: i32 = "group.consumer.assignment.interval.ms", Range(0, INT), "1000", Dynamic;
    /// The shortest session time-out that a group of the consumer protocol may set for itself.
    GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS: i32 = "group.consumer.min.session.timeout.ms", Range(1, INT), "45000", ReadOnly;
    /// The longest session time-out that a group of the consumer protocol may set for itself.
    GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS: i32 = "group.consumer.max.session.timeout.ms", Range(1, INT), "60000", ReadOnly;
    /// The shortest heartbeat interval that a group of the consumer protocol may set for itself.
    GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS: i32 =
        "group.consumer.min.heartbeat.interval.ms", Range(1, INT), "5000", ReadOnly;
    /// The longest heartbeat interval that a group of the consumer protocol may set for itself.
    GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS: i32 =
        "group.consumer.max.heartbeat.interval.ms", Range(1, INT), "15000", ReadOnly;
    /// The shortest assignment interval that a group of the consumer protocol may set for itself.
    GROUP_CONSUMER_MIN_ASSIGNMENT_INTERVAL_MS: i32 =
        "group.consumer.min.assignment.interval.ms", Range(0, INT), "0", ReadOnly;
    /// The longest assignment interval that a group of the consumer protocol may set for itself.
    GROUP_CONSUMER_MAX_ASSIGNMENT_INTERVAL_MS: i32 =
        "group.consumer.max.assignment.interval.ms", Range(0, INT), "15000", ReadOnly;
    /// Members of a group of the consumer protocol at most.
    GROUP_CONSUMER_MAX_SIZE: i32 = "group.consumer.max.size", Range(1, INT), "2147483647", ReadOnly;
    /// Assignors that members of the consumer protocol may ask for; the first one is for those who do not ask.
    GROUP_CONSUMER_ASSIGNORS: List = "group.consumer.assignors", SomeOf(&["uniform", "range"]), "uniform,range", ReadOnly;
    /// Whether groups with members may change from the classic to the consumer protocol (upgrade) and back (downgrade).
    GROUP_CONSUMER_MIGRATION_POLICY: Arc<str> = "group.consumer.migration.policy",
        OneOf(&["bidirectional", "upgrade", "downgrade", "disabled"]), "bidirectional", ReadOnly;
    /// Bytes of the text that may be stored with a committed offset.
    OFFSET_METADATA_MAX_BYTES: i32 = "offset.metadata.max.bytes" | "offsetMetadataMaxSize", Range(0, INT), "4096", ReadOnly;
    /// Milliseconds that storing committed offsets may take.
    OFFSETS_COMMIT_TIMEOUT_MS: i32 = "offsets.commit.timeout.ms" | "offsetCommitTimeoutMs", Range(1, INT), "5000", ReadOnly;
    /// Minutes that the offsets of a group without members are kept.
    OFFSETS_RETENTION_MINUTES: i32 = "offsets.retention.minutes" | "offsetsRetentionMinutes", Range(1, INT), "10080", ReadOnly;
    /// Milliseconds between two looks for offsets to forget.
    OFFSETS_RETENTION_CHECK_INTERVAL_MS: Duration =
        "offsets.retention.check.interval.ms" | "offsetsRetentionCheckIntervalMs", Range(1, LONG), "600000", ReadOnly;
    /// Bytes of a segment of `__consumer_offsets`, used when it is created.
    OFFSETS_TOPIC_SEGMENT_BYTES: i32 = "offsets.topic.segment.bytes", Range(1_048_576, INT), "104857600", ReadOnly;
    /// Partitions of `__consumer_offsets`, used when it is created.
    OFFSETS_TOPIC_NUM_PARTITIONS: i32 = "offsets.topic.num.partitions" | "offsetsTopicNumPartitions",
        Range(1, INT), "50", ReadOnly;

    // Transactions.
    /// Milliseconds that a transaction may take at most; a producer that asks for more is refused.
    TRANSACTION_MAX_TIMEOUT_MS: i32 = "transaction.max.timeout.ms", Range(1, INT), "900000", ReadOnly;
    /// Milliseconds that a transactional id is remembered after its last transaction.
    TRANSACTIONAL_ID_EXPIRATION_MS: Duration = "transactional.id.expiration.ms" | "kafkaTransactionalIdExpirationMs",
        Range(1, INT), "604800000", ReadOnly;
    /// Milliseconds between two looks for transactions to abort because their time is up.
    TRANSACTION_ABORT_TIMED_OUT_INTERVAL_MS: Duration =
        "transaction.abort.timed.out.transaction.cleanup.interval.ms" | "kafkaTxnAbortTimedOutTransactionCleanupIntervalMs",
        Range(1, INT), "10000", ReadOnly;
    /// Milliseconds between two looks for transactional ids to forget.
    TRANSACTION_REMOVE_EXPIRED_INTERVAL_MS: Duration =
        "transaction.remove.expired.transaction.cleanup.interval.ms"
            | "kafkaTransactionsRemoveExpiredTransactionalIdCleanupIntervalMs",
        Range(1, INT), "3600000", ReadOnly;
    /// Whether a transactional write is refused unless its partition was added to a transaction that is open (KIP-890).
    TRANSACTION_PARTITION_VERIFICATION_ENABLE: bool = "transaction.partition.verification.enable", Any, "true", Dynamic;
    /// Bytes of a segment of `__transaction_state`, used when it is created.
    TRANSACTION_STATE_LOG_SEGMENT_BYTES: i32 = "transaction.state.log.segment.bytes",
        Range(1_048_576, INT), "104857600", ReadOnly;
    /// Partitions of `__transaction_state`, used when it is created.
    TRANSACTION_STATE_LOG_NUM_PARTITIONS: i32 = "transaction.state.log.num.partitions" | "kafkaTxnLogTopicNumPartitions",
        Range(1, INT), "50", ReadOnly;
}
