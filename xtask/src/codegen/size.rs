//! The `size` of a struct, and the count of the records in it.

use std::fmt::Write;

use super::{
    default,
    model::{Field, Model, Struct, Type},
    names,
    versions::Condition,
};

pub(crate) fn function(model: &Model, of: &Struct) -> anyhow::Result<String> {
    let (mut body, mut always) = (String::new(), 0);
    for field in of.fields.iter().filter(|field| field.tag.is_none()) {
        let present = field.versions.among(model.valid);
        match (&present, field.kind.fixed_len()) {
            (Condition::Never, _) => {}
            (Condition::Always, Some(len)) => always += len,
            (Condition::Always, None) => writeln!(body, "size += {};", expression(model, field))?,
            (Condition::When(asked), _) => {
                writeln!(
                    body,
                    "if {asked} {{\nsize += {};\n}}",
                    expression(model, field)
                )?;
            }
        }
    }
    body += &tags(model, of)?;
    let flexible =
        if names::uses(&body, "flexible") && matches!(model.flexible(), Condition::When(_)) {
            format!("let flexible = {};\n", model.flexible().expression())
        } else {
            String::new()
        };
    let version = names::parameter(&format!("{flexible}{body}"), "version");
    if body.is_empty() {
        return Ok(format!(
            "#[inline]\nfn size(&self, {version}: i16) -> usize {{\n{always}\n}}\n"
        ));
    }
    Ok(format!(
        "#[inline]\nfn size(&self, {version}: i16) -> usize {{\n{flexible}let mut size = {always};\n{body}size\n}}\n"
    ))
}

pub(crate) fn records_function(model: &Model, of: &Struct) -> anyhow::Result<String> {
    let mut body = String::new();
    for field in &of.fields {
        let this = format!("self.{}", field.rust);
        let holds = field
            .kind
            .struct_name()
            .and_then(|name| model.find(name))
            .is_some_and(|of| model.has_records(of));
        match &field.kind {
            Type::Records if field.optional => writeln!(body, "count.add({this}.as_ref());")?,
            Type::Records => writeln!(body, "count.add(Some(&{this}));")?,
            Type::Array(_) if holds => writeln!(
                body,
                "for value in &{this} {{\nvalue.count_records(count);\n}}"
            )?,
            Type::Struct(_) if holds => writeln!(body, "{this}.count_records(count);")?,
            _ => {}
        }
    }
    if body.is_empty() {
        return Ok(body);
    }
    Ok(format!(
        "fn count_records(&self, count: &mut RecordsCount) {{\n{body}}}\n"
    ))
}

/// The size of a field's value where the version has it.
pub(crate) fn expression(model: &Model, field: &Field) -> String {
    let flexible = model.flexible_argument(field);
    let this = format!("self.{}", field.rust);
    let (nullable, borrow) = if field.optional {
        ("_nullable", ".as_ref()")
    } else {
        ("", "")
    };
    let and = if field.optional { "" } else { "&" };
    match &field.kind {
        Type::String | Type::Bytes | Type::Records => {
            format!(
                "size::{}{nullable}({and}{this}{borrow}, {flexible})",
                field.kind.method()
            )
        }
        // In versions without nulls there is no marker in front.
        Type::Struct(_) if field.optional => {
            let plain = format!("{this}.as_ref().map_or(0, |value| value.size(version))");
            let nullable = format!("size::struct_nullable({this}.as_ref(), version)");
            match field.nullable.among(field.versions.and(model.valid)) {
                Condition::When(asked) => {
                    format!("(if {asked} {{ {nullable} }} else {{ {plain} }})")
                }
                other => other.pick(&nullable, &plain),
            }
        }
        Type::Struct(_) => format!("{this}.size(version)"),
        Type::Array(element) => array(element, field.optional, flexible, &this),
        fixed => fixed.fixed_len().unwrap_or_default().to_string(),
    }
}

/// Whether a tagged field is written: the version has it and its value is not the default.
pub(crate) fn tag_present(model: &Model, field: &Field) -> anyhow::Result<String> {
    let differs = default::differs(field)?;
    Ok(
        match field.versions.among(model.valid.and(model.flexible)) {
            Condition::Always => differs,
            Condition::Never => "false".to_owned(),
            Condition::When(asked) => format!("{asked} && {differs}"),
        },
    )
}

fn array(element: &Type, optional: bool, flexible: &str, this: &str) -> String {
    let slice = if optional {
        format!("{this}.as_deref().unwrap_or_default()")
    } else {
        format!("&{this}")
    };
    match element {
        Type::Int32 if optional => format!("size::int32s_nullable({this}.as_ref(), {flexible})"),
        Type::Int32 => format!("size::int32s(&{this}, {flexible})"),
        Type::Struct(_) if optional => {
            format!("size::array_nullable({this}.as_deref(), {flexible}, version)")
        }
        Type::Struct(_) => format!("size::array(&{this}, {flexible}, version)"),
        Type::String => format!("size::strings({slice}, {flexible})"),
        other => {
            let count = if optional {
                format!("{this}.as_ref().map_or(0, Vec::len)")
            } else {
                format!("{this}.len()")
            };
            format!(
                "size::fixed({count}, {}, {flexible})",
                other.fixed_len().unwrap_or_default()
            )
        }
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
    if known.is_empty() {
        out +=
            "size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();\n";
    } else {
        out += "let mut tags = self.unknown_tags.len();\n";
        for field in known {
            let tag = field.tag.unwrap_or_default();
            let (present, value) = (tag_present(model, field)?, expression(model, field));
            writeln!(
                out,
                "if {present} {{\ntags += 1;\nsize += size::tagged({tag}, {value});\n}}"
            )?;
        }
        out += "size += size::unsigned_varint(tags) + self.unknown_tags.size();\n";
    }
    Ok(match model.flexible() {
        Condition::Never => String::new(),
        Condition::Always => out,
        Condition::When(_) => format!("if flexible {{\n{out}}}\n"),
    })
}
