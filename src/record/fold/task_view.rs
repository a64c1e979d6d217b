//! A task as it stands after everything recorded about it.

use std::collections::HashSet;
use std::sync::LazyLock;

use auxlog_law::{Finding, RulebookSet, Severity, Verdict};
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};

use super::derive;
use super::entry::{Author, Entry};
use crate::crypto::sha256;
use crate::review::{Closed, ReviewStanding};
use crate::{
    AgencyId, Attachment, AuxiliaryId, Decision, Event, Hash, Judged, MAX_FINDINGS, RecordId, Statement, Task, Word,
};

/// Of so many permitted tasks one is sampled for review.
pub const SAMPLED_ONE_IN: u64 = 50;

/// Whether the record with this hash falls into the sample.
pub(super) fn in_sample(hash: &Hash) -> bool {
    let number = hash.0.first_chunk().map_or(1, |bytes| u64::from_be_bytes(*bytes));
    number.is_multiple_of(SAMPLED_ONE_IN)
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Its own record hasn't arrived; only records about it have.
    #[default]
    Incomplete,
    /// Planned, not carried out.
    Planned,
    /// Nothing was found.
    Clear,
    /// Something was found and nobody independent has decided on it.
    Open,
    /// The auxiliary was asked for their statement (第三十条) and hasn't given it.
    Statement,
    /// The findings stand.
    Confirmed,
    /// The findings don't stand.
    Dismissed,
    /// Annulled, with no finding left undecided.
    Annulled,
    /// It is no task but an entry of a register: where that stands its declaration says.
    Entry,
}

/// A review step and whether it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewView {
    /// The record.
    pub record: RecordId,
    /// Who took it.
    pub author: Author,
    /// Wall clock then, in milliseconds since 1970 UTC.
    pub wall_ms: i64,
    /// What was decided.
    pub decision: Decision,
    /// Why.
    pub reason: String,
    /// What it carries beside its reason.
    pub measure: Option<String>,
    /// Whom a measure is taken against.
    pub against: Option<AuxiliaryId>,
    /// Why it is kept without effect.
    pub void: Option<Closed>,
}

/// An amendment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmendmentView {
    /// The record.
    pub record: RecordId,
    /// Who made it.
    pub author: Author,
    /// Wall clock then, in milliseconds since 1970 UTC.
    pub wall_ms: i64,
    /// The fields that it changes.
    pub fields: Vec<String>,
    /// Why.
    pub reason: String,
    /// The task with the correction made.
    pub task: Task,
}

/// A statement taken down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementView {
    /// The record.
    pub record: RecordId,
    /// Who took it down.
    pub author: Author,
    /// What was stated.
    pub statement: Statement,
}

/// An attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentView {
    /// The record.
    pub record: RecordId,
    /// Who attached it.
    pub author: Author,
    /// What it is.
    pub attachment: Attachment,
}

/// A mark that the task was annulled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annulled {
    /// The record.
    pub record: RecordId,
    /// Who annulled it.
    pub author: Author,
    /// Why.
    pub reason: String,
}

/// What the server judged, where it is another verdict than a record states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The record.
    pub record: RecordId,
    /// A newer roster or rulebook explains it, which the laptop had not received (当时本机尚未收到).
    pub stale: bool,
    /// The server's verdict; of a stale one no finding is graver than 待复核.
    pub verdict: Verdict,
}

/// Records that contradict each other and whose authors did not know of each other: 冲突, until
/// a later record that was based on all of them settles it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Conflict {
    /// The task's field, or `decision`.
    pub field: String,
    /// The records, in canonical order; the last one's value is shown until it is settled.
    pub records: Vec<String>,
}

/// One line of a task's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The record.
    pub record: RecordId,
    /// Its hash.
    pub hash: Hash,
    /// Who wrote it.
    pub author: Author,
    /// Wall clock then, in milliseconds since 1970 UTC.
    pub wall_ms: i64,
    /// What it says.
    pub event: Event,
    /// Why it is kept without effect.
    pub void: Option<Closed>,
    /// What the agency's log says of it; `None` while it is in none.
    pub word: Option<Word>,
    /// Number of the rules of steps that it is read by.
    pub rules: u16,
}

