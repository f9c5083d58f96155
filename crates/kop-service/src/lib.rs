#![doc = include_str!("../README.md")]

mod alterations;
mod answer_memory;
mod api;
mod authorized;
mod blocking;
mod broker;
mod call;
mod clock;
mod config_entries;
mod config_resource;
mod connection;
pub mod errors;
mod fetch_session;
mod groups;
pub mod handlers;
pub mod layers;
pub mod metrics;
mod occurrences;
mod refusal;
mod service;
pub mod settings;
mod start;
mod table;
mod transactions;

pub use answer_memory::AnswerMemory;
pub use api::{Api, ApiInfo, ErrorTally, Handler, HandlerService, Order, TypedApi};
pub use authorized::AuthorizedOperations;
pub use broker::{Broker, BrokerParts};
pub use call::{Call, Context, Fault, RawRequest, Reply};
pub use clock::{Clock, SystemClock};
pub use connection::{ClientSoftware, Connection, ListenerInfo, Principal};
pub use service::KafkaService;
pub use start::{StartGate, StartToken};
pub use table::{api_table, api_table_markdown, standard_apis};
