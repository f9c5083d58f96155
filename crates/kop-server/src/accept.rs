//! Accepting connections, and keeping count of them.

use std::any::Any;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use kop_service::Connection;
use kop_service::settings::{Settings, keys};
use parking_lot::Mutex;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::connection::{self, Cause, Closed, Service, Shared};
use crate::listeners::Listener;
use crate::share::Share;

/// Pause after the kernel refused a connection, mostly because there are no file descriptors left.
const PAUSE: Duration = Duration::from_millis(100);
/// At most one log line about refused connections in this time.
const SILENCE: Duration = Duration::from_secs(1);

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// Accepts the connections of a listener until the server stops, then waits for them to end, `patience` at most.
pub(crate) async fn accept<S: Service>(
    listener: Listener,
    service: S,
    shared: Arc<Shared>,
    census: Arc<Census>,
    patience: Duration,
) {
    let mut stopping = shared.stopping.clone();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.socket.accept() => match accepted {
                Ok((socket, peer)) => {
                    let Some(place) = census.enter(peer) else { continue };
                    let service = service.clone();
                    let shared = Arc::clone(&shared);
                    if let Ok(connection) = prepare(&socket, peer, &listener) {
                        connections.spawn(run(socket, connection, service, shared, place));
                    }
                }
                Err(error) => {
                    tracing::warn!(listener = %listener.name, %error, "cannot accept a connection");
                    sleep(PAUSE).await;
                }
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            () = stopping.requested() => break,
        }
    }
    drop(listener);
    let all_ended = async { while connections.join_next().await.is_some() {} };
    if timeout(patience, all_ended).await.is_err() {
        tracing::warn!(
            connections = connections.len(),
            "closing connections whose requests did not finish in time"
        );
        connections.shutdown().await;
    }
}

fn prepare(socket: &TcpStream, peer: SocketAddr, listener: &Listener) -> io::Result<Connection> {
    socket.set_nodelay(true)?;
    let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
    let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
    Ok(Connection::anonymous(
        id,
        peer,
        listener.info(socket.local_addr()?),
    ))
}

/// Serves a connection. A panic, which would be a bug of ours, ends this connection only.
async fn run<S: Service>(
    socket: TcpStream,
    connection: Connection,
    service: S,
    shared: Arc<Shared>,
    place: Place,
) {
    let traffic = Arc::clone(&shared.traffic);
    let share = Share::new(&shared.budget, shared.limits.max_bytes);
    let connection = Arc::new(connection.with_answer_memory(share.clone()));
    let serve = connection::serve(socket, Arc::clone(&connection), share, service, shared);
    let closed = AssertUnwindSafe(serve).catch_unwind().await;
    drop(place);
    let panicked = |panic: Box<dyn Any + Send>| Closed {
        cause: Cause::Panic(message(&*panic)),
        client_id: None,
    };
    let closed = closed.unwrap_or_else(panicked);
    traffic.ended(&closed.cause);
    closed.log(&connection);
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
        .to_owned()
}

/// Who is connected, in all and by address.
#[derive(Debug)]
pub(crate) struct Census {
    settings: Arc<Settings>,
    shared: Arc<Shared>,
    present: Mutex<Present>,
}

#[derive(Debug, Default)]
struct Present {
    all: u32,
    by_address: HashMap<IpAddr, u32>,
    /// When a refusal was logged last, and how many were not logged since.
    refused: Option<(Instant, u64)>,
}

/// A connection's place among those that are allowed, free again when this is dropped.
#[derive(Debug)]
struct Place {
    census: Arc<Census>,
    address: IpAddr,
}

impl Census {
    pub(crate) fn new(settings: Arc<Settings>, shared: Arc<Shared>) -> Arc<Self> {
        Arc::new(Self {
            settings,
            shared,
            present: Mutex::default(),
        })
    }

