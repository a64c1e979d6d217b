//! Every way a small day can go: two laptops, one server, three records, and at every request
//! whatever a line or a crash can do to it. Not a sample of the ways: all of them, to a depth.

#[expect(dead_code, reason = "the server's tests use the rest")]
#[path = "support/ledger.rs"]
mod ledger;
#[expect(dead_code, reason = "the simulation uses the rest")]
#[path = "sim/server.rs"]
mod server;

use std::collections::BTreeSet;

use auxlog_record::{Event as Recorded, Hash, Record};
use auxlog_sync::hooks::Hooks as _;
use auxlog_sync::http::{Answer, NoAnswer, Request};
use auxlog_sync::session::{Action, Event, Learnt, Session};
use ledger::Laptop;
use server::{Database, Server};

/// What can happen to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is answered.
    Answered,
    /// It is lost on the way.
    RequestLost,
    /// It is served; the answer is lost.
    AnswerLost,
    /// It is served twice, the second time after the answer.
    Repeated,
    /// It is served; the laptop crashes before it reads the answer.
    Crash,
    /// The server's database is put back to what it was before the day, then it is served.
    PutBack,
}

const FATES: [Fate; 6] =
    [Fate::Answered, Fate::RequestLost, Fate::AnswerLost, Fate::Repeated, Fate::Crash, Fate::PutBack];

/// Requests whose fate is chosen; those after them are answered.
const DEPTH: u32 = 5;

const NOON: u64 = 1_764_000_000_000;

struct Day {
    laptops: [Laptop; 2],
    server: Server,
    backup: Database,
    fates: Vec<Fate>,
    seed: u64,
}

impl Day {
    fn new(fates: Vec<Fate>) -> Self {
        let laptops = [Laptop::new("A01", "O1", 1), Laptop::new("A01", "O2", 2)];
        let server = Server::new(laptops.iter().map(Laptop::public_key_of));
        let backup = server.database.clone();
        Self { laptops, server, backup, fates, seed: 0 }
    }

    /// One session of a laptop, its requests meeting their fates.
    fn session(&mut self, which: usize) {
        self.seed += 1;
        let mut session = Session::new(self.server.public_key(), self.seed, Learnt::default());
        let mut event = Event::Begin { now_ms: NOON };
        loop {
            let mut request = None;
            for action in session.on_event(event, &self.laptops[which]) {
                match action {
                    Action::Send(next) => request = Some(next),
                    Action::Failed { error, .. } => assert!(error.is_transient(), "{error}"),
                    Action::Report(_) | Action::Done(_) => {}
                }
            }
            let Some(request) = request else { return };
            let Some(answer) = self.meet(&request) else { return };
            event = Event::Answered { now_ms: NOON, answer };
        }
    }

    /// What comes of a request; `None` is a crash.
    fn meet(&mut self, request: &Request) -> Option<Result<Answer, NoAnswer>> {
        let fate = self.fates.pop().unwrap_or(Fate::Answered);
        let broken = Some(Err(NoAnswer::Broken("cut".into())));
        if fate == Fate::RequestLost {
            return broken;
        }
        if fate == Fate::PutBack {
            self.server.put_back(self.backup.clone());
        }
        let answer = self.server.answer(request, NOON);
        match fate {
            Fate::Crash => return None,
            Fate::AnswerLost => return broken,
            Fate::Repeated => {
                self.server.answer(request, NOON);
            }
            Fate::Answered | Fate::RequestLost | Fate::PutBack => {}
        }
        Some(Ok(answer))
    }
}

impl Laptop {
    fn public_key_of(&self) -> auxlog_record::PublicKey {
        self.public_key()
    }
}

fn body(number: u8) -> Recorded {
    Recorded::Unknown { kind: 900, schema: 1, body: vec![number] }
}

#[test]
fn no_way_a_small_day_can_go_loses_or_doubles_a_record() {
    let ways = FATES.len().pow(DEPTH);
    for way in 0..ways {
        let fates: Vec<Fate> = (0..DEPTH).map(|place| FATES[way / FATES.len().pow(place) % FATES.len()]).collect();
        let mut day = Day::new(fates.clone());
        // Each laptop's opening record, and a third one in between.
        day.session(0);
        day.session(1);
        day.laptops[0].record(&body(1));
        day.session(0);
        day.session(1);
        // The line is good again: a round or two and everybody has everything.
        day.fates.clear();
        for _ in 0..2 {
            day.session(0);
            day.session(1);
        }
        let log = &day.server.database.log;
        let hashes: BTreeSet<Hash> = log.iter().map(Record::hash).collect();
        let case = || format!("way {way}: {:?}", fates.iter().rev().collect::<Vec<_>>());
        assert_eq!((log.len(), hashes.len()), (3, 3), "{}", case());
        for laptop in &day.laptops {
            assert_eq!(laptop.everything(), hashes.iter().copied().collect::<Vec<_>>(), "{}", case());
            let own = laptop.own().expect("own")[0];
            assert_eq!(own.acked, own.seq, "{}", case());
        }
    }
}
