//! The client: from a topic's name to the broker that serves it, and what can be done there.

use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::address::{self, Address};
use crate::admin::Admin;
use crate::auth::Authentication;
use crate::config::ClientConfig;
use crate::connection::{Connection, refused};
use crate::error::Error;
use crate::numbers::ClientNumbers;
use crate::pool::{Pool, Target};
use crate::producer::Producer;
use crate::proto::base_command::Command;
use crate::proto::{
    CommandGetTopicsOfNamespace, CommandPartitionedTopicMetadata,
    command_get_topics_of_namespace::Mode,
    command_partitioned_topic_metadata_response::LookupType as PartitionsLookup,
};
use crate::reader::Reader;
use crate::types::{AccessMode, ProducerOptions, ReaderOptions};
use crate::watch::TopicWatch;

mod lookup;

pub use lookup::Lookup;

/// Whose connections are for what is no topic's own.
const LOOKUPS: &str = "";

/// A client of one cluster. Clones share its connections; they end with the last clone and what was made by it.
///
/// Nothing is tried again in secret: an operation makes one attempt, at each service URL in turn where it does not
/// matter which broker answers, takes no longer than the time-outs of its [`ClientConfig`], and says with
/// [`Error::is_retriable`] whether another attempt may help. [`Backoff`](crate::Backoff) is there for those who make
/// one. Connections are the exception: one that ended is made again by the next operation that needs it.
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    config: Arc<ClientConfig>,
    service: Vec<Address>,
    /// The service address that worked last.
    current: AtomicUsize,
    pool: Arc<Pool>,
    admin: Admin,
}

impl Client {
    /// A client. Connects to nothing yet; operations need a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] for URLs that are none.
    pub fn new(mut config: ClientConfig) -> Result<Self, Error> {
        let service = all(&config.service_urls, address::service)?;
        let web = all(&config.admin_urls, address::web)?;
        if service.is_empty() {
            return Err(Error::config("service URLs", "there is none"));
        }
        if let Authentication::Tls(identity) = &config.authentication {
            config.tls.identity = Some(identity.clone());
        }
        let config = Arc::new(config);
        Ok(Self {
            shared: Arc::new(Shared {
                admin: Admin::new(web, &config),
                pool: Arc::new(Pool::new(Arc::clone(&config))),
                current: AtomicUsize::new(0),
                service,
                config,
            }),
        })
    }

    /// What happened to its connections so far.
    pub fn numbers(&self) -> ClientNumbers {
        self.shared.pool.numbers()
    }

    /// The admin REST.
    pub fn admin(&self) -> &Admin {
        &self.shared.admin
    }

    /// Finds the broker that serves a topic. Brokers may load the topic for it, but do not create it.
    pub async fn lookup(&self, topic: &str) -> Result<Lookup, Error> {
        self.in_time("looking up a topic", self.look_up(topic))
            .await
    }

    /// How many partitions a topic has; 0 for one that is not partitioned. Creates nothing.
    ///
    /// # Errors
    ///
    /// [`Error::TopicNotFound`] from brokers that look whether the topic exists (Pulsar 3 and later); older ones say 0.
    pub async fn partitions(&self, topic: &str) -> Result<u32, Error> {
        let (_, connection) = self.service_connection().await?;
        let request = |request_id| {
            Command::PartitionMetadata(CommandPartitionedTopicMetadata {
                topic: topic.to_owned(),
                request_id,
                metadata_auto_creation_enabled: Some(false),
            })
        };
        let limit = self.shared.config.operation_timeout;
        let asking = connection.request("asking for a topic's partitions", limit, request);
        match asking.await? {
            Command::PartitionMetadataResponse(answer)
                if answer.response() == PartitionsLookup::Success =>
            {
                Ok(answer.partitions.unwrap_or(0))
            }
            Command::PartitionMetadataResponse(answer) => {
                Err(refused(answer.error, answer.message))
            }
            _ => Err(Error::malformed(
                "answer to a topic's partitions",
                "another command",
            )),
        }
    }

