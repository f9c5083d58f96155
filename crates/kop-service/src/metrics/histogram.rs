//! Durations in buckets.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;

/// Seconds: from an append to the page cache to the half minute of a long poll.
const BOUNDS: [f64; 15] = [
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0,
    5.0, 30.0,
];
const BUCKETS: usize = BOUNDS.len() + 1;
/// What quantiles are of: the time since the last look that is at least this long ago.
const WINDOW: Duration = Duration::from_secs(60);

/// Counts durations. To observe one takes no lock. Clones count into the same buckets.
#[derive(Clone, Debug, Default)]
pub struct Histogram(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    counts: [AtomicU64; BUCKETS],
    nanos: AtomicU64,
}

impl Histogram {
    /// Counts a duration.
    pub fn observe(&self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        let bucket = BOUNDS.partition_point(|bound| *bound < seconds);
        self.0.counts[bucket].fetch_add(1, Ordering::Relaxed);
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.0.nanos.fetch_add(nanos, Ordering::Relaxed);
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        let counts = &self.0.counts;
        Snapshot {
            counts: std::array::from_fn(|bucket| counts[bucket].load(Ordering::Relaxed)),
            nanos: self.0.nanos.load(Ordering::Relaxed),
        }
    }
}

/// What a histogram had counted at a moment.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Snapshot {
    counts: [u64; BUCKETS],
    nanos: u64,
}

impl Snapshot {
    pub(super) fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    pub(super) fn seconds(&self) -> f64 {
        Duration::from_nanos(self.nanos).as_secs_f64()
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        Self {
            counts: std::array::from_fn(|bucket| self.counts[bucket] + other.counts[bucket]),
            nanos: self.nanos.wrapping_add(other.nanos),
        }
    }

    fn since(&self, earlier: &Self) -> Self {
        Self {
            counts: std::array::from_fn(|bucket| {
                self.counts[bucket].saturating_sub(earlier.counts[bucket])
            }),
            nanos: self.nanos.wrapping_sub(earlier.nanos),
        }
    }

    /// Seconds below which this part of the durations is, estimated within a bucket as Prometheus does. NaN without any.
    pub(super) fn quantile(&self, part: f64) -> f64 {
        let wanted = part * self.count() as f64;
        let (mut before, mut lower) = (0.0, 0.0);
        for (&count, &upper) in self.counts.iter().zip(&BOUNDS) {
            let upto = before + count as f64;
            if count > 0 && upto >= wanted {
                return lower + (upper - lower) * (wanted - before) / count as f64;
            }
            (before, lower) = (upto, upper);
        }
        // Beyond the last bound nothing more is known.
        if self.count() == 0 { f64::NAN } else { lower }
    }
}

impl EncodeMetric for Snapshot {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
        let bounds = BOUNDS.into_iter().chain([f64::INFINITY]);
        let buckets: Vec<(f64, u64)> = bounds.zip(self.counts).collect();
        encoder.encode_histogram::<NoLabelSet>(self.seconds(), self.count(), &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}

/// What a histogram has counted of late.
#[derive(Debug)]
pub(super) struct Recent {
    histogram: Histogram,
    looks: Mutex<[(Instant, Snapshot); 2]>,
}

impl Recent {
    pub(super) fn new(histogram: Histogram) -> Self {
        let look = (Instant::now(), Snapshot::default());
        Self {
            histogram,
            looks: Mutex::new([look; 2]),
        }
    }

    /// What was counted in the last minute or two.
    pub(super) fn snapshot(&self) -> Snapshot {
        let (now, seen) = (Instant::now(), self.histogram.snapshot());
        let mut looks = self.looks.lock();
        if now.duration_since(looks[1].0) >= WINDOW {
            *looks = [looks[1], (now, seen)];
        }
        seen.since(&looks[0].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_in_the_right_bucket() {
        let histogram = Histogram::default();
        assert!(histogram.snapshot().quantile(0.5).is_nan());
        (0..99).for_each(|_| histogram.observe(Duration::from_millis(2)));
        histogram.observe(Duration::from_secs(100));
        let seen = histogram.snapshot();
        assert_eq!(seen.count(), 100);
        assert!((seen.seconds() - 100.198).abs() < 1e-9);
        assert!((0.001..=0.002_5).contains(&seen.quantile(0.5)));
        assert!((seen.quantile(1.0) - 30.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_bound_belongs_to_the_bucket_below() {
        let histogram = Histogram::default();
        histogram.observe(Duration::from_micros(50));
        assert_eq!(histogram.snapshot().counts[0], 1);
    }
}
