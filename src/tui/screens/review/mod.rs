//! 复核: the flags that await a decision, and the steps that lead to one (第二十九、三十条).

mod draft;
pub mod steps;
mod view;
pub mod words;
pub mod writing;

#[cfg(test)]
mod tests;

use auxlog_record::RecordId;
use auxlog_store::{Order, TaskDetail, TaskQuery};
use ratatui::layout::Rect;

use self::draft::{DRAFT, Kept};
use self::steps::Step;
use self::words::{closed_short, lacking, step_doc, step_name};
use self::writing::Writing;
use crate::canvas::{Canvas, Hit};
use crate::command::{Command, Scope};
use crate::effect::{Alarm, Answer, Ask, Effect, Failure};
use crate::event::Input;
use crate::export::{self, Form, Which};
use crate::screen::{Screen, Target};
use crate::shared::{Cx, Shared, Tone};
use crate::task::detail::{self, named};
use crate::theme::Meaning;
use crate::widgets::Reader;
use crate::widgets::cites;
use crate::widgets::pages::{PAGE, Pages};
use crate::widgets::{Entry, Picked, Picker};
use crate::words::say;

/// A draft is kept after so long without a key.
const QUIET: std::time::Duration = std::time::Duration::from_millis(300);

/// The review screen.
#[derive(Debug, Default)]
pub struct Review {
    queue: Pages,
    opened: Option<Opened>,
    /// The steps to choose from.
    choosing: Option<Picker<Step>>,
    /// The provisions to choose from.
    citing: Option<Picker<String>>,
    /// The step being written.
    writing: Option<Writing>,
    /// What the draft on disk says.
    kept: Option<Kept>,
    /// The draft was asked for.
    looked: bool,
}

#[derive(Debug)]
struct Opened {
    id: RecordId,
    detail: Option<Box<TaskDetail>>,
    reader: Reader,
}

impl Review {
    fn reload(&mut self, cx: &mut Cx) {
        self.queue.forget();
        self.load(cx);
    }

    fn load(&mut self, cx: &mut Cx) {
        for offset in self.queue.missing() {
            cx.ask(Ask::Flags(query(offset)));
        }
    }

    fn open(&mut self, id: RecordId, cx: &mut Cx) {
        self.choosing = None;
        self.citing = None;
        self.writing = None;
        self.opened = Some(Opened { id, detail: None, reader: Reader::default() });
        cx.ask(Ask::Task(id));
    }

    fn detail(&self) -> Option<&TaskDetail> {
        self.opened.as_ref()?.detail.as_deref()
    }

    /// Offers all steps; one that is closed says why, so that nobody wonders where it is.
    fn choose(&mut self, cx: &Cx) {
        let Some(task) = self.detail() else { return };
        let standing = task.standing.clone();
        let words = cx.words();
        let sampled = detail::is_sample(&task.row);
        let entries = Step::ALL
            .into_iter()
            .map(|step| {
                let name = step_name(words, step, sampled);
                let mut entry = Entry::new(step, name, step_doc(words, step, sampled), "");
                if let Err(closed) = steps::open(step, &standing) {
                    entry.remark = Some((closed_short(words, closed), Meaning::Dim));
                }
                entry
            })
            .collect();
        self.choosing = Some(Picker::one(say!(words, "review-steps-title"), entries));
    }

    fn write(&mut self, step: Step, cx: &mut Cx) {
        self.choosing = None;
        let Some(task) = self.detail() else { return };
        if let Err(closed) = steps::open(step, &task.standing) {
            cx.notify(Tone::Failed, cx.words().terms().closed(closed));
            return;
        }
        self.writing = Some(writing(step, task));
        self.bring_back(Some(step));
    }

    /// Brings back what was written of a step about the task opened (of `step`, if that is
    /// stated) before the screen was locked or the program ended.
    fn bring_back(&mut self, step: Option<Step>) {
        let (Some(kept), Some(task)) = (self.kept.clone(), self.detail()) else { return };
        if kept.target != task.row.id || step.is_some_and(|step| step != kept.step) {
            return;
        }
        if steps::open(kept.step, &task.standing).is_ok() {
            let mut again = writing(kept.step, task);
            again.restore(&kept.written, kept.who);
            self.writing = Some(again);
        }
    }

    /// Keeps what is written of a step, where it changed since.
    fn keep(&mut self, cx: &mut Cx) {
        let (Some(writing), Some(task)) = (&self.writing, self.detail()) else { return };
        let now = Kept::of(writing, &task.row.reference);
        if now.is_some() && now != self.kept {
            cx.ask(Ask::SaveDraft(DRAFT, Box::new(now.as_ref().map(Kept::draft).unwrap_or_default())));
            self.kept = now;
        }
    }

