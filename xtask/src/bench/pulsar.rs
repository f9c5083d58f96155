//! `cargo xtask bench pulsar`: what Kafka clients get through kop-server, beside what Pulsar's own client gets from the same
//! Pulsar.

mod figures;
mod jars;
mod peers;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context;
use clap::ValueEnum;
use serde_json::Value;

use super::client::{Client, Program, number};
use super::usage;
use crate::peers::process::{self, say};
use figures::{Figures, Target};
use peers::Peers;

/// Arguments of `cargo xtask bench pulsar`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// A look within minutes: one round, a tenth of the records.
    #[arg(long)]
    quick: bool,
    /// How often all have their turn; the median of the rounds' ratios counts. 3, or 1 with --quick.
    #[arg(long)]
    rounds: Option<u32>,
    /// Measure the kop-server that is in target/release already.
    #[arg(long)]
    no_build: bool,
    /// Only this part (repeatable).
    #[arg(long = "part", value_enum)]
    parts: Vec<Part>,
    /// Records of a case of load, in place of 500,000 (50,000 with --quick).
    #[arg(long)]
    records: Option<u64>,
    /// In the parts load and cpu only topics with so many partitions (repeatable): 1 and 16.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1000))]
    partitions: Vec<u32>,
    /// Beside Pulsar's own client only this entry format (repeatable).
    #[arg(long = "format", value_parser = FORMATS)]
    formats: Vec<String>,
    /// In the parts load and cpu only these clients (repeatable).
    #[arg(long, value_enum)]
    clients: Vec<Clients>,
    /// Records per second of the part openmessaging.
    #[arg(long, default_value_t = 10_000)]
    rate: u32,
    /// A setting of the Pulsar (repeatable).
    #[arg(long = "pulsar-set", value_name = "KEY=VALUE")]
    pulsar_settings: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Throughput of producers and consumers, 1 and 16 partitions.
    Load,
    /// From when a record was due to be sent until a consumer has it, at 2,000 records/s.
    Latency,
    /// CPU of the server for entries of one record of 1 KiB.
    Cpu,
    /// Memory of the server with 1,000 partitions in use.
    Memory,
    /// Kafka to Kafka, Kafka to Pulsar, Pulsar to Kafka, and Pulsar to Pulsar.
    Openmessaging,
}

/// Kafka's client, and how it and Pulsar's are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Clients {
    /// As OpenMessaging's drivers, see the README: Kafka's producer has 5 requests of 1 MiB on the way, Pulsar's 64 MiB.
    Drivers,
    /// The same, and both producers have 64 MiB on the way.
    Alike,
    /// Nothing is set but that Pulsar's producer waits where Kafka's would.
    Defaults,
    /// librdkafka in place of Java, set as `drivers` but for its 5 ms: it has as many requests on the way as there are.
    Librdkafka,
}

impl Clients {
    fn name(self) -> &'static str {
        match self {
            Self::Drivers => "drivers",
            Self::Alike => "alike",
            Self::Defaults => "defaults",
            Self::Librdkafka => "librdkafka",
        }
    }

    /// The `tuning` of commands.
    fn tuning(self) -> &'static str {
        match self {
            Self::Librdkafka => "drivers",
            other => other.name(),
        }
    }
}

/// Whose clients, and how kop-server writes.
const NATIVE: &str = "native";
const FORMATS: [&str; 2] = ["kafka", "pulsar"];
const BYTES: u64 = 1024;
const LATENCY_RATE: u32 = 2000;
const IN_USE: u32 = 1000;
/// Entries of one record for a figure of CPU.
const ENTRIES: u32 = 25_000;
/// Entries of one record that warm paths up, and how often all of it is done at most.
const WARMING: u64 = 10_000;
const WARM_UPS: u32 = 5;
/// The part of the CPU that the JVMs' compilers may still take when measuring begins.
const COMPILERS: f64 = 0.15;

