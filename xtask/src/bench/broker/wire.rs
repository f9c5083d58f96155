//! Requests without a client library: the first answer of a server, and connections that do nothing.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, ensure};
use kop_codec::messages::ApiVersionsRequest;
use kop_codec::{encode_request, header};

const LIMIT: Duration = Duration::from_secs(10);

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
    let request = ApiVersionsRequest {
        client_software_name: "kop-bench".into(),
        client_software_version: "1".into(),
        ..Default::default()
    };
    let header = header::request_header(1, Some("bench".into()));
    stream.write_all(&encode_request(&header, 3, &request)?.to_bytes()?)?;
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = u64::from(u32::from_be_bytes(length));
    let mut answer = Vec::new();
    (&mut stream).take(length).read_to_end(&mut answer)?;
    ensure!(answer.len() as u64 == length, "the connection was closed");
    Ok(stream)
}
