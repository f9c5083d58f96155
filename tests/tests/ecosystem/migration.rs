//! Java's consumers change their protocol while they work: the members of an eager and of a cooperative group, each with a
//! static one, go over to the consumer protocol one by one, and back. No partition has two owners, no record is lost or read
//! twice, and everybody goes on where the group has committed.

use super::{installed, judge, target_with};

/// New members ask often, so that a rebalance takes no longer than with the classic protocol.
const SETTINGS: &[&str] = &[
    "group.consumer.heartbeat.interval.ms=500",
    "group.consumer.min.heartbeat.interval.ms=500",
    "group.consumer.migration.policy=bidirectional",
];

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn migration() {
    let Some(program) = installed("migration", "migration-4.4.0") else {
        return;
    };
    let Some((target, name)) = target_with("migration", SETTINGS) else {
        return;
    };
    let steps = program.run("migrate", &[&target.bootstrap(), &name]);
    judge("migration", &target, steps.map(|steps| steps.join("\n  ")));
}
