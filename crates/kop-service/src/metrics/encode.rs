//! Writing families of metrics whose values are looked up at a scrape.

use std::fmt;

use prometheus_client::encoding::{
    DescriptorEncoder, EncodeCounterValue, EncodeGaugeValue, EncodeLabelSet, EncodeMetric,
    MetricEncoder, NoLabelSet,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Unit;

/// A number that may go up and down.
pub(super) struct Now<N>(pub(super) N);

/// A number that only goes up.
pub(super) struct Total<N>(pub(super) N);

/// A number whose name says nothing of its type: OpenMetrics wants counters to end in `_total`.
pub(super) struct Untyped<N>(pub(super) N);

impl<N: EncodeGaugeValue> EncodeMetric for Now<N> {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        encoder.encode_gauge(&self.0)
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Gauge
    }
}

impl<N: EncodeCounterValue> EncodeMetric for Total<N> {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        encoder.encode_counter::<NoLabelSet, _, u64>(&self.0, None)
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Counter
    }
}

impl<N: EncodeGaugeValue> EncodeMetric for Untyped<N> {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        encoder.encode_gauge(&self.0)
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Unknown
    }
}

/// Writes a metric without labels.
pub(super) fn one(
    encoder: &mut DescriptorEncoder<'_>,
    (name, unit): (&str, Option<Unit>),
    help: &str,
    value: &impl EncodeMetric,
) -> fmt::Result {
    value.encode(encoder.encode_descriptor(name, help, unit.as_ref(), value.metric_type())?)
}

/// Writes a metric with labels; nothing where there are no rows.
pub(super) fn family<L: EncodeLabelSet, M: EncodeMetric>(
    encoder: &mut DescriptorEncoder<'_>,
    (name, unit): (&str, Option<Unit>),
    help: &str,
    rows: impl IntoIterator<Item = (L, M)>,
) -> fmt::Result {
    let mut rows = rows.into_iter().peekable();
    let Some((_, first)) = rows.peek() else {
        return Ok(());
    };
    let kind = first.metric_type();
    let mut metric = encoder.encode_descriptor(name, help, unit.as_ref(), kind)?;
    rows.try_for_each(|(labels, value)| value.encode(metric.encode_family(&labels)?))
}
