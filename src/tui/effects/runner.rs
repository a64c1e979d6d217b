//! Runs effects in tasks of their own and sends their answers back.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use auxlog_record::OfficerId;
use auxlog_store::{Ledger, OpenOptions, TaskQuery};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;

use crate::effect::{Alarm, Answer, Ask, Effect, Passphrase, Ticket};
use crate::effects::background::Background;
use crate::effects::ledger;
use crate::export::Exporter;
use crate::msg::Msg;
use crate::remembered;
use crate::sync_state::SyncNews;

/// What the effects work on.
#[derive(Clone)]
pub struct Host {
    /// The data directory.
    pub dir: PathBuf,
    /// How it is opened.
    pub options: OpenOptions,
    /// Writes files, where files can be written.
    pub exporter: Option<Arc<dyn Exporter>>,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").field("dir", &self.dir).finish_non_exhaustive()
    }
}

/// Something that happens in the order in which it was asked for: a draft is not cleared before
/// it is saved, the ledger not closed before the last task is in it.
enum Ordered {
    Open(OfficerId, Passphrase),
    Write(Ticket, Ask),
    Sync,
    /// Something was recorded beside the order: that a file was written.
    Noted,
    Close,
    /// Answered when all before it is done.
    Settled(oneshot::Sender<()>),
}

type OpenLedger = Arc<Mutex<Option<Arc<Ledger>>>>;

/// Runs effects.
pub struct Runner {
    runtime: Handle,
    host: Host,
    messages: mpsc::UnboundedSender<Msg>,
    ordered: mpsc::UnboundedSender<Ordered>,
    ledger: OpenLedger,
    alarms: HashMap<Alarm, AbortHandle>,
    search: Search,
}

/// A list that is being read through for words; given up when another one is asked for.
#[derive(Default)]
struct Search {
    list: TaskQuery,
    given_up: Arc<AtomicBool>,
}

impl Search {
    /// What says that the answer for `query` is not waited for any more.
    fn go_on(&mut self, query: &TaskQuery) -> Arc<AtomicBool> {
        let list = TaskQuery { offset: 0, limit: 0, ..query.clone() };
        if list != self.list {
            self.give_up();
            *self = Self { list, given_up: Arc::default() };
        }
        Arc::clone(&self.given_up)
    }

    fn give_up(&mut self) {
        self.given_up.store(true, Ordering::Relaxed);
        *self = Self::default();
    }
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner").field("host", &self.host).finish_non_exhaustive()
    }
}

impl Runner {
    /// A runner that sends its answers to `messages`.
    pub fn new(runtime: Handle, host: Host, messages: mpsc::UnboundedSender<Msg>) -> Self {
        let (ordered, queue) = mpsc::unbounded_channel();
        let ledger = OpenLedger::default();
        let worker = Worker {
            runtime: runtime.clone(),
            host: host.clone(),
            messages: messages.clone(),
            ledger: Arc::clone(&ledger),
            background: None,
        };
        runtime.spawn_blocking(move || worker.work(queue));
        Self { runtime, host, messages, ordered, ledger, alarms: HashMap::new(), search: Search::default() }
    }

    /// Runs an effect; [`Effect::Quit`] and [`Effect::Suspend`] are the loop's.
    pub fn run(&mut self, effect: Effect) {
        match effect {
            Effect::ListOfficers => {
                let dir = self.host.dir.clone();
                self.perhaps(None, move || Some(Answer::OfficersHere(Ledger::officers(&dir).map_err(Arc::new))));
            }
            Effect::Unlock { officer, passphrase } => self.order(Ordered::Open(officer, passphrase)),
            Effect::Lock => {
                self.search.give_up();
                self.order(Ordered::Close);
            }
            Effect::Ask(ticket, ask) if ask.must_finish() => self.order(Ordered::Write(ticket, ask)),
            Effect::Ask(ticket, Ask::Tasks(query)) if query.text.is_some() || query.place.is_some() => {
                let given_up = self.search.go_on(&query);
                if let Some(open) = current(&self.ledger) {
                    let ask = Ask::Tasks(query);
                    self.perhaps(Some(ticket), move || {
                        ledger::answer_unless(&open, &ask, &|| given_up.load(Ordering::Relaxed))
                    });
                }
            }
            Effect::Ask(ticket, ask) => {
                if let Some(open) = current(&self.ledger) {
                    let exporter = self.host.exporter.clone();
                    let ordered = self.ordered.clone();
                    self.perhaps(Some(ticket), move || {
                        let answer = ledger::answer(&open, exporter.as_deref(), &ask);
                        if matches!(answer, Answer::Exported(_, Ok(_))) {
                            let _ = ordered.send(Ordered::Noted);
                        }
                        Some(answer)
                    });
                }
            }
            Effect::Wake { alarm, after } => self.wake(alarm, after),
            Effect::SyncNow => self.order(Ordered::Sync),
            Effect::Suspend | Effect::Quit => {}
        }
    }

    /// Waits until everything that stores something is done and the ledger is closed, at most for
    /// `patience`; whether it is.
    pub async fn settle(&self, patience: Duration) -> bool {
        self.search.given_up.store(true, Ordering::Relaxed);
        let (done, settled) = oneshot::channel();
        self.order(Ordered::Close);
        self.order(Ordered::Settled(done));
        tokio::time::timeout(patience, settled).await.is_ok()
    }

