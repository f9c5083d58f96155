//! HTTP for those who watch the server: `/metrics`, `/healthz`, `/readyz`.

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kop_service::metrics::Scrape;
use kop_service::settings::{Settings, keys};
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
    metrics: OnceLock<(Registry, Scrape)>,
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

    /// From now on the server is ready, and shows these metrics.
    pub(crate) fn ready(&self, registry: Registry, scrape: Scrape) {
        let _ = self.state.metrics.set((registry, scrape));
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
    if state.ready.load(Ordering::Acquire) {
        "ready\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
    }
}

async fn metrics(State(state): State<Arc<HttpState>>) -> Response {
    let Some((_, scrape)) = state.metrics.get() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response();
    };
    scrape.refresh().await;
    // Many partitions take a while.
    let encoded = tokio::task::spawn_blocking(move || {
        let mut text = String::new();
        let metrics = state.metrics.get().ok_or(fmt::Error);
        metrics.and_then(|(registry, _)| encode(&mut text, registry))?;
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
