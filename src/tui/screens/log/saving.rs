//! From the form to the ledger: a task logged, planned or corrected, and what comes after.

use auxlog_law::Severity;
use auxlog_record::{OfficerId, RecordId, Task, TaskField};
use auxlog_store::{Ack, Staged};

use super::content::Hindrance;
use super::fields::{Editors, Place};
use super::form::Form;
use super::last::LastUsed;
use super::{DRAFT, Log};
use crate::command::Command;
use crate::effect::{Ask, Failure, Ticket};
use crate::screen::Target;
use crate::shared::{Cx, Tone};
use crate::widgets::Prompt;
use crate::widgets::register::Front;
use crate::words::say;

/// What a form is saved as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Deed {
    /// A task that was done; then an empty form.
    #[default]
    Done,
    /// A task that was done until the supervising officer left; then the rest of it.
    DoneSoFar,
    /// A task to be done.
    Planned,
    /// A correction of a task.
    Corrected,
}

/// A form on its way to the journal.
#[derive(Debug, Clone)]
pub(super) struct Saving {
    deed: Deed,
    task: Task,
    asked: Ticket,
}

impl Log {
    /// Ctrl-S: a correction where the form corrects a task, else a task that was done.
    pub(super) fn save(&mut self, cx: &mut Cx) {
        if self.correcting.is_some() {
            self.ask_reason(Deed::Corrected, cx);
        } else {
            self.send(Deed::Done, None, cx);
        }
    }

    /// Up to here it was supervised; the rest becomes a task of its own.
    pub(super) fn split(&mut self, cx: &mut Cx) {
        if let Some(form) = &mut self.form
            && form.content.typed(TaskField::Until).is_empty()
        {
            let now = cx.shared.now.0.format("%H%M").to_string();
            form.content.type_in(TaskField::Until, &now);
            form.editors = Editors::of(&form.content);
        }
        self.send(Deed::DoneSoFar, None, cx);
    }

    /// Plans the task; sending somebody although it is improper needs a reason.
    pub(super) fn plan(&mut self, cx: &mut Cx) {
        let verdict = self.form.as_ref().and_then(|form| form.assessment.verdict.as_ref());
        if verdict.is_some_and(|verdict| verdict.verdict == Severity::Improper) {
            self.ask_reason(Deed::Planned, cx);
        } else {
            self.send(Deed::Planned, None, cx);
        }
    }

    fn ask_reason(&mut self, deed: Deed, cx: &mut Cx) {
        if !self.is_complete(cx) {
            return;
        }
        let words = cx.words();
        let prompt = if deed == Deed::Planned {
            Prompt::new(say!(words, "log-plan-title"), say!(words, "log-plan-why"))
        } else {
            Prompt::new(say!(words, "log-correct-title"), say!(words, "log-correct-why"))
        };
        self.asking = Some(Front::words(prompt, deed, say!(words, "reason-needed"), (70, 8)));
    }

    /// Whether the form can be stored; if not, says why and goes there.
    fn is_complete(&mut self, cx: &mut Cx) -> bool {
        let Some(form) = &mut self.form else { return false };
        let hindrances = form.content.hindrances();
        let Some(hindrance) = hindrances.first() else { return true };
        let (place, text) = match hindrance {
            Hindrance::SaysNothing => (Place::Duties, say!(cx.words(), "log-says-nothing")),
            Hindrance::NoTime(typed) => (Place::Typed(*typed), say!(cx.words(), "log-no-time")),
            Hindrance::EndsBeforeStart => (Place::Typed(TaskField::Until), say!(cx.words(), "log-ends-before-start")),
        };
        form.go_to(place);
        cx.notify(Tone::Failed, text);
        false
    }

    /// Sends the form to the ledger.
    pub(super) fn send(&mut self, deed: Deed, reason: Option<String>, cx: &mut Cx) {
        if self.saving.is_some() || !self.is_complete(cx) {
            return;
        }
        let (Some(form), Some(session)) = (&self.form, &cx.shared.session) else { return };
        let task = form.content.task(&session.identity.agency);
        let stated = Box::new(task.clone());
        let ask = match (deed, &self.correcting) {
            (Deed::Corrected, Some(correction)) => Ask::Amend {
                target: correction.target,
                based_on: correction.based_on.clone(),
                corrected: stated,
                reason: reason.unwrap_or_default(),
            },
            (Deed::Planned, _) => Ask::Plan(stated, reason),
            _ if form.content.attachments.is_empty() => Ask::Log(stated),
            _ => Ask::LogWith(stated, form.content.attachments.clone()),
        };
        self.saving = Some(Saving { deed, task, asked: cx.ask(ask) });
    }

