//! The `read` of a struct.

use std::fmt::Write;

use super::{
    default,
    model::{Field, Model, Struct, Type},
    names,
    versions::Condition,
};

pub(crate) fn function(model: &Model, of: &Struct) -> anyhow::Result<String> {
    let mut body = String::new();
    for field in of.fields.iter().filter(|field| field.tag.is_none()) {
        let read = expression(model, field);
        let value = field
            .versions
            .among(model.valid)
            .pick(&read, &default::value(field)?);
        writeln!(body, "let {} = {value};", local(field))?;
    }
    body += &tags(model, of)?;
    let names: Vec<String> = of
        .fields
        .iter()
        .map(named)
        .chain(["unknown_tags".into()])
        .collect();
    let flexible =
        if names::uses(&body, "flexible") && matches!(model.flexible(), Condition::When(_)) {
            format!("let flexible = {};\n", model.flexible().expression())
        } else {
            String::new()
        };
    let reader = names::parameter(&body, "reader");
    let version = names::parameter(&format!("{flexible}{body}"), "version");
    Ok(format!(
        "#[inline]\nfn read({reader}: &mut Reader<'_>, {version}: i16) -> Result<Self, DecodeError> {{\n\
         {flexible}{body}Ok(Self {{ {} }})\n}}\n",
        names.join(", ")
    ))
}

/// A local variable that hides neither the parameters nor the flag.
fn local(field: &Field) -> String {
    match field.rust.as_str() {
        "version" | "reader" | "flexible" | "unknown_tags" | "field" | "tag" => {
            format!("{}_value", field.rust)
        }
        _ => field.rust.clone(),
    }
}

fn named(field: &Field) -> String {
    let local = local(field);
    if local == field.rust {
        local
    } else {
        format!("{}: {local}", field.rust)
    }
}

fn expression(model: &Model, field: &Field) -> String {
    let flexible = model.flexible_argument(field);
    let nullable = format!("{}?", call(&field.kind, flexible, "_nullable"));
    let plain = match call(&field.kind, flexible, "") {
        read if field.kind == Type::ErrorCode => format!("ErrorCode({read}?)"),
        read => format!("{read}?"),
    };
    if !field.optional {
        return plain;
    }
    field
        .nullable
        .among(field.versions.and(model.valid))
        .pick(&nullable, &format!("Some({plain})"))
}

/// A call without its question mark.
fn call(kind: &Type, flexible: &str, nullable: &str) -> String {
    match kind {
        Type::String | Type::Bytes | Type::Records => {
            format!("reader.{}{nullable}({flexible})", kind.method())
        }
        Type::Struct(name) if nullable.is_empty() => format!("{name}::read(reader, version)"),
        Type::Struct(name) => format!("reader.struct_nullable::<{name}>(version)"),
        Type::Array(element) => match &**element {
            Type::Int32 => format!("reader.int32s{nullable}({flexible})"),
            Type::Struct(name) => format!("reader.array{nullable}::<{name}>({flexible}, version)"),
            Type::String => {
                format!(
                    "reader.values{nullable}({flexible}, 1, |reader| reader.string({flexible}))"
                )
            }
            other => format!(
                "reader.values{nullable}({flexible}, {}, Reader::{})",
                other.fixed_len().unwrap_or(1),
                other.method()
            ),
        },
        plain => format!("reader.{}()", plain.method()),
    }
}

fn tags(model: &Model, of: &Struct) -> anyhow::Result<String> {
    let known: Vec<&Field> = of
        .fields
        .iter()
        .filter(|field| field.tag.is_some())
        .collect();
    if known.is_empty() {
        let value = model
            .flexible()
            .pick("reader.unknown_tags()?", "UnknownTags::default()");
        let value = value.replace(model.flexible().expression(), "flexible");
        return Ok(format!("let unknown_tags = {value};\n"));
    }
    let mut out = String::new();
    for field in &known {
        writeln!(
            out,
            "let mut {} = {};",
            local(field),
            default::value(field)?
        )?;
    }
    out += "let mut unknown_tags = UnknownTags::default();\n";
    let mut arms = String::new();
    for field in &known {
        let tag = field.tag.unwrap_or_default();
        let present = field.versions.among(model.valid.and(model.flexible));
        let guard = match &present {
            Condition::Always => String::new(),
            other => format!(" if {}", other.expression()),
        };
        let read = expression(model, field)
            .replace("reader.struct_nullable", "reader.tagged_struct_nullable")
            .replace("reader.", "field.")
            .replace("(reader, ", "(&mut field, ")
            .replace("|reader| field.", "|field| field.");
        writeln!(
            arms,
            "{tag}{guard} => {{ {} = {read}; field.finish()?; }}",
            local(field)
        )?;
        if present != Condition::Always {
            writeln!(
                arms,
                "{tag} => return Err(field.tag_not_in_version(tag, version)),"
            )?;
        }
    }
    let section = format!(
        "for _ in 0..reader.tag_count()? {{\nlet (tag, mut field) = reader.tagged_field()?;\n\
         match tag {{\n{arms}_ => unknown_tags.keep(tag, &field)?,\n}}\n}}\n"
    );
    Ok(match model.flexible() {
        Condition::Always => out + &section,
        _ => format!("{out}if flexible {{\n{section}}}\n"),
    })
}
