//! The message definitions as they lie in files.

use std::path::Path;

use anyhow::Context;
use serde::Deserialize;
use serde_json::Value;

/// One definition: a message, a header, or a record of an internal topic.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Definition {
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) valid_versions: String,
    pub(crate) flexible_versions: String,
    pub(crate) api_key: Option<i16>,
    #[serde(default)]
    pub(crate) latest_version_unstable: bool,
    #[serde(default)]
    pub(crate) listeners: Vec<String>,
    pub(crate) fields: Vec<FieldDef>,
    #[serde(default)]
    pub(crate) common_structs: Vec<StructDef>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Request,
    Response,
    Header,
    Data,
    CoordinatorKey,
    CoordinatorValue,
}

/// A struct that several fields of one definition use.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct StructDef {
    pub(crate) name: String,
    pub(crate) versions: String,
    pub(crate) fields: Vec<FieldDef>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FieldDef {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) versions: Option<String>,
    pub(crate) nullable_versions: Option<String>,
    pub(crate) tagged_versions: Option<String>,
    pub(crate) flexible_versions: Option<String>,
    pub(crate) tag: Option<u32>,
    #[serde(default)]
    pub(crate) default: Value,
    #[serde(default)]
    pub(crate) ignorable: bool,
    pub(crate) entity_type: Option<String>,
    #[serde(default)]
    pub(crate) map_key: bool,
    // Every byte field borrows here, so this makes no difference.
    #[serde(default, rename = "zeroCopy")]
    _zero_copy: bool,
    pub(crate) fields: Option<Vec<FieldDef>>,
}

impl FieldDef {
    /// The default as text. Numbers and booleans stand for their text, and a JSON null for an absent default,
    /// which is not the same as the text "null".
    pub(crate) fn default_text(&self) -> String {
        match &self.default {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

/// A definition and where it lies.
#[derive(Debug)]
pub(crate) struct Source {
    /// Relative to the crate, as `schema/messages/FetchRequest.json`.
    pub(crate) path: String,
    pub(crate) definition: Definition,
}

/// All definitions below `schema`, in order of path.
pub(crate) fn read_all(schema: &Path) -> anyhow::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for folder in ["messages", "records"] {
        let entries =
            std::fs::read_dir(schema.join(folder)).with_context(|| format!("reading {folder}"))?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("schema/{folder}/{name}");
            let text = std::fs::read_to_string(entry.path())?;
            let definition = serde_json::from_str(&text).with_context(|| path.clone())?;
            sources.push(Source { path, definition });
        }
    }
    sources.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(sources)
}