    /// The task is durable: only now does the screen say so.
    pub(super) fn logged(&mut self, ack: &Ack, cx: &mut Cx) {
        let Some(saving) = self.saving.take_if(|saving| cx.answers(saving.asked)) else { return };
        let Some(form) = self.form.take() else { return };
        let roster = cx.shared.roster();
        let name = |id: &OfficerId| roster.officers.get(id).map(|officer| officer.name.clone());
        self.last = LastUsed::of(&saving.task, name);
        let verdict = cx.words().terms().verdict(ack.verdict);
        let seq = ack.id.seq;
        let said = if ack.verdict == Severity::Permitted {
            say!(cx.words(), "log-saved", seq = seq, verdict = verdict)
        } else {
            say!(cx.words(), "log-saved-flagged", seq = seq, verdict = verdict)
        };
        self.saved = Some((ack.clone(), form.content.clone()));
        if saving.deed == Deed::DoneSoFar {
            let rest = form.content.rest(self.reference(cx.shared), cx.shared.now);
            self.form = Some(Form::new(rest, self.first, cx.shared));
            self.kept = None;
            self.keep(cx);
        } else {
            self.start_anew(cx);
        }
        cx.done(said);
    }

    /// The plan is durable.
    pub(super) fn planned(&mut self, plan: RecordId, cx: &mut Cx) {
        if self.saving.take_if(|saving| cx.answers(saving.asked)).is_some() {
            self.attach_to(plan, cx);
            let planned = std::mem::take(&mut self.planning);
            self.start_anew(cx);
            if planned {
                // Back to the list of plans, where the form was asked for.
                cx.run(Command::GoPlan);
            }
            cx.done(say!(cx.words(), "log-planned"));
        }
    }

    /// The correction is durable: back to the task, where it now stands beside what it corrects.
    pub(super) fn corrected(&mut self, cx: &mut Cx) {
        if self.saving.take_if(|saving| cx.answers(saving.asked)).is_none() {
            return;
        }
        let target = self.correcting.take().map(|correction| correction.target);
        if let Some(target) = target {
            self.attach_to(target, cx);
        }
        self.start_anew(cx);
        if let Some(target) = target {
            cx.go(Target::Task(target));
        }
        cx.done(say!(cx.words(), "log-corrected"));
    }

    /// The ledger refused or could not: the form stays as it is.
    pub(super) fn failed(&mut self, failure: &Failure, cx: &mut Cx) {
        let why = cx.words().terms().ledger(&failure.error);
        if self.saving.take_if(|saving| cx.answers(saving.asked)).is_some() {
            cx.notify(Tone::Failed, say!(cx.words(), "log-not-saved", why = why));
        } else if let Ask::Stage(_) | Ask::Attach(..) = &failure.ask {
            cx.notify(Tone::Failed, why);
        }
    }

    /// A fault stopped what was being saved: the form stays as it is, to be saved again.
    pub(super) fn stopped(&mut self, cx: &Cx) {
        self.saving.take_if(|saving| cx.answers(saving.asked));
    }

    /// A file's content is kept: the form names it.
    pub(super) fn staged(&mut self, file: &Staged, cx: &mut Cx) {
        let Some(form) = &mut self.form else { return };
        form.attach(file.clone());
        self.changed(cx);
        cx.done(say!(cx.words(), "log-attached", name = file.name.as_str()));
    }

    /// What a plan or correction brings along becomes records of its own behind it.
    fn attach_to(&self, target: RecordId, cx: &mut Cx) {
        for file in self.form.iter().flat_map(|form| &form.content.attachments) {
            cx.ask(Ask::Attach(target, Box::new(file.clone())));
        }
    }

    fn start_anew(&mut self, cx: &mut Cx) {
        self.correcting = None;
        self.planning = false;
        self.kept = None;
        self.form = Some(self.fresh(cx.shared));
        cx.ask(Ask::ClearDraft(DRAFT));
    }
}
