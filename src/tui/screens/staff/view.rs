//! How the list of staff and an auxiliary look.

use auxlog_law::{Rulebook, Severity, Status};
use auxlog_record::Validity;
use auxlog_store::{PersonDetail, PersonRow};
use ratatui::layout::Rect;

use super::fitness::Fitness;
use super::{Opened, Staff};
use crate::canvas::{Canvas, centred};
use crate::glyph::Glyphs;
use crate::labels;
use crate::shared::Shared;
use crate::task::panel::{mark, meaning};
use crate::task::rows;
use crate::text;
use crate::theme::Meaning;
use crate::widgets::{Cell, Column, Line, table};
use crate::words::{Words, say};

/// From this width on the selected person is read beside the list.
const WIDE: u16 = 120;

pub(super) fn draw(staff: &Staff, shared: &Shared, canvas: &mut Canvas, area: Rect) {
    match &staff.opened {
        Some(opened) => draw_opened(opened, staff.duty.as_deref(), shared, canvas, area),
        None => draw_list(staff, shared, canvas, area),
    }
    if let Some(picker) = &staff.citing {
        picker.view(&shared.words, canvas, centred(area, 76, 14), &say!(shared.words, "cites-hint"));
    }
    if let Some(picker) = &staff.choosing {
        picker.view(&shared.words, canvas, centred(area, 76, 18), &say!(shared.words, "log-picker-hint"));
    }
}

fn draw_list(staff: &Staff, shared: &Shared, canvas: &mut Canvas, area: Rect) {
    let words = &shared.words;
    let label = say!(words, "staff-search");
    let (found, all) = (staff.found.len(), shared.roster().auxiliaries.len());
    let number = |count: usize| labels::grouped(u64::try_from(count).unwrap_or(u64::MAX));
    let total = if found >= super::LIMIT && all > found {
        let (found, all) = (number(found), number(all));
        say!(words, "staff-first", found = found, total = all)
    } else {
        say!(words, "staff-total", total = found)
    };
    let used = u16::try_from(text::width(&label) + 1).unwrap_or(8);
    let right = u16::try_from(text::width(&total) + 1).unwrap_or(10);
    canvas.text(area.x, area.y, &label, used, Meaning::Dim);
    let field = Rect { x: area.x + used, width: area.width.saturating_sub(used + right), height: 1, ..area };
    staff.search.view(canvas, field, staff.choosing.is_none(), &say!(words, "staff-search-hint"));
    canvas.text_right(Rect { height: 1, ..area }, &total, Meaning::Dim);
    let duty = match &staff.duty {
        Some(code) => say!(words, "staff-for-duty", duty = labels::activity(code, shared.lang())),
        None => say!(words, "staff-for-any"),
    };
    canvas.text(
        area.x,
        area.y + 1,
        &duty,
        area.width,
        if staff.duty.is_some() { Meaning::Accent } else { Meaning::Dim },
    );

    let body = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area };
    if staff.found.is_empty() {
        canvas.paragraph(body, &say!(words, "staff-none-found"), 0, Meaning::Dim);
        return;
    }
    let (body, side) = if area.width >= WIDE {
        let width = body.width * 3 / 5;
        (Rect { width, ..body }, Some(Rect { x: body.x + width, width: body.width - width, ..body }))
    } else {
        (body, None)
    };
    let columns = [
        Column::fixed(say!(words, "column-name"), 10),
        Column::fixed(say!(words, "column-number"), 8),
        Column::fixed(say!(words, "column-agency"), 14),
        Column::fixed(say!(words, "column-certificate"), 18),
        Column::rest(say!(words, "column-sendable"), 10),
    ];
    let glyphs = canvas.glyphs;
    table(canvas, body, &columns, &staff.list, true, |place| {
        staff.found.get(place).map_or_else(Vec::new, |(row, fit)| cells(row, fit, shared, &glyphs))
    });
    let selected = staff.list.selected().and_then(|place| staff.found.get(place));
    if let (Some(side), Some((row, fit))) = (side, selected) {
        let inner = canvas.frame(side, &row.person.name, false);
        let mut page = Page { shared, glyphs: &glyphs, columns: usize::from(inner.width), lines: Vec::new() };
        page.person(row);
        page.fitness(fit, staff.duty.as_deref());
        for (y, line) in (inner.top()..inner.bottom()).zip(&page.lines) {
            canvas.text(inner.x, y, &line.text, inner.width, line.meaning);
        }
    }
}

