//! Connections: how many stand at once, in all and from one address, and which is closed when another
//! comes and there is no room.

use std::collections::HashMap;
use std::future::{Ready, ready};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use auxlog_record::WriterId;
use axum_server::accept::Accept;
use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::limits::line_of;

/// Files that are left to the database, the log and what is on its way to being a connection.
const RESERVED: usize = 256;

/// Connections at most where the system sets no limit that is worth the name.
const MOST: usize = 16_384;

/// How long a connection stands after its last request began: longer than any request may take.
const IDLE: Duration = Duration::from_mins(3);

/// How many may have come and not be taken in.
const COMING: usize = 4_096;

/// Connections of one device that go after others' at once.
const PROVEN: usize = 4;

#[derive(Debug)]
pub(crate) struct Connections {
    began: Instant,
    most: usize,
    of_address: usize,
    proxies: Vec<IpAddr>,
    /// When those came that are not taken in yet: that happens in any order.
    coming: Mutex<HashMap<SocketAddr, u64>>,
    lines: Mutex<HashMap<SocketAddr, Arc<Line>>>,
    closed: AtomicU64,
}

/// One connection. It can be closed at once from anywhere: its file is free then.
#[derive(Debug)]
struct Line {
    peer: SocketAddr,
    stream: Mutex<Option<TcpStream>>,
    waker: AtomicWaker,
    /// When its last request began, or it came; microseconds since [`Connections::began`]. Bytes alone do not
    /// count: whoever sends one now and then asks for nothing.
    asked: AtomicU64,
    /// The active device whose request came by it last, unless that has newer ones.
    device: Mutex<Option<WriterId>>,
    /// Requests that came whole and are being answered.
    answering: AtomicUsize,
}

