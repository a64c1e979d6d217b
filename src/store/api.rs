//! What the ledger is asked and what it answers.

use std::collections::BTreeMap;

use auxlog_law::{Finding, Severity, Suggestion};
use auxlog_record::{
    AgencyId, AuxiliaryId, Beyond, Certificate, Date, Decision, Event, Former, Hash, Judged, Moment, OfficerId,
    RecordId, Task, WriterId, WriterOpened,
};
use serde::{Deserialize, Serialize};

use crate::{Flaw, Spot};

/// Whose ledger is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Their key on this laptop.
    pub writer: WriterId,
    /// Officer number.
    pub officer: OfficerId,
    /// Their name.
    pub officer_name: String,
    /// The agency.
    pub agency: AgencyId,
    /// Its name.
    pub agency_name: String,
    /// Their enforcement certificate.
    pub certificate: Option<Certificate>,
}

/// Who a new data directory is made for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InitOptions {
    /// Officer number.
    pub officer: OfficerId,
    /// Their name; their number where it is empty.
    pub officer_name: String,
    /// Agency code.
    pub agency: AgencyId,
    /// Its name; its code where it is empty.
    pub agency_name: String,
    /// Their enforcement certificate.
    pub certificate: Option<Certificate>,
}

impl InitOptions {
    /// Whether all that is said may stand in a record.
    ///
    /// # Errors
    /// The first that may not.
    pub fn within_limits(&self) -> Result<(), Beyond> {
        let InitOptions { officer, officer_name, agency, agency_name, certificate } = self.clone();
        let public_key = [0; 32];
        let opened = WriterOpened { officer, officer_name, agency, agency_name, certificate, public_key };
        Event::WriterOpened(opened).within_limits()
    }
}

/// Where the laptop is enrolled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// Base address of the server.
    pub server: String,
    /// The server's Ed25519 public key, which signs receipts.
    pub server_key: [u8; 32],
    /// The device's number at the server.
    pub device: String,
    /// Whether an administrator has approved it.
    pub approved: bool,
    /// The keys that the server had before.
    #[serde(default)]
    pub former: Vec<Former>,
}

/// A task was stored: durable before this is returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ack {
    /// The task's own reference.
    pub reference: String,
    /// The record.
    pub id: RecordId,
    /// The verdict it carries.
    pub verdict: Severity,
    /// Whether it had been stored before with the same content.
    pub repeated: bool,
}

/// A task judged, not stored.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The verdict and whose facts it was given on.
    pub judged: Judged,
    /// What the text suggests, where there is one.
    pub suggestion: Option<Suggestion>,
    /// The facts as judged.
    pub facts: auxlog_law::Facts,
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// Nothing to review.
    Clear,
    /// Flagged and undecided.
    Open,
    /// The auxiliary was asked for their statement.
    Statement,
    /// The finding stands.
    Confirmed,
    /// The finding does not stand.
    Dismissed,
    /// Annulled, visibly.
    Annulled,
}

impl TaskStatus {
    /// Where a task stands by its records; one whose own record has not arrived is open.
    pub fn of(status: auxlog_record::fold::Status) -> Self {
        use auxlog_record::fold::Status;
        match status {
            Status::Clear | Status::Planned | Status::Entry => Self::Clear,
            Status::Open | Status::Incomplete => Self::Open,
            Status::Statement => Self::Statement,
            Status::Confirmed => Self::Confirmed,
            Status::Dismissed => Self::Dismissed,
            Status::Annulled => Self::Annulled,
        }
    }
}

/// How a list is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Order {
    /// Latest first.
    #[default]
    Newest,
    /// Earliest first.
    Oldest,
    /// Gravest first, then longest waiting.
    Urgent,
}

/// Which tasks, and which part of the list. The default is everything, latest first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct TaskQuery {
    /// Names this auxiliary.
    pub person: Option<AuxiliaryId>,
    /// Names this officer, or was logged by them.
    pub officer: Option<OfficerId>,
    /// An activity (`16.2:inspection`), an item (`16.2`) with all its activities, or an article (`16`).
    pub item: Option<String>,
    /// Has this verdict now.
    pub verdict: Option<Severity>,
    /// Stands here.
    pub status: Option<TaskStatus>,
    /// Only what awaits a decision.
    pub open: bool,
    /// With [`Self::open`], the sample of permitted tasks that awaits a look too.
    pub sampled: bool,
    /// Only tasks with contradictions that nobody has settled (冲突).
    pub conflict: bool,
    /// Done on this day (China) or later.
    pub since: Option<Date>,
    /// Done on this day (China) or earlier.
    pub until: Option<Date>,
    /// Each of these words is in its text, place, counterpart, case number, reference or an
    /// auxiliary's name, case aside.
    pub text: Option<String>,
    /// Its place contains this, case aside.
    pub place: Option<String>,
    /// Order.
    pub order: Order,
    /// How many to skip.
    pub offset: usize,
    /// How many to give; 0 is all.
    pub limit: usize,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TaskPage {
    /// The rows asked for.
    pub rows: Vec<TaskRow>,
    /// How many the whole list has.
    pub total: usize,
}

