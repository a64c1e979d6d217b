//! 复核: the flags that await a decision, and the steps that lead to one (第二十九、三十条).

mod book;
mod draft;
pub mod steps;
pub mod words;
pub mod writing;

#[cfg(test)]
mod tests;

use auxlog_record::RecordId;
use auxlog_store::{Order, TaskDetail, TaskQuery};
use ratatui::layout::Rect;

use self::book::Flags;
use self::draft::{DRAFT, HalfWritten};
use self::steps::Step;
use self::words::{closed_short, lacking, step_doc, step_name};
use self::writing::Writing;
use crate::canvas::{Canvas, Hit, centred};
use crate::command::{Command, Scope};
use crate::effect::{Alarm, Answer, Ask, Effect, Failure};
use crate::event::Input;
use crate::export::{self, Form, Which};
use crate::labels;
use crate::screen::{Screen, Target};
use crate::shared::{Cx, Shared, Tone};
use crate::task::detail::{self, named};
use crate::theme::Meaning;
use crate::widgets::register::{Did, Front, Register, cites};
use crate::widgets::{Entry, PART, Picker};
use crate::words::{Words, say};

/// A draft is kept after so long without a key.
const QUIET: std::time::Duration = std::time::Duration::from_millis(300);

/// The review screen.
#[derive(Debug, Default)]
pub struct Review {
    flags: Register<Flags>,
    /// The step being written.
    writing: Option<Writing>,
    /// What the draft on disk says.
    kept: Option<HalfWritten>,
    /// The draft was asked for.
    looked: bool,
}

impl Review {
    fn open(&mut self, id: RecordId, cx: &mut Cx) {
        self.writing = None;
        self.flags.open(id, cx);
    }

    fn detail(&self) -> Option<&TaskDetail> {
        self.flags.detail()
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
        let picker = Picker::one(say!(words, "review-steps-title"), entries);
        self.flags.ask(Front::choice(picker, say!(words, "review-steps-hint"), (76, 16)));
    }

    fn write(&mut self, step: Step, cx: &mut Cx) {
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
        let now = HalfWritten::of(writing, &task.row.reference);
        if now.is_some() && now != self.kept {
            cx.ask(Ask::SaveDraft(DRAFT, Box::new(now.as_ref().map(HalfWritten::draft).unwrap_or_default())));
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
        self.flags.read(&cited, cx);
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

    /// Begins the step that was chosen.
    fn did(&mut self, did: &Did<Step>, cx: &mut Cx) {
        match did {
            Did::Chosen(step) => self.write(*step, cx),
            Did::Closed => self.flags.reload(cx),
            _ => {}
        }
    }
}

/// The question for a part of the queue.
pub(crate) fn query(offset: usize) -> TaskQuery {
    TaskQuery { open: true, sampled: true, order: Order::Urgent, offset, limit: PART, ..TaskQuery::default() }
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
        } else {
            self.flags.scopes(&[Scope::Review, Scope::List])
        }
    }

    fn editing(&self) -> bool {
        self.writing.is_some() || self.flags.is_covered()
    }

    fn input(&mut self, input: &Input, cx: &mut Cx) -> bool {
        let Some(writing) = &mut self.writing else { return self.flags.input(input) };
        let taken = writing.input(input);
        if taken {
            cx.effect(Effect::Wake { alarm: Alarm::Draft, after: QUIET });
        }
        taken
    }

    fn run(&mut self, command: Command, cx: &mut Cx) -> bool {
        if self.writing.is_some() {
            self.run_writing(command, cx);
            return true;
        }
        let opens = command == Command::ReviewDecide && self.flags.opened().is_none();
        match self.flags.run(if opens { Command::ListOpen } else { command }, cx) {
            Did::Nothing => {}
            did => {
                self.did(&did, cx);
                return true;
            }
        }
        match command {
            Command::ReviewDecide | Command::ListOpen => self.choose(cx),
            Command::ReviewLaw => self.read_law(cx),
            Command::ReviewExport => {
                if let Some(task) = self.detail() {
                    let path = export::path(cx.shared, &task.row.reference, Form::Evidence);
                    export::ask(Which::Task(task.row.id), Form::Evidence, path, cx);
                }
            }
            _ => return false,
        }
        true
    }

