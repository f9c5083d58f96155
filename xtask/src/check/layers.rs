//! Crates of the workspace depend on crates below them only.

use std::{path::Path, process::Command};

use anyhow::{Context, ensure};
use serde_json::Value;

/// From top to bottom. A crate depends on crates after it, for its tests too.
const LAYERS: [&str; 20] = [
    "xtask-golden",
    "xtask-librdkafka",
    "xtask-rebalance",
    "xtask",
    "kop-tests",
    "kop-examples",
    "kop-server",
    "kop-service",
    "kop-schema-registry",
    "kop-coordinator",
    "kop-security",
    "kop-log-local",
    "kop-log-pulsar",
    "kop-log-conformance",
    "kop-log",
    "kop-entry",
    "kop-offset-index",
    "kop-records",
    "kop-pulsar-client",
    "kop-codec",
];

/// What is wrong with dependencies between crates of the workspace.
pub(super) fn faults(root: &Path) -> anyhow::Result<Vec<String>> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(root)
        .output()?;
    ensure!(
        output.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata names no packages")?;
    let mut faults = Vec::new();
    for package in packages {
        let name = package["name"]
            .as_str()
            .context("a package without a name")?;
        let Some(layer) = layer(name) else {
            faults.push(format!("{name}: has no place in xtask/src/check/layers.rs"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let other = dependency["name"]
                .as_str()
                .context("a dependency without a name")?;
            // A crate may name itself to have features of its own in its tests.
            if dependency["path"].is_null() || other == name {
                continue;
            }
            if self::layer(other).is_some_and(|below| below <= layer) {
                faults.push(format!("{name}: depends on {other}, which is not below it"));
            }
        }
    }
    Ok(faults)
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|known| *known == name)
}
