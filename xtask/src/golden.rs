//! `cargo xtask golden`.

/// Arguments of `cargo xtask golden`.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// Runs `cargo xtask golden`.
pub(crate) fn run(_args: Args) -> anyhow::Result<()> {
    anyhow::bail!("not there yet")
}
