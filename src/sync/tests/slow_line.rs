//! Two bars of signal: 16 kbit/s, and every twenty seconds the line is cut. In simulated time, so
//! that an hour of it takes a moment.

#[expect(dead_code, reason = "the server's tests use the rest")]
#[path = "support/ledger.rs"]
mod ledger;
#[expect(dead_code, reason = "the simulated days use the rest")]
#[path = "sim/server.rs"]
mod server;

use auxlog_sync::backoff::Backoff;
use auxlog_sync::http::{Answer, LineFault, NoAnswer, Request};
use auxlog_sync::local::LocalLedger as _;
use auxlog_sync::session::{Action, Event, Learnt, Session};
use ledger::Laptop;
use server::Server;

const NOON: u64 = 1_764_000_000_000;

/// Bytes a second.
const SPEED: u64 = 16_000 / 8;

/// Milliseconds between two cuts.
const HOLDS: u64 = 20_000;

/// What HTTP adds to a request and to an answer, roughly.
const HEADERS: u64 = 400;

/// Milliseconds from one end to the other.
const WAY: u64 = 300;

struct Line {
    now: u64,
    cuts: u32,
    bytes: u64,
}

impl Line {
    /// Carries that many bytes; `false` where the line is cut before the last is there.
    fn carry(&mut self, bytes: usize) -> bool {
        let takes = WAY + (bytes as u64 + HEADERS) * 1000 / SPEED;
        let cut = (self.now / HOLDS + 1) * HOLDS;
        let there = self.now + takes <= cut;
        self.bytes += if there { bytes as u64 } else { (cut - self.now) * SPEED / 1000 };
        self.now = if there { self.now + takes } else { cut };
        self.cuts += u32::from(!there);
        there
    }

    fn ask(&mut self, server: &mut Server, request: &Request) -> Result<Answer, NoAnswer> {
        let cut = || NoAnswer::Cut(LineFault::Broke);
        if !self.carry(request.body.len()) {
            return Err(cut());
        }
        let answer = server.answer(request, NOON + self.now);
        if self.carry(answer.body.len()) { Ok(answer) } else { Err(cut()) }
    }
}

/// Sessions, one after the other, until one ends well; gives the largest and the smallest batch.
fn synchronise(line: &mut Line, server: &mut Server, laptop: &Laptop) -> (usize, usize) {
    let (mut learnt, mut backoff) = (Learnt::default(), Backoff::new(1));
    let (mut most, mut least) = (0, usize::MAX);
    let mut done_before = 0;
    for seed in 0.. {
        let mut session = Session::new(server.public_key(), line.now + seed, learnt);
        let mut event = Event::Begin { now_ms: NOON + line.now };
        'session: loop {
            let mut request = None;
            for action in session.on_event(event, laptop) {
                match action {
                    Action::Send(next) => request = Some(next),
                    Action::Report(_) | Action::Bring => {}
                    Action::Done(_) => return (most, least),
                    Action::Failed { error, retry_after_ms, .. } => {
                        assert!(error.is_transient(), "{error}");
                        line.now += backoff.next_ms(retry_after_ms);
                        break 'session;
                    }
                }
            }
            let done = laptop.own().expect("own")[0].acked + laptop.disk().pulled.len() as u64;
            assert!(done >= done_before, "what is done stays done");
            done_before = done;
            assert!(line.now < 3_600_000, "after an hour only {done} records are through");
            let request = request.expect("it goes on or ends");
            let batch = session.clone().into_learnt().batch;
            (most, least) = (most.max(batch), least.min(batch));
            let answer = line.ask(server, &request);
            event = Event::Answered { now_ms: NOON + line.now, answer };
        }
        learnt = session.into_learnt();
    }
    unreachable!("seeds don't end")
}

#[test]
fn two_bars_of_signal_are_enough_if_the_batch_shrinks() {
    let (a, b) = (Laptop::new("A01", "O1", 1), Laptop::new("A01", "O2", 2));
    let mut server = Server::new([&a, &b].into_iter().map(|laptop| (laptop.public_key(), laptop.agency())));
    server.page = 1000;
    a.log(3000);
    let mut line = Line { now: 0, cuts: 0, bytes: 0 };
    let (most, least) = synchronise(&mut line, &mut server, &a);
    let own = a.own().expect("own")[0];
    assert_eq!((own.acked, own.seq), (3001, 3001));
    assert_eq!(most, 1000, "it begins with what does not fit");
    assert!(least < 500 && line.cuts >= 2, "it shrank to {least} in {} cuts", line.cuts);
    let (up, took) = (line.bytes, line.now);
    println!("up: {} s, {up} bytes, {} cuts, batches from {most} to {least}", took / 1000, line.cuts);

    let mut line = Line { now: 0, cuts: 0, bytes: 0 };
    let (_, least) = synchronise(&mut line, &mut server, &b);
    assert_eq!(b.disk().pulled.len(), 3001);
    assert!(least < 500 && line.cuts >= 2, "pages shrank to {least} in {} cuts", line.cuts);
    println!("down: {} s, {} bytes, {} cuts, pages from 1000 to {least}", line.now / 1000, line.bytes, line.cuts);
    assert_eq!(a.everything().len() + 1, b.everything().len(), "its opening record is the one that A lacks");
}
