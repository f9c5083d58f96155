//! Topics that come and go in a namespace.

use std::time::Duration;

use tokio::sync::mpsc;

use crate::connection::Connection;
use crate::error::Error;
use crate::proto::base_command::Command;
use crate::proto::{CommandWatchTopicList, CommandWatchTopicListClose};
use crate::types::TopicChange;

/// Changes that may wait to be taken. A watch with more of them ends.
const WAITING: usize = 1024;

/// A watch over the topics of a namespace. Ends with its connection: then make another one. Dropping it ends it at the
/// broker.
#[derive(Debug)]
pub struct TopicWatch {
    connection: Connection,
    id: u64,
    changes: mpsc::Receiver<TopicChange>,
    first: Option<Vec<String>>,
}

impl TopicWatch {
    pub(crate) async fn open(
        connection: Connection,
        namespace: &str,
        regex: &str,
        operation_timeout: Duration,
    ) -> Result<Self, Error> {
        if !connection.watches_topics() {
            return Err(Error::Unsupported("watching topics".to_owned()));
        }
        let id = connection.next_id();
        let (sender, changes) = mpsc::channel(WAITING);
        connection.add_watch(id, sender)?;
        let mut watch = Self {
            connection,
            id,
            changes,
            first: None,
        };
        let request = |request_id| {
            Command::WatchTopicList(CommandWatchTopicList {
                request_id,
                watcher_id: id,
                namespace: namespace.to_owned(),
                topics_pattern: regex.to_owned(),
            })
        };
        let asking = watch
            .connection
            .request("watching topics", operation_timeout, request);
        match asking.await? {
            Command::WatchTopicListSuccess(success) => watch.first = Some(success.topic),
            _ => return Err(Error::malformed("answer to a watch", "another command")),
        }
        Ok(watch)
    }

    /// What has changed. The first time: all topics that there are, as added. A change may be told of that the list had
    /// already. Cancel safe.
    pub async fn next(&mut self) -> Result<TopicChange, Error> {
        if let Some(added) = self.first.take() {
            return Ok(TopicChange {
                added,
                removed: Vec::new(),
            });
        }
        match self.changes.recv().await {
            Some(change) => Ok(change),
            None => Err(self.connection.end_reason_of("the watch")),
        }
    }
}

impl Drop for TopicWatch {
    fn drop(&mut self) {
        if self.connection.remove_watch(self.id) {
            let close = CommandWatchTopicListClose {
                request_id: self.connection.next_id(),
                watcher_id: self.id,
            };
            self.connection.send(Command::WatchTopicListClose(close));
        }
    }
}
