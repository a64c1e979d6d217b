//! How the law looks: the notice, the search field, the list, and the text beside it.

use auxlog_law::{Lang, Rulebook};
use ratatui::layout::{Constraint, Layout, Rect};

use super::part::Part;
use super::{Law, duty};
use crate::canvas::Canvas;
use crate::glyph::Glyphs;
use crate::shared::Shared;
use crate::task::panel;
use crate::text;
use crate::theme::Meaning;
use crate::widgets::{Cell, Column, Line, Page, table};
use crate::words::{Words, say};

/// How many lines one page key scrolls the text.
pub(super) const SCROLL: usize = 8;

pub(super) fn view(law: &Law, shared: &Shared, canvas: &mut Canvas, area: Rect) {
    let rulebook = shared.words.rulebook();
    let notice = rulebook.notice(shared.lang());
    let lines = u16::try_from(text::wrap(notice, usize::from(area.width)).len()).unwrap_or(2).min(3);
    let [top, parts, body] =
        Layout::vertical([Constraint::Length(lines), Constraint::Length(1), Constraint::Min(4)]).areas(area);
    canvas.paragraph(top, notice, 0, Meaning::Warn);
    parts_line(law, shared, canvas, parts);
    let wide = if area.width >= 110 { 44 } else { 30 };
    let [left, right] = Layout::horizontal([Constraint::Length(wide), Constraint::Min(20)]).areas(body);
    let title = say!(shared.words, "law-found", count = law.found.len().to_string());
    let inner = canvas.frame(left, &title, !law.searching);
    table(canvas, inner, &columns(law.part), &law.list, !law.searching, |row| {
        law.found
            .get(row)
            .map(|place| line(law.part, rulebook, *place, shared.lang(), &shared.glyphs))
            .unwrap_or_default()
    });
    let selected = law.list.selected().and_then(|row| law.found.get(row));
    let Some(place) = selected else {
        let inner = canvas.frame(right, "", false);
        canvas.paragraph(inner, &say!(shared.words, "law-nothing"), 0, Meaning::Dim);
        return;
    };
    match law.part {
        Part::Rules => rule(law, shared, canvas, right, *place),
        Part::Duties => duty::draw(law, shared, canvas, right, *place),
        Part::Regulation | Part::Above => article(law, shared, canvas, right, *place),
    }
}

fn parts_line(law: &Law, shared: &Shared, canvas: &mut Canvas, area: Rect) {
    let mut x = area.x;
    for part in Part::ALL {
        let name = part_name(part, &shared.words);
        let (name, look) =
            if part == law.part { (format!("[{name}]"), Meaning::Tab) } else { (format!(" {name} "), Meaning::Text) };
        x = canvas.text(x, area.y, &name, area.right().saturating_sub(x), look) + 1;
    }
    let field = Rect { x: x + 1, width: area.right().saturating_sub(x + 1).min(40), ..area };
    law.search.view(canvas, field, law.searching, &say!(shared.words, "law-search"));
}

fn part_name(part: Part, words: &Words) -> String {
    match part {
        Part::Regulation => say!(words, "law-part-regulation"),
        Part::Above => say!(words, "law-part-above"),
        Part::Rules => say!(words, "law-part-rules"),
        Part::Duties => say!(words, "law-part-duties"),
    }
}

fn columns(part: Part) -> [Column; 2] {
    match part {
        Part::Rules => [Column::fixed("", 1), Column::rest("", 10)],
        Part::Regulation => [Column::fixed("", 10), Column::rest("", 8)],
        Part::Duties => [Column::fixed("", 5), Column::rest("", 10)],
        Part::Above => [Column::rest("", 12), Column::fixed("", 4)],
    }
}

fn line(part: Part, rulebook: &Rulebook, place: usize, lang: Lang, glyphs: &Glyphs) -> Vec<Cell> {
    if part == Part::Rules {
        let Some(row) = rulebook.rows().get(place) else { return Vec::new() };
        let worst = row.cases.iter().map(|case| case.severity).max().unwrap_or_default();
        return vec![Cell::new(panel::mark(worst, glyphs), panel::meaning(worst)), row.id.as_str().into()];
    }
    if part == Part::Duties {
        let Some(duty) = rulebook.activities().get(place) else { return Vec::new() };
        return vec![Cell::new(duty.item.as_str(), Meaning::Accent), duty.name(lang).into()];
    }
    let Some(provision) = rulebook.provisions().get(place) else { return Vec::new() };
    let label = rulebook.cite_label(&provision.cite, lang);
    let opening = provision.text.lines().next().unwrap_or_default();
    vec![Cell::new(label, Meaning::Accent), Cell::new(opening, Meaning::Text)]
}

