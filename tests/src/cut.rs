//! A proxy before a Pulsar broker that cuts connections wherever in a frame they are.

use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use crate::relay::{self, Names};

/// When the next connection is cut.
#[derive(Debug, Default)]
struct Plan {
    /// The most bytes between two cuts; 0 means that nothing is cut.
    most: u64,
    /// Bytes until the next one, on any connection.
    left: u64,
    cuts: usize,
}

impl Plan {
    fn draw(&mut self) {
        self.left = RandomState::new().hash_one(self.cuts) % self.most.max(1);
    }

    /// How many of these bytes pass before a connection is cut; all of them when it is not.
    fn pass(&mut self, bytes: usize) -> usize {
        if self.most == 0 || bytes as u64 <= self.left {
            self.left = self.left.saturating_sub(bytes as u64);
            return bytes;
        }
        let pass = self.left as usize;
        self.cuts += 1;
        self.draw();
        pass
    }
}

/// The proxy. It serves until the process ends.
#[derive(Debug)]
pub struct Cutter {
    address: String,
    plan: Arc<Mutex<Plan>>,
}

impl Cutter {
    /// A proxy before the broker at `host:port`, as the broker calls itself. Where the broker's answers name this
    /// address, they name the proxy's, so that everything passes here.
    ///
    /// # Errors
    /// When the two addresses have different lengths: the frames have to keep theirs.
    pub fn start(broker: &str) -> anyhow::Result<Self> {
        let plan = Arc::<Mutex<Plan>>::default();
        let shared = Arc::clone(&plan);
        let address = relay::listen(broker, move |client, broker, names| {
            connect(client, broker, names, &shared)
        })?;
        Ok(Self { address, plan })
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// From now on cuts a connection whenever a random number of bytes, below `most`, has passed.
    pub fn cut_after(&self, most: u64) {
        let mut plan = lock(&self.plan);
        *plan = Plan {
            most,
            ..Plan::default()
        };
        plan.draw();
    }

    /// Cuts no more; how many connections were cut.
    pub fn stop_cutting(&self) -> usize {
        std::mem::take(&mut *lock(&self.plan)).cuts
    }
}

fn lock(plan: &Mutex<Plan>) -> std::sync::MutexGuard<'_, Plan> {
    plan.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn connect(
    client: TcpStream,
    broker: TcpStream,
    names: &Names,
    plan: &Arc<Mutex<Plan>>,
) -> io::Result<()> {
    let (up, down) = ((client.try_clone()?, broker.try_clone()?), (broker, client));
    for ((from, to), names) in [(up, None), (down, Some(names.clone()))] {
        let plan = Arc::clone(plan);
        relay::pass(from, to, move |from, to| {
            pump(from, to, names.as_ref(), &plan)
        });
    }
    Ok(())
}

/// Passes bytes on until the connection ends or is cut.
fn pump(
    mut from: &TcpStream,
    mut to: &TcpStream,
    names: Option<&Names>,
    plan: &Mutex<Plan>,
) -> io::Result<()> {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = from.read(&mut buffer)?;
        let bytes = &mut buffer[..read];
        if let Some(names) = names {
            // An address that two reads share stays, and its connection passes by the proxy.
            names.replace(bytes);
        }
        let pass = lock(plan).pass(read);
        to.write_all(&bytes[..pass])?;
        if read == 0 || pass < read {
            return Ok(());
        }
    }
}
