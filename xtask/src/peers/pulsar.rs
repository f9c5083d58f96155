//! A real Apache Pulsar on 127.0.0.1: standalone in one process, or a cluster of several brokers.

mod cluster;
mod jars;
mod jvm;
mod node;
mod proxy;

use std::path::PathBuf;

use clap::Subcommand;

use super::process;
pub(crate) use node::Node;

/// KafkaPayloadProcessor for Java's Pulsar consumers, from the original's project. Its POM has a parent that was never
/// published: only the jar can be fetched.
pub(crate) const PROCESSOR: &str =
    "io.streamnative.pulsar.handlers:kafka-payload-processor:2.10.1.7";

/// Arguments of `cargo xtask peers pulsar`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Port of the binary protocol on 127.0.0.1; the admin REST, the bookie and ZooKeeper take the next three. In a
    /// cluster: of the first broker, see `urls`.
    #[arg(long, global = true, default_value_t = 16650)]
    port: u16,
    /// With tokens and authorization: the role "admin" may do everything. Its data is kept apart.
    #[arg(long, global = true)]
    auth: bool,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Get the jars; nothing to do if they are there. Needs Maven and Java 17.
    Install,
    /// Start standalone; returns when it is healthy.
    Start(Options),
    /// Stop and start it again on the same data.
    Restart(Options),
    /// End it with kill -9 and start it again on the same data.
    Crash(Options),
    /// Stop it.
    Stop,
    /// Say whether it runs, and how much memory it uses.
    Status,
    /// Delete the data of a stopped one.
    Clean,
    /// Run Pulsar's own admin command line.
    #[command(disable_help_flag = true)]
    Admin {
        /// Its arguments.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Print a token for a role (with --auth).
    Token {
        /// The role.
        role: String,
    },
    /// Print the file of the secret key that signs tokens (with --auth).
    Key,
    /// Delete a ledger behind the broker's back, as a lost disk would.
    DeleteLedger {
        /// Its id.
        id: u64,
    },
    /// Pulsar's proxy, for a standalone without authentication.
    #[command(subcommand)]
    Proxy(proxy::Verb),
    /// A cluster: ZooKeeper, one bookie and several brokers, each a process of its own.
    #[command(subcommand)]
    Cluster(cluster::Verb),
}

/// How it is started.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Options {
    /// Java heap.
    #[arg(long, default_value = "600m")]
    pub(crate) heap: String,
    /// Memory outside of the Java heap.
    #[arg(long, default_value = "600m")]
    pub(crate) direct: String,
    /// Begin a new ledger every 50 entries.
    #[arg(long)]
    pub(crate) small_ledgers: bool,
    /// A setting (repeatable).
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) settings: Vec<String>,
}

impl Options {
    /// Settings in the order in which they count: the last one of a name wins.
    fn all(&self) -> impl Iterator<Item = &str> {
        const SMALL_LEDGERS: [&str; 2] = [
            "managedLedgerMaxEntriesPerLedger=50",
            "managedLedgerMinLedgerRolloverTimeMinutes=0",
        ];
        let small = if self.small_ledgers {
            &SMALL_LEDGERS[..]
        } else {
            &[]
        };
        small
            .iter()
            .copied()
            .chain(self.settings.iter().map(String::as_str))
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            heap: "600m".to_owned(),
            direct: "600m".to_owned(),
            small_ledgers: false,
            settings: Vec::new(),
        }
    }
}

/// Runs `cargo xtask peers pulsar`.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    let node = Node::new(args.port, args.auth);
    match args.verb {
        Verb::Install => jars::install(),
        Verb::Start(options) => node.start(&options),
        Verb::Restart(options) => {
            node.stop()?;
            node.start(&options)
        }
        Verb::Crash(options) => {
            node.kill()?;
            node.start(&options)
        }
        Verb::Stop => node.stop(),
        Verb::Status => node.status(),
        Verb::Clean => node.clean(),
        Verb::Admin { args } => node.admin(&args),
        Verb::Token { role } => {
            process::say(node.token(&role)?);
            Ok(())
        }
        Verb::Key => {
            process::say(node.key()?.display());
            Ok(())
        }
        Verb::DeleteLedger { id } => node.delete_ledger(id),
        Verb::Proxy(verb) => proxy::run(args.port, verb),
        Verb::Cluster(verb) => cluster::run(args.port, verb),
    }
}

/// Where everything of this peer lives.
fn home() -> PathBuf {
    process::target_dir().join("peers/pulsar")
}
