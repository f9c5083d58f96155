//! From a frame to the API that it is for.

use std::sync::Arc;
use std::task;

use futures_util::future::{BoxFuture, FutureExt, ready};
use kop_codec::header::{decode_request_header, peek_request};
use kop_codec::{ApiKey, Reader};
use tower::Service;

use crate::handlers::api_versions;
use crate::{Api, ApiInfo, Broker, Context, Fault, Order, RawRequest, Reply, standard_apis};

/// Serves Kafka APIs: frames in, frames out. Cheap to clone.
///
/// An error means that the connection has to be closed. The future may be dropped at any time.
#[derive(Clone, Debug)]
pub struct KafkaService {
    broker: Arc<Broker>,
    apis: Arc<Apis>,
    served: Arc<[ApiInfo]>,
}

/// The APIs by key.
#[derive(Debug)]
struct Apis {
    by_key: Vec<Option<Arc<dyn Api>>>,
}

impl KafkaService {
    /// Serves every API of the [table](crate::api_table).
    pub fn new(broker: Arc<Broker>) -> Self {
        let apis = standard_apis(&broker);
        Self::with_apis(broker, apis)
    }

    /// Serves these APIs only. ApiVersions answers what they declare.
    pub fn with_apis(broker: Arc<Broker>, apis: Vec<Arc<dyn Api>>) -> Self {
        let served = apis.iter().map(|api| *api.info()).collect();
        Self {
            broker,
            apis: Arc::new(Apis::new(apis)),
            served,
        }
    }

    /// What the handlers share.
    pub fn broker(&self) -> &Arc<Broker> {
        &self.broker
    }

    fn start(
        &self,
        request: RawRequest,
    ) -> Result<BoxFuture<'static, Result<Reply, Fault>>, Fault> {
        let RawRequest {
            frame,
            connection,
            number,
            start,
        } = request;
        let (key, version) = peek_request(&frame).map_err(Fault::Header)?;
        let api = self
            .apis
            .get(key)
            .ok_or(Fault::UnsupportedApi { api: key })?;
        let info = api.info();
        if !info.before_authentication && connection.principal().is_none() {
            return Err(Fault::NotAuthenticated { api: key });
        }
        let served = (info.min_version..=info.max_version).contains(&version);
        if !served && key != ApiKey::API_VERSIONS {
            return Err(Fault::UnsupportedVersion { api: key, version });
        }
        let mut reader = Reader::new(&frame);
        let header = decode_request_header(&mut reader).map_err(Fault::Header)?;
        if !served {
            let reply = api_versions::unsupported(&self.served, header.correlation_id);
            return Ok(ready(reply).boxed());
        }
        let (staged, held) = match info.order {
            Order::Concurrent => (None, None),
            Order::Staged => (Some(start), None),
            Order::Serial => (None, Some(start)),
        };
        let cx = Context {
            broker: Arc::clone(&self.broker),
            connection,
            number,
            api: key,
            version,
            correlation_id: header.correlation_id,
            client_id: header.client_id,
            served: Arc::clone(&self.served),
            start: staged,
        };
        let answer = api.call(cx, reader);
        let Some(held) = held else { return Ok(answer) };
        Ok(Box::pin(async move {
            let _held = held;
            answer.await
        }))
    }
}

impl Service<RawRequest> for KafkaService {
    type Response = Reply;
    type Error = Fault;
    type Future = BoxFuture<'static, Result<Reply, Fault>>;

    fn poll_ready(&mut self, _: &mut task::Context<'_>) -> task::Poll<Result<(), Fault>> {
        task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: RawRequest) -> Self::Future {
        self.start(request)
            .unwrap_or_else(|fault| ready(Err(fault)).boxed())
    }
}

impl Apis {
    fn new(apis: Vec<Arc<dyn Api>>) -> Self {
        let mut by_key: Vec<Option<Arc<dyn Api>>> = Vec::new();
        for api in apis {
            let index = usize::try_from(api.info().key.0)
                .expect("invariant: the codec's keys are not negative");
            if by_key.len() <= index {
                by_key.resize(index + 1, None);
            }
            by_key[index] = Some(api);
        }
        Self { by_key }
    }

    fn get(&self, key: ApiKey) -> Option<&Arc<dyn Api>> {
        self.by_key.get(usize::try_from(key.0).ok()?)?.as_ref()
    }
}
