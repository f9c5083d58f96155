//! Keeping the topics fresh: what brokers tell, a complete listing now and then, and what is due from time to time.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use kop_log::{LogError, PartitionLog, is_internal_topic};
use kop_pulsar_client::{Error, TopicChange, TopicWatch};
use tokio::time::{Instant, sleep, sleep_until};

use super::Inner;
use super::names::Address;
use super::table::Topic;
use crate::fault::fault;

/// Topics that are asked for at the same time.
const AT_ONCE: usize = 16;
/// Topics of a namespace that are read anew with each complete listing.
const REREAD: usize = 100;
/// How long what this server has read or changed is taken for true: policies are told a moment later.
const SETTLED: Duration = Duration::from_secs(2);
/// The pause before a watch is set up anew.
const PAUSE: Duration = Duration::from_secs(1);
/// How often the topics that the server keeps for itself are compacted, if there is something new in them.
const COMPACT_EVERY: Duration = Duration::from_secs(3600);

/// When topics that the server keeps for itself were compacted, and up to which offsets.
#[derive(Debug, Default)]
pub(super) struct Compacted {
    last: Option<Instant>,
    ends: HashMap<(String, i32), i64>,
}

/// What a listing says of a topic: the highest number of a partition, if there are some.
type Listing = BTreeMap<Address, Option<i32>>;

impl Inner {
    /// Follows a namespace for as long as the catalog is there.
    pub(super) async fn follow(self: Arc<Self>, namespace: String) {
        loop {
            let pattern = format!("persistent://{namespace}/.*");
            let watch = match self.client.watch_topics(&namespace, &pattern).await {
                Ok(watch) => Some(watch),
                Err(Error::Unsupported(_)) => None,
                Err(error) => {
                    tracing::warn!(namespace, %error, "topics of the namespace cannot be watched; trying again");
                    sleep(PAUSE).await;
                    None
                }
            };
            self.follow_one(&namespace, watch).await;
        }
    }

