//! How today's page looks.

use auxlog_law::Severity;
use auxlog_store::{Agenda, DayCount, DayReport, Due, DueKind, PersonKey};
use auxlog_sync::message::IncidentNote;
use chrono::Datelike as _;
use ratatui::layout::Rect;

use super::{Part, Today, whole};
use crate::canvas::{Canvas, Hit};
use crate::command::Command;
use crate::glyph::Glyphs;
use crate::labels;
use crate::shared::Shared;
use crate::task::{panel, rows};
use crate::text;
use crate::theme::Meaning;
use crate::widgets::{Cell, Column, table};
use crate::words::{Words, say};

/// From this width on the calendar stands at the right.
pub(super) const WIDE: u16 = 120;
/// From this height on the last weeks stand in a line where the calendar has no room.
const TALL: u16 = 20;

pub(super) fn draw(today: &Today, shared: &Shared, canvas: &mut Canvas, area: Rect) {
    let Some(report) = &today.report else {
        canvas.text(area.x, area.y, &say!(shared.words, "loading"), area.width, Meaning::Dim);
        return;
    };
    let (area, side) = if area.width >= WIDE {
        let width = area.width - 46;
        (Rect { width: width - 1, ..area }, Some(Rect { x: area.x + width, width: 46, ..area }))
    } else {
        (area, None)
    };
    if today.calendar && side.is_none() {
        calendar(report, shared, canvas, area);
        return;
    }
    summary(report, shared, canvas, area);
    let mut used = 3;
    for (said, meaning) in concerns(today, shared) {
        canvas.text(area.x, area.y + used, &said, area.width, meaning);
        used += 1;
    }
    if side.is_none() && area.height >= TALL {
        fortnight(report, shared, canvas, Rect { y: area.y + used, height: 1, ..area });
        used += 1;
    }
    let rest = Rect { y: area.y + used, height: area.height.saturating_sub(used), ..area };
    let heights = shares(report, rest.height);
    let mut y = rest.y;
    for (part, height) in Part::ALL.into_iter().zip(heights) {
        let place = Rect { y, height, ..rest };
        y += height;
        draw_part(today, report, part, shared, canvas, place);
    }
    if let Some(side) = side {
        calendar(report, shared, canvas, side);
    }
}

/// What somebody should look at, in a line each: own records outside the log, others' that await this
/// officer, what went wrong in the log, entries of registers that fall due.
fn concerns(today: &Today, shared: &Shared) -> Vec<(String, Meaning)> {
    let (words, concerns) = (&shared.words, &today.concerns);
    let mut said = Vec::new();
    let own: u64 = concerns.custody.iter().map(|one| one.held + one.set_aside.len() as u64).sum();
    if own > 0 {
        said.push((say!(words, "today-own-held", count = own), Meaning::Bad));
    }
    let of = |fits: &dyn Fn(&str) -> bool| -> u64 {
        concerns.awaiting.iter().filter(|one| fits(&one.what)).map(|one| one.count).sum()
    };
    let (held, aside) = (of(&|what| what == "held"), of(&|what| what == "set_aside"));
    let others = of(&|what| !matches!(what, "held" | "set_aside"));
    if held + aside + others > 0 {
        let meaning = if held + aside > 0 { Meaning::Bad } else { Meaning::Warn };
        said.push((say!(words, "today-awaiting", held = held, aside = aside, others = others), meaning));
    }
    let recent = recent(&concerns.incidents, shared);
    if recent > 0 {
        said.push((say!(words, "today-incidents", count = recent), Meaning::Warn));
    }
    if today.soon > 0 {
        said.push((say!(words, "today-soon", count = today.soon), Meaning::Warn));
    }
    said
}

/// How much went wrong in the agency's log in the last fortnight.
fn recent(incidents: &[IncidentNote], shared: &Shared) -> usize {
    const FORTNIGHT_MS: i64 = 14 * 24 * 60 * 60 * 1000;
    let since = (shared.now.millis() - FORTNIGHT_MS).max(0).unsigned_abs();
    incidents.iter().filter(|incident| incident.at_ms >= since).count()
}

/// How many lines each part gets: as many as it needs while there is room, and at least three.
/// Where nothing is planned, no line is spent on saying so.
fn shares(report: &DayReport, height: u16) -> [u16; 4] {
    let wanted = |rows: usize| u16::try_from(rows.max(1) + 1).unwrap_or(u16::MAX);
    let planned = if report.planned.is_empty() { 0 } else { wanted(report.planned.len()) };
    let needs = [wanted(report.flags.len()), planned, wanted(report.tasks.len()), wanted(report.due.len())];
    let parts = needs.iter().filter(|need| **need > 0).count();
    let least = 3.min(height / u16::try_from(parts).unwrap_or(4));
    let mut shares = needs.map(|need| need.min(least));
    let mut left = height.saturating_sub(shares.iter().sum());
    while left > 0 {
        let hungry = (0..needs.len()).filter(|part| shares[*part] < needs[*part]);
        let Some(next) = hungry.min_by_key(|part| shares[*part]) else { break };
        shares[next] += 1;
        left -= 1;
    }
    shares
}

