//! Synchronisation measured: a real server in a process of its own on loopback, every signature
//! verified on both sides.
//!
//! `cargo bench -p auxlog-server --bench sync` prints a table. `AUXLOG_BENCH_RECORDS` (20,000),
//! `AUXLOG_BENCH_LAPTOPS` (200), `AUXLOG_BENCH_SECONDS` (5) and `AUXLOG_BENCH_PEOPLE` (100,000) set
//! the size. With a word it does one thing only:
//!
//! | | |
//! |---|---|
//! | `ledgers` | two real data directories push and pull, for `benches/peers` |
//! | `tasks N` | prints N tasks as JSON lines, for the same |
//! | `fleet URL DIR [DB]` | laptops that write and synchronise for a while, for `tests/scale` |
//! | `serve DIR [DB]` | the server, as the others start it |

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "small numbers and figures for people"
)]

mod fleet;
mod ledgers;
mod loads;
mod served;
#[expect(dead_code, unused_imports, reason = "the tests use the rest")]
#[path = "../../tests/it/support/mod.rs"]
mod support;

use std::time::Duration;

use served::Served;
use support::{Kind, everyday};

pub(crate) fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

pub(crate) fn rate(count: u64, took: Duration) -> u64 {
    (count as f64 / took.as_secs_f64()) as u64
}

#[tokio::main]
async fn main() {
    // Cargo adds `--bench`.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["serve", dir, db @ ..] => served::serve(dir, db.first().copied()).await,
        ["fleet", url, dir, db @ ..] => fleet::run(url, dir, db.first().copied()).await,
        ["ledgers"] => {
            ledgers::through(Kind::Sqlite).await;
        }
        ["tasks", count] => {
            for number in 0..count.parse().expect("a number") {
                println!("{}", serde_json::to_string(&everyday::task(number)).expect("JSON"));
            }
        }
        _ => all().await,
    }
}

async fn all() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        println!("{kind:?}");
        let server = Served::start(kind).await;
        loads::through(&server).await;
        println!("  server's memory: {} MiB at most", server.memory());
        drop(server);
        let server = Served::start(kind).await;
        loads::ingest(&server).await;
        println!("  server's memory: {} MiB at most", server.memory());
        drop(server);
        let server = Served::start(kind).await;
        loads::many(&server).await;
        println!("  server's memory: {} MiB at most", server.memory());
        drop(server);
        ledgers::through(kind).await;
        ledgers::roster(kind).await;
    }
}
