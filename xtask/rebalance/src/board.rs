//! Who has what: where members write what they were assigned, and the program waits until all of it fits together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

const PATIENCE: Duration = Duration::from_secs(60);

/// What all members have.
#[derive(Default)]
pub(crate) struct Board {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    held: BTreeMap<usize, Held>,
    expected: Option<Expected>,
    /// When the expected came true.
    stable_at: Option<Instant>,
    failed: Option<String>,
}

struct Held {
    /// Its generation, or member epoch.
    epoch: i32,
    partitions: Vec<i32>,
}

#[derive(Clone, Copy)]
struct Expected {
    members: usize,
    partitions: usize,
}

impl State {
    /// All members are in one generation, have a share each, and all partitions among them. (A server may take a member
    /// into the present generation with nothing, until it assigns.)
    fn is_stable(&self) -> bool {
        let Some(expected) = self.expected else {
            return false;
        };
        let mut epochs = self.held.values().map(|held| held.epoch);
        let first = epochs.next();
        let count: usize = self.held.values().map(|held| held.partitions.len()).sum();
        self.held.len() == expected.members
            && count == expected.partitions
            && self.held.values().all(|held| !held.partitions.is_empty())
            && epochs.all(|epoch| Some(epoch) == first)
    }
}

impl Board {
    /// What is awaited from now on. Before the change is made: what the members had is not stable for it.
    pub(crate) fn expect(&self, members: usize, partitions: usize) {
        let mut state = self.lock();
        state.expected = Some(Expected {
            members,
            partitions,
        });
        state.stable_at = None;
    }

    /// A member has an assignment.
    pub(crate) fn put(&self, member: usize, epoch: i32, partitions: Vec<i32>) {
        let mut state = self.lock();
        state.held.insert(member, Held { epoch, partitions });
        if state.stable_at.is_none() && state.is_stable() {
            state.stable_at = Some(Instant::now());
            self.changed.notify_all();
        }
    }

    /// A member has nothing any more, or begins anew.
    pub(crate) fn remove(&self, member: usize) {
        self.lock().held.remove(&member);
    }

    /// A member cannot go on.
    pub(crate) fn fail(&self, error: &anyhow::Error) {
        self.lock().failed = Some(format!("{error:#}"));
        self.changed.notify_all();
    }

    /// Waits for what is expected, and says when it came true.
    pub(crate) fn wait(&self) -> anyhow::Result<Instant> {
        let state = self.lock();
        let (state, timeout) = self
            .changed
            .wait_timeout_while(state, PATIENCE, |state| {
                state.stable_at.is_none() && state.failed.is_none()
            })
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(failed) = &state.failed {
            bail!("a member failed: {failed}");
        }
        ensure!(!timeout.timed_out(), "not stable after {PATIENCE:?}");
        let all: Vec<i32> = state
            .held
            .values()
            .flat_map(|held| held.partitions.iter().copied())
            .collect();
        let distinct: BTreeSet<i32> = all.iter().copied().collect();
        ensure!(distinct.len() == all.len(), "a partition has two owners");
        state.stable_at.context("not stable")
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