fn summary(report: &DayReport, shared: &Shared, canvas: &mut Canvas, area: Rect) {
    let words = &shared.words;
    let glyphs = canvas.glyphs;
    let who = shared.session.as_ref().map_or_else(String::new, |session| {
        let identity = &session.identity;
        format!("{}  {} {}", identity.agency_name, identity.officer_name, identity.officer)
    });
    let line = |row: u16| Rect { y: area.y + row, height: 1, ..area };
    canvas.text(area.x, area.y, &labels::long_date(words, report.date), area.width, Meaning::Title);
    canvas.text_right(line(0), &who, Meaning::Dim);

    let count = &report.count;
    let logged = say!(words, "today-logged", tasks = count.tasks);
    let part = |severity: Severity, times: u32| {
        format!("{} {} {times}", panel::mark(severity, &glyphs), words.terms().verdict(severity))
    };
    let (permitted, review, improper) = (
        part(Severity::Permitted, count.permitted),
        part(Severity::NeedsReview, count.needs_review),
        part(Severity::Improper, count.improper),
    );
    let said = canvas.line(
        line(1),
        &[
            (&logged, Meaning::Text),
            ("  ", Meaning::Text),
            (&permitted, Meaning::Good),
            ("  ", Meaning::Text),
            (&review, Meaning::Warn),
            ("  ", Meaning::Text),
            (&improper, Meaning::Bad),
        ],
    );
    if let Some((first, last)) = report.shift.span {
        let span = if first == last {
            labels::clock(first)
        } else {
            let dash = if glyphs.ascii { "-" } else { "–" };
            format!("{}{dash}{}", labels::clock(first), labels::clock(last))
        };
        let out = say!(words, "today-shift", people = report.shift.auxiliaries, span = span.as_str());
        let room = usize::from(area.right().saturating_sub(said + 2));
        // Where there is no room for all of it, the hours are left out first.
        let short = say!(words, "today-shift", people = report.shift.auxiliaries, span = "");
        if let Some(fits) = [out, short].iter().map(|said| said.trim_end()).find(|said| text::width(said) <= room) {
            canvas.text_right(line(1), fits, Meaning::Dim);
        }
    }
    let counts = &shared.counts;
    let stored = say!(words, "today-stored", count = counts.stored);
    if shared.session.as_ref().is_none_or(|session| session.enrolment.is_none()) {
        let alone = say!(words, "today-alone");
        canvas.line(line(2), &[(&stored, Meaning::Text), ("  ", Meaning::Text), (&alone, Meaning::Dim)]);
        return;
    }
    let received = say!(words, "today-received", count = counts.received_by_server);
    let pending = say!(words, "today-pending", count = counts.pending);
    let waiting = if counts.pending > 0 { Meaning::Warn } else { Meaning::Good };
    let separator = format!(" {} ", glyphs.bullet);
    canvas.line(
        line(2),
        &[
            (&stored, Meaning::Text),
            (&separator, Meaning::Dim),
            (&received, Meaning::Text),
            (&separator, Meaning::Dim),
            (&pending, waiting),
        ],
    );
}

