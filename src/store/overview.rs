//! Days, counts and people: what is answered beside lists of tasks.

use std::collections::BTreeMap;

use auxlog_law::{Severity, Status};
use auxlog_record::{Auxiliary, AuxiliaryId, Date, Judged, Moment, Officer, OfficerId, RecordId, Statement, Task};

use crate::api::{NamedOfficer, TaskRow};

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
    /// His name.
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

/// Which person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PersonKey {
    /// An auxiliary.
    Auxiliary(AuxiliaryId),
    /// An officer.
    Officer(OfficerId),
}

/// Whether a person may be sent today, from his own facts alone (第二十一条、第二十二条).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Service {
    /// Nothing stands against it.
    Ready,
    /// The rules about a person that fire for him today, worst first.
    Barred(Vec<String>),
}

/// An auxiliary as a list shows him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// From the roster.
    pub person: Auxiliary,
    /// His agency's name.
    pub agency_name: String,
    /// Standing today.
    pub status: Status,
    /// Whether he may be sent today.
    pub service: Service,
    /// Byte range of the name that the search matched.
    pub matched: Option<(usize, usize)>,
}

/// An officer as a list shows him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficerRow {
    /// From the roster.
    pub person: Officer,
    /// His agency's name.
    pub agency_name: String,
    /// Standing today; `None` where it can't be told.
    pub status: Option<Status>,
    /// Certificate valid today.
    pub certificate_valid: bool,
    /// Whether they may supervise today; `None` where it can't be told.
    pub supervises: Option<bool>,
    /// Byte range of the name that the search matched.
    pub matched: Option<(usize, usize)>,
}

/// An auxiliary with what he did.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonDetail {
    /// As a list shows him.
    pub row: PersonRow,
    /// His tasks' counts.
    pub count: DayCount,
    /// How often he did which item.
    pub items: BTreeMap<String, u32>,
    /// Flags on his tasks that await a decision.
    pub open_flags: u32,
    /// His latest tasks (at most 50).
    pub tasks: Vec<TaskRow>,
    /// His latest statements (陈述和申辩), newest first (at most 20).
    pub statements: Vec<StatementRow>,
}

/// A statement that an auxiliary made about a task.
#[derive(Debug, Clone, PartialEq)]
pub struct StatementRow {
    /// The task's own reference.
    pub reference: String,
    /// As it was taken down.
    pub statement: Statement,
}
