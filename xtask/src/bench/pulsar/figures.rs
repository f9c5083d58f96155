//! What was measured, of kop-server and of Pulsar's own client.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::super::client::number;
use super::{FORMATS, NATIVE};
use crate::peers::process::say;

/// What kop-server's figure should be.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Target {
    /// It is printed, no more.
    None,
    /// Divided by the native one it is at least this.
    RatioAtLeast(f64),
    /// It is at most this.
    AtMost(f64),
    /// Less the native one it is at most this.
    AddedAtMost(f64),
}

/// All figures, in the order in which they first came.
#[derive(Default)]
pub(super) struct Figures {
    figures: Vec<Figure>,
    shapes: Vec<Shape>,
}

/// A figure with one value for each round: `native`, or the entry format of kop-server's.
#[derive(Serialize)]
struct Figure {
    name: String,
    unit: &'static str,
    targets: BTreeMap<&'static str, Target>,
    values: BTreeMap<&'static str, Vec<f64>>,
}

/// Who writes, who reads, how kop-server writes, and an answer for each round.
#[derive(Serialize)]
struct Shape {
    shape: String,
    format: &'static str,
    answers: Vec<Value>,
}

impl Figures {
    /// Adds the value of a round.
    pub(super) fn add(
        &mut self,
        name: &str,
        unit: &'static str,
        of: &'static str,
        target: Target,
        value: f64,
    ) {
        let at = self.figures.iter().position(|figure| figure.name == name);
        let at = at.unwrap_or_else(|| {
            self.figures.push(Figure {
                name: name.to_owned(),
                unit,
                targets: BTreeMap::new(),
                values: BTreeMap::new(),
            });
            self.figures.len() - 1
        });
        let figure = &mut self.figures[at];
        figure.targets.insert(of, target);
        figure.values.entry(of).or_default().push(value);
    }

    /// Adds the answer of a round of an OpenMessaging shape.
    pub(super) fn shape(
        &mut self,
        shape: &str,
        format: &'static str,
        answer: &Value,
    ) -> anyhow::Result<()> {
        for column in COLUMNS {
            number(answer, column)?;
        }
        let same = |known: &&mut Shape| known.shape == shape && known.format == format;
        match self.shapes.iter_mut().find(same) {
            Some(known) => known.answers.push(answer.clone()),
            None => self.shapes.push(Shape {
                shape: shape.to_owned(),
                format,
                answers: vec![answer.clone()],
            }),
        }
        Ok(())
    }

    /// Prints all tables and writes them to a file.
    pub(super) fn finish(&self, file: &Path) -> anyhow::Result<()> {
        if !self.figures.is_empty() {
            say(format!(
                "\n{:<62} {:<7} {:>9} {:>9} {:>6} {:>13}  target",
                "what (unit)", "format", "kop", "native", "ratio", "all rounds"
            ));
            self.figures.iter().for_each(Figure::print);
        }
        if !self.shapes.is_empty() {
            say("\nOpenMessaging's shapes, medians; rates in records/s, times in ms");
            let columns: String = COLUMNS.iter().map(|name| format!(" {name:>13}")).collect();
            say(format!("{:<17} {:<7}{columns}", "", "format"));
            self.shapes.iter().for_each(Shape::print);
        }
        let all = serde_json::json!({"figures": self.figures, "shapes": self.shapes});
        fs::write(file, serde_json::to_string_pretty(&all)?)?;
        say(format!("\nAll of it: {}", file.display()));
        Ok(())
    }
}

const COLUMNS: [&str; 8] = [
    "publishRate",
    "consumeRate",
    "publishP50",
    "publishP99",
    "endToEndP50",
    "endToEndP95",
    "endToEndP99",
    "endToEndP999",
];

impl Figure {
    fn print(&self) {
        let none = Vec::new();
        let native = self.values.get(NATIVE).unwrap_or(&none);
        for format in FORMATS {
            let (Some(values), Some(target)) = (self.values.get(format), self.targets.get(format))
            else {
                continue;
            };
            let ratios: Vec<f64> = values.iter().zip(native).map(|(a, b)| a / b).collect();
            let added = values.iter().zip(native).map(|(a, b)| a - b).collect();
            let kop = median(values.clone());
            let (target, met) = match *target {
                Target::None => (String::new(), true),
                Target::RatioAtLeast(least) => {
                    let ratio = median(ratios.clone());
                    (format!("ratio >= {least}"), ratio >= least)
                }
                Target::AtMost(most) => (format!("<= {most}"), kop <= most),
                Target::AddedAtMost(most) => {
                    let added = median(added);
                    (format!("added {added:.2} <= {most}"), added <= most)
                }
            };
            let name = format!("{} ({})", self.name, self.unit);
            let missed = if met { "" } else { "  MISSED" };
            say(format!(
                "{name:<62} {format:<7} {kop:>9.2} {:>9} {:>6} {:>13}  {target}{missed}",
                text(native),
                text(&ratios),
                range(&ratios),
            ));
        }
    }
}

impl Shape {
    fn print(&self) {
        let value = |name: &&str| {
            let all = self.answers.iter();
            median(all.filter_map(|answer| answer[*name].as_f64()).collect())
        };
        let values: String = COLUMNS
            .iter()
            .map(|name| format!(" {:>13.2}", value(name)))
            .collect();
        say(format!("{:<17} {:<7}{values}", self.shape, self.format));
    }
}

fn text(values: &[f64]) -> String {
    if values.is_empty() {
        return String::new();
    }
    format!("{:.2}", median(values.to_vec()))
}

fn range(ratios: &[f64]) -> String {
    if ratios.len() < 2 {
        return String::new();
    }
    let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
    let most = ratios.iter().copied().fold(0.0, f64::max);
    format!("{least:.2} to {most:.2}")
}

/// The middle one, the lower of two.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len().saturating_sub(1) / 2;
    values.get(middle).copied().unwrap_or(f64::NAN)
}
