//! What the plans list, and how that looks.

use auxlog_law::Severity;
use auxlog_record::{Date, RecordId, Task};
use auxlog_store::{Agenda, TaskDetail};
use chrono::Days;

use super::PlanState;
use crate::effect::Ask;
use crate::labels;
use crate::shared::Shared;
use crate::task::detail;
use crate::task::panel::{self, Panel};
use crate::text;
use crate::theme::Meaning;
use crate::widgets::register::Book;
use crate::widgets::{Cell, Column, LongList, Page};
use crate::words::say;

/// Plans of so many days back are shown: what was not carried out should be seen.
const BACK: u64 = 7;
/// And of so many days ahead.
const AHEAD: u64 = 60;

/// Why the plan is called off, being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CallOff(pub(super) RecordId);

#[derive(Debug, Default)]
pub(super) struct Plans;

impl Book for Plans {
    type Row = Agenda;
    type Id = RecordId;
    type Detail = TaskDetail;
    type Wish = CallOff;

    fn id(&self, plan: &Agenda) -> RecordId {
        plan.id
    }

    fn ask_list(&self, _offset: usize, shared: &Shared) -> Ask {
        let today = shared.now.china_date().0;
        let since = today.checked_sub_days(Days::new(BACK)).unwrap_or(today);
        let until = today.checked_add_days(Days::new(AHEAD)).unwrap_or(today);
        Ask::Plans(Date(since), Date(until))
    }

    fn ask(&self, id: &RecordId) -> Ask {
        Ask::Task(*id)
    }

    fn columns(&self, plans: &LongList<Agenda>, shared: &Shared, _width: u16) -> Vec<Column> {
        let words = &shared.words;
        let verdict = plans.iter().map(|plan| text::width(&words.terms().verdict(severity(plan)))).max().unwrap_or(8);
        vec![
            Column::fixed(say!(words, "column-when"), 11),
            Column::fixed(say!(words, "column-verdict"), u16::try_from(verdict + 2).unwrap_or(12)),
            Column::fixed(say!(words, "column-people"), 14),
            Column::rest(say!(words, "column-text"), 10),
            Column::fixed(say!(words, "column-status"), 12),
        ]
    }

    fn cells(&self, plan: &Agenda, shared: &Shared, _width: u16) -> Vec<Cell> {
        let (words, glyphs, today) = (&shared.words, &shared.glyphs, shared.now.china_date());
        let word = format!("{} {}", panel::mark(severity(plan), glyphs), words.terms().verdict(severity(plan)));
        let what = plan.task.text.clone().unwrap_or_else(|| labels::activities(words, &plan.task.items));
        let (state, meaning) = match PlanState::of(plan, today) {
            PlanState::Waiting => (say!(words, "today-to-do"), Meaning::Warn),
            PlanState::Overdue => (format!("{} {}", glyphs.review, say!(words, "plan-overdue")), Meaning::Bad),
            PlanState::Done => (format!("{} {}", glyphs.check, say!(words, "today-done")), Meaning::Dim),
            PlanState::CalledOff => (say!(words, "plan-called-off"), Meaning::Dim),
        };
        vec![
            Cell::new(labels::when(plan.at, today), Meaning::Text),
            Cell::new(word, panel::meaning(severity(plan))),
            Cell::new(plan.judged.names().join(&say!(words, "list-separator")), Meaning::Text),
            Cell::new(what.replace('\n', " "), Meaning::Text),
            Cell::new(state, meaning),
        ]
    }

    fn brief(&self, plan: &Agenda, page: &mut Page) -> String {
        let words = page.words;
        let word = words.terms().verdict(severity(plan));
        page.add(0, &format!("{} {word}", panel::mark(severity(plan), page.glyphs)), panel::meaning(severity(plan)));
        let task = Task { at: Some(plan.at), ..plan.task.clone() };
        for said in detail::stated_in_brief(words, &task, &*page.shared.roster()) {
            page.add(0, &said, Meaning::Text);
        }
        page.fact(&say!(words, "plan-by"), &detail::named(plan.by.name.as_deref(), &plan.by.id.0));
        page.fact(&say!(words, "plan-reason"), plan.reason.as_deref().unwrap_or_default());
        let panel = Panel::of(words.rulebook(), &plan.judged.verdict, &[], &plan.judged.names(), words.lang());
        page.blank();
        panel.write(page);
        plan.task.id.clone()
    }

    fn write(&self, task: &TaskDetail, page: &mut Page) {
        detail::write(task, page);
    }
}

fn severity(plan: &Agenda) -> Severity {
    plan.judged.verdict.verdict
}
