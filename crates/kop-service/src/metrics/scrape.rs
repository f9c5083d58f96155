//! What is looked up when it is asked for: consumer groups, partitions, the data directories.

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use kop_codec::ByteString;
use kop_codec::messages::offset_fetch_request::OffsetFetchRequestGroup;
use kop_codec::messages::{ListGroupsRequest, OffsetFetchRequest};
use kop_coordinator::{GroupContext, GroupState};
use kop_log::PartitionLog;
use parking_lot::Mutex;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::registry::{Registry, Unit};
use tokio::time::timeout;

use super::cleaner::cleaner;
use super::encode::{Now, Total, family, one};
use super::transactions::transactions;
use crate::Broker;
use crate::settings::keys;

/// How long the coordinator may take to tell what groups have committed.
const PATIENCE: Duration = Duration::from_secs(5);

/// Shows a broker's consumer groups, partitions and data directories.
#[derive(Clone, Debug)]
pub struct Scrape {
    broker: Weak<Broker>,
    committed: Arc<Mutex<Committed>>,
}

/// The offsets that groups have committed.
#[derive(Debug, Default)]
struct Committed {
    offsets: Vec<CommittedOffset>,
    /// Not all of them: there are more than may be shown, or the coordinator did not tell.
    cut: bool,
}

#[derive(Debug)]
struct CommittedOffset {
    group: ByteString,
    topic: ByteString,
    partition: i32,
    offset: i64,
}

impl Scrape {
    /// Has `registry` show `broker`, which it does not keep alive.
    pub fn register(registry: &mut Registry, broker: &Arc<Broker>) -> Self {
        let scrape = Self {
            broker: Arc::downgrade(broker),
            committed: Arc::default(),
        };
        registry.register_collector(Box::new(scrape.clone()));
        scrape
    }

    /// Asks the group coordinator for what has been committed. To be awaited before the registry is encoded. What takes
    /// longer than a few seconds, because groups are still being read, is left out.
    pub async fn refresh(&self) {
        let Some(broker) = self.broker.upgrade() else {
            return;
        };
        let committed = timeout(PATIENCE, committed(&broker)).await;
        *self.committed.lock() = committed.unwrap_or(Committed {
            cut: true,
            ..Committed::default()
        });
    }
}

async fn committed(broker: &Broker) -> Committed {
    let most = limit(broker);
    let mut committed = Committed::default();
    if most == 0 {
        return committed;
    }
    let groups = broker.groups();
    // Before version 10 topics are named.
    let context = GroupContext {
        api_version: 9,
        ..GroupContext::default()
    };
    let listed = groups
        .list_groups(&context, ListGroupsRequest::default())
        .await;
    committed.cut = listed.error_code.is_error();
    for listed in listed.groups {
        let group = OffsetFetchRequestGroup {
            group_id: listed.group_id,
            topics: None,
            ..OffsetFetchRequestGroup::default()
        };
        let request = OffsetFetchRequest {
            groups: vec![group],
            ..OffsetFetchRequest::default()
        };
        for group in groups.offset_fetch(&context, request).await.groups {
            committed.cut |= group.error_code.is_error();
            for topic in group.topics {
                for partition in topic.partitions {
                    if committed.offsets.len() >= most {
                        committed.cut = true;
                        return committed;
                    }
                    committed.offsets.push(CommittedOffset {
                        group: group.group_id.clone(),
                        topic: topic.name.clone(),
                        partition: partition.partition_index,
                        offset: partition.committed_offset,
                    });
                }
            }
        }
    }
    committed
}

fn limit(broker: &Broker) -> usize {
    usize::try_from(broker.settings().get(keys::METRICS_MAX_PARTITIONS)).unwrap_or(usize::MAX)
}

impl Collector for Scrape {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Some(broker) = self.broker.upgrade() else {
            return Ok(());
        };
        groups(&broker, &mut encoder)?;
        transactions(&broker, &mut encoder)?;
        let all_shown = partitions(&broker, &mut encoder)?;
        directories(&broker, &mut encoder)?;
        if let Some(stats) = broker.catalog().cleaner() {
            cleaner(&stats, broker.now_ms(), &mut encoder)?;
        }
        let committed = self.committed.lock();
        lag(&broker, &committed.offsets, &mut encoder)?;
        let complete = all_shown && !committed.cut;
        let help = "1 where partitions or committed offsets are left out";
        one(
            &mut encoder,
            ("metrics_incomplete", None),
            help,
            &Now(u32::from(!complete)),
        )
    }
}

