//! 复核: the flags that await a decision, and the steps that lead to one (第二十九、三十条).

pub mod steps;
mod view;
pub mod writing;

#[cfg(test)]
mod tests;

use auxlog_record::RecordId;
use auxlog_store::{Order, TaskDetail, TaskQuery};
use ratatui::layout::Rect;

use self::steps::{Closed, Lack, Step};
use self::writing::{Writing, step_name};
use crate::canvas::{Canvas, Hit};
use crate::command::{Command, Scope};
use crate::effect::{Answer, Ask, Failure};
use crate::event::Input;
use crate::failure;
use crate::screen::{Screen, Target};
use crate::screens::detail::{self, named};
use crate::screens::reader::Reader;
use crate::screens::tasks::pages::{PAGE, Pages};
use crate::shared::{Cx, Shared, Tone};
use crate::theme::Meaning;
use crate::widgets::{Entry, Picked, Picker};
use crate::words::{Words, say};

/// The review screen.
#[derive(Debug, Default)]
pub struct Review {
    queue: Pages,
    opened: Option<Opened>,
    /// The steps to choose from.
    choosing: Option<Picker<Step>>,
    /// The step being written.
    writing: Option<Writing>,
}

#[derive(Debug)]
struct Opened {
    id: RecordId,
    detail: Option<Box<TaskDetail>>,
    reader: Reader,
}

impl Review {
    fn query(offset: usize) -> TaskQuery {
        TaskQuery { open: true, order: Order::Urgent, offset, limit: PAGE, ..TaskQuery::default() }
    }

    fn reload(&mut self, cx: &mut Cx) {
        self.queue.forget();
        self.load(cx);
    }

    fn load(&mut self, cx: &mut Cx) {
        for offset in self.queue.missing() {
            cx.ask(Ask::Flags(Self::query(offset)));
        }
    }

    fn open(&mut self, id: RecordId, cx: &mut Cx) {
        self.choosing = None;
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
        let standing = detail::standing(task);
        let words = cx.words();
        let entries = Step::ALL
            .into_iter()
            .map(|step| {
                let name = step_name(words, step);
                let mut entry = Entry::new(step, name, step_doc(words, step), "");
                if let Err(closed) = steps::open(step, &standing) {
                    entry.remark = Some((why_closed_short(words, closed), Meaning::Dim));
                }
                entry
            })
            .collect();
        self.choosing = Some(Picker::one(say!(words, "review-steps-title"), entries));
    }

    fn write(&mut self, step: Step, cx: &mut Cx) {
        self.choosing = None;
        let Some(task) = self.detail() else { return };
        if let Err(closed) = steps::open(step, &detail::standing(task)) {
            cx.notify(Tone::Failed, why_closed(cx.words(), closed));
            return;
        }
        let people = task
            .row
            .auxiliaries
            .iter()
            .map(|person| (person.id.clone(), named(person.name.as_deref(), &person.id.0)))
            .collect();
        self.writing = Some(Writing::new(step, task.row.id, task.heads.clone(), people));
    }

    fn send(&mut self, cx: &mut Cx) {
        let Some(writing) = &mut self.writing else { return };
        if writing.sending {
            return;
        }
        match writing.finish(cx.shared) {
            Ok(ask) => {
                writing.sending = true;
                cx.ask(ask);
            }
            Err(lack) => cx.notify(Tone::Failed, lacking(cx.words(), lack)),
        }
    }

