//! One day: events in order of simulated time, faults thrown by the seed.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

use auxlog_record::{Event as Recorded, Hash};
use auxlog_sync::backoff::Backoff;
use auxlog_sync::hooks::Hooks as _;
use auxlog_sync::http::{Answer, NoAnswer, Request};
use auxlog_sync::session::{Action, Event, Learnt, Session};

use crate::ledger::{Disk, Laptop};
use crate::server::{Database, Server};

const NOON: u64 = 1_764_000_000_000;
const SECOND: u64 = 1000;
/// Faults end after this.
const DAY: u64 = 600 * SECOND;
/// An answer that does not come is given up after this.
const SILENCE: u64 = 30 * SECOND;
const POLL: u64 = 60 * SECOND;

/// What the days brought.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Totals {
    pub(crate) days: u64,
    pub(crate) records: u64,
    pub(crate) requests: u64,
    pub(crate) lost_requests: u64,
    pub(crate) lost_answers: u64,
    pub(crate) repeated: u64,
    pub(crate) portals: u64,
    pub(crate) crashes: u64,
    pub(crate) servers_put_back: u64,
    pub(crate) laptops_put_back: u64,
    pub(crate) clock_jumps: u64,
}

impl AddAssign for Totals {
    fn add_assign(&mut self, day: Self) {
        self.days += day.days;
        self.records += day.records;
        self.requests += day.requests;
        self.lost_requests += day.lost_requests;
        self.lost_answers += day.lost_answers;
        self.repeated += day.repeated;
        self.portals += day.portals;
        self.crashes += day.crashes;
        self.servers_put_back += day.servers_put_back;
        self.laptops_put_back += day.laptops_put_back;
        self.clock_jumps += day.clock_jumps;
    }
}

/// splitmix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
}

enum Happening {
    /// A laptop's client begins a session.
    Wake { laptop: usize, life: u64 },
    /// A request reaches the server; `waited_for` by the session that sent it, or a repetition.
    Arrives { laptop: usize, call: Option<u64>, request: Request },
    /// An answer, or its absence, reaches the session.
    Returns { laptop: usize, call: u64, answer: Result<Answer, NoAnswer> },
    /// An officer logs tasks.
    Logs { laptop: usize },
    /// Something goes wrong that is not the line's fault.
    Mishap,
    /// The faults end: the network is up everywhere.
    Heals,
}

struct Desk {
    laptop: Laptop,
    session: Option<Session>,
    learnt: Learnt,
    backoff: Backoff,
    /// Grows with every crash and every new session: what an earlier life waits for is nobody's.
    life: u64,
    /// The answer that the session waits for.
    call: u64,
    /// What the laptop's clock is ahead of the true time.
    ahead_ms: i64,
    /// A disk image taken earlier, with nothing logged since that was not synchronised.
    image: Option<Disk>,
    up: bool,
}

