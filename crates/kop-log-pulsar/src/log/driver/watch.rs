//! Whether the broker still reads the tail for us.
//!
//! A broker that closes a topic tells its readers. One that comes while the topic is being closed can be taken by it all the
//! same, and is told nothing: it waits for entries that nobody will send. So a tail that gives nothing for a while is looked
//! for among the topic's subscriptions, and opened again where it is not there.

use std::sync::Arc;
use std::time::Duration;

use kop_log::{BoxFuture, LogError};
use tokio::time::{Instant, timeout};

use super::Driver;

/// How long a tail may give nothing before it is looked for, first. It is mostly lost as it begins, so each time is two times
/// as long as the one before.
const FIRST: Duration = Duration::from_secs(3);
const LONGEST: Duration = Duration::from_secs(600);

/// When the tail is looked for.
#[derive(Debug)]
pub(super) struct Watch {
    /// It has given something since the clock was looked at.
    heard: bool,
    /// When that was, or it was looked for.
    since: Instant,
    patience: Duration,
    /// It was not found.
    missed: bool,
}

/// The name of a tail's subscription, and those that the topic has.
pub(super) type Subscriptions = (String, Result<Vec<String>, LogError>);

impl Default for Watch {
    fn default() -> Self {
        Self {
            heard: false,
            since: Instant::now(),
            patience: FIRST,
            missed: false,
        }
    }
}

impl Watch {
    /// The tail begins. Where that is since it was not found, a broker that does not list it at all is asked less and less
    /// often too.
    pub(super) fn begin(&mut self) {
        let patience = if self.missed { self.patience } else { FIRST };
        *self = Self {
            patience,
            ..Self::default()
        };
    }

    /// The tail gives entries.
    pub(super) fn heard(&mut self) {
        self.heard = true;
    }

    /// Looks at the clock: whether the tail is to be looked for now.
    fn is_over(&mut self, now: Instant) -> bool {
        if std::mem::take(&mut self.heard) {
            self.since = now;
        }
        if now.duration_since(self.since) < self.patience {
            return false;
        }
        self.since = now;
        self.patience = (self.patience * 2).min(LONGEST);
        true
    }
}

impl Driver {
    /// Asks for the topic's subscriptions, if the tail has given nothing for long.
    pub(super) fn watch_tail(&mut self) {
        let is_over = self.watch.is_over(Instant::now());
        let is_time = is_over && self.looking_for_tail.is_none();
        let Some(tail) = self.tail.as_ref().filter(|_| is_time) else {
            return;
        };
        let name = tail.subscription().to_owned();
        let shared = Arc::clone(&self.shared);
        let asking: BoxFuture<'static, Subscriptions> = Box::pin(async move {
            let limit = shared.context.settings.operation_timeout;
            let admin = shared.context.client.admin();
            let asking = admin.subscriptions(&shared.partition.pulsar_topic);
            let found = match timeout(limit, asking).await {
                Ok(Err(error)) if error.is_not_found() => Ok(Vec::new()),
                Ok(found) => found.map_err(|error| shared.error(error)),
                Err(_) => Err(LogError::Unavailable {
                    reason: format!("no subscriptions within {limit:?}"),
                }),
            };
            (name, found)
        });
        self.looking_for_tail = Some(asking);
    }

    /// The subscriptions of the topic. Where they are not known, the tail is looked for again later.
    pub(super) fn tail_looked_for(&mut self, (name, found): Subscriptions) {
        let is_tail = self
            .tail
            .as_ref()
            .is_some_and(|tail| tail.subscription() == name);
        match found {
            Ok(found) if is_tail && !found.contains(&name) => {
                self.watch.missed = true;
                let reason = "its broker has closed it without saying so".to_owned();
                self.tail_lost(&LogError::Unavailable { reason });
            }
            Ok(_) => {}
            Err(error) => {
                let topic = &self.shared.partition.pulsar_topic;
                tracing::debug!(topic, %error, "it is not known whether the tail is read");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_silent_tail_is_looked_for_less_and_less_often() {
        let mut watch = Watch::default();
        let began = Instant::now();
        let mut looked = Vec::new();
        while began.elapsed() < Duration::from_secs(2_000) {
            tokio::time::advance(Duration::from_secs(1)).await;
            if watch.is_over(Instant::now()) {
                looked.push(began.elapsed().as_secs());
            }
        }
        assert_eq!(
            looked,
            [3, 9, 21, 45, 93, 189, 381, 765, 1_365, 1_965],
            "seconds"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_is_never_found_is_opened_again_less_and_less_often() {
        let mut watch = Watch::default();
        for patience in [FIRST, FIRST * 2, FIRST * 4] {
            watch.begin();
            tokio::time::advance(patience).await;
            assert!(watch.is_over(Instant::now()));
            watch.missed = true;
        }
        watch.begin();
        watch.begin();
        tokio::time::advance(FIRST).await;
        assert!(watch.is_over(Instant::now()), "another tail");
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_gives_something_is_not_looked_for() {
        let mut watch = Watch::default();
        for _ in 0..100 {
            tokio::time::advance(FIRST / 2).await;
            watch.heard();
            assert!(!watch.is_over(Instant::now()));
        }
        tokio::time::advance(FIRST).await;
        assert!(watch.is_over(Instant::now()));
    }
}