    fn run_writing(&mut self, command: Command, cx: &mut Cx) {
        let Some(writing) = &mut self.writing else { return };
        match command {
            Command::Back if !writing.sending => self.writing = None,
            Command::ReviewSave => self.send(cx),
            command => {
                if !writing.run(command) && command == Command::FormActivate {
                    self.send(cx);
                }
            }
        }
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

/// What a step does, beside its name.
fn step_doc(words: &Words, step: Step) -> String {
    use auxlog_record::Decision::{
        Confirm, Criticise, Dismiss, Note, OrderCorrection, Propose, ReturnToCompany, Statement, Transfer,
    };
    match step {
        Step::TakeStatement => say!(words, "step-take-statement"),
        Step::Decide(Note) => say!(words, "step-note"),
        Step::Decide(Propose) => say!(words, "step-propose"),
        Step::Decide(Confirm) => say!(words, "step-confirm"),
        Step::Decide(Dismiss) => say!(words, "step-dismiss"),
        Step::Decide(Statement) => say!(words, "step-statement"),
        Step::Decide(OrderCorrection | Criticise) => say!(words, "step-measure"),
        Step::Decide(ReturnToCompany) => say!(words, "step-return"),
        Step::Decide(Transfer) => say!(words, "step-transfer"),
    }
}

fn why_closed_short(words: &Words, closed: Closed) -> String {
    match closed {
        Closed::Own => say!(words, "closed-own-short"),
        Closed::Decided => say!(words, "closed-decided-short"),
        Closed::NotAsked => say!(words, "closed-not-asked-short"),
        Closed::NotHeard => say!(words, "closed-not-heard-short"),
        Closed::NotHis => say!(words, "closed-not-his-short"),
    }
}

fn why_closed(words: &Words, closed: Closed) -> String {
    match closed {
        Closed::Own => say!(words, "closed-own"),
        Closed::Decided => say!(words, "closed-decided"),
        Closed::NotAsked => say!(words, "closed-not-asked"),
        Closed::NotHeard => say!(words, "closed-not-heard"),
        Closed::NotHis => say!(words, "closed-not-his"),
    }
}

fn lacking(words: &Words, lack: Lack) -> String {
    match lack {
        Lack::Reason => say!(words, "reason-needed"),
        Lack::Measure => say!(words, "measure-needed"),
        Lack::Acknowledgement => say!(words, "acknowledgement-needed"),
    }
}

impl Screen for Review {
    fn scopes(&self) -> &'static [Scope] {
        if self.writing.is_some() {
            &[Scope::Form, Scope::Review]
        } else if self.choosing.is_some() {
            &[Scope::List]
        } else {
            &[Scope::Review, Scope::List]
        }
    }

    fn editing(&self) -> bool {
        self.writing.is_some() || self.choosing.is_some()
    }

    fn input(&mut self, input: &Input, _cx: &mut Cx) -> bool {
        match (&mut self.writing, &mut self.choosing) {
            (Some(writing), _) => writing.input(input),
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
        match command {
            Command::ReviewDecide | Command::ListOpen if self.opened.is_some() => self.choose(cx),
            Command::ReviewDecide | Command::ListOpen => {
                if let Some(id) = self.queue.selected().map(|row| row.id) {
                    self.open(id, cx);
                }
            }
            Command::ReviewLaw => {
                let finding = self.detail().and_then(|task| task.judged.verdict.findings.first());
                if let Some(cite) = finding.and_then(|finding| finding.cites.first()) {
                    cx.go(Target::Provision(cite.clone()));
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

    fn enabled(&self, command: Command, _shared: &Shared) -> bool {
        match command {
            Command::ReviewSave => self.writing.as_ref().is_some_and(|writing| !writing.sending),
            Command::ReviewDecide | Command::ReviewLaw if self.writing.is_some() => false,
            Command::ReviewDecide | Command::ListOpen => match &self.opened {
                Some(opened) => opened.detail.is_some(),
                None => self.choosing.is_some() || self.queue.selected().is_some(),
            },
            Command::ReviewLaw => self.detail().is_some(),
            Command::ListSearch => false,
            _ => true,
        }
    }

    fn click(&mut self, hit: Hit, cx: &mut Cx) {
        if let Some(picker) = &mut self.choosing {
            let picked = picker.click(hit);
            self.picked(picked, cx);
        } else if let (Hit::Row(row), None, None) = (hit, &self.writing, &self.opened) {
            if self.queue.list.selected() == Some(row) {
                self.run(Command::ListOpen, cx);
            } else {
                self.queue.list.select(row);
                self.load(cx);
            }
        }
    }

    fn enter(&mut self, target: &Target, cx: &mut Cx) {
        self.reload(cx);
        match (target, &self.opened) {
            (Target::Flag(id), _) => self.open(*id, cx),
            (_, Some(opened)) => cx.ask(Ask::Task(opened.id)),
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
                    opened.detail = Some(task.clone());
                }
            }
            Answer::Recorded(_) => {
                if let Some(writing) = self.writing.take_if(|writing| writing.sending) {
                    let step = step_name(cx.words(), writing.step);
                    cx.done(say!(cx.words(), "review-saved", step = step));
                }
                self.reload(cx);
                if let Some(opened) = &self.opened {
                    cx.ask(Ask::Task(opened.id));
                }
            }
            Answer::Failed(Failure { ask: Ask::Review(_) | Ask::Statement(_), error }) => {
                if let Some(writing) = &mut self.writing {
                    writing.sending = false;
                }
                cx.notify(Tone::Failed, failure::ledger(cx.words(), error));
            }
            Answer::Logged(_) => self.reload(cx),
            _ => {}
        }
    }

    fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        view::draw(self, shared, canvas, area);
    }
}