    fn enabled(&self, command: Command, shared: &Shared) -> bool {
        match command {
            Command::ReviewSave => self.writing.as_ref().is_some_and(|writing| writing.sending.is_none()),
            Command::ReviewDecide | Command::ReviewLaw | Command::ReviewExport if self.writing.is_some() => false,
            Command::ReviewDecide | Command::ListOpen => match self.flags.opened() {
                Some(_) => self.detail().is_some(),
                None => self.flags.rows.selected().is_some(),
            },
            Command::ReviewLaw => self.detail().is_some(),
            Command::ReviewExport => self.detail().is_some() && shared.exports_to.is_some(),
            command => self.flags.enabled(command),
        }
    }

    fn click(&mut self, hit: Hit, cx: &mut Cx) {
        if self.writing.is_none() {
            let did = self.flags.click(hit, cx);
            self.did(&did, cx);
        }
    }

    fn shows(&self, target: &Target) -> bool {
        matches!(target, Target::Flag(_))
    }

    fn waiting(&self, shared: &Shared) -> u64 {
        shared.counts.open_flags
    }

    fn enter(&mut self, target: &Target, cx: &mut Cx) {
        if !std::mem::replace(&mut self.looked, true) {
            cx.ask(Ask::LoadDraft(DRAFT));
        }
        match target {
            Target::Flag(id) => {
                self.flags.reload(cx);
                self.open(*id, cx);
            }
            _ => self.flags.refresh(cx),
        }
    }

    fn answer(&mut self, answer: &Answer, cx: &mut Cx) {
        match answer {
            Answer::Flags(query, page) => {
                self.flags.rows.put(query.offset, page.rows.clone(), page.total);
                self.flags.load(cx);
            }
            Answer::Task(task) => {
                let first = self.flags.put(&task.row.id, task);
                if first && self.writing.is_none() && !self.flags.is_covered() {
                    self.bring_back(None);
                }
            }
            Answer::Recorded(_) => {
                if let Some(writing) = self.writing.take_if(|writing| writing.is_answered(cx)) {
                    let sampled = self.detail().is_some_and(|task| detail::is_sample(&task.row));
                    let step = step_name(cx.words(), writing.step, sampled);
                    cx.done(say!(cx.words(), "review-saved", step = step));
                    self.forget(cx);
                }
                self.flags.refresh(cx);
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
                self.kept = draft.as_deref().and_then(HalfWritten::read);
                if let Some(kept) = &self.kept {
                    cx.notify(Tone::Hint, say!(cx.words(), "review-draft", reference = kept.reference.as_str()));
                }
                if self.writing.is_none() && !self.flags.is_covered() {
                    self.bring_back(None);
                }
            }
            Answer::Logged(_) => self.flags.reload(cx),
            _ => {}
        }
    }

    fn leave(&mut self, cx: &mut Cx) {
        self.keep(cx);
    }

    fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        let words = &shared.words;
        let head = match (self.flags.opened(), self.detail()) {
            (None, _) => {
                let total = self.flags.rows.list.total();
                let flags = usize::try_from(shared.counts.open_flags).unwrap_or(usize::MAX).min(total);
                let number = |count: usize| labels::grouped(u64::try_from(count).unwrap_or(u64::MAX));
                let (flags, sampled) = (number(flags), number(total - flags));
                let said = say!(words, "review-total", flags = flags, sampled = sampled);
                (total > 0).then_some((said, Meaning::Title))
            }
            // What the officer may do stands above the task, so that it is read before the keys.
            (Some(_), Some(task)) => Some((may(task, words), Meaning::Accent)),
            (Some(_), None) => None,
        };
        if let Some((said, meaning)) = &head {
            canvas.text(area.x, area.y, said, area.width, *meaning);
        }
        let none = say!(words, "review-none");
        self.flags.view(shared, canvas, area, u16::from(head.is_some()), (&none, Meaning::Good));
        if let Some(writing) = &self.writing {
            writing.view(shared, canvas, centred(area, 72, 12));
        }
    }
}

/// What the officer may do about a task.
fn may(task: &TaskDetail, words: &Words) -> String {
    if detail::is_open(task) && detail::is_sample(&task.row) && !task.standing.own {
        say!(words, "review-sample")
    } else if !detail::is_open(task) {
        say!(words, "review-decided")
    } else if !task.standing.own {
        say!(words, "review-yours")
    } else if task.nobody_left {
        say!(words, "review-nobody-left")
    } else {
        say!(words, "review-own")
    }
}
