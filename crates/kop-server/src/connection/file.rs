//! Sending regions of files without a disk ever blocking the runtime.
//!
//! Before a piece of a region is sent, its first and its last page are asked for with `RWF_NOWAIT`, which answers at once
//! whether they are in the page cache. The recent tail of a log always is, and goes to the socket by `sendfile`. What is
//! not is first read into the page cache by a thread for blocking work.
//!
//! Systems other than Linux have neither call in this form: there, regions are read and written, and a read from the disk
//! holds a thread of the runtime up.

use std::fs::File;
use std::io::{self, IoSlice};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use kop_codec::FileRegion;
use rustix::net::{SendAncillaryBuffer, SendFlags};
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// Bytes that are looked at, read ahead and sent at once.
const PIECE: u32 = 1024 * 1024;
const PAGE: u64 = 4096;

/// A piece of a region on its way from the disk into the page cache.
#[derive(Debug)]
pub(super) struct Warming(JoinHandle<io::Result<()>>);

impl Warming {
    pub(super) fn start(region: &FileRegion, sent: u32) -> Self {
        let (file, from, len) = piece(region, sent);
        let file = Arc::clone(file);
        Self(tokio::task::spawn_blocking(move || {
            read_through(&file, from, len)
        }))
    }

    /// Resolves when it is there. May be dropped and called again.
    pub(super) async fn finish(&mut self) -> io::Result<()> {
        (&mut self.0).await.map_err(io::Error::other)?
    }
}

/// The next piece to send: its file, where it begins, its length.
fn piece(region: &FileRegion, sent: u32) -> (&Arc<File>, u64, u32) {
    (
        &region.file,
        region.offset.saturating_add(u64::from(sent)),
        (region.len - sent).min(PIECE),
    )
}

/// Whether the next piece is in the page cache. A file system that cannot tell counts as one that has it.
pub(super) fn is_warm(region: &FileRegion, sent: u32) -> bool {
    let (file, from, len) = piece(region, sent);
    let last = from.saturating_add(u64::from(len).saturating_sub(1));
    is_cached(file, from) && (last / PAGE == from / PAGE || is_cached(file, last))
}

#[cfg(target_os = "linux")]
fn is_cached(file: &File, at: u64) -> bool {
    let mut byte = [0];
    let read = rustix::io::preadv2(
        file,
        &mut [io::IoSliceMut::new(&mut byte)],
        at,
        rustix::io::ReadWriteFlags::NOWAIT,
    );
    read != Err(rustix::io::Errno::AGAIN)
}

#[cfg(not(target_os = "linux"))]
fn is_cached(_: &File, _: u64) -> bool {
    true
}

fn read_through(file: &File, from: u64, len: u32) -> io::Result<()> {
    let mut scratch = vec![0; 128 * 1024];
    let end = from.saturating_add(u64::from(len));
    let mut at = from;
    while at < end {
        let wanted = scratch.len().min((end - at) as usize);
        match file.read_at(&mut scratch[..wanted], at)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => at += read as u64,
        }
    }
    Ok(())
}

/// Sends from a region as much as the socket takes.
pub(super) fn send(socket: &TcpStream, region: &FileRegion, sent: u32) -> io::Result<usize> {
    let (file, from, len) = piece(region, sent);
    socket.try_io(Interest::WRITABLE, || {
        match send_file(socket, file, from, len)? {
            0 => Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "a segment is shorter than its index says",
            )),
            sent => Ok(sent),
        }
    })
}

#[cfg(target_os = "linux")]
fn send_file(socket: &TcpStream, file: &File, mut from: u64, len: u32) -> io::Result<usize> {
    let sent = rustix::fs::sendfile(socket, file, Some(&mut from), len as usize);
    Ok(sent?)
}

#[cfg(not(target_os = "linux"))]
fn send_file(socket: &TcpStream, file: &File, from: u64, len: u32) -> io::Result<usize> {
    copy_file(socket, file, from, len)
}

