//! What officers write on such a day: tasks, corrections of anybody's task, statements, and
//! records of a kind that this version does not know.

use std::sync::LazyLock;

use auxlog_record::{Amendment, Event, Hash, RecordId, Statement, TaskLogged};

use super::{Dice, Laptop, task};

/// Judged once: a day is about the way of records, not about the law.
static TASKS: LazyLock<Vec<TaskLogged>> = LazyLock::new(|| {
    ["协助执法队员清点占道物品", "在路口劝导行人", "整理上月执法案卷"]
        .into_iter()
        .filter_map(|text| match task("t", text) {
            Event::TaskLogged(logged) => Some(logged),
            _ => None,
        })
        .collect()
});

/// What the officer of `laptop` writes next; `number` makes it unlike any other.
pub(super) fn next(laptop: &Laptop, dice: &mut Dice, number: u32) -> Event {
    let unknown = Event::Unknown { kind: 900, schema: 1, body: number.to_be_bytes().to_vec() };
    let mut logged = TASKS[dice.pick(TASKS.len())].clone();
    logged.task.id = format!("t-{number}");
    match dice.roll(6) {
        0 | 1 => Event::TaskLogged(logged),
        2 => {
            let Some((target, seen)) = a_task(laptop, dice) else { return Event::TaskLogged(logged) };
            let reason = "更正".into();
            logged.task.place = Some(format!("人民中路 {number} 号"));
            let TaskLogged { task, judged, .. } = logged;
            // Whoever has not seen the other's correction contradicts it: both must stay visible.
            let fields = vec!["place".into()];
            Event::Amendment(Amendment { target, based_on: vec![seen], task, fields, reason, judged })
        }
        3 => match (a_task(laptop, dice), logged.task.at) {
            (Some((target, seen)), Some(given_at)) => Event::Statement(Statement {
                target,
                auxiliary: "X1".into(),
                text: format!("陈述 {number}"),
                acknowledged: true,
                given_at,
                based_on: vec![seen],
            }),
            _ => unknown,
        },
        _ => unknown,
    }
}

/// A task that the laptop knows, its own or another's.
fn a_task(laptop: &Laptop, dice: &mut Dice) -> Option<(RecordId, Hash)> {
    let disk = laptop.disk();
    let known = disk.own.iter().chain(disk.pulled.iter().map(|pulled| &pulled.record));
    let tasks: Vec<_> =
        known.filter(|record| record.envelope().kind == 3).map(|record| (record.id(), record.hash())).collect();
    (!tasks.is_empty()).then(|| tasks[dice.pick(tasks.len())])
}
