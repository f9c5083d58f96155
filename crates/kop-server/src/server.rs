//! Composing a server from its parts, starting and stopping it.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use kop_log::{LogCatalog, LogError};
use kop_log_pulsar::OpenError;
use kop_service::settings::{SettingError, Settings, Source, keys};
use kop_service::{Clock, KafkaService, SystemClock};
use prometheus_client::registry::Registry;
use tokio::task::JoinSet;

use crate::accept::{Census, accept};
use crate::budget::Budget;
use crate::compose::{self, Composed, Data};
use crate::connection::{Limits, Shared};
use crate::http::Http;
use crate::listeners::{self, Listener, ListenerError};
use crate::maintenance::{compact, maintain, steer_cleaner};
use crate::stopping::{self, Stopper};
use crate::traffic::{Memory, Traffic};

/// A Kafka server: [`Server::builder`] makes one.
#[derive(Debug)]
pub struct Server;

impl Server {
    /// A server with every setting at its default.
    pub fn builder() -> Builder {
        Builder {
            given: Vec::new(),
            settings: None,
            catalog: None,
            clock: Arc::new(SystemClock),
        }
    }
}

/// What a server is made of. See [`keys`] for what can be set.
#[derive(Debug)]
pub struct Builder {
    given: Vec<(String, String)>,
    settings: Option<Settings>,
    catalog: Option<Arc<dyn LogCatalog>>,
    clock: Arc<dyn Clock>,
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The data directory cannot be used: in use by another process, not readable, damaged.
    #[error("cannot open the data in {}: {source}", path.display())]
    Data {
        /// The directory.
        path: PathBuf,
        /// What is wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The HTTP server cannot listen.
    #[error("cannot listen on {address} for HTTP (http.listener): {source}")]
    Http {
        /// The address.
        address: String,
        /// Why.
        source: io::Error,
    },
    /// A fault in the listeners.
    #[error(transparent)]
    Listener(#[from] ListenerError),
    /// The catalog's own data cannot be used.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The Pulsar cluster cannot be used.
    #[error(transparent)]
    Pulsar(#[from] OpenError),
    /// A fault in the settings.
    #[error(transparent)]
    Setting(#[from] SettingError),
}

impl Builder {
    /// Sets a key of the configuration, by any of its names.
    #[must_use]
    pub fn set(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.given.push((key.into(), value.into()));
        self
    }

    /// Keeps the data in this directory, which is made where it does not exist.
    #[must_use]
    pub fn data_dir(self, path: impl AsRef<Path>) -> Self {
        self.set(
            keys::LOG_DIRS.definition().name,
            path.as_ref().to_string_lossy(),
        )
    }

    /// Listens here only: `[NAME://]HOST:PORT`, several with commas in between. Port 0 takes a free port.
    #[must_use]
    pub fn listeners(self, listeners: impl Into<String>) -> Self {
        self.set(keys::LISTENERS.definition().name, listeners)
    }

    /// Uses settings that have been parsed already, in place of everything that was set before and after.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = Some(settings);
        self
    }

    /// Keeps the data in this catalog, not in a directory.
    #[must_use]
    pub fn catalog(mut self, catalog: Arc<dyn LogCatalog>) -> Self {
        self.catalog = Some(catalog);
        self
    }

    /// Takes the time of day from this clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Starts the server on the current Tokio runtime. When the future resolves, clients can connect.
    ///
    /// # Errors
    /// What keeps it from starting. Nothing is left running then.
    pub async fn start(self) -> Result<RunningServer, StartError> {
        let given = self
            .given
            .iter()
            .map(|(key, value)| (Source::Flag, key, value));
        let settings = Arc::new(match self.settings {
            Some(settings) => settings,
            None => Settings::parse(given)?,
        });
        let mut registry = Registry::with_prefix("kop");
        let traffic = Arc::new(Traffic::default());
        traffic.register(&mut registry);
        // Before the data is opened, which may take long: whoever watches the server sees it live, but not yet ready.
        let http = Http::start(&settings).await;
        let data = match self.catalog {
            Some(catalog) => Data {
                catalog,
                local: None,
            },
            None => {
                let waits = |reason| http.as_ref().map_or((), |http| http.waits(reason));
                compose::open_data(&settings, &mut registry, waits).await?
            }
        };
        let http = http?;
        let composed = compose::compose(data, settings, self.clock, &mut registry)?;
        let listeners = match listeners::bind(&composed.settings).await {
            Ok(listeners) => listeners,
            Err(error) => {
                composed.close().await?;
                return Err(error.into());
            }
        };
        let most = composed.settings.get(keys::QUEUED_MAX_REQUEST_BYTES);
        let budget = Budget::new(usize::try_from(most).unwrap_or(usize::MAX));
        registry.register_collector(Box::new(Memory(Arc::clone(&budget))));
        http.ready(registry, composed.scrape.clone(), &composed.data.catalog);
        let (stopper, stopping) = stopping::channel();
        let shared = Arc::new(Shared {
            limits: limits(&composed.settings),
            budget,
            traffic,
            stopping,
        });
        Ok(RunningServer::start(
            composed, listeners, http, stopper, &shared,
        ))
    }
}

/// A server at work. Dropping it stops the server at once, as if the process had been killed.
#[derive(Debug)]
pub struct RunningServer {
    composed: Composed,
    addresses: Vec<(String, SocketAddr)>,
    http: Http,
    stopper: Stopper,
    acceptors: JoinSet<()>,
    background: JoinSet<()>,
}

impl RunningServer {
    fn start(
        composed: Composed,
        listeners: Vec<Listener>,
        http: Http,
        stopper: Stopper,
        shared: &Arc<Shared>,
    ) -> Self {
        let settings = &composed.settings;
        let census = Census::new(Arc::clone(settings), Arc::clone(shared));
        let patience = settings.get(keys::SHUTDOWN_TIMEOUT_MS);
        let addresses = listeners
            .iter()
            .map(|listener| (listener.name.clone(), listener.address))
            .collect();
        let mut acceptors = JoinSet::new();
        for listener in listeners {
            let service: KafkaService = composed.service.clone();
            acceptors.spawn(accept(
                listener,
                service,
                Arc::clone(shared),
                Arc::clone(&census),
                patience,
            ));
        }
        let mut background = JoinSet::new();
        if let Some(local) = &composed.data.local {
            background.spawn(steer_cleaner(Arc::clone(local), Arc::clone(settings)));
        }
        let (catalog, clock) = (
            Arc::clone(&composed.data.catalog),
            Arc::clone(&composed.clock),
        );
        background.spawn(compact(
            Arc::clone(&catalog),
            Arc::clone(settings),
            Arc::clone(&clock),
        ));
        background.spawn(maintain(catalog, Arc::clone(settings), clock));
        Self {
            composed,
            addresses,
            http,
            stopper,
            acceptors,
            background,
        }
    }

    /// The name of each listener and the address that it is bound to, in the order of the settings.
    pub fn local_addrs(&self) -> &[(String, SocketAddr)] {
        &self.addresses
    }

    /// The address of the HTTP server, `None` without one.
    pub fn http_addr(&self) -> Option<SocketAddr> {
        self.http.address()
    }

    /// The settings in effect.
    pub fn settings(&self) -> &Arc<Settings> {
        &self.composed.settings
    }

    /// The topics.
    pub fn catalog(&self) -> &Arc<dyn LogCatalog> {
        &self.composed.data.catalog
    }

    /// Resolves when the server cannot go on, with the reason: another one has taken its place. Whoever runs it has to end
    /// it then; what it does no longer counts.
    pub async fn replaced(&self) -> String {
        self.composed.data.catalog.replaced().await
    }

    /// Stops accepting, finishes what is in flight (for `shutdown.timeout.ms` at most), flushes and closes the data.
    ///
    /// # Errors
    /// [`LogError::Storage`] where the data could not be flushed.
    pub async fn shutdown(mut self) -> Result<(), LogError> {
        self.http.not_ready();
        self.stopper.stop();
        let broker = self.composed.service.broker();
        broker.transactions().close().await;
        // Members that wait for a rebalance would hold the connections up.
        broker.groups().close().await;
        while self.acceptors.join_next().await.is_some() {}
        self.background.shutdown().await;
        self.composed.close().await
    }
}

fn limits(settings: &Settings) -> Limits {
    let bytes = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    Limits {
        max_frame: bytes(settings.get(keys::SOCKET_REQUEST_MAX_BYTES).into()),
        max_bytes: bytes(settings.get(keys::CONNECTION_QUEUED_MAX_BYTES)),
        max_requests: bytes(settings.get(keys::MAX_QUEUED_REQUESTS).into()),
        idle: settings.get(keys::CONNECTIONS_MAX_IDLE_MS),
        request: settings
            .get(keys::REQUEST_TIMEOUT_MS)
            .max(Duration::from_millis(1)),
        send: settings.get(keys::SEND_TIMEOUT_MS),
    }
}