    /// The full names of the persistent topics of `tenant/namespace`; partitions are topics of their own here.
    pub async fn topics_of_namespace(&self, namespace: &str) -> Result<Vec<String>, Error> {
        let (_, connection) = self.service_connection().await?;
        let request = |request_id| {
            Command::GetTopicsOfNamespace(CommandGetTopicsOfNamespace {
                request_id,
                namespace: namespace.to_owned(),
                mode: Some(Mode::Persistent as i32),
            })
        };
        let limit = self.shared.config.operation_timeout;
        match connection.request("listing topics", limit, request).await? {
            Command::GetTopicsOfNamespaceResponse(answer) => Ok(answer.topics),
            _ => Err(Error::malformed(
                "answer to a list of topics",
                "another command",
            )),
        }
    }

    /// Watches the topics of `tenant/namespace` whose names (with their domain, tenant and namespace, but without
    /// `-partition-N`) match a regular expression of Java's. Brokers take expressions of up to 50 characters.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] from brokers before 2.11, or with `enableBrokerSideSubscriptionPatternEvaluation=false`.
    pub async fn watch_topics(&self, namespace: &str, regex: &str) -> Result<TopicWatch, Error> {
        let (_, connection) = self.service_connection().await?;
        let limit = self.shared.config.operation_timeout;
        TopicWatch::open(connection, namespace, regex, limit).await
    }

    /// Makes a producer. Brokers that may create topics by themselves do so here. If the future is dropped, the broker is
    /// told that nobody wants it.
    pub async fn producer(&self, topic: &str, options: ProducerOptions) -> Result<Producer, Error> {
        let own = options.access_mode != AccessMode::Shared;
        let connection = self.connection_for(topic, own).await?;
        let limit = self.shared.config.operation_timeout;
        Producer::open(connection, topic, options, limit).await
    }

    /// Makes a reader. Never creates a topic: [`Error::TopicNotFound`]. If the future is dropped, the broker is told that
    /// nobody wants it.
    pub async fn reader(&self, topic: &str, options: ReaderOptions) -> Result<Reader, Error> {
        let connection = self.connection_for(topic, false).await?;
        let limit = self.shared.config.operation_timeout;
        Reader::open(connection, topic, &options, limit).await
    }

    /// A connection to the broker of a topic. A producer of its own gets a connection of its own: when it is fenced,
    /// the broker closes all of it. So does every namespace: where producers write more than a policy allows, brokers
    /// stop to read from the connection.
    async fn connection_for(&self, topic: &str, own: bool) -> Result<Connection, Error> {
        let pool = &self.shared.pool;
        let target = self.lookup(topic).await?.target;
        if own {
            return pool.get_own(target).await;
        }
        let mut hasher = DefaultHasher::new();
        topic.hash(&mut hasher);
        let (namespace, _) = topic.rsplit_once('/').unwrap_or_default();
        pool.get(target, namespace, hasher.finish() as usize).await
    }

    /// A connection to any broker, and its address. Begins with the service address that worked last.
    async fn service_connection(&self) -> Result<(&Address, Connection), Error> {
        let shared = &self.shared;
        let first = shared.current.load(Ordering::Relaxed);
        let mut failed = None;
        for step in 0..shared.service.len() {
            let at = (first + step) % shared.service.len();
            let address = &shared.service[at];
            let target = Target {
                address: address.clone(),
                proxy_to: None,
            };
            match shared.pool.get(target, LOOKUPS, 0).await {
                Ok(connection) => {
                    shared.current.store(at, Ordering::Relaxed);
                    return Ok((address, connection));
                }
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        Err(failed.unwrap_or_else(|| Error::config("service URLs", "there is none")))
    }

    async fn in_time<T>(
        &self,
        doing: &'static str,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let limit = self.shared.config.operation_timeout;
        match tokio::time::timeout(limit, work).await {
            Ok(result) => result,
            Err(_) => Err(Error::Timeout {
                doing,
                after: limit,
            }),
        }
    }
}

fn all(
    urls: &[String],
    parse: impl Fn(&str) -> Result<Vec<Address>, Error>,
) -> Result<Vec<Address>, Error> {
    let parsed: Result<Vec<_>, Error> = urls.iter().map(|url| parse(url)).collect();
    Ok(parsed?.into_iter().flatten().collect())
}