fn groups(broker: &Broker, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let metrics = broker.groups().metrics();
    let states =
        GroupState::ALL.map(|state| ([("state", state.name())], Now(metrics.groups(state))));
    family(encoder, ("groups", None), "Consumer groups", states)?;
    let tally = metrics.tally();
    for (name, help, value) in [
        ("group_rebalances", "Rebalances completed", tally.rebalances),
        ("group_offset_commits", "Offsets committed", tally.commits),
        (
            "group_offsets_expired",
            "Committed offsets that expired",
            tally.expired_offsets,
        ),
        (
            "group_offsets_deleted",
            "Committed offsets that were deleted",
            tally.deleted_offsets,
        ),
        (
            "group_partitions_loaded",
            "Partitions of __consumer_offsets that were read",
            metrics.partitions_loaded(),
        ),
    ] {
        one(encoder, (name, None), help, &Total(value))?;
    }
    let seconds = |millis| Duration::from_millis(millis).as_secs_f64();
    one(
        encoder,
        ("group_load", Some(Unit::Seconds)),
        "Time that it took to read them, all together",
        &Total(seconds(metrics.load_ms())),
    )?;
    one(
        encoder,
        ("group_load_max", Some(Unit::Seconds)),
        "Time that the slowest of them took",
        &Now(seconds(metrics.load_max_ms())),
    )
}

/// Writes the metrics by partition. `false` where there are too many.
fn partitions(broker: &Broker, encoder: &mut DescriptorEncoder<'_>) -> Result<bool, fmt::Error> {
    let catalog = broker.catalog();
    let topics = catalog.topics();
    let count: i64 = topics.iter().map(|topic| i64::from(topic.partitions)).sum();
    one(
        encoder,
        ("topics", None),
        "Topics",
        &Now(topics.len() as u64),
    )?;
    one(encoder, ("partitions", None), "Partitions", &Now(count))?;
    let logs: Vec<(String, Arc<dyn PartitionLog>)> = topics
        .iter()
        .flat_map(|topic| (0..topic.partitions).map(move |index| (topic, index)))
        // A topic may have been deleted meanwhile, or the partition is not open.
        .filter_map(|(topic, index)| catalog.partition(&topic.name, index).ok())
        .take(limit(broker))
        .map(|log| (log.partition().to_string(), log))
        .collect();
    let rows = |value: fn(&dyn PartitionLog) -> i64| {
        logs.iter().map(move |(partition, log)| {
            let labels = [("topic", log.topic()), ("partition", partition)];
            (labels, Now(value(&**log)))
        })
    };
    family(
        encoder,
        ("log_size", Some(Unit::Bytes)),
        "Bytes of a partition on disk",
        rows(|log| i64::try_from(log.size_bytes()).unwrap_or(i64::MAX)),
    )?;
    family(
        encoder,
        ("log_start_offset", None),
        "First offset of a partition",
        rows(|log| log.offsets().log_start),
    )?;
    family(
        encoder,
        ("log_end_offset", None),
        "Offset after the last of a partition",
        rows(|log| log.offsets().log_end),
    )?;
    // Those that are not open have no rows.
    Ok(logs.len() < limit(broker) || logs.len() as i64 >= count)
}

fn directories(broker: &Broker, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let dirs: Vec<_> = broker.catalog().log_dirs();
    let paths: Vec<String> = dirs
        .iter()
        .map(|dir| dir.path.to_string_lossy().into_owned())
        .collect();
    let label = |at: usize| [("path", paths[at].as_str())];
    let rows = dirs.iter().enumerate();
    family(
        encoder,
        ("log_dir_failed", None),
        "1 while writes to the directory fail",
        rows.clone()
            .map(|(at, dir)| (label(at), Now(u32::from(dir.failed)))),
    )?;
    family(
        encoder,
        ("log_dir_usable", Some(Unit::Bytes)),
        "Bytes free on the volume of the directory",
        rows.filter(|(_, dir)| dir.usable_bytes >= 0)
            .map(|(at, dir)| (label(at), Now(dir.usable_bytes))),
    )
}

fn lag(
    broker: &Broker,
    offsets: &[CommittedOffset],
    encoder: &mut DescriptorEncoder<'_>,
) -> fmt::Result {
    let labels = |committed: &CommittedOffset| {
        [
            ("group", committed.group.to_string()),
            ("topic", committed.topic.to_string()),
            ("partition", committed.partition.to_string()),
        ]
    };
    family(
        encoder,
        ("group_committed_offset", None),
        "Offset that a group has committed",
        offsets
            .iter()
            .map(|committed| (labels(committed), Now(committed.offset))),
    )?;
    let lags = offsets.iter().filter_map(|committed| {
        let log = broker
            .catalog()
            .partition(&committed.topic, committed.partition);
        // Without the topic there is no lag.
        let end = log.ok()?.offsets().high_watermark;
        let lag = end.saturating_sub(committed.offset).max(0);
        Some((labels(committed), Now(lag)))
    });
    family(
        encoder,
        ("group_lag", None),
        "Records between what a group has committed and the high watermark",
        lags,
    )
}
