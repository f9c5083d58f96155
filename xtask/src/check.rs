//! `cargo xtask check`: rules of the workspace that no compiler knows.

use std::path::Path;

use anyhow::bail;

mod functions;
mod layers;
mod sources;

/// Arguments of `cargo xtask check`.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// Runs `cargo xtask check`.
pub(crate) fn run(_args: Args) -> anyhow::Result<()> {
    let root = crate::codegen::root();
    let mut faults: Vec<String> = crate::codegen::stale()?
        .keys()
        .map(|path| {
            format!(
                "{}: not what its definition gives; run `cargo xtask codegen`",
                shown(path, &root)
            )
        })
        .collect();
    faults.extend(layers::faults(&root)?);
    faults.extend(sources::faults(&root)?);
    for fault in &faults {
        eprintln!("{fault}");
    }
    if faults.is_empty() {
        println!("generated code, layers, sizes and documentation are as they should be");
        return Ok(());
    }
    bail!("{} faults", faults.len())
}

/// A path as it is named in messages.
fn shown(path: &Path, root: &Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .display()
        .to_string()
}
