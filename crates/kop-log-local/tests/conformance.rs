//! The properties that every log has, of the one on disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use kop_log::{BoxFuture, LogCatalog};
use kop_log_conformance::Backend;
use kop_log_local::LocalCatalog;
use tempfile::TempDir;

struct Disk {
    root: TempDir,
}

impl Disk {
    fn new() -> Self {
        Self {
            root: tempfile::tempdir().expect("a temporary directory"),
        }
    }
}

impl Backend for Disk {
    fn open(&self) -> BoxFuture<'_, Arc<dyn LogCatalog>> {
        Box::pin(async {
            let opened = LocalCatalog::open(self.root.path(), BTreeMap::new()).await;
            Arc::new(opened.expect("the directory is opened")) as Arc<dyn LogCatalog>
        })
    }
}

kop_log_conformance::conformance_tests!(Disk::new());
