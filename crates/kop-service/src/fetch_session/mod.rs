//! Incremental fetch sessions (KIP-227): a client names its partitions once and then only what changes.

mod partitions;

use std::collections::HashMap;

use kop_codec::ErrorCode;
use parking_lot::Mutex;
use tokio::time::{Duration, Instant};

use crate::metrics::Metrics;

pub(crate) use partitions::{Partitions, Told, TopicKey, Wanted};

/// Epoch of a request that starts a session.
pub(crate) const INITIAL_EPOCH: i32 = 0;
/// Epoch of a request without a session, which ends the one that it names.
pub(crate) const FINAL_EPOCH: i32 = -1;

/// A session younger, or used more recently, than this makes no room for others.
const EVICTION_AGE: Duration = Duration::from_secs(120);
/// Partitions of all sessions together, which bounds their memory whatever clients ask for.
const MAX_PARTITIONS: usize = 1_000_000;
/// How long a fetch waits for partitions at their end when the client has records of others to work off. It may ask for more
/// of these only after the answer. Doubles with each answer that has nothing: those records may be kept for long.
const FIRST_PATIENCE: Duration = Duration::from_millis(5);
/// From here on a fetch waits for as long as its client wants.
const MOST_PATIENCE: Duration = Duration::from_secs(1);

/// All fetch sessions of a broker.
#[derive(Debug)]
pub(crate) struct FetchSessions {
    slots: usize,
    metrics: Metrics,
    sessions: Mutex<Sessions>,
}

#[derive(Debug, Default)]
struct Sessions {
    by_id: HashMap<i32, Session>,
    partitions: usize,
}

#[derive(Debug)]
struct Session {
    /// Epoch of the next request.
    epoch: i32,
    by_topic_id: bool,
    partitions: Partitions,
    /// How long the next fetch is to wait at most, while the client may be working off records of partitions that it does
    /// not ask for.
    patience: Option<Duration>,
    created: Instant,
    used: Instant,
}

/// What an incremental request asks for.
#[derive(Debug)]
pub(crate) struct Asked {
    /// All partitions that the session now has; none where the request ended it.
    pub(crate) wanted: Vec<Wanted>,
    /// How long to wait for records, if not as long as the client says.
    pub(crate) patience: Option<Duration>,
}

/// What an incremental request changes.
#[derive(Debug)]
pub(crate) struct Changes {
    pub(crate) set: Vec<Wanted>,
    pub(crate) forget: Vec<(TopicKey, i32)>,
    pub(crate) by_topic_id: bool,
}

impl FetchSessions {
    pub(crate) fn new(slots: usize, metrics: Metrics) -> Self {
        Self {
            slots,
            metrics,
            sessions: Mutex::default(),
        }
    }

    /// Starts a session with these partitions after their first answer. Returns its id, 0 where there is no room.
    pub(crate) fn create(&self, wanted: Vec<Wanted>, told: &[Told], by_topic_id: bool) -> i32 {
        let now = Instant::now();
        let mut sessions = self.sessions.lock();
        if !sessions.make_room(self.slots, wanted.len(), now) {
            return 0;
        }
        let mut partitions = Partitions::default();
        wanted.into_iter().for_each(|wanted| partitions.set(wanted));
        if partitions.len() == told.len() {
            partitions.tell(told);
        }
        let id = loop {
            let id = rand::random_range(1..=i32::MAX);
            if !sessions.by_id.contains_key(&id) {
                break id;
            }
        };
        sessions.partitions += partitions.len();
        let epoch = next_epoch(INITIAL_EPOCH);
        sessions.by_id.insert(
            id,
            Session {
                epoch,
                by_topic_id,
                partitions,
                patience: None,
                created: now,
                used: now,
            },
        );
        self.show(&sessions);
        id
    }

    /// Ends a session, if there is one.
    pub(crate) fn remove(&self, id: i32) {
        let mut sessions = self.sessions.lock();
        sessions.remove(id);
        self.show(&sessions);
    }

