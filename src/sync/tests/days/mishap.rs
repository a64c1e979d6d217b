//! What goes wrong on such a day that is not the line's fault.

use auxlog_sync::message::Standing;
use auxlog_sync::session::{Action, Event, Learnt, Session};

use super::Central;
use super::world::{DAY, Happening, SECOND, World};

impl<C: Central> World<C> {
    pub(super) fn mishap(&mut self) {
        let laptop = self.dice.pick(self.desks.len());
        match self.dice.roll(11) {
            0 => {
                self.totals.crashes += 1;
                self.restart(laptop);
            }
            1 => {
                self.totals.clock_jumps += 1;
                self.desks[laptop].ahead_ms = self.some_days();
            }
            2 => {
                self.totals.partitions += 1;
                self.desks[laptop].up = !self.desks[laptop].up;
            }
            3 => {
                self.totals.one_way += 1;
                self.desks[laptop].deaf = !self.desks[laptop].deaf;
            }
            4 => {
                self.totals.server_crashes += 1;
                self.server.crash();
            }
            5 => {
                self.totals.server_clock_jumps += 1;
                self.server_ahead_ms = self.some_days();
            }
            6 => self.shut_out(laptop),
            7 | 8 => self.database(),
            _ => self.disk_image(laptop),
        }
    }

    /// Up to eleven years this way or that, milliseconds.
    fn some_days(&mut self) -> i64 {
        (self.dice.roll(8000).cast_signed() - 4000) * 86_400_000
    }

    /// A laptop is revoked by mistake, and let in again later or when the day ends.
    fn shut_out(&mut self, laptop: usize) {
        self.totals.revoked += 1;
        self.desks[laptop].was_held = true;
        self.server.revoke(self.desks[laptop].laptop.writer());
        let when = self.now + self.dice.roll(DAY / 2);
        if when < DAY {
            self.at(when, Happening::LetIn { laptop });
        }
    }

    pub(super) fn let_in(&mut self, laptop: usize) {
        let writer = self.desks[laptop].laptop.writer();
        if self.server.standing(writer).0 != Standing::Active {
            self.server.let_in(writer);
        }
    }

    /// Takes a backup of the server's database, or puts one back.
    pub(super) fn database(&mut self) {
        if let Some(backup) = self.backup.take() {
            self.totals.servers_put_back += 1;
            self.server.put_back(backup);
        } else {
            self.backup = Some(self.server.back_up());
            let when = self.now + self.dice.roll(200 * SECOND);
            self.at(when.min(DAY - 1), Happening::Database);
        }
    }

    /// Takes an image of a laptop's disk, or puts one back. A disk that is put back while records
    /// exist nowhere else has lost them, whatever a program does; and one that is written to
    /// before it met the server has forked. Neither is what is tested here.
    fn disk_image(&mut self, laptop: usize) {
        let writer = self.desks[laptop].laptop.writer();
        let (standing, acked) = self.server.standing(writer);
        let desk = &mut self.desks[laptop];
        let own = desk.laptop.disk().own.len() as u64;
        match desk.image.take() {
            Some(image) if acked >= own && standing == Standing::Active => {
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
        let (key, now_ms, seed) = (self.server.public_key(), self.server_ms(), self.dice.roll(u64::MAX));
        let desk = &mut self.desks[laptop];
        desk.life += 1;
        let mut session = Session::new(key, seed, Learnt::default());
        let mut event = Event::Begin { now_ms };
        loop {
            let (mut request, mut bring) = (None, false);
            for action in session.on_event(event, &self.desks[laptop].laptop) {
                match action {
                    Action::Send(next) => request = Some(next),
                    Action::Failed { error, .. } => unreachable!("I6, I7: {error}"),
                    Action::Bring => bring = true,
                    Action::Report(_) | Action::Done(_) => {}
                }
            }
            self.keep_promises(laptop);
            if bring {
                event = Event::Brought { now_ms, done: true };
                continue;
            }
            let Some(request) = request else { break };
            event = Event::Answered { now_ms, answer: Ok(self.server.answer(&request, now_ms)) };
        }
        let life = self.desks[laptop].life;
        self.at(self.now, Happening::Wake { laptop, life });
    }
}
