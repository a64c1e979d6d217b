//! Events: what a record says. Each kind has a number that is never reused.

use auxlog_law::Verdict;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::entered::{EntryCorrected, EntryMade, EntryStepped};
use crate::facts::Given;
use crate::logical_clock::{Jump, Reading};
use crate::office::{HeldReleased, KeyCertified, OfficeOpened, RosterIssued, RulesAdopted, StandingSet, SyncNoted};
use crate::{AgencyId, AuxiliaryId, Certificate, Hash, Moment, OfficerId, RecordId, Roster, Task, WriterId};

/// First record of every chain: whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WriterOpened {
    /// The officer.
    #[n(0)]
    pub officer: OfficerId,
    /// Their name, as stated when the chain was opened.
    #[n(1)]
    pub officer_name: String,
    /// The agency.
    #[n(2)]
    pub agency: AgencyId,
    /// Its name.
    #[n(3)]
    pub agency_name: String,
    /// Their enforcement certificate.
    #[n(4)]
    pub certificate: Option<Certificate>,
    /// The Ed25519 public key whose hash is the writer id.
    #[n(5)]
    #[cbor(with = "minicbor::bytes")]
    pub public_key: [u8; 32],
}

/// A verdict as it was given, with what it was given on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Judged {
    /// The verdict, with rulebook id and digest.
    #[n(0)]
    pub verdict: Verdict,
    /// The roster version that people's facts came from; 0 is none.
    #[n(1)]
    pub roster_version: u64,
    /// The facts of each auxiliary as judged, in the task's order: a stated fact that differs
    /// from the roster stands in the task, the one judged by stands here.
    #[n(2)]
    pub people: Vec<JudgedPerson>,
    /// What was known of the people when it was given, and from which position of the office's log,
    /// so that it can be given again; `None` in records of 0.1.0 (schema 1).
    #[n(3)]
    pub given: Option<Given>,
}

/// An auxiliary's facts as judged.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct JudgedPerson {
    /// Number.
    #[n(0)]
    pub id: AuxiliaryId,
    /// Name, when known.
    #[n(1)]
    pub name: Option<String>,
    /// On the roster, or stated in full.
    #[n(2)]
    pub known: bool,
    /// Names of the task's stated facts that differ from the roster.
    #[n(3)]
    pub differs: Vec<String>,
}

impl Judged {
    /// What the people are called: by name, or by number where that is not known.
    pub fn names(&self) -> Vec<&str> {
        self.people.iter().map(|person| person.name.as_deref().unwrap_or(&person.id.0)).collect()
    }
}

/// A task was logged.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TaskLogged {
    /// As stated.
    #[n(0)]
    pub task: Task,
    /// The verdict at that time.
    #[n(1)]
    pub judged: Judged,
    /// The plan it carries out, if it was planned here.
    #[n(2)]
    pub plan: Option<RecordId>,
}

/// A field of a task was corrected; the record corrected stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Amendment {
    /// The task.
    #[n(0)]
    pub target: RecordId,
    /// The newest records about the task that the author had seen: [`crate::fold::TaskView::heads`].
    #[n(1)]
    pub based_on: Vec<Hash>,
    /// The task with the correction made.
    #[n(2)]
    pub task: Task,
    /// Names of the fields that change ([`Task::changed_fields`]); only these are taken from `task`.
    #[n(3)]
    pub fields: Vec<String>,
    /// Why.
    #[n(4)]
    pub reason: String,
    /// The verdict on the corrected task.
    #[n(5)]
    pub judged: Judged,
}

/// A task was annulled: a visible mark, never a removal (第十七条（五）).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Annulment {
    /// The task.
    #[n(0)]
    pub target: RecordId,
    /// Why.
    #[n(1)]
    pub reason: String,
    /// The newest records about the task that the author had seen.
    #[n(2)]
    pub based_on: Vec<Hash>,
}

