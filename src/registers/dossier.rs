//! An entry as it stands after everything recorded about it: history → fields, state, contradictions.
//!
//! A step is judged by what its author had seen, never by what came later. One that was not open to them is
//! kept and has no effect; so is a correction that leaves a field without what it must hold.

use std::collections::BTreeMap;

use auxlog_record::fold::{Annulled, AttachmentView, Author, Conflict, Entry, Seen, TaskView};
use auxlog_record::{
    AgencyId, AuxiliaryId, Data, Date, EntryMade, EntryStepped, Event, Hash, Moment, Origin, RecordId,
};
use chrono::TimeZone as _;

use crate::step::may;
use crate::{Closed, Register, State, Step};

/// What a contradiction between steps is called.
pub const STEP: &str = "step";

/// A step that has effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The record.
    pub record: RecordId,
    /// Who took it.
    pub author: Author,
    /// Wall clock then, in milliseconds since 1970 UTC.
    pub wall_ms: i64,
    /// The step.
    pub step: &'static Step,
    /// What it says.
    pub data: Data,
    /// Why.
    pub reason: Option<String>,
    /// Where the entry stands by it.
    pub state: &'static str,
}

impl Taken {
    /// The day from which it has effect: the one that it says in a field `on`, or when it was recorded.
    pub fn day(&self) -> Option<Date> {
        let said = self.step.fields.iter().find(|field| field.key == "on");
        let said = said.and_then(|field| self.data.get(&field.n)?.text()).and_then(crate::field::date_of);
        said.or_else(|| day_of(self.wall_ms))
    }
}

/// The day in China of a wall clock.
pub(crate) fn day_of(wall_ms: i64) -> Option<Date> {
    let at = auxlog_record::china().timestamp_millis_opt(wall_ms).single()?;
    Some(Moment(at).china_date())
}

/// An entry as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    /// The record that made it.
    pub id: RecordId,
    /// Its register.
    pub register: &'static Register,
    /// The agency in whose log it stands.
    pub agency: AgencyId,
    /// Who made it.
    pub author: Author,
    /// Wall clock then, in milliseconds since 1970 UTC.
    pub wall_ms: i64,
    /// What it holds, all corrections made.
    pub data: Data,
    /// What was entered, where corrections changed it.
    original: Option<Box<Data>>,
    /// Why it was made although something stood against it.
    pub reason: Option<String>,
    /// Where it was read from.
    pub origin: Option<Origin>,
    /// Where it stands, its end by itself aside.
    pub state: &'static str,
    /// Steps that have effect, in canonical order.
    pub taken: Vec<Taken>,
    /// Contradictions not settled: a field's key, or [`STEP`].
    pub conflicts: Vec<Conflict>,
    /// Marks of annulment.
    pub annulled: Vec<Annulled>,
    /// What is attached.
    pub attachments: Vec<AttachmentView>,
    /// Why each record of its history has no effect.
    pub void: BTreeMap<RecordId, Closed>,
    /// The newest records about it: what the next is based on.
    pub heads: Vec<Hash>,
}

impl Dossier {
    /// Reads an entry's history by its register; `None` where it is no entry, its own record has not arrived
    /// or is masked, or its register is one of a newer version.
    pub fn of(view: &TaskView) -> Option<Self> {
        let base = view.base()?;
        let Event::EntryMade(made) = &base.event.0 else { return None };
        let register = crate::numbered(made.register)?;
        let mut dossier = Self {
            id: view.id,
            agency: base.agency.clone(),
            wall_ms: base.wall_ms,
            reason: made.reason.clone(),
            origin: made.origin.clone(),
            ..Self::draft(register, made.data.clone(), base.author.clone())
        };
        Walk::through(&mut dossier, view.entries());
        Some(dossier)
    }

    /// What an entry would be that is not made yet.
    pub fn draft(register: &'static Register, data: Data, author: Author) -> Self {
        Self {
            id: RecordId::default(),
            register,
            agency: AgencyId::default(),
            author,
            wall_ms: 0,
            data,
            original: None,
            reason: None,
            origin: None,
            state: register.first_state(),
            taken: Vec::new(),
            conflicts: Vec::new(),
            annulled: Vec::new(),
            attachments: Vec::new(),
            void: BTreeMap::new(),
            heads: Vec::new(),
        }
    }

    /// Whether an entry made by somebody counts: they may make it, and it holds what it must.
    ///
    /// # Errors
    /// Why not.
    pub fn counts(made: &EntryMade, author: &Author) -> Result<(), Closed> {
        // What a newer version declares is for it to judge.
        let Some(register) = crate::numbered(made.register) else { return Ok(()) };
        register.open_to_make(author)?;
        register.whole(&made.data)
    }

