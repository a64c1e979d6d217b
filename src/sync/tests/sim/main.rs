//! Bad days lived through with a server in memory: thousands of them in a minute.
//!
//! `AUXLOG_SIM_SEEDS` sets how many, `AUXLOG_SIM_SEED` names a single one.

#[path = "../days/mod.rs"]
mod days;
#[expect(dead_code, reason = "the server's tests use the rest")]
#[path = "../support/ledger.rs"]
mod ledger;
#[expect(dead_code, reason = "the exhaustive exploration uses the rest")]
mod server;

use auxlog_record::{AgencyId, Hash, PublicKey, Record, WriterId};
use auxlog_sync::http::{Answer, Request};
use auxlog_sync::local::LocalLedger as _;
use auxlog_sync::message::Standing;
use auxlog_sync::receipt::Epoch;
use days::Central;
use server::{Database, Server};

const SEEDS: u64 = 1000;

impl Central for Server {
    type Copy = Database;

    fn public_key(&self) -> PublicKey {
        Server::public_key(self)
    }

    fn answer(&mut self, request: &Request, now_ms: u64) -> Answer {
        Server::answer(self, request, now_ms)
    }

    fn back_up(&mut self) -> Database {
        self.database.clone()
    }

    fn put_back(&mut self, copy: Database) {
        Server::put_back(self, copy);
    }

    fn crash(&mut self) {
        Server::crash(self);
    }

    fn revoke(&mut self, writer: WriterId) {
        Server::revoke(self, writer);
    }

    fn let_in(&mut self, writer: WriterId) {
        Server::let_in(self, writer);
    }

    fn standing(&mut self, writer: WriterId) -> (Standing, u64) {
        Server::standing(self, writer)
    }

    fn log(&mut self, agency: &AgencyId) -> Vec<Record> {
        Server::log(self, agency).records.clone()
    }

    fn peek(&self, agency: &AgencyId) -> Option<(Epoch, Vec<(WriterId, Hash)>)> {
        let log = Server::log(self, agency);
        Some((log.epoch, log.records.iter().map(|record| (record.id().writer, record.hash())).collect()))
    }
}

#[test]
fn whatever_the_day_brings_every_record_arrives_once() {
    let server = |laptops: &[&ledger::Laptop]| Server::new(laptops.iter().map(|l| (l.public_key(), l.agency())));
    let totals = days::live(&days::seeds(SEEDS), "cargo test -p auxlog-sync --test sim", server);
    if totals.days >= 100 {
        // The days must have been bad ones.
        for (what, count) in totals.faults() {
            assert!(count >= 10, "only {count} {what}");
        }
    }
}
