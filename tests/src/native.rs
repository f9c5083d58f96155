//! Programs with Pulsar's own clients: what they write and what they read (see `clients/README.md`).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::target::target_dir;

/// A message as a Pulsar client sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// `None` without a key.
    pub key: Option<String>,
    /// `None` is null.
    pub value: Option<Vec<u8>>,
    /// Milliseconds since the epoch; 0 is none.
    pub time: i64,
    /// Each name once.
    pub properties: BTreeMap<String, String>,
}

/// How a message is written.
#[derive(Clone, Debug)]
pub struct How<'a> {
    /// Pulsar's name of the partition.
    pub topic: &'a str,
    /// Pulsar's name of the codec, `NONE` or `ZLIB` for instance.
    pub codec: &'a str,
    /// Whether the client may put several messages into an entry.
    pub batched: bool,
}

/// The client of one language.
#[derive(Clone, Debug)]
pub struct Native {
    /// As in `cargo xtask test --list`, for example `pulsar-go`.
    pub name: &'static str,
    run: PathBuf,
}

impl Native {
    /// The program that `cargo xtask test` installed under this name; `None` when it did not.
    pub fn installed(name: &'static str) -> Option<Self> {
        let run = target_dir().join("clients").join(name).join("run");
        run.is_file().then_some(Self { name, run })
    }

    /// The program with these arguments and nothing to read.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.run);
        command.args(arguments).stdin(Stdio::null());
        command
    }

    fn spawn(&self, command: &mut Command) -> anyhow::Result<Child> {
        let child = command.spawn();
        child.with_context(|| self.run.display().to_string())
    }

    /// An error when it has failed.
    fn judge(&self, did: &str, output: &Output) -> anyhow::Result<()> {
        ensure!(
            output.status.success(),
            "{} {did}: {}\n{}",
            self.name,
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    }

    /// Writes messages in this order and waits until the broker has them; an error when one was refused.
    pub fn produce<'a>(
        &self,
        url: &str,
        messages: impl IntoIterator<Item = (How<'a>, Seen)>,
    ) -> anyhow::Result<()> {
        let mut lines = String::new();
        for (how, message) in messages {
            push_how(&mut lines, &how, &message)?;
        }
        let mut command = self.command(&["produce", url]);
        let mut child = self.spawn(command.stdin(Stdio::piped()).stderr(Stdio::piped()))?;
        let mut stdin = child.stdin.take().context("a pipe")?;
        let written = stdin.write_all(lines.as_bytes());
        drop(stdin);
        self.judge("produce", &child.wait_with_output()?)?;
        written.context("a program that does not read")
    }

    /// Writes one message with this value, by itself and not compressed; an error when it was refused.
    pub fn produce_one(&self, url: &str, topic: &str, value: &str) -> anyhow::Result<()> {
        let how = How {
            topic,
            codec: "NONE",
            batched: false,
        };
        let message = Seen {
            value: Some(value.as_bytes().to_vec()),
            time: 1,
            ..Seen::default()
        };
        self.produce(url, [(how, message)])
    }

    /// Runs it with arguments of its own and returns what it prints; an error when it fails.
    pub fn output(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let mut command = self.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = self.spawn(&mut command)?.wait_with_output()?;
        self.judge(&format!("{arguments:?}"), &output)?;
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Writes messages as they come.
    pub fn writing(&self, url: &str) -> anyhow::Result<Writing> {
        let mut child = self.spawn(self.command(&["produce", url]).stdin(Stdio::piped()))?;
        let stdin = child.stdin.take();
        Ok(Writing { child, stdin })
    }

    /// Transactions of Pulsar's own, one at a time, which only the program in Java can.
    pub fn transactions(&self, url: &str) -> anyhow::Result<Transactions> {
        let mut command = self.command(&["transactions", url]);
        let mut child = self.spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped()))?;
        let stdin = child.stdin.take().context("a pipe")?;
        let stdout = BufReader::new(child.stdout.take().context("a pipe")?);
        Ok(Transactions {
            child,
            stdin,
            stdout,
        })
    }

    /// Reads a topic from its beginning, until it is dropped or nothing comes for 20 s.
    pub fn reading(&self, url: &str, topic: &str) -> anyhow::Result<Reading> {
        let all = i32::MAX.to_string();
        let mut command = self.command(&["consume", url, &all, "plain", topic]);
        let mut child = self.spawn(command.stdout(Stdio::piped()))?;
        let stdout = child.stdout.take().context("a pipe")?;
        let (sender, messages) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines() {
                let message = line
                    .context("a line")
                    .and_then(|line| parse(&line).with_context(|| line.clone()));
                // Nobody listens any more once the test has ended.
                let _ = sender.send(message.map(|(_, message)| message));
            }
        });
        Ok(Reading { child, messages })
    }

    /// Reads `count` messages of each topic from its beginning, or fewer when no more come for 20 s. With `processor` the
    /// client reads payloads of Kafka's too, which only the one in Java can.
    pub fn consume(
        &self,
        url: &str,
        count: usize,
        processor: bool,
        topics: &[String],
    ) -> anyhow::Result<BTreeMap<String, Vec<Seen>>> {
        let how = if processor { "processor" } else { "plain" };
        let (name, count) = (self.name, count.to_string());
        let mut arguments = vec!["consume", url, &count, how];
        arguments.extend(topics.iter().map(String::as_str));
        let output = self.output(&arguments)?;
        let mut found: BTreeMap<String, Vec<Seen>> = BTreeMap::new();
        for line in output.lines() {
            let (topic, message) = parse(line).with_context(|| format!("{name} said {line:?}"))?;
            found.entry(topic).or_default().push(message);
        }
        Ok(found)
    }
}

