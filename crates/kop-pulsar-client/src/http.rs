//! As much of an HTTP/1.1 client as the admin REST and OAuth 2 need: connections are kept for the next request.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{HOST, HeaderMap, LOCATION};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;

use crate::address::{self, Address};
use crate::config::TlsConfig;
use crate::connection;
use crate::error::Error;
use crate::tls;

/// Larger answers than the listing of a namespace with a hundred thousand topics are not read.
const MAX_BODY: usize = 64 << 20;

/// Connections per address that wait for the next request.
const MAX_IDLE: usize = 4;

/// Where a request goes.
#[derive(Clone, Debug)]
pub(crate) struct Url {
    pub(crate) address: Address,
    /// Path and query, beginning with a slash.
    pub(crate) path: String,
}

impl Url {
    /// `http://host:port/path?query` or the same with https.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let start = text.find("://").map_or(0, |at| at + 3);
        let end = text[start..].find('/').map_or(text.len(), |at| start + at);
        let mut addresses = address::web(&text[..end])?;
        let path = if end < text.len() { &text[end..] } else { "/" };
        Ok(Self {
            address: addresses.swap_remove(0),
            path: path.to_owned(),
        })
    }
}

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl Request {
    /// A GET without further headers.
    pub(crate) fn get(url: Url) -> Self {
        Self {
            method: "GET",
            url,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Response {
    /// Where a redirect leads.
    pub(crate) fn location(&self) -> Option<&str> {
        let redirects = matches!(self.status, 301 | 302 | 307 | 308);
        self.headers
            .get(LOCATION)
            .filter(|_| redirects)?
            .to_str()
            .ok()
    }
}

type Sender = SendRequest<Full<Bytes>>;

/// The client.
#[derive(Debug)]
pub(crate) struct Http {
    tls: TlsConfig,
    timeout: Duration,
    idle: Mutex<HashMap<Address, Vec<Sender>>>,
}

impl Http {
    /// A client without connections. `timeout` is for a whole request.
    pub(crate) fn new(tls: TlsConfig, timeout: Duration) -> Self {
        Self {
            tls,
            timeout,
            idle: Mutex::new(HashMap::new()),
        }
    }

    /// Sends a request and reads all of the answer, whatever its status.
    pub(crate) async fn send(&self, request: Request) -> Result<Response, Error> {
        match tokio::time::timeout(self.timeout, self.exchange(&request)).await {
            Ok(result) => result,
            Err(_) => Err(Error::Timeout {
                doing: "an HTTP request",
                after: self.timeout,
            }),
        }
    }

    async fn exchange(&self, request: &Request) -> Result<Response, Error> {
        let address = &request.url.address;
        // The server may have closed a kept connection at any time: then another one is taken, if nothing was sent.
        while let Some(mut sender) = self.take_idle(address) {
            if sender.ready().await.is_err() {
                continue;
            }
            match self.exchange_on(sender, request).await {
                Err(Failure::NotSent) => {}
                Err(Failure::Broken(_)) if request.method == "GET" => {}
                Err(Failure::Broken(error)) => return Err(error),
                Ok(response) => return Ok(response),
            }
        }
        let sender = self.connect(address).await?;
        self.exchange_on(sender, request)
            .await
            .map_err(|failure| match failure {
                Failure::NotSent => Error::Disconnected {
                    address: address.to_string(),
                    reason: "before the request was sent".to_owned(),
                    written: false,
                },
                Failure::Broken(error) => error,
            })
    }

    async fn exchange_on(
        &self,
        mut sender: Sender,
        request: &Request,
    ) -> Result<Response, Failure> {
        let address = &request.url.address;
        let mut builder = hyper::Request::builder()
            .method(request.method)
            .uri(request.url.path.as_str())
            .header(HOST, address.to_string());
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let message = builder
            .body(Full::new(request.body.clone()))
            .map_err(|error| Failure::Broken(Error::config(&request.url.path, error)))?;
        let failed = |error: hyper::Error| {
            if error.is_canceled() {
                Failure::NotSent
            } else {
                Failure::Broken(tls::broken(address, &error))
            }
        };
        let response = sender.send_request(message).await.map_err(failed)?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, MAX_BODY).collect().await;
        let body = body.map_err(|error| Failure::Broken(tls::broken(address, &*error)))?;
        self.keep(address, sender);
        Ok(Response {
            status: head.status.as_u16(),
            headers: head.headers,
            body: body.to_bytes(),
        })
    }

    async fn connect(&self, address: &Address) -> Result<Sender, Error> {
        let tcp = connection::tcp(address).await?;
        if address.tls {
            let stream = tls::connect(&self.tls, address, tcp).await?;
            start(address, TokioIo::new(stream)).await
        } else {
            start(address, TokioIo::new(tcp)).await
        }
    }

    fn take_idle(&self, address: &Address) -> Option<Sender> {
        self.idle.lock().get_mut(address)?.pop()
    }

    fn keep(&self, address: &Address, sender: Sender) {
        if sender.is_closed() {
            return;
        }
        let mut idle = self.idle.lock();
        let senders = idle.entry(address.clone()).or_default();
        senders.retain(|sender| !sender.is_closed());
        if senders.len() < MAX_IDLE {
            senders.push(sender);
        }
    }
}

enum Failure {
    /// The connection was closed before the request left.
    NotSent,
    Broken(Error),
}

async fn start<T>(address: &Address, io: T) -> Result<Sender, Error>
where
    T: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let (sender, connection) = http1::handshake(io)
        .await
        .map_err(|error| tls::broken(address, &error))?;
    // Its errors reach the request that is under way.
    tokio::spawn(connection);
    Ok(sender)
}

/// Percent-encodes everything but letters, digits and `-._~`.
pub(crate) fn encode(text: &str) -> String {
    text.bytes()
        .fold(String::with_capacity(text.len()), |mut out, byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
            out
        })
}
