//! Real data directories: journal and cache on disk, as an officer has them.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use auxlog_record::{Agency, AgencyId, Auxiliary, Roster};
use auxlog_store::{InitOptions, Ledger, OpenOptions};
use auxlog_store::{join, server_of};
use auxlog_sync::enrol::Role;
use auxlog_sync::local::LocalLedger;
use auxlog_sync::{Outcome, offer, sync_once};

use crate::loads::line;
use crate::served::Served;
use crate::setting;
use crate::support::{Kind, everyday};

async fn enrolled(server: &Served, dir: &Path, officer: &str) -> Arc<Ledger> {
    let cheap = OpenOptions { cheap_keys: true, ..OpenOptions::default() };
    let who = InitOptions { officer: officer.into(), agency: "A01".into(), ..InitOptions::default() };
    let ledger = Arc::new(Ledger::init(dir, &who, "passphrase", cheap).expect("made"));
    let code = server.admin.code(&"A01".into(), &officer.into(), Role::Officer, true).await.expect("a code");
    let connection = server.connection();
    let offered = offer(&connection, &code).await.expect("an offer");
    join(&ledger, &connection, Some(&offered), None, &code, "laptop").await.expect("joined");
    ledger
}

async fn sync(ledger: &Arc<Ledger>) -> Outcome {
    let (connection, key) = server_of(ledger).expect("enrolled");
    let local: Arc<dyn LocalLedger> = Arc::clone(ledger) as Arc<dyn LocalLedger>;
    sync_once(&local, &connection, key, |_| {}).await.map_err(|(error, _)| error).expect("synchronises")
}

/// One data directory pushes everything, another pulls it; both end with everything on disk.
pub(crate) async fn through(kind: Kind) {
    let records = setting("AUXLOG_BENCH_RECORDS", 20_000);
    let server = Served::start(kind).await;
    let (here, there) = (tempfile::tempdir().expect("dir"), tempfile::tempdir().expect("dir"));
    let (a, b) = (enrolled(&server, here.path(), "O1").await, enrolled(&server, there.path(), "O2").await);
    let tasks: Vec<_> = (0..records).map(everyday::task).collect();
    let start = Instant::now();
    for piece in tasks.chunks(1000) {
        for ack in a.log(piece) {
            ack.expect("logged");
        }
    }
    println!("  data directories: {records} tasks logged in {:.2} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    let up = sync(&a).await;
    assert!(up.covered);
    line("data directories, push", records, start.elapsed(), up.bytes_up, up.requests);
    let start = Instant::now();
    let down = sync(&b).await;
    // What the office says comes beside.
    assert!(down.received >= up.sent, "{down:?}");
    line("data directories, pull", records, start.elapsed(), down.bytes_down, down.requests);
}

/// The first synchronisation of a laptop whose agency has many people.
pub(crate) async fn roster(kind: Kind) {
    let people = setting("AUXLOG_BENCH_PEOPLE", 100_000);
    let server = Served::start(kind).await;
    let mut roster = Roster::default();
    let id = AgencyId::from("A01");
    roster.agencies.insert(id.clone(), Agency { id: id.clone(), name: "海安市城市管理局".into() });
    let (family, given) =
        (["王", "李", "张", "刘", "陈", "杨", "黄", "单"], ["晓燕", "建国", "伟", "芳", "志强", "静"]);
    for number in 0..people {
        let pick = |of: usize, salt: u32| {
            usize::try_from((number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(salt)) % of as u64).unwrap_or(0)
        };
        let person = Auxiliary {
            id: format!("X{number}").as_str().into(),
            name: format!("{}{}", family[pick(8, 7)], given[pick(6, 13)]),
            agency: id.clone(),
            unit: Some(format!("第{}中队", 1 + number % 40)),
            ..Auxiliary::default()
        };
        roster.auxiliaries.insert(person.id.clone(), person);
    }
    let start = Instant::now();
    server.admin.import_roster(&roster, "名册.xlsx").await.expect("imported");
    let imported = start.elapsed().as_secs_f64();
    let dir = tempfile::tempdir().expect("dir");
    let ledger = enrolled(&server, dir.path(), "O1").await;
    let start = Instant::now();
    let outcome = sync(&ledger).await;
    let took = start.elapsed().as_secs_f64();
    assert_eq!(outcome.roster, Some(1));
    println!(
        "  roster of {people} people: imported in {imported:.2} s; first synchronisation, kept and indexed, {took:.2} s, \
         {} bytes down, {} requests",
        outcome.bytes_down, outcome.requests
    );
    println!("  server's memory: {} MiB at most", server.memory());
}
