//! The logs in memory run the suite.

use std::sync::Arc;

use kop_log::{BoxFuture, LogCatalog, MemoryCatalog};
use kop_log_conformance::{Backend, conformance_tests};

#[derive(Default)]
struct Memory(MemoryCatalog);

impl Backend for Memory {
    fn open(&self) -> BoxFuture<'_, Arc<dyn LogCatalog>> {
        let catalog = self.0.clone();
        Box::pin(async move { Arc::new(catalog) as Arc<dyn LogCatalog> })
    }
}

conformance_tests!(Memory::default());
