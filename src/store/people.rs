//! People as lists and pages show them: whether they may be sent today, what they did.

use std::collections::BTreeMap;

use auxlog_law::Status;
use auxlog_record::{Auxiliary, AuxiliaryId, Officer, OfficerId, Statement};

use crate::{DayCount, TaskRow};

/// Which person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PersonKey {
    /// An auxiliary.
    Auxiliary(AuxiliaryId),
    /// An officer.
    Officer(OfficerId),
}

/// Whether a person may be sent today, from their own facts alone (第二十一条、第二十二条).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Service {
    /// Nothing stands against it.
    Ready,
    /// The rules about a person that fire for them today, worst first.
    Barred(Vec<String>),
}

/// An auxiliary as a list shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// From the roster.
    pub person: Auxiliary,
    /// Their agency's name.
    pub agency_name: String,
    /// Standing today.
    pub status: Status,
    /// Whether they may be sent today.
    pub service: Service,
    /// Byte range of the name that the search matched.
    pub matched: Option<(usize, usize)>,
}

/// An officer as a list shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficerRow {
    /// From the roster.
    pub person: Officer,
    /// Their agency's name.
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

/// An auxiliary with what they did.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonDetail {
    /// As a list shows them.
    pub row: PersonRow,
    /// Their tasks' counts.
    pub count: DayCount,
    /// How often they did which item.
    pub items: BTreeMap<String, u32>,
    /// Flags on their tasks that await a decision.
    pub open_flags: u32,
    /// Their latest tasks (at most 50).
    pub tasks: Vec<TaskRow>,
    /// Their latest statements (陈述和申辩), newest first (at most 20).
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
