//! Requests without a client library: the first answer of a server, and connections that do nothing.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, ensure};

const LIMIT: Duration = Duration::from_secs(10);
/// A whole frame: ApiVersions version 0 (key 18), correlation id 1, client id "bench". As bytes, so that the tasks do
/// not need the codec to be compiled: generating it is one of them.
const API_VERSIONS: &[u8] = b"\0\0\0\x0f\0\x12\0\0\0\0\0\x01\0\x05bench";

/// Whether a server answers ApiVersions at this address.
pub(super) fn answers(address: &str) -> bool {
    connect(address).is_ok()
}

/// Opens so many connections, each of which has had an answer.
pub(super) fn connections(address: &str, count: usize) -> anyhow::Result<Vec<TcpStream>> {
    (0..count)
        .map(|number| connect(address).with_context(|| format!("connection {number}")))
        .collect()
}

fn connect(address: &str) -> anyhow::Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.write_all(API_VERSIONS)?;
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = u64::from(u32::from_be_bytes(length));
    let mut answer = Vec::new();
    (&mut stream).take(length).read_to_end(&mut answer)?;
    ensure!(answer.len() as u64 == length, "the connection was closed");
    Ok(stream)
}
