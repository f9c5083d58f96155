//! Asks a Kafka broker which APIs it serves, with `kop-codec` and a socket of the standard library.

use std::io::{Read, Write, stdout};
use std::net::TcpStream;

use anyhow::Context;
use bytes::Bytes;
use kop_codec::header::{decode_response_header, request_header};
use kop_codec::messages::{ApiVersionsRequest, ApiVersionsResponse};
use kop_codec::{ApiKey, Message, Reader, encode_request};

/// Since this version every client says what it is.
const VERSION: i16 = 3;

fn main() -> anyhow::Result<()> {
    let broker = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:9092".to_owned());
    let mut socket =
        TcpStream::connect(&broker).with_context(|| format!("cannot connect to {broker}"))?;

    let request = ApiVersionsRequest {
        client_software_name: "kop-examples".into(),
        client_software_version: env!("CARGO_PKG_VERSION").into(),
        ..ApiVersionsRequest::default()
    };
    let header = request_header(1, Some("versions".into()));
    let frame = encode_request(&header, VERSION, &request)?;
    socket.write_all(&frame.to_bytes()?)?;

    let answer = read_frame(&mut socket)?;
    let mut reader = Reader::new(&answer);
    decode_response_header(&mut reader, ApiKey::API_VERSIONS, VERSION)?;
    let response = ApiVersionsResponse::decode(&mut reader, VERSION)?;

    let mut out = stdout().lock();
    for api in &response.api_keys {
        let name = ApiKey(api.api_key).name().unwrap_or("?");
        writeln!(
            out,
            "{:3}  {name}  {} to {}",
            api.api_key, api.min_version, api.max_version
        )?;
    }
    Ok(())
}

/// Reads four bytes of length and then as many bytes as they say.
fn read_frame(socket: &mut TcpStream) -> anyhow::Result<Bytes> {
    let mut length = [0; 4];
    socket.read_exact(&mut length)?;
    let mut frame = Vec::new();
    socket
        .take(u32::from_be_bytes(length).into())
        .read_to_end(&mut frame)?;
    Ok(frame.into())
}
