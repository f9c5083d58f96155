//! The jars of the client.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::peers::process;
use crate::peers::pulsar::PROCESSOR;

const POM: &str = include_str!("pom.xml");

/// Downloads them unless they are there; gives their folder.
pub(super) fn install(home: &Path) -> anyhow::Result<PathBuf> {
    let (lib, pom, complete) = (
        home.join("lib"),
        home.join("pom.xml"),
        home.join("complete"),
    );
    let wanted = format!("{POM}{PROCESSOR}");
    if fs::read_to_string(&complete).is_ok_and(|have| have == wanted) {
        return Ok(lib);
    }
    let _ = fs::remove_dir_all(&lib);
    fs::write(&pom, POM)?;
    let processor = format!("-Dartifact={PROCESSOR}");
    let goals: [&[&str]; 2] = [
        &["dependency:copy-dependencies", "-DincludeScope=runtime"],
        &["dependency:copy", &processor],
    ];
    for goal in goals {
        let mvn = || {
            let mut mvn = Command::new("mvn");
            mvn.args(["-B", "-q", "-f"]).arg(&pom).args(goal);
            mvn.arg(format!("-DoutputDirectory={}", lib.display()));
            mvn
        };
        process::download(mvn, &home.join("install.log"))?;
    }
    fs::write(complete, wanted)?;
    Ok(lib)
}