fn draw_part(today: &Today, report: &DayReport, part: Part, shared: &Shared, canvas: &mut Canvas, area: Rect) {
    if area.height < 2 {
        return;
    }
    let words = &shared.words;
    let focus = today.at == part;
    let (title, empty) = match part {
        Part::Flags => (say!(words, "today-flags", count = report.open_flags), say!(words, "today-no-flags")),
        Part::Planned => (say!(words, "today-planned", count = report.planned.len()), String::new()),
        Part::Logged => (say!(words, "today-tasks", count = report.tasks.len()), say!(words, "today-no-tasks")),
        Part::Due => (say!(words, "today-due", count = report.due.len()), say!(words, "today-no-due")),
    };
    let pointer = if focus { canvas.glyphs.pointer } else { canvas.glyphs.rule };
    let head = format!("{pointer} {title} ");
    let x = canvas.text(area.x, area.y, &head, area.width, if focus { Meaning::Focus } else { Meaning::Title });
    canvas.rule(Rect { x, width: area.right().saturating_sub(x), height: 1, ..area });
    canvas.hit(Rect { height: 1, ..area }, Hit::Command(whole(part)));
    let body = Rect { y: area.y + 1, height: area.height - 1, ..area };
    let list = today.list(part);
    if list.total() == 0 {
        canvas.text(body.x + 2, body.y, &empty, body.width.saturating_sub(2), Meaning::Dim);
        return;
    }
    let glyphs = canvas.glyphs;
    let day = report.date;
    let window = list.window(usize::from(body.height));
    match part {
        Part::Flags | Part::Logged => {
            let tasks = if part == Part::Flags { &report.flags } else { &report.tasks };
            let mut columns = rows::columns(words, body.width);
            for column in &mut columns {
                column.title.clear();
            }
            table(canvas, body, &columns, list, focus, |place| {
                tasks.get(place).map_or_else(Vec::new, |row| rows::cells(row, words, &glyphs, body.width, day))
            });
        }
        Part::Planned => {
            let columns = [
                Column::fixed("", 11),
                Column::fixed("", 12),
                Column::fixed("", 14),
                Column::rest("", 10),
                Column::fixed("", 8),
            ];
            table(canvas, body, &columns, list, focus, |place| {
                report.planned.get(place).map_or_else(Vec::new, |plan| planned_cells(plan, shared, &glyphs))
            });
        }
        Part::Due => {
            let columns = [Column::fixed("", 16), Column::rest("", 20), Column::fixed("", 26)];
            table(canvas, body, &columns, list, focus, |place| {
                report.due.get(place).map_or_else(Vec::new, |due| due_cells(due, words))
            });
        }
    }
    // Only the part with the focus shows which line is selected.
    if let (false, Some(selected)) = (focus, list.selected()) {
        let line = u16::try_from(selected.saturating_sub(window.start)).unwrap_or(0);
        canvas.text(body.x, body.y + line, "  ", 2, Meaning::Text);
    }
}

fn planned_cells(plan: &Agenda, shared: &Shared, glyphs: &Glyphs) -> Vec<Cell> {
    let words = &shared.words;
    let verdict = plan.judged.verdict.verdict;
    let word = format!("{} {}", panel::mark(verdict, glyphs), words.terms().verdict(verdict));
    let what = plan.task.text.clone().unwrap_or_else(|| labels::activities(words, &plan.task.items));
    let (state, meaning) = if plan.done {
        (format!("{} {}", glyphs.check, say!(words, "today-done")), Meaning::Dim)
    } else {
        (say!(words, "today-to-do"), Meaning::Warn)
    };
    vec![
        Cell::new(plan.task.at.map(|at| labels::when(at, shared.now.china_date())).unwrap_or_default(), Meaning::Text),
        Cell::new(word, panel::meaning(verdict)),
        Cell::new(plan.judged.names().join(&say!(words, "list-separator")), Meaning::Text),
        Cell::new(what.replace('\n', " "), Meaning::Text),
        Cell::new(state, meaning),
    ]
}

fn due_cells(due: &Due, words: &Words) -> Vec<Cell> {
    let id = match &due.person {
        PersonKey::Auxiliary(id) => &id.0,
        PersonKey::Officer(id) => &id.0,
    };
    let what = match due.kind {
        DueKind::WorkCertificate => say!(words, "due-work-certificate"),
        DueKind::OfficerCertificate => say!(words, "due-officer-certificate"),
        DueKind::Training => say!(words, "due-training"),
        DueKind::Assessment => say!(words, "due-assessment"),
        DueKind::Review => say!(words, "due-review"),
    };
    let (when, meaning) = match due.days_left {
        None if matches!(due.kind, DueKind::WorkCertificate | DueKind::OfficerCertificate) => {
            (say!(words, "certificate-missing"), Meaning::Bad)
        }
        None => (say!(words, "due-open"), Meaning::Bad),
        Some(0) => (say!(words, "due-today"), Meaning::Bad),
        Some(days) if days < 0 => (say!(words, "due-past", days = (-days)), Meaning::Bad),
        Some(days) => (say!(words, "due-in", days = days), Meaning::Warn),
    };
    let on = due.on.map(|on| format!(" {}", labels::date(words, on))).unwrap_or_default();
    vec![
        Cell::new(format!("{} {id}", due.name), Meaning::Text),
        Cell::new(what, Meaning::Text),
        Cell::new(format!("{when}{on}"), meaning),
    ]
}