    /// Where it stands on a day: what was decided by then, and whether it has ended by itself.
    pub fn state_on(&self, day: Date) -> &'static State {
        let taken: Vec<&Taken> = self.taken.iter().filter(|taken| taken.day().is_none_or(|on| on <= day)).collect();
        let mut state = if taken.len() == self.taken.len() {
            self.state
        } else {
            taken.last().map_or(self.register.first_state(), |taken| taken.state)
        };
        if let Some(until) = &self.register.until
            && until.from.iter().any(|from| from == state)
            && self.register.day_in(&self.data, &until.field).is_some_and(|last| last < day)
        {
            state = &until.to;
        }
        self.register.state(state).unwrap_or(&self.register.states[0])
    }

    /// How many days are left on `day` before it ends by itself; `None` where it does not, or has ended.
    pub fn days_left(&self, day: Date) -> Option<i64> {
        let until = self.register.until.as_ref()?;
        let last = self.register.day_in(&self.data, &until.field)?;
        let stands = until.from.iter().any(|from| *from == self.state_on(day).key);
        stands.then(|| (last.0 - day.0).num_days())
    }

    /// Whether it was annulled.
    pub fn is_annulled(&self) -> bool {
        !self.annulled.is_empty() || self.void.contains_key(&self.id)
    }

    /// The day by which it stands in time.
    pub fn day(&self) -> Option<Date> {
        let said = self.register.day.as_ref().and_then(|key| self.register.day_in(&self.data, key));
        said.or_else(|| day_of(self.wall_ms))
    }

    /// Where it stands in a list, the latest the greatest.
    pub fn place(&self) -> (Option<Date>, i64, RecordId) {
        (self.day(), self.wall_ms, self.id)
    }

    /// The persons whom it names.
    pub fn persons(&self) -> Vec<AuxiliaryId> {
        self.register.persons(&self.data)
    }

    /// What was entered.
    pub fn original(&self) -> &Data {
        self.original.as_deref().unwrap_or(&self.data)
    }

    /// What stands in a field.
    pub fn get(&self, key: &str) -> Option<&auxlog_record::Datum> {
        self.register.get(&self.data, key)
    }

    /// The text in a field.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// What stands in a field of a group.
    pub(crate) fn part(&self, group: &str, key: &str) -> Option<&auxlog_record::Datum> {
        let field = self.register.field(group)?.fields.iter().find(|field| field.key == key)?;
        match self.get(group)? {
            auxlog_record::Datum::Group(data) => data.get(&field.n),
            _ => None,
        }
    }

    /// The day in a field.
    pub fn day_in(&self, key: &str) -> Option<Date> {
        self.register.day_in(&self.data, key)
    }

    /// Whether somebody who has seen all of it may take a step now.
    ///
    /// # Errors
    /// Why not.
    pub fn open(&self, step: &Step, author: &Author) -> Result<(), Closed> {
        self.gone()?;
        let taken = standing(self.taken.iter().map(|taken| (taken.step, &taken.author)));
        open(self.register, step, self.state, &taken, &self.author, author)
    }

    /// Whether somebody may correct, annul or attach something to it.
    ///
    /// # Errors
    /// Why not.
    pub fn open_to_keep(&self, author: &Author) -> Result<(), Closed> {
        self.gone()?;
        may(author, self.register.keepers())
    }

    fn gone(&self) -> Result<(), Closed> {
        if self.is_annulled() { Err(Closed::Gone) } else { Ok(()) }
    }
}

/// Of the steps in their order, those that stand: a consent counts for what it was given to, not for what
/// came back changed.
fn standing<'a>(steps: impl Iterator<Item = (&'static Step, &'a Author)>) -> Vec<(&'static Step, &'a Author)> {
    let mut standing: Vec<(&'static Step, &'a Author)> = Vec::new();
    for (step, author) in steps {
        if step.to.is_some() {
            standing.retain(|(earlier, _)| earlier.to.is_some());
        }
        standing.push((step, author));
    }
    standing
}

