//! Gives up on a request that takes longer than the server allows.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use kop_codec::ApiKey;
use tokio::time::{Sleep, sleep};
use tower::{Layer, Service};

use crate::{Call, Fault};

/// Makes [`TimeLimit`] services.
#[derive(Clone, Copy, Debug)]
pub struct TimeLimitLayer {
    limit: Option<Duration>,
}

impl TimeLimitLayer {
    /// Gives up after `limit`; `None` for never.
    pub fn new(limit: Option<Duration>) -> Self {
        Self { limit }
    }
}

impl<S> Layer<S> for TimeLimitLayer {
    type Service = TimeLimit<S>;

    fn layer(&self, inner: S) -> TimeLimit<S> {
        TimeLimit {
            inner,
            limit: self.limit,
        }
    }
}

/// Fails with [`Fault::TimedOut`] after the limit, and drops the request's future.
#[derive(Clone, Debug)]
pub struct TimeLimit<S> {
    inner: S,
    limit: Option<Duration>,
}

impl<R, S> Service<Call<R>> for TimeLimit<S>
where
    S: Service<Call<R>, Error = Fault>,
{
    type Response = S::Response;
    type Error = Fault;
    type Future = TimeLimitFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, call: Call<R>) -> Self::Future {
        let api = call.cx.api;
        TimeLimitFuture {
            inner: self.inner.call(call),
            sleep: None,
            limit: self.limit,
            api,
        }
    }
}

pin_project_lite::pin_project! {
    /// The future of [`TimeLimit`].
    #[derive(Debug)]
    pub struct TimeLimitFuture<F> {
        #[pin]
        inner: F,
        // Made when the request first has to wait: most never do.
        #[pin]
        sleep: Option<Sleep>,
        limit: Option<Duration>,
        api: ApiKey,
    }
}

impl<T, F: Future<Output = Result<T, Fault>>> Future for TimeLimitFuture<F> {
    type Output = Result<T, Fault>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let Poll::Ready(answer) = this.inner.poll(cx) {
            return Poll::Ready(answer);
        }
        let Some(limit) = *this.limit else {
            return Poll::Pending;
        };
        if this.sleep.is_none() {
            this.sleep.set(Some(sleep(limit)));
        }
        let Some(sleep) = this.sleep.as_pin_mut() else {
            return Poll::Pending;
        };
        sleep.poll(cx).map(|()| {
            let limit_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
            Err(Fault::TimedOut {
                api: *this.api,
                limit_ms,
            })
        })
    }
}
