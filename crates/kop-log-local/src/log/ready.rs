//! The jobs that append: few for all logs of a data directory, so that a request to many partitions wakes one thread.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use kop_log::{Appended, LogError};
use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::Log;
use crate::shared::Shared;

/// Logs that may wait for each job before there is another one: waking a thread costs as much as writing a few batches.
const BACKLOG: usize = 8;
/// How long an answer may wait for those of other logs.
const PATIENCE: Duration = Duration::from_millis(1);

pub(super) type Answer = oneshot::Sender<Result<Appended, LogError>>;

/// Logs with appends that wait. Each is in here once, or with one job.
#[derive(Debug)]
pub(crate) struct Ready {
    state: Mutex<State>,
    max_jobs: usize,
}

#[derive(Debug, Default)]
struct State {
    logs: VecDeque<Arc<Log>>,
    jobs: usize,
    /// Jobs that wait for the disk.
    blocked: usize,
}

/// Answers that have not been given yet. Dropping them gives them.
#[derive(Debug, Default)]
pub(super) struct Replies {
    answers: Vec<(Answer, Result<Appended, LogError>)>,
    since: Option<Instant>,
}

impl Ready {
    /// Copying to the page cache is bound by memory, which half of the processors keep busy.
    pub(crate) fn new() -> Self {
        let processors = available_parallelism().map_or(1, usize::from);
        Self {
            state: Mutex::default(),
            max_jobs: (processors / 2).max(1),
        }
    }

    /// Puts a log at the end, and starts a job if there are too few.
    pub(super) fn push(&self, log: Arc<Log>) {
        let shared = Arc::clone(&log.shared);
        let mut state = self.state.lock();
        state.logs.push_back(log);
        self.start_if_needed(state, &shared);
    }

    /// Does what may wait for the disk. Other logs do not wait meanwhile.
    pub(super) fn blocking<T>(&self, shared: &Arc<Shared>, work: impl FnOnce() -> T) -> T {
        let mut state = self.state.lock();
        state.blocked += 1;
        self.start_if_needed(state, shared);
        let _blocked = Blocked(self);
        work()
    }

    fn start_if_needed(&self, mut state: parking_lot::MutexGuard<'_, State>, shared: &Arc<Shared>) {
        // Whoever is blocked need not be one of the jobs.
        let active = state.jobs.saturating_sub(state.blocked);
        let wanted = state.logs.len().div_ceil(BACKLOG).min(self.max_jobs);
        if active < wanted {
            state.jobs += 1;
            drop(state);
            let shared = Arc::clone(shared);
            let runtime = shared.runtime.clone();
            runtime.spawn_blocking(move || work(&shared));
        }
    }

    /// The next log. Without one, the job has ended.
    fn next(&self) -> Option<Arc<Log>> {
        let mut state = self.state.lock();
        let next = state.logs.pop_front();
        if next.is_none() {
            state.jobs -= 1;
        }
        next
    }
}

fn work(shared: &Arc<Shared>) {
    let _restart = Restart(shared);
    let mut replies = Replies::default();
    while let Some(log) = shared.ready.next() {
        if log.drain(&mut replies) {
            // At the end, so that the others get their turn.
            shared.ready.state.lock().logs.push_back(log);
        }
        replies.send_if_late();
    }
}

struct Blocked<'a>(&'a Ready);

impl Drop for Blocked<'_> {
    fn drop(&mut self) {
        self.0.state.lock().blocked -= 1;
    }
}

/// Lets another job go on where this one panics.
struct Restart<'a>(&'a Arc<Shared>);

impl Drop for Restart<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let ready = &self.0.ready;
            let mut state = ready.state.lock();
            state.jobs -= 1;
            ready.start_if_needed(state, self.0);
        }
    }
}

impl Replies {
    pub(super) fn add(&mut self, answer: Answer, result: Result<Appended, LogError>) {
        self.since.get_or_insert_with(Instant::now);
        self.answers.push((answer, result));
    }

    /// Gives the answers, the first one last: whoever waits for several asks for that one first, and is woken once.
    pub(super) fn send(&mut self) {
        for (answer, result) in self.answers.drain(..).rev() {
            // Whoever dropped the future does not want to know.
            answer.send(result).ok();
        }
        self.since = None;
    }

    fn send_if_late(&mut self) {
        if self.since.is_some_and(|since| since.elapsed() > PATIENCE) {
            self.send();
        }
    }
}

impl Drop for Replies {
    fn drop(&mut self) {
        self.send();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_kept_until_they_are_sent_and_never_lost() {
        let failed = || Err(LogError::TooLarge { size: 0, limit: 0 });
        let (first, mut first_answered) = oneshot::channel();
        let (last, mut last_answered) = oneshot::channel();
        let mut replies = Replies::default();
        replies.add(first, failed());
        replies.add(last, failed());
        assert!(first_answered.try_recv().is_err());
        replies.send();
        assert!(first_answered.try_recv().is_ok() && last_answered.try_recv().is_ok());
        let (dropped, mut dropped_answered) = oneshot::channel();
        replies.add(dropped, failed());
        drop(replies);
        assert!(dropped_answered.try_recv().is_ok());
    }
}
