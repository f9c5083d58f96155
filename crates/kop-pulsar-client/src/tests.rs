//! Against brokers that misbehave: a listener on loopback that says what a test tells it to.

mod credentials;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use crate::frame::{Frame, FrameDecoder};
use crate::proto::base_command::Command;
use crate::proto::command_lookup_topic_response::LookupType;
use crate::proto::{
    AuthData, CommandAuthChallenge, CommandCloseProducer, CommandConnected, CommandError,
    CommandLookupTopicResponse, CommandProducerSuccess, CommandSendReceipt, CommandSuccess,
    MessageIdData, ServerError,
};
use crate::write_queue::WriteQueue;
use crate::{
    Authentication, Client, ClientConfig, Error, OutgoingEntry, ProducerOptions, ReaderOptions,
    TokenSource,
};

/// The broker's side of a connection.
struct Peer {
    stream: TcpStream,
    buffer: BytesMut,
}

impl Peer {
    /// Ends a producer, and waits until the client is gone.
    async fn close_producer(&mut self, producer_id: u64) {
        self.write(Command::CloseProducer(CommandCloseProducer {
            producer_id,
            request_id: 0,
        }))
        .await;
        while self.read().await.is_some() {}
    }

    /// The next command, other than signs of life; None when the client is gone.
    async fn read(&mut self) -> Option<Frame> {
        let mut decoder = FrameDecoder::new(10 << 20);
        loop {
            match decoder.decode(&mut self.buffer).unwrap() {
                Some(Frame {
                    command: Some(Command::Ping(_)),
                    ..
                }) => {}
                Some(frame) => return Some(frame),
                None => match self.stream.read_buf(&mut self.buffer).await {
                    Ok(0) | Err(_) => return None,
                    Ok(_) => {}
                },
            }
        }
    }

    async fn write(&mut self, command: Command) {
        let mut queue = WriteQueue::default();
        queue.push(command, [], 0);
        // The client may be gone, which a test finds out for itself.
        let _ = queue.write_to(&mut self.stream).await;
    }

    /// Answers the handshake, and all that is needed until a producer or a reader is there.
    async fn serve_until_open(&mut self, url: &str) -> Option<u64> {
        loop {
            match self.read().await?.command? {
                Command::Connect(_) => self.write(connected()).await,
                Command::LookupTopic(request) => {
                    self.write(lookup(LookupType::Connect, url, request.request_id))
                        .await;
                }
                Command::Producer(request) => {
                    let success = CommandProducerSuccess {
                        request_id: request.request_id,
                        producer_name: "made up".to_owned(),
                        ..CommandProducerSuccess::default()
                    };
                    self.write(Command::ProducerSuccess(success)).await;
                    return Some(request.producer_id);
                }
                Command::Subscribe(request) => {
                    let request_id = request.request_id;
                    self.write(Command::Success(CommandSuccess { request_id }))
                        .await;
                    return Some(request.consumer_id);
                }
                _ => {}
            }
        }
    }
}

fn connected() -> Command {
    Command::Connected(CommandConnected {
        server_version: "mock".to_owned(),
        protocol_version: Some(19),
        max_message_size: Some(1 << 20),
        feature_flags: None,
    })
}

fn lookup(kind: LookupType, url: &str, request_id: u64) -> Command {
    Command::LookupTopicResponse(CommandLookupTopicResponse {
        broker_service_url: Some(url.to_owned()),
        response: Some(kind as i32),
        request_id,
        ..CommandLookupTopicResponse::default()
    })
}

/// A broker that does `serve` with each connection, and its URL.
async fn broker<F>(serve: impl Fn(Peer, String) -> F + Send + 'static) -> String
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("pulsar://{}", listener.local_addr().unwrap());
    let own = url.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let peer = Peer {
                stream,
                buffer: BytesMut::new(),
            };
            tokio::spawn(serve(peer, own.clone()));
        }
    });
    url
}

fn client(url: &str) -> Client {
    client_with(url, Authentication::None)
}

fn client_with(url: &str, authentication: Authentication) -> Client {
    let limit = Duration::from_secs(1);
    Client::new(ClientConfig {
        service_urls: vec![url.to_owned()],
        admin_urls: Vec::new(),
        authentication,
        connection_timeout: limit,
        operation_timeout: limit,
        keep_alive: Duration::from_millis(200),
        initial_backoff: Duration::from_secs(2),
        ..ClientConfig::default()
    })
    .unwrap()
}

fn entry(sequence_id: u64) -> OutgoingEntry {
    OutgoingEntry {
        parts: [Bytes::from_static(b"\0\0\0\0payload")]
            .into_iter()
            .collect(),
        num_messages: 1,
        sequence_id,
        ..OutgoingEntry::default()
    }
}

/// Fails a test that hangs.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(5), work)
        .await
        .expect("no hang")
}