/// A task as it stands. Encoded it is the records about it; all else is derived from them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskView {
    /// The record that logged or planned it.
    pub id: RecordId,
    /// The task with all amendments; empty while [`Status::Incomplete`].
    pub task: Task,
    /// The agency whose log it stands in.
    pub agency: AgencyId,
    /// The worst of all verdicts given: a finding never disappears.
    pub worst: Severity,
    /// Where it stands.
    pub status: Status,
    /// Whether it is a plan.
    pub planned: bool,
    /// The plan that it carries out.
    pub plan: Option<RecordId>,
    /// Review steps.
    pub review: Vec<ReviewView>,
    /// Statements.
    pub statements: Vec<StatementView>,
    /// Amendments.
    pub amendments: Vec<AmendmentView>,
    /// Attachments.
    pub attachments: Vec<AttachmentView>,
    /// Marks of annulment.
    pub annulled: Vec<Annulled>,
    /// Contradictions not settled.
    pub conflicts: Vec<Conflict>,
    /// Nothing was found, and somebody independent looked at it all the same.
    pub looked_at: bool,
    /// Where the server judged otherwise, by record.
    pub told: Vec<Told>,
    /// Why each entry has no effect.
    pub(super) void: Vec<Option<Closed>>,
    pub(super) entries: Vec<Entry>,
    /// The newest entry that was judged, by who had seen what.
    pub(super) newest_judged: Option<usize>,
    pub(super) planner: Option<Author>,
    pub(super) carried_out: Vec<RecordId>,
}

impl TaskView {
    /// A view that knows nothing but its id.
    pub fn new(id: RecordId) -> Self {
        Self { id, ..Self::default() }
    }