/// A step in the review of a flagged task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Decision {
    /// A remark; decides nothing. Open to whoever logged or arranged the task.
    #[n(0)]
    Note,
    /// A proposal how to decide. Open to whoever logged or arranged the task.
    #[n(1)]
    Propose,
    /// The finding stands; the measure taken is named.
    #[n(2)]
    Confirm,
    /// The finding does not stand; the reason is named.
    #[n(3)]
    Dismiss,
    /// The auxiliary is asked for their statement (第三十条).
    #[n(4)]
    Statement,
    /// 责令改正 (第二十九条).
    #[n(5)]
    OrderCorrection,
    /// 通报批评 (第二十九条).
    #[n(6)]
    Criticise,
    /// 退回劳务派遣机构 (第二十九条, 情节严重的).
    #[n(7)]
    ReturnToCompany,
    /// 移送司法机关 (第二十九条, 构成犯罪的).
    #[n(8)]
    Transfer,
    /// The facts as established (第三十条, 事实清楚).
    #[n(9)]
    Facts,
    /// The evidence they rest on (第三十条, 证据确凿).
    #[n(10)]
    Evidence,
    /// What was decided is decided anew, by another than who decided; the reason is named.
    #[n(11)]
    Reopen,
}

/// A review step was taken.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ReviewStep {
    /// The task.
    #[n(0)]
    pub target: RecordId,
    /// The newest records about the task that the author had seen: [`crate::fold::TaskView::heads`].
    #[n(1)]
    pub based_on: Vec<Hash>,
    /// What was decided.
    #[n(2)]
    pub decision: Decision,
    /// Why.
    #[n(3)]
    pub reason: String,
    /// What the step carries beside its reason; see [`Decision::needs_measure`].
    #[n(4)]
    pub measure: Option<String>,
    /// The auxiliary that a measure of 第二十九条 is taken against.
    #[n(5)]
    pub against: Option<AuxiliaryId>,
}

/// An auxiliary's statement and defence (陈述和申辩, 第三十条), taken down by an officer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Statement {
    /// The task.
    #[n(0)]
    pub target: RecordId,
    /// Who states.
    #[n(1)]
    pub auxiliary: AuxiliaryId,
    /// In their words; empty when they waive it.
    #[n(2)]
    pub text: String,
    /// They acknowledged what was taken down.
    #[n(3)]
    pub acknowledged: bool,
    /// When they gave it.
    #[n(4)]
    pub given_at: Moment,
    /// The newest records about the task that the author had seen.
    #[n(5)]
    pub based_on: Vec<Hash>,
}

/// A photo or document bound to a task by its hash; the bytes are kept apart, encrypted.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Attachment {
    /// The task.
    #[n(0)]
    pub target: RecordId,
    /// SHA-256 of the content.
    #[n(1)]
    pub sha256: Hash,
    /// Length in bytes.
    #[n(2)]
    pub size: u64,
    /// Media type, e.g. `image/jpeg`.
    #[n(3)]
    pub media_type: String,
    /// The file's name as it was.
    #[n(4)]
    pub name: String,
    /// What it shows.
    #[n(5)]
    pub note: Option<String>,
    /// What the content tells of itself, read when it was attached.
    #[n(6)]
    pub preview: Option<Preview>,
}

/// What a picture or document tells of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Preview {
    /// Width of a picture in pixels.
    #[n(0)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height of a picture in pixels.
    #[n(1)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// When it was taken by the camera's own clock, as it stands there (`2026-11-25 09:30:00`); with
    /// the camera's UTC offset where it tells one.
    #[n(2)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<String>,
    /// The camera.
    #[n(3)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub camera: Option<String>,
    /// Where it was taken, by the camera's own receiver: latitude and longitude in millionths of a
    /// degree (WGS 84), north and east positive.
    #[n(4)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<(i32, i32)>,
}

/// The roster was replaced by an import on a stand-alone laptop.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RosterReplaced {
    /// The whole roster.
    #[n(0)]
    pub roster: Roster,
    /// Where it came from: a file's name.
    #[n(1)]
    pub source: String,
}

/// A task was planned: judged before anyone is sent (第二十三条).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TaskPlanned {
    /// As planned.
    #[n(0)]
    pub task: Task,
    /// The verdict on the plan.
    #[n(1)]
    pub judged: Judged,
    /// Why it is sent although improper.
    #[n(2)]
    pub reason: Option<String>,
}

