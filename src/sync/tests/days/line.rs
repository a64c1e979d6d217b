//! The line between laptops and server, and what it does to requests and answers.

use auxlog_sync::http::{Answer, LineFault, NoAnswer, Request};
use auxlog_sync::message;
use auxlog_sync::pack::{MEDIA_TYPE, unpack};
use auxlog_sync::signed::Signed;

use super::world::{Happening, SECOND, SILENCE, World};
use super::{Central, Laptop};

impl<C: Central> World<C> {
    pub(super) fn send(&mut self, laptop: usize, call: u64, request: Request) {
        self.totals.requests += 1;
        if !self.desks[laptop].up || self.chance(10) {
            self.totals.lost_requests += 1;
            let refused = self.dice.roll(2) == 0;
            let (wait, why) =
                if refused { (50, NoAnswer::Broken(LineFault::Refused)) } else { (SILENCE, NoAnswer::Late) };
            self.hand_back(laptop, call, wait, Err(why));
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
            self.hand_back(laptop, call, 40, Ok(answer));
            return;
        }
        let way = 20 + self.dice.roll(2 * SECOND);
        if self.chance(10) {
            // The line delivers it twice; the copy comes long after, or before the original.
            self.totals.repeated += 1;
            let copy = if self.dice.roll(2) == 0 {
                way + self.dice.roll(120 * SECOND)
            } else {
                self.totals.reordered += 1;
                self.dice.roll(way)
            };
            self.at(self.now + copy, Happening::Arrives { laptop, call: None, request: request.clone() });
        }
        self.at(self.now + way, Happening::Arrives { laptop, call: Some(call), request });
    }

    pub(super) fn arrive(&mut self, laptop: usize, call: Option<u64>, request: &Request) {
        let now_ms = self.server_ms();
        let mut answer = self.server.answer(request, now_ms);
        let Some(call) = call else { return };
        only_its_own(&self.desks[laptop].laptop, &answer);
        let standing = self.server.standing(self.desks[laptop].laptop.writer()).0;
        if !self.desks[laptop].up || self.desks[laptop].deaf || self.chance(10) {
            self.totals.lost_answers += 1;
            self.hand_back(laptop, call, SILENCE, Err(NoAnswer::Late));
            return;
        }
        let way = 20 + self.dice.roll(2 * SECOND);
        if self.chance(5) {
            self.totals.cut_answers += 1;
            self.hand_back(laptop, call, way, Err(NoAnswer::Cut(LineFault::Broke)));
            return;
        }
        if self.chance(3) {
            self.totals.cut_answers += 1;
            let half = answer.body.len() / 2;
            answer.body.truncate(half);
        }
        let (answer, standing) = (Ok(answer), Some(standing));
        self.at(self.now + way, Happening::Returns { laptop, call, answer, standing });
    }

    fn hand_back(&mut self, laptop: usize, call: u64, wait: u64, answer: Result<Answer, NoAnswer>) {
        self.at(self.now + wait, Happening::Returns { laptop, call, answer, standing: None });
    }
}

/// I11: nothing in an answer is another agency's.
fn only_its_own(laptop: &Laptop, answer: &Answer) {
    use auxlog_sync::local::LocalLedger as _;
    if answer.status != 200 || answer.media_type != MEDIA_TYPE {
        return;
    }
    let signed: Signed<message::SyncAnswer> = unpack(&answer.body).expect("a whole answer");
    let response = signed.claimed().expect("an answer").response;
    let runs = response.page.runs.iter().chain(&response.restored);
    assert!(runs.map(|pulled| &pulled.run.agency).all(|agency| *agency == laptop.agency()), "I11: runs");
    for receipt in &response.receipts {
        let claimed = receipt.claimed().expect("a receipt");
        assert_eq!((claimed.checkpoint.agency, claimed.writer), (laptop.agency(), laptop.writer()), "I11: receipts");
    }
}
