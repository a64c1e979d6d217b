//! Every way a small day can go: two laptops, one server, three records. Between any two steps
//! the other laptop, the line or a crash may step in; not a sample of the ways, but every state
//! that they lead to with at most [`FAULTS`] faults.

#[expect(dead_code, reason = "the server's tests use the rest")]
#[path = "support/ledger.rs"]
mod ledger;
#[expect(dead_code, reason = "the simulation uses the rest")]
#[path = "sim/server.rs"]
mod server;

use std::collections::{BTreeSet, HashSet};

use auxlog_record::{AgencyId, Event as Recorded, Hash, Record, crypto};
use auxlog_sync::http::{Answer, LineFault, NoAnswer, Request};
use auxlog_sync::local::LocalLedger as _;
use auxlog_sync::message;
use auxlog_sync::pack;
use auxlog_sync::session::{Action, Event, Learnt, Session};
use auxlog_sync::signed::Signed;
use ledger::{Disk, Laptop};
use server::{Database, Server};

/// Faults on one way; `AUXLOG_EXPLORE_FAULTS` sets more, which takes minutes.
const FAULTS: u8 = 1;

const NOON: u64 = 1_764_000_000_000;

/// What can happen next; a number is a laptop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The third record is written.
    Write,
    /// Its client begins a session.
    Begin(usize),
    /// Its request reaches the server.
    Arrive(usize),
    /// The answer reaches it.
    Return(usize),
    /// Fault: its request is lost, and it hears of it.
    LoseRequest(usize),
    /// Fault: the answer is cut off.
    LoseAnswer(usize),
    /// Fault: its request is there twice; the copy arrives whenever it likes.
    Double(usize),
    /// The copy arrives.
    Copy,
    /// Fault: it crashes, whatever it waits for.
    Crash(usize),
    /// Fault: the server's database is put back to what it was before the day.
    PutBack,
}

#[derive(Clone)]
enum Flight {
    Request(Request),
    Answer(Answer),
}

#[derive(Clone)]
struct State {
    disks: [Disk; 2],
    sessions: [Option<Session>; 2],
    flights: [Option<Flight>; 2],
    copy: Option<Request>,
    server: Server,
    written: bool,
    faults: u8,
}

struct Town {
    laptops: [Laptop; 2],
    before: Database,
    sessions: u64,
}

fn agency() -> AgencyId {
    "A01".into()
}

impl Town {
    fn new() -> (Self, State) {
        let laptops = [Laptop::new("A01", "O1", 1), Laptop::new("A01", "O2", 2)];
        let server = Server::new(laptops.iter().map(|laptop| (laptop.public_key(), agency())));
        let state = State {
            disks: laptops.each_ref().map(|laptop| laptop.disk().clone()),
            sessions: [None, None],
            flights: [None, None],
            copy: None,
            server: server.clone(),
            written: false,
            faults: std::env::var("AUXLOG_EXPLORE_FAULTS").ok().and_then(|text| text.parse().ok()).unwrap_or(FAULTS),
        };
        (Self { laptops, before: server.database, sessions: 0 }, state)
    }

    /// Does something with a laptop whose disk is that of the state.
    fn with<T>(&self, state: &mut State, which: usize, work: impl FnOnce(&Laptop) -> T) -> T {
        let laptop = &self.laptops[which];
        laptop.restore(std::mem::take(&mut state.disks[which]));
        let done = work(laptop);
        state.disks[which] = std::mem::take(&mut laptop.disk());
        done
    }

    fn take(&mut self, state: &mut State, step: Step) {
        match step {
            Step::Write => {
                state.written = true;
                let event = Recorded::Unknown { kind: 900, schema: 1, body: vec![1] };
                self.with(state, 0, |laptop| laptop.record(&event));
            }
            Step::Begin(which) => {
                self.sessions += 1;
                let session = Session::new(state.server.public_key(), self.sessions, Learnt::default());
                self.event(state, which, session, Event::Begin { now_ms: NOON });
            }
            Step::Arrive(which) => {
                if let Some(Flight::Request(request)) = state.flights[which].take() {
                    state.flights[which] = Some(Flight::Answer(state.server.answer(&request, NOON)));
                }
            }
            Step::Return(which) => {
                if let Some(Flight::Answer(answer)) = state.flights[which].take() {
                    self.answered(state, which, Ok(answer));
                }
            }
            Step::LoseRequest(which) => {
                state.flights[which] = None;
                self.answered(state, which, Err(NoAnswer::Broken(LineFault::Unreachable)));
            }
            Step::LoseAnswer(which) => {
                state.flights[which] = None;
                self.answered(state, which, Err(NoAnswer::Cut(LineFault::Broke)));
            }
            Step::Double(which) => {
                if let Some(Flight::Request(request)) = &state.flights[which] {
                    state.copy = Some(request.clone());
                }
            }
            Step::Copy => {
                if let Some(request) = state.copy.take() {
                    state.server.answer(&request, NOON);
                }
            }
            Step::Crash(which) => (state.sessions[which], state.flights[which]) = (None, None),
            Step::PutBack => state.server.put_back(self.before.clone()),
        }
    }

