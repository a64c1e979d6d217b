//! Logging, planning, correcting and annulling tasks.

use std::borrow::Cow;
use std::sync::Arc;

use auxlog_law::Severity;
use auxlog_record::{Amendment, Annulment, Event, Hash, RecordId, Task, TaskField, TaskLogged, TaskPlanned};

use super::attach::Staged;
use super::{Ledger, write::ChainWriter};
use crate::index::{Flags, reconstruct};
use crate::{Ack, LedgerError};

type Result<T> = std::result::Result<T, LedgerError>;

/// A task on its way into the journal.
enum Step {
    /// Answered already: logged before, or refused.
    Done(Result<Ack>),
    /// The event at this position of the batch records it.
    Append(usize, String, Severity),
    /// The same reference and content stand earlier in the batch.
    Repeats(usize),
}

impl Ledger {
    /// Stores tasks. Each is durable before its acknowledgement is returned; one that is refused
    /// does not keep the others from being stored. The answers are in the tasks' order. A task
    /// without a reference is given one, one without a time the present.
    pub fn log(&self, tasks: &[Task]) -> Vec<Result<Ack>> {
        let mut writer = self.lock_writer();
        let mut events: Vec<TaskLogged> = Vec::new();
        let mut steps: Vec<Step> = Vec::new();
        for task in tasks {
            let step = self.step(&mut events, &steps, task, writer.next_seq());
            steps.push(step);
        }
        let outcome = self.commit(&mut writer, events).map_err(Arc::new);
        drop(writer);
        let mut acks: Vec<Result<Ack>> = Vec::with_capacity(steps.len());
        for step in steps {
            let ack = match step {
                Step::Done(ack) => ack,
                Step::Append(at, reference, verdict) => match &outcome {
                    Ok(ids) => ids
                        .get(at)
                        .map(|id| Ack { reference, id: *id, verdict, repeated: false })
                        .ok_or_else(|| LedgerError::NotSaved { source: "the record is missing".into() }),
                    Err(error) => Err(LedgerError::NotSaved { source: Arc::clone(error).into() }),
                },
                Step::Repeats(of) => match acks.get(of) {
                    Some(Ok(ack)) => Ok(Ack { repeated: true, ..ack.clone() }),
                    _ => Err(LedgerError::NotSaved { source: "the task it repeats was not saved".into() }),
                },
            };
            acks.push(ack);
        }
        acks
    }

    /// Stores a task with what is attached to it, together: all of it is durable before this
    /// returns, or none. A task logged before is given what it lacks.
    ///
    /// # Errors
    /// As each answer of [`Self::log`].
    pub fn log_attaching(&self, task: &Task, files: &[(Staged, Option<String>)]) -> Result<Ack> {
        let mut writer = self.lock_writer();
        let mut events = Vec::new();
        for (staged, _) in files {
            self.must_be_here(staged)?;
        }
        let (reference, verdict) = match self.step(&mut events, &[], task, writer.next_seq()) {
            Step::Done(Ok(ack)) => {
                drop(writer);
                let (_, view) = self.view(ack.id)?;
                let lacks = |staged: &Staged| !view.attachments.iter().any(|a| a.attachment.sha256 == staged.hash);
                for (staged, note) in files.iter().filter(|(staged, _)| lacks(staged)) {
                    self.attach(ack.id, staged, note.as_deref())?;
                }
                return Ok(ack);
            }
            Step::Done(Err(error)) => return Err(error),
            Step::Append(_, reference, verdict) => (reference, verdict),
            Step::Repeats(_) => return Err(LedgerError::NotSaved { source: "it repeats nothing".into() }),
        };
        let records = self.append_following(&mut writer, |target| {
            let logged = events.into_iter().map(Event::TaskLogged);
            let attached = files.iter().map(|(staged, note)| Event::Attachment(staged.to(target, note.as_deref())));
            Cow::Owned(logged.chain(attached).collect())
        })?;
        let id = records.first().map(auxlog_record::Record::id);
        let id = id.ok_or_else(|| LedgerError::NotSaved { source: "the record is missing".into() })?;
        Ok(Ack { reference, id, verdict, repeated: false })
    }

