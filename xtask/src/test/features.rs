//! Library crates by themselves: without features, with each one alone, and with all of them.
//!
//! A build of the workspace gives all crates the features that any of them asks for. Only a crate that is built alone
//! shows whether it names what it needs, as it has to for those who use that crate and no other. Crates without features
//! of their own take minutes in all, since each of them wants other features of what it depends on: they are built where
//! `KOP_TEST_EVERY_CRATE` is set.

use std::env;
use std::fs;
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use super::report::Outcome;
use crate::peers::process::{self, run_logged};

/// Checks each, and fails for a warning too.
pub(super) fn run(cargo: fn() -> Command) -> anyhow::Result<Outcome> {
    let logs = process::target_dir().join("test-logs");
    let every = env::var_os("KOP_TEST_EVERY_CRATE").is_some();
    for (package, features) in builds(cargo, every)? {
        let mut check = cargo();
        check
            .args(["check", "--lib", "--no-default-features"])
            .args(["--package", &package, "--features", &features]);
        let log = logs.join(format!("features-{package}-{features}.log"));
        // Flags that make warnings errors would make all crates anew that other steps have made.
        let checked = run_logged(check.current_dir(process::root()), &log)
            .and_then(|()| Ok(fs::read_to_string(&log)?))
            .with_context(|| format!("{package} with the features {features:?}"))?;
        ensure!(
            !checked.contains("warning: "),
            "{package} with the features {features:?} has warnings:\n{checked}"
        );
    }
    Ok(Outcome::Passed)
}

/// Packages with what to give to `--features`.
fn builds(cargo: fn() -> Command, every: bool) -> anyhow::Result<Vec<(String, String)>> {
    let output = cargo()
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(process::root())
        .output()?;
    ensure!(
        output.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array();
    let libraries = packages
        .into_iter()
        .flatten()
        .filter(|package| is_library(package) && (every || has_features(package)));
    Ok(libraries
        .flat_map(|package| {
            let name = package["name"].as_str().unwrap_or_default();
            sets(package)
                .into_iter()
                .map(move |set| (name.to_owned(), set))
        })
        .collect())
}

fn is_library(package: &Value) -> bool {
    let mut targets = package["targets"].as_array().into_iter().flatten();
    targets.any(|target| target["kind"][0] == "lib")
}

fn has_features(package: &Value) -> bool {
    package["features"]
        .as_object()
        .is_some_and(|features| !features.is_empty())
}

/// None, each alone, and all where there are several.
fn sets(package: &Value) -> Vec<String> {
    let all: Vec<&str> = package["features"]
        .as_object()
        .into_iter()
        .flat_map(|features| features.keys().map(String::as_str))
        .collect();
    let mut sets = vec![String::new()];
    sets.extend(all.iter().map(|name| (*name).to_owned()));
    if all.len() > 1 {
        sets.push(all.join(","));
    }
    sets
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn features_are_built_one_by_one_and_together() {
        let with = |features: Value| sets(&json!({ "features": features }));
        assert_eq!(with(json!({})), [""]);
        assert_eq!(with(json!({ "a": [] })), ["", "a"]);
        assert_eq!(with(json!({ "a": [], "b": ["a"] })), ["", "a", "b", "a,b"]);
    }
}
