//! A connection with a service that does what the tests tell it.

use std::future::pending;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use kop_codec::messages::{FetchResponse, HeartbeatResponse, fetch_response};
use kop_codec::{ApiKey, Encoded, FileRegion, Records, encode_response};
use kop_service::{Connection, Fault, ListenerInfo, RawRequest, Reply};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tower::service_fn;

use super::*;
use crate::budget::Budget;
use crate::share::Share;
use crate::stopping::{self, Stopper};
use crate::traffic::Traffic;

const SOON: Duration = Duration::from_millis(50);
const LATE: Duration = Duration::from_secs(10);

/// A connection, seen from its client.
struct Client {
    socket: TcpStream,
    served: JoinHandle<Closed>,
    shared: Arc<Shared>,
    stopper: Stopper,
    /// Requests that the service has begun.
    begun: Arc<AtomicUsize>,
}

fn limits() -> Limits {
    Limits {
        max_frame: 1 << 20,
        max_bytes: 1 << 20,
        max_requests: 100,
        idle: None,
        request: LATE,
        send: LATE,
    }
}

/// Commands: `e` echo, `s` slow echo, `h` echo that holds the gate, `w` wait for ever, `n` no answer, `p` panic, `f` fault,
/// `b` a big answer in memory.
async fn answer(request: RawRequest, begun: Arc<AtomicUsize>) -> Result<Reply, Fault> {
    begun.fetch_add(1, Ordering::SeqCst);
    let RawRequest { frame, start, .. } = request;
    let number = i32::from(*frame.get(1).unwrap_or(&0));
    if frame[0] != b'h' {
        start.release();
    }
    match frame[0] {
        b's' | b'h' => sleep(SOON).await,
        b'w' => pending().await,
        b'n' => return Ok(Reply::None),
        b'p' => panic!("as told"),
        b'f' => {
            return Err(Fault::UnsupportedApi {
                api: ApiKey::PRODUCE,
            });
        }
        b'b' => {
            return Ok(Reply::Frame(fetched(
                number,
                Bytes::from(vec![7; 1 << 20]).into(),
            )));
        }
        _ => {}
    }
    Ok(Reply::Frame(
        encode_response(number, ApiKey::HEARTBEAT, 0, &HeartbeatResponse::default()).unwrap(),
    ))
}

fn fetched(number: i32, records: Records) -> Encoded {
    let partition = fetch_response::PartitionData {
        records: Some(records),
        ..Default::default()
    };
    let topic = fetch_response::FetchableTopicResponse {
        partitions: vec![partition],
        ..Default::default()
    };
    let response = FetchResponse {
        responses: vec![topic],
        ..Default::default()
    };
    encode_response(number, ApiKey::FETCH, 4, &response).unwrap()
}

async fn sockets() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap())
        .await
        .unwrap();
    (listener.accept().await.unwrap().0, client)
}

fn connection(peer: SocketAddr) -> Arc<Connection> {
    let listener = ListenerInfo {
        name: "TEST".into(),
        host: "localhost".into(),
        port: 1,
    };
    Arc::new(Connection::anonymous(1, peer, Arc::new(listener)))
}

impl Client {
    async fn connect(limits: Limits, budget: usize) -> Self {
        let begun = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&begun);
        Self::connect_to(
            service_fn(move |request| answer(request, Arc::clone(&counter))),
            limits,
            budget,
            begun,
        )
        .await
    }

    async fn connect_to<S: Service>(
        service: S,
        limits: Limits,
        budget: usize,
        begun: Arc<AtomicUsize>,
    ) -> Self {
        let (server, socket) = sockets().await;
        let (stopper, stopping) = stopping::channel();
        let traffic = Arc::new(Traffic::default());
        let shared = Arc::new(Shared {
            limits,
            budget: Budget::new(budget),
            traffic,
            stopping,
        });
        let peer = server.peer_addr().unwrap();
        let served = tokio::spawn(serve(
            server,
            connection(peer),
            Share::new(&shared.budget, limits.max_bytes),
            service,
            Arc::clone(&shared),
        ));
        Self {
            socket,
            served,
            shared,
            stopper,
            begun,
        }
    }

    async fn send(&mut self, frame: &[u8]) {
        let length = u32::try_from(frame.len()).unwrap().to_be_bytes();
        self.socket
            .write_all(&[&length, frame].concat())
            .await
            .unwrap();
    }

    /// The number of the next answer.
    async fn receive(&mut self) -> io::Result<i32> {
        let length = timeout(LATE, self.socket.read_i32()).await??;
        let mut frame = vec![0; length as usize];
        timeout(LATE, self.socket.read_exact(&mut frame)).await??;
        Ok(i32::from_be_bytes(frame[..4].try_into().unwrap()))
    }

    async fn closed(self) -> Closed {
        timeout(LATE, self.served).await.unwrap().unwrap()
    }

    fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn answers_leave_in_the_order_of_the_requests() {
    let mut client = Client::connect(limits(), 1 << 20).await;
    for request in [b"s\x01", b"e\x02", b"n\x00", b"h\x03", b"e\x04"] {
        client.send(request).await;
    }
    for number in 1..=4 {
        assert_eq!(client.receive().await.unwrap(), number);
    }
    assert_eq!(client.shared.budget.used(), 0);
}

