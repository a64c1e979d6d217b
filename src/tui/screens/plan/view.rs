//! How the plans look.

use auxlog_law::{Rulebook, Severity};
use auxlog_record::{Date, Task};
use auxlog_store::Agenda;
use ratatui::layout::Rect;

use super::{Plan, State};
use crate::canvas::{Canvas, centred};
use crate::glyph::Glyphs;
use crate::labels;
use crate::shared::Shared;
use crate::task::detail;
use crate::task::panel::{self, Panel};
use crate::text;
use crate::theme::Meaning;
use crate::widgets::{Cell, Column, Line, table};
use crate::words::{Words, say};

/// From this width on the selected plan is read beside the list.
const WIDE: u16 = 120;

pub(super) fn draw(plan: &Plan, shared: &Shared, canvas: &mut Canvas, area: Rect) {
    let words = &shared.words;
    match (&plan.opened, &plan.plans) {
        (Some(opened), _) => match &opened.detail {
            Some(task) => {
                let columns = usize::from(area.width.saturating_sub(2)).min(110);
                let lines = detail::lines(task, shared, &canvas.glyphs, columns);
                opened.reader.view(canvas, area, &lines);
            }
            None => loading(words, canvas, area),
        },
        (None, Some(plans)) => draw_list(plan, plans, shared, canvas, area),
        (None, None) => loading(words, canvas, area),
    }
    if let Some((_, prompt)) = &plan.calling_off {
        prompt.view(canvas, centred(area, 70, 8), &say!(words, "prompt-hint"));
    }
}

fn loading(words: &Words, canvas: &mut Canvas, area: Rect) {
    canvas.text(area.x, area.y, &say!(words, "loading"), area.width, Meaning::Dim);
}

fn draw_list(plan: &Plan, plans: &[Agenda], shared: &Shared, canvas: &mut Canvas, area: Rect) {
    let words = &shared.words;
    let today = shared.now.china_date();
    let waiting = plans.iter().filter(|plan| State::of(plan, today).is_open()).count();
    let improper = |plan: &&Agenda| State::of(plan, today).is_open() && severity(plan) == Severity::Improper;
    let head = say!(words, "plan-head", waiting = waiting, improper = plans.iter().filter(improper).count());
    canvas.text(area.x, area.y, &head, area.width, Meaning::Title);
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    if plans.is_empty() {
        let key = shared.keymap.shown(crate::command::Command::PlanNew).unwrap_or_default();
        canvas.paragraph(body, &say!(words, "plan-none", key = key), 0, Meaning::Dim);
        return;
    }
    let (body, side) = if area.width >= WIDE {
        let width = body.width * 3 / 5;
        (Rect { width, ..body }, Some(Rect { x: body.x + width, width: body.width - width, ..body }))
    } else {
        (body, None)
    };
    let verdict = plans.iter().map(|plan| text::width(&words.terms().verdict(severity(plan)))).max().unwrap_or(8);
    let columns = [
        Column::fixed(say!(words, "column-when"), 11),
        Column::fixed(say!(words, "column-verdict"), u16::try_from(verdict + 2).unwrap_or(12)),
        Column::fixed(say!(words, "column-people"), 14),
        Column::rest(say!(words, "column-text"), 10),
        Column::fixed(say!(words, "column-status"), 12),
    ];
    let glyphs = canvas.glyphs;
    table(canvas, body, &columns, &plan.list, true, |place| {
        plans.get(place).map_or_else(Vec::new, |plan| cells(plan, shared, &glyphs, today))
    });
    if let (Some(side), Some(plan)) = (side, plan.current()) {
        let inner = canvas.frame(side, &plan.task.id, false);
        let lines = brief(plan, shared, &glyphs, usize::from(inner.width));
        for (y, line) in (inner.top()..inner.bottom()).zip(&lines) {
            canvas.text(inner.x, y, &line.text, inner.width, line.meaning);
        }
    }
}

fn severity(plan: &Agenda) -> Severity {
    plan.judged.verdict.verdict
}

fn names(plan: &Agenda) -> Vec<&str> {
    plan.judged.people.iter().map(|person| person.name.as_deref().unwrap_or(person.id.0.as_str())).collect()
}

fn cells(plan: &Agenda, shared: &Shared, glyphs: &Glyphs, today: Date) -> Vec<Cell> {
    let words = &shared.words;
    let word = format!("{} {}", panel::mark(severity(plan), glyphs), words.terms().verdict(severity(plan)));
    let what = plan.task.text.clone().unwrap_or_else(|| labels::activities(words, &plan.task.items));
    let (state, meaning) = state(State::of(plan, today), words, glyphs);
    vec![
        Cell::new(labels::when(plan.at, today), Meaning::Text),
        Cell::new(word, panel::meaning(severity(plan))),
        Cell::new(names(plan).join(&say!(words, "list-separator")), Meaning::Text),
        Cell::new(what.replace('\n', " "), Meaning::Text),
        Cell::new(state, meaning),
    ]
}

fn state(state: State, words: &Words, glyphs: &Glyphs) -> (String, Meaning) {
    match state {
        State::Waiting => (say!(words, "today-to-do"), Meaning::Warn),
        State::Overdue => (format!("{} {}", glyphs.review, say!(words, "plan-overdue")), Meaning::Bad),
        State::Done => (format!("{} {}", glyphs.check, say!(words, "today-done")), Meaning::Dim),
        State::CalledOff => (say!(words, "plan-called-off"), Meaning::Dim),
    }
}

/// What is known of a plan, for a panel beside the list.
fn brief(plan: &Agenda, shared: &Shared, glyphs: &Glyphs, columns: usize) -> Vec<Line> {
    let words = &shared.words;
    let mut said: Vec<(String, Meaning)> = Vec::new();
    let word = words.terms().verdict(severity(plan));
    said.push((format!("{} {word}", panel::mark(severity(plan), glyphs)), panel::meaning(severity(plan))));
    let by = detail::named(plan.by.name.as_deref(), &plan.by.id.0);
    let task = Task { at: Some(plan.at), ..plan.task.clone() };
    let stated = detail::stated_in_brief(words, &task, &*shared.roster());
    said.extend(stated.into_iter().map(|said| (said, Meaning::Text)));
    let facts = [(say!(words, "plan-by"), by), (say!(words, "plan-reason"), plan.reason.clone().unwrap_or_default())];
    for (label, value) in facts.into_iter().filter(|(_, value)| !value.is_empty()) {
        said.push((say!(words, "detail-fact", label = label, value = value), Meaning::Text));
    }
    let mut lines = Vec::new();
    for (said, meaning) in said {
        lines.extend(text::wrap(&said, columns).into_iter().map(|line| Line { text: line.to_owned(), meaning }));
    }
    let panel = Panel::of(Rulebook::in_use(), &plan.judged.verdict, &[], &names(plan), shared.lang());
    lines.push(Line { text: String::new(), meaning: Meaning::Text });
    lines.extend(panel.lines(words, glyphs, columns));
    lines
}