    /// Forgets what was kept of it: it is stored, or was given up.
    fn forget(&mut self, cx: &mut Cx) {
        if self.kept.take().is_some() {
            cx.ask(Ask::ClearDraft(DRAFT));
        }
    }

    /// Reads the provision behind the findings; one to choose where there are several.
    fn read_law(&mut self, cx: &mut Cx) {
        let Some(task) = self.detail() else { return };
        let findings = &task.judged.verdict.findings;
        let cited = if findings.is_empty() { task.judged.verdict.basis.clone() } else { cites::cited(findings) };
        match &cited[..] {
            [] => {}
            [only] => cx.go(Target::Provision(only.clone())),
            _ => self.citing = Some(cites::picker(cx.words(), &cited)),
        }
    }

    fn send(&mut self, cx: &mut Cx) {
        let Some(writing) = &mut self.writing else { return };
        if writing.sending.is_some() {
            return;
        }
        match writing.finish(cx.shared) {
            Ok(ask) => writing.sending = Some(cx.ask(ask)),
            Err(lack) => cx.notify(Tone::Failed, lacking(cx.words(), writing.step, lack)),
        }
    }

    fn run_writing(&mut self, command: Command, cx: &mut Cx) {
        let Some(writing) = &mut self.writing else { return };
        match command {
            Command::Back if writing.sending.is_none() => {
                self.writing = None;
                self.forget(cx);
            }
            Command::ReviewSave => self.send(cx),
            command => {
                if !writing.run(command) && command == Command::FormActivate {
                    self.send(cx);
                }
                cx.effect(Effect::Wake { alarm: Alarm::Draft, after: QUIET });
            }
        }
    }

    fn cited(&mut self, picked: Picked<String>, cx: &mut Cx) {
        match picked {
            Picked::Open => return,
            Picked::Cancelled => {}
            Picked::Chosen(cited) => cited.into_iter().take(1).for_each(|cite| cx.go(Target::Provision(cite))),
        }
        self.citing = None;
    }

    fn picked(&mut self, picked: Picked<Step>, cx: &mut Cx) {
        match picked {
            Picked::Open => {}
            Picked::Cancelled => self.choosing = None,
            Picked::Chosen(steps) => {
                if let Some(step) = steps.first() {
                    self.write(*step, cx);
                }
            }
        }
    }
}

/// The question for a part of the queue.
pub(crate) fn query(offset: usize) -> TaskQuery {
    TaskQuery { open: true, sampled: true, order: Order::Urgent, offset, limit: PAGE, ..TaskQuery::default() }
}

/// A step about a task, with nothing written yet.
fn writing(step: Step, task: &TaskDetail) -> Writing {
    let people = task.row.auxiliaries.iter();
    let people = people.map(|person| (person.id.clone(), named(person.name.as_deref(), &person.id.0))).collect();
    Writing::new(step, task.row.id, task.heads.clone(), people).on_sample(detail::is_sample(&task.row))
}

