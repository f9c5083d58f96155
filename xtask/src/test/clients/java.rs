//! Programs in Java: jars by Maven, sources by javac.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use super::{home, script, sources, up_to_date};
use crate::peers::process::{download, run_logged};

/// `kafka-clients-VERSION`.
pub(super) fn install(name: &str) -> anyhow::Result<()> {
    let version = version(name, "kafka-clients-")?;
    let sources = sources("java");
    let lib = kafka_jars(name, &sources.join("pom.xml"), version)?;
    let dirs = [sources.join("src"), sources.join("era").join(era(version)?)];
    program(name, "Program", &lib, &dirs)
}

/// `migration-VERSION`.
pub(super) fn migration(name: &str) -> anyhow::Result<()> {
    let version = version(name, "migration-")?;
    let sources = sources("java");
    let lib = kafka_jars(name, &sources.join("pom.xml"), version)?;
    program(name, "Migration", &lib, &[sources.join("migration")])
}

/// `streams-VERSION`.
pub(super) fn streams(name: &str) -> anyhow::Result<()> {
    let version = version(name, "streams-")?;
    let sources = sources("java/streams");
    let lib = kafka_jars(name, &sources.join("pom.xml"), version)?;
    program(name, "Main", &lib, &[sources])
}

/// `flink`, which looks into classes of Java itself.
pub(super) fn flink(name: &str) -> anyhow::Result<()> {
    let sources = sources("java/flink");
    let lib = jars(name, &sources.join("pom.xml"), &[&[COPY, RUNTIME]])?;
    let flags = "-Xmx512m -Dorg.slf4j.simpleLogger.log.org.apache.flink.metrics=error --add-opens=java.base/java.util=ALL-UNNAMED --add-opens=java.base/java.lang=ALL-UNNAMED";
    program_with(name, flags, "Main", &lib, &[sources])
}

/// `connect-VERSION`: its first argument is a main class.
pub(super) fn connect(name: &str) -> anyhow::Result<()> {
    let version = version(name, "connect-")?;
    let lib = kafka_jars(name, &sources("java/connect").join("pom.xml"), version)?;
    let flags =
        "-Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dorg.apache.logging.log4j.level=WARN";
    let java = java(name, flags)?;
    script(name, &format!("{java} -cp '{}/*'", lib.display()))
}

fn version<'a>(name: &'a str, prefix: &str) -> anyhow::Result<&'a str> {
    name.strip_prefix(prefix)
        .with_context(|| format!("no client {name}"))
}

fn kafka_jars(name: &str, pom: &Path, version: &str) -> anyhow::Result<PathBuf> {
    let version = format!("-Dkafka.version={version}");
    jars(name, pom, &[&[COPY, RUNTIME, &version]])
}

/// Small, quick to start, and quiet.
const FLAGS: &str = "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=warn";

/// The goal that copies all jars of a POM, and which those are.
pub(super) const COPY: &str = "dependency:copy-dependencies";
pub(super) const RUNTIME: &str = "-DincludeScope=runtime";

/// The folder with the jars that Maven gets for these goals, unless it got them for the same POM before.
pub(super) fn jars(name: &str, pom: &Path, goals: &[&[&str]]) -> anyhow::Result<PathBuf> {
    let home = home(name)?;
    let (stamp, lib) = (home.join("pom.xml"), home.join("lib"));
    if up_to_date(&stamp, pom) {
        return Ok(lib);
    }
    let _ = fs::remove_dir_all(&lib);
    for goal in goals {
        let mvn = || {
            let mut mvn = Command::new("mvn");
            mvn.args(["-B", "-q", "-f"]).arg(pom).args(*goal);
            mvn.arg(format!("-DoutputDirectory={}", lib.display()));
            mvn
        };
        download(mvn, &home.join("install.log"))?;
    }
    fs::copy(pom, &stamp)?;
    Ok(lib)
}

/// Compiles the sources of these folders, and writes the script that runs the class `main`.
pub(super) fn program(name: &str, main: &str, lib: &Path, dirs: &[PathBuf]) -> anyhow::Result<()> {
    program_with(name, "", main, lib, dirs)
}

/// The same with more flags for the virtual machine.
fn program_with(
    name: &str,
    flags: &str,
    main: &str,
    lib: &Path,
    dirs: &[PathBuf],
) -> anyhow::Result<()> {
    let home = home(name)?;
    let (classes, jars) = (home.join("classes"), format!("{}/*", lib.display()));
    let mut javac = Command::new("javac");
    javac
        .args(["-nowarn", "-Xlint:none", "-cp", &jars, "-d"])
        .arg(&classes);
    for dir in dirs {
        javac.args(java_files(dir)?);
    }
    run_logged(&mut javac, &home.join("javac.log"))?;
    let (classes, java) = (classes.display(), java(name, &format!("{FLAGS} {flags}"))?);
    script(name, &format!("{java} -cp '{classes}:{jars}' {main}"))
}

/// The command with these flags. What its libraries unpack stays behind where a program is killed: not in the machine's
/// folder for such things, but in one that each installation empties.
fn java(name: &str, flags: &str) -> anyhow::Result<String> {
    let unpacked = home(name)?.join("tmp");
    let _ = fs::remove_dir_all(&unpacked);
    fs::create_dir(&unpacked)?;
    Ok(format!(
        "java {flags} -Djava.io.tmpdir='{}'",
        unpacked.display()
    ))
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
