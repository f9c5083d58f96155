//! `cargo xtask peers`.

/// Arguments of `cargo xtask peers`.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// Runs `cargo xtask peers`.
pub(crate) fn run(_args: Args) -> anyhow::Result<()> {
    anyhow::bail!("not there yet")
}