/// Whether all the steps of these names stand.
fn complete(names: &[String], taken: &[(&'static Step, &Author)]) -> bool {
    names.iter().all(|name| taken.iter().any(|(step, _)| step.key == *name))
}

/// The rule of a step, asked by the form, every fold and the server alike.
fn open(
    register: &Register,
    step: &Step,
    state: &str,
    taken: &[(&'static Step, &Author)],
    made_by: &Author,
    author: &Author,
) -> Result<(), Closed> {
    may(author, if step.by.is_empty() { &register.by } else { &step.by })?;
    if !step.from.iter().any(|from| from == state) {
        return Err(Closed::State);
    }
    if let Some(missing) = step.needs.iter().find(|key| !complete(std::slice::from_ref(key), taken)) {
        return Err(Closed::Needs(missing.clone()));
    }
    // Where nobody vouches for anybody there may be nobody else.
    if author.vouched != auxlog_record::Vouched::Office {
        return Ok(());
    }
    if step.another && author.same_person(made_by) {
        return Err(Closed::Own);
    }
    let theirs = |(taken, by): &&(&'static Step, &Author)| step.apart.contains(&taken.key) && author.same_person(by);
    taken.iter().find(theirs).map_or(Ok(()), |(taken, _)| Err(Closed::Apart(taken.key.clone())))
}

/// The state behind a step: the one that it leads to, or that it completes.
fn after(
    register: &'static Register,
    step: &'static Step,
    state: &'static str,
    taken: &[(&'static Step, &Author)],
) -> &'static str {
    if let Some(to) = &step.to {
        return to;
    }
    let join = register.joins.iter().find(|join| join.from == state && complete(&join.after, taken));
    join.map_or(state, |join| &join.to)
}

struct Walk<'a> {
    entries: &'a [Entry],
    seen: Seen,
    /// Steps that count, as they were met: where each stands among the entries, its step, the state behind it.
    counted: Vec<(usize, &'static Step, &'static str)>,
}

impl<'a> Walk<'a> {
    fn through(dossier: &mut Dossier, entries: &'a [Entry]) {
        let base = entries.iter().position(|entry| entry.record == dossier.id);
        let mut walk = Self { entries, seen: Seen::of(entries, base), counted: Vec::new() };
        let order: Vec<usize> =
            base.into_iter().chain(walk.seen.order().iter().copied().filter(|at| Some(*at) != base)).collect();
        let mut corrections: Vec<usize> = Vec::new();
        for at in order {
            match walk.take(dossier, at) {
                Err(closed) => {
                    dossier.void.insert(entries[at].record, closed);
                }
                Ok(()) if matches!(entries[at].event.0, Event::EntryCorrected(_)) => corrections.push(at),
                Ok(()) => {}
            }
        }
        walk.correct(dossier, corrections);
        walk.settle(dossier);
        let all: Vec<usize> = (0..entries.len()).collect();
        dossier.heads = walk.seen.newest(&all).into_iter().map(|at| entries[at].hash).collect();
    }

    /// The steps that the author of an entry had seen: which, and where the entry stood by them.
    fn stood(&self, register: &'static Register, at: usize) -> (Vec<(&'static Step, &'a Author)>, &'static str) {
        let known = || self.counted.iter().filter(|(earlier, ..)| self.seen.knows(at, *earlier));
        let state = known().next_back().map_or(register.first_state(), |(.., behind)| behind);
        (standing(known().map(|(earlier, step, _)| (*step, &self.entries[*earlier].author))), state)
    }

    fn take(&mut self, dossier: &mut Dossier, at: usize) -> Result<(), Closed> {
        let entry = &self.entries[at];
        let register = dossier.register;
        let (author, record) = (&entry.author, entry.record);
        let reason = |said: &str| if said.trim().is_empty() { Err(Closed::Unsaid) } else { Ok(()) };
        match &entry.event.0 {
            Event::EntryMade(made) => Dossier::counts(made, author),
            Event::EntryStepped(stepped) => self.step(dossier, at, stepped),
            Event::EntryCorrected(corrected) => {
                may(author, register.keepers())?;
                reason(&corrected.reason)?;
                let mut data = dossier.original().clone();
                merge(&mut data, &corrected.data, &corrected.cleared);
                register.whole(&data)
            }
            Event::Annulment(annulment) => {
                may(author, register.keepers())?;
                reason(&annulment.reason)?;
                let (author, reason) = (author.clone(), annulment.reason.clone());
                dossier.annulled.push(Annulled { record, author, reason });
                Ok(())
            }
            Event::Attachment(attachment) => {
                // Whoever takes a step may have something to attach to it.
                let by = register.steps.iter().flat_map(|step| &step.by).chain(&register.by);
                may(author, &by.copied().collect::<Vec<_>>())?;
                let (author, attachment) = (author.clone(), attachment.clone());
                dossier.attachments.push(AttachmentView { record, author, attachment });
                Ok(())
            }
            Event::Masked { .. } => Err(Closed::Gone),
            _ => Err(Closed::NoStep),
        }
    }

    fn step(&mut self, dossier: &Dossier, at: usize, stepped: &EntryStepped) -> Result<(), Closed> {
        let (register, author) = (dossier.register, &self.entries[at].author);
        let step = register.steps.iter().find(|step| step.n == stepped.step).ok_or(Closed::NoStep)?;
        if dossier.void.contains_key(&dossier.id) {
            return Err(Closed::Gone);
        }
        let (mut taken, state) = self.stood(register, at);
        open(register, step, state, &taken, &dossier.author, author)?;
        if step.reason && stepped.reason.as_deref().is_none_or(|reason| reason.trim().is_empty()) {
            return Err(Closed::Unsaid);
        }
        if let Some((field, _)) = crate::check_all(&step.fields, &stepped.data).into_iter().next() {
            return Err(Closed::Field(field));
        }
        taken.push((step, author));
        self.counted.push((at, step, after(register, step, state, &taken)));
        Ok(())
    }

    /// Makes the corrections, field by field: of those whose authors did not know of each other the last
    /// shows, and where they differ that is a contradiction.
    fn correct(&self, dossier: &mut Dossier, corrections: Vec<usize>) {
        let mut by_field: BTreeMap<u16, Vec<usize>> = BTreeMap::new();
        for at in corrections {
            let Event::EntryCorrected(corrected) = &self.entries[at].event.0 else { continue };
            for n in corrected.data.keys().chain(&corrected.cleared) {
                by_field.entry(*n).or_default().push(at);
            }
        }
        if !by_field.is_empty() {
            dossier.original = Some(Box::new(dossier.data.clone()));
        }
        for (n, mut changes) in by_field {
            changes.sort_unstable();
            let newest = self.seen.newest(&changes);
            let value = |at: usize| match &self.entries[at].event.0 {
                Event::EntryCorrected(corrected) => corrected.data.get(&n),
                _ => None,
            };
            let Some(shown) = newest.last().map(|at| value(*at)) else { continue };
            if newest.iter().any(|at| value(*at) != shown) {
                let field = dossier.register.fields.iter().find(|field| field.n == n);
                self.contradict(dossier, field.map_or_else(|| n.to_string(), |field| field.key.clone()), &newest);
            }
            match shown.cloned() {
                Some(datum) => dossier.data.insert(n, datum),
                None => dossier.data.remove(&n),
            };
        }
    }

    /// Where it stands by the steps that count. Those whose authors did not know of each other and that lead
    /// to different states are a contradiction, until one is taken that knows of both.
    fn settle(&mut self, dossier: &mut Dossier) {
        self.counted.sort_unstable_by_key(|(at, ..)| *at);
        let places: Vec<usize> = self.counted.iter().map(|(at, ..)| *at).collect();
        let newest = self.seen.newest(&places);
        let state = |at: usize| self.counted.iter().find(|(place, ..)| *place == at).map(|(.., state)| *state);
        let mut states: Vec<&str> = newest.iter().filter_map(|at| state(*at)).collect();
        states.dedup();
        let taken = standing(self.counted.iter().map(|(at, step, _)| (*step, &self.entries[*at].author)));
        let register = dossier.register;
        dossier.state = newest.last().and_then(|at| state(*at)).unwrap_or(register.first_state());
        if let [_, _, ..] = states.as_slice() {
            self.contradict(dossier, STEP.to_owned(), &newest);
        }
        // Each of two consents may have been given without knowing of the other.
        let joined = register.joins.iter().find(|join| join.from == dossier.state && complete(&join.after, &taken));
        if let Some(join) = joined {
            dossier.state = &join.to;
        }
        for (at, step, state) in &self.counted {
            let entry = &self.entries[*at];
            let Event::EntryStepped(stepped) = &entry.event.0 else { continue };
            dossier.taken.push(Taken {
                record: entry.record,
                author: entry.author.clone(),
                wall_ms: entry.wall_ms,
                step,
                data: stepped.data.clone(),
                reason: stepped.reason.clone(),
                state,
            });
        }
    }

    fn contradict(&self, dossier: &mut Dossier, field: String, records: &[usize]) {
        let records = records.iter().map(|at| self.entries[*at].record.to_string()).collect();
        dossier.conflicts.push(Conflict { field, records });
    }
}

/// Data as they are after a correction.
pub fn merge(data: &mut Data, changed: &Data, cleared: &[u16]) {
    data.extend(changed.iter().map(|(n, datum)| (*n, datum.clone())));
    data.retain(|n, _| !cleared.contains(n));
}