    fn enter(self: &Arc<Self>, peer: SocketAddr) -> Option<Place> {
        let address = peer.ip().to_canonical();
        let (max, max_per_address) = (
            self.settings.get(keys::MAX_CONNECTIONS),
            self.settings.get(keys::MAX_CONNECTIONS_PER_IP),
        );
        let mut present = self.present.lock();
        let here = present.by_address.get(&address).copied().unwrap_or(0);
        let limit = match () {
            () if present.all >= max => Some("max.connections"),
            () if here >= max_per_address => Some("max.connections.per.ip"),
            () => None,
        };
        if let Some(limit) = limit {
            self.shared.traffic.refused();
            present.tell_refused(limit, peer);
            return None;
        }
        present.all += 1;
        present.by_address.insert(address, here + 1);
        self.shared.traffic.opened();
        Some(Place {
            census: Arc::clone(self),
            address,
        })
    }
}

impl Present {
    fn tell_refused(&mut self, limit: &str, peer: SocketAddr) {
        let now = Instant::now();
        match &mut self.refused {
            Some((last, silent)) if now < *last + SILENCE => *silent += 1,
            refused => {
                let before = refused.map_or(0, |(_, silent)| silent);
                tracing::warn!(%peer, limit, not_logged_before = before, "refused a connection: there are too many");
                *refused = Some((now, 0));
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut present = self.census.present.lock();
        present.all -= 1;
        match present.by_address.get_mut(&self.address) {
            Some(here) if *here > 1 => *here -= 1,
            _ => {
                present.by_address.remove(&self.address);
            }
        }
        self.census.shared.traffic.closed();
    }
}

#[cfg(test)]
mod tests {
    use kop_codec::messages::HeartbeatResponse;
    use kop_codec::{ApiKey, encode_response};
    use kop_service::settings::Source;
    use kop_service::{Fault, RawRequest, Reply};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tower::service_fn;

    use super::*;
    use crate::budget::Budget;
    use crate::connection::Limits;
    use crate::traffic::Traffic;
    use crate::{listeners, stopping};

    const LATE: Duration = Duration::from_secs(10);

    fn limits() -> Limits {
        Limits {
            max_frame: 100,
            max_bytes: 1000,
            max_requests: 10,
            idle: None,
            request: LATE,
            send: LATE,
        }
    }

    async fn ask(address: SocketAddr, command: u8) -> io::Result<Vec<u8>> {
        let mut socket = TcpStream::connect(address).await?;
        socket.write_all(&[0, 0, 0, 1, command]).await?;
        let mut answer = vec![0; 10];
        timeout(LATE, socket.read_exact(&mut answer)).await??;
        Ok(answer)
    }

    #[tokio::test]
    async fn a_panic_ends_one_connection_only() {
        let given = [(Source::Flag, "listeners", "127.0.0.1:0")];
        let settings = Arc::new(Settings::parse(given).unwrap());
        let listener = listeners::bind(&settings).await.unwrap().remove(0);
        let address = listener.address;
        let (stopper, stopping) = stopping::channel();
        let traffic = Arc::new(Traffic::default());
        let shared = Arc::new(Shared {
            limits: limits(),
            budget: Budget::new(1 << 20),
            traffic,
            stopping,
        });
        let census = Census::new(settings, Arc::clone(&shared));
        let service = service_fn(|request: RawRequest| async move {
            assert_ne!(request.frame[0], b'p', "as told");
            let answer = encode_response(7, ApiKey::HEARTBEAT, 0, &HeartbeatResponse::default());
            Ok::<_, Fault>(Reply::Frame(answer.unwrap()))
        });
        let accepting = tokio::spawn(accept(
            listener,
            service,
            Arc::clone(&shared),
            Arc::clone(&census),
            LATE,
        ));
        assert!(ask(address, b'e').await.is_ok());
        assert!(ask(address, b'p').await.is_err());
        assert!(ask(address, b'e').await.is_ok());
        stopper.stop();
        timeout(LATE, accepting).await.unwrap().unwrap();
        assert_eq!(census.present.lock().all, 0);
        assert_eq!(shared.budget.used(), 0);
    }
}
