//! The last line: which keys do what now. Each can be clicked.

use ratatui::layout::Rect;

use crate::canvas::{Canvas, Hit};
use crate::command::{Command, Scope};
use crate::model::Model;
use crate::text;
use crate::theme::Meaning;
use crate::update::{is_enabled, scopes};

/// Keys that everybody knows, or that the header shows; help lists them.
fn is_plain(command: Command) -> bool {
    matches!(
        command,
        Command::ListUp
            | Command::ListDown
            | Command::ListPageUp
            | Command::ListPageDown
            | Command::ListFirst
            | Command::ListLast
            | Command::FormPrevious
            | Command::FormActivate
            | Command::StaffPrevious
    ) || command.scope() == Scope::Text
}

pub(super) fn view(model: &Model, canvas: &mut Canvas, area: Rect) {
    let here = scopes(model.front());
    let of_scope = |scope: &Scope| {
        let scope = *scope;
        Command::ALL.iter().copied().filter(move |command| command.scope() == scope)
    };
    let screen = here.iter().filter(|scope| **scope != Scope::Global).flat_map(of_scope).filter(|c| !is_plain(*c));
    let everywhere = [Command::Help, Command::Palette, Command::Back, Command::Lock, Command::Quit];
    let items = screen.chain(everywhere).filter(|command| is_enabled(model, *command));
    let mut x = area.x;
    for command in items {
        let Some(binding) = model.shared.keymap.bindings_of(command).first().copied() else { continue };
        let key = binding.shown();
        let name = binding.desc.clone().unwrap_or_else(|| command.name(&model.shared.words));
        let needed = u16::try_from(text::width(&key) + text::width(&name) + 3).unwrap_or(u16::MAX);
        if x.saturating_add(needed) > area.right() {
            continue;
        }
        let start = x;
        x = canvas.text(x, area.y, " ", 1, Meaning::Text);
        x = canvas.text(x, area.y, &key, area.right() - x, Meaning::Key);
        x = canvas.text(x, area.y, " ", 1, Meaning::Text);
        x = canvas.text(x, area.y, &name, area.right() - x, Meaning::Text);
        x += 1;
        canvas.hit(Rect { x: start, width: x - start, ..area }, Hit::Command(command));
    }
}