#[tokio::test]
async fn a_request_starts_when_the_one_before_allows_it() {
    let mut client = Client::connect(limits(), 1 << 20).await;
    client.send(b"s\x01").await;
    client.send(b"h\x02").await;
    client.send(b"e\x03").await;
    while client.begun() < 2 {
        tokio::task::yield_now().await;
    }
    sleep(SOON / 5).await;
    assert_eq!(
        client.begun(),
        2,
        "the third must wait for the second, which holds the gate"
    );
    for number in 1..=3 {
        assert_eq!(client.receive().await.unwrap(), number);
    }
}

#[tokio::test]
async fn frames_may_come_in_any_pieces() {
    let mut client = Client::connect(limits(), 1 << 20).await;
    let stream = [
        &[0, 0, 0, 2, b'e', 1, 0, 0, 0, 2, b'e', 2][..],
        &[0, 0, 0, 2, b'e', 3],
    ]
    .concat();
    for byte in stream {
        client.socket.write_all(&[byte]).await.unwrap();
        sleep(Duration::from_millis(1)).await;
    }
    for number in 1..=3 {
        assert_eq!(client.receive().await.unwrap(), number);
    }
}

#[tokio::test]
async fn a_fault_closes_after_the_answers_before_it() {
    let mut client = Client::connect(limits(), 1 << 20).await;
    for request in [b"s\x01", b"f\x02", b"e\x03"] {
        client.send(request).await;
    }
    assert_eq!(client.receive().await.unwrap(), 1);
    assert!(client.receive().await.is_err());
    assert!(matches!(client.closed().await.cause, Cause::Fault(_)));
}

#[tokio::test]
async fn an_impossible_length_closes_the_connection() {
    for length in [-1, (1 << 20) + 1, i32::MAX] {
        let mut client = Client::connect(limits(), 1 << 20).await;
        client.send(b"s\x01").await;
        client.socket.write_i32(length).await.unwrap();
        assert_eq!(client.receive().await.unwrap(), 1);
        assert!(client.receive().await.is_err());
        assert!(matches!(client.closed().await.cause, Cause::Malformed(_)));
    }
}

#[tokio::test]
async fn an_announced_length_takes_no_memory() {
    let mut client = Client::connect(limits(), 1 << 20).await;
    client.socket.write_i32(1 << 20).await.unwrap();
    client.socket.write_all(&[b'e', 1, 2, 3]).await.unwrap();
    sleep(SOON).await;
    assert!(
        client.shared.budget.used() <= 80 * 1024,
        "{}",
        client.shared.budget.used()
    );
}

#[tokio::test]
async fn a_large_request_arrives_whole() {
    let mut client = Client::connect(limits(), 1 << 22).await;
    for number in 1..=3 {
        let mut frame = vec![0; 1 << 20];
        (frame[0], frame[1]) = (b'e', number);
        client.send(&frame).await;
        assert_eq!(client.receive().await.unwrap(), i32::from(number));
    }
    assert_eq!(client.shared.budget.used(), 0);
}

