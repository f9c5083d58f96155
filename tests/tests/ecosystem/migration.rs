//! Java's consumers change their protocol while they work: the members of an eager and of a cooperative group, each with a
//! static one, go over to the consumer protocol one by one, and back. No partition has two owners, no record is lost or read
//! twice, and everybody goes on where the group has committed.
//!
//! Then the same while the server is killed again and again, where members do not wait for each other: what was read and
//! not committed may be read twice.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::ensure;
use kop_tests::program::Program;
use kop_tests::target::Target;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::transform::{from_env, seed};
use super::{installed, judge, target_with};

/// New members ask often, so that a rebalance takes no longer than with the classic protocol.
const SETTINGS: &[&str] = &[
    "group.consumer.heartbeat.interval.ms=500",
    "group.consumer.min.heartbeat.interval.ms=500",
    "group.consumer.migration.policy=bidirectional",
];

/// A member whose goodbye was lost with the server is given up soon.
const SHORT_SESSIONS: &[&str] = &[
    "group.consumer.min.session.timeout.ms=6000",
    "group.consumer.session.timeout.ms=6000",
];

/// Kills of the server while everybody goes over and comes back once, and how many of them there have to be at least: the
/// rest is for the group to come to rest.
const KILLS: u64 = 8;
const ENOUGH: u64 = 3;

/// Eight members each are enough for the machine.
fn one_at_a_time() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn start(test: &str, settings: &[&str]) -> Option<(Program, Target, String)> {
    let program = installed(test, "migration-4.4.0")?;
    let (target, name) = target_with(test, &[SETTINGS, settings].concat())?;
    Some((program, target, name))
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn migration() {
    let _one = one_at_a_time();
    let Some((program, target, name)) = start("migration", &[]) else {
        return;
    };
    let steps = program.run("migrate", &[&target.bootstrap(), &name]);
    judge("migration", &target, steps.map(|steps| steps.join("\n  ")));
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn migration_while_the_server_is_killed() {
    let _one = one_at_a_time();
    let Some((program, mut target, name)) = start("migration-killed", SHORT_SESSIONS) else {
        return;
    };
    let rounds = from_env("KOP_TEST_MIGRATION_ROUNDS").unwrap_or(1);
    let mut random = StdRng::seed_from_u64(seed());
    let arguments = [target.bootstrap(), name, rounds.to_string()];
    let result = std::thread::scope(|scope| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let running = scope.spawn(move || program.run("killed", &arguments));
        let mut killed = 0;
        while killed < KILLS * rounds && !running.is_finished() {
            kop_tests::pause(Duration::from_millis(random.random_range(200..1_500)));
            target.crash()?;
            killed += 1;
        }
        let steps = running.join().expect("it does not panic")?;
        ensure!(killed >= ENOUGH * rounds, "only {killed} kills");
        Ok(format!("killed {killed} times\n  {}", steps.join("\n  ")))
    });
    judge("migration-killed", &target, result);
}
