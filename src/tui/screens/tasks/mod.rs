//! 台账: every task, filtered, and what is known of one.

pub mod filter;
mod out;
mod view;
mod views;

#[cfg(test)]
mod tests;

use auxlog_record::RecordId;
use auxlog_store::{TaskDetail, TaskQuery};
use ratatui::layout::Rect;

use self::filter::Filter;
use crate::canvas::{Canvas, Hit};
use crate::command::{Command, Scope};
use crate::effect::{Alarm, Answer, Ask, Effect, Failure};
use crate::event::Input;
use crate::export::Form;
use crate::kept::Kept;
use crate::screen::{Screen, Target};
use crate::shared::{Cx, Shared, Tone};
use crate::widgets::Reader;
use crate::widgets::pages::{PAGE, Pages};
use crate::widgets::shelf::{Browser, Shelf};
use crate::widgets::{Asked, Prompt};
use crate::widgets::{Field, Picker};
use crate::words::say;

/// Where the officer's own views are kept.
const SHELF: &str = "task views";
/// Words are looked for after so long without a key: that reads through every task.
const QUIET: std::time::Duration = std::time::Duration::from_millis(150);

/// What lies before the list or the task.
#[derive(Debug)]
enum Front {
    /// Why the task is to be annulled, being written.
    Annulling(Prompt),
    /// Views to choose from.
    Views(Browser),
    /// Forms of file to choose from.
    Form(Picker<Form>),
    /// Where the file goes, being written.
    Path(Form, Prompt),
}

/// The list of tasks.
#[derive(Debug, Default)]
pub struct Tasks {
    filter_line: Field,
    filtering: bool,
    filter: Filter,
    pages: Pages,
    /// The task that is opened, once it came.
    opened: Option<Opened>,
    front: Option<Front>,
    /// The officer's own views.
    shelf: Shelf,
}

#[derive(Debug)]
struct Opened {
    id: RecordId,
    detail: Option<Box<TaskDetail>>,
    reader: Reader,
}

impl Tasks {
    fn reload(&mut self, cx: &mut Cx) {
        self.pages.forget();
        self.load(cx);
    }

    fn load(&mut self, cx: &mut Cx) {
        for offset in self.pages.missing() {
            cx.ask(Ask::Tasks(self.filter.query(offset, PAGE)));
        }
    }

    fn open(&mut self, id: RecordId, cx: &mut Cx) {
        self.opened = Some(Opened { id, detail: None, reader: Reader::default() });
        cx.ask(Ask::Task(id));
    }

    fn filter_changed(&mut self, cx: &mut Cx) {
        let today = cx.shared.now.china_date().0;
        let filter = Filter::read(self.filter_line.text(), today).with_people(&cx.shared.roster());
        if filter != self.filter {
            let reads_all = !filter.words.is_empty() || filter.place.is_some();
            self.filter = filter;
            self.pages.list.select(0);
            if reads_all && self.filtering {
                self.pages.forget();
                cx.effect(Effect::Wake { alarm: Alarm::Filter, after: QUIET });
            } else {
                self.reload(cx);
            }
        }
    }

    fn run_front(&mut self, command: Command, cx: &mut Cx) {
        match &mut self.front {
            Some(Front::Annulling(prompt)) => match prompt.run(command) {
                Asked::Open => {}
                Asked::Cancelled => self.front = None,
                Asked::Empty => cx.notify(Tone::Failed, say!(cx.words(), "reason-needed")),
                Asked::Given(reason) => self.annul(reason, cx),
            },
            Some(Front::Views(browser)) => {
                let wish = browser.run(command);
                self.wished(wish, cx);
            }
            Some(Front::Form(picker)) => {
                let outcome = picker.run(command);
                self.form_chosen(outcome, cx);
            }
            Some(Front::Path(form, prompt)) => {
                let (form, asked) = (*form, prompt.run(command));
                self.path_given(form, asked, cx);
            }
            None => {}
        }
    }

    fn detail(&self) -> Option<&TaskDetail> {
        self.opened.as_ref()?.detail.as_deref()
    }

