//! `cargo xtask check`.

use std::path::{Path, PathBuf};

/// Arguments of `cargo xtask check`.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// Runs `cargo xtask check`.
pub(crate) fn run(_args: Args) -> anyhow::Result<()> {
    anyhow::bail!("not there yet")
}

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default()
}
