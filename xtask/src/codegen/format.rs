//! Runs rustfmt over files that are not written yet.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::ensure;

/// The same files, formatted as the workspace is.
pub(crate) fn rustfmt(
    files: BTreeMap<PathBuf, String>,
) -> anyhow::Result<BTreeMap<PathBuf, String>> {
    let folder = tempfile::tempdir()?;
    // Modules that are named but generated elsewhere need not be there: each file is formatted for itself.
    let flat = |at: usize| folder.path().join(format!("f{at}")).join("file.rs");
    for (at, (path, text)) in files.iter().enumerate() {
        std::fs::create_dir_all(folder.path().join(format!("f{at}")))?;
        std::fs::write(flat(at), without_modules(text))?;
        ensure!(
            path.extension().is_some(),
            "{} is no Rust file",
            path.display()
        );
    }
    let paths: Vec<PathBuf> = (0..files.len()).map(flat).collect();
    let rules = super::root().join("rustfmt.toml");
    for some in paths.chunks(64) {
        let status = Command::new("rustfmt")
            .args(["--edition", "2024", "--config-path"])
            .arg(&rules)
            .args(some)
            .status()?;
        ensure!(status.success(), "rustfmt failed");
    }
    files
        .into_keys()
        .zip(paths)
        .map(|(name, path)| Ok((name, with_modules(&read(&path)?))))
        .collect()
}

fn read(path: &Path) -> anyhow::Result<String> {
    Ok(std::fs::read_to_string(path)?)
}

/// Lines that name a module in another file would make rustfmt look for it.
fn without_modules(text: &str) -> String {
    let names = |line: &&str| {
        (line.starts_with("mod ") || line.starts_with("pub mod ")) && line.ends_with(";\n")
    };
    text.split_inclusive('\n')
        .flat_map(|line| [if names(&line) { "// " } else { "" }, line])
        .collect()
}

fn with_modules(text: &str) -> String {
    text.replace("\n// mod ", "\nmod ")
        .replace("\n// pub mod ", "\npub mod ")
}
