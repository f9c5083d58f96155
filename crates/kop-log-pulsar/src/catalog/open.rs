//! Opening the catalog: checks, namespaces, the lock, the first listing.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::join_all;
use kop_log::{LogError, MetadataStore, random_id};
use kop_pulsar_client::{Client, Error};
use parking_lot::{Mutex, RwLock};
use tokio::task::JoinSet;

use super::names::Address;
use super::table::Topic;
use super::{Inner, KEPT_WHOLE, PulsarCatalog, PulsarConfig, checks, is_kept_whole};
use crate::Lease;
use crate::log::LogContext;
use crate::store::{StoreError, StoreOptions, TOPIC, TopicStore};

/// The key of the cluster's id in the metadata store.
const CLUSTER_ID: &str = "server/cluster.id";

/// Why a catalog cannot be opened.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The cluster lacks what is needed: what, and what to do about it.
    #[error("the Pulsar cluster cannot be used: {0}")]
    Cluster(String),
    /// Another server works on the same metadata namespace.
    #[error(
        "another server works on this metadata namespace: {owner} holds {topic}. Stop it, give this one another kafkaMetadataNamespace, or have it wait with pulsar.lock.wait=true"
    )]
    Locked {
        /// The topic that is the lock.
        topic: String,
        /// Who has it.
        owner: String,
    },
    /// The cluster cannot be reached, or does not answer as it should.
    #[error("{doing}: {source}")]
    Client {
        /// What was being done.
        doing: String,
        /// The cause.
        source: Error,
    },
    /// The server's own data on the cluster cannot be used.
    #[error("{0}")]
    Data(LogError),
}

impl OpenError {
    /// Whether the same may succeed later without anybody changing anything.
    pub fn is_retriable(&self) -> bool {
        match self {
            Self::Client { source, .. } => source.is_retriable(),
            Self::Data(error) => matches!(error, LogError::Unavailable { .. }),
            Self::Cluster(_) | Self::Locked { .. } => false,
        }
    }
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Locked { topic, owner } => Self::Locked {
                topic,
                owner: owner.unwrap_or_else(|| "one that has not signed".to_owned()),
            },
            StoreError::Client { doing, source } => Self::Client {
                doing: doing.to_owned(),
                source,
            },
            StoreError::Entry(reason) => Self::Data(LogError::Malformed {
                what: "entry of the metadata topic",
                reason,
            }),
        }
    }
}

impl PulsarCatalog {
    /// Checks the cluster, takes the lock of the metadata namespace, and reads what topics there are.
    ///
    /// Nothing is left behind at the cluster if the future is dropped, except for what was created.
    ///
    /// # Errors
    /// [`OpenError`]; those that [are retriable](OpenError::is_retriable) may go away by themselves.
    pub async fn open(config: PulsarConfig) -> Result<Self, OpenError> {
        let client_failed = |source| OpenError::Client {
            doing: "preparing the Pulsar client".to_owned(),
            source,
        };
        let client = Client::new(config.client.clone()).map_err(client_failed)?;
        checks::prepare(&client, &config).await?;
        let address = Address::new(&*config.naming.metadata_namespace, TOPIC);
        let lease = Arc::new(Lease::default());
        let options = StoreOptions {
            topic: address.to_string(),
            owner: format!("{} ({})", config.owner, random_id()),
            wait: config.wait_for_lock,
        };
        let store = TopicStore::open(client.clone(), options, Arc::clone(&lease)).await?;
        if !store.saw_index() {
            store.close().await;
            return Err(OpenError::Cluster(checks::NO_INDEX.to_owned()));
        }
        // Its values are needed however long no server has run.
        if let Err(error) = client
            .admin()
            .keep_inactive_topic(&address.to_string())
            .await
        {
            tracing::debug!(topic = %address, %error, "brokers may delete the topic while no server runs");
        }
        let store = Arc::new(store);
        let cluster_id = cluster_id(&store).await.map_err(OpenError::Data)?;
        let context = LogContext::new(
            client.clone(),
            Arc::clone(&store) as Arc<dyn MetadataStore>,
            lease,
            config.log.clone(),
        );
        let inner = Arc::new(Inner {
            defaults: RwLock::new(config.topic_defaults.clone()),
            config,
            client,
            cluster_id,
            store,
            context,
            table: RwLock::default(),
            misses: Mutex::default(),
            creation_rules: Default::default(),
            giving_ids: tokio::sync::Mutex::default(),
            compacted: Mutex::default(),
        });
        let tasks = inner.start().await?;
        Ok(Self {
            inner,
            tasks: Arc::new(Mutex::new(tasks)),
        })
    }
}

impl Inner {
    /// Lists all namespaces, and goes on following them.
    async fn start(self: &Arc<Self>) -> Result<JoinSet<()>, OpenError> {
        let mut namespaces: Vec<String> =
            self.config.plain_namespaces().map(str::to_owned).collect();
        let allowed = self.config.allowed_namespaces.iter();
        for tenant in allowed.filter_map(|entry| entry.strip_suffix("/*")) {
            let found = self.client.admin().namespaces(tenant).await;
            namespaces.extend(found.map_err(|source| OpenError::Client {
                doing: format!("listing the namespaces of tenant {tenant}"),
                source,
            })?);
        }
        namespaces.push(self.naming().metadata_namespace.clone());
        namespaces.sort();
        namespaces.dedup();
        let listed = join_all(namespaces.iter().map(|namespace| self.list(namespace))).await;
        listed
            .into_iter()
            .collect::<Result<(), LogError>>()
            .map_err(OpenError::Data)?;
        self.tell_what_is_kept_whole();
        let mut tasks = JoinSet::new();
        for namespace in namespaces {
            tasks.spawn(Arc::clone(self).follow(namespace));
        }
        Ok(tasks)
    }

    fn tell_what_is_kept_whole(&self) {
        let table = self.table.read();
        let whole = |topic: &&Arc<Topic>| is_kept_whole(&topic.info.name, &topic.shared.config());
        let topics = table.iter().filter(whole).count();
        if topics > 0 {
            tracing::warn!(topics, "{KEPT_WHOLE}");
        }
    }
}

/// The cluster's id: made once, then kept.
async fn cluster_id(store: &TopicStore) -> Result<String, LogError> {
    if let Some(id) = store.get(CLUSTER_ID) {
        return Ok(String::from_utf8_lossy(&id).into_owned());
    }
    let id = random_id().to_string();
    store.put(CLUSTER_ID, Some(Bytes::from(id.clone()))).await?;
    Ok(id)
}
