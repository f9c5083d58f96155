//! Random messages through an interpreter of the definitions, and damaged ones through everything.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::schema::{Random, Schema};
use kop_codec::{Bytes, Message};
use proptest::prelude::*;
use serde_json::Value;

static DEFINITIONS: LazyLock<BTreeMap<String, Value>> = LazyLock::new(crate::schema::definitions);

fn agrees_with_interpreter<M: Message + serde::Serialize>(seed: u64) {
    let mut random = Random(seed);
    for version in M::MIN_VERSION..=M::MAX_VERSION {
        let schema = Schema::new(&DEFINITIONS[M::NAME], version);
        let value = schema.random(&mut random);
        let bytes = Bytes::from(schema.encode(&value));
        let message = M::from_bytes(&bytes, version)
            .unwrap_or_else(|error| panic!("{error}: {} {value}", M::NAME));
        assert_eq!(
            serde_json::to_value(&message).unwrap(),
            value,
            "{} version {version}",
            M::NAME
        );
        assert_eq!(
            message.encoded_len(version),
            Ok(bytes.len()),
            "{} version {version}",
            M::NAME
        );
        assert_eq!(
            message.to_bytes(version).unwrap(),
            bytes,
            "{} version {version}",
            M::NAME
        );
    }
}

/// Cut at any place it is refused; with any byte changed it is refused or read, and never panics.
fn survives_damage<M: Message>(seed: u64) {
    let mut random = Random(seed);
    let versions = (M::MAX_VERSION - M::MIN_VERSION + 1) as u64;
    let version = M::MIN_VERSION + random.below(versions) as i16;
    let schema = Schema::new(&DEFINITIONS[M::NAME], version);
    let bytes = schema.encode(&schema.random(&mut random));
    if bytes.is_empty() {
        return;
    }
    let cut = Bytes::copy_from_slice(&bytes[..random.below(bytes.len() as u64) as usize]);
    assert!(
        M::from_bytes(&cut, version).is_err(),
        "{} version {version} cut to {}",
        M::NAME,
        cut.len()
    );
    let mut changed = bytes;
    for _ in 0..=random.below(3) {
        let at = random.below(changed.len() as u64) as usize;
        changed[at] = [0, 1, 0x7f, 0x80, 0xff, random.next() as u8][random.below(6) as usize];
    }
    if let Ok(message) = M::from_bytes(&Bytes::from(changed), version) {
        message
            .to_bytes(version)
            .expect("what was read can be written");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_message_agrees_with_an_interpreter_of_its_definition(seed: u64) {
        macro_rules! all {
            ($($message:ty,)*) => { $(agrees_with_interpreter::<$message>(seed);)* };
        }
        kop_codec::for_each_message!(all);
    }

    #[test]
    fn every_message_survives_damage(seed: u64) {
        macro_rules! all {
            ($($message:ty,)*) => { $(for extra in 0..8 { survives_damage::<$message>(seed ^ extra); })* };
        }
        kop_codec::for_each_message!(all);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_read(data in prop::collection::vec(any::<u8>(), 0..300)) {
        kop_codec::fuzz::decode_any(&data);
        kop_codec::fuzz::frame(&data);
    }
}
