//! Tasks as officers write them day by day: about 600 bytes each, no two the same.

use std::sync::OnceLock;

use auxlog_law::{Arranged, Mode, Presence, Rulebook};
use auxlog_record::facts::{Defaults, Judging, Source, judge};
use auxlog_record::{Event, Roster, StatedAuxiliary, StatedOfficer, Task, TaskLogged};

use super::Laptop;

const PHRASES: [&str; 8] = [
    "协助执法队员清点占道经营物品，装车运回暂存点",
    "在执法队员带领下对沿街餐饮店油烟净化设施进行现场核查",
    "向商户宣传市容环境卫生责任区制度，发放告知单",
    "巡查发现流动摊贩占道，劝导其入市经营",
    "协助送达责令改正通知书，当事人签收",
    "对工地出入口扬尘情况拍照取证，交执法队员处理",
    "整理上月执法案卷，扫描归档",
    "维持拆违现场秩序，引导围观群众离开",
];

const ITEMS: [&str; 4] = ["16.3:inventory", "16.2:inspection", "15.1", "15.2"];

/// Task `number`.
pub(crate) fn task(number: u64) -> Task {
    let pick =
        |of: u64, salt: u32| (number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(salt) ^ u64::from(salt)) % of;
    let at = chrono::DateTime::from_timestamp(1_764_000_000 + number.cast_signed() * 137, 0)
        .map(|at| auxlog_record::Moment(at.with_timezone(&auxlog_record::china())));
    Task {
        id: format!("t-{number}"),
        at,
        agency: Some("A01".into()),
        text: Some(format!("{}（{} 号）", of(&PHRASES, pick(8, 7)), pick(400, 13))),
        items: vec![of(&ITEMS, pick(4, 23)).into()],
        mode: Mode::Assisted,
        presence: Presence::OnScene,
        officers: Some(vec![
            StatedOfficer { id: format!("O{}", pick(15, 3)).as_str().into(), ..Default::default() },
            StatedOfficer { id: format!("O{}", 20 + pick(15, 5)).as_str().into(), ..Default::default() },
        ]),
        auxiliaries: vec![StatedAuxiliary { id: format!("X{}", pick(60, 11)).as_str().into(), ..Default::default() }],
        arranged: Arranged::Yes,
        place: Some(format!("人民中路 {} 号", pick(300, 17))),
        counterpart: Some(format!("便民超市 {} 店", pick(200, 19))),
        ..Task::default()
    }
}

/// When the first task is logged, milliseconds since 1970 UTC.
static FIRST: OnceLock<i64> = OnceLock::new();

/// Logs task `number`, judged as a laptop judges it.
pub(crate) fn log(laptop: &Laptop, number: u64) {
    let rulebook = Rulebook::embedded();
    let task = task(number);
    let defaults = Defaults { source: Source::Roster, agency: Some("A01".into()), today: None };
    let Judging { reduced, verdict, .. } = judge(rulebook, &task, &Roster::default(), &defaults);
    let judged = reduced.judged(verdict, 0, 0);
    // One every two minutes, the first of them less than a day ago: no time of theirs is doubtful.
    let first = FIRST.get_or_init(|| super::now_ms().cast_signed() - 20 * 60 * 60 * 1000);
    let event = Event::TaskLogged(TaskLogged { task, judged, plan: None });
    laptop.record_at(&event, first + (number % 500).cast_signed() * 137_311);
}

fn of<'a>(words: &[&'a str], number: u64) -> &'a str {
    words[usize::try_from(number).expect("small")]
}
