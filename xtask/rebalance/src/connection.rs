//! A connection that sends one request at a time.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, ensure};
use bytes::Bytes;
use kop_codec::header::{decode_response_header, request_header};
use kop_codec::{ErrorCode, Message, Reader, Request, encode_request};

const PATIENCE: Duration = Duration::from_secs(60);
const AGAIN_AFTER: Duration = Duration::from_millis(20);
const LARGEST_ANSWER: u64 = 64 << 20;

/// A connection to the server.
pub(crate) struct Connection {
    stream: TcpStream,
    correlation_id: i32,
}

impl Connection {
    /// Connects.
    pub(crate) fn open(bootstrap: &str) -> anyhow::Result<Self> {
        let stream =
            TcpStream::connect(bootstrap).with_context(|| format!("connect to {bootstrap}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream,
            correlation_id: 0,
        })
    }

    /// Sends a request and waits for its answer.
    pub(crate) fn call<R: Request>(
        &mut self,
        version: i16,
        request: &R,
    ) -> anyhow::Result<R::Response> {
        self.correlation_id += 1;
        let header = request_header(self.correlation_id, Some("rebalance".into()));
        let frame = encode_request(&header, version, request)?.to_bytes()?;
        self.stream.write_all(&frame)?;
        let frame = self
            .frame()
            .with_context(|| format!("no answer to {}", R::NAME))?;
        let mut reader = Reader::new(&frame);
        decode_response_header(&mut reader, R::KEY, version)?;
        Ok(R::Response::decode(&mut reader, version)?)
    }

    /// The same, again for as long as the coordinator is on its way.
    pub(crate) fn call_coordinator<R: Request>(
        &mut self,
        version: i16,
        request: &R,
        error: impl Fn(&R::Response) -> ErrorCode,
    ) -> anyhow::Result<R::Response> {
        loop {
            let response = self.call(version, request)?;
            match error(&response) {
                ErrorCode::NOT_COORDINATOR
                | ErrorCode::COORDINATOR_NOT_AVAILABLE
                | ErrorCode::COORDINATOR_LOAD_IN_PROGRESS => pause(),
                _ => return Ok(response),
            }
        }
    }

    fn frame(&mut self) -> anyhow::Result<Bytes> {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length)?;
        let length = u64::from(u32::from_be_bytes(length));
        ensure!(length <= LARGEST_ANSWER, "an answer of {length} bytes");
        let mut frame = Vec::new();
        (&mut self.stream).take(length).read_to_end(&mut frame)?;
        ensure!(frame.len() as u64 == length, "the connection was closed");
        Ok(frame.into())
    }
}

/// Between two tries.
#[expect(
    clippy::disallowed_methods,
    reason = "a member's own thread, which has nothing else to do"
)]
fn pause() {
    std::thread::sleep(AGAIN_AFTER);
}
