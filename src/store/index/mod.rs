//! The read model: what lists, searches and counts need of every task, in memory.
//!
//! A task takes 40 bytes here; everything else about it is read from the journal when it is
//! shown. The same index is built by folding the journal ([`crate::Reader`], a rebuild) and kept
//! by the cache between starts; it is a pure function of the journal's entries.

mod apply;
mod days;
mod lens;
mod mask;
mod office;
mod placed;
mod query;
mod set;
mod slot;
mod snapshot;
mod table;
mod writers;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use auxlog_law::{RulebookSet, Severity};
use auxlog_record::fold::Status;
use auxlog_record::{Authority, Date, Hlc, Record, RecordId, Roster, Word};

pub(crate) use apply::{Item, Origin};
pub(crate) use lens::{read, reconstruct};
pub(crate) use placed::Run;
pub(crate) use query::Selection;
pub(crate) use slot::{Flags, Slot, day_of};
pub(crate) use snapshot::{Kind, PieceKey, Pieces, Restore, SnapshotError};

use crate::ledger::{ENROLMENT, RULES_SINCE};
use crate::{DayCount, Enrolment};
use days::Days;
use placed::Placed;
use set::Sets;
use table::Slots;
use writers::Writers;

/// Where an entry stands in the journal; grows along it.
pub(crate) type Place = u64;

/// No place: the entry has not arrived.
pub(crate) const NOWHERE: Place = u64::MAX;

/// The most tasks that room is made for on the word of a cache that is not known to be whole yet.
const MOST_EXPECTED: usize = 4 << 20;

/// Reads records back.
pub(crate) trait Source {
    /// The record at `place`, and what the agency's log says of it.
    fn said(&self, place: Place) -> Result<(Record, Option<Word>), crate::LedgerError>;

    /// The record at `place`.
    fn record(&self, place: Place) -> Result<Record, crate::LedgerError> {
        self.said(place).map(|(record, _)| record)
    }
}

/// A flag awaiting a decision, in the order of urgency: gravest first, then longest waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Urgency {
    severity: std::cmp::Reverse<Severity>,
    at_ms: i64,
    slot: u32,
}

/// The task's place among the flags, while it awaits a decision.
fn urgency(number: u32, slot: &Slot) -> Option<Urgency> {
    let severity = std::cmp::Reverse(slot.verdict);
    slot.is_open().then_some(Urgency { severity, at_ms: slot.at_ms, slot: number })
}

/// The task's place among the samples, while it awaits a look.
fn sample(number: u32, slot: &Slot) -> Option<(i64, u32)> {
    slot.flags.has(Flags::SAMPLED).then_some((slot.at_ms, number))
}

/// What tasks await that are being read back: put into order when all are, which costs less than
/// finding the place of each.
#[derive(Default)]
struct Awaiting {
    open: Vec<Urgency>,
    samples: Vec<(i64, u32)>,
}

/// The read model.
#[derive(Default)]
pub(crate) struct Index {
    slots: Slots,
    sets: Sets,
    writers: Writers,
    /// Who is who.
    authority: Authority,
    /// By which verdicts are given once more.
    rulebooks: RulebookSet,
    /// What tells them from the program's own.
    judged_by: Option<String>,
    /// The office's records are to be taken anew for it.
    unsettled: bool,
    /// Further records about a task, beside the one that logged it.
    more: BTreeMap<u32, Vec<Place>>,
    /// Records about no task.
    notices: Vec<Place>,
    /// Tasks in the order of time; the tail from `sorted` on is still to be sorted in.
    order: Vec<u32>,
    sorted: usize,
    /// Tasks below this number stand in the order.
    ordered: u32,
    /// Tasks known only by records about them, by the record that is awaited.
    orphans: BTreeMap<RecordId, u32>,
    open: BTreeSet<Urgency>,
    /// Permitted tasks that were sampled and await a look, longest waiting first.
    samples: BTreeSet<(i64, u32)>,
    days: Days,
    /// Slots that became an entry, or something was recorded about one, in the order in which it happened.
    changed_entries: Vec<u32>,
    /// Tasks by the hash of their reference, once anyone asked: a start need not wait for it.
    references: OnceLock<hashbrown::HashTable<u32>>,
    tasks: u64,
    roster: Arc<Roster>,
    /// Where the roster came from: a record, or a snapshot of the server.
    roster_origin: Option<(Hlc, RecordId)>,
    roster_place: Option<Place>,
    roster_from_server: bool,
    /// Records whose bodies are masked by order, whether or not they have arrived.
    masked: BTreeSet<RecordId>,
    /// The newest note of each topic.
    topics: BTreeMap<String, Vec<u8>>,
    /// Where own records stand in the agency's log.
    placed: Placed,
    /// The first place that is not applied yet.
    applied: Place,
    /// Chunks and tables that differ from what the cache holds.
    dirty: Dirty,
    /// Grows with every change.
    generation: u64,
}