/// A request that came whole, until it is answered.
#[derive(Debug)]
pub(crate) struct Answering(Arc<Line>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.answering.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Connections {
    /// `most` and `of_address` at once; by the process's limit of files where they are not named.
    pub(crate) fn new(most: Option<usize>, of_address: Option<usize>, proxies: Vec<IpAddr>) -> Arc<Self> {
        let most = most.unwrap_or_else(by_file_limit);
        Arc::new(Self {
            began: Instant::now(),
            most,
            of_address: of_address.unwrap_or((most / 4).max(1)),
            proxies,
            coming: Mutex::default(),
            lines: Mutex::default(),
            closed: AtomicU64::new(0),
        })
    }

    /// How many stand, and how many were closed to make room.
    pub(crate) fn counts(&self) -> (usize, u64) {
        (self.lines().len(), self.closed.load(Ordering::Relaxed))
    }

    /// How many may stand from one address.
    pub(crate) fn of_address(&self) -> usize {
        self.of_address
    }

    /// Takes note that a request began.
    pub(crate) fn asked(&self, peer: SocketAddr) {
        if let Some(line) = self.lines().get(&peer) {
            line.asked.store(self.now(), Ordering::Relaxed);
        }
    }

    /// Takes note that one came, in the order in which they come.
    pub(crate) fn arrived(&self, peer: SocketAddr) {
        let mut coming = self.coming.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that were gone before they were taken in stay: they are forgotten together.
        if coming.len() >= COMING {
            coming.clear();
        }
        coming.insert(peer, self.now());
    }

    /// Takes note that a request came whole, or that it is proven who sends it: until it is answered its
    /// connection goes after silent ones. One by which an active device asked goes after all others, and of
    /// a device's many connections those that asked last.
    pub(crate) fn answering(&self, peer: SocketAddr, device: Option<WriterId>) -> Option<Answering> {
        let lines = self.lines();
        let line = lines.get(&peer).cloned()?;
        if device.is_some() && *line.device() != device {
            let held = lines.values().filter(|other| !Arc::ptr_eq(other, &line) && *other.device() == device);
            let held: Vec<_> = held.collect();
            if held.len() >= PROVEN
                && let Some(quietest) = held.into_iter().min_by_key(|line| line.rank())
            {
                *quietest.device() = None;
            }
            *line.device() = device;
        }
        drop(lines);
        line.answering.fetch_add(1, Ordering::Relaxed);
        Some(Answering(line))
    }

    /// Closes connections on which nobody asked for anything for long.
    pub(crate) fn sweep(&self) {
        let now = self.now();
        let idle = u64::try_from(IDLE.as_micros()).unwrap_or(u64::MAX);
        let mut lines = self.lines();
        lines.retain(|_, line| {
            let stays = now.saturating_sub(line.asked.load(Ordering::Relaxed)) < idle;
            if !stays {
                line.close();
            }
            stays
        });
    }

    /// Takes a connection in. Where there is no room, the one that has asked for nothing longest goes: of those
    /// from its own address where there are too many of them, else of all; one by which an active
    /// device asked goes after all others.
    fn take(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr) -> Watched {
        let arrived = self.coming.lock().unwrap_or_else(PoisonError::into_inner).remove(&peer);
        let came = arrived.unwrap_or_else(|| self.now());
        let line = Arc::new(Line {
            peer,
            stream: Mutex::new(Some(stream)),
            waker: AtomicWaker::new(),
            asked: AtomicU64::new(came),
            device: Mutex::default(),
            answering: AtomicUsize::new(0),
        });
        let address = peer.ip().to_canonical();
        let near = |line: &Line| line_of(line.peer.ip()) == line_of(address);
        let mut lines = self.lines();
        let crowded =
            !self.proxies.contains(&address) && lines.values().filter(|line| near(line)).count() >= self.of_address;
        if crowded || lines.len() >= self.most {
            let mine = lines.values().filter(|line| !crowded || near(line));
            let quietest = mine.min_by_key(|line| line.rank());
            if let Some(line) = quietest.map(|line| line.peer).and_then(|peer| lines.remove(&peer)) {
                line.close();
                self.closed.fetch_add(1, Ordering::Relaxed);
            }
        }
        lines.insert(peer, Arc::clone(&line));
        Watched { line, all: Arc::clone(self) }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<SocketAddr, Arc<Line>>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As many as the process's limit of files has room for.
fn by_file_limit() -> usize {
    let limit = auxlog_journal::file_limit().and_then(|limit| usize::try_from(limit).ok()).unwrap_or(MOST);
    limit.saturating_sub(RESERVED).max(limit / 4).clamp(1, MOST)
}

impl Line {
    /// Whose rank is lowest goes first.
    fn rank(&self) -> (bool, bool, u64) {
        let answering = self.answering.load(Ordering::Relaxed) > 0;
        (self.device().is_some(), answering, self.asked.load(Ordering::Relaxed))
    }

    fn device(&self) -> MutexGuard<'_, Option<WriterId>> {
        self.device.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        drop(self.stream().take());
        self.waker.wake();
    }

    fn stream(&self) -> MutexGuard<'_, Option<TcpStream>> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets connections in by [`Connections`], before TLS is spoken.
#[derive(Debug, Clone)]
pub(crate) struct Gate(pub(crate) Arc<Connections>);

impl<S> Accept<TcpStream, S> for Gate {
    type Stream = Watched;
    type Service = S;
    type Future = Ready<io::Result<(Watched, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        ready(stream.peer_addr().map(|peer| (self.0.take(stream, peer), service)))
    }
}

/// A connection that is counted, and may be closed by others.
#[derive(Debug)]
pub(crate) struct Watched {
    line: Arc<Line>,
    all: Arc<Connections>,
}

impl Watched {
    /// Does something with the stream, while it is there.
    fn with<T>(
        &self,
        context: &mut Context<'_>,
        work: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        self.line.waker.register(context.waker());
        let mut stream = self.line.stream();
        let Some(stream) = stream.as_mut() else {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        };
        work(Pin::new(stream), context)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let mut lines = self.all.lines();
        // Another may have come from the same port since this one was closed.
        if lines.get(&self.line.peer).is_some_and(|line| Arc::ptr_eq(line, &self.line)) {
            lines.remove(&self.line.peer);
        }
    }
}

impl AsyncRead for Watched {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.with(context, |stream, context| stream.poll_read(context, into))
    }
}

impl AsyncWrite for Watched {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.with(context, |stream, context| stream.poll_write(context, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.with(context, |stream, context| stream.poll_write_vectored(context, bytes))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // TCP has nothing to flush.
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(context, AsyncWrite::poll_shutdown)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;
    use tokio::net::TcpListener;

    use super::*;

    /// Both ends of a connection, the server's one taken in.
    async fn joined(all: &Arc<Connections>, listener: &TcpListener) -> (TcpStream, Watched) {
        let client = TcpStream::connect(listener.local_addr().expect("an address")).await.expect("connected");
        let (stream, peer) = listener.accept().await.expect("accepted");
        (client, all.take(stream, peer))
    }

    fn is_open(watched: &Watched) -> bool {
        watched.line.stream().is_some()
    }

    #[tokio::test]
    async fn who_was_silent_longest_goes_and_who_is_known_goes_last() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
        let all = Connections::new(Some(3), Some(3), Vec::new());
        let mut standing = Vec::new();
        for asked in [5, 2, 3] {
            let (client, watched) = joined(&all, &listener).await;
            watched.line.asked.store(asked, Ordering::Relaxed);
            standing.push((client, watched));
        }
        // The one silent longest is an active device's.
        drop(all.answering(standing[1].1.line.peer, Some(WriterId([1; 16]))));
        let (_client, mut fourth) = joined(&all, &listener).await;
        assert_eq!(standing.iter().map(|(_, watched)| is_open(watched)).collect::<Vec<_>>(), [true, true, false]);
        assert_eq!((all.counts(), is_open(&fourth)), ((3, 1), true));
        let mut byte = [0];
        assert_eq!(standing[2].0.read(&mut byte).await.expect("an end"), 0, "the other side is told");
        let error = standing[2].1.read(&mut byte).await.expect_err("and so is whoever serves it");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionAborted);
        // One that ends by itself makes room, too.
        drop(standing.remove(0));
        let (_fifth, _watched) = joined(&all, &listener).await;
        assert_eq!(all.counts(), (3, 1));
        standing[0].0.try_write(b"x").expect("sent");
        assert_eq!(standing[0].1.read(&mut byte).await.expect("heard"), 1, "what stands is served");
        assert!(tokio::time::timeout(Duration::from_millis(1), fourth.read(&mut byte)).await.is_err());
    }

    #[tokio::test]
    async fn in_whichever_order_they_are_taken_in_who_came_first_goes_first() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
        let all = Connections::new(Some(4), Some(4), Vec::new());
        let mut coming = Vec::new();
        for _ in 0..9 {
            let client = TcpStream::connect(listener.local_addr().expect("an address")).await.expect("connected");
            let (stream, peer) = listener.accept().await.expect("accepted");
            all.arrived(peer);
            // So that no two come in the same moment.
            std::thread::sleep(Duration::from_micros(2));
            coming.push((client, stream, peer));
        }
        coming.rotate_right(1);
        let mut standing: Vec<_> =
            coming.into_iter().map(|(client, stream, peer)| (client, all.take(stream, peer))).collect();
        let open: Vec<_> = standing.iter().map(|(_, watched)| is_open(watched)).collect();
        assert_eq!(open, [true, false, false, false, false, false, true, true, true]);
        assert!(all.coming.lock().expect("no panic").is_empty());
        for port in 1..=60_000 {
            all.arrived(SocketAddr::from(([127, 0, 0, 9], port)));
        }
        assert!(all.coming.lock().expect("no panic").len() <= COMING, "of those that never are, few are kept");
        // The one that came last but was silent since asked something, which takes its time.
        let (_client, stranger) = standing.swap_remove(6);
        let answering = all.answering(stranger.line.peer, None).expect("it stands");
        for _ in 0..9 {
            standing.push(joined(&all, &listener).await);
        }
        assert!(is_open(&stranger));
        drop(answering);
        for _ in 0..4 {
            standing.push(joined(&all, &listener).await);
        }
        assert!(!is_open(&stranger));
    }

    #[tokio::test]
    async fn who_is_being_answered_goes_last_of_all() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
        let all = Connections::new(Some(2), Some(2), Vec::new());
        let (_first, waits) = joined(&all, &listener).await;
        let answering = all.answering(waits.line.peer, Some(WriterId([1; 16]))).expect("it stands");
        waits.line.asked.store(0, Ordering::Relaxed);
        let mut others = Vec::new();
        for device in 2..7 {
            let other = joined(&all, &listener).await;
            drop(all.answering(other.1.line.peer, Some(WriterId([device; 16]))));
            other.1.line.asked.store(9, Ordering::Relaxed);
            others.push(other);
        }
        assert!(is_open(&waits));
        assert_eq!(others.iter().filter(|(_, watched)| is_open(watched)).count(), 1);
        drop(answering);
        let _sixth = joined(&all, &listener).await;
        assert!(!is_open(&waits), "once it is answered it is one like others");
    }

    #[tokio::test]
    async fn one_device_keeps_few_connections_before_others() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
        let all = Connections::new(Some(20), Some(20), Vec::new());
        let mut standing = Vec::new();
        let mut answering = Vec::new();
        for asked in 0..10 {
            let one = joined(&all, &listener).await;
            one.1.line.asked.store(asked, Ordering::Relaxed);
            answering.push(all.answering(one.1.line.peer, Some(WriterId([1; 16]))));
            standing.push(one);
        }
        let proven = |watched: &Watched| watched.line.rank().0;
        assert_eq!(standing.iter().map(|(_, watched)| proven(watched)).collect::<Vec<_>>(), {
            let mut due = [false; 10];
            due[6..].fill(true);
            due
        });
        assert!(!standing[0].1.line.rank().0, "whatever is being answered by the others");
        // Another device is not concerned, and the first asks on as it likes.
        let other = joined(&all, &listener).await;
        drop(all.answering(other.1.line.peer, Some(WriterId([2; 16]))));
        drop(all.answering(standing[9].1.line.peer, Some(WriterId([1; 16]))));
        assert!(proven(&other.1));
        assert_eq!(standing.iter().filter(|(_, watched)| proven(watched)).count(), PROVEN);
    }

    #[tokio::test]
    async fn a_connection_on_which_nobody_asks_ends() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
        let mut all = Connections::new(Some(3), Some(3), Vec::new());
        // As if the server had run for a while.
        let began = Instant::now().checked_sub(IDLE * 2).expect("the machine runs that long");
        Arc::get_mut(&mut all).expect("one's own").began = began;
        let ((_client, asks), (mut client, silent)) = (joined(&all, &listener).await, joined(&all, &listener).await);
        for watched in [&asks, &silent] {
            watched.line.asked.store(0, Ordering::Relaxed);
        }
        all.asked(asks.line.peer);
        all.sweep();
        assert!(is_open(&asks) && !is_open(&silent), "bytes alone, such as pings, are no request");
        assert_eq!(client.read(&mut [0]).await.expect("an end"), 0);
        assert_eq!(all.counts(), (1, 0), "it made room for nobody");
    }
}
