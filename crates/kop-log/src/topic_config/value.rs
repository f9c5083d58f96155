//! Types of settings, and values read and checked.

use crate::LogError;

/// Type of a setting and the values that it takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// 32 bits, between the bounds or equal to `or`.
    Int {
        /// Smallest value.
        min: i64,
        /// Largest value.
        max: i64,
        /// One more value, outside of the bounds.
        or: Option<i64>,
    },
    /// 64 bits.
    Long {
        /// Smallest value.
        min: i64,
    },
    /// A number from 0 to 1.
    Ratio,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A list of `delete` and `compact`. With neither, nothing goes by itself.
    CleanupPolicy,
    /// `*`, or a list of `partition:broker`.
    ThrottledReplicas,
    /// One value of another kind.
    Only {
        /// The value.
        value: &'static str,
        /// The kind that DescribeConfigs shows.
        kind: &'static Kind,
        /// Why no other.
        reason: &'static str,
    },
}

/// Type of a setting as DescribeConfigs names it (`ConfigType`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(i8)]
pub enum ConfigType {
    /// `true` or `false`.
    Boolean = 1,
    /// Text.
    String = 2,
    /// 32 bits.
    Int = 3,
    /// 64 bits.
    Long = 5,
    /// A floating point number.
    Double = 6,
    /// Values with commas between them.
    List = 7,
}

/// A value that was read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Number(i64),
    Ratio(f64),
    Text(String),
    /// Checked, but nothing here asks for it.
    Unused,
}

impl Kind {
    /// Its type as DescribeConfigs names it.
    pub const fn config_type(&self) -> ConfigType {
        match self {
            Self::Boolean => ConfigType::Boolean,
            Self::Int { .. } => ConfigType::Int,
            Self::Long { .. } => ConfigType::Long,
            Self::Ratio => ConfigType::Double,
            Self::OneOf(_) => ConfigType::String,
            Self::CleanupPolicy | Self::ThrottledReplicas => ConfigType::List,
            Self::Only { kind, .. } => kind.config_type(),
        }
    }

    /// Reads a value and checks it. `unit` is what numbers are multiplied by; negative ones mean "no limit" and stay.
    pub(super) fn parse(&self, text: &str, unit: i64) -> Result<Value, String> {
        let text = text.trim();
        match *self {
            Self::Boolean => match text.to_ascii_lowercase().as_str() {
                "true" | "false" => Ok(Value::Unused),
                _ => Err(format!("{text:?} is neither 'true' nor 'false'")),
            },
            Self::Int { min, max, or } => integer(text, unit, min, max, or),
            Self::Long { min } => integer(text, unit, min, i64::MAX, None),
            Self::Ratio => match text.parse::<f64>() {
                Ok(ratio) if (0.0..=1.0).contains(&ratio) => Ok(Value::Ratio(ratio)),
                _ => Err(format!("{text:?} is not a number from 0 to 1")),
            },
            Self::OneOf(words) if words.contains(&text) => Ok(Value::Text(text.to_owned())),
            Self::OneOf(words) => Err(format!("{text:?} is none of {}", words.join(", "))),
            Self::CleanupPolicy => cleanup_policy(text),
            Self::ThrottledReplicas => throttled_replicas(text),
            Self::Only { value, .. } if text.eq_ignore_ascii_case(value) => Ok(Value::Unused),
            Self::Only { value, reason, .. } => Err(format!(
                "{text:?} is not supported, only {value:?}: {reason}"
            )),
        }
    }
}

/// The error for a name that does not exist.
pub(super) fn unknown(name: &str, known: impl Iterator<Item = &'static str>) -> LogError {
    let nearest = known
        .map(|known| (strsim::normalized_damerau_levenshtein(known, name), known))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let reason = match nearest {
        Some((likeness, nearest)) if likeness > 0.5 => {
            format!("there is no such setting; did you mean {nearest}?")
        }
        _ => "there is no such setting".to_owned(),
    };
    LogError::InvalidConfig {
        key: name.to_owned(),
        reason,
    }
}

fn integer(text: &str, unit: i64, min: i64, max: i64, or: Option<i64>) -> Result<Value, String> {
    let number: i64 = text
        .parse()
        .map_err(|_| format!("{text:?} is not an integer"))?;
    let number = if number < 0 {
        number
    } else {
        number.saturating_mul(unit)
    };
    if (min..=max).contains(&number) || or == Some(number) {
        return Ok(Value::Number(number));
    }
    let also = or.map(|or| format!(" (or {or})")).unwrap_or_default();
    Err(format!("{text} is outside of {min} to {max}{also}"))
}

/// The items of a list, as Kafka reads it: an empty text has none.
pub(super) fn items(list: &str) -> impl Iterator<Item = &str> {
    let list = (!list.trim().is_empty()).then_some(list);
    list.into_iter()
        .flat_map(|list| list.split(','))
        .map(str::trim)
}

fn cleanup_policy(text: &str) -> Result<Value, String> {
    let words: Vec<_> = items(text).collect();
    if let Some(word) = words
        .iter()
        .find(|word| !["delete", "compact"].contains(word))
    {
        return Err(format!("{word:?} is neither 'delete' nor 'compact'"));
    }
    Ok(Value::Text(words.join(",")))
}

fn throttled_replicas(text: &str) -> Result<Value, String> {
    let number = |text: &str| text.trim().parse::<u32>().is_ok();
    let pair = |item: &str| {
        item.split_once(':')
            .is_some_and(|(partition, broker)| number(partition) && number(broker))
    };
    if text.is_empty() || text == "*" || text.split(',').all(pair) {
        return Ok(Value::Unused);
    }
    Err(format!(
        "{text:?} is neither '*' nor a list of partition:broker"
    ))
}
