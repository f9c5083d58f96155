//! A connection that speaks the protocol message by message, or byte by byte.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use kop_codec::header::{decode_response_header, request_header};
use kop_codec::{Bytes, Message, Reader, Request, encode_request};

const PATIENCE: Duration = Duration::from_secs(20);

/// A connection to a Kafka server.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    correlation_id: i32,
}

impl Wire {
    /// Connects.
    pub fn connect(bootstrap: &str) -> anyhow::Result<Self> {
        let stream =
            TcpStream::connect(bootstrap).with_context(|| format!("connect to {bootstrap}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream,
            correlation_id: 0,
        })
    }

    /// Sends a request and waits for its response.
    pub fn call<R: Request>(&mut self, version: i16, request: &R) -> anyhow::Result<R::Response> {
        self.send(version, request)?;
        self.receive::<R>(version)
    }

    /// Sends a request without waiting; the result is its correlation id.
    pub fn send<R: Request>(&mut self, version: i16, request: &R) -> anyhow::Result<i32> {
        let frame = self.frame(version, request)?;
        self.write(&frame)?;
        Ok(self.correlation_id)
    }

    /// The bytes of a request under the next correlation id, length included.
    pub fn frame<R: Request>(&mut self, version: i16, request: &R) -> anyhow::Result<Bytes> {
        self.correlation_id += 1;
        let header = request_header(self.correlation_id, Some("kop-tests".into()));
        Ok(encode_request(&header, version, request)?.to_bytes()?)
    }

    /// Waits for the response to the last request.
    pub fn receive<R: Request>(&mut self, version: i16) -> anyhow::Result<R::Response> {
        let (correlation_id, response) = self.receive_any::<R>(version)?;
        ensure!(
            correlation_id == self.correlation_id,
            "{} answers {correlation_id}",
            R::NAME
        );
        Ok(response)
    }

    /// Waits for a response and tells which request it answers.
    pub fn receive_any<R: Request>(&mut self, version: i16) -> anyhow::Result<(i32, R::Response)> {
        let frame = self
            .read_frame()
            .with_context(|| format!("no response to {}", R::NAME))?;
        let mut reader = Reader::new(&frame);
        let correlation_id = decode_response_header(&mut reader, R::KEY, version)?;
        let response = R::Response::decode(&mut reader, version)?;
        reader.finish()?;
        Ok((correlation_id, response))
    }

    /// Sends bytes as they are.
    pub fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.stream.write_all(bytes).context("write")
    }

    /// Reads a frame, without its length.
    pub fn read_frame(&mut self) -> anyhow::Result<Bytes> {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length)?;
        let length = usize::try_from(i32::from_be_bytes(length))?;
        ensure!(length < 200 << 20, "a response of {length} bytes");
        let mut frame = vec![0; length];
        self.stream.read_exact(&mut frame)?;
        Ok(frame.into())
    }

    /// Succeeds when the server closes the connection without sending anything more.
    pub fn expect_close(mut self) -> anyhow::Result<()> {
        let mut byte = [0];
        match self.stream.read(&mut byte) {
            Ok(0) => Ok(()),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => Ok(()),
            Ok(_) => bail!("it sent something"),
            Err(error) => bail!("it did not close: {error}"),
        }
    }

    /// Succeeds when nothing arrives within this time and the connection stays open.
    pub fn expect_silence(&mut self, time: Duration) -> anyhow::Result<()> {
        self.stream.set_read_timeout(Some(time))?;
        let began = Instant::now();
        let read = self.stream.read(&mut [0]);
        self.stream.set_read_timeout(Some(PATIENCE))?;
        match read {
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                Ok(())
            }
            other => bail!("{other:?} after {:?}", began.elapsed()),
        }
    }
}
