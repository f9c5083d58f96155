//! Kafka's command-line tools by their usual names.

use anyhow::{Context, bail};

use super::Node;

/// A tool: its name, its main class, and the flag that names the broker (empty: it needs none).
struct Tool(&'static str, &'static str, &'static str);

const BROKER: &str = "--bootstrap-server";

const TOOLS: &[Tool] = &[
    Tool(
        "broker-api-versions",
        "org.apache.kafka.tools.BrokerApiVersionsCommand",
        BROKER,
    ),
    Tool("configs", "kafka.admin.ConfigCommand", BROKER),
    Tool(
        "console-consumer",
        "org.apache.kafka.tools.consumer.ConsoleConsumer",
        BROKER,
    ),
    Tool(
        "console-producer",
        "org.apache.kafka.tools.ConsoleProducer",
        BROKER,
    ),
    Tool(
        "consumer-groups",
        "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
        BROKER,
    ),
    Tool(
        "consumer-perf",
        "org.apache.kafka.tools.ConsumerPerformance",
        BROKER,
    ),
    Tool(
        "delete-records",
        "org.apache.kafka.tools.DeleteRecordsCommand",
        BROKER,
    ),
    Tool("dump-log", "org.apache.kafka.tools.DumpLogSegments", ""),
    Tool("e2e-latency", "org.apache.kafka.tools.EndToEndLatency", ""),
    Tool("groups", "org.apache.kafka.tools.GroupsCommand", BROKER),
    Tool("log-dirs", "org.apache.kafka.tools.LogDirsCommand", BROKER),
    Tool("offsets", "org.apache.kafka.tools.GetOffsetShell", BROKER),
    Tool(
        "producer-perf",
        "org.apache.kafka.tools.ProducerPerformance",
        BROKER,
    ),
    Tool(
        "reassign",
        "org.apache.kafka.tools.reassign.ReassignPartitionsCommand",
        BROKER,
    ),
    Tool("storage", "kafka.tools.StorageTool", ""),
    Tool("topics", "org.apache.kafka.tools.TopicCommand", BROKER),
    Tool(
        "transactions",
        "org.apache.kafka.tools.TransactionsCommand",
        BROKER,
    ),
    Tool(
        "verifiable-consumer",
        "org.apache.kafka.tools.VerifiableConsumer",
        BROKER,
    ),
    Tool(
        "verifiable-producer",
        "org.apache.kafka.tools.VerifiableProducer",
        BROKER,
    ),
];

/// The names of all tools, one a line.
pub(crate) fn names() -> String {
    let names: Vec<&str> = TOOLS.iter().map(|tool| tool.0).collect();
    names.join("\n")
}

/// Runs a tool with the terminal's input and output.
pub(crate) fn run(node: &Node, name: &str, args: &[String]) -> anyhow::Result<()> {
    let Some(Tool(_, class, flag)) = TOOLS.iter().find(|tool| tool.0 == name) else {
        bail!("no tool {name:?}; there are:\n{}", names());
    };
    node.install()?;
    let mut command = node.java("512m", "warn");
    command.arg(class);
    let named = args
        .iter()
        .any(|arg| arg == "--help" || arg.starts_with("--bootstrap"));
    if !flag.is_empty() && !named {
        command.args([*flag, &node.bootstrap()]);
    }
    let status = command
        .args(args)
        .status()
        .with_context(|| format!("cannot start {name}"))?;
    if !status.success() {
        bail!("{name}: {status}");
    }
    Ok(())
}
