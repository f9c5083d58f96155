//! Definitions made ready for writing code: types resolved, versions parsed, structs in a row.

use std::collections::BTreeMap;

use anyhow::{Context, bail, ensure};

use super::{
    names,
    schema::{Definition, FieldDef},
    versions::{Condition, Versions},
};

/// The type of a field or of an array's elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    Bool,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint16,
    Float64,
    Uuid,
    ErrorCode,
    String,
    Bytes,
    Records,
    Struct(String),
    Array(Box<Type>),
}

#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// As in the definition.
    pub(crate) name: String,
    /// As in Rust.
    pub(crate) rust: String,
    pub(crate) kind: Type,
    /// Versions in which it is written, tagged or not.
    pub(crate) versions: Versions,
    /// Versions in which it may be null.
    pub(crate) nullable: Versions,
    /// Whether some version allows null, so that Rust has an `Option`.
    pub(crate) optional: bool,
    pub(crate) tag: Option<u32>,
    /// Overrides whether strings and lengths are compact.
    pub(crate) never_flexible: bool,
    pub(crate) ignorable: bool,
    pub(crate) default: String,
    pub(crate) entity: Option<String>,
    pub(crate) map_key: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Struct {
    pub(crate) name: String,
    pub(crate) versions: Versions,
    pub(crate) fields: Vec<Field>,
}

/// A message and its structs, the message itself first.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) valid: Versions,
    pub(crate) flexible: Versions,
    pub(crate) structs: Vec<Struct>,
}

impl Model {
    pub(crate) fn new(definition: &Definition) -> anyhow::Result<Self> {
        let valid = Versions::parse(&definition.valid_versions)?;
        let flexible = Versions::parse(&definition.flexible_versions)?;
        let mut model = Self {
            valid,
            flexible,
            structs: Vec::new(),
        };
        model.add(&definition.name, valid, &definition.fields)?;
        for common in &definition.common_structs {
            model.add(
                &common.name,
                Versions::parse(&common.versions)?,
                &common.fields,
            )?;
        }
        Ok(model)
    }

    fn add(&mut self, name: &str, versions: Versions, fields: &[FieldDef]) -> anyhow::Result<()> {
        ensure!(
            self.structs.iter().all(|known| known.name != name),
            "two structs named {name}"
        );
        let at = self.structs.len();
        self.structs.push(Struct {
            name: name.to_owned(),
            versions,
            fields: Vec::new(),
        });
        for definition in fields {
            let field = field(definition).with_context(|| format!("{name}.{}", definition.name))?;
            if let (Some(inner), Some(of)) = (&definition.fields, field.kind.struct_name()) {
                self.add(of, field.versions, inner)?;
            }
            self.structs[at].fields.push(field);
        }
        Ok(())
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Struct> {
        self.structs.iter().find(|known| known.name == name)
    }

    /// Whether a version is flexible, as a condition.
    pub(crate) fn flexible(&self) -> Condition {
        self.flexible.among(self.valid)
    }

    /// What to hand over as `flexible` for a field.
    pub(crate) fn flexible_argument(&self, field: &Field) -> &'static str {
        match self.flexible() {
            _ if field.never_flexible => "false",
            Condition::Never => "false",
            Condition::Always => "true",
            Condition::When(_) => "flexible",
        }
    }

    /// Whether records are somewhere in the struct.
    pub(crate) fn has_records(&self, of: &Struct) -> bool {
        of.fields.iter().any(|field| match field.kind.innermost() {
            Type::Records => true,
            Type::Struct(name) => self.find(name).is_some_and(|inner| self.has_records(inner)),
            _ => false,
        })
    }

    /// The fewest bytes that a struct takes in any version.
    pub(crate) fn min_len(&self, of: &Struct) -> usize {
        let versions = of.versions.and(self.valid);
        let versions = if versions.is_empty() {
            self.valid
        } else {
            versions
        };
        (versions.first..=versions.last)
            .map(|version| self.min_len_at(of, version))
            .min()
            .unwrap_or(0)
    }

    fn min_len_at(&self, of: &Struct, version: i16) -> usize {
        let flexible = self.flexible.contains(version);
        let fields = of
            .fields
            .iter()
            .filter(|field| field.versions.contains(version) && field.tag.is_none());
        let len: usize = fields
            .map(|field| self.field_min_len(field, version, flexible))
            .sum();
        len + usize::from(flexible)
    }

    fn field_min_len(&self, field: &Field, version: i16, flexible: bool) -> usize {
        let compact = flexible && !field.never_flexible;
        match &field.kind {
            Type::Struct(_) if field.nullable.contains(version) => 1,
            Type::Struct(name) => self
                .find(name)
                .map_or(0, |inner| self.min_len_at(inner, version)),
            Type::String => {
                if compact {
                    1
                } else {
                    2
                }
            }
            Type::Bytes | Type::Records | Type::Array(_) => {
                if compact {
                    1
                } else {
                    4
                }
            }
            fixed => fixed.fixed_len().unwrap_or(0),
        }
    }
}

