//! An entry with everything known about it.

use auxlog_record::Moment;
use auxlog_record::fold::Author;
use auxlog_registers::{STEP, Taken};
use chrono::TimeZone as _;

use super::entries::state;
use crate::entries::Sheet;
use crate::labels;
use crate::task::panel;
use crate::theme::Meaning;
use crate::widgets::Page;
use crate::words::say;

/// Writes an entry: its fields, where it stands, what was done with it.
pub(super) fn write(sheet: &Sheet, page: &mut Page) {
    let (shared, words, lang) = (page.shared, page.words, page.shared.lang());
    let entry = &sheet.entry;
    let register = entry.register;
    page.add(0, &format!("{}  {}", register.name(lang), sheet.title.of(lang)), Meaning::Title);
    let (said, meaning) = state(sheet, shared);
    page.fact_as(&say!(words, "column-status"), &said, meaning);
    let left = entry.days_left(shared.now.china_date());
    if let Some(days) = left.filter(|_| !entry.is_annulled()) {
        let ahead = register.until.iter().flat_map(|until| until.warn.iter()).max();
        let near = ahead.is_some_and(|ahead| days <= i64::from(*ahead));
        page.add(0, &say!(words, "entry-ends", days = days), if near { Meaning::Warn } else { Meaning::Dim });
    }
    let ends = register.until.as_ref().and_then(|until| entry.day_in(&until.field));
    for due in sheet.due.iter().filter(|due| Some(due.day) != ends) {
        let meaning = if due.day < shared.now.china_date() { Meaning::Bad } else { Meaning::Dim };
        let day = due.day.0.to_string();
        page.add(0, &say!(words, "entry-due", what = due.what.of(lang), day = day), meaning);
    }
    for (field, said) in &sheet.said {
        page.fact(field.name(lang), said.of(lang));
    }
    for (severity, found) in &sheet.found {
        let meaning = panel::meaning(*severity);
        let mark = panel::mark(*severity, page.glyphs);
        page.add(0, &format!("{mark} {}  {}", words.terms().verdict(*severity), found.of(lang)), meaning);
    }
    page.fact(&say!(words, "entry-form-reason"), entry.reason.as_deref().unwrap_or_default());
    let origin = entry.origin.as_ref().map(|origin| {
        let name = format!("{}:{}", origin.file, origin.row);
        format!("  {}", say!(words, "entry-origin", name = name))
    });
    let made = format!("{}{}", by(&entry.author, entry.wall_ms), origin.unwrap_or_default());
    page.fact(&say!(words, "entry-made-by"), &made);
    if !entry.taken.is_empty() {
        page.heading(&say!(words, "entry-history"));
    }
    for (taken, said) in entry.taken.iter().zip(&sheet.taken) {
        step(page, taken, said.of(lang));
    }
    for annulled in &entry.annulled {
        page.heading(&say!(words, "entry-annulled"));
        page.add(0, &annulled.author.name, Meaning::Dim);
        page.add(0, &annulled.reason, Meaning::Bad);
    }
    if !entry.conflicts.is_empty() {
        page.heading(&say!(words, "entry-conflicts"));
    }
    for conflict in &entry.conflicts {
        let said = if conflict.field == STEP {
            say!(words, "entry-conflict-step")
        } else {
            let field = register.field(&conflict.field).map_or(conflict.field.as_str(), |field| field.name(lang));
            say!(words, "entry-conflict", field = field)
        };
        page.add(0, &said, Meaning::Warn);
    }
    if !entry.void.is_empty() {
        page.heading(&say!(words, "entry-void"));
    }
    for (record, why) in &entry.void {
        let said = format!("{} {record}  {}", page.glyphs.bullet, words.terms().entry_closed(why));
        page.add(0, &said, Meaning::Dim);
    }
}

fn step(page: &mut Page, taken: &Taken, said: &str) {
    let lang = page.shared.lang();
    let head = format!("{} {}  {}", page.glyphs.bullet, taken.step.name(lang), by(&taken.author, taken.wall_ms));
    page.add(0, &head, Meaning::Text);
    for line in [said, taken.reason.as_deref().unwrap_or_default()] {
        if !line.is_empty() {
            page.add(2, line, Meaning::Text);
        }
    }
}

/// Who, and when.
fn by(author: &Author, wall_ms: i64) -> String {
    let at = auxlog_record::china().timestamp_millis_opt(wall_ms).single().map(Moment);
    let at = at.map(labels::full).unwrap_or_default();
    let parts = [author.name.as_str(), author.officer.0.as_str(), at.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
