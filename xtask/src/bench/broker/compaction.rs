//! `cargo xtask bench compaction`: the log cleaners, each with one thread and no limit, on the same records.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use super::figures::Figures;
use super::home;
use super::report::{self, Target};
use super::server::{Server, Which};
use crate::bench::client::{Client, number};
use crate::peers::process::{self, say};

/// Arguments of `cargo xtask bench compaction`.
#[derive(clap::Args)]
pub(in crate::bench) struct Args {
    /// A look within a minute: a quarter of the records, one round.
    #[arg(long)]
    quick: bool,
    /// How often each server has its turn; the best of all counts. 2, or 1 with --quick.
    #[arg(long)]
    rounds: Option<u32>,
    /// Measure the kop-server that is in target/release already.
    #[arg(long)]
    no_build: bool,
}

/// Records of a size, compressed by a codec.
struct Case {
    bytes: u64,
    codec: &'static str,
    records: u64,
}

const SETTINGS: [&str; 3] = [
    "log.cleaner.threads=1",
    "log.cleaner.backoff.ms=50",
    "log.segment.bytes=67108864",
];
const CASES: [Case; 3] = [
    Case {
        bytes: 1024,
        codec: "none",
        records: 600_000,
    },
    Case {
        bytes: 1024,
        codec: "lz4",
        records: 600_000,
    },
    Case {
        bytes: 100,
        codec: "none",
        records: 4_000_000,
    },
];
/// Keys for each of which one record is left.
const KEYS: u64 = 100_000;
const LIMIT: Duration = Duration::from_secs(120);
/// Where both servers write down how far a partition is clean, once it is.
const CHECKPOINT: &str = "cleaner-offset-checkpoint";

/// Runs `cargo xtask bench compaction`.
pub(in crate::bench) fn run(args: &Args) -> anyhow::Result<()> {
    super::prepare(args.no_build)?;
    let mut client = super::client()?;
    let rounds = args.rounds.unwrap_or(if args.quick { 1 } else { 2 });
    let share = if args.quick { 4 } else { 1 };
    let mut figures = Figures::default();
    figures.rounds(rounds, "compaction", |which, figures| {
        measure(which, share, &mut client, figures)
    });
    report::finish(&figures.rows(), &home().join("compaction.json"))?;
    figures.failures()
}

fn measure(
    which: Which,
    share: u64,
    client: &mut Client,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    which.clean()?;
    let server = which.start_with(&SETTINGS)?;
    process::pause(Duration::from_secs(3));
    // Not counted: Kafka's compiler has work until the paths are hot.
    let mut unused = Figures::default();
    clean(&server, "warm-up", &CASES[0], share, client, &mut unused)?;
    for (number, case) in CASES.iter().enumerate() {
        let topic = format!("clean-{number}");
        clean(&server, &topic, case, share, client, figures)?;
    }
    server.stop()?;
    which.clean()
}

fn clean(
    server: &Server,
    topic: &str,
    case: &Case,
    share: u64,
    client: &mut Client,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    let which = server.which();
    let to = format!("bootstrap={} topic={topic}", which.address());
    client.run(&format!("create {to} topics=1 partitions=1"))?;
    let (bytes, codec, records) = (case.bytes, case.codec, case.records / share);
    client.run(&format!(
        "fill {to} bytes={bytes} codec={codec} records={records} keys={KEYS}"
    ))?;
    let folder = which.data().join(format!("{topic}-0"));
    let dirty = closed_bytes(&folder)?;
    let before = server.cpu_seconds()?;
    let answer = client.run(&format!("compact {to}"))?;
    let began = Instant::now() - Duration::from_secs_f64(number(&answer, "seconds")?);
    let checkpoint = which.data().join(CHECKPOINT);
    while !is_clean(&checkpoint, topic) {
        ensure!(began.elapsed() < LIMIT, "{topic} is still not clean");
        process::pause(Duration::from_millis(2));
    }
    let seconds = began.elapsed().as_secs_f64();
    let cpu = server.cpu_seconds()? - before;
    let left = closed_bytes(&folder)?;
    let name = format!("{bytes} B, {codec}");
    let (rate, cost) = (dirty / seconds / 1e6, cpu / dirty * 1e9);
    say(format!(
        "  {name}: {:.1} MB to {:.1} MB, {rate:.1} MB/s",
        dirty / 1e6,
        left / 1e6
    ));
    let least = Target::RatioAtLeast(1.0);
    figures.add(which, &format!("cleaned, {name}"), "MB/s", least, rate);
    let most = Target::RatioAtMost(0.5);
    figures.add(which, &format!("  CPU, {name}"), "s/GB", most, cost);
    let same = Target::RatioAtMost(1.01);
    figures.add(which, &format!("  left, {name}"), "MB", same, left / 1e6);
    client.run(&format!("delete {to}"))?;
    Ok(())
}

/// Bytes of the segments that a cleaner reads: all but the one that is written to.
fn closed_bytes(folder: &Path) -> anyhow::Result<f64> {
    let mut segments = Vec::new();
    for file in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = file?.path();
        // What is deleted already may still be there, under another name.
        if path.extension().is_some_and(|extension| extension == "log") {
            segments.push(path);
        }
    }
    segments.sort();
    segments.pop();
    let mut bytes = 0.0;
    for segment in segments {
        bytes += fs::metadata(segment)?.len() as f64;
    }
    Ok(bytes)
}

/// Whether the checkpoint has more than the beginning of the topic's partition.
fn is_clean(checkpoint: &Path, topic: &str) -> bool {
    // It is not there before the first partition is clean.
    let text = fs::read_to_string(checkpoint).unwrap_or_default();
    let line = |line: &str| {
        let offset = line.strip_prefix(topic)?.strip_prefix(" 0 ")?;
        offset.parse::<u64>().ok()
    };
    text.lines().filter_map(line).any(|offset| offset > 0)
}
