//! A catalog whose storage fails or stands still when told to.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{pending, ready};
use kop_log::{
    AppendRequest, Appended, Leader, Leadership, LogCatalog, LogError, MemoryCatalog, NewTopic,
    OffsetSpec, PartitionLog, ReadRequest, ReadResult, TimestampedOffset, TopicInfo,
};
use kop_log_conformance::trouble::{Outcome, Trouble, troubled};
use parking_lot::Mutex;
use tokio::time::sleep;

/// A catalog in memory that works until it is told something else.
pub(crate) fn faulty() -> (Arc<Faults>, Arc<dyn LogCatalog>) {
    troubled(Arc::new(MemoryCatalog::default()), Faults::default())
}

/// What the storage does.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Mood {
    #[default]
    Works,
    Fails,
    StandsStill,
    TakesAMoment,
}

/// Appends, reads, creations and changes of settings behave as the mood says; all else works.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    mood: Mutex<Mood>,
    replaced: Arc<Replaced>,
}

/// Whether another server has taken the place of this one.
#[derive(Debug, Default)]
struct Replaced(AtomicBool);

impl Leadership for Replaced {
    fn leader(&self, _: &str, _: i32) -> Leader {
        if self.0.load(Ordering::Relaxed) {
            Leader::Elsewhere
        } else {
            Leader::ThisServer
        }
    }
}

impl Faults {
    /// From now on another server leads.
    pub(crate) fn replace(&self) {
        self.replaced.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn set(&self, mood: Mood) {
        *self.mood.lock() = mood;
    }

    fn in_mood<T: Send + 'static>(&self, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        let mood = *self.mood.lock();
        match mood {
            Mood::Works => work(),
            Mood::Fails => {
                let error = LogError::storage("writing /secret/path", io::Error::other("no"));
                ready(Err(error)).boxed()
            }
            Mood::StandsStill => pending().boxed(),
            Mood::TakesAMoment => {
                let work = work();
                async {
                    sleep(Duration::from_millis(10)).await;
                    work.await
                }
                .boxed()
            }
        }
    }
}

impl Trouble for Faults {
    fn append(&self, log: &dyn PartitionLog, request: AppendRequest) -> Outcome<Appended> {
        self.in_mood(|| log.append(request))
    }

    fn read(&self, log: &dyn PartitionLog, request: ReadRequest) -> Outcome<ReadResult> {
        self.in_mood(|| log.read(request))
    }

    fn find(&self, log: &dyn PartitionLog, spec: OffsetSpec) -> Outcome<Option<TimestampedOffset>> {
        self.in_mood(|| log.find(spec))
    }

    fn create_topic(
        &self,
        catalog: &Arc<dyn LogCatalog>,
        topic: NewTopic,
    ) -> Outcome<Arc<TopicInfo>> {
        self.in_mood(|| catalog.create_topic(topic))
    }

    fn set_topic_config(
        &self,
        catalog: &Arc<dyn LogCatalog>,
        name: &str,
        overrides: BTreeMap<String, String>,
    ) -> Outcome<Arc<TopicInfo>> {
        // The change takes effect at the end of the moment.
        let (inner, name) = (Arc::clone(catalog), name.to_owned());
        let change = async move { inner.set_topic_config(&name, overrides).await };
        self.in_mood(|| change.boxed())
    }

    fn leadership(&self, _: &Arc<dyn LogCatalog>) -> Arc<dyn Leadership> {
        self.replaced.clone()
    }
}
