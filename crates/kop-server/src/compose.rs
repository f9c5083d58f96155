//! Putting the parts together: the data, what answers requests, what runs beside it.

use std::path::PathBuf;
use std::sync::Arc;

use kop_log::{LogCatalog, LogError};
use kop_log_local::{CleanerConfig, LocalCatalog};
use kop_service::metrics::{Metrics, Scrape};
use kop_service::settings::{Settings, keys};
use kop_service::{Broker, BrokerParts, Clock, KafkaService};
use prometheus_client::registry::Registry;

use crate::{StartError, pulsar};

/// The parts of a server that know nothing of sockets.
#[derive(Debug)]
pub(crate) struct Composed {
    pub(crate) data: Data,
    pub(crate) settings: Arc<Settings>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) service: KafkaService,
    pub(crate) scrape: Scrape,
}

/// The data that was opened.
#[derive(Debug)]
pub(crate) struct Data {
    pub(crate) catalog: Arc<dyn LogCatalog>,
    /// The same where it is the embedded log, which compacts.
    pub(crate) local: Option<Arc<LocalCatalog>>,
}

/// Opens the embedded log in the directory of the settings, or the Pulsar cluster that they name. While it has to wait for
/// that, it says why.
pub(crate) async fn open_data(
    settings: &Settings,
    registry: &mut Registry,
    waits: impl Fn(String),
) -> Result<Data, StartError> {
    if pulsar::is_wanted(settings) {
        let catalog = pulsar::open(settings, registry, waits).await?;
        return Ok(Data {
            catalog,
            local: None,
        });
    }
    let path = PathBuf::from(&*settings.get(keys::LOG_DIRS));
    match LocalCatalog::open(&path, settings.topic_defaults()).await {
        Ok(catalog) => {
            let catalog = Arc::new(catalog);
            Ok(Data {
                catalog: Arc::clone(&catalog) as Arc<dyn LogCatalog>,
                local: Some(catalog),
            })
        }
        Err(source) => Err(StartError::Data {
            path,
            source: Box::new(source),
        }),
    }
}

/// What the settings allow compaction to take now.
pub(crate) fn cleaner(settings: &Settings) -> CleanerConfig {
    let bytes = |bytes| usize::try_from(bytes).unwrap_or(usize::MAX);
    CleanerConfig {
        threads: bytes(settings.get(keys::LOG_CLEANER_THREADS).into()),
        dedupe_buffer_bytes: bytes(settings.get(keys::LOG_CLEANER_DEDUPE_BUFFER_SIZE)),
        load_factor: settings.get(keys::LOG_CLEANER_IO_BUFFER_LOAD_FACTOR),
        io_buffer_bytes: bytes(settings.get(keys::LOG_CLEANER_IO_BUFFER_SIZE).into()),
        max_bytes_per_second: settings.get(keys::LOG_CLEANER_IO_MAX_BYTES_PER_SECOND),
    }
}

/// Builds everything that answers requests over the catalog.
pub(crate) fn compose(
    data: Data,
    settings: Arc<Settings>,
    clock: Arc<dyn Clock>,
    registry: &mut Registry,
) -> Result<Composed, StartError> {
    for fault in settings.load(&*data.catalog)? {
        tracing::warn!(%fault, "a stored setting is left out");
    }
    let parts = BrokerParts {
        catalog: Arc::clone(&data.catalog),
        settings: Arc::clone(&settings),
        metrics: Metrics::register(registry),
        clock: Arc::clone(&clock),
    };
    let service = KafkaService::new(Arc::new(Broker::new(parts)?));
    let scrape = Scrape::register(registry, service.broker());
    // At once, so that sessions and retention of the groups go on after a restart.
    service.broker().groups().start();
    // And transactions that wait for their markers come to their end.
    service.broker().transactions().start();
    Ok(Composed {
        data,
        settings,
        clock,
        service,
        scrape,
    })
}

impl Composed {
    /// Flushes and closes the data. Nothing may be running that appends.
    pub(crate) async fn close(self) -> Result<(), LogError> {
        self.data.catalog.close().await
    }
}
