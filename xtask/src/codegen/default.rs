//! Default values, and how to tell that a field holds another.

use anyhow::Context;

use super::model::{Field, Struct, Type};

/// The default as a Rust expression.
pub(crate) fn value(field: &Field) -> anyhow::Result<String> {
    if field.default == "null" {
        return Ok("None".into());
    }
    let plain = plain(field)?;
    Ok(if field.optional {
        format!("Some({plain})")
    } else {
        plain
    })
}

/// Whether `Default` can be derived.
pub(crate) fn derivable(of: &Struct) -> anyhow::Result<bool> {
    for field in &of.fields {
        let default = value(field)?;
        let same = if field.optional {
            default == "None"
        } else {
            default == zero(&field.kind)
        };
        if !same {
            return Ok(false);
        }
    }
    Ok(true)
}

/// An expression that is true if the field of `self` does not hold its default.
pub(crate) fn differs(field: &Field) -> anyhow::Result<String> {
    let this = format!("self.{}", field.rust);
    if field.default == "null" {
        return Ok(format!("{this}.is_some()"));
    }
    let default = plain(field)?;
    let compare = |of: &str| match &field.kind {
        Type::Bool if default == "true" => format!("!{of}"),
        Type::Bool => of.to_owned(),
        Type::ErrorCode => format!("{of}.is_error()"),
        Type::Uuid => format!("!{of}.is_zero()"),
        Type::String if !field.default.is_empty() => format!("&*{of} != {:?}", field.default),
        Type::String | Type::Bytes | Type::Records | Type::Array(_) => format!("!{of}.is_empty()"),
        _ => format!("{of} != {default}"),
    };
    Ok(match &field.kind {
        Type::Struct(_) if field.optional => format!("{this}.as_ref() != Some(&{default})"),
        _ if field.optional => format!("{this}.as_ref().is_none_or(|value| {})", compare("value")),
        _ => compare(&this),
    })
}

fn plain(field: &Field) -> anyhow::Result<String> {
    let text = &field.default;
    if text.is_empty() {
        return Ok(zero(&field.kind));
    }
    Ok(match &field.kind {
        Type::Bool => text.parse::<bool>()?.to_string(),
        Type::Int8 | Type::Int16 | Type::Int32 | Type::Int64 | Type::Uint16 => number(text)?,
        Type::ErrorCode if number(text)? == "0" => "ErrorCode::NONE".into(),
        Type::String => format!("ByteString::from_static({text:?})"),
        kind => anyhow::bail!("default {text:?} of {kind:?}"),
    })
}

/// A whole number as definitions write it, also in hexadecimal; nothing is 0.
pub(crate) fn integer(text: &str) -> anyhow::Result<i64> {
    let number = match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16),
        None if text.is_empty() => Ok(0),
        None => text.parse(),
    };
    number.with_context(|| format!("default {text:?}"))
}

fn number(text: &str) -> anyhow::Result<String> {
    Ok(match integer(text)? {
        i64::MAX => "i64::MAX".into(),
        number if number == i64::from(i32::MAX) => "i32::MAX".into(),
        number if number == i64::from(i32::MIN) => "i32::MIN".into(),
        number => number.to_string(),
    })
}

fn zero(kind: &Type) -> String {
    match kind {
        Type::Bool => "false".into(),
        Type::Int8 | Type::Int16 | Type::Int32 | Type::Int64 | Type::Uint16 => "0".into(),
        Type::Float64 => "0.0".into(),
        Type::Uuid => "Uuid::ZERO".into(),
        Type::ErrorCode => "ErrorCode::NONE".into(),
        Type::Array(element) if **element != Type::Int32 => "Vec::new()".into(),
        other => format!("{}::default()", other.rust()),
    }
}
