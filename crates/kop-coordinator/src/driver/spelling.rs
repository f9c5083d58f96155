//! Several spellings of a topic's name: groups are kept under the canonical one, clients get back what they wrote.

use std::borrow::Cow;

use kop_codec::ByteString;
use kop_log::LogCatalog;

/// What a client wrote in place of canonical names. Empty for nearly all requests.
#[derive(Debug, Default)]
pub(super) struct Spelling {
    written: Vec<(ByteString, ByteString)>,
}

impl Spelling {
    /// Makes a name canonical.
    pub(super) fn canonical(&mut self, catalog: &dyn LogCatalog, name: &mut ByteString) {
        if let Cow::Owned(canonical) = catalog.canonical_name(name) {
            let canonical = ByteString::from(canonical);
            let written = std::mem::replace(name, canonical.clone());
            self.written.push((canonical, written));
        }
    }

    /// Makes a name what the client wrote; one that was written in two ways gets them in turn.
    pub(super) fn restore(&mut self, name: &mut ByteString) {
        let found = self
            .written
            .iter()
            .position(|(canonical, _)| canonical == name);
        if let Some(found) = found {
            *name = self.written.remove(found).1;
        }
    }
}
