//! Bad days: laptops' real sessions against a server, over a line that loses, repeats, reorders,
//! delays and cuts, with crashes, clock jumps, revocations and old copies put back. One seed, one
//! day; the same seed, the same day.
//!
//! The server is whatever implements [`Central`]: one in memory, so that thousands of days can be
//! lived through, and the real one, to show that the one in memory promises no more than it keeps.

mod check;
mod line;
mod mishap;
mod speech;
mod world;

use std::ops::AddAssign;

use auxlog_record::{AgencyId, Hash, PublicKey, Record, WriterId};
use auxlog_sync::http::{Answer, Request};
use auxlog_sync::message::Standing;
use auxlog_sync::receipt::Epoch;

pub(crate) use world::World;

pub(crate) use super::ledger::{Disk, Laptop, task};

/// The server as a day sees it.
pub(crate) trait Central {
    /// A copy of the database.
    type Copy;

    /// The key that it signs with.
    fn public_key(&self) -> PublicKey;

    /// Answers a request while its clock stands at `now_ms`.
    fn answer(&mut self, request: &Request, now_ms: u64) -> Answer;

    /// Copies the database.
    fn back_up(&mut self) -> Self::Copy;

    /// Ends, has a copy put in the database's place, and starts again.
    fn put_back(&mut self, copy: Self::Copy);

    /// Ends without a word and starts again.
    fn crash(&mut self);

    /// An administrator shuts a laptop out.
    fn revoke(&mut self, writer: WriterId);

    /// An administrator lets it in again, with what was held.
    fn let_in(&mut self, writer: WriterId);

    /// A laptop's standing and its last acknowledged seq.
    fn standing(&mut self, writer: WriterId) -> (Standing, u64);

    /// An agency's log.
    fn log(&mut self, agency: &AgencyId) -> Vec<Record>;

    /// Which life an agency's log is in and what is in it, where that is cheap to look at in the
    /// middle of a day.
    fn peek(&self, agency: &AgencyId) -> Option<(Epoch, Vec<(WriterId, Hash)>)>;
}

/// How many days were asked for: the one that `AUXLOG_SIM_SEED` names, or the first
/// `AUXLOG_SIM_SEEDS`, or `usual`.
pub(crate) fn seeds(usual: u64) -> Vec<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    match number("AUXLOG_SIM_SEED") {
        Some(seed) => vec![seed],
        None => (0..number("AUXLOG_SIM_SEEDS").unwrap_or(usual)).collect(),
    }
}

/// Lives through days, on as many threads as there are processors; where one goes wrong, says which
/// and the command that lives it again.
pub(crate) fn live<C: Central>(
    seeds: &[u64],
    command: &str,
    server: impl Fn(&[&Laptop]) -> C + Sync + std::panic::RefUnwindSafe,
) -> Totals {
    let one = |seed: u64| {
        std::panic::catch_unwind(|| World::new(seed, &server).live()).unwrap_or_else(|panic| {
            eprintln!("AUXLOG_SIM_SEED={seed} {command}");
            std::panic::resume_unwind(panic)
        })
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut totals = Totals::default();
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..threads)
            .map(|part| {
                let mine: Vec<u64> = seeds.iter().copied().skip(part).step_by(threads).collect();
                scope.spawn(move || mine.into_iter().map(one).collect::<Vec<_>>())
            })
            .collect();
        for part in parts {
            match part.join() {
                Ok(days) => days.into_iter().for_each(|day| totals += day),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    println!("{totals:?}");
    totals
}

/// What the days brought.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Totals {
    pub(crate) days: u64,
    pub(crate) records: u64,
    pub(crate) requests: u64,
    pub(crate) receipts: u64,
    pub(crate) lost_requests: u64,
    pub(crate) lost_answers: u64,
    pub(crate) cut_answers: u64,
    pub(crate) repeated: u64,
    pub(crate) reordered: u64,
    pub(crate) portals: u64,
    pub(crate) partitions: u64,
    pub(crate) one_way: u64,
    pub(crate) crashes: u64,
    pub(crate) server_crashes: u64,
    pub(crate) servers_put_back: u64,
    pub(crate) laptops_put_back: u64,
    pub(crate) clock_jumps: u64,
    pub(crate) server_clock_jumps: u64,
    pub(crate) revoked: u64,
}

impl AddAssign for Totals {
    fn add_assign(&mut self, day: Self) {
        self.days += day.days;
        self.records += day.records;
        self.requests += day.requests;
        self.receipts += day.receipts;
        self.lost_requests += day.lost_requests;
        self.lost_answers += day.lost_answers;
        self.cut_answers += day.cut_answers;
        self.repeated += day.repeated;
        self.reordered += day.reordered;
        self.portals += day.portals;
        self.partitions += day.partitions;
        self.one_way += day.one_way;
        self.crashes += day.crashes;
        self.server_crashes += day.server_crashes;
        self.servers_put_back += day.servers_put_back;
        self.laptops_put_back += day.laptops_put_back;
        self.clock_jumps += day.clock_jumps;
        self.server_clock_jumps += day.server_clock_jumps;
        self.revoked += day.revoked;
    }
}

impl Totals {
    /// Each kind of fault with how often it came.
    pub(crate) fn faults(&self) -> [(&'static str, u64); 15] {
        [
            ("lost requests", self.lost_requests),
            ("lost answers", self.lost_answers),
            ("cut answers", self.cut_answers),
            ("repeated requests", self.repeated),
            ("reordered requests", self.reordered),
            ("portals", self.portals),
            ("partitions", self.partitions),
            ("one-way partitions", self.one_way),
            ("crashes", self.crashes),
            ("server crashes", self.server_crashes),
            ("servers put back", self.servers_put_back),
            ("laptops put back", self.laptops_put_back),
            ("clock jumps", self.clock_jumps),
            ("jumps of the server's clock", self.server_clock_jumps),
            ("revocations", self.revoked),
        ]
    }
}

/// splitmix64.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    /// An index into something of `length`.
    pub(crate) fn pick(&mut self, length: usize) -> usize {
        usize::try_from(self.roll(length as u64)).unwrap_or_default()
    }
}