    /// Takes the changes of the request with this epoch.
    ///
    /// # Errors
    /// FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH, FETCH_SESSION_TOPIC_ID_ERROR.
    pub(crate) fn update(&self, id: i32, epoch: i32, changes: Changes) -> Result<Asked, ErrorCode> {
        let mut sessions = self.sessions.lock();
        let room = MAX_PARTITIONS.saturating_sub(sessions.partitions);
        let session = sessions
            .by_id
            .get_mut(&id)
            .ok_or(ErrorCode::FETCH_SESSION_ID_NOT_FOUND)?;
        if session.epoch != epoch {
            return Err(ErrorCode::INVALID_FETCH_SESSION_EPOCH);
        }
        if session.by_topic_id != changes.by_topic_id {
            return Err(ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR);
        }
        if changes.set.len() > room {
            // The client starts over with a full request, which is answered without a session.
            sessions.remove(id);
            self.show(&sessions);
            return Err(ErrorCode::FETCH_SESSION_ID_NOT_FOUND);
        }
        let before = session.partitions.len();
        changes
            .set
            .into_iter()
            .for_each(|wanted| session.partitions.set(wanted));
        if session.partitions.remove(changes.forget) {
            session.patience = Some(FIRST_PATIENCE);
        }
        let patience = session.patience.take();
        session.patience = patience
            .map(|patience| patience * 2)
            .filter(|patience| *patience < MOST_PATIENCE);
        session.epoch = next_epoch(epoch);
        session.used = Instant::now();
        let wanted = session.partitions.wanted();
        sessions.partitions = sessions.partitions - before + wanted.len();
        if wanted.is_empty() {
            sessions.remove(id);
        }
        self.show(&sessions);
        Ok(Asked { wanted, patience })
    }

    /// Which partitions of an answer are news to the client; `told` is in the order that [`update`](Self::update) gave.
    ///
    /// # Errors
    /// INVALID_FETCH_SESSION_EPOCH where another request of the session came in between, or the session is gone.
    pub(crate) fn tell(&self, id: i32, epoch: i32, told: &[Told]) -> Result<Vec<bool>, ErrorCode> {
        let mut sessions = self.sessions.lock();
        let session = sessions
            .by_id
            .get_mut(&id)
            .filter(|session| session.epoch == next_epoch(epoch));
        let session = session.ok_or(ErrorCode::INVALID_FETCH_SESSION_EPOCH)?;
        session.used = Instant::now();
        Ok(session.partitions.tell(told))
    }

    fn show(&self, sessions: &Sessions) {
        self.metrics
            .fetch_sessions
            .set(i64::try_from(sessions.by_id.len()).unwrap_or(i64::MAX));
        self.metrics
            .fetch_session_partitions
            .set(i64::try_from(sessions.partitions).unwrap_or(i64::MAX));
    }
}

impl Sessions {
    fn remove(&mut self, id: i32) {
        if let Some(session) = self.by_id.remove(&id) {
            self.partitions -= session.partitions.len();
        }
    }

    /// As Kafka: a session that was not used for long goes first; else an old one with fewer partitions than the new.
    fn make_room(&mut self, slots: usize, partitions: usize, now: Instant) -> bool {
        if slots == 0 || self.partitions.saturating_add(partitions) > MAX_PARTITIONS {
            return false;
        }
        if self.by_id.len() < slots {
            return true;
        }
        let unused = self.by_id.iter().min_by_key(|(_, session)| session.used);
        let unused = unused.filter(|(_, session)| now.duration_since(session.used) > EVICTION_AGE);
        let smaller = || {
            let old = self
                .by_id
                .iter()
                .filter(|(_, session)| now.duration_since(session.created) > EVICTION_AGE);
            old.min_by_key(|(_, session)| session.partitions.len())
                .filter(|(_, session)| session.partitions.len() < partitions)
        };
        let Some(id) = unused.or_else(smaller).map(|(id, _)| *id) else {
            return false;
        };
        self.remove(id);
        true
    }
}

fn next_epoch(epoch: i32) -> i32 {
    epoch.checked_add(1).unwrap_or(1)
}

#[cfg(test)]
mod tests;
