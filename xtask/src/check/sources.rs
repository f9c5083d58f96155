//! Files and functions of a size that can be read, and documentation for every crate.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{functions, shown};

const FILE_LINES: usize = 600;
const FUNCTION_LINES: usize = 60;
const GENERATED: &str = "Generated ";

/// What is wrong with the files of the workspace.
pub(super) fn faults(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut faults = Vec::new();
    let mut crates: Vec<PathBuf> = ["xtask", "examples", "tests"]
        .map(|name| root.join(name))
        .to_vec();
    for entry in std::fs::read_dir(root.join("crates"))? {
        let folder = entry?.path();
        if folder.is_dir() {
            faults.extend(crate_faults(&folder, root)?);
            crates.push(folder);
        }
    }
    for folder in crates {
        for path in rust_files(&folder)? {
            faults.extend(file_faults(&path, root)?);
        }
    }
    faults.sort();
    Ok(faults)
}

/// Every library has a README and the lints of the workspace, `missing_docs` among them.
fn crate_faults(folder: &Path, root: &Path) -> anyhow::Result<Vec<String>> {
    let mut faults = Vec::new();
    if !folder.join("README.md").is_file() {
        faults.push(format!("{}: no README.md", shown(folder, root)));
    }
    let path = folder.join("Cargo.toml");
    let manifest = std::fs::read_to_string(&path).with_context(|| shown(&path, root))?;
    let lints = manifest
        .split("[lints]")
        .nth(1)
        .and_then(|rest| rest.trim_start().lines().next());
    if lints.map(|line| line.replace(' ', "")).as_deref() != Some("workspace=true") {
        faults.push(format!(
            "{}: no `lints.workspace = true`",
            shown(&path, root)
        ));
    }
    Ok(faults)
}

fn file_faults(path: &Path, root: &Path) -> anyhow::Result<Vec<String>> {
    let text = std::fs::read_to_string(path)?;
    let head: Vec<&str> = text.lines().take(3).collect();
    if head.iter().any(|line| {
        line.starts_with("//!") && line.contains(GENERATED) && line.contains("do not edit")
    }) {
        return Ok(Vec::new());
    }
    let mut faults = Vec::new();
    let lines = text.lines().count();
    if lines > FILE_LINES {
        faults.push(format!(
            "{}: {lines} lines, {FILE_LINES} are the most",
            shown(path, root)
        ));
    }
    if is_test(path) {
        return Ok(faults);
    }
    for function in functions::of(&text) {
        if function.lines > FUNCTION_LINES {
            faults.push(format!(
                "{}:{}: fn {} has {} lines, {FUNCTION_LINES} are the most",
                shown(path, root),
                function.line,
                function.name,
                function.lines
            ));
        }
    }
    Ok(faults)
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests")
        || path.file_stem().is_some_and(|name| name == "tests")
}

fn rust_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if path.is_dir() && !matches!(name, "target" | "node_modules") {
            found.extend(rust_files(&path)?);
        } else if name.ends_with(".rs") {
            found.push(path);
        }
    }
    Ok(found)
}
