//! How an entry's form looks.

use auxlog_registers::Kind;
use ratatui::layout::Rect;

use super::form::Form;
use super::place::{Place, Value};
use crate::canvas::{Canvas, Hit, centred};
use crate::shared::Shared;
use crate::text;
use crate::theme::Meaning;
use crate::words::say;

/// Labels are cut beyond this.
const LABEL: u16 = 26;
/// Lines of a longer text.
const LINES: u16 = 3;

impl Form {
    pub(super) fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        let words = &shared.words;
        let inner = canvas.frame(area, &self.title, true);
        let foot = Rect { y: inner.bottom().saturating_sub(1), height: inner.height.min(1), ..inner };
        let body = Rect { height: inner.height.saturating_sub(1), ..inner };
        canvas.text(foot.x, foot.y, &say!(words, "entry-form-hint"), foot.width, Meaning::Dim);
        let labels: Vec<String> = self.places.iter().map(|place| place.label(shared)).collect();
        let widest = labels.iter().map(|label| text::width(label)).max().unwrap_or(0);
        let width = u16::try_from(widest).unwrap_or(LABEL).min(LABEL) + 4;
        let first = self.first_seen(body.height);
        let mut y = body.y;
        for ((at, place), label) in self.places.iter().enumerate().zip(&labels).skip(first) {
            let room = body.bottom().saturating_sub(y);
            if room == 0 {
                break;
            }
            let height = height(place).min(room);
            let focus = at == self.at;
            let pointer = if focus { canvas.glyphs.pointer } else { " " };
            let needed = if self.is_needed(place) { "*" } else { " " };
            let look = if focus { Meaning::Focus } else { Meaning::Dim };
            let label = format!("{pointer} {needed}{label}");
            canvas.text(body.x, y, &label, width - 1, look);
            let line = Rect { x: body.x + width, y, width: body.width.saturating_sub(width), height };
            canvas.hit(Rect { x: body.x, width: body.width, ..line }, Hit::Field(at));
            let field = Rect { height: height.min(tall(place)), ..line };
            value(place, shared, canvas, field, focus && self.picking.is_none());
            if let Some(wrong) = &place.wrong
                && height > field.height
            {
                canvas.text(line.x, y + field.height, wrong, line.width, Meaning::Bad);
            }
            y += height;
        }
        if let Some(picker) = &self.picking {
            picker.view(words, canvas, centred(area, 76, 16), &say!(words, "entry-form-pick"));
        }
    }

    /// The first place that is seen: the one with the focus is, whole.
    fn first_seen(&self, rows: u16) -> usize {
        let mut first = self.at;
        let mut used = self.places.get(first).map_or(0, height);
        while first > 0 {
            used += height(&self.places[first - 1]);
            if used > rows {
                break;
            }
            first -= 1;
        }
        first
    }
}

/// Lines of what is typed or picked.
fn tall(place: &Place) -> u16 {
    if matches!(place.value, Value::Note(_)) { LINES } else { 1 }
}

fn height(place: &Place) -> u16 {
    tall(place) + u16::from(place.wrong.is_some())
}

fn value(place: &Place, shared: &Shared, canvas: &mut Canvas, area: Rect, focus: bool) {
    let words = &shared.words;
    let hint = match place.field {
        Some(field) if field.sealed => say!(words, "entry-form-sealed"),
        Some(field) if field.kind == Kind::Date && !field.many => say!(words, "entry-form-date"),
        Some(field) if field.kind == Kind::File && field.many => say!(words, "entry-form-files"),
        Some(field) if field.kind == Kind::File => say!(words, "entry-form-file"),
        Some(field) if field.many => say!(words, "entry-form-many"),
        _ => String::new(),
    };
    match &place.value {
        Value::Line(field) => field.view(canvas, area, focus, &hint),
        Value::Note(note) => note.view(canvas, area, focus, &hint),
        Value::Picked(picked) if picked.is_empty() => {
            let hint = if focus { say!(words, "entry-form-pick") } else { String::new() };
            canvas.text(area.x, area.y, &" ".repeat(usize::from(area.width)), area.width, Meaning::Field);
            canvas.text(area.x, area.y, &hint, area.width, Meaning::Placeholder);
        }
        Value::Picked(picked) => {
            let names: Vec<&str> = picked.iter().map(|(_, name)| name.as_str()).collect();
            let said = names.join(&say!(words, "list-separator"));
            canvas.text(area.x, area.y, &" ".repeat(usize::from(area.width)), area.width, Meaning::Field);
            canvas.text(area.x, area.y, &said, area.width, Meaning::Field);
        }
    }
}
