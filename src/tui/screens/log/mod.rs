//! 登记: logging a task. The form is judged while it is filled in; it also plans a task (派工) and
//! corrects one.

mod attaching;
pub mod content;
mod draft;
mod entries;
mod fields;
mod form;
pub mod last;
mod picking;
pub mod proposal;
mod saving;
mod templates;
mod view;

#[cfg(test)]
mod content_tests;
#[cfg(test)]
mod story_tests;
#[cfg(test)]
mod tests;

use auxlog_record::{Moment, Task};
use auxlog_store::{Ack, TaskQuery};
use chrono::Days;
use ratatui::layout::Rect;

use self::content::Content;
use self::draft::Correction;
use self::fields::First;
use self::form::Form;
use self::last::LastUsed;
use self::saving::{Deed, Saving};
use crate::canvas::{Canvas, Hit};
use crate::command::{Command, Scope};
use crate::effect::{Alarm, Answer, Ask};
use crate::event::Input;
use crate::screen::{Screen, Target};
use crate::shared::{Cx, Shared, Tone};
use crate::widgets::register::{Did, Front};
use crate::widgets::shelf::{Browser, Shelf};
use crate::words::say;

/// The form's name in the store of drafts.
const DRAFT: &str = "log";
/// What the officer keeps for their forms: templates, and where a form begins.
const SHELF: &str = "log templates";
/// What the last task had is looked for so many days back.
const LAST: u64 = 31;
/// A draft is saved after so long without a key.
const QUIET: std::time::Duration = std::time::Duration::from_millis(300);

/// The log screen.
#[derive(Debug, Default)]
pub struct Log {
    form: Option<Form>,
    /// The task that the form corrects; else it logs a new one.
    correcting: Option<Correction>,
    /// The form plans a task (派工) instead of logging one.
    planning: bool,
    /// A reason being written before the form is sent.
    asking: Option<Front<Deed>>,
    /// Templates to choose from.
    browsing: Option<Browser>,
    /// Templates, and where a form begins.
    shelf: Shelf,
    first: First,
    /// What is on its way to the journal.
    saving: Option<Saving>,
    /// The last task saved from here.
    saved: Option<(Ack, Content)>,
    last: LastUsed,
    /// How many forms were opened since the program started.
    opened: u32,
    /// What was cleared away last, to be brought back.
    discarded: Option<Content>,
    /// What the draft holds, and whether it is on disk.
    kept: Option<Content>,
    kept_safely: bool,
}

impl Log {
    fn fresh(&mut self, shared: &Shared) -> Form {
        let mut content = Content::new(self.reference(shared), shared.now);
        content.carry(&self.last);
        Form::new(content, self.first, shared)
    }

    /// A reference that no other task has: whose it is, when the form was opened, and which one
    /// of that moment.
    fn reference(&mut self, shared: &Shared) -> String {
        let officer = shared.session.as_ref().map_or("", |session| session.identity.officer.0.as_str());
        self.opened += 1;
        format!("{officer}-{}-{}", shared.now.0.format("%Y%m%d-%H%M%S%3f"), self.opened)
    }

    /// Whether something is typed that a new content would push away.
    fn is_busy(&self) -> bool {
        self.saving.is_some() || self.form.as_ref().is_some_and(|form| !form.content.is_pristine())
    }

    /// Empties the form; an empty one gets back what was cleared away.
    fn discard(&mut self, cx: &mut Cx) {
        let Some(form) = &self.form else { return };
        self.form = Some(if form.content.is_pristine() {
            match self.discarded.take() {
                Some(content) => Form::new(content, self.first, cx.shared),
                None => return,
            }
        } else {
            // What was to be corrected stands on record; only a new task is worth bringing back.
            self.discarded = self.correcting.take().is_none().then(|| form.content.clone());
            self.planning = false;
            cx.notify(Tone::Hint, say!(cx.words(), "log-discarded"));
            self.fresh(cx.shared)
        });
        self.keep(cx);
    }