    /// Adds a record; what follows from it is derived by [`Self::settle`].
    pub(super) fn insert(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Derives everything from the records anew.
    pub(super) fn settle(&mut self, rulebooks: &RulebookSet) {
        derive::derive(self, rulebooks);
    }

    pub(super) fn set_planner(&mut self, planner: Author) {
        self.planner = Some(planner);
    }

    /// The task as first recorded; an empty one while [`Status::Incomplete`].
    pub fn original(&self) -> &Task {
        static NONE: LazyLock<Task> = LazyLock::new(Task::default);
        self.base().and_then(|base| base.event.0.judged()).map_or(&NONE, |(task, _)| task)
    }

    /// The verdict as it was first given.
    pub fn judged(&self) -> Option<&Judged> {
        self.base().and_then(|base| base.event.0.judged()).map(|(_, judged)| judged)
    }

    /// The newest verdict: after an amendment, or by another rulebook.
    pub fn newest_verdict(&self) -> Option<&Verdict> {
        self.stated().last()
    }

    /// The records that carry out this plan.
    pub fn carried_out(&self) -> &[RecordId] {
        &self.carried_out
    }

    /// The same, of all records that were added, derived or not.
    pub(super) fn carried_out_now(&self) -> Vec<RecordId> {
        let carries = |entry: &&Entry| matches!(entry.event.0, Event::TaskLogged(_)) && entry.record != self.id;
        self.entries.iter().filter(carries).map(|entry| entry.record).collect()
    }

    /// Whoever logged or planned it; `None` while its own record is missing.
    pub fn base_author(&self) -> Option<&Author> {
        self.base().map(|entry| &entry.author)
    }

    /// Whoever planned the task that this one carries out.
    pub fn planner(&self) -> Option<&Author> {
        self.planner.as_ref()
    }

    /// Whether this person may decide on its findings, who is neither named in it nor logged, planned
    /// or arranged it.
    pub fn may_decide(&self, person: &Author) -> bool {
        !self.standing(person).own
    }

    /// Whether it was permitted, fell into the sample that is looked at all the same (第二十四条:
    /// a mislabelled task is found that way), and nobody has yet. The same on every device: its
    /// record's hash says, which nobody can choose.
    pub fn awaits_look(&self) -> bool {
        self.status == Status::Clear && !self.looked_at && self.base().is_some_and(|entry| in_sample(&entry.hash))
    }

    /// Which steps of its review are open to this person, who has seen all of it.
    pub fn standing(&self, person: &Author) -> ReviewStanding {
        derive::standing(self, person, crate::review::NEWEST)
    }

    /// The authors of its records, and whoever planned it.
    pub fn authors(&self) -> impl Iterator<Item = &Author> {
        self.entries.iter().map(|entry| &entry.author).chain(&self.planner)
    }

    /// The logical time of the first of its records that is read by this program's rules of steps.
    pub fn strict_since(&self) -> Option<crate::Hlc> {
        self.entries.iter().filter(|entry| entry.rules > 1).map(|entry| entry.hlc).min()
    }

    /// What is recorded about it, in canonical order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The record that began its history; `None` while it has not arrived.
    pub fn base(&self) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.record == self.id)
    }

    /// Wall clock when it was recorded, in milliseconds since 1970 UTC.
    pub fn recorded_ms(&self) -> Option<i64> {
        self.base().map(|entry| entry.wall_ms)
    }

    /// When it was done, or else recorded, in milliseconds since 1970 UTC.
    pub fn when_ms(&self) -> Option<i64> {
        self.task.at.map(crate::Moment::millis).or_else(|| self.recorded_ms())
    }

    /// The newest records about the task that no other one was based on; what a new record
    /// names as `based_on`.
    pub fn heads(&self) -> Vec<Hash> {
        derive::heads(self)
    }

    /// The findings of all verdicts given, each once, the gravest first.
    pub fn findings(&self) -> Vec<&Finding> {
        let mut known: HashSet<&Finding> = HashSet::new();
        let all = self.verdicts().flat_map(|verdict| verdict.findings.iter().take(MAX_FINDINGS));
        let mut found: Vec<&Finding> = all.filter(|finding| known.insert(finding)).take(MAX_FINDINGS).collect();
        found.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        found
    }

    /// All verdicts given, the server's among them where it judged otherwise.
    pub fn verdicts(&self) -> impl Iterator<Item = &Verdict> {
        let told = self.counting().filter_map(|entry| self.told_of(entry.record)).map(|told| &told.verdict);
        self.stated().chain(told)
    }

    /// The verdicts that records state, in canonical order.
    pub(super) fn stated(&self) -> impl Iterator<Item = &Verdict> {
        self.counting().filter_map(|entry| entry.event.0.verdict())
    }

    /// The records that count, and whose verdicts are about this task.
    fn counting(&self) -> impl Iterator<Item = &Entry> {
        let counts = |(entry, void): &(&Entry, &Option<Closed>)| void.is_none() && self.concerns(entry);
        self.entries.iter().zip(&self.void).filter(counts).map(|(entry, _)| entry)
    }

    /// What the server judged otherwise than a record states.
    pub(super) fn told_of(&self, record: RecordId) -> Option<&Told> {
        let at = self.told.binary_search_by_key(&record, |told| told.record).ok()?;
        self.told.get(at)
    }

    /// Leaves out the record that carries a plan out: its verdict is its own task's.
    pub(super) fn concerns(&self, entry: &Entry) -> bool {
        entry.record == self.id || !matches!(entry.event.0, Event::TaskLogged(_) | Event::TaskPlanned(_))
    }

    /// Everything recorded about it, oldest first.
    pub fn history(&self) -> Vec<HistoryEntry> {
        let entry = |(entry, void): (&Entry, &Option<Closed>)| HistoryEntry {
            record: entry.record,
            hash: entry.hash,
            author: entry.author.clone(),
            wall_ms: entry.wall_ms,
            event: entry.event.0.clone(),
            void: *void,
            word: entry.word.clone(),
            rules: entry.rules,
        };
        self.entries.iter().zip(&self.void).map(entry).collect()
    }

    /// The task as this writer sees it who is based on these records: also what they wrote themselves.
    pub fn as_seen(&self, writer: crate::WriterId, based_on: &[Hash]) -> std::sync::Arc<Task> {
        let own = self.entries.iter().filter(|entry| entry.record.writer == writer);
        let own = own.max_by_key(|entry| entry.record.seq).map(|entry| entry.hash);
        derive::as_seen(self, &based_on.iter().copied().chain(own).collect::<Vec<_>>())
    }

    /// The newest version that was judged, and what it was judged on; a verdict given again is given on this.
    pub fn newest_judged(&self) -> Option<(&Task, &Judged)> {
        self.newest_judged.and_then(|at| self.entries.get(at)).and_then(|entry| entry.event.0.judged())
    }

    /// Hash of everything the view says; equal views have equal digests.
    pub fn digest(&self) -> Hash {
        let bytes = minicbor::to_vec(self).expect("writing to memory can't fail");
        sha256(&[b"task", &bytes])
    }
}

impl<C> Encode<C> for TaskView {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, c: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.array(3)?.encode_with(self.id, c)?.encode_with(&self.planner, c)?.encode_with(&self.entries, c)?;
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for TaskView {
    fn decode(d: &mut Decoder<'b>, c: &mut C) -> Result<Self, decode::Error> {
        d.array()?;
        let mut view =
            Self { id: d.decode_with(c)?, planner: d.decode_with(c)?, entries: d.decode_with(c)?, ..Self::default() };
        derive::derive(&mut view, &RulebookSet::default());
        Ok(view)
    }
}
