//! The types that a setting can have: how its text is checked, and what it becomes.

use std::sync::Arc;
use std::time::Duration;

pub use kop_log::topic_config::ConfigType;

/// Which values a setting takes, beyond its type.
#[derive(Clone, Copy, Debug)]
pub enum Allowed {
    /// All values of the type.
    Any,
    /// Whole numbers from the first to the second, both included.
    Range(i64, i64),
    /// Numbers above 0.
    Positive,
    /// Numbers above 0, to 1.
    Share,
    /// The path of one directory; Kafka puts commas between several.
    OnePath,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// At least one of these words, with commas in between.
    SomeOf(&'static [&'static str]),
}

/// A checked value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Of [`ConfigType::Boolean`].
    Boolean(bool),
    /// Of [`ConfigType::Int`] and [`ConfigType::Long`].
    Number(i64),
    /// Of [`ConfigType::Double`]; finite.
    Decimal(f64),
    /// Of [`ConfigType::String`] and [`ConfigType::List`].
    Text(Arc<str>),
}

/// A Rust type that a setting can be read as.
pub trait SettingType: Sized {
    /// What DescribeConfigs calls it.
    const CONFIG_TYPE: ConfigType;

    /// The checked value as this type. `None` only where the value came from a key of another type.
    fn from_value(value: &Value) -> Option<Self>;
}

/// Texts with commas in between; blanks around each are dropped, empty ones left out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct List(Arc<str>);

impl List {
    /// The texts, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
    }
}

/// Checks `text` against a type and the values allowed; the error says what would be right.
pub(super) fn parse(
    config_type: ConfigType,
    allowed: Allowed,
    text: &str,
) -> Result<Value, String> {
    let value = match config_type {
        ConfigType::Boolean => Value::Boolean(parse_bool(text)?),
        ConfigType::Int => Value::Number(parse_number(
            text,
            i64::from(i32::MIN),
            i64::from(i32::MAX),
        )?),
        ConfigType::Long => Value::Number(parse_number(text, i64::MIN, i64::MAX)?),
        ConfigType::Double => Value::Decimal(parse_decimal(text)?),
        ConfigType::String | ConfigType::List => Value::Text(text.trim().into()),
    };
    match (allowed, &value) {
        (Allowed::Range(min, max), Value::Number(number)) if !(min..=max).contains(number) => Err(
            if max == i64::MAX || (config_type == ConfigType::Int && max == i64::from(i32::MAX)) {
                format!("it must be at least {min}")
            } else {
                format!("it must lie between {min} and {max}")
            },
        ),
        (Allowed::Positive, Value::Decimal(number)) if *number <= 0.0 => {
            Err("it must be above 0".to_owned())
        }
        (Allowed::Share, Value::Decimal(number)) if *number <= 0.0 || *number > 1.0 => {
            Err("it must be above 0, and at most 1".to_owned())
        }
        (Allowed::OnePath, Value::Text(path)) if path.is_empty() || path.contains(',') => {
            Err("it must be the path of one directory".to_owned())
        }
        (Allowed::OneOf(words), Value::Text(word)) if !words.contains(&&**word) => {
            Err(format!("it must be one of {}", words.join(", ")))
        }
        (Allowed::SomeOf(words), Value::Text(list)) if !is_some_of(words, list) => {
            Err(format!("it must be a list of {}", words.join(", ")))
        }
        _ => Ok(value),
    }
}

fn is_some_of(words: &[&str], list: &Arc<str>) -> bool {
    let list = List(Arc::clone(list));
    list.iter().next().is_some() && list.iter().all(|word| words.contains(&word))
}

fn parse_bool(text: &str) -> Result<bool, String> {
    match text.trim() {
        word if word.eq_ignore_ascii_case("true") => Ok(true),
        word if word.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err("it must be true or false".to_owned()),
    }
}

fn parse_number(text: &str, min: i64, max: i64) -> Result<i64, String> {
    match text.trim().parse::<i64>() {
        Ok(number) if (min..=max).contains(&number) => Ok(number),
        _ => Err(format!("it must be a whole number between {min} and {max}")),
    }
}

fn parse_decimal(text: &str) -> Result<f64, String> {
    let number = text.trim().parse::<f64>().ok();
    number
        .filter(|number| number.is_finite())
        .ok_or_else(|| "it must be a number".to_owned())
}

impl SettingType for bool {
    const CONFIG_TYPE: ConfigType = ConfigType::Boolean;

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Boolean(value) = value {
            Some(*value)
        } else {
            None
        }
    }
}

impl SettingType for i32 {
    const CONFIG_TYPE: ConfigType = ConfigType::Int;

    fn from_value(value: &Value) -> Option<Self> {
        number(value)
    }
}

/// For settings whose range begins at 0 or above.
impl SettingType for u32 {
    const CONFIG_TYPE: ConfigType = ConfigType::Int;

    fn from_value(value: &Value) -> Option<Self> {
        number(value)
    }
}

impl SettingType for i64 {
    const CONFIG_TYPE: ConfigType = ConfigType::Long;

    fn from_value(value: &Value) -> Option<Self> {
        number(value)
    }
}

/// For settings whose range begins at 0 or above.
impl SettingType for u64 {
    const CONFIG_TYPE: ConfigType = ConfigType::Long;

    fn from_value(value: &Value) -> Option<Self> {
        number(value)
    }
}

impl SettingType for f64 {
    const CONFIG_TYPE: ConfigType = ConfigType::Double;

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Decimal(value) = value {
            Some(*value)
        } else {
            None
        }
    }
}

/// Milliseconds; for settings whose range begins at 0 or above.
impl SettingType for Duration {
    const CONFIG_TYPE: ConfigType = ConfigType::Long;

    fn from_value(value: &Value) -> Option<Self> {
        number(value).map(Duration::from_millis)
    }
}

/// Milliseconds; `None` for every negative number, which means "never".
impl SettingType for Option<Duration> {
    const CONFIG_TYPE: ConfigType = ConfigType::Long;

    fn from_value(value: &Value) -> Option<Self> {
        let Value::Number(millis) = value else {
            return None;
        };
        Some(u64::try_from(*millis).ok().map(Duration::from_millis))
    }
}

impl SettingType for Arc<str> {
    const CONFIG_TYPE: ConfigType = ConfigType::String;

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Text(text) = value {
            Some(Arc::clone(text))
        } else {
            None
        }
    }
}

impl SettingType for List {
    const CONFIG_TYPE: ConfigType = ConfigType::List;

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Text(text) = value {
            Some(Self(Arc::clone(text)))
        } else {
            None
        }
    }
}

fn number<T: TryFrom<i64>>(value: &Value) -> Option<T> {
    if let Value::Number(number) = value {
        T::try_from(*number).ok()
    } else {
        None
    }
}