    fn order(&self, ordered: Ordered) {
        // The worker ends only with the runtime; then nobody waits for an answer either.
        let _ = self.ordered.send(ordered);
    }

    /// Works off the loop; there may be no answer.
    fn perhaps(&self, ticket: Option<Ticket>, work: impl FnOnce() -> Option<Answer> + Send + 'static) {
        let messages = self.messages.clone();
        self.runtime.spawn_blocking(move || {
            if let Some(answer) = guarded(work).unwrap_or(Some(Answer::Panicked)) {
                let _ = messages.send(Msg::Answer(ticket, Box::new(answer)));
            }
        });
    }

    fn wake(&mut self, alarm: Alarm, after: Duration) {
        let messages = self.messages.clone();
        let task = self.runtime.spawn(async move {
            tokio::time::sleep(after).await;
            let _ = messages.send(Msg::Answer(None, Box::new(Answer::Woke(alarm))));
        });
        if let Some(before) = self.alarms.insert(alarm, task.abort_handle()) {
            before.abort();
        }
    }
}

/// Keeps a panic from ending the thread that works: nothing half done is seen, since the ledger
/// changes only what it has made durable.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

fn current(ledger: &OpenLedger) -> Option<Arc<Ledger>> {
    ledger.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Does what must happen in order.
struct Worker {
    runtime: Handle,
    host: Host,
    messages: mpsc::UnboundedSender<Msg>,
    ledger: OpenLedger,
    background: Option<Background>,
}

impl Worker {
    fn work(mut self, mut queue: mpsc::UnboundedReceiver<Ordered>) {
        while let Some(ordered) = queue.blocking_recv() {
            let more_waits = !queue.is_empty();
            let ticket = if let Ordered::Write(ticket, _) = &ordered { Some(*ticket) } else { None };
            if guarded(|| self.carry_out(ordered, more_waits)).is_none() {
                self.reply(ticket, Answer::Panicked);
            }
        }
        self.close();
    }

    fn carry_out(&mut self, ordered: Ordered, more_waits: bool) {
        match ordered {
            Ordered::Open(officer, passphrase) => self.open(&officer, &passphrase),
            Ordered::Write(ticket, ask) => self.write(ticket, &ask),
            Ordered::Sync => self.sync(),
            Ordered::Noted => {
                if let Some(open) = current(&self.ledger) {
                    self.send(Answer::Counts(open.counts()));
                    self.sync();
                }
            }
            Ordered::Close => self.close(),
            Ordered::Settled(done) => {
                let _ = done.send(());
            }
        }
        if !more_waits && let Some(open) = current(&self.ledger) {
            open.confirm();
        }
    }

    fn write(&self, ticket: Ticket, ask: &Ask) {
        let Some(open) = current(&self.ledger) else { return };
        let before = open.counts().stored;
        self.reply(Some(ticket), ledger::answer(&open, None, ask));
        let counts = open.counts();
        self.send(Answer::Counts(counts));
        if counts.stored > before {
            self.sync();
        }
    }

    fn open(&mut self, officer: &OfficerId, passphrase: &Passphrase) {
        let messages = self.messages.clone();
        let mut options = self.host.options.clone();
        options.progress = Arc::new(move |done, all| {
            let _ = messages.send(Msg::Answer(None, Box::new(Answer::Rebuilding(done, all))));
        });
        match Ledger::open(&self.host.dir, Some(officer), &passphrase.0, options) {
            Ok(open) => {
                let opened = Answer::Opened {
                    identity: open.identity().clone(),
                    roster: open.roster(),
                    enrolment: open.enrolment(),
                    // What can't be read is no reason not to open.
                    kept: open.load_draft(remembered::FORM).ok().flatten().map(Box::new),
                };
                let (counts, entries) = (open.counts(), open.entries_now());
                let open = Arc::new(open);
                *self.ledger.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&open));
                self.send(opened);
                self.send(Answer::Counts(counts));
                if let Ok(entries) = entries {
                    self.send(Answer::Registers(entries));
                }
                if open.enrolment().is_some() {
                    self.start_sync(&open);
                }
            }
            Err(error) => self.send(Answer::NotOpened(Arc::new(error))),
        }
    }

    fn start_sync(&mut self, open: &Arc<Ledger>) {
        let clock = Arc::clone(&self.host.options.clock);
        match Background::start(&self.runtime, open, clock, self.messages.clone()) {
            Ok(background) => self.background = Some(background),
            Err(error) => self.send(Answer::Sync(SyncNews::Impossible(Arc::new(error)))),
        }
    }

    fn sync(&self) {
        if let Some(background) = &self.background {
            background.now();
        }
    }

    /// Closes the ledger and forgets the keys. Questions still being answered, and a step of the
    /// synchronisation, hold it for some milliseconds more: the next to open it must not find it
    /// locked.
    fn close(&mut self) {
        const PAUSE: Duration = Duration::from_millis(1);
        if let Some(background) = self.background.take() {
            background.stop(&self.runtime);
        }
        let open = self.ledger.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut open) = open else { return };
        loop {
            match Arc::try_unwrap(open) {
                Ok(ledger) => return ledger.close(),
                Err(held) => open = held,
            }
            std::thread::sleep(PAUSE);
        }
    }

    fn send(&self, answer: Answer) {
        self.reply(None, answer);
    }

    fn reply(&self, ticket: Option<Ticket>, answer: Answer) {
        let _ = self.messages.send(Msg::Answer(ticket, Box::new(answer)));
    }
}