impl Screen for Review {
    fn scopes(&self) -> &'static [Scope] {
        if self.writing.is_some() {
            &[Scope::Form, Scope::Review]
        } else if self.choosing.is_some() || self.citing.is_some() {
            &[Scope::List]
        } else {
            &[Scope::Review, Scope::List]
        }
    }

    fn editing(&self) -> bool {
        self.writing.is_some() || self.choosing.is_some() || self.citing.is_some()
    }

    fn input(&mut self, input: &Input, cx: &mut Cx) -> bool {
        if let Some(writing) = &mut self.writing {
            let taken = writing.input(input);
            if taken {
                cx.effect(Effect::Wake { alarm: Alarm::Draft, after: QUIET });
            }
            return taken;
        }
        match (&mut self.choosing, &mut self.citing) {
            (Some(picker), _) => picker.input(input),
            (None, Some(picker)) => picker.input(input),
            (None, None) => false,
        }
    }

    fn run(&mut self, command: Command, cx: &mut Cx) -> bool {
        if self.writing.is_some() {
            self.run_writing(command, cx);
            return true;
        }
        if let Some(picker) = &mut self.choosing {
            let picked = picker.run(command);
            self.picked(picked, cx);
            return true;
        }
        if let Some(picker) = &mut self.citing {
            let picked = picker.run(command);
            self.cited(picked, cx);
            return true;
        }
        match command {
            Command::ReviewDecide | Command::ListOpen if self.opened.is_some() => self.choose(cx),
            Command::ReviewDecide | Command::ListOpen => {
                if let Some(id) = self.queue.selected().map(|row| row.id) {
                    self.open(id, cx);
                }
            }
            Command::ReviewLaw => self.read_law(cx),
            Command::ReviewExport => {
                if let Some(task) = self.detail() {
                    let path = export::path(cx.shared, &task.row.reference, Form::Evidence);
                    export::ask(Which::Task(task.row.id), Form::Evidence, path, cx);
                }
            }
            Command::Back if self.opened.is_some() => {
                self.opened = None;
                self.reload(cx);
            }
            command => {
                if let Some(opened) = &mut self.opened {
                    return opened.reader.run(command);
                }
                let moved = self.queue.list.run(command);
                self.load(cx);
                return moved;
            }
        }
        true
    }

    fn enabled(&self, command: Command, shared: &Shared) -> bool {
        match command {
            Command::ReviewSave => self.writing.as_ref().is_some_and(|writing| writing.sending.is_none()),
            Command::ReviewDecide | Command::ReviewLaw | Command::ReviewExport if self.writing.is_some() => false,
            Command::ReviewDecide | Command::ListOpen => match &self.opened {
                Some(opened) => opened.detail.is_some(),
                None => self.queue.selected().is_some(),
            },
            Command::ReviewLaw => self.detail().is_some(),
            Command::ReviewExport => self.detail().is_some() && shared.exports_to.is_some(),
            Command::ListSearch => false,
            _ => true,
        }
    }

    fn click(&mut self, hit: Hit, cx: &mut Cx) {
        if let Some(picker) = &mut self.choosing {
            let picked = picker.click(hit);
            self.picked(picked, cx);
        } else if let Some(picker) = &mut self.citing {
            let picked = picker.click(hit);
            self.cited(picked, cx);
        } else if let (Hit::Row(row), None, None) = (hit, &self.writing, &self.opened) {
            if self.queue.list.selected() == Some(row) {
                self.run(Command::ListOpen, cx);
            } else {
                self.queue.list.select(row);
                self.load(cx);
            }
        }
    }

    fn shows(&self, target: &Target) -> bool {
        matches!(target, Target::Flag(_))
    }

    fn waiting(&self, shared: &Shared) -> u64 {
        shared.counts.open_flags
    }

    fn enter(&mut self, target: &Target, cx: &mut Cx) {
        self.reload(cx);
        if !std::mem::replace(&mut self.looked, true) {
            cx.ask(Ask::LoadDraft(DRAFT));
        }
        match (target, &self.opened) {
            (Target::Flag(id), _) => self.open(*id, cx),
            (_, Some(opened)) => {
                cx.ask(Ask::Task(opened.id));
            }
            (_, None) => {}
        }
    }

    fn answer(&mut self, answer: &Answer, cx: &mut Cx) {
        match answer {
            Answer::Flags(query, page) => {
                self.queue.put(query.offset, page.clone());
                self.load(cx);
            }
            Answer::Task(task) => {
                if let Some(opened) = &mut self.opened
                    && opened.id == task.row.id
                {
                    let first = opened.detail.is_none();
                    opened.detail = Some(task.clone());
                    if first && self.writing.is_none() && self.choosing.is_none() {
                        self.bring_back(None);
                    }
                }
            }
            Answer::Recorded(_) => {
                if let Some(writing) = self.writing.take_if(|writing| writing.is_answered(cx)) {
                    let sampled = self.detail().is_some_and(|task| detail::is_sample(&task.row));
                    let step = step_name(cx.words(), writing.step, sampled);
                    cx.done(say!(cx.words(), "review-saved", step = step));
                    self.forget(cx);
                }
                self.reload(cx);
                if let Some(opened) = &self.opened {
                    cx.ask(Ask::Task(opened.id));
                }
            }
            // What was written stays, to be sent again.
            Answer::Panicked => {
                if let Some(writing) = self.writing.as_mut().filter(|writing| writing.is_answered(cx)) {
                    writing.sending = None;
                }
            }
            Answer::Failed(Failure { ask: Ask::Review(_) | Ask::Statement(_), error }) => {
                if let Some(writing) = self.writing.as_mut().filter(|writing| writing.is_answered(cx)) {
                    writing.sending = None;
                }
                cx.notify(Tone::Failed, cx.words().terms().ledger(error));
            }
            Answer::Woke(Alarm::Draft) => self.keep(cx),
            Answer::Draft(DRAFT, draft) => {
                self.kept = draft.as_deref().and_then(Kept::read);
                if let Some(kept) = &self.kept {
                    cx.notify(Tone::Hint, say!(cx.words(), "review-draft", reference = kept.reference.as_str()));
                }
                if self.writing.is_none() && self.choosing.is_none() {
                    self.bring_back(None);
                }
            }
            Answer::Logged(_) => self.reload(cx),
            _ => {}
        }
    }

    fn leave(&mut self, cx: &mut Cx) {
        self.keep(cx);
    }

    fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        view::draw(self, shared, canvas, area);
    }
}
