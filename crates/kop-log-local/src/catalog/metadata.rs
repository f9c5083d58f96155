//! The metadata log: small values by key, folded into memory at start.
//!
//! A record sets a key, or removes it where the value is null; so the log may be replaced at any time by one record for
//! each key that is left.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use kop_log::{AppendRequest, BoxFuture, LogError, MetadataStore, with_prefix};
use parking_lot::{Mutex, RwLock};
use tokio::sync::oneshot;

use super::{batches, now_ms};
use crate::log::Log;
use crate::shared::{Shared, interrupted};

/// A log that is smaller is not worth rewriting.
const REWRITE_BYTES: u64 = 1024 * 1024;
/// It is rewritten when it is this many times larger than what it would become.
const REWRITE_RATIO: u64 = 4;
/// Keys of the server's own values; those of the catalog have prefixes of their own.
const SERVER: &str = "server/";

/// All values, and the log that keeps them.
#[derive(Debug)]
pub(crate) struct Metadata {
    shared: Arc<Shared>,
    log: Log,
    values: RwLock<BTreeMap<String, Bytes>>,
    waiting: Mutex<Vec<Change>>,
    /// Held by whoever writes.
    writing: Mutex<()>,
}

/// Keys with their new values; `None` removes.
pub(crate) type Values = Vec<(String, Option<Bytes>)>;

#[derive(Debug)]
struct Change {
    values: Values,
    answer: oneshot::Sender<Result<(), LogError>>,
}

impl Metadata {
    /// Folds the log. May block.
    pub(crate) fn open(shared: &Arc<Shared>, log: Log) -> Result<Self, LogError> {
        let mut values = BTreeMap::new();
        log.for_each_record(|key, value| {
            let Some(key) = key.and_then(|key| String::from_utf8(key.to_vec()).ok()) else {
                return;
            };
            match value {
                // A copy, or else one small value would keep a whole batch in memory.
                Some(value) => values.insert(key, Bytes::copy_from_slice(&value)),
                None => values.remove(&key),
            };
        })?;
        Ok(Self {
            shared: Arc::clone(shared),
            log,
            values: RwLock::new(values),
            waiting: Mutex::default(),
            writing: Mutex::default(),
        })
    }

    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// All values whose keys begin with `prefix`, with the rest of their keys.
    pub(crate) fn scan(&self, prefix: &str) -> Vec<(String, Bytes)> {
        let values = self.values.read();
        with_prefix(&values, prefix)
            .map(|(key, value)| (key[prefix.len()..].to_owned(), value.clone()))
            .collect()
    }

    pub(crate) fn get(&self, key: &str) -> Option<Bytes> {
        self.values.read().get(key).cloned()
    }

    /// Sets values, all of them or none. The order is that of the calls.
    pub(crate) fn put(self: &Arc<Self>, values: Values) -> oneshot::Receiver<Result<(), LogError>> {
        let answered = self.enqueue(values);
        let metadata = Arc::clone(self);
        self.shared.runtime.spawn_blocking(move || metadata.drain());
        answered
    }

    /// Sets values on this thread, which may block.
    pub(crate) fn put_now(&self, values: Values) -> Result<(), LogError> {
        let mut answered = self.enqueue(values);
        self.drain();
        answered
            .try_recv()
            .unwrap_or_else(|error| Err(interrupted(error)))
    }

    fn enqueue(&self, values: Values) -> oneshot::Receiver<Result<(), LogError>> {
        let (answer, answered) = oneshot::channel();
        self.waiting.lock().push(Change { values, answer });
        answered
    }

    /// Writes what waits. Once this returns, everything that was enqueued before is answered.
    fn drain(&self) {
        let _one_at_a_time = self.writing.lock();
        let changes = std::mem::take(&mut *self.waiting.lock());
        if changes.is_empty() {
            return;
        }
        let written = self.write(&changes);
        let written = changes.into_iter().map(|Change { values, answer }| {
            if written.is_ok() {
                self.take_over(values);
            }
            (answer, written.clone())
        });
        // Whoever dropped the future does not want to know.
        written.for_each(|(answer, written)| drop(answer.send(written)));
        self.rewrite_if_large();
    }

    fn take_over(&self, changed: Values) {
        let mut values = self.values.write();
        for (key, value) in changed {
            match value {
                Some(value) => values.insert(key, value),
                None => values.remove(&key),
            };
        }
    }

    fn write(&self, changes: &[Change]) -> Result<(), LogError> {
        let values = changes.iter().flat_map(|change| &change.values);
        let records = values.map(|(key, value)| (key.as_bytes(), value.as_deref()));
        let requests = batches::requests(records, now_ms())?;
        requests
            .into_iter()
            .try_for_each(|request| self.log.append_now(request).map(drop))
    }

    /// Begins a segment with all that is left, and removes those before it. Until that is done both say the same.
    fn rewrite_if_large(&self) {
        let live: u64 = self
            .values
            .read()
            .iter()
            .map(|(key, value)| (key.len() + value.len() + 16) as u64)
            .sum();
        if self.log.size_bytes() < REWRITE_BYTES.max(live.saturating_mul(REWRITE_RATIO)) {
            return;
        }
        let values = self.values.read().clone();
        let records = values
            .iter()
            .map(|(key, value)| (key.as_bytes(), Some(&value[..])));
        let rewritten =
            batches::requests(records, now_ms()).and_then(|requests| self.replace(requests));
        if let Err(error) = rewritten {
            tracing::error!(%error, "the metadata log could not be rewritten and stays as long as it is");
        }
    }

    fn replace(&self, requests: Vec<AppendRequest>) -> Result<(), LogError> {
        let start = self.log.roll_now()?;
        requests
            .into_iter()
            .try_for_each(|request| self.log.append_now(request).map(drop))?;
        self.log.raise_log_start(start)?;
        self.shared.remove_doomed(now_ms());
        Ok(())
    }
}

/// The server's own part of the metadata log.
#[derive(Clone, Debug)]
pub(crate) struct ServerValues(pub(crate) Arc<Metadata>);

impl MetadataStore for ServerValues {
    fn get(&self, key: &str) -> Option<Bytes> {
        self.0.get(&format!("{SERVER}{key}"))
    }

    fn scan(&self, prefix: &str) -> Vec<(String, Bytes)> {
        let found = self.0.scan(&format!("{SERVER}{prefix}"));
        found
            .into_iter()
            .map(|(rest, value)| (format!("{prefix}{rest}"), value))
            .collect()
    }

    fn put(&self, key: &str, value: Option<Bytes>) -> BoxFuture<'static, Result<(), LogError>> {
        let answered = self.0.put(vec![(format!("{SERVER}{key}"), value)]);
        async move {
            answered
                .await
                .unwrap_or_else(|error| Err(interrupted(error)))
        }
        .boxed()
    }
}
