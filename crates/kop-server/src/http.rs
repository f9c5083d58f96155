//! HTTP for those who watch the server: `/metrics`, `/healthz`, `/readyz`.

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kop_log::LogCatalog;
use kop_service::metrics::Scrape;
use kop_service::settings::{Settings, keys};
use parking_lot::Mutex;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::StartError;

/// The HTTP server, or none where `http.listener` is empty. Stops when it is dropped.
#[derive(Debug)]
pub(crate) struct Http {
    address: Option<SocketAddr>,
    state: Arc<HttpState>,
    _server: JoinSet<()>,
}

#[derive(Debug, Default)]
struct HttpState {
    ready: AtomicBool,
    /// What it waits for, before it is ready for the first time.
    waits: Mutex<String>,
    served: OnceLock<Served>,
}

/// What is shown of a server that has started.
#[derive(Debug)]
struct Served {
    registry: Registry,
    scrape: Scrape,
    catalog: Weak<dyn LogCatalog>,
}

impl Http {
    /// Listens, and answers that the server is not ready yet.
    pub(crate) async fn start(settings: &Settings) -> Result<Self, StartError> {
        let state = Arc::new(HttpState::default());
        let mut server = JoinSet::new();
        let configured = settings.get(keys::HTTP_LISTENER);
        let mut address = None;
        if !configured.is_empty() {
            let failed = |source| StartError::Http {
                address: configured.to_string(),
                source,
            };
            let listener = TcpListener::bind(&*configured).await.map_err(failed)?;
            address = Some(listener.local_addr().map_err(failed)?);
            let router = router(Arc::clone(&state));
            server.spawn(async move {
                if let Err(error) = axum::serve(listener, router).await {
                    tracing::error!(%error, "the HTTP server ended");
                }
            });
        }
        Ok(Self {
            address,
            state,
            _server: server,
        })
    }

    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// The server has to wait.
    pub(crate) fn waits(&self, reason: String) {
        *self.state.waits.lock() = reason;
    }

    /// From now on the server is ready whenever its storage is, and shows these metrics.
    pub(crate) fn ready(&self, registry: Registry, scrape: Scrape, catalog: &Arc<dyn LogCatalog>) {
        let _ = self.state.served.set(Served {
            registry,
            scrape,
            catalog: Arc::downgrade(catalog),
        });
        self.state.ready.store(true, Ordering::Release);
    }

    /// From now on it is not: it shuts down.
    pub(crate) fn not_ready(&self) {
        self.state.ready.store(false, Ordering::Release);
    }
}

fn router(state: Arc<HttpState>) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .with_state(state)
}

async fn ready(State(state): State<Arc<HttpState>>) -> Response {
    match state.health() {
        Ok(()) => "ready\n".into_response(),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, reason).into_response(),
    }
}

impl HttpState {
    fn health(&self) -> Result<(), String> {
        let served = self.served.get();
        if !self.ready.load(Ordering::Acquire) {
            let waits = self.waits.lock();
            return Err(match served {
                Some(_) => "not ready: the server stops\n".to_owned(),
                None if waits.is_empty() => "not ready: the server starts\n".to_owned(),
                None => format!("not ready: {waits}\n"),
            });
        }
        let catalog = served.and_then(|served| served.catalog.upgrade());
        let health = catalog.map_or(Ok(()), |catalog| catalog.health());
        health.map_err(|reason| format!("not ready: {reason}\n"))
    }
}

async fn metrics(State(state): State<Arc<HttpState>>) -> Response {
    let Some(served) = state.served.get() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response();
    };
    served.scrape.refresh().await;
    // Many partitions take a while.
    let encoded = tokio::task::spawn_blocking(move || {
        let mut text = String::new();
        let served = state.served.get().ok_or(fmt::Error);
        served.and_then(|served| encode(&mut text, &served.registry))?;
        Ok::<_, fmt::Error>(text)
    });
    match encoded.await.unwrap_or(Err(fmt::Error)) {
        Ok(text) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