    fn answered(&self, state: &mut State, which: usize, answer: Result<Answer, NoAnswer>) {
        let Some(session) = state.sessions[which].take() else { return };
        self.event(state, which, session, Event::Answered { now_ms: NOON, answer });
    }

    fn event(&self, state: &mut State, which: usize, mut session: Session, event: Event) {
        let actions = self.with(state, which, |laptop| session.on_event(event, laptop));
        for action in actions {
            match action {
                Action::Send(request) => {
                    state.flights[which] = Some(Flight::Request(request));
                    state.sessions[which] = Some(session);
                    return;
                }
                Action::Bring => {
                    return self.event(state, which, session, Event::Brought { now_ms: NOON, done: true });
                }
                Action::Failed { error, .. } => assert!(error.is_transient(), "{error}"),
                Action::Report(_) | Action::Done(_) => {}
            }
        }
    }
}

/// What an answer says, without the nonce of the request that it answers.
fn said(body: &[u8]) -> Vec<u8> {
    // A refusal has no body.
    let Ok(signed) = pack::unpack::<Signed<message::SyncAnswer>>(body) else { return body.to_vec() };
    minicbor::to_vec(signed.claimed().expect("reads").response).expect("memory")
}

impl State {
    /// What may come next.
    fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        if !self.written {
            steps.push(Step::Write);
        }
        if self.copy.is_some() {
            steps.push(Step::Copy);
        }
        for which in 0..2 {
            match &self.flights[which] {
                None if !self.is_satisfied(which) => steps.push(Step::Begin(which)),
                None => {}
                Some(Flight::Request(_)) => {
                    steps.push(Step::Arrive(which));
                    if self.faults > 0 {
                        steps.extend([Step::LoseRequest(which), Step::Crash(which)]);
                        if self.copy.is_none() {
                            steps.push(Step::Double(which));
                        }
                    }
                }
                Some(Flight::Answer(_)) => {
                    steps.push(Step::Return(which));
                    if self.faults > 0 {
                        steps.extend([Step::LoseAnswer(which), Step::Crash(which)]);
                    }
                }
            }
        }
        if self.faults > 0 && !self.server.log(&agency()).records.is_empty() {
            steps.push(Step::PutBack);
        }
        steps
    }

    /// Whether the laptop has nothing to send or to fetch; it does not know of the second.
    fn is_satisfied(&self, which: usize) -> bool {
        let disk = &self.disks[which];
        let acked = disk.receipts.last().map_or(0, |(receipt, _)| receipt.acked);
        let log = self.server.log(&agency());
        let newest = disk.receipts.last().map(|(receipt, _)| receipt.checkpoint.epoch);
        acked == disk.own.len() as u64
            && newest == Some(log.epoch)
            && log.records.len() == disk.own.len() + disk.pulled.len()
    }

    /// What decides how it goes on: nonces and byte counts don't.
    fn likeness(&self) -> Hash {
        let mut parts = vec![format!("{} {} {}", self.written, self.faults, self.server.likeness())];
        for which in 0..2 {
            let disk = &self.disks[which];
            let pulled: Vec<_> = disk.pulled.iter().map(|pulled| pulled.record.hash()).collect();
            let receipt = disk.receipts.last().map(|(receipt, _)| receipt);
            parts.push(format!(
                "{} {pulled:?} {:?} {receipt:?}",
                disk.own.len(),
                (disk.cursor.epoch, &disk.cursor.frontier)
            ));
            if let Some(session) = &self.sessions[which] {
                let session = format!("{session:?}");
                for (begin, end) in [("state:", "random:"), ("began_ms:", "outcome:"), ("notices:", "}")] {
                    let from = session.find(begin).unwrap_or(0);
                    parts.push(session[from..].split(end).next().unwrap_or_default().to_owned());
                }
            }
            parts.push(match &self.flights[which] {
                None => String::new(),
                Some(Flight::Request(request)) => format!("↑{:?}", crypto::sha256(&[&request.body])),
                Some(Flight::Answer(answer)) => format!("↓{:?}", crypto::sha256(&[&said(&answer.body)])),
            });
        }
        parts.push(self.copy.as_ref().map_or_else(String::new, |copy| format!("{:?}", crypto::sha256(&[&copy.body]))));
        crypto::sha256(&[parts.join("|").as_bytes()])
    }

    /// What a server that was put back still owes must be with the laptops; nothing is there twice.
    fn check_always(&self) -> Result<(), String> {
        let log = &self.server.log(&agency()).records;
        let hashes: BTreeSet<Hash> = log.iter().map(Record::hash).collect();
        if hashes.len() != log.len() {
            return Err("a record has two numbers".into());
        }
        for disk in &self.disks {
            let pulled: BTreeSet<Hash> = disk.pulled.iter().map(|pulled| pulled.record.hash()).collect();
            if pulled.len() != disk.pulled.len() {
                return Err("a laptop has a record twice".into());
            }
            let Some((receipt, _)) = disk.receipts.last() else { continue };
            let covered = usize::try_from(receipt.acked).expect("small");
            if receipt.checkpoint.epoch == self.server.log(&agency()).epoch
                && receipt.checkpoint.size <= log.len() as u64
                && !disk.own[..covered].iter().all(|record| hashes.contains(&record.hash()))
            {
                return Err("what has a receipt is not there".into());
            }
        }
        Ok(())
    }
}

