//! What can follow the keys pressed so far.

use ratatui::layout::Rect;

use crate::canvas::Canvas;
use crate::key::Key;
use crate::model::Model;
use crate::theme::Meaning;
use crate::update::{is_enabled, scopes};

pub(super) fn view(model: &Model, canvas: &mut Canvas, area: Rect) {
    let here = scopes(model.front());
    let mut following = model.shared.keymap.following(&here, &model.pending);
    following.retain(|binding| is_enabled(model, binding.command));
    let rows = u16::try_from(following.len()).unwrap_or(u16::MAX).saturating_add(2).min(area.height);
    let columns = 36.min(area.width);
    let place = Rect::new(area.right() - columns, area.bottom() - rows, columns, rows);
    let pressed: Vec<String> = model.pending.iter().map(Key::to_string).collect();
    let inner = canvas.popup(place, &pressed.join(" "));
    for (binding, y) in following.iter().zip(inner.top()..inner.bottom()) {
        let rest: Vec<String> = binding.keys.iter().skip(model.pending.len()).map(Key::to_string).collect();
        let name = binding.desc.clone().unwrap_or_else(|| binding.command.name(&model.shared.words));
        canvas.text(inner.x + 1, y, &rest.join(" "), 8, Meaning::Key);
        canvas.text(inner.x + 10, y, &name, inner.width.saturating_sub(10), Meaning::Text);
    }
}