/// An auxiliary as a list names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedAuxiliary {
    /// Number.
    pub id: AuxiliaryId,
    /// Name, when known.
    pub name: Option<String>,
}

/// An officer as a list names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedOfficer {
    /// Number.
    pub id: OfficerId,
    /// Name, when known.
    pub name: Option<String>,
}

/// A task as a list shows it: as it is now, after corrections and review.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a mark of its own in a list")]
pub struct TaskRow {
    /// The record that logged it.
    pub id: RecordId,
    /// Its own reference.
    pub reference: String,
    /// When it was done.
    pub at: Moment,
    /// The agency.
    pub agency: AgencyId,
    /// Who logged it.
    pub logged_by: NamedOfficer,
    /// What was stated, with time and agency, cut to what a writer may state.
    pub task: Task,
    /// The auxiliaries.
    pub auxiliaries: Vec<NamedAuxiliary>,
    /// The officers; `None` is unstated.
    pub officers: Option<Vec<NamedOfficer>>,
    /// The worst verdict given: a finding never disappears.
    pub verdict: Severity,
    /// The findings of all verdicts given.
    pub findings: Vec<Finding>,
    /// Where it stands.
    pub status: TaskStatus,
    /// Covered by a server's receipt (own records), or come from it.
    pub synced: bool,
    /// Logged by the officer whose ledger is open.
    pub mine: bool,
    /// Whoever's ledger is open is named in it, logged, planned or arranged it: another decides.
    pub barred: bool,
    /// Corrected since.
    pub amended: bool,
    /// Annulled, visibly; a finding on it may still await a decision.
    pub annulled: bool,
    /// Two corrections of one field were made without knowing of each other.
    pub conflict: bool,
    /// Permitted, sampled, and not yet looked at by another officer.
    pub sampled: bool,
    /// Recorded more than a day after it was done (补录).
    pub late: bool,
    /// The time of its record is doubtful (时间存疑): it does not go with when the server had it.
    pub doubtful: bool,
    /// A record about it holds more than a writer may state; what is shown of it is cut.
    pub over_limits: bool,
}

/// One record about a task.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// The record.
    pub id: RecordId,
    /// Its hash.
    pub hash: Hash,
    /// Who made it.
    pub by: NamedOfficer,
    /// When, by the wall clock of the laptop.
    pub at: Moment,
    /// What it says.
    pub event: Event,
    /// Covered by a receipt, or come from the server.
    pub synced: bool,
    /// Why it is kept without effect.
    pub void: Option<auxlog_record::review::Closed>,
    /// Made before its writer's laptop joined the agency's server (入网前).
    pub before_joining: bool,
    /// A step of a review that is read by the rules of 0.1.0, which asked for less.
    pub first_rules: bool,
}

/// A task with everything known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskDetail {
    /// As a list shows it.
    pub row: TaskRow,
    /// As it is now, corrections applied.
    pub task: Task,
    /// The verdict on it now.
    pub judged: Judged,
    /// Every record about it, oldest first; the first logged it.
    pub history: Vec<HistoryEntry>,
    /// The newest records about it: what a correction or step is based on.
    pub heads: Vec<Hash>,
    /// Fields with conflicting corrections.
    pub conflicts: Vec<String>,
    /// Which steps of its review are open to the officer whose ledger is open.
    pub standing: auxlog_record::review::ReviewStanding,
    /// Whether everyone whom the agency's office vouches for is barred from deciding on it.
    pub nobody_left: bool,
    /// Everything that follows from its records.
    pub view: auxlog_record::fold::TaskView,
}

/// A review step to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewInput {
    /// The task.
    pub target: RecordId,
    /// The step.
    pub decision: Decision,
    /// Why.
    pub reason: String,
    /// What the step carries beside its reason, where it must ([`Decision::needs_measure`]).
    pub measure: Option<String>,
    /// Whom a measure of 第二十九条 is taken against; may be left out where the task names one
    /// auxiliary.
    pub against: Option<AuxiliaryId>,
}

/// What the officer was typing, kept through lock, crash and power loss.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Draft {
    /// The form as a task.
    pub task: Task,
    /// What the form knows beyond the task (cursor, focus, half-typed searches).
    #[serde(default)]
    pub state: BTreeMap<String, String>,
    /// When it was saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved_at: Option<Moment>,
}

/// The outcome of `verify`.
#[derive(Debug)]
pub enum Whole {
    /// Every record is whole, and the read models equal what the records say.
    Yes {
        /// Records checked.
        records: u64,
    },
    /// The first record that is not.
    No {
        /// Which, when it could be told.
        id: Option<RecordId>,
        /// Where it stands.
        place: Spot,
        /// What is wrong.
        problem: Flaw,
    },
}
