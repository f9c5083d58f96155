//! The file of one message.

use std::fmt::Write;

use anyhow::Context;

use super::{
    item,
    model::{self, Model},
    names,
    schema::{Definition, Kind, Source},
    versions::Versions,
};

/// The whole file, not formatted.
pub(crate) fn file(source: &Source) -> anyhow::Result<String> {
    let definition = &source.definition;
    let model = Model::new(definition).with_context(|| source.path.clone())?;
    let mut out = format!(
        "//! `{}`. Generated from `{}` by `cargo xtask codegen`; do not edit.\n\n",
        definition.name, source.path
    );
    let mut body = String::new();
    for of in &model.structs {
        writeln!(
            body,
            "{}",
            item::item(&model, of, source).with_context(|| of.name.clone())?
        )?;
    }
    body += &impls(definition, &model)?;
    out += &imports(&model, definition, &body);
    out += &body;
    Ok(out)
}

pub(crate) fn documentation(
    definition: &Definition,
    valid: Versions,
    flexible: Versions,
) -> String {
    let name = &definition.name;
    let what = match definition.kind {
        Kind::Request => format!(
            "A request of API {}",
            definition.api_key.unwrap_or_default()
        ),
        Kind::Response => format!(
            "A response of API {}",
            definition.api_key.unwrap_or_default()
        ),
        Kind::Header => "A header".into(),
        Kind::Data => "Data inside of other messages".into(),
        Kind::CoordinatorKey => "The key of a record in an internal topic".into(),
        Kind::CoordinatorValue => "The value of a record in an internal topic".into(),
    };
    let versions = match (valid.first, valid.last) {
        (first, last) if first == last => format!("version {first}"),
        (first, last) => format!("versions {first} to {last}"),
    };
    let flexible = match flexible.and(valid) {
        none if none.is_empty() => "none of them flexible".into(),
        all if all == valid => "flexible".into(),
        some => format!("flexible from {}", some.first),
    };
    let mut out = format!("/// `{name}`: {what}, {versions}, {flexible}.\n");
    if !definition.listeners.is_empty() {
        out += &format!(
            "///\n/// Kafka takes it on listeners of: {}.\n",
            definition.listeners.join(", ")
        );
    }
    if definition.latest_version_unstable {
        out += "///\n/// The highest version is not stable yet.\n";
    }
    out
}

fn imports(model: &Model, definition: &Definition, body: &str) -> String {
    let mut names = vec!["DecodeError", "Message", "Reader", "UnknownTags", "Writer"];
    names.push(if body.contains("RecordsCount") {
        "wire::{RecordsCount, Wire}"
    } else {
        "wire::Wire"
    });
    for (name, used) in model::imports(model) {
        if used && name != "Bytes" {
            names.push(name);
        }
    }
    if body.contains("size::") {
        names.push("size");
    }
    match definition.kind {
        Kind::Request => names.extend(["ApiKey", "Request"]),
        Kind::Response => names.extend(["ApiKey", "Response"]),
        Kind::CoordinatorKey | Kind::CoordinatorValue => names.push("internal::InternalRecord"),
        Kind::Header | Kind::Data => {}
    }
    let external = match model::imports(model).get("Bytes") {
        Some(true) => "use bytes::Bytes;\n\n",
        _ => "",
    };
    names.sort_unstable();
    format!("{external}use crate::{{{}}};\n\n", names.join(", "))
}

fn impls(definition: &Definition, model: &Model) -> anyhow::Result<String> {
    let name = &definition.name;
    let flexible = model.flexible.and(model.valid);
    let from = if flexible.is_empty() {
        "i16::MAX".to_owned()
    } else {
        model.flexible.first.to_string()
    };
    let mut out = format!(
        "impl Message for {name} {{\nconst NAME: &'static str = {name:?};\nconst MIN_VERSION: i16 = {};\n\
         const MAX_VERSION: i16 = {};\nconst FLEXIBLE_FROM: i16 = {from};\n}}\n",
        model.valid.first, model.valid.last
    );
    let key = || {
        definition
            .api_key
            .with_context(|| format!("{name} has no key"))
    };
    match definition.kind {
        Kind::Request => {
            let response = format!("{}Response", name.trim_end_matches("Request"));
            write!(
                out,
                "\nimpl Request for {name} {{\nconst KEY: ApiKey = ApiKey({});\n\
                 type Response = crate::messages::{}::{response};\n}}\n",
                key()?,
                names::snake(&response)
            )?;
        }
        Kind::Response => {
            write!(
                out,
                "\nimpl Response for {name} {{\nconst KEY: ApiKey = ApiKey({});\n}}\n",
                key()?
            )?;
        }
        Kind::CoordinatorKey | Kind::CoordinatorValue => {
            write!(
                out,
                "\nimpl InternalRecord for {name} {{\nconst RECORD_TYPE: i16 = {};\n}}\n",
                key()?
            )?;
        }
        Kind::Header | Kind::Data => {}
    }
    Ok(out)
}
