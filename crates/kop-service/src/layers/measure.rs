//! Counts requests, their time and their errors.

use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use kop_codec::Request;
use tokio::time::Instant;
use tower::{Layer, Service};

use crate::metrics::ApiMetrics;
use crate::{Call, ErrorTally, Fault, Handler};

/// Makes [`Measure`] services.
#[derive(Debug)]
pub struct MeasureLayer<H> {
    metrics: Arc<ApiMetrics>,
    handler: PhantomData<fn() -> H>,
}

impl<H> MeasureLayer<H> {
    /// Measures into `metrics`.
    pub fn new(metrics: Arc<ApiMetrics>) -> Self {
        Self {
            metrics,
            handler: PhantomData,
        }
    }
}

impl<H, S> Layer<S> for MeasureLayer<H> {
    type Service = Measure<H, S>;

    fn layer(&self, inner: S) -> Self::Service {
        Measure {
            inner,
            metrics: Arc::clone(&self.metrics),
            handler: PhantomData,
        }
    }
}

/// Measures the requests of one API.
#[derive(Debug)]
pub struct Measure<H, S> {
    inner: S,
    metrics: Arc<ApiMetrics>,
    handler: PhantomData<fn() -> H>,
}

impl<H, S: Clone> Clone for Measure<H, S> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            metrics: Arc::clone(&self.metrics),
            handler: PhantomData,
        }
    }
}

impl<H, S> Service<Call<H::Request>> for Measure<H, S>
where
    H: Handler,
    S: Service<Call<H::Request>, Response = <H::Request as Request>::Response, Error = Fault>,
{
    type Response = S::Response;
    type Error = Fault;
    type Future = MeasureFuture<H, S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, call: Call<H::Request>) -> Self::Future {
        let running = Running::new(Arc::clone(&self.metrics));
        MeasureFuture {
            inner: self.inner.call(call),
            running,
            handler: PhantomData,
        }
    }
}

pin_project_lite::pin_project! {
    /// The future of [`Measure`].
    #[derive(Debug)]
    pub struct MeasureFuture<H, F> {
        #[pin]
        inner: F,
        running: Running,
        handler: PhantomData<fn() -> H>,
    }
}

impl<H, F> Future for MeasureFuture<H, F>
where
    H: Handler,
    F: Future<Output = Result<<H::Request as Request>::Response, Fault>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let answer = ready!(this.inner.poll(cx));
        let metrics = &this.running.metrics;
        let took = this.running.since.elapsed();
        match &answer {
            Ok(response) => {
                let mut tally = ErrorTally::default();
                H::errors(response, &mut tally);
                metrics.answered(took, &tally);
            }
            Err(_) => metrics.faulted(took),
        }
        Poll::Ready(answer)
    }
}

/// Counts a request as running until it ends or is dropped.
#[derive(Debug)]
struct Running {
    metrics: Arc<ApiMetrics>,
    since: Instant,
}

impl Running {
    fn new(metrics: Arc<ApiMetrics>) -> Self {
        metrics.requests.inc();
        metrics.in_flight.inc();
        Self {
            metrics,
            since: Instant::now(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.metrics.in_flight.dec();
    }
}
