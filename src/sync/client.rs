//! The client: runs sessions, once or for as long as the program does.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auxlog_record::PublicKey;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::connection::Connection;
use crate::error::SyncError;
use crate::local::LocalLedger;
use crate::office;
use crate::progress::{Outcome, Progress};
use crate::session::{Action, Event, Learnt, Session};

/// How long a laptop that has nothing to send waits before it asks for news.
pub const POLL: Duration = Duration::from_mins(1);

/// What the background client is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Synchronise now: someone asked, a record was saved, or the network came up.
    Now,
}

/// What the background client says.
#[derive(Debug)]
pub enum Update {
    /// A synchronisation began.
    Began,
    /// How far it has come.
    Progress(Progress),
    /// It ended well.
    Synced(Outcome),
    /// It stopped and is tried again.
    Failed {
        /// Why.
        error: SyncError,
        /// In how long.
        again_in: Duration,
        /// What had been done until then.
        outcome: Outcome,
    },
}

/// Synchronises once. `report` is told of the progress after each answer.
///
/// # Errors
/// Why it stopped, with what had been done until then. Whatever was acknowledged stays so.
pub async fn sync_once(
    ledger: &Arc<dyn LocalLedger>,
    connection: &Connection,
    server: PublicKey,
    report: impl FnMut(Progress),
) -> Result<Outcome, (SyncError, Outcome)> {
    let (ended, _) = session(ledger, connection, server, Learnt::default(), report).await;
    ended.map_err(|stopped| (stopped.error, stopped.outcome))
}

/// Synchronises for as long as `commands` has a sender: at once when told, else every [`POLL`],
/// and after a failure again and again with growing delays.
pub async fn run(
    ledger: Arc<dyn LocalLedger>,
    connection: Connection,
    server: PublicKey,
    mut commands: mpsc::Receiver<Command>,
    updates: mpsc::Sender<Update>,
) {
    let mut backoff = Backoff::new(seed());
    let mut learnt = Learnt::default();
    loop {
        // Whoever listened is gone when an update can't be delivered; the commands say when to end.
        let _ = updates.send(Update::Began).await;
        let told = |progress| {
            let _ = updates.try_send(Update::Progress(progress));
        };
        let (ended, learnt_now) = session(&ledger, &connection, server, learnt, told).await;
        learnt = learnt_now;
        let wait = match ended {
            Ok(outcome) => {
                backoff.reset();
                let _ = updates.send(Update::Synced(outcome)).await;
                POLL
            }
            Err(Stopped { error, retry_after_ms, outcome }) => {
                let again_in = Duration::from_millis(backoff.next_ms(retry_after_ms));
                tracing::info!(%error, ?again_in, "synchronisation stopped");
                let _ = updates.send(Update::Failed { error, again_in, outcome }).await;
                again_in
            }
        };
        match tokio::time::timeout(wait, commands.recv()).await {
            Ok(Some(Command::Now)) => {
                backoff.reset();
                // Records saved in quick succession need one synchronisation, not one each.
                while commands.try_recv().is_ok() {}
            }
            Ok(None) => return,
            Err(_) => {}
        }
    }
}

struct Stopped {
    error: SyncError,
    retry_after_ms: Option<u64>,
    outcome: Outcome,
}

/// Runs one session to its end.
async fn session(
    ledger: &Arc<dyn LocalLedger>,
    connection: &Connection,
    server: PublicKey,
    learnt: Learnt,
    mut report: impl FnMut(Progress),
) -> (Result<Outcome, Stopped>, Learnt) {
    let clock = SteadyClock::start();
    let mut session = Session::new(server, seed(), learnt);
    let mut event = Event::Begin { now_ms: clock.now_ms() };
    loop {
        let actions;
        (session, actions) = step(session, event, ledger).await;
        let (mut request, mut bring) = (None, false);
        for action in actions {
            match action {
                Action::Report(progress) => report(progress),
                Action::Send(next) => request = Some(next),
                Action::Bring => bring = true,
                Action::Done(outcome) => return (Ok(outcome), session.into_learnt()),
                Action::Failed { error, retry_after_ms, outcome } => {
                    return (Err(Stopped { error, retry_after_ms, outcome }), session.into_learnt());
                }
            }
        }
        if bring {
            let done = office::bring_back(ledger, connection, &server).await;
            event = Event::Brought { now_ms: clock.now_ms(), done };
            continue;
        }
        let Some(request) = request else {
            let error = SyncError::BadAnswer("the session has nothing left to do".into());
            let outcome = Outcome::default();
            return (Err(Stopped { error, retry_after_ms: None, outcome }), session.into_learnt());
        };
        let answer = connection.send(request).await;
        event = Event::Answered { now_ms: clock.now_ms(), answer };
    }
}

/// One step, on a thread that may block on the disk.
async fn step(mut session: Session, event: Event, ledger: &Arc<dyn LocalLedger>) -> (Session, Vec<Action>) {
    let ledger = Arc::clone(ledger);
    let stepped = tokio::task::spawn_blocking(move || {
        let actions = session.on_event(event, &*ledger);
        (session, actions)
    });
    match stepped.await {
        Ok(stepped) => stepped,
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}

/// The wall clock at the start, going on by the monotonic one: a clock that is set while a session
/// runs doesn't confuse it.
struct SteadyClock {
    began_ms: u64,
    since: Instant,
}

impl SteadyClock {
    fn start() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { began_ms: u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX), since: Instant::now() }
    }

    fn now_ms(&self) -> u64 {
        self.began_ms.saturating_add(u64::try_from(self.since.elapsed().as_millis()).unwrap_or(0))
    }
}

/// Different at every call; where the system has no random bytes, time is all there is.
fn seed() -> u64 {
    let mut bytes = [0; 8];
    match getrandom::fill(&mut bytes) {
        Ok(()) => u64::from_be_bytes(bytes),
        Err(_) => SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(1, |since| u64::try_from(since.as_nanos() & u128::from(u64::MAX)).unwrap_or(1)),
    }
}