    fn annul(&mut self, reason: String, cx: &mut Cx) {
        self.front = None;
        if let Some(opened) = &self.opened {
            cx.ask(Ask::Annul(opened.id, reason));
        }
    }

    fn run_opened(&mut self, command: Command, cx: &mut Cx) -> bool {
        let detail = self.detail();
        match command {
            Command::Back => self.opened = None,
            Command::TasksLike => {
                if let Some(detail) = detail {
                    cx.go(Target::LogLike(Box::new(detail.task.clone())));
                }
            }
            Command::TasksCorrect => {
                if let Some(detail) = detail {
                    cx.go(Target::Correct {
                        target: detail.row.id,
                        based_on: detail.heads.clone(),
                        task: Box::new(detail.task.clone()),
                    });
                }
            }
            Command::TasksReview => {
                if let Some(detail) = detail {
                    cx.go(Target::Flag(detail.row.id));
                }
            }
            Command::TasksLaw => {
                let cited = detail.and_then(|detail| detail.judged.verdict.findings.first()?.cites.first().cloned());
                let basis = || detail.and_then(|detail| detail.judged.verdict.basis.first().cloned());
                if let Some(cite) = cited.or_else(basis) {
                    cx.go(Target::Provision(cite));
                }
            }
            Command::TasksAnnul => {
                let prompt = Prompt::new(say!(cx.words(), "tasks-annul-title"), say!(cx.words(), "tasks-annul-why"));
                self.front = Some(Front::Annulling(prompt));
            }
            command => return self.opened.as_mut().is_some_and(|opened| opened.reader.run(command)),
        }
        true
    }
}

