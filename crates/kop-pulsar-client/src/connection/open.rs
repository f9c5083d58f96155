//! From an address to a connection: TCP, TLS, and Pulsar's handshake.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use bytes::{Bytes, BytesMut};
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::dispatch::{CLIENT_VERSION, PROTOCOL_VERSION, auth_response};
use super::{Connection, EndOnDrop, Shared, State, tasks};
use crate::address::Address;
use crate::config::ClientConfig;
use crate::error::Error;
use crate::frame::{FRAME_PADDING, Frame, FrameDecoder};
use crate::numbers::Counters;
use crate::proto::base_command::Command;
use crate::proto::{CommandConnect, CommandConnected, FeatureFlags};
use crate::tls;
use crate::write_queue::WriteQueue;

/// No command of the handshake comes near this.
const HANDSHAKE_FRAME: usize = 64 * 1024;

/// More challenges than any authentication needs.
const MAX_CHALLENGES: usize = 10;

/// The broker's own default, for brokers that do not say.
const DEFAULT_MAX_MESSAGE_SIZE: i32 = 5 * 1024 * 1024;

/// A connection that is to be made.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    pub(crate) config: Arc<ClientConfig>,
    pub(crate) counters: Arc<Counters>,
    /// Where to connect to.
    pub(crate) address: Address,
    /// The broker that a proxy at that address shall lead to, as `host:port`.
    pub(crate) proxy_to: Option<String>,
}

impl Opening {
    /// Connects. Everything together takes no longer than the connection time-out.
    pub(crate) async fn open(&self) -> Result<Connection, Error> {
        let limit = self.config.connection_timeout;
        match tokio::time::timeout(limit, self.connect()).await {
            Ok(result) => result,
            Err(_) => Err(Error::Timeout {
                doing: "connecting to a broker",
                after: limit,
            }),
        }
    }

    /// What we show may have expired, or been replaced: then it is tried once with what there is now.
    async fn connect(&self) -> Result<Connection, Error> {
        let authentication = &self.config.authentication;
        let data = authentication.data().await?;
        match self.connect_with(data.clone()).await {
            Err(Error::Authentication(reason)) => {
                let other = authentication.renewed(&data).await?;
                if other == data {
                    return Err(Error::Authentication(reason));
                }
                self.connect_with(other).await
            }
            result => result,
        }
    }

    async fn connect_with(&self, data: Bytes) -> Result<Connection, Error> {
        let tcp = tcp(&self.address).await?;
        if self.address.tls {
            let stream = tls::connect(&self.config.tls, &self.address, tcp).await?;
            let (reader, writer) = tokio::io::split(stream);
            self.shake_hands(data, reader, writer).await
        } else {
            let (reader, writer) = tcp.into_split();
            self.shake_hands(data, reader, writer).await
        }
    }

