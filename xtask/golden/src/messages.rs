//! `messages.jsonl.gz`: one message at one version.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, ensure};
use kop_codec::{Bytes, Message, header};
use serde::Serialize;
use serde_json::Value;

use super::{Lines, Outcome, compare, int16, text};
use crate::codegen::{model::Model, schema};

/// What the codec makes of bytes.
pub(super) struct Decoded {
    json: Value,
    again: Bytes,
    size: usize,
}

/// Decodes a whole message and encodes it again.
pub(super) type Codec = fn(&Bytes, i16) -> anyhow::Result<Decoded>;

/// Every message by name.
pub(super) struct Messages {
    codecs: BTreeMap<&'static str, Codec>,
    models: BTreeMap<String, Model>,
}

pub(super) fn check(lines: Lines<'_>) -> anyhow::Result<Option<Outcome>> {
    let messages = Messages::new()?;
    let mut outcome = Outcome::default();
    for line in lines {
        let line = line?;
        if let Some(what) = messages.foreign(&line)? {
            outcome.skip(what);
            continue;
        }
        let result = messages
            .check_line(&line, 0)
            .and_then(|()| check_header(&line));
        outcome.note(|| name(&line), result);
    }
    Ok(Some(outcome))
}

/// What tells a line apart from others.
pub(super) fn name(line: &Value) -> String {
    format!(
        "{} version {} seed {}",
        line["message"], line["version"], line["seed"]
    )
}

impl Messages {
    pub(super) fn new() -> anyhow::Result<Self> {
        macro_rules! table {
            ($($message:ty,)*) => {
                BTreeMap::from([$((<$message as Message>::NAME, decode::<$message> as Codec)),*])
            };
        }
        let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/kop-codec/schema");
        let mut models = BTreeMap::new();
        for source in schema::read_all(&schema)? {
            models.insert(
                source.definition.name.clone(),
                Model::new(&source.definition)?,
            );
        }
        Ok(Self {
            codecs: kop_codec::for_each_message!(table),
            models,
        })
    }

    /// Why a line is not for us: only releases before 4 wrote this message, or this version of it.
    fn foreign(&self, line: &Value) -> anyhow::Result<Option<String>> {
        let (message, version) = (text(line, "message")?, int16(line, "version")?);
        let spoken = self.models.get(message).map(|model| model.valid);
        let old = text(line, "kafka")?.starts_with("3.");
        Ok((old && spoken.is_none_or(|valid| version < valid.first))
            .then(|| format!("kop-codec does not speak {message} version {version}")))
    }

    /// Checks a line whose bytes have so many bytes of prefix.
    pub(super) fn check_line(&self, line: &Value, prefix: usize) -> anyhow::Result<()> {
        let (message, version) = (text(line, "message")?, int16(line, "version")?);
        let codec = self.codecs.get(message).context("no such message")?;
        let model = self.models.get(message).context("no such definition")?;
        let bytes = Bytes::from(hex::decode(text(line, "hex")?)?);
        ensure!(bytes.len() >= prefix, "shorter than its prefix");
        let bytes = bytes.slice(prefix..);
        let mut decoded = codec(&bytes, version)?;
        ensure!(
            decoded.again == bytes,
            "encoded again it is {}",
            hex::encode(&decoded.again)
        );
        ensure!(
            decoded.size == bytes.len(),
            "its size is said to be {}",
            decoded.size
        );
        let tags = compare::take_unknown_tags(&mut decoded.json);
        let wanted = compare::wanted_unknown_tags(&line["unknownTags"])?;
        ensure!(tags == wanted, "the unknown tags are {tags:?}");
        compare::message(model, &decoded.json, &line["json"], version)
    }
}

fn decode<M: Message + Serialize>(bytes: &Bytes, version: i16) -> anyhow::Result<Decoded> {
    let message = M::from_bytes(bytes, version)?;
    let again = message.to_bytes(version)?;
    Ok(Decoded {
        json: serde_json::to_value(&message)?,
        again,
        size: message.encoded_len(version)?,
    })
}

fn check_header(line: &Value) -> anyhow::Result<()> {
    if line["apiKey"].is_null() {
        return Ok(());
    }
    let (key, version) = (
        kop_codec::ApiKey(int16(line, "apiKey")?),
        int16(line, "version")?,
    );
    let found = if text(line, "message")?.ends_with("Request") {
        header::request_header_version(key, version)
    } else {
        header::response_header_version(key, version)
    };
    ensure!(
        found == Some(int16(line, "headerVersion")?),
        "its header is of version {found:?}"
    );
    Ok(())
}
