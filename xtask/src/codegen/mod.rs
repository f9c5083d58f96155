//! `cargo xtask codegen`: Rust from Kafka's message definitions.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};

mod consts;
pub(crate) mod default;
mod format;
mod item;
mod message;
pub(crate) mod model;
pub(crate) mod names;
mod pulsar;
mod read;
pub(crate) mod schema;
mod size;
mod tree;
mod versions;
mod write;

/// Arguments of `cargo xtask codegen`.
#[derive(Clone, Copy, clap::Args)]
pub(crate) struct Args {
    /// Change nothing; fail if generating would.
    #[arg(long)]
    check: bool,
}

/// Runs `cargo xtask codegen`.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    let stale = stale()?;
    if args.check {
        if stale.is_empty() {
            return Ok(());
        }
        for path in stale.keys() {
            eprintln!("{} is not what its definition gives", path.display());
        }
        bail!(
            "{} generated files differ; run `cargo xtask codegen`",
            stale.len()
        );
    }
    for (path, text) in &stale {
        match text {
            Some(text) => {
                let folder = path.parent().context("a file lies in a folder")?;
                std::fs::create_dir_all(folder)?;
                std::fs::write(path, text)
                    .with_context(|| format!("writing {}", path.display()))?;
            }
            None => std::fs::remove_file(path)?,
        }
    }
    println!("{} files written", stale.len());
    Ok(())
}

/// Generated files that differ from what the definitions give, with what they should be; None for those that should
/// not be there.
pub(crate) fn stale() -> anyhow::Result<BTreeMap<PathBuf, Option<String>>> {
    let root = root();
    let codec = root.join("crates/kop-codec");
    let definitions = schema::read_all(&codec.join("schema"))?;
    let mut wanted = BTreeMap::new();
    let source = codec.join("src");
    for (path, text) in tree::files(&definitions, &codec.join("schema"))? {
        wanted.insert(source.join(path), text);
    }
    let (path, text) = pulsar::file(&root)?;
    wanted.insert(path, text);
    let wanted = format::rustfmt(wanted)?;
    let mut stale = BTreeMap::new();
    for path in present(&source)? {
        let path = source.join(path);
        if !wanted.contains_key(&path) {
            stale.insert(path, None);
        }
    }
    for (path, text) in wanted {
        if std::fs::read_to_string(&path).ok().as_ref() != Some(&text) {
            stale.insert(path, Some(text));
        }
    }
    Ok(stale)
}

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .find(|folder| folder.join("Cargo.lock").is_file())
        .map(Path::to_path_buf)
        .unwrap_or_default()
}

/// Files in folders that hold nothing but generated ones.
fn present(source: &Path) -> anyhow::Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    for folder in tree::FOLDERS {
        let Ok(entries) = std::fs::read_dir(source.join(folder)) else {
            continue;
        };
        for entry in entries {
            let entry = entry?;
            if entry.path().is_file() {
                found.insert(Path::new(folder).join(entry.file_name()));
            }
        }
    }
    Ok(found)
}