    /// The handshake over any stream; then the connection's tasks are started.
    pub(crate) async fn shake_hands<R, W>(
        &self,
        data: Bytes,
        reader: R,
        writer: W,
    ) -> Result<Connection, Error>
    where
        R: AsyncRead + Unpin + Send + 'static,
        W: AsyncWrite + Unpin + Send + 'static,
    {
        let mut talk = Talk {
            address: &self.address,
            reader,
            writer,
            buffer: BytesMut::new(),
        };
        talk.write(self.hello(data.clone())).await?;
        let connected = self.be_connected(&data, &mut talk).await?;
        let max_message_size = connected
            .max_message_size
            .filter(|size| *size > 0)
            .unwrap_or(DEFAULT_MAX_MESSAGE_SIZE) as usize;
        let flags = connected.feature_flags.unwrap_or_default();
        let (outgoing, queued) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            address: self.address.to_string(),
            max_message_size,
            watches_topics: flags.supports_topic_watchers == Some(true),
            authentication: self.config.authentication.clone(),
            shown: Mutex::new(data),
            counters: Arc::clone(&self.counters),
            outgoing,
            state: Mutex::new(State::default()),
            tasks: Mutex::new(Vec::new()),
            alive: AtomicBool::new(true),
            next_id: AtomicU64::new(1),
        });
        self.counters.made();
        let largest = max_message_size.min(self.config.max_entry_bytes);
        let decoder = FrameDecoder::new(largest + FRAME_PADDING);
        tasks::start(
            &shared,
            self.config.keep_alive,
            (decoder, talk.buffer),
            (talk.reader, talk.writer),
            queued,
        );
        Ok(Connection {
            _end: Arc::new(EndOnDrop(Arc::clone(&shared))),
            shared,
        })
    }

    fn hello(&self, auth_data: Bytes) -> Command {
        let yes = Some(true);
        Command::Connect(CommandConnect {
            client_version: CLIENT_VERSION.to_owned(),
            auth_method_name: Some(self.config.authentication.method().to_owned()),
            auth_data: Some(auth_data),
            protocol_version: Some(PROTOCOL_VERSION),
            proxy_to_broker_url: self.proxy_to.clone(),
            feature_flags: Some(FeatureFlags {
                supports_auth_refresh: yes,
                supports_broker_entry_metadata: yes,
                supports_partial_producer: None,
                supports_topic_watchers: yes,
                supports_get_partitioned_metadata_without_auto_creation: yes,
            }),
        })
    }

    async fn be_connected<R, W>(
        &self,
        data: &Bytes,
        talk: &mut Talk<'_, R, W>,
    ) -> Result<CommandConnected, Error>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        for _ in 0..MAX_CHALLENGES {
            match talk.read().await?.command {
                Some(Command::Connected(connected)) => return Ok(connected),
                Some(Command::AuthChallenge(challenge)) => {
                    let method = challenge.challenge.and_then(|data| data.auth_method_name);
                    talk.write(auth_response(method, data.clone())).await?;
                }
                Some(Command::Error(error)) => {
                    return Err(Error::broker(error.error, error.message));
                }
                _ => {
                    return Err(Error::malformed(
                        "handshake",
                        "a command that does not belong there",
                    ));
                }
            }
        }
        Err(Error::Authentication(format!(
            "{MAX_CHALLENGES} challenges in a row"
        )))
    }
}

/// A TCP connection on which nothing waits to be sent together.
pub(crate) async fn tcp(address: &Address) -> Result<TcpStream, Error> {
    let failed = |source: std::io::Error| Error::Connect {
        address: address.to_string(),
        source: Arc::new(source),
    };
    let stream = TcpStream::connect((address.host.as_str(), address.port))
        .await
        .map_err(failed)?;
    stream.set_nodelay(true).map_err(failed)?;
    Ok(stream)
}

/// One command at a time, before the tasks exist.
struct Talk<'a, R, W> {
    address: &'a Address,
    reader: R,
    writer: W,
    buffer: BytesMut,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Talk<'_, R, W> {
    async fn write(&mut self, command: Command) -> Result<(), Error> {
        let mut queue = WriteQueue::default();
        queue.push(command, [], 0);
        let written = queue.write_to(&mut self.writer).await;
        written.map_err(|error| tls::broken(self.address, &error))
    }

    async fn read(&mut self) -> Result<Frame, Error> {
        let mut decoder = FrameDecoder::new(HANDSHAKE_FRAME);
        loop {
            if let Some(frame) = decoder.decode(&mut self.buffer)? {
                return Ok(frame);
            }
            match self.reader.read_buf(&mut self.buffer).await {
                Ok(0) => {
                    return Err(Error::Disconnected {
                        address: self.address.to_string(),
                        reason: "the broker closed the connection in the handshake".to_owned(),
                        written: false,
                    });
                }
                Ok(_) => {}
                Err(error) => return Err(tls::broken(self.address, &error)),
            }
        }
    }
}