    /// Follows until the watch ends, or for one period without a watch.
    async fn follow_one(&self, namespace: &str, mut watch: Option<TopicWatch>) {
        let mut listing = Instant::now() + self.config.refresh;
        loop {
            let change = async {
                match &mut watch {
                    Some(watch) => watch.next().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                change = change => match change {
                    Ok(change) => self.changed(change).await,
                    Err(error) => {
                        tracing::debug!(namespace, %error, "the watch of the namespace ended");
                        sleep(PAUSE).await;
                        return;
                    }
                },
                () = sleep_until(listing) => {
                    if let Err(error) = self.list(namespace).await {
                        tracing::warn!(namespace, %error, "topics of the namespace cannot be listed; trying again");
                    }
                    listing = Instant::now() + self.config.refresh;
                    if watch.is_none() {
                        return;
                    }
                }
            }
        }
    }

    /// Brings the table up to date after topics came or went.
    async fn changed(&self, change: TopicChange) {
        let mut topics = Listing::new();
        for name in &change.added {
            note(&mut topics, name);
        }
        let mut wanted: Vec<Address> = topics
            .into_iter()
            .filter(|(address, highest)| self.is_news(address, *highest))
            .map(|(address, _)| address)
            .collect();
        let mut gone = Listing::new();
        for name in &change.removed {
            note(&mut gone, name);
        }
        wanted.extend(gone.into_keys().filter(|address| self.has(address)));
        self.reload_all(wanted).await;
    }

    /// Lists a namespace, and brings the table up to date.
    pub(super) async fn list(&self, namespace: &str) -> Result<(), LogError> {
        let admin = self.client.admin();
        let failed = |error: Error| fault(&format!("listing {namespace}"), &error);
        // One of kopAllowedNamespaces may not be there yet.
        let or_none = |listed: Result<Vec<String>, Error>| match listed {
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            listed => listed.map_err(failed),
        };
        let partitioned = or_none(admin.partitioned_topics(namespace).await)?;
        let topics = or_none(admin.topics(namespace).await)?;
        let mut listing = Listing::new();
        for name in partitioned.iter().chain(&topics) {
            note(&mut listing, name);
        }
        let known: Vec<Arc<Topic>> = {
            let table = self.table.read();
            let here = table
                .iter()
                .filter(|topic| topic.address.namespace == namespace);
            here.cloned().collect()
        };
        let (known, gone): (Vec<_>, Vec<_>) = known
            .into_iter()
            .partition(|topic| listing.contains_key(&topic.address));
        let gone = gone.iter().map(|topic| topic.address.clone());
        let news = listing
            .into_iter()
            .filter(|(address, highest)| self.is_news(address, *highest))
            .map(|(address, _)| address);
        let wanted = news.chain(gone).collect();
        self.reload_all(wanted).await;
        self.reread_oldest(known).await;
        Ok(())
    }

    /// Nobody tells that policies or properties of a topic were changed: some are read anew each time, the longest known
    /// first.
    async fn reread_oldest(&self, mut topics: Vec<Arc<Topic>>) {
        topics.retain(|topic| topic.read_at.elapsed() >= SETTLED);
        topics.sort_by_key(|topic| topic.read_at);
        topics.truncate(REREAD);
        let rereads = topics.into_iter().map(|topic| async move {
            let address = topic.address.clone();
            if let Err(error) = self.reread(topic).await {
                tracing::debug!(topic = %address, %error, "the topic cannot be read anew");
            }
        });
        stream::iter(rereads)
            .buffer_unordered(AT_ONCE)
            .collect::<Vec<()>>()
            .await;
    }

    fn has(&self, address: &Address) -> bool {
        let canonical = self.naming().canonical(address);
        self.table.read().get(&canonical).is_some()
    }

    /// Whether the table does not know a topic of the list, or not all of its partitions.
    fn is_news(&self, address: &Address, highest: Option<i32>) -> bool {
        if !self.lists(address) {
            return false;
        }
        let canonical = self.naming().canonical(address);
        let table = self.table.read();
        table.get(&canonical).is_none_or(|topic| {
            topic.partitioned && highest.is_some_and(|highest| highest >= topic.info.partitions)
        })
    }

    async fn reload_all(&self, addresses: Vec<Address>) {
        let reloads = addresses
            .into_iter()
            .map(|address| self.reload_logged(address));
        stream::iter(reloads)
            .buffer_unordered(AT_ONCE)
            .collect::<Vec<()>>()
            .await;
    }

    async fn reload_logged(&self, address: Address) {
        if let Err(error) = self.reload(&address).await {
            tracing::warn!(topic = %address, %error, "the topic cannot be read");
        }
    }

    /// Does what is due.
    pub(super) async fn maintain(&self, now_ms: i64) {
        let topics: Vec<_> = self.table.read().iter().cloned().collect();
        for topic in &topics {
            for log in topic.used_logs() {
                log.maintain(now_ms).await;
            }
        }
        let store = Address::new(&*self.naming().metadata_namespace, crate::store::TOPIC);
        if self.store.wants_compaction() {
            self.compact(&store.to_string()).await;
        }
        if !self.compaction_is_due() {
            return;
        }
        for topic in topics
            .iter()
            .filter(|topic| is_internal_topic(&topic.info.name))
        {
            for log in topic.used_logs() {
                let end = log.offsets().log_end;
                let key = (topic.info.name.to_string(), log.partition());
                let before = self.compacted.lock().ends.insert(key, end);
                if before != Some(end) {
                    self.compact(&topic.address.partition(log.partition()))
                        .await;
                }
            }
        }
    }

    fn compaction_is_due(&self) -> bool {
        let mut compacted = self.compacted.lock();
        let due = compacted
            .last
            .is_none_or(|last| last.elapsed() >= COMPACT_EVERY);
        if due {
            compacted.last = Some(Instant::now());
        }
        due
    }

    async fn compact(&self, topic: &str) {
        match self.client.admin().compact(topic).await {
            Ok(()) => tracing::debug!(topic, "compaction started"),
            // It runs already.
            Err(error) if error.is_conflict() => {}
            Err(error) => {
                tracing::warn!(topic, %error, "the topic cannot be compacted; it grows until it can");
            }
        }
    }
}

/// Notes a topic, or the topic that a partition belongs to.
fn note(listing: &mut Listing, name: &str) {
    let Some(address) = Address::parse(name) else {
        return;
    };
    match address.split_partition() {
        Some((topic, partition)) => {
            let highest = listing.entry(topic).or_default();
            *highest = (*highest).max(Some(partition));
        }
        None => {
            listing.entry(address).or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_are_noted_with_their_topic() {
        let mut listing = Listing::new();
        for name in [
            "persistent://a/b/t-partition-1",
            "persistent://a/b/t",
            "persistent://a/b/t-partition-0",
            "persistent://a/b/u",
            "non-persistent://a/b/v",
        ] {
            note(&mut listing, name);
        }
        let expected = [
            (Address::new("a/b", "t"), Some(1)),
            (Address::new("a/b", "u"), None),
        ];
        assert_eq!(listing, Listing::from(expected));
    }
}
