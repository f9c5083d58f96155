//! An interpreter of Kafka's message definitions that shares nothing with the generator: it writes JSON values as
//! bytes, slowly and simply, and makes random ones.

use std::{collections::BTreeMap, fs, ops::RangeInclusive, path::Path};

use base64::{Engine, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

/// Every definition by name.
pub(crate) fn definitions() -> BTreeMap<String, Value> {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    let mut found = BTreeMap::new();
    for folder in ["messages", "records"] {
        for entry in fs::read_dir(schema.join(folder)).unwrap() {
            let definition: Value =
                serde_json::from_str(&fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap();
            found.insert(definition["name"].as_str().unwrap().to_owned(), definition);
        }
    }
    found
}

/// A definition at one of its versions.
pub(crate) struct Schema<'a> {
    definition: &'a Value,
    version: i16,
    flexible: bool,
}

impl<'a> Schema<'a> {
    pub(crate) fn new(definition: &'a Value, version: i16) -> Self {
        let flexible = range(&definition["flexibleVersions"]).contains(&version);
        Self {
            definition,
            version,
            flexible,
        }
    }

    /// The bytes of a value.
    pub(crate) fn encode(&self, value: &Value) -> Vec<u8> {
        let mut out = Vec::new();
        self.encode_struct(&self.definition["fields"], value, &mut out);
        out
    }

    /// The value with every field that it lacks at its default.
    pub(crate) fn complete(&self, value: &Value) -> Value {
        self.complete_struct(&self.definition["fields"], value)
    }

    /// A value with the fields of this version.
    pub(crate) fn random(&self, random: &mut Random) -> Value {
        self.random_struct(&self.definition["fields"], random)
    }

    fn encode_struct(&self, fields: &Value, value: &Value, out: &mut Vec<u8>) {
        let mut tagged = BTreeMap::new();
        for field in fields.as_array().unwrap() {
            if !self.present(field) {
                continue;
            }
            let value = &value[name(field)];
            let Some(tag) = field["tag"].as_u64() else {
                let flexible = self.flexible && field["flexibleVersions"] != "none";
                self.encode_value(field, kind(field), flexible, value, out);
                continue;
            };
            if *value != self.default(field) {
                let mut bytes = Vec::new();
                match (value, kind(field).starts_with(char::is_uppercase)) {
                    (Value::Null, true) => bytes.push(0),
                    _ => self.encode_value(field, kind(field), true, value, &mut bytes),
                }
                tagged.insert(tag, bytes);
            }
        }
        for unknown in value["unknownTags"].as_array().into_iter().flatten() {
            tagged.insert(
                unknown["tag"].as_u64().unwrap(),
                bytes_of(&unknown["value"]),
            );
        }
        if self.flexible {
            varint(tagged.len() as u64, out);
            for (tag, bytes) in tagged {
                varint(tag, out);
                varint(bytes.len() as u64, out);
                out.extend(bytes);
            }
        }
    }

    fn encode_value(
        &self,
        field: &Value,
        kind: &str,
        flexible: bool,
        value: &Value,
        out: &mut Vec<u8>,
    ) {
        if let Some(element) = kind.strip_prefix("[]") {
            length(value.as_array().map(Vec::len), flexible, 4, out);
            for value in value.as_array().into_iter().flatten() {
                self.encode_value(field, element, flexible, value, out);
            }
            return;
        }
        match kind {
            "bool" => out.push(u8::from(value.as_bool().unwrap())),
            "float64" => out.extend(value.as_f64().unwrap().to_be_bytes()),
            "uuid" => out.extend(
                BASE64_URL_SAFE_NO_PAD
                    .decode(value.as_str().unwrap())
                    .unwrap(),
            ),
            "string" => {
                length(value.as_str().map(str::len), flexible, 2, out);
                out.extend(value.as_str().unwrap_or_default().as_bytes());
            }
            "bytes" | "records" => {
                let bytes = value.as_str().map(|_| bytes_of(value));
                length(bytes.as_ref().map(Vec::len), flexible, 4, out);
                out.extend(bytes.unwrap_or_default());
            }
            _ if kind.starts_with(char::is_uppercase) => {
                // An element of an array has no marker, however nullable the array is.
                if self.nullable(field) && !field["type"].as_str().unwrap().starts_with("[]") {
                    out.push(if value.is_null() { 0xff } else { 1 });
                }
                if !value.is_null() {
                    self.encode_struct(self.fields(field, kind), value, out);
                }
            }
            _ => {
                let width = width(kind);
                out.extend(&value.as_i64().unwrap().to_be_bytes()[8 - width..]);
            }
        }
    }

    fn complete_struct(&self, fields: &Value, value: &Value) -> Value {
        let mut out = value.as_object().unwrap().clone();
        for field in fields.as_array().unwrap() {
            let value = match out.get(name(field).as_str()) {
                Some(value) => self.complete_value(field, kind(field), value),
                None => self.default(field),
            };
            out.insert(name(field), value);
        }
        Value::Object(out)
    }

    fn complete_value(&self, field: &Value, kind: &str, value: &Value) -> Value {
        match (kind.strip_prefix("[]"), value) {
            (_, Value::Null) => Value::Null,
            (Some(element), value) => value
                .as_array()
                .unwrap()
                .iter()
                .map(|value| self.complete_value(field, element, value))
                .collect(),
            (None, value) if kind.starts_with(char::is_uppercase) => {
                self.complete_struct(self.fields(field, kind), value)
            }
            (None, value) if kind == "float64" => json!(value.as_f64().unwrap()),
            (None, value) => value.clone(),
        }
    }

    fn default(&self, field: &Value) -> Value {
        let text = match &field["default"] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match kind(field) {
            "records" if !field["nullableVersions"].is_null() => Value::Null,
            _ if text == "null" => Value::Null,
            "bool" => json!(text == "true"),
            "float64" => json!(0.0),
            "uuid" => json!("A".repeat(22)),
            "string" | "bytes" | "records" => json!(text),
            kind if kind.starts_with("[]") => json!([]),
            kind if kind.starts_with(char::is_uppercase) => {
                self.complete_struct(self.fields(field, kind), &Value::Object(Map::new()))
            }
            _ => match text.strip_prefix("0x") {
                Some(digits) => json!(i64::from_str_radix(digits, 16).unwrap()),
                None => json!(text.parse::<i64>().unwrap_or(0)),
            },
        }
    }

    fn random_struct(&self, fields: &Value, random: &mut Random) -> Value {
        let mut out = Map::new();
        for field in fields
            .as_array()
            .unwrap()
            .iter()
            .filter(|field| self.present(field))
        {
            let value = match random.below(4) {
                0 if self.nullable(field) => Value::Null,
                1 if field["tag"].is_u64() => continue,
                _ => self.random_value(field, kind(field), random),
            };
            out.insert(name(field), value);
        }
        if self.flexible && random.below(4) == 0 {
            let tags = (0..random.below(3))
                .map(|at| json!({"tag": 60 + 70 * at, "value": random.base64()}));
            let tags: Vec<Value> = tags.collect();
            if !tags.is_empty() {
                out.insert("unknownTags".into(), Value::Array(tags));
            }
        }
        self.complete_struct(fields, &Value::Object(out))
    }

    fn random_value(&self, field: &Value, kind: &str, random: &mut Random) -> Value {
        if let Some(element) = kind.strip_prefix("[]") {
            return (0..random.below(4))
                .map(|_| self.random_value(field, element, random))
                .collect();
        }
        match kind {
            "bool" => json!(random.below(2) == 1),
            "float64" => json!(random.next() as i32 as f64 / 8.0),
            "uuid" => {
                json!(BASE64_URL_SAFE_NO_PAD.encode([random.next().to_be_bytes(); 2].concat()))
            }
            "string" => json!(
                ["", "a", "topic-1", "日本語", "\0\"\\", &"x".repeat(130)]
                    [random.below(6) as usize]
            ),
            "bytes" | "records" => json!(random.base64()),
            _ if kind.starts_with(char::is_uppercase) => {
                self.random_struct(self.fields(field, kind), random)
            }
            "uint16" => json!(random.next() as u16),
            _ => {
                let number = random.next() as i64 >> (random.below(8) * 8);
                json!(number << (64 - 8 * width(kind)) >> (64 - 8 * width(kind)))
            }
        }
    }

    fn present(&self, field: &Value) -> bool {
        let versions = if field["versions"].is_null() {
            &field["taggedVersions"]
        } else {
            &field["versions"]
        };
        range(versions).contains(&self.version)
    }

    fn nullable(&self, field: &Value) -> bool {
        !field["nullableVersions"].is_null()
            && range(&field["nullableVersions"]).contains(&self.version)
    }

    fn fields(&self, field: &'a Value, kind: &str) -> &'a Value {
        if !field["fields"].is_null() {
            return &field["fields"];
        }
        let common = self.definition["commonStructs"]
            .as_array()
            .into_iter()
            .flatten();
        &common
            .into_iter()
            .find(|of| of["name"] == kind)
            .unwrap_or_else(|| panic!("no struct {kind}"))["fields"]
    }
}

/// Numbers that look random and are the same for the same seed.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb) ^ mixed >> 31
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn base64(&mut self) -> String {
        let length = [0, 1, 20, 126, 127, 128, 300][self.below(7) as usize];
        BASE64_STANDARD.encode((0..length).map(|_| self.next() as u8).collect::<Vec<u8>>())
    }
}

/// `0+`, `1-3`, `2` or `none`.
pub(crate) fn range(text: &Value) -> RangeInclusive<i16> {
    let text = text.as_str().unwrap();
    match (text.strip_suffix('+'), text.split_once('-')) {
        _ if text == "none" => RangeInclusive::new(1, 0),
        (Some(first), _) => first.parse().unwrap()..=i16::MAX,
        (_, Some((first, last))) => first.parse().unwrap()..=last.parse().unwrap(),
        _ => text.parse().unwrap()..=text.parse().unwrap(),
    }
}

fn name(field: &Value) -> String {
    let name = field["name"].as_str().unwrap();
    name[..1].to_lowercase() + &name[1..]
}

fn kind(field: &Value) -> &str {
    field["type"].as_str().unwrap()
}

fn width(kind: &str) -> usize {
    match kind {
        "int8" => 1,
        "int16" | "uint16" => 2,
        "int32" => 4,
        "int64" => 8,
        other => panic!("no type {other}"),
    }
}

fn bytes_of(value: &Value) -> Vec<u8> {
    BASE64_STANDARD.decode(value.as_str().unwrap()).unwrap()
}

fn length(length: Option<usize>, flexible: bool, width: usize, out: &mut Vec<u8>) {
    match length {
        Some(length) if flexible => varint(length as u64 + 1, out),
        None if flexible => out.push(0),
        length => out.extend(&length.map_or(-1, |length| length as i64).to_be_bytes()[8 - width..]),
    }
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value > 127 {
        out.push(value as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
}