    fn commit(&self, writer: &mut ChainWriter, events: Vec<TaskLogged>) -> Result<Vec<RecordId>> {
        let events: Vec<Event> = events.into_iter().map(Event::TaskLogged).collect();
        Ok(self.append_with(writer, &events)?.iter().map(auxlog_record::Record::id).collect())
    }

    /// What becomes of one task of a batch.
    fn step(&self, events: &mut Vec<TaskLogged>, before: &[Step], task: &Task, next: u64) -> Step {
        let mut task = task.clone();
        if task.id.trim().is_empty() {
            task.id = self.new_reference(next + events.len() as u64);
        }
        if let Err(error) = self.validate(&task).and_then(|()| self.validate_done(&task)) {
            return Step::Done(Err(error));
        }
        match self.logged_as(&task) {
            Ok(Some(ack)) => return Step::Done(ack),
            Ok(None) => {}
            Err(error) => return Step::Done(Err(error)),
        }
        let earlier =
            before.iter().position(|step| matches!(step, Step::Append(_, reference, _) if *reference == task.id));
        if let Some((at, Step::Append(event, reference, _))) =
            earlier.and_then(|at| before.get(at).map(|step| (at, step)))
        {
            let same = events.get(*event).is_some_and(|logged| says_the_same(&task, &logged.task));
            let id = RecordId { writer: self.identity().writer, seq: next + *event as u64 };
            let other = || LedgerError::OtherContent { reference: reference.clone(), id };
            return if same { Step::Repeats(at) } else { Step::Done(Err(other())) };
        }
        let plan = match self.plan_of(&task) {
            Ok(plan) => plan,
            Err(error) => return Step::Done(Err(error)),
        };
        task.at.get_or_insert_with(|| self.clock.now());
        let judged = self.judge(&task).judged;
        let step = Step::Append(events.len(), task.id.clone(), judged.verdict.verdict);
        events.push(TaskLogged { task, judged, plan });
        step
    }

    /// A reference for a task that has none: the officer, and the place it will have in their chain.
    fn new_reference(&self, seq: u64) -> String {
        let writer = self.identity().writer.to_string();
        format!("{}-{}-{seq}", self.identity().officer, writer.get(..6).unwrap_or_default())
    }

    /// The acknowledgement of a task that this laptop logged before under the same reference.
    fn logged_as(&self, task: &Task) -> Result<Option<Result<Ack>>> {
        let index = self.index();
        for number in index.with_reference(crate::reference_hash(&task.id)) {
            let Some(slot) = index.slot(number) else { continue };
            if slot.flags.has(Flags::RECEIVED) || slot.flags.has(Flags::PLAN) {
                continue;
            }
            let Some(view) = reconstruct(&index, &self.reader.book, number)? else { continue };
            if view.original().id != task.id {
                continue;
            }
            if says_the_same(task, view.original()) {
                let verdict = view.judged().map(|judged| judged.verdict.verdict).unwrap_or_default();
                return Ok(Some(Ok(Ack { reference: task.id.clone(), id: view.id, verdict, repeated: true })));
            }
            return Ok(Some(Err(LedgerError::OtherContent { reference: task.id.clone(), id: view.id })));
        }
        Ok(None)
    }

    /// The plan that a task carries out: one under the same reference, not carried out yet.
    fn plan_of(&self, task: &Task) -> Result<Option<RecordId>> {
        let index = self.index();
        for number in index.with_reference(crate::reference_hash(&task.id)) {
            let Some(slot) = index.slot(number).filter(|slot| slot.flags.has(Flags::PLAN)) else { continue };
            if slot.flags.has(Flags::DONE) {
                continue;
            }
            let view = reconstruct(&index, &self.reader.book, number)?;
            if let Some(view) = view.filter(|view| view.original().id == task.id) {
                return Ok(Some(view.id));
            }
        }
        Ok(None)
    }