/// Whose client writes, and whose reads: `kafka` or `pulsar`.
type Ends = [&'static str; 2];

/// Seconds of a command, on the clock and of CPU.
struct Took {
    seconds: f64,
    cpu: Cpu,
}

/// CPU of processes, in seconds.
#[derive(Default)]
struct Cpu {
    client: f64,
    kop: f64,
    pulsar: f64,
    /// The compilers of the client and of Pulsar, and all of both: what came before and after what is timed too.
    compilers: f64,
    jvms: f64,
}

/// When Kafka's consumer commits.
#[derive(Clone, Copy)]
enum Commits {
    /// By itself from time to time, as Pulsar's client gathers acknowledgements.
    Auto,
    /// After every poll, as OpenMessaging's driver does.
    Each,
}

/// OpenMessaging's shapes.
fn shapes(format: &str) -> &'static [Ends] {
    match format {
        NATIVE => &[["pulsar", "pulsar"]],
        _ => &[["kafka", "kafka"], ["kafka", "pulsar"], ["pulsar", "kafka"]],
    }
}

const CLIENT: Program = Program(&[
    ("PulsarLoad", include_str!("pulsar/PulsarLoad.java")),
    ("Clients", include_str!("pulsar/Clients.java")),
    ("Flow", include_str!("pulsar/Flow.java")),
]);

/// Everything that a part needs.
struct Bench {
    peers: Peers,
    client: Client,
    librdkafka: Client,
    figures: Figures,
    partitions: Vec<u32>,
    /// Of kop-server's entries.
    formats: Vec<&'static str>,
    clients: Vec<Clients>,
    /// Records of a case of throughput.
    records: u64,
    seconds: u32,
    rate: u32,
    round: u32,
    /// Topics so far: each name is used once.
    topics: u32,
}

/// Runs `cargo xtask bench pulsar`.
pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let home = super::home().join("pulsar");
    fs::create_dir_all(&home)?;
    if !args.no_build {
        super::build("kop-server")?;
        super::build("xtask-librdkafka")?;
    }
    let jars = jars::install(&home)?;
    let (records, seconds, rounds) = if args.quick {
        (50_000, 5, 1)
    } else {
        (500_000, 15, 3)
    };
    let mut bench = Bench {
        peers: Peers::start(&args.pulsar_settings)?,
        client: Client::start(&CLIENT, &jars, &home)?,
        librdkafka: librdkafka(&home)?,
        figures: Figures::default(),
        partitions: or(&args.partitions, &[1, 16]),
        formats: FORMATS
            .into_iter()
            .filter(|format| args.formats.is_empty() || args.formats.iter().any(|f| f == format))
            .collect(),
        clients: or(
            &args.clients,
            &[Clients::Drivers, Clients::Alike, Clients::Librdkafka],
        ),
        records: args.records.unwrap_or(records),
        seconds,
        rate: args.rate,
        round: 0,
        topics: 0,
    };
    let outcome = bench.measure(&args.parts, args.rounds.unwrap_or(rounds));
    // What there is, whatever came in between.
    bench.figures.finish(&super::home().join("pulsar.json"))?;
    outcome
}

fn librdkafka(home: &Path) -> anyhow::Result<Client> {
    let program = process::target_dir().join("release/xtask-librdkafka");
    Client::spawn(&mut Command::new(program), &home.join("librdkafka.log"))
}

fn or<T: Clone>(given: &[T], all: &[T]) -> Vec<T> {
    if given.is_empty() { all } else { given }.to_vec()
}

type Measure = fn(&mut Bench) -> anyhow::Result<()>;

/// What is measured in every round.
const PARTS: [(Part, Measure); 4] = [
    (Part::Load, Bench::load),
    (Part::Latency, Bench::latency),
    (Part::Cpu, Bench::cpu),
    (Part::Openmessaging, Bench::openmessaging),
];

/// A topic that exists, and what commands about it begin with.
struct Topic {
    /// How its client is called: `kafka` or `native`.
    side: &'static str,
    format: &'static str,
    partitions: u32,
    to: String,
}

