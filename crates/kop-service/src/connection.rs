//! Who is at the other end.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use kop_codec::ByteString;

use crate::AnswerMemory;

/// One client connection.
#[derive(Debug)]
pub struct Connection {
    /// Unique within the process.
    pub id: u64,
    /// The client's address.
    pub peer: SocketAddr,
    /// The listener it came in by. Metadata answers name this listener's advertised address.
    pub listener: Arc<ListenerInfo>,
    principal: OnceLock<Principal>,
    software: OnceLock<ClientSoftware>,
    answer_memory: Option<Arc<dyn AnswerMemory>>,
}

/// A listener and the address that clients are told to use for it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ListenerInfo {
    /// Its name, such as `PLAINTEXT` or `EXTERNAL`.
    pub name: ByteString,
    /// Advertised host name or address (an IPv6 address without brackets).
    pub host: ByteString,
    /// Advertised port.
    pub port: u16,
}

/// The authenticated user, `type:name` in Kafka's spelling.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Principal {
    /// `User`, for every mechanism that Kafka has.
    pub kind: ByteString,
    /// The user's name.
    pub name: ByteString,
}

/// What a client says about itself in ApiVersions (KIP-511).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClientSoftware {
    /// For instance `apache-kafka-java` or `librdkafka`.
    pub name: ByteString,
    /// Its version.
    pub version: ByteString,
}

impl Connection {
    /// A connection that has not authenticated.
    pub fn new(id: u64, peer: SocketAddr, listener: Arc<ListenerInfo>) -> Self {
        Self {
            id,
            peer,
            listener,
            principal: OnceLock::new(),
            software: OnceLock::new(),
            answer_memory: None,
        }
    }

    /// A connection of a listener without authentication: its principal is `User:ANONYMOUS`.
    pub fn anonymous(id: u64, peer: SocketAddr, listener: Arc<ListenerInfo>) -> Self {
        let connection = Self::new(id, peer, listener);
        connection.authenticate(Principal {
            kind: ByteString::from_static("User"),
            name: ByteString::from_static("ANONYMOUS"),
        });
        connection
    }

    /// The same, whose answers take memory of this.
    #[must_use]
    pub fn with_answer_memory(self, memory: Arc<dyn AnswerMemory>) -> Self {
        Self {
            answer_memory: Some(memory),
            ..self
        }
    }

    /// The memory that its answers may take; `None` for any amount.
    pub fn answer_memory(&self) -> Option<&dyn AnswerMemory> {
        self.answer_memory.as_deref()
    }

    /// The user, `None` before authentication.
    pub fn principal(&self) -> Option<&Principal> {
        self.principal.get()
    }

    /// Sets the user. The first one stays; returns whether this was it.
    pub fn authenticate(&self, principal: Principal) -> bool {
        self.principal.set(principal).is_ok()
    }

    /// The client's software, `None` before it said so. Clients older than Kafka 2.4 never do.
    pub fn software(&self) -> Option<&ClientSoftware> {
        self.software.get()
    }

    pub(crate) fn set_software(&self, software: ClientSoftware) {
        // A client may ask for the versions again; what it said first stays.
        let _ = self.software.set(software);
    }
}
