//! Fetch: reads records from partitions, and waits for them where there are none yet.
//!
//! `partition` reads one partition, `convert` rewrites records for old clients, `answer` builds the response; sessions
//! are in `fetch_session`.

mod answer;
mod convert;
mod partition;
mod room;

use std::time::Duration;

use kop_codec::ErrorCode;
use kop_codec::messages::fetch_request::{FetchTopic, ForgottenTopic};
use kop_codec::messages::{FetchRequest, FetchResponse};
use kop_log::{Isolation, Waiter};
use prometheus_client::metrics::gauge::Gauge;
use tokio::time::{Instant, timeout_at};

use self::partition::Partition;
use self::room::Room;
use super::partition::isolation;
use crate::fetch_session::{Asked, Changes, FINAL_EPOCH, INITIAL_EPOCH, TopicKey, Wanted};
use crate::metrics::Histogram;
use crate::settings::keys;
use crate::{Context, ErrorTally, Handler};

/// Answers Fetch.
///
/// Records are passed on as the log gives them, file regions too, unless the client is so old that they have to be
/// converted. An idle long poll costs its list of partitions and one waiter.
///
/// Up to version 2 there is no limit for all partitions, and Kafka cuts a batch that is larger than the partition's
/// limit; here such clients get the first batch whole, as later ones do, since with a piece of it they cannot go on.
#[derive(Debug, Default)]
pub struct Fetch;

impl Handler for Fetch {
    type Request = FetchRequest;

    async fn handle(&self, cx: Context, request: FetchRequest) -> FetchResponse {
        let mut limits = Limits::of(&cx, &request);
        let (session, wanted) = match Session::open(&cx, request) {
            Ok((session, Asked { wanted, patience })) => {
                limits.shorten(patience);
                (session, wanted)
            }
            Err(error_code) => {
                return FetchResponse {
                    error_code,
                    ..FetchResponse::default()
                };
            }
        };
        let mut partitions = partition::open(&cx.broker, wanted, limits.refused).await;
        let mut room = Room::new(&cx);
        read(&cx, &limits, &mut room, &mut partitions).await;
        if cx.version < 4 {
            while !convert::for_old_client(&cx, &mut partitions).await {
                read(&cx, &limits, &mut room, &mut partitions).await;
            }
        }
        drop(room);
        answer::response(&cx, session, partitions)
    }

    fn errors(response: &FetchResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
        let partitions = response
            .responses
            .iter()
            .flat_map(|topic| &topic.partitions);
        partitions.for_each(|partition| tally.add(partition.error_code));
    }
}

/// How much to read, how far to see, and how long to wait.
struct Limits {
    min_bytes: usize,
    max_bytes: usize,
    isolation: Isolation,
    deadline: Instant,
    /// The request as a whole cannot be served.
    refused: Option<ErrorCode>,
    zstd: bool,
    /// Where the time of reads is counted.
    reads: Histogram,
}

/// Counts a fetch as waiting until it is dropped.
struct Waiting<'a>(&'a Gauge);

