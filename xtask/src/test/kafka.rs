//! An Apache Kafka beside the server, for a program that moves records from one to the other.

use crate::peers::kafka::{Node, Options, VERSION};
use crate::peers::process::say;

/// Where it listens: not where one that a developer has started would.
const PORT: u16 = 17092;

/// It is stopped, and its data deleted, when this is dropped.
pub(super) struct Running(Node);

impl Running {
    pub(super) fn start() -> anyhow::Result<Self> {
        let node = Node::new(VERSION, PORT);
        // What an earlier run may have left.
        node.stop()?;
        node.clean()?;
        node.start(&Options {
            heap: "512m".to_owned(),
            settings: Vec::new(),
        })?;
        Ok(Self(node))
    }

    /// Says to the tests where it is.
    pub(super) fn env(&self) -> (&'static str, String) {
        ("KOP_TEST_KAFKA", self.0.bootstrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Err(error) = self.0.stop().and_then(|()| self.0.clean()) {
            say(format!("kafka does not stop: {error:#}"));
        }
    }
}
