//! How the state looks: header, the screen or what lies over it, status line, key bar.

mod bar;
mod header;
mod status;
mod which_key;

use ratatui::layout::Rect;

use crate::canvas::Canvas;
use crate::model::Model;
use crate::screen::Screen as _;
use crate::theme::Meaning;
use crate::words::say;

/// Below this many columns or rows nothing can be worked with, and that is said instead.
pub const SMALLEST: (u16, u16) = (60, 18);

/// Draws everything.
pub fn view(model: &Model, canvas: &mut Canvas) {
    let area = canvas.area();
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        too_small(model, canvas, area);
        return;
    }
    let row = |y: u16| Rect { y, height: 1, ..area };
    let body = Rect { y: 1, height: area.height - 3, ..area };
    header::view(model, canvas, row(0));
    if model.is_locked() {
        model.unlock.view(&model.shared, canvas, body);
    } else {
        model.screens.get(model.current).view(&model.shared, canvas, body);
    }
    for layer in &model.layers {
        layer.view(&model.shared, canvas, body);
    }
    if !model.pending.is_empty() {
        which_key::view(model, canvas, body);
    }
    status::view(model, canvas, row(area.height - 2));
    bar::view(model, canvas, row(area.height - 1));
}

fn too_small(model: &Model, canvas: &mut Canvas, area: Rect) {
    let text = say!(
        model.shared.words,
        "too-small",
        columns = SMALLEST.0.to_string(),
        rows = SMALLEST.1.to_string(),
        width = area.width.to_string(),
        height = area.height.to_string()
    );
    canvas.paragraph(area, &text, 0, Meaning::Text);
}
