//! One day: events in order of simulated time, faults thrown by the seed.

use std::collections::BTreeMap;

use auxlog_record::{AgencyId, Hash};
use auxlog_sync::backoff::Backoff;
use auxlog_sync::http::{Answer, NoAnswer, Request};
use auxlog_sync::local::LocalLedger as _;
use auxlog_sync::message::Standing;
use auxlog_sync::receipt::{Epoch, Receipt};
use auxlog_sync::session::{Action, Event, Learnt, Session};

use super::{Central, Dice, Disk, Laptop, Totals, speech};

pub(super) const NOON: u64 = 1_764_000_000_000;
pub(super) const SECOND: u64 = 1000;
/// Faults end after this.
pub(super) const DAY: u64 = 600 * SECOND;
/// An answer that does not come is given up after this.
pub(super) const SILENCE: u64 = 30 * SECOND;
const POLL: u64 = 60 * SECOND;
/// The agency that the first laptops belong to, and the one that must see nothing of it.
const AGENCIES: [&str; 2] = ["A01", "A02"];

pub(super) enum Happening {
    /// A laptop's client begins a session.
    Wake { laptop: usize, life: u64 },
    /// A request reaches the server; `call` is what the session that sent it waits for, none for a
    /// repetition.
    Arrives { laptop: usize, call: Option<u64>, request: Request },
    /// An answer, or its absence, reaches the session. `standing` is the laptop's when it was given.
    Returns { laptop: usize, call: u64, answer: Result<Answer, NoAnswer>, standing: Option<Standing> },
    /// An officer writes records.
    Logs { laptop: usize },
    /// Something goes wrong that is not the line's fault.
    Mishap,
    /// A backup is taken of the server's database, or put back.
    Database,
    /// A laptop that was shut out is let in again.
    LetIn { laptop: usize },
    /// The faults end: the network is up everywhere.
    Heals,
}

pub(super) struct Desk {
    pub(super) laptop: Laptop,
    pub(super) agency: AgencyId,
    session: Option<Session>,
    learnt: Learnt,
    backoff: Backoff,
    /// Grows with every crash and every new session: what an earlier life waits for is nobody's.
    pub(super) life: u64,
    /// The answer that the session waits for.
    call: u64,
    /// What the laptop's clock is ahead of the true time, milliseconds.
    pub(super) ahead_ms: i64,
    /// A disk image taken earlier.
    pub(super) image: Option<Disk>,
    pub(super) up: bool,
    /// Its requests arrive, no answer comes back.
    pub(super) deaf: bool,
    /// Whatever the officer was told is saved.
    pub(super) saved: Vec<Hash>,
    /// Every receipt that it was ever given, put back or not.
    pub(super) promised: Vec<Receipt>,
    cursor: (Epoch, u64),
    /// When a session of it ended well, last.
    met: Option<u64>,
    /// It was shut out at some time.
    pub(super) was_held: bool,
}

pub(crate) struct World<C: Central> {
    pub(super) seed: u64,
    pub(super) dice: Dice,
    pub(super) now: u64,
    order: u64,
    queue: BTreeMap<(u64, u64), Happening>,
    pub(super) desks: Vec<Desk>,
    pub(super) server: C,
    pub(super) backup: Option<C::Copy>,
    /// What the server's clock is ahead of the true time, milliseconds.
    pub(super) server_ahead_ms: i64,
    pub(super) healed: bool,
    pub(super) totals: Totals,
    written: u32,
}

/// What the office did needs no bringing here.
fn brought(now_ms: u64) -> Event {
    Event::Brought { now_ms, done: true }
}

