//! The `write` of a struct.

use std::fmt::Write;

use anyhow::ensure;

use super::{
    default,
    model::{Field, Model, Struct, Type},
    names,
    versions::Condition,
};

pub(crate) fn function(model: &Model, of: &Struct) -> anyhow::Result<String> {
    let mut body = String::new();
    let untagged: Vec<&Field> = of
        .fields
        .iter()
        .filter(|field| field.tag.is_none())
        .collect();
    for neighbours in
        untagged.chunk_by(|one, next| in_run(model, one).is_some() && in_run(model, next).is_some())
    {
        body += &match neighbours {
            [field] => guarded(model, of, field, Some(&statement(model, of, field)))?,
            several => run(model, of, several),
        };
    }
    for field in of.fields.iter().filter(|field| field.tag.is_some()) {
        body += &guarded(model, of, field, None)?;
    }
    body += &tags(model, of)?;
    let flexible =
        if names::uses(&body, "flexible") && matches!(model.flexible(), Condition::When(_)) {
            format!("let flexible = {};\n", model.flexible().expression())
        } else {
            String::new()
        };
    let version = names::parameter(&format!("{flexible}{body}"), "version");
    let writer = names::parameter(&body, "writer");
    Ok(format!(
        "#[inline]\nfn write(&self, {writer}: &mut Writer, {version}: i16) {{\n{flexible}{body}}}\n"
    ))
}

/// The bytes of a field that may be one of a run: there in all versions, and always as long.
fn in_run(model: &Model, field: &Field) -> Option<usize> {
    let always = field.versions.among(model.valid) == Condition::Always;
    field.kind.fixed_len().filter(|_| always && !field.optional)
}

/// Fields that are written together.
fn run(model: &Model, of: &Struct, fields: &[&Field]) -> String {
    let len: usize = fields.iter().filter_map(|field| in_run(model, field)).sum();
    let writes: String = fields
        .iter()
        .map(|field| statement(model, of, field).replacen("writer.", "run.", 1))
        .collect();
    format!("writer.run::<{len}>(|run| {{\n{writes}}});\n")
}

/// Writes where the version has the field; where it has not, the default may be left out and nothing else, unless
/// the field is ignorable.
fn guarded(
    model: &Model,
    of: &Struct,
    field: &Field,
    write: Option<&str>,
) -> anyhow::Result<String> {
    let refuse = if field.ignorable {
        None
    } else {
        let call = format!(
            "writer.field_not_in_version(\"{}.{}\", version);",
            of.name, field.name
        );
        Some(format!("if {} {{ {call} }}", default::differs(field)?))
    };
    Ok(match (field.versions.among(model.valid), write, refuse) {
        (Condition::Always, write, _) => write.unwrap_or_default().to_owned(),
        (Condition::Never, _, refuse) => refuse.unwrap_or_default(),
        (Condition::When(asked), Some(write), Some(refuse)) => {
            format!("if {asked} {{\n{write}}} else {refuse}\n")
        }
        (Condition::When(asked), Some(write), None) => format!("if {asked} {{\n{write}}}\n"),
        (when @ Condition::When(_), None, Some(refuse)) => {
            let refuse = refuse.trim_start_matches("if ");
            format!("if {} && {refuse}\n", when.negated())
        }
        (Condition::When(_), None, None) => String::new(),
    })
}

fn statement(model: &Model, of: &Struct, field: &Field) -> String {
    let flexible = model.flexible_argument(field);
    let this = format!("self.{}", field.rust);
    if !field.optional {
        return plain(&field.kind, flexible, &this, false);
    }
    let nullable = nullable(&field.kind, flexible, &this);
    let required = format!(
        "match &{this} {{\nSome(value) => {{ {} }}\nNone => writer.unexpected_null(\"{}.{}\", version),\n}}\n",
        plain(&field.kind, flexible, "value", true),
        of.name,
        field.name
    );
    match field.nullable.among(field.versions.and(model.valid)) {
        Condition::Always => nullable,
        Condition::Never => required,
        Condition::When(asked) => format!("if {asked} {{\n{nullable}}} else {{\n{required}}}\n"),
    }
}

fn plain(kind: &Type, flexible: &str, this: &str, borrowed: bool) -> String {
    let and = if borrowed { "" } else { "&" };
    match kind {
        Type::String | Type::Bytes | Type::Records => {
            format!("writer.{}({and}{this}, {flexible});\n", kind.method())
        }
        Type::Struct(_) => format!("{this}.write(writer, version);\n"),
        Type::ErrorCode => format!("writer.i16({this}.0);\n"),
        Type::Array(element) => match &**element {
            Type::Int32 => format!("writer.int32s({and}{this}, {flexible});\n"),
            Type::Struct(_) => format!("writer.array({and}{this}, {flexible}, version);\n"),
            Type::String => format!("writer.strings({and}{this}, {flexible});\n"),
            other => format!(
                "writer.values({and}{this}, {flexible}, Writer::{});\n",
                other.method()
            ),
        },
        other => format!("writer.{}({this});\n", other.method()),
    }
}

fn nullable(kind: &Type, flexible: &str, this: &str) -> String {
    match kind {
        Type::Struct(_) => format!("writer.struct_nullable({this}.as_ref(), version);\n"),
        Type::Array(element) => match &**element {
            Type::Int32 => format!("writer.int32s_nullable({this}.as_ref(), {flexible});\n"),
            Type::Struct(_) => {
                format!("writer.array_nullable({this}.as_deref(), {flexible}, version);\n")
            }
            Type::String => format!("writer.strings_nullable({this}.as_deref(), {flexible});\n"),
            other => format!(
                "writer.values_nullable({this}.as_deref(), {flexible}, Writer::{});\n",
                other.method()
            ),
        },
        other => format!(
            "writer.{}_nullable({this}.as_ref(), {flexible});\n",
            other.method()
        ),
    }
}

fn tags(model: &Model, of: &Struct) -> anyhow::Result<String> {
    let mut known: Vec<&Field> = of
        .fields
        .iter()
        .filter(|field| field.tag.is_some())
        .collect();
    known.sort_by_key(|field| field.tag);
    let mut out = String::new();
    let (mut count, mut writes) = (String::new(), String::new());
    for (at, field) in known.iter().enumerate() {
        let tag = field.tag.unwrap_or_default();
        ensure!(tag as usize == at, "{}: the tags leave a gap", of.name);
        let present = super::size::tag_present(model, field)?;
        writeln!(out, "let has_{} = {present};", field.rust)?;
        write!(count, "usize::from(has_{}) + ", field.rust)?;
        let statement = statement(model, of, field)
            .replace("writer.struct_nullable", "writer.tagged_struct_nullable");
        let size = super::size::expression(model, field);
        writeln!(
            writes,
            "if has_{} {{\nwriter.tag({tag}, {size});\n{statement}}}",
            field.rust
        )?;
    }
    writeln!(out, "writer.tag_count({count}self.unknown_tags.len());")?;
    out += &writes;
    writeln!(
        out,
        "writer.unknown_tags(&self.unknown_tags, {});",
        known.len()
    )?;
    let refuse = format!(
        "if !self.unknown_tags.is_empty() {{\nwriter.field_not_in_version(\"{}.unknown_tags\", version);\n}}\n",
        of.name
    );
    Ok(match model.flexible() {
        Condition::Never => refuse,
        Condition::Always => out,
        Condition::When(_) => format!("if flexible {{\n{out}}} else {refuse}"),
    })
}
