//! What an API is to the service: its line in the table, its handler, and the two as one callable thing.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::task;

use futures_util::future::BoxFuture;
use kop_codec::{ApiKey, ErrorCode, Message, Reader, Request, encode_response};
use tower::{Service, ServiceExt};

use crate::{Call, Context, Fault, Reply};

/// An API as the table declares it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ApiInfo {
    /// Its key.
    pub key: ApiKey,
    /// The lowest version that is served.
    pub min_version: i16,
    /// The highest version that is served.
    pub max_version: i16,
    /// When the connection's next request may start.
    pub order: Order,
    /// Whether it is answered before authentication.
    pub before_authentication: bool,
    /// Whether its answer may wait for something to happen, so that no time limit of the server holds.
    pub long_poll: bool,
}

impl ApiInfo {
    /// The API of a handler, served at these versions. Checked when the table is compiled.
    ///
    /// # Panics
    /// Where the codec does not have all of the versions.
    pub const fn of<H: Handler>(min_version: i16, max_version: i16, order: Order) -> Self {
        let known =
            H::Request::MIN_VERSION <= min_version && max_version <= H::Request::MAX_VERSION;
        assert!(
            known && min_version <= max_version,
            "the codec does not have these versions"
        );
        let key = <H::Request as Request>::KEY;
        Self {
            key,
            min_version,
            max_version,
            order,
            before_authentication: false,
            long_poll: false,
        }
    }

    /// The same, answered before authentication too.
    pub const fn before_authentication(self) -> Self {
        Self {
            before_authentication: true,
            ..self
        }
    }

    /// The same, without the server's time limit.
    pub const fn long_poll(self) -> Self {
        Self {
            long_poll: true,
            ..self
        }
    }

    /// Its name in Kafka's spelling, such as `PRODUCE`.
    pub fn name(&self) -> &'static str {
        self.key.name().unwrap_or("UNKNOWN")
    }
}

/// When the next request of the same connection may start.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Order {
    /// When this one has ended.
    Serial,
    /// When the handler says so: for Produce, once its appends have their places in the logs.
    Staged,
    /// At once.
    Concurrent,
}

/// Answers the requests of one API. It holds no socket and no bytes.
///
/// Dropping the future, because the client went away, must leave nothing half done.
pub trait Handler: fmt::Debug + Default + Send + Sync + 'static {
    /// The request that it answers.
    type Request: Request;

    /// Answers a request. Faults are error codes in the response.
    fn handle(
        &self,
        cx: Context,
        request: Self::Request,
    ) -> impl Future<Output = <Self::Request as Request>::Response> + Send;

    /// Adds up the error codes of a response, for the metrics.
    fn errors(response: &<Self::Request as Request>::Response, tally: &mut ErrorTally);

    /// Whether the client waits for an answer. If not, an error closes the connection.
    fn wants_reply(request: &Self::Request) -> bool {
        let _ = request;
        true
    }
}

/// The error codes of a response.
#[derive(Clone, Debug, Default)]
pub struct ErrorTally {
    counts: Vec<(ErrorCode, u64)>,
}

impl ErrorTally {
    /// Adds a code. [`ErrorCode::NONE`] costs nothing.
    pub fn add(&mut self, code: ErrorCode) {
        if !code.is_error() {
            return;
        }
        match self.counts.iter_mut().find(|(known, _)| *known == code) {
            Some((_, count)) => *count += 1,
            None => self.counts.push((code, 1)),
        }
    }

    /// Each code once and how often it occurs, in order of their first occurrence.
    pub fn counts(&self) -> &[(ErrorCode, u64)] {
        &self.counts
    }
}

/// A [`Handler`] as a [`tower::Service`], to put layers around.
#[derive(Debug)]
pub struct HandlerService<H> {
    handler: Arc<H>,
}

impl<H: Handler> HandlerService<H> {
    /// The service of a handler.
    pub fn new(handler: H) -> Self {
        Self {
            handler: Arc::new(handler),
        }
    }
}

impl<H> Clone for HandlerService<H> {
    fn clone(&self) -> Self {
        Self {
            handler: Arc::clone(&self.handler),
        }
    }
}

impl<H: Handler> Service<Call<H::Request>> for HandlerService<H> {
    type Response = <H::Request as Request>::Response;
    type Error = Fault;
    type Future = BoxFuture<'static, Result<Self::Response, Fault>>;

    fn poll_ready(&mut self, _: &mut task::Context<'_>) -> task::Poll<Result<(), Fault>> {
        task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call<H::Request>) -> Self::Future {
        let handler = Arc::clone(&self.handler);
        Box::pin(async move { Ok(handler.handle(call.cx, call.request).await) })
    }
}

/// An API whose types are hidden: bytes in, bytes out.
pub trait Api: fmt::Debug + Send + Sync + 'static {
    /// Its line in the table.
    fn info(&self) -> &ApiInfo;

    /// Reads the body, answers it and writes the answer.
    fn call(&self, cx: Context, body: Reader<'_>) -> BoxFuture<'static, Result<Reply, Fault>>;
}

/// An API made of a typed service: a [`HandlerService`], or one with layers around it.
pub struct TypedApi<H, S> {
    info: ApiInfo,
    service: S,
    handler: PhantomData<fn() -> H>,
}

impl<H, S> fmt::Debug for TypedApi<H, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypedApi")
            .field("info", &self.info)
            .finish_non_exhaustive()
    }
}

impl<H, S> TypedApi<H, S>
where
    H: Handler,
    S: Service<Call<H::Request>, Response = <H::Request as Request>::Response, Error = Fault>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send,
{
    /// Serves `info` by `service`.
    pub fn new(info: ApiInfo, service: S) -> Self {
        Self {
            info,
            service,
            handler: PhantomData,
        }
    }
}

impl<H, S> Api for TypedApi<H, S>
where
    H: Handler,
    S: Service<Call<H::Request>, Response = <H::Request as Request>::Response, Error = Fault>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send,
{
    fn info(&self) -> &ApiInfo {
        &self.info
    }

    fn call(&self, cx: Context, mut body: Reader<'_>) -> BoxFuture<'static, Result<Reply, Fault>> {
        let (api, version, correlation_id) = (cx.api, cx.version, cx.correlation_id);
        // As Kafka, nobody looks at what lies behind a request: librdkafka 2.16 has three bytes there when it asks for all
        // topics (Metadata v13).
        let request = match H::Request::decode(&mut body, version) {
            Ok(request) => request,
            Err(source) => {
                return Box::pin(async move {
                    Err(Fault::Malformed {
                        api,
                        version,
                        source,
                    })
                });
            }
        };
        let wants_reply = H::wants_reply(&request);
        let answer = self.service.clone().oneshot(Call { cx, request });
        Box::pin(async move {
            let response = answer.await?;
            if !wants_reply {
                return silent::<H>(api, &response);
            }
            encode_response(correlation_id, api, version, &response)
                .map(Reply::Frame)
                .map_err(|source| Fault::Encode {
                    api,
                    version,
                    source,
                })
        })
    }
}

fn silent<H: Handler>(
    api: ApiKey,
    response: &<H::Request as Request>::Response,
) -> Result<Reply, Fault> {
    let mut tally = ErrorTally::default();
    H::errors(response, &mut tally);
    match tally.counts().first() {
        Some(&(code, _)) => Err(Fault::Silent { api, code }),
        None => Ok(Reply::None),
    }
}
