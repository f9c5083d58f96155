//! Connections by address: made once for all who ask, kept, and made again when they have ended.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::address::Address;
use crate::backoff::Backoff;
use crate::config::ClientConfig;
use crate::connection::{Connection, Opening};
use crate::error::Error;
use crate::numbers::{ClientNumbers, Counters};

/// Which connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Target {
    /// Where to connect to: a broker, or a proxy.
    pub(crate) address: Address,
    /// The broker behind the proxy, as `host:port`.
    pub(crate) proxy_to: Option<String>,
}

/// A connection among those to the same target: whose it is, and its number.
type Key = (Target, Arc<str>, usize);

/// The connections of a client.
#[derive(Debug)]
pub(crate) struct Pool {
    config: Arc<ClientConfig>,
    counters: Arc<Counters>,
    slots: Mutex<HashMap<Key, Slot>>,
}

type Opened = Shared<BoxFuture<'static, Result<Connection, Error>>>;

#[derive(Debug)]
enum Slot {
    Open(Connection),
    /// All who ask meanwhile wait for the same attempt. The back-off is that of the attempts before.
    Opening(Opened, Backoff),
    /// Not to be tried again before `until`.
    Failed {
        error: Error,
        until: Instant,
        backoff: Backoff,
    },
}

impl Slot {
    /// Whether it is worth keeping: not a connection that has ended, nor a failure after which nobody has asked again for
    /// this long.
    fn is_of_use(&self, patience: Duration) -> bool {
        match self {
            Self::Open(connection) => connection.is_open(),
            Self::Opening(..) => true,
            Self::Failed { until, .. } => Instant::now() < *until + patience,
        }
    }
}

impl Pool {
    /// Without connections.
    pub(crate) fn new(config: Arc<ClientConfig>) -> Self {
        Self {
            config,
            counters: Arc::default(),
            slots: Mutex::new(HashMap::new()),
        }
    }

    /// What happened so far.
    pub(crate) fn numbers(&self) -> ClientNumbers {
        self.counters.read()
    }

    /// A connection of `whose`; the number picks one of those to the same target. Dropping the future does not stop the
    /// attempt, for which others may wait.
    pub(crate) async fn get(
        self: &Arc<Self>,
        target: Target,
        whose: &str,
        number: usize,
    ) -> Result<Connection, Error> {
        let number = number % self.config.max_connections_per_broker.max(1);
        let slot = (target, Arc::from(whose), number);
        let opened = match self.find(slot)? {
            Found::Open(connection) => return Ok(connection),
            Found::Opening(opened) => opened,
        };
        opened.await
    }

    /// A connection that nobody else will get.
    pub(crate) async fn get_own(&self, target: Target) -> Result<Connection, Error> {
        let result = self.opening(target).open().await;
        self.count_failure(&result);
        result
    }

    fn find(self: &Arc<Self>, slot: Key) -> Result<Found, Error> {
        let mut slots = self.slots.lock();
        let backoff = match slots.get(&slot) {
            Some(Slot::Open(connection)) if connection.is_open() => {
                return Ok(Found::Open(connection.clone()));
            }
            Some(Slot::Opening(opened, _)) => return Ok(Found::Opening(opened.clone())),
            Some(Slot::Failed { error, until, .. }) if *until > Instant::now() => {
                return Err(error.clone());
            }
            Some(Slot::Failed { backoff, .. }) => backoff.clone(),
            _ => Backoff::new(self.config.initial_backoff, self.config.max_backoff),
        };
        let pool = Arc::clone(self);
        let key = slot.clone();
        let opening = self.opening(slot.0.clone());
        // A task of its own, since whoever asked first may lose interest.
        let task = tokio::spawn(async move {
            let result = opening.open().await;
            pool.opened(key, &result);
            result
        });
        let opened = task
            .map(|joined| joined.unwrap_or_else(|_| Err(stopped())))
            .boxed()
            .shared();
        slots.insert(slot, Slot::Opening(opened.clone(), backoff));
        Ok(Found::Opening(opened))
    }

    fn opening(&self, target: Target) -> Opening {
        Opening {
            config: Arc::clone(&self.config),
            counters: Arc::clone(&self.counters),
            address: target.address,
            proxy_to: target.proxy_to,
        }
    }

    fn opened(&self, key: Key, result: &Result<Connection, Error>) {
        self.count_failure(result);
        let mut slots = self.slots.lock();
        // Brokers come and go.
        let patience = self.config.max_backoff;
        slots.retain(|other, slot| *other == key || slot.is_of_use(patience));
        let slot = match (result, slots.remove(&key)) {
            (Ok(connection), _) => Slot::Open(connection.clone()),
            (Err(error), Some(Slot::Opening(_, mut backoff))) => Slot::Failed {
                error: error.clone(),
                until: Instant::now() + backoff.pause(),
                backoff,
            },
            (Err(_), _) => return,
        };
        slots.insert(key, slot);
    }

    fn count_failure(&self, result: &Result<Connection, Error>) {
        if result.is_err() {
            self.counters.failed();
        }
    }
}

enum Found {
    Open(Connection),
    Opening(Opened),
}

fn stopped() -> Error {
    Error::Timeout {
        doing: "connecting while the runtime stops",
        after: Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An address where nobody listens.
    fn dead(port: u16) -> Target {
        Target {
            address: Address {
                tls: false,
                host: "127.0.0.1".to_owned(),
                port,
            },
            proxy_to: None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn addresses_that_failed_are_forgotten_when_nobody_asks_again() {
        let config = ClientConfig::default();
        let while_kept = 2 * config.max_backoff;
        let pool = Arc::new(Pool::new(Arc::new(config)));
        for port in 1..=20 {
            pool.get(dead(port), "", 0).await.unwrap_err();
        }
        assert!(pool.slots.lock().len() > 1);
        tokio::time::advance(while_kept).await;
        pool.get(dead(21), "", 0).await.unwrap_err();
        assert_eq!(pool.slots.lock().len(), 1);
    }
}