fn cells(row: &PersonRow, fit: &Fitness, shared: &Shared, glyphs: &Glyphs) -> Vec<Cell> {
    let words = &shared.words;
    let person = &row.person;
    let state = Validity::on(person.certificate.as_ref(), shared.now.china_date());
    let agency = person.unit.clone().unwrap_or_else(|| row.agency_name.clone());
    let sendable = format!("{} {}", mark(fit.severity, glyphs), sendable(words, fit));
    vec![
        Cell::new(person.name.clone(), Meaning::Text),
        Cell::new(person.id.0.clone(), Meaning::Dim),
        Cell::new(agency, Meaning::Dim),
        Cell::new(labels::certificate(words, state), labels::certificate_meaning(state)),
        Cell::new(sendable, meaning(fit.severity)),
    ]
}

/// Whether he may be sent; if not, the first thing that stands against it.
fn sendable(words: &Words, fit: &Fitness) -> String {
    match fit.against.first() {
        None => say!(words, "staff-sendable"),
        Some(finding) => against(words, &finding.rule),
    }
}

/// What stands against somebody, in a word or two.
fn against(words: &Words, rule: &str) -> String {
    match rule {
        "person.departed" => say!(words, "against-departed"),
        "person.suspended" => say!(words, "against-suspended"),
        "person.no-certificate" => say!(words, "against-no-certificate"),
        "person.untrained" => say!(words, "against-untrained"),
        "person.failed-assessment" => say!(words, "against-failed-assessment"),
        "person.underage" => say!(words, "against-underage"),
        "person.other-agency" => say!(words, "against-other-agency"),
        "person.standing-unknown" => say!(words, "against-unknown"),
        _ => say!(words, "against-duty"),
    }
}

fn draw_opened(opened: &Opened, duty: Option<&str>, shared: &Shared, canvas: &mut Canvas, area: Rect) {
    let Some(detail) = &opened.detail else {
        canvas.text(area.x, area.y, &say!(shared.words, "loading"), area.width, Meaning::Dim);
        return;
    };
    let glyphs = canvas.glyphs;
    let columns = usize::from(area.width.saturating_sub(2)).min(110);
    let mut page = Page { shared, glyphs: &glyphs, columns, lines: Vec::new() };
    page.person(&detail.row);
    if let Some(session) = &shared.session {
        let fit = super::judged(duty, &detail.row, session, shared);
        page.fitness(&fit, duty);
    }
    page.duties(detail);
    page.statements(detail);
    page.tasks(detail);
    opened.reader.view(canvas, area, &page.lines);
}

/// What is known of an auxiliary, as lines.
struct Page<'a> {
    shared: &'a Shared,
    glyphs: &'a Glyphs,
    columns: usize,
    lines: Vec<Line>,
}