fn article(law: &Law, shared: &Shared, canvas: &mut Canvas, area: Rect, place: usize) {
    let rulebook = shared.words.rulebook();
    let Some(provision) = rulebook.provisions().get(place) else { return };
    let mut title = rulebook.cite_label(&provision.cite, shared.lang());
    let chapter = provision.chapter.and_then(|n| rulebook.chapters().iter().find(|chapter| chapter.number == n));
    if let Some(chapter) = chapter.filter(|_| provision.law.is_empty()) {
        title = format!("{title}  {}", shared.lang().pick(&chapter.zh, &chapter.en));
    }
    let inner = canvas.frame(area, &title, false);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    // The item jumped to is told by the number that opens its line.
    let item = law.item.as_deref().and_then(|cite| rulebook.provision(cite)).and_then(|p| p.item);
    let opening = item.map(|item| format!("（{}）", auxlog_law::numeral(item)));
    let marked = |paragraph: &str| opening.as_deref().is_some_and(|opening| paragraph.starts_with(opening));
    let mut page = Page::new(shared, usize::from(inner.width.saturating_sub(1)));
    for paragraph in provision.text.lines() {
        page.add(0, paragraph, if marked(paragraph) { Meaning::Selected } else { Meaning::Text });
    }
    scrolled(law, canvas, inner, &page.lines);
}

fn rule(law: &Law, shared: &Shared, canvas: &mut Canvas, area: Rect, place: usize) {
    let (rulebook, lang, words) = (shared.words.rulebook(), shared.lang(), &shared.words);
    let Some(row) = rulebook.rows().get(place) else { return };
    let inner = canvas.frame(area, &row.id, false);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let mut page = Page::new(shared, usize::from(inner.width.saturating_sub(1)));
    for case in &row.cases {
        page.add(0, &words.terms().verdict(case.severity), panel::meaning(case.severity));
        page.add(0, &plain(case.message(lang), words), Meaning::Text);
        if !case.remedy(lang).is_empty() {
            page.add(0, &say!(words, "law-remedy", text = plain(case.remedy(lang), words)), Meaning::Text);
        }
        let cites = case.cites.iter().map(|cite| match cite.as_str() {
            "item" => say!(words, "law-own-item"),
            cite => rulebook.cite_label(cite, lang),
        });
        let cites: Vec<String> = cites.collect();
        page.add(0, &say!(words, "law-cites", text = cites.join("  ")), Meaning::Accent);
        if !case.answers.is_empty() {
            let answers = words.terms().answerable(&case.answers);
            page.add(0, &say!(words, "law-answers", text = answers), Meaning::Dim);
        }
        page.blank();
    }
    if !row.when.is_empty() {
        page.add(0, &say!(words, "law-when"), Meaning::Dim);
    }
    for condition in rulebook.conditions_label(&row.when, lang) {
        page.add(0, &condition, Meaning::Dim);
    }
    scrolled(law, canvas, inner, &page.lines);
}

/// A row's words without a task: what they would name is called in general.
fn plain(text: &str, words: &Words) -> String {
    text.replace("{activity}", &say!(words, "law-an-activity"))
        .replace("{item}", &say!(words, "law-own-item"))
        .replace("{person}", &say!(words, "law-a-person"))
}

/// Draws lines, scrolled, what was searched for marked.
pub(super) fn scrolled(law: &Law, canvas: &mut Canvas, area: Rect, lines: &[Line]) {
    let rows = usize::from(area.height);
    let marked = lines.iter().position(|line| line.meaning == Meaning::Selected);
    let start = marked.map_or(0, |line| if line < rows { 0 } else { line });
    let top = (start + law.scroll).min(lines.len().saturating_sub(rows));
    let typed = law.search.text().trim();
    for (line, y) in lines.iter().skip(top).zip(area.top()..area.bottom()) {
        canvas.text(area.x, y, &line.text, area.width, line.meaning);
        for (at, found) in line.text.match_indices(typed).filter(|_| !typed.is_empty()) {
            let x = area.x + u16::try_from(text::column_of(&line.text, at)).unwrap_or(0);
            let width = u16::try_from(text::width(found)).unwrap_or(0);
            canvas.mark(Rect { x, y, width, height: 1 }, Meaning::Selected);
        }
    }
    canvas.scroll_bar(area, top, lines.len());
}
