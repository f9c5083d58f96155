//! What the handlers share.

use std::borrow::Cow;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use kop_codec::ByteString;
use kop_coordinator::{GroupCoordinator, ProducerIds, TransactionCoordinator};
use kop_log::{Leadership, LogCatalog, LogError, PartitionLog, TopicInfo};

use crate::fetch_session::FetchSessions;
use crate::metrics::Metrics;
use crate::settings::{GroupSettings, Settings, keys};
use crate::{Clock, groups, transactions};

/// The state of a broker, shared by all connections.
#[derive(Debug)]
pub struct Broker {
    catalog: Arc<dyn LogCatalog>,
    leadership: Arc<dyn Leadership>,
    settings: Arc<Settings>,
    metrics: Metrics,
    clock: Arc<dyn Clock>,
    cluster_id: ByteString,
    node_id: i32,
    fetch_sessions: FetchSessions,
    groups: GroupCoordinator,
    group_settings: Arc<GroupSettings>,
    transactions: TransactionCoordinator,
    config_changes: tokio::sync::Mutex<()>,
}

/// What a [`Broker`] is made of.
#[derive(Debug)]
pub struct BrokerParts {
    /// The topics.
    pub catalog: Arc<dyn LogCatalog>,
    /// The configuration.
    pub settings: Arc<Settings>,
    /// Where to count.
    pub metrics: Metrics,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
}

impl Broker {
    /// A broker over these parts.
    ///
    /// # Errors
    /// [`LogError::Storage`] where the catalog's metadata is damaged.
    pub fn new(parts: BrokerParts) -> Result<Self, LogError> {
        let BrokerParts {
            catalog,
            settings,
            metrics,
            clock,
        } = parts;
        let configured = settings.get(keys::CLUSTER_ID);
        let cluster_id = if configured.is_empty() {
            catalog.cluster_id()
        } else {
            configured.to_string()
        };
        let slots = usize::try_from(settings.get(keys::MAX_FETCH_SESSIONS)).unwrap_or(usize::MAX);
        let producer_ids = Arc::new(ProducerIds::load(catalog.metadata())?);
        let group_settings = Arc::new(GroupSettings::load(
            Arc::clone(&settings),
            &*catalog.metadata(),
        ));
        let times = Arc::clone(&group_settings);
        let groups = groups::coordinator(&catalog, &settings, times, &clock);
        let transactions =
            transactions::coordinator(&catalog, &groups, producer_ids, &settings, &clock);
        Ok(Self {
            node_id: settings.get(keys::NODE_ID),
            cluster_id: cluster_id.into(),
            groups,
            group_settings,
            transactions,
            fetch_sessions: FetchSessions::new(slots, metrics.clone()),
            leadership: catalog.leadership(),
            catalog,
            settings,
            metrics,
            clock,
            config_changes: tokio::sync::Mutex::default(),
        })
    }

    /// The topics.
    pub fn catalog(&self) -> &Arc<dyn LogCatalog> {
        &self.catalog
    }

    /// The configuration.
    pub fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    /// The counters.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// This broker's number, which is also that of the controller.
    pub fn node_id(&self) -> i32 {
        self.node_id
    }

    /// The cluster's id as clients see it.
    pub fn cluster_id(&self) -> &ByteString {
        &self.cluster_id
    }

    /// A topic by name, also one that others have just made in the storage.
    ///
    /// # Errors
    /// [`LogError::UnknownTopic`], and those of [`LogCatalog::find_topic`].
    pub async fn find_topic(&self, name: &str) -> Result<Arc<TopicInfo>, LogError> {
        if let Some(topic) = self.catalog.topic(name) {
            return Ok(topic);
        }
        let found = self.catalog.find_topic(name).await?;
        found.ok_or_else(|| LogError::UnknownTopic(name.to_owned()))
    }

    /// The log of a partition that this server leads, if that needs no waiting.
    ///
    /// # Errors
    /// [`LogError::NotLeader`], and those of [`LogCatalog::partition`].
    pub fn log(&self, topic: &str, partition: i32) -> Result<Arc<dyn PartitionLog>, LogError> {
        self.leadership.check(topic, partition)?;
        self.catalog.partition(topic, partition)
    }

    /// The log of a partition that this server leads, found in the storage and opened where that is needed.
    ///
    /// # Errors
    /// [`LogError::NotLeader`], and those of [`LogCatalog::open_partition`].
    pub async fn open_log(
        &self,
        topic: &str,
        partition: i32,
    ) -> Result<Arc<dyn PartitionLog>, LogError> {
        let open = |catalog: &dyn LogCatalog| catalog.open_partition(topic, partition);
        self.log_or(topic, partition, open).await
    }

    /// The log of a partition that this server leads, for those who only append: see
    /// [`LogCatalog::partition_to_append`]. Other partitions do not wait until this one is open.
    ///
    /// # Errors
    /// [`LogError::NotLeader`], and those of [`LogCatalog::partition_to_append`].
    pub(crate) async fn log_to_append(
        &self,
        topic: &str,
        partition: i32,
    ) -> Result<Arc<dyn PartitionLog>, LogError> {
        let open = |catalog: &dyn LogCatalog| catalog.partition_to_append(topic, partition);
        self.log_or(topic, partition, open).await
    }

    /// The log, where that needs no waiting, or what the catalog makes of it.
    async fn log_or(
        &self,
        topic: &str,
        partition: i32,
        open: impl FnOnce(
            &dyn LogCatalog,
        ) -> BoxFuture<'static, Result<Arc<dyn PartitionLog>, LogError>>,
    ) -> Result<Arc<dyn PartitionLog>, LogError> {
        match self.log(topic, partition) {
            Err(LogError::NotOpen | LogError::UnknownTopic(_)) => {
                self.find_topic(topic).await?;
                open(&*self.catalog).await
            }
            known => known,
        }
    }

    /// Whether there is such a partition, open or not.
    ///
    /// # Errors
    /// Those of [`LogCatalog::partition`].
    pub(crate) fn check_partition(&self, topic: &str, partition: i32) -> Result<(), LogError> {
        match self.catalog.partition(topic, partition) {
            Ok(_) | Err(LogError::NotOpen) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The canonical spelling of a topic's name.
    pub(crate) fn canonical_name(&self, name: &ByteString) -> ByteString {
        match self.catalog.canonical_name(name) {
            Cow::Borrowed(_) => name.clone(),
            Cow::Owned(canonical) => canonical.into(),
        }
    }

    /// Forgets what is kept by topic: offsets that groups committed, and counters.
    pub async fn topic_deleted(&self, topic: &ByteString) {
        self.metrics.topics.remove(topic);
        self.groups.on_topic_deleted(topic).await;
    }

    /// What groups have set for themselves.
    pub(crate) fn group_settings(&self) -> &GroupSettings {
        &self.group_settings
    }

    /// Held by whoever changes settings of topics, of groups or of the broker.
    pub(crate) fn config_changes(&self) -> &tokio::sync::Mutex<()> {
        &self.config_changes
    }

    pub(crate) fn fetch_sessions(&self) -> &FetchSessions {
        &self.fetch_sessions
    }

    /// The consumer groups. They are read at the first use; [`GroupCoordinator::start`] reads them at once.
    pub fn groups(&self) -> &GroupCoordinator {
        &self.groups
    }

    /// The transactions, and producer ids. They are read at the first use; [`TransactionCoordinator::start`] reads them
    /// at once, and has to be called at a start: transactions may be waiting for their markers.
    pub fn transactions(&self) -> &TransactionCoordinator {
        &self.transactions
    }
}
