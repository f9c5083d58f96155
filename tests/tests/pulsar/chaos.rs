//! Pulsar is disturbed while idempotent Kafka producers write and a consumer reads at the tail: what was acknowledged is
//! there, once and in order, and the clients go on by themselves.

use std::env;
use std::time::Duration;

use anyhow::Context;
use kop_tests::cut::Cutter;
use kop_tests::pulsar::Cluster;
use kop_tests::target::{run, skip};

use crate::load::{TOPIC, Writer, under_load};
use crate::{server, server_on};

const WRITERS: [Writer<'_>; 3] = [const { Writer::Idempotent }; 3];

/// How often each disturbance comes: `KOP_TEST_CHAOS`, or once.
pub(crate) fn rounds() -> usize {
    env::var("KOP_TEST_CHAOS").map_or(1, |rounds| rounds.parse().expect("a number"))
}

/// Splits the first bundle of a namespace.
fn split(cluster: &Cluster) -> anyhow::Result<()> {
    let bundles = cluster.bundles(&cluster.namespace())?;
    let first = bundles.first().context("no bundles")?;
    cluster.admin("PUT", &format!("{first}/split?unload=true"))?;
    Ok(())
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn topics_and_bundles_are_unloaded_and_split() {
    let Some((server, cluster)) = server("unload", &[]) else {
        return;
    };
    under_load("unload", &server, &WRITERS, |progress| {
        for _ in 0..rounds() {
            for partition in [0, 1, 0, 1] {
                let unload = format!("{}/unload", cluster.path(TOPIC, partition));
                cluster.admin("PUT", &unload).expect("unload");
                progress.recover("topic unloaded");
            }
            let namespace = cluster.namespace();
            cluster
                .admin("PUT", &format!("namespaces/{namespace}/unload"))
                .expect("unload");
            progress.recover("namespace unloaded");
            split(&cluster).expect("split");
            progress.recover("bundle split");
        }
    });
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn connections_are_cut_in_the_middle_of_a_frame() {
    let Some(mut cluster) = Cluster::from_env() else {
        return skip("cut", "KOP_TEST_PULSAR names no Pulsar");
    };
    let broker = cluster.service_url.trim_start_matches("pulsar://");
    let cutter = Cutter::start(broker).expect("a proxy");
    cluster.service_url = format!("pulsar://{}", cutter.address());
    let Some(server) = server_on(&cluster, &[]) else {
        return skip("cut", "KOP_SERVER_BIN names no server");
    };
    under_load("cut", &server, &WRITERS, |progress| {
        for _ in 0..rounds() {
            for bytes in [2_000, 20_000, 200_000] {
                cutter.cut_after(bytes);
                kop_tests::pause(Duration::from_secs(5));
                let cuts = cutter.stop_cutting();
                assert!(cuts > 1, "{cuts} cuts of at most {bytes} bytes");
                progress.recover(&format!("{cuts} cuts after at most {bytes} bytes"));
            }
        }
    });
}

/// `KOP_TEST_PULSAR_RESTART` is a command that kills the broker and starts it again.
#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn the_broker_is_killed() {
    let Ok(restart) = env::var("KOP_TEST_PULSAR_RESTART") else {
        return skip("broker killed", "KOP_TEST_PULSAR_RESTART says not how");
    };
    let Some((server, _)) = server("broker killed", &[]) else {
        return;
    };
    under_load("broker killed", &server, &WRITERS, |progress| {
        for _ in 0..rounds() {
            run(&restart).expect("the broker is killed");
            progress.recover("broker killed");
        }
    });
}
