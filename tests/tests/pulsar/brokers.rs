//! Two brokers: what one of them serves is moved to the other, and one is killed and comes back, while Kafka's and Pulsar's
//! clients write and read.

use std::env;
use std::thread;
use std::time::{Duration, Instant};

use kop_tests::native::Native;
use kop_tests::pulsar::Cluster;
use kop_tests::target::{output, run, server_binary, skip};
use kop_tests::wait_until;

use crate::chaos::rounds;
use crate::load::{TOPIC, Writer, under_load};
use crate::server_on;

/// How long Pulsar may need until another broker serves what one has served.
const MOVES: Duration = Duration::from_secs(60);
/// How long a move may take before it is asked for again.
const ONE_MOVE: Duration = Duration::from_secs(10);

/// Ledgers end all the time, a broker that is gone is noticed soon, and none moves topics by itself. The bookie is not
/// killed.
const OPTIONS: &str = "--heap 400m --small-ledgers --set managedLedgerNewEntriesCheckDelayInMillis=0 \
    --set metadataStoreSessionTimeoutMillis=5000 --set loadBalancerSheddingEnabled=false --set journalSyncData=false";

/// Two brokers, 0 and 1, which are stopped when this is dropped.
struct Brokers {
    cluster: Cluster,
    /// `KOP_TEST_PULSAR_CLUSTER`: `cargo xtask peers pulsar --port PORT cluster`.
    command: String,
}

impl Drop for Brokers {
    fn drop(&mut self) {
        if let Err(error) = run(&format!("{} stop", self.command)) {
            eprintln!("{error:#}");
        }
    }
}

impl Brokers {
    fn start(command: String) -> Self {
        let mut brokers = Self {
            cluster: Cluster::new(String::new(), String::new()),
            command,
        };
        run(&format!("{} start {OPTIONS}", brokers.command)).expect("the brokers start");
        let urls = output(&format!("{} urls", brokers.command)).expect("their URLs");
        let hosts = |scheme: &str| {
            let urls = urls.split_whitespace();
            let hosts = urls.filter_map(|url| url.strip_prefix(scheme));
            format!("{scheme}{}", hosts.collect::<Vec<_>>().join(","))
        };
        brokers.cluster = Cluster::new(hosts("pulsar://"), hosts("http://"));
        brokers
    }

    fn services(&self) -> Vec<&str> {
        let url = self.cluster.service_url.trim_start_matches("pulsar://");
        url.split(',').collect()
    }

    /// What brokers call each other.
    fn id(&self, broker: usize) -> &str {
        let url = self.cluster.admin_url.trim_start_matches("http://");
        url.split(',').nth(broker).expect("an admin URL of each")
    }

    /// Who serves a partition.
    fn owner(&self, partition: i32) -> anyhow::Result<usize> {
        let owner = self.cluster.owner(&self.cluster.topic(TOPIC, partition))?;
        let found = self
            .services()
            .iter()
            .position(|service| **service == owner);
        found.ok_or_else(|| anyhow::anyhow!("{owner} is none of {:?}", self.services()))
    }

    /// Waits until a broker serves both partitions; who does, when it is another.
    fn becomes_owner(&self, broker: usize, time: Duration) -> Result<(), String> {
        let mut now = Vec::new();
        let became = wait_until(time, || {
            now = [0, 1].map(|partition| self.owner(partition)).into();
            now.iter()
                .all(|owner| owner.as_ref().is_ok_and(|owner| *owner == broker))
        });
        let all = || format!("not all is at broker {broker}: {now:?}");
        became.then_some(()).ok_or_else(all)
    }

    /// Moves the topic to a broker. Of a bundle that is looked up in between, the broker that had it may take it again.
    fn move_topic(&self, broker: usize) {
        let began = Instant::now();
        loop {
            self.move_to(&self.cluster.namespace(), broker);
            match self.becomes_owner(broker, ONE_MOVE) {
                Ok(()) => return,
                Err(error) if began.elapsed() > MOVES => panic!("{error}"),
                Err(error) => eprintln!("{error}"),
            }
        }
    }

    /// Moves all of a namespace to a broker.
    fn move_to(&self, namespace: &str, broker: usize) {
        let destination = self.id(broker);
        for bundle in self.cluster.bundles(namespace).expect("bundles") {
            let moved = format!("{bundle}/unload?destinationBroker={destination}");
            // One that nobody has loaded, or that is there already, cannot be moved.
            if let Err(error) = self.cluster.admin("PUT", &moved) {
                eprintln!("{error:#}");
            }
        }
    }

    fn command(&self, verb: &str, broker: usize) {
        run(&format!("{} {verb} {}", self.command, broker + 1)).expect(verb);
    }
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn topics_move_and_a_broker_is_killed() {
    let Ok(command) = env::var("KOP_TEST_PULSAR_CLUSTER") else {
        return skip("two brokers", "KOP_TEST_PULSAR_CLUSTER names no cluster");
    };
    let Some(native) = Native::installed("pulsar-go") else {
        return skip("two brokers", "Pulsar's Go client is not installed");
    };
    if server_binary().is_none() {
        return skip("two brokers", "KOP_SERVER_BIN names no server");
    }
    let brokers = &Brokers::start(command);
    let cluster = &brokers.cluster;
    let server = server_on(cluster, &[]).expect("there is a binary");
    let writers = [
        Writer::Idempotent,
        Writer::Idempotent,
        Writer::Plain,
        Writer::Native(&native, cluster),
    ];
    under_load("two brokers", &server, &writers, |progress| {
        for _ in 0..rounds() {
            let first = brokers.owner(0).expect("an owner");
            for to in [1 - first, first] {
                brokers.move_topic(to);
                progress.recover(&format!("moved to broker {to}"));
                // The server's own topics: its lock, and its groups.
                brokers.move_to(&cluster.metadata_namespace(), to);
                progress.recover(&format!("groups and the lock moved to broker {to}"));
            }
            let killed = Instant::now();
            brokers.command("kill-broker", first);
            let taken = brokers.becomes_owner(1 - first, MOVES);
            taken.expect("the other broker takes over");
            eprintln!("the other broker has all after {:?}", killed.elapsed());
            progress.recover("broker killed");
            thread::scope(|scope| {
                scope.spawn(|| brokers.command("start-broker", first));
            });
            progress.recover("broker back");
            brokers.move_topic(first);
            progress.recover("moved to the broker that was killed");
        }
    });
}
