//! What can go wrong, each error with its place and its remedy.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use auxlog_record::review::Closed;
use auxlog_record::{AuxiliaryId, Beyond, OfficerId, RecordId, TaskProblem};

use crate::Spot;

/// What a disk refuses, where a person can do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DiskRefusal {
    /// The file system is mounted read-only.
    ReadOnly,
    /// The user may not.
    NotPermitted,
    /// There is no room left.
    Full,
}

impl DiskRefusal {
    /// Which of them is behind an error, if one is.
    pub fn of(error: &(dyn std::error::Error + 'static)) -> Option<Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            match error.downcast_ref::<std::io::Error>().map(std::io::Error::kind) {
                Some(ErrorKind::ReadOnlyFilesystem) => return Some(Self::ReadOnly),
                Some(ErrorKind::PermissionDenied) => return Some(Self::NotPermitted),
                Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge) => {
                    return Some(Self::Full);
                }
                _ => next = error.source(),
            }
        }
        None
    }
}

/// A data directory could not be opened. Nothing in it was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no data directory at this place.
    #[error("{dir} holds no data: run `auxlog init` or `auxlog enroll` first", dir = dir.display())]
    NoDirectory {
        /// The place.
        dir: PathBuf,
    },
    /// There is one already where a new one was to be made.
    #[error("{dir} holds data already: open it, or choose another place", dir = dir.display())]
    Exists {
        /// The place.
        dir: PathBuf,
    },
    /// Nobody by this number has keys here, or several have and none was named.
    #[error("name the officer: keys are kept here for {known:?}")]
    WhichOfficer {
        /// Those who have keys here.
        known: Vec<OfficerId>,
    },
    /// The passphrase does not fit.
    #[error("wrong passphrase: try again in {} s", delay.as_secs())]
    WrongPassphrase {
        /// How long the next try has to wait; grows with each wrong one.
        delay: Duration,
    },
    /// The officer's enrolment awaits an administrator's approval.
    #[error("enrolment awaits approval by the administrator")]
    AwaitsApproval,
    /// Another process writes here.
    #[error("another instance is writing here{}: close it, or only read", pid.map(|p| format!(" (process {p})")).unwrap_or_default())]
    Locked {
        /// The process, when it could be read.
        pid: Option<u32>,
    },
    /// The record itself is damaged; the cache never is, it is rebuilt.
    #[error("damaged: {source}; run `auxlog verify`, then `auxlog restore` or `auxlog sync`")]
    Damaged {
        /// What, where.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file system refused.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// An action on an open ledger was refused or failed. What was stored stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The reference was logged before with other content.
    #[error("{reference} was logged before ({id}) with other content: choose another id, or amend that record")]
    OtherContent {
        /// The reference.
        reference: String,
        /// The record that has it.
        id: RecordId,
    },
    /// The task cannot be stored as stated.
    #[error("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    BadTask {
        /// Everything that is wrong with it, in the order of the fields.
        problems: Vec<TaskProblem>,
    },
    /// There is no such task.
    #[error("no task {id}")]
    NoSuchTask {
        /// As asked for.
        id: String,
    },
    /// Whoever logged or arranged a task may note and propose; another decides (第三十条).
    #[error("{officer} logged or arranged this task: they may note and propose, another officer decides")]
    OwnTask {
        /// Who tried.
        officer: OfficerId,
    },
    /// The step is not open yet, or no more: what must come before it is not on record (第三十条).
    #[error("this step is not open on task {id}: {why:?}")]
    NotOpen {
        /// The task.
        id: RecordId,
        /// Why.
        why: Closed,
    },
    /// The task has nothing to decide: no finding, or annulled.
    #[error("nothing to decide on task {id}")]
    NothingToDecide {
        /// The task.
        id: RecordId,
    },
    /// The correction changes nothing.
    #[error("task {id} says the same already: nothing to correct")]
    NothingChanged {
        /// The task.
        id: RecordId,
    },
    /// The task does not name this person.
    #[error("the task does not name {person}")]
    NotNamed {
        /// The auxiliary.
        person: AuxiliaryId,
    },
    /// A step lacks what it must carry: a reason, or for a confirmation the measure taken.
    #[error("{field} is required for this step")]
    Missing {
        /// `reason`, `measure` or `person`.
        field: &'static str,
    },
    /// The roster of an enrolled laptop comes from its server.
    #[error("the roster comes from the server: import it there")]
    RosterFromServer,
    /// The record can't be masked: others can't be checked or judged without it.
    #[error("record {id} cannot be masked: it says whose key or which roster others are checked by")]
    NotMaskable {
        /// The record.
        id: RecordId,
    },
    /// The officer's role on the server gives no orders to mask.
    #[error(
        "only a supervisor or administrator of the agency orders that a record be masked; synchronise first if you are one"
    )]
    MayNotMask,
    /// An officer orders nothing about their own records.
    #[error("record {id} is your own: another officer orders that it be masked")]
    MaskOwn {
        /// The record.
        id: RecordId,
    },
    /// A record that the server has not got yet is not masked.
    #[error("the server has not got record {id} yet: synchronise before it is masked")]
    MaskUnsent {
        /// The record.
        id: RecordId,
    },
    /// The file is too large to be attached.
    #[error("{path}: at most {mebibytes} MiB can be attached; make the picture smaller or split the document", path = path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most possible.
        mebibytes: u64,
    },
    /// The record could not be made durable (未能保存): nothing was acknowledged.
    #[error("not saved: {source}; free space or save to another place, then try again")]
    NotSaved {
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A text or a list is not one that a record may hold.
    #[error(transparent)]
    Beyond(#[from] Beyond),
    /// A stored record could not be read back.
    #[error("{place} cannot be read: {source}; run `auxlog verify`")]
    Unreadable {
        /// Where it stands.
        place: Spot,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file system refused.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}
