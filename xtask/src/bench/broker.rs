//! `cargo xtask bench broker`: kop-server and Apache Kafka in turns, each alone while it is measured.

pub(super) mod compaction;
mod figures;
pub(super) mod rebalance;
mod report;
mod server;
pub(super) mod transactions;

use std::fs;
use std::time::Duration;

use clap::ValueEnum;

use super::client::{Client, Program, number};
use super::home;
use super::wire;
use crate::peers::process::{self, say};
use figures::Figures;
use report::Target;
use server::{Server, Which};

/// Arguments of `cargo xtask bench broker`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// A look within minutes: fewer rounds, a tenth of the records.
    #[arg(long)]
    quick: bool,
    /// How often each server has its turn; the best of all counts. 3, or 2 with --quick.
    #[arg(long)]
    rounds: Option<u32>,
    /// Measure the kop-server that is in target/release already.
    #[arg(long)]
    no_build: bool,
    /// Only this part (repeatable).
    #[arg(long = "part", value_enum)]
    parts: Vec<Part>,
    /// Of the load only the cases whose names contain this, for example "100 B, 1 partitions, lz4"; no latency then.
    #[arg(long)]
    case: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// From the start to the first answered request.
    Start,
    /// Throughput, CPU, latency and memory.
    Load,
    /// Memory of 1,000 topics with 10 partitions each.
    Topics,
    /// Memory of 2,000 idle connections.
    Connections,
}

/// How much is done.
struct Amount {
    rounds: u32,
    starts: u32,
    /// Bytes of values in a case of records of 1 KiB; half of it in one of 100 bytes.
    bytes: u64,
    latency_seconds: u32,
}

/// Records of one size to so many partitions with one codec.
struct Case {
    bytes: u64,
    partitions: u32,
    codec: &'static str,
}

const CLIENT: Program = Program(&[("Load", include_str!("broker/Load.java"))]);
const SIZES: [(u64, &str); 2] = [(100, "100 B"), (1024, "1 KiB")];
const LATENCY_RATE: u32 = 5000;
const TOPICS: u32 = 1000;
const PARTITIONS: u32 = 10;
const CONNECTIONS: u32 = 2000;

/// Runs `cargo xtask bench broker`.
pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    prepare(args.no_build)?;
    let mut client = client()?;
    let wanted = |part| args.parts.is_empty() || args.parts.contains(&part);
    let amount = Amount::of(args);
    let mut figures = Figures::default();
    if wanted(Part::Start) {
        for which in [Which::Kop, Which::Kafka] {
            figures.part(which, "start", |figures| starts(which, &amount, figures));
        }
    }
    if wanted(Part::Load) {
        figures.rounds(amount.rounds, "load", |which, figures| {
            load(which, &amount, args.case.as_deref(), &mut client, figures)
        });
    }
    for which in [Which::Kop, Which::Kafka] {
        if wanted(Part::Topics) {
            figures.part(which, "topics", |figures| {
                topics(which, &mut client, figures)
            });
        }
        if wanted(Part::Connections) {
            figures.part(which, "connections", |figures| connections(which, figures));
        }
    }
    report::finish(&figures.rows(), &home().join("broker.json"))?;
    figures.failures()
}

/// Builds kop-server, unless it is there, and installs Kafka.
fn prepare(no_build: bool) -> anyhow::Result<()> {
    fs::create_dir_all(home())?;
    if !no_build {
        super::build("kop-server")?;
    }
    server::node().install()
}

/// Starts the client that loads both servers.
fn client() -> anyhow::Result<Client> {
    Client::start(&CLIENT, &server::node().lib(), &home())
}

impl Amount {
    fn of(args: &Args) -> Self {
        let (rounds, starts, bytes, latency_seconds) = if args.quick {
            (2, 2, 100 << 20, 5)
        } else {
            (3, 5, 1 << 30, 20)
        };
        Self {
            rounds: args.rounds.unwrap_or(rounds),
            starts,
            bytes,
            latency_seconds,
        }
    }
}

impl Case {
    fn all() -> impl Iterator<Item = (String, Self)> {
        SIZES.into_iter().flat_map(|(bytes, size)| {
            [1, 16].into_iter().flat_map(move |partitions| {
                ["none", "lz4"].into_iter().map(move |codec| {
                    let name = format!("{size}, {partitions} partitions, {codec}");
                    (
                        name,
                        Self {
                            bytes,
                            partitions,
                            codec,
                        },
                    )
                })
            })
        })
    }

    /// As few bytes in records of 100 bytes take as long as twice as many in records of 1 KiB.
    fn records(&self, bytes: u64) -> u64 {
        bytes / self.bytes / if self.bytes < 1024 { 2 } else { 1 }
    }
}

/// The data of the first start is there for the others, as for any server but a new one.
fn starts(which: Which, amount: &Amount, figures: &mut Figures) -> anyhow::Result<()> {
    which.clean()?;
    which.start()?.stop()?;
    for _ in 0..amount.starts {
        let server = which.start()?;
        let ms = server.until_answer.as_secs_f64() * 1000.0;
        figures.add(
            which,
            "start to first answer",
            "ms",
            Target::AtMost(100.0),
            ms,
        );
        server.stop()?;
    }
    Ok(())
}

