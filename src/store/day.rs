//! A day, and what is counted: what is answered beside lists of tasks.

use auxlog_law::Severity;
use auxlog_record::{Date, Judged, Moment, RecordId, Task};

use crate::{NamedOfficer, PersonKey, TaskRow};

/// How many of a day's tasks have which verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DayCount {
    /// All that were not annulled.
    pub tasks: u32,
    /// Permitted.
    pub permitted: u32,
    /// To be reviewed.
    pub needs_review: u32,
    /// Improper.
    pub improper: u32,
}

impl DayCount {
    /// Counts one more task.
    pub fn add(&mut self, verdict: Severity) {
        self.tasks += 1;
        match verdict {
            Severity::Permitted => self.permitted += 1,
            Severity::NeedsReview => self.needs_review += 1,
            Severity::Improper => self.improper += 1,
        }
    }
}

/// What falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DueKind {
    /// A work certificate ends (第二十一条).
    WorkCertificate,
    /// An officer's enforcement certificate ends.
    OfficerCertificate,
    /// Training was failed or not held.
    Training,
    /// The assessment was failed.
    Assessment,
    /// The periodic review (定期审验) that the agency holds so often as it set.
    Review,
}

/// Something that falls due for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What.
    pub kind: DueKind,
    /// Whose.
    pub person: PersonKey,
    /// Their name.
    pub name: String,
    /// The last day; `None` where it stands open without a date.
    pub on: Option<Date>,
    /// Days left, negative when past.
    pub days_left: Option<i64>,
}

/// A planned task (派工).
#[derive(Debug, Clone, PartialEq)]
pub struct Agenda {
    /// The plan's record.
    pub id: RecordId,
    /// When it is to begin.
    pub at: Moment,
    /// Who planned it.
    pub by: NamedOfficer,
    /// Planned by the officer whose ledger is open.
    pub mine: bool,
    /// As planned.
    pub task: Task,
    /// The verdict on the plan.
    pub judged: Judged,
    /// Why it is sent although improper.
    pub reason: Option<String>,
    /// Logged since under the same reference.
    pub done: bool,
    /// Called off, visibly.
    pub annulled: bool,
}

/// What a day's shift amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shift {
    /// Auxiliaries who were out.
    pub auxiliaries: u32,
    /// When the first task began and the last one did; `None` where nothing was logged.
    pub span: Option<(Moment, Moment)>,
}

/// Today's page.
#[derive(Debug, Clone, PartialEq)]
pub struct DayReport {
    /// The day (China).
    pub date: Date,
    /// The day's counts.
    pub count: DayCount,
    /// Who was out, and when.
    pub shift: Shift,
    /// The day's tasks, latest first (at most 100).
    pub tasks: Vec<TaskRow>,
    /// Plans for the day.
    pub planned: Vec<Agenda>,
    /// Open flags of all days, gravest first (at most 100).
    pub flags: Vec<TaskRow>,
    /// How many open flags there are.
    pub open_flags: usize,
    /// What falls due within 60 days, nearest first.
    pub due: Vec<Due>,
    /// The last 371 days' counts, oldest first.
    pub calendar: Vec<(Date, DayCount)>,
}

/// The three honest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// 本机已存: records of this laptop's officers in the journal.
    pub stored: u64,
    /// 服务器已收: of those, covered by a verified receipt.
    pub received_by_server: u64,
    /// 待处理: of those, not yet.
    pub pending: u64,
    /// Records of other laptops pulled from the server.
    pub pulled: u64,
    /// All tasks known.
    pub tasks: u64,
    /// Flags awaiting a decision.
    pub open_flags: u64,
}
