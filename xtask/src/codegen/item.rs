//! A struct: its fields, their documentation, its default.

use std::fmt::Write;

use super::{
    default,
    model::{Field, Model, Struct, Type},
    names, read,
    schema::Source,
    size, write,
};

/// A struct with everything that it implements.
pub(crate) fn item(model: &Model, of: &Struct, source: &Source) -> anyhow::Result<String> {
    let mut out = head(model, of, source);
    let derived = default::derivable(of)?;
    let derive = if derived {
        "Debug, Clone, Default, PartialEq"
    } else {
        "Debug, Clone, PartialEq"
    };
    writeln!(out, "#[derive({derive})]")?;
    out += "#[cfg_attr(feature = \"serde\", derive(serde::Serialize), serde(rename_all = \"camelCase\"))]\n";
    writeln!(out, "pub struct {} {{", of.name)?;
    for field in &of.fields {
        out += &declaration(model, field)?;
    }
    out += "/// Tagged fields that are not known here, kept as they came.\n";
    out += "#[cfg_attr(feature = \"serde\", serde(skip_serializing_if = \"UnknownTags::is_empty\"))]\n";
    out += "pub unknown_tags: UnknownTags,\n}\n\n";
    if !derived {
        out += &default_impl(of)?;
    }
    writeln!(
        out,
        "impl Wire for {} {{\nconst MIN_LEN: usize = {};\n",
        of.name,
        model.min_len(of)
    )?;
    out += &read::function(model, of)?;
    out += "\n";
    out += &size::function(model, of)?;
    let records = size::records_function(model, of)?;
    if !records.is_empty() {
        write!(out, "\n{records}")?;
    }
    write!(out, "\n{}}}\n", write::function(model, of)?)?;
    Ok(out)
}

fn head(model: &Model, of: &Struct, source: &Source) -> String {
    let definition = &source.definition;
    if of.name == definition.name {
        return super::message::documentation(definition, model.valid, model.flexible);
    }
    let used = model
        .structs
        .iter()
        .flat_map(|outer| outer.fields.iter().map(move |field| (outer, field)));
    let mut places: Vec<String> = used
        .filter(|(_, field)| field.kind.struct_name() == Some(&of.name))
        .map(|(outer, field)| format!("[`{}::{}`]", outer.name, field.rust))
        .collect();
    places.dedup();
    let what = if places.len() > 1 {
        "Used in"
    } else {
        "Part of"
    };
    format!(
        "/// {what} {}; {}.\n",
        places.join(", "),
        of.versions.words(model.valid)
    )
}

fn declaration(model: &Model, field: &Field) -> anyhow::Result<String> {
    let mut out = String::new();
    for line in documentation(model, field)? {
        writeln!(out, "/// {line}")?;
    }
    let json = names::json(&field.name);
    let mut serde = Vec::new();
    if names::camel(field.rust.trim_end_matches('_')) != json || field.rust.ends_with('_') {
        serde.push(format!("rename = {json:?}"));
    }
    if field.kind == Type::Bytes {
        let with = if field.optional {
            "bytes_nullable"
        } else {
            "bytes"
        };
        serde.push(format!("serialize_with = \"crate::json::{with}\""));
    }
    if !serde.is_empty() {
        writeln!(
            out,
            "#[cfg_attr(feature = \"serde\", serde({}))]",
            serde.join(", ")
        )?;
    }
    let kind = field.kind.rust();
    let kind = if field.optional {
        format!("Option<{kind}>")
    } else {
        kind
    };
    writeln!(out, "pub {}: {kind},", field.rust)?;
    Ok(out)
}

fn documentation(model: &Model, field: &Field) -> anyhow::Result<Vec<String>> {
    let mut first = format!("`{}`", field.name);
    if let Some(entity) = &field.entity {
        write!(first, ", {}", entity_words(entity))?;
    }
    if let Some(unit) = unit(field) {
        write!(first, ", {unit}")?;
    }
    write!(first, ": {}", field.versions.words(model.valid))?;
    if let Some(tag) = field.tag {
        write!(first, ", tag {tag}")?;
    }
    first.push('.');
    let mut lines = vec![first];
    if field.optional {
        let may = field.versions.and(model.valid);
        lines.push(match field.nullable.and(may) {
            null if null.is_empty() => "Never null in a version that has it.".into(),
            null if null == may => "None is null.".into(),
            null => format!("None is null, in {}.", null.words(model.valid)),
        });
    }
    if !field.default.is_empty() && field.default != "null" {
        let default = default::value(field)?;
        lines.push(format!("`{default}` by default."));
    } else if field.optional && field.default != "null" {
        lines.push("Empty, not null, by default.".into());
    }
    if field.map_key {
        lines.push("Part of the key: no two elements have the same.".into());
    }
    if !field.ignorable && field.versions.and(model.valid) != model.valid {
        lines.push("Other versions refuse anything but the default.".into());
    }
    Ok(lines)
}

fn entity_words(entity: &str) -> String {
    match entity {
        "topicName" => "a topic's name".into(),
        "brokerId" => "a broker's id".into(),
        "groupId" => "a group's id".into(),
        "producerId" => "a producer's id".into(),
        "transactionalId" => "a transactional id".into(),
        other => format!("a {other}"),
    }
}

/// What a number counts, as far as its name says.
fn unit(field: &Field) -> Option<&'static str> {
    if !matches!(
        field.kind,
        Type::Int8 | Type::Int16 | Type::Int32 | Type::Int64
    ) {
        return None;
    }
    let name = field.name.as_str();
    if name.contains("Timestamp") {
        Some("in milliseconds since 1970")
    } else if name.ends_with("Ms") {
        Some("in milliseconds")
    } else if name.ends_with("Bytes") {
        Some("in bytes")
    } else {
        None
    }
}

fn default_impl(of: &Struct) -> anyhow::Result<String> {
    let mut fields = String::new();
    for field in &of.fields {
        writeln!(fields, "{}: {},", field.rust, default::value(field)?)?;
    }
    Ok(format!(
        "impl Default for {} {{\nfn default() -> Self {{\nSelf {{\n{fields}unknown_tags: UnknownTags::default(),\n}}\n}}\n}}\n\n",
        of.name
    ))
}