impl Screen for Tasks {
    fn scopes(&self) -> &'static [Scope] {
        match &self.front {
            Some(Front::Annulling(_) | Front::Path(..) | Front::Views(Browser::Naming(_))) => &[Scope::Form],
            Some(Front::Views(_) | Front::Form(_)) => &[Scope::List, Scope::Form],
            None => &[Scope::Tasks, Scope::List],
        }
    }

    fn editing(&self) -> bool {
        self.front.is_some() || self.filtering
    }

    fn input(&mut self, input: &Input, cx: &mut Cx) -> bool {
        match &mut self.front {
            Some(Front::Annulling(prompt) | Front::Path(_, prompt)) => return prompt.input(input),
            Some(Front::Views(browser)) => return browser.input(input),
            Some(Front::Form(picker)) => return picker.input(input),
            None => {}
        }
        let taken = self.filter_line.input(input);
        if taken {
            self.filter_changed(cx);
        }
        taken
    }

    fn run(&mut self, command: Command, cx: &mut Cx) -> bool {
        if self.front.is_some() {
            self.run_front(command, cx);
            return true;
        }
        match command {
            Command::TasksExport => {
                self.choose_form(cx);
                return true;
            }
            Command::TasksPrint => {
                self.ask_path(Form::Sheet, cx);
                return true;
            }
            _ => {}
        }
        if self.opened.is_some() {
            return self.run_opened(command, cx);
        }
        match command {
            Command::ListSearch => self.filtering = true,
            Command::TasksRefresh => self.reload(cx),
            Command::TasksViews => self.browse(cx),
            Command::ListOpen | Command::TasksReview | Command::TasksLike => {
                let Some(row) = self.pages.selected() else { return true };
                self.filtering = false;
                let id = row.id;
                match command {
                    Command::TasksReview => cx.go(Target::Flag(id)),
                    _ => self.open(id, cx),
                }
            }
            Command::Back if self.filtering => self.filtering = false,
            Command::Back if !self.filter.is_empty() => {
                self.filter_line.set("");
                self.filter_changed(cx);
            }
            command if self.filtering && self.filter_line.run(command) => self.filter_changed(cx),
            command => {
                let moved = self.pages.list.run(command);
                self.load(cx);
                return moved;
            }
        }
        true
    }

    fn enabled(&self, command: Command, shared: &Shared) -> bool {
        match command {
            Command::TasksLike | Command::TasksLaw => self.detail().is_some(),
            Command::TasksAnnul | Command::TasksCorrect => {
                self
                .detail()
                .is_some_and(|detail| detail.row.mine && detail.row.status != auxlog_store::TaskStatus::Annulled)
                // Whoever sees a conflict may settle it.
                || command == Command::TasksCorrect && self.detail().is_some_and(|detail| detail.row.conflict)
            }
            Command::TasksReview => {
                let row = self.detail().map(|detail| &detail.row).or_else(|| self.pages.selected());
                row.is_some_and(|row| row.verdict != auxlog_law::Severity::Permitted)
            }
            Command::TasksExport | Command::TasksPrint => shared.exports_to.is_some() && self.pages.list.total() > 0,
            Command::ListOpen => self.front.is_some() || self.opened.is_none(),
            Command::ListSearch | Command::TasksRefresh | Command::TasksViews => self.opened.is_none(),
            _ => true,
        }
    }

    fn click(&mut self, hit: Hit, cx: &mut Cx) {
        match &mut self.front {
            Some(Front::Views(browser)) => {
                let wish = browser.click(hit);
                return self.wished(wish, cx);
            }
            Some(Front::Form(picker)) => {
                let outcome = picker.click(hit);
                return self.form_chosen(outcome, cx);
            }
            Some(Front::Annulling(_) | Front::Path(..)) => return,
            None => {}
        }
        if let (Hit::Row(row), None) = (hit, &self.opened) {
            if self.pages.list.selected() == Some(row) {
                self.run(Command::ListOpen, cx);
            } else {
                self.pages.list.select(row);
                self.load(cx);
            }
        }
    }

    fn shows(&self, target: &Target) -> bool {
        matches!(target, Target::Task(_))
    }

    fn enter(&mut self, target: &Target, cx: &mut Cx) {
        self.shelf.load(SHELF, cx);
        self.reload(cx);
        match target {
            Target::Task(id) => self.open(*id, cx),
            _ => {
                if let Some(opened) = &self.opened {
                    cx.ask(Ask::Task(opened.id));
                }
            }
        }
    }

    fn keep(&self, kept: &mut Kept) {
        kept.put("tasks.filter", self.filter_line.text());
    }

    fn restore(&mut self, kept: &Kept, cx: &mut Cx) {
        self.filter_line.set(kept.get("tasks.filter").unwrap_or_default());
        let today = cx.shared.now.china_date().0;
        self.filter = Filter::read(self.filter_line.text(), today).with_people(&cx.shared.roster());
    }

    fn answer(&mut self, answer: &Answer, cx: &mut Cx) {
        match answer {
            Answer::Draft(SHELF, _) => {
                self.shelf.answer(SHELF, answer);
            }
            Answer::Woke(Alarm::Filter) => self.load(cx),
            Answer::Exported(job, written) => Self::exported(job, written, cx),
            Answer::Tasks(query, page) if *query == same_list(&self.filter, query) => {
                self.pages.put(query.offset, page.clone());
                self.load(cx);
            }
            Answer::Task(detail) => {
                if let Some(opened) = &mut self.opened
                    && opened.id == detail.row.id
                {
                    opened.detail = Some(detail.clone());
                }
            }
            Answer::Logged(_) | Answer::Recorded(_) | Answer::Roster(_) if self.pages.list.total() > 0 => {
                self.reload(cx);
                if let Some(opened) = &self.opened {
                    cx.ask(Ask::Task(opened.id));
                }
            }
            Answer::Failed(Failure { ask: Ask::Annul(..), error }) => {
                cx.notify(Tone::Failed, cx.words().terms().ledger(error));
            }
            _ => {}
        }
    }

    fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        view::draw(self, shared, canvas, area);
    }
}

/// The query that this filter would make for the same part: an answer to another is late.
fn same_list(filter: &Filter, query: &TaskQuery) -> TaskQuery {
    filter.query(query.offset, PAGE)
}
