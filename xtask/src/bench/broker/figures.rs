//! What was measured so far, of both servers.

use anyhow::ensure;

use super::report::{Row, Target};
use super::server::Which;
use crate::peers::process::say;

/// All figures, in the order in which they first came, and what could not be measured.
#[derive(Default)]
pub(super) struct Figures {
    figures: Vec<Figure>,
    failures: Vec<String>,
}

struct Figure {
    name: String,
    unit: &'static str,
    target: Target,
    kop: Option<f64>,
    kafka: Option<f64>,
}

impl Figures {
    /// Adds a value; the best of several counts, since everything that disturbs makes it worse.
    pub(super) fn add(
        &mut self,
        which: Which,
        name: &str,
        unit: &'static str,
        target: Target,
        value: f64,
    ) {
        let at = self.figures.iter().position(|figure| figure.name == name);
        let at = at.unwrap_or_else(|| {
            self.figures.push(Figure {
                name: name.to_owned(),
                unit,
                target,
                kop: None,
                kafka: None,
            });
            self.figures.len() - 1
        });
        let figure = &mut self.figures[at];
        let best = match which {
            Which::Kop => &mut figure.kop,
            Which::Kafka => &mut figure.kafka,
        };
        *best = Some(match (*best, target) {
            (None, _) => value,
            (Some(best), Target::RatioAtLeast(_) | Target::None) => best.max(value),
            (Some(best), _) => best.min(value),
        });
    }

    /// Measures a part; a failure is told and kept, and the others go on.
    pub(super) fn part(
        &mut self,
        which: Which,
        part: &str,
        measure: impl FnOnce(&mut Self) -> anyhow::Result<()>,
    ) {
        if let Err(error) = measure(self) {
            let failure = format!("{}, {part}: {error:#}", which.name());
            say(format!("FAILED: {failure}"));
            self.failures.push(failure);
        }
    }

    /// Measures a part in rounds: whoever comes second finds the machine as the first left it, so the servers take turns.
    pub(super) fn rounds(
        &mut self,
        rounds: u32,
        part: &str,
        mut measure: impl FnMut(Which, &mut Self) -> anyhow::Result<()>,
    ) {
        for round in 0..rounds {
            let order = if round % 2 == 0 {
                [Which::Kop, Which::Kafka]
            } else {
                [Which::Kafka, Which::Kop]
            };
            for which in order {
                say(format!("round {} of {rounds}: {}", round + 1, which.name()));
                self.part(which, part, |figures| measure(which, figures));
            }
        }
    }

    /// The figures that both servers have.
    pub(super) fn rows(&self) -> Vec<Row> {
        let row = |figure: &Figure| {
            let (kop, kafka) = (figure.kop?, figure.kafka?);
            Some(Row::new(
                &figure.name,
                figure.unit,
                kop,
                kafka,
                figure.target,
            ))
        };
        self.figures.iter().filter_map(row).collect()
    }

    /// An error that names what could not be measured.
    pub(super) fn failures(&self) -> anyhow::Result<()> {
        ensure!(
            self.failures.is_empty(),
            "not measured:\n{}",
            self.failures.join("\n")
        );
        Ok(())
    }
}
