//! A real Apache Kafka on 127.0.0.1: broker and controller in one process, and its command-line tools.

mod node;
mod tools;

use std::path::PathBuf;

use clap::Subcommand;

use super::process;
pub(crate) use node::Node;

/// The release that we compare with.
pub(crate) const VERSION: &str = "4.3.1";

/// Arguments of `cargo xtask peers kafka`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Release of Apache Kafka (3.9.1 still speaks with clients before 2.1).
    #[arg(long, global = true, default_value = VERSION)]
    version: String,
    /// Port for clients on 127.0.0.1; the controller takes the next one.
    #[arg(long, global = true, default_value_t = 19092)]
    port: u16,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Get the jars; nothing to do if they are there. Needs Maven and Java 17.
    Install,
    /// Start the broker; returns when it answers.
    Start(Options),
    /// Stop and start it again on the same data.
    Restart(Options),
    /// Stop the broker.
    Stop,
    /// Say whether it runs, and how much memory it uses.
    Status,
    /// Delete the data of a stopped broker.
    Clean,
    /// Run one of Kafka's tools; without a name: list them.
    #[command(disable_help_flag = true)]
    Tool {
        /// The tool, for example dump-log.
        name: Option<String>,
        /// Its arguments; --bootstrap-server is added when it is missing.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
}

/// How a broker is started.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Options {
    /// Java heap of the broker.
    #[arg(long, default_value = "1g")]
    pub(crate) heap: String,
    /// A broker setting (repeatable).
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) settings: Vec<String>,
}

/// Runs `cargo xtask peers kafka`.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    let node = Node::new(&args.version, args.port);
    match args.verb {
        Verb::Install => node.install(),
        Verb::Start(options) => node.start(&options),
        Verb::Restart(options) => {
            node.stop()?;
            node.start(&options)
        }
        Verb::Stop => node.stop(),
        Verb::Status => node.status(),
        Verb::Clean => node.clean(),
        Verb::Tool { name: None, .. } => {
            process::say(tools::names());
            Ok(())
        }
        Verb::Tool {
            name: Some(name),
            args,
        } => tools::run(&node, &name, &args),
    }
}

/// Where everything of this peer lives.
fn home(version: &str) -> PathBuf {
    process::target_dir().join("peers/kafka").join(version)
}