impl<C: Central> World<C> {
    pub(crate) fn new(seed: u64, server: impl Fn(&[&Laptop]) -> C) -> Self {
        let mut dice = Dice(seed);
        let ours = 2 + dice.pick(2);
        let desks: Vec<Desk> = (0..=ours).map(|number| desk(number, usize::from(number == ours), seed)).collect();
        let server = server(&desks.iter().map(|desk| &desk.laptop).collect::<Vec<_>>());
        let totals = Totals { days: 1, ..Totals::default() };
        let mut world = Self {
            seed,
            dice,
            now: 0,
            order: 0,
            queue: BTreeMap::new(),
            desks,
            server,
            backup: None,
            server_ahead_ms: 0,
            healed: false,
            totals,
            written: 0,
        };
        for laptop in 0..=ours {
            world.at(0, Happening::Wake { laptop, life: 0 });
            for _ in 0..3 {
                let when = world.dice.roll(DAY);
                world.at(when, Happening::Logs { laptop });
            }
        }
        for _ in 0..world.dice.roll(8) {
            let when = world.dice.roll(DAY);
            world.at(when, Happening::Mishap);
        }
        world.at(DAY, Happening::Heals);
        world
    }

    /// Lives through the day and checks what must hold after it.
    pub(crate) fn live(mut self) -> Totals {
        let mut drained_by = None;
        while let Some(((when, _), happening)) = self.queue.pop_first() {
            assert!(when < DAY + 600 * SECOND, "the day does not end");
            self.now = when;
            self.happen(happening);
            if self.healed && drained_by.is_none() && self.outboxes_are_empty() {
                drained_by = Some(self.now);
            }
            if self.healed && self.is_quiet() {
                break;
            }
        }
        let drained = drained_by.expect("the outboxes drain");
        assert!(drained <= DAY + 60 * SECOND, "I9: drained only {} s after the faults", (drained - DAY) / SECOND);
        self.check();
        self.totals
    }

    pub(super) fn at(&mut self, when: u64, happening: Happening) {
        self.order += 1;
        self.queue.insert((when, self.order), happening);
    }

    pub(super) fn chance(&mut self, percent: u64) -> bool {
        !self.healed && self.dice.roll(100) < percent
    }