impl Type {
    fn parse(text: &str, field: &str) -> anyhow::Result<Self> {
        Ok(match text {
            "bool" => Self::Bool,
            "int8" => Self::Int8,
            "int16" if field == "ErrorCode" => Self::ErrorCode,
            "int16" => Self::Int16,
            "int32" => Self::Int32,
            "int64" => Self::Int64,
            "uint16" => Self::Uint16,
            "float64" => Self::Float64,
            "uuid" => Self::Uuid,
            "string" => Self::String,
            "bytes" => Self::Bytes,
            "records" => Self::Records,
            _ => match text.strip_prefix("[]") {
                Some(element) => Self::Array(Box::new(Self::parse(element, "")?)),
                None if text.starts_with(char::is_uppercase) => Self::Struct(text.to_owned()),
                None => bail!("unknown type {text}"),
            },
        })
    }

    /// Bytes on the wire, if that is always the same.
    pub(crate) fn fixed_len(&self) -> Option<usize> {
        Some(match self {
            Self::Bool | Self::Int8 => 1,
            Self::Int16 | Self::Uint16 | Self::ErrorCode => 2,
            Self::Int32 => 4,
            Self::Int64 | Self::Float64 => 8,
            Self::Uuid => 16,
            Self::String | Self::Bytes | Self::Records | Self::Struct(_) | Self::Array(_) => {
                return None;
            }
        })
    }

    pub(crate) fn innermost(&self) -> &Self {
        match self {
            Self::Array(element) => element.innermost(),
            other => other,
        }
    }

    pub(crate) fn struct_name(&self) -> Option<&str> {
        match self.innermost() {
            Self::Struct(name) => Some(name),
            _ => None,
        }
    }

    /// The Rust type, without `Option`.
    pub(crate) fn rust(&self) -> String {
        match self {
            Self::Bool => "bool".into(),
            Self::Int8 => "i8".into(),
            Self::Int16 => "i16".into(),
            Self::Int32 => "i32".into(),
            Self::Int64 => "i64".into(),
            Self::Uint16 => "u16".into(),
            Self::Float64 => "f64".into(),
            Self::Uuid => "Uuid".into(),
            Self::ErrorCode => "ErrorCode".into(),
            Self::String => "ByteString".into(),
            Self::Bytes => "Bytes".into(),
            Self::Records => "Records".into(),
            Self::Struct(name) => name.clone(),
            Self::Array(element) if **element == Self::Int32 => "Int32s".into(),
            Self::Array(element) => format!("Vec<{}>", element.rust()),
        }
    }

    /// The method of reader and writer for a plain value.
    pub(crate) fn method(&self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int8 => "i8",
            Self::Int16 | Self::ErrorCode => "i16",
            Self::Int32 => "i32",
            Self::Int64 => "i64",
            Self::Uint16 => "u16",
            Self::Float64 => "f64",
            Self::Uuid => "uuid",
            Self::String => "string",
            Self::Bytes => "bytes",
            Self::Records => "records",
            Self::Struct(_) => "struct",
            Self::Array(_) => "array",
        }
    }
}

/// Types used anywhere in a message, by their Rust name, with whether they need an import.
pub(crate) fn imports(model: &Model) -> BTreeMap<&'static str, bool> {
    let mut found = BTreeMap::new();
    let mut note = |name: &'static str, used: bool| *found.entry(name).or_insert(false) |= used;
    for field in model.structs.iter().flat_map(|of| &of.fields) {
        note("Int32s", field.kind == Type::Array(Box::new(Type::Int32)));
        let innermost = field.kind.innermost();
        note("Uuid", *innermost == Type::Uuid);
        note("ErrorCode", *innermost == Type::ErrorCode);
        note("Bytes", *innermost == Type::Bytes);
        note("ByteString", *innermost == Type::String);
        note("Records", *innermost == Type::Records);
    }
    found
}

fn field(definition: &FieldDef) -> anyhow::Result<Field> {
    let parse = |text: &Option<String>| text.as_deref().map(Versions::parse).transpose();
    let tagged = parse(&definition.tagged_versions)?;
    let versions = parse(&definition.versions)?;
    ensure!(
        tagged.is_some() == definition.tag.is_some(),
        "tag and tagged versions belong together"
    );
    if let (Some(tagged), Some(versions)) = (tagged, versions) {
        ensure!(
            tagged == versions,
            "tagged in some versions and not in others"
        );
    }
    let versions = versions.or(tagged).context("no versions")?;
    let nullable = parse(&definition.nullable_versions)?.unwrap_or(Versions::NONE);
    let kind = Type::parse(&definition.kind, &definition.name)?;
    let optional = !nullable.is_empty();
    let default = match (definition.default_text(), &kind) {
        // Kafka knows no other default for records.
        (_, Type::Records) if optional => "null".to_owned(),
        (default, _) => default,
    };
    ensure!(
        default != "null" || optional,
        "null by default, but never null"
    );
    ensure!(
        definition
            .flexible_versions
            .as_deref()
            .is_none_or(|versions| versions == "none"),
        "flexible versions of a field other than none"
    );
    Ok(Field {
        name: definition.name.clone(),
        rust: names::field(&definition.name),
        kind,
        versions,
        nullable,
        optional,
        tag: definition.tag,
        never_flexible: definition.flexible_versions.is_some(),
        ignorable: definition.ignorable,
        default,
        entity: definition.entity_type.clone(),
        map_key: definition.map_key,
    })
}
