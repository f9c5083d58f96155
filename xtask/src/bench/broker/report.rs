//! Rows of the table, what they should be, and the file.

use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::peers::process::say;

/// What a row should be.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Target {
    /// Ours divided by Kafka's is at least this.
    RatioAtLeast(f64),
    /// Ours divided by Kafka's is at most this.
    RatioAtMost(f64),
    /// Ours is at most this.
    AtMost(f64),
    /// Anything: it explains other rows.
    None,
}

/// One figure of both servers.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    name: String,
    unit: &'static str,
    kop: f64,
    kafka: f64,
    ratio: f64,
    target: Target,
    met: bool,
}

impl Row {
    /// A row of ours and Kafka's figure.
    pub(super) fn new(
        name: impl Into<String>,
        unit: &'static str,
        kop: f64,
        kafka: f64,
        target: Target,
    ) -> Self {
        let ratio = kop / kafka;
        let met = match target {
            Target::RatioAtLeast(least) => ratio >= least,
            Target::RatioAtMost(most) => ratio <= most,
            Target::AtMost(most) => kop <= most,
            Target::None => true,
        };
        Self {
            name: name.into(),
            unit,
            kop,
            kafka,
            ratio,
            target,
            met,
        }
    }
}

/// Prints the table and writes it to a file.
pub(super) fn finish(rows: &[Row], file: &Path) -> anyhow::Result<()> {
    say(format!(
        "\n{:<62} {:>10} {:>10} {:>8}  target",
        "what (unit)", "kop", "Kafka", "ratio"
    ));
    for row in rows {
        let target = match row.target {
            Target::RatioAtLeast(least) => format!("ratio >= {least}"),
            Target::RatioAtMost(most) => format!("ratio <= {most}"),
            Target::AtMost(most) => format!("<= {most}"),
            Target::None => String::new(),
        };
        let what = format!("{} ({})", row.name, row.unit);
        let missed = if row.met { "" } else { "  MISSED" };
        say(format!(
            "{what:<62} {:>10.2} {:>10.2} {:>8.2}  {target}{missed}",
            row.kop, row.kafka, row.ratio
        ));
    }
    fs::write(file, serde_json::to_string_pretty(rows)?)?;
    say(format!("\nAll of it: {}", file.display()));
    Ok(())
}