    pub(super) fn server_ms(&self) -> u64 {
        (NOON + self.now).saturating_add_signed(self.server_ahead_ms)
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Wake { laptop, life } => self.wake(laptop, life),
            Happening::Arrives { laptop, call, request } => self.arrive(laptop, call, &request),
            Happening::Returns { laptop, call, answer, standing } => {
                if self.desks[laptop].call == call && self.desks[laptop].session.is_some() {
                    self.step(laptop, standing, |now_ms| Event::Answered { now_ms, answer });
                }
            }
            Happening::Logs { laptop } => self.write(laptop),
            Happening::Mishap => self.mishap(),
            Happening::Database => self.database(),
            Happening::LetIn { laptop } => self.let_in(laptop),
            Happening::Heals => self.heal(),
        }
    }

    fn heal(&mut self) {
        self.healed = true;
        for laptop in 0..self.desks.len() {
            self.let_in(laptop);
            let desk = &mut self.desks[laptop];
            (desk.up, desk.deaf) = (true, false);
            desk.backoff.reset();
            self.restart(laptop);
        }
    }

    /// Drops whatever session there is and begins a new one at once.
    pub(super) fn restart(&mut self, laptop: usize) {
        let desk = &mut self.desks[laptop];
        desk.session = None;
        desk.life += 1;
        let life = desk.life;
        self.at(self.now, Happening::Wake { laptop, life });
    }

    fn wake(&mut self, laptop: usize, life: u64) {
        let seed = self.dice.roll(u64::MAX);
        let key = self.server.public_key();
        let desk = &mut self.desks[laptop];
        if desk.life != life || desk.session.is_some() {
            return;
        }
        desk.session = Some(Session::new(key, seed, desk.learnt.clone()));
        self.step(laptop, None, |now_ms| Event::Begin { now_ms });
    }

    fn step(&mut self, laptop: usize, standing: Option<Standing>, event: impl FnOnce(u64) -> Event) {
        let desk = &mut self.desks[laptop];
        let now_ms = (NOON + self.now).saturating_add_signed(desk.ahead_ms);
        let Some(mut session) = desk.session.take() else { return };
        let actions = session.on_event(event(now_ms), &desk.laptop);
        self.keep_promises(laptop);
        let desk = &mut self.desks[laptop];
        for action in actions {
            match action {
                Action::Report(_) => {}
                Action::Bring => {
                    desk.session = Some(session);
                    return self.step(laptop, standing, brought);
                }
                Action::Send(request) => {
                    desk.call += 1;
                    let call = desk.call;
                    desk.session = Some(session);
                    self.send(laptop, call, request);
                    return;
                }
                Action::Done(outcome) => {
                    desk.backoff.reset();
                    desk.met = Some(self.now);
                    assert!(outcome.set_aside.is_empty() && outcome.covered, "seed {}", self.seed);
                    assert_eq!(Some(outcome.standing), standing, "I10: whose records are held is told so");
                    desk.learnt = session.into_learnt();
                    self.sleep(laptop, POLL);
                    return;
                }
                Action::Failed { error, retry_after_ms, .. } => {
                    assert!(error.is_transient(), "I6, I7: {error}");
                    desk.learnt = session.into_learnt();
                    let wait = desk.backoff.next_ms(retry_after_ms);
                    self.sleep(laptop, wait);
                    return;
                }
            }
        }
    }

    fn sleep(&mut self, laptop: usize, wait: u64) {
        let life = self.desks[laptop].life;
        self.at(self.now + wait, Happening::Wake { laptop, life });
    }

    fn write(&mut self, laptop: usize) {
        for _ in 0..=self.dice.roll(9) {
            self.written += 1;
            let event = speech::next(&self.desks[laptop].laptop, &mut self.dice, self.written);
            let desk = &mut self.desks[laptop];
            let wall = (NOON + self.now).cast_signed() + desk.ahead_ms;
            let record = desk.laptop.record_at(&event, wall);
            desk.saved.push(record.hash());
        }
        // A new record is sent at once.
        if self.desks[laptop].session.is_none() {
            self.restart(laptop);
        }
    }

    /// Writes down what the laptop was promised, wherever its disk may be put back to, and looks
    /// whether it has what its cursor says.
    pub(super) fn keep_promises(&mut self, laptop: usize) {
        let desk = &mut self.desks[laptop];
        let (newest, cursor) = {
            let stored = desk.laptop.disk();
            (
                stored.receipts.last().map(|(receipt, _)| receipt.clone()),
                (stored.cursor.epoch, stored.cursor.frontier.size()),
            )
        };
        if let Some(receipt) = newest.filter(|receipt| desk.promised.last() != Some(receipt)) {
            self.totals.receipts += 1;
            desk.promised.push(receipt);
        }
        if std::mem::replace(&mut desk.cursor, cursor) != cursor {
            self.check_prefix(laptop);
        }
    }

    /// Everybody met the server since the faults ended, and has nothing left to send.
    fn outboxes_are_empty(&self) -> bool {
        self.desks.iter().all(|desk| {
            let own = desk.laptop.own().expect("own")[0];
            own.acked == own.seq && desk.met.is_some_and(|met| met >= DAY)
        })
    }

    /// Nobody has anything to send or to fetch any more.
    fn is_quiet(&self) -> bool {
        let of = |agency: &AgencyId| -> usize {
            let written = self.desks.iter().filter(|desk| desk.agency == *agency);
            written.map(|desk| desk.laptop.disk().own.len()).sum()
        };
        self.outboxes_are_empty() && self.desks.iter().all(|desk| desk.laptop.everything().len() == of(&desk.agency))
    }
}

fn desk(number: usize, agency: usize, seed: u64) -> Desk {
    let agency = AGENCIES[agency];
    let letter = u8::try_from(number).expect("few");
    let laptop = Laptop::new(agency, &format!("O{number}"), letter + 1);
    let saved = laptop.everything();
    Desk {
        laptop,
        agency: agency.into(),
        session: None,
        // Small batches, so that a day has many of them.
        learnt: Learnt { batch: 5, ..Learnt::default() },
        backoff: Backoff::new(seed ^ u64::from(letter)),
        life: 0,
        call: 0,
        ahead_ms: 0,
        image: None,
        up: true,
        deaf: false,
        saved,
        promised: Vec::new(),
        cursor: (Epoch::default(), 0),
        met: None,
        was_held: false,
    }
}
