//! A server in this process, and a client that speaks raw frames.
#![allow(dead_code)]

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use kop_codec::header::{decode_response_header, request_header};
use kop_codec::{Message, Reader, Request, encode_request};
use kop_log::MemoryCatalog;
use kop_server::{RunningServer, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than anything here takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A server over memory on a free port, with these settings.
pub(crate) async fn server(settings: &[(&str, &str)]) -> RunningServer {
    let mut builder = Server::builder()
        .listeners("127.0.0.1:0")
        .set("http.listener", "127.0.0.1:0")
        .catalog(Arc::new(MemoryCatalog::default()));
    for (key, value) in settings {
        builder = builder.set(*key, *value);
    }
    builder.start().await.expect("the server starts")
}

/// The address of its first listener.
pub(crate) fn address(server: &RunningServer) -> SocketAddr {
    server.local_addrs()[0].1
}

/// The whole answer of the HTTP server to a GET.
pub(crate) async fn get(server: &RunningServer, path: &str) -> String {
    let mut socket = TcpStream::connect(server.http_addr().expect("there is one"))
        .await
        .expect("it listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    socket
        .write_all(request.as_bytes())
        .await
        .expect("it reads");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.expect("text");
    answer
}

/// A client of one connection.
pub(crate) struct Client {
    pub(crate) socket: TcpStream,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self {
            socket: TcpStream::connect(address)
                .await
                .expect("the server accepts"),
        }
    }

    /// Sends a request and gives the bytes of the response after its header.
    pub(crate) async fn ask<R: Request>(&mut self, version: i16, request: &R) -> R::Response {
        self.send(version, 1, request).await;
        let frame = self.frame().await.expect("an answer");
        let mut reader = Reader::new(&frame);
        decode_response_header(&mut reader, R::KEY, version).expect("a header");
        R::Response::decode(&mut reader, version).expect("a response")
    }

    pub(crate) async fn send<R: Request>(
        &mut self,
        version: i16,
        correlation_id: i32,
        request: &R,
    ) {
        let header = request_header(correlation_id, Some("raw".into()));
        let frame = encode_request(&header, version, request).expect("the request can be encoded");
        self.socket
            .write_all(&frame.to_bytes().expect("in memory"))
            .await
            .expect("the server reads");
    }

    /// Sends a frame as it is, with its length in front.
    pub(crate) async fn send_frame(&mut self, frame: &[u8]) {
        let length = u32::try_from(frame.len()).expect("short").to_be_bytes();
        // The server may have closed the connection because of an earlier frame.
        let _ = self.socket.write_all(&[&length, frame].concat()).await;
    }

    /// The next frame, without its length.
    pub(crate) async fn frame(&mut self) -> io::Result<Bytes> {
        let length = timeout(PATIENCE, self.socket.read_u32()).await??;
        let mut frame = vec![0; length as usize];
        timeout(PATIENCE, self.socket.read_exact(&mut frame)).await??;
        Ok(frame.into())
    }

    /// Whether the server closes the connection, whatever it sends before.
    pub(crate) async fn is_closed(&mut self) -> bool {
        let mut rest = Vec::new();
        timeout(PATIENCE, self.socket.read_to_end(&mut rest))
            .await
            .is_ok()
    }
}