/// A year of days as weeks by weekdays, and the last two weeks as bars.
fn calendar(report: &DayReport, shared: &Shared, canvas: &mut Canvas, area: Rect) {
    let words = &shared.words;
    let inner = canvas.frame(area, &say!(words, "today-calendar"), false);
    let most = report.calendar.iter().map(|(_, count)| count.tasks).max().unwrap_or(0).max(1);
    let weeks = usize::from(inner.width.saturating_sub(4) / 2);
    let monday = report.date.0.week(chrono::Weekday::Mon).first_day();
    for weekday in 0..7_u16 {
        let y = inner.y + 1 + weekday;
        let day = monday + chrono::Days::new(u64::from(weekday));
        let name: String = labels::weekday_short(words, day.weekday());
        canvas.text(inner.x, y, &name, 3, Meaning::Dim);
    }
    for (date, count) in &report.calendar {
        let week = (monday - date.0.week(chrono::Weekday::Mon).first_day()).num_days() / 7;
        let Ok(week) = usize::try_from(week) else { continue };
        if week >= weeks {
            continue;
        }
        let x = inner.x + 4 + u16::try_from((weeks - 1 - week) * 2).unwrap_or(0);
        let y = inner.y + 1 + u16::try_from(date.0.weekday().num_days_from_monday()).unwrap_or(0);
        if y < inner.bottom() {
            canvas.text(x, y, level(count, most, &canvas.glyphs), 1, worst(count));
        }
    }
    canvas.text(inner.x, inner.y, &say!(words, "today-calendar-weeks", weeks = weeks), inner.width, Meaning::Dim);
    let below = inner.y + 9;
    if below + 3 <= inner.bottom() {
        canvas.text(inner.x, below, &say!(words, "today-fortnight"), inner.width, Meaning::Dim);
        for (row, (label, bars, total)) in (1..).zip(sparks(report, words, &canvas.glyphs)) {
            let x = canvas.text(inner.x, below + row, &label, 12, Meaning::Dim);
            let x = canvas.text(x + 1, below + row, &bars, FORTNIGHT, Meaning::Accent);
            canvas.text(x + 1, below + row, &total.to_string(), 8, Meaning::Text);
        }
    }
}

/// The last two weeks in one line.
fn fortnight(report: &DayReport, shared: &Shared, canvas: &mut Canvas, line: Rect) {
    let words = &shared.words;
    let mut x = canvas.text(line.x, line.y, &say!(words, "today-fortnight"), line.width, Meaning::Dim) + 2;
    for (label, bars, total) in sparks(report, words, &canvas.glyphs) {
        x = canvas.text(x, line.y, &label, 12, Meaning::Dim) + 1;
        x = canvas.text(x, line.y, &bars, FORTNIGHT, Meaning::Accent) + 1;
        x = canvas.text(x, line.y, &total.to_string(), 8, Meaning::Text) + 2;
    }
    if let Some(key) = shared.keymap.shown(Command::TodayCalendar) {
        let said = say!(words, "today-calendar-key", key = key);
        if text::width(&said) <= usize::from(line.right().saturating_sub(x)) {
            canvas.text_right(line, &said, Meaning::Dim);
        }
    }
}

const FORTNIGHT: u16 = 14;

/// The last two weeks' tasks and flags: a name, a bar for each day, the sum. A day without an
/// entry had nothing.
fn sparks(report: &DayReport, words: &Words, glyphs: &Glyphs) -> [(String, String, u32); 2] {
    let counts: std::collections::BTreeMap<_, _> = report.calendar.iter().map(|(day, count)| (day.0, *count)).collect();
    let days =
        (0..u64::from(FORTNIGHT)).rev().filter_map(|back| report.date.0.checked_sub_days(chrono::Days::new(back)));
    let recent: Vec<DayCount> = days.map(|day| counts.get(&day).copied().unwrap_or_default()).collect();
    let spark = |label: String, of: &dyn Fn(&DayCount) -> u32| {
        let most = recent.iter().map(of).max().unwrap_or(0).max(1);
        let bars: String = recent.iter().map(|count| glyphs.levels[step(of(count), most)]).collect();
        (label, bars, recent.iter().map(of).sum())
    };
    [
        spark(say!(words, "today-spark-tasks"), &|count| count.tasks),
        spark(say!(words, "today-spark-flags"), &|count| count.needs_review + count.improper),
    ]
}

/// A day's mark: that of its worst verdict, so that colour isn't all that tells; without a flag,
/// how much was done.
fn level(count: &DayCount, most: u32, glyphs: &Glyphs) -> &'static str {
    if count.improper > 0 {
        glyphs.improper
    } else if count.needs_review > 0 {
        glyphs.review
    } else if count.tasks == 0 {
        "."
    } else {
        glyphs.levels[step(count.tasks, most)]
    }
}

/// Which of the five levels `value` is on when `most` is the highest.
fn step(value: u32, most: u32) -> usize {
    if value == 0 { 0 } else { usize::try_from((value * 4).div_ceil(most)).unwrap_or(4).clamp(1, 4) }
}

fn worst(count: &DayCount) -> Meaning {
    if count.improper > 0 {
        Meaning::Bad
    } else if count.needs_review > 0 {
        Meaning::Warn
    } else {
        Meaning::Good
    }
}