    /// Fills the form, unless that would lose what is being typed.
    fn fill(&mut self, cx: &mut Cx, content: impl FnOnce(&Shared, String) -> Content) -> bool {
        if self.is_busy() {
            cx.notify(Tone::Failed, say!(cx.words(), "log-draft-in-the-way"));
            return false;
        }
        let reference = self.reference(cx.shared);
        self.form = Some(Form::new(content(cx.shared, reference), self.first, cx.shared));
        self.changed(cx);
        true
    }
}

impl Screen for Log {
    fn scopes(&self) -> &'static [Scope] {
        let attaching = self.form.as_ref().is_some_and(|form| form.attaching.is_some());
        if self.asking.is_some() || attaching || matches!(self.browsing, Some(Browser::Naming(_))) {
            &[Scope::Form]
        } else if self.browsing.is_some() || self.form.as_ref().is_some_and(|form| form.picking.is_some()) {
            &[Scope::List, Scope::Form]
        } else {
            &[Scope::Log, Scope::Form, Scope::List]
        }
    }

    fn editing(&self) -> bool {
        self.form.is_some()
    }

    fn input(&mut self, input: &Input, cx: &mut Cx) -> bool {
        if let Some(asking) = &mut self.asking {
            return asking.input(input);
        }
        if let Some(browser) = &mut self.browsing {
            return browser.input(input);
        }
        let Some(form) = &mut self.form else { return false };
        if self.saving.is_some() {
            // What is typed now would be lost with the form that is being saved.
            return true;
        }
        let taken = form.input(input, cx.shared);
        if taken {
            self.changed(cx);
        }
        taken
    }

    fn run(&mut self, command: Command, cx: &mut Cx) -> bool {
        if let Some(asking) = &mut self.asking {
            let did = asking.run(command, cx);
            self.asking.take_if(|_| did.is_some());
            if let Some(Did::Written(deed, reason)) = did {
                self.send(deed, Some(reason), cx);
            }
            return true;
        }
        if let Some(browser) = &mut self.browsing {
            let wish = browser.run(command);
            self.wished(wish, cx);
            return true;
        }
        let Some(form) = &mut self.form else { return false };
        match command {
            Command::LogSave if self.planning => self.plan(cx),
            Command::LogSave => self.save(cx),
            Command::LogSplit => self.split(cx),
            Command::LogPlan => self.plan(cx),
            Command::LogTemplates => self.browse(cx),
            Command::LogOrder => self.turn_round(cx),
            Command::LogAgain => {
                if let Some((_, content)) = self.saved.clone() {
                    self.fill(cx, |shared, reference| content.again(reference, shared.now));
                }
            }
            Command::LogDiscard => self.discard(cx),
            Command::Back if form.picking.is_none() && form.attaching.is_none() => return false,
            command => {
                let taken = form.run(command, cx.shared);
                if let Some(file) = form.named.take() {
                    cx.notify(Tone::Hint, say!(cx.words(), "log-attaching"));
                    cx.ask(Ask::Stage(file));
                }
                self.changed(cx);
                return taken;
            }
        }
        true
    }

    fn enabled(&self, command: Command, _shared: &Shared) -> bool {
        let Some(form) = &self.form else { return false };
        let new = self.saving.is_none() && self.correcting.is_none();
        match command {
            Command::LogAccept => form.content.has_proposals(),
            Command::LogSave => self.saving.is_none(),
            Command::LogSplit | Command::LogPlan => new && !self.planning && !form.content.is_pristine(),
            Command::ListOpen => form.picking.is_some() || self.browsing.is_some(),
            Command::LogTemplates => self.saving.is_none() && self.shelf.is_loaded(),
            Command::LogOrder => self.shelf.is_loaded(),
            Command::ListSearch => false,
            Command::LogAgain => self.saved.is_some() && form.content.is_pristine(),
            Command::LogDiscard => self.saving.is_none() && (!form.content.is_pristine() || self.discarded.is_some()),
            _ => true,
        }
    }

    fn click(&mut self, hit: Hit, cx: &mut Cx) {
        if let Some(browser) = &mut self.browsing {
            let wish = browser.click(hit);
            self.wished(wish, cx);
        } else if let Some(form) = &mut self.form {
            form.click(hit, cx.shared);
            self.changed(cx);
        }
    }

    fn shows(&self, target: &Target) -> bool {
        matches!(target, Target::LogLike(_) | Target::CarryOut(_) | Target::NewPlan | Target::Correct { .. })
    }

    fn enter(&mut self, target: &Target, cx: &mut Cx) {
        if cx.shared.people().is_none() {
            cx.ask(Ask::PeopleIndex);
        }
        if self.form.is_none() {
            self.form = Some(self.fresh(cx.shared));
            self.shelf.load(SHELF, cx);
            cx.ask(Ask::Tasks(last_task(cx.shared)));
            cx.ask(Ask::LoadDraft(DRAFT));
        }
        // A form left empty begins when it is looked at again, not when it was first opened.
        if let Some(form) = &mut self.form
            && form.content.is_pristine()
        {
            form.content.opened = cx.shared.now;
        }
        match target {
            Target::LogLike(task) => {
                self.fill(cx, |shared, reference| like(task, reference, shared));
            }
            Target::CarryOut(plan) => {
                self.fill(cx, |shared, _| like(plan, plan.id.clone(), shared));
            }
            // A plan half written is gone on with.
            Target::NewPlan if self.planning && self.is_busy() => {}
            Target::NewPlan => {
                let last = self.last.clone();
                self.planning |= self.fill(cx, |shared, reference| {
                    let mut content = Content::new(reference, shared.now);
                    content.carry(&last);
                    content
                });
            }
            Target::Correct { target, based_on, task } => {
                let filled = self.fill(cx, |shared, _| like(task, task.id.clone(), shared).at_its_time(task));
                self.correcting = filled
                    .then(|| Correction { target: *target, based_on: based_on.clone() })
                    .or(self.correcting.take());
            }
            // Whoever asks for the form itself wants to log.
            _ => self.planning &= self.is_busy(),
        }
    }

    fn leave(&mut self, cx: &mut Cx) {
        self.keep(cx);
    }

    fn answer(&mut self, answer: &Answer, cx: &mut Cx) {
        match answer {
            Answer::Woke(Alarm::Draft) => self.keep(cx),
            Answer::Draft(DRAFT, draft) => self.restore(draft.as_deref(), cx),
            Answer::Draft(SHELF, _) => self.unpack(answer),
            Answer::Tasks(query, page) if *query == last_task(cx.shared) => {
                if let Some(row) = page.rows.first() {
                    self.carry_on(LastUsed::of_row(row), cx);
                }
            }
            Answer::DraftSaved(DRAFT) => self.kept_safely = self.kept.is_some(),
            Answer::Staged(file) => self.staged(file, cx),
            Answer::Logged(ack) => self.logged(ack, cx),
            Answer::Planned(id) => self.planned(*id, cx),
            Answer::Recorded(_) => self.corrected(cx),
            Answer::Panicked => self.stopped(cx),
            Answer::Failed(failure) => self.failed(failure, cx),
            Answer::PeopleIndex(_) => {
                if let Some(form) = &mut self.form {
                    form.find_in_index(cx.shared);
                }
            }
            Answer::Roster(_) => {
                if let Some(form) = &mut self.form {
                    form.judge(cx.shared);
                    cx.ask(Ask::PeopleIndex);
                }
            }
            _ => {}
        }
    }

    fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        view::draw(self, shared, canvas, area);
    }
}

/// A form that says what `task` says, as a new task.
fn like(task: &Task, reference: String, shared: &Shared) -> Content {
    let roster = shared.roster();
    Content::like(
        task,
        reference,
        shared.now,
        |id| roster.auxiliaries.get(id).map(|person| person.name.clone()),
        |id| roster.officers.get(id).map(|person| person.name.clone()),
    )
}

/// The officer's latest task: what it had is proposed in the next.
fn last_task(shared: &Shared) -> TaskQuery {
    let today = shared.now.china_date();
    TaskQuery {
        officer: shared.session.as_ref().map(|session| session.identity.officer.clone()),
        since: today.0.checked_sub_days(Days::new(LAST)).map(auxlog_record::Date),
        until: Some(today),
        limit: 1,
        ..TaskQuery::default()
    }
}

/// The moment that stands for a start left empty.
fn begins(content: &Content) -> Moment {
    content.start().unwrap_or(content.opened)
}
