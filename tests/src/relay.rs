//! What the proxies before a broker have in common.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use anyhow::ensure;

/// Brokers tell clients to connect to them directly. So that everything passes the proxy, their address is replaced by the
/// proxy's in what they send, which is as long: frames keep their length.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) broker: String,
    pub(crate) own: String,
}

impl Names {
    /// Replaces it in these bytes.
    pub(crate) fn replace(&self, bytes: &mut [u8]) {
        let (old, new) = (self.broker.as_bytes(), self.own.as_bytes());
        let places: Vec<usize> = (0..(bytes.len() + 1).saturating_sub(old.len()))
            .filter(|at| bytes[*at..].starts_with(old))
            .collect();
        for at in places {
            bytes[at..at + new.len()].copy_from_slice(new);
        }
    }
}

/// Has whoever comes connected with the broker at `host:port`, until the process ends: where it listens, as `127.0.0.1:PORT`.
///
/// # Errors
/// When the two addresses have different lengths.
pub(crate) fn listen(
    broker: &str,
    connected: impl Fn(TcpStream, TcpStream, &Names) -> io::Result<()> + Send + 'static,
) -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let own = listener.local_addr()?.to_string();
    ensure!(
        own.len() == broker.len(),
        "{broker} cannot be replaced by {own} in a frame"
    );
    let names = Names {
        broker: broker.to_owned(),
        own: own.clone(),
    };
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            // Without a broker the client's connection is closed at once.
            if let Ok(broker) = TcpStream::connect(&names.broker) {
                let delays = [client.set_nodelay(true), broker.set_nodelay(true)];
                if delays.iter().all(Result::is_ok) {
                    let _ = connected(client, broker, &names);
                }
            }
        }
    });
    Ok(own)
}

/// Passes on what comes from one side, in a thread of its own; where that ends both sides are closed.
pub(crate) fn pass(
    from: TcpStream,
    to: TcpStream,
    pass: impl FnOnce(&TcpStream, &TcpStream) -> io::Result<()> + Send + 'static,
) {
    thread::spawn(move || {
        let _ = pass(&from, &to);
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    });
}