/// A verdict was given again, under another rulebook or by the server; the old one stands.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Rejudged {
    /// The task.
    #[n(0)]
    pub target: RecordId,
    /// The new verdict.
    #[n(1)]
    pub verdict: Verdict,
    /// The newest records about the task that the author had seen; schema 1 named none.
    #[n(2)]
    #[cbor(default)]
    pub based_on: Vec<Hash>,
}

/// A clock of the laptop jumped; recorded, never refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ClockAnomaly {
    /// Which way.
    #[n(0)]
    pub jump: Jump,
    /// What the clocks said before.
    #[n(1)]
    pub before: Reading,
    /// What they said after.
    #[n(2)]
    pub after: Reading,
}

/// A record's body is to be masked by order (personal-information law): its hash and the chain
/// stay whole.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct MaskOrdered {
    /// The record whose body goes.
    #[n(0)]
    pub target: RecordId,
    /// Number of the order.
    #[n(1)]
    pub order: String,
    /// Who ordered it.
    #[n(2)]
    pub authority: String,
    /// Why.
    #[n(3)]
    pub reason: String,
}

/// What was done with personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Access {
    /// Written to a file outside the store.
    #[n(0)]
    Exported,
    /// Looked at in full.
    #[n(1)]
    Read,
    /// Copied as an encrypted backup.
    #[n(2)]
    BackedUp,
}

/// Personal data was exported or read.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DataAccessed {
    /// What was done.
    #[n(0)]
    pub access: Access,
    /// With what: a list's name and filter, or a record's id.
    #[n(1)]
    pub subject: String,
    /// How many records or persons.
    #[n(2)]
    pub count: u64,
    /// Who did it, where the record is another officer's: readers write no records.
    #[n(3)]
    pub by: Option<OfficerId>,
    /// When, where that was before the record was made.
    #[n(4)]
    pub at: Option<Moment>,
}

/// A writer's key is retired and never signs again; its successor is named.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WriterRetired {
    /// The writer retired.
    #[n(0)]
    pub writer: WriterId,
    /// Its last record that is acknowledged.
    #[n(1)]
    pub last: u64,
    /// Why, e.g. a restored old copy.
    #[n(2)]
    pub reason: String,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Kind 1.
    WriterOpened(WriterOpened),
    /// Kind 2.
    TaskPlanned(TaskPlanned),
    /// Kind 3.
    TaskLogged(TaskLogged),
    /// Kind 4.
    Amendment(Amendment),
    /// Kind 5.
    Annulment(Annulment),
    /// Kind 6.
    Attachment(Attachment),
    /// Kind 7.
    ReviewStep(ReviewStep),
    /// Kind 8.
    Statement(Statement),
    /// Kind 9.
    RosterReplaced(RosterReplaced),
    /// Kind 10.
    Rejudged(Rejudged),
    /// Kind 11.
    ClockAnomaly(ClockAnomaly),
    /// Kind 12.
    MaskOrdered(MaskOrdered),
    /// Kind 13.
    DataAccessed(DataAccessed),
    /// Kind 14.
    WriterRetired(WriterRetired),
    /// Kind 15.
    OfficeOpened(OfficeOpened),
    /// Kind 16.
    KeyCertified(KeyCertified),
    /// Kind 17.
    StandingSet(StandingSet),
    /// Kind 18.
    RosterIssued(RosterIssued),
    /// Kind 19.
    RulesAdopted(RulesAdopted),
    /// Kind 20.
    HeldReleased(HeldReleased),
    /// Kind 21.
    SyncNoted(SyncNoted),
    /// Kind 22.
    EntryMade(EntryMade),
    /// Kind 23.
    EntryStepped(EntryStepped),
    /// Kind 24.
    EntryCorrected(EntryCorrected),
    /// A body that was masked by order: its hash still stands in the envelope.
    Masked {
        /// Kind number.
        kind: u16,
        /// Schema number.
        schema: u16,
    },
    /// A kind or schema of a newer version: kept, chained, forwarded, shown as 需要新版本.
    Unknown {
        /// Kind number.
        kind: u16,
        /// Schema number.
        schema: u16,
        /// The body as it came.
        body: Vec<u8>,
    },
}
