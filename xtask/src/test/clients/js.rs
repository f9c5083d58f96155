//! kafkajs with its codecs from npm.

use std::fs;
use std::process::Command;

use super::{home, script, sources, up_to_date};
use crate::peers::process::download;

pub(super) fn install(name: &str) -> anyhow::Result<()> {
    let (home, sources) = (home(name)?, sources("js"));
    let (lock, stamp) = (
        sources.join("package-lock.json"),
        home.join("installed.json"),
    );
    if !up_to_date(&stamp, &lock) {
        for file in ["package.json", "package-lock.json"] {
            fs::copy(sources.join(file), home.join(file))?;
        }
        let npm = || {
            let mut npm = Command::new("npm");
            npm.args(["ci", "--no-audit", "--no-fund"])
                .current_dir(&home);
            npm
        };
        download(npm, &home.join("install.log"))?;
        fs::copy(&lock, &stamp)?;
    }
    let modules = home.join("node_modules");
    let program = sources.join("kafkajs.js");
    let environment = format!(
        "env KAFKAJS_NO_PARTITIONER_WARNING=1 NODE_PATH='{}'",
        modules.display()
    );
    script(name, &format!("{environment} node '{}'", program.display()))
}