impl Page<'_> {
    fn add(&mut self, said: &str, meaning: Meaning) {
        for line in text::wrap(said, self.columns) {
            self.lines.push(Line { text: line.to_owned(), meaning });
        }
    }

    fn heading(&mut self, heading: &str) {
        self.lines.push(Line { text: String::new(), meaning: Meaning::Text });
        self.add(heading, Meaning::Title);
    }

    fn fact(&mut self, label: &str, value: &str, meaning: Meaning) {
        if !value.is_empty() {
            self.add(&say!(self.shared.words, "detail-fact", label = label, value = value), meaning);
        }
    }

    fn person(&mut self, row: &PersonRow) {
        let shared = self.shared;
        let words = &shared.words;
        let person = &row.person;
        let today = shared.now.china_date();
        self.add(&format!("{} {}", person.name, person.id), Meaning::Title);
        let standing = words.terms().standing(row.status);
        let look = if row.status == Status::Active { Meaning::Good } else { Meaning::Bad };
        self.fact(&say!(words, "staff-status"), &standing, look);
        let unit = person.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
        self.fact(
            &words.terms().label(auxlog_record::TaskField::Agency),
            &format!("{}{unit}", row.agency_name),
            Meaning::Text,
        );
        let state = Validity::on(person.certificate.as_ref(), today);
        let number = person.certificate.as_ref().map(|c| format!("{} ", c.number)).unwrap_or_default();
        let certificate = format!("{number}{}", labels::certificate(words, state));
        self.fact(&say!(words, "staff-certificate"), &certificate, labels::certificate_meaning(state));
        for (label, outcome, on) in [
            (say!(words, "staff-training"), person.training, person.trained_on),
            (say!(words, "staff-assessment"), person.assessment, person.assessed_on),
        ] {
            let on = on.map(|on| format!(" {}", labels::date(words, on))).unwrap_or_default();
            self.fact(&label, &format!("{}{on}", words.terms().outcome(outcome)), Meaning::Text);
        }
        let born = person.born.map(|born| labels::date(words, born)).unwrap_or_default();
        self.fact(&say!(words, "staff-born"), &born, Meaning::Text);
        let separator = say!(words, "list-separator");
        self.fact(&say!(words, "staff-qualifications"), &person.qualifications.join(&separator), Meaning::Text);
        self.fact(&say!(words, "staff-company"), person.dispatched_by.as_deref().unwrap_or_default(), Meaning::Text);
        for recusal in &person.recusals {
            let relation = recusal.relation.as_deref().unwrap_or_default();
            let counterpart = recusal.counterpart.as_str();
            let said = if recusal.decided {
                say!(words, "staff-recusal-decided", counterpart = counterpart, relation = relation)
            } else {
                say!(words, "staff-recusal-known", counterpart = counterpart, relation = relation)
            };
            self.add(&said, Meaning::Warn);
        }
    }

    fn fitness(&mut self, fit: &Fitness, duty: Option<&str>) {
        let words = &self.shared.words;
        self.heading(&match duty {
            Some(code) => say!(words, "staff-for-duty", duty = labels::activity(code, self.shared.lang())),
            None => say!(words, "staff-fitness"),
        });
        if fit.severity == Severity::Permitted {
            let said = format!("{} {}", mark(fit.severity, self.glyphs), say!(words, "staff-sendable-long"));
            self.add(&said, Meaning::Good);
        }
        let rulebook = Rulebook::in_use();
        let lang = self.shared.lang();
        for finding in &fit.against {
            let explained = rulebook.explain(finding, lang);
            let said = format!("{} {}", mark(finding.severity, self.glyphs), explained.message);
            self.add(&said, meaning(finding.severity));
            for (cite, verbatim) in &explained.verbatim {
                self.add(&format!("  {}　{verbatim}", rulebook.cite_label(cite, lang)), Meaning::Accent);
            }
        }
    }

    fn duties(&mut self, detail: &PersonDetail) {
        let words = &self.shared.words;
        let count = &detail.count;
        self.heading(&say!(words, "staff-duties"));
        let said = say!(
            words,
            "staff-counts",
            tasks = count.tasks,
            permitted = count.permitted,
            review = count.needs_review,
            improper = count.improper,
            open = detail.open_flags
        );
        self.add(&said, Meaning::Text);
        for (code, times) in &detail.items {
            let duty = labels::activity(code, self.shared.lang());
            let times = *times;
            let said = say!(words, "staff-item", item = duty, times = times);
            self.add(&format!("{} {said}", self.glyphs.bullet), Meaning::Text);
        }
    }

    fn statements(&mut self, detail: &PersonDetail) {
        if detail.statements.is_empty() {
            return;
        }
        let words = &self.shared.words;
        self.heading(&say!(words, "staff-statements"));
        for row in &detail.statements {
            let at = labels::full(row.statement.given_at);
            self.add(&format!("{} {at}  {}", self.glyphs.bullet, row.reference), Meaning::Dim);
            let text = row.statement.text.trim();
            let said = if text.is_empty() { say!(words, "staff-waived") } else { text.to_owned() };
            self.add(&said, Meaning::Text);
        }
    }

    fn tasks(&mut self, detail: &PersonDetail) {
        let words = &self.shared.words;
        self.heading(&say!(words, "staff-tasks"));
        if detail.tasks.is_empty() {
            self.add(&say!(words, "tasks-none"), Meaning::Dim);
        }
        let today = self.shared.now.china_date();
        for row in &detail.tasks {
            let verdict = mark(row.verdict, self.glyphs);
            let when = labels::when(row.at, today);
            let said = format!("{verdict} {when}  {}", rows::gist(row, words));
            let look = if row.verdict == Severity::Permitted { Meaning::Text } else { meaning(row.verdict) };
            self.lines
                .push(Line { text: text::truncate(&said, self.columns, self.glyphs.cut).into_owned(), meaning: look });
        }
    }
}
