//! What is logged while the storage is away.

use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use kop_codec::ErrorCode;
use kop_log_conformance::trouble::troubled;
use parking_lot::Mutex;
use tokio::time::advance;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::set_default;
use tracing::{Event, Metadata, Subscriber};

use crate::driver::{catalog, commit, coordinator, fetch};
use crate::slow::Slow;

/// The lines of this thread.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    fn with(&self, text: &str) -> Vec<String> {
        let lines = self.0.lock();
        let found = lines.iter().filter(|line| line.contains(text));
        found.cloned().collect()
    }
}

#[derive(Default)]
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }
}

impl Subscriber for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        self.0.lock().push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test(start_paused = true)]
async fn partitions_that_cannot_be_opened_are_logged_a_few_times_a_minute() {
    let (slow, catalog) = troubled(catalog().await, Slow::default());
    let groups = coordinator(&catalog);
    assert_eq!(commit(&groups, "before", 1).await, ErrorCode::NONE);
    groups.close().await;
    let lines = Lines::default();
    let _logged = set_default(lines.clone());
    slow.is_away(true);
    let groups = coordinator(&catalog);
    let ask = async |times| {
        for _ in 0..times {
            let code = commit(&groups, "before", 2).await;
            assert_eq!(code, ErrorCode::COORDINATOR_NOT_AVAILABLE);
        }
    };
    ask(30).await;
    let what = "a partition of __consumer_offsets cannot be opened";
    assert_eq!(lines.with(what).len(), 5, "{:?}", lines.with(what));
    advance(Duration::from_secs(60)).await;
    ask(1).await;
    let later = lines.with(what).pop().unwrap();
    assert!(later.contains("not_logged_before=25"), "{later}");
    slow.is_away(false);
    assert_eq!(fetch(&groups, "before").await, 1);
}
