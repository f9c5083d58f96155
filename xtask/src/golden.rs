//! `cargo xtask golden DIR`: hands over to the package that is linked with what it checks.

use std::{ffi::OsString, process::Command};

use anyhow::ensure;

/// Arguments of `cargo xtask golden`.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Args {
    /// The folder with the vectors.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<OsString>,
}

/// Runs `cargo xtask golden`.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["run", "--quiet", "--package", "xtask-golden", "--"])
        .args(&args.args)
        .status()?;
    ensure!(status.success(), "the golden vectors did not pass");
    Ok(())
}
