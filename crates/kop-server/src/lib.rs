#![doc = include_str!("../README.md")]

mod accept;
mod budget;
pub mod cli;
mod compose;
mod connection;
mod environment;
mod http;
mod listeners;
mod maintenance;
mod properties;
mod pulsar;
mod server;
mod share;
mod signals;
mod stopping;
mod traffic;

pub use kop_service::settings;
pub use listeners::ListenerError;
pub use server::{Builder, RunningServer, Server, StartError};
