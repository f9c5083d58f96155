//! The program itself: arguments, environment, signals, data directory.
#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(30);

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kop-server"));
    command.env_clear().stdin(Stdio::null()).kill_on_drop(true);
    command
}

async fn output(command: &mut Command) -> Output {
    timeout(PATIENCE, command.output())
        .await
        .expect("the program ends")
        .expect("the program runs")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A server that has said where it listens. Killed when dropped. Nobody reads what else it says on standard output.
struct Running {
    child: Child,
    address: SocketAddr,
}

impl Running {
    async fn start(data: &Path) -> Self {
        let mut command = serve(data);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap();
            let line = line.expect("the server says where it listens");
            if let Some(listens) = line.trim().strip_prefix("listens on") {
                break listens.split_whitespace().next().unwrap().parse().unwrap();
            }
        };
        Self { child, address }
    }

    async fn stop(mut self, signal: Signal) -> (Option<i32>, Duration, String) {
        let pid = self
            .child
            .id()
            .and_then(|id| Pid::from_raw(id.try_into().unwrap()))
            .unwrap();
        let begun = Instant::now();
        kill_process(pid, signal).unwrap();
        let code = timeout(PATIENCE, self.child.wait())
            .await
            .unwrap()
            .unwrap()
            .code();
        let mut log = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut log)
            .await
            .unwrap();
        (code, begun.elapsed(), log)
    }
}

fn serve(data: &Path) -> Command {
    let mut command = program();
    command.arg("--data-dir").arg(data).args([
        "--listener",
        "127.0.0.1:0",
        "--set",
        "http.listener=127.0.0.1:0",
    ]);
    command
}

#[tokio::test]
async fn signals_end_it_in_order_with_clients_connected() {
    let data = tempfile::tempdir().unwrap();
    for signal in [Signal::TERM, Signal::INT] {
        let server = Running::start(data.path()).await;
        let _client = TcpStream::connect(server.address).await.unwrap();
        let (code, took, log) = server.stop(signal).await;
        assert_eq!(code, Some(0), "{log}");
        assert!(took < Duration::from_secs(5), "{took:?}");
        assert!(log.contains("all data is flushed"), "{log}");
        assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
    }
}

#[tokio::test]
async fn a_second_process_on_the_same_data_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let first = Running::start(data.path()).await;
    let second = output(&mut serve(data.path())).await;
    assert_eq!(second.status.code(), Some(1));
    let fault = stderr(&second);
    assert!(
        fault.contains("in use by another process")
            && fault.contains(data.path().to_str().unwrap()),
        "{fault}"
    );
    assert!(
        TcpStream::connect(first.address).await.is_ok(),
        "the first goes on"
    );
    let mut first = first;
    first.child.kill().await.unwrap();
    let (code, ..) = Running::start(data.path()).await.stop(Signal::TERM).await;
    assert_eq!(
        code,
        Some(0),
        "after the first was killed the data is free again"
    );
}

#[tokio::test]
async fn config_prints_every_key_in_a_form_that_can_be_read_back() {
    let data = tempfile::tempdir().unwrap();
    let printed = output(
        program()
            .args(["config", "--set", "num.partitions=7"])
            .env("KOP_KAFKA_BROKER_ID", "3"),
    )
    .await;
    assert!(printed.status.success());
    let text = String::from_utf8(printed.stdout).unwrap();
    assert!(
        text.contains("\nnum.partitions=7\n") && text.contains("\nnode.id=3\n"),
        "{text}"
    );
    assert!(
        text.contains("\nlisteners=PLAINTEXT://127.0.0.1:9092\n") || text.starts_with("# "),
        "{text}"
    );
    assert!(text.contains("\nlog.retention.hours=168\n"), "{text}");
    let file = data.path().join("kop.properties");
    std::fs::write(&file, &text).unwrap();
    let again = output(program().arg("config").arg("--config").arg(&file)).await;
    assert!(again.status.success(), "{}", stderr(&again));
    let assigned = |text: &str| {
        text.lines()
            .filter(|line| !line.starts_with('#'))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        assigned(&String::from_utf8(again.stdout).unwrap()),
        assigned(&text)
    );
}

#[tokio::test]
async fn faults_of_the_configuration_are_said_in_one_line() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("server.properties");
    std::fs::write(&file, "num.partitions=3\nnonsense\n").unwrap();
    let file = file.to_str().unwrap();
    let unknown = data.path().join("unknown.properties");
    std::fs::write(&unknown, "num.partitions=3\nnosuch.key=1\n").unwrap();
    let unknown = unknown.to_str().unwrap();
    for (arguments, words) in [
        (
            &["--set", "num.partition=3"][..],
            "did you mean num.partitions?",
        ),
        (&["--set", "nosuch.key=1"], "kop-server config prints all"),
        (&["--set", "num.partitions"], "KEY=VALUE"),
        (&["--set", "saslAllowedMechanisms=PLAIN"], "not yet"),
        (&["--listener", "SSL://127.0.0.1:0"], "does not work yet"),
        (&["--config", "/nowhere.properties"], "/nowhere.properties"),
        (&["--config", file], "line 2"),
        (&["--config", unknown], "kop-server config prints all"),
    ] {
        let mut command = program();
        command
            .args([
                "--data-dir",
                data.path().to_str().unwrap(),
                "--set",
                "http.listener=",
            ])
            .args(arguments);
        let output = output(&mut command).await;
        let fault = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {fault}");
        assert!(
            fault.contains(words) && fault.lines().count() == 1,
            "{arguments:?}: {fault}"
        );
    }
    let output = output(program().env("KOP_NUM_PARTITION", "3").arg("config")).await;
    assert!(
        stderr(&output).contains("environment variable KOP_NUM_PARTITION"),
        "{}",
        stderr(&output)
    );
}

#[tokio::test]
async fn the_version_is_told() {
    let output = output(program().arg("--version")).await;
    assert_eq!(
        String::from_utf8(output.stdout).unwrap().trim(),
        concat!("kop-server ", env!("CARGO_PKG_VERSION"))
    );
}