#[tokio::test]
async fn a_silent_broker_is_given_up() {
    let url = broker(|mut peer, _| async move { while peer.read().await.is_some() {} }).await;
    let began = Instant::now();
    let error = soon(client(&url).lookup("t")).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
    assert!(error.is_retriable());
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_broker_that_falls_silent_ends_its_producers() {
    let url = broker(|mut peer, url| async move {
        peer.serve_until_open(&url).await;
        while peer.read().await.is_some() {}
    })
    .await;
    let producer = client(&url)
        .producer("t", ProducerOptions::default())
        .await
        .unwrap();
    let lost = soon(producer.send(entry(0))).await.unwrap_err();
    assert!(
        matches!(lost, Error::Disconnected { written: true, .. }),
        "{lost}"
    );
    let late = producer.send(entry(1)).await.unwrap_err();
    assert!(
        matches!(late, Error::Disconnected { written: false, .. }),
        "{late}"
    );
}

#[tokio::test]
async fn receipts_find_their_entries_and_a_cut_frame_ends_the_rest() {
    let url = broker(|mut peer, url| async move {
        let producer_id = peer.serve_until_open(&url).await.unwrap();
        for entry_id in 0..2 {
            let Some(Command::Send(send)) = peer.read().await.unwrap().command else {
                panic!("no send")
            };
            peer.write(Command::SendReceipt(CommandSendReceipt {
                producer_id,
                sequence_id: send.sequence_id,
                message_id: Some(MessageIdData {
                    ledger_id: 7,
                    entry_id,
                }),
                highest_sequence_id: None,
            }))
            .await;
        }
        peer.read().await;
        // The beginning of a frame of 100 bytes, and then nothing.
        peer.stream.write_all(&[0, 0, 0, 100, 0, 0]).await.unwrap();
    })
    .await;
    let producer = client(&url)
        .producer("t", ProducerOptions::default())
        .await
        .unwrap();
    assert_eq!(producer.name(), "made up");
    let receipts: Vec<_> = (0..3).map(|n| producer.send(entry(n))).collect();
    let mut answers = Vec::new();
    for receipt in receipts {
        answers.push(soon(receipt).await);
    }
    assert_eq!(answers[0].as_ref().unwrap().entry, 0);
    assert_eq!(answers[1].as_ref().unwrap().entry, 1);
    assert!(
        matches!(answers[2], Err(Error::Disconnected { written: true, .. })),
        "{answers:?}"
    );
    soon(producer.closed()).await;
}

#[tokio::test]
async fn oversized_frames_end_the_connection() {
    let url = broker(|mut peer, url| async move {
        peer.serve_until_open(&url).await;
        peer.read().await;
        peer.stream
            .write_all(&[0x7f, 0xff, 0xff, 0xff])
            .await
            .unwrap();
        while peer.read().await.is_some() {}
    })
    .await;
    let mut reader = client(&url)
        .reader("t", ReaderOptions::default())
        .await
        .unwrap();
    let error = soon(reader.next()).await.unwrap_err();
    assert!(
        matches!(error, Error::Malformed { what: "frame", .. }),
        "{error}"
    );
}

#[tokio::test]
async fn redirect_loops_end() {
    let url = broker(|mut peer, url| async move {
        while let Some(frame) = peer.read().await {
            match frame.command {
                Some(Command::Connect(_)) => peer.write(connected()).await,
                Some(Command::LookupTopic(request)) => {
                    peer.write(lookup(LookupType::Redirect, &url, request.request_id))
                        .await;
                }
                _ => {}
            }
        }
    })
    .await;
    let error = soon(client(&url).lookup("t")).await.unwrap_err();
    assert!(matches!(error, Error::ServiceNotReady(_)), "{error}");
}

#[tokio::test]
async fn challenges_are_answered_in_the_handshake_and_later() {
    let url = broker(|mut peer, url| async move {
        let challenge = || {
            Command::AuthChallenge(CommandAuthChallenge {
                server_version: None,
                challenge: Some(AuthData {
                    auth_method_name: Some("token".to_owned()),
                    auth_data: None,
                }),
                protocol_version: Some(19),
            })
        };
        let secret = |frame: Option<Frame>| match frame.and_then(|frame| frame.command) {
            Some(Command::Connect(connect)) => connect.auth_data,
            Some(Command::AuthResponse(response)) => {
                response.response.and_then(|data| data.auth_data)
            }
            other => panic!("{other:?}"),
        };
        let expected = Some(Bytes::from_static(b"secret"));
        assert_eq!(secret(peer.read().await), expected);
        peer.write(challenge()).await;
        assert_eq!(secret(peer.read().await), expected);
        peer.write(connected()).await;
        let producer_id = peer.serve_until_open(&url).await.unwrap();
        peer.write(challenge()).await;
        assert_eq!(secret(peer.read().await), expected);
        // Only a refreshed client gets here and is told so by the end of its producer.
        peer.close_producer(producer_id).await;
    })
    .await;
    let token = Authentication::Token(TokenSource::Literal("secret".to_owned()));
    let producer = client_with(&url, token)
        .producer("t", ProducerOptions::default())
        .await
        .unwrap();
    let closed = soon(producer.closed()).await;
    assert!(
        closed.to_string().contains("closed the producer"),
        "{closed}"
    );
}

#[tokio::test]
async fn refusals_are_named_and_tried_again_only_after_a_pause() {
    let attempts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&attempts);
    let url = broker(move |mut peer, _| {
        counted.fetch_add(1, Ordering::Relaxed);
        async move {
            peer.read().await;
            peer.write(Command::Error(CommandError {
                request_id: u64::MAX,
                error: ServerError::AuthenticationError as i32,
                message: "who are you?".to_owned(),
            }))
            .await;
        }
    })
    .await;
    let client = client(&url);
    for _ in 0..3 {
        let error = soon(client.lookup("t")).await.unwrap_err();
        assert!(
            matches!(&error, Error::Authentication(why) if why == "who are you?"),
            "{error}"
        );
        assert!(!error.is_retriable());
    }
    assert_eq!(attempts.load(Ordering::Relaxed), 1, "the pause is not over");
}

#[tokio::test]
async fn a_new_connection_is_made_after_one_has_ended() {
    let url = broker(|mut peer, url| async move {
        peer.serve_until_open(&url).await;
    })
    .await;
    let client = client(&url);
    for _ in 0..3 {
        let producer = soon(client.producer("t", ProducerOptions::default()))
            .await
            .unwrap();
        soon(producer.closed()).await;
    }
}
