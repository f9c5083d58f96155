//! `cargo xtask test`: every test of the project, in steps.

mod clients;
mod features;
mod fuzz;
mod kafka;
mod pulsar;
mod report;
mod steps;

use std::time::Instant;

use anyhow::{bail, ensure};

use crate::peers::process::say;
use report::{Outcome, Report};
use steps::{Context, Step};

/// Arguments of `cargo xtask test`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Run only the steps whose names begin so (repeatable).
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
    /// Print the names of the steps and stop.
    #[arg(long)]
    list: bool,
    /// Go on after a step that failed.
    #[arg(long)]
    keep_going: bool,
    /// Run the protocol and client steps against a Kafka that is already running here.
    #[arg(long, value_name = "HOST:PORT")]
    bootstrap: Option<String>,
    /// The shell command that restarts the server of --bootstrap.
    #[arg(long, value_name = "COMMAND", requires = "bootstrap")]
    restart: Option<String>,
}

/// Runs `cargo xtask test`.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    let all = if args.bootstrap.is_some() {
        steps::with_any_server()
    } else {
        steps::all()
    };
    let chosen: Vec<Step> = all
        .into_iter()
        .filter(|step| step.chosen(&args.only))
        .collect();
    ensure!(
        !chosen.is_empty(),
        "no step begins with {:?}; see --list",
        args.only
    );
    if args.list {
        chosen.iter().for_each(|step| say(&step.name));
        return Ok(());
    }
    let mut context = Context::new(&chosen, args.bootstrap, args.restart)?;
    let mut report = Report::default();
    for step in &chosen {
        say(format!("-- {}", step.name));
        let began = Instant::now();
        // On a developer's machine a missing tool skips a step; where everything must run it is a failure.
        let outcome = match step.run(&mut context) {
            Ok(Outcome::Skipped(why)) if context.ci => Outcome::Failed(why),
            Ok(outcome) => outcome,
            Err(error) => Outcome::Failed(format!("{error:#}")),
        };
        let failed = matches!(outcome, Outcome::Failed(_));
        report.add(&step.name, outcome, began.elapsed());
        if failed && !args.keep_going {
            break;
        }
    }
    report.print();
    if report.failed() > 0 {
        bail!("{} of {} steps failed", report.failed(), chosen.len());
    }
    Ok(())
}