/// The line is good; whatever was under way ends, and everyone asks twice: then everybody has
/// everything.
fn check_heals(town: &mut Town, mut state: State) -> Result<(), String> {
    if !state.written {
        town.take(&mut state, Step::Write);
    }
    for which in [0, 1, 0, 1, 0, 1] {
        if state.sessions[which].is_none() {
            town.take(&mut state, Step::Begin(which));
        }
        while let Some(flight) = &state.flights[which] {
            let step = if matches!(flight, Flight::Request(_)) { Step::Arrive(which) } else { Step::Return(which) };
            town.take(&mut state, step);
        }
    }
    let log: BTreeSet<Hash> = state.server.log(&agency()).records.iter().map(Record::hash).collect();
    if log.len() != 3 {
        return Err(format!("{} records on the server", log.len()));
    }
    for which in 0..2 {
        let everything = town.with(&mut state, which, Laptop::everything);
        if everything != log.iter().copied().collect::<Vec<_>>() || !state.is_satisfied(which) {
            return Err(format!("laptop {which} lacks something"));
        }
    }
    state.check_always()
}

#[test]
fn no_way_a_small_day_can_go_loses_or_doubles_a_record() {
    let (mut town, first) = Town::new();
    let mut seen = HashSet::from([first.likeness()]);
    let mut todo = vec![(first, Vec::new())];
    let (mut ways, mut ends) = (0_u64, 0_u64);
    while let Some((state, way)) = todo.pop() {
        let steps = state.steps();
        if steps.iter().all(|step| matches!(step, Step::PutBack)) {
            ends += 1;
        }
        check_heals(&mut town, state.clone()).unwrap_or_else(|what| panic!("{what} after {way:?}"));
        for step in steps {
            ways += 1;
            let mut next = state.clone();
            let fault = !matches!(step, Step::Write | Step::Begin(_) | Step::Arrive(_) | Step::Return(_) | Step::Copy);
            next.faults -= u8::from(fault);
            town.take(&mut next, step);
            let way: Vec<Step> = way.iter().copied().chain([step]).collect();
            next.check_always().unwrap_or_else(|what| panic!("{what} after {way:?}"));
            if seen.insert(next.likeness()) {
                todo.push((next, way));
            }
        }
    }
    println!("{} states, {ways} steps between them, {ends} of them at rest", seen.len());
    assert!(seen.len() > 1000 && ends > 0, "the day was explored: {} states", seen.len());
}
