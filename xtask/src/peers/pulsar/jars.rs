//! Pulsar's jars, from Maven Central: its broker is published there, its distribution is not.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::ensure;

use super::super::process::{self, say};
use super::home;

const POM: &str = include_str!("pom.xml");
const ADMIN_POM: &str = include_str!("admin-pom.xml");
const LOGGING: &str = include_str!("log4j2.properties");

/// The folder of the broker's jars.
pub(super) fn lib() -> PathBuf {
    home().join("lib")
}

/// The folder of the admin command line's jars.
pub(super) fn admin_lib() -> PathBuf {
    lib().join("admin")
}

/// The configuration of what the processes log.
pub(super) fn logging() -> PathBuf {
    home().join("log4j2.properties")
}

/// Downloads the jars with Maven unless they are complete.
pub(super) fn install() -> anyhow::Result<()> {
    let (home, lib) = (home(), lib());
    fs::create_dir_all(&home)?;
    fs::write(logging(), LOGGING)?;
    let complete = lib.join(".complete");
    let wanted = format!("{POM}{ADMIN_POM}");
    if fs::read_to_string(&complete).is_ok_and(|have| have == wanted) {
        return Ok(());
    }
    for tool in ["mvn", "java"] {
        ensure!(
            process::on_path(tool),
            "{tool} is missing: Apache Pulsar needs Java 17 and Maven to install"
        );
    }
    let _ = fs::remove_dir_all(&lib);
    for (text, folder) in [(POM, lib.clone()), (ADMIN_POM, admin_lib())] {
        fs::create_dir_all(&folder)?;
        let pom = folder.join("pom.xml");
        fs::write(&pom, text)?;
        let mvn = || {
            let mut mvn = Command::new("mvn");
            mvn.args(["-B", "-q", "-f"]).arg(&pom);
            mvn.args(["dependency:copy-dependencies", "-DincludeScope=runtime"]);
            mvn.arg(format!("-DoutputDirectory={}", folder.display()));
            mvn
        };
        process::download(mvn, &home.join("install.log"))?;
    }
    fs::write(complete, wanted)?;
    say(format!("pulsar: installed in {}", lib.display()));
    Ok(())
}
