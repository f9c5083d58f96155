//! The members of `cargo xtask bench rebalance`: as many as a group has, each with a connection and a thread, which does
//! nothing but wait. It prints the medians of how long changes took until every member had its share.

mod board;
mod classic;
mod connection;
mod consumer;

use std::io::Write;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::{Parser, ValueEnum};
use kop_codec::ErrorCode;
use kop_codec::messages::create_topics_request::CreatableTopic;
use kop_codec::messages::{CreateTopicsRequest, FindCoordinatorRequest};

use board::Board;
use connection::Connection;

/// Between two heartbeats of the classic protocol; that of the other one is the server's setting.
const HEARTBEAT: Duration = Duration::from_millis(100);
const TOPIC: &str = "rebalance";

#[derive(Parser)]
struct Args {
    /// The server.
    #[arg(long)]
    bootstrap: String,
    /// The protocol of the group.
    #[arg(long, value_enum)]
    protocol: Protocol,
    /// Members of the group.
    #[arg(long, default_value_t = 100)]
    members: usize,
    /// Partitions of the topic.
    #[arg(long, default_value_t = 200)]
    partitions: usize,
    /// Groups that are measured, one after the other, after one that is not.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Protocol {
    Classic,
    Consumer,
}

/// A group's life.
struct Round {
    protocol: Protocol,
    group: String,
    topic: String,
    partitions: usize,
    board: Board,
}

/// What a member is made of.
struct Member<'a> {
    number: usize,
    round: &'a Round,
    connection: &'a mut Connection,
}

/// How long it took until all was well after a change.
struct Times {
    /// All members came at once.
    all: Duration,
    /// One left.
    leave: Duration,
    /// One more came.
    join: Duration,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    create(&args)?;
    let mut times = Vec::new();
    for number in 0..=args.rounds {
        let round = Round {
            protocol: args.protocol,
            group: format!("{:?}-{number}", args.protocol),
            topic: TOPIC.to_owned(),
            partitions: args.partitions,
            board: Board::default(),
        };
        let measured = live(&args, &round).with_context(|| round.group.clone())?;
        if number > 0 {
            times.push(measured);
        }
    }
    let median = |of: fn(&Times) -> Duration| {
        let mut all: Vec<Duration> = times.iter().map(of).collect();
        all.sort();
        all.get(all.len() / 2)
            .map(|time| time.as_secs_f64() * 1000.0)
    };
    let answer = serde_json::json!({
        "all": median(|times| times.all),
        "leave": median(|times| times.leave),
        "join": median(|times| times.join),
    });
    writeln!(std::io::stdout(), "{answer}")?;
    Ok(())
}

/// The topic, and that of the groups, which the first question for a coordinator makes.
fn create(args: &Args) -> anyhow::Result<()> {
    let mut connection = Connection::open(&args.bootstrap)?;
    let request = CreateTopicsRequest {
        topics: vec![CreatableTopic {
            name: TOPIC.into(),
            num_partitions: i32::try_from(args.partitions)?,
            replication_factor: 1,
            ..Default::default()
        }],
        timeout_ms: 30_000,
        ..Default::default()
    };
    let response = connection.call(7, &request)?;
    let error = response.topics.first().map(|topic| topic.error_code);
    ensure!(
        matches!(
            error,
            Some(ErrorCode::NONE | ErrorCode::TOPIC_ALREADY_EXISTS)
        ),
        "cannot create the topic: {error:?}"
    );
    let request = FindCoordinatorRequest {
        coordinator_keys: vec!["any".into()],
        ..Default::default()
    };
    connection.call(4, &request)?;
    Ok(())
}

fn live(args: &Args, round: &Round) -> anyhow::Result<Times> {
    let connect = |_| Connection::open(&args.bootstrap);
    let connections: Vec<Connection> = (0..=args.members)
        .map(connect)
        .collect::<anyhow::Result<_>>()?;
    let mut connections = connections.into_iter().enumerate();
    thread::scope(|scope| {
        let start = |(number, connection)| start(scope, round, number, connection);
        round.board.expect(args.members, args.partitions);
        let began = Instant::now();
        let mut members: Vec<Sender<()>> =
            connections.by_ref().take(args.members).map(start).collect();
        let all = round.board.wait()? - began;

        round.board.expect(args.members - 1, args.partitions);
        let began = Instant::now();
        members.pop();
        let leave = round.board.wait()? - began;

        round.board.expect(args.members, args.partitions);
        let began = Instant::now();
        members.extend(connections.map(start));
        let join = round.board.wait()? - began;
        Ok(Times { all, leave, join })
        // The members leave when their senders are dropped, and the scope waits for them.
    })
}

/// Lets a member live until what is returned is dropped.
fn start<'scope>(
    scope: &'scope Scope<'scope, '_>,
    round: &'scope Round,
    number: usize,
    mut connection: Connection,
) -> Sender<()> {
    let (stay, leave) = mpsc::channel();
    scope.spawn(move || {
        let member = Member {
            number,
            round,
            connection: &mut connection,
        };
        let live: fn(Member<'_>, &Receiver<()>) -> anyhow::Result<()> = match round.protocol {
            Protocol::Classic => classic::live,
            Protocol::Consumer => consumer::live,
        };
        if let Err(error) = live(member, &leave) {
            round.board.fail(&error);
        }
    });
    stay
}
