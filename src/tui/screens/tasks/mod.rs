//! 台账: every task, filtered, and what is known of one.

mod book;
pub mod filter;
mod out;
mod views;

#[cfg(test)]
mod tests;

use auxlog_law::Severity;
use auxlog_store::{TaskRow, TaskStatus};
use ratatui::layout::Rect;

use self::book::{Filtered, Wish};
use self::filter::Filter;
use crate::canvas::{Canvas, Hit};
use crate::command::{Command, Scope};
use crate::effect::{Alarm, Answer, Ask, Effect, Failure};
use crate::event::Input;
use crate::export::Form;
use crate::remembered::Remembered;
use crate::screen::{Screen, Target};
use crate::shared::{Cx, Shared, Tone};
use crate::theme::Meaning;
use crate::widgets::register::{Did, Front, Register, cites};
use crate::widgets::shelf::{Browser, Shelf};
use crate::widgets::{Field, Prompt};
use crate::words::say;

/// Where the officer's own views are kept.
const SHELF: &str = "task views";
/// Words are looked for after so long without a key: that reads through every task.
const QUIET: std::time::Duration = std::time::Duration::from_millis(150);

/// The list of tasks.
#[derive(Debug, Default)]
pub struct Tasks {
    filter_line: Field,
    filtering: bool,
    list: Register<Filtered>,
    views: Option<Browser>,
    /// The officer's own views.
    shelf: Shelf,
}

impl Tasks {
    fn filter_changed(&mut self, cx: &mut Cx) {
        let today = cx.shared.now.china_date().0;
        let filter =
            Filter::read(self.filter_line.text(), today, cx.words().rulebook()).with_people(&cx.shared.roster());
        if filter != self.list.book.filter {
            let reads_all = !filter.words.is_empty() || filter.place.is_some();
            self.list.book.filter = filter;
            self.list.rows.list.select(0);
            self.list.rows.forget();
            if reads_all && self.filtering {
                cx.effect(Effect::Wake { alarm: Alarm::Filter, after: QUIET });
            } else {
                self.list.load(cx);
            }
        }
    }

    /// What the list knows of the task that is opened, else of the selected one.
    fn row(&self) -> Option<&TaskRow> {
        self.list.detail().map(|detail| &detail.row).or_else(|| self.list.rows.selected())
    }

    /// Does what was chosen or written in front of the list.
    fn did(&mut self, did: Did<Wish>, cx: &mut Cx) {
        match did {
            Did::Chosen(Wish::Export(form)) => self.ask_path(form, cx),
            Did::Written(Wish::Export(form), path) => self.export(form, &path, cx),
            Did::Written(Wish::Annul(id), reason) => {
                cx.ask(Ask::Annul(id, reason));
            }
            _ => {}
        }
    }

    fn run_opened(&mut self, command: Command, cx: &mut Cx) -> bool {
        let (Some(detail), words) = (self.list.detail(), cx.words()) else { return false };
        match command {
            Command::TasksLike => cx.go(Target::LogLike(Box::new(detail.task.clone()))),
            Command::TasksCorrect => cx.go(Target::Correct {
                target: detail.row.id,
                based_on: detail.heads.clone(),
                task: Box::new(detail.task.clone()),
            }),
            Command::TasksLaw => self.list.read(&cites::first(&detail.judged.verdict), cx),
            Command::TasksAnnul => {
                let prompt = Prompt::new(say!(words, "tasks-annul-title"), say!(words, "tasks-annul-why"));
                let wish = Wish::Annul(detail.row.id);
                self.list.ask(Front::words(prompt, wish, say!(words, "reason-needed"), (70, 8)));
            }
            _ => return false,
        }
        true
    }
}