/// A program that writes. It is killed when this is dropped.
#[derive(Debug)]
pub struct Writing {
    child: Child,
    stdin: Option<ChildStdin>,
}

impl Writing {
    /// Gives it a message; waits where it has too many that are not written yet.
    pub fn send(&mut self, how: &How<'_>, message: &Seen) -> anyhow::Result<()> {
        let mut line = String::new();
        push_how(&mut line, how, message)?;
        let stdin = self.stdin.as_mut().context("it was ended")?;
        stdin.write_all(line.as_bytes()).context("it has ended")
    }

    /// Waits until the broker has everything; an error when it refused something.
    pub fn finish(mut self) -> anyhow::Result<()> {
        drop(self.stdin.take());
        let status = self.child.wait()?;
        ensure!(status.success(), "a native writer: {status}");
        Ok(())
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// A program that writes in transactions of Pulsar's own. It is killed when this is dropped.
#[derive(Debug)]
pub struct Transactions {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Transactions {
    /// Begins one; an error when that fails, as in all that follow.
    pub fn begin(&mut self) -> anyhow::Result<()> {
        self.say("begin")
    }

    /// Writes a message to one of Pulsar's topics, as an entry of its own.
    pub fn send(&mut self, topic: &str, value: &str) -> anyhow::Result<()> {
        self.say(&format!("send\t{topic}\t{value}"))
    }

    /// Ends it.
    pub fn end(&mut self, commit: bool) -> anyhow::Result<()> {
        self.say(if commit { "commit" } else { "abort" })
    }

    fn say(&mut self, line: &str) -> anyhow::Result<()> {
        writeln!(self.stdin, "{line}")?;
        let mut answer = String::new();
        self.stdout.read_line(&mut answer)?;
        ensure!(answer == "ok\n", "{line:?} failed");
        Ok(())
    }
}

impl Drop for Transactions {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// A program that reads. It is killed when this is dropped.
#[derive(Debug)]
pub struct Reading {
    child: Child,
    messages: Receiver<anyhow::Result<Seen>>,
}

impl Reading {
    /// The next message, if one comes within this time.
    pub fn next(&self, time: Duration) -> anyhow::Result<Option<Seen>> {
        match self.messages.recv_timeout(time) {
            Ok(message) => message.map(Some),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => anyhow::bail!("a native reader has ended"),
        }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

fn end(child: &mut Child) {
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}

fn push_how(lines: &mut String, how: &How<'_>, message: &Seen) -> anyhow::Result<()> {
    let batched = if how.batched { "batched" } else { "single" };
    write!(lines, "{}\t{}\t{batched}", how.topic, how.codec)?;
    push(lines, message)
}

fn push(line: &mut String, message: &Seen) -> anyhow::Result<()> {
    write!(line, "\t{}\t", message.key.as_deref().unwrap_or("-"))?;
    match &message.value {
        None => line.push('-'),
        Some(value) => {
            for byte in value {
                write!(line, "{byte:02x}")?;
            }
        }
    }
    write!(line, "\t{}", message.time)?;
    for (key, value) in &message.properties {
        write!(line, "\t{key}\t{value}")?;
    }
    line.push('\n');
    Ok(())
}

fn parse(line: &str) -> anyhow::Result<(String, Seen)> {
    let parts: Vec<&str> = line.split('\t').collect();
    let [topic, _, _, key, value, time, properties @ ..] = parts.as_slice() else {
        anyhow::bail!("too few parts");
    };
    let hex = |text: &str| {
        (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(text.get(at..at + 2).unwrap_or("?"), 16))
            .collect::<Result<Vec<u8>, _>>()
    };
    let message = Seen {
        key: (*key != "-").then(|| (*key).to_owned()),
        value: (*value != "-").then(|| hex(value)).transpose()?,
        time: time.parse()?,
        properties: properties
            .chunks_exact(2)
            .map(|pair| (pair[0].to_owned(), pair[1].to_owned()))
            .collect(),
    };
    Ok(((*topic).to_owned(), message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_was_written() {
        let message = Seen {
            key: Some("k".to_owned()),
            value: Some(vec![0, 255]),
            time: 7,
            properties: [("a".to_owned(), String::new())].into(),
        };
        for message in [message, Seen::default()] {
            let mut line = "t\tNONE\tsingle".to_owned();
            push(&mut line, &message).unwrap();
            assert_eq!(
                parse(line.trim_end_matches('\n')).unwrap(),
                ("t".to_owned(), message)
            );
        }
        assert!(parse("t\t-\t-\t-\tabc\t1").is_err());
    }
}