pub(crate) struct World {
    seed: u64,
    dice: Dice,
    now: u64,
    order: u64,
    queue: BTreeMap<(u64, u64), Happening>,
    desks: Vec<Desk>,
    server: Server,
    backup: Option<Database>,
    healed: bool,
    totals: Totals,
    logged: u32,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let count = 2 + usize::try_from(dice.roll(2)).expect("small");
        let desks: Vec<Desk> = (0..count)
            .map(|number| {
                let letter = u8::try_from(number).expect("few");
                Desk {
                    laptop: Laptop::new("A01", &format!("O{number}"), letter + 1),
                    session: None,
                    // Small batches, so that a day has many of them.
                    learnt: Learnt { batch: 5, ..Learnt::default() },
                    backoff: Backoff::new(seed ^ u64::from(letter)),
                    life: 0,
                    call: 0,
                    ahead_ms: 0,
                    image: None,
                    up: true,
                }
            })
            .collect();
        let server = Server::new(desks.iter().map(|desk| desk.laptop.public_key()));
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
            healed: false,
            totals,
            logged: 0,
        };
        for laptop in 0..count {
            world.at(0, Happening::Wake { laptop, life: 0 });
            for _ in 0..3 {
                let when = world.dice.roll(DAY);
                world.at(when, Happening::Logs { laptop });
            }
        }
        for _ in 0..world.dice.roll(6) {
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
        self.totals.records = self.server.database.log.len() as u64;
        self.totals
    }

    fn at(&mut self, when: u64, happening: Happening) {
        self.order += 1;
        self.queue.insert((when, self.order), happening);
    }

    fn chance(&mut self, percent: u64) -> bool {
        !self.healed && self.dice.roll(100) < percent
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Wake { laptop, life } => self.wake(laptop, life),
            Happening::Arrives { laptop, call, request } => self.arrive(laptop, call, &request),
            Happening::Returns { laptop, call, answer } => {
                if self.desks[laptop].call == call && self.desks[laptop].session.is_some() {
                    self.step(laptop, |now_ms| Event::Answered { now_ms, answer });
                }
            }
            Happening::Logs { laptop } => self.log(laptop),
            Happening::Mishap => self.mishap(),
            Happening::Heals => {
                self.healed = true;
                for laptop in 0..self.desks.len() {
                    self.desks[laptop].up = true;
                    self.desks[laptop].backoff.reset();
                    self.restart(laptop);
                }
            }
        }
    }

    /// Drops whatever session there is and begins a new one at once.
    fn restart(&mut self, laptop: usize) {
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
        self.step(laptop, |now_ms| Event::Begin { now_ms });
    }

    fn step(&mut self, laptop: usize, event: impl FnOnce(u64) -> Event) {
        let desk = &mut self.desks[laptop];
        let now_ms = (NOON + self.now).saturating_add_signed(desk.ahead_ms);
        let Some(mut session) = desk.session.take() else { return };
        for action in session.on_event(event(now_ms), &desk.laptop) {
            match action {
                Action::Report(_) => {}
                Action::Send(request) => {
                    desk.call += 1;
                    let call = desk.call;
                    desk.session = Some(session);
                    self.send(laptop, call, request);
                    return;
                }
                Action::Done(outcome) => {
                    desk.backoff.reset();
                    assert!(outcome.set_aside.is_empty() && outcome.covered, "seed {}", self.seed);
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

    fn send(&mut self, laptop: usize, call: u64, request: Request) {
        self.totals.requests += 1;
        if !self.desks[laptop].up || self.chance(10) {
            self.totals.lost_requests += 1;
            let refused = self.dice.roll(2) == 0;
            let (wait, why) =
                if refused { (50, NoAnswer::Broken("refused".into())) } else { (SILENCE, NoAnswer::Late) };
            self.at(self.now + wait, Happening::Returns { laptop, call, answer: Err(why) });
            return;
        }
        if self.chance(5) {
            self.totals.portals += 1;
            let html = self.dice.roll(2) == 0;
            let answer = Answer {
                status: if html { 200 } else { 302 },
                media_type: "text/html".into(),
                body: b"<html>".to_vec(),
                ..Answer::default()
            };
            self.at(self.now + 40, Happening::Returns { laptop, call, answer: Ok(answer) });
            return;
        }
        let way = 20 + self.dice.roll(2 * SECOND);
        if self.chance(10) {
            // The line delivers it once more, perhaps long after.
            self.totals.repeated += 1;
            let later = way + self.dice.roll(120 * SECOND);
            self.at(self.now + later, Happening::Arrives { laptop, call: None, request: request.clone() });
        }
        self.at(self.now + way, Happening::Arrives { laptop, call: Some(call), request });
    }

    fn arrive(&mut self, laptop: usize, call: Option<u64>, request: &Request) {
        let answer = self.server.answer(request, NOON + self.now);
        let Some(call) = call else { return };
        if !self.desks[laptop].up || self.chance(10) {
            self.totals.lost_answers += 1;
            self.at(self.now + SILENCE, Happening::Returns { laptop, call, answer: Err(NoAnswer::Late) });
            return;
        }
        let mut answer = answer;
        if self.chance(3) {
            let half = answer.body.len() / 2;
            answer.body.truncate(half);
        }
        let way = 20 + self.dice.roll(2 * SECOND);
        self.at(self.now + way, Happening::Returns { laptop, call, answer: Ok(answer) });
    }

    fn log(&mut self, laptop: usize) {
        for _ in 0..=self.dice.roll(9) {
            self.logged += 1;
            let event = Recorded::Unknown { kind: 900, schema: 1, body: self.logged.to_be_bytes().to_vec() };
            let desk = &self.desks[laptop];
            let wall = (NOON + self.now).cast_signed() + desk.ahead_ms;
            desk.laptop.record_at(&event, wall);
        }
        // A new record is sent at once.
        if self.desks[laptop].session.is_none() {
            self.restart(laptop);
        }
    }

    fn mishap(&mut self) {
        let laptop = usize::try_from(self.dice.roll(self.desks.len() as u64)).expect("few");
        match self.dice.roll(7) {
            0 => {
                self.totals.crashes += 1;
                self.restart(laptop);
            }
            1 => {
                self.totals.clock_jumps += 1;
                let days = i64::try_from(self.dice.roll(8000)).expect("small") - 4000;
                self.desks[laptop].ahead_ms = days * 86_400_000;
            }
            2 => self.desks[laptop].up = !self.desks[laptop].up,
            3 => self.backup = Some(self.server.database.clone()),
            4 => {
                if let Some(backup) = self.backup.take() {
                    self.totals.servers_put_back += 1;
                    self.server.put_back(backup);
                } else {
                    self.backup = Some(self.server.database.clone());
                    let when = self.now + self.dice.roll(200 * SECOND);
                    self.at(when.min(DAY - 1), Happening::Mishap);
                }
            }
            _ => self.disk_image(laptop),
        }
    }

    /// Takes an image of a laptop's disk, or puts one back. A disk that is put back while records
    /// exist nowhere else has lost them, whatever a program does; and one that is written to
    /// before it met the server has forked. Neither is what is tested here.
    fn disk_image(&mut self, laptop: usize) {
        let desk = &mut self.desks[laptop];
        let own = desk.laptop.disk().own.len() as u64;
        match desk.image.take() {
            Some(image) if self.server.acked(desk.laptop.writer()) >= own => {
                self.totals.laptops_put_back += 1;
                desk.laptop.restore(image);
                self.restart(laptop);
                self.catch_up(laptop);
            }
            _ => desk.image = Some(desk.laptop.disk().clone()),
        }
    }

    /// The laptop meets the server before anyone writes on it.
    fn catch_up(&mut self, laptop: usize) {
        let key = self.server.public_key();
        let desk = &mut self.desks[laptop];
        desk.life += 1;
        let mut session = Session::new(key, self.dice.roll(u64::MAX), Learnt::default());
        let now_ms = NOON + self.now;
        let mut event = Event::Begin { now_ms };
        loop {
            let mut request = None;
            for action in session.on_event(event, &desk.laptop) {
                match action {
                    Action::Send(next) => request = Some(next),
                    Action::Failed { error, .. } => unreachable!("I6, I7: {error}"),
                    Action::Report(_) | Action::Done(_) => {}
                }
            }
            let Some(request) = request else { break };
            event = Event::Answered { now_ms, answer: Ok(self.server.answer(&request, now_ms)) };
        }
        let life = desk.life;
        self.at(self.now, Happening::Wake { laptop, life });
    }

    fn outboxes_are_empty(&self) -> bool {
        self.desks.iter().all(|desk| {
            let own = desk.laptop.own().expect("own")[0];
            own.acked == own.seq
        })
    }

    /// Nobody has anything to send or to fetch any more.
    fn is_quiet(&self) -> bool {
        let log = self.server.database.log.len();
        self.outboxes_are_empty() && self.desks.iter().all(|desk| desk.laptop.everything().len() == log)
    }

    fn check(&self) {
        let log = &self.server.database.log;
        let hashes: BTreeSet<Hash> = log.iter().map(auxlog_record::Record::hash).collect();
        assert_eq!(hashes.len(), log.len(), "I3: no record has two numbers");
        for desk in &self.desks {
            let disk = desk.laptop.disk().clone();
            assert_eq!(desk.laptop.everything(), hashes.iter().copied().collect::<Vec<_>>(), "I8: all hold the same");
            let (receipt, _) = disk.receipts.last().expect("a receipt");
            assert_eq!(receipt.acked, disk.own.len() as u64);
            let head = usize::try_from(receipt.acked).expect("small") - 1;
            assert!(hashes.contains(&disk.own[head].hash()), "I2: what has a receipt is on the server");
            let size = usize::try_from(receipt.checkpoint.size).expect("small");
            assert!(size <= log.len(), "I7: a receipt speaks of no more than there is");
            let mut newest: BTreeMap<auxlog_record::WriterId, u64> = BTreeMap::new();
            for pulled in &disk.pulled {
                let id = pulled.record.id();
                assert_eq!(newest.insert(id.writer, id.seq).unwrap_or(0) + 1, id.seq, "I4, I5: in order, no gap");
            }
        }
    }
}