/// What the cache does not have yet.
#[derive(Debug, Default)]
struct Dirty {
    /// Anything at all.
    tables: bool,
    /// How many names and sets it has.
    names: u32,
    sets: u32,
    /// Up to where everything was applied when it was last brought up to date.
    since: Place,
    /// Other pieces that changed.
    pieces: BTreeSet<PieceKey>,
}

impl Index {
    /// An empty one of a ledger with these rulebooks.
    pub(crate) fn by(rulebooks: &RulebookSet) -> Self {
        Self { rulebooks: rulebooks.clone(), judged_by: rulebooks.of_agency(), ..Self::default() }
    }

    /// One that was read back, for these rulebooks; `None` where it was folded by others.
    pub(crate) fn read_back_by(self, rulebooks: &RulebookSet) -> Option<Self> {
        (self.judged_by == rulebooks.of_agency()).then(|| Self { rulebooks: rulebooks.clone(), ..self })
    }

    /// The first place that is not applied yet.
    pub(crate) fn applied(&self) -> Place {
        self.applied
    }

    /// How many entries were applied that the cache does not have.
    pub(crate) fn unkept(&self) -> u64 {
        self.applied.saturating_sub(self.dirty.since)
    }

    /// Grows with every change.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// Tasks that stand in lists: planned and incomplete ones do not.
    pub(crate) fn tasks(&self) -> u64 {
        self.tasks
    }

    /// Flags awaiting a decision.
    pub(crate) fn open_flags(&self) -> usize {
        self.open.len()
    }

    pub(crate) fn slot(&self, slot: u32) -> Option<&Slot> {
        self.slots.get(slot)
    }

    /// The task that a record logged or planned.
    pub(crate) fn slot_of(&self, id: &RecordId) -> Option<u32> {
        self.writers.slot_of(id)
    }

    /// The record that logged or planned the task.
    pub(crate) fn id_of(&self, slot: &Slot) -> RecordId {
        RecordId { writer: self.writers.id(slot.writer), seq: u64::from(slot.seq) }
    }

    /// Where the record that logged or planned the task stands; `None` until it has arrived.
    pub(crate) fn place_of(&self, slot: &Slot) -> Option<Place> {
        self.writers.at(slot.writer)?.place(u64::from(slot.seq))
    }

