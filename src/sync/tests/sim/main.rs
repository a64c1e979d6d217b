//! Bad days, simulated: laptops' real sessions against a server in memory, over a line that loses,
//! repeats, delays and cuts, with crashes, clock jumps and old copies put back. One seed, one day;
//! the same seed, the same day.
//!
//! `AUXLOG_SIM_SEEDS` sets how many days are lived through, `AUXLOG_SIM_SEED` names a single one.

#[expect(dead_code, reason = "the server's tests use the rest")]
#[path = "../support/ledger.rs"]
mod ledger;
mod server;
mod world;

use world::World;

const SEEDS: u64 = 1000;

/// What must hold after every day:
/// I2 what has a receipt is on the server · I3, I4 each record has one number, without gaps ·
/// I5 a laptop pulls in the log's order · I6, I7 every signature, link and proof verified, or the
/// sessions would have stopped · I8 all laptops hold the same · I9 within a minute of the last
/// fault nothing waits to be sent.
#[test]
fn whatever_the_day_brings_every_record_arrives_once() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds: Vec<u64> = match number("AUXLOG_SIM_SEED") {
        Some(seed) => vec![seed],
        None => (0..number("AUXLOG_SIM_SEEDS").unwrap_or(SEEDS)).collect(),
    };
    let mut totals = world::Totals::default();
    for seed in seeds {
        let lived = std::panic::catch_unwind(|| World::new(seed).live());
        match lived {
            Ok(day) => totals += day,
            Err(panic) => {
                eprintln!("AUXLOG_SIM_SEED={seed} cargo test -p auxlog-sync --test sim");
                std::panic::resume_unwind(panic);
            }
        }
    }
    println!("{totals:?}");
    if totals.days >= 100 {
        // The days must have been bad ones.
        for (what, count) in [
            ("lost requests", totals.lost_requests),
            ("lost answers", totals.lost_answers),
            ("repeated requests", totals.repeated),
            ("portals", totals.portals),
            ("crashes", totals.crashes),
            ("servers put back", totals.servers_put_back),
            ("laptops put back", totals.laptops_put_back),
            ("clock jumps", totals.clock_jumps),
        ] {
            assert!(count >= 10, "only {count} {what}");
        }
    }
}
