//! What lies around every handler, from the outside in: metrics, trace, time limit.
//!
//! Authorization and quotas will be layers of their own between trace and time limit.

mod measure;
mod time_limit;
mod trace;

use std::sync::Arc;

use tower::{Layer, ServiceBuilder};

use crate::{Api, ApiInfo, Broker, Handler, HandlerService, TypedApi, settings::keys};

pub use measure::{Measure, MeasureLayer};
pub use time_limit::{TimeLimit, TimeLimitLayer};
pub use trace::{Trace, TraceLayer};

/// An API with the standard layers around its handler.
pub fn standard<H: Handler>(info: ApiInfo, broker: &Broker) -> Arc<dyn Api> {
    let limit = broker.settings().get(keys::REQUEST_TIMEOUT_MS);
    let service = ServiceBuilder::new()
        .layer(MeasureLayer::<H>::new(broker.metrics().api(&info)))
        .layer(TraceLayer)
        .layer(TimeLimitLayer::new((!info.long_poll).then_some(limit)))
        .into_inner()
        .layer(HandlerService::new(H::default()));
    Arc::new(TypedApi::<H, _>::new(info, service))
}