/// Sends a part of what is asked for, from a buffer; 0 at the end of the file.
#[cfg(any(test, not(target_os = "linux")))]
fn copy_file(socket: &TcpStream, file: &File, from: u64, len: u32) -> io::Result<usize> {
    let mut buffer = vec![0; (len as usize).min(64 * 1024)];
    match file.read_at(&mut buffer, from)? {
        0 => Ok(0),
        read => send_once(socket, &[IoSlice::new(&buffer[..read])], false),
    }
}

/// Sends slices as far as the socket takes them. `more` tells the kernel to wait for what follows before it sends a
/// packet that is not full.
pub(super) fn send_slices(
    socket: &TcpStream,
    slices: &[IoSlice<'_>],
    more: bool,
) -> io::Result<usize> {
    socket.try_io(Interest::WRITABLE, || send_once(socket, slices, more))
}

fn send_once(socket: &TcpStream, slices: &[IoSlice<'_>], more: bool) -> io::Result<usize> {
    let sent = rustix::net::sendmsg(
        socket,
        slices,
        &mut SendAncillaryBuffer::default(),
        flags(more),
    );
    Ok(sent?)
}

#[cfg(target_os = "linux")]
fn flags(more: bool) -> SendFlags {
    if more {
        SendFlags::NOSIGNAL | SendFlags::MORE
    } else {
        SendFlags::NOSIGNAL
    }
}

/// The standard library keeps the signal away, and packets go out as they are.
#[cfg(not(target_os = "linux"))]
fn flags(_: bool) -> SendFlags {
    SendFlags::empty()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use tokio::io::AsyncReadExt;
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_region_can_be_copied_to_the_socket() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut client = TcpStream::connect(address).await.unwrap();
        let (server, _) = listener.accept().await.unwrap();
        let content: Vec<u8> = (0..200_000_u32).map(|at| at as u8).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&content).unwrap();
        let reader = tokio::spawn(async move {
            let mut got = Vec::new();
            client.read_to_end(&mut got).await.unwrap();
            got
        });
        let mut from = 100;
        while from < 199_000 {
            server.writable().await.unwrap();
            let len = 199_000 - from as u32;
            match server.try_io(Interest::WRITABLE, || copy_file(&server, &file, from, len)) {
                Ok(sent) => from += sent as u64,
                Err(error) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock),
            }
        }
        assert_eq!(copy_file(&server, &file, 200_000, 1).unwrap(), 0);
        drop(server);
        assert_eq!(reader.await.unwrap(), content[100..199_000]);
    }

    #[test]
    fn what_was_just_written_is_warm() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&vec![7; 3 * PIECE as usize]).unwrap();
        let region = FileRegion {
            file: Arc::new(file),
            offset: 100,
            len: 2 * PIECE,
        };
        assert!(is_warm(&region, 0));
        assert!(is_warm(&region, PIECE));
        assert!(is_warm(&region, 2 * PIECE - 1));
    }

    #[tokio::test]
    async fn warming_reads_through_and_tells_of_a_short_file() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&[7; 10_000]).unwrap();
        let file = Arc::new(file);
        let region = FileRegion {
            file: Arc::clone(&file),
            offset: 10,
            len: 9_990,
        };
        Warming::start(&region, 0).finish().await.unwrap();
        let beyond = FileRegion {
            file,
            offset: 10,
            len: 9_991,
        };
        let error = Warming::start(&beyond, 0).finish().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    /// A file system in memory never forgets, and passes without having shown anything.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn what_the_page_cache_has_forgotten_is_cold_until_it_is_read() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&vec![7; 3 * PIECE as usize]).unwrap();
        file.sync_all().unwrap();
        rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed).unwrap();
        let region = FileRegion {
            file: Arc::new(file),
            offset: 0,
            len: PIECE,
        };
        if !is_warm(&region, 0) {
            Warming::start(&region, 0).finish().await.unwrap();
        }
        assert!(is_warm(&region, 0));
    }
}
