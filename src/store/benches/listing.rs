//! Lists over many tasks: `AUXLOG_BENCH_TASKS` says how many (20,000 by default).

use std::time::{Duration, Instant};

use auxlog_law::{Mode, Presence};
use auxlog_record::{Date, Moment, StatedAuxiliary, StatedOfficer, Task, china};
use auxlog_store::roster::{read_roster, sample_workbook};
use auxlog_store::{InitOptions, Ledger, OpenOptions, TaskQuery};
use chrono::{NaiveDate, TimeDelta, TimeZone as _};
use criterion::{Criterion, criterion_group, criterion_main};

const TEXTS: [&str; 4] =
    ["协助执法队员现场核查店招", "沿街巡查劝阻占道经营", "张贴宣传材料并登记信息", "协助清点暂扣物品并搬运"];
const ITEMS: [&str; 4] = ["16.2:site-verification", "15.2:patrol", "15.1:publicity", "16.3:inventory"];

fn task(n: u32) -> Task {
    let start = china().with_ymd_and_hms(2024, 1, 1, 8, 0, 0).single().unwrap_or_default();
    let which = (n % 4) as usize;
    let alone = n.is_multiple_of(11);
    let person = |offset: u32| StatedAuxiliary {
        id: format!("X{:03}", 1 + (n * 7 + offset * 13) % 60).as_str().into(),
        ..StatedAuxiliary::default()
    };
    Task {
        id: format!("t-{n}"),
        at: Some(Moment(start + TimeDelta::minutes(i64::from(n)))),
        text: Some(TEXTS[which].into()),
        items: vec![ITEMS[which].into()],
        mode: if alone { Mode::Independent } else { Mode::Assisted },
        presence: if alone { Presence::None } else { Presence::OnScene },
        officers: Some(["O1", "O2"].map(|id| StatedOfficer { id: id.into(), ..StatedOfficer::default() }).to_vec()),
        auxiliaries: vec![person(0), person(1)],
        place: Some("人民中路".into()),
        counterpart: Some(format!("第{}号商铺", n % 997)),
        ..Task::default()
    }
}

fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    format!("{} {}", line("VmRSS"), line("VmHWM"))
}

fn told(what: &str, started: Instant) {
    eprintln!("{what}: {:.2} s; {}", started.elapsed().as_secs_f64(), resident());
}

fn options() -> OpenOptions {
    OpenOptions { cheap_keys: true, ..OpenOptions::default() }
}

fn listing(criterion: &mut Criterion) {
    let count: u32 = std::env::var("AUXLOG_BENCH_TASKS").ok().and_then(|text| text.parse().ok()).unwrap_or(20_000);
    let dir = tempfile::tempdir().expect("a directory");
    let who = InitOptions { officer: "O1".into(), agency: "A01".into(), ..InitOptions::default() };
    let ledger = Ledger::init(dir.path(), &who, "p", options()).expect("made");
    let day = Date(NaiveDate::from_ymd_opt(2024, 1, 2).expect("a date"));
    let sample = sample_workbook(day).expect("written");
    let roster = read_roster(&sample, "sample.xlsx", &ledger.import_context()).expect("readable").roster;
    ledger.import_roster(roster, "sample.xlsx").expect("recorded");

    let started = Instant::now();
    for from in (0..count).step_by(1000) {
        let tasks: Vec<Task> = (from..(from + 1000).min(count)).map(task).collect();
        assert!(ledger.log(&tasks).iter().all(Result::is_ok));
    }
    told(&format!("{count} tasks logged in batches of 1,000"), started);
    let started = Instant::now();
    ledger.close();
    told("closed", started);
    let open = || Ledger::open(dir.path(), None, "p", options()).expect("opened");
    let started = Instant::now();
    open().close();
    told("opened with its cache and closed", started);
    std::fs::remove_dir_all(dir.path().join("cache")).expect("removed");
    let started = Instant::now();
    open().close();
    told("opened without its cache", started);
    let ledger = open();

    let mut group = criterion.benchmark_group(format!("list {count} tasks"));
    group.measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(300)).sample_size(20);
    let page = TaskQuery { limit: 24, ..TaskQuery::default() };
    let list = |query: &TaskQuery| ledger.tasks(query).expect("listed").rows.len();
    group.bench_function("first page", |bencher| bencher.iter(|| list(&page)));
    let mut offset = 0;
    group.bench_function("some page", |bencher| {
        bencher.iter(|| {
            offset = (offset + 7919) % count as usize;
            list(&TaskQuery { offset, ..page.clone() })
        });
    });
    let mut which = 0;
    group.bench_function("first page of a person", |bencher| {
        bencher.iter(|| {
            which = which % 60 + 1;
            list(&TaskQuery { person: Some(format!("X{which:03}").as_str().into()), ..page.clone() })
        });
    });
    group.bench_function("flags", |bencher| bencher.iter(|| ledger.flags(&page).expect("listed").rows.len()));
    group.bench_function("today", |bencher| bencher.iter(|| ledger.today(day).expect("a day").tasks.len()));
    group.bench_function("one task", |bencher| {
        let id = ledger.find("t-77").expect("read").expect("there");
        bencher.iter(|| ledger.task(id).expect("there").history.len());
    });
    group.finish();
    let started = Instant::now();
    let rare = TaskQuery { text: Some("第996号商铺".into()), limit: 20, ..TaskQuery::default() };
    let found = ledger.tasks(&rare).expect("listed").total;
    told(&format!("read through all for a text: {found} found"), started);
    let started = Instant::now();
    assert!(matches!(ledger.verify(&|_, _| {}).expect("read"), auxlog_store::Whole::Yes { .. }));
    told("verified", started);
}

criterion_group!(benches, listing);
criterion_main!(benches);