impl Bench {
    fn measure(&mut self, parts: &[Part], rounds: u32) -> anyhow::Result<()> {
        let wanted = |part| parts.is_empty() || parts.contains(&part);
        if wanted(Part::Load) || wanted(Part::Cpu) {
            self.warm_up()?;
        }
        if wanted(Part::Latency) || wanted(Part::Openmessaging) {
            self.warm_up_flows()?;
        }
        for round in 0..rounds {
            say(format!("round {} of {rounds}", round + 1));
            self.round = round;
            for (part, measure) in PARTS {
                if wanted(part) {
                    measure(self).with_context(|| format!("part {part:?}"))?;
                }
            }
        }
        if wanted(Part::Memory) {
            self.memory()?;
        }
        Ok(())
    }

    /// Native and each format, in an order that changes from round to round.
    fn turns(&self) -> Vec<&'static str> {
        let mut all = [&[NATIVE][..], &self.formats].concat();
        let by = self.round as usize % all.len();
        all.rotate_left(by);
        all
    }

    fn create(&mut self, format: &'static str, partitions: u32) -> anyhow::Result<Topic> {
        self.topics += 1;
        let to = format!(
            "{} topic=bench-{}-{} format={format} partitions={partitions} bytes={BYTES}",
            self.peers.addresses(),
            std::process::id(),
            self.topics,
        );
        self.client.run(&format!("create {to}"))?;
        Ok(Topic {
            side: if format == NATIVE { NATIVE } else { "kafka" },
            format,
            partitions,
            to,
        })
    }

    fn delete(&mut self, topic: &Topic) -> anyhow::Result<()> {
        self.client.run(&format!("delete {}", topic.to))?;
        Ok(())
    }

    /// Seconds of a command, and the CPU that it took meanwhile.
    fn timed(
        &mut self,
        verb: &str,
        topic: &Topic,
        clients: Clients,
        more: &str,
    ) -> anyhow::Result<Took> {
        let (side, to) = (topic.side, &topic.to);
        let (java, pulsar) = (self.client.pid(), self.peers.pulsar_pid()?);
        let compilers = || -> anyhow::Result<f64> {
            Ok(usage::compilers_seconds(java)? + usage::compilers_seconds(pulsar)?)
        };
        let jvms = || -> anyhow::Result<f64> {
            Ok(usage::cpu_seconds(java)? + usage::cpu_seconds(pulsar)?)
        };
        let (before, jvms_before) = (compilers()?, jvms()?);
        let client = match clients {
            Clients::Librdkafka if side != NATIVE => &mut self.librdkafka,
            _ => &mut self.client,
        };
        let pids = format!("{},{},{pulsar}", client.pid(), self.peers.kop_pid());
        let answer = client.run(&format!("{verb} side={side} {to} pids={pids} {more}"))?;
        let cpu = |index: usize| {
            let seconds = answer["cpu"][index].as_f64();
            seconds.with_context(|| format!("no CPU in {answer}"))
        };
        Ok(Took {
            seconds: number(&answer, "seconds")?,
            cpu: Cpu {
                client: cpu(0)?,
                kop: cpu(1)?,
                pulsar: cpu(2)?,
                compilers: (compilers()? - before).max(0.0),
                jvms: jvms()? - jvms_before,
            },
        })
    }

    /// Compilers of both JVMs have work until the paths are hot: half of the CPU at first, more for paths that are new.
    fn warm_up(&mut self) -> anyhow::Result<()> {
        for time in 0..WARM_UPS {
            let (mut all, mut compilers) = (0.0, 0.0);
            for format in self.turns() {
                for partitions in self.partitions.clone() {
                    let cpu = self.warm_up_with(format, partitions)?;
                    all += cpu.jvms;
                    compilers += cpu.compilers;
                }
            }
            let share = compilers / all;
            say(format!(
                "warmed up {} times: compilers took {:.0} % of both JVMs' CPU",
                time + 1,
                share * 100.0
            ));
            if share < COMPILERS {
                break;
            }
        }
        Ok(())
    }

    /// What it took in the last of the cases, those that are measured.
    fn warm_up_with(&mut self, format: &'static str, partitions: u32) -> anyhow::Result<Cpu> {
        let mut sum = Cpu::default();
        for clients in self.clients.clone() {
            let single = format!("tuning=single records={WARMING}");
            self.write_and_read(format, partitions, clients, &single)?;
            let (tuning, records) = (clients.tuning(), self.records / 10);
            let more = format!("tuning={tuning} records={records}");
            let cpu = self.write_and_read(format, partitions, clients, &more)?;
            sum.compilers += cpu.compilers;
            sum.jvms += cpu.jvms;
        }
        Ok(sum)
    }

    /// The JVMs' CPU for a topic that is written and read.
    fn write_and_read(
        &mut self,
        format: &'static str,
        partitions: u32,
        clients: Clients,
        more: &str,
    ) -> anyhow::Result<Cpu> {
        let topic = self.create(format, partitions)?;
        let mut sum = Cpu::default();
        for verb in ["produce", "consume"] {
            let cpu = self.timed(verb, &topic, clients, more)?.cpu;
            sum.compilers += cpu.compilers;
            sum.jvms += cpu.jvms;
        }
        self.delete(&topic)?;
        Ok(sum)
    }

    /// The same for flows, all shapes of them.
    fn warm_up_flows(&mut self) -> anyhow::Result<()> {
        say("warming up flows");
        for format in self.turns() {
            for &ends in shapes(format) {
                let topic = self.create(format, 1)?;
                self.flow(&topic, ends, self.rate, Commits::Each)?;
                self.delete(&topic)?;
            }
        }
        Ok(())
    }

    /// What a case is called, and a new topic for it.
    fn begin(
        &mut self,
        part: &str,
        clients: Clients,
        partitions: u32,
        format: &'static str,
    ) -> anyhow::Result<(String, Topic)> {
        let what = format!("{partitions} partitions, {}", clients.name());
        say(format!("  {part}, {what}, {format}"));
        Ok((what, self.create(format, partitions)?))
    }

    fn load(&mut self) -> anyhow::Result<()> {
        for clients in self.clients.clone() {
            for partitions in self.partitions.clone() {
                for format in self.turns() {
                    self.load_of(clients, partitions, format)?;
                }
            }
        }
        Ok(())
    }

    fn load_of(
        &mut self,
        clients: Clients,
        partitions: u32,
        format: &'static str,
    ) -> anyhow::Result<()> {
        let (what, topic) = self.begin("load", clients, partitions, format)?;
        let records = self.records;
        for verb in ["produce", "consume"] {
            let more = format!("tuning={} records={records}", clients.tuning());
            let took = self.timed(verb, &topic, clients, &more)?;
            let least = if format == "kafka" { 0.9 } else { 0.7 };
            let name = format!("{verb}, {what}");
            let rate = records as f64 / took.seconds;
            let target = Target::RatioAtLeast(least);
            self.figures.add(&name, "records/s", format, target, rate);
            self.add_cpu(&name, format, &took);
        }
        self.delete(&topic)
    }

    /// Who took how much CPU, and whether there was more to be had.
    fn add_cpu(&mut self, name: &str, format: &'static str, took: &Took) {
        let Cpu {
            client,
            kop,
            pulsar,
            compilers,
            jvms,
        } = took.cpu;
        let mut add = |what: &str, unit, value| {
            let name = format!("  {name}: {what}");
            self.figures.add(&name, unit, format, Target::None, value);
        };
        let each = |seconds: f64| seconds / self.records as f64 * 1e6;
        add("client", "µs/record", each(client));
        add("Pulsar", "µs/record", each(pulsar));
        add("client and Pulsar", "µs/record", each(client + pulsar));
        add("their compilers' part", "ratio", compilers / jvms);
        if format != NATIVE {
            add("kop-server", "µs/record", each(kop));
        }
        let busy = (client + kop + pulsar) / took.seconds;
        add("processors busy", "number", busy);
    }

    fn flow(
        &mut self,
        topic: &Topic,
        ends: Ends,
        rate: u32,
        commits: Commits,
    ) -> anyhow::Result<Value> {
        let seconds = self.seconds;
        let [producer, consumer] = ends;
        let commit = match commits {
            Commits::Auto => "auto",
            Commits::Each => "each",
        };
        self.client.run(&format!(
            "flow {} producer={producer} consumer={consumer} tuning=drivers rate={rate} seconds={seconds} commit={commit}",
            topic.to
        ))
    }

    fn latency(&mut self) -> anyhow::Result<()> {
        for format in self.turns() {
            say(format!("  latency, {format}"));
            let topic = self.create(format, 1)?;
            let end = if format == NATIVE { "pulsar" } else { "kafka" };
            let answer = self.flow(&topic, [end; 2], LATENCY_RATE, Commits::Auto)?;
            for (what, target) in [
                ("endToEndP50", Target::AddedAtMost(1.0)),
                ("endToEndP99", Target::None),
                ("publishP50", Target::None),
                ("publishP99", Target::None),
            ] {
                let name = format!("{what} at {LATENCY_RATE}/s");
                let value = number(&answer, what)?;
                self.figures.add(&name, "ms", format, target, value);
            }
            self.delete(&topic)?;
        }
        Ok(())
    }

    fn cpu(&mut self) -> anyhow::Result<()> {
        for clients in self.clients.clone() {
            // Nothing is different but batches, and both have none here.
            if matches!(clients, Clients::Alike | Clients::Defaults) {
                continue;
            }
            for partitions in self.partitions.clone() {
                for format in self.formats.clone() {
                    self.cpu_of(clients, partitions, format)?;
                }
            }
        }
        Ok(())
    }

    fn cpu_of(
        &mut self,
        clients: Clients,
        partitions: u32,
        format: &'static str,
    ) -> anyhow::Result<()> {
        let (what, topic) = self.begin("CPU", clients, partitions, format)?;
        for verb in ["produce", "consume"] {
            let more = format!("tuning=single records={ENTRIES} spread=each");
            let took = self.timed(verb, &topic, clients, &more)?;
            let (name, entries) = (format!("{verb}, {what}"), f64::from(ENTRIES));
            let each = took.cpu.kop / entries * 1e6;
            let cpu = format!("CPU of an entry, {name}");
            let target = Target::AtMost(10.0);
            self.figures.add(&cpu, "µs", format, target, each);
            let rate = format!("  {name}: rate");
            let per_second = entries / took.seconds;
            self.figures
                .add(&rate, "entries/s", format, Target::None, per_second);
        }
        self.delete(&topic)
    }

    fn openmessaging(&mut self) -> anyhow::Result<()> {
        let rate = self.rate;
        for format in self.turns() {
            for &[producer, consumer] in shapes(format) {
                let shape = format!("{producer}_to_{consumer}");
                say(format!("  {shape}, {format}"));
                let topic = self.create(format, 16)?;
                let answer = self.flow(&topic, [producer, consumer], rate, Commits::Each)?;
                self.figures.shape(&shape, format, &answer)?;
                self.delete(&topic)?;
            }
        }
        Ok(())
    }

    /// Once: what is kept after the first time is what counts.
    fn memory(&mut self) -> anyhow::Result<()> {
        for format in self.formats.clone() {
            say(format!("  memory, {IN_USE} partitions, {format}"));
            usage::forget_highest_memory(self.peers.kop_pid())?;
            let topic = self.create(format, IN_USE)?;
            let more = format!("tuning=drivers records={} spread=each", IN_USE * 100);
            self.timed("produce", &topic, Clients::Drivers, &more)?;
            let written = self.peers.memory("VmRSS")?;
            self.timed("consume", &topic, Clients::Drivers, &more)?;
            let read = self.peers.memory("VmRSS")?;
            let most = self.peers.memory("VmHWM")?;
            let target = Target::AtMost(150.0);
            for (what, value) in [("written", written), ("read too", read), ("at most", most)] {
                let name = format!("memory, {} partitions {what}", topic.partitions);
                self.figures.add(&name, "MiB", topic.format, target, value);
            }
        }
        Ok(())
    }
}