impl<'a> Waiting<'a> {
    fn new(waiting: &'a Gauge) -> Self {
        waiting.inc();
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Limits {
    fn of(cx: &Context, request: &FetchRequest) -> Self {
        let most =
            usize::try_from(cx.broker.settings().get(keys::FETCH_MAX_BYTES)).unwrap_or(usize::MAX);
        let wanted = if cx.version >= 3 {
            usize::try_from(request.max_bytes).unwrap_or_default()
        } else {
            most
        };
        let max_bytes = wanted.min(most);
        let isolation = isolation(request.isolation_level);
        // There are no other brokers that could follow this one.
        let replica = if cx.version >= 15 {
            request.replica_state.replica_id
        } else {
            request.replica_id
        };
        let refused = match isolation {
            None => Some(ErrorCode::INVALID_REQUEST),
            Some(_) if replica >= 0 => Some(ErrorCode::NOT_LEADER_OR_FOLLOWER),
            Some(_) => None,
        };
        let wait = Duration::from_millis(u64::try_from(request.max_wait_ms).unwrap_or_default());
        Self {
            min_bytes: usize::try_from(request.min_bytes)
                .unwrap_or_default()
                .min(max_bytes),
            max_bytes,
            isolation: isolation.unwrap_or_default(),
            deadline: Instant::now() + wait,
            refused,
            zstd: cx.version >= 10,
            reads: cx.broker.metrics().read_duration.clone(),
        }
    }

    /// Waits no longer than this, if it is something.
    fn shorten(&mut self, wait: Option<Duration>) {
        if let Some(wait) = wait {
            self.deadline = self.deadline.min(Instant::now() + wait);
        }
    }
}

/// Reads until there is enough, something is wrong, or the time is up. Dropped with the connection.
async fn read(cx: &Context, limits: &Limits, room: &mut Room<'_>, partitions: &mut [Partition]) {
    let mut waited = false;
    while !read_once(limits, room, partitions).await {
        if Instant::now() >= limits.deadline {
            return;
        }
        if waited {
            cx.broker.metrics().fetches_woken.inc();
        }
        // A new waiter each time: the logs forget one that woke, but only those that did wake it.
        let waiter = Waiter::new();
        partitions
            .iter()
            .for_each(|partition| partition.wake(&waiter));
        let _waiting = Waiting::new(&cx.broker.metrics().fetches_waiting);
        if timeout_at(limits.deadline, waiter.woken()).await.is_err() {
            return;
        }
        partitions.iter_mut().for_each(Partition::notice_deletion);
        waited = true;
    }
    if waited {
        cx.broker.metrics().fetches_woken.inc();
    }
}

/// One pass over all partitions. Returns whether to answer now.
async fn read_once(limits: &Limits, room: &mut Room<'_>, partitions: &mut [Partition]) -> bool {
    partitions.iter_mut().for_each(Partition::forget);
    room.clear();
    let mut left = limits.max_bytes;
    for partition in partitions.iter().skip(1) {
        left = left.saturating_sub(partition.read_soon(left));
    }
    left = limits.max_bytes;
    let (mut bytes, mut settled) = (0_usize, partitions.is_empty());
    for partition in partitions {
        partition.read(limits, room, left, bytes == 0).await;
        settled |= partition.is_settled() || partition.goes_on(limits.isolation);
        let len = partition.records().len();
        bytes = bytes.saturating_add(len);
        left = left.saturating_sub(len);
    }
    settled || bytes >= limits.min_bytes || (bytes > 0 && room.is_short())
}

/// What an answer has to do with a fetch session.
#[derive(Clone, Copy, Debug)]
enum Session {
    /// Nothing.
    None,
    /// It starts one.
    New,
    /// It belongs to this one, as answer to the request with this epoch.
    Incremental { id: i32, epoch: i32 },
}

impl Session {
    /// Finds out what the client wants of which partitions.
    fn open(cx: &Context, request: FetchRequest) -> Result<(Self, Asked), ErrorCode> {
        let (id, epoch) = (request.session_id, request.session_epoch);
        let sessions = cx.broker.fetch_sessions();
        let set = wanted(cx.version, request.topics);
        let all = |wanted| Asked {
            wanted,
            patience: None,
        };
        if cx.version < 7 {
            return Ok((Self::None, all(set)));
        }
        if epoch == INITIAL_EPOCH || epoch == FINAL_EPOCH {
            if id != 0 {
                sessions.remove(id);
            }
            let session = if epoch == INITIAL_EPOCH {
                Self::New
            } else {
                Self::None
            };
            return Ok((session, all(set)));
        }
        let forget = forgotten(cx.version, request.forgotten_topics_data);
        let by_topic_id = cx.version >= 13;
        let changes = Changes {
            set,
            forget,
            by_topic_id,
        };
        let asked = sessions.update(id, epoch, changes)?;
        if asked.wanted.is_empty() {
            return Ok((Self::None, asked));
        }
        Ok((Self::Incremental { id, epoch }, asked))
    }
}

fn wanted(version: i16, topics: Vec<FetchTopic>) -> Vec<Wanted> {
    let count = topics.iter().map(|topic| topic.partitions.len()).sum();
    let mut wanted = Vec::with_capacity(count);
    for topic in topics {
        let key = TopicKey::new(version, topic.topic, topic.topic_id);
        let partitions = topic.partitions.iter();
        wanted.extend(partitions.map(|partition| Wanted::new(key.clone(), partition)));
    }
    wanted
}

fn forgotten(version: i16, topics: Vec<ForgottenTopic>) -> Vec<(TopicKey, i32)> {
    let mut forgotten = Vec::new();
    for topic in topics {
        let key = TopicKey::new(version, topic.topic, topic.topic_id);
        forgotten.extend(
            topic
                .partitions
                .iter()
                .map(|partition| (key.clone(), *partition)),
        );
    }
    forgotten
}
