//! The first line: the screens with their keys, the one shown marked.

use ratatui::layout::Rect;

use crate::canvas::{Canvas, Hit};
use crate::model::Model;
use crate::screen::ScreenId;
use crate::text;
use crate::theme::Meaning;
use crate::words::say;

pub(super) fn view(model: &Model, canvas: &mut Canvas, area: Rect) {
    if model.is_locked() {
        canvas.text(area.x, area.y, &say!(model.shared.words, "app-title"), area.width, Meaning::Title);
        return;
    }
    let mut x = area.x;
    for id in ScreenId::ALL {
        let command = id.command();
        let name = command.name(&model.shared.words);
        let key = model.shared.keymap.shown(command).unwrap_or_default();
        let count = model.shared.counts.open_flags;
        let name = if id == ScreenId::Review && count > 0 { format!("{name}({count})") } else { name };
        let here = id == model.current;
        let start = x;
        let room = |x: u16| area.right().saturating_sub(x);
        // Brackets too: colour alone must not say which it is.
        let (open, close) = if here { ("[", "]") } else { (" ", " ") };
        let look = if here { Meaning::Tab } else { Meaning::Text };
        x = canvas.text(x, area.y, open, room(x), look);
        x = canvas.text(x, area.y, &key, room(x), if here { Meaning::Tab } else { Meaning::Key });
        x = canvas.text(x, area.y, " ", room(x), look);
        x = canvas.text(x, area.y, &name, room(x), look);
        x = canvas.text(x, area.y, close, room(x), look);
        canvas.hit(Rect { x: start, width: x - start, ..area }, Hit::Command(command));
    }
    let date = model.shared.now.0.format("%Y-%m-%d").to_string();
    if usize::from(area.right().saturating_sub(x)) > text::width(&date) {
        canvas.text_right(area, &date, Meaning::Dim);
    }
}
