//! The state of synchronisation (同步): three counts that are told apart, what waits to be sent, the
//! server's receipt, how far it has come, what the server set aside, and conflicts to settle.

mod view;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use auxlog_store::Concerns;
use auxlog_store::{TaskPage, TaskQuery, Waiting};
use auxlog_sync::Outcome;
use ratatui::layout::Rect;

use crate::canvas::{Canvas, Hit};
use crate::command::{Command, Scope};
use crate::effect::{Answer, Ask, Effect};
use crate::screen::{Screen, Target};
use crate::shared::{Cx, Shared};
use crate::sync_state::{ReceiptView, SyncNews};
use crate::widgets::List;
use crate::widgets::Reader;

/// Conflicts listed at most; the rest come up as these are settled.
const CONFLICTS: usize = 50;

/// The screen's state.
#[derive(Debug, Default)]
pub struct Sync {
    news: Option<SyncNews>,
    receipt: Option<ReceiptView>,
    /// What the last round that ended well came to.
    outcome: Option<Arc<Outcome>>,
    waiting: Vec<Waiting>,
    /// What the server said that somebody should look at.
    concerns: Concerns,
    /// Tasks with contradictions that nobody has settled.
    conflicts: TaskPage,
    list: List,
    /// What is told of the last round, scrolled.
    latest: Reader,
    /// It was looked at: what it shows is kept up to date.
    shown: bool,
}

impl Sync {
    fn ask(&self, cx: &mut Cx) {
        if self.shown {
            cx.ask(Ask::Waiting);
            cx.ask(Ask::Concerns);
            cx.ask(Ask::Tasks(conflicts()));
        }
    }

    /// Opens the selected conflict: a correction that was made knowing of all others settles it.
    fn settle(&self, cx: &mut Cx) {
        let selected = self.list.selected().and_then(|place| self.conflicts.rows.get(place));
        if let Some(row) = selected {
            cx.go(Target::Task(row.id));
        }
    }
}

/// The question for tasks with contradictions.
pub(crate) fn conflicts() -> TaskQuery {
    TaskQuery { conflict: true, limit: CONFLICTS, ..TaskQuery::default() }
}

impl Screen for Sync {
    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Sync, Scope::List]
    }

    fn enabled(&self, command: Command, shared: &Shared) -> bool {
        let enrolled = shared.session.as_ref().is_some_and(|session| session.enrolment.is_some());
        match command {
            Command::SyncNow => enrolled,
            Command::SyncSettle | Command::ListOpen => self.list.selected().is_some(),
            Command::ListSearch => false,
            _ => true,
        }
    }

    fn run(&mut self, command: Command, cx: &mut Cx) -> bool {
        match command {
            Command::SyncNow => cx.effect(Effect::SyncNow),
            Command::SyncSettle | Command::ListOpen => self.settle(cx),
            Command::ListPageUp | Command::ListPageDown => return self.latest.run(command),
            command => return self.list.run(command),
        }
        true
    }

    fn click(&mut self, hit: Hit, cx: &mut Cx) {
        if let Hit::Row(row) = hit {
            if self.list.selected() == Some(row) {
                self.settle(cx);
            } else {
                self.list.select(row);
            }
        }
    }

    fn enter(&mut self, _target: &Target, cx: &mut Cx) {
        self.shown = true;
        self.ask(cx);
    }

    fn answer(&mut self, answer: &Answer, cx: &mut Cx) {
        match answer {
            Answer::Sync(news) => {
                if let SyncNews::Done { outcome, .. } = news {
                    self.outcome = Some(Arc::clone(outcome));
                }
                self.news = Some(news.clone());
                if !matches!(news, SyncNews::Progress(_) | SyncNews::Started) {
                    self.ask(cx);
                }
            }
            Answer::Receipt(receipt) => self.receipt = Some(receipt.clone()),
            Answer::Waiting(waiting) => self.waiting.clone_from(waiting),
            Answer::Concerns(concerns) => self.concerns = (**concerns).clone(),
            Answer::Tasks(query, page) if *query == conflicts() => {
                self.list.set_total(page.rows.len());
                self.conflicts = page.clone();
            }
            _ => {}
        }
    }

    fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        view::draw(self, shared, canvas, area);
    }
}