    /// Who is who.
    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }

    pub(crate) fn writers(&self) -> &Writers {
        &self.writers
    }

    /// The places of a task's records: the one that logged it, then the others as they came.
    pub(crate) fn places(&self, slot: u32) -> impl Iterator<Item = Place> {
        let base = self.slots.get(slot).and_then(|slot| self.place_of(slot));
        base.into_iter().chain(self.more.get(&slot).into_iter().flatten().copied())
    }

    pub(crate) fn notices(&self) -> &[Place] {
        &self.notices
    }

    pub(crate) fn roster(&self) -> &Arc<Roster> {
        &self.roster
    }

    /// The newest note of a topic.
    pub(crate) fn topic(&self, topic: &str) -> Option<&[u8]> {
        self.topics.get(topic).map(Vec::as_slice)
    }

    /// Whether rosters come from a server: one has sent its roster, or has let the laptop in.
    pub(crate) fn is_enrolled(&self) -> bool {
        let approved = |bytes: &[u8]| serde_json::from_slice::<Enrolment>(bytes).is_ok_and(|found| found.approved);
        self.roster_from_server || self.topic(ENROLMENT).is_some_and(approved)
    }

    /// Takes over a note. With the one that a server has let the laptop in, a roster that was
    /// imported here ceases to count.
    pub(crate) fn put_topic(&mut self, topic: &str, bytes: Vec<u8>) {
        if topic == ENROLMENT
            && let Ok(found) = serde_json::from_slice::<Enrolment>(&bytes)
        {
            self.unsettled |= self.authority.trust(found.server_key, found.former);
        }
        if topic == RULES_SINCE
            && let Ok(since) = minicbor::decode::<Hlc>(&bytes)
        {
            self.authority.adopt_alone(since);
        }
        self.topics.insert(topic.to_owned(), bytes);
        if topic == ENROLMENT && !self.roster_from_server && self.roster_place.is_some() && self.is_enrolled() {
            self.roster = Arc::default();
            self.roster_place = None;
        }
        self.dirty.tables = true;
        self.generation += 1;
    }

    /// Takes over that a receipt covers a writer's records up to `acked`.
    pub(crate) fn set_acked(&mut self, writer: &auxlog_record::WriterId, acked: u64) {
        self.writers.number(*writer);
        if let Some(writer) = self.writers.get_mut(writer) {
            writer.acked = acked;
        }
        self.dirty.tables = true;
        self.generation += 1;
    }

    /// The counts of the days from `since` to `until`, both included; days without tasks are
    /// left out.
    pub(crate) fn days(&self, since: Date, until: Date) -> impl Iterator<Item = (Date, DayCount)> {
        let (since, until) = (since.0.to_epoch_days(), until.0.to_epoch_days());
        let dated =
            |(day, count): (i32, DayCount)| chrono::NaiveDate::from_epoch_days(day).map(|date| (Date(date), count));
        self.days.range(since, until).filter_map(dated)
    }

    /// Own tasks logged under a reference with this hash.
    pub(crate) fn with_reference(&self, hash: u64) -> impl Iterator<Item = u32> {
        let same = move |slot: &u32| self.slots.get(*slot).is_some_and(|slot| slot.reference == hash);
        self.references.get_or_init(|| self.all_references()).iter_hash(hash).copied().filter(same)
    }

    /// Plans for the days from `since` to `until`, both included (China, counted from
    /// 1970-01-01), in the order of time.
    pub(crate) fn plans(&self, since: i32, until: i32) -> impl Iterator<Item = u32> {
        let day = |number: &u32| self.slots.get(*number).map_or(i32::MIN, |slot| day_of(slot.at_ms));
        let from = self.order.partition_point(|number| day(number) < since);
        let to = self.order.partition_point(|number| day(number) <= until);
        let within = self.order.get(from..to).unwrap_or_default().iter().copied();
        within.filter(|number| self.slots.get(*number).is_some_and(|slot| slot.flags.has(Flags::PLAN)))
    }

    /// Tasks that something is attached to.
    pub(crate) fn attached(&self) -> impl Iterator<Item = u32> {
        self.slots.iter().filter(|(_, slot)| slot.flags.has(Flags::ATTACHED)).map(|(number, _)| number)
    }

    /// Slots of entries of registers that came or changed, in the order in which they did.
    pub(crate) fn changed_entries(&self) -> &[u32] {
        &self.changed_entries
    }

    /// The ids of all tasks.
    pub(crate) fn ids(&self) -> impl Iterator<Item = RecordId> {
        self.slots.iter().map(|(_, slot)| self.id_of(slot))
    }

    /// Whether a task stands in lists.
    fn is_listed(slot: &Slot) -> bool {
        !slot.flags.has(Flags::PLAN) && !matches!(slot.status, Status::Incomplete | Status::Entry)
    }

    /// Takes a task's old state out of the counters and its new one in.
    fn recount(&mut self, number: u32, old: Option<Slot>, new: Slot) {
        for (slot, add) in old.into_iter().map(|slot| (slot, false)).chain([(new, true)]) {
            self.count(number, &slot, add);
        }
    }

    fn count(&mut self, number: u32, slot: &Slot, add: bool) {
        if !Self::is_listed(slot) {
            return;
        }
        self.tally(slot, add);
        if let Some(sample) = sample(number, slot) {
            if add {
                self.samples.insert(sample);
            } else {
                self.samples.remove(&sample);
            }
        }
        if let Some(urgency) = urgency(number, slot) {
            if add {
                self.open.insert(urgency);
            } else {
                self.open.remove(&urgency);
            }
        }
    }

    /// Takes a task that stands in lists into the counts, or out of them.
    fn tally(&mut self, slot: &Slot, add: bool) {
        let step = |counter: &mut u32| *counter = if add { *counter + 1 } else { counter.saturating_sub(1) };
        if add {
            self.tasks += 1;
        } else {
            self.tasks = self.tasks.saturating_sub(1);
        }
        if slot.status != Status::Annulled {
            let day = self.days.at(day_of(slot.at_ms));
            step(&mut day.tasks);
            step(match slot.verdict {
                Severity::Permitted => &mut day.permitted,
                Severity::NeedsReview => &mut day.needs_review,
                Severity::Improper => &mut day.improper,
            });
        }
    }

    /// Makes room for tasks that are about to be read back.
    fn expect(&mut self, tasks: u32) {
        self.order.reserve_exact((tasks as usize).min(MOST_EXPECTED));
    }

    /// Enters a task that was read back into counters and order; what it awaits into `awaiting`.
    fn enter(&mut self, number: u32, slot: &Slot, awaiting: &mut Awaiting) {
        if Self::is_listed(slot) {
            self.tally(slot, true);
            awaiting.samples.extend(sample(number, slot));
            awaiting.open.extend(urgency(number, slot));
        }
        if slot.status == Status::Entry {
            self.changed_entries.push(number);
        }
        self.ordered = number + 1;
        self.place_in_order(number);
    }

    /// Takes over what all tasks that were read back await.
    fn await_all(&mut self, awaiting: Awaiting) {
        self.samples = awaiting.samples.into_iter().collect();
        self.open = awaiting.open.into_iter().collect();
    }

    fn all_references(&self) -> hashbrown::HashTable<u32> {
        let mut all = hashbrown::HashTable::with_capacity(self.slots.len() as usize);
        for (number, slot) in self.slots.iter().filter(|(_, slot)| slot.reference != 0) {
            all.insert_unique(slot.reference, number, |slot| self.slots.reference(*slot));
        }
        all
    }

    fn refer(&mut self, number: u32, reference: u64) {
        if let Some(references) = self.references.get_mut().filter(|_| reference != 0) {
            let slots = &self.slots;
            references.insert_unique(reference, number, |slot| slots.reference(*slot));
        }
    }

    /// Notes that a piece differs from what the cache holds.
    fn touch(&mut self, kind: Kind, number: u32) {
        self.dirty.tables = true;
        self.dirty.pieces.insert(PieceKey { kind, number });
    }

    /// Puts a task into the order of time; one that is later than all others is in its place.
    fn place_in_order(&mut self, number: u32) {
        let key = |number: u32| (self.slots.get(number).map_or(i64::MIN, |slot| slot.at_ms), number);
        let last = self.order.last().is_none_or(|last| key(*last) < key(number));
        if self.sorted == self.order.len() && last {
            self.sorted += 1;
        }
        self.order.push(number);
    }

    /// Sorts what was added out of order; cheap where nothing was.
    pub(crate) fn settle(&mut self) {
        if self.sorted < self.order.len() {
            let slots = &self.slots;
            self.order.sort_by_key(|number| (slots.get(*number).map_or(i64::MIN, |slot| slot.at_ms), *number));
            self.sorted = self.order.len();
        }
    }

    /// A task whose time was corrected leaves its place in the order.
    fn displace(&mut self, number: u32) {
        if let Some(at) = self.order.iter().position(|other| *other == number) {
            self.order.remove(at);
            if at < self.sorted {
                self.sorted -= 1;
            }
        }
    }
}
