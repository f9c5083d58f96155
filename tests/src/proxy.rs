//! A way to a broker that can be cut, slowed down and silenced.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::relay::{self, Names};

/// What happens on the way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum Way {
    /// All goes through.
    Open = 0,
    /// Connections end as soon as they are made, those that are there too.
    Cut = 1,
    /// Nothing goes through, and nothing is lost: it goes on when the way is open again.
    Silent = 2,
    /// Everything takes a fifth of a second longer.
    Slow = 3,
}

/// Listens on a port of its own and leads to a broker, or to its admin interface, until it is dropped.
///
/// Brokers tell clients to connect to them directly. In what comes from the broker their address is therefore replaced by
/// the proxy's, which is as long.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    way: AtomicU8,
    closed: AtomicBool,
    sockets: Mutex<Vec<TcpStream>>,
    target: SocketAddr,
    /// Of the binary protocol, whose frames begin with their length.
    frames: bool,
    address: SocketAddr,
}

/// Larger frames hold no addresses.
const SMALL: usize = 4096;

impl Proxy {
    /// To `pulsar://host:port` or `http://host:port`.
    pub fn to(url: &str, way: Way) -> io::Result<Self> {
        let target: SocketAddr = url
            .split("://")
            .nth(1)
            .and_then(|address| address.trim_end_matches('/').parse().ok())
            .ok_or_else(|| io::Error::other(format!("{url} is no address on this machine")))?;
        let listener = loop {
            let listener = TcpListener::bind("127.0.0.1:0")?;
            if listener.local_addr()?.to_string().len() == target.to_string().len() {
                break listener;
            }
        };
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            way: AtomicU8::new(way as u8),
            closed: AtomicBool::new(false),
            sockets: Mutex::default(),
            target,
            frames: url.starts_with("pulsar:"),
            address,
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                if accepting.closed.load(Ordering::SeqCst) {
                    return;
                }
                // A connection that cannot be made ends, as the client will see.
                let _ = accepting.connect(socket);
            }
        });
        Ok(Self { address, shared })
    }

    /// Where it listens, as `host:port`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes what happens on the way.
    pub fn set(&self, way: Way) {
        self.shared.way.store(way as u8, Ordering::SeqCst);
        if way == Way::Cut {
            self.shared.cut();
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        self.set(Way::Cut);
        // So that the thread that waits for connections sees it.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn is(&self, way: Way) -> bool {
        self.way.load(Ordering::SeqCst) == way as u8
    }

    fn cut(&self) {
        let mut sockets = self.sockets.lock().unwrap_or_else(PoisonError::into_inner);
        for socket in sockets.drain(..) {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }

    fn connect(self: &Arc<Self>, client: TcpStream) -> io::Result<()> {
        if self.is(Way::Cut) {
            return Ok(());
        }
        let broker = TcpStream::connect(self.target)?;
        {
            let mut sockets = self.sockets.lock().unwrap_or_else(PoisonError::into_inner);
            sockets.extend([client.try_clone()?, broker.try_clone()?]);
        }
        if self.is(Way::Cut) {
            self.cut();
        }
        let (there, back) = (Arc::clone(self), Arc::clone(self));
        let (from, to) = (client.try_clone()?, broker.try_clone()?);
        relay::pass(from, to, move |from, to| there.bytes(from, to));
        relay::pass(broker, client, move |broker, client| match back.frames {
            true => back.frames(broker, client),
            false => back.bytes(broker, client),
        });
        Ok(())
    }

    fn bytes(&self, mut from: &TcpStream, to: &TcpStream) -> io::Result<()> {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match from.read(&mut buffer)? {
                0 => return Ok(()),
                read => self.pass(&buffer[..read], to)?,
            }
        }
    }

    /// Frame by frame, with the broker's address replaced.
    fn frames(&self, mut from: &TcpStream, to: &TcpStream) -> io::Result<()> {
        let names = Names {
            broker: self.target.to_string(),
            own: self.address.to_string(),
        };
        let mut frame = Vec::new();
        loop {
            let mut length = [0; 4];
            from.read_exact(&mut length)?;
            frame.clear();
            frame.extend(length);
            frame.resize(4 + u32::from_be_bytes(length) as usize, 0);
            from.read_exact(&mut frame[4..])?;
            if frame.len() < SMALL {
                names.replace(&mut frame);
            }
            self.pass(&frame, to)?;
        }
    }

    fn pass(&self, bytes: &[u8], mut to: &TcpStream) -> io::Result<()> {
        if self.is(Way::Slow) {
            crate::pause(Duration::from_millis(200));
        }
        while self.is(Way::Silent) {
            crate::pause(Duration::from_millis(20));
        }
        to.write_all(bytes)
    }
}
