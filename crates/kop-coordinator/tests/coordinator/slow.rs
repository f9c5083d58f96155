//! A catalog whose logs are slow, or fail, when a test wants it; and whose server is lost at a certain write.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use kop_log::{
    AppendRequest, Appended, LogCatalog, LogError, NewTopic, PartitionLog, ReadRequest, ReadResult,
    TopicInfo,
};
use kop_log_conformance::trouble::{Outcome, Trouble};
use parking_lot::Mutex;
use tokio::time::sleep;

/// What its logs do: what they always do, until they are told something else.
#[derive(Debug, Default)]
pub(crate) struct Slow(Arc<Mutex<State>>);

#[derive(Clone, Copy, Debug, Default)]
struct State {
    append_takes: Duration,
    read_takes: Duration,
    appends_fail: bool,
    is_away: bool,
    /// How many appends there were.
    appends: usize,
    crash: Option<Crash>,
    /// What is being done to the storage.
    busy: usize,
}

/// Something is being done to the storage, as long as this lives.
struct Busy(Arc<Mutex<State>>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.lock().busy -= 1;
    }
}

/// When the server is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Crash {
    /// So many appends are done and answered.
    pub(crate) after: usize,
    /// Whether the next one is done; it is not answered. Those after it are not done.
    pub(crate) written: bool,
}

impl Slow {
    pub(crate) fn append_takes(&self, time: Duration) {
        self.0.lock().append_takes = time;
    }

    pub(crate) fn read_takes(&self, time: Duration) {
        self.0.lock().read_takes = time;
    }

    pub(crate) fn appends_fail(&self, fail: bool) {
        self.0.lock().appends_fail = fail;
    }

    /// Its partitions cannot be opened.
    pub(crate) fn is_away(&self, away: bool) {
        self.0.lock().is_away = away;
    }

    pub(crate) fn crash(&self, when: Option<Crash>) {
        self.0.lock().crash = when;
    }

    /// How many appends were asked for.
    pub(crate) fn appends(&self) -> usize {
        self.0.lock().appends
    }

    /// Whether the server is lost by now, and all that it had begun is done: nothing changes any more.
    pub(crate) fn crashed(&self) -> bool {
        let state = self.0.lock();
        state.is_lost() && state.busy == 0
    }

    fn begin(&self, state: &mut State) -> Busy {
        state.busy += 1;
        Busy(Arc::clone(&self.0))
    }
}

impl State {
    fn is_lost(&self) -> bool {
        let lost = |crash: Crash| self.appends > crash.after;
        self.crash.is_some_and(lost)
    }

    /// Counts an append: whether it is done, and whether that is answered.
    fn append(&mut self) -> (bool, bool) {
        let number = self.appends;
        self.appends += 1;
        match self.crash {
            Some(Crash { after, written }) if number >= after => {
                (written && number == after, false)
            }
            _ => (!self.appends_fail, !self.appends_fail),
        }
    }
}

fn full() -> LogError {
    let full = io::Error::new(io::ErrorKind::StorageFull, "no space left");
    LogError::storage("appending", full)
}

impl Trouble for Slow {
    fn open(&self) -> Result<(), LogError> {
        if self.0.lock().is_away {
            let reason = "nobody answers".to_owned();
            return Err(LogError::Unavailable { reason });
        }
        Ok(())
    }

    fn append(&self, log: &dyn PartitionLog, request: AppendRequest) -> Outcome<Appended> {
        let (busy, answered, time) = {
            let mut state = self.0.lock();
            let (done, answered) = state.append();
            let busy = done.then(|| self.begin(&mut state));
            (busy, answered, state.append_takes)
        };
        let done = busy.is_some().then(|| log.append(request));
        async move {
            let _until_it_is_done = busy;
            let result = match done {
                Some(done) => {
                    sleep(time).await;
                    done.await
                }
                None => Err(full()),
            };
            if answered { result } else { Err(full()) }
        }
        .boxed()
    }

    fn create_topic(
        &self,
        catalog: &Arc<dyn LogCatalog>,
        topic: NewTopic,
    ) -> Outcome<Arc<TopicInfo>> {
        let busy = {
            let mut state = self.0.lock();
            (!state.is_lost()).then(|| self.begin(&mut state))
        };
        let Some(busy) = busy else {
            return async { Err(full()) }.boxed();
        };
        let created = catalog.create_topic(topic);
        async move {
            let _until_it_is_done = busy;
            created.await
        }
        .boxed()
    }

    fn read(&self, log: &dyn PartitionLog, request: ReadRequest) -> Outcome<ReadResult> {
        let time = self.0.lock().read_takes;
        let done = log.read(request);
        async move {
            sleep(time).await;
            done.await
        }
        .boxed()
    }
}
