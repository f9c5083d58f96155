//! What became of each step, and the table at the end.

use std::time::{Duration, Instant};

use crate::peers::process::say;

/// What became of a step.
pub(super) enum Outcome {
    Passed,
    /// Why it could not run.
    Skipped(String),
    /// What went wrong.
    Failed(String),
}

/// The steps so far.
pub(super) struct Report {
    began: Instant,
    rows: Vec<(String, Outcome, Duration)>,
}

impl Default for Report {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            rows: Vec::new(),
        }
    }
}

impl Report {
    /// Adds a step and says how it went.
    pub(super) fn add(&mut self, step: &str, outcome: Outcome, time: Duration) {
        let seconds = time.as_secs_f32();
        match &outcome {
            Outcome::Passed => say(format!("   ok, {seconds:.1} s")),
            Outcome::Skipped(why) => say(format!("   skipped: {why}")),
            Outcome::Failed(why) => say(format!("   FAILED after {seconds:.1} s\n{why}")),
        }
        self.rows.push((step.to_owned(), outcome, time));
    }

    fn count(&self, which: impl Fn(&Outcome) -> bool) -> usize {
        self.rows.iter().filter(|row| which(&row.1)).count()
    }

    /// How many steps failed.
    pub(super) fn failed(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Failed(_)))
    }

    /// Prints the table and the counts.
    pub(super) fn print(&self) {
        say(format!("\n{:<24} {:>9}  result", "step", "seconds"));
        for (step, outcome, time) in &self.rows {
            let result = match outcome {
                Outcome::Passed => "ok".to_owned(),
                Outcome::Skipped(why) => format!("skipped: {why}"),
                Outcome::Failed(_) => "FAILED".to_owned(),
            };
            say(format!("{step:<24} {:>9.1}  {result}", time.as_secs_f32()));
        }
        say(format!(
            "{:<24} {:>9.1}\n",
            "all",
            self.began.elapsed().as_secs_f32()
        ));
        let passed = self.count(|outcome| matches!(outcome, Outcome::Passed));
        let skipped = self.count(|outcome| matches!(outcome, Outcome::Skipped(_)));
        say(format!(
            "{passed} passed, {} failed, {skipped} skipped",
            self.failed()
        ));
    }
}