fn load(
    which: Which,
    amount: &Amount,
    only: Option<&str>,
    client: &mut Client,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    let wanted = |name: &str| only.is_none_or(|part| name.contains(part));
    which.clean()?;
    let server = which.start()?;
    process::pause(Duration::from_secs(3));
    figures.add(
        which,
        "memory idle",
        "MiB",
        Target::AtMost(20.0),
        server.memory("VmRSS")?,
    );
    // Not counted: compilers of both JVMs have work until the paths are hot, those of the codecs too.
    let mut unused = Figures::default();
    for (name, case) in Case::all().filter(|(name, _)| wanted(name)) {
        say(format!("  warming up with {name}"));
        throughput(&server, &name, &case, amount.bytes / 4, client, &mut unused)?;
    }
    for (name, case) in Case::all().filter(|(name, _)| wanted(name)) {
        say(format!("  {name}"));
        throughput(&server, &name, &case, amount.bytes, client, figures)?;
    }
    if only.is_none() {
        latency(&server, amount, client, figures)?;
    }
    figures.add(
        which,
        "memory under load",
        "MiB",
        Target::AtMost(150.0),
        server.memory("VmHWM")?,
    );
    server.stop()?;
    which.clean()
}

fn throughput(
    server: &Server,
    name: &str,
    case: &Case,
    bytes: u64,
    client: &mut Client,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    let (which, records) = (server.which(), case.records(bytes));
    // A name is used once: Kafka still deletes the old topic when it says that it is gone.
    let to = format!(
        "bootstrap={} topic=bench-{bytes}-{}-{}-{}",
        which.address(),
        case.bytes,
        case.partitions,
        case.codec
    );
    let total = (records * case.bytes) as f64;
    client.run(&format!(
        "create {to} topics=1 partitions={}",
        case.partitions
    ))?;
    for verb in ["produce", "consume"] {
        let command = format!(
            "{verb} {to} records={records} bytes={} codec={}",
            case.bytes, case.codec
        );
        let before = server.cpu_seconds()?;
        let answer = client.run(&command)?;
        let cpu = server.cpu_seconds()? - before;
        let seconds = number(&answer, "seconds")?;
        let (rate, cost) = (total / seconds / 1e6, cpu / total * 1e9);
        say(format!("    {verb}: {rate:.1} MB/s, {cost:.2} s/GB"));
        figures.add(
            which,
            &format!("{verb} {name}"),
            "MB/s",
            Target::RatioAtLeast(1.0),
            rate,
        );
        figures.add(
            which,
            &format!("  CPU, {verb} {name}"),
            "s/GB",
            Target::RatioAtMost(0.5),
            cost,
        );
        // Near 100 it is the client that limits both servers.
        figures.add(
            which,
            &format!("  busiest thread of the client, {verb} {name}"),
            "%",
            Target::None,
            number(&answer, "busiest")? / seconds * 100.0,
        );
    }
    client.run(&format!("delete {to}"))?;
    Ok(())
}

fn latency(
    server: &Server,
    amount: &Amount,
    client: &mut Client,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    say(format!("  latency at {LATENCY_RATE} records/s"));
    let to = format!("bootstrap={} topic=latency", server.which().address());
    client.run(&format!("create {to} topics=1 partitions=1"))?;
    let seconds = amount.latency_seconds;
    let answer = client.run(&format!(
        "latency {to} rate={LATENCY_RATE} seconds={seconds}"
    ))?;
    for quantile in ["p50", "p99"] {
        let ms = number(&answer, quantile)? / 1000.0;
        figures.add(
            server.which(),
            &format!("latency {quantile}"),
            "ms",
            Target::RatioAtMost(1.0),
            ms,
        );
    }
    Ok(())
}

fn topics(which: Which, client: &mut Client, figures: &mut Figures) -> anyhow::Result<()> {
    say(format!(
        "{}: {TOPICS} topics with {PARTITIONS} partitions",
        which.name()
    ));
    which.clean()?;
    let server = which.start()?;
    process::pause(Duration::from_secs(3));
    let before = server.memory("VmRSS")?;
    let to = format!("bootstrap={} topic=many", which.address());
    client.run(&format!(
        "create {to} topics={TOPICS} partitions={PARTITIONS}"
    ))?;
    process::pause(Duration::from_secs(5));
    let each = (server.memory("VmRSS")? - before) * 1024.0 / f64::from(TOPICS * PARTITIONS);
    figures.add(
        which,
        "memory of a partition",
        "KiB",
        Target::AtMost(10.0),
        each,
    );
    server.stop()?;
    which.clean()
}

fn connections(which: Which, figures: &mut Figures) -> anyhow::Result<()> {
    say(format!("{}: {CONNECTIONS} connections", which.name()));
    which.clean()?;
    let server = which.start()?;
    process::pause(Duration::from_secs(3));
    let before = server.memory("VmRSS")?;
    let open = wire::connections(&which.address(), CONNECTIONS as usize)?;
    process::pause(Duration::from_secs(3));
    let each = (server.memory("VmRSS")? - before) * 1024.0 / f64::from(CONNECTIONS);
    drop(open);
    figures.add(
        which,
        "memory of an idle connection",
        "KiB",
        Target::AtMost(20.0),
        each,
    );
    server.stop()?;
    which.clean()
}