#[tokio::test]
async fn past_a_limit_nothing_more_is_read() {
    let mut client = Client::connect(
        Limits {
            max_requests: 3,
            ..limits()
        },
        1 << 20,
    )
    .await;
    for _ in 0..10 {
        client.send(b"w\x01").await;
    }
    sleep(SOON).await;
    assert_eq!(client.begun(), 3);

    let mut client = Client::connect(
        Limits {
            max_bytes: 1000,
            ..limits()
        },
        1 << 20,
    )
    .await;
    for _ in 0..10 {
        client.send(&[b'w'; 400]).await;
    }
    sleep(SOON).await;
    assert_eq!(client.begun(), 3);
}

#[tokio::test]
async fn past_the_budget_all_wait_and_nothing_is_dropped() {
    let budget = 16 * 1024;
    let mut client = Client::connect(limits(), budget).await;
    let mut other = client.shared.budget.charge();
    other.add(budget);
    client.send(b"e\x01").await;
    assert!(timeout(SOON, client.receive()).await.is_err());
    drop(other);
    assert_eq!(client.receive().await.unwrap(), 1);
}

#[tokio::test]
async fn idle_slow_and_stalled_peers_are_closed() {
    let quick = Some(SOON);
    let idle = Client::connect(
        Limits {
            idle: quick,
            ..limits()
        },
        1 << 20,
    )
    .await;
    assert!(matches!(idle.closed().await.cause, Cause::Idle(_)));

    let mut slow = Client::connect(
        Limits {
            request: SOON,
            ..limits()
        },
        1 << 20,
    )
    .await;
    slow.socket.write_all(&[0, 0, 0, 9, b'e']).await.unwrap();
    assert!(matches!(slow.closed().await.cause, Cause::SlowRequest));

    let mut stalled = Client::connect(
        Limits {
            send: SOON,
            max_bytes: 1 << 30,
            ..limits()
        },
        1 << 30,
    )
    .await;
    for _ in 0..20 {
        stalled.send(b"b\x01").await;
    }
    let budget = Arc::clone(&stalled.shared.budget);
    assert!(matches!(stalled.closed().await.cause, Cause::SlowReader(_)));
    assert_eq!(budget.used(), 0);
}

#[tokio::test]
async fn waiting_for_an_answer_is_not_idle() {
    let mut client = Client::connect(
        Limits {
            idle: Some(SOON / 5),
            ..limits()
        },
        1 << 20,
    )
    .await;
    client.send(b"s\x01").await;
    assert_eq!(client.receive().await.unwrap(), 1);
}

#[tokio::test]
async fn what_was_sent_before_the_client_went_away_is_begun() {
    let mut client = Client::connect(limits(), 1 << 20).await;
    for request in [b"w\x01", b"h\x02", b"h\x03", b"n\x04"] {
        client.send(request).await;
    }
    let begun = Arc::clone(&client.begun);
    client.socket.shutdown().await.unwrap();
    assert!(matches!(client.closed().await.cause, Cause::ByPeer));
    assert_eq!(begun.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn at_a_shutdown_requests_in_flight_are_answered() {
    let mut client = Client::connect(limits(), 1 << 20).await;
    client.send(b"s\x01").await;
    while client.begun() < 1 {
        tokio::task::yield_now().await;
    }
    client.stopper.stop();
    assert_eq!(client.receive().await.unwrap(), 1);
    assert!(client.receive().await.is_err());
    assert!(matches!(client.closed().await.cause, Cause::Shutdown));
}

#[tokio::test]
async fn regions_of_files_are_sent_between_memory() {
    let mut file = tempfile::tempfile().unwrap();
    let content: Vec<u8> = (0..3_000_000_u32).map(|i| (i % 251) as u8).collect();
    file.write_all(&content).unwrap();
    let file = Arc::new(file);
    let region = move || FileRegion {
        file: Arc::clone(&file),
        offset: 7,
        len: 2_999_993,
    };
    let service = service_fn(move |_: RawRequest| {
        let frame = fetched(5, region().into());
        async move { Ok::<_, Fault>(Reply::Frame(frame)) }
    });
    let mut client = Client::connect_to(service, limits(), 1 << 20, Arc::default()).await;
    for _ in 0..3 {
        client.send(b"x").await;
        let length = client.socket.read_i32().await.unwrap() as usize;
        let mut frame = vec![0; length];
        client.socket.read_exact(&mut frame).await.unwrap();
        assert_eq!(&frame[length - 2_999_993..], &content[7..]);
    }
    assert_eq!(client.shared.budget.used(), 0);
}