    /// Stores a plan (派工); an improper one needs the reason why it is sent all the same.
    ///
    /// # Errors
    /// [`LedgerError::BadTask`], [`LedgerError::Missing`], [`LedgerError::NotSaved`].
    pub fn plan(&self, task: &Task, reason: Option<String>) -> Result<RecordId> {
        let mut task = task.clone();
        if task.id.trim().is_empty() {
            task.id = self.new_reference(self.tip_of(self.identity().writer).seq + 1);
        }
        self.validate(&task)?;
        let judged = self.judge(&task).judged;
        let reason = reason.filter(|reason| !reason.trim().is_empty());
        if judged.verdict.verdict == Severity::Improper && reason.is_none() {
            return Err(LedgerError::Missing { field: "reason" });
        }
        self.say(&Event::TaskPlanned(TaskPlanned { task, judged, reason }))
    }

    /// Corrects a task; the record corrected stays as it is. The fields that change are found by
    /// comparing with the task as it is now; `based_on` are the `heads` that the author saw.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchTask`], [`LedgerError::NothingChanged`], [`LedgerError::BadTask`],
    /// [`LedgerError::Missing`] without a reason, [`LedgerError::NotSaved`].
    pub fn amend(&self, target: RecordId, based_on: &[Hash], corrected: &Task, reason: &str) -> Result<Severity> {
        let (_, view) = self.view(target)?;
        let reason = required("reason", reason)?;
        let corrected = Task { id: view.original().id.clone(), ..corrected.clone() };
        self.validate(&corrected)?;
        if !view.planned {
            self.validate_done(&corrected)?;
        }
        // Against what its author saw: what arrived meanwhile they do not take back.
        let seen = if based_on.is_empty() {
            view.task.clone()
        } else {
            Task::clone(&view.as_seen(self.author.writer, based_on))
        };
        let mut fields = seen.changed_fields(&corrected);
        let knows_all = view.heads().iter().all(|head| based_on.contains(head));
        if knows_all {
            // Contradictions are settled by whoever knows of both, also by keeping what is shown.
            let settled = view.conflicts.iter().filter_map(|conflict| TaskField::named(&conflict.field));
            let settled: Vec<TaskField> = settled.filter(|field| !fields.contains(field)).collect();
            fields.extend(settled);
        }
        let settles = knows_all && !view.conflicts.is_empty();
        if fields.is_empty() && !settles {
            return Err(LedgerError::NothingChanged { id: target });
        }
        let judged = self.judge(&corrected).judged;
        let verdict = judged.verdict.verdict;
        self.keep_rules()?;
        self.say(&Event::Amendment(Amendment {
            target,
            based_on: based_on.to_vec(),
            task: corrected,
            fields: fields.into_iter().map(|field| field.name().to_owned()).collect(),
            reason,
            judged,
        }))?;
        Ok(verdict)
    }

    /// Marks a task as annulled; it stays visible (第十七条（五）).
    ///
    /// # Errors
    /// [`LedgerError::NoSuchTask`], [`LedgerError::Missing`] without a reason, [`LedgerError::NotSaved`].
    pub fn annul(&self, target: RecordId, reason: &str) -> Result<RecordId> {
        let (_, view) = self.view(target)?;
        let reason = required("reason", reason)?;
        self.say(&Event::Annulment(Annulment { target, reason, based_on: view.heads() }))
    }

    /// Records what the open officer says, where it may stand in a record.
    ///
    /// # Errors
    /// [`LedgerError::Beyond`], [`LedgerError::NotSaved`]; then nothing was recorded.
    pub(super) fn say(&self, event: &Event) -> Result<RecordId> {
        event.within_limits()?;
        self.record(event)
    }

    /// Records one event of the open officer's, as it is.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`]; then nothing was recorded.
    pub fn record(&self, event: &Event) -> Result<RecordId> {
        let records = self.append(std::slice::from_ref(event))?;
        records
            .last()
            .map(auxlog_record::Record::id)
            .ok_or_else(|| LedgerError::NotSaved { source: "no record".into() })
    }
}

/// Whether a task says what was logged. What it leaves open was filled in then.
fn says_the_same(task: &Task, logged: &Task) -> bool {
    let filled = Task { at: task.at.or(logged.at), ..task.clone() };
    filled == *logged
}

/// A text that must say something, without the blanks around it.
pub(super) fn required(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() { Err(LedgerError::Missing { field }) } else { Ok(text.to_owned()) }
}
