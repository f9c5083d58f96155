//! Running a client program and judging what it printed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use crate::target::target_dir;

const TIME: Duration = Duration::from_secs(180);
const STOP: Duration = Duration::from_secs(60);

/// A client program: its name, and the file that runs it with the arguments it gets.
#[derive(Clone, Debug)]
pub struct Program {
    /// As in `cargo xtask test --list`, for example `franz-go`.
    pub name: String,
    run: PathBuf,
    env: Vec<(&'static str, &'static str)>,
}

impl Program {
    /// The program that `cargo xtask test` installed under this name; `None` when it did not.
    pub fn installed(name: &str) -> Option<Self> {
        let run = target_dir().join("clients").join(name).join("run");
        run.is_file().then(|| Self {
            name: name.to_owned(),
            run,
            env: Vec::new(),
        })
    }

    /// The same program in another way of use: under another name, with a variable in its environment.
    pub fn variant(self, name: &str, variable: (&'static str, &'static str)) -> Self {
        Self {
            name: name.to_owned(),
            run: self.run,
            env: vec![variable],
        }
    }

    /// A program at a path.
    pub fn at(name: &str, run: &Path) -> Self {
        Self {
            name: name.to_owned(),
            run: run.to_owned(),
            env: Vec::new(),
        }
    }

    /// Starts it with these arguments and lets it run; what it says is added to the log of this name.
    pub fn spawn(&self, arguments: &[&str], log: &str) -> anyhow::Result<Background> {
        let dir = target_dir().join("test-logs");
        fs::create_dir_all(&dir)?;
        let log = dir.join(format!("{log}.log"));
        let out = File::options().create(true).append(true).open(&log)?;
        let child = Command::new(&self.run)
            .args(arguments)
            .envs(self.env.iter().copied())
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out)
            .spawn()
            .with_context(|| format!("cannot start {}", self.run.display()))?;
        Ok(Background { child, log })
    }

    /// Runs a verb and returns the steps that it printed; an error when one failed or none was printed.
    pub fn run(&self, verb: &str, arguments: &[&str]) -> anyhow::Result<Vec<String>> {
        let dir = target_dir().join("test-logs");
        fs::create_dir_all(&dir)?;
        let (out, err) = (
            format!("{}-{verb}.out", self.name),
            format!("{}-{verb}.err", self.name),
        );
        let (out, err) = (dir.join(out), dir.join(err));
        let mut child = Command::new(&self.run)
            .arg(verb)
            .args(arguments)
            .envs(self.env.iter().copied())
            .stdin(Stdio::null())
            .stdout(File::create(&out)?)
            .stderr(File::create(&err)?)
            .spawn()
            .with_context(|| format!("cannot start {}", self.run.display()))?;
        let mut ended = None;
        crate::wait_until(TIME, || {
            ended = child.try_wait().ok().flatten();
            ended.is_some()
        });
        let said = fs::read_to_string(&out)?;
        let Some(status) = ended else {
            child.kill()?;
            child.wait()?;
            bail!(
                "{} {verb}: not done after {TIME:?}\n{said}\nsee {}",
                self.name,
                err.display()
            );
        };
        let steps = steps(&said)?;
        let fine = status.success() && !steps.is_empty();
        ensure!(
            fine,
            "{} {verb}: {status}\n{said}\nsee {}",
            self.name,
            err.display()
        );
        Ok(steps)
    }
}

/// A program that runs until it is ended. It is killed when this is dropped.
#[derive(Debug)]
pub struct Background {
    child: Child,
    log: PathBuf,
}

impl Background {
    /// Its status, once it has ended by itself.
    pub fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Kills it with SIGKILL.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to end with SIGTERM, and waits until it has.
    pub fn stop(&mut self) -> anyhow::Result<ExitStatus> {
        // The shell has a kill of its own; the program is not everywhere.
        Command::new("sh")
            .args(["-c", &format!("kill -TERM {}", self.child.id())])
            .status()
            .context("kill")?;
        let mut ended = None;
        crate::wait_until(STOP, || {
            ended = self.child.try_wait().ok().flatten();
            ended.is_some()
        });
        let why = || format!("it does not end on SIGTERM, see {}", self.log.display());
        ended.with_context(why)
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// The steps of a program's output, each as `step: detail`; lines that are not JSON are the client's own.
fn steps(said: &str) -> anyhow::Result<Vec<String>> {
    let mut steps = Vec::new();
    for line in said.lines().filter(|line| line.starts_with('{')) {
        let step: Value =
            serde_json::from_str(line).with_context(|| format!("not JSON: {line}"))?;
        let text = format!(
            "{}: {}",
            step["step"].as_str().unwrap_or("?"),
            step["detail"].as_str().unwrap_or("")
        );
        ensure!(step["ok"] == Value::Bool(true), "{text}");
        steps.push(text);
    }
    Ok(steps)
}
