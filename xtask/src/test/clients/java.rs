//! kafka-clients: jars by Maven, sources by javac.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use super::{home, script, sources, up_to_date};
use crate::peers::process::{download, run_logged};

/// `kafka-clients-VERSION`.
pub(super) fn install(name: &str) -> anyhow::Result<()> {
    let version = name
        .strip_prefix("kafka-clients-")
        .with_context(|| format!("no client {name}"))?;
    let (home, sources) = (home(name)?, sources("java"));
    let (pom, stamp, lib) = (
        sources.join("pom.xml"),
        home.join("pom.xml"),
        home.join("lib"),
    );
    if !up_to_date(&stamp, &pom) {
        let _ = fs::remove_dir_all(&lib);
        let mvn = || {
            let mut mvn = Command::new("mvn");
            mvn.args(["-B", "-q", "-f"])
                .arg(&pom)
                .arg("dependency:copy-dependencies");
            mvn.args([
                "-DincludeScope=runtime",
                &format!("-Dkafka.version={version}"),
            ]);
            mvn.arg(format!("-DoutputDirectory={}", lib.display()));
            mvn
        };
        download(mvn, &home.join("install.log"))?;
        fs::copy(&pom, &stamp)?;
    }
    let classes = home.join("classes");
    let jars = format!("{}/*", lib.display());
    let mut javac = Command::new("javac");
    javac
        .args(["-nowarn", "-Xlint:none", "-cp", &jars, "-d"])
        .arg(&classes);
    for dir in [sources.join("src"), sources.join("era").join(era(version)?)] {
        javac.args(java_files(&dir)?);
    }
    run_logged(&mut javac, &home.join("javac.log"))?;
    script(
        name,
        &format!(
            "java -Xmx256m -XX:+UseSerialGC -cp '{}:{jars}' Program",
            classes.display()
        ),
    )
}

/// The folder with what is particular to a release.
fn era(version: &str) -> anyhow::Result<&'static str> {
    Ok(match version.split('.').collect::<Vec<_>>()[..] {
        ["0", "9", ..] => "0.9",
        ["0", "10", ..] => "0.10",
        ["1", ..] => "1",
        ["2" | "3" | "4", ..] => "2",
        _ => bail!("no sources for kafka-clients {version}"),
    })
}

fn java_files(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).with_context(|| dir.display().to_string())? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "java")
        {
            files.push(path);
        }
    }
    Ok(files)
}
