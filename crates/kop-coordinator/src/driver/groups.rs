//! The groups of a partition, as a task keeps them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use kop_codec::{ByteString, DecodeError, ErrorCode, Uuid};
use kop_log::LogCatalog;

use super::machine::{EncodedWrite, LoadedBatch, Machine, Output};
use crate::config::GroupConfig;
use crate::consumer::Topics;
use crate::group_state::GroupState;
use crate::metrics::GroupMetrics;
use crate::outbox::{AfterWrite, Outbox};
use crate::record::GroupRecord;
use crate::request::{GroupContext, GroupRequest, GroupResponse, Ticket};
use crate::shard::GroupShard;
use crate::time::Now;

/// A shard of groups, its outputs and its metrics.
pub(super) struct GroupMachine {
    catalog: Arc<dyn LogCatalog>,
    shard: GroupShard,
    out: Outbox,
    metrics: Arc<GroupMetrics>,
    /// What the metrics have been told.
    by_state: [usize; GroupState::ALL.len()],
}

/// The topics of a catalog, for groups whose members are assigned their partitions here.
struct CatalogTopics(Arc<dyn LogCatalog>);

impl Topics for CatalogTopics {
    fn find(&self, name: &str) -> Option<(Uuid, i32)> {
        let topic = self.0.topic(name)?;
        Some((topic.id, topic.partitions))
    }

    fn name(&self, id: Uuid) -> Option<ByteString> {
        Some(self.0.topic_by_id(id)?.name.clone())
    }

    fn names(&self) -> Vec<ByteString> {
        let topics = self.0.topics();
        topics.iter().map(|topic| topic.name.clone()).collect()
    }
}

impl fmt::Debug for CatalogTopics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CatalogTopics")
    }
}

/// A request and who sent it.
#[derive(Clone)]
pub(super) struct GroupCall {
    pub(super) context: GroupContext,
    pub(super) request: GroupRequest,
}

/// News for groups.
pub(super) enum GroupEvent {
    TopicDeleted(String),
}

impl GroupMachine {
    pub(super) fn new(
        catalog: Arc<dyn LogCatalog>,
        config: Arc<GroupConfig>,
        metrics: Arc<GroupMetrics>,
    ) -> Self {
        Self {
            shard: GroupShard::new(config, Arc::new(CatalogTopics(Arc::clone(&catalog)))),
            catalog,
            out: Outbox::default(),
            metrics,
            by_state: [0; GroupState::ALL.len()],
        }
    }

    /// Gives topics their canonical names: others may have written other spellings.
    fn name_topic(&self, mut record: GroupRecord) -> GroupRecord {
        if let GroupRecord::Offset { topic, .. }
        | GroupRecord::PendingOffset { topic, .. }
        | GroupRecord::OriginalOffset { topic, .. } = &mut record
            && let Cow::Owned(name) = self.catalog.canonical_name(topic)
        {
            *topic = name.into();
        }
        record
    }
}

impl Machine for GroupMachine {
    const WHAT: &'static str = "groups";
    const TOO_LARGE: ErrorCode = ErrorCode::INVALID_COMMIT_OFFSET_SIZE;

    type Request = GroupCall;
    type Response = GroupResponse;
    type Event = GroupEvent;
    type Record = GroupRecord;
    type After = AfterWrite;

    fn decode(key: &Bytes, value: Option<&Bytes>) -> Result<Option<GroupRecord>, DecodeError> {
        GroupRecord::decode(key, value)
    }

    fn decode_wrapped(
        key: &Bytes,
        value: Option<&Bytes>,
    ) -> Result<Option<GroupRecord>, DecodeError> {
        let record = GroupRecord::decode(key, value)?;
        Ok(record.map(GroupRecord::of_original))
    }

    fn load(&mut self, batch: LoadedBatch<GroupRecord>) {
        match batch {
            LoadedBatch::Records(records) => {
                for record in records {
                    let record = self.name_topic(record);
                    self.shard.load(record);
                }
            }
            LoadedBatch::InTransaction {
                producer_id,
                records,
            } => {
                for record in records {
                    let record = self.name_topic(record);
                    self.shard.load_in_transaction(producer_id, record);
                }
            }
            LoadedBatch::EndOfTransaction {
                producer_id,
                marker,
            } => self
                .shard
                .load_end_of_transaction(producer_id, marker.committed),
        }
    }

    fn loaded(&mut self, now: Now, took_ms: u64) {
        self.shard.loaded(now, &mut self.out);
        self.metrics.loaded(took_ms);
    }

    fn handle(&mut self, now: Now, ticket: Ticket, call: GroupCall) {
        self.shard
            .handle(now, ticket, &call.context, call.request, &mut self.out);
    }

    fn event(&mut self, now: Now, event: GroupEvent) {
        match event {
            GroupEvent::TopicDeleted(topic) => {
                self.shard.topic_deleted(now, &topic, &mut self.out);
            }
        }
    }

    fn wake_at(&self) -> i64 {
        self.shard.wake_at()
    }

    fn tick(&mut self, now: Now) {
        self.shard.tick(now, &mut self.out);
    }

    fn written(&mut self, now: Now, after: AfterWrite, result: Result<(), ErrorCode>) {
        self.shard.written(now, after, result, &mut self.out);
    }

    fn timed_out(&mut self, now: Now, after: &AfterWrite, error: ErrorCode) {
        self.shard.timed_out(now, after, error, &mut self.out);
    }

    fn drain(&mut self) -> Output<Self> {
        self.metrics.add(std::mem::take(&mut self.out.tally));
        let by_state = self.shard.groups_by_state();
        self.metrics.moved(&self.by_state, &by_state);
        self.by_state = by_state;
        let writes = self.out.writes.drain(..).map(|write| EncodedWrite {
            records: write.records.iter().map(GroupRecord::encode).collect(),
            write_as: write.write_as,
            then: write.then,
        });
        Output {
            writes: writes.collect(),
            replies: std::mem::take(&mut self.out.replies),
        }
    }

    fn ended(&mut self) {
        let none = [0; GroupState::ALL.len()];
        self.metrics.moved(&self.by_state, &none);
        self.by_state = none;
    }
}
