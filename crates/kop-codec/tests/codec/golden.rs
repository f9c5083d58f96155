//! Bytes that Apache Kafka wrote, decoded to what Kafka says is in them and encoded to the same bytes.

use std::{collections::BTreeMap, collections::BTreeSet, io::Read, path::Path};

use crate::schema::Schema;
use flate2::read::GzDecoder;
use kop_codec::{Bytes, Message, header};
use serde_json::Value;

type Codec = fn(&Bytes, i16) -> (Bytes, usize, Value);

fn codec<M: Message + serde::Serialize>(bytes: &Bytes, version: i16) -> (Bytes, usize, Value) {
    let message = M::from_bytes(bytes, version).unwrap();
    let size = message.encoded_len(version).unwrap();
    (
        message.to_bytes(version).unwrap(),
        size,
        serde_json::to_value(&message).unwrap(),
    )
}

fn codecs() -> BTreeMap<&'static str, (RangeVersions, Codec)> {
    macro_rules! table {
        ($($message:ty,)*) => {
            BTreeMap::from([$((
                <$message as Message>::NAME,
                ((<$message>::MIN_VERSION, <$message>::MAX_VERSION), codec::<$message> as Codec),
            )),*])
        };
    }
    kop_codec::for_each_message!(table)
}

type RangeVersions = (i16, i16);

fn lines(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(name);
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(path).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn number(line: &Value, name: &str) -> i16 {
    line[name].as_i64().unwrap().try_into().unwrap()
}

/// Our JSON without unknown tags, and these by their path.
fn take_unknown(json: &mut Value, path: &str, found: &mut Vec<Value>) {
    match json {
        Value::Array(elements) => {
            elements
                .iter_mut()
                .enumerate()
                .for_each(|(at, value)| take_unknown(value, &format!("{path}/{at}"), found));
        }
        Value::Object(fields) => {
            for tag in fields
                .remove("unknownTags")
                .as_ref()
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                use base64::{Engine, prelude::BASE64_STANDARD};
                let bytes = BASE64_STANDARD
                    .decode(tag["value"].as_str().unwrap())
                    .unwrap();
                found.push(
                    serde_json::json!({"path": path, "tag": tag["tag"], "hex": hex::encode(bytes)}),
                );
            }
            fields
                .iter_mut()
                .for_each(|(name, value)| take_unknown(value, &format!("{path}/{name}"), found));
        }
        _ => {}
    }
}

fn check(line: &Value, prefix: usize, codec: Codec, definition: &Value) {
    let version = number(line, "version");
    let bytes = Bytes::from(hex::decode(line["hex"].as_str().unwrap()).unwrap()).slice(prefix..);
    let (again, size, mut json) = codec(&bytes, version);
    assert_eq!(again, bytes, "{line}");
    assert_eq!(size, bytes.len(), "{line}");
    let mut unknown = Vec::new();
    take_unknown(&mut json, "", &mut unknown);
    let sorted = |tags: &[Value]| tags.iter().map(Value::to_string).collect::<BTreeSet<_>>();
    assert_eq!(
        unknown.len(),
        line["unknownTags"].as_array().map_or(0, Vec::len),
        "{line}"
    );
    for tag in &unknown {
        assert!(
            line["unknownTags"].as_array().unwrap().contains(tag),
            "{tag} in {line}: {:?}",
            sorted(&unknown)
        );
    }
    let schema = Schema::new(definition, version);
    assert_eq!(json, schema.complete(&line["json"]), "{line}");
    if unknown.is_empty() {
        assert_eq!(
            schema.encode(&schema.complete(&line["json"])),
            bytes,
            "the interpreter, {line}"
        );
    }
}

#[test]
fn messages_are_kafkas() {
    let (codecs, definitions) = (codecs(), crate::schema::definitions());
    let (mut checked, mut foreign) = (0, BTreeSet::new());
    for line in lines("messages.jsonl.gz") {
        let (name, version) = (line["message"].as_str().unwrap(), number(&line, "version"));
        let ((min, max), codec) = codecs[name];
        if !(min..=max).contains(&version) {
            foreign.insert(format!("{name} {version}"));
            continue;
        }
        check(&line, 0, codec, &definitions[name]);
        checked += 1;
        if let Some(key) = line["apiKey"].as_i64() {
            let key = kop_codec::ApiKey(key.try_into().unwrap());
            let header = match name.ends_with("Request") {
                true => header::request_header_version(key, version),
                false => header::response_header_version(key, version),
            };
            assert_eq!(
                header,
                Some(number(&line, "headerVersion")),
                "{name} {version}"
            );
        }
    }
    // The early-access form of share groups in 3.9, which no definition describes.
    let early = [
        "ShareAcknowledge",
        "ShareFetch",
        "ShareGroupDescribe",
        "ShareGroupHeartbeat",
    ];
    let early = early
        .iter()
        .flat_map(|name| [format!("{name}Request 0"), format!("{name}Response 0")]);
    assert_eq!(foreign, early.collect());
    assert_eq!(checked, 2987);
}

#[test]
fn records_of_internal_topics_are_kafkas() {
    let (codecs, definitions) = (codecs(), crate::schema::definitions());
    let lines = lines("records.jsonl.gz");
    assert_eq!(lines.len(), 354);
    for line in lines {
        let name = line["message"].as_str().unwrap();
        let bytes = Bytes::from(hex::decode(line["hex"].as_str().unwrap()).unwrap());
        assert_eq!(
            kop_codec::internal::record_type(&bytes),
            Ok(number(&line, "prefix")),
            "{line}"
        );
        check(&line, 2, codecs[name].1, &definitions[name]);
    }
}
