//! A span around each request, at level DEBUG.

use std::task::{Context, Poll};

use tower::{Layer, Service};
use tracing::instrument::{Instrument, Instrumented};

use crate::{Call, Fault};

/// Makes [`Trace`] services.
#[derive(Clone, Copy, Debug)]
pub struct TraceLayer;

impl<S> Layer<S> for TraceLayer {
    type Service = Trace<S>;

    fn layer(&self, inner: S) -> Trace<S> {
        Trace { inner }
    }
}

/// Puts what happens for a request into a span that says whose request it is.
#[derive(Clone, Debug)]
pub struct Trace<S> {
    inner: S,
}

impl<R, S> Service<Call<R>> for Trace<S>
where
    S: Service<Call<R>, Error = Fault>,
{
    type Response = S::Response;
    type Error = Fault;
    type Future = Instrumented<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, call: Call<R>) -> Self::Future {
        let cx = &call.cx;
        let span = tracing::debug_span!(
            "request",
            api = %cx.api,
            version = cx.version,
            correlation_id = cx.correlation_id,
            client_id = cx.client_id.as_deref().unwrap_or_default(),
            listener = &*cx.connection.listener.name,
            peer = %cx.connection.peer,
        );
        self.inner.call(call).instrument(span)
    }
}
