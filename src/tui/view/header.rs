//! The first line: the screens with their keys, the one shown marked.

use ratatui::layout::Rect;

use crate::canvas::{Canvas, Hit};
use crate::model::Model;
use crate::screens::ScreenId;
use crate::text;
use crate::theme::Meaning;
use crate::words::say;

pub(super) fn view(model: &Model, canvas: &mut Canvas, area: Rect) {
    if model.is_locked() {
        canvas.text(area.x, area.y, &say!(model.shared.words, "app-title"), area.width, Meaning::Title);
        return;
    }
    let tab = |id: ScreenId| {
        let name = id.command().name(&model.shared.words);
        let waiting = model.screens.get(id).waiting(&model.shared);
        let name = if waiting > 0 { format!("{name}({waiting})") } else { name };
        (id, model.shared.keymap.shown(id.command()).unwrap_or_default(), name)
    };
    let mut tabs: Vec<(ScreenId, String, String)> = ScreenId::all().map(tab).collect();
    let all: usize = tabs.iter().map(|(_, key, name)| text::width(key) + text::width(name) + 3).sum();
    if all > usize::from(area.width) {
        // A chord's key gives way before a screen's name does; help has it.
        for (_, key, _) in tabs.iter_mut().filter(|(_, key, _)| text::width(key) > 3) {
            key.clear();
        }
    }
    let mut x = area.x;
    for (id, key, name) in tabs {
        let command = id.command();
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
