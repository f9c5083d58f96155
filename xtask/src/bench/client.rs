//! The clients that load the servers: a Java program in one JVM for all of them, and one with librdkafka.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, bail};
use serde_json::Value;

use crate::peers::process;

/// What takes commands from this side.
const COMMANDS: &str = include_str!("Commands.java");

/// A program beside what takes commands: its classes with their sources, the one with `main` in front.
pub(super) struct Program(pub(super) &'static [(&'static str, &'static str)]);

/// The running client.
pub(super) struct Client {
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Client {
    /// Compiles it against jars and starts it; everything of it is in `dir`.
    pub(super) fn start(program: &Program, jars: &Path, dir: &Path) -> anyhow::Result<Self> {
        let classes = dir.join("classes");
        fs::create_dir_all(&classes)?;
        let jars = format!("{}/*", jars.display());
        let mut javac = Command::new("javac");
        javac.args(["-cp", &jars, "-d"]).arg(&classes);
        for (class, source) in [("Commands", COMMANDS)].iter().chain(program.0) {
            let file = dir.join(format!("{class}.java"));
            fs::write(&file, source)?;
            javac.arg(file);
        }
        process::run_logged(&mut javac, &dir.join("javac.log"))?;
        let mut java = Command::new("java");
        java.args([
            "-Xms512m",
            "-Xmx512m",
            "-XX:+UseParallelGC",
            "-Dlog.level=warn",
        ])
        .args(["-cp", &format!("{}:{jars}", classes.display())])
        .args(program.0.iter().take(1).map(|(class, _)| class));
        Self::spawn(&mut java, &dir.join("client.log"))
    }

    /// Starts a program that takes commands.
    pub(super) fn spawn(program: &mut Command, log: &Path) -> anyhow::Result<Self> {
        let mut child = program
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(log)?)
            .spawn()
            .with_context(|| format!("cannot start {}", program.get_program().display()))?;
        let commands = child.stdin.take().context("the client has no input")?;
        let answers = child.stdout.take().context("the client has no output")?;
        Ok(Self {
            child,
            commands,
            answers: BufReader::new(answers),
        })
    }

    /// Of its process.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Has a command done, and gives its answer.
    pub(super) fn run(&mut self, command: &str) -> anyhow::Result<Value> {
        writeln!(self.commands, "{command}")?;
        self.commands.flush()?;
        loop {
            let mut line = String::new();
            if self.answers.read_line(&mut line)? == 0 {
                bail!("the client ended during {command:?}");
            }
            // Anything else is what some library has to say.
            let Ok(answer) = serde_json::from_str::<Value>(&line) else {
                continue;
            };
            if let Some(error) = answer["error"].as_str() {
                bail!("{command}: {error}");
            }
            return Ok(answer);
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // It holds nothing that could be lost.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A number of an answer.
pub(super) fn number(answer: &Value, name: &str) -> anyhow::Result<f64> {
    let number = answer[name].as_f64();
    number.with_context(|| format!("no {name} in {answer}"))
}