impl Screen for Tasks {
    fn scopes(&self) -> &'static [Scope] {
        match &self.views {
            Some(Browser::Naming(_)) => &[Scope::Form],
            Some(_) => &[Scope::List, Scope::Form],
            None => self.list.scopes(&[Scope::Tasks, Scope::List]),
        }
    }

    fn editing(&self) -> bool {
        self.views.is_some() || self.list.is_covered() || self.filtering
    }

    fn input(&mut self, input: &Input, cx: &mut Cx) -> bool {
        if let Some(views) = &mut self.views {
            return views.input(input);
        }
        if self.list.is_covered() {
            return self.list.input(input);
        }
        let taken = self.filter_line.input(input);
        if taken {
            self.filter_changed(cx);
        }
        taken
    }

    fn run(&mut self, command: Command, cx: &mut Cx) -> bool {
        if let Some(views) = &mut self.views {
            let wish = views.run(command);
            self.wished(wish, cx);
            return true;
        }
        match self.list.run(command, cx) {
            Did::Nothing => {}
            did => {
                self.filtering &= self.list.opened().is_none();
                self.did(did, cx);
                return true;
            }
        }
        match command {
            Command::TasksExport => self.choose_form(cx),
            Command::TasksPrint => self.ask_path(Form::Sheet, cx),
            Command::TasksReview => {
                if let Some(row) = self.row() {
                    cx.go(Target::Flag(row.id));
                }
            }
            _ if self.list.opened().is_some() => return self.run_opened(command, cx),
            Command::ListSearch => self.filtering = true,
            Command::TasksRefresh => self.list.reload(cx),
            Command::TasksViews => self.browse(cx),
            Command::Back if self.filtering => self.filtering = false,
            Command::Back if !self.list.book.filter.is_empty() => {
                self.filter_line.set("");
                self.filter_changed(cx);
            }
            command if self.filtering && self.filter_line.run(command) => self.filter_changed(cx),
            _ => return false,
        }
        true
    }

    fn enabled(&self, command: Command, shared: &Shared) -> bool {
        let detail = self.list.detail();
        match command {
            Command::TasksLike | Command::TasksLaw => detail.is_some(),
            // Whoever sees a conflict may settle it.
            Command::TasksCorrect if detail.is_some_and(|detail| detail.row.conflict) => true,
            Command::TasksAnnul | Command::TasksCorrect => {
                detail.is_some_and(|detail| detail.row.mine && detail.row.status != TaskStatus::Annulled)
            }
            Command::TasksReview => self.row().is_some_and(|row| row.verdict != Severity::Permitted),
            Command::TasksExport | Command::TasksPrint => {
                shared.exports_to.is_some() && self.list.rows.list.total() > 0
            }
            Command::ListOpen if self.views.is_some() => true,
            Command::ListSearch | Command::TasksRefresh | Command::TasksViews => self.list.opened().is_none(),
            command => self.list.enabled(command),
        }
    }

    fn click(&mut self, hit: Hit, cx: &mut Cx) {
        if let Some(views) = &mut self.views {
            let wish = views.click(hit);
            return self.wished(wish, cx);
        }
        let did = self.list.click(hit, cx);
        self.filtering &= self.list.opened().is_none();
        self.did(did, cx);
    }

    fn shows(&self, target: &Target) -> bool {
        matches!(target, Target::Task(_))
    }

    fn enter(&mut self, target: &Target, cx: &mut Cx) {
        self.shelf.load(SHELF, cx);
        match target {
            Target::Task(id) => {
                self.list.reload(cx);
                self.list.open(*id, cx);
            }
            _ => self.list.refresh(cx),
        }
    }

    fn remember(&self, kept: &mut Remembered) {
        kept.put("tasks.filter", self.filter_line.text());
    }

    fn restore(&mut self, kept: &Remembered, cx: &mut Cx) {
        self.filter_line.set(kept.get("tasks.filter").unwrap_or_default());
        let today = cx.shared.now.china_date().0;
        self.list.book.filter =
            Filter::read(self.filter_line.text(), today, cx.words().rulebook()).with_people(&cx.shared.roster());
    }

    fn answer(&mut self, answer: &Answer, cx: &mut Cx) {
        match answer {
            Answer::Draft(SHELF, _) => {
                self.shelf.answer(SHELF, answer);
            }
            Answer::Woke(Alarm::Filter) => self.list.load(cx),
            Answer::Exported(job, written) => Self::exported(job, written, cx),
            // An answer to another filter is late.
            Answer::Tasks(query, page) if *query == self.list.book.query(query.offset) => {
                self.list.rows.put(query.offset, page.rows.clone(), page.total);
                self.list.load(cx);
            }
            Answer::Task(detail) => {
                self.list.put(&detail.row.id, detail);
            }
            Answer::Logged(_) | Answer::Recorded(_) | Answer::Roster(_) if self.list.rows.list.total() > 0 => {
                self.list.refresh(cx);
            }
            Answer::Failed(Failure { ask: Ask::Annul(..), error }) => {
                cx.notify(Tone::Failed, cx.words().terms().ledger(error));
            }
            _ => {}
        }
    }

    fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        let words = &shared.words;
        let listed = self.list.opened().is_none();
        if listed {
            let total = say!(words, "tasks-total", total = self.list.rows.list.total());
            let (label, hint) = (say!(words, "tasks-filter"), say!(words, "tasks-filter-hint"));
            self.filter_line.view_between(canvas, area, &label, &total, self.filtering, &hint);
        }
        let all = self.list.book.filter.is_empty();
        let none = if all { say!(words, "tasks-none") } else { say!(words, "tasks-none-found") };
        self.list.view(shared, canvas, area, u16::from(listed), (&none, Meaning::Dim));
        if let Some(views) = &self.views {
            views.view(words, canvas, area);
        }
    }
}
