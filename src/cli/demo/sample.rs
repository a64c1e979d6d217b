//! The demonstration's tasks, as days before today so that they are always recent.

use auxlog_record::{Clock as _, Moment, OfficerId, SystemClock, Task, china};
use chrono::{Days, NaiveTime, Timelike as _};
use serde::Deserialize;

const TASKS: &str = include_str!("tasks.jsonl");

/// A task and when it was done.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    days_ago: u64,
    time: NaiveTime,
    /// Who logs it.
    by: OfficerId,
    task: Task,
}

/// The tasks that `officer` logs, oldest first. None lies in the future: before the day's last
/// sample would be done, its tasks are drawn together into the part of the day that has passed.
pub(super) fn tasks_of(officer: &OfficerId) -> Vec<Task> {
    let now = SystemClock.now();
    let passed = now.0.with_timezone(&china()).time();
    let last = samples().iter().filter(|sample| sample.days_ago == 0).map(|sample| sample.time).max();
    let drawn_together = last.filter(|last| *last > passed);
    let mut tasks: Vec<Task> = samples()
        .into_iter()
        .filter(|sample| sample.by == *officer)
        .filter_map(|sample| {
            let time = match drawn_together {
                Some(last) if sample.days_ago == 0 => {
                    let seconds = |time: NaiveTime| u64::from(time.num_seconds_from_midnight());
                    let drawn = seconds(sample.time) * seconds(passed) / seconds(last).max(1);
                    NaiveTime::from_num_seconds_from_midnight_opt(u32::try_from(drawn).ok()?, 0)?
                }
                _ => sample.time,
            };
            let day = now.china_date().0.checked_sub_days(Days::new(sample.days_ago))?;
            let at = day.and_time(time).and_local_timezone(china()).single()?;
            Some(Task { at: Some(Moment(at)), ..sample.task })
        })
        .collect();
    tasks.sort_by_key(|task| task.at);
    tasks
}

fn samples() -> Vec<Sample> {
    TASKS.lines().map(|line| serde_json::from_str(line).expect("a test reads every line")).collect()
}

#[cfg(test)]
mod tests {
    use auxlog_law::Rulebook;

    use super::*;

    #[test]
    fn every_sample_is_a_task_that_can_be_logged() {
        let book = Rulebook::embedded();
        assert!(samples().len() > 10);
        for sample in samples() {
            assert_eq!(sample.task.validate(|code| book.activity(code)), Ok(()), "{}", sample.task.id);
        }
    }
}
