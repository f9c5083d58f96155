//! The steps in their order: what is quick to fail comes first.

use std::collections::HashMap;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc::Receiver;

use anyhow::{Context as _, ensure};

use super::clients::{self, Installed};
use super::features;
use super::fuzz;
use super::kafka;
use super::pulsar;
use super::report::Outcome;
use crate::peers::kafka::Node;
use crate::peers::process::{self, on_path, run_logged};

/// What the steps share.
pub(super) struct Context {
    /// `CI=true`: nothing may be skipped.
    pub(super) ci: bool,
    xtask: PathBuf,
    installs: HashMap<&'static str, Receiver<Installed>>,
    env: Vec<(&'static str, String)>,
    /// Runs from the first step that needs it to the last step of all.
    pulsar: Option<pulsar::Running>,
}

impl Context {
    /// Starts to install the clients of the chosen steps in the background, since that mostly waits for the network.
    pub(super) fn new(
        chosen: &[Step],
        bootstrap: Option<String>,
        restart: Option<String>,
    ) -> anyhow::Result<Self> {
        let mut env = Vec::new();
        match bootstrap {
            Some(bootstrap) => env.push(("KOP_TEST_BOOTSTRAP", bootstrap)),
            None => env.push(("KOP_SERVER_BIN", server().display().to_string())),
        }
        env.extend(restart.map(|command| ("KOP_TEST_RESTART", command)));
        let wanted = chosen.iter().flat_map(|step| match step.work {
            Work::Client(name, _) => vec![name],
            Work::Programs(_, names) => names.to_vec(),
            Work::Pulsar(part) => part.clients(),
            _ => Vec::new(),
        });
        Ok(Self {
            ci: env::var("CI").as_deref() == Ok("true"),
            // Before cargo replaces this very file.
            xtask: env::current_exe().context("where is xtask?")?,
            installs: clients::install(wanted),
            env,
            pulsar: None,
        })
    }
}

impl Context {
    /// Why a client is not there, once its installation has ended; `None` when it is.
    fn not_installed(&self, name: &str) -> anyhow::Result<Option<Outcome>> {
        let installed = self.installs.get(name).map(Receiver::recv).transpose();
        // Who asked before has taken the answer, and has gone on only if it was a good one.
        Ok(match installed.unwrap_or(None) {
            Some(Installed::Missing(tool)) => {
                Some(Outcome::Skipped(format!("{tool} is not installed")))
            }
            Some(Installed::Failed(why)) => Some(Outcome::Failed(why)),
            Some(Installed::Ready) | None => None,
        })
    }
}

/// The server that the steps build and run: a debug build, whose overflow checks and assertions help to find bugs and
/// whose crates the unit tests have compiled already.
fn server() -> PathBuf {
    process::target_dir().join("debug/kop-server")
}

/// The test files of kop-tests that need a server.
const END_TO_END: [&str; 8] = [
    "--test",
    "protocol",
    "--test",
    "clients",
    "--test",
    "crash",
    "--test",
    "ecosystem",
];

/// One step.
pub(super) struct Step {
    pub(super) name: String,
    work: Work,
}

enum Work {
    /// A cargo command.
    Cargo(&'static [&'static str]),
    /// `cargo xtask check`.
    Check,
    /// Every library crate by itself.
    Features,
    /// The fuzz targets under libFuzzer.
    Fuzz,
    /// The server and the end-to-end tests, compiled.
    Build,
    /// An end-to-end test file of kop-tests that needs no client.
    EndToEnd(&'static str),
    /// A client by name, and its test.
    Client(&'static str, &'static str),
    /// Whole programs that use Kafka: a test of kop-tests, and the programs that it needs.
    Programs(&'static str, &'static [&'static str]),
    /// The crash test, which needs Kafka's dump-log.
    Crash,
    /// Kafka's own tools on the command line.
    Tools,
    /// Tests against a real Pulsar.
    Pulsar(pulsar::Part),
}

/// All steps.
pub(super) fn all() -> Vec<Step> {
    let unit = &[
        "test",
        "--workspace",
        "--lib",
        "--bins",
        "--tests",
        "--examples",
        "--no-fail-fast",
    ];
    let mut all = vec![
        step("fmt", Work::Cargo(&["fmt", "--all", "--check"])),
        step("check", Work::Check),
        step(
            "clippy",
            Work::Cargo(&[
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ]),
        ),
        step("unit", Work::Cargo(unit)),
        step("doc", Work::Cargo(&["test", "--workspace", "--doc"])),
        step(
            "links",
            Work::Cargo(&[
                "--config",
                "build.rustdocflags=['-Dwarnings']",
                "doc",
                "--workspace",
                "--no-deps",
            ]),
        ),
        step("features", Work::Features),
        step("fuzz", Work::Fuzz),
        step("build", Work::Build),
    ];
    all.extend(with_any_server());
    all.push(step("crash", Work::Crash));
    all.extend(
        pulsar::PARTS
            .iter()
            .map(|(name, part)| step(name, Work::Pulsar(*part))),
    );
    all
}

/// The steps that can run against a server which was started by someone else.
pub(super) fn with_any_server() -> Vec<Step> {
    let of = |(name, test): &(&'static str, &'static str)| step(name, Work::Client(name, test));
    let programs = |(name, test, needs): &(&'static str, &'static str, &'static [&'static str])| {
        step(name, Work::Programs(test, needs))
    };
    std::iter::once(step("protocol", Work::EndToEnd("protocol")))
        .chain(clients::ALL.iter().map(of))
        .chain(clients::PROGRAMS.iter().map(programs))
        .chain([step("tools", Work::Tools)])
        .collect()
}

fn step(name: &str, work: Work) -> Step {
    let name = match work {
        Work::Client(..) => format!("client {name}"),
        Work::Pulsar(_) => format!("pulsar {name}"),
        _ => name.to_owned(),
    };
    Step { name, work }
}

impl Step {
    /// Whether it is among these names or beginnings; no names mean all.
    pub(super) fn chosen(&self, only: &[String]) -> bool {
        only.is_empty() || only.iter().any(|name| self.name.starts_with(name.as_str()))
    }

    /// Runs it.
    pub(super) fn run(&self, context: &mut Context) -> anyhow::Result<Outcome> {
        match self.work {
            Work::Cargo(args) => self.command(cargo().args(args)),
            Work::Check => self.command(Command::new(&context.xtask).arg("check")),
            Work::Features => features::run(cargo),
            Work::Fuzz => fuzz::run(cargo),
            Work::Build => {
                // Always the whole workspace, so that features, and with them compiled crates, stay the same.
                self.command(cargo().args(["build", "--workspace", "--bin", "kop-server"]))?;
                self.command(
                    cargo()
                        .args(["test", "--workspace", "--no-run"])
                        .args(END_TO_END),
                )
            }
            Work::EndToEnd(file) => self.command(&mut end_to_end(context, file)),
            Work::Client(name, test) => {
                if let Some(why_not) = context.not_installed(name)? {
                    return Ok(why_not);
                }
                self.command(end_to_end(context, "clients").arg(test))
            }
            Work::Programs(test, names) => self.programs(context, test, names),
            Work::Pulsar(part) => self.pulsar(context, part),
            Work::Crash => self.with_tools(context, "crash", &[]),
            Work::Tools => self.with_tools(context, "ecosystem", &["kafkas_tools"]),
        }
    }

    /// An end-to-end test that runs Kafka's tools.
    fn with_tools(
        &self,
        context: &mut Context,
        file: &'static str,
        tests: &[&str],
    ) -> anyhow::Result<Outcome> {
        if let Some(why_not) = without_java("Kafka's tools") {
            return Ok(why_not);
        }
        Node::new(crate::peers::kafka::VERSION, 0).install()?;
        let tool = format!("{} peers kafka tool", context.xtask.display());
        let mut command = end_to_end(context, file);
        self.command(command.env("KOP_KAFKA_TOOL", tool).args(tests))
    }

    fn programs(
        &self,
        context: &mut Context,
        test: &str,
        names: &[&str],
    ) -> anyhow::Result<Outcome> {
        for name in names {
            if let Some(why_not) = context.not_installed(name)? {
                return Ok(why_not);
            }
        }
        let mut command = end_to_end(context, "ecosystem");
        let kafka = kafka_beside(names)?;
        command.envs(kafka.iter().map(kafka::Running::env));
        self.command(command.arg(test))
    }

    fn pulsar(&self, context: &mut Context, part: pulsar::Part) -> anyhow::Result<Outcome> {
        for client in part.clients() {
            match context.not_installed(client)? {
                Some(Outcome::Skipped(_)) if part.does_without() => {}
                Some(why_not) => return Ok(why_not),
                None => {}
            }
        }
        if let Some(why_not) = without_java("Pulsar") {
            return Ok(why_not);
        }
        let mut command = cargo();
        command
            .args(part.arguments())
            .envs(part.env(&context.xtask))
            .env("KOP_SERVER_BIN", server());
        let kafka = kafka_beside(&part.clients())?;
        command.envs(kafka.iter().map(kafka::Running::env));
        if part.needs_pulsar() {
            let running = match &mut context.pulsar {
                Some(running) => running,
                none => none.insert(pulsar::Running::start()?),
            };
            command.envs(running.env());
        }
        self.command(&mut command)
    }

    fn command(&self, command: &mut Command) -> anyhow::Result<Outcome> {
        let log = process::target_dir()
            .join("test-logs")
            .join(format!("{}.log", self.name.replace(' ', "-")));
        run_logged(command.current_dir(process::root()), &log)?;
        let nothing = unmatched(command, &fs::read_to_string(&log)?);
        ensure!(
            nothing.is_empty(),
            "no test that ran has these in its name: {nothing:?}"
        );
        Ok(Outcome::Passed)
    }
}

/// Why something that runs in a JVM and comes from Maven Central cannot be had; `None` where it can.
fn without_java(what: &str) -> Option<Outcome> {
    let tool = ["java", "mvn"].into_iter().find(|tool| !on_path(tool))?;
    Some(Outcome::Skipped(format!(
        "{tool} is not installed, needed by: {what}"
    )))
}

/// An Apache Kafka for as long as the programs run of which one needs it.
fn kafka_beside(names: &[&str]) -> anyhow::Result<Option<kafka::Running>> {
    let needed = names.contains(&clients::KAFKA);
    needed.then(kafka::Running::start).transpose()
}

/// The names that a test command picks tests by, and that none of those in its log has: such a command passes too.
fn unmatched(command: &Command, log: &str) -> Vec<String> {
    let arguments: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
    if arguments.first().is_none_or(|first| first != "test") {
        return Vec::new();
    }
    let ran = |name: &str| {
        log.lines()
            .any(|line| line.starts_with("test ") && line.contains(name))
    };
    let names = arguments.iter().skip_while(|argument| *argument != "--");
    names
        .filter(|name| !name.starts_with('-') && !ran(name))
        .map(ToString::to_string)
        .collect()
}

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A test file of kop-tests against the server; what follows are arguments of the test program.
fn end_to_end(context: &Context, file: &str) -> Command {
    let mut command = cargo();
    command.args([
        "test",
        "--workspace",
        "--test",
        file,
        "--",
        "--ignored",
        "--nocapture",
    ]);
    command.envs(context.env.iter().map(|(key, value)| (key, value)));
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_match_no_test_are_found() {
        let log = "running 2 tests\ntest chaos::kill ... ok\ntest topics::holes ... ok\n";
        let of = |arguments: &[&str]| unmatched(Command::new("cargo").args(arguments), log);
        let all = ["test", "--test", "t", "--", "chaos::", "holes", "--ignored"];
        assert!(of(&all).is_empty());
        assert_eq!(of(&["test", "--", "secured::", "holes"]), ["secured::"]);
        assert!(of(&["clippy", "--", "-D", "warnings"]).is_empty());
    }
}
