//! A broker over a log in memory, and a client that speaks to it in frames, without a socket.

#![allow(dead_code)]

use std::sync::Arc;

use bytes::Bytes;
use kop_codec::header::{RequestHeader, decode_response_header};
use kop_codec::{ByteString, Message, Reader, Request, encode_request};
use kop_log::{LogCatalog, MemoryCatalog};
use kop_service::metrics::Metrics;
use kop_service::settings::{Settings, Source};
use kop_service::{
    Broker, BrokerParts, Connection, Fault, KafkaService, ListenerInfo, RawRequest, Reply,
    StartGate, SystemClock,
};
use tower::ServiceExt;

/// A client of a broker of its own.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    service: KafkaService,
    connection: Arc<Connection>,
}

impl Client {
    /// A broker with these settings.
    pub(crate) fn with(settings: &[(&str, &str)]) -> Self {
        Self::over(Arc::new(MemoryCatalog::new()), settings, Metrics::default())
    }

    /// A broker over this catalog.
    pub(crate) fn over(
        catalog: Arc<dyn LogCatalog>,
        settings: &[(&str, &str)],
        metrics: Metrics,
    ) -> Self {
        let given = settings
            .iter()
            .map(|(key, value)| (Source::Flag, *key, *value));
        let settings = Arc::new(Settings::parse(given).expect("the test's settings are right"));
        let broker = Broker::new(BrokerParts {
            catalog,
            settings,
            metrics,
            clock: Arc::new(SystemClock),
        });
        let listener = ListenerInfo {
            name: "PLAINTEXT".into(),
            host: "kop.example".into(),
            port: 9092,
        };
        let peer = "127.0.0.1:4711".parse().expect("it is an address");
        let connection = Arc::new(Connection::anonymous(1, peer, Arc::new(listener)));
        Self {
            service: KafkaService::new(Arc::new(broker.expect("the log is empty"))),
            connection,
        }
    }

    /// A broker with default settings.
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// The same broker over a connection that has not authenticated.
    pub(crate) fn unauthenticated(&self) -> Self {
        let Connection { peer, listener, .. } = &*self.connection;
        let connection = Arc::new(Connection::new(2, *peer, Arc::clone(listener)));
        Self {
            service: self.service.clone(),
            connection,
        }
    }

    /// Its connection.
    pub(crate) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    /// The service itself.
    pub(crate) fn service(&self) -> &KafkaService {
        &self.service
    }

    /// What the handlers share.
    pub(crate) fn broker(&self) -> &Broker {
        self.service.broker()
    }

    /// Sends a request; `None` where it has no answer.
    pub(crate) async fn try_send<R: Request>(
        &self,
        version: i16,
        request: &R,
    ) -> Result<Option<R::Response>, Fault> {
        let header = RequestHeader {
            correlation_id: 42,
            client_id: Some(ByteString::from_static("test")),
            ..RequestHeader::default()
        };
        let frame = encode_request(&header, version, request)
            .expect("the request has this version")
            .to_bytes();
        let frame = frame.expect("it is all in memory").slice(4..);
        let Some(answer) = self.exchange(frame).await? else {
            return Ok(None);
        };
        let mut reader = Reader::new(&answer);
        assert_eq!(
            decode_response_header(&mut reader, R::KEY, version).expect("the header is right"),
            42
        );
        let response =
            R::Response::decode(&mut reader, version).expect("the answer has this version");
        reader.finish().expect("nothing follows the answer");
        Ok(Some(response))
    }

    /// Sends a frame without its length, and returns the answer without its length.
    pub(crate) async fn exchange(&self, frame: Bytes) -> Result<Option<Bytes>, Fault> {
        let start = StartGate::new().close();
        let request = RawRequest {
            frame,
            connection: Arc::clone(&self.connection),
            number: 0,
            start,
        };
        let Reply::Frame(answer) = self.service.clone().oneshot(request).await? else {
            return Ok(None);
        };
        Ok(Some(
            answer.to_bytes().expect("it is all in memory").slice(4..),
        ))
    }

    /// Sends a request that has an answer.
    pub(crate) async fn send<R: Request>(&self, version: i16, request: &R) -> R::Response {
        self.try_send(version, request)
            .await
            .expect("the connection stays open")
            .expect("there is an answer")
    }
}
