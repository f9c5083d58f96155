//! Small values in memory.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::ready;
use parking_lot::RwLock;

use crate::{BoxFuture, LogError, MetadataStore, with_prefix};

#[derive(Debug, Default)]
pub(super) struct MemoryMetadata {
    values: RwLock<BTreeMap<String, Bytes>>,
}

impl MetadataStore for MemoryMetadata {
    fn get(&self, key: &str) -> Option<Bytes> {
        self.values.read().get(key).cloned()
    }

    fn scan(&self, prefix: &str) -> Vec<(String, Bytes)> {
        let values = self.values.read();
        with_prefix(&values, prefix)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    fn put(&self, key: &str, value: Option<Bytes>) -> BoxFuture<'static, Result<(), LogError>> {
        let mut values = self.values.write();
        match value {
            Some(value) => values.insert(key.to_owned(), value),
            None => values.remove(key),
        };
        ready(Ok(())).boxed()
    }
}
