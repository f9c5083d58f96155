//! Whether the broker still reads the tail for us.
//!
//! A broker that closes a topic tells its readers. One that comes while the topic is being closed can be taken by it all the
//! same, and is told nothing: it waits for entries that nobody will send. So a tail that gives nothing for a while is looked
//! for among the topic's subscriptions, and opened again where it is not there.

use std::sync::Arc;
use std::time::Duration;

use kop_log::LogError;
use kop_pulsar_client::Reader;
use tokio::time::Instant;

use super::Driver;
use crate::log::shared::Shared;

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
    /// Looks for the tail, if it has given nothing for long.
    pub(super) fn watch_tail(&mut self) {
        let is_over = self.watch.is_over(Instant::now());
        let is_time = is_over && self.looking_for_tail.is_none();
        if let Some(tail) = self.tail.as_ref().filter(|_| is_time) {
            let (shared, name) = (Arc::clone(&self.shared), tail.subscription().to_owned());
            self.looking_for_tail = Some(Box::pin(async move { missing(&shared, name).await }));
        }
    }

    /// What was looked for is missing: the tail, unless another has taken its place.
    pub(super) fn tail_looked_for(&mut self, missing: Option<&str>) {
        let tail = self.tail.as_ref().map(Reader::subscription);
        if tail.is_some() && tail == missing {
            self.watch.missed = true;
            let reason = "its broker has closed it without saying so".to_owned();
            self.tail_lost(&LogError::Unavailable { reason });
        }
    }
}

/// Gives back the name of a subscription that the topic has not; `None` where it has it, or that is not known.
async fn missing(shared: &Shared, name: String) -> Option<String> {
    let (admin, topic) = (
        shared.context.client.admin(),
        &shared.partition.pulsar_topic,
    );
    match admin.subscriptions(topic).await {
        Ok(found) if found.contains(&name) => None,
        Ok(_) => Some(name),
        Err(error) if error.is_not_found() => Some(name),
        Err(error) => {
            tracing::debug!(topic, %error, "it is not known whether the tail is read");
            None
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
