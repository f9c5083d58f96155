//! Our JSON against Kafka's.

use std::collections::BTreeSet;

use anyhow::{Context, bail, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Map, Value, json};

use crate::codegen::{
    default,
    model::{Field, Model, Struct, Type},
    names,
};

/// A tagged field that no definition names: where it is, its tag, its bytes.
pub(super) type UnknownTag = (String, u64, Vec<u8>);

/// Takes them out of our JSON.
pub(super) fn take_unknown_tags(json: &mut Value) -> BTreeSet<UnknownTag> {
    let mut found = BTreeSet::new();
    take(json, "", &mut found);
    found
}

/// Those that a line says there are.
pub(super) fn wanted_unknown_tags(list: &Value) -> anyhow::Result<BTreeSet<UnknownTag>> {
    let tags = list.as_array().into_iter().flatten();
    tags.map(|tag| {
        let path = tag["path"]
            .as_str()
            .context("an unknown tag without a path")?
            .to_owned();
        let number = tag["tag"]
            .as_u64()
            .context("an unknown tag without a tag")?;
        Ok((
            path,
            number,
            hex::decode(
                tag["hex"]
                    .as_str()
                    .context("an unknown tag without bytes")?,
            )?,
        ))
    })
    .collect()
}

/// Fails where the values differ. Fields that Kafka leaves out must hold their default here.
pub(super) fn message(
    model: &Model,
    ours: &Value,
    wanted: &Value,
    version: i16,
) -> anyhow::Result<()> {
    let top = model.structs.first().context("a message without fields")?;
    structs(model, top, ours, wanted, version)
}

fn structs(
    model: &Model,
    of: &Struct,
    ours: &Value,
    wanted: &Value,
    version: i16,
) -> anyhow::Result<()> {
    let (Some(ours), Some(wanted)) = (ours.as_object(), wanted.as_object()) else {
        bail!("{}: {ours} instead of {wanted}", of.name);
    };
    let mut known = BTreeSet::new();
    for field in &of.fields {
        let name = names::json(&field.name);
        let value = ours
            .get(&name)
            .with_context(|| format!("{}.{name} is missing", of.name))?;
        match wanted.get(&name) {
            Some(wanted) => values(model, field, &field.kind, value, wanted, version)?,
            None if field.tag.is_none() && field.versions.contains(version) => {
                bail!("{}.{name}: the vector does not have it", of.name)
            }
            None => {
                let wanted = default_json(model, field)?;
                ensure!(
                    *value == wanted,
                    "{}.{name} is {value}, not its default {wanted}",
                    of.name
                );
            }
        }
        known.insert(name);
    }
    for name in wanted.keys().chain(ours.keys()) {
        ensure!(
            known.contains(name),
            "{}.{name} is in no definition",
            of.name
        );
    }
    Ok(())
}

fn values(
    model: &Model,
    field: &Field,
    kind: &Type,
    ours: &Value,
    wanted: &Value,
    version: i16,
) -> anyhow::Result<()> {
    match (kind, ours, wanted) {
        (_, Value::Null, Value::Null) => Ok(()),
        (Type::Array(element), Value::Array(ours), Value::Array(wanted)) => {
            ensure!(
                ours.len() == wanted.len(),
                "{}: {} elements, not {}",
                field.name,
                ours.len(),
                wanted.len()
            );
            ours.iter()
                .zip(wanted)
                .try_for_each(|(ours, wanted)| values(model, field, element, ours, wanted, version))
        }
        (Type::Struct(name), ours, wanted) => {
            let of = model
                .find(name)
                .with_context(|| format!("no struct {name}"))?;
            structs(model, of, ours, wanted, version)
        }
        (Type::Float64, ours, wanted) => {
            ensure!(
                ours.as_f64() == wanted.as_f64(),
                "{}: {ours} instead of {wanted}",
                field.name
            );
            Ok(())
        }
        (_, ours, wanted) => {
            ensure!(ours == wanted, "{}: {ours} instead of {wanted}", field.name);
            Ok(())
        }
    }
}

fn default_json(model: &Model, field: &Field) -> anyhow::Result<Value> {
    let text = field.default.as_str();
    Ok(match &field.kind {
        _ if text == "null" => Value::Null,
        Type::Bool => json!(text == "true"),
        Type::Float64 => json!(0.0),
        Type::Uuid => json!("AAAAAAAAAAAAAAAAAAAAAA"),
        Type::String => json!(text),
        Type::Bytes | Type::Records => json!(""),
        Type::Array(_) => json!([]),
        Type::Struct(name) => {
            let of = model
                .find(name)
                .with_context(|| format!("no struct {name}"))?;
            let fields = of
                .fields
                .iter()
                .map(|field| Ok((names::json(&field.name), default_json(model, field)?)));
            Value::Object(fields.collect::<anyhow::Result<Map<_, _>>>()?)
        }
        _ => json!(default::integer(text)?),
    })
}

fn take(json: &mut Value, path: &str, found: &mut BTreeSet<UnknownTag>) {
    match json {
        Value::Array(elements) => {
            for (at, element) in elements.iter_mut().enumerate() {
                take(element, &format!("{path}/{at}"), found);
            }
        }
        Value::Object(fields) => {
            for tag in fields
                .remove("unknownTags")
                .as_ref()
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                let bytes = BASE64_STANDARD
                    .decode(tag["value"].as_str().unwrap_or_default())
                    .unwrap_or_default();
                found.insert((
                    path.to_owned(),
                    tag["tag"].as_u64().unwrap_or_default(),
                    bytes,
                ));
            }
            for (name, field) in fields {
                take(field, &format!("{path}/{name}"), found);
            }
        }
        _ => {}
    }
}
