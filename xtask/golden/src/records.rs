//! `records.jsonl.gz`: one key or value of a record in an internal topic.

use anyhow::ensure;
use kop_codec::{Bytes, Message, internal::InternalRecord};
use serde_json::Value;

use super::{
    Lines, Outcome, int16,
    messages::{Messages, name},
    text,
};

const PREFIX: usize = size_of::<i16>();

pub(super) fn check(lines: Lines<'_>) -> anyhow::Result<Option<Outcome>> {
    let messages = Messages::new()?;
    let mut outcome = Outcome::default();
    for line in lines {
        let line = line?;
        let result = check_prefix(&line).and_then(|()| messages.check_line(&line, PREFIX));
        outcome.note(|| name(&line), result);
    }
    Ok(Some(outcome))
}

/// The prefix is the record's type in front of a key, and the version in front of a value.
fn check_prefix(line: &Value) -> anyhow::Result<()> {
    let bytes = Bytes::from(hex::decode(text(line, "hex")?)?);
    let prefix = kop_codec::internal::record_type(&bytes)?;
    ensure!(prefix == int16(line, "prefix")?, "its prefix is {prefix}");
    let is_key = text(line, "kind")? == "key";
    let wanted = int16(line, if is_key { "recordTypeId" } else { "version" })?;
    ensure!(prefix == wanted, "its prefix is {prefix}, not {wanted}");
    let known = record_type(text(line, "message")?);
    ensure!(
        known == Some(int16(line, "recordTypeId")?),
        "its record type is {known:?}"
    );
    Ok(())
}

fn record_type(message: &str) -> Option<i16> {
    macro_rules! find {
        ($($record:ty,)*) => {
            [$((<$record as Message>::NAME, <$record as InternalRecord>::RECORD_TYPE)),*]
        };
    }
    kop_codec::for_each_internal_record!(find)
        .iter()
        .find(|(name, _)| *name == message)
        .map(|(_, id)| *id)
}
