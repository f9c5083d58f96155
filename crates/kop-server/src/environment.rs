//! Settings from environment variables: `KOP_` and the key, where letters and digits alone count.

use std::ffi::OsString;

use anyhow::{Context, bail};
use kop_service::settings::names;

const PREFIX: &str = "KOP_";

/// The settings among the variables: `KOP_NUM_PARTITIONS`, `KOP_kafkaListeners`, `KOP_KAFKA_LISTENERS`.
pub(crate) fn settings(
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> anyhow::Result<Vec<(String, String)>> {
    let mut settings = Vec::new();
    for (variable, value) in variables {
        let Some(variable) = variable.to_str().filter(|name| name.starts_with(PREFIX)) else {
            continue;
        };
        if is_from_kubernetes(variable) {
            continue;
        }
        let value = value
            .into_string()
            .ok()
            .with_context(|| format!("{variable} is not UTF-8"))?;
        let written = &variable[PREFIX.len()..];
        let Some(name) = names().find(|name| letters(name) == letters(written)) else {
            // The nearest key is found by the spelling of the keys.
            let spelled = written.to_ascii_lowercase().replace('_', ".");
            match kop_service::settings::check_name(&spelled) {
                Err(error) => bail!("environment variable {variable}: {error}"),
                Ok(name) => bail!(
                    "environment variable {variable} is the key {name}, but it is not written like it"
                ),
            }
        };
        settings.push((name.to_owned(), value));
    }
    Ok(settings)
}

fn letters(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

/// Kubernetes sets such variables in every container beside a service named `kop` or `kop-…`.
fn is_from_kubernetes(variable: &str) -> bool {
    variable.ends_with("_SERVICE_HOST")
        || variable.contains("_SERVICE_PORT")
        || variable.ends_with("_PORT")
        || variable.contains("_PORT_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> anyhow::Result<Vec<(String, String)>> {
        settings(
            variables
                .iter()
                .map(|(name, value)| (OsString::from(name), OsString::from(value))),
        )
    }

    #[test]
    fn letters_and_digits_count() {
        for variable in [
            "KOP_NUM_PARTITIONS",
            "KOP_num.partitions",
            "KOP_NUMPARTITIONS",
        ] {
            assert_eq!(
                read(&[(variable, "3")]).unwrap(),
                [("num.partitions".to_owned(), "3".to_owned())]
            );
        }
        assert_eq!(
            read(&[("KOP_KAFKA_LISTENERS", "a:1")]).unwrap()[0].0,
            "kafkaListeners"
        );
        assert!(read(&[("HOME", "/"), ("KOPX", "1")]).unwrap().is_empty());
    }

    #[test]
    fn unknown_ones_are_errors_but_those_of_kubernetes() {
        let fault = read(&[("KOP_NUM_PARTITION", "3")]).unwrap_err().to_string();
        assert!(
            fault.contains("KOP_NUM_PARTITION") && fault.contains("did you mean num.partitions?"),
            "{fault}"
        );
        assert!(
            read(&[("KOP_SASL_ENABLED_MECHANISMS", "PLAIN")])
                .unwrap_err()
                .to_string()
                .contains("not yet")
        );
        let kubernetes = [
            ("KOP_SERVICE_HOST", "10.0.0.1"),
            ("KOP_PORT_9092_TCP", "x"),
            ("KOP_PORT", "tcp://"),
        ];
        assert!(read(&kubernetes).unwrap().is_empty());
    }
}
